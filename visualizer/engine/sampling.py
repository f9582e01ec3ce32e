"""From logits to the distribution that is drawn from: NumPy only, so any thread may call it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import NonFiniteError, UsageError

FloatArray = npt.NDArray[np.floating]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

RemovedBy = Literal["", "temperature", "top_k", "top_p", "min_p"]
"""What keeps a token from being drawn; temperature, when it leaves a probability of zero."""

_REASONS: tuple[RemovedBy, ...] = ("", "temperature", "top_k", "top_p", "min_p")
_SORTED_AT_ONCE = 2048  # a nucleus is narrowed down to this many tokens before they are sorted


@dataclass(frozen=True)
class SamplingParams:
    """How the user asked for the distribution to be shaped.

    Attributes:
        temperature: Divisor of the logits, >= 0; 0 is greedy.
        top_k: Keep exactly this many tokens, ties to the lower id; 0 is off.
        top_p: Keep the fewest tokens whose probability reaches this, in [0, 1]; 1 is off, and
            0 keeps the likeliest token.
        min_p: Keep tokens at least this share of the likeliest one, in [0, 1]; 0 is off.
        repetition_penalty: Divides positive and multiplies negative logits of tokens already
            in the text, > 0; 1 is off.

    Raises:
        UsageError: A value is out of its range or not a number.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        _require("temperature", self.temperature, 0.0, math.inf)
        _require("top_k", self.top_k, 0, math.inf)
        _require("top_p", self.top_p, 0.0, 1.0)
        _require("min_p", self.min_p, 0.0, 1.0)
        if not 0 < self.repetition_penalty < math.inf:
            raise UsageError(
                "repetition penalty must be above 0, got {value}", value=self.repetition_penalty
            )


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high or value == math.inf:
        if high == math.inf:
            raise UsageError(
                "{name} must be at least {low}, got {value}", name=name, low=low, value=value
            )
        raise UsageError(
            "{name} must be from {low} to {high}, got {value}",
            name=name,
            low=low,
            high=high,
            value=value,
        )


@dataclass(frozen=True, eq=False)
class SampledDistribution:
    """What the sampling parameters make of one position's logits.

    Attributes:
        probs: (V,) float64 softmax over the whole vocabulary before any parameter.
        sampled_probs: (V,) float64 after all of them: >= 0, sums to 1, 0 where removed.
        kept: (V,) bool, whether a token can still be drawn: `sampled_probs` is above 0.
        entropy_bits: Of `probs`.
        reasons: (V,) uint8, for `removed_by`; None where it was not recorded.
    """

    probs: Float64Array
    sampled_probs: Float64Array
    kept: npt.NDArray[np.bool_]
    entropy_bits: float
    reasons: npt.NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        for array in (self.probs, self.sampled_probs, self.kept, self.reasons):
            if array is not None:
                array.flags.writeable = False

    def removed_by(self, token_id: int) -> RemovedBy:
        """The parameter that removed a token, "" for one that is kept or not recorded."""
        return "" if self.reasons is None else _REASONS[int(self.reasons[token_id])]


def shape_distribution(
    logits: FloatArray, params: SamplingParams, previous_ids: Sequence[int] = ()
) -> SampledDistribution:
    """Shape raw logits into the distribution that is drawn from.

    In this order: repetition penalty, temperature, top-k, top-p, min-p; each works on the
    softmax of what the one before has left. It is the order of `transformers`, with one
    difference: a tie at the edge of top-k is broken to the lower id, never kept whole. Tokens
    tie when their probabilities are equal in float64.

    Args:
        logits: (V,) raw scores after one token.
        params: How to shape them.
        previous_ids: Tokens of prompt and completion, for the repetition penalty.

    Raises:
        NonFiniteError: `logits` holds NaN or infinity.
        UsageError: The repetition penalty is so extreme that the penalised logits are no
            finite numbers.
        ValueError: `logits` is not one-dimensional, or a previous id is outside of it.

    Source:
        Keskar et al. 2019 (repetition penalty), Fan et al. 2018 (top-k), Holtzman et al. 2020
        (top-p), Nguyen et al. 2024 (min-p).
    """
    raw = _checked(logits)
    shifted = raw - raw.max()
    probs, entropy = _softmax_and_entropy(shifted)
    if params.repetition_penalty != 1 and len(previous_ids):
        shifted = _penalised(raw, params.repetition_penalty, previous_ids)
    reasons = np.zeros(raw.size, np.uint8)
    if params.temperature == 0:
        sampled = np.zeros(raw.size)
        sampled[int(shifted.argmax())] = 1.0
        reasons[sampled == 0] = _REASONS.index("temperature")
        return SampledDistribution(probs, sampled, sampled > 0, entropy, reasons)
    with np.errstate(over="ignore", under="ignore"):
        weights = np.exp(shifted / params.temperature)  # (V,), the likeliest has 1
    reasons[weights == 0] = _REASONS.index("temperature")
    _remove_unlikely(weights, reasons, params)
    sampled = weights / weights.sum()
    below_float = (sampled == 0) & (reasons == 0)
    reasons[below_float] = _REASONS.index("temperature")
    return SampledDistribution(probs, sampled, reasons == 0, entropy, reasons)


def draw(distribution: SampledDistribution, rng: np.random.Generator) -> int:
    """Draw a token id; takes exactly one number from `rng`, greedy or not."""
    ids = np.flatnonzero(distribution.kept)
    cumulative = np.cumsum(distribution.sampled_probs[ids])
    place = np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")
    return int(ids[min(int(place), ids.size - 1)])


def rank_candidates(logits: FloatArray, n: int) -> Int64Array:
    """Ids of the `n` highest logits, highest first, ties to the lower id; (min(n, V),) int64.

    Raises:
        NonFiniteError: `logits` holds NaN or infinity.
    """
    values = _checked(logits)
    n = max(0, min(n, values.size))
    if n == 0:
        return np.zeros(0, np.int64)
    floor = np.partition(values, values.size - n)[values.size - n]
    candidates = np.flatnonzero(values >= floor)  # n of them, or more on a tie
    order = np.argsort(-values[candidates], kind="stable")[:n]
    return candidates[order].astype(np.int64)


def softmax(logits: FloatArray) -> Float64Array:
    """(V,) float64 probabilities over the whole vocabulary; NonFiniteError for NaN, infinity."""
    raw = _checked(logits)
    weights: Float64Array = np.exp(raw - raw.max())
    weights /= weights.sum()
    return weights


def entropy_bits(probs: npt.NDArray[np.float64]) -> float:
    """Entropy of a distribution in bits; a probability of 0 adds nothing."""
    present = probs[probs > 0]
    return max(0.0, -float((present * np.log2(present)).sum()))


def logprob(logits: FloatArray, token_id: int) -> float:
    """Natural logarithm of a token's probability, from the logits, so never rounded to -inf.

    Raises:
        NonFiniteError: `logits` holds NaN or infinity.
    """
    raw = _checked(logits)
    shifted = raw - raw.max()
    return float(shifted[token_id] - math.log(float(np.exp(shifted).sum())))


def _checked(logits: FloatArray) -> Float64Array:
    if logits.ndim != 1 or logits.size == 0:
        raise ValueError(f"expected logits of shape (V,), got {logits.shape}")
    raw = logits.astype(np.float64)
    if not np.isfinite(raw).all():
        raise NonFiniteError(
            "The model gave numbers that are not finite: its weights or its precision are at "
            "fault. Try another dtype."
        )
    return raw


def _softmax_and_entropy(shifted: Float64Array) -> tuple[Float64Array, float]:
    """Softmax of logits whose largest is 0, and its entropy in bits."""
    probs = np.exp(shifted)
    total = float(probs.sum())
    probs /= total
    # No dot product: BLAS would wake its threads for this, which wait for a busy processor.
    nats = math.log(total) - float((probs * shifted).sum())
    return probs, max(0.0, nats / math.log(2))


def _penalised(raw: Float64Array, penalty: float, previous_ids: Sequence[int]) -> Float64Array:
    """Logits after the repetition penalty, shifted so that the largest is 0; (V,) float64."""
    ids = np.unique(np.asarray(previous_ids, np.int64))
    if ids[0] < 0 or ids[-1] >= raw.size:
        raise ValueError(f"previous ids must be from 0 to {raw.size - 1}, got {ids[[0, -1]]}")
    scores = raw.copy()
    with np.errstate(over="ignore", under="ignore"):
        seen = scores[ids]
        scores[ids] = np.where(seen < 0, seen * penalty, seen / penalty)
    if not np.isfinite(scores).all():
        raise UsageError(
            "A repetition penalty of {value} is too extreme: the penalised logits are not finite.",
            value=penalty,
        )
    scores -= scores.max()
    return scores


def _remove_unlikely(
    weights: Float64Array, reasons: npt.NDArray[np.uint8], params: SamplingParams
) -> None:
    """Set the weights that top-k, top-p and min-p remove to 0, and note which of them did.

    Args:
        weights: (V,) >= 0, the largest 1; changed in place.
        reasons: (V,) 0 for the tokens that are left; changed in place.
        params: Whose top_k, top_p and min_p.
    """
    if 0 < params.top_k < weights.size:
        _keep_only(weights, reasons, _largest(weights, params.top_k), "top_k")
    if params.top_p < 1:
        left = weights[weights > 0]
        threshold, n_kept = _nucleus(left, params.top_p * float(left.sum()))
        _keep_only(weights, reasons, _down_to(weights, threshold, n_kept), "top_p")
    if params.min_p > 0:
        _keep_only(weights, reasons, weights >= params.min_p, "min_p")


def _keep_only(
    weights: Float64Array,
    reasons: npt.NDArray[np.uint8],
    kept: npt.NDArray[np.bool_],
    reason: RemovedBy,
) -> None:
    removed = ~kept
    reasons[removed & (reasons == 0)] = _REASONS.index(reason)
    weights[removed] = 0.0


def _largest(weights: Float64Array, n: int) -> npt.NDArray[np.bool_]:
    """Mark the `n` largest of (V,) weights, ties to the lower id; 0 < n < V."""
    return _down_to(weights, float(np.partition(weights, weights.size - n)[-n]), n)


def _down_to(weights: Float64Array, threshold: float, n: int) -> npt.NDArray[np.bool_]:
    """Mark the `n` largest weights, the last of which equals `threshold`."""
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
