"""Generation: what makes tokens, where its seed has got to, and every step to look at again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.engine.interface import Engine
from visualizer.engine.records import GeneratedRecord, GenerateRequest, GenerationEnded
from visualizer.engine.tokenization import clean_text, display_text
from visualizer.session.generated_steps import GeneratedSteps, GenerationView, ReplayView
from visualizer.session.state import Until, ViewState
from visualizer.ui.messages import Notice
from visualizer.ui.words_feed import WordsFeed


@dataclass(frozen=True)
class Run:
    """A number of tokens that were asked for in one go.

    Attributes:
        left: Most tokens that are still to be made.
        made: Tokens made so far.
        stop_strings: What else ends it.
    """

    left: int
    made: int = 0
    stop_strings: tuple[str, ...] = ()

    def after_one(self) -> Run:
        """The same with one more token made."""
        return replace(self, left=self.left - 1, made=self.made + 1)


_LEAST_ALTERNATIVES = 10  # that are kept of each step, however few bars there is room for


class GenerationFeed(WordsFeed):
    """Starts, pauses and ends generations, and keeps what each of their steps was drawn from.

    As long as neither the text nor the seed is changed, whatever is generated next goes on with
    the seed where it is: step by step, in one go, or with a pause in between, the same seed gives
    the same text.

    Signals:
        generation_view_changed: GenerationView.
        generation_finished: No more is to come of it.
        notice_raised: Notice.
    """

    generation_view_changed = Signal(object)
    generation_finished = Signal()
    notice_raised = Signal(object)

    def __init__(
        self,
        engine_factory: Callable[[], Engine],
        state: ViewState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(engine_factory, state, parent)
        self._steps = GeneratedSteps()
        self._run = Run(0)
        self._is_paused = False  # whether `_run` waits to go on
        self._chat_end_ids: tuple[int, ...] = ()  # with which the chat template closes a reply

    @property
    def generated_steps(self) -> GeneratedSteps:
        """The generated tokens that are still in the text."""
        return self._steps

    @property
    @abstractmethod
    def is_generating(self) -> bool:
        """Whether a generation runs."""

    @property
    def is_paused(self) -> bool:
        """Whether a generation was paused and can go on exactly where it was."""
        return self._is_paused and not self.is_generating and self._n_drawn() > 0

    # ------------------------------------------------------------------------------- wishes

    @Slot(int)
    def generate(self, n_tokens: int) -> None:
        """Continue the text by up to `n_tokens` tokens."""
        if self._can_generate():
            self._go(Run(n_tokens))

    @Slot()
    def step(self) -> None:
        """Draw one token; a generation that is paused stays so, with one token less to make."""
        if not self._can_generate():
            return
        paused, made = self.is_paused, self._run
        self._go(Run(1))
        if paused and made.left > 1:
            self._run, self._is_paused = made, True

    @Slot()
    def run(self) -> None:
        """Continue the text until what is chosen ends it, or go on after a pause."""
        if not self._can_generate():
            return
        if self.is_paused:
            self._go(self._run)
            return
        state, model = self._state, self._facts.model
        if state.until == "count":
            self._go(Run(state.n_generate))
        elif model is not None:
            string = clean_text(state.stop_string) if state.until == "string" else ""
            self._go(Run(model.context_length, stop_strings=(string,) if string else ()))

    @Slot()
    def toggle_run(self) -> None:
        """Pause what runs, or run."""
        if self.is_generating:
            self.pause()
        else:
            self.run()

    @Slot()
    def pause(self) -> None:
        """Stop for now; `run` goes on exactly as if there had been no pause."""
        if self.is_generating:
            self._is_paused = self._run.left > 0
            self._ask()

    @Slot()
    def stop_generation(self) -> None:
        """Stop at once; the tokens made so far stay."""
        was_paused, self._is_paused = self.is_paused, False
        if self.is_generating:
            self._ask()
        elif was_paused:
            self._show_sampling()

    @Slot(object)
    def set_until(self, until: Until) -> None:
        """What ends the next run."""
        self._state = replace(self._state, until=until)
        self._is_paused = self._is_paused and self.is_generating
        self._show_sampling()

    @Slot(str)
    def set_stop_string(self, text: str) -> None:
        """The text that ends a run of "string"."""
        self._state = replace(self._state, stop_string=text)
        self._is_paused = self._is_paused and self.is_generating
        self._show_sampling()

    @Slot(bool)
    def set_ends_at_end_of_text(self, ends: bool) -> None:
        """Whether an end token ends a generation, or is kept in the text as a token."""
        self._state = replace(self._state, ends_at_end_of_text=ends)
        self._show_sampling()

    @Slot(int)
    def look_at_step(self, index: int) -> None:
        """Select the token after which step `index` was drawn; past the last one, the end."""
        if index >= len(self._steps):
            self.set_query(len(self._facts.tokenization or ()) - 1)
        elif index >= 0:
            self.set_query(self._steps[index].position - 1)

    # ------------------------------------------------------------------- asking the engine

    @abstractmethod
    def _can_generate(self) -> bool:
        """Whether a generation can begin."""

    @abstractmethod
    def _begin_generation(self, request: GenerateRequest) -> None:
        """Send the request, with the head on show."""

    @abstractmethod
    def _pin_prompt(self, text: str, ids: tuple[int, ...]) -> None:
        """Make exactly these tokens the text."""

    @abstractmethod
    def _ask(self) -> None:
        """Ask for a forward pass over the text as it is; whatever was running is not wanted."""

    @abstractmethod
    def _keep_version(self) -> None:
        """Keep the text as it is, which is about to change, for undoing."""

    @abstractmethod
    def _decode(self, data: bytes) -> str:
        """The characters that these bytes complete, after those before them."""

    def _n_drawn(self) -> int:
        return self._steps.n_drawn(self._state.prompt.token_ids, self._state.seed)

    def _go(self, run: Run) -> None:
        """Send a run, or what is left of it, to the engine; the newest token is looked at."""
        self._run, self._is_paused = run, False
        self._keep_version()
        state = self._state = replace(self._state, query=-1)
        self._begin_generation(
            GenerateRequest(
                self._next_id(),
                state.prompt,
                run.left,
                state.sampling,
                state.seed,
                stop_strings=run.stop_strings,
                end_at_end_of_text=state.ends_at_end_of_text,
                end_ids=self._chat_end_ids if state.chat is not None else (),
                n_drawn=self._n_drawn(),
                n_alternatives=max(state.n_candidates, _LEAST_ALTERNATIVES),
            )
        )
        self._show_sampling()
        self._show_status()

    # ----------------------------------------------------------------------- taking records

    def _take_generated(self, record: GeneratedRecord, request: GenerateRequest) -> None:
        """One more token; an earlier one that is looked at stays selected."""
        query = self._state.query
        self._run = self._run.after_one()
        self._facts.take_generated(record)
        self._steps.take(record, request)
        ids = tuple(record.forward.tokenization.ids.tolist())
        self._pin_prompt(self._state.prompt.text + self._decode(record.data), ids)
        self._state = replace(self._state, query=query)
        self._show_tokens()
        self._want_position()
        self._want_head()
        self._show_overview()
        self._show_sampling()
        self._show_status()

    def _take_generation_ended(self, record: GenerationEnded) -> None:
        self._is_paused = self._is_paused and self._run.left > 0
        if record.stop_reason == "context" and self._facts.model is not None:
            error = VisualizerError(
                "The context of {context_length:,} tokens is full; nothing more can be generated.",
                context_length=self._facts.model.context_length,
            )
            self.notice_raised.emit(Notice("generation", "warning", error))
        elif record.stop_reason == "end_of_text":
            self.remark_made.emit(VisualizerError("The model ended its text here."))
        elif record.stop_reason == "stop_string":
            self.remark_made.emit(
                VisualizerError(
                    "Stopped at {text}.", text=display_text(record.stop_string.encode())
                )
            )
        self._ask()  # for the surprise of every token, which a generation leaves out

    # -------------------------------------------------------------------------------- views

    def _show_tokens(self) -> None:
        if self._facts.tokenization is not None and not self._moment().tokens_awaited:
            self._steps.keep_prefix(self._facts.tokenization.ids)
        super()._show_tokens()
        self._show_generation()

    def _show_sampling(self) -> None:
        super()._show_sampling()
        self._show_generation()

    def _show_generation(self) -> None:
        state = self._state
        self.generation_view_changed.emit(
            GenerationView(
                can_generate=self._can_generate(),
                generating=self.is_generating,
                paused=self.is_paused,
                made=self._run.made,
                tokens_per_second=self._steps.tokens_per_second(),
                until=state.until,
                n_generate=state.n_generate,
                stop_string=state.stop_string,
                ends_at_end_of_text=state.ends_at_end_of_text,
                replay=self._replay(),
            )
        )

    def _replay(self) -> ReplayView:
        steps = self._steps
        index = steps.step_after(self._state.query) if self._state.query >= 0 else None
        if index is None:
            return ReplayView(len(steps))
        step = steps[index]
        return ReplayView(len(steps), index, step, display_text(step.data))
