"""Token labels along the edges of a map, on screen and in figures alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from visualizer.engine.records import Int64Array
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.exports import cell_tokens
from visualizer.ui.widgets.column_label import draw_column_label
from visualizer.ui.widgets.mosaic_layout import labels_every

LABEL_GAP = 4.0
"""Between a map's edge and its labels."""
_MOST_CHARACTERS = 40
_WHOLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip  # it is cut with "…" already
_TO_THE_RIGHT = Qt.AlignmentFlag.AlignRight | _WHOLE


@dataclass(frozen=True)
class AxisTexts:
    """What stands at each cell of an axis.

    Attributes:
        plain: The token, or the range of tokens where a cell holds several.
        numbered: The same with the index before it, for an axis that skips some.
    """

    plain: tuple[str, ...]
    numbered: tuple[str, ...]

    def chosen(self, every: int) -> tuple[str, ...]:
        """The texts for an axis that labels every so many cells."""
        return self.plain if every == 1 else self.numbered

    def longest(self, metrics: QFontMetricsF, *, numbered: bool) -> float:
        """Width of the widest text; of the twenty with most characters, to stay quick."""
        texts = sorted(self.numbered if numbered else self.plain, key=len)[-20:]
        return max((metrics.horizontalAdvance(text) for text in texts), default=0.0)


def axis_texts(
    tokenization: Tokenization, span: tuple[int, int], block: int, n_cells: int
) -> AxisTexts:
    """Texts of an axis whose units are tokens; the arguments are those of a HeadRecord."""
    plain, numbered = [], []
    for cell in range(n_cells):
        first, end = cell_tokens(span, block, cell)
        if end - first > 1:
            plain.append(f"{first}-{end - 1}")
            numbered.append(plain[-1])
        else:
            plain.append(display_text(tokenization.pieces[first]))
            numbered.append(f"{first} {plain[-1]}")
    return AxisTexts(tuple(plain), tuple(numbered))


def unit_text(tokenization: Tokenization, starts: Int64Array | None, unit: int) -> str:
    """A token, word or sentence as it is shown, a long one cut with "…".

    Args:
        tokenization: Whose pieces are read.
        starts: Where the units begin, as in a HeadRecord; None where they are tokens.
        unit: From 0.
    """
    if starts is None:
        return display_text(tokenization.pieces[unit])
    first, end = int(starts[unit]), int(starts[unit + 1])
    data = b"".join(tokenization.pieces[first : min(end, first + _MOST_CHARACTERS)])
    parts = [display_text(part) for part in data.strip(b" ").split(b" ")]
    text = " ".join(parts) or display_text(data)  # spaces within are no glyphs: it is to be read
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def unit_texts(
    tokenization: Tokenization, starts: Int64Array | None, span: tuple[int, int]
) -> AxisTexts:
    """Texts of an axis that has a place for each unit in `span`."""
    plain = [unit_text(tokenization, starts, unit) for unit in range(*span)]
    numbered = [f"{unit} {text}" for unit, text in zip(range(*span), plain, strict=True)]
    return AxisTexts(tuple(plain), tuple(numbered))


@dataclass(frozen=True)
class LabelledAxis:
    """One axis ready to be painted.

    Attributes:
        texts: A text per cell.
        start: Gives the place where a cell begins, in the painter's units; cells are as far
            from one another as `pitch` says.
        pitch: Edge of a cell in the same units.
        span: (first, end) places in sight; labels outside are left out.
        room: Length that a label may have; longer ones end in "…".
        marked: Colour of cells that stand out; they are labelled before the others, and where
            two of them have no room side by side, the later one.
        colour: Of the others.
        numbered: Whether labels have their index even where none is skipped: where the axis
            does not begin at the first, it is the only thing that says where one is.
    """

    texts: AxisTexts
    start: Callable[[float], float]
    pitch: float
    span: tuple[float, float]
    room: float
    marked: dict[int, str]
    colour: str
    numbered: bool = False

    def labels(self, line_height: float) -> list[tuple[float, str, str]]:
        """(middle, text, colour) of each label that fits; marked ones win over the others."""
        away = line_height * 0.92
        every = labels_every(away, self.pitch)
        texts = self.texts.numbered if self.numbered else self.texts.chosen(every)
        labels: list[tuple[float, str, str]] = []
        for cell, colour in reversed(self.marked.items()):
            middle = self.start(cell + 0.5)
            near = any(abs(other - middle) < away for other, _, _ in labels)
            if self.span[0] <= middle <= self.span[1] and not near:
                labels.append((middle, texts[cell], colour))
        taken = [middle for middle, _, _ in labels]
        for cell in self._in_sight(every):
            middle = self.start(cell + 0.5)
            if all(abs(other - middle) >= away for other in taken):
                labels.append((middle, texts[cell], self.colour))
        return sorted(labels)

    def _in_sight(self, every: int) -> range:
        """Every so many cells of those whose middle is in sight."""
        origin = self.start(0.5)
        first = max(0, math.ceil((self.span[0] - origin) / self.pitch - 1e-9))
        last = min(len(self.texts.plain) - 1, int((self.span[1] - origin) / self.pitch + 1e-9))
        return range(-(-first // every) * every, last + 1, every)


def paint_row_labels(painter: QPainter, axis: LabelledAxis, right: float) -> None:
    """Labels that end at `right`, each beside its row."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height()
    for middle, text, colour in axis.labels(height):
        painter.setPen(QColor(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, axis.room)
        painter.drawText(
            QRectF(right - axis.room, middle - height / 2, axis.room, height),
            _TO_THE_RIGHT,
            shown,
        )


def paint_column_labels(painter: QPainter, axis: LabelledAxis, bottom: float) -> None:
    """Labels that read upwards from `bottom`, each above its column."""
    for middle, text, colour in axis.labels(QFontMetricsF(painter.font()).height()):
        painter.setPen(QColor(colour))
        draw_column_label(painter, middle, bottom, axis.room, text)


def marked_cells(*marks: tuple[int | None, str]) -> dict[int, str]:
    """Cells with their colours; of two marks on one cell the later wins."""
    marked: dict[int, str] = {}
    for cell, colour in marks:
        if cell is not None:
            marked.pop(cell, None)  # so that it comes last
            marked[cell] = colour
    return marked
