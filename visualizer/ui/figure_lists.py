"""Figures of the next-token bars and of the text as tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.views import BarsView, TokenStripView
from visualizer.ui.figure_files import Figure
from visualizer.ui.figure_parts import (
    MARGIN,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    facts_height,
    interface_font,
    label_font,
    line_height,
    one_line,
    origin_text,
    paint_title,
    rows_in_sight,
    scale_to,
)
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.bar_rows import logit_text, percent_text
from visualizer.ui.widgets.surprise_mark import MOST_UNDERLINE_PX, paint_surprise, surprise_bits

_ROOM = WIDTH - 2 * MARGIN
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_PAD, _GAP = 3.0, 2.0


# ------------------------------------------------------------------------------------- bars


@dataclass(frozen=True)
class BarsFigurePlan:
    """Where the parts of the bars' figure lie, in figure units.

    Attributes:
        bars: From 0 to 100 %, over all rows.
        row: Height of one.
        token: Left edge and width of the tokens' column.
        height: Of the whole figure.
    """

    bars: QRectF
    row: float
    token: tuple[float, float]
    height: float

    def bar(self, place: int, prob: float) -> QRectF:
        """The bar of a row; the one after the candidates is everything else."""
        top = self.bars.top() + place * self.row + 4
        return QRectF(self.bars.left(), top, self.bars.width() * prob, self.row - 8)


def bars_figure(
    view: BarsView,
    theme: Theme,
    title: str,
    facts: Mapping[str, str],
    text: Tokenization | None = None,
) -> Figure:
    """The candidates for the next token as bars from 0 to 100 %, with their numbers.

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of "Next token after ...", "" for that.
        facts: Written into the file.
        text: What was read, for the line at the foot.
    """
    words = title or _bars_title(view)
    plan = plan_bars_figure(view)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _bars_facts(view))
        _paint_scale(painter, theme, plan)
        top, bottom = rows_in_sight(painter)
        for place in range(len(view.candidates)):
            bar = plan.bar(place, 1)
            if bar.bottom() + plan.row < top or bar.top() - plan.row > bottom:
                continue
            _paint_candidate(painter, theme, plan, view, place)
        _paint_rest(painter, theme, plan, view)
        origin = origin_text(
            facts.get("model", ""),
            view.position + 1 if text is None else len(text),
            "" if text is None else text.text,
        )
        _paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_bars_figure(view: BarsView) -> BarsFigurePlan:
    """Lay out the figure of the bars."""
    labels = QFontMetricsF(label_font())
    row = max(labels.height(), line_height(TEXT)) + 4
    heading = MARGIN + line_height(TITLE) + 4 + facts_height(_bars_facts(view)) + 12
    top = heading + line_height(SMALL + 1) + 4
    texts = sorted((candidate.text for candidate in view.candidates), key=len)[-20:]
    widest = max((labels.horizontalAdvance(text) for text in texts), default=0.0)
    rest = QFontMetricsF(interface_font(TEXT)).horizontalAdvance(_rest_text())
    token = min(max(widest, rest, 60.0) + 2, 220.0)
    left = MARGIN + 58 + token + 12
    bars = QRectF(left, top, WIDTH - MARGIN - 150 - left, row * (len(view.candidates) + 1))
    height = bars.bottom() + 20 + line_height(SMALL) + MARGIN
    return BarsFigurePlan(bars, row, (MARGIN + 58, token), height)


def _bars_title(view: BarsView) -> str:
    return QCoreApplication.translate("Figure", "Next token after {token}").format(
        token=view.position_text
    )


def _rest_text() -> str:
    return QCoreApplication.translate("Figure", "everything else")


def _bars_facts(view: BarsView) -> str:
    facts = QCoreApplication.translate(
        "Figure", "token {position}; vocabulary of {size:,}; entropy {bits:.2f} bits"
    ).format(position=view.position, size=view.vocabulary_size, bits=view.entropy_bits)
    if view.shaped:
        facts += QCoreApplication.translate(
            "Figure",
            "; bars after sampling parameters, which leave {n:,} tokens; ticks before them; "
            "removed tokens hatched",
        ).format(n=view.n_kept)
    if any(candidate.token_id == view.actual_id for candidate in view.candidates):
        facts += QCoreApplication.translate("Figure", "; ▸ came next in the text")
    return facts


def _paint_scale(painter: QPainter, theme: Theme, plan: BarsFigurePlan) -> None:
    painter.setFont(interface_font(SMALL + 1))
    bars = plan.bars
    line = line_height(SMALL + 1)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = bars.left() + share * bars.width()
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(QPointF(x, bars.top()), QPointF(x, bars.bottom()))
        painter.setPen(QColor(theme.quiet))
        mark = "0" if not share else f"{share:.0%}".replace("%", " %")
        box = QRectF(x - 40, bars.top() - line - 2, 80, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, mark)
    for name, right in (
        (QCoreApplication.translate("Figure", "logit"), WIDTH - MARGIN),
        (QCoreApplication.translate("Figure", "prob."), WIDTH - MARGIN - 66),
    ):
        painter.drawText(QRectF(right - 60, bars.top() - line - 2, 60, line), _RIGHT, name)


def _paint_candidate(
    painter: QPainter, theme: Theme, plan: BarsFigurePlan, view: BarsView, place: int
) -> None:
    candidate = view.candidates[place]
    row = QRectF(0, plan.bars.top() + place * plan.row, WIDTH, plan.row)
    ink = theme.ink if candidate.kept else theme.quiet
    if candidate.token_id == view.actual_id:
        _paint_triangle(painter, theme, row.center().y())
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QRectF(MARGIN + 10, row.top(), 34, row.height()), _RIGHT, f"{candidate.rank}")
    painter.setFont(label_font())
    painter.setPen(QColor(ink))
    left, width = plan.token
    shown = QFontMetricsF(label_font()).elidedText(
        candidate.text, Qt.TextElideMode.ElideRight, width
    )
    room = QRectF(left, row.top(), width + 2, row.height())
    painter.drawText(room, _LEFT | Qt.TextFlag.TextDontClip, shown)
    if candidate.kept:
        painter.fillRect(plan.bar(place, candidate.sampled_prob), QColor(theme.accent))
        if view.shaped:
            _paint_tick(painter, theme, plan, place, candidate.prob)
    else:
        _paint_hatched(painter, theme, plan.bar(place, candidate.prob))
    _paint_numbers(painter, theme, row, percent_text(candidate.sampled_prob), ink)
    painter.setPen(QColor(theme.quiet))
    painter.drawText(
        QRectF(WIDTH - MARGIN - 60, row.top(), 60, row.height()),
        _RIGHT,
        logit_text(candidate.logit),
    )


def _paint_rest(painter: QPainter, theme: Theme, plan: BarsFigurePlan, view: BarsView) -> None:
    place = len(view.candidates)
    row = QRectF(0, plan.bars.top() + place * plan.row, WIDTH, plan.row)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawLine(QPointF(MARGIN, row.top()), QPointF(WIDTH - MARGIN, row.top()))
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    left, width = plan.token
    painter.drawText(QRectF(left, row.top(), width, row.height()), _LEFT, _rest_text())
    painter.fillRect(plan.bar(place, view.rest_sampled_prob), _mixed(theme.accent, theme.paper))
    if view.shaped:
        _paint_tick(painter, theme, plan, place, view.rest_prob)
    _paint_numbers(painter, theme, row, percent_text(view.rest_sampled_prob), theme.ink)


def _paint_numbers(painter: QPainter, theme: Theme, row: QRectF, text: str, ink: str) -> None:
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(ink))
    painter.drawText(QRectF(WIDTH - MARGIN - 136, row.top(), 70, row.height()), _RIGHT, text)


def _paint_tick(
    painter: QPainter, theme: Theme, plan: BarsFigurePlan, place: int, prob: float
) -> None:
    """Where the bar ended before sampling parameters."""
    bar = plan.bar(place, prob)
    tick = QRectF(bar.right() - 1, bar.top() - 2, 2, bar.height() + 4)
    painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(theme.paper))
    painter.fillRect(tick, QColor(theme.ink))


def _paint_hatched(painter: QPainter, theme: Theme, bar: QRectF) -> None:
    """A bar of strokes: a pattern brush would be of pixels, in a vector format, too."""
    painter.save()
    painter.setClipRect(bar)
    painter.setPen(QPen(QColor(theme.removed), 1))
    x = bar.left() - bar.height()
    while x < bar.right():
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x + bar.height(), bar.top()))
        x += 4
    painter.restore()
    painter.setPen(QPen(QColor(theme.removed), 1))
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRect(bar)


def _paint_triangle(painter: QPainter, theme: Theme, middle: float) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.ink))
    points = [QPointF(MARGIN, middle - 4), QPointF(MARGIN + 6, middle)]
    painter.drawPolygon(QPolygonF([*points, QPointF(MARGIN, middle + 4)]))
    painter.restore()


def _mixed(colour: str, paper: str) -> QColor:
    """Half of the colour: transparency is not kept by every reader of SVG."""
    one, other = QColor(colour), QColor(paper)
    return QColor(
        (one.red() + other.red()) // 2,
        (one.green() + other.green()) // 2,
        (one.blue() + other.blue()) // 2,
    )


# ----------------------------------------------------------------------------------- tokens


@dataclass(frozen=True)
class TokensFigurePlan:
    """Where each token lies, in figure units.

    Attributes:
        spans: In the order of the text.
        texts: What is written in each.
        height: Of the whole figure.
    """

    spans: tuple[QRectF, ...]
    texts: tuple[str, ...]
    height: float


def tokens_figure(
    view: TokenStripView, theme: Theme, title: str, facts: Mapping[str, str]
) -> Figure:
    """The text as tokens in running lines, with the surprise of each as an underline.

    The arguments are those of `bars_figure`.
    """
    words = title or QCoreApplication.translate("Figure", "Tokens and their surprise")
    plan = plan_tokens_figure(view)
    bits = None if view.logprobs is None else surprise_bits(view.logprobs)

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, QSizeF(WIDTH, plan.height))
        paint_title(painter, theme, words, _tokens_facts(view))
        painter.setFont(label_font())
        top, bottom = rows_in_sight(painter)
        for place, (span, text) in enumerate(zip(plan.spans, plan.texts, strict=True)):
            if span.bottom() + MOST_UNDERLINE_PX + 2 < top or span.top() > bottom:
                continue
            _paint_span(painter, theme, view, place, span, text)
            if bits is not None:
                _paint_underline(painter, theme, span, bits, place)
        if bits is not None:
            _paint_surprise_legend(painter, theme, plan.height - MARGIN - 2 * line_height(SMALL))
        model = facts.get("model", "")
        origin = origin_text(model, len(view.tokenization), view.tokenization.text)
        _paint_origin(painter, theme, plan.height, origin)
        painter.restore()

    return Figure(QSizeF(WIDTH, plan.height), one_line(words), dict(facts), theme, paint)


def plan_tokens_figure(view: TokenStripView) -> TokensFigurePlan:
    """Lay the text out in lines; a line end in a token ends a line."""
    metrics = QFontMetricsF(label_font())
    widths: dict[bytes, tuple[str, float]] = {}
    line = metrics.height() + 4
    x, y = MARGIN, MARGIN + line_height(TITLE) + 4 + facts_height(_tokens_facts(view)) + 14
    spans, texts = [], []
    for piece in view.tokenization.pieces:
        if piece not in widths:
            text = display_text(piece) or "∅"
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _ROOM - 2 * _PAD)
            widths[piece] = (text, metrics.horizontalAdvance(text) + 2 * _PAD)
        text, width = widths[piece]
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + line + 8
        spans.append(QRectF(x, y, width, line))
        texts.append(text)
        x += width + _GAP
        if b"\n" in piece:
            x, y = MARGIN, y + line + 8
    height = (spans[-1].bottom() if spans else y) + 20 + 3 * line_height(SMALL) + MARGIN
    return TokensFigurePlan(tuple(spans), tuple(texts), height)


def _tokens_facts(view: TokenStripView) -> str:
    n = len(view.tokenization)
    facts = QCoreApplication.translate("Figure", "{n:,} tokens, {characters:,} characters").format(
        n=n, characters=len(view.tokenization.text)
    )
    if view.query is not None and n:
        facts += QCoreApplication.translate("Figure", "; token {query} is selected").format(
            query=view.query
        )
    return facts


def _paint_span(
    painter: QPainter, theme: Theme, view: TokenStripView, place: int, span: QRectF, text: str
) -> None:
    is_special = int(view.tokenization.ids[place]) in view.special_ids or place < view.n_added
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if is_special:
        painter.setPen(QPen(QColor(theme.quiet), 1, Qt.PenStyle.DashLine))
        painter.drawRect(span)
    else:
        fills = theme.token_fills
        painter.fillRect(span, QColor(fills[place % len(fills)]))
    if place == view.query:
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.drawRect(span.adjusted(-1, -1, 1, 1))
    painter.setPen(QColor(theme.ink))
    room = span.adjusted(_PAD, 0, 0, 0)
    painter.drawText(room, _LEFT | Qt.TextFlag.TextDontClip, text)


def _paint_underline(
    painter: QPainter, theme: Theme, span: QRectF, bits: Float64Array, place: int
) -> None:
    known = float(bits[place])
    if math.isnan(known) and place == 0:
        return  # nothing comes before the first token
    paint_surprise(painter, theme, span.x() + 1, span.bottom() + 2, span.width() - 2, known)


def _paint_surprise_legend(painter: QPainter, theme: Theme, bottom: float) -> None:
    painter.setFont(interface_font(SMALL + 1))
    metrics = QFontMetricsF(painter.font())
    samples = ((0.0, "0"), (5.0, "5"), (10.0, "10+"))
    x, baseline = MARGIN, bottom - metrics.descent()
    words = (
        QCoreApplication.translate("Figure", "surprise"),
        QCoreApplication.translate("Figure", "bits"),
    )
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QPointF(x, baseline), words[0])
    x += metrics.horizontalAdvance(words[0]) + 8
    for bits, label in samples:
        paint_surprise(painter, theme, x, baseline - MOST_UNDERLINE_PX - 2, 16, bits)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(x + 20, baseline), label)
        x += 20 + metrics.horizontalAdvance(label) + 8
    painter.drawText(QPointF(x - 4, baseline), words[1])


def _paint_origin(painter: QPainter, theme: Theme, height: float, origin: str) -> None:
    painter.setFont(interface_font(SMALL))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(origin, Qt.TextElideMode.ElideRight, _ROOM)
    painter.drawText(QPointF(MARGIN, height - MARGIN - metrics.descent()), shown)
