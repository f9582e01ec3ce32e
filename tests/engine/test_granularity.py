"""Where words and sentences begin, by example and by what must always hold."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import load_encoding
from visualizer.engine.granularity import unit_starts
from visualizer.engine.tokenization import Tokenization, spans_of

TEXTS = st.text(
    st.sampled_from(
        "aZ9 .,!?'\"-_()\n\t\u00a0é\u0301大词。！ひカーé한👍🏽\u200d👩🇨🇳\u200bאב\ufe0f…’）\x00"
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def gpt2():
    return load_encoding("gpt2")


def units(tokenizer, text, granularity, **options):
    tokenization = tokenizer.encode(text, **options)
    starts = unit_starts(tokenization, tokenizer.special_ids, granularity)
    joined = (b"".join(tokenization.pieces[a:b]) for a, b in itertools.pairwise(starts))
    return [data.decode("utf-8") for data in joined]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A journey of a thousand", ["A", " journey", " of", " a", " thousand"]),
        ("Strawberry, isn't it?", ["Strawberry", ",", " isn't", " it", "?"]),
        ("it’s 3.14 or 1,000.", ["it’s", " 3.14", " or", " 1,000", "."]),
        ("a  b\n\nc", ["a", "  b", "\n\n", "c"]),
        ("snake_case = f(x)", ["snake_case", " =", " f", "(", "x", ")"]),
        ("大模型预测", ["大", "模", "型", "预", "测"]),
        ("ひらカタカナー 한국어 말", ["ひ", "ら", "カタカナー", " 한국어", " 말"]),
        ("👍🏽👩\u200d👧🇨🇳!", ["👍🏽", "👩\u200d👧", "🇨🇳", "!"]),
        ("cafe\u0301 noir", ["cafe\u0301", " noir"]),
        ("    ", ["    "]),
        ("x", ["x"]),
        ("", []),
    ],
)
def test_words(text, words, gpt2):
    assert units(gpt2, text, "words") == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", " Two!", " Three?", " Four"]),
        ("Pi is 3.14 in file.txt. So", ["Pi is 3.14 in file.txt.", " So"]),
        ('He said "No." Then', ['He said "No."', " Then"]),
        ("Wait... what?! Yes", ["Wait...", " what?!", " Yes"]),
        ("大家好。你好！「好。」吗？是", ["大家好。", "你好！", "「好。」", "吗？", "是"]),
        ("Title\n\nText. \nMore", ["Title\n\n", "Text. \n", "More"]),
        ("if x:\n    y\n", ["if x:\n", "    y\n"]),
        ("no end", ["no end"]),
        ("", []),
    ],
)
def test_sentences(text, sentences, gpt2):
    assert units(gpt2, text, "sentences") == sentences


def test_special_tokens_are_units_of_their_own(gpt2):
    text = "<|endoftext|><|endoftext|>Hi there<|endoftext|> you."
    end = "<|endoftext|>"
    assert units(gpt2, text, "sentences", parse_special=True) == [
        end, end, "Hi there", end, " you.",
    ]  # fmt: skip
    assert units(gpt2, text, "words", parse_special=True) == [
        end, end, "Hi", " there", end, " you", ".",
    ]  # fmt: skip


def tokenized(text, pieces, n_added=0):
    """A text cut into these pieces, those added in front being empty."""
    data = tuple(piece.encode("utf-8") for piece in pieces)
    starts, ends = spans_of(data)
    ids = np.arange(len(data), dtype=np.int64)
    return Tokenization(text, ids, data, starts, ends, n_added, "pieces")


def test_an_added_token_is_a_unit_of_its_own():
    tokenization = tokenized("a b", ["", "a", " b"], n_added=1)
    assert unit_starts(tokenization, (), "sentences").tolist() == [0, 1, 3]
    assert unit_starts(tokenization, (), "words").tolist() == [0, 1, 2, 3]


def test_an_empty_token_belongs_to_the_word_it_stands_before():
    tokenization = tokenized("a b", ["a", "", " b"])
    assert unit_starts(tokenization, (), "words").tolist() == [0, 1, 3]
    assert unit_starts(tokenization, (1,), "words").tolist() == [0, 1, 2, 3]


def test_a_token_with_an_end_and_a_beginning_belongs_to_what_begins():
    tokenization = tokenized("x:\n  y z", ["x", ":\n  y", " z"])
    assert unit_starts(tokenization, (), "sentences").tolist() == [0, 1, 3]
    tokenization = tokenized("x\n  y", ["x", "\n  ", "y"])
    assert unit_starts(tokenization, (), "sentences").tolist() == [0, 2, 3]


def test_tokens_need_no_starts(gpt2):
    assert unit_starts(gpt2.encode("a b"), (), "tokens") is None


@pytest.mark.parametrize("encoding", ["gpt2", "o200k_base"])
def test_what_always_holds(encoding):
    tokenizer = load_encoding(encoding)

    @settings(max_examples=150, deadline=None)
    @given(TEXTS, st.sampled_from(["words", "sentences"]), st.integers(0, 60))
    def run(text, granularity, n_tokens):
        tokenization = tokenizer.encode(text)
        n = len(tokenization)
        starts = unit_starts(tokenization, tokenizer.special_ids, granularity)
        assert starts[-1] == n
        assert (np.diff(starts) > 0).all()
        assert starts[0] == 0
        for start in starts[1:-1]:  # no unit begins inside a character
            assert tokenization.starts[start] >= tokenization.ends[:start].max()
        n_tokens = min(n_tokens, n)
        cut = unit_starts(tokenization, tokenizer.special_ids, granularity, n_tokens)
        assert cut.tolist() == [*starts[starts < n_tokens], n_tokens]
        words = unit_starts(tokenization, tokenizer.special_ids, "words")
        assert set(starts) <= set(words)

    run()


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("ab \t,;大"), min_size=1, max_size=30))
def test_words_of_single_letters_equal_a_plain_search(text):
    tokenization = tokenized(text, text)  # every break can be made
    starts = unit_starts(tokenization, (), "words")
    offsets = [*tokenization.starts[starts[:-1]], len(text)]
    found = [text[a:b] for a, b in itertools.pairwise(offsets)]
    assert found == re.findall(r"\s*(?:[ab]+|[,;]+|大)|\s+", text)


@pytest.mark.parametrize("character", [" ", ".", "\n", ")", "'", "a", "大", ".)", " \n", "。）"])
def test_long_runs_of_one_character_take_no_longer_than_others(character):
    # A search that looks back at each character of a run would need minutes for these.
    text = character * 40_000
    tokenization = tokenized(text, text)
    for granularity in ("words", "sentences"):
        assert unit_starts(tokenization, (), granularity)[-1] == len(text)
