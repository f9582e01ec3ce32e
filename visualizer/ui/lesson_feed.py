"""What lessons ask the model at hand, besides what the main panels ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.interface import Record
from visualizer.engine.lesson_records import LessonQuestion
from visualizer.engine.records import CancelToken, FailureRecord
from visualizer.ui.worker import EngineWorker


class LessonFeed(QObject):
    """Sends lessons' questions to the engine's thread and hands the answers back.

    At most one question of a kind is awaited, the newest. One about the prompt at hand comes to
    nothing when the prompt changes: whoever asked it sees that and asks again.

    Signals:
        answered: The question as it was asked, and its record or VisualizerError.
            (object, object)
    """

    answered = Signal(object, object)

    def __init__(
        self, worker: EngineWorker, next_id: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._next_id = next_id
        self._awaited: dict[type, tuple[int, LessonQuestion]] = {}
        worker.record_ready.connect(self._on_record_ready)

    @Slot(object)
    def ask(self, question: LessonQuestion) -> None:
        """Ask in place of an older question of this kind; its own number does not matter."""
        request_id = self._next_id()
        self._awaited[type(question)] = (request_id, question)
        self._worker.post(replace(question, request_id=request_id, cancel=CancelToken()))

    @Slot(object)
    def _on_record_ready(self, record: Record) -> None:
        for kind, (request_id, question) in self._awaited.items():
            if request_id == record.request_id:
                del self._awaited[kind]
                answer = record.error if isinstance(record, FailureRecord) else record
                self.answered.emit(question, answer)
                return
