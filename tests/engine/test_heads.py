"""Treated, joined and averaged heads and tiles of them, against eager attention and NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine import heads as heads_module
from visualizer.engine import progress as progress_module
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.granularity import unit_starts
from visualizer.engine.records import (
    MEAN,
    Cancelled,
    CancelToken,
    ForwardRequest,
    GenerateRequest,
    HeadRecord,
    HeadRequest,
    ProgressRecord,
    Prompt,
    TileRequest,
)
from visualizer.engine.treatment import HIDDEN, Treatment

TEXT = "One two, three. Four five six! It isn't so\nbad; no: 3.14 is fine. The end (nearly)."
N = len(TEXT)
ARCHITECTURES = ["gpt2", "llama", "mistral", "gemma2", "gemma3", "gpt_oss", "bloom"]
SPECIAL_IDS = frozenset({ord("s"), ord(",")})
TREATMENTS = [
    Treatment(("first",)),
    Treatment(("special", "diagonal")),
    Treatment(discount=True),
    Treatment(HIDDEN, discount=True),
    Treatment(top_mass=0.8),
    Treatment(("first",), discount=True, top_mass=0.5),
    Treatment(granularity="words"),
    Treatment(granularity="sentences"),
    Treatment(HIDDEN, discount=True, top_mass=0.9, granularity="words"),
]


def max_pooled(weights, block):
    edges = [-(-n // block) for n in weights.shape]
    padded = np.zeros((edges[0] * block, edges[1] * block), weights.dtype)
    padded[: weights.shape[0], : weights.shape[1]] = weights
    return padded.reshape(edges[0], block, edges[1], block).max(axis=(1, 3))


@pytest.fixture
def described(new_reading, byte_tokenizer):
    """`described(architecture)`: TEXT read, and told what its tokens are."""

    def build(architecture):
        reading = new_reading(architecture)
        tokenization = byte_tokenizer().encode(TEXT)
        reading.describe(tokenization, SPECIAL_IDS)
        reading.read(tokenization.ids)
        return reading, tokenization

    return build


@pytest.fixture
def expect(truth, plainly_treated):
    """`expect(architecture, tokenization, members, treatment)`: whole treated mean, and starts."""

    def compute(architecture, tokenization, members, treatment):
        weights = truth(architecture, tokenization.ids).weights.astype(np.float64)
        special = np.isin(tokenization.ids, list(SPECIAL_IDS))
        starts = unit_starts(tokenization, SPECIAL_IDS, treatment.granularity)
        mean = np.mean([weights[layer, head] for layer, head in members], axis=0)
        return plainly_treated(mean, treatment, special, starts), starts

    return compute


@pytest.mark.parametrize("treatment", TREATMENTS, ids=repr)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_treated_heads_equal_the_plain_computation(architecture, treatment, described, expect):
    reading, tokenization = described(architecture)
    for head, members in ((1, ()), (MEAN, ()), (0, ((0, 3), (1, 1), (1, 2)))):
        record = reading.head(HeadRequest(0, 1, head, members=members, treatment=treatment))
        meant = members or ([(1, 1)] if head == 1 else [(1, i) for i in range(4)])
        expected, starts = expect(architecture, tokenization, meant, treatment)
        np.testing.assert_allclose(record.weights, expected, rtol=0, atol=1e-5)
        assert (record.members, record.treatment, record.block) == (members, treatment, 1)
        assert record.n_units == len(expected)
        if starts is None:
            assert record.unit_starts is None
        else:
            assert record.unit_starts.tolist() == starts.tolist()
            assert not record.unit_starts.flags.writeable


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "gpt_oss"])
def test_tiles_equal_parts_of_the_whole_treated_head(architecture, described, expect, monkeypatch):
    monkeypatch.setattr(heads_module, "_CELLS", 256)
    monkeypatch.setattr(heads_module, "_ROWS", 16)
    reading, tokenization = described(architecture)
    wholes = {
        treatment: expect(architecture, tokenization, [(0, 2), (1, 0)], treatment)[0]
        for treatment in TREATMENTS
    }

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def run(data):
        treatment = data.draw(st.sampled_from(TREATMENTS))
        whole = wholes[treatment]
        n = len(whole)
        rows, columns = (
            data.draw(
                st.tuples(st.integers(0, n - 1), st.integers(1, n)).filter(lambda r: r[0] < r[1])
            )
            for _ in range(2)
        )
        most_cells = data.draw(st.sampled_from([1, 3, 8, 2048]))
        record = reading.head(
            TileRequest(0, 0, 0, rows, columns, most_cells, ((0, 2), (1, 0)), treatment)
        )
        assert (record.rows, record.columns) == (rows, columns)
        longest = max(rows[1] - rows[0], columns[1] - columns[0])
        assert record.block == -(-longest // most_cells)
        expected = max_pooled(whole[slice(*rows), slice(*columns)], record.block)
        np.testing.assert_allclose(record.weights, expected, rtol=0, atol=1e-5)

    run()


def test_joined_rows_of_long_units_are_computed_a_few_at_a_time(described, expect, monkeypatch):
    monkeypatch.setattr(heads_module, "_CELLS", 64)
    monkeypatch.setattr(heads_module, "_ROWS", 5)
    reading, tokenization = described("llama")
    treatment = Treatment(("first",), granularity="sentences")
    record = reading.head(HeadRequest(0, 0, 3, treatment=treatment))
    expected, _ = expect("llama", tokenization, [(0, 3)], treatment)
    np.testing.assert_allclose(record.weights, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("granularity", ["words", "sentences"])
def test_joined_rows_sum_to_one(granularity, described):
    reading, _ = described("llama")
    record = reading.head(HeadRequest(0, 1, 0, treatment=Treatment(granularity=granularity)))
    np.testing.assert_allclose(record.weights.sum(axis=1), 1.0, rtol=0, atol=1e-5)


def test_the_sink_stays_the_model_s_own(described):
    reading, _ = described("gpt_oss")
    plain = reading.head(HeadRequest(0, 1, 2))
    np.testing.assert_allclose(plain.weights.sum(axis=1) + plain.sink, 1.0, rtol=0, atol=1e-5)
    treatment = Treatment(("first",), discount=True, top_mass=0.5)
    treated = reading.head(HeadRequest(0, 1, 2, treatment=treatment))
    np.testing.assert_allclose(treated.sink, plain.sink, rtol=0, atol=1e-6)
    joined = reading.head(HeadRequest(0, 1, 2, treatment=Treatment(granularity="words")))
    starts = joined.unit_starts
    means = np.add.reduceat(plain.sink, starts[:-1]) / np.diff(starts)
    np.testing.assert_allclose(joined.sink, means, rtol=0, atol=1e-6)
    np.testing.assert_allclose(joined.weights.sum(axis=1) + joined.sink, 1.0, rtol=0, atol=1e-5)
    both = reading.head(HeadRequest(0, 0, 0, members=((0, 1), (1, 2))))
    one = reading.head(HeadRequest(0, 0, 1))
    np.testing.assert_allclose(both.sink, (one.sink + plain.sink) / 2, rtol=0, atol=1e-6)


def test_the_window_is_that_of_the_layers(described):
    reading, _ = described("gemma3")  # layers 0 and 2 slide
    windows = [reading.head(HeadRequest(0, layer, 0)).window for layer in range(4)]
    assert windows == [6, None, 6, None]
    assert reading.head(HeadRequest(0, 1, 0, members=((0, 1), (2, 3)))).window == 6
    assert reading.head(HeadRequest(0, 0, 0, members=((0, 1), (1, 3)))).window is None
    assert described("bloom")[0].head(HeadRequest(0, 0, 0)).window is None


@pytest.mark.parametrize("architecture", ["llama", "gemma2", "mistral", "gpt_oss"])
def test_tiles_and_pooled_maps_of_2048_tokens(architecture, new_reading, truth):
    ids = np.random.default_rng(4).integers(0, 256, 2048)
    reading = new_reading(architecture, context_length=2048)
    reading.read(ids)
    layers = truth(architecture, ids).weights
    for layer, head, rows, columns in (
        (0, 1, (1200, 2000), (0, 800)),
        (1, 2, (0, 500), (300, 800)),
        (1, 3, (2040, 2048), (1000, 2048)),
    ):
        tile = reading.head(TileRequest(0, layer, head, rows, columns))
        expected = layers[layer, head, slice(*rows), slice(*columns)]
        assert tile.block == 1
        np.testing.assert_allclose(tile.weights, expected, rtol=0, atol=1e-5)
        treatment = Treatment(("first",), discount=True)
        tile = reading.head(TileRequest(0, layer, head, rows, columns, treatment=treatment))
        whole = layers[layer, head, slice(*rows)].astype(np.float64)
        whole[:, 0] = 0
        left = whole.sum(axis=1, keepdims=True)
        whole /= np.where(left > 0, left, 1)
        # Where nearly all was on the first token, what is left of the rounding is divided, too.
        sound = left[:, 0] > 1e-2
        np.testing.assert_allclose(
            tile.weights[sound], whole[sound][:, slice(*columns)], rtol=0, atol=1e-5
        )
    for layer, most_cells in ((0, 500), (1, 512), (1, 100)):
        record = reading.head(HeadRequest(0, layer, 1, most_cells=most_cells))
        expected = max_pooled(layers[layer, 1], record.block)
        np.testing.assert_allclose(record.weights, expected, rtol=0, atol=1e-5)


def test_pooled_maps_do_not_depend_on_what_was_looked_at_before(new_reading):
    ids = np.random.default_rng(4).integers(0, 256, 700)
    for architecture in ("llama", "gemma2", "gpt_oss"):
        maps = []
        for looked_before in (False, True):
            reading = new_reading(architecture, context_length=700)
            reading.read(ids)
            if looked_before:
                reading.overview(0)
                reading.head(HeadRequest(0, 1, 1))
            maps.append(reading.head(HeadRequest(0, 1, 1, most_cells=100)).weights)
        np.testing.assert_allclose(maps[0], maps[1], rtol=0, atol=1e-5)


def test_what_takes_long_is_told_and_can_be_cancelled(described, monkeypatch):
    monkeypatch.setattr(progress_module, "_SLOW_S", 0.0)
    monkeypatch.setattr(heads_module, "_CELLS", 256)
    monkeypatch.setattr(heads_module, "_ROWS", 16)
    reading, _ = described("llama")
    token = CancelToken()
    records = list(reading.head_steps(HeadRequest(3, 1, MEAN, rows=(10, N), cancel=token)))
    assert isinstance(records[-1], HeadRecord)
    told = records[:-1]
    assert len(told) > 2
    assert {type(record) for record in told} == {ProgressRecord}
    assert {(p.request_id, p.stage, p.total, p.unit) for p in told} == {
        (3, "head", N - 10, "tokens")
    }
    done = [progress.done for progress in told]
    assert done == sorted(set(done))
    assert 0 < done[0] <= done[-1] < N - 10
    steps = reading.head_steps(HeadRequest(3, 1, MEAN, cancel=token))
    next(steps)
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_what_is_quick_is_not_told(described):
    reading, _ = described("llama")
    assert len(list(reading.head_steps(HeadRequest(3, 1, 2)))) == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"members": ((0, 0), (2, 0))}, "layer 2"),
        ({"members": ((0, 4),)}, "head 4"),
        ({"members": ((0, -1),)}, "head -1"),
        ({"treatment": Treatment(top_mass=0.0)}, "top_mass"),
        ({"treatment": Treatment(hidden=("all",))}, "hidden all"),
        ({"treatment": Treatment(granularity="sentences"), "rows": (0, 99)}, "99 .* sentences"),
        ({"treatment": Treatment(granularity="words"), "columns": (5, 5)}, "columns 5 to 5"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(fields, named, described):
    reading, _ = described("llama")
    with pytest.raises(UsageError, match=named):
        reading.head(HeadRequest(**{"request_id": 0, "layer": 0, "head": 0, **fields}))


@pytest.mark.parametrize("treatment", [Treatment(("special",)), Treatment(granularity="words")])
def test_a_text_of_bare_ids_has_no_words(treatment, new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(5))
    with pytest.raises(VisualizerError, match="not known"):
        reading.head(HeadRequest(0, 0, 0, treatment=treatment))


def test_weights_that_are_not_finite_are_refused(described):
    reading, _ = described("llama")
    with torch.inference_mode():
        reading.trace.store.groups[0].queries.data[0, 2, 7] = torch.nan
    with pytest.raises(VisualizerError, match="not finite"):
        reading.head(HeadRequest(0, 0, 2))


def test_the_engine_tells_what_tokens_are(new_engine, byte_tokenizer):
    engine = new_engine("llama")
    treatment = Treatment(granularity="words")
    (record, *_) = engine.answer(
        ForwardRequest(0, Prompt(TEXT), layer=1, head=2, treatment=treatment)
    )
    starts = unit_starts(byte_tokenizer().encode(TEXT), (), "words")
    assert record.head.unit_starts.tolist() == starts.tolist()
    assert record.head.weights.shape == (len(starts) - 1,) * 2
    *_, tile = engine.answer(TileRequest(1, 1, 2, (2, 4), (0, 4), treatment=treatment))
    np.testing.assert_allclose(tile.weights, record.head.weights[2:4, :4], rtol=0, atol=1e-6)
    steps = engine.answer(
        GenerateRequest(2, Prompt("a b"), 2, layer=1, head=MEAN, treatment=treatment)
    )
    generated = next(steps).forward.head
    assert generated.unit_starts[-1] == generated.n_tokens == 4
    *_, again = engine.answer(HeadRequest(3, 0, 0, treatment=Treatment(HIDDEN)))
    assert again.treatment.hidden == HIDDEN
