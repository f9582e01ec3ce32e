"""Draws words with their probabilities as bars, on the screen and as a figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from visualizer.ui.figure_parts import TEXT, interface_font, label_font, scale_to
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.chart_axis import value_text
from visualizer.ui.widgets.number_text import typeset

_FIGURE_PX = 480.0
_MARGIN = 12.0  # around a figure
_WORD_CELLS = (6, 10, 14)
"""Widths of the column of words in characters: few, so that it stays as it is for other words."""
_BAR_INSET = 4.0
_HOVER_ALPHA = 0.5
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)
class WordBar:
    """One word.

    Attributes:
        word: As text.
        prob: Its probability in [0, 1], NaN where it is not known.
        count: How often it came, None where nothing was counted.
        removed: Whether sampling parameters took it out.
        chosen: Whether it was drawn.
        before: An earlier probability, None for none.
    """

    word: str
    prob: float
    count: float | None = None
    removed: bool = False
    chosen: bool = False
    before: float | None = None


@dataclass(frozen=True)
class BarFonts:
    """Fonts of a drawing: of the words, of the numbers, and of the title."""

    word: QFont
    number: QFont
    title: QFont


@dataclass(frozen=True)
class BarsLayout:
    """The columns of all rows, as (left edge, width), in the painter's units.

    Attributes:
        top: Where the first row begins.
        row_height: Of each.
        width: Of a row.
        word, bar, percent: Columns.
        count: Column of the counts, None where nothing was counted.
        most: The probability whose bar fills its column.
    """

    top: float
    row_height: float
    width: float
    word: tuple[float, float]
    bar: tuple[float, float]
    percent: tuple[float, float]
    count: tuple[float, float] | None
    most: float

    def row(self, index: int) -> QRectF:
        """Where a row is."""
        return QRectF(0, self.top + index * self.row_height, self.width, self.row_height)

    def row_at(self, y: float, n: int) -> int:
        """The row at a height, -1 for none of `n`."""
        index = math.floor((y - self.top) / self.row_height)
        return index if 0 <= index < n else -1


def count_text(count: float) -> str:
    """How often something came: whole numbers as such."""
    return value_text(count)


def lay_out_bars(bars: Sequence[WordBar], fonts: BarFonts, title: str, width: float) -> BarsLayout:
    """The columns in a room of `width`."""
    words, numbers = QFontMetricsF(fonts.word), QFontMetricsF(fonts.number)
    cell = words.horizontalAdvance("M")
    widest = max((words.horizontalAdvance(bar.word) for bar in bars), default=0.0)
    fitting = (n * cell for n in _WORD_CELLS if n * cell >= widest)
    word = min(next(fitting, _WORD_CELLS[-1] * cell), width / 3)
    percent = max(numbers.horizontalAdvance(text) for text in (">99.9 %", "9·10⁻¹⁰ %"))
    counts = [count_text(bar.count) for bar in bars if bar.count is not None]
    count = max(map(numbers.horizontalAdvance, counts), default=0.0)
    count_left = width - count - SPACE_PX
    percent_left = (count_left - 2 * SPACE_PX if counts else width - SPACE_PX) - percent
    bar_left = SPACE_PX + math.ceil(word) + 2 * SPACE_PX
    return BarsLayout(
        QFontMetricsF(fonts.title if title else fonts.number).height() + SPACE_PX,
        math.ceil(max(words.height(), numbers.height())) + SPACE_PX,
        width,
        (SPACE_PX, word),
        (bar_left, max(percent_left - 2 * SPACE_PX - bar_left, 0.0)),
        (percent_left, percent),
        (count_left, count) if counts else None,
        _most(bars),
    )


def _most(bars: Sequence[WordBar]) -> float:
    """The end of the scale: the least of a few that is not below any bar.

    Few, so that a bar is not of another length whenever the largest changes a little.
    """
    values = [bar.prob for bar in bars] + [bar.before for bar in bars if bar.before is not None]
    largest = max((value for value in values if math.isfinite(value)), default=1.0)
    return next((end for end in (0.05, 0.1, 0.25, 0.5) if largest <= end), 1.0)


class BarsPainter:
    """Draws the rows of one layout in one theme."""

    def __init__(
        self, painter: QPainter, theme: Theme, fonts: BarFonts, layout: BarsLayout
    ) -> None:
        self._painter, self._theme, self._fonts, self._layout = painter, theme, fonts, layout

    def draw(self, bars: Sequence[WordBar], title: str) -> None:
        """The title, the scale and the rows."""
        stop = len(bars)
        layout = self._layout
        head = QRectF(0, 0, layout.width, layout.top - SPACE_PX)
        if stop:
            self._draw_scale(stop)
            self._write_ends(_cell(head, layout.bar), has_title=bool(title))
        if title:
            ends = QFontMetricsF(self._fonts.number).horizontalAdvance(self._end_text())
            room = layout.bar[0] + layout.bar[1] - ends - 2 * SPACE_PX if stop else layout.width
            place = QRectF(SPACE_PX, head.top(), room - SPACE_PX, head.height())
            self._write(place, title, self._fonts.title, self._theme.ink, _LEFT)
        for index in range(stop):
            self._draw_row(self._layout.row(index), bars[index])

    def draw_hovered(self, index: int) -> None:
        """A shade behind the row under the pointer."""
        shade = QColor(self._theme.line)
        shade.setAlphaF(_HOVER_ALPHA)
        self._painter.fillRect(self._layout.row(index), shade)

    def draw_current(self, index: int) -> None:
        """A frame around the row from which the arrow keys go on."""
        self._outline(self._layout.row(index), self._theme.accent, 1, 3)

    def draw_note(self, index: int, text: str) -> None:
        """A sentence in place of a row."""
        place = self._layout.row(index).adjusted(SPACE_PX, 0, -SPACE_PX, 0)
        self._write(place, text, self._fonts.number, self._theme.quiet, _LEFT)

    def _draw_scale(self, n: int) -> None:
        """Lines at 0 and at the end of the scale."""
        left, width = self._layout.bar
        for x in (left, left + width):
            line = QRectF(round(x), self._layout.top, 1, n * self._layout.row_height)
            self._painter.fillRect(line, QColor(self._theme.line))

    def _write_ends(self, place: QRectF, *, has_title: bool) -> None:
        """What the lines mean, above them, where there is room."""
        metrics = QFontMetricsF(self._fonts.number)
        if metrics.horizontalAdvance(self._end_text() + "00") > place.width():
            return
        if not has_title:
            self._write(place, "0", self._fonts.number, self._theme.quiet, _LEFT)
        self._write(place, self._end_text(), self._fonts.number, self._theme.quiet, _RIGHT)

    def _end_text(self) -> str:
        return f"{100 * self._layout.most:.0f} %"

    def _draw_row(self, row: QRectF, bar: WordBar) -> None:
        layout, theme = self._layout, self._theme
        ink = theme.quiet if bar.removed else theme.ink
        self._write(_cell(row, layout.word), bar.word, self._fonts.word, ink, _LEFT)
        cell = _cell(row, layout.bar).adjusted(0, _BAR_INSET, 0, -_BAR_INSET)
        self._draw_bar(cell, bar)
        percent = percent_text(bar.prob)
        self._write(_cell(row, layout.percent), percent, self._fonts.number, ink, _RIGHT)
        if layout.count is not None and bar.count is not None:
            text = count_text(bar.count)
            place = _cell(row, layout.count)
            self._write(place, text, self._fonts.number, theme.quiet, _RIGHT)

    def _draw_bar(self, cell: QRectF, bar: WordBar) -> None:
        painter, theme = self._painter, self._theme
        filled = self._until(cell, bar.prob)
        if bar.removed:
            grey = QColor(theme.removed)
            painter.fillRect(filled, QBrush(grey, Qt.BrushStyle.BDiagPattern))
            if filled.width() > 0:
                self._outline(filled, theme.removed, 1, 0)
        else:
            painter.fillRect(filled, QColor(theme.accent))
        if bar.before is not None and math.isfinite(bar.before):
            earlier = self._until(cell, bar.before).adjusted(0, -2, 0, 2)
            pen = QPen(QColor(theme.quiet), 1)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(earlier.adjusted(0.5, 0.5, -0.5, -0.5))
        if bar.chosen:
            whole = QRectF(cell.left(), cell.top(), max(filled.width(), 3.0), cell.height())
            self._outline(whole.adjusted(-2, -2, 2, 2), theme.query, 2, 2)

    def _until(self, cell: QRectF, prob: float) -> QRectF:
        share = min(max(prob, 0.0) / self._layout.most, 1.0) if math.isfinite(prob) else 0.0
        return QRectF(cell.left(), cell.top(), share * cell.width(), cell.height())

    def _outline(self, area: QRectF, colour: str, width: float, radius: float) -> None:
        self._painter.setPen(QPen(QColor(colour), width))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        area = area.adjusted(half, half, -half, -half)
        if radius:
            self._painter.drawRoundedRect(area, radius, radius)
        else:
            self._painter.drawRect(area)

    def _write(self, place: QRectF, text: str, font: QFont, colour: str, flags: int) -> None:
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 1)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(place, flags | int(Qt.TextFlag.TextDontClip), shown)


def _cell(row: QRectF, column: tuple[float, float]) -> QRectF:
    return QRectF(column[0], row.top(), column[1], row.height())


def bar_facts(bar: WordBar) -> list[tuple[str, str]]:
    """What is said of a word, as (name, value)."""
    rows = [(QCoreApplication.translate("WordBars", "word"), bar.word)]
    known = math.isfinite(bar.prob)
    text = (
        typeset(f"{bar.prob:.6g}") if known else QCoreApplication.translate("WordBars", "not known")
    )
    rows.append((QCoreApplication.translate("WordBars", "probability"), text))
    if bar.before is not None and math.isfinite(bar.before):
        rows.append(
            (QCoreApplication.translate("WordBars", "before"), typeset(f"{bar.before:.6g}"))
        )
    if bar.count is not None:
        rows.append((QCoreApplication.translate("WordBars", "count"), count_text(bar.count)))
    if bar.removed:
        rows.append(
            (
                QCoreApplication.translate("WordBars", "removed"),
                QCoreApplication.translate("WordBars", "cannot be drawn"),
            )
        )
    if bar.chosen:
        rows.append(
            (
                QCoreApplication.translate("WordBars", "chosen"),
                QCoreApplication.translate("WordBars", "this word was drawn"),
            )
        )
    return rows


def figure_fonts() -> BarFonts:
    """Fonts of a figure."""
    return BarFonts(label_font(), interface_font(TEXT - 1), interface_font(TEXT + 1, bold=True))


def bars_size(bars: Sequence[WordBar], title: str) -> QSizeF:
    """Size of a figure of the bars, in figure units."""
    layout = lay_out_bars(bars, figure_fonts(), title, _FIGURE_PX)
    height = math.ceil(layout.top + max(len(bars), 1) * layout.row_height + 2)
    return QSizeF(_FIGURE_PX + 2 * _MARGIN, height + 2 * _MARGIN)


def paint_word_bars(
    painter: QPainter, rect: QRectF, bars: Sequence[WordBar], theme: Theme, title: str = ""
) -> None:
    """Paint the bars as large as fits into `rect`, in its middle.

    Args:
        painter: Of any device; text stays text.
        rect: In the painter's units.
        bars: What is drawn.
        theme: Its colours; the paper is not painted.
        title: Above them, "" for none.
    """
    fonts = figure_fonts()
    painter.save()
    scale_to(painter, rect, bars_size(bars, title))
    painter.translate(_MARGIN, _MARGIN)
    layout = lay_out_bars(bars, fonts, title, _FIGURE_PX)
    BarsPainter(painter, theme, fonts, layout).draw(bars, title)
    painter.restore()
