"""How surprising a token was, as an underline, and the legend of such underlines."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.engine.records import Float64Array
from visualizer.ui.theme import SPACE_PX, Theme, current_theme

FULL_BITS = 10.0
"""Surprise from which an underline is as thick and as strong as it gets."""

MOST_UNDERLINE_PX = 4.0
_LEAST_UNDERLINE_PX = 1.0


def surprise_bits(logprobs: Float64Array) -> Float64Array:
    """-log2 of each probability. (T,) float64; NaN stays NaN, probability 0 gives infinity."""
    bits: Float64Array = np.asarray(logprobs, np.float64) / -math.log(2) + 0.0  # no "-0.0 bits"
    return bits


def paint_surprise(
    painter: QPainter, theme: Theme, x: float, y: float, width: float, bits: float
) -> None:
    """Draw the underline for `bits` of surprise from (x, y) down; dots where it is not known."""
    if math.isnan(bits):
        painter.setPen(QPen(QColor(theme.removed), 1, Qt.PenStyle.DotLine))
        painter.drawLine(round(x), round(y), round(x + width), round(y))
        return
    share = min(bits / FULL_BITS, 1.0)
    thickness = _LEAST_UNDERLINE_PX + share * (MOST_UNDERLINE_PX - _LEAST_UNDERLINE_PX)
    painter.fillRect(QRectF(x, y, width, thickness), _between(theme.line, theme.ink, share))


def _between(low: str, high: str, share: float) -> QColor:
    start, end = QColor(low), QColor(high)
    return QColor(
        round(start.red() + (end.red() - start.red()) * share),
        round(start.green() + (end.green() - start.green()) * share),
        round(start.blue() + (end.blue() - start.blue()) * share),
    )


class SurpriseLegend(QWidget):
    """What the underlines mean: strokes for 0, 5 and 10 bits and more."""

    _SAMPLES = ((0.0, "0"), (5.0, "5"), (10.0, "10+"))
    _STROKE_PX = 16

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = (self.tr("surprise"), self.tr("bits"))
        self.setAccessibleName(self.tr("Legend of the underlines"))
        self.setToolTip(
            self.tr(
                "Surprise is how unlikely a token was after those before it: -log2 of its "
                "probability, in bits. A thicker, stronger underline is a bigger surprise; "
                "dots mean that it is not known."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(word) for word in self._words)
        for _, label in self._SAMPLES:
            width += 3 * SPACE_PX + self._STROKE_PX + metrics.horizontalAdvance(label)
        return QSize(width + SPACE_PX, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        metrics = self.fontMetrics()
        painter = QPainter(self)
        x = self._write(painter, 0, self._words[0])
        for bits, label in self._SAMPLES:
            x += 2 * SPACE_PX
            middle = metrics.ascent() - metrics.xHeight() / 2 - MOST_UNDERLINE_PX / 2
            paint_surprise(painter, theme, x, round(middle), self._STROKE_PX, bits)
            x = self._write(painter, x + self._STROKE_PX + SPACE_PX, label)
        self._write(painter, x + SPACE_PX, self._words[1])

    def _write(self, painter: QPainter, x: int, word: str) -> int:
        painter.setPen(QColor(current_theme().quiet))
        painter.drawText(x, self.fontMetrics().ascent(), word)
        return x + self.fontMetrics().horizontalAdvance(word)
