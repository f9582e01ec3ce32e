"""The engine's thread: takes the newest requests, sends records back, survives any failure."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.engine.interface import Engine
from visualizer.engine.records import (
    Cancelled,
    FailureRecord,
    ForwardRequest,
    GenerateRequest,
    HeadRequest,
    LoadRequest,
    PositionRequest,
    Request,
)

log = logging.getLogger(__name__)

Work = ForwardRequest | GenerateRequest
Glance = PositionRequest | HeadRequest


class UnexpectedError(VisualizerError):
    """Something went wrong that nobody foresaw; `detail` holds the traceback."""


class Mailbox:
    """What is asked of the engine: at most one request of a kind, the newest one.

    Kinds are: a model to load, work (a forward pass or a generation), and the two glances at
    the prompt at hand (a head, a position). Posting cancels what it replaces, also where the
    engine is busy with it; new work drops the glances, which were about the prompt before it.

    Every method may be called from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[type, Request] = {}
        self._running: dict[type, Request] = {}
        self._closed = False

    def post(self, request: Request) -> bool:
        """Put `request` in; False if the mailbox is closed."""
        with self._lock:
            if self._closed:
                request.cancel.cancel()
                return False
            replaced = [_kind(request)]
            if isinstance(request, ForwardRequest | GenerateRequest):
                replaced += [HeadRequest, PositionRequest]
            for kind in replaced:
                self._cancel(kind)
            self._waiting[_kind(request)] = request
            return True

    def take(self) -> Request | None:
        """The next request: a model first, then work, then glances."""
        return self._take((LoadRequest, ForwardRequest, HeadRequest, PositionRequest))

    def take_glance(self) -> Glance | None:
        """The next glance, while work is under way."""
        taken = self._take((HeadRequest, PositionRequest))
        return taken if isinstance(taken, HeadRequest | PositionRequest) else None

    def done(self, request: Request) -> None:
        """Forget a request that was taken."""
        with self._lock:
            if self._running.get(_kind(request)) is request:
                del self._running[_kind(request)]

    def drop_questions(self) -> None:
        """Cancel all but loading: another model is in use, and its tokens are others."""
        with self._lock:
            for kind in (ForwardRequest, HeadRequest, PositionRequest):
                self._cancel(kind)

    def close(self) -> None:
        """Cancel everything and take nothing in any more."""
        with self._lock:
            self._closed = True
            for kind in (*self._waiting, *self._running):
                self._cancel(kind)

    def _take(self, kinds: tuple[type, ...]) -> Request | None:
        with self._lock:
            for kind in kinds:
                if kind in self._waiting:
                    request = self._waiting.pop(kind)
                    self._running[kind] = request
                    return request
            return None

    def _cancel(self, kind: type) -> None:
        waiting = self._waiting.pop(kind, None)
        if waiting is not None:
            waiting.cancel.cancel()
        running = self._running.get(kind)
        if running is not None:
            running.cancel.cancel()


def _kind(request: Request) -> type:
    # A forward pass and a generation replace one another.
    return ForwardRequest if isinstance(request, GenerateRequest) else type(request)


class EngineWorker(QObject):
    """Runs the engine in a thread of its own; the only user of the model.

    The engine is built in that thread at the first request, so that what it imports is
    imported there. Between two records of a long answer the worker looks into the mailbox:
    glances are answered at once, newer work ends the answer.

    Signals:
        record_ready: A Record, in the order in which they came about.
    """

    record_ready = Signal(object)
    _woken = Signal()

    def __init__(self, engine_factory: Callable[[], Engine]) -> None:
        super().__init__()
        self._engine_factory = engine_factory
        self._engine: Engine | None = None
        self._mailbox = Mailbox()
        self._thread = QThread()
        self._thread.setObjectName("engine")
        self.moveToThread(self._thread)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._thread.start()

    def post(self, request: Request) -> None:
        """Ask for `request`; called in the GUI thread, returns at once."""
        if self._mailbox.post(request):
            self._woken.emit()

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """Cancel everything, end the thread and wait for it; False if it did not end in time."""
        self._mailbox.close()
        self._thread.quit()
        ended = self._thread.wait(timeout_ms)
        if not ended:
            log.info("the engine is still busy after %d ms", timeout_ms)
        return ended

    @Slot()
    def _on_woken(self) -> None:
        while (request := self._mailbox.take()) is not None:
            self._handle(request)

    def _handle(self, request: Request) -> None:
        """Answer one request; whatever is raised becomes a FailureRecord."""
        failure: FailureRecord | None = None
        try:
            request.cancel.check()
            self._answer(request)
        except Cancelled:
            log.debug("request %d cancelled", request.request_id)
        except VisualizerError as error:
            failure = FailureRecord(request.request_id, _bare(error))
        # Also SystemExit and KeyboardInterrupt: this thread must outlive every request.
        except BaseException as error:
            failure = FailureRecord(request.request_id, _unexpected(error))
            log.error("request %d failed:\n%s", request.request_id, failure.error.detail)
        finally:
            self._mailbox.done(request)
        if failure is not None and not request.cancel.cancelled:
            self.record_ready.emit(failure)

    def _answer(self, request: Request) -> None:
        if self._engine is None:
            self._engine = self._engine_factory()
        if isinstance(request, LoadRequest):
            model = self._engine.load(request, self.record_ready.emit)
            # Questions that came in meanwhile are about the old model's tokens; whoever gets
            # the record asks again.
            self._mailbox.drop_questions()
            self.record_ready.emit(model)
            return
        for record in self._engine.answer(request):
            self.record_ready.emit(record)
            if isinstance(request, ForwardRequest | GenerateRequest):
                self._answer_glances()
                request.cancel.check()

    def _answer_glances(self) -> None:
        while (glance := self._mailbox.take_glance()) is not None:
            self._handle(glance)


def _bare(error: VisualizerError) -> VisualizerError:
    """`error` without its traceback, whose frames would keep tensors alive."""
    log.debug("%s", error, exc_info=error)
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _unexpected(error: BaseException) -> VisualizerError:
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, MemoryError):
        return UnexpectedError(
            "There was not enough memory for this. Try a shorter text or a smaller model.",
            detail=detail,
        )
    return UnexpectedError(
        "Something unexpected went wrong: {kind}: {message}",
        detail=detail,
        kind=type(error).__name__,
        message=str(error),
    )
