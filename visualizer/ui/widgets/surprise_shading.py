"""How surprising each token was, as a tint behind the text of an editor, and its legend."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.engine.records import Float64Array, Int64Array
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import SPACE_PX, Theme, current_theme
from visualizer.ui.widgets.surprise_mark import FULL_BITS, surprise_bits

LONGEST_SHADED_LINE = 20_000
"""Characters of a line from which it is not tinted: finding a place in it takes too long."""

_MOST_ALPHA = 0.38
_STALE_SHARE = 0.35


@dataclass(frozen=True, eq=False)
class Shading:
    """Stretches of a text and how surprising each was.

    Tokens that share a character are one stretch, as surprising as all of them together.

    Attributes:
        starts, ends: (N,) int64, in the units that Qt counts in; they rise.
        bits: (N,) float64; NaN where not known.
        stale: Whether the numbers are those of an older text.
    """

    starts: Int64Array
    ends: Int64Array
    bits: Float64Array
    stale: bool = False


def shading_of(view: TokenStripView) -> Shading | None:
    """The tints of a text as tokens; None while nothing is known."""
    tokens = view.tokenization
    if view.logprobs is None or not len(tokens):
        return None
    begins = np.ones(len(tokens), np.bool_)
    begins[1:] = tokens.starts[1:] >= np.maximum.accumulate(tokens.ends)[:-1]
    first = np.flatnonzero(begins)
    starts, ends = tokens.starts[first], np.maximum.reduceat(tokens.ends, first)
    bits = np.add.reduceat(surprise_bits(view.logprobs), first)
    if not tokens.text.isascii():
        points = np.frombuffer(tokens.text.encode("utf-32-le", "surrogatepass"), np.uint32)
        units = np.zeros(points.size + 1, np.int64)
        np.cumsum(1 + (points > 0xFFFF), out=units[1:])
        starts, ends = units[starts], units[ends]
    return Shading(starts, ends, bits, view.stale)


def tint(theme: Theme, bits: float) -> QColor:
    """What `bits` of surprise look like behind text; nothing where they are not known."""
    colour = QColor(theme.accent)
    share = 0.0 if math.isnan(bits) else min(bits / FULL_BITS, 1.0)
    colour.setAlphaF(max(share, 0.0) * _MOST_ALPHA)
    return colour


def shade_block(
    painter: QPainter, theme: Theme, shading: Shading, block: QTextBlock, place: QPointF, until: int
) -> int:
    """Tint the stretches of one block that end at or before the unit `until`.

    Returns:
        How many were tinted.
    """
    first, length = block.position(), block.length() - 1
    if length <= 0 or length > LONGEST_SHADED_LINE:
        return 0
    low = int(np.searchsorted(shading.ends, first, side="right"))
    high = int(np.searchsorted(shading.starts, first + length, side="left"))
    high = min(high, int(np.searchsorted(shading.ends, until, side="right")))
    layout, n_tinted = block.layout(), 0
    for index in range(low, high):
        bits = float(shading.bits[index])
        colour = tint(theme, bits)
        if shading.stale:
            colour.setAlphaF(colour.alphaF() * _STALE_SHARE)
        if not colour.alpha():
            continue
        start = max(int(shading.starts[index]) - first, 0)
        end = min(int(shading.ends[index]) - first, length)
        n_tinted += 1
        while start < end:
            line = layout.lineForTextPosition(start)
            if not line.isValid():
                break
            stop = min(end, line.textStart() + line.textLength())
            left, right = sorted((_x(line.cursorToX(start)), _x(line.cursorToX(stop))))
            top = place.y() + line.y()
            painter.fillRect(
                QRectF(place.x() + left, top + 1, right - left - 1, line.height() - 2), colour
            )
            start = max(stop, start + 1)
    return n_tinted


def _x(found: object) -> float:
    """The binding gives the place alone, or with the position that it is of."""
    return float(found[0]) if isinstance(found, tuple) else float(found)  # type: ignore[arg-type]


class ShadingLegend(QWidget):
    """What the tints mean: swatches for 1, 5 and 10 bits and more."""

    _SAMPLES = ((1.0, "1"), (5.0, "5"), (10.0, "10+"))
    _SWATCH_PX = 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = (self.tr("surprise"), self.tr("bits"))
        self.setAccessibleName(self.tr("Legend of the tints"))
        self.setToolTip(
            self.tr(
                "A stronger tint is a bigger surprise: -log2 of the token's probability after "
                "those before it, in bits. No tint: expected, or not known."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(word) for word in self._words) + 2 * SPACE_PX
        for _, label in self._SAMPLES:
            width += 2 * SPACE_PX + max(self._SWATCH_PX, metrics.horizontalAdvance(label) + 6)
        return QSize(width, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, metrics = current_theme(), self.fontMetrics()
        painter = QPainter(self)
        baseline = 1 + metrics.ascent()
        painter.setPen(QColor(theme.quiet))
        painter.drawText(0, baseline, self._words[0])
        x = metrics.horizontalAdvance(self._words[0])
        for bits, label in self._SAMPLES:
            x += 2 * SPACE_PX
            wide = metrics.horizontalAdvance(label)
            room = max(self._SWATCH_PX, wide + 6)
            painter.fillRect(x, 0, room, metrics.height() + 2, tint(theme, bits))
            painter.setPen(QColor(theme.ink))
            painter.drawText(x + (room - wide) // 2, baseline, label)
            x += room
        painter.setPen(QColor(theme.quiet))
        painter.drawText(x + 2 * SPACE_PX, baseline, self._words[1])
