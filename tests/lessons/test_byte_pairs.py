"""Byte pair encoding written out, against tiktoken and the figures of the tutorial."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.engine.errors import UsageError
from visualizer.lessons.byte_pairs import MOST_CHARACTERS, load_byte_pairs, merge_pairs

TUTORIAL = [
    (
        "gpt2",
        "A journey of a thousand miles begins with a single step.",
        [32, 7002, 286, 257, 7319, 4608, 6140, 351, 257, 2060, 2239, 13],
    ),
    ("gpt2", "Strawberry", [1273, 1831, 8396]),
    ("cl100k_base", "Strawberry", [2645, 675, 15717]),
    ("o200k_base", "Strawberry", [3504, 1134, 19772]),
    ("gpt2", "thousand", [400, 29910]),
    ("cl100k_base", "thousand", [339, 52949]),
    ("o200k_base", "thousand", [404, 87828]),
]


load_byte_pairs_once = cache(load_byte_pairs)
load_encoding_once = cache(load_encoding)


@pytest.fixture(scope="module")
def ours():
    return {name: load_byte_pairs_once(name) for name in ENCODINGS}


@pytest.fixture(scope="module")
def theirs():
    return {name: load_encoding_once(name) for name in ENCODINGS}


@pytest.mark.parametrize(("name", "text", "ids"), TUTORIAL)
def test_the_figures_of_the_tutorial(ours, name, text, ids):
    assert ours[name].encode(text).ids.tolist() == ids


def test_the_tokens_of_strawberry(ours):
    cuts = {name: ours[name].encode("Strawberry").pieces for name in ENCODINGS}
    assert cuts == {
        "gpt2": (b"St", b"raw", b"berry"),
        "cl100k_base": (b"Str", b"aw", b"berry"),
        "o200k_base": (b"Str", b"aw", b"berry"),
    }


def test_a_chinese_sentence_takes_fewer_tokens_in_newer_encodings(ours):
    counts = [len(ours[name].encode("大模型可以预测下一个词")) for name in ENCODINGS]
    assert counts == [23, 11, 7]


def test_the_tokens_that_the_tutorial_names(ours):
    named = {32: b"A", 7002: b" journey", 286: b" of", 400: b"th", 29910: b"ousand"}
    assert {number: ours["gpt2"].token_bytes(number) for number in named} == named
    assert ours["gpt2"].from_ids((400, 29910)).text == "thousand"


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "  two  blanks \n\n\tand a tab ",
        "It's 1234567 o'CLOCK, we'll see!!!",
        "日本語と中文，以及 emoji 👩‍👩‍👧 🇨🇳 ❤️",
        "Ünïcödé ẞ ß\u0301 \u200b\ufeff",
        "<|endoftext|>",
        "a" * 200,
        "\ud800 alone",
    ],
)
def test_it_cuts_like_tiktoken(ours, theirs, name, text):
    expected = theirs[name].encode(text)
    found = ours[name].encode(text)
    assert found.ids.tolist() == expected.ids.tolist()
    assert found.pieces == expected.pieces
    assert found.starts.tolist() == expected.starts.tolist()
    assert found.ends.tolist() == expected.ends.tolist()
    assert found.text == expected.text
    assert found.is_lossless


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_it_cuts_any_text_like_tiktoken(text):
    name = ENCODINGS[len(text) % len(ENCODINGS)]
    ids = load_byte_pairs_once(name).encode(text).ids.tolist()
    assert ids == load_encoding_once(name).encode(text).ids.tolist()


@pytest.mark.parametrize("name", ENCODINGS)
def test_the_vocabulary_is_tiktokens(ours, theirs, name):
    assert ours[name].vocabulary_size == theirs[name].vocabulary_size
    for number in (0, 255, 1000, 50_255):
        assert ours[name].token_bytes(number) == theirs[name].token_bytes(number)
    assert ours[name].token_bytes(10**9) == b""
    straw = ours[name].search(b"straw", 5)
    assert straw
    assert all(b"straw" in ours[name].token_bytes(number) for number in straw)
    number = int(ours[name].encode(" journey").ids[0])
    assert ours[name].merge_rules().play(number) == theirs[name].merge_rules().play(number)


def test_the_lowest_rank_is_joined_first():
    ranks = {b"a": 0, b"b": 1, b"c": 2, b"bc": 3, b"ab": 4, b"abc": 5}
    assert merge_pairs(b"abcb", ranks) == [b"abc", b"b"]
    assert merge_pairs(b"abab", ranks) == [b"ab", b"ab"]
    assert merge_pairs(b"", ranks) == []
    assert merge_pairs(b"abc", {**ranks, b"abc": 9}) == [b"abc"]


def test_bad_input_is_named(ours):
    with pytest.raises(UsageError, match=r"1,001 characters.*1,000"):
        ours["gpt2"].encode("a" * (MOST_CHARACTERS + 1))
    with pytest.raises(UsageError, match="Special tokens"):
        ours["gpt2"].encode("a", parse_special=True)
    with pytest.raises(UsageError, match="no token with the id 60000"):
        ours["gpt2"].from_ids((32, 60_000))
    with pytest.raises(UsageError, match="no encoding called p50k"):
        load_byte_pairs("p50k")
