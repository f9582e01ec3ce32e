"""The thread that loads tokenizers, cuts long texts and looks tokens up for the tokenizer bench."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from visualizer.engine.errors import VisualizerError, unexpected
from visualizer.engine.merges import MergeRules
from visualizer.engine.records import Cancelled, CancelToken, Prompt
from visualizer.engine.recutting import recut
from visualizer.engine.tokenization import Tokenization, Tokenizer
from visualizer.session.tokenizer_bench import OWN, BenchRow, BenchView, bench_view
from visualizer.session.vocabulary_desk import (
    DecodedIds,
    Entry,
    TokenFacts,
    decoded_ids,
    entries,
    search_bytes,
    token_facts,
)

MOST_FOUND = 200
"""Most tokens in the answer to a search."""


@dataclass(frozen=True, eq=False)
class BenchRequest:
    """Cut a text by several tokenizers.

    Attributes:
        number: The newest has the highest.
        keys: Of the rows, see BenchRow.
        own: The model's own tokenizer, None where no model is loaded.
        own_name: The model's name.
        last: The rows on screen: an edited text is cut from their tokens where that can be done.
    """

    number: int
    prompt: Prompt
    keys: tuple[str, ...]
    own: Tokenizer | None
    own_name: str
    last: BenchView | None = None

    def known(self, key: str) -> Tokenization | None:
        """The tokens of a row that are on screen."""
        rows = () if self.last is None else self.last.rows
        return next((row.tokenization for row in rows if row.key == key), None)


@dataclass(frozen=True, eq=False)
class LookUpRequest:
    """Ask one tokenizer.

    Attributes:
        kind: "token": all about the id in `text`; "search": tokens with these bytes, as "hex" or
            as "search" in text; "decode": the text of these ids.
    """

    number: int
    kind: str
    key: str
    tokenizer: Tokenizer
    text: str


@dataclass(frozen=True, eq=False)
class LookUpAnswer:
    """What was found, or why nothing was.

    Attributes:
        result: TokenFacts for "token", a tuple of Entry for "search" and "hex", DecodedIds for
            "decode".
    """

    request: LookUpRequest
    result: TokenFacts | tuple[Entry, ...] | DecodedIds | VisualizerError


class TokenizerShelf:
    """Tokenizers that are loaded, and why others are not; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Tokenizer | VisualizerError] = {}

    def known(self, key: str) -> Tokenizer | VisualizerError | None:
        """What there is of `key`, None if nobody has tried to load it."""
        with self._lock:
            return self._known.get(key)

    def forget(self, key: str) -> None:
        """Read a file again when it is asked for the next time."""
        with self._lock:
            self._known.pop(key, None)

    def load(self, key: str, cancel: CancelToken) -> Tokenizer | VisualizerError:
        """Load an encoding or a file, if that has not been done; takes a second.

        Raises:
            Cancelled: `cancel` was set while a stranger's tokenizer was tried.
        """
        found = self.known(key)
        if found is None:
            try:
                found = _load(key, cancel)
            except VisualizerError as error:
                found = error.with_traceback(None)
            with self._lock:
                self._known[key] = found
        return found


def _load(key: str, cancel: CancelToken) -> Tokenizer:
    from visualizer.engine.encodings import ENCODINGS, load_encoding
    from visualizer.engine.tokenizers_hf import load_tokenizer_file

    return load_encoding(key) if key in ENCODINGS else load_tokenizer_file(Path(key), cancel)


def row_name(key: str) -> str:
    """What a row is called before its tokenizer is loaded."""
    path = Path(key)
    return path.parent.name if path.name == "tokenizer.json" and path.parent.name else path.stem


def cut_text(request: BenchRequest, shelf: TokenizerShelf) -> BenchView:
    """The rows of a text, as far as their tokenizers are loaded."""
    text, own_tokens = request.prompt.text, None
    if request.prompt.token_ids is not None and request.own is not None:
        own_tokens = request.own.from_ids(request.prompt.token_ids)
        text = own_tokens.text  # a text that ends inside a character has more than was typed
    rows = []
    for key in request.keys:
        if key == OWN:
            rows.append(_own_row(request, text, own_tokens))
            continue
        known = shelf.known(key)
        row = BenchRow(key, row_name(key))
        if isinstance(known, VisualizerError):
            row = replace(row, reason=known)
        elif known is not None:
            row = _cut(replace(row, name=known.name, tokenizer=known), request, text)
        rows.append(row)
    return bench_view(text, rows, parse_special=request.prompt.parse_special)


def _own_row(request: BenchRequest, text: str, tokens: Tokenization | None) -> BenchRow:
    if request.own is None:
        return BenchRow(OWN, "", reason=VisualizerError("No model is loaded."))
    row = BenchRow(OWN, request.own_name, request.own, tokens)
    return row if tokens is not None else _cut(row, request, text)


def _cut(row: BenchRow, request: BenchRequest, text: str) -> BenchRow:
    assert row.tokenizer is not None
    special = request.prompt.parse_special
    try:
        tokens = recut(request.known(row.key), text, row.tokenizer, parse_special=special)
        if tokens is None:
            tokens = row.tokenizer.encode(text, parse_special=special)
    except VisualizerError as error:
        return replace(row, reason=error.with_traceback(None))
    return replace(row, tokenization=tokens)


class TokenizerWorker(QObject):
    """Answers the newest request of each kind in a thread of its own.

    Signals:
        bench_ready: Rows, maybe not yet all. (request: BenchRequest, view: BenchView)
        look_up_ready: LookUpAnswer.
    """

    bench_ready = Signal(object, object)
    look_up_ready = Signal(object)
    _woken = Signal()

    def __init__(self, shelf: TokenizerShelf) -> None:
        super().__init__()
        self._shelf = shelf
        self._lock = threading.Lock()
        self._bench: BenchRequest | None = None
        self._look_ups: dict[str, LookUpRequest] = {}
        self._closed = False
        self._cancel = CancelToken()
        self._rules: dict[str, tuple[Tokenizer, MergeRules | None]] = {}
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._thread = QThread()
        self._thread.setObjectName("tokenizers")
        self.moveToThread(self._thread)
        self._thread.start()

    def post(self, request: BenchRequest | LookUpRequest) -> None:
        """Ask; an earlier request of that kind which was not yet begun is forgotten."""
        with self._lock:
            if self._closed:
                return
            if isinstance(request, BenchRequest):
                self._bench = request
            else:
                kind = "search" if request.kind == "hex" else request.kind
                self._look_ups[kind] = request
        self._woken.emit()

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """End the thread and wait; False if it did not end in time."""
        self._cancel.cancel()
        with self._lock:
            self._closed, self._bench = True, None
            self._look_ups.clear()
        self._thread.quit()
        return self._thread.wait(timeout_ms)

    def _take(self) -> BenchRequest | LookUpRequest | None:
        with self._lock:
            for kind in tuple(self._look_ups):
                return self._look_ups.pop(kind)
            request, self._bench = self._bench, None
            return request

    def _is_replaced(self) -> bool:
        with self._lock:
            return self._closed or self._bench is not None

    @Slot()
    def _on_woken(self) -> None:
        while (request := self._take()) is not None:
            if isinstance(request, BenchRequest):
                self._answer_bench(request)
            else:
                self._answer_look_up(request)

    def _answer_bench(self, request: BenchRequest) -> None:
        """Show the rows that can be shown, then load the others one by one."""
        view = _bench_of(request, self._shelf)
        self.bench_ready.emit(request, view)
        for row in view.rows:
            if row.is_awaited and not self._is_replaced():
                with contextlib.suppress(Cancelled):  # then this is closed
                    self._shelf.load(row.key, self._cancel)
                if not self._is_replaced():
                    self.bench_ready.emit(request, _bench_of(request, self._shelf))

    def _answer_look_up(self, request: LookUpRequest) -> None:
        result: TokenFacts | tuple[Entry, ...] | DecodedIds | VisualizerError
        try:
            if request.kind == "token":
                rules = self._rules_of(request)
                result = token_facts(request.tokenizer, int(request.text), rules)
            elif request.kind == "decode":
                result = decoded_ids(request.tokenizer, request.text)
            else:
                data = search_bytes(request.text, as_hex=request.kind == "hex")
                found = request.tokenizer.search(data, MOST_FOUND)
                result = entries(request.tokenizer, found)
        except VisualizerError as error:
            result = error.with_traceback(None)
        except Exception as error:  # the thread must outlive every request
            result = unexpected(error)
        self.look_up_ready.emit(LookUpAnswer(request, result))

    def _rules_of(self, request: LookUpRequest) -> MergeRules | None:
        known = self._rules.get(request.key)
        if known is None or known[0] is not request.tokenizer:
            known = (request.tokenizer, request.tokenizer.merge_rules())
            self._rules[request.key] = known
        return known[1]


def _bench_of(request: BenchRequest, shelf: TokenizerShelf) -> BenchView:
    try:
        return cut_text(request, shelf)
    except Exception as error:  # the thread must outlive every request
        rows = [BenchRow(key, row_name(key), reason=unexpected(error)) for key in request.keys]
        return bench_view(request.prompt.text, rows, parse_special=request.prompt.parse_special)
