"""What the cards of the sampler follow from, and the thread that lets the stages act."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from visualizer.engine.errors import VisualizerError, unexpected
from visualizer.session.pipeline_view import (
    Draws,
    PipelineQuestion,
    PipelineView,
    draw_many,
    pipeline_view,
)

ASK_AFTER_MS = 15
"""What changes within a frame is asked about once."""


class PipelineWorker(QObject):
    """Answers the newest question in a thread of its own.

    All stages of a vocabulary of 150,000, each also in its neighbour's place, take longer than
    a frame.

    Signals:
        view_ready: (PipelineView | VisualizerError, question: PipelineQuestion)
        draws_ready: (Draws | VisualizerError, question: PipelineQuestion)
    """

    view_ready = Signal(object, object)
    draws_ready = Signal(object, object)
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._view_of: PipelineQuestion | None = None
        self._draws_of: PipelineQuestion | None = None
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._thread = QThread()
        self._thread.setObjectName("sampler")
        self.moveToThread(self._thread)
        self._thread.start()

    def post(self, question: PipelineQuestion) -> None:
        """Ask for the cards; a question that was not begun is forgotten."""
        with self._lock:
            self._view_of = question
        self._woken.emit()

    def post_draws(self, question: PipelineQuestion) -> None:
        """Ask for draws."""
        with self._lock:
            self._draws_of = question
        self._woken.emit()

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """End the thread and wait; False if it did not end in time."""
        with self._lock:
            self._view_of = self._draws_of = None
        self._thread.quit()
        return self._thread.wait(timeout_ms)

    @Slot()
    def _on_woken(self) -> None:
        with self._lock:
            view_of, self._view_of = self._view_of, None
            draws_of, self._draws_of = self._draws_of, None
        if draws_of is not None:
            self.draws_ready.emit(_drawn(draws_of), draws_of)
        if view_of is not None:
            self.view_ready.emit(_viewed(view_of), view_of)


def _viewed(question: PipelineQuestion) -> PipelineView | VisualizerError:
    try:
        return pipeline_view(question)
    except VisualizerError as error:
        return error.with_traceback(None)
    except Exception as error:  # the thread must outlive every question
        return unexpected(error)


def _drawn(question: PipelineQuestion) -> Draws | VisualizerError:
    try:
        return draw_many(question)
    except VisualizerError as error:
        return error.with_traceback(None)
    except Exception as error:
        return unexpected(error)


class PipelineFeed(QObject):
    """Keeps the cards up to date while they are looked at; does nothing while they are not.

    Signals:
        view_changed: PipelineView | VisualizerError.
        draws_changed: Draws of the distribution as it is, or None once it is another.
        draws_refused: Why nothing can be drawn. VisualizerError.
    """

    view_changed = Signal(object)
    draws_changed = Signal(object)
    draws_refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: PipelineWorker | None = None
        self._question: PipelineQuestion | None = None
        self._shown: PipelineQuestion | None = None  # what the cards are of
        self._view: PipelineView | None = None
        self._is_active = False
        self._has_draws = False
        self._timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def question(self) -> PipelineQuestion | None:
        """What there is to show; None while there are no logits."""
        return self._question

    @property
    def view(self) -> PipelineView | None:
        """What the cards show; None while that is of something else than there is to show."""
        return self._view if self._shown is not None and self._shown is self._question else None

    @property
    def is_settled(self) -> bool:
        """Whether the cards show what there is to show, or nobody looks."""
        return not self._is_active or self._question is None or self._question is self._shown

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Whether anyone looks at the cards."""
        self._is_active = active
        if active:
            self._ask_soon()

    def set_question(self, question: PipelineQuestion | None) -> None:
        """Something may have changed; the same question asks for nothing."""
        before = self._question
        is_same = question is before or (
            question is not None and question.is_of_same_distribution(before)
        )
        if is_same:
            return
        self._question = question
        self._forget_draws()
        self._ask_soon()

    @Slot()
    def draw(self) -> None:
        """Draw many tokens with the seed on show."""
        if self._question is not None:
            self._started().post_draws(self._question)

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """End the thread; False if it did not end in time."""
        self._timer.stop()
        worker, self._worker = self._worker, None
        return worker is None or worker.shutdown(timeout_ms)

    def _forget_draws(self) -> None:
        if self._has_draws:
            self._has_draws = False
            self.draws_changed.emit(None)

    def _ask_soon(self) -> None:
        if not self.is_settled and not self._timer.isActive():
            self._timer.start()

    def _started(self) -> PipelineWorker:
        if self._worker is None:
            self._worker = PipelineWorker()
            self._worker.view_ready.connect(self._on_view_ready)
            self._worker.draws_ready.connect(self._on_draws_ready)
        return self._worker

    @Slot()
    def _on_timeout(self) -> None:
        if not self.is_settled and self._question is not None:
            self._started().post(self._question)

    @Slot(object, object)
    def _on_view_ready(
        self, view: PipelineView | VisualizerError, question: PipelineQuestion
    ) -> None:
        if question is self._question:
            self._shown = question
            self._view = view if isinstance(view, PipelineView) else None
            self.view_changed.emit(view)

    @Slot(object, object)
    def _on_draws_ready(self, draws: Draws | VisualizerError, question: PipelineQuestion) -> None:
        if question is not self._question:
            return
        if isinstance(draws, VisualizerError):
            self.draws_refused.emit(draws)
            return
        self._has_draws = True
        self.draws_changed.emit(draws)
