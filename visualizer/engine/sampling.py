"""From logits to the distribution that is drawn from: NumPy only, so any thread may call it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.engine.sampling_stages import (
    FILTERS,
    STAGES,
    Scores,
    Stage,
    apply_bias,
    apply_penalty,
    apply_temperature,
    apply_top_k,
)

FloatArray = npt.NDArray[np.floating]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

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
        return stage not in self.off and self._values()[stage]

    def _values(self) -> dict[Stage, bool]:
        return {
            "bias": bool(self.biases or self.banned),
            "repetition": self.repetition_penalty != 1,
            "frequency": self.frequency_penalty != 0,
            "presence": self.presence_penalty != 0,
            "temperature": self.temperature != 1,
            "top_k": self.top_k > 0,
            "top_p": self.top_p < 1,
            "min_p": self.min_p > 0,
            "typical_p": self.typical_p < 1,
        }


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
    logits: FloatArray, params: SamplingParams, previous_ids: Sequence[int] = ()
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
    raw = checked_logits(logits)
    probs, entropy = _softmax_and_entropy(raw - raw.max())
    scores = Scores.of(raw)
    for stage in params.order:
        if params.is_active(stage):
            apply_stage(scores, stage, params, previous_ids)
    return _distribution(scores, probs, entropy)


def apply_stage(
    scores: Scores, stage: Stage, params: SamplingParams, previous_ids: Sequence[int]
) -> None:
    """Let one stage act with its value in `params`; the errors are those of the stages."""
    if stage == "bias":
        apply_bias(scores, params.biases, params.banned)
    elif stage in ("repetition", "frequency", "presence"):
        penalty = {
            "repetition": params.repetition_penalty,
            "frequency": params.frequency_penalty,
            "presence": params.presence_penalty,
        }[stage]
        apply_penalty(scores, stage, penalty, previous_ids)
    elif stage == "temperature":
        apply_temperature(scores, params.temperature)
    elif stage == "top_k":
        apply_top_k(scores, params.top_k)
    else:
        value = {"top_p": params.top_p, "min_p": params.min_p, "typical_p": params.typical_p}
        FILTERS[stage](scores, value[stage])


def _distribution(scores: Scores, probs: Float64Array, entropy: float) -> SampledDistribution:
    weights, reasons = scores.weights(), scores.reasons
    sampled = weights / weights.sum()
    below_float = (sampled == 0) & (reasons == 0)
    reasons[below_float] = 1 + STAGES.index("temperature")
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
