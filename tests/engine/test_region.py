"""What heads put on a region against sums over transformers' own weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine import region as region_module
from visualizer.engine.attention_records import RegionRecord, RegionRequest
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.patterns import CapturedPatterns
from visualizer.engine.records import Cancelled, CancelToken, ForwardRequest, ProgressRecord, Prompt

N_TOKENS = 40


@pytest.mark.parametrize("scores", [1 << 9, 1 << 20])
@pytest.mark.parametrize("architecture", ["llama", "gemma2", "gpt_oss", "gpt2", "bloom"])
def test_mass_equals_sums_of_eager_weights(architecture, scores, new_reading, truth, monkeypatch):
    monkeypatch.setattr(region_module, "_SCORES", scores)
    ids = np.random.default_rng(2).integers(0, 256, N_TOKENS)
    weights = truth(architecture, ids).weights.astype(np.float64)
    reading = new_reading(architecture)
    reading.read(ids)
    ends = st.tuples(st.integers(0, N_TOKENS - 1), st.integers(1, N_TOKENS)).filter(
        lambda pair: pair[0] < pair[1]
    )

    @settings(max_examples=25, deadline=None)
    @given(ends, ends)
    def run(rows, columns):
        *_, record = reading.region(RegionRequest(3, rows, columns))
        assert isinstance(record, RegionRecord)
        assert (record.request_id, record.n_tokens) == (3, N_TOKENS)
        assert (record.rows, record.columns) == (rows, columns)
        part = weights[:, :, slice(*rows), slice(*columns)]
        np.testing.assert_allclose(record.mass, part.sum(-1).mean(-1), rtol=0, atol=1e-5)

    run()


def test_keys_that_no_query_sees_have_no_mass(new_reading):
    reading = new_reading("mistral")  # looks back five tokens
    reading.read(np.arange(30))
    for rows, columns in (((0, 5), (10, 20)), ((20, 25), (0, 10))):
        (record,) = reading.region(RegionRequest(1, rows, columns))
        np.testing.assert_array_equal(record.mass, 0.0)
        assert not record.mass.flags.writeable


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ((0, 13), (0, 1), "rows 0 to 13 are not in the prompt of 12 tokens"),
        ((3, 3), (0, 1), "rows 3 to 3"),
        ((-1, 3), (0, 1), "rows -1 to 3"),
        ((0, 1), (12, 13), "columns 12 to 13"),
        ((0, 1), (5, 2), "columns 5 to 2"),
    ],
)
def test_a_region_outside_the_text_is_refused(rows, columns, message, new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(12))
    with pytest.raises(UsageError, match=message):
        list(reading.region(RegionRequest(1, rows, columns)))


def test_the_engine_answers(new_engine):
    engine = new_engine("llama")
    with pytest.raises(VisualizerError, match="No prompt"):
        list(engine.answer(RegionRequest(1, (0, 1), (0, 1))))
    list(engine.answer(ForwardRequest(1, Prompt("abcabc"))))
    (record,) = engine.answer(RegionRequest(2, (0, 6), (0, 6)))
    np.testing.assert_allclose(record.mass, 1.0, atol=1e-6)


def test_a_model_without_attention_has_no_regions(new_engine):
    engine = new_engine("mamba")
    list(engine.answer(ForwardRequest(1, Prompt("abc"))))
    with pytest.raises(VisualizerError, match="no attention"):
        list(engine.answer(RegionRequest(2, (0, 1), (0, 1))))


def test_a_cancel_is_heard_between_steps(new_reading, monkeypatch):
    monkeypatch.setattr(region_module, "_SCORES", 1)
    reading = new_reading("llama")
    reading.read(np.arange(30))
    token, calls = CancelToken(), []
    plain = CapturedPatterns.numerators

    def cancelling(self, *arguments):
        calls.append(arguments)
        token.cancel()
        return plain(self, *arguments)

    monkeypatch.setattr(CapturedPatterns, "numerators", cancelling)
    with pytest.raises(Cancelled):
        list(reading.region(RegionRequest(1, (0, 30), (0, 30), cancel=token)))
    assert len(calls) == 1


def test_slow_work_is_told_of(new_reading, monkeypatch):
    monkeypatch.setattr(region_module, "_ROWS", 8)
    reading = new_reading("llama")
    reading.read(np.arange(100))
    seconds = iter(range(100))
    monkeypatch.setattr("visualizer.engine.reading.time.perf_counter", lambda: next(seconds) * 0.15)
    *told, record = reading.region(RegionRequest(8, (20, 100), (10, 50)))
    assert isinstance(record, RegionRecord)
    assert told
    assert all(isinstance(r, ProgressRecord) and r.stage == "region" for r in told)
    assert all(r.request_id == 8 and r.total == 80 and r.unit == "tokens" for r in told)
    assert [r.done for r in told] == sorted({r.done for r in told})
    assert told[-1].done < 80


def test_weights_that_are_not_finite_are_refused(new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(12))
    reading.trace.store.groups[0].queries.data[0, 0, 3] = float("nan")
    with pytest.raises(NonFiniteError):
        list(reading.region(RegionRequest(1, (0, 12), (0, 12))))
