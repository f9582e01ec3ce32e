"""Figure of the text as tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from visualizer.engine.records import Float64Array
from visualizer.engine.tokenization import display_text
from visualizer.session.views import TokenStripView
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
from visualizer.ui.widgets.surprise_mark import MOST_UNDERLINE_PX, paint_surprise, surprise_bits

_ROOM = WIDTH - 2 * MARGIN
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_PAD, _GAP = 3.0, 2.0


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

    Args:
        view: What to draw.
        theme: Its colours.
        title: In place of the usual one, "" for that.
        facts: Written into the file.
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
        paint_origin(painter, theme, plan.height, origin)
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
