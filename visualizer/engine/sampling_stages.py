"""The stages between logits and the distribution that is drawn from, in any order. NumPy only.

Each stage sees the scores that the one before has left, as in the samplers of transformers and
llama.cpp: a filter works on the softmax of the tokens that are still there, and a penalty on
their scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError

Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
TokenIds = Sequence[int] | Int64Array

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
PENALTIES: tuple[Stage, ...] = ("repetition", "frequency", "presence")
"""The stages that look at the text so far."""
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

_BLOCK = 32  # weights of which one maximum is taken
_BINS = 4096
_FARTHEST = 750.0  # exp(-750) is 0
_SORTED_AT_ONCE = 2048  # more tokens than this are first told apart roughly


@dataclass(eq=False)
class Scores:
    """The scores of a vocabulary on their way through the stages.

    Only the tokens that are left are held, so that what follows a filter costs next to nothing.
    No array is changed in place but `reasons`.

    Attributes:
        ids: (n,) int64 tokens that are left, rising; None while that is the whole vocabulary.
        reasons: (V,) uint8: 0 for a token that is left, else 1 + the index in STAGES of the stage
            that removed it.
        are_true: Whether `values` are scores, and not only differences between them, which is all
            that is left of scores divided by a temperature near 0.
        places: Of what the last filter left, among what was there before it; None at first.
    """

    reasons: npt.NDArray[np.uint8]
    ids: Int64Array | None
    are_true: bool
    places: Int64Array | None
    _undivided: Float64Array
    _divisor: float
    _weights: Float64Array | None

    @classmethod
    def of(cls, logits: Float64Array, weights: Float64Array | None = None) -> Scores:
        """All tokens of (V,) finite float64 logits; `weights`, if known, as `weights()` has it."""
        return cls(np.zeros(logits.size, np.uint8), None, True, None, logits, 1.0, weights)

    def fork(self) -> Scores:
        """The same, to go another way."""
        return replace(self, reasons=self.reasons.copy())

    @property
    def n_left(self) -> int:
        """How many tokens are left."""
        return self._undivided.size

    def values(self) -> Float64Array:
        """(n,) scores of the tokens that are left."""
        if self._divisor != 1.0:
            self._undivided, self._divisor = self._undivided / self._divisor, 1.0
        return self._undivided

    def shifted(self) -> Float64Array:
        """(n,) how far each score is below the largest; 0 and less."""
        shifted: Float64Array = self._undivided - self._undivided.max()
        if self._divisor != 1.0:
            with np.errstate(over="ignore", under="ignore"):
                shifted /= self._divisor
        return shifted

    def weights(self) -> Float64Array:
        """(n,) exp(score - largest score): the softmax before it is divided by its sum."""
        if self._weights is None:
            shifted = self.shifted()
            with np.errstate(under="ignore"):
                self._weights = np.exp(shifted, out=shifted)
        return self._weights

    def change(self, values: Float64Array) -> None:
        """Other scores for the tokens that are left."""
        self._undivided, self._divisor, self._weights = values, 1.0, None

    def divide(self, divisor: float) -> None:
        """Divide the scores; they are read only when something asks for them."""
        values = self.values()
        with np.errstate(over="ignore", under="ignore"):
            top, bottom = values.max() / divisor, values.min() / divisor
        self._undivided, self._divisor, self._weights = values, divisor, None
        if not (np.isfinite(top) and np.isfinite(bottom)):
            self.change(self.shifted())
            self.are_true = False

    def keep(self, places: Int64Array, stage: Stage) -> None:
        """Take out all tokens but those at these places among what is left, in rising order."""
        if places.size == self.n_left:
            return
        code, reasons = 1 + STAGES.index(stage), self.reasons
        weights = self.weights()
        if self.ids is None:
            reasons.fill(code)
            self.ids = places
        else:
            reasons[self.ids] = code
            self.ids = self.ids[places]
        reasons[self.ids] = 0
        self.places = places
        self._undivided, weights = self._undivided[places], weights[places]
        # Without the likeliest token the others are measured anew: they may all be next to 0.
        self._weights = weights if weights.max() == 1.0 else None

    def places_of(self, token_ids: Int64Array) -> tuple[Int64Array, BoolArray]:
        """Where tokens are among what is left, and which of them are: (m,) int64 and (m,) bool."""
        if self.ids is None:
            return token_ids, np.ones(token_ids.size, np.bool_)
        places = np.searchsorted(self.ids, token_ids)
        places[places == self.ids.size] = 0
        return places, self.ids[places] == token_ids


@dataclass(frozen=True, eq=False)
class Seen:
    """The tokens of the text so far, for the penalties.

    Attributes:
        ids: (m,) int64, each once, rising.
        counts: (m,) int64, how often each occurs.
    """

    ids: Int64Array
    counts: Int64Array

    @classmethod
    def of(cls, token_ids: TokenIds) -> Seen:
        """Count the tokens of a text."""
        return cls(*np.unique(np.asarray(token_ids, np.int64), return_counts=True))


def apply_penalty(scores: Scores, stage: Stage, value: float, seen: Seen) -> None:
    """The repetition, frequency or presence penalty on tokens of the text so far.

    Repetition divides positive scores and multiplies negative ones, however often a token
    occurred (Keskar et al. 2019). Frequency subtracts `value` for each occurrence, presence once
    (the OpenAI API's definition, over prompt and completion alike).

    Raises:
        UsageError: The penalised scores are no finite numbers.
        ValueError: A previous id is outside of the vocabulary.
    """
    if not seen.ids.size:
        return
    size = scores.reasons.size
    if seen.ids[0] < 0 or seen.ids[-1] >= size:
        raise ValueError(f"previous ids must be from 0 to {size - 1}, got {seen.ids[[0, -1]]}")
    places, are_left = scores.places_of(seen.ids)
    places, counts = places[are_left], seen.counts[are_left]
    values = scores.values().copy()
    before = values[places]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if stage == "repetition":
            after = np.where(before < 0, before * value, before / value)
        else:
            after = before - value * (counts if stage == "frequency" else 1)
    if not np.isfinite(after).all() or (stage == "repetition" and not scores.are_true):
        raise UsageError(
            "A {stage} penalty of {value} is too extreme: the penalised logits are not finite.",
            stage=stage,
            value=value,
        )
    values[places] = after
    scores.change(values)


def apply_bias(scores: Scores, biases: Sequence[tuple[int, float]], banned: Sequence[int]) -> None:
    """Add to the scores of some tokens, and take others out.

    Raises:
        UsageError: An id is not in the vocabulary, or no token would be left.
    """
    size = scores.reasons.size
    for token_id in (*(i for i, _ in biases), *banned):
        if not 0 <= token_id < size:
            raise UsageError(
                "There is no token {token_id} to favour or ban: the vocabulary has {size}.",
                token_id=token_id,
                size=size,
            )
    if biases:
        places, are_left = scores.places_of(np.array([i for i, _ in biases], np.int64))
        values = scores.values().copy()
        values[places[are_left]] += np.array([bias for _, bias in biases])[are_left]
        scores.change(values)
    if not banned:
        return
    places, are_left = scores.places_of(np.array(banned, np.int64))
    kept = np.ones(scores.n_left, np.bool_)
    kept[places[are_left]] = False
    left = np.flatnonzero(kept)
    if not left.size:
        raise UsageError(
            "Every token that could still be drawn is banned: take one off the list of {n}.",
            n=len(banned),
        )
    scores.keep(left, "bias")


def apply_temperature(scores: Scores, temperature: float) -> None:
    """Divide the scores; 0 leaves only the highest, the lowest id among equals.

    A token whose probability becomes 0 in float64 counts as removed.
    """
    if temperature == 0:
        best = int(scores.values().argmax())
        scores.keep(np.array([best], np.int64), "temperature")
        return
    scores.divide(temperature)
    weights = scores.weights()
    if weights.min() == 0:
        scores.keep(np.flatnonzero(weights), "temperature")


def apply_top_k(scores: Scores, k: int) -> None:
    """Keep the `k` likeliest, ties to the lower id (Fan et al. 2018)."""
    weights = scores.weights()
    if not 0 < k < weights.size:
        return
    likely = _likely(weights, k)
    if likely.size < k:
        return
    among = weights[likely]
    threshold = float(np.partition(among, among.size - k)[-k])
    scores.keep(likely[_down_to(among, threshold, k)], "top_k")


def apply_top_p(scores: Scores, p: float) -> None:
    """Keep the fewest likeliest tokens that reach `p` together (Holtzman et al. 2020)."""
    weights = scores.weights()
    mass = p * float(weights.sum())
    likely = _likely(weights, weights.size // (4 * _BLOCK))
    among = weights[likely]
    if float(among.sum()) < mass:  # a flat distribution: the edge is further down
        likely = np.flatnonzero(weights)
        among = weights[likely]
    threshold, n_kept = _nucleus(among, mass)
    scores.keep(likely[_down_to(among, threshold, n_kept)], "top_p")


def apply_min_p(scores: Scores, share: float) -> None:
    """Keep tokens that are at least `share` as likely as the likeliest (Nguyen et al. 2024)."""
    weights = scores.weights()
    scores.keep(np.flatnonzero(weights >= share * float(weights.max())), "min_p")


def apply_typical_p(scores: Scores, p: float) -> None:
    """Keep the tokens whose surprise is closest to the entropy, until they reach `p` together.

    Ties at the edge stay, as in transformers (Meister et al. 2023).
    """
    shifted, weights = scores.shifted(), scores.weights()
    total = float(weights.sum())
    # Surprise and its mean, the entropy, are both measured from that of the likeliest token.
    mean = float((weights * shifted).sum()) / total
    distance = np.subtract(shifted, mean, out=shifted)
    np.abs(distance, out=distance)
    edge = _typical_edge(distance, weights, p * total)
    kept = distance <= edge
    if weights.min() == 0:
        kept &= weights > 0
    scores.keep(np.flatnonzero(kept), "typical_p")


FILTERS: dict[Stage, Callable[[Scores, float], None]] = {
    "top_p": apply_top_p,
    "min_p": apply_min_p,
    "typical_p": apply_typical_p,
}


def _likely(weights: Float64Array, n: int) -> Int64Array:
    """Places of the largest weights above 0, of at least `n` if there are as many; rising.

    The n-th of the maxima of blocks is a weight that at least n tokens have: with it almost all
    others are told apart in two passes, where a partition needs many.
    """
    n_blocks = weights.size // _BLOCK
    if not 0 < n <= n_blocks // 2:
        return np.flatnonzero(weights)
    maxima = weights[: n_blocks * _BLOCK].reshape(_BLOCK, n_blocks).max(axis=0)
    floor = np.partition(maxima, n_blocks - n)[n_blocks - n]
    return np.flatnonzero(weights >= floor if floor > 0 else weights)


def _down_to(weights: Float64Array, threshold: float, n: int) -> BoolArray:
    """Mark the `n` largest weights, the last of which equals `threshold`, ties to the lower id."""
    kept = weights > threshold
    ties = np.flatnonzero(weights == threshold)
    kept[ties[: n - int(np.count_nonzero(kept))]] = True
    return kept


def _typical_edge(distance: Float64Array, weights: Float64Array, mass: float) -> float:
    """The largest distance of the nearest tokens that together have `mass`."""
    inside, before, _ = _bin_at(distance, weights, mass)
    distance, weights = distance[inside], weights[inside]
    order = np.argsort(distance, kind="stable")
    reached = int(np.count_nonzero(before + np.cumsum(weights[order]) < mass))
    return float(distance[order[min(reached, order.size - 1)]])


def _nucleus(weights: Float64Array, mass: float) -> tuple[float, int]:
    """The fewest largest weights that together reach `mass`: the last of them, and their number."""
    with np.errstate(divide="ignore"):
        inside, above, n_above = _bin_at(-np.log(weights), weights, mass)
    descending = np.sort(weights[inside])[::-1]
    reached = int(np.searchsorted(above + np.cumsum(descending), mass, side="left"))
    last = min(reached, descending.size - 1)  # rounding may leave the sum a hair below the mass
    return float(descending[last]), n_above + last + 1


def _bin_at(
    distance: Float64Array, weights: Float64Array, mass: float
) -> tuple[Int64Array, float, int]:
    """The tokens, in the order of their distances, among which the sum of weights reaches `mass`.

    They are counted in bins of equal width, in a few passes over V, where sorting a flat
    distribution over a large vocabulary would take longer than a frame.

    Returns:
        Their places; the weight and the number of all that are nearer.
    """
    least, most = float(distance.min()), float(distance.max())
    reach = min(most - least, _FARTHEST)
    if distance.size <= _SORTED_AT_ONCE or reach == 0:
        return np.arange(distance.size), 0.0, 0
    scaled = (distance - least) * (_BINS / reach)
    bins = np.minimum(scaled, _BINS, out=scaled).astype(np.int32)
    held = np.cumsum(np.bincount(bins, weights, _BINS + 1))
    place = min(int(np.searchsorted(held, mass, side="left")), int(bins.max()))
    inside = np.flatnonzero(bins == place)
    if not place or not inside.size:
        return inside if inside.size else np.arange(distance.size), 0.0, 0
    return inside, float(held[place - 1]), int(np.count_nonzero(bins < place))
