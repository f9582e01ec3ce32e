"""Metrics of all heads against loops over transformers' own weights, and what an edit costs."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM

from visualizer.engine import metrics as metrics_module
from visualizer.engine.attention_records import (
    LOCAL_TOKENS,
    METRICS,
    MetricsRecord,
    MetricsRequest,
    RegionRequest,
)
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import NonFiniteError, VisualizerError
from visualizer.engine.patterns import CapturedPatterns
from visualizer.engine.records import (
    Cancelled,
    CancelToken,
    ForwardRequest,
    LoadRequest,
    ProgressRecord,
    Prompt,
)
from visualizer.locations import cache_path
from visualizer.session.head_labels import labels_of

LIMIT = 128
ARCHITECTURES = ("llama", "gemma2", "gpt_oss", "gpt2", "bloom", "mistral")


def ask(reading, cancel=None):
    """The answer to a MetricsRequest, without what came before it."""
    request = MetricsRequest(7) if cancel is None else MetricsRequest(7, cancel=cancel)
    *_, record = reading.metrics(request)
    return record


def row_truth(metric, row, query, ids, has_sink):
    """One metric of one row of weights, None where it is not defined: the definitions, in loops."""
    earlier = [key for key in range(query) if ids[key] == ids[query]]
    if metric == "entropy":
        outcomes = [*row, 1 - sum(row)] if has_sink else row
        return -sum(p * math.log2(p) for p in outcomes if p > 0)
    if metric == "distance":
        mass = sum(row)
        return sum(w * (query - key) for key, w in enumerate(row)) / mass if mass > 0 else None
    if metric in ("induction", "duplicate token"):
        step = 1 if metric == "induction" else 0
        return sum(row[key + step] for key in earlier) if earlier else None
    if metric == "local":
        return sum(row[query - 7 : query + 1]) if query >= LOCAL_TOKENS else None
    place = {"first token": 0, "previous token": query - 1, "diagonal": query}[metric]
    return row[place] if query >= 1 else None


def metrics_truth(weights, ids, has_sink=False):
    """Values (L, H) and numbers of rows by metric, from weights (L, H, T, T)."""
    values, counts = {}, {}
    for metric in METRICS:
        values[metric] = np.full(weights.shape[:2], np.nan)
        counts[metric] = 0
        for member in np.ndindex(*weights.shape[:2]):
            rows = [
                row_truth(metric, row[: query + 1].tolist(), query, ids, has_sink)
                for query, row in enumerate(weights[member].astype(np.float64))
            ]
            defined = [value for value in rows if value is not None]
            counts[metric] = max(counts[metric], len(defined))
            if defined:
                values[metric][member] = sum(defined) / len(defined)
    return values, counts


def assert_equal(record, truth, *, atol=1e-5, rtol=0.0):
    values, counts = truth
    assert tuple(record.values) == METRICS
    assert dict(record.n_queries) == counts
    for metric in METRICS:
        # A distance is in tokens: its rounding grows with it.
        near = (
            {"rtol": 1e-5, "atol": atol} if metric == "distance" else {"rtol": rtol, "atol": atol}
        )
        np.testing.assert_allclose(record.values[metric], values[metric], err_msg=metric, **near)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_metrics_equal_loops_over_eager_weights(architecture, new_reading, truth):
    ids = np.random.default_rng(2).integers(0, 24, 40)
    reading = new_reading(architecture)
    reading.read(ids)
    record = ask(reading)
    assert (record.request_id, record.n_tokens) == (7, 40)
    weights = truth(architecture, ids).weights
    assert_equal(record, metrics_truth(weights, ids.tolist(), architecture == "gpt_oss"))


def test_a_sink_counts_as_an_outcome_of_the_entropy(new_reading, truth):
    ids = np.arange(20)
    reading = new_reading("gpt_oss")
    reading.read(ids)
    weights = truth("gpt_oss", ids).weights
    assert weights.sum(axis=-1).min() < 0.9  # else this would show nothing
    without = metrics_truth(weights, ids.tolist(), has_sink=False)[0]["entropy"]
    assert np.abs(ask(reading).values["entropy"] - without).max() > 0.05


def test_short_texts_have_no_metric_that_is_not_defined(new_reading):
    reading = new_reading("llama")
    reading.read(np.array([5]))
    record = ask(reading)
    assert record.n_queries == {
        **dict.fromkeys(METRICS, 0),
        "entropy": 1,
        "distance": 1,
    }
    for metric in METRICS:
        nothing = metric in ("entropy", "distance")
        expected = 0.0 if nothing else np.nan
        np.testing.assert_allclose(record.values[metric], expected, atol=1e-6)


def test_a_token_that_repeats_at_once_is_followed_by_itself(new_reading, truth):
    ids = np.array([3, 3, 3, 9, 9, 3])
    reading = new_reading("llama")
    reading.read(ids)
    record = ask(reading)
    assert record.n_queries["induction"] == 4
    weights = truth("llama", ids).weights.astype(np.float64)
    keys = {1: [1], 2: [1, 2], 4: [4], 5: [1, 2, 3]}
    shares = [weights[:, :, query, followers].sum(-1) for query, followers in keys.items()]
    np.testing.assert_allclose(record.values["induction"], np.mean(shares, axis=0), atol=1e-5)


@pytest.mark.parametrize("scores", [1, 1 << 20])
@pytest.mark.parametrize("architecture", ["llama", "gemma2", "bloom"])
def test_small_steps_and_blocks_change_nothing(
    architecture, scores, new_reading, truth, monkeypatch
):
    monkeypatch.setattr(metrics_module, "_SCORES", scores)
    monkeypatch.setattr(metrics_module, "_ROWS", 16)
    ids = np.random.default_rng(4).integers(0, 9, 30)
    reading = new_reading(architecture)
    reading.read(ids)
    weights = truth(architecture, ids).weights
    assert_equal(ask(reading), metrics_truth(weights, ids.tolist()))


_EDITS = st.lists(
    st.tuples(
        st.integers(0, LIMIT),
        st.integers(0, 40),
        st.lists(st.integers(0, 12), max_size=40),
        st.sampled_from(["no look", "look", "cancelled look"]),
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.parametrize("architecture", ["llama", "gemma2", "gpt_oss", "bloom"])
def test_incremental_equals_fresh(architecture, new_reading, monkeypatch):
    monkeypatch.setattr(metrics_module, "_ROWS", 16)
    monkeypatch.setattr(metrics_module, "_SCORES", 4096)

    @settings(max_examples=15, deadline=None)
    @given(_EDITS, st.integers(0, 3))
    def run(edits, until_cancel):
        reading = new_reading(architecture)
        ids = np.arange(30)
        reading.read(ids)
        for place, removed, added, look in edits:
            kept = min(place, len(ids))
            tail = ids[kept + removed :]
            ids = np.concatenate([ids[:kept], np.array(added, np.int64), tail])[:LIMIT]
            ids = ids if len(ids) else np.arange(3)
            reading.read(ids)
            if look == "look":
                ask(reading)
            elif look == "cancelled look":
                token = CancelToken()
                try:
                    for count, _ in enumerate(reading._metrics.update(ids, token)):
                        if count == until_cancel:
                            token.cancel()
                except Cancelled:
                    pass
        fresh = new_reading(architecture)
        fresh.read(ids)
        record, expected = ask(reading), ask(fresh)
        assert record.n_queries == expected.n_queries
        for metric in METRICS:
            np.testing.assert_allclose(
                record.values[metric], expected.values[metric], rtol=1e-5, atol=1e-4
            )

    run()


@pytest.fixture
def rows_computed(monkeypatch):
    """How many query rows were computed, over all layers."""
    rows = []
    plain = CapturedPatterns.numerators

    def counting(self, batch, members, part, first):
        rows.append((members[1] - members[0]) * (part[1] - part[0]))
        return plain(self, batch, members, part, first)

    monkeypatch.setattr(CapturedPatterns, "numerators", counting)
    return rows


def test_an_edit_computes_its_own_rows_alone(new_reading, rows_computed):
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 256, 128)
    reading.read(ids[:100])
    ask(reading)
    for stop in (101, 102, 104):
        before = len(reading.trace)
        rows_computed.clear()
        reading.read(ids[:stop])
        ask(reading)
        assert sum(rows_computed) == 2 * (stop - before)
    rows_computed.clear()
    reading.read(ids[:90])
    ask(reading)
    assert not rows_computed


def test_cancelled_work_goes_on_where_it_stopped(new_reading, rows_computed, monkeypatch, truth):
    monkeypatch.setattr(metrics_module, "_ROWS", 16)
    monkeypatch.setattr(metrics_module, "_SCORES", 1)  # each step is a row of a layer
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 12, 32)
    reading.read(ids)
    token = CancelToken()
    counting = CapturedPatterns.numerators

    def cancel_in_the_middle_of_a_row(self, batch, members, part, first):
        if len(rows_computed) == 10:
            token.cancel()
        return counting(self, batch, members, part, first)

    monkeypatch.setattr(CapturedPatterns, "numerators", cancel_in_the_middle_of_a_row)
    with pytest.raises(Cancelled):
        ask(reading, token)
    done = sum(rows_computed)
    assert done == 11  # five rows of both layers, and the sixth of the first one
    rows_computed.clear()
    record = ask(reading)
    assert done + sum(rows_computed) == 2 * 32
    assert_equal(record, metrics_truth(truth("llama", ids).weights, ids.tolist()))


def test_a_row_that_was_begun_outlives_growth_of_its_text(
    new_reading, rows_computed, monkeypatch, truth
):
    monkeypatch.setattr(metrics_module, "_SCORES", 1)
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 12, 60)
    reading.read(ids[:10])
    token = CancelToken()
    plain = reading._metrics._compute_step

    def cancelling(*arguments):
        token.cancel()
        plain(*arguments)

    monkeypatch.setattr(reading._metrics, "_compute_step", cancelling)
    with pytest.raises(Cancelled):
        ask(reading, token)
    monkeypatch.setattr(reading._metrics, "_compute_step", plain)
    reading.read(ids)
    assert_equal(ask(reading), metrics_truth(truth("llama", ids).weights, ids.tolist()))


def test_a_row_that_was_begun_is_forgotten_with_its_token(new_reading, monkeypatch, truth):
    monkeypatch.setattr(metrics_module, "_ROWS", 16)
    reading = new_reading("gpt2")
    monkeypatch.setattr(metrics_module, "_SCORES", 4 * 16 * 16)  # a layer a step
    ids = np.random.default_rng(5).integers(0, 12, 16)
    reading.read(ids)
    token = CancelToken()
    plain = reading._metrics._compute_step

    def cancelling(*arguments):
        token.cancel()
        plain(*arguments)

    monkeypatch.setattr(reading._metrics, "_compute_step", cancelling)
    with pytest.raises(Cancelled):
        ask(reading, token)
    monkeypatch.setattr(reading._metrics, "_compute_step", plain)
    ids = ids.copy()
    ids[5] = 200
    reading.read(ids)
    assert_equal(ask(reading), metrics_truth(truth("gpt2", ids).weights, ids.tolist()))


def test_a_record_is_not_touched_by_the_next_edit(new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(32))
    record = ask(reading)
    before = {metric: values.copy() for metric, values in record.values.items()}
    reading.read(np.arange(100, 132))
    ask(reading)
    for metric in METRICS:
        np.testing.assert_array_equal(record.values[metric], before[metric])
        assert not record.values[metric].flags.writeable


def test_slow_work_is_told_of_and_quick_work_is_not(new_reading, monkeypatch):
    monkeypatch.setattr(metrics_module, "_ROWS", 16)
    reading = new_reading("llama")
    reading.read(np.arange(100))
    assert [type(r) for r in reading.metrics(MetricsRequest(7))] == [MetricsRecord]
    seconds = iter(range(100))
    monkeypatch.setattr("visualizer.engine.reading.time.perf_counter", lambda: next(seconds) * 0.15)
    reading.read(np.arange(100, 200))
    *told, record = reading.metrics(MetricsRequest(8))
    assert isinstance(record, MetricsRecord)
    assert told
    assert all(isinstance(r, ProgressRecord) and r.stage == "metrics" for r in told)
    assert all(r.request_id == 8 and r.total == 100 and r.unit == "tokens" for r in told)
    done = [r.done for r in told]
    assert done == sorted(set(done))
    assert done[0] > 0
    assert done[-1] < 100


def test_the_engine_answers(new_engine):
    engine = new_engine("llama")
    with pytest.raises(VisualizerError, match="No prompt"):
        list(engine.answer(MetricsRequest(1)))
    list(engine.answer(ForwardRequest(1, Prompt("abcabc"))))
    (record,) = engine.answer(MetricsRequest(2))
    assert (record.request_id, record.n_tokens) == (2, 6)


def test_a_model_without_attention_has_no_metrics(new_engine):
    engine = new_engine("mamba")
    list(engine.answer(ForwardRequest(1, Prompt("abc"))))
    with pytest.raises(VisualizerError, match="no attention"):
        list(engine.answer(MetricsRequest(2)))


def test_weights_that_are_not_finite_are_refused(new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(12))
    reading.trace.store.groups[0].queries.data[0, 0, 3] = float("nan")
    with pytest.raises(NonFiniteError):
        ask(reading)


# ------------------------------------------------------------------------------ a real model


@pytest.fixture(scope="module")
def smollm2():
    """An engine with smollm2-135m, and its folder."""
    folder = cache_path("models", "smollm2-135m")
    if not (folder / "config.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    engine = LocalEngine()
    engine.load(LoadRequest(0, "smollm2-135m", folder, device="cpu"), print)
    return engine, folder


def read(engine, ids):
    prompt = Prompt("", tuple(int(token_id) for token_id in ids))
    list(engine.answer(ForwardRequest(1, prompt, with_overview=False, with_surprise=False)))


@pytest.mark.smollm2
def test_smollm2_against_transformers(smollm2):
    engine, folder = smollm2
    words = np.random.default_rng(8).integers(1000, 40000, 20)
    ids = np.random.default_rng(9).choice(words, 48)
    read(engine, ids)
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )
    with torch.no_grad():
        output = model(torch.from_numpy(ids)[None], output_attentions=True)
    weights = np.stack([layer[0].numpy() for layer in output.attentions])
    *_, record = engine.answer(MetricsRequest(2))
    assert_equal(record, metrics_truth(weights, ids.tolist()), atol=1e-4)
    *_, region = engine.answer(RegionRequest(3, (10, 40), (5, 20)))
    expected = weights[:, :, 10:40, 5:20].sum(-1, dtype=np.float64).mean(-1)
    np.testing.assert_allclose(region.mass, expected, rtol=0, atol=1e-4)


@pytest.mark.smollm2
def test_smollm2_has_induction_heads_on_a_repeated_random_text(smollm2):
    engine, _ = smollm2
    for seed in range(3):
        half = np.random.default_rng(seed).integers(1000, 40000, 30)
        ids = np.concatenate([half, half])
        read(engine, ids)
        *_, record = engine.answer(MetricsRequest(2))
        scores = record.values["induction"]
        best = np.unravel_index(scores.argmax(), scores.shape)
        assert scores[best] > 0.7
        assert np.median(scores) < 0.05  # the share of most heads is next to nothing
        labels = labels_of(record, ids)
        assert "induction" in {label.name for label in labels[best]}
        named = [
            head for head, all_of in labels.items() for one in all_of if one.name == "induction"
        ]
        assert {(17, 3), (17, 4), (17, 5), (18, 6)} <= set(named)
        assert len(named) < 20
        previous = record.values["previous token"]
        assert np.unravel_index(previous.argmax(), previous.shape) in labels
        # The same tokens once give nothing to continue.
        read(engine, half)
        *_, once = engine.answer(MetricsRequest(3))
        assert not any(
            one.name == "induction" for all_of in labels_of(once, half).values() for one in all_of
        )
