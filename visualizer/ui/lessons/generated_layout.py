"""Generated tokens in lines, the context used under each: where everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from visualizer.lessons.text import NO_SPACE_AFTER, NO_SPACE_BEFORE, Unit
from visualizer.ui.lessons.ngram_counting import GeneratedText
from visualizer.ui.theme import SPACE_PX, Theme

_COPIED_FILL = 1  # of the theme's token fills: amber, far from the hues of query and key
_LINE_FEED = "↵"
_FIRST_WIDE = 0x2E80  # from here on, scripts whose lines may break anywhere


@dataclass(frozen=True, eq=False)
class MarkedText:
    """What is drawn.

    Attributes:
        generated: Prompt and tokens.
        unit: What a token is.
        marked: (G,) bool, in a copied stretch.
    """

    generated: GeneratedText
    unit: Unit
    marked: np.ndarray[tuple[int], np.dtype[np.bool_]]

    @property
    def tokens(self) -> tuple[str, ...]:
        """Prompt and what was drawn."""
        return (*self.generated.prompt, *self.generated.tokens)

    def place(self, index: int) -> int:
        """Place among the tokens that were drawn, below 0 in the prompt."""
        return index - len(self.generated.prompt)


class GeneratedLayout:
    """Lays tokens out in lines of a width.

    Attributes:
        rects: Of each token, in the order of the text.
        height: Of everything.
    """

    def __init__(self, text: MarkedText, font: QFont, width: float) -> None:
        self.text, self.font = text, font
        self.small = QFont(font)
        self.small.setPointSizeF(max(font.pointSizeF() * 0.72, 5.5))
        metrics, small = QFontMetricsF(font), QFontMetricsF(self.small)
        self.line, self.foot = metrics.height(), small.height()
        self.rects: list[QRectF] = []
        self.follows: list[bool] = []  # directly after the token before, on the same line
        is_words = text.unit == "words"
        space = metrics.horizontalAdvance(" ") if is_words else 0.0
        hanging = metrics.horizontalAdvance(".") if is_words else 0.0
        least = small.horizontalAdvance("0")
        advances = [
            max(metrics.horizontalAdvance(shown_token(token)), least) for token in text.tokens
        ]
        needed = advances if is_words else _word_widths(text.tokens, advances, width)
        x, y, before = 0.0, 0.0, ""
        step = self.line + self.foot + SPACE_PX
        for token, advance, least_room in zip(text.tokens, advances, needed, strict=True):
            hangs = is_words and token in NO_SPACE_BEFORE  # a mark does not begin a line
            glued = not before or hangs or before[-1] in NO_SPACE_AFTER
            gap = 0.0 if glued or x == 0 else space
            if x > 0 and x + gap + least_room > (width if hangs else width - hanging):
                x, y, gap = 0.0, y + step, 0.0
            self.follows.append(x > 0)
            self.rects.append(QRectF(x + gap, y, advance, self.line + self.foot))
            x += gap + advance
            before = token
            if token == "\n":
                x, y = 0.0, y + step
        self.height = y + step

    def token_at(self, x: float, y: float) -> int:
        """The token at a point, -1 for none."""
        for index, rect in enumerate(self.rects):
            if rect.contains(x, y):
                return index
        return -1


def _word_widths(characters: Sequence[str], advances: Sequence[float], most: float) -> list[float]:
    """Room that each character wants on its line: at a word's beginning, the whole word's."""
    needed = list(advances)
    start, width = 0, 0.0
    for index, (character, advance) in enumerate(zip(characters, advances, strict=True)):
        breaks = _is_break(character)
        if breaks or (index > 0 and _is_break(characters[index - 1])):
            start, width = index, 0.0
        width += advance
        if not breaks and width <= most / 2:
            needed[start] = width
    return needed


def _is_break(character: str) -> bool:
    return character.isspace() or ord(character) >= _FIRST_WIDE


def paint_generated(
    painter: QPainter, layout: GeneratedLayout, theme: Theme, pointed: int = -1
) -> None:
    """Draw tokens, fills behind copied stretches, and the context used under each token."""
    text = layout.text
    fill = QColor(theme.token_fills[_COPIED_FILL])
    for index, rect in enumerate(layout.rects):
        place = text.place(index)
        if place < 0 or not text.marked[place]:
            continue
        area = QRectF(rect)
        if place > 0 and text.marked[place - 1] and layout.follows[index]:
            area.setLeft(layout.rects[index - 1].right())
        painter.fillRect(area, fill)
    for index, (token, rect) in enumerate(zip(text.tokens, layout.rects, strict=True)):
        _paint_token(painter, layout, theme, index, token, rect)
    if 0 <= pointed < len(layout.rects):
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(layout.rects[pointed].adjusted(-1, 0, 1, 0))


def _paint_token(
    painter: QPainter,
    layout: GeneratedLayout,
    theme: Theme,
    index: int,
    token: str,
    rect: QRectF,
) -> None:
    place = layout.text.place(index)
    painter.setFont(layout.font)
    painter.setPen(QColor(theme.quiet if place < 0 or token == "\n" else theme.ink))
    top = QRectF(rect.left(), rect.top(), rect.width(), layout.line)
    painter.drawText(top, Qt.AlignmentFlag.AlignCenter, shown_token(token))
    if place < 0:
        painter.drawLine(top.bottomLeft(), top.bottomRight())
        return
    backed_off = layout.text.generated.backed_off(place)
    font = QFont(layout.small)
    font.setBold(backed_off)
    painter.setFont(font)
    painter.setPen(QColor(theme.query if backed_off else theme.quiet))
    below = QRectF(rect.left(), rect.top() + layout.line, rect.width(), layout.foot)
    used = layout.text.generated.context_used[place]
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{used}")


def shown_token(token: str) -> str:
    """A token with signs for what cannot be seen."""
    return _LINE_FEED if token == "\n" else token.replace("\t", "→")
