"""A word as its letters and, below them, as the ids of its tokens: what is read and what is got."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.lessons.letters import (
    LettersInToken,
    character_bytes,
    letter_places,
    letters_in_tokens,
)
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font

_PAD = 2 * SPACE_PX
_ROUNDING = 3
_LEAST_CELL = 6 * SPACE_PX


@dataclass(frozen=True, eq=False)
class LetterCut:
    """A word, its tokens, and what is counted in them.

    Attributes:
        tokenization: N characters in T tokens, whose bytes join to the text.
        letter: What is counted, "" for nothing.
        revealed: Whether to mark where it stands.
    """

    tokenization: Tokenization
    letter: str
    revealed: bool

    def counts(self) -> tuple[LettersInToken, ...]:
        """Of the letter in each token; nothing where no letter is counted."""
        return letters_in_tokens(self.tokenization, self.letter) if self.letter else ()

    def marked(self) -> frozenset[int]:
        """Characters that belong to the letter that is counted."""
        if not self.letter:
            return frozenset()
        places = letter_places(self.tokenization.text, self.letter)
        return frozenset(p + i for p in places for i in range(len(self.letter)))


@dataclass(frozen=True)
class CellWords:
    """The names of the lines, in the reader's language."""

    read: str
    got: str
    counted: str


@dataclass(frozen=True, eq=False)
class _Line:
    """One line of cells; all x from the left of the cells.

    Attributes:
        characters: First one and the one after the last.
        edges: x of each character's left edge, and of the last one's right edge.
        tokens: Place in the text, left and right x of each token.
    """

    characters: tuple[int, int]
    edges: tuple[float, ...]
    tokens: tuple[tuple[int, float, float], ...]


class LetterLayout:
    """Where everything is, in pixels or figure units.

    Args:
        cut: What to lay out.
        words: The names of the lines.
        width: Room from the left of the names to the right of the cells.
        font: Of letters and ids.
        name_font: Of the names.
    """

    def __init__(
        self, cut: LetterCut, words: CellWords, width: float, font: QFont, name_font: QFont
    ) -> None:
        self.cut, self.words, self.font, self.name_font = cut, words, font, name_font
        self._metrics = QFontMetricsF(font)
        names = QFontMetricsF(name_font)
        self.left = 3 * SPACE_PX + max(
            names.horizontalAdvance(word) for word in (words.read, words.got, words.counted)
        )
        self.row = max(self._metrics.height(), names.height()) + SPACE_PX
        self.line_height = 3 * (self.row + SPACE_PX)
        self.lines = self._broken(max(width - self.left, _LEAST_CELL))
        ends = [line.edges[-1] for line in self.lines]
        self.size = QSizeF(
            self.left + max(ends, default=0.0) + 1,
            max(len(self.lines), 1) * (self.line_height + SPACE_PX) - SPACE_PX,
        )

    def token_rect(self, index: int) -> QRectF:
        """Where the id of a token stands."""
        for place, line in enumerate(self.lines):
            for token, left, right in line.tokens:
                if token == index:
                    top = place * (self.line_height + SPACE_PX) + self.row + SPACE_PX
                    return QRectF(self.left + left, top, right - left, self.row)
        raise IndexError(index)

    def _widths(self) -> list[float]:
        """Of each character's cell, so that every id has room below the bytes of its token."""
        text, tokens = self.cut.tokenization.text, self.cut.tokenization
        ends = character_bytes(text)
        widths = [
            max(_LEAST_CELL, self._metrics.horizontalAdvance(display_text(c.encode())) + _PAD)
            for c in text
        ]
        begin = 0
        for index, piece in enumerate(tokens.pieces):
            end = begin + len(piece)
            first, last = int(tokens.starts[index]), int(tokens.ends[index])
            room = sum(
                widths[c] * (min(end, ends[c + 1]) - max(begin, ends[c])) / (ends[c + 1] - ends[c])
                for c in range(first, last)
            )
            needed = self._metrics.horizontalAdvance(str(int(tokens.ids[index]))) + _PAD
            if 0 < room < needed:
                for c in range(first, last):
                    widths[c] *= needed / room
            begin = end
        return widths

    def _broken(self, room: float) -> tuple[_Line, ...]:
        """Lines that begin where a character and a token begin together."""
        tokens = self.cut.tokenization
        widths = self._widths()
        n = len(widths)
        byte_at = character_bytes(tokens.text)
        token_ends = {0}
        for piece in tokens.pieces:
            token_ends.add(max(token_ends) + len(piece))
        breaks = [c for c in range(1, n + 1) if byte_at[c] in token_ends]
        lines, first, last = [], 0, 0
        for place in breaks:
            if last > first and sum(widths[first:place]) > room:
                lines.append(self._line(first, last, widths, room))
                first = last
            last = place
        if last > first:
            lines.append(self._line(first, last, widths, room))
        return tuple(lines)

    def _line(self, first: int, last: int, widths: list[float], room: float) -> _Line:
        tokens = self.cut.tokenization
        byte_at = character_bytes(tokens.text)
        scale = min(1.0, room / sum(widths[first:last]))
        edges = [0.0]
        for c in range(first, last):
            edges.append(edges[-1] + widths[c] * scale)
        spans, begin = [], 0
        for index, piece in enumerate(tokens.pieces):
            end = begin + len(piece)
            if piece and byte_at[first] <= begin and end <= byte_at[last]:
                left = _x_of(begin, byte_at, first, edges)
                spans.append((index, left, _x_of(end, byte_at, first, edges)))
            begin = end
        return _Line((first, last), tuple(edges), tuple(spans))


def _x_of(byte: int, byte_at: tuple[int, ...], first: int, edges: list[float]) -> float:
    """Where a byte of the text is along a line that begins with character `first`."""
    place = 0
    while place + 1 < len(edges) and byte_at[first + place + 1] <= byte:
        place += 1
    if place + 1 == len(edges):
        return edges[-1]
    begin, end = byte_at[first + place], byte_at[first + place + 1]
    return edges[place] + (edges[place + 1] - edges[place]) * (byte - begin) / (end - begin)


def paint_letter_cells(
    painter: QPainter, top_left: QPointF, layout: LetterLayout, theme: Theme
) -> None:
    """Letters above, the ids of their tokens below, and how many of the letter each one holds."""
    painter.save()
    painter.translate(top_left)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    cut = layout.cut
    marked = cut.marked() if cut.revealed else frozenset()
    counts = cut.counts() if cut.revealed else ()
    for place, line in enumerate(layout.lines):
        top = place * (layout.line_height + SPACE_PX)
        _paint_names(painter, layout, theme, top, with_counts=bool(counts))
        _paint_characters(painter, layout, theme, line, top, marked)
        _paint_tokens(painter, layout, theme, line, top + layout.row + SPACE_PX, counts)
    painter.restore()


def _paint_names(
    painter: QPainter, layout: LetterLayout, theme: Theme, top: float, *, with_counts: bool
) -> None:
    words = layout.words
    painter.setFont(layout.name_font)
    painter.setPen(QColor(theme.quiet))
    for row, name in enumerate((words.read, words.got, words.counted)[: 3 if with_counts else 2]):
        rect = QRectF(0, top + row * (layout.row + SPACE_PX), layout.left, layout.row)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def _paint_characters(
    painter: QPainter,
    layout: LetterLayout,
    theme: Theme,
    line: _Line,
    top: float,
    marked: frozenset[int],
) -> None:
    text = layout.cut.tokenization.text
    first, last = line.characters
    for place, c in enumerate(range(first, last)):
        left, right = line.edges[place], line.edges[place + 1]
        rect = QRectF(layout.left + left, top, right - left, layout.row)
        font = QFont(layout.font)
        font.setBold(c in marked)
        painter.setFont(font)
        painter.setPen(QColor(theme.accent if c in marked else theme.ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, display_text(text[c].encode()))


def _paint_tokens(
    painter: QPainter,
    layout: LetterLayout,
    theme: Theme,
    line: _Line,
    top: float,
    counts: tuple[LettersInToken, ...],
) -> None:
    painter.setFont(layout.font)
    fills = theme.token_fills
    for index, left, right in line.tokens:
        rect = QRectF(layout.left + left + 1, top, right - left - 2, layout.row)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fills[index % len(fills)]))
        painter.drawRoundedRect(rect, _ROUNDING, _ROUNDING)
        painter.setPen(QColor(theme.ink))
        number = str(int(layout.cut.tokenization.ids[index]))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, number)
        if counts:
            below = rect.translated(0, layout.row + SPACE_PX)
            painter.setPen(QPen(QColor(theme.accent if counts[index].whole else theme.quiet)))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, _count_text(counts[index]))


def _count_text(found: LettersInToken) -> str:
    """How many; "+ ½" is a letter of which the token holds only some bytes."""
    if not found.parts:
        return str(found.whole)
    return f"{found.whole} + ½" if found.whole else "½"


class LetterCells(QWidget):
    """Shows a LetterCut; wide words go on below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cut: LetterCut | None = None
        self._layout: LetterLayout | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Letters and tokens of a word"))

    def words(self) -> CellWords:
        """The names of the lines."""
        return CellWords(self.tr("You read"), self.tr("The model gets"), self.tr("Letters in it"))

    def set_cut(self, cut: LetterCut | None) -> None:
        """Show a word, or nothing."""
        self._cut = cut
        self._lay_out()
        if cut is not None:
            tokens = cut.tokenization
            ids = " ".join(map(str, tokens.ids.tolist()))
            self.setAccessibleDescription(
                self.tr("{text}: the model gets {ids}").format(text=tokens.text, ids=ids)
            )
        self.update()

    @property
    def cut(self) -> LetterCut | None:
        """What is on show."""
        return self._cut

    def sizeHint(self) -> QSize:
        if self._layout is None:
            return QSize(100, 3 * (self.fontMetrics().height() + 2 * SPACE_PX))
        return self._layout.size.toSize()

    def minimumSizeHint(self) -> QSize:
        return QSize(60 * SPACE_PX, self.sizeHint().height())

    def _lay_out(self) -> None:
        cut = self._cut
        self._layout = (
            None
            if cut is None
            else LetterLayout(cut, self.words(), self.width(), token_font(), self.font())
        )
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._layout is not None:
            paint_letter_cells(QPainter(self), QPointF(0, 0), self._layout, current_theme())
