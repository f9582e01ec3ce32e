"""The stages between logits and the distribution that is drawn from, in any order. NumPy only.

Each stage sees the scores that the one before has left, as in the samplers of transformers and
llama.cpp: a filter works on the softmax of the tokens that are still there, and a penalty on
their scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError

Float64Array = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

Stage = Literal[
    "bias",
    "repetition",
    "frequency",
    "presence",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""In the order of `transformers`, whose samplers have no frequency and presence penalty."""
LLAMA_CPP_ORDER: tuple[Stage, ...] = (
    "bias",
    "repetition",
    "frequency",
    "presence",
    "top_k",
    "typical_p",
    "top_p",
    "min_p",
    "temperature",
)
"""Of llama.cpp's default chain, without the stages that are missing here."""

_SORTED_AT_ONCE = 2048  # a nucleus is narrowed down to this many tokens before they are sorted


@dataclass(eq=False)
class Scores:
    """The scores of a vocabulary on their way through the stages.

    Attributes:
        values: (V,) float64; -inf where removed.
        reasons: (V,) uint8: 0 for a token that is left, else 1 + the index in STAGES of the stage
            that removed it.
        are_true: Whether `values` are scores, and not only differences between them, which is all
            that is left of scores divided by a temperature near 0.
    """

    values: Float64Array
    reasons: npt.NDArray[np.uint8]
    are_true: bool = True
    _weights: Float64Array | None = field(default=None, repr=False)

    @classmethod
    def of(cls, logits: Float64Array) -> Scores:
        """All tokens of (V,) finite float64 logits, which are left as they are."""
        return cls(logits.copy(), np.zeros(logits.size, np.uint8))

    def weights(self) -> Float64Array:
        """(V,) exp(score - largest score): the softmax before it is divided by its sum."""
        if self._weights is None:
            with np.errstate(under="ignore"):
                self._weights = np.exp(self.values - self.values.max())
        return self._weights

    def change(self, values: Float64Array, weights: Float64Array | None = None) -> None:
        """Other scores for the tokens that are left."""
        self.values, self._weights = values, weights

    def remove(self, removed: BoolArray, stage: Stage) -> None:
        """Take out the marked tokens."""
        weights = self.weights()
        self.reasons[removed & (self.reasons == 0)] = 1 + STAGES.index(stage)
        self.values[removed] = -np.inf
        weights[removed] = 0.0


def apply_penalty(scores: Scores, stage: Stage, value: float, previous_ids: Sequence[int]) -> None:
    """The repetition, frequency or presence penalty on tokens of the text so far.

    Repetition divides positive scores and multiplies negative ones, however often a token
    occurred (Keskar et al. 2019). Frequency subtracts `value` for each occurrence, presence once
    (the OpenAI API's definition, over prompt and completion alike).

    Raises:
        UsageError: The penalised scores are no finite numbers.
        ValueError: A previous id is outside of the vocabulary.
    """
    ids, counts = np.unique(np.asarray(previous_ids, np.int64), return_counts=True)
    if not ids.size:
        return
    if ids[0] < 0 or ids[-1] >= scores.values.size:
        raise ValueError(
            f"previous ids must be from 0 to {scores.values.size - 1}, got {ids[[0, -1]]}"
        )
    values = scores.values.copy()
    seen = values[ids]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if stage == "repetition":
            values[ids] = np.where(seen < 0, seen * value, seen / value)
        else:
            values[ids] = seen - value * (counts if stage == "frequency" else 1)
    finite = np.isfinite(values[scores.reasons == 0]).all()
    if not finite or (stage == "repetition" and not scores.are_true):
        raise UsageError(
            "A {stage} penalty of {value} is too extreme: the penalised logits are not finite.",
            stage=stage,
            value=value,
        )
    scores.change(values)


def apply_bias(scores: Scores, biases: Sequence[tuple[int, float]], banned: Sequence[int]) -> None:
    """Add to the scores of some tokens, and take others out.

    Raises:
        UsageError: An id is not in the vocabulary, or no token would be left.
    """
    size = scores.values.size
    for token_id in (*(i for i, _ in biases), *banned):
        if not 0 <= token_id < size:
            raise UsageError(
                "There is no token {token_id} to favour or ban: the vocabulary has {size}.",
                token_id=token_id,
                size=size,
            )
    values = scores.values.copy()
    for token_id, bias in biases:
        values[token_id] += bias
    scores.change(values)
    removed = np.zeros(size, bool)
    removed[list(banned)] = True
    if not (scores.reasons[~removed] == 0).any():
        raise UsageError(
            "Every token that could still be drawn is banned: take one off the list of {n}.",
            n=len(banned),
        )
    if len(banned):
        scores.remove(removed, "bias")


def apply_temperature(scores: Scores, temperature: float) -> None:
    """Divide the scores; 0 leaves only the highest, the lowest id among equals.

    A token whose probability becomes 0 in float64 counts as removed.
    """
    if temperature == 0:
        removed = np.ones(scores.values.size, bool)
        removed[int(scores.values.argmax())] = False
        scores.remove(removed, "temperature")
        return
    top = float(scores.values.max())
    with np.errstate(over="ignore", under="ignore"):
        shifted = (scores.values - top) / temperature
        weights = np.exp(shifted)
        true = scores.values / temperature
    left = scores.reasons == 0
    if np.isfinite(true[left]).all():
        scores.change(true, weights)
    else:
        scores.change(shifted, weights)
        scores.are_true = False
    vanished = left & (weights == 0)
    if vanished.any():
        scores.remove(vanished, "temperature")


def apply_top_k(scores: Scores, k: int) -> None:
    """Keep the `k` likeliest, ties to the lower id (Fan et al. 2018)."""
    weights = scores.weights()
    if 0 < k < np.count_nonzero(weights):
        threshold = float(np.partition(weights, weights.size - k)[-k])
        scores.remove(~_down_to(weights, threshold, k), "top_k")


def apply_top_p(scores: Scores, p: float) -> None:
    """Keep the fewest likeliest tokens that reach `p` together (Holtzman et al. 2020)."""
    weights = scores.weights()
    left = weights[weights > 0]
    threshold, n_kept = _nucleus(left, p * float(left.sum()))
    scores.remove(~_down_to(weights, threshold, n_kept), "top_p")


def apply_min_p(scores: Scores, share: float) -> None:
    """Keep tokens that are at least `share` as likely as the likeliest (Nguyen et al. 2024)."""
    weights = scores.weights()
    scores.remove(weights < share * float(weights.max()), "min_p")


def apply_typical_p(scores: Scores, p: float) -> None:
    """Keep the tokens whose surprise is closest to the entropy, until they reach `p` together.

    Ties at the edge stay, as in transformers (Meister et al. 2023).
    """
    weights = scores.weights()
    ids = np.flatnonzero(weights)
    probs = weights[ids] / weights[ids].sum()
    surprise = -np.log(probs)
    distance = np.abs(surprise - float((probs * surprise).sum()))
    order = np.argsort(distance, kind="stable")
    reached = int(np.count_nonzero(np.cumsum(probs[order]) < p))
    edge = distance[order[min(reached, order.size - 1)]]
    removed = np.ones(weights.size, bool)
    removed[ids[distance <= edge]] = False
    scores.remove(removed, "typical_p")


FILTERS: dict[Stage, Callable[[Scores, float], None]] = {
    "top_p": apply_top_p,
    "min_p": apply_min_p,
    "typical_p": apply_typical_p,
}


def _down_to(weights: Float64Array, threshold: float, n: int) -> BoolArray:
    """Mark the `n` largest weights, the last of which equals `threshold`, ties to the lower id."""
    kept = weights > threshold
    ties = np.flatnonzero(weights == threshold)
    kept[ties[: n - int(np.count_nonzero(kept))]] = True
    return kept


def _nucleus(weights: Float64Array, mass: float) -> tuple[float, int]:
    """The fewest largest weights that together reach `mass`: the last of them, and their number.

    Halves the candidates again and again by partition, which is linear in V all together,
    where sorting a flat distribution over a large vocabulary would take longer than a frame.
    """
    candidates = weights.copy()
    above, n_above = 0.0, 0  # mass and number of the weights already known to be kept
    while candidates.size > _SORTED_AT_ONCE:
        middle = candidates.size // 2
        candidates.partition(middle)
        upper = candidates[middle:]
        upper_mass = float(upper.sum())
        if above + upper_mass >= mass:
            candidates = upper
        else:
            above += upper_mass
            n_above += upper.size
            candidates = candidates[:middle]
    descending = np.sort(candidates)[::-1]
    reached = int(np.searchsorted(above + np.cumsum(descending), mass, side="left"))
    last = min(reached, descending.size - 1)  # rounding may leave the sum a hair below the mass
    return float(descending[last]), n_above + last + 1
