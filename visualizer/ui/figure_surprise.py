"""Figure of the surprise of a text, token by token."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.surprise_timeline import (
    SurpriseTimelineView,
    block_values,
    surprise_figures,
)
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    SMALL,
    TITLE,
    WIDTH,
    facts_height,
    interface_font,
    label_font,
    line_height,
    one_line,
    origin_text,
    paint_origin,
    paint_title,
    rows_in_sight,
    scale_to,
)
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.timeline_legend import entropy_hue, surprise_hue, unknown_hue

MOST_NAMED = 400
"""Tokens up to which the chart is broken into lines that name every token."""
TOKENS_A_LINE = 40
_AXIS = 36.0  # room of the numbers left of a chart
_LEFT, _WIDTH = MARGIN + _AXIS, WIDTH - 2 * MARGIN - _AXIS
_CHART, _LONG_CHART = 96.0, 200.0
_NAMES = 62.0  # room of the tokens' names under a chart
_TOPS = (4, 8, 12, 16, 20, 24, 32, 40, 60, 80, 100)
_LEAST_MARK = 1.5
_WIDEST = 56.0


@dataclass(frozen=True)
class SurpriseFigurePlan:
    """Where the charts lie, in figure units.

    Attributes:
        charts: One for each line of the text.
        spans: Half-open range of the tokens of each.
        step: Width of a token.
        block: Tokens to a mark.
        top: Bits at the upper end.
        names_tokens: Whether each token is named under its chart.
        height: Of the whole figure.
        entropy: A chart of its own for the entropy of a long text, None where it is a line.
    """

    charts: tuple[QRectF, ...]
    spans: tuple[tuple[int, int], ...]
    step: float
    block: int
    top: float
    names_tokens: bool
    height: float
    entropy: QRectF | None

    def place(self, chart: int, token: float, bits: float, area: QRectF | None = None) -> QPointF:
        """Where a value is drawn: `token` from 0 over the whole text, with .5 for its middle.

        `area` is that of the chart, if not its own.
        """
        area = self.charts[chart] if area is None else area
        x = area.left() + (token - self.spans[chart][0]) * self.step
        return QPointF(x, area.bottom() - min(bits, self.top) / self.top * area.height())


def surprise_figure(
    view: SurpriseTimelineView, theme: Theme, title: str, facts: Mapping[str, str]
) -> Figure:
    """Bars of surprise and a line of entropy over the tokens.

    A text of up to MOST_NAMED tokens is broken into lines that name them; of a longer one all
    tokens share one chart, in which a bar may be the largest of several, and the entropy has
    another below.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "Surprise of each token", "" for that.
        facts: Written into the file.
    """
    words = title or QCoreApplication.translate("Figure", "Surprise of each token")
    plan = plan_surprise_figure(view)
    text = view.tokenization
    origin = origin_text(facts.get("model", ""), len(text), text.text)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _facts_text(view, plan.block))
        top, bottom = rows_in_sight(painter)
        for chart, area in enumerate(plan.charts):
            if area.bottom() + _NAMES >= top and area.top() - 20 <= bottom:
                _paint_chart(painter, theme, plan, view, chart)
        _paint_legend(painter, theme, plan.height - MARGIN - 2.6 * line_height(SMALL))
        paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_surprise_figure(view: SurpriseTimelineView) -> SurpriseFigurePlan:
    """Lay out the figure of the surprise."""
    n = max(len(view), 1)
    named = n <= MOST_NAMED
    # Lines of equal length; the bars of a short text are no wider than those of a full line.
    per_line = math.ceil(n / math.ceil(n / TOKENS_A_LINE)) if named else n
    step = min(_WIDTH / per_line, _WIDEST)
    block = max(1, math.ceil(_LEAST_MARK / step))
    y = MARGIN + line_height(TITLE) + 4 + facts_height(_facts_text(view, block)) + 16
    charts, spans = [], []
    for first in range(0, n, per_line):
        stop = min(first + per_line, n)
        charts.append(QRectF(_LEFT, y, (stop - first) * step, _CHART if named else _LONG_CHART))
        spans.append((first, stop))
        y = charts[-1].bottom() + (_NAMES + 12 if named else 0)
    entropy = None
    if not named:
        entropy = QRectF(_LEFT, y + 20, n * step, _CHART)
        y = entropy.bottom() + 20 + line_height(SMALL)
    top = _top_of(view.surprise_bits, view.entropies_bits)
    total = y + 3.6 * line_height(SMALL) + MARGIN
    return SurpriseFigurePlan(tuple(charts), tuple(spans), step, block, top, named, total, entropy)


def _top_of(*values: Float64Array) -> float:
    """A round number above every finite value."""
    finite = np.concatenate([each[np.isfinite(each)] for each in values])
    most = float(finite.max()) if finite.size else 0.0
    return float(next((top for top in _TOPS if top >= most), 100 * math.ceil(most / 100)))


def _facts_text(view: SurpriseTimelineView, block: int) -> str:
    figures = surprise_figures(view)
    text = QCoreApplication.translate("Figure", "{n:,} tokens, {scored:,} of them scored").format(
        n=figures.n_tokens, scored=figures.n_scored
    )
    if figures.mean_bits is not None and math.isfinite(figures.mean_bits):
        text += QCoreApplication.translate(
            "Figure", "; mean {bits:.2f} bits, perplexity {perplexity:,.2f}"
        ).format(bits=figures.mean_bits, perplexity=figures.perplexity)
    if block > 1:
        text += QCoreApplication.translate(
            "Figure",
            "; a bar is the largest of {n:,} tokens, of entropy from the smallest to the largest",
        ).format(n=block)
    if np.isinf(view.surprise_bits).any():
        text += QCoreApplication.translate("Figure", "; red: probability 0, over any scale")
    return text


def _paint_chart(
    painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, view: SurpriseTimelineView, n: int
) -> None:
    area, (first, stop) = plan.charts[n], plan.spans[n]
    _paint_axis(painter, theme, plan, area)
    _paint_bars(painter, theme, plan, view.surprise_bits[first:stop], n)
    entropies = view.entropies_bits[first:stop]
    if plan.entropy is not None:
        _paint_axis(painter, theme, plan, plan.entropy)
        _paint_band(painter, theme, plan, plan.entropy, entropies)
        _paint_indices(painter, theme, plan, plan.entropy, stop)
        return
    _paint_entropy(painter, theme, plan, entropies, n)
    _paint_names(painter, theme, plan, view, n)


def _paint_axis(painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, area: QRectF) -> None:
    painter.setFont(interface_font(SMALL))
    line = line_height(SMALL)
    step = next(s for s in (1, 2, 4, 5, 10, 20, 50, 100, 1000) if plan.top / s <= 4 or s == 1000)
    bits = 0.0
    while bits <= plan.top:
        y = area.bottom() - bits / plan.top * area.height()
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(theme.quiet))
        box = QRectF(MARGIN, y - line / 2, _AXIS - 6, line)
        text = f"{bits:g}"
        if bits + step > plan.top:
            text = QCoreApplication.translate("Figure", "{n} bits").format(n=text)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, flags | Qt.TextFlag.TextDontClip, text)
        bits += step


def _paint_bars(
    painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, bits: Float64Array, n: int
) -> None:
    area, first = plan.charts[n], plan.spans[n][0]
    blocks = block_values(bits, plan.block)
    gap = 1.0 if plan.names_tokens else 0.0
    for start, value in zip(blocks.starts.tolist(), blocks.largest.tolist(), strict=True):
        stop = min(start + plan.block, bits.size)
        left = plan.place(n, first + start, 0.0).x() + gap
        width = (stop - start) * plan.step - 2 * gap
        if math.isnan(value):
            painter.fillRect(QRectF(left, area.top(), width, area.height()), unknown_hue(theme))
            continue
        colour = QColor(theme.error) if math.isinf(value) else surprise_hue(theme)
        top = plan.place(n, first + start, value).y()
        # Not less than a hair: 0 bits is known, too.
        painter.fillRect(QRectF(left, top, width, max(area.bottom() - top, 0.5)), colour)


def _paint_band(
    painter: QPainter,
    theme: Theme,
    plan: SurpriseFigurePlan,
    area: QRectF,
    entropies: Float64Array,
) -> None:
    """The entropy of a long text, from the smallest to the largest of each mark's tokens."""
    blocks = block_values(entropies, plan.block)
    values = zip(blocks.starts.tolist(), blocks.smallest, blocks.largest, strict=True)
    for start, low, high in values:
        if math.isnan(high):
            continue
        stop = min(start + plan.block, entropies.size)
        corner = plan.place(0, start, float(high), area)
        bottom = plan.place(0, stop, float(low), area)
        height = max(bottom.y() - corner.y(), 1.0)
        painter.fillRect(
            QRectF(corner, QSizeF(bottom.x() - corner.x(), height)), entropy_hue(theme)
        )


def _paint_entropy(
    painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, entropies: Float64Array, n: int
) -> None:
    first, hue = plan.spans[n][0], entropy_hue(theme)
    painter.setPen(QPen(hue, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    run: list[QPointF] = []
    for place, value in enumerate((*entropies.tolist(), math.nan)):
        if not math.isnan(value):
            run.append(plan.place(n, first + place + 0.5, value))
            continue
        if len(run) > 1:
            painter.drawPolyline(QPolygonF(run))
        run = []
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hue)
    for place, value in enumerate(entropies.tolist()):
        if not math.isnan(value):
            painter.drawEllipse(plan.place(n, first + place + 0.5, value), 2, 2)


def _paint_names(
    painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, view: SurpriseTimelineView, n: int
) -> None:
    """Each token under its bar, read from below; the selected one is underlined."""
    font = label_font()
    font.setPixelSize(SMALL + 1)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    area, (first, stop) = plan.charts[n], plan.spans[n]
    for token in range(first, stop):
        word = display_text(view.tokenization.pieces[token]) or "∅"
        shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, _NAMES - 8)
        middle = plan.place(n, token + 0.5, 0.0).x()
        painter.save()
        painter.translate(middle, area.bottom() + 5)
        painter.rotate(-90)
        painter.setPen(QColor(theme.ink))
        baseline = (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(-metrics.horizontalAdvance(shown), baseline), shown)
        painter.restore()
        if token == view.query:
            painter.setPen(QPen(QColor(theme.query), 2))
            left = plan.place(n, token, 0.0).x()
            y = area.bottom() + 2
            painter.drawLine(QPointF(left + 1, y), QPointF(left + plan.step - 1, y))


def _paint_indices(
    painter: QPainter, theme: Theme, plan: SurpriseFigurePlan, area: QRectF, n: int
) -> None:
    """Which tokens these are, at round numbers."""
    painter.setFont(interface_font(SMALL))
    painter.setPen(QColor(theme.quiet))
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(each for each in steps if each * plan.step >= 60)
    for token in range(0, n, step):
        x = plan.place(0, token + 0.5, 0.0).x()
        box = QRectF(x - 40, area.bottom() + 4, 80, line_height(SMALL))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"{token:,}")


def _paint_legend(painter: QPainter, theme: Theme, bottom: float) -> None:
    painter.setFont(interface_font(SMALL + 1))
    metrics = QFontMetricsF(painter.font())
    x, middle = MARGIN, bottom - metrics.height() / 2
    names = (
        QCoreApplication.translate("TimelineLegend", "surprise of the token"),
        QCoreApplication.translate("TimelineLegend", "entropy after it"),
        QCoreApplication.translate("TimelineLegend", "not known"),
    )
    for place, name in enumerate(names):
        if place == 1:
            painter.setPen(QPen(entropy_hue(theme), 1.5))
            painter.drawLine(QPointF(x, middle), QPointF(x + 14, middle))
        else:
            hue = surprise_hue(theme) if place == 0 else unknown_hue(theme)
            painter.fillRect(QRectF(x, middle - 5, 14, 10), hue)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(x + 20, bottom - metrics.descent()), name)
        x += 20 + metrics.horizontalAdvance(name) + 16
