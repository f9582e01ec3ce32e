"""Figure of one head as lines between tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.session.hidden_cells import hidden_cells
from visualizer.session.token_links import unit_of
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
    mixed_colour,
    one_line,
    origin_text,
    paint_foot,
    paint_hatched,
    paint_title,
    scale_to,
)
from visualizer.ui.figures import head_facts_text, head_title, record_axis_texts
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.attention_arcs import (
    LEAST_LEVEL,
    LEAST_LINE_PX,
    LEAST_OPACITY,
    MOST_LINE_PX,
    ArcColumns,
    line_path,
    paint_paper,
)
from visualizer.ui.widgets.attention_image import attention_table
from visualizer.ui.widgets.colour_legend import scale_text
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.token_axis import AxisTexts
from visualizer.ui.widgets.view_colours import HeadColours

_MOST_TOKEN = 180.0
_GAP = 8.0


@dataclass(frozen=True)
class ArcsFigurePlan:
    """Where the tokens and lines lie, in figure units.

    Attributes:
        columns: Of the tokens, and of the lines between them.
        texts: Of the tokens.
        height: Of the whole figure.
    """

    columns: ArcColumns
    texts: AxisTexts
    height: float


def arcs_figure(view: HeadView, theme: Theme, title: str, facts: Mapping[str, str]) -> Figure:
    """Queries on the left, keys on the right, a line for each weight that can be seen.

    Args:
        view: Of a text that is short enough for lines; see `AttentionArcs.can_draw`.
        theme: Its colours.
        title: In place of "L14·H8 of the model", "" for that.
        facts: Written into the file.

    Raises:
        UsageError: There are no weights.
        NonFiniteError: The weights are no numbers.
    """
    check_weights(view.record.weights)
    words = one_line(title) if title else head_title(view)
    plan, colours = plan_arcs_figure(view), HeadColours(view)
    levels = colours.levels(view.record)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _facts_text(view))
        _paint_lines(painter, theme, plan, view, levels)
        _paint_tokens(painter, theme, plan, view)
        bottom = plan.columns.top + plan.columns.pitch * len(levels)
        below = QRectF(MARGIN, 0, WIDTH - 2 * MARGIN, bottom)
        origin = origin_text(view.model_name, view.record.n_tokens, view.tokenization.text)
        paint_foot(painter, theme, below, colours, scale_text(view.colour_scale), origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), words, dict(facts), theme, paint)


def plan_arcs_figure(view: HeadView) -> ArcsFigurePlan:
    """Lay out the lines of a head."""
    record = view.record
    n = len(record.weights)
    texts = record_axis_texts(view.tokenization, record, record.rows, n)
    metrics = QFontMetricsF(label_font())
    titles = QFontMetricsF(interface_font(TEXT))
    widest = max(titles.horizontalAdvance(_side_title(is_query=side)) for side in (True, False))
    token = min(max(texts.longest(metrics, numbered=False), widest) + 2, _MOST_TOKEN)
    top = MARGIN + line_height(TITLE) + 4 + facts_height(_facts_text(view)) + 12
    top += line_height(TEXT) + 4
    left = MARGIN + token + _GAP
    # Not wider than high: flat lines that cross cannot be followed.
    pitch = metrics.height() + 6
    reach = min(WIDTH - 2 * left, max(pitch * n * 1.5, 260.0))
    columns = ArcColumns(top, pitch, left, left + reach, token)
    return ArcsFigurePlan(columns, texts, top + pitch * n + foot_height() + MARGIN)


def _facts_text(view: HeadView) -> str:
    text = head_facts_text(view)
    if _selected(view) is not None:
        text += QCoreApplication.translate(
            "Figure", "; the lines of the selected query in their own colour"
        )
    return text


def _side_title(*, is_query: bool) -> str:
    if is_query:
        return QCoreApplication.translate("AttentionArcs", "query (looks)")
    return QCoreApplication.translate("AttentionArcs", "key (is looked at)")


def _selected(view: HeadView) -> int | None:
    return None if view.query is None else unit_of(view.record, view.query)


def _paint_lines(
    painter: QPainter, theme: Theme, plan: ArcsFigurePlan, view: HeadView, levels: UInt8Array
) -> None:
    """The strongest on top, and above them those of the selected query."""
    table, selected = attention_table(theme, view.palette), _selected(view)
    rows, keys = np.nonzero(levels >= LEAST_LEVEL)
    lines = sorted(
        zip(rows.tolist(), keys.tolist(), strict=True),
        key=lambda line: (line[0] == selected, levels[line]),
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for row, key in lines:
        share = float(levels[row, key]) / 255
        colour = QColor(*table[levels[row, key]].tolist())
        if row == selected:
            faint = LEAST_OPACITY + share * (1 - LEAST_OPACITY)
            colour = mixed_colour(theme.query, theme.paper, faint)
        pen = QPen(colour, LEAST_LINE_PX + share * (MOST_LINE_PX - LEAST_LINE_PX))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawPath(line_path(plan.columns, row, key))


def _paint_tokens(painter: QPainter, theme: Theme, plan: ArcsFigurePlan, view: HeadView) -> None:
    columns, selected = plan.columns, _selected(view)
    hidden: list[int] = []
    if selected is not None:
        record, row = view.record, slice(selected, selected + 1)
        cells = hidden_cells(record, view.tokenization, view.special_ids, row)
        hidden = [] if cells is None else np.flatnonzero(cells).tolist()
    metrics = QFontMetricsF(label_font())
    left = columns.left - columns.token_px - _GAP
    painter.setFont(label_font())
    for cell, text in enumerate(plan.texts.plain):
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, columns.token_px)
        top = columns.top + cell * columns.pitch
        painter.setPen(QColor(theme.query if cell == selected else theme.ink))
        query = QRectF(left, top, columns.token_px, columns.pitch)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(query, int(Qt.AlignmentFlag.AlignRight | middle), shown)
        painter.setPen(QColor(theme.ink))
        key = QRectF(columns.right + _GAP, top, columns.token_px, columns.pitch)
        if cell in hidden:
            paint_hatched(painter, theme, key.adjusted(0, 1, 0, -1))
            paint_paper(painter, theme, key, metrics.horizontalAdvance(text), is_query=False)
            painter.setPen(QColor(theme.ink))
        painter.drawText(key, int(Qt.AlignmentFlag.AlignLeft | middle), shown)
    painter.setFont(interface_font(TEXT))
    line = line_height(TEXT)
    painter.setPen(QColor(theme.query))
    painter.drawText(
        QRectF(left, columns.top - line - 4, columns.token_px, line),
        int(Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextDontClip),
        _side_title(is_query=True),
    )
    painter.setPen(QColor(theme.key))
    painter.drawText(
        QRectF(columns.right + _GAP, columns.top - line - 4, columns.token_px, line),
        int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip),
        _side_title(is_query=False),
    )
