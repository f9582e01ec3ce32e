"""Weights of one row or column, told token by token, against loops over the whole matrix."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.token_links import (
    TokenLinks,
    cell_of,
    column_region,
    incoming,
    outgoing,
    row_region,
    unit_of,
    unit_tokens,
)
from visualizer.session.views import HeadView


def tokens_of(ids: list[int]) -> Tokenization:
    n = len(ids)
    ends = np.arange(1, n + 1, dtype=np.int64)
    return Tokenization("a" * n, np.array(ids, np.int64), (b"a",) * n, ends - 1, ends, 0, "letters")


def pooled(weights: np.ndarray, block: int) -> np.ndarray:
    """The maximum of each block, by loops."""
    cells = -(-len(weights) // block)
    out = np.zeros((cells, cells), np.float32)
    for i in range(cells):
        for j in range(cells):
            part = weights[i * block : (i + 1) * block, j * block : (j + 1) * block]
            out[i, j] = part.max()
    return out


def causal(n: int, seed: int = 0) -> np.ndarray:
    return np.tril(np.random.default_rng(seed).random((n, n))).astype(np.float32)


def view_of(record: HeadRecord, tile: HeadRecord | None = None) -> HeadView:
    tokens = tokens_of(list(range(record.n_tokens)))
    return HeadView(record, tokens, None, 2, 2, "linear", "one", "made up", tile=tile)


def head(weights: np.ndarray, n: int, **values: object) -> HeadRecord:
    units = len(values["unit_starts"]) - 1 if "unit_starts" in values else n
    values = {"rows": (0, units), "columns": (0, units), "block": 1, **values}
    return HeadRecord(1, 0, 0, n, weights=weights, **values)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 14), block=st.integers(1, 5), data=st.data())
def test_each_token_has_the_weight_of_its_cell(n, block, data):
    weights = causal(n)
    view = view_of(head(pooled(weights, block), n, block=block))
    token = data.draw(st.integers(0, n - 1))
    row, column = outgoing(view, token), incoming(view, token)
    for other in range(n):
        cells = pooled(weights, block)
        assert row.weights[other] == cells[token // block, other // block]
        assert column.weights[other] == cells[other // block, token // block]


@settings(deadline=None, max_examples=40)
@given(lengths=st.lists(st.integers(1, 4), min_size=1, max_size=6), data=st.data())
def test_the_tokens_of_a_word_share_its_weight(lengths, data):
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    n, words = int(starts[-1]), len(lengths)
    weights = causal(words)
    treated = Treatment(granularity="words")
    record = head(weights, n, unit_starts=starts, treatment=treated)
    word_of = [word for word, length in enumerate(lengths) for _ in range(length)]
    token = data.draw(st.integers(0, n - 1))
    assert unit_of(record, token) == word_of[token]
    first, end = unit_tokens(record, (word_of[token], word_of[token] + 1))
    assert first <= token < end
    row, column = outgoing(view_of(record), token), incoming(view_of(record), token)
    for other in range(n):
        assert row.weights[other] == weights[word_of[token], word_of[other]]
        assert column.weights[other] == weights[word_of[other], word_of[token]]


def test_a_tile_of_the_row_is_taken_before_the_pooled_map():
    n, weights = 12, causal(12)
    record = head(pooled(weights, 4), n, block=4)
    tile = head(weights[5:6], n, rows=(5, 6))
    line = outgoing(view_of(record, tile), 5)
    assert line.record is tile
    np.testing.assert_array_equal(line.weights, weights[5])
    assert outgoing(view_of(record, tile), 6).record is record
    assert incoming(view_of(record, tile), 5).record is record
    column = head(weights[:, 3:4], n, columns=(3, 4))
    np.testing.assert_array_equal(incoming(view_of(record, column), 3).weights, weights[:, 3])


def test_a_part_of_a_row_does_not_stand_for_all_of_it():
    n, weights = 12, causal(12)
    record = head(pooled(weights, 4), n, block=4)
    part = head(weights[5:6, 2:9], n, rows=(5, 6), columns=(2, 9))
    assert outgoing(view_of(record, part), 5).record is record


def test_what_a_record_does_not_reach_is_not_known():
    record = head(causal(12)[4:6, 2:5], 12, rows=(4, 6), columns=(2, 5))
    assert outgoing(view_of(record), 3) is None
    assert incoming(view_of(record), 5) is None
    weights = outgoing(view_of(record), 4).weights
    assert np.isnan(weights[[0, 1, 5, 11]]).all()
    np.testing.assert_array_equal(weights[2:5], causal(12)[4, 2:5])


@pytest.mark.parametrize("window", [None, 1, 3, 20])
def test_what_a_token_sees_and_is_seen_by(window):
    n = 9
    view = view_of(head(causal(n), n, window=window))
    for token in range(n):
        sees = [k for k in range(n) if k <= token and (window is None or token - k < window)]
        seen = [q for q in range(n) if q >= token and (window is None or q - token < window)]
        assert list(range(*outgoing(view, token).visible)) == sees
        assert list(range(*incoming(view, token).visible)) == seen


def test_the_part_of_a_line_keeps_its_place_its_sink_and_its_wish():
    sink = np.linspace(0, 1, 6, dtype=np.float32)
    record = head(pooled(causal(12), 2), 12, block=2, sink=sink)
    part = outgoing(view_of(record), 5).part
    assert (part.rows, part.columns, part.block) == ((4, 6), (0, 12), 2)
    assert part.weights.shape == (1, 6)
    assert part.sink.tolist() == [sink[2]]
    assert part.wish == record.wish
    part = incoming(view_of(record), 11).part
    assert (part.rows, part.columns) == ((0, 12), (10, 12))
    assert part.weights.shape == (6, 1)


def test_regions_are_counted_in_units():
    starts = np.array([0, 3, 4, 9], np.int64)
    record = head(causal(3), 9, unit_starts=starts, treatment=Treatment(granularity="words"))
    assert row_region(record, 4) == (2, 3, 0, 3)
    assert column_region(record, 2) == (0, 3, 0, 1)
    assert cell_of((4, 10), 2, 9) == 2
    assert cell_of((4, 10), 2, 10) is None
    assert cell_of((4, 10), 2, 3) is None


def test_links_hold_for_the_tokens_that_two_texts_share():
    tokens = tokens_of([5, 6, 7, 8])
    links = TokenLinks(tokens, None, None)
    assert links.n_shared(tokens) == 4
    assert links.n_shared(tokens_of([5, 6, 7, 8, 9])) == 4
    assert links.n_shared(tokens_of([5, 6])) == 2
    assert links.n_shared(tokens_of([5, 9, 7, 8])) == 1
    assert links.n_shared(tokens_of([])) == 0
    assert replace(links, tokenization=tokens_of([])).n_shared(tokens) == 0
