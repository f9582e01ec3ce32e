"""Figures for a paper or a slide, painted with or without a window.

The same code paints on any device that QPainter knows: a window, PNG, SVG or PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.exports import (
    cell_tokens,
    head_name,
    head_provenance,
    overview_provenance,
)
from visualizer.session.hidden_cells import hidden_cells
from visualizer.session.views import HeadView, OverviewView
from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.figure_overview import overview_sheet
from visualizer.ui.figure_parts import (
    FIGURE_THEMES,
    MARGIN,
    TEXT,
    TITLE,
    WIDTH,
    ensure_application,
    facts_height,
    foot_height,
    interface_font,
    label_font,
    line_height,
    map_image,
    one_line,
    origin_text,
    paint_foot,
    paint_title,
    scale_to,
)
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.token_axis import (
    LABEL_GAP,
    AxisTexts,
    LabelledAxis,
    axis_texts,
    paint_column_labels,
    paint_row_labels,
    unit_texts,
)
from visualizer.ui.widgets.view_colours import HeadColours

MOST_LABEL = 150.0


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
        theme_name: One of FIGURE_THEMES.
        width_px: Of a PNG; the height follows from the matrix and its labels.
        title: In place of "L14·H8 of the model".
        when: Time of the export, now if None; the same one gives the same PNG and SVG.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_weights(view.record.weights)
    application = ensure_application()  # kept alive until the picture is encoded
    facts = head_provenance(view, when)
    figure = head_sheet(view, FIGURE_THEMES[theme_name], title or "", facts)
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
    application = ensure_application()
    facts = overview_provenance(view, when)
    figure = overview_sheet(view, FIGURE_THEMES[theme_name], "", facts)
    data = figure_bytes(figure, kind, width_px)
    del application
    return data


def head_sheet(
    view: HeadView,
    theme: Theme,
    title: str,
    facts: Mapping[str, str],
    uncut: HeadView | None = None,
) -> Figure:
    """One head as a figure.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "L14·H8 of the model", "" for that.
        facts: Written into the file.
        uncut: The head of which `view` is a part, whose colours it keeps.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_weights(view.record.weights)
    colours, plan = HeadColours(uncut or view), plan_head_figure(view)
    levels = colours.levels(view.record)
    words = one_line(title) if title else head_title(view)

    def paint(painter: QPainter, rect: QRectF) -> None:
        _paint_head(painter, rect, view, theme, words, colours, plan, levels)

    return Figure(QSizeF(WIDTH, plan.height), words, dict(facts), theme, paint)


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
    rows = record_axis_texts(view.tokenization, record, record.rows, n_rows)
    columns = record_axis_texts(view.tokenization, record, record.columns, n_columns)
    metrics = QFontMetricsF(label_font())
    most_cells = WIDTH / 2 / metrics.height()

    def room(texts: AxisTexts, n_cells: int) -> float:
        longest = texts.longest(metrics, numbered=n_cells > most_cells)
        return min(max(longest + 2, 40.0), MOST_LABEL)

    label_room, column_room = room(rows, n_rows), room(columns, n_columns)
    left = MARGIN + line_height(TEXT) + label_room + LABEL_GAP
    key_title = line_height(TEXT) + 4
    heading = line_height(TITLE) + 4 + facts_height(head_facts_text(view)) + 12
    top = MARGIN + heading + key_title + column_room + LABEL_GAP
    edge = min((WIDTH - MARGIN - left) / n_columns, WIDTH / n_rows)
    area = QRectF(left, top, edge * n_columns, edge * n_rows)
    height = area.bottom() + foot_height() + MARGIN
    return HeadFigurePlan(rows, columns, area, label_room, column_room, height)


def record_axis_texts(
    tokenization: Tokenization, record: HeadRecord, span: tuple[int, int], n_cells: int
) -> AxisTexts:
    """Names of the cells of an axis, of which each holds a token, a word, a sentence or several."""
    if record.unit_starts is None:
        return axis_texts(tokenization, span, record.block, n_cells)
    if record.block == 1:
        return unit_texts(tokenization, record.unit_starts, span)
    cells = [cell_tokens(span, record.block, cell) for cell in range(n_cells)]
    names = tuple(f"{first}-{end - 1}" if end - first > 1 else f"{first}" for first, end in cells)
    return AxisTexts(names, names)


def head_figure_size(view: HeadView) -> QSizeF:
    """Natural size of a head's figure; only its proportions matter."""
    return QSizeF(WIDTH, plan_head_figure(view).height)


def paint_head_figure(
    painter: QPainter, rect: QRectF, view: HeadView, theme: Theme, *, title: str | None = None
) -> None:
    """Paint one head as large as fits into `rect`: title, axes, map, colour bar and origin."""
    colours = HeadColours(view)
    levels = colours.levels(view.record)
    words = title or head_title(view)
    _paint_head(painter, rect, view, theme, words, colours, plan_head_figure(view), levels)


def _paint_head(
    painter: QPainter,
    rect: QRectF,
    view: HeadView,
    theme: Theme,
    title: str,
    colours: HeadColours,
    plan: HeadFigurePlan,
    all_levels: UInt8Array,
) -> None:
    painter.save()
    scale_to(painter, rect, QSizeF(WIDTH, plan.height))
    paint_title(painter, theme, title, head_facts_text(view))
    hidden = hidden_cells(view.record, view.tokenization, view.special_ids)
    image = map_image(painter, plan.map, all_levels, hidden, theme, view.palette)
    scale = scale_text(view.colour_scale)
    if image.width() < view.record.weights.shape[1]:
        scale += QCoreApplication.translate("Figure", "; a dot is the maximum of its cells")
    painter.drawImage(plan.map, image)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(plan.map)
    _paint_axes(painter, theme, plan)
    paint_foot(painter, theme, plan.map, colours, scale, _head_origin(view))
    painter.restore()


def head_title(view: HeadView) -> str:
    """A head's figure's title if no other is asked for."""
    record, model = view.record, one_line(view.model_name)
    if record.members:
        return QCoreApplication.translate("Figure", "Mean of {n} heads of {model}").format(
            n=len(record.members), model=model
        )
    return QCoreApplication.translate("Figure", "{head} of {model}").format(
        head=head_name(record.layer, record.head), model=model
    )


def head_facts_text(view: HeadView) -> str:
    """The line under the title: what is drawn, and what is left out."""
    return _what(view) + _covered(view.record) + _treated(view.record)


def _what(view: HeadView) -> str:
    record = view.record
    if record.members:
        names = [head_name(*member) for member in record.members]
        return QCoreApplication.translate("Figure", "mean attention weights of {heads}").format(
            heads=listed(names)
        )
    if record.head == "mean":
        return QCoreApplication.translate(
            "Figure", "mean attention weights of the {n} heads of layer {layer}"
        ).format(n=view.n_heads, layer=record.layer)
    return QCoreApplication.translate("Figure", "attention weights")


def _covered(record: HeadRecord) -> str:
    """Which part of the map is drawn, and how finely."""
    unit = record.treatment.granularity
    text = ""
    whole = (0, record.n_units)
    if (record.rows, record.columns) != (whole, whole):
        templates = {
            "tokens": QCoreApplication.translate(
                "Figure", "; queries {q0} to {q1}, keys {k0} to {k1} of {n} tokens"
            ),
            "words": QCoreApplication.translate(
                "Figure", "; queries {q0} to {q1}, keys {k0} to {k1} of {n} words"
            ),
            "sentences": QCoreApplication.translate(
                "Figure", "; queries {q0} to {q1}, keys {k0} to {k1} of {n} sentences"
            ),
        }
        text += templates[unit].format(
            q0=record.rows[0],
            q1=record.rows[1] - 1,
            k0=record.columns[0],
            k1=record.columns[1] - 1,
            n=record.n_units,
        )
    if record.block > 1:
        blocks = {
            "tokens": QCoreApplication.translate(
                "Figure", "; each cell is the maximum over {block} × {block} tokens"
            ),
            "words": QCoreApplication.translate(
                "Figure", "; each cell is the maximum over {block} × {block} words"
            ),
            "sentences": QCoreApplication.translate(
                "Figure", "; each cell is the maximum over {block} × {block} sentences"
            ),
        }
        text += blocks[unit].format(block=record.block)
    return text


def _treated(record: HeadRecord) -> str:
    """What was done to the weights before they were drawn."""
    treatment, text = record.treatment, ""
    if treatment.hidden:
        names = {
            "first": QCoreApplication.translate("Figure", "the first token"),
            "special": QCoreApplication.translate("Figure", "special tokens"),
            "diagonal": QCoreApplication.translate("Figure", "each token's look at itself"),
        }
        text += QCoreApplication.translate("Figure", "; without {keys}, which are hatched").format(
            keys=listed(names[name] for name in treatment.hidden)
        )
        if treatment.discount:
            text += QCoreApplication.translate("Figure", ", each row divided by what is left")
    if treatment.top_mass < 1:
        text += QCoreApplication.translate(
            "Figure",
            "; of each row only the largest weights that hold {share} % of it, the rest hatched",
        ).format(share=f"{100 * treatment.top_mass:g}")
    joined = {
        "tokens": "",
        "words": QCoreApplication.translate(
            "Figure", "; words: summed over a key's tokens, averaged over a query's"
        ),
        "sentences": QCoreApplication.translate(
            "Figure", "; sentences: summed over a key's tokens, averaged over a query's"
        ),
    }
    text += joined[treatment.granularity]
    if record.sink is not None:
        text += QCoreApplication.translate(
            "Figure", "; what a row lacks to 1 goes to a learned sink"
        )
    return text


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
