"""The shaped distribution against transformers' own processors and a plain float64 oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.engine.sampling import (
    SamplingParams,
    draw,
    entropy_bits,
    logprob,
    rank_candidates,
    shape_distribution,
    softmax,
)

PARAMS = st.builds(
    SamplingParams,
    temperature=st.one_of(st.sampled_from([0.0, 1e-6, 1e-300, 1.0, 100.0]), st.floats(0.05, 5)),
    top_k=st.one_of(st.just(0), st.integers(1, 60)),
    top_p=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)),
    min_p=st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)),
    repetition_penalty=st.one_of(st.just(1.0), st.floats(0.1, 10)),
)
LOGITS = st.one_of(
    st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=40),
    st.lists(st.sampled_from([-1.0, 0.0, 2.0]), min_size=1, max_size=40),  # ties
    st.lists(st.floats(-(2.0**127), 2.0**127, width=32), min_size=1, max_size=5),
).map(lambda values: np.array(values, np.float32))


def plain(logits, params, previous):
    """The same by full sorts and loops, one sentence of the definition after the other."""
    scores = [float(x) for x in logits]
    for i in set(previous):
        scores[i] *= params.repetition_penalty ** (1 if scores[i] < 0 else -1)
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    if params.temperature == 0:
        return {order[0]: 1.0}
    # NumPy's exp, so that logits which it cannot tell apart are the same ties for both.
    with np.errstate(over="ignore", under="ignore"):
        weights = np.exp((np.array(scores) - scores[order[0]]) / params.temperature).tolist()
    order.sort(key=lambda i: (-weights[i], i))
    left = [i for i in order if weights[i] > 0]
    if params.top_k:
        left = left[: params.top_k]
    if params.top_p < 1:
        total = math.fsum(weights[i] for i in left)
        before = [math.fsum(weights[i] for i in left[:n]) for n in range(len(left))]
        left = [
            i
            for n, i in enumerate(left)
            if n == 0 or before[n] < params.top_p * total * (1 - 1e-14)
        ]
    left = [i for i in left if weights[i] >= params.min_p]
    total = math.fsum(weights[i] for i in left)
    return {i: weights[i] / total for i in left if weights[i] / total > 0}


@settings(deadline=None, max_examples=400)
@given(logits=LOGITS, params=PARAMS, data=st.data())
def test_equal_to_the_plain_definition(logits, params, data):
    previous = data.draw(st.lists(st.integers(0, logits.size - 1), max_size=5))
    shaped = shape_distribution(logits, params, previous)
    assert shaped.kept.any()
    assert abs(shaped.sampled_probs.sum() - 1) < 1e-12
    assert ((shaped.sampled_probs > 0) == shaped.kept).all()
    assert all((shaped.removed_by(i) == "") == shaped.kept[i] for i in range(logits.size))
    expected = plain(logits, params, previous)
    wanted = np.zeros(logits.size)
    wanted[list(expected)] = list(expected.values())
    # A sum that meets top-p to the last bit may fall on either side.
    if 0 < params.top_p < 1 and (wanted > 0).sum() != shaped.kept.sum():
        assert abs(int((wanted > 0).sum()) - int(shaped.kept.sum())) == 1
    else:
        np.testing.assert_allclose(shaped.sampled_probs, wanted, atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "params",
    [
        SamplingParams(),
        SamplingParams(0.7),
        SamplingParams(2.5, top_k=40),
        SamplingParams(1.0, top_p=0.9),
        SamplingParams(1.0, min_p=0.05),
        SamplingParams(0.8, 50, 0.9, 0.05, 1.3),
        SamplingParams(1.7, 200, 0.99, 0.001, 0.8),
        SamplingParams(0.1, 5, 0.2, 0.9, 5.0),
        SamplingParams(1.0, top_k=10_000, top_p=1e-9),
    ],
)
def test_equal_to_transformers(params, seed):
    import torch
    from transformers.generation.logits_process import (
        MinPLogitsWarper,
        RepetitionPenaltyLogitsProcessor,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    rng = np.random.default_rng(seed)
    logits = (rng.standard_normal(3000) * 4).astype(np.float32)
    previous = rng.integers(0, 3000, 50)
    ids = torch.from_numpy(previous)[None]
    scores = torch.from_numpy(logits.astype(np.float64))[None]
    chain = [
        RepetitionPenaltyLogitsProcessor(params.repetition_penalty),
        TemperatureLogitsWarper(float(params.temperature)),
    ]
    if params.top_k:
        chain.append(TopKLogitsWarper(params.top_k))
    if params.top_p < 1:
        chain.append(TopPLogitsWarper(params.top_p))
    if params.min_p > 0:
        chain.append(MinPLogitsWarper(params.min_p))
    for step in chain:
        scores = step(ids, scores)
    expected = scores.softmax(-1)[0].numpy()
    shaped = shape_distribution(logits, params, previous.tolist())
    assert (shaped.kept == (expected > 0)).all()
    np.testing.assert_allclose(shaped.sampled_probs, expected, atol=1e-13)


def test_the_chain_is_in_the_order_in_which_transformers_builds_it():
    """`generate` builds the chain from the settings; ours must be in its order."""
    from transformers import GenerationConfig, GPT2Config, GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=20))
    settings_ = GenerationConfig(
        do_sample=True, repetition_penalty=1.2, temperature=0.7, top_k=5, top_p=0.9, min_p=0.1
    )
    chain = model._get_logits_processor(
        settings_, input_ids_seq_length=3, encoder_input_ids=None, prefix_allowed_tokens_fn=None,
        logits_processor=None, device="cpu",
    )  # fmt: skip
    assert [type(step).__name__ for step in chain] == [
        "RepetitionPenaltyLogitsProcessor",
        "TemperatureLogitsWarper",
        "TopKLogitsWarper",
        "TopPLogitsWarper",
        "MinPLogitsWarper",
    ]


def test_large_vocabularies_take_the_same_way():
    rng = np.random.default_rng(5)
    for spread in (0.01, 1.0, 6.0):
        logits = (rng.standard_normal(40_000) * spread).astype(np.float32)
        for top_p in (1e-6, 0.3, 0.95, 1 - 1e-9):
            shaped = shape_distribution(logits, SamplingParams(top_p=top_p))
            probs = softmax(logits)
            descending = np.sort(probs)[::-1]
            n_kept = int(shaped.kept.sum())
            assert descending[: n_kept - 1].sum() < top_p + 1e-12
            assert descending[:n_kept].sum() >= top_p - 1e-12
            assert probs[shaped.kept].min() >= probs[~shaped.kept].max(initial=0.0)


def test_ties_go_to_the_lower_id():
    logits = np.array([0, 3, 1, 3, 3, 1], np.float32)
    assert rank_candidates(logits, 4).tolist() == [1, 3, 4, 2]
    for params, kept in [
        (SamplingParams(0), [1]),
        (SamplingParams(top_k=2), [1, 3]),
        (SamplingParams(top_k=4), [1, 2, 3, 4]),
        (SamplingParams(top_p=0), [1]),
        (SamplingParams(top_p=0.5), [1, 3]),
        (SamplingParams(min_p=1), [1, 3, 4]),
        (SamplingParams(top_k=100), [0, 1, 2, 3, 4, 5]),
    ]:
        shaped = shape_distribution(logits, params)
        assert np.flatnonzero(shaped.kept).tolist() == kept, params
    flat = np.zeros(5000, np.float32)
    assert np.flatnonzero(shape_distribution(flat, SamplingParams(top_p=0.1)).kept).tolist() == [
        *range(500)
    ]


def test_who_removed_what():
    logits = np.log(np.array([0.4, 0.3, 0.15, 0.1, 0.05]))
    shaped = shape_distribution(logits, SamplingParams(1, 4, 0.85, 0.6))
    # of the four left by top-k, 0.42 0.32 0.16 0.11: top-p keeps three, min-p two of these
    assert [shaped.removed_by(i) for i in range(5)] == ["", "", "min_p", "top_p", "top_k"]
    greedy = shape_distribution(logits, SamplingParams(0, 1))
    assert [greedy.removed_by(i) for i in range(2)] == ["", "temperature"]
    cold = shape_distribution(logits, SamplingParams(1e-6, top_k=3))
    assert [cold.removed_by(i) for i in (0, 1, 4)] == ["", "temperature", "temperature"]


def test_the_unshaped_distribution_is_kept_beside():
    logits = np.array([1.0, 2.0, -3.0], np.float32)
    shaped = shape_distribution(logits, SamplingParams(0.3, 2, 0.9, 0.2, 1.7), [1])
    np.testing.assert_allclose(shaped.probs, softmax(logits))
    assert shaped.entropy_bits == pytest.approx(entropy_bits(softmax(logits)), abs=1e-12)
    with pytest.raises(ValueError, match="read-only"):
        shaped.probs[0] = 1
    assert logits.flags.writeable


def test_repetition_penalty_counts_a_token_once():
    logits = np.array([2.0, -2.0, 1.0], np.float32)
    shaped = shape_distribution(logits, SamplingParams(repetition_penalty=2), [0, 0, 1])
    np.testing.assert_allclose(shaped.sampled_probs, softmax(np.array([1.0, -4.0, 1.0])))


@settings(deadline=None, max_examples=100)
@given(logits=LOGITS, n=st.integers(-2, 50))
def test_ranking(logits, n):
    full = sorted(range(logits.size), key=lambda i: (-float(logits[i]), i))
    ranked = rank_candidates(logits, n)
    assert ranked.tolist() == full[: max(n, 0)]
    assert ranked.dtype == np.int64


@settings(deadline=None, max_examples=100)
@given(logits=LOGITS)
def test_logprob_and_entropy(logits):
    probs = softmax(logits)
    assert probs.dtype == np.float64
    for i in range(logits.size):
        value = logprob(logits, i)
        assert math.isfinite(value)
        assert math.exp(value) == pytest.approx(probs[i], abs=1e-14)
    assert 0 <= entropy_bits(probs) <= math.log2(logits.size) + 1e-9
    assert shape_distribution(logits, SamplingParams()).entropy_bits == pytest.approx(
        entropy_bits(probs), abs=1e-9
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_refused(bad):
    logits = np.array([0.0, bad, 1.0], np.float32)
    for call in (
        lambda: shape_distribution(logits, SamplingParams()),
        lambda: rank_candidates(logits, 1),
        lambda: softmax(logits),
        lambda: logprob(logits, 0),
    ):
        with pytest.raises(NonFiniteError, match="not finite"):
            call()


def test_shapes_and_ids_out_of_range_are_refused():
    for shape in ((0,), (1, 3)):
        with pytest.raises(ValueError, match="shape"):
            shape_distribution(np.zeros(shape, np.float32), SamplingParams())
    for ids in ([3], [-1]):
        with pytest.raises(ValueError, match="from 0 to 2"):
            shape_distribution(np.zeros(3), SamplingParams(repetition_penalty=2), ids)


def test_an_absurd_penalty_is_refused_in_words():
    with pytest.raises(UsageError, match="too extreme"):
        shape_distribution(np.array([1.0, 5.0]), SamplingParams(repetition_penalty=5e-324), [0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("top_k", -1),
        ("top_p", -0.01),
        ("top_p", 1.01),
        ("top_p", math.nan),
        ("min_p", 2),
        ("repetition_penalty", 0),
        ("repetition_penalty", -1),
        ("repetition_penalty", math.inf),
        ("repetition_penalty", math.nan),
    ],
)
def test_parameters_out_of_range(field, value):
    with pytest.raises(UsageError, match=field.replace("_p", ".p")):
        SamplingParams(**{field: value})


def test_draws_follow_the_distribution():
    logits = np.log(np.array([0.5, 0.25, 0.125, 0.1, 0.025]))
    shaped = shape_distribution(logits, SamplingParams(top_k=4))
    rng = np.random.default_rng(7)
    n = 20_000
    counts = np.bincount([draw(shaped, rng) for _ in range(n)], minlength=5)
    assert counts[4] == 0
    expected = shaped.sampled_probs[:4] * n
    chi_square = float(((counts[:4] - expected) ** 2 / expected).sum())
    assert chi_square < 16.27  # 3 degrees of freedom, 0.1 percent; the seed is fixed


def test_the_same_seed_draws_the_same_tokens():
    shaped = shape_distribution(np.linspace(-2, 2, 50), SamplingParams(0.9, 20))
    runs = [
        [draw(shaped, rng) for _ in range(30)]
        for rng in (np.random.default_rng(s) for s in (3, 3, 4))
    ]
    assert runs[0] == runs[1] != runs[2]


class _Fixed:
    """Stands in for a generator whose next number is known."""

    def __init__(self, value):
        self.value = value

    def random(self):
        return self.value


def test_the_ends_of_the_unit_interval_draw_kept_tokens():
    shaped = shape_distribution(np.array([0.0, 5.0, 1.0, 0.0]), SamplingParams(top_k=2))
    assert draw(shaped, _Fixed(0.0)) == 1
    assert draw(shaped, _Fixed(np.nextafter(1, 0))) == 2
