"""From logits to the distribution that is drawn from: NumPy only, so any thread may call it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError

RemovedBy = Literal["", "top_k", "top_p", "min_p"]


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
        kept: (V,) bool, whether a token can still be drawn.
        entropy_bits: Of `probs`.
    """

    probs: npt.NDArray[np.float64]
    sampled_probs: npt.NDArray[np.float64]
    kept: npt.NDArray[np.bool_]
    entropy_bits: float


def shape_distribution(
    logits: npt.NDArray[np.floating], params: SamplingParams, previous_ids: Sequence[int] = ()
) -> SampledDistribution:
    """Apply the parameters in transformers' order."""
    raise NotImplementedError
