"""The session in the GUI thread: the user's intent, what is asked of the engine, what is shown."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QDeadlineTimer, QObject, QTimer, Signal, Slot

from visualizer.engine.attention_records import PairRequest
from visualizer.engine.errors import (
    ContextOverflowError,
    DeviceLostError,
    EmptyPromptError,
    VisualizerError,
)
from visualizer.engine.interface import Engine, Record
from visualizer.engine.records import (
    FailureRecord,
    ForwardRecord,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadWish,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    ProgressRecord,
    Prompt,
    SurpriseRecord,
    TokensRecord,
)
from visualizer.engine.vocabulary import TokenizerFailedError
from visualizer.session.facts import Facts, part_of
from visualizer.session.moment import NO_MODEL, NOTHING_TYPED, READING_STOPPED, Moment, loading
from visualizer.session.resolve import resolve_query
from visualizer.session.state import ViewState
from visualizer.session.text_versions import TextVersion, TextVersions
from visualizer.session.views import Unavailable
from visualizer.ui.chat_feed import ChatFeed
from visualizer.ui.lesson_feed import LessonFeed
from visualizer.ui.messages import Choice, Notice, overflow_notice
from visualizer.ui.widgets.dimming import OLD_AFTER_MS

_Work = TypeVar("_Work", ForwardRequest, GenerateRequest)

TOKENISE_AT_ONCE_CHARS = 2000
"""Longest text, or stretch of an edited one, that is tokenised in the GUI thread: under 5 ms with
the slowest tokenizer."""

HEAD_AT_ONCE_CHARS = 4000
"""Longest text whose head comes with the bars; of a longer one it takes long enough to delay them,
and is asked for after."""

STALE_AFTER_MS = OLD_AFTER_MS
"""How long an answer may take before the numbers on screen are dimmed as old."""


class SessionController(ChatFeed):
    """Turns intent into requests and records into views.

    Two guards keep old answers off the screen: a request that is replaced is cancelled, and a
    record whose request is not the current one is dropped.

    Attributes:
        lessons: What lessons ask the same engine.

    Signals, besides those of the views:
        prompt_replaced: The text changed other than by typing. str, whole text.
        prompt_extended: Generated text was added at the end. str, the addition.
        model_changed: Another model is in use. ModelRecord.
        progress_changed: ProgressRecord of a load or of a long text, or None when it is over.
        notice_withdrawn: Its reason is gone. str, the notice's key.
        settled: Every record of the newest text is on screen.
    """

    prompt_replaced = Signal(str)
    prompt_extended = Signal(str)
    model_changed = Signal(object)
    progress_changed = Signal(object)
    notice_withdrawn = Signal(str)
    settled = Signal()

    def __init__(
        self,
        engine_factory: Callable[[], Engine],
        state: ViewState = ViewState(),  # noqa: B008 - frozen
        parent: QObject | None = None,
    ) -> None:
        super().__init__(engine_factory, state, parent)
        self._load: LoadRequest | None = None
        self._work: ForwardRequest | GenerateRequest | None = None
        self._progress_of: int | None = None
        self._awaited = False  # whether the first record of `_work` is still to come
        self._failure: Unavailable | None = None  # why there is no answer for the text
        self._load_failure: Unavailable | None = None
        self._overdue = False
        self._tokens_of: int | None = None  # the work whose tokens came before its answer
        self._is_read = True  # whether the tokens of the text are known without the engine
        self._stale_timer = QTimer(self, singleShot=True, interval=STALE_AFTER_MS)
        self._stale_timer.timeout.connect(self._on_stale_timeout)
        self._versions = TextVersions()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._worker.record_ready.connect(self._on_record_ready)
        self.lessons = LessonFeed(self._worker, self._next_id, self)

    @property
    def model(self) -> ModelRecord | None:
        """The model in use."""
        return self._facts.model

    @property
    def facts(self) -> Facts:
        """What the engine has told so far."""
        return self._facts

    @property
    def is_generating(self) -> bool:
        """Whether a generation runs."""
        return isinstance(self._work, GenerateRequest)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is awaited any more for the text as it is."""
        if self._facts.model is None or self._load is not None:
            return False
        if self._awaited_chat is not None:
            return False
        if self._failure is not None:
            return True
        work = self._work
        if not isinstance(work, ForwardRequest) or self._awaited:
            return False
        return (
            (not work.with_overview or self._facts.has_overview_of(work.request_id))
            and self._facts.surprise_complete_of(work.request_id)
            and not self._questions
        )

    # ---------------------------------------------------------------------------- the model

    def load_model(
        self, name: str, path: Path, *, device: str = "auto", dtype: str = "auto"
    ) -> None:
        """Load a model that is on this machine; the one in use stays until it is ready."""
        self.notice_withdrawn.emit("load")
        self._load = LoadRequest(self._next_id(), name, path, device, dtype)
        self._worker.post(self._load)
        self.progress_changed.emit(
            ProgressRecord(self._load.request_id, "load", 0, None, "tensors", name)
        )
        if self._facts.model is None:
            self.show_all()

    @Slot()
    def cancel(self) -> None:
        """Stop what progress is shown of: keep the model in use, or leave a long text unread."""
        if self._load is not None:
            self._load.cancel.cancel()
            self._load = None
        elif self._work is not None and self._awaited:
            self._work.cancel.cancel()
            self._work = None
            self._awaited = False
            self._failure = READING_STOPPED
        else:
            return
        self.progress_changed.emit(None)
        self.show_all()

    # ----------------------------------------------------------------------------- the text

    @Slot(str)
    def set_prompt(self, text: str) -> None:
        """The user has edited the text; what is predicted is again what follows its end."""
        if self._state.chat is not None:
            self._decoder.reset()
            self._set_message(text)
            return
        if text == self._state.prompt.text and self._failure is None:
            return
        self._keep_version()
        self._decoder.reset()
        self._change_prompt(replace(self._state.prompt, text=text, token_ids=None))

    @Slot(str)
    def return_to(self, text: str) -> None:
        """The user has undone or redone an edit: the text is again what it was when it was left.

        With its characters come back its exact tokens, what was generated in it with the place of
        the seed, and the token that was selected.
        """
        prompt = self._state.prompt
        version = self._versions.find(text, parse_special=prompt.parse_special)
        if version is None or self._state.chat is not None or text == prompt.text:
            self.set_prompt(text)
            return
        self._keep_version()
        self._decoder.setstate(version.decoding)
        self._steps = version.steps.copy()
        self._state = replace(self._state, prompt=version.prompt, query=version.query)
        self._ask()

    def replace_prompt(self, text: str) -> None:
        """Another text has taken the place of the one in the editor; it is no edit of that."""
        self._facts.words.begin_anew()
        if text != self._state.prompt.text:  # nor is a part of it in sight, or a pair chosen
            self._state = replace(self._state, visible=None, key=None, candidate_id=None)
        self.set_prompt(text)

    @Slot(bool)
    def set_parse_special(self, parse: bool) -> None:
        """Whether special tokens written in the text are parsed as such."""
        if parse == self._state.prompt.parse_special or self._state.chat is not None:
            return
        prompt = replace(self._state.prompt, parse_special=parse, token_ids=None)
        self._change_prompt(prompt)

    @Slot(int)
    def append_token(self, token_id: int) -> None:
        """Put exactly this token after the selected one; what stood there before goes."""
        model, text = self._facts.model, self._facts.tokenization
        if model is None or text is None or not self._facts.is_current() or self.is_generating:
            return
        query = resolve_query(self._state.query, len(text))
        if query is None:
            return
        self._keep_version()
        kept = b"".join(text.pieces[text.n_added : query + 1])
        ids = (*text.ids[: query + 1].tolist(), token_id)
        self._decoder.reset()
        words = self._decoder.decode(kept + model.tokenizer.token_bytes(token_id))
        self._pin_prompt(words, ids)
        self.generation_finished.emit()
        self._ask()

    @Slot(int)
    def keep_part(self, n_tokens: int) -> None:
        """Shorten a text that is too long: to its last tokens, or its first if negative."""
        model = self._facts.model
        if model is None:
            return
        text = self._facts.tokenization  # of a long text it took the engine a while
        is_known = self._failure is not None or self._facts.is_current()
        if text is None or not is_known:
            text = self._facts.tokenise(self._state.prompt, model)
        self._keep_version()
        ids, words = part_of(text, n_tokens)
        self._decoder.reset()
        self._pin_prompt(words, ids)
        self._ask()

    def restore(self, state: ViewState) -> None:
        """Show a saved view in place of the one at hand: its text, its selection, its display."""
        self._keep_version()
        self._decoder.reset()
        self._facts.words.begin_anew()
        self._state = state
        typed = state.prompt.text if state.chat is None else state.chat.message
        self.prompt_replaced.emit(typed)
        if self._facts.model is not None:
            self._fit_chat(self._facts.model)
        self.chat_changed.emit(self._state.chat)
        self._ask()
        self.show_all()

    # ----------------------------------------------------------------------------- the end

    def shutdown(self, timeout_ms: int = 2500) -> bool:
        """Cancel everything and end the threads; False if they did not end in time."""
        self._stale_timer.stop()
        deadline = QDeadlineTimer(timeout_ms)
        ended = self._worker.shutdown(timeout_ms)
        return super().shutdown(deadline.remainingTime()) and ended

    # --------------------------------------------------------------------- asking the engine

    def _change_prompt(self, prompt: Prompt) -> None:
        self._state = replace(self._state, prompt=prompt, query=-1)
        self._ask()

    def _pin_prompt(self, text: str, ids: tuple[int, ...]) -> None:
        before = self._state.prompt.text
        prompt = replace(self._state.prompt, text=text, token_ids=ids)
        self._state = replace(self._state, prompt=prompt, query=-1)
        if self._state.chat is not None:
            return  # the editor holds the message, not what is sent
        if text.startswith(before):
            self.prompt_extended.emit(text[len(before) :])
        else:
            self.prompt_replaced.emit(text)

    def _ask(self) -> None:
        """Ask for a forward pass over the text as it is; whatever was running is not wanted."""
        was_generating = self.is_generating
        if self._work is not None:
            self._work.cancel.cancel()
            self._work = None
            self._end_reading_progress()
        if was_generating:
            self.generation_finished.emit()
        self._drop_questions()
        self._failure = None
        self.notice_withdrawn.emit("text")
        model = self._facts.model
        if model is not None:
            self._read(model)
        if model is None or self._failure is not None:
            self._awaited = False
            self.show_all()
            return
        wish = self._wished_head() if self._has_attention() else None
        request = ForwardRequest(
            self._next_id(),
            self._state.prompt,
            self._state.query,
            with_overview=wish is not None,
            with_tokens=not self._is_read,
        )
        self._begin(self._with_head(request, wish))
        self._show_tokens()
        self._show_sampling()
        self._show_status()

    def _read(self, model: ModelRecord) -> None:
        """Tokenise the text here if that is quick, and see whether it can be run."""
        prompt = self._state.prompt
        is_short = len(prompt.text) <= TOKENISE_AT_ONCE_CHARS
        try:
            text = (
                self._facts.tokenise(prompt, model)
                if is_short
                else self._facts.recut(prompt, model, TOKENISE_AT_ONCE_CHARS)
            )
        except TokenizerFailedError as error:
            self._facts.take_tokenization(None)
            self._failure = Unavailable(error)
            self._say_text_failure(error)
            return
        self._is_read = text is not None
        if text is None:
            return
        self._facts.take_tokenization(text)
        if len(text) == 0:
            self._failure = NOTHING_TYPED
        elif len(text) > model.context_length:
            self._refuse_overflow(len(text), model)

    def _refuse_overflow(self, n_tokens: int, model: ModelRecord) -> None:
        notice = overflow_notice(n_tokens, model.name, model.context_length)
        self._failure = Unavailable(notice.message)
        self.notice_raised.emit(notice)

    def _begin(self, work: ForwardRequest | GenerateRequest) -> None:
        self._work = work
        if not self._awaited:
            self._awaited = True
            self._overdue = False
            self._stale_timer.start()
        self._worker.post(work)

    def _begin_generation(self, request: GenerateRequest) -> None:
        wish = self._wished_head() if self._has_attention() else None
        self._begin(self._with_head(replace(request, with_overview=wish is not None), wish))

    def _decode(self, data: bytes) -> str:
        return self._decoder.decode(data)

    def _keep_version(self) -> None:
        state = self._state
        if state.chat is None:
            decoding = self._decoder.getstate()
            self._versions.keep(
                TextVersion(state.prompt, state.query, self._steps.copy(), decoding)
            )

    def _fail_text(self, error: VisualizerError) -> None:
        self._failure = Unavailable(error)
        self._say_text_failure(error)
        self.show_all()
        self._tell_if_settled()

    def _can_ask(self) -> bool:
        return self._facts.forward is not None and not self._awaited and self._failure is None

    def _is_busy(self) -> bool:
        return self.is_generating

    def _start_waiting(self) -> None:
        self._stale_timer.start()

    def _can_generate(self) -> bool:
        return (
            self._facts.model is not None
            and not self.is_generating
            and self._failure is None
            and bool(self._state.prompt.text or self._facts.model.begins_with)
        )

    # ----------------------------------------------------------------------- taking records

    @Slot(object)
    def _on_record_ready(self, record: Record) -> None:
        match record:
            case ProgressRecord():
                self._take_progress(record)
            case ModelRecord():
                self._take_model(record)
            case _ if self._take_answer_about_text(record):
                pass
            case FailureRecord():
                self._take_failure(record)
            case _ if self._work is not None and record.request_id == self._work.request_id:
                self._take_answer(record)
        self._end_progress_with(record)
        self._tell_if_settled()

    def _tell_if_settled(self) -> None:
        if self.is_settled:
            self.settled.emit()

    def _awaited_ids(self) -> list[int]:
        """Requests whose progress is shown."""
        if self._load is not None:  # what takes longest
            return [self._load.request_id]
        wanted = [question.request_id for question in self._questions.values()]
        return wanted if self._work is None else [*wanted, self._work.request_id]

    def _take_progress(self, record: ProgressRecord) -> None:
        if record.request_id in self._awaited_ids():
            self._progress_of = record.request_id
            self.progress_changed.emit(record)

    def _end_progress_with(self, record: Record) -> None:
        """The progress on show is over when its answer comes, or none is awaited any more."""
        shown = self._progress_of
        if shown is None or isinstance(record, ProgressRecord):
            return
        if record.request_id == shown or shown not in self._awaited_ids():
            self._end_reading_progress()

    def _end_reading_progress(self) -> None:
        self._progress_of = None
        if self._load is None:
            self.progress_changed.emit(None)

    def _take_model(self, record: ModelRecord) -> None:
        """Another model is in use, whatever has been asked for or given up since.

        The engine takes a model between two answers, so that a wish can come too late for it:
        all that it answers from here on is that model's.
        """
        if self._load is not None and record.request_id == self._load.request_id:
            self._load = None
        self._facts = Facts(record)
        self._steps.clear()
        self._versions.clear()
        prompt = replace(self._state.prompt, token_ids=None)
        self._state = replace(self._state, prompt=prompt, query=-1)
        self._decoder.reset()
        if self._load is None:
            self.progress_changed.emit(None)
        self.model_changed.emit(record)
        for note in record.notes:
            self.notice_raised.emit(Notice(f"note:{note.template}", "info", note))
        self._fit_chat(record)
        self._ask()
        self.show_all()

    def _take_answer(self, record: Record) -> None:
        """A record of the work under way."""
        match record:
            case TokensRecord():
                self._tokens_of = record.request_id
                self._facts.take_tokenization(record.tokenization)
                self._show_tokens()
                self._show_status()
            case ForwardRecord():
                self._take_forward(record)
            case OverviewRecord():
                self._facts.take_overview(record)
                self._show_overview()
                self._want_metrics()
            case SurpriseRecord():
                self._facts.take_surprise(record)
                self._show_tokens()
            case GeneratedRecord() if isinstance(self._work, GenerateRequest):
                self._awaited = False
                self._take_generated(record, self._work)
            case GenerationEnded():
                self._take_generation_ended(record)

    def _take_forward(self, record: ForwardRecord) -> None:
        self._awaited = False
        self._end_reading_progress()
        self._facts.take_forward(record)
        self._show_tokens()
        self._ask_about_text()
        self._show_status()
        self._show_sampling()
        if not self._has_attention() or not self._facts.has_overview:
            self._show_overview()

    def _take_failure(self, record: FailureRecord) -> None:
        unavailable = Unavailable(record.error)
        if self._load is not None and record.request_id == self._load.request_id:
            self._load = None
            self._load_failure = unavailable
            self.progress_changed.emit(None)
            self.notice_raised.emit(Notice("load", "error", record.error))
            self.show_all()
        elif self._work is not None and record.request_id == self._work.request_id:
            if self.is_generating:
                self.generation_finished.emit()
            self._awaited = False
            self._work = None
            self._failure = unavailable
            self._end_reading_progress()
            if not self._is_read and self._tokens_of != record.request_id:
                self._facts.take_tokenization(None)  # those on screen are of an earlier text
            self._say_text_failure(record.error)
            self.show_all()

    def _say_text_failure(self, error: VisualizerError) -> None:
        if isinstance(error, ContextOverflowError) and self._facts.model is not None:
            self._refuse_overflow(int(str(error.values["n_tokens"])), self._facts.model)
        elif isinstance(error, DeviceLostError):
            again = Choice("device:cpu", VisualizerError("Load it on the processor"))
            self.notice_raised.emit(Notice("text", "error", error, (again,)))
        elif not isinstance(error, EmptyPromptError):
            self.notice_raised.emit(Notice("text", "error", error))

    @Slot()
    def _on_stale_timeout(self) -> None:
        self._overdue = True
        self._show_bars()
        self._show_head()
        self._show_overview()
        self._show_pair()

    def _moment(self) -> Moment:
        reason = self._failure
        if self._facts.model is None:
            reason = self._load_failure or NO_MODEL
            if self._load is not None:
                reason = loading(self._load.name)
        work = self._work
        unknown = not self._is_read and not self.is_generating
        unknown &= work is None or self._tokens_of != work.request_id
        overview_awaited = work is not None and work.with_overview
        if overview_awaited and work is not None and not self._awaited:
            overview_awaited = not self._facts.has_overview_of(work.request_id)
        return Moment(
            state=self._state,
            facts=self._facts,
            reason=reason,
            wished_head=self._wished_head(),
            tokens_awaited=self._awaited and unknown,
            awaited=self._awaited,
            overview_awaited=overview_awaited,
            pair_awaited=PairRequest in self._questions,
            overdue=self._overdue,
            can_generate=self._can_generate(),
            generating=self.is_generating,
            n_generated=self._run.made,
            generated=self._steps.positions,
        )

    def _with_head(self, request: _Work, wish: HeadWish | None) -> _Work:
        """The same, asking for the head with the first record unless the text is long."""
        if wish is None or len(request.prompt.text) > HEAD_AT_ONCE_CHARS:
            return request
        return replace(
            request,
            layer=wish.layer,
            head=wish.head,
            members=wish.members,
            treatment=wish.treatment,
        )
