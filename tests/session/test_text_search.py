"""Where a string stands in a text, and where a token comes again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.tokenization import Tokenization
from visualizer.session import text_search
from visualizer.session.text_search import TextSearch, same_token, token_at


def places(text: str, wanted: str) -> list[int]:
    search, n_steps = TextSearch(text, wanted), 0
    while not search.is_done:
        search.go_on()
        n_steps += 1
        assert n_steps < 1000
    return search.starts


@pytest.mark.parametrize(
    ("text", "wanted", "starts"),
    [
        ("The cat, the CAT", "cat", [4, 13]),
        ("aaaa", "aa", [0, 2]),
        ("a.c abc", "a.c", [0]),
        ("ГРАД град", "град", [0, 5]),
        ("日本 日本", "日本", [0, 3]),
        ("abc", "", []),
        ("", "a", []),
        ("abc", "abcd", []),
    ],
)
def test_places(text, wanted, starts):
    assert places(text, wanted) == starts


@settings(deadline=None, max_examples=100, database=None)
@given(st.text("ab", max_size=40), st.text("ab", min_size=1, max_size=4), st.integers(1, 7))
def test_stretches_change_nothing(text, wanted, stretch):
    whole = places(text, wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_search, "STRETCH_CHARS", stretch)
        assert places(text, wanted) == whole


def test_the_place_nearest_to_another():
    search = TextSearch("x..x..x", "x")
    assert search.nearest(0) is None
    search.go_on()
    assert [search.nearest(place) for place in (0, 1, 6, 7)] == [0, 1, 2, 0]
    assert search.span(1) == (3, 4)


def tokens(ids: list[int], ends: list[int]) -> Tokenization:
    starts = np.array([0, *ends[:-1]], np.int64)
    pieces = tuple(bytes([n]) for n in ids)
    text = "".join(map(chr, ids))
    array = np.array(ids, np.int64)
    return Tokenization(text, array, pieces, starts, np.array(ends, np.int64), 0, "bytes")


def test_the_same_token_comes_round():
    text = tokens([65, 66, 65, 67, 65], [1, 2, 3, 4, 5])
    assert [same_token(text, 0, 1), same_token(text, 2, 1), same_token(text, 4, 1)] == [2, 4, 0]
    assert [same_token(text, 0, -1), same_token(text, 4, -1)] == [4, 2]
    assert same_token(text, 1, 1) is None


def test_the_token_of_a_character():
    text = tokens([65, 66, 67], [2, 2, 5])
    assert [token_at(text, place) for place in (0, 1, 2, 4, 5, 9)] == [0, 0, 2, 2, 2, 2]
