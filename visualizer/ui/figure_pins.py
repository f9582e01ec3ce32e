"""Figure of the pinned heads side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.session.exports import head_name
from visualizer.session.hidden_cells import hidden_cells
from visualizer.session.views import HeadView
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    TEXT,
    TITLE,
    WIDTH,
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
from visualizer.ui.figures import record_axis_texts
from visualizer.ui.theme import Theme
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.colour_scale import check_weights
from visualizer.ui.widgets.joined_text import clauses
from visualizer.ui.widgets.token_axis import (
    LABEL_GAP,
    AxisTexts,
    LabelledAxis,
    paint_column_labels,
    paint_row_labels,
)
from visualizer.ui.widgets.view_colours import HeadColours

_GAP = 14.0
_MOST_LABEL = 110.0
_MOST_SIDE = 420.0


@dataclass(frozen=True)
class PinsFigurePlan:
    """Where the maps lie, in figure units.

    Attributes:
        maps: A square for each pinned head, in the order of pinning.
        texts: Of the tokens, words or sentences along both axes of each.
        room: Of the labels beside the first map of a line and above the first line.
        height: Of the whole figure.
    """

    maps: tuple[QRectF, ...]
    texts: AxisTexts
    room: float
    height: float


def pins_figure(view: HeadView, theme: Theme, title: str, facts: Mapping[str, str]) -> Figure:
    """A map for each pinned head, all in the same colours; labels beside the outer ones.

    Args:
        view: With at least one pinned head.
        theme: Its colours.
        title: In place of "Pinned heads of the model", "" for that.
        facts: Written into the file.

    Raises:
        NonFiniteError: The weights are no numbers.
    """
    for record in view.pinned:
        check_weights(record.weights)
    words = title or QCoreApplication.translate("Figure", "Pinned heads of {model}").format(
        model=one_line(view.model_name)
    )
    plan, colours = plan_pins_figure(view), HeadColours(view)
    levels = [colours.levels(record) for record in view.pinned]

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _facts_text(view))
        for number, area in enumerate(plan.maps):
            record = view.pinned[number]
            hidden = hidden_cells(record, view.tokenization, view.special_ids)
            image = map_image(painter, area, levels[number], hidden, theme, view.palette)
            painter.drawImage(area, image)
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area)
            _paint_name(painter, theme, plan, view, number)
            _paint_labels(painter, theme, plan, area)
        below = QRectF(MARGIN, 0, WIDTH - 2 * MARGIN, plan.maps[-1].bottom())
        origin = origin_text(view.model_name, view.record.n_tokens, view.tokenization.text)
        paint_foot(painter, theme, below, colours, scale_text(view.colour_scale), origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_pins_figure(view: HeadView) -> PinsFigurePlan:
    """Lay out the maps of the pinned heads."""
    record, n = view.pinned[0], len(view.pinned)
    n_cells = len(record.weights)
    texts = record_axis_texts(view.tokenization, record, record.rows, n_cells)
    metrics = QFontMetricsF(label_font())
    room = min(max(texts.longest(metrics, numbered=True) + 2, 40.0), _MOST_LABEL)
    across = 3 if n == 3 else math.ceil(math.sqrt(n))
    free = WIDTH - 2 * MARGIN - room - LABEL_GAP - (across - 1) * _GAP
    side = min(free / across, _MOST_SIDE)
    name = line_height(TEXT) + 4
    top = MARGIN + line_height(TITLE) + 4 + facts_height(_facts_text(view)) + 12
    top += name + room + LABEL_GAP
    maps = []
    for number in range(n):
        line, column = divmod(number, across)
        left = MARGIN + room + LABEL_GAP + column * (side + _GAP)
        maps.append(QRectF(left, top + line * (side + name + _GAP), side, side))
    return PinsFigurePlan(tuple(maps), texts, room, maps[-1].bottom() + foot_height() + MARGIN)


def _facts_text(view: HeadView) -> str:
    record = view.pinned[0]
    text = QCoreApplication.translate(
        "Figure", "attention weights of {n} heads in the same colours; rows look, columns are seen"
    ).format(n=len(view.pinned))
    if record.block > 1:
        text += QCoreApplication.translate(
            "Figure", "; a cell is the maximum over {block} × {block} tokens"
        ).format(block=record.block)
    treated = treatment_texts(record.treatment)
    if record.treatment.hidden or record.treatment.top_mass < 1:
        treated.append(QCoreApplication.translate("Figure", "hatched: hidden by choice"))
    missing = len(view.pins) - len(view.pinned)
    if missing > 0:
        treated.append(
            QCoreApplication.translate("Figure", "{n} pinned heads are not known yet").format(
                n=missing
            )
        )
    return clauses([text, *treated])


def _paint_name(
    painter: QPainter, theme: Theme, plan: PinsFigurePlan, view: HeadView, number: int
) -> None:
    """Above each map, in the first line above the labels."""
    record, area = view.pinned[number], plan.maps[number]
    painter.setFont(interface_font(TEXT, bold=True))
    painter.setPen(QColor(theme.ink))
    line = line_height(TEXT)
    top = area.top() - line - 4
    if area.top() == plan.maps[0].top():
        top -= plan.room + LABEL_GAP
    painter.drawText(
        QRectF(area.left(), top, area.width(), line),
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        head_name(record.layer, record.head),
    )


def _paint_labels(painter: QPainter, theme: Theme, plan: PinsFigurePlan, area: QRectF) -> None:
    """Tokens beside the first map of each line, and above those of the first line."""
    painter.setFont(label_font())
    pitch = area.width() / len(plan.texts.plain)

    def row_start(row: float) -> float:
        return area.top() + row * pitch

    def column_start(column: float) -> float:
        return area.left() + column * pitch

    if area.left() == plan.maps[0].left():
        span = (area.top(), area.bottom())
        rows = LabelledAxis(plan.texts, row_start, pitch, span, plan.room, {}, theme.ink)
        paint_row_labels(painter, rows, area.left() - LABEL_GAP)
    if area.top() == plan.maps[0].top():
        span = (area.left(), area.right())
        columns = LabelledAxis(plan.texts, column_start, pitch, span, plan.room, {}, theme.ink)
        paint_column_labels(painter, columns, area.top() - LABEL_GAP)
