"""How one row of the bars is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from visualizer.session.views import BarsView
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter

_TOKEN_CELLS = 14  # width of the token column in characters
_MARK_PX = 3 * SPACE_PX  # room for the mark of the token that really came
_SCALE_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def percent_text(prob: float) -> str:
    """A probability as a percentage of fixed width, never rounded up to all or down to none."""
    percent = 100 * prob
    if math.isnan(prob):
        return "–"
    if prob == 0:
        return "0 %"
    if prob < 1 and percent >= 99.95:
        return ">99.9 %"
    if percent >= 0.0995:
        return f"{percent:.1f} %"
    if percent >= 0.001:
        return f"{percent:.2g} %"
    return "<0.001 %"


@dataclass(frozen=True)
class _Columns:
    """A row's columns as (left edge, width) in pixels, the same for every row and view."""

    rank: tuple[int, int]
    token: tuple[int, int]
    bar: tuple[int, int]
    number: tuple[int, int]
    logit: tuple[int, int]


def _columns(width_px: int, numbers: QFontMetrics, tokens: QFontMetrics) -> _Columns:
    rank = numbers.horizontalAdvance("500")
    number = max(numbers.horizontalAdvance(text) for text in (">99.9 %", "<0.001 %"))
    token = min(_TOKEN_CELLS * tokens.horizontalAdvance("M"), width_px // 3)
    token_left = _MARK_PX + rank + 2 * SPACE_PX
    bar_left = token_left + token + 2 * SPACE_PX
    logit = numbers.horizontalAdvance("−100.00")
    logit_left = width_px - logit - SPACE_PX
    number_left = logit_left - number - 2 * SPACE_PX
    bar = max(number_left - 2 * SPACE_PX - bar_left, 0)
    return _Columns(
        (_MARK_PX, rank),
        (token_left, token),
        (bar_left, bar),
        (number_left, number),
        (logit_left, logit),
    )


def logit_text(logit: float) -> str:
    """A logit with two digits after the point."""
    return f"{logit:.2f}".replace("-", "−")


class RowPainter:
    """Draws rows of one width in one theme; made anew for each paint."""

    def __init__(
        self, painter: QPainter, theme: Theme, font: QFont, cache: GlyphCache, width_px: int
    ) -> None:
        self._painter = painter
        self._theme = theme
        self._font = font
        self._cache = cache
        self._glyph_painter = GlyphPainter(painter, theme, cache.font)
        self._columns = _columns(width_px, QFontMetrics(font), QFontMetrics(cache.font))

    def draw_header(self, rect: QRect, number: str, logit: str) -> None:
        """Names of the number columns, and the ends of the scale over the bars."""
        painter, columns = self._painter, self._columns
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.quiet))
        bar = _cell(rect, columns.bar)
        # Both ends, or the far one alone where they would touch.
        if QFontMetrics(self._font).horizontalAdvance("0  100 %") <= bar.width():
            painter.drawText(bar, _LEFT, "0")
        painter.drawText(bar.adjusted(-6 * SPACE_PX, 0, 0, 0), _RIGHT, "100 %")
        # A word longer than its column may reach into the room left of it.
        painter.drawText(
            _cell(rect, columns.number).adjusted(-6 * SPACE_PX, 0, 0, 0), _RIGHT, number
        )
        painter.drawText(_cell(rect, columns.logit).adjusted(-SPACE_PX, 0, 0, 0), _RIGHT, logit)

    def draw_scale(self, bottom: int) -> None:
        """Lines at 0, 25, 50, 75 and 100 %."""
        left, width = self._columns.bar
        for share in _SCALE_SHARES:
            x = left + round(share * width)
            self._painter.fillRect(QRect(x, 0, 1, bottom + 1), QColor(self._theme.line))

    def draw_frame(self, rect: QRect, *, is_selected: bool, is_hovered: bool) -> None:
        """What lies around a row: shaded under the pointer, outlined when selected."""
        if is_hovered:
            shade = QColor(self._theme.line)
            shade.setAlphaF(0.5)
            self._painter.fillRect(rect, shade)
        if is_selected:
            self._outline(QRectF(rect), QPen(QColor(self._theme.accent), 1))

    def draw_candidate(self, rect: QRect, view: BarsView, row: int, length: float) -> None:
        """One candidate; `length` is that of its bar as a share of the scale."""
        candidate = view.candidates[row]
        painter, theme, columns = self._painter, self._theme, self._columns
        if candidate.token_id == view.actual_id:
            self._mark(rect)
        painter.setFont(self._font)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(_cell(rect, columns.rank), _RIGHT, f"{candidate.rank}")
        bar = _cell(rect, columns.bar)
        if candidate.kept:
            self._bar(bar, length, QColor(theme.accent))
            if view.shaped:
                self._tick(bar, candidate.prob)
        else:
            self._hatched_bar(bar, length)
        ink = QColor(theme.ink if candidate.kept else theme.quiet)
        painter.setFont(self._font)
        painter.setPen(ink)
        painter.drawText(_cell(rect, columns.number), _RIGHT, percent_text(candidate.sampled_prob))
        painter.setPen(QColor(theme.quiet))
        painter.drawText(_cell(rect, columns.logit), _RIGHT, logit_text(candidate.logit))
        token = _cell(rect, columns.token)
        glyphs = self._cache.glyphs(candidate.data)
        if candidate.is_special:
            frame = QRectF(token).adjusted(0, 2, 0, -2)
            frame.setWidth(min(frame.width(), glyphs.width))
            self._outline(frame, QPen(QColor(theme.quiet), 1, Qt.PenStyle.DashLine))
        self._glyph_painter.draw(glyphs, token, ink)

    def draw_rest(self, rect: QRect, view: BarsView, length: float, words: str) -> None:
        """The last row: everything that has no row of its own."""
        painter, theme, columns = self._painter, self._theme, self._columns
        line = QRect(rect.left(), rect.top() - SPACE_PX // 2, rect.width(), 1)
        painter.fillRect(line, QColor(theme.line))
        left = columns.token[0] + 2
        room = QRect(left, rect.top(), columns.bar[0] - left - SPACE_PX, rect.height())
        painter.setFont(self._font)
        painter.setPen(QColor(theme.quiet))
        text = QFontMetrics(self._font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, text)
        bar = _cell(rect, columns.bar)
        colour = QColor(theme.accent)
        colour.setAlphaF(0.45)
        self._bar(bar, length, colour)
        if view.shaped:
            self._tick(bar, view.rest_prob)
        painter.setPen(QColor(theme.ink))
        painter.drawText(_cell(rect, columns.number), _RIGHT, percent_text(view.rest_sampled_prob))

    def _bar(self, cell: QRect, length: float, colour: QColor) -> None:
        if length > 0:
            self._painter.fillRect(_bar_rect(cell, length), colour)

    def _hatched_bar(self, cell: QRect, length: float) -> None:
        if not length > 0:
            return
        grey = QColor(self._theme.removed)
        bar = _bar_rect(cell, length)
        self._painter.fillRect(bar, QBrush(grey, Qt.BrushStyle.BDiagPattern))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(grey, 1))
        self._painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))

    def _tick(self, cell: QRect, prob: float) -> None:
        """Where the bar ended before sampling parameters."""
        if not 0 <= prob <= 1:
            return
        x = cell.left() + cell.width() * prob
        tick = QRectF(x - 1, cell.top() + 2, 2, cell.height() - 4)
        self._painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(self._theme.surface))
        self._painter.fillRect(tick, QColor(self._theme.ink))

    def _mark(self, rect: QRect) -> None:
        """A triangle before the token that really came."""
        middle = rect.center().y() + 0.5
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(self._theme.ink))
        self._painter.drawPolygon(
            QPolygonF([QPointF(4, middle - 4), QPointF(10, middle), QPointF(4, middle + 4)])
        )

    def _outline(self, rect: QRectF, pen: QPen) -> None:
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(pen)
        self._painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _cell(row: QRect, column: tuple[int, int]) -> QRect:
    return QRect(column[0], row.top(), column[1], row.height())


def _bar_rect(cell: QRect, length: float) -> QRectF:
    bar = QRectF(cell).adjusted(0, 4, 0, -4)
    bar.setWidth(cell.width() * min(length, 1.0))
    return bar
