"""A picture of the settled window, written to a file."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.files import write_atomically
from visualizer.ui.controller import SessionController
from visualizer.ui.lesson_commands import LessonCommands
from visualizer.ui.messages import Notice, sentence
from visualizer.ui.model_desk import ModelDesk

TIMEOUT_MS = 600_000
_QUIET_MS = 400  # longer than any motion of the panels


class Screenshot(QObject):
    """Waits until every record is on screen, writes the picture and quits.

    Attributes:
        status: Exit status: 0 when the picture was written.
    """

    def __init__(
        self,
        window: QWidget,
        controller: SessionController,
        desk: ModelDesk,
        path: Path,
        parent: QObject | None = None,
        *,
        lessons: LessonCommands | None = None,
    ) -> None:
        super().__init__(parent)
        self.status = 1
        self._lessons = lessons
        QApplication.setCursorFlashTime(0)  # else it is in one picture and not in the next
        self._window = window
        self._controller = controller
        self._path = path
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet_timeout)
        self._patience = QTimer(self, singleShot=True, interval=TIMEOUT_MS)
        self._patience.timeout.connect(self._on_patience_timeout)
        self._patience.start()
        controller.settled.connect(self._on_settled)
        controller.notice_raised.connect(self._on_notice_raised)
        desk.notice_raised.connect(self._on_notice_raised)

    @Slot()
    def _on_settled(self) -> None:
        self._quiet.start()

    @Slot()
    def _on_quiet_timeout(self) -> None:
        if not self._controller.is_settled:
            return
        if self._lessons is not None and self._lessons.is_busy:
            self._quiet.start()
            return
        try:
            write_atomically(self._path, png_of(self._window))
        except VisualizerError as error:
            self._fail(sentence(error))
            return
        self._end(0)

    @Slot(object)
    def _on_notice_raised(self, notice: Notice) -> None:
        if notice.level == "error":
            self._fail(sentence(notice.message))

    @Slot()
    def _on_patience_timeout(self) -> None:
        self._fail(f"The window has not settled within {TIMEOUT_MS // 1000} s.")

    def _fail(self, reason: str) -> None:
        print(f"visualizer: {' '.join(reason.split())}", file=sys.stderr)
        self._end(1)

    def _end(self, status: int) -> None:
        self.status = status
        self._patience.stop()
        self._quiet.stop()
        self._controller.settled.disconnect(self._on_settled)
        QCoreApplication.exit(status)


def png_of(widget: QWidget) -> bytes:
    """What a widget shows, as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())
