"""The loop of `generate_text`, one stage at a time, so that each can be looked at. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.bigram import BigramCounts, next_word_distribution
from visualizer.lessons.generation import (
    Float64Array,
    GenerationStep,
    Hyperparameters,
    generate_text,
    predict_next_token,
    select_next_token,
    shape_predictions,
    upcoming_draw,
)

Stage = Literal["begun", "predicted", "shaped", "selected", "appended"]
"""What was done last; "begun" is before the first prediction."""

MOST_WORDS = 200
"""Of a text in the lesson."""


@dataclass(frozen=True, eq=False)
class Round:
    """One turn of the loop, as far as it has gone.

    Attributes:
        tokens: The words that were predicted from.
        predictions: (V,) what the model says.
        shaped: (V,) what is drawn from; None before that stage.
        draw: The number in [0, 1) that chooses; None before that stage, and where it was not
            looked at.
        chosen: Index of the word in the vocabulary; None before that stage.
    """

    tokens: tuple[str, ...]
    predictions: Float64Array
    shaped: Float64Array | None = None
    draw: float | None = None
    chosen: int | None = None


class GenerationLoop:
    """Predict, shape, select, append, again: with the same seed, the text of `generate_text`.

    Attributes:
        bigrams: The model.
        tokens: The text so far.
        stage: What was done last.
        round: The turn on show; None before the first prediction.
        steps: The turns that have ended, in order.
        ended: Why nothing can be predicted any more; None while something can.
        hyperparameters, smoothing, seed, start: As set.
    """

    def __init__(self, bigrams: BigramCounts, start: str) -> None:
        self.bigrams = bigrams
        self.hyperparameters = Hyperparameters()
        self.smoothing = 0.0
        self.seed = 0
        self.restart(start)

    def restart(self, start: str) -> None:
        """Begin again with one word and the seed.

        Raises:
            UsageError: It is not a word of the model.
        """
        self.bigrams.index(start)
        self.start = start
        self.tokens = [start]
        self.steps: list[GenerationStep] = []
        self.stage: Stage = "begun"
        self.round: Round | None = None
        self.ended: VisualizerError | None = None
        self._rng = np.random.default_rng(self.seed)
        self._state_before = self._rng.bit_generator.state

    @property
    def is_in_turn(self) -> bool:
        """Whether something was predicted of which nothing is appended yet."""
        return self.stage in ("predicted", "shaped", "selected")

    def set_seed(self, seed: int) -> None:
        """Another sequence of draws, from the start; `seed` from 0."""
        self.seed = seed
        self.restart(self.start)

    def set_hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        """Shape in another way; a word that was selected but not appended is selected anew."""
        self.hyperparameters = hyperparameters
        if self.round is not None and self.stage in ("shaped", "selected"):
            self._take_back()
            self._shape(self.round)

    def set_smoothing(self, smoothing: float) -> None:
        """Another model; what is on show of the turn that goes on is computed anew.

        Raises:
            UsageError: `smoothing` is out of its range.
        """
        next_word_distribution(self.bigrams, self.start, smoothing)  # checks the range
        self.smoothing = smoothing
        self.ended = None
        if self.is_in_turn:
            was_shaped = self.stage != "predicted"
            self._take_back()
            self._predict()
            if was_shaped and self.round is not None and self.ended is None:
                self._shape(self.round)

    def advance(self) -> None:
        """Do the next stage; where nothing follows, `ended` says why."""
        if self.stage in ("begun", "appended"):
            self._predict()
        elif self.round is not None:
            if self.stage == "predicted":
                self._shape(self.round)
            elif self.stage == "shaped":
                self._select(self.round)
            else:
                self._append(self.round)

    def run(self, n_words: int) -> None:
        """Finish the turn that goes on, then let `generate_text` add the rest of `n_words`."""
        if self.is_in_turn:
            n_words -= 1
        while self.is_in_turn:
            self.advance()
        if len(self.tokens) + n_words > MOST_WORDS:
            n_words = MOST_WORDS - len(self.tokens)
            self.ended = UsageError("The text has {n} words: begin again.", n=MOST_WORDS)
        predict = partial(predict_next_token, bigrams=self.bigrams, smoothing=self.smoothing)
        written = generate_text(
            self.tokens,
            max(n_words, 0),
            self.hyperparameters,
            predict=predict,
            words=self.bigrams.words,
            rng=self._rng,
        )
        try:
            for step in written:
                chosen = self.bigrams.index(step.word)
                self.round = Round(tuple(self.tokens), step.predictions, step.shaped, None, chosen)
                self._end_turn(step)
        except VisualizerError as error:
            self.ended = error

    def _predict(self) -> None:
        if len(self.tokens) >= MOST_WORDS:
            self.ended = UsageError("The text has {n} words: begin again.", n=MOST_WORDS)
            return
        try:
            predictions = predict_next_token(self.tokens, self.bigrams, self.smoothing)
        except VisualizerError as error:
            self.ended = error
            self.stage = "appended" if self.steps else "begun"
            return
        self.round = Round(tuple(self.tokens), predictions)
        self.stage = "predicted"

    def _shape(self, turn: Round) -> None:
        shaped = shape_predictions(turn.predictions, self.hyperparameters)
        self.round = Round(turn.tokens, turn.predictions, shaped)
        self.stage = "shaped"

    def _select(self, turn: Round) -> None:
        self._state_before = self._rng.bit_generator.state
        draw = upcoming_draw(self._rng)
        chosen = select_next_token(turn.predictions, self.hyperparameters, self._rng)
        self.round = Round(turn.tokens, turn.predictions, turn.shaped, draw, chosen)
        self.stage = "selected"

    def _append(self, turn: Round) -> None:
        assert turn.shaped is not None
        assert turn.chosen is not None
        word = self.bigrams.words[turn.chosen]
        self._end_turn(GenerationStep(turn.predictions, turn.shaped, word))

    def _end_turn(self, step: GenerationStep) -> None:
        self.steps.append(step)
        self.tokens.append(step.word)
        self.stage = "appended"

    def _take_back(self) -> None:
        """A draw that was made for a word that is not appended was never made."""
        if self.stage == "selected":
            self._rng.bit_generator.state = self._state_before


def draw_often(
    predictions: Float64Array, hyperparameters: Hyperparameters, n_draws: int, seed: int
) -> npt.NDArray[np.int64]:
    """How often each word is selected in `n_draws` draws.

    Args:
        predictions: (V,) probabilities.
        hyperparameters: How to shape them.
        n_draws: Draws, each by `select_next_token`.
        seed: Makes the draws.

    Returns:
        (V,) int64, sums to `n_draws`.
    """
    rng = np.random.default_rng(seed)
    drawn = [select_next_token(predictions, hyperparameters, rng) for _ in range(n_draws)]
    return np.bincount(drawn, minlength=len(predictions)).astype(np.int64)


def share_of_line(shaped: Float64Array, index: int) -> tuple[float, float]:
    """From where to where a word's piece reaches on the line from 0 to 1, see `upcoming_draw`."""
    edges = np.concatenate(([0.0], np.cumsum(shaped)))
    return float(edges[index]), float(edges[index + 1])
