"""What each stage of the sampler did to one position's distribution. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import (
    FloatArray,
    SampledDistribution,
    SamplingParams,
    apply_stage,
    run_stages,
    seen_by,
    unshaped,
)
from visualizer.engine.sampling_stages import (
    STAGES,
    Float64Array,
    Int64Array,
    Scores,
    Stage,
    TokenIds,
)

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
    logits: FloatArray, params: SamplingParams, previous_ids: TokenIds = ()
) -> tuple[StageOutcome, ...]:
    """The stages one after the other, in the order of `params.order`.

    Args:
        logits: (V,) raw scores after one token.
        params: How to shape them.
        previous_ids: Tokens of the text so far, for the penalties.

    Raises:
        As `shape_distribution`.
    """
    probs, _, scores = unshaped(logits)
    seen = seen_by(params, previous_ids)
    latest = _outcome(STAGES[0], scores, probs, 0, 0.0)
    outcomes = []
    for stage in params.order:
        if not params.is_active(stage):
            outcomes.append(
                replace(latest, stage=stage, is_active=False, n_removed=0, removed_mass=0.0)
            )
            continue
        before, n_before = scores.weights(), scores.n_left
        apply_stage(scores, stage, params, seen)
        removed, mass = n_before - scores.n_left, 0.0
        if removed and scores.places is not None:
            gone = before.copy()
            gone[scores.places] = 0.0
            mass = float(gone.sum() / before.sum())
        latest = _outcome(stage, scores, probs, removed, mass)
        outcomes.append(latest)
    return tuple(outcomes)


def _outcome(
    stage: Stage, scores: Scores, unshaped_probs: Float64Array, removed: int, mass: float
) -> StageOutcome:
    weights, shifted = scores.weights(), scores.shifted()
    total = float(weights.sum())
    nats = math.log(total) - float(np.multiply(weights, shifted, out=shifted).sum()) / total
    kept = 1.0 if scores.ids is None else float(unshaped_probs[scores.ids].sum())
    return StageOutcome(
        stage=stage,
        is_active=True,
        n_kept=scores.n_left,
        n_removed=removed,
        removed_mass=mass,
        kept_mass=min(kept, 1.0),  # a sum of shares may end a rounding above 1
        effective_choices=math.exp(max(nats, 0.0)),
        likeliest_prob=float(weights.max()) / total,
    )


def order_matters(
    logits: FloatArray, params: SamplingParams, previous_ids: TokenIds = ()
) -> tuple[Stage, ...]:
    """Active stages that would give another distribution if they came before their neighbour.

    A stage's neighbour is the active stage before it. A stage that could not act there at all,
    because its penalty or its bans are too extreme for what is left there, is among them.

    Args, raises: As `stage_outcomes`.
    """
    active = [stage for stage in params.order if params.is_active(stage)]
    if len(active) < 2:
        return ()
    seen = seen_by(params, previous_ids)
    _, _, scores = unshaped(logits)
    moments = [scores.fork()]  # before each active stage, and after the last
    for stage in active:
        apply_stage(scores, stage, params, seen)
        moments.append(scores.fork())
    matters = []
    for place in range(len(active) - 1):
        swapped = moments[place].fork()
        try:
            run_stages(swapped, (active[place + 1], active[place]), params, seen)
            if _is_same_so_far(swapped, moments[place + 2]):
                continue
            run_stages(swapped, active[place + 2 :], params, seen)
            differs = not _is_same(swapped, moments[-1])
        except UsageError:
            differs = True
        if differs:
            matters.append(active[place + 1])
    return tuple(matters)


def _is_same_so_far(one: Scores, other: Scores) -> bool:
    """Whether all that follows from two moments is the same, but for rounding."""
    if one.are_true != other.are_true or not _same_ids(one, other):
        return False
    a, b = one.values(), other.values()
    return bool(np.allclose(a, b, rtol=_SAME, atol=_SAME))


def _is_same(one: Scores, other: Scores) -> bool:
    """Whether two moments have the same distribution, but for rounding."""
    a, b = (scores.weights() / scores.weights().sum() for scores in (one, other))
    if not _same_ids(one, other):
        places = np.zeros((2, one.reasons.size))
        places[0, slice(None) if one.ids is None else one.ids] = a
        places[1, slice(None) if other.ids is None else other.ids] = b
        a, b = places
    return float(np.abs(a - b).max()) <= _SAME


def _same_ids(one: Scores, other: Scores) -> bool:
    if one.ids is None or other.ids is None:
        return one.ids is other.ids
    return np.array_equal(one.ids, other.ids)


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
