"""Token labels along the edges of a map, on screen and in figures alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.exports import cell_tokens
from visualizer.ui.widgets.mosaic_layout import labels_every

LABEL_GAP = 4.0
"""Between a map's edge and its labels."""
_WHOLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip  # it is cut with "…" already


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
    """Texts of an axis; the arguments are those of a HeadRecord."""
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


@dataclass(frozen=True)
class LabelledAxis:
    """One axis ready to be painted.

    Attributes:
        texts: A text per cell.
        start: Gives the place where a cell begins, in the painter's units.
        pitch: Edge of a cell in the same units.
        span: (first, end) places in sight; labels outside are left out.
        room: Length that a label may have; longer ones end in "…".
        marked: Colour of cells that stand out; they are always labelled.
        colour: Of the others.
    """

    texts: AxisTexts
    start: Callable[[float], float]
    pitch: float
    span: tuple[float, float]
    room: float
    marked: dict[int, str]
    colour: str

    def labels(self, line_height: float) -> list[tuple[float, str, str]]:
        """(middle, text, colour) of each label that fits; marked ones win over the others."""
        every = labels_every(line_height * 0.92, self.pitch)
        texts = self.texts.chosen(every)
        first, end = self.span
        shown = [
            cell
            for cell in range(len(texts))
            if first <= self.start(cell + 0.5) <= end and (cell % every == 0 or cell in self.marked)
        ]
        away = line_height * 0.92
        chosen: list[tuple[float, str, str]] = []
        for cell in shown:
            middle = self.start(cell + 0.5)
            near = any(
                other != cell and abs(self.start(other + 0.5) - middle) < away
                for other in self.marked
            )
            if cell in self.marked or not near:
                chosen.append((middle, texts[cell], self.marked.get(cell, self.colour)))
        return chosen


def paint_row_labels(painter: QPainter, axis: LabelledAxis, right: float) -> None:
    """Labels that end at `right`, each beside its row."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height()
    for middle, text, colour in axis.labels(height):
        painter.setPen(QColor(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, axis.room)
        painter.drawText(
            QRectF(right - axis.room, middle - height / 2, axis.room, height),
            Qt.AlignmentFlag.AlignRight | _WHOLE,
            shown,
        )


def paint_column_labels(painter: QPainter, axis: LabelledAxis, bottom: float) -> None:
    """Labels that read upwards from `bottom`, each above its column."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height()
    for middle, text, colour in axis.labels(height):
        painter.save()
        painter.translate(QPointF(middle, bottom))
        painter.rotate(-90)
        painter.setPen(QColor(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, axis.room)
        painter.drawText(
            QRectF(0, -height / 2, axis.room, height),
            Qt.AlignmentFlag.AlignLeft | _WHOLE,
            shown,
        )
        painter.restore()


def marked_cells(*marks: tuple[int | None, str]) -> dict[int, str]:
    """Cells with their colours; of two marks on one cell the later wins."""
    return {cell: colour for cell, colour in marks if cell is not None}
