"""Predict, select, append: how any language model writes, on a handful of words. NumPy only.

Shape letter: V words of the vocabulary.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.bigram import BigramCounts, next_word_distribution

Float64Array = npt.NDArray[np.float64]

Predictor = Callable[[Sequence[str]], Float64Array]
"""From the words so far to (V,) probabilities of the next one."""


@dataclass(frozen=True)
class Hyperparameters:
    """How to choose among the predictions.

    Attributes:
        temperature: Above 1 flattens, below 1 sharpens, 0 always takes the likeliest; >= 0.
        top_k: Keep this many of the likeliest; 0 keeps all.
        top_p: Keep the fewest of the likeliest that together reach this, in (0, 1]; 1 keeps all.

    Raises:
        UsageError: A value is out of its range.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise UsageError(
                "temperature must be a number from 0, got {value}", value=self.temperature
            )
        if self.top_k < 0:
            raise UsageError("top-k must be from 0, got {value}", value=self.top_k)
        if not 0 < self.top_p <= 1:
            raise UsageError("top-p must be above 0 and at most 1, got {value}", value=self.top_p)


@dataclass(frozen=True, eq=False)
class GenerationStep:
    """One round of the loop.

    Attributes:
        predictions: (V,) what the model says.
        shaped: (V,) what is drawn from, after the hyperparameters.
        word: The word that was selected.
    """

    predictions: Float64Array
    shaped: Float64Array
    word: str


def predict_next_token(
    tokens: Sequence[str], bigrams: BigramCounts, smoothing: float = 0.0
) -> Float64Array:
    """The probability of every word of the vocabulary to come next.

    This model looks at the last word only; a transformer would look at all of them.

    Args:
        tokens: The words so far.
        bigrams: The model: how often each word followed each other one.
        smoothing: Added to every count, >= 0; above 0, every word can follow every word.

    Returns:
        (V,) float64, sums to 1.

    Raises:
        UsageError: There is no word, the last one is not in the vocabulary, or `smoothing` is
            out of its range.
        VisualizerError: Nothing ever follows the last word, and nothing is smoothed.
    """
    if not tokens:
        raise UsageError("There is no word to predict from.")
    predictions = next_word_distribution(bigrams, tokens[-1], smoothing)
    if np.isnan(predictions).any():
        raise VisualizerError(
            "Nothing ever follows {word} in these sentences.", word=repr(tokens[-1])
        )
    return predictions


def shape_predictions(predictions: Float64Array, hyperparameters: Hyperparameters) -> Float64Array:
    """What temperature, then top-k, then top-p make of the predictions.

    Args:
        predictions: (V,) probabilities.
        hyperparameters: How to shape them.

    Returns:
        (V,) float64: sums to 1, 0 where a word was removed. Of equally likely words the one
        with the lower index comes first.

    Source:
        Fan et al. 2018 (top-k), Holtzman et al. 2020 (top-p).
    """
    if hyperparameters.temperature == 0:
        greedy = np.zeros(len(predictions))
        greedy[int(predictions.argmax())] = 1.0
        return greedy
    with np.errstate(divide="ignore"):
        logits = np.log(predictions) / hyperparameters.temperature  # softmax(log p / temperature)
    shaped: Float64Array = np.exp(logits - logits.max())
    shaped /= shaped.sum()
    order = np.argsort(-shaped, kind="stable")  # the likeliest first
    if hyperparameters.top_k:
        shaped[order[hyperparameters.top_k :]] = 0.0
        shaped /= shaped.sum()
    if hyperparameters.top_p < 1:
        reached = np.cumsum(shaped[order]) >= hyperparameters.top_p - 1e-12  # rounding of the sum
        shaped[order[int(reached.argmax()) + 1 :]] = 0.0
    shaped /= shaped.sum()
    return shaped


def select_next_token(
    predictions: Float64Array, hyperparameters: Hyperparameters, rng: np.random.Generator
) -> int:
    """Choose one word by chance, a likely one more often; its index in the vocabulary."""
    shaped = shape_predictions(predictions, hyperparameters)
    return int(rng.choice(len(shaped), p=shaped))


def upcoming_draw(rng: np.random.Generator) -> float:
    """The number in [0, 1) by which `select_next_token` will choose next; `rng` stays as it is.

    The words share the line from 0 to 1, each with a piece as long as its probability; the word
    on whose piece the number falls is chosen.
    """
    return float(copy.deepcopy(rng).random())


def generate_text(
    prompt: Sequence[str],
    num_tokens: int,
    hyperparameters: Hyperparameters,
    *,
    predict: Predictor,
    words: Sequence[str],
    rng: np.random.Generator,
) -> Iterator[GenerationStep]:
    """The loop of every language model: predict, select, append, again.

    Args:
        prompt: The words to begin with.
        num_tokens: How many words to add.
        hyperparameters: How to select.
        predict: The model.
        words: The vocabulary, V words.
        rng: Makes the choices; the same seed gives the same text.
    """
    tokens = list(prompt)
    for _ in range(num_tokens):
        predictions = predict(tokens)
        chosen = select_next_token(predictions, hyperparameters, rng)
        tokens.append(words[chosen])
        shaped = shape_predictions(predictions, hyperparameters)
        yield GenerationStep(predictions, shaped, words[chosen])
