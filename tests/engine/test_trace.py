"""Prefix reuse, edits, cancelled passes and refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine import trace as trace_module
from visualizer.engine.errors import (
    ContextOverflowError,
    EmptyPromptError,
    NonFiniteError,
    UsageError,
)
from visualizer.engine.records import Cancelled, CancelToken, HeadRequest

LIMIT = 60


def ids_of(text):
    return np.frombuffer(text.encode(), np.uint8).astype(np.int64)


class CancelAfter(CancelToken):
    """A token that is set once it has been asked `n` times."""

    def __init__(self, n):
        super().__init__()
        object.__setattr__(self, "left", n)

    def check(self):
        object.__setattr__(self, "left", self.left - 1)
        if self.left < 0:
            self.cancel()
        super().check()


def assert_equals_fresh(reading, expected, atol=1e-4):
    trace = reading.trace
    logits = trace.attachment.head.logits(trace._hidden[: len(trace)])
    np.testing.assert_allclose(logits.numpy(), expected.logits, rtol=0, atol=atol)
    for position in (0, len(trace) // 2, len(trace) - 1):
        np.testing.assert_allclose(
            trace.logits(position), expected.logits[position], rtol=0, atol=atol
        )
    if expected.weights.size:
        for layer in range(len(expected.weights)):
            found = reading.head(HeadRequest(0, layer, 1)).weights
            np.testing.assert_allclose(found, expected.weights[layer, 1], rtol=0, atol=atol)


_TOKENS = st.lists(st.integers(0, 259), min_size=1, max_size=9)
_EDITS = st.lists(
    st.tuples(st.integers(0, LIMIT), st.integers(0, 12), _TOKENS | st.just([])),
    min_size=2,
    max_size=6,
)


@pytest.mark.parametrize(
    "architecture", ["gpt2", "llama", "gemma2", "gemma3", "gpt_oss", "opt", "bloom", "mamba"]
)
def test_edits_anywhere_equal_a_fresh_run(architecture, new_reading, truth):
    @settings(max_examples=6, deadline=None)
    @given(_TOKENS, _EDITS)
    def run(first, edits):
        reading = new_reading(architecture)
        ids = np.array(first, np.int64)
        reading.read(ids)
        for place, removed, added in edits:
            kept = min(place, len(ids))
            tail = ids[kept + removed :]
            edited = np.concatenate([ids[:kept], np.array(added, np.int64), tail])[:LIMIT]
            if len(edited):
                ids = edited
                reading.read(ids)
                reading.trace.logits(len(ids) - 1)
        assert reading.trace.ids.tolist() == ids.tolist()
        assert_equals_fresh(reading, truth(architecture, ids))

    run()


def test_letter_by_letter_equals_pasted_at_once(with_attention, new_reading, truth):
    ids = ids_of("A journey of a thousand miles begins here")
    reading = new_reading(with_attention)
    for stop in range(1, len(ids) + 1):
        assert reading.read(ids[:stop]) == 1
    assert_equals_fresh(reading, truth(with_attention, ids))


@pytest.mark.parametrize("architecture", ["llama", "mistral", "bloom"])
def test_only_new_tokens_are_run(architecture, new_reading):
    reading = new_reading(architecture)
    assert reading.read(ids_of("abcdefghij" * 3)) == 30
    assert reading.read(ids_of("abcdefghij" * 3)) == 0
    assert reading.read(ids_of("abcdefghij" * 3 + "k")) == 1
    assert reading.read(ids_of("abcdefghij")) == 0
    assert reading.read(ids_of("abcdeFghij")) == 5
    assert reading.read(ids_of("abcdeFgh" + "ij" * 3)) == 4


def test_state_that_cannot_be_cut_is_run_as_a_whole(new_reading):
    reading = new_reading("mamba")
    reading.read(ids_of("abcdef"))
    assert reading.read(ids_of("abcdefg")) == 7
    assert reading.read(ids_of("abc")) == 0


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "bloom"])
def test_buffers_grow_and_long_prompts_run_in_chunks(architecture, new_reading, truth, monkeypatch):
    monkeypatch.setattr(trace_module, "_CHUNK", 48)
    ids = np.random.default_rng(1).integers(0, 256, 300)
    reading = new_reading(architecture, context_length=400)
    reading.read(ids[:40])
    assert reading.read(ids) == 260
    assert_equals_fresh(reading, truth(architecture, ids))


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "bloom", "mamba"])
def test_cancelled_pass_leaves_the_common_prefix(architecture, new_reading, truth):
    before, after = ids_of("The cat sat on the mat"), ids_of("The cat lay on the sofa")
    prefix = 0 if architecture == "mamba" else len("The cat ")
    n_layers = new_reading(architecture).attachment.n_layers
    for n in range(n_layers):
        reading = new_reading(architecture)
        reading.read(before)
        reading.trace.logits(len(before) - 1)
        with pytest.raises(Cancelled):
            reading.read(after, CancelAfter(n))
        assert reading.trace.ids.tolist() == after[:prefix].tolist()
        reading.read(before)
        assert_equals_fresh(reading, truth(architecture, before))
    assert new_reading(architecture).read(after, CancelAfter(n_layers)) == len(after)


def test_cancel_between_chunks_keeps_the_chunks_that_went_through(new_reading, monkeypatch):
    monkeypatch.setattr(trace_module, "_CHUNK", 10)
    reading = new_reading("llama")
    n_layers = reading.attachment.n_layers
    with pytest.raises(Cancelled):
        reading.read(ids_of("x" * 35), CancelAfter(2 * n_layers + 1))
    assert len(reading.trace) == 20
    assert reading.read(ids_of("x" * 35)) == 15


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit, RecursionError, MemoryError, RuntimeError("boom")]
)
def test_pass_that_fails_leaves_the_prefix_usable(error, new_reading, truth):
    class Failing(CancelToken):
        def check(self):
            raise error

    reading = new_reading("llama")
    reading.read(ids_of("abcdef"))
    with pytest.raises(error if isinstance(error, type) else RuntimeError):
        reading.read(ids_of("abcxyz"), Failing())
    reading.read(ids_of("abcxyz"))
    assert_equals_fresh(reading, truth("llama", ids_of("abcxyz")))


@pytest.mark.parametrize("n", [15, 16])
def test_prompt_up_to_the_context_is_read(n, new_reading):
    assert new_reading("gpt2", context_length=16).read(ids_of("x" * n)) == n


def test_prompt_beyond_the_context_is_refused_before_anything_runs(new_reading, monkeypatch):
    reading = new_reading("gpt2", context_length=16)
    reading.read(ids_of("abc"))
    monkeypatch.setattr(reading.trace, "_run", None)
    with pytest.raises(ContextOverflowError) as caught:
        reading.read(ids_of("x" * 17))
    assert caught.value.values == {"n_tokens": 17, "context_length": 16}
    assert len(reading.trace) == 3


def test_empty_prompt_is_refused(new_reading):
    with pytest.raises(EmptyPromptError):
        new_reading("llama").read(np.empty(0, np.int64))


@pytest.mark.parametrize("token_id", [260, 100_000, -1])
def test_id_beyond_the_vocabulary_is_refused(token_id, new_reading):
    reading = new_reading("llama")
    with pytest.raises(UsageError, match=f"{token_id} does not exist"):
        reading.read(np.array([1, token_id, 2]))
    assert reading.read(np.array([1, 2, 259])) == 3


def test_non_finite_logits_are_refused_and_the_rest_stays(new_reading):
    reading = new_reading("llama")
    embedding = reading.attachment.model.get_input_embeddings().weight
    with torch.inference_mode():
        kept = embedding[7].clone()
        embedding[7] = torch.nan
    try:
        reading.read(np.array([1, 2]))
        reading.read(np.array([1, 2, 7, 3]))
        with pytest.raises(NonFiniteError):
            reading.trace.logits(3)
        assert np.isfinite(reading.trace.logits(1)).all()
    finally:
        with torch.inference_mode():
            embedding[7] = kept
    reading.read(np.array([1, 2, 8, 3]))
    assert np.isfinite(reading.trace.logits(3)).all()


def test_logits_are_remembered_only_while_their_token_stays(new_reading, truth):
    reading = new_reading("llama")
    reading.read(ids_of("abcd"))
    reading.trace.logits(3)
    reading.trace.logits(1)
    assert reading.trace.has_logits(3)
    reading.read(ids_of("abcZ"))
    assert not reading.trace.has_logits(3)
    assert reading.trace.has_logits(1)
    expected = truth("llama", ids_of("abcZ")).logits[3]
    np.testing.assert_allclose(reading.trace.logits(3), expected, rtol=0, atol=1e-5)
