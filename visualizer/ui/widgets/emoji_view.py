"""A picture for every token id: the same id always the same one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPainter

from visualizer.ui.theme import Theme

# Single code points that are drawn as pictures by themselves: Unicode's emoji-data.txt,
# Emoji_Presentation; without faces, clocks, hearts and flags, which look too much alike.
_RANGES = (
    (0x1F32D, 0x1F335),
    (0x1F337, 0x1F37C),
    (0x1F37E, 0x1F393),
    (0x1F3A0, 0x1F3C2),
    (0x1F3C5, 0x1F3C6),
    (0x1F3C8, 0x1F3C9),
    (0x1F3E0, 0x1F3E0),
    (0x1F3EA, 0x1F3EB),
    (0x1F3ED, 0x1F3F0),
    (0x1F400, 0x1F43E),
    (0x1F451, 0x1F462),
    (0x1F484, 0x1F489),
    (0x1F48D, 0x1F48E),
    (0x1F490, 0x1F490),
    (0x1F4A1, 0x1F4A3),
    (0x1F4BA, 0x1F4C0),
    (0x1F4D0, 0x1F4DA),
    (0x1F4DE, 0x1F4E3),
    (0x1F4EB, 0x1F4EB),
    (0x1F4F0, 0x1F4F0),
    (0x1F4F7, 0x1F4FC),
    (0x1F50B, 0x1F512),
    (0x1F525, 0x1F52D),
    (0x1F5FB, 0x1F5FF),
    (0x1F680, 0x1F68C),
    (0x1F691, 0x1F695),
    (0x1F69A, 0x1F6A5),
    (0x1F6A8, 0x1F6AA),
    (0x1F6B2, 0x1F6B2),
    (0x1F6BD, 0x1F6BF),
    (0x1F6D2, 0x1F6D2),
    (0x1F6EB, 0x1F6EC),
    (0x1F940, 0x1F945),
    (0x1F950, 0x1F96B),
    (0x1F980, 0x1F9A2),
    (0x1F9C0, 0x1F9C0),
    (0x1F9E6, 0x1F9EF),
    (0x1F9F2, 0x1F9F3),
    (0x1F9F5, 0x1F9F9),
)
EMOJI = tuple(chr(code) for first, last in _RANGES for code in range(first, last + 1))

_HUES = 12
_GOLDEN = 0x9E3779B1  # odd, so that multiplying by it permutes the numbers of 32 bits
_CELLS = 5


@dataclass(frozen=True)
class Picture:
    """What stands for a token.

    Attributes:
        emoji: One character.
        hue: 0 .. 359 of the ground behind it, which tells apart some of the ids that share the
            emoji; -1 for none.
    """

    emoji: str
    hue: int


def picture_of(token_id: int) -> Picture:
    """The picture of an id; neighbours in the vocabulary get pictures that are far apart."""
    turn, place = divmod(token_id, len(EMOJI))
    mixed = (place * 149 + 31 * turn) % len(EMOJI)
    return Picture(EMOJI[mixed], -1 if turn == 0 else (turn * 7 % _HUES) * (360 // _HUES))


@lru_cache(maxsize=1)
def emoji_family() -> str:
    """A font with emoji in colour, "" where there is none: then patterns are drawn."""
    families = [name for name in QFontDatabase.families() if "emoji" in name.casefold()]
    return min(families, key=_preference, default="")


def _preference(name: str) -> tuple[bool, str]:
    return "color" not in name.casefold() and "apple" not in name.casefold(), name


def pattern_of(token_id: int) -> tuple[int, tuple[tuple[bool, ...], ...]]:
    """A hue and a pattern of 5 x 5 cells, alike on both sides, for where there are no emoji."""
    mixed = token_id * _GOLDEN & 0xFFFFFFFF
    rows = []
    for row in range(_CELLS):
        half = [bool(mixed >> (3 * row + column) & 1) for column in range(3)]
        rows.append((*half, half[1], half[0]))
    return mixed >> 16 & 0xFFFF, tuple(rows)


class PicturePainter:
    """Draws pictures of ids in one theme."""

    def __init__(self, painter: QPainter, theme: Theme, size_px: int) -> None:
        self._painter = painter
        self._is_dark = theme.name == "dark"
        self._family = emoji_family()
        self._font = QFont(self._family)
        self._font.setPixelSize(max(size_px * 3 // 4, 6))

    def draw(self, token_id: int, rect: QRect) -> None:
        """Draw the picture of an id in the middle of `rect`."""
        if not self._family:
            self._draw_pattern(token_id, rect)
            return
        picture = picture_of(token_id)
        if picture.hue >= 0:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(self._ground(picture.hue))
            self._painter.drawEllipse(_square_in(rect, rect.height() - 2))
        self._painter.setFont(self._font)
        self._painter.setPen(QColor(Qt.GlobalColor.black))
        self._painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), picture.emoji)

    def _ground(self, hue: int) -> QColor:
        return QColor.fromHsl(hue, 130, 70) if self._is_dark else QColor.fromHsl(hue, 170, 205)

    def _draw_pattern(self, token_id: int, rect: QRect) -> None:
        mixed, rows = pattern_of(token_id)
        colour = QColor.fromHsl(mixed % 360, 150, 160 if self._is_dark else 105)
        area = _square_in(rect, rect.height() - 6)
        left, top, cell = area.left(), area.top(), area.width() / _CELLS
        for row, cells in enumerate(rows):
            for column, filled in enumerate(cells):
                if filled:
                    dot = QRectF(left + column * cell, top + row * cell, cell, cell)
                    self._painter.fillRect(dot, colour)


def _square_in(rect: QRect, side: int) -> QRectF:
    """A square in the middle of `rect`."""
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(rect).center())
    return square
