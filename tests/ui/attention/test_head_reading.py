"""What is read of a place, and what a screen reader says of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.ui.widgets.head_reading import heard, rank_in_row, reading, share_of_row
from visualizer.ui.widgets.map_units import (
    cell_at,
    key_token,
    looks_at,
    query_token,
    record_cell,
    region_tokens,
    region_units,
    selected_row,
    visible_columns,
)


def changed(view, **changes):
    """The view with another record: the same but for these fields."""
    return replace(view, record=replace(view.record, **changes))


@pytest.fixture
def words(head_view, causal):
    """Nine tokens in four words: "A", "journey of", "a thousand miles", "begins with a"."""
    starts = np.array([0, 1, 3, 6, 9], dtype=np.int64)
    view = head_view(causal(4), n_tokens=9, rows=(0, 4), columns=(0, 4), query=7)
    return changed(view, unit_starts=starts, treatment=Treatment(granularity="words"))


def test_a_cell_says_query_key_weight_and_rank(head_view):
    weights = np.array([[1, 0, 0], [0.75, 0.25, 0], [0.125, 0.625, 0.25]], dtype=np.float32)
    text = reading(head_view(weights), 2, 2)
    assert text == "query 2 '·of' → key 2 '·of'   0.2500   rank 2 of 3 in its row"


def test_the_same_word_twice_is_told_apart_by_its_index(head_view, causal):
    text = reading(head_view(causal(9)), 8, 3)
    assert "query 8 '·a' → key 3 '·a'" in text


def test_rank_among_equals_and_in_a_part_of_the_row(head_view):
    weights = np.full((2, 3), 0.25, dtype=np.float32)
    weights[0, 1] = 0.5
    whole = head_view(weights, n_tokens=20, rows=(1, 3), columns=(0, 3)).record
    assert rank_in_row(record_cell(whole, 2, 0)) == (1, 3)
    assert rank_in_row(record_cell(whole, 1, 1)) == (1, 2)
    assert rank_in_row(record_cell(whole, 1, 0)) == (2, 2)
    part = head_view(weights, n_tokens=20, rows=(10, 12), columns=(4, 7)).record
    assert rank_in_row(record_cell(part, 10, 5)) is None  # keys 0 to 3 are not known
    assert "rank" not in reading(
        head_view(weights, n_tokens=20, rows=(10, 12), columns=(4, 7)), 10, 5
    )


def test_rank_and_reading_keep_to_the_window(head_view):
    weights = np.zeros((6, 6), dtype=np.float32)
    for row in range(6):
        weights[row, max(0, row - 2) : row + 1] = 1 / min(row + 1, 3)
    weights[5, 3:6] = (0.2, 0.5, 0.3)
    view = changed(head_view(weights), window=3)
    assert "rank 3 of 3 in its row" in reading(view, 5, 3)
    assert reading(view, 5, 2).endswith("out of this query's window of 3 tokens: not visible to it")
    assert reading(view, 2, 5).endswith("the key comes after the query: not visible to it")
    assert visible_columns(view.record, 5) == (3, 6)
    assert visible_columns(view.record, 1) == (0, 2)


@pytest.mark.parametrize(
    ("queries", "keys", "window", "expected"),
    [
        ((4, 5), (4, 5), None, "visible"),
        ((4, 5), (5, 6), None, "after"),
        ((4, 8), (7, 8), None, "visible"),  # the last query of the cell sees it
        ((4, 5), (2, 3), 2, "before window"),
        ((4, 5), (3, 4), 2, "visible"),
        ((4, 8), (0, 4), 2, "visible"),  # its first query sees the last key
        ((5, 8), (0, 4), 2, "before window"),
        ((4, 5), (0, 1), 5, "visible"),
    ],
)
def test_what_a_query_looks_at(queries, keys, window, expected):
    assert looks_at(queries, keys, window) == expected


@pytest.mark.parametrize("window", [None, 1, 3])
def test_looking_agrees_with_every_single_pair(window):
    def sees(query, key):
        return key <= query and (window is None or key > query - window)

    for first in range(6):
        for end in range(first + 1, 7):
            for key in range(7):
                for key_end in range(key + 1, 7):
                    pairs = [(q, k) for q in range(first, end) for k in range(key, key_end)]
                    any_sees = any(sees(q, k) for q, k in pairs)
                    said = looks_at((first, end), (key, key_end), window)
                    assert (said == "visible") == any_sees


def test_the_share_of_the_row_is_read_where_it_is_not_the_weight(head_view):
    weights = np.array([[0, 0], [0.1, 0.3]], dtype=np.float32)
    view = head_view(weights)
    assert share_of_row(record_cell(view.record, 1, 0)) == pytest.approx(0.25)
    assert "25.0 % of what the row has" in reading(view, 1, 0)
    assert share_of_row(record_cell(view.record, 0, 0)) is None  # nothing is left of this row
    full = head_view(np.array([[1, 0], [0.4, 0.6]], dtype=np.float32))
    assert "of what the row has" not in reading(full, 1, 0)


def test_a_hidden_key_is_called_hidden(head_view):
    weights = np.array([[0, 0], [0, 0.6]], dtype=np.float32)
    view = changed(head_view(weights), treatment=Treatment(hidden=("first",)))
    assert "hidden by choice" in reading(view, 1, 0)
    assert "hidden" not in reading(view, 1, 1)
    assert "hidden" not in reading(head_view(weights), 1, 0)
    diagonal = changed(head_view(np.zeros((2, 2), np.float32)), treatment=Treatment(("diagonal",)))
    assert "hidden by choice" in reading(diagonal, 1, 1)
    assert "hidden" not in reading(diagonal, 1, 0)
    special = replace(
        changed(head_view(np.zeros((3, 3), np.float32)), treatment=Treatment(("special",))),
        special_ids=frozenset({1}),
    )
    assert "hidden by choice" in reading(special, 2, 1)
    assert "hidden" not in reading(special, 2, 0)


def test_a_pooled_cell_is_a_maximum_without_a_rank(head_view, causal):
    view = head_view(causal(8), block=4, n_tokens=30)
    text = reading(view, 13, 6)
    assert "query 12 to 15 → key 4 to 7" in text
    assert text.endswith("maximum over 4 × 4 tokens")
    assert "maximum over 4 × 4 tokens" in reading(view, 13, None)
    assert "maximum over 4 × 4 tokens" in reading(view, None, 6)


def test_a_tile_is_read_where_there_is_one(head_view, causal):
    exact = causal(16)
    pooled = exact.reshape(4, 4, 4, 4).max(axis=(1, 3))
    view = head_view(pooled, block=4, n_tokens=16)
    tile = replace(
        view.record, rows=(8, 16), columns=(0, 12), block=1, weights=exact[8:16, 0:12].copy()
    )
    view = replace(view, tile=tile)
    assert f"{exact[9, 3]:.4f}" in reading(view, 9, 3)
    rank = 1 + int((exact[9, :10] > exact[9, 3]).sum())
    assert f"rank {rank} of 10 in its row" in reading(view, 9, 3)
    assert "rank" not in reading(view, 14, 3)  # keys 12 to 14 are outside the tile
    assert "maximum over" in reading(view, 4, 2)
    key = int(exact[9].argmax())
    assert reading(view, 9, None).startswith(f"query 9 'A' looks most at key {key} ")


def test_words_are_named_by_their_text(words):
    text = reading(words, 2, 1)
    assert "query 2 'a thousand miles' → key 1 'journey of'" in text
    pooled = changed(words, block=2, weights=words.record.weights[:2, :2])
    assert reading(pooled, 2, 1).endswith("maximum over 2 × 2 words")


def test_words_and_tokens_are_found_from_one_another(words):
    assert selected_row(words) == 3
    assert query_token(words, 2) == 5
    assert key_token(words, 2) == 3
    assert region_tokens(words.record, (1, 3, 0, 2)) == (1, 6, 0, 3)
    assert region_units(words.record, (2, 5, 0, 2)) == (1, 3, 0, 2)
    windowed = changed(words, window=3)
    assert visible_columns(windowed.record, 3) == (2, 4)  # token 6 sees 4 and 5, of word 2


def test_a_long_sentence_is_cut(head_view):
    view = head_view(np.ones((1, 1), np.float32), n_tokens=90, rows=(0, 1), columns=(0, 1))
    view = changed(
        view,
        unit_starts=np.array([0, 90], np.int64),
        treatment=Treatment(granularity="sentences"),
    )
    text = reading(view, 0, 0)
    assert "…'" in text
    assert len(text) < 180


def test_what_a_screen_reader_hears(head_view):
    pieces = (b"A", b" journey", b" of", b" step", b" step", b"\n", b"\xe4\xbb")
    weights = np.zeros((7, 7), dtype=np.float32)
    weights[3, 1], weights[3, 2], weights[4, 3], weights[6, 5] = 0.4149, 0.00312, 1e-7, 0.5
    view = replace(head_view(weights), tokenization=_text(pieces))
    once = replace(view, tokenization=_text((*pieces[:4], b" steps", *pieces[5:])))
    assert heard(once, 3, 1) == "query 'step', key 'journey', 0.41"
    assert heard(view, 3, 1) == "query 'step' 3, key 'journey', 0.41"
    assert heard(once, 3, 2) == "query 'step', key 'of', 0.0031"
    assert heard(view, 4, 3) == "query 'step' 4, key 'step' 3, less than 0.0001"
    assert heard(once, 3, 0) == "query 'step', key 'A', 0"
    assert heard(once, 6, 5) == "query '⟨E4 BB⟩', key '⏎', 0.50"
    assert heard(once, 1, 3).endswith("the key comes after the query: not visible to it")
    assert heard(once, 3, None) == reading(once, 3, None)
    assert heard(once, None, None) == ""


def _text(pieces):
    ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
    starts = ends - np.array([len(piece) for piece in pieces], dtype=np.int64)
    ids = np.arange(len(pieces), dtype=np.int64)
    return Tokenization("", ids, pieces, starts, ends, 0, "made-up")


def test_every_place_of_a_map_is_in_the_cell_that_is_found_for_it(head_view, causal):
    view = head_view(causal(5), block=3, n_tokens=14)
    for row in range(14):
        for column in range(14):
            cell = cell_at(view, row, column)
            assert cell.rows[0] <= row < cell.rows[1] <= 14
            assert cell.columns[0] <= column < cell.columns[1] <= 14
            assert (cell.row, cell.column) == (row // 3, column // 3)
