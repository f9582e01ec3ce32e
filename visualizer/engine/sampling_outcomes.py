"""What each stage of the sampler did to one position's distribution. NumPy only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from visualizer.engine.sampling import (
    FloatArray,
    Int64Array,
    SampledDistribution,
    SamplingParams,
    apply_stage,
    checked_logits,
    shape_distribution,
)
from visualizer.engine.sampling_stages import STAGES, BoolArray, Float64Array, Scores, Stage

_SAME = 1e-12  # probabilities that differ by less are rounded differently, not shaped


@dataclass(frozen=True)
class StageOutcome:
    """One stage, after it has acted.

    Attributes:
        stage: Which.
        is_active: Whether it can change anything; if not, the numbers are those before it.
        n_kept: Tokens that can still be drawn.
        n_removed: Tokens that this stage took out.
        removed_mass: Their share of the probability before this stage, in [0, 1].
        kept_mass: Share of the unshaped distribution that the survivors have, in [0, 1].
        effective_choices: 2 ** entropy in bits of the distribution after this stage: as many
            equally likely tokens would be as hard to guess.
        likeliest_prob: Probability of the likeliest token after this stage.
    """

    stage: Stage
    is_active: bool
    n_kept: int
    n_removed: int
    removed_mass: float
    kept_mass: float
    effective_choices: float
    likeliest_prob: float


def stage_outcomes(
    logits: FloatArray, params: SamplingParams, previous_ids: Sequence[int] = ()
) -> tuple[StageOutcome, ...]:
    """The stages one after the other, in the order of `params.order`.

    Args:
        logits: (V,) raw scores after one token.
        params: How to shape them.
        previous_ids: Tokens of the text so far, for the penalties.

    Raises:
        As `shape_distribution`.
    """
    raw = checked_logits(logits)
    scores = Scores.of(raw)
    unshaped = scores.weights() / scores.weights().sum()
    outcomes = []
    latest = _outcome(STAGES[0], False, scores, unshaped, None)
    for stage in params.order:
        if params.is_active(stage):
            before = scores.weights().copy()
            was_left = scores.reasons == 0
            apply_stage(scores, stage, params, previous_ids)
            latest = _outcome(stage, True, scores, unshaped, (before, was_left))
            outcomes.append(latest)
        else:
            outcomes.append(
                replace(latest, stage=stage, is_active=False, n_removed=0, removed_mass=0.0)
            )
    return tuple(outcomes)


def _outcome(
    stage: Stage,
    is_active: bool,
    scores: Scores,
    unshaped: Float64Array,
    before: tuple[Float64Array, BoolArray] | None,
) -> StageOutcome:
    left = np.flatnonzero(scores.reasons == 0)
    weights = scores.weights()[left]
    probs = weights / weights.sum()
    present = probs[probs > 0]
    removed, mass = 0, 0.0
    if before is not None:
        gone = before[1] & (scores.reasons != 0)
        removed = int(np.count_nonzero(gone))
        mass = float(before[0][gone].sum() / before[0].sum())
    return StageOutcome(
        stage=stage,
        is_active=is_active,
        n_kept=left.size,
        n_removed=removed,
        removed_mass=mass,
        kept_mass=float(unshaped[left].sum()),
        effective_choices=math.exp(-float((present * np.log(present)).sum())),
        likeliest_prob=float(probs.max()),
    )


def order_matters(
    logits: FloatArray, params: SamplingParams, previous_ids: Sequence[int] = ()
) -> tuple[Stage, ...]:
    """Active stages that would give another distribution if they came before their neighbour.

    A stage's neighbour is the active stage before it.

    Args, raises: As `stage_outcomes`.
    """
    active = [stage for stage in params.order if params.is_active(stage)]
    if len(active) < 2:
        return ()
    expected = shape_distribution(logits, params, previous_ids).sampled_probs
    matters = []
    for before, stage in pairwise(active):
        swapped = {before: stage, stage: before}
        order = tuple(swapped.get(each, each) for each in params.order)
        other = shape_distribution(logits, replace(params, order=order), previous_ids)
        if float(np.abs(other.sampled_probs - expected).max()) > _SAME:
            matters.append(stage)
    return tuple(matters)


def sample_counts(distribution: SampledDistribution, n: int, seed: int) -> Int64Array:
    """How often each token comes up in `n` independent draws. (V,) int64, sums to `n`.

    Args:
        distribution: What is drawn from.
        n: How many.
        seed: The same one gives the same counts.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    kept = np.flatnonzero(distribution.kept)
    probs = distribution.sampled_probs[kept]
    counts = np.zeros(distribution.kept.size, np.int64)
    counts[kept] = rng.multinomial(n, probs / probs.sum())
    return counts
