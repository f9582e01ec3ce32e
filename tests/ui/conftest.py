"""Every test of the window: settings of its own, no collection midway, nothing left running.

A widget handed to `qtbot.addWidget` is closed and destroyed before the check; so is whatever
it owns. A timer or thread that still runs is named by the line that started it.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from visualizer.app import App
from visualizer.engine.attention_records import (
    METRICS,
    MetricsRecord,
    MetricsRequest,
    PairRecord,
    PairRequest,
    RegionRecord,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import ContextOverflowError, VisualizerError
from visualizer.engine.lesson_records import LessonQuestion
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import (
    ForwardRecord,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRecord,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    PositionRequest,
    PredictionRecord,
    ProgressRecord,
    Prompt,
    SurpriseRecord,
    TileRequest,
    TokensRecord,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.session.options import WindowOptions
from visualizer.ui.controller import SessionController
from visualizer.ui.first_steps import KEY as FIRST_STEPS
from visualizer.ui.settings import Settings


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's settings out of the tests and the tests out of the user's settings."""
    monkeypatch.setenv("VISUALIZER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("VISUALIZER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "other"))  # for Qt's own dialogs


@pytest.fixture(autouse=True)
def _nothing_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a window, a thread or a timer behind.

    The cyclic collector is off during the test: firing inside an event, it frees widget trees
    that Qt is walking.
    """
    windows = {id(widget) for widget in qapp.topLevelWidgets()}
    before = {id(thing) for thing in _running()}
    starters: dict[int, str] = {}
    for kind in (QTimer, QThread):
        monkeypatch.setattr(kind, "start", _noting_start(kind.start, starters))
    gc.disable()
    try:
        yield
    finally:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        gc.freeze()  # what outlives a test is not walked again after each later one
        gc.enable()
    left = [_name(thing, starters) for thing in _running() if id(thing) not in before]
    assert not left, f"still running: {left}"
    shown = [w for w in qapp.topLevelWidgets() if id(w) not in windows and w.isVisible()]
    assert not shown, f"windows still open: {shown}"


def _running() -> list[QObject]:
    """Every timer and thread that runs and that Python knows of."""
    found: list[QObject] = []
    for thing in gc.get_objects():
        # type(), not isinstance(): a proxy in some library may do anything when asked.
        kind = type(thing)
        if issubclass(kind, QTimer):
            if shiboken6.isValid(thing) and thing.isActive():
                found.append(thing)
        elif issubclass(kind, QThread) and shiboken6.isValid(thing) and thing.isRunning():
            found.append(thing)
    return found


def _noting_start(start: Callable[..., None], starters: dict[int, str]) -> Callable[..., None]:
    def noting(self: Any, *args: Any) -> None:
        caller = sys._getframe(1)
        starters[id(self)] = f"{caller.f_code.co_filename}:{caller.f_lineno}"
        start(self, *args)

    return noting


def _name(thing: QObject, starters: dict[int, str]) -> str:
    owner = thing.parent()
    what = f"{type(thing).__name__} {thing.objectName()!r} of {type(owner).__name__}"
    if isinstance(owner, QWidget):
        what += f" {owner.objectName()!r}"
    return f"{what}, started at {starters.get(id(thing), 'an unknown place')}"


class ByteTokenizer:
    """Every byte is a token; id 256 ends a text. Small, exact, and able to split a character."""

    name = "bytes"
    vocabulary_size = 257
    special_ids = frozenset({256})

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        ids = list(text.encode())
        if parse_special:
            ids = []
            for n, part in enumerate(text.split("<end>")):
                ids += [256] * (n > 0) + list(part.encode())
        return self.from_ids(tuple(ids))

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        pieces = tuple(self.token_bytes(i) for i in ids)
        text = b"".join(pieces).decode("utf-8", "replace")
        starts, ends, place = [], [], 0
        for n, piece in enumerate(pieces):
            follows = n > 0 and 0x80 <= piece[0] < 0xC0 and len(piece) == 1
            starts.append(starts[-1] if follows else place)
            place = place if follows else place + len(piece.decode("utf-8", "replace"))
            ends.append(place)
        return Tokenization(
            text,
            np.array(ids, np.int64),
            pieces,
            np.array(starts, np.int64),
            np.array(ends, np.int64),
            0,
            "bytes",
        )

    def token_bytes(self, token_id: int) -> bytes:
        return b"<end>" if token_id == 256 else bytes([token_id])


class FakeEngine:
    """Answers at once with numbers that tell requests apart, or holds where a test wants it to.

    Attributes:
        asked: Every request, in the order in which they were taken up.
        holds: Points at which to wait for `gate`: "load", "forward", "tail", "head",
            "position", "paths", "token", "survey".
        entered: Released at each such point, on arrival.
        raises: Raised at the next question or load.
        reports_reading: Whether a forward pass tells of its progress first.
        completion: What a generation makes, byte by byte.
        block: Tokens along a cell of a whole head; tiles are exact.
        tokenizer: The model's.
    """

    n_layers, n_heads = 3, 2

    def __init__(self) -> None:
        self.tokenizer: Any = ByteTokenizer()
        self.asked: list[Any] = []
        self.holds: set[str] = set()
        self.entered = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)
        self.raises: BaseException | None = None
        self.reports_reading = False
        self.completion = b"xyz"
        self.context_length = 64
        self.attention = "captured"
        self.block = 1  # of whole heads
        self._tokens: Tokenization = ByteTokenizer().from_ids(())

    def _pass(self, point: str, request: Any) -> None:
        if point in self.holds:
            self.entered.release()
            assert self.gate.acquire(timeout=20)
        request.cancel.check()

    def prepare(
        self, request: LoadRequest, report: Callable[[ProgressRecord], None]
    ) -> SimpleNamespace:
        self.asked.append(request)
        report(ProgressRecord(request.request_id, "load", 1, 2, "tensors"))
        self._pass("load", request)
        self._raise()
        return SimpleNamespace(record=self._model_record(request))

    def take(self, prepared: SimpleNamespace) -> ModelRecord:
        return prepared.record

    def _model_record(self, request: LoadRequest) -> ModelRecord:
        return ModelRecord(
            request_id=request.request_id,
            name=request.name,
            source=request.path,
            architecture="fake",
            n_layers=self.n_layers,
            n_heads=self.n_heads,
            layer_heads=(self.n_heads,) * self.n_layers,
            n_key_value_heads=1,
            width=4,
            vocabulary_size=257,
            context_length=self.context_length,
            n_parameters=1,
            device="cpu",
            dtype="float32",
            n_threads=1,
            attention=self.attention,
            notes=(),
            tokenizer=self.tokenizer,
            begins_with=(),
            end_ids=(256,),
        )

    def answer(self, question: Any) -> Iterator[Any]:
        self.asked.append(question)
        if isinstance(question, ForwardRequest):
            return self._answer_forward(question)
        if isinstance(question, GenerateRequest):
            return self._answer_generate(question)
        if isinstance(question, HeadRequest):
            return self._answer_head(question)
        if isinstance(question, PositionRequest):
            return self._answer_position(question)
        if isinstance(question, PathRequest):
            return self._answer_paths(question)
        if isinstance(question, LessonQuestion):
            return self._answer_lesson(question)
        return self._answer_about_heads(question)

    def _answer_lesson(self, question: LessonQuestion) -> Iterator[Any]:
        question.cancel.check()
        raise VisualizerError("A made-up model knows nothing of lessons.")
        yield

    def _raise(self) -> None:
        if self.raises is not None:
            error, self.raises = self.raises, None
            raise error

    def _tokenise(self, prompt: Prompt) -> None:
        if prompt.token_ids is not None:
            self._tokens = self.tokenizer.from_ids(prompt.token_ids)
        else:
            self._tokens = self.tokenizer.encode(prompt.text, parse_special=prompt.parse_special)

    def _read(self, prompt: Prompt) -> None:
        self._tokenise(prompt)
        if len(self._tokens) > self.context_length:
            raise ContextOverflowError(
                "too long", n_tokens=len(self._tokens), context_length=self.context_length
            )

    def _forward(self, request: Any, position: int) -> ForwardRecord:
        n, request_id = len(self._tokens), request.request_id
        place = position if position >= 0 else n + position
        shown = None if request.layer is None else self._head(request)
        return ForwardRecord(request_id, self._tokens, place, self._logits(place), shown, n, 1.5)

    def _logits(self, position: int) -> Any:
        """The likeliest token is the one at `position`, shifted by one."""
        logits = np.zeros(257, np.float32)
        logits[(self._tokens.ids[position] + 1) % 256] = 5
        return logits

    def _head(self, request: Any, layer: Any = None, head: Any = None) -> HeadRecord:
        layer = request.layer if layer is None else layer
        head = request.head if head is None else head
        n = len(self._tokens)
        weights = np.tril(np.full((n, n), 0.1 * layer + 0.01 * (9 if head == "mean" else head)))
        rows = getattr(request, "rows", None) or (0, n)
        columns = getattr(request, "columns", None) or (0, n)
        block = 1 if isinstance(request, TileRequest) else self.block
        return HeadRecord(
            request.request_id,
            layer,
            head,
            n,
            rows,
            columns,
            block,
            weights.astype(np.float32)[slice(*rows, block), slice(*columns, block)].copy(),
            members=getattr(request, "members", ()),
            treatment=request.treatment,
        )

    def _overview(self, request_id: int) -> OverviewRecord:
        n = len(self._tokens)
        cells = min(n, 32)
        thumbnails = np.full((self.n_layers, self.n_heads, cells, cells), 0.5, np.float32)
        return OverviewRecord(request_id, n, -(-n // 32), thumbnails)

    def _answer_forward(self, question: ForwardRequest) -> Iterator[Any]:
        if self.reports_reading:
            yield ProgressRecord(question.request_id, "prompt", 1, 2, "tokens")
        self._pass("forward", question)
        self._raise()
        if question.with_tokens:
            self._tokenise(question.prompt)
            yield TokensRecord(question.request_id, self._tokens)
        self._pass("run", question)
        self._read(question.prompt)
        number = question.request_id
        yield self._forward(question, question.position)
        self._pass("tail", question)
        if question.with_overview:
            yield self._overview(number)
        n = len(self._tokens)
        logprobs = -np.arange(n, dtype=np.float64)
        logprobs[0] = np.nan
        yield SurpriseRecord(number, logprobs, np.ones(n), True)

    def _answer_generate(self, question: GenerateRequest) -> Iterator[Any]:
        self._read(question.prompt)
        for step in range(question.max_new_tokens):
            self._pass("token", question)
            self._raise()
            token_id = self.completion[step % len(self.completion)]
            ids = (*self._tokens.ids.tolist(), token_id)
            self._tokens = ByteTokenizer().from_ids(ids)
            number = question.request_id
            forward = self._forward(question, -1)
            data = bytes([token_id])
            overview = self._overview(number) if question.with_overview else None
            yield GeneratedRecord(number, step, token_id, data, -0.25, -0.5, forward, overview)
        yield GenerationEnded(question.request_id, "length")

    def _answer_head(self, question: HeadRequest) -> Iterator[Any]:
        self._pass("head", question)
        self._raise()
        yield self._head(question)

    def _answer_position(self, question: PositionRequest) -> Iterator[Any]:
        self._pass("position", question)
        self._raise()
        logits = self._logits(question.position)
        yield PredictionRecord(question.request_id, question.position, logits)

    def _answer_paths(self, question: PathRequest) -> Iterator[Any]:
        """Every token of a word is half as likely as the one before."""
        self._pass("paths", question)
        self._raise()
        logprobs = tuple(
            np.log(0.5) * np.arange(1, len(word) + 1, dtype=np.float64) for word in question.words
        )
        yield PathRecord(question.request_id, question.position, question.words, logprobs)

    def _answer_about_heads(self, question: Any) -> Iterator[Any]:
        self._pass("survey", question)
        self._raise()
        number, n = question.request_id, len(self._tokens)
        shape = (self.n_layers, self.n_heads)
        if isinstance(question, SeveralHeadsRequest):
            for layer, head in question.heads:
                yield self._head(question, layer, head)
        elif isinstance(question, MetricsRequest):
            scores = np.arange(6, dtype=np.float64).reshape(shape) / 10
            values = {name: scores + place for place, name in enumerate(METRICS)}
            yield MetricsRecord(number, n, values, dict.fromkeys(METRICS, n))
        elif isinstance(question, RegionRequest):
            mass = np.arange(6, dtype=np.float64).reshape(shape)[::-1].copy() / 6
            yield RegionRecord(number, n, question.rows, question.columns, mass)
        elif isinstance(question, PairRequest):
            yield self._pair(question)

    def _pair(self, question: PairRequest) -> PairRecord:
        keys = np.arange(question.query + 1)
        sees = question.key <= question.query
        return PairRecord(
            request_id=question.request_id,
            layer=question.layer,
            head=question.head,
            key_value_head=0,
            query=question.query,
            key=question.key,
            query_vector=np.array([1, 2], np.float32),
            key_vector=np.array([3, 1], np.float32),
            products=np.array([3.0, 2.0]),
            scaling=0.5,
            score=2.5,
            softcap=None,
            capped=2.5,
            bias=None,
            is_visible=sees,
            window=None,
            sink_logit=None,
            sink_weight=None,
            normaliser=2.5 + float(np.log(len(keys))),
            weight=1 / len(keys) if sees else 0.0,
            row_keys=keys,
            row_scores=np.full(len(keys), 2.5),
            row_weights=np.full(len(keys), 1 / len(keys)),
            value_norm=2.0,
            written_norm=0.5,
            head_output_norm=1.0,
            candidate_id=97 if question.candidate_id is None else question.candidate_id,
            logit=5.0,
            logit_without=4.5,
        )


@pytest.fixture
def fake_engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_controller(
    qapp: QApplication, fake_engine: FakeEngine
) -> Iterator[Callable[..., SessionController]]:
    """Build controllers, and make sure that each one's thread has ended before the test does."""
    made: list[SessionController] = []

    def make(engine_factory: Callable[[], Any] | None = None, **more: Any) -> SessionController:
        made.append(SessionController(engine_factory or (lambda: fake_engine), **more))
        return made[-1]

    yield make
    fake_engine.gate.release(1000)
    assert all([controller.shutdown(20_000) for controller in made])


@pytest.fixture
def controller(
    qtbot: QtBot, make_controller: Callable[..., SessionController], tmp_path: Path
) -> SessionController:
    """A controller with a model in use and nothing typed."""
    controller = make_controller()
    with qtbot.waitSignal(controller.model_changed, timeout=20_000):
        controller.load_model("fake", tmp_path)
    return controller


@pytest.fixture
def make_app(
    qtbot: QtBot,
    qapp: QApplication,
    fake_engine: FakeEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., App]]:
    """Build the whole window on the fake engine, with no model on the machine but the bundled."""
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    palette, font, style = qapp.palette(), qapp.font(), qapp.style().name()
    made: list[App] = []

    def make(*, is_first_start: bool = False, **options: Any) -> App:
        if not is_first_start:
            settings = Settings()
            settings.dismiss(FIRST_STEPS)
            settings.save()
        app = App(qapp, WindowOptions(**options), lambda: fake_engine)
        made.append(app)
        return app

    yield make
    fake_engine.gate.release(1000)
    for app in made:
        app.window.close()
        assert app.shutdown()
        app.window.deleteLater()
        app.deleteLater()
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def app(qtbot: QtBot, make_app: Callable[..., App]) -> App:
    """The window, shown and settled on the text "ab"."""
    app = make_app(prompt="ab", theme="light", size=(1280, 800))
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    return app


PANELS = ("token_strip", "bars", "sampling", "overview", "head", "pair", "status")


class Shown:
    """The newest view of each panel, all views so far, and what was said."""

    def __init__(self, controller):
        self.views = {name: [] for name in PANELS}
        self.notices, self.withdrawn, self.progress, self.remarks = [], [], [], []
        self.replaced, self.extended = [], []
        for name in PANELS:
            getattr(controller, f"{name}_view_changed").connect(self.views[name].append)
        controller.notice_raised.connect(self.notices.append)
        controller.notice_withdrawn.connect(self.withdrawn.append)
        controller.progress_changed.connect(self.progress.append)
        controller.remark_made.connect(self.remarks.append)
        controller.prompt_replaced.connect(self.replaced.append)
        controller.prompt_extended.connect(self.extended.append)

    def __getattr__(self, name):
        return self.views[name][-1]


@pytest.fixture
def watch():
    """Begins to note what a controller shows."""
    return Shown


@pytest.fixture
def shown(controller):
    """What the controller has shown."""
    return Shown(controller)


@pytest.fixture
def typed(qtbot, controller, shown):
    """Types a text and waits until everything about it is on screen."""

    def type_text(text):
        with qtbot.waitSignal(controller.settled, timeout=20_000):
            controller.set_prompt(text)

    return type_text
