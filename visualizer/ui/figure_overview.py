"""The figure of all heads: their pictures or a metric, as a grid or in the order of a ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from visualizer.engine.records import Float64Array, Member
from visualizer.session.exports import head_name
from visualizer.session.views import OverviewView
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    VECTOR_MAP_PX,
    WIDTH,
    device_pixels,
    facts_height,
    foot_height,
    interface_font,
    is_vector,
    line_height,
    one_line,
    origin_text,
    paint_foot,
    paint_title,
    scale_to,
)
from visualizer.ui.metric_words import Score, metric_name, score_text, score_unit, short_number
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.attention_image import attention_table, mosaic_image, readable_inks
from visualizer.ui.widgets.colour_legend import Colours
from visualizer.ui.widgets.colour_scale import ColourMapping, check_finite
from visualizer.ui.widgets.hatching import hatch
from visualizer.ui.widgets.metric_colours import MetricColours
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    compose,
    labelled_cells,
    labels_every,
    shown_pixels,
)
from visualizer.ui.widgets.token_axis import LABEL_GAP

MOST_RANKED = 100
"""Heads in the figure of a ranking; how many there are besides is said in it."""
_RANKED_COLUMNS = 8
_MOST_PICTURE, _MOST_SQUARE = 90.0, 40.0
_MOST_THUMBNAIL_PX = 128
_CENTRED = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True)
class OverviewFigurePlan:
    """Where the heads lie, in figure units.

    Attributes:
        area: All of them.
        members: The heads of a ranking in order; None for the grid.
        columns: Heads in a row of a ranking.
        pitch: From one head to the next.
        caption: Height of the words below a head of a ranking.
        height: Of the whole figure.
    """

    area: QRectF
    members: tuple[Member, ...] | None
    columns: int
    pitch: float
    caption: float
    height: float

    def cell(self, place: int, member: Member) -> QRectF:
        """Where a head lies; `place` is its place in a ranking."""
        if self.members is None:
            layer, head = member
            left = self.area.left() + head * self.pitch
            return QRectF(left, self.area.top() + layer * self.pitch, self.pitch, self.pitch)
        row, column = divmod(place, self.columns)
        edge = self.pitch - 10
        top = self.area.top() + row * (edge + self.caption + 10)
        return QRectF(self.area.left() + column * self.pitch, top, edge, edge)


def overview_sheet(
    view: OverviewView, theme: Theme, title: str, facts: Mapping[str, str]
) -> Figure:
    """All heads as they are on show: what a cell shows, and in which order.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "All heads of ...", "" for that.
        facts: Written into the file.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_finite(view.thumbnails)
    words = title or overview_title(view)

    def paint(painter: QPainter, rect: QRectF) -> None:
        paint_overview_figure(painter, rect, view, theme, title=words)

    return Figure(overview_figure_size(view), one_line(words), dict(facts), theme, paint)


def overview_figure_size(view: OverviewView) -> QSizeF:
    """Natural size of the figure of all heads."""
    return QSizeF(WIDTH, plan_overview_figure(view).height)


def plan_overview_figure(view: OverviewView) -> OverviewFigurePlan:
    """Lay out the figure of all heads."""
    n_layers, n_heads = view.thumbnails.shape[:2]
    heading = MARGIN + line_height(TITLE) + 4 + facts_height(overview_facts(view)) + 8
    if view.ranking is not None:
        members = view.ranking[:MOST_RANKED]
        columns = _RANKED_COLUMNS
        pitch = (WIDTH - 2 * MARGIN + 10) / columns
        caption = (2 if view.scores is not None else 1) * line_height(SMALL + 1) + 2
        n_rows = max(-(-len(members) // columns), 1)
        height = n_rows * (pitch + caption)
        area = QRectF(MARGIN, heading + 4, WIDTH - 2 * MARGIN, height)
    else:
        members, columns, caption = None, n_heads, 0.0
        left = MARGIN + QFontMetricsF(interface_font(TEXT)).horizontalAdvance("L000") + LABEL_GAP
        most = _MOST_PICTURE if _values(view) is None else _MOST_SQUARE
        pitch = min((WIDTH - MARGIN - left) / n_heads, most)
        top = heading + line_height(TEXT) + 4
        area = QRectF(left, top, pitch * n_heads, pitch * n_layers)
    bottom = area.bottom() + foot_height() + MARGIN
    return OverviewFigurePlan(area, members, columns, pitch, caption, bottom)


def paint_overview_figure(
    painter: QPainter, rect: QRectF, view: OverviewView, theme: Theme, *, title: str = ""
) -> None:
    """Paint all heads as large as fits into `rect`."""
    plan = plan_overview_figure(view)
    painter.save()
    scale_to(painter, rect, QSizeF(WIDTH, plan.height))
    paint_title(painter, theme, title or overview_title(view), overview_facts(view))
    values = _values(view)
    colours: Colours = _mapping(view)
    if values is not None:
        colours = MetricColours.of(values, score_unit(_cells(view)))
        _paint_values(painter, theme, plan, view, values, colours)
    elif plan.members is None:
        _paint_pictures(painter, theme, plan, view)
    else:
        _paint_ranked_pictures(painter, theme, plan, view)
    if plan.members is None:
        for layer, head in np.argwhere(~view.has_head).tolist():
            square = plan.cell(0, (layer, head)).adjusted(0.5, 0.5, -0.5, -0.5)
            _paint_hatching(painter, theme, square)
        _paint_grid_numbers(painter, theme, plan, view)
        _paint_veils(painter, theme, plan, view)
    else:
        _paint_captions(painter, theme, plan, view)
    prompt = view.tokenization.text if view.tokenization is not None else ""
    origin = origin_text(view.model_name, view.n_tokens, prompt)
    paint_foot(painter, theme, plan.area, colours, _scale_words(view), origin)
    painter.restore()


def overview_title(view: OverviewView) -> str:
    """What the figure is called if nothing else is said."""
    return QCoreApplication.translate("Figure", "All heads of {model}").format(
        model=one_line(view.model_name)
    )


def overview_facts(view: OverviewView) -> str:
    """The line under the title: what is drawn, and what is left out."""
    n_layers, n_heads = view.thumbnails.shape[:2]
    display = view.display
    facts = QCoreApplication.translate(
        "Figure", "{layers} layers × {heads} heads, {tokens} tokens"
    ).format(layers=n_layers, heads=n_heads, tokens=view.n_tokens)
    if _values(view) is None:
        facts += QCoreApplication.translate("Figure", ": query down, key across")
    else:
        facts += QCoreApplication.translate("Figure", "; cells: {metric}").format(
            metric=metric_name(_cells(view))
        )
    if display.order != "model":
        order = (
            QCoreApplication.translate("Figure", "; by {metric}, lowest first")
            if display.ascending
            else QCoreApplication.translate("Figure", "; by {metric}, highest first")
        )
        facts += order.format(metric=metric_name(display.order))
    if view.ranking is not None:
        if display.only_pinned:
            facts += QCoreApplication.translate("Figure", "; pinned heads only")
        facts += _left_out(view, n_layers * n_heads)
    elif _filtered(view):
        facts += QCoreApplication.translate("Figure", "; heads outside the filter are pale")
    return facts


def _left_out(view: OverviewView, n_heads: int) -> str:
    assert view.ranking is not None
    shown = min(len(view.ranking), MOST_RANKED)
    if shown == n_heads:
        return ""
    return QCoreApplication.translate("Figure", "; {n} of {all} heads are shown").format(
        n=shown, all=n_heads
    )


def _cells(view: OverviewView) -> Score:
    cells = view.display.cells
    return "entropy" if cells == "pattern" else cells


def _values(view: OverviewView) -> Float64Array | None:
    """The metric that cells show; None where they show pictures."""
    cells = view.display.cells
    if cells == "pattern" or view.metrics is None:
        return None
    return view.metrics.values[cells]


def _mapping(view: OverviewView) -> ColourMapping:
    return ColourMapping("square root", view.top, GAP_LEVEL)


def _scale_words(view: OverviewView) -> str:
    values = _values(view)
    if values is not None:
        words = QCoreApplication.translate("Figure", "{metric}, linear scale").format(
            metric=metric_name(_cells(view))
        )
        if not np.isfinite(values).all():
            words += QCoreApplication.translate("Figure", "; hatched: not defined")
        return words
    scale = QCoreApplication.translate("Figure", "weight, square root scale")
    if view.block > 1:
        scale += QCoreApplication.translate(
            "Figure", "; a pixel is the maximum over {block} × {block} tokens"
        ).format(block=view.block)
    if view.without_first is not None:
        scale += (
            QCoreApplication.translate(
                "Figure", "; hatched: the first {n} tokens, hidden by choice"
            ).format(n=view.block)
            if view.block > 1
            else QCoreApplication.translate(
                "Figure", "; hatched: the first token, hidden by choice"
            )
        )
    if view.ranking is None and not view.has_head.all():
        scale += QCoreApplication.translate("Figure", "; hatched: no attention")
    return scale


def _filtered(view: OverviewView) -> list[Member]:
    """Heads of the grid that the filter leaves out."""
    least, most = view.display.at_least, view.display.at_most
    if view.scores is None or (least is None and most is None):
        return []
    low = -math.inf if least is None else least
    high = math.inf if most is None else most
    with np.errstate(invalid="ignore"):
        out = ~((view.scores >= low) & (view.scores <= high))
    return [(int(layer), int(head)) for layer, head in np.argwhere(out)]


# ---------------------------------------------------------------------------------- painting


def _members(plan: OverviewFigurePlan, view: OverviewView) -> list[tuple[Member, QRectF]]:
    heads = view.heads if plan.members is None else plan.members
    return [(member, plan.cell(place, member)) for place, member in enumerate(heads)]


def _paint_pictures(
    painter: QPainter, theme: Theme, plan: OverviewFigurePlan, view: OverviewView
) -> None:
    n_layers, n_heads = view.thumbnails.shape[:2]
    cell, gap = _thumbnail_pixels(painter, plan.area, view)
    rows = GroupedAxis(n_layers, cell, gap, n_layers, gap)
    columns = GroupedAxis(n_heads, cell, gap, n_heads, gap)
    image = mosaic_image(compose(_mapping(view).levels(view.pictures), rows, columns), theme)
    if view.without_first is not None:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        shown = shown_pixels(view.thumbnails.shape[-1], rows, columns)
        hatch(image, shown, theme, image.width() / plan.area.width())
    painter.drawImage(plan.area, image)


def _thumbnail_pixels(painter: QPainter, area: QRectF, view: OverviewView) -> tuple[int, int]:
    """Edge of a thumbnail and of the gap beside it in the image of all heads."""
    n_layers, n_heads, edge, _ = view.thumbnails.shape
    if not is_vector(painter):
        return max(2, round(device_pixels(painter, area.width()) / n_heads)) - 1, 1
    times = max(1, min(_MOST_THUMBNAIL_PX, VECTOR_MAP_PX // max(n_layers, n_heads)) // edge)
    return times * edge, max(1, times * edge // 48)


def _paint_ranked_pictures(
    painter: QPainter, theme: Theme, plan: OverviewFigurePlan, view: OverviewView
) -> None:
    edge = view.thumbnails.shape[-1]
    times = max(1, _MOST_THUMBNAIL_PX // edge)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.line), 1))
    for member, rect in _members(plan, view):
        levels = _mapping(view).levels(view.pictures[member]).repeat(times, 0).repeat(times, 1)
        image = mosaic_image(np.ascontiguousarray(levels), theme)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        if view.without_first is not None:
            one = GroupedAxis(1, len(levels), 0, 1, 0)
            hatch(image, shown_pixels(edge, one, one), theme, len(levels) / rect.width())
        painter.drawImage(rect, image)
        painter.drawRect(rect)


def _paint_values(
    painter: QPainter,
    theme: Theme,
    plan: OverviewFigurePlan,
    view: OverviewView,
    values: Float64Array,
    colours: MetricColours,
) -> None:
    """A square a head in the colour of its number, with the number where there is room."""
    table, inks = attention_table(theme, colours.palette), readable_inks(theme, colours.palette)
    levels, score = colours.levels(values), _cells(view)
    font = interface_font(SMALL)
    fits = QFontMetricsF(font).horizontalAdvance("100") + 4 <= plan.pitch
    painter.setFont(font)
    for member, rect in _members(plan, view):
        square = rect.adjusted(0.5, 0.5, -0.5, -0.5)
        if not math.isfinite(values[member]):
            _paint_hatching(painter, theme, square)
            continue
        level = int(levels[member])
        painter.fillRect(square, QColor(*table[level].tolist()))
        if fits:
            painter.setPen(inks[level])
            text = short_number(score, float(values[member]))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, text)


def _paint_hatching(painter: QPainter, theme: Theme, square: QRectF) -> None:
    painter.save()
    painter.setClipRect(square)
    painter.setPen(QPen(QColor(theme.removed), 0.7))
    for step in range(4, int(2 * square.width()) + 1, 4):
        start = QPointF(square.left() + step, square.top())
        painter.drawLine(start, QPointF(square.left(), square.top() + step))
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.line), 0.7))
    painter.drawRect(square)


def _paint_veils(
    painter: QPainter, theme: Theme, plan: OverviewFigurePlan, view: OverviewView
) -> None:
    veil = QColor(theme.paper)
    veil.setAlpha(210)
    for member in _filtered(view):
        painter.fillRect(plan.cell(0, member), veil)


def _paint_captions(
    painter: QPainter, theme: Theme, plan: OverviewFigurePlan, view: OverviewView
) -> None:
    painter.setFont(interface_font(SMALL + 1))
    line = line_height(SMALL + 1)
    order = view.display.order
    for (layer, head), rect in _members(plan, view):
        below = QRectF(rect.left() - 5, rect.bottom() + 2, rect.width() + 10, line)
        painter.setPen(QColor(theme.ink))
        painter.drawText(below, _CENTRED, head_name(layer, head))
        if view.scores is not None and order != "model":
            painter.setPen(QColor(theme.quiet))
            text = score_text(order, float(view.scores[layer, head]))
            painter.drawText(below.translated(0, line), _CENTRED, text)


def _paint_grid_numbers(
    painter: QPainter, theme: Theme, plan: OverviewFigurePlan, view: OverviewView
) -> None:
    n_layers, n_heads = view.thumbnails.shape[:2]
    area, pitch, line = plan.area, plan.pitch, line_height(TEXT)
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.ink))
    for layer in labelled_cells(n_layers, labels_every(line, pitch), None):
        box = QRectF(0, area.top() + (layer + 0.5) * pitch - line / 2, area.left() - 6, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"L{layer}")
    widest = QFontMetricsF(interface_font(TEXT)).horizontalAdvance(f"H{n_heads - 1}") + 4
    for head in labelled_cells(n_heads, labels_every(widest, pitch), None):
        box = QRectF(area.left() + (head + 0.5) * pitch - 40, area.top() - line - 2, 80, line)
        painter.drawText(box, _CENTRED, f"H{head}")
