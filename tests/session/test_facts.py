"""Cutting a text between characters, and what two texts have in common."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.records import SurpriseRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.facts import Facts, common_prefix, part_of
from visualizer.session.state import ViewState


def by_bytes(text: str) -> Tokenization:
    """Every byte a token, so that characters of several bytes can be cut wrongly."""
    starts, ends = [], []
    for place, character in enumerate(text):
        starts += [place] * len(character.encode())
        ends += [place + 1] * len(character.encode())
    data = text.encode()
    pieces = tuple(bytes([byte]) for byte in data)
    ids = np.array(list(data), np.int64)
    return Tokenization(text, ids, pieces, np.array(starts, int), np.array(ends, int), 0, "bytes")


@settings(deadline=None, max_examples=200, database=None)
@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(1, 30))
def test_a_part_is_an_end_or_a_beginning_of_whole_characters(text, n):
    whole = by_bytes(text)
    last, first = part_of(whole, n), part_of(whole, -n)
    for ids, words in (last, first):
        assert bytes(ids) == words.encode()
        assert len(ids) <= n
    assert text.endswith(last[1])
    assert text.startswith(first[1])
    assert len(last[0]) > min(n, len(whole)) - 4  # no more is lost than one character's bytes


@pytest.mark.parametrize(("one", "other", "n"), [("abc", "abd", 2), ("", "a", 0), ("ab", "ab", 2)])
def test_the_common_prefix_ends_at_the_first_difference(one, other, n):
    assert common_prefix(by_bytes(one), by_bytes(other)) == n


def test_the_strip_knows_which_tokens_are_special():
    model = SimpleNamespace(tokenizer=SimpleNamespace(special_ids=frozenset({7})))
    facts = Facts(model)
    facts.take_tokenization(by_bytes("ab"))
    assert facts.token_strip(ViewState()).special_ids == {7}


def test_what_is_known_of_an_unchanged_beginning_stays():
    model = SimpleNamespace(tokenizer=SimpleNamespace(special_ids=frozenset()))
    facts = Facts(model)
    before = by_bytes("abcd")
    facts.take_tokenization(before)
    values = np.array([np.nan, -1.0, -2.0, -3.0])
    record = SurpriseRecord(1, values, values + 5, True, np.array([0, 4, 5, 6]), values + 9)
    facts.forward = SimpleNamespace(tokenization=before)
    facts.take_surprise(record)
    facts.take_tokenization(by_bytes("abxyz"))
    view = facts.token_strip(ViewState())
    np.testing.assert_array_equal(view.logprobs, [np.nan, -1, *[np.nan] * 3])
    np.testing.assert_array_equal(view.margins, [np.nan, 8, *[np.nan] * 3])
    assert view.ranks.tolist() == [0, 4, 0, 0, 0]
