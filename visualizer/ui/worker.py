"""The engine's threads: they take the newest requests, send records back, survive any failure."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QThread, Signal, Slot

from visualizer.engine.attention_records import (
    MetricsRequest,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import VisualizerError, unexpected
from visualizer.engine.interface import Engine, PreparedModel, Request
from visualizer.engine.records import (
    Cancelled,
    FailureRecord,
    ForwardRequest,
    GenerateRequest,
    LoadRequest,
    ProgressRecord,
)
from visualizer.ui.mailbox import Mailbox

log = logging.getLogger(__name__)

_WORK = (ForwardRequest, GenerateRequest)
_LONG = (*_WORK, MetricsRequest, RegionRequest, SeveralHeadsRequest)
"""Questions during whose answers glances are answered, too."""


class EngineSource:
    """The one engine, built by whichever thread needs it first: never the GUI thread."""

    def __init__(self, factory: Callable[[], Engine]) -> None:
        self._factory = factory
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def get(self) -> Engine:
        """The engine; what it imports is imported here, the first time."""
        with self._lock:
            if self._engine is None:
                self._engine = self._factory()
            return self._engine


class ModelLoader(QObject):
    """Prepares models in a thread of its own, while the one in use goes on answering.

    Signals:
        prepared: A model is ready to be taken into use. (LoadRequest, PreparedModel)
        record_ready: ProgressRecord or FailureRecord.
    """

    prepared = Signal(object, object)
    record_ready = Signal(object)

    def __init__(self, source: EngineSource, mailbox: Mailbox) -> None:
        super().__init__()
        self._source = source
        self._mailbox = mailbox

    @Slot()
    def on_woken(self) -> None:
        """Load what is asked for, the newest first."""
        while (request := self._mailbox.take_load()) is not None:
            _attempt(request, self._prepare, self._mailbox, self.record_ready.emit)

    def _prepare(self, request: Request) -> None:
        assert isinstance(request, LoadRequest)
        prepared = self._source.get().prepare(request, self.record_ready.emit)
        # Questions under way are about the old model's tokens, and would keep the new one
        # waiting; whoever gets the model's record asks again.
        self._mailbox.drop_questions()
        self.prepared.emit(request, prepared)


class EngineWorker(QObject):
    """Runs the engine in a thread of its own; the only user of the model in use.

    Between two records of a long answer the worker looks into the mailbox: glances are
    answered at once, newer work ends the answer. Models are loaded in a second thread and
    taken into use in this one.

    Signals:
        record_ready: A Record, in the order in which they came about.
    """

    record_ready = Signal(object)
    _woken = Signal()

    def __init__(self, engine_factory: Callable[[], Engine]) -> None:
        super().__init__()
        self._source = EngineSource(engine_factory)
        self._mailbox = Mailbox()
        self._loader = ModelLoader(self._source, self._mailbox)
        self._loader.record_ready.connect(self.record_ready)
        self._loader.prepared.connect(self._on_prepared)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._woken.connect(self._loader.on_woken, Qt.ConnectionType.QueuedConnection)
        self._threads = (QThread(), QThread())
        for thread, name, lodger in zip(
            self._threads, ("engine", "loader"), (self, self._loader), strict=True
        ):
            thread.setObjectName(name)
            lodger.moveToThread(thread)
            thread.start()

    def post(self, request: Request) -> None:
        """Ask for `request`; called in the GUI thread, returns at once."""
        if self._mailbox.post(request):
            self._woken.emit()

    def drop(self, kind: type[Request]) -> None:
        """Cancel a question of this kind."""
        self._mailbox.drop(kind)

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """Cancel everything, end the threads and wait; False if they did not end in time."""
        self._mailbox.close()
        for thread in self._threads:
            thread.quit()
        deadline = QDeadlineTimer(timeout_ms)
        ended = all([thread.wait(deadline) for thread in self._threads])
        if not ended:
            log.info("the engine is still busy after %d ms", timeout_ms)
        return ended

    @Slot()
    def _on_woken(self) -> None:
        while (request := self._mailbox.take()) is not None:
            _attempt(request, self._answer, self._mailbox, self.record_ready.emit)

    @Slot(object, object)
    def _on_prepared(self, request: LoadRequest, prepared: PreparedModel) -> None:
        if not request.cancel.cancelled:
            self._mailbox.drop_questions()  # those that came in since it was prepared
            self.record_ready.emit(self._source.get().take(prepared))

    def _answer(self, request: Request) -> None:
        assert not isinstance(request, LoadRequest)
        for record in self._source.get().answer(request):
            self.record_ready.emit(record)
            if isinstance(request, _LONG):
                half_a_text = isinstance(request, _WORK) and isinstance(record, ProgressRecord)
                if not half_a_text:  # which has nothing to look at
                    self._answer_glances()
                request.cancel.check()

    def _answer_glances(self) -> None:
        while (glance := self._mailbox.take_glance()) is not None:
            _attempt(glance, self._answer, self._mailbox, self.record_ready.emit)


def _attempt(
    request: Request,
    answer: Callable[[Request], None],
    mailbox: Mailbox,
    emit: Callable[[object], None],
) -> None:
    """Answer one request; whatever is raised becomes a FailureRecord."""
    failure: FailureRecord | None = None
    try:
        request.cancel.check()
        answer(request)
    except Cancelled:
        log.debug("request %d cancelled", request.request_id)
    except VisualizerError as error:
        failure = FailureRecord(request.request_id, _bare(error))
    # Also SystemExit and KeyboardInterrupt: the thread must outlive every request.
    except BaseException as error:
        failure = FailureRecord(request.request_id, unexpected(error))
        log.error("request %d failed:\n%s", request.request_id, failure.error.detail)
    finally:
        mailbox.done(request)
    if failure is not None and not request.cancel.cancelled:
        emit(failure)


def _bare(error: VisualizerError) -> VisualizerError:
    """`error` without its traceback, whose frames would keep tensors alive."""
    log.debug("%s", error, exc_info=error)
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
