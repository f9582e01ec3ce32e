"""From logits to the distribution that is drawn from: NumPy only, so any thread may call it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.engine.sampling_stages import (
    FILTERS,
    PENALTIES,
    STAGES,
    Float64Array,
    Int64Array,
    Scores,
    Seen,
    Stage,
    TokenIds,
    apply_bias,
    apply_penalty,
    apply_temperature,
    apply_top_k,
)

FloatArray = npt.NDArray[np.floating]

RemovedBy = Literal[""] | Stage
"""What keeps a token from being drawn; temperature, when it leaves a probability of zero."""


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
        frequency_penalty: Subtracted from a token's logit for each time it is in the text, in
            [-100, 100]; 0 is off.
        presence_penalty: Subtracted once from logits of tokens in the text; likewise.
        typical_p: Keep the tokens whose surprise is nearest to the entropy until they reach this
            probability, in (0, 1]; 1 is off.
        biases: Token ids and what is added to their logits, each id once.
        banned: Token ids that are never drawn.
        order: All of STAGES, in the order in which they act.
        off: Stages that are switched off, whatever their value.

    Raises:
        UsageError: A value is out of its range or not a number.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    typical_p: float = 1.0
    biases: tuple[tuple[int, float], ...] = ()
    banned: tuple[int, ...] = ()
    order: tuple[Stage, ...] = STAGES
    off: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        _require("temperature", self.temperature, 0.0, math.inf)
        _require("top_k", self.top_k, 0, math.inf)
        _require("top_p", self.top_p, 0.0, 1.0)
        _require("min_p", self.min_p, 0.0, 1.0)
        if not 0 < self.repetition_penalty < math.inf:
            raise UsageError(
                "repetition penalty must be above 0, got {value}", value=self.repetition_penalty
            )
        _require("frequency penalty", self.frequency_penalty, -100.0, 100.0)
        _require("presence penalty", self.presence_penalty, -100.0, 100.0)
        if not 0 < self.typical_p <= 1:
            raise UsageError(
                "typical_p must be above 0 and at most 1, got {value}", value=self.typical_p
            )
        for _, bias in self.biases:
            _require("logit bias", bias, -1000.0, 1000.0)
        if sorted(self.order) != sorted(STAGES) or not set(self.off) <= set(STAGES):
            raise UsageError(
                "The stages must be {stages}, each once, got {order}",
                stages=", ".join(STAGES),
                order=", ".join(self.order),
            )

    def is_active(self, stage: Stage) -> bool:
        """Whether a stage can change anything."""
        if stage in self.off:
            return False
        if stage == "bias":
            return bool(self.biases or self.banned)
        return self.value_of(stage) != NEUTRAL_VALUES[stage]

    def value_of(self, stage: Stage) -> float:
        """The number that a stage other than "bias" acts with."""
        value: float = getattr(self, FIELDS[stage])
        return value

    def with_value(self, stage: Stage, value: float) -> SamplingParams:
        """The same with another number for a stage; UsageError for one out of its range."""
        changed: dict[str, Any] = {FIELDS[stage]: round(value) if stage == "top_k" else value}
        return replace(self, **changed)


FIELDS: dict[Stage, str] = {
    "repetition": "repetition_penalty",
    "frequency": "frequency_penalty",
    "presence": "presence_penalty",
    "temperature": "temperature",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "typical_p": "typical_p",
}
"""What each stage's number is called in SamplingParams; "bias" has none."""
NEUTRAL_VALUES: dict[Stage, float] = {
    "repetition": 1.0,
    "frequency": 0.0,
    "presence": 0.0,
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "typical_p": 1.0,
}
"""The numbers with which the stages change nothing."""


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
        code = 0 if self.reasons is None else int(self.reasons[token_id])
        return "" if code == 0 else STAGES[code - 1]


def shape_distribution(
    logits: FloatArray, params: SamplingParams, previous_ids: TokenIds = ()
) -> SampledDistribution:
    """Shape raw logits into the distribution that is drawn from.

    The stages act in the order of `params.order`, each on what the one before has left. The
    first order is that of `transformers`, with one difference: a tie at the edge of top-k is
    broken to the lower id, never kept whole. Tokens tie when their probabilities are equal in
    float64.

    Args:
        logits: (V,) raw scores after one token.
        params: How to shape them.
        previous_ids: Tokens of prompt and completion, for the penalties.

    Raises:
        NonFiniteError: `logits` holds NaN or infinity.
        UsageError: A penalty is so extreme that the penalised logits are no finite numbers, a
            bias or ban is of an unknown token, or everything is banned.
        ValueError: `logits` is not one-dimensional, or a previous id is outside of it.
    """
    probs, entropy, scores = unshaped(logits)
    run_stages(scores, params.order, params, seen_by(params, previous_ids))
    return _distribution(scores, probs, entropy)


def unshaped(logits: FloatArray) -> tuple[Float64Array, float, Scores]:
    """Probabilities (V,) before any stage, their entropy in bits, and the scores to shape.

    Raises:
        NonFiniteError: `logits` holds NaN or infinity.
        ValueError: `logits` is not one-dimensional.
    """
    raw = checked_logits(logits)
    shifted = raw - raw.max()
    with np.errstate(under="ignore"):
        weights = np.exp(shifted)
        total = float(weights.sum())
        probs = weights / total
        # No dot product: BLAS would wake its threads for this, which wait for a busy processor.
        mean = float(np.multiply(weights, shifted, out=shifted).sum()) / total
    entropy = max(0.0, (math.log(total) - mean) / math.log(2))
    return probs, entropy, Scores.of(raw, weights)


def seen_by(params: SamplingParams, previous_ids: TokenIds) -> Seen:
    """The text so far as the penalties see it; it is counted only if one is on."""
    if any(params.is_active(stage) for stage in PENALTIES):
        return Seen.of(previous_ids)
    return Seen.of(())


def run_stages(scores: Scores, stages: Sequence[Stage], params: SamplingParams, seen: Seen) -> None:
    """Let those of `stages` act that are on, one after the other."""
    for stage in stages:
        if params.is_active(stage):
            apply_stage(scores, stage, params, seen)


def apply_stage(scores: Scores, stage: Stage, params: SamplingParams, seen: Seen) -> None:
    """Let one stage act with its value in `params`; the errors are those of the stages."""
    if stage == "bias":
        apply_bias(scores, params.biases, params.banned)
    elif stage == "temperature":
        apply_temperature(scores, params.temperature)
    elif stage == "top_k":
        apply_top_k(scores, params.top_k)
    elif stage in PENALTIES:
        apply_penalty(scores, stage, params.value_of(stage), seen)
    else:
        FILTERS[stage](scores, params.value_of(stage))


def _distribution(scores: Scores, probs: Float64Array, entropy: float) -> SampledDistribution:
    weights, reasons, ids = scores.weights(), scores.reasons, scores.ids
    with np.errstate(under="ignore"):
        left = weights / weights.sum()
    if left.min() == 0:
        below_float = np.flatnonzero(left == 0)
        below_float = below_float if ids is None else ids[below_float]
        reasons[below_float] = 1 + STAGES.index("temperature")
    if ids is None:
        return SampledDistribution(probs, left, reasons == 0, entropy, reasons)
    sampled = np.zeros(probs.size)
    sampled[ids] = left
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
    values = checked_logits(logits)
    n = max(0, min(n, values.size))
    if n == 0:
        return np.zeros(0, np.int64)
    floor = np.partition(values, values.size - n)[values.size - n]
    candidates = np.flatnonzero(values >= floor)  # n of them, or more on a tie
    order = np.argsort(-values[candidates], kind="stable")[:n]
    return candidates[order].astype(np.int64)


def softmax(logits: FloatArray) -> Float64Array:
    """(V,) float64 probabilities over the whole vocabulary; NonFiniteError for NaN, infinity."""
    raw = checked_logits(logits)
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
    raw = checked_logits(logits)
    shifted = raw - raw.max()
    return float(shifted[token_id] - math.log(float(np.exp(shifted).sum())))


def checked_logits(logits: FloatArray) -> Float64Array:
    """Logits (V,) as float64; NonFiniteError or ValueError for anything that is none."""
    if logits.ndim != 1 or logits.size == 0:
        raise ValueError(f"expected logits of shape (V,), got {logits.shape}")
    raw = logits.astype(np.float64)
    if not (math.isfinite(raw.min()) and math.isfinite(raw.max())):  # NaN is both
        raise NonFiniteError(
            "The model gave numbers that are not finite: its weights or its precision are at "
            "fault. Try another dtype."
        )
    return raw
