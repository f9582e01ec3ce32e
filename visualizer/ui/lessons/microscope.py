"""The main panels as lessons see them: what they show, and a way to point at things in them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.lesson_records import LessonQuestion
from visualizer.engine.records import ModelRecord
from visualizer.engine.sampling import SamplingParams
from visualizer.session.views import (
    BarsView,
    HeadView,
    OverviewView,
    SamplingView,
    TokenStripView,
    Unavailable,
)


class Microscope(QObject):
    """Keeps the newest view of each main panel, and hands on what a lesson wishes to see there.

    Attributes:
        model: The model in use, None while there is none.
        tokens, bars, head, overview, sampling: What is on show; None before the first view.

    Signals about the main panels:
        model_changed: ModelRecord.
        tokens_changed, bars_changed, head_changed, overview_changed: The view, or Unavailable.
        sampling_changed: SamplingView.
        answered: What came of a question to the model: the question as it was asked, and its
            record or VisualizerError. (object, object)

    Signals of wishes:
        prompt_wished: Run this text. str.
        head_wished: Select this head. (layer, head)
        token_wished: Select this token. int, -1 for the last.
        step_wished: Generate one token with the sampling at hand.
        sampling_wished: Shape predictions by these. SamplingParams.
        model_wished: Open this model. str, a name or a path.
        asked: A question to the model. LessonQuestion.
        panels_wished: Bring the main panels into sight beside the lesson's text.
    """

    model_changed = Signal(object)
    tokens_changed = Signal(object)
    bars_changed = Signal(object)
    head_changed = Signal(object)
    overview_changed = Signal(object)
    sampling_changed = Signal(object)
    answered = Signal(object, object)
    asked = Signal(object)
    prompt_wished = Signal(str)
    head_wished = Signal(int, int)
    token_wished = Signal(int)
    step_wished = Signal()
    sampling_wished = Signal(object)
    model_wished = Signal(str)
    panels_wished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model: ModelRecord | None = None
        self.tokens: TokenStripView | Unavailable | None = None
        self.bars: BarsView | Unavailable | None = None
        self.head: HeadView | Unavailable | None = None
        self.overview: OverviewView | Unavailable | None = None
        self.sampling: SamplingView | None = None

    # ------------------------------------------------------------------------------- wishes

    def show_prompt(self, text: str) -> None:
        """Run this text and bring the main panels into sight."""
        self.prompt_wished.emit(text)
        self.panels_wished.emit()

    def show_head(self, layer: int, head: int) -> None:
        """Select this head and bring the main panels into sight."""
        self.head_wished.emit(layer, head)
        self.panels_wished.emit()

    def show_token(self, index: int) -> None:
        """Select a token, -1 for the last, and bring the main panels into sight."""
        self.token_wished.emit(index)
        self.panels_wished.emit()

    def run_prompt(self, text: str) -> None:
        """Run this text; the lesson stays as it is."""
        self.prompt_wished.emit(text)

    def step(self) -> None:
        """Generate one token with the sampling at hand; the lesson stays as it is."""
        self.step_wished.emit()

    def shape(self, sampling: SamplingParams) -> None:
        """Shape the model's predictions by these; the lesson stays as it is."""
        self.sampling_wished.emit(sampling)

    def open_model(self, name: str) -> None:
        """Open a model by its name or path, and bring the main panels into sight."""
        self.model_wished.emit(name)
        self.panels_wished.emit()

    def ask(self, question: LessonQuestion) -> None:
        """Ask the model at hand; `answered` tells what comes of it.

        A newer question of the same kind replaces it, and so does another model. One about the
        prompt at hand is dropped, too, when the prompt changes: ask again.
        """
        self.asked.emit(question)

    @Slot(object, object)
    def take_answer(self, question: LessonQuestion, answer: object) -> None:
        """A question has been answered, by its record or a VisualizerError."""
        self.answered.emit(question, answer)

    # ------------------------------------------------------------------ what the panels show

    @Slot(object)
    def set_model(self, model: ModelRecord) -> None:
        """Another model is in use."""
        self.model = model
        self.model_changed.emit(model)

    @Slot(object)
    def set_tokens(self, view: TokenStripView | Unavailable) -> None:
        """The token strip has changed."""
        self.tokens = view
        self.tokens_changed.emit(view)

    @Slot(object)
    def set_bars(self, view: BarsView | Unavailable) -> None:
        """The next-token bars have changed."""
        self.bars = view
        self.bars_changed.emit(view)

    @Slot(object)
    def set_head(self, view: HeadView | Unavailable) -> None:
        """The head on show has changed."""
        self.head = view
        self.head_changed.emit(view)

    @Slot(object)
    def set_overview(self, view: OverviewView | Unavailable) -> None:
        """The picture of all heads has changed."""
        self.overview = view
        self.overview_changed.emit(view)

    @Slot(object)
    def set_sampling(self, view: SamplingView) -> None:
        """The sampling parameters have changed."""
        self.sampling = view
        self.sampling_changed.emit(view)
