"""What is asked of the engine, between the GUI thread and the engine's own."""

from __future__ import annotations

import threading

from visualizer.engine.attention_records import (
    MetricsRequest,
    PairRequest,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.interface import Question, Request
from visualizer.engine.lesson_records import HeadStepsRequest, InputRequest, ResidualRequest
from visualizer.engine.path_records import PathRequest
from visualizer.engine.records import (
    ForwardRequest,
    GenerateRequest,
    HeadRequest,
    LoadRequest,
    PositionRequest,
    TileRequest,
)

_GLANCES = (
    HeadRequest,
    TileRequest,
    PositionRequest,
    PairRequest,
    PathRequest,
    HeadStepsRequest,
)
_SURVEYS = (SeveralHeadsRequest, RegionRequest, MetricsRequest)
_ABOUT_MODEL = (InputRequest, ResidualRequest)


class Mailbox:
    """What is asked of the engine: at most one request of a kind, the newest one.

    Kinds are: a model to load; work, which is a forward pass or a generation; glances at the
    prompt at hand, such as a head or a position; surveys of many heads, which take long; and
    questions about the model itself, which come last. Posting cancels what it replaces, also
    where the engine is busy with it; new work drops glances and surveys, which were about the
    prompt before it.

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
                replaced += [*_GLANCES, *_SURVEYS]
            for kind in replaced:
                self._cancel(kind)
            self._waiting[_kind(request)] = request
            return True

    def take_load(self) -> LoadRequest | None:
        """The model to load, if there is one."""
        taken = self._take((LoadRequest,))
        return taken if isinstance(taken, LoadRequest) else None

    def take(self) -> Question | None:
        """The next question: work, glances, surveys, then those about the model."""
        return self._question((ForwardRequest, *_GLANCES, *_SURVEYS, *_ABOUT_MODEL))

    def take_glance(self) -> Question | None:
        """The next glance, while work or a survey is under way."""
        return self._question(_GLANCES)

    def drop(self, kind: type[Request]) -> None:
        """Cancel a question of this kind, which nobody waits for any more."""
        with self._lock:
            self._cancel(kind)

    def done(self, request: Request) -> None:
        """Forget a request that was taken."""
        with self._lock:
            if self._running.get(_kind(request)) is request:
                del self._running[_kind(request)]

    def drop_questions(self) -> None:
        """Cancel all but loading: another model is in use, and its tokens are others."""
        with self._lock:
            for kind in (ForwardRequest, *_GLANCES, *_SURVEYS, *_ABOUT_MODEL):
                self._cancel(kind)

    def close(self) -> None:
        """Cancel everything and take nothing in any more."""
        with self._lock:
            self._closed = True
            for kind in (*self._waiting, *self._running):
                self._cancel(kind)

    def _question(self, kinds: tuple[type, ...]) -> Question | None:
        taken = self._take(kinds)
        return None if isinstance(taken, LoadRequest) else taken

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
