"""The tokenizer bench in the GUI thread: its rows, what is asked of its thread, what is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Prompt
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.tokenizer_bench import MOST_ROWS, OWN, BenchView
from visualizer.ui.controller import STALE_AFTER_MS, TOKENISE_AT_ONCE_CHARS
from visualizer.ui.tokenizer_worker import (
    BenchRequest,
    LookUpAnswer,
    LookUpRequest,
    TokenizerShelf,
    TokenizerWorker,
    cut_text,
)

FIRST_KEYS = (OWN, "gpt2", "cl100k_base", "o200k_base")


class TokenizerFeed(QObject):
    """Keeps the bench up to date while it is looked at; does nothing while it is not.

    A short text is cut at once where all tokenizers are loaded; anything else is for the thread,
    which is started when it is first needed. Of its answers only those to the newest request count.

    Signals:
        bench_view_changed: BenchView.
        keys_changed: Another choice of rows. tuple of str.
        files_changed: Paths of the tokenizer files that can be chosen. tuple of str.
        look_up_answered: To the newest question of its kind. (kind, result), see LookUpAnswer.
    """

    bench_view_changed = Signal(object)
    keys_changed = Signal(object)
    files_changed = Signal(object)
    look_up_answered = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = TokenizerShelf()
        self._worker: TokenizerWorker | None = None
        self._prompt = Prompt("")
        self._own: Tokenizer | None = None
        self._own_name = ""
        self._keys: tuple[str, ...] = FIRST_KEYS
        self._files: tuple[str, ...] = ()
        self._view: BenchView | None = None
        self._number = 0
        self._asked = -1  # the request whose rows are awaited, -1 for none
        self._is_active = self._is_due = False
        self._look_ups: dict[str, int] = {}
        self._stale_timer = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._stale_timer.timeout.connect(self._on_stale_timeout)

    @property
    def keys(self) -> tuple[str, ...]:
        """Which tokenizers are on show."""
        return self._keys

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Whether anyone looks at the bench."""
        self._is_active = active
        if active and self._is_due:
            self._ask()

    def set_prompt(self, prompt: Prompt) -> None:
        """The text to cut, with the model's own tokens where they are given."""
        if prompt != self._prompt:
            self._prompt = prompt
            self._change()

    def set_own(self, name: str, tokenizer: Tokenizer) -> None:
        """The model in use has changed."""
        self._own, self._own_name = tokenizer, name
        self._change()

    @Slot(object)
    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Which tokenizers to show; at most four, each once."""
        keys = tuple(dict.fromkeys(keys))[:MOST_ROWS]
        if keys != self._keys:
            self._keys = keys
            self.keys_changed.emit(keys)
            self._change()

    @Slot(object)
    def open_file(self, path: Path) -> None:
        """Show the tokenizer of a file; in place of the last one if there are four."""
        key = str(path)
        if key not in self._files:
            self._files = (*self._files, key)
            self.files_changed.emit(self._files)
        self._shelf.forget(key)
        if key in self._keys:
            self._change()
        else:
            self.set_keys((*self._keys[: MOST_ROWS - 1], key))

    @Slot(str, str, str)
    def look_up(self, kind: str, key: str, text: str) -> None:
        """Ask the tokenizer of a row, see LookUpRequest."""
        tokenizer = self._own if key == OWN else self._shelf.known(key)
        if tokenizer is None or isinstance(tokenizer, VisualizerError):
            return
        self._number += 1
        self._look_ups["search" if kind == "hex" else kind] = self._number
        self._working().post(LookUpRequest(self._number, kind, key, tokenizer, text))

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """End the thread; False if it did not end in time."""
        self._is_active = False
        self._stale_timer.stop()
        return self._worker is None or self._worker.shutdown(timeout_ms)

    # ------------------------------------------------------------------------------- asking

    def _change(self) -> None:
        self._is_due = True
        if self._is_active:
            self._ask()

    def _ask(self) -> None:
        self._is_due = False
        self._number += 1
        request = BenchRequest(
            self._number, self._prompt, self._keys, self._own, self._own_name, self._view
        )
        if self._cuts_at_once():
            self._show(cut_text(request, self._shelf))
            return
        self._asked = self._number
        self._stale_timer.start()
        self._working().post(request)

    def _cuts_at_once(self) -> bool:
        return len(self._prompt.text) <= TOKENISE_AT_ONCE_CHARS and all(
            key == OWN or self._shelf.known(key) is not None for key in self._keys
        )

    def _working(self) -> TokenizerWorker:
        if self._worker is None:
            self._worker = TokenizerWorker(self._shelf)
            self._worker.bench_ready.connect(self._on_bench_ready)
            self._worker.look_up_ready.connect(self._on_look_up_ready)
        return self._worker

    def _show(self, view: BenchView) -> None:
        self._stale_timer.stop()
        self._view = view
        self._asked = -1
        self.bench_view_changed.emit(view)

    # ------------------------------------------------------------------------------ answers

    @Slot(object, object)
    def _on_bench_ready(self, request: BenchRequest, view: BenchView) -> None:
        if request.number != self._asked:
            return
        self._show(view)
        if any(row.is_awaited for row in view.rows):
            self._asked = request.number

    @Slot(object)
    def _on_look_up_ready(self, answer: LookUpAnswer) -> None:
        request = answer.request
        kind = "search" if request.kind == "hex" else request.kind
        if self._look_ups.get(kind) == request.number:
            self.look_up_answered.emit(request.kind, answer.result)

    @Slot()
    def _on_stale_timeout(self) -> None:
        if self._view is not None and self._asked >= 0:
            self.bench_view_changed.emit(replace(self._view, stale=True))
