"""Weights of tiles, pooled ranges, means, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine import patterns
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import MEAN, Cancelled, CancelToken, HeadRequest

N = 90
IDS = np.random.default_rng(5).integers(0, 256, N)
ARCHITECTURES = ["llama", "gemma2", "gemma3", "gpt_oss", "bloom"]


def max_pooled(weights, block):
    """Plain max-pooling of the last two dimensions; 0 beyond the edge."""
    edges = [-(-n // block) for n in weights.shape[-2:]]
    padded = np.zeros((*weights.shape[:-2], edges[0] * block, edges[1] * block), np.float32)
    padded[..., : weights.shape[-2], : weights.shape[-1]] = weights
    cells = padded.reshape(*weights.shape[:-2], edges[0], block, edges[1], block)
    return cells.max(axis=(-3, -1))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_tiles_equal_slices_of_the_whole(architecture, new_reading, truth):
    expected = truth(architecture, IDS).weights
    ranges = st.tuples(st.integers(0, N - 1), st.integers(1, N)).filter(lambda r: r[0] < r[1])

    @settings(max_examples=25, deadline=None)
    @given(ranges, ranges, st.sampled_from([0, 1, 3, MEAN]), st.booleans())
    def run(rows, columns, head, fresh):
        reading = readings[fresh]
        if fresh:  # no normaliser is known
            reading.read(IDS[:1])
            reading.read(IDS)
        record = reading.head(HeadRequest(4, 1, head, rows, columns))
        whole = expected[1].mean(axis=0) if head == MEAN else expected[1, head]
        tile = whole[slice(*rows), slice(*columns)]
        assert (record.rows, record.columns, record.block) == (rows, columns, 1)
        np.testing.assert_allclose(record.weights, tile, rtol=0, atol=1e-5)

    readings = [new_reading(architecture), new_reading(architecture)]
    for reading in readings:
        reading.read(IDS)
    run()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("most_cells", [1, 7, 32, 89, 90])
def test_long_ranges_are_max_pooled(architecture, most_cells, new_reading, truth):
    reading = new_reading(architecture)
    reading.read(IDS)
    rows, columns = (3, 90), (0, 77)
    record = reading.head(HeadRequest(0, 0, 2, rows, columns, most_cells=most_cells))
    assert record.block == -(-87 // most_cells)
    assert max(record.weights.shape) <= most_cells
    tile = truth(architecture, IDS).weights[0, 2, 3:90, 0:77]
    np.testing.assert_allclose(record.weights, max_pooled(tile, record.block), rtol=0, atol=1e-5)


def test_sink_takes_what_a_row_leaves(new_reading):
    reading = new_reading("gpt_oss")
    reading.read(IDS)
    for head in (3, MEAN):
        record = reading.head(HeadRequest(0, 3, head, rows=(1, 70)))
        assert record.sink.max() > 0.01
        np.testing.assert_allclose(record.weights.sum(axis=1) + record.sink, 1.0, rtol=0, atol=1e-5)
    narrow = reading.head(HeadRequest(0, 3, 3, rows=(1, 70), columns=(0, 3)))
    whole = reading.head(HeadRequest(0, 3, 3, rows=(1, 70)))
    np.testing.assert_allclose(narrow.sink, whole.sink, rtol=0, atol=1e-6)


@pytest.fixture
def cells_computed(monkeypatch):
    """How many scores were computed, one number for each time."""
    cells = []
    plain = patterns._scores

    def counting(group, slot, head, rows, columns):
        cells.append((rows[1] - rows[0]) * (columns[1] - columns[0]))
        return plain(group, slot, head, rows, columns)

    monkeypatch.setattr(patterns, "_scores", counting)
    return cells


@pytest.mark.parametrize("architecture", ["llama", "gpt_oss"])
def test_tile_costs_only_its_own_cells_once_rows_were_seen(
    architecture, new_reading, cells_computed
):
    reading = new_reading(architecture)
    reading.read(IDS)
    request = HeadRequest(0, 1, 2, rows=(70, 80), columns=(20, 25))
    reading.head(request)
    if architecture == "llama":  # the kernel of the forward pass has told of the rows
        assert cells_computed == [50]
    else:
        assert sum(cells_computed) > 50  # the first look needs whole rows
    cells_computed.clear()
    reading.head(request)
    assert cells_computed == [50]
    reading.read(np.append(IDS[:75], 3))  # rows from 75 on are new
    cells_computed.clear()
    reading.head(HeadRequest(0, 1, 2, rows=(70, 75), columns=(20, 25)))
    assert cells_computed == [25]


def test_rows_are_forgotten_with_their_tokens(new_reading, truth):
    reading = new_reading("llama")
    reading.read(IDS)
    reading.head(HeadRequest(0, 1, 2))
    edited = IDS.copy()
    edited[40] = (edited[40] + 1) % 256
    reading.read(edited)
    tile = reading.head(HeadRequest(0, 1, 2, rows=(30, 80), columns=(10, 20))).weights
    expected = truth("llama", edited).weights[1, 2, 30:80, 10:20]
    np.testing.assert_allclose(tile, expected, rtol=0, atol=1e-5)


def test_work_on_a_long_head_can_be_cancelled(new_reading):
    token = CancelToken()
    token.cancel()
    reading = new_reading("llama")
    reading.read(IDS)
    with pytest.raises(Cancelled):
        reading.head(HeadRequest(0, 0, 0, cancel=token))


def test_records_are_read_only(new_reading):
    reading = new_reading("llama")
    reading.read(IDS)
    with pytest.raises(ValueError, match="read-only"):
        reading.head(HeadRequest(0, 0, 0)).weights[0, 0] = 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"layer": 2}, "layer 2"),
        ({"layer": -1}, "layer -1"),
        ({"head": 4}, "head 4"),
        ({"head": -1}, "head -1"),
        ({"rows": (3, 3)}, "rows 3"),
        ({"rows": (-1, 3)}, "rows -1"),
        ({"columns": (0, N + 1)}, "to 91"),
        ({"most_cells": 0}, "most_cells"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(fields, named, new_reading):
    reading = new_reading("llama")
    reading.read(IDS)
    with pytest.raises(UsageError, match=named):
        reading.head(HeadRequest(**{"request_id": 0, "layer": 0, "head": 0, **fields}))


def test_architecture_without_attention_says_so(new_reading):
    reading = new_reading("mamba")
    reading.read(IDS)
    with pytest.raises(VisualizerError, match="mamba has no attention"):
        reading.head(HeadRequest(0, 0, 0))
