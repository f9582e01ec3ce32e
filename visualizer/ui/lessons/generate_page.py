"""Lesson 2: predict, select, append, again; on five words, then on a model's vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.bigram import TUTORIAL_SENTENCES, count_bigrams, next_word_distribution
from visualizer.lessons.generation import (
    Hyperparameters,
    generate_text,
    predict_next_token,
    select_next_token,
    shape_predictions,
)
from visualizer.lessons.uses import USE_KEYS
from visualizer.ui.lessons.five_words import FiveWords
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.generation_counts import Drawing, Drawn, expected_count
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.model_loop import PROMPT, ModelLoop
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.word_bars import WordBar, bars_size, paint_word_bars

_WORDS, _MODEL = 0, 1


class GeneratePage(LessonPage):
    """The loop in two forms, one at a time."""

    key = "generate"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self.words = FiveWords()
        self.model = ModelLoop(microscope)
        self.forms = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.words)
        self._stack.addWidget(self.model)
        self._drawing = self.make_task()
        self._lay_out()
        self.forms.idClicked.connect(self.show_form)
        self.words.draws_requested.connect(self._on_words_draws_requested)
        self._drawing.succeeded.connect(self._on_drawing_succeeded)
        self.words.counts_dropped.connect(self._drawing.cancel)
        self.show_form(_WORDS)

    def _lay_out(self) -> None:
        names = (
            (self.tr("Five words"), self.tr("A model that is a table of five words")),
            (self.tr("The model"), self.tr("The same loop on the model of the main window")),
        )
        lay_out_forms(self, self.forms, names, self._stack)

    # ------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """Five words, the word "I", nothing shaped."""
        self._drawing.cancel()
        self.words.reset()
        self.model.reset()
        self.show_form(_WORDS)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            generate_text,
            predict_next_token,
            select_next_token,
            shape_predictions,
            Hyperparameters,
            next_word_distribution,
        )

    def answer(self, question: str) -> Answer | None:
        """Computed with the lesson's functions on the tutorial's sentences."""
        bigrams = count_bigrams(TUTORIAL_SENTENCES)
        after_love = predict_next_token(["I", "love"], bigrams)
        numbers = {
            fruit: f"{after_love[bigrams.index(fruit)]:.3f}" for fruit in ("oranges", "grapes")
        }
        if question == "cold":
            shaped = shape_predictions(after_love, Hyperparameters(temperature=0.5))
            return Answer(float(shaped[bigrams.index("oranges")]), 0.005, numbers)
        if question == "top-p":
            shaped = shape_predictions(after_love, Hyperparameters(top_p=0.6))
            return Answer(int((shaped > 0).sum()), numbers=numbers)
        if question == "end":
            return Answer(len(_written("I", 100, seed=0)), numbers=numbers)
        if question == "seed":
            same = all(
                _written("I", 8, seed=seed, smoothing=0.5)
                == _written("I", 8, seed=seed, smoothing=0.5)
                for seed in range(5)
            )
            seed = self.words.loop.seed
            draws = ", ".join(f"{draw:.3f}" for draw in np.random.default_rng(seed).random(3))
            return Answer(0 if same else 1, numbers={"seed": f"{seed}", "draws": draws})
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        exhibits = [self._words_exhibit(), *self._text_exhibit(), *self._counts_exhibit()]
        return [*exhibits, *self._model_exhibit()]

    def follow(self, target: str) -> None:
        kind, _, key = target.partition(":")
        if kind == "look":
            if key == "journey":
                self.microscope.show_prompt(PROMPT)
            else:
                self.microscope.panels_wished.emit()
            return
        use = key.removeprefix("use-") if key.startswith("use-") else ""
        self.show_form(_MODEL if use or key == "model" else _WORDS)
        values = {
            "cold": Hyperparameters(temperature=0.5),
            "greedy": Hyperparameters(temperature=0.0),
            "top-k": Hyperparameters(top_k=1),
            "top-p": Hyperparameters(top_p=0.6),
        }
        if use in USE_KEYS:
            self.model.show_use(use)
        elif key in values:
            self._go_after_love()
            self.words.set_hyperparameters(values[key])
        elif key == "love":
            self._go_after_love()
        elif key == "smooth":
            self.words.set_smoothing(0.5)
        elif key == "draws":
            self._go_after_love()
            self.words.counts.button.click()
        elif key in ("end", "seed"):
            self.words.reset()
            if key == "seed":
                self.words.set_smoothing(0.5)
                self.words.n_words.setValue(8)
            self.words.run.click()

    # -------------------------------------------------------------------------------- exhibits

    def _words_exhibit(self) -> Exhibit:
        loop, turn = self.words.loop, self.words.loop.round
        nothing = np.full(len(loop.bigrams.words), np.nan)
        predictions = nothing if turn is None else turn.predictions
        shaped = nothing if turn is None or turn.shaped is None else turn.shaped
        bars = self.words.bars()
        given = loop.tokens if turn is None else turn.tokens
        title = self.tr("After “{text}”").format(text=" ".join(given[-8:]))
        figure = _BarsFigure(tuple(bars), title)
        rows = [
            (word, _number(predictions[i]), _number(shaped[i]))
            for i, word in enumerate(loop.bigrams.words)
        ]
        columns = ("word", "predicted", "shaped")
        arrays = {"predictions": predictions, "shaped": shaped}
        return Exhibit("predictions", title, figure.size(), figure.paint, columns, rows, arrays)

    def _text_exhibit(self) -> list[Exhibit]:
        """Every word that was appended, with its probabilities."""
        loop = self.words.loop
        if not loop.steps:
            return []
        bars = self.words.appended_bars()
        title = self.tr("The words after “{start}”, with their probabilities").format(
            start=loop.start
        )
        figure = _BarsFigure(bars, title)
        rows = [(n, bar.word, bar.before, bar.prob) for n, bar in enumerate(bars, 1)]
        columns = ("step", "word", "predicted", "shaped")
        return [Exhibit("text", title, figure.size(), figure.paint, columns, rows)]

    def _counts_exhibit(self) -> list[Exhibit]:
        drawn = self.words.counts.drawn
        if drawn is None:
            return []
        n = int(drawn.counts.sum())
        expected, spread = expected_count(drawn.shaped, n)
        title = self.tr("{n:,} draws with seed {seed}").format(n=n, seed=drawn.seed)
        figure = _BarsFigure(self.words.counts.bars.bars(), title)
        rows = [
            (word, float(drawn.shaped[i]), int(drawn.counts[i]), expected[i], spread[i])
            for i, word in enumerate(drawn.words)
        ]
        columns = ("word", "probability", "count", "expected", "standard_deviation")
        arrays = {"probabilities": drawn.shaped, "counts": drawn.counts}
        return [Exhibit("draws", title, figure.size(), figure.paint, columns, rows, arrays)]

    def _model_exhibit(self) -> list[Exhibit]:
        view = self.model.view()
        if view is None:
            return []
        title = self.tr("The model's likeliest tokens after {token}").format(
            token=view.position_text
        )
        figure = _BarsFigure(self.model.bars.bars(), title)
        rows = [
            (c.rank, c.token_id, c.text, c.prob, c.sampled_prob, c.kept) for c in view.candidates
        ]
        columns = ("rank", "id", "token", "predicted", "shaped", "kept")
        return [Exhibit("model", title, figure.size(), figure.paint, columns, rows)]

    # ---------------------------------------------------------------------------------- events

    @Slot(int)
    def show_form(self, place: int) -> None:
        """Five words (0) or the model (1)."""
        self.forms.button(place).setChecked(True)
        self._stack.setCurrentIndex(place)

    def _go_after_love(self) -> None:
        """The text "I love", predicted and shaped, with nothing selected."""
        self.words.reset()
        self.words.begin_with("I", n_turns=1)
        self.words.advance_to("shaped")

    @Slot(int)
    def _on_words_draws_requested(self, n_draws: int) -> None:
        loop = self.words.loop
        if loop.round is not None:
            work = Drawing(
                loop.bigrams.words,
                loop.round.predictions,
                loop.hyperparameters,
                n_draws,
                loop.seed,
            )
            self._drawing.start(work)

    @Slot(object)
    def _on_drawing_succeeded(self, drawn: Drawn) -> None:
        self.words.counts.show_drawn(drawn)


@dataclass(frozen=True, eq=False)
class _BarsFigure:
    bars: tuple[WordBar, ...]
    title: str

    def size(self) -> QSizeF:
        return bars_size(self.bars, self.title)

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        paint_word_bars(painter, rect, self.bars, theme, self.title)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _written(start: str, n_words: int, *, seed: int, smoothing: float = 0.0) -> list[str]:
    """What `generate_text` writes until nothing follows."""
    bigrams = count_bigrams(TUTORIAL_SENTENCES)
    steps = generate_text(
        [start],
        n_words,
        Hyperparameters(),
        predict=partial(predict_next_token, bigrams=bigrams, smoothing=smoothing),
        words=bigrams.words,
        rng=np.random.default_rng(seed),
    )
    words: list[str] = []
    try:
        for step in steps:
            words.append(step.word)
    except VisualizerError:  # the end of the text: nothing follows its last word
        return words
    return words
