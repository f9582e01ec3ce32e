"""A progress bar that moves while nobody knows how far the work has come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from visualizer.ui.theme import current_theme

_TICK_MS = 40
_TICKS = 40  # from one end to the other
_SHARE = 0.3  # of the bar that moves


class BusyBar(QProgressBar):
    """Without a range a piece of it goes to and fro: Fusion's own is a full bar, as if done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tick = 0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_busy(self) -> bool:
        """Whether the end of the work is not known."""
        return self.minimum() == self.maximum()

    def moving_part(self) -> QRectF:
        """Where the piece is now."""
        along = self._tick % (2 * _TICKS)
        place = min(along, 2 * _TICKS - along) / _TICKS
        width = self.width() * _SHARE
        return QRectF((self.width() - width) * place, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_busy:
            super().paintEvent(event)
            return
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        for part, colour in ((QRectF(self.rect()), theme.line), (self.moving_part(), theme.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(part, radius, radius)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self.is_busy:
            self._tick += 1
            self.update()
