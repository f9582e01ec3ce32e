"""Figures for a paper or a slide, painted with or without a window.

The same code paints on any device that QPainter knows: a window, PNG, SVG or PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.session.exports import head_name, head_provenance, overview_provenance
from visualizer.session.views import HeadView, OverviewView
from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.figure_parts import (
    MARGIN,
    TEXT,
    TITLE,
    VECTOR_MAP_PX,
    WIDTH,
    at_device,
    device_pixels,
    ensure_application,
    facts_height,
    foot_height,
    interface_font,
    is_vector,
    label_font,
    line_height,
    one_line,
    origin_text,
    paint_foot,
    paint_title,
    scale_to,
)
from visualizer.ui.theme import THEMES, Theme
from visualizer.ui.widgets.attention_image import indexed_image, mosaic_image
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.colour_scale import ColourMapping, check_finite, check_weights
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    compose,
    labelled_cells,
    labels_every,
)
from visualizer.ui.widgets.token_axis import (
    LABEL_GAP,
    AxisTexts,
    LabelledAxis,
    axis_texts,
    paint_column_labels,
    paint_row_labels,
)
from visualizer.ui.widgets.view_colours import HeadColours

MOST_LABEL = 150.0
_MOST_THUMBNAIL_PX = 128


def head_figure(
    view: HeadView,
    kind: str = "png",
    *,
    theme_name: str = "light",
    width_px: int = 1600,
    title: str | None = None,
    when: datetime | None = None,
) -> bytes:
    """One head as a file, which says inside itself where its numbers come from.

    Args:
        view: What to draw; its colour scale and range are kept.
        kind: "png", "svg" or "pdf".
        theme_name: "light" or "dark".
        width_px: Of a PNG; the height follows from the matrix and its labels.
        title: In place of "L14·H8 of the model".
        when: Time of the export, now if None; the same one gives the same PNG and SVG.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_weights(view.record.weights)
    application = ensure_application()  # kept alive until the picture is encoded
    theme, words = THEMES[theme_name], one_line(title or _head_title(view))

    def paint(painter: QPainter, rect: QRectF) -> None:
        paint_head_figure(painter, rect, view, theme, title=words)

    facts = head_provenance(view, when)
    figure = Figure(head_figure_size(view), words, facts, theme, paint)
    data = figure_bytes(figure, kind, width_px)
    del application
    return data


def overview_figure(
    view: OverviewView,
    kind: str = "png",
    *,
    theme_name: str = "light",
    width_px: int = 1600,
    when: datetime | None = None,
) -> bytes:
    """All heads as a file; the arguments are those of `head_figure`.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_finite(view.thumbnails)
    application = ensure_application()
    theme = THEMES[theme_name]

    def paint(painter: QPainter, rect: QRectF) -> None:
        paint_overview_figure(painter, rect, view, theme)

    facts = overview_provenance(view, when)
    figure = Figure(overview_figure_size(view), _overview_title(view), facts, theme, paint)
    data = figure_bytes(figure, kind, width_px)
    del application
    return data


# ---------------------------------------------------------------------------------- one head


@dataclass(frozen=True)
class HeadFigurePlan:
    """Where the parts of a head's figure lie, in figure units."""

    rows: AxisTexts
    columns: AxisTexts
    map: QRectF
    label_room: float
    column_room: float
    height: float


def plan_head_figure(view: HeadView) -> HeadFigurePlan:
    """Lay out a head's figure."""
    record = view.record
    n_rows, n_columns = record.weights.shape
    rows = axis_texts(view.tokenization, record.rows, record.block, n_rows)
    columns = axis_texts(view.tokenization, record.columns, record.block, n_columns)
    metrics = QFontMetricsF(label_font())
    most_cells = WIDTH / 2 / metrics.height()

    def room(texts: AxisTexts, n_cells: int) -> float:
        longest = texts.longest(metrics, numbered=n_cells > most_cells)
        return min(max(longest + 2, 40.0), MOST_LABEL)

    label_room, column_room = room(rows, n_rows), room(columns, n_columns)
    left = MARGIN + line_height(TEXT) + label_room + LABEL_GAP
    key_title = line_height(TEXT) + 4
    heading = line_height(TITLE) + 4 + facts_height(_facts(view)) + 12
    top = MARGIN + heading + key_title + column_room + LABEL_GAP
    edge = min((WIDTH - MARGIN - left) / n_columns, WIDTH / n_rows)
    area = QRectF(left, top, edge * n_columns, edge * n_rows)
    height = area.bottom() + foot_height() + MARGIN
    return HeadFigurePlan(rows, columns, area, label_room, column_room, height)


def head_figure_size(view: HeadView) -> QSizeF:
    """Natural size of a head's figure; only its proportions matter."""
    return QSizeF(WIDTH, plan_head_figure(view).height)


def paint_head_figure(
    painter: QPainter, rect: QRectF, view: HeadView, theme: Theme, *, title: str | None = None
) -> None:
    """Paint one head as large as fits into `rect`: title, axes, map, colour bar and origin."""
    plan = plan_head_figure(view)
    colours = HeadColours(view)
    painter.save()
    scale_to(painter, rect, QSizeF(WIDTH, plan.height))
    paint_title(painter, theme, title or _head_title(view), _facts(view))
    levels = at_device(painter, plan.map, colours.levels(view.record))
    scale = scale_text(view.colour_scale)
    if levels.shape[1] < view.record.weights.shape[1]:
        scale += QCoreApplication.translate("Figure", "; a dot is the maximum of its cells")
    painter.drawImage(plan.map, indexed_image(levels, theme, view.palette))  # borrows levels
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(plan.map)
    _paint_axes(painter, theme, plan)
    paint_foot(painter, theme, plan.map, colours, scale, _head_origin(view))
    painter.restore()


def _head_title(view: HeadView) -> str:
    return QCoreApplication.translate("Figure", "{head} of {model}").format(
        head=head_name(view.record.layer, view.record.head), model=one_line(view.model_name)
    )


def _facts(view: HeadView) -> str:
    """The line under the title: what is drawn, and what is left out."""
    record = view.record
    if record.head == "mean":
        what = QCoreApplication.translate(
            "Figure", "mean attention weights of the {n} heads of layer {layer}"
        ).format(n=view.n_heads, layer=record.layer)
    else:
        what = QCoreApplication.translate("Figure", "attention weights")
    covered = (record.rows, record.columns)
    whole = (0, record.n_tokens)
    if covered != (whole, whole):
        what += QCoreApplication.translate(
            "Figure", "; queries {q0} to {q1}, keys {k0} to {k1} of {n} tokens"
        ).format(
            q0=record.rows[0],
            q1=record.rows[1] - 1,
            k0=record.columns[0],
            k1=record.columns[1] - 1,
            n=record.n_tokens,
        )
    if record.block > 1:
        what += QCoreApplication.translate(
            "Figure", "; each cell is the maximum over {block} × {block} tokens"
        ).format(block=record.block)
    if record.sink is not None:
        what += QCoreApplication.translate(
            "Figure", "; what a row lacks to 1 goes to a learned sink"
        )
    return what


def _head_origin(view: HeadView) -> str:
    return origin_text(view.model_name, view.record.n_tokens, view.tokenization.text)


def label_axes(plan: HeadFigurePlan, theme: Theme) -> tuple[LabelledAxis, LabelledAxis]:
    """Queries and keys with their labels' places."""
    area = plan.map
    pitch = area.width() / len(plan.columns.plain)

    def row_start(row: float) -> float:
        return area.top() + row * pitch

    def column_start(column: float) -> float:
        return area.left() + column * pitch

    down, across = (area.top(), area.bottom()), (area.left(), area.right())
    return (
        LabelledAxis(plan.rows, row_start, pitch, down, plan.label_room, {}, theme.ink),
        LabelledAxis(plan.columns, column_start, pitch, across, plan.column_room, {}, theme.ink),
    )


def _paint_axes(painter: QPainter, theme: Theme, plan: HeadFigurePlan) -> None:
    area = plan.map
    painter.setFont(label_font())
    rows, columns = label_axes(plan, theme)
    paint_row_labels(painter, rows, area.left() - LABEL_GAP)
    paint_column_labels(painter, columns, area.top() - LABEL_GAP)
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.key))
    key = QRectF(
        area.left(),
        area.top() - LABEL_GAP - plan.column_room - line_height(TEXT) - 4,
        WIDTH,
        line_height(TEXT),
    )
    painter.drawText(
        key,
        Qt.AlignmentFlag.AlignLeft,
        QCoreApplication.translate("Figure", "key (is looked at) →"),
    )
    painter.save()
    painter.setPen(QColor(theme.query))
    painter.translate(MARGIN, area.top())
    painter.rotate(-90)
    painter.drawText(
        QRectF(-area.height(), 0, area.height(), line_height(TEXT)),
        Qt.AlignmentFlag.AlignRight,
        QCoreApplication.translate("Figure", "← query (looks)"),
    )
    painter.restore()


# ---------------------------------------------------------------------------------- all heads


def overview_figure_size(view: OverviewView) -> QSizeF:
    """Natural size of the figure of all heads."""
    return QSizeF(WIDTH, _overview_map(view).bottom() + foot_height() + MARGIN)


def _overview_map(view: OverviewView) -> QRectF:
    n_layers, n_heads = view.thumbnails.shape[:2]
    left = MARGIN + QFontMetricsF(interface_font(TEXT)).horizontalAdvance("L000") + LABEL_GAP
    top = MARGIN + line_height(TITLE) + 3 * line_height(TEXT)
    edge = min((WIDTH - MARGIN - left) / n_heads, 90.0)
    return QRectF(left, top, edge * n_heads, edge * n_layers)


def paint_overview_figure(
    painter: QPainter, rect: QRectF, view: OverviewView, theme: Theme
) -> None:
    """Paint all heads as large as fits into `rect`."""
    area = _overview_map(view)
    mapping = ColourMapping("square root", 1.0, GAP_LEVEL)
    painter.save()
    scale_to(painter, rect, overview_figure_size(view))
    n_layers, n_heads = view.thumbnails.shape[:2]
    facts = QCoreApplication.translate(
        "Figure", "{layers} layers × {heads} heads, {tokens} tokens: query down, key across"
    ).format(layers=n_layers, heads=n_heads, tokens=view.n_tokens)
    paint_title(painter, theme, _overview_title(view), facts)
    cell, gap = _thumbnail_pixels(painter, area, view)
    rows = GroupedAxis(n_layers, cell, gap, n_layers, gap)
    columns = GroupedAxis(n_heads, cell, gap, n_heads, gap)
    sheet = compose(mapping.levels(view.thumbnails), rows, columns)
    painter.drawImage(area, mosaic_image(sheet, theme))
    _paint_grid_numbers(painter, theme, area, n_layers, n_heads)
    scale = QCoreApplication.translate("Figure", "weight, square root scale")
    if view.block > 1:
        scale += QCoreApplication.translate(
            "Figure", "; a pixel is the maximum over {block} × {block} tokens"
        ).format(block=view.block)
    prompt = view.tokenization.text if view.tokenization is not None else ""
    origin = origin_text(view.model_name, view.n_tokens, prompt)
    paint_foot(painter, theme, area, mapping, scale, origin)
    painter.restore()


def _overview_title(view: OverviewView) -> str:
    return QCoreApplication.translate("Figure", "All heads of {model}").format(
        model=one_line(view.model_name)
    )


def _thumbnail_pixels(painter: QPainter, area: QRectF, view: OverviewView) -> tuple[int, int]:
    """Edge of a thumbnail and of the gap beside it in the image of all heads."""
    n_layers, n_heads, edge, _ = view.thumbnails.shape
    if not is_vector(painter):
        return max(2, round(device_pixels(painter, area.width()) / n_heads)) - 1, 1
    times = max(1, min(_MOST_THUMBNAIL_PX, VECTOR_MAP_PX // max(n_layers, n_heads)) // edge)
    return times * edge, max(1, times * edge // 48)


def _paint_grid_numbers(
    painter: QPainter, theme: Theme, area: QRectF, n_layers: int, n_heads: int
) -> None:
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.ink))
    pitch, line = area.width() / n_heads, line_height(TEXT)
    for layer in labelled_cells(n_layers, labels_every(line, pitch), None):
        box = QRectF(0, area.top() + (layer + 0.5) * pitch - line / 2, area.left() - 6, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"L{layer}")
    widest = QFontMetricsF(interface_font(TEXT)).horizontalAdvance(f"H{n_heads - 1}") + 4
    for head in labelled_cells(n_heads, labels_every(widest, pitch), None):
        box = QRectF(area.left() + (head + 0.5) * pitch - 40, area.top() - line - 2, 80, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"H{head}")
