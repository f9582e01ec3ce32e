"""Looking up tokens: by id, by bytes, and pasted ids."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import load_encoding
from visualizer.engine.errors import UsageError
from visualizer.session.vocabulary_desk import (
    NEIGHBOURS,
    broken_bytes,
    decoded_ids,
    entries,
    parse_ids,
    search_bytes,
    token_facts,
)


@cache
def gpt2():
    return load_encoding("gpt2")


@cache
def cl100k():
    return load_encoding("cl100k_base")


def test_a_token_and_how_it_was_built():
    facts = token_facts(gpt2(), 1831, gpt2().merge_rules())
    assert facts.entry.data == b"raw"
    assert [entry.id for entry in facts.neighbours] == list(range(1826, 1837))
    assert facts.merges[0].parts == (b"r", b"a", b"w")
    assert facts.merges[-1].parts == (b"raw",)
    assert facts.is_built
    assert facts.vocabulary_size == 50257


def test_neighbours_end_where_the_vocabulary_does():
    first, last = (token_facts(gpt2(), i, None) for i in (0, 50256))
    assert [e.id for e in first.neighbours] == list(range(NEIGHBOURS + 1))
    assert [e.id for e in last.neighbours] == list(range(50251, 50257))
    assert last.entry.is_special
    assert first.merges is None


def test_special_tokens_and_empty_ids_have_no_making():
    special = token_facts(gpt2(), 50256, gpt2().merge_rules())
    assert not special.is_built
    nothing = token_facts(cl100k(), 100256, cl100k().merge_rules())
    assert (nothing.entry.data, nothing.merges) == (b"", None)
    with pytest.raises(UsageError, match="0 to 50256"):
        token_facts(gpt2(), 50257, None)


@pytest.mark.parametrize(
    "text", ["1273 1831 8396", "[1273, 1831, 8396]", "1273,1831;8396\n", "(1273)\t1831 8396"]
)
def test_ids_as_people_paste_them(text):
    assert parse_ids(text) == (1273, 1831, 8396)
    assert decoded_ids(gpt2(), text).tokenization.text == "Strawberry"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("12 x7 13", "x7"),
        ("1 -5", "-5"),
        ("1.5", "1.5"),
        ("١٢", "١٢"),
        ("9" * 40, "9" * 24),
        ("12 50257", "50257"),
        ("999999999999999999", "999999999999999999"),
    ],
)
def test_what_is_no_id_is_named(text, named):
    with pytest.raises(UsageError, match=named) as caught:
        decoded_ids(gpt2(), text)
    assert "\n" not in str(caught.value)


def test_no_ids_are_no_text():
    assert decoded_ids(gpt2(), " ,[] ").tokenization.text == ""


def test_broken_utf8_is_shown_with_its_place():
    decoded = decoded_ids(gpt2(), "1273 162 101 1831 162")  # St, E6, A8, raw, E6
    assert decoded.broken == ((2, b"\xe6\xa8"), (7, b"\xe6"))
    assert decoded.tokenization.text == "St\ufffdraw\ufffd"
    assert not decoded.tokenization.is_lossless


@settings(deadline=None, max_examples=200, database=None)
@given(data=st.binary(max_size=16))
def test_broken_bytes_are_all_that_is_no_text(data):
    broken = broken_bytes(data)
    kept = bytearray(data)
    for offset, bad in reversed(broken):
        assert bad
        assert data[offset : offset + len(bad)] == bad
        del kept[offset : offset + len(bad)]
    n_lost = sum("\udc80" <= c <= "\udcff" for c in data.decode("utf-8", "surrogateescape"))
    assert n_lost == sum(len(bad) for _, bad in broken)
    ends = [offset + len(bad) for offset, bad in broken]
    assert all(a < b for a, (b, _) in zip(ends, broken[1:], strict=False))


@pytest.mark.parametrize("query", ["E4 BD A0", "e4bda0", "0xE4BDA0", "0xe4,0xbd,0xa0"])
def test_bytes_in_hex(query):
    assert search_bytes(query, as_hex=True) == "你".encode()
    assert search_bytes("你", as_hex=False) == "你".encode()


@pytest.mark.parametrize("query", ["E4 B", "xy", "E4 0xG0", "你"])
def test_what_is_no_hex_is_named(query):
    with pytest.raises(UsageError, match=query.split()[-1]):
        search_bytes(query, as_hex=True)


def test_entries_tell_special_tokens():
    assert [e.is_special for e in entries(gpt2(), (0, 50256))] == [False, True]
