"""What a token was drawn from: the likeliest tokens of one step's distribution. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.sampling import SampledDistribution, checked_logits, rank_candidates

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Alternative:
    """A token that could have been drawn at a step.

    Attributes:
        token_id: In the vocabulary.
        logprob: Natural log of its probability before sampling parameters.
        sampled_logprob: The same after them; -inf where they removed it.
    """

    token_id: int
    logprob: float
    sampled_logprob: float


@dataclass(frozen=True, eq=False)
class StepCandidates:
    """The distribution of one step: its likeliest tokens, and all others together.

    Attributes:
        ids: (n,) int64, likeliest first before sampling parameters, so that the first has rank 1.
        logits: (n,) float32, before any parameter.
        logprobs: (n,) float64, natural log of the probability before sampling parameters.
        sampled_logprobs: (n,) float64, the same after them; -inf where they removed the token.
        rest_prob: Probability of all other tokens together, before sampling parameters.
        rest_sampled_prob: The same after them.
        entropy_bits: Of the whole distribution before sampling parameters.
        drawn_logit: Of the token that was drawn, whether it is among `ids` or not.
    """

    ids: Int64Array
    logits: Float32Array
    logprobs: Float64Array
    sampled_logprobs: Float64Array
    rest_prob: float
    rest_sampled_prob: float
    entropy_bits: float
    drawn_logit: float

    def __post_init__(self) -> None:
        for array in (self.ids, self.logits, self.logprobs, self.sampled_logprobs):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.ids)

    def alternatives(self) -> tuple[Alternative, ...]:
        """The same tokens one by one."""
        values = zip(
            self.ids.tolist(), self.logprobs.tolist(), self.sampled_logprobs.tolist(), strict=True
        )
        return tuple(Alternative(*each) for each in values)


class Logprobs:
    """Natural log-probabilities of one position, from the logits: never rounded to -inf."""

    def __init__(self, logits: Float32Array) -> None:
        self.logits = logits
        raw = checked_logits(logits)
        self._shift = float(raw.max())
        self._log_total = math.log(float(np.exp(raw - self._shift).sum()))

    def of(self, token_id: int) -> float:
        """Of one token."""
        return float(self.logits[token_id]) - self._shift - self._log_total

    def of_several(self, ids: Int64Array) -> Float64Array:
        """(n,) of these tokens."""
        values: Float64Array = self.logits[ids].astype(np.float64) - self._shift - self._log_total
        return values

    def rank_of(self, token_id: int) -> int:
        """From 1; of tokens with the same logit the lower id comes first."""
        logit = self.logits[token_id]
        above = int((self.logits > logit).sum())
        return 1 + above + int((self.logits[:token_id] == logit).sum())


def step_candidates(
    logprobs: Logprobs, distribution: SampledDistribution, drawn_id: int, n: int
) -> StepCandidates:
    """The `n` likeliest tokens of a step, or all if the vocabulary has fewer.

    Args:
        logprobs: Of the position.
        distribution: What the sampling parameters made of it.
        drawn_id: The token that was drawn.
        n: At least 1.
    """
    ids = rank_candidates(logprobs.logits, n)
    others = np.ones(logprobs.logits.size, dtype=bool)
    others[ids] = False
    sampled = distribution.sampled_probs[ids]
    logs = np.full(len(ids), -math.inf)
    np.log(sampled, out=logs, where=sampled > 0)
    return StepCandidates(
        ids=ids,
        logits=logprobs.logits[ids].astype(np.float32),
        logprobs=logprobs.of_several(ids),
        sampled_logprobs=logs,
        rest_prob=float(distribution.probs[others].sum()),
        rest_sampled_prob=float(distribution.sampled_probs[others].sum()),
        entropy_bits=distribution.entropy_bits,
        drawn_logit=float(logprobs.logits[drawn_id]),
    )
