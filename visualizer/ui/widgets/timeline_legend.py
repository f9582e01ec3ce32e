"""The hues of the surprise timeline and what they mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.ui.theme import SPACE_PX, Theme, current_theme
from visualizer.ui.widgets.joined_text import listed

_SWATCH_PX = 14


def surprise_hue(theme: Theme) -> QColor:
    """Of the bars."""
    return QColor(theme.accent)


def entropy_hue(theme: Theme) -> QColor:
    """Of the line."""
    return QColor(theme.warning)


def unknown_hue(theme: Theme) -> QColor:
    """Of the columns of tokens about which nothing is known."""
    return QColor(theme.line)


class TimelineLegend(QWidget):
    """A bar, a line and a column, with their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = (
            self.tr("surprise of the token"),
            self.tr("entropy after it"),
            self.tr("not known"),
        )
        self.setAccessibleName(self.tr("Legend of the timeline"))
        self.setAccessibleDescription(listed(self._names))
        self.setToolTip(
            self.tr(
                "Surprise is how unlikely a token was after those before it: -log2 of its "
                "probability. Entropy is how much surprise is to be expected next. Both in bits."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(name) for name in self._names)
        width += len(self._names) * (_SWATCH_PX + SPACE_PX) + (len(self._names) - 1) * 3 * SPACE_PX
        return QSize(width, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        metrics = self.fontMetrics()
        painter = QPainter(self)
        middle = metrics.ascent() - metrics.xHeight() / 2
        box = QRectF(0, middle - 5, _SWATCH_PX, 10)
        painter.fillRect(box, surprise_hue(theme))
        x = self._write(painter, 0, self._names[0])
        painter.setPen(QPen(entropy_hue(theme), 2))
        painter.drawLine(x, round(middle), x + _SWATCH_PX, round(middle))
        x = self._write(painter, x, self._names[1])
        painter.fillRect(box.translated(x, 0), unknown_hue(theme))
        self._write(painter, x, self._names[2])

    def _write(self, painter: QPainter, x: int, name: str) -> int:
        """Write a name beside its swatch, and say where the next swatch begins."""
        painter.setPen(QColor(current_theme().quiet))
        left = x + _SWATCH_PX + SPACE_PX
        painter.drawText(left, self.fontMetrics().ascent(), name)
        return left + self.fontMetrics().horizontalAdvance(name) + 3 * SPACE_PX
