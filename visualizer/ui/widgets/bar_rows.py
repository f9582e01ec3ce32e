"""How one row of the bars is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from visualizer.session.views import BarsView, Candidate, WordRow
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.bar_axis import BarAxis
from visualizer.ui.widgets.number_text import typeset
from visualizer.ui.widgets.token_glyphs import GlyphCache, GlyphPainter

LEAST_BAR_PX = 80
_TOKEN_CELLS, _LEAST_TOKEN_CELLS = 14, 6  # width of the token column in characters
_MARK_PX = 3 * SPACE_PX  # room for the mark of the token that really came
_RING_PX = 3.5
_CHANGE_FROM_PX = 500  # narrower, the bar needs the room of the change
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def percent_text(prob: float) -> str:
    """A probability as a short percentage, never rounded up to all or down to none."""
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
    return typeset(f"{percent:.0e}") + " %"


def change_text(old: float | None, new: float) -> str:
    """A change in percentage points with its sign; "" where it is not known."""
    if old is None or math.isnan(new) or math.isnan(old):
        return ""
    points = 100 * (new - old)
    if abs(points) < 0.05:
        return "±0.0" if points == 0 else f"{'+' if points > 0 else '−'}0.0"
    return f"{points:+.1f}".replace("-", "−")


def rank_text(rank: int) -> str:
    """A rank in at most five characters; beyond 99,999 in thousands, rounded down."""
    return f"{rank}" if rank < 100_000 else f">{rank // 1000}k"


@dataclass(frozen=True)
class _Columns:
    """A row's columns as (left edge, width) in pixels, the same for every row and view."""

    rank: tuple[int, int]
    token: tuple[int, int]
    bar: tuple[int, int]
    number: tuple[int, int]
    change: tuple[int, int] | None
    logit: tuple[int, int] | None


def _columns(width_px: int, numbers: QFontMetrics, tokens: QFontMetrics) -> _Columns:
    """Where room is short, the change, the logit and then the token give way to the bar."""
    changes = (True, False) if width_px >= _CHANGE_FROM_PX else (False,)
    ways = [(_TOKEN_CELLS, change, True) for change in changes]
    for n_cells, has_change, has_logit in (*ways, (_TOKEN_CELLS, False, False)):
        columns = _columns_with(width_px, numbers, tokens, n_cells, has_change, has_logit)
        if columns.bar[1] >= LEAST_BAR_PX:
            return columns
    return _columns_with(width_px, numbers, tokens, _LEAST_TOKEN_CELLS, False, False)


def _columns_with(
    width_px: int,
    numbers: QFontMetrics,
    tokens: QFontMetrics,
    n_cells: int,
    has_change: bool,
    has_logit: bool,
) -> _Columns:
    gap = 2 * SPACE_PX
    rank = numbers.horizontalAdvance("99999")
    number = max(numbers.horizontalAdvance(text) for text in (">99.9 %", "9·10⁻¹⁰ %"))
    token = min(n_cells * tokens.horizontalAdvance("M"), width_px // 3)
    token_left = _MARK_PX + rank + gap
    bar_left = token_left + token + gap
    right = width_px - SPACE_PX
    logit = change = None
    if has_logit:
        width = numbers.horizontalAdvance("−100.00")
        logit = (right - width, width)
        right -= width + gap
    if has_change:
        width = numbers.horizontalAdvance("−100.0")
        change = (right - width, width)
        right -= width + gap
    number_left = right - number
    bar = max(number_left - gap - bar_left, 0)
    rank_column, number_column = (_MARK_PX, rank), (number_left, number)
    return _Columns(rank_column, (token_left, token), (bar_left, bar), number_column, change, logit)


def least_width(numbers: QFontMetrics, tokens: QFontMetrics) -> int:
    """Of rows with a bar that can be read."""
    wide = 2000  # anything that is wide enough
    columns = _columns_with(wide, numbers, tokens, _LEAST_TOKEN_CELLS, False, False)
    return wide - columns.bar[1] + LEAST_BAR_PX


def logit_text(logit: float) -> str:
    """A logit with two digits after the point."""
    return f"{logit:.2f}".replace("-", "−")


class RowPainter:
    """Draws rows of one width in one theme; made anew for each paint."""

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        font: QFont,
        cache: GlyphCache,
        width_px: int,
        axis: BarAxis,
    ) -> None:
        self._painter = painter
        self._theme = theme
        self._font = font
        self._cache = cache
        self._glyph_painter = GlyphPainter(painter, theme, cache.font)
        self._axis = axis
        self._columns = _columns(width_px, QFontMetrics(font), QFontMetrics(cache.font))

    def draw_header(self, rect: QRect, number: str, change: str, logit: str) -> None:
        """Names of the number columns, and the labels of the scale over the bars."""
        painter, columns = self._painter, self._columns
        painter.setFont(self._font)
        painter.setPen(QColor(self._theme.quiet))
        # A word longer than its column may reach into the room left of it.
        named = _cell(rect, columns.number).adjusted(-6 * SPACE_PX, 0, 0, 0)
        taken = [QFontMetrics(self._font).boundingRect(named, _RIGHT, number)]
        for place, words in self._axis.labels:
            label = self._label_rect(rect, place, words)
            if not any(label.adjusted(-SPACE_PX, 0, SPACE_PX, 0).intersects(r) for r in taken):
                painter.drawText(label, _RIGHT if place == 1 else _LEFT, words)
                taken.append(label)
        painter.drawText(named, _RIGHT, number)
        if columns.change is not None:
            painter.drawText(
                _cell(rect, columns.change).adjusted(-SPACE_PX, 0, 0, 0), _RIGHT, change
            )
        if columns.logit is not None:
            cell = _cell(rect, columns.logit).adjusted(-SPACE_PX, 0, 0, 0)
            painter.drawText(cell, _RIGHT, logit)

    def _label_rect(self, rect: QRect, place: float, words: str) -> QRect:
        """Where a label of the scale goes: centred on its place, but within the bars' column."""
        left, width = self._columns.bar
        advance = QFontMetrics(self._font).horizontalAdvance(words)
        x = left + round(place * width) - round(place * advance)
        return QRect(x, rect.top(), advance + 1, rect.height())

    def draw_scale(self, bottom: int, top: int = 0) -> None:
        """Lines at the steps of the scale, from `top` down to `bottom`."""
        left, width = self._columns.bar
        for share in self._axis.lines:
            x = left + round(share * width)
            line = QRect(x, top, 1, bottom + 1 - top)
            self._painter.fillRect(line, QColor(self._theme.line))

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
        old = None if view.old_probs is None else float(view.old_probs[row])
        self.draw_row(rect, view, candidate, length, old)

    def draw_row(
        self,
        rect: QRect,
        view: BarsView,
        candidate: Candidate,
        length: float,
        old: float | None,
    ) -> None:
        """A token, with `old` its probability before the text changed."""
        painter, theme, columns = self._painter, self._theme, self._columns
        if candidate.token_id == view.actual_id:
            self._mark(rect)
        painter.setFont(self._font)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(_cell(rect, columns.rank), _RIGHT, rank_text(candidate.rank))
        bar = _cell(rect, columns.bar)
        if candidate.kept:
            self._bar(bar, length, QColor(theme.accent))
            if view.shaped:
                self._tick(bar, candidate.prob)
            self._arrow(bar, candidate.sampled_prob)
        else:
            self._hatched_bar(bar, length)
        if not view.shaped:
            self._ghost(bar, old)
        ink = QColor(theme.ink if candidate.kept else theme.quiet)
        self._number(rect, percent_text(candidate.sampled_prob), ink)
        self._change(rect, old, candidate.prob)
        self._last(rect, logit_text(candidate.logit))
        self._token(rect, candidate.data, ink, is_special=candidate.is_special)

    def draw_word(self, rect: QRect, row: WordRow, length: float) -> None:
        """A word of several tokens, or one of which nothing is known."""
        painter, theme, columns = self._painter, self._theme, self._columns
        bar = _cell(rect, columns.bar)
        self._bar(bar, length, QColor(theme.accent))
        self._arrow(bar, row.prob)
        self._ghost(bar, row.old_prob)
        known = not math.isnan(row.prob)
        painter.setFont(self._font)
        text = "…" if row.awaited else percent_text(row.prob)
        self._number(rect, text, QColor(theme.ink if known else theme.quiet))
        self._change(rect, row.old_prob, row.prob)
        if row.parts:
            painter.setPen(QColor(theme.quiet))
            self._last(rect, f"×{len(row.parts)}")
        self._token(rect, row.data, QColor(theme.ink if row.parts else theme.quiet))

    def _number(self, rect: QRect, text: str, ink: QColor) -> None:
        self._painter.setFont(self._font)
        self._painter.setPen(ink)
        # A power of ten may reach into the room left of its column.
        cell = _cell(rect, self._columns.number).adjusted(-2 * SPACE_PX, 0, 0, 0)
        self._painter.drawText(cell, _RIGHT, text)

    def _last(self, rect: QRect, text: str) -> None:
        """The logit, or of how many tokens a word is made, where there is room."""
        if self._columns.logit is not None:
            self._painter.drawText(_cell(rect, self._columns.logit), _RIGHT, text)

    def _change(self, rect: QRect, old: float | None, new: float) -> None:
        self._painter.setPen(QColor(self._theme.quiet))
        if self._columns.change is not None:
            text = change_text(old, new)
            self._painter.drawText(_cell(rect, self._columns.change), _RIGHT, text)

    def _token(self, rect: QRect, data: bytes, ink: QColor, *, is_special: bool = False) -> None:
        token = _cell(rect, self._columns.token)
        glyphs = self._cache.glyphs(data)
        if is_special:
            frame = QRectF(token).adjusted(0, 2, 0, -2)
            frame.setWidth(min(frame.width(), glyphs.width))
            self._outline(frame, QPen(QColor(self._theme.quiet), 1, Qt.PenStyle.DashLine))
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
        else:
            self._ghost(bar, view.rest_old_prob)
        self._arrow(bar, view.rest_sampled_prob)
        self._number(rect, percent_text(view.rest_sampled_prob), QColor(theme.ink))
        self._change(rect, view.rest_old_prob, view.rest_prob)

    def draw_drawn(self, rect: QRect, share: float) -> None:
        """A ring where the bar would end if it were as long as the share of the draws."""
        cell = _cell(rect, self._columns.bar)
        if self._axis.is_beyond(share):
            self._arrow(cell, share)
            return
        x = cell.left() + cell.width() * self._axis.place(share)
        ring = QPointF(max(x, cell.left() + _RING_PX), cell.center().y() + 0.5)
        self._painter.setBrush(QColor(self._theme.surface))
        self._painter.setPen(QPen(QColor(self._theme.query), 1.5))
        self._painter.drawEllipse(ring, _RING_PX, _RING_PX)

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
        x = cell.left() + cell.width() * self._axis.place(prob)
        tick = QRectF(x - 1, cell.top() + 2, 2, cell.height() - 4)
        self._painter.fillRect(tick.adjusted(-1, 0, 1, 0), QColor(self._theme.surface))
        self._painter.fillRect(tick, QColor(self._theme.ink))

    def _ghost(self, cell: QRect, old: float | None) -> None:
        """Where the bar ended before the text changed: two short strokes above and below it."""
        if old is None or not 0 <= old <= 1:
            return
        x = round(cell.left() + cell.width() * self._axis.place(old))
        for y in (cell.top() + 1, cell.bottom() - 3):
            self._painter.fillRect(QRect(x, y, 2, 3), QColor(self._theme.ink))

    def _arrow(self, cell: QRect, prob: float) -> None:
        """An arrow at the end of the axis beyond which a value lies."""
        if self._axis.is_below(prob):
            tip, foot, colour = cell.left() + 2.0, cell.left() + 7.0, self._theme.quiet
        elif self._axis.is_beyond(prob):
            tip, foot, colour = cell.right() - 1.0, cell.right() - 6.0, self._theme.ink
        else:
            return
        middle = cell.center().y() + 0.5
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawPolygon(
            QPolygonF([QPointF(foot, middle - 4), QPointF(tip, middle), QPointF(foot, middle + 4)])
        )

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
