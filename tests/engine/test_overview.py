"""Thumbnails of all heads against plain max-pooling, and what an edit costs them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine import overview as overview_module
from visualizer.engine.overview import MOST_CELLS, block_size
from visualizer.engine.patterns import CapturedPatterns
from visualizer.engine.records import Cancelled, CancelToken

LIMIT = 128


def pooled_truth(weights):
    """(L, H, P, P) by plain max-pooling of (L, H, T, T)."""
    n_tokens = weights.shape[-1]
    block = block_size(n_tokens)
    edge = -(-n_tokens // block)
    padded = np.zeros((*weights.shape[:2], edge * block, edge * block), np.float32)
    padded[..., :n_tokens, :n_tokens] = weights
    return padded.reshape(*weights.shape[:2], edge, block, edge, block).max(axis=(3, 5))


def test_blocks_are_the_smallest_powers_of_two_that_fit():
    for n_tokens in range(1, 3000):
        block = block_size(n_tokens)
        assert block & (block - 1) == 0
        assert -(-n_tokens // block) <= MOST_CELLS
        assert block == 1 or -(-n_tokens // (block // 2)) > MOST_CELLS


def test_every_architecture_equals_plain_max_pooling(with_attention, new_reading, truth):
    ids = np.random.default_rng(2).integers(0, 256, 100)
    reading = new_reading(with_attention)
    reading.read(ids)
    record = reading.overview(7)
    assert (record.request_id, record.n_tokens, record.block) == (7, 100, 4)
    expected = pooled_truth(truth(with_attention, ids).weights)
    np.testing.assert_allclose(record.thumbnails, expected, rtol=0, atol=1e-5)


_EDITS = st.lists(
    st.tuples(
        st.integers(0, LIMIT),
        st.integers(0, 40),
        st.lists(st.integers(0, 255), max_size=40),
        st.booleans(),
    ),
    min_size=2,
    max_size=8,
)


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "gpt_oss", "bloom"])
def test_incremental_equals_fresh(architecture, new_reading, truth):
    @settings(max_examples=12, deadline=None)
    @given(_EDITS)
    def run(edits):
        reading = new_reading(architecture)
        ids = np.arange(30)
        reading.read(ids)
        for place, removed, added, looked_at in edits:
            kept = min(place, len(ids))
            tail = ids[kept + removed :]
            ids = np.concatenate([ids[:kept], np.array(added, np.int64), tail])[:LIMIT]
            ids = ids if len(ids) else np.arange(3)
            reading.read(ids)
            if looked_at:
                reading.overview(0)
        expected = pooled_truth(truth(architecture, ids).weights)
        np.testing.assert_allclose(reading.overview(0).thumbnails, expected, rtol=0, atol=1e-4)

    run()


@pytest.fixture
def rows_computed(monkeypatch):
    """How many query rows were computed, over all batches of layers."""
    rows = []
    plain = CapturedPatterns.pooled_columns

    def counting(self, batch, members, part, first, block):
        rows.append((members[1] - members[0]) * (part[1] - part[0]))
        return plain(self, batch, members, part, first, block)

    monkeypatch.setattr(CapturedPatterns, "pooled_columns", counting)
    return rows


def test_typing_computes_one_row_even_where_the_blocks_double(new_reading, rows_computed):
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 256, 128)
    for n_tokens in range(1, 129):
        rows_computed.clear()
        reading.read(ids[:n_tokens])
        reading.overview(0)
        assert sum(rows_computed) <= 2 * 2  # two layers; a doubled block may end mid-way


def test_edit_of_the_last_token_computes_that_row_alone(new_reading, rows_computed, truth):
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 256, 127)
    for stop in (120, 126, 127):
        reading.read(ids[:stop])
        reading.overview(0)
    ids[126] += 1
    rows_computed.clear()
    reading.read(ids)
    thumbnails = reading.overview(0).thumbnails
    assert sum(rows_computed) == 2
    expected = pooled_truth(truth("llama", ids).weights)
    np.testing.assert_allclose(thumbnails, expected, rtol=0, atol=1e-5)


def test_cancelled_work_goes_on_where_it_stopped(new_reading, rows_computed, monkeypatch, truth):
    monkeypatch.setattr(overview_module, "_ROWS", 16)
    reading = new_reading("llama")
    ids = np.random.default_rng(3).integers(0, 256, 128)
    reading.read(ids)
    token = CancelToken()
    plain = CapturedPatterns.pooled_columns

    def cancel_at_the_third(self, batch, members, part, first, block):
        if len(rows_computed) == 2:
            token.cancel()
        return plain(self, batch, members, part, first, block)

    monkeypatch.setattr(CapturedPatterns, "pooled_columns", cancel_at_the_third)
    with pytest.raises(Cancelled):
        reading.overview(0, token)
    done = sum(rows_computed)
    rows_computed.clear()
    thumbnails = reading.overview(0).thumbnails
    assert done + sum(rows_computed) == 2 * 128
    np.testing.assert_allclose(
        thumbnails, pooled_truth(truth("llama", ids).weights), rtol=0, atol=1e-5
    )


def test_a_record_is_not_touched_by_the_next_edit(new_reading):
    reading = new_reading("llama")
    reading.read(np.arange(32))
    record = reading.overview(0)
    before = record.thumbnails.copy()
    reading.read(np.arange(100, 132))
    reading.overview(0)
    np.testing.assert_array_equal(record.thumbnails, before)
    assert not record.thumbnails.flags.writeable


@pytest.mark.parametrize("scores", [1, 1 << 19])
@pytest.mark.parametrize("architecture", ["llama", "gemma3"])
def test_deletion_inside_a_block_takes_its_rows_out(
    architecture, scores, new_reading, truth, monkeypatch
):
    monkeypatch.setattr(overview_module, "_SCORES", scores)
    ids = np.random.default_rng(6).integers(0, 256, 128)
    reading = new_reading(architecture)
    reading.read(ids)
    reading.overview(0)
    for n_tokens in (127, 126, 125, 124, 123, 122):
        reading.read(ids[:n_tokens])
        expected = pooled_truth(truth(architecture, ids[:n_tokens]).weights)
        thumbnails = reading.overview(0).thumbnails
        np.testing.assert_allclose(thumbnails, expected, rtol=0, atol=1e-5)
