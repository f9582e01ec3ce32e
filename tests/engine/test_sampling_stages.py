"""Every stage in every order against loops over the definition, and the real processors."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import SamplingParams, draw, shape_distribution
from visualizer.engine.sampling_outcomes import order_matters, sample_counts, stage_outcomes
from visualizer.engine.sampling_stages import LLAMA_CPP_ORDER, STAGES

SHARE = st.one_of(st.sampled_from([0.01, 0.5, 0.99]), st.floats(0.01, 0.99))
PARAMS = st.builds(
    SamplingParams,
    temperature=st.one_of(st.sampled_from([0.0, 1.0, 100.0]), st.floats(0.1, 5)),
    top_k=st.integers(0, 40),
    top_p=st.one_of(st.sampled_from([0.0, 1.0]), SHARE),
    min_p=st.one_of(st.sampled_from([0.0, 1.0]), SHARE),
    repetition_penalty=st.one_of(st.just(1.0), st.floats(0.5, 3)),
    frequency_penalty=st.one_of(st.just(0.0), st.floats(-2, 2)),
    presence_penalty=st.one_of(st.just(0.0), st.floats(-2, 2)),
    typical_p=st.one_of(st.just(1.0), SHARE),
    biases=st.lists(
        st.tuples(st.integers(0, 9), st.floats(-20, 20)), max_size=3, unique_by=lambda b: b[0]
    ).map(tuple),
    banned=st.sets(st.integers(0, 8), max_size=8).map(tuple),
    order=st.permutations(STAGES).map(tuple),
    off=st.sets(st.sampled_from(STAGES)).map(tuple),
)
LOGITS = st.lists(st.integers(-1200, 1200), min_size=10, max_size=30, unique=True).map(
    lambda values: np.array(values, np.float32) / 100  # far enough apart to be no ties
)


class TooClose(Exception):
    """A sum meets its threshold within rounding: either answer is right."""


def plain(logits, params, previous):
    """(V,) probabilities by loops over Python floats, one stage after the other."""
    scores = {i: float(x) for i, x in enumerate(logits)}
    for stage in params.order:
        if stage not in params.off:
            scores = STEPS[stage](scores, params, previous)
    top = max(scores.values())
    weights = {i: math.exp(s - top) for i, s in scores.items()}
    total = math.fsum(weights.values())
    return np.array([weights.get(i, 0.0) / total for i in range(len(logits))])


def softmax(scores):
    top = max(scores.values())
    weights = {i: math.exp(s - top) for i, s in scores.items()}
    total = math.fsum(weights.values())
    return {i: w / total for i, w in weights.items()}


def first_until(ranked, probs, mass):
    """Tokens in this order until they reach `mass`."""
    kept, total = [], 0.0
    for i in ranked:
        kept.append(i)
        total = math.fsum(probs[j] for j in kept)
        if abs(total - mass) < 1e-9 and 0 < mass < 1:
            raise TooClose
        if total >= mass:
            break
    return kept


def by_bias(scores, params, previous):
    biased = {i: s + dict(params.biases).get(i, 0.0) for i, s in scores.items()}
    return {i: s for i, s in biased.items() if i not in params.banned}


def by_repetition(scores, params, previous):
    factor = params.repetition_penalty
    seen = set(previous)
    return {
        i: (s if i not in seen else s * factor if s < 0 else s / factor) for i, s in scores.items()
    }


def by_frequency(scores, params, previous):
    counts = Counter(previous)
    return {i: s - params.frequency_penalty * counts[i] for i, s in scores.items()}


def by_presence(scores, params, previous):
    return {i: s - params.presence_penalty * (i in set(previous)) for i, s in scores.items()}


def by_temperature(scores, params, previous):
    if params.temperature == 0:
        best = max(scores, key=lambda i: (scores[i], -i))
        return {best: scores[best]}
    return {i: s / params.temperature for i, s in scores.items()}


def by_top_k(scores, params, previous):
    ranked = sorted(scores, key=lambda i: (-scores[i], i))
    return {i: scores[i] for i in (ranked[: params.top_k] if params.top_k else ranked)}


def by_top_p(scores, params, previous):
    if params.top_p == 1:
        return scores
    probs = softmax(scores)
    kept = first_until(sorted(scores, key=lambda i: (-probs[i], i)), probs, params.top_p)
    return {i: scores[i] for i in kept}


def by_min_p(scores, params, previous):
    probs = softmax(scores)
    least = params.min_p * max(probs.values())
    if any(abs(p - least) < 1e-12 for p in probs.values() if p != max(probs.values())):
        raise TooClose
    return {i: s for i, s in scores.items() if params.min_p == 0 or probs[i] >= least * (1 - 1e-13)}


def by_typical_p(scores, params, previous):
    if params.typical_p == 1:
        return scores
    probs = softmax(scores)
    if any(p < 1e-300 for p in probs.values()):
        raise TooClose
    entropy = -math.fsum(p * math.log(p) for p in probs.values())
    distance = {i: abs(-math.log(p) - entropy) for i, p in probs.items()}
    ordered = sorted(distance.values())
    if any(0 < b - a < 1e-9 for a, b in pairwise(ordered)):
        raise TooClose
    kept = first_until(sorted(scores, key=lambda i: (distance[i], i)), probs, params.typical_p)
    edge = max(distance[i] for i in kept)
    return {i: s for i, s in scores.items() if distance[i] <= edge}


STEPS = {
    "bias": by_bias,
    "repetition": by_repetition,
    "frequency": by_frequency,
    "presence": by_presence,
    "temperature": by_temperature,
    "top_k": by_top_k,
    "top_p": by_top_p,
    "min_p": by_min_p,
    "typical_p": by_typical_p,
}


@settings(deadline=None, max_examples=400, database=None)
@given(logits=LOGITS, params=PARAMS, previous=st.lists(st.integers(0, 9), max_size=6))
def test_every_order_equals_the_definition(logits, params, previous):
    try:
        expected = plain(logits, params, previous)
    except TooClose:
        assume(False)
    except ValueError:  # every token that was left is banned
        with pytest.raises(UsageError, match="banned"):
            shape_distribution(logits, params, previous)
        return
    shaped = shape_distribution(logits, params, previous)
    np.testing.assert_allclose(shaped.sampled_probs, expected, atol=1e-11)
    assert all((shaped.removed_by(i) == "") == shaped.kept[i] for i in range(logits.size))


@pytest.mark.parametrize("seed", range(6))
def test_equal_to_the_processors_of_transformers_in_their_order(seed):
    import torch
    from transformers.generation.logits_process import (
        MinPLogitsWarper,
        RepetitionPenaltyLogitsProcessor,
        SequenceBiasLogitsProcessor,
        SuppressTokensLogitsProcessor,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
        TypicalLogitsWarper,
    )

    rng = np.random.default_rng(seed)
    logits = (rng.standard_normal(3000) * 4).astype(np.float32)
    previous = rng.integers(0, 3000, 50)
    banned = tuple(int(i) for i in np.argsort(-logits)[:3])
    params = SamplingParams(
        0.9, 300, 0.97, 0.001, 1.2, typical_p=0.9, biases=((7, 3.0), (8, -2.0)), banned=banned
    )
    chain = [
        SequenceBiasLogitsProcessor({(i,): bias for i, bias in params.biases}),
        SuppressTokensLogitsProcessor(list(banned)),
        RepetitionPenaltyLogitsProcessor(1.2),
        TemperatureLogitsWarper(0.9),
        TopKLogitsWarper(300),
        TopPLogitsWarper(0.97),
        MinPLogitsWarper(0.001),
        TypicalLogitsWarper(0.9),
    ]
    scores = torch.from_numpy(logits.astype(np.float64))[None]
    ids = torch.from_numpy(previous)[None]
    for step in chain:
        scores = step(ids, scores)
    expected = scores.softmax(-1)[0].numpy()
    shaped = shape_distribution(logits, params, previous.tolist())
    assert (shaped.kept == (expected > 0)).all()
    # transformers keeps the bias in float32.
    np.testing.assert_allclose(shaped.sampled_probs, expected, atol=1e-7)


def test_where_temperature_stands_matters():
    logits = np.log([0.5, 0.25, 0.15, 0.1]).astype(np.float32)
    params = SamplingParams(temperature=3.0, top_p=0.7)
    assert shape_distribution(logits, params).kept.sum() == 3
    assert shape_distribution(logits, replace(params, order=LLAMA_CPP_ORDER)).kept.sum() == 2
    assert order_matters(logits, params) == ("top_p",)
    assert order_matters(logits, SamplingParams(top_k=2, min_p=0.01)) == ()
    assert order_matters(logits, SamplingParams(top_k=2)) == ()


def test_outcomes_tell_what_each_stage_did():
    logits = np.log([0.4, 0.3, 0.2, 0.1]).astype(np.float32)
    params = SamplingParams(top_k=3, top_p=0.7, off=("min_p",), min_p=0.9)
    outcomes = {outcome.stage: outcome for outcome in stage_outcomes(logits, params)}
    assert [o.stage for o in stage_outcomes(logits, params)] == list(STAGES)
    top_k, top_p, min_p = outcomes["top_k"], outcomes["top_p"], outcomes["min_p"]
    assert (top_k.n_kept, top_k.n_removed) == (3, 1)
    assert top_k.removed_mass == pytest.approx(0.1)
    assert top_k.kept_mass == pytest.approx(0.9)
    assert (top_p.n_kept, top_p.n_removed) == (2, 1)
    assert top_p.removed_mass == pytest.approx(0.2 / 0.9)
    assert top_p.kept_mass == pytest.approx(0.7)
    assert top_p.likeliest_prob == pytest.approx(4 / 7)
    entropy = -(4 / 7) * math.log2(4 / 7) - (3 / 7) * math.log2(3 / 7)
    assert top_p.effective_choices == pytest.approx(2**entropy)
    assert not min_p.is_active
    assert (min_p.n_removed, min_p.removed_mass, min_p.n_kept) == (0, 0.0, 2)
    assert not outcomes["bias"].is_active
    assert outcomes["bias"].n_kept == 4


@settings(deadline=None, max_examples=100, database=None)
@given(logits=LOGITS, params=PARAMS)
def test_the_last_outcome_is_the_distribution(logits, params):
    try:
        shaped = shape_distribution(logits, params, [1, 1, 2])
    except UsageError:
        return
    outcomes = stage_outcomes(logits, params, [1, 1, 2])
    assert outcomes[-1].n_kept == shaped.kept.sum()
    assert outcomes[-1].likeliest_prob == pytest.approx(shaped.sampled_probs.max())
    removed = sum(outcome.n_removed for outcome in outcomes)
    assert removed + shaped.kept.sum() == logits.size


@pytest.mark.parametrize(
    "params",
    [SamplingParams(), SamplingParams(1.7, top_k=12), SamplingParams(2.0, typical_p=0.8)],
)
def test_a_hundred_thousand_draws_fit_the_bars(params):
    """Chi-square at 99.99 %: the critical value for d degrees by Wilson and Hilferty (1931)."""
    rng = np.random.default_rng(3)
    shaped = shape_distribution((rng.standard_normal(60) * 1.5).astype(np.float32), params)
    n = 100_000
    source = np.random.Generator(np.random.PCG64(11))
    drawn = np.bincount([draw(shaped, source) for _ in range(n)], minlength=60)
    for counts in (drawn, sample_counts(shaped, n, seed=5)):
        assert counts.sum() == n
        assert not counts[~shaped.kept].any()
        expected = n * shaped.sampled_probs[shaped.kept]
        chi_square = float(((counts[shaped.kept] - expected) ** 2 / expected).sum())
        degrees = int(shaped.kept.sum()) - 1
        spread = 2 / (9 * degrees)
        assert chi_square < degrees * (1 - spread + 3.719 * math.sqrt(spread)) ** 3


def test_the_same_seed_counts_the_same():
    shaped = shape_distribution(np.arange(5, dtype=np.float32), SamplingParams())
    assert (sample_counts(shaped, 1000, 4) == sample_counts(shaped, 1000, 4)).all()
    assert (sample_counts(shaped, 1000, 4) != sample_counts(shaped, 1000, 5)).any()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"typical_p": 0.0}, "typical_p must be above 0"),
        ({"typical_p": 1.5}, "at most 1"),
        ({"frequency_penalty": math.nan}, "frequency penalty"),
        ({"presence_penalty": 1000.0}, "presence penalty"),
        ({"biases": ((1, math.inf),)}, "logit bias"),
        ({"order": STAGES[1:]}, "each once"),
        ({"off": ("nothing",)}, "each once"),
    ],
)
def test_bad_parameters_are_refused_by_name(fields, words):
    with pytest.raises(UsageError, match=words):
        SamplingParams(**fields)


def test_tokens_that_do_not_exist_cannot_be_favoured_or_banned():
    logits = np.zeros(3, np.float32)
    for params in (SamplingParams(banned=(3,)), SamplingParams(biases=((-1, 1.0),))):
        with pytest.raises(UsageError, match="vocabulary has 3"):
            shape_distribution(logits, params)


def test_everything_banned_but_one_leaves_that_one():
    shaped = shape_distribution(np.arange(4, dtype=np.float32), SamplingParams(banned=(0, 2, 3)))
    assert shaped.sampled_probs.tolist() == [0, 1, 0, 0]
    assert shaped.removed_by(3) == "bias"
    with pytest.raises(UsageError, match="banned"):
        shape_distribution(np.zeros(2, np.float32), SamplingParams(banned=(0, 1)))


N_TOKENS = 12
EXTREMES = list(
    product(
        (0.0, 1.0, 100.0),  # temperature
        (0, 1, N_TOKENS + 30),  # top-k
        (0.0, 1.0),  # top-p
        (0.0, 1.0),  # min-p
        ((), tuple(i for i in range(N_TOKENS) if i != 5)),  # banned
    )
)


@pytest.mark.parametrize(
    "order",
    [STAGES, LLAMA_CPP_ORDER, (STAGES[0], *STAGES[:0:-1])],
    ids=["transformers", "llama.cpp", "reversed but for the bans"],
)
def test_every_extreme_with_every_other_equals_the_definition(order):
    logits = np.random.default_rng(9).permutation(N_TOKENS).astype(np.float32) - 4
    for temperature, top_k, top_p, min_p, banned in EXTREMES:
        params = SamplingParams(
            temperature, top_k, top_p, min_p, repetition_penalty=1.3, banned=banned, order=order
        )
        shaped = shape_distribution(logits, params, [2, 5, 5])
        expected = plain(logits, params, [2, 5, 5])
        np.testing.assert_allclose(shaped.sampled_probs, expected, rtol=1e-12, atol=1e-300)
        assert shaped.sampled_probs.sum() == pytest.approx(1, abs=1e-12)
        if 0.0 in (temperature, top_p) or 1 in (top_k, min_p):
            assert shaped.kept.sum() == 1
        elif not banned:
            assert shaped.kept.all(), "nothing else removes anything"
        drawn = {draw(shaped, np.random.default_rng(seed)) for seed in range(5)}
        assert all(shaped.kept[token_id] for token_id in drawn)


@settings(deadline=None, max_examples=200)
@given(logits=LOGITS, params=PARAMS, left=st.integers(0, 9))
def test_a_single_token_that_is_allowed_is_certain_in_every_order(logits, params, left):
    banned = tuple(i for i in range(logits.size) if i != left)
    order = ("bias", *(stage for stage in params.order if stage != "bias"))
    params = replace(params, banned=banned, biases=(), off=(), order=order)
    shaped = shape_distribution(logits, params, [left])
    assert shaped.sampled_probs.tolist() == np.eye(logits.size)[left].tolist()
    assert sample_counts(shaped, 100, seed=1)[left] == 100


def test_repetition_cannot_follow_a_temperature_that_leaves_no_scores():
    params = SamplingParams(
        temperature=1e-307,
        repetition_penalty=1.1,
        order=("temperature", *[stage for stage in STAGES if stage != "temperature"]),
    )
    with pytest.raises(UsageError, match="too extreme"):
        shape_distribution(np.array([100.0, 1.0], np.float32), params, [0])


# ---------------------------------------------------------------------- large vocabularies


def flat_and_peaked(n=40_000):
    rng = np.random.default_rng(11)
    for spread in (0.01, 1.0, 6.0, 300.0):
        yield (rng.standard_normal(n) * spread).astype(np.float32)
    tied = np.round(rng.standard_normal(n) * 2).astype(np.float32)
    yield tied
    peaked = np.full(n, -50.0, np.float32)
    peaked[17] = 5
    yield peaked


@pytest.mark.parametrize("k", [1, 2, 50, 600, 1000, 39_999])
def test_top_k_of_a_large_vocabulary_is_that_of_sorting(k):
    for logits in flat_and_peaked():
        probs = np.exp(logits.astype(np.float64) - logits.max())
        n = min(k, np.count_nonzero(probs))
        expected = np.sort(np.argsort(-probs, kind="stable")[:n])
        shaped = shape_distribution(logits, SamplingParams(top_k=k))
        np.testing.assert_array_equal(np.flatnonzero(shaped.kept), expected)


@pytest.mark.parametrize("p", [1e-6, 0.2, 0.95, 0.9999])
def test_a_nucleus_of_a_large_vocabulary_is_that_of_sorting(p):
    for logits in flat_and_peaked():
        weights = np.exp(logits.astype(np.float64) - logits.max())
        order = np.argsort(-weights, kind="stable")
        sums = np.cumsum(weights[order]) / weights.sum()
        shaped = shape_distribution(logits, SamplingParams(top_p=p))
        kept = np.flatnonzero(shaped.kept)
        n = kept.size
        np.testing.assert_array_equal(kept, np.sort(order[:n]))
        assert sums[n - 1] >= p - 1e-11
        assert n == 1 or sums[n - 2] < p + 1e-11


@pytest.mark.parametrize("p", [0.01, 0.5, 0.97])
def test_typical_tokens_of_a_large_vocabulary_are_those_of_sorting(p):
    for logits in flat_and_peaked():
        weights = np.exp(logits.astype(np.float64) - logits.max())
        ids = np.flatnonzero(weights)
        probs = weights[ids] / weights.sum()
        surprise = -np.log(probs)
        distance = np.abs(surprise - (probs * surprise).sum())
        order = np.argsort(distance, kind="stable")
        sums = np.cumsum(probs[order])
        shaped = shape_distribution(logits, SamplingParams(typical_p=p))
        kept = np.flatnonzero(shaped.kept)
        edge = distance[order[min(np.count_nonzero(sums < p), ids.size - 1)]]
        sure = ids[distance <= edge - 1e-9]
        possible = ids[distance <= edge + 1e-9]
        assert np.isin(sure, kept).all()
        assert np.isin(kept, possible).all()


def test_without_the_likeliest_token_the_others_keep_their_shares():
    logits = np.array([0.0, 2000.0, 1.0, -3000.0], np.float64)
    shaped = shape_distribution(logits, SamplingParams(banned=(1,)))
    np.testing.assert_allclose(
        shaped.sampled_probs[[0, 2]], [1 / (1 + math.e), math.e / (1 + math.e)]
    )
    assert shaped.sampled_probs.sum() == pytest.approx(1)
    assert stage_outcomes(logits, SamplingParams(banned=(1,)))[0].n_removed == 1
    only = shape_distribution(logits, SamplingParams(banned=(0, 1, 2)))
    assert np.flatnonzero(only.kept).tolist() == [3]


@settings(deadline=None, max_examples=80, database=None)
@given(logits=LOGITS, params=PARAMS, previous=st.lists(st.integers(0, 9), max_size=6))
def test_outcomes_add_up(logits, params, previous):
    try:
        shaped = shape_distribution(logits, params, previous)
    except UsageError:
        assume(False)
    outcomes = stage_outcomes(logits, params, previous)
    left, mass = logits.size, 1.0
    for outcome in outcomes:
        assert outcome.n_kept == left - outcome.n_removed
        assert 0 <= outcome.removed_mass <= 1
        assert outcome.kept_mass <= mass + 1e-12
        assert 1 - 1e-9 <= outcome.effective_choices <= outcome.n_kept * (1 + 1e-9)
        left, mass = outcome.n_kept, outcome.kept_mass
    assert left >= shaped.kept.sum() >= 1
    assert mass == pytest.approx(shaped.probs[shaped.kept].sum(), abs=1e-12)


@settings(deadline=None, max_examples=80, database=None)
@given(logits=LOGITS, params=PARAMS, previous=st.lists(st.integers(0, 9), max_size=6))
def test_where_the_order_matters_by_brute_force(logits, params, previous):
    try:
        expected = shape_distribution(logits, params, previous).sampled_probs
    except UsageError:
        assume(False)
    active = [stage for stage in params.order if params.is_active(stage)]
    found = order_matters(logits, params, previous)
    for before, stage in pairwise(active):
        swap = {before: stage, stage: before}
        order = tuple(swap.get(each, each) for each in params.order)
        try:
            other = shape_distribution(logits, replace(params, order=order), previous)
        except UsageError:
            assert stage in found
            continue
        gap = np.abs(other.sampled_probs - expected).max()
        assume(not 1e-14 < gap < 1e-9)
        assert (stage in found) == (gap >= 1e-9)
