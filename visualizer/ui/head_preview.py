"""Resting on a thumbnail shows that head; leaving it shows the chosen one again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from visualizer.ui.controller import SessionController

REST_MS = 120


class HeadPreview(QObject):
    """Waits until the pointer rests, so that crossing the grid asks for nothing."""

    def __init__(self, controller: SessionController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._pointed = (-1, -1)
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._on_timeout)

    @Slot(int, int)
    def point_at(self, layer: int, head: int) -> None:
        """The pointer is over this head; -1, -1 when it has left them all."""
        self._pointed = (layer, head)
        if layer < 0:
            self._timer.stop()
            self._controller.end_preview()
        else:
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        self._controller.preview_head(*self._pointed)
