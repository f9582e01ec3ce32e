"""What is meant by what is typed, and which tokens it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.encodings import load_encoding
from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization, spans_of
from visualizer.session.asked_tokens import MOST_CHARS, kept_word, readings, word_ids

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


class SpacingTokenizer:
    """Characters are tokens, and a space is put before every text, as by Llama 2."""

    name = "spacing"
    vocabulary_size = 258
    special_ids = frozenset({257})

    def token_bytes(self, token_id: int) -> bytes:
        return b"<end>" if token_id == 257 else bytes([token_id]) if token_id < 256 else b""

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        ids = [256, *(" " + text).encode()]
        pieces = (b"", *(bytes([i]) for i in text.encode()))
        starts, ends = spans_of((*pieces, b""))
        return Tokenization(text, np.array(ids), (*pieces, b""), starts, ends, 1, "spacing")


SPACING = SpacingTokenizer()


@pytest.fixture(scope="module")
def gpt2():
    return load_encoding("gpt2")


@pytest.mark.parametrize(
    ("typed", "after", "meant"),
    [
        ("step", b" single", (" step", "step")),
        ("step", b" ", ("step", " step")),
        ("step", b"\n", ("step", " step")),
        ("step", b"", ("step", " step")),
        ("Ärger", b"x", (" Ärger", "Ärger")),
        ("42", b"x", (" 42", "42")),
        (" step", b"x", (" step",)),
        ("' step'", b"x", (" step",)),
        ('"step"', b"x", ("step",)),
        (r"'\n'", b"x", ("\n",)),
        (r"'a\\n'", b"x", (r"a\n",)),
        (", and", b"x", (", and",)),
        ("词", b"x", ("词",)),
        ("カ", b"x", ("カ",)),
        ("🙂", b"x", ("🙂",)),
        (" ", b"x", (" ",)),
        ("'", b"x", ("'",)),
        ("''", b"x", ("''",)),
        ("#12", b"x", ("#12", "'#12'")),
        ("#12, 007 #3", b"x", ("#12 #7 #3", "'#12, 007 #3'")),
        ("<end>", b"x", ("#257", "<end>")),
        ("'#12'", b"x", ("'#12'",)),
        ("#x", b"x", ("#x",)),
        ("", b"x", ()),
        ("a" * (MOST_CHARS + 1), b"x", ()),
        ("\ud83d\ude42", b"x", ("🙂",)),
        ("\ud800", b"x", ("\ufffd",)),
    ],
)
def test_what_is_meant(typed, after, meant):
    assert readings(typed, SPACING, after) == meant


@settings(deadline=None, max_examples=200, database=None)
@given(texts)
def test_a_kept_word_is_exactly_its_text(gpt2, text):
    ids = word_ids(kept_word(text), gpt2, gpt2.vocabulary_size)
    assert b"".join(map(gpt2.token_bytes, ids)) == text.encode()
    assert list(ids) == gpt2.encode(text).ids.tolist()


@settings(deadline=None, max_examples=200, database=None)
@given(texts)
def test_every_reading_has_tokens(text):
    for word in readings(text, SPACING, b"x"):
        if not word.startswith("#"):
            assert word_ids(word, SPACING, 258)


@pytest.mark.parametrize("text", ["step", " step", "  step", "\n", "词", " 词 ", "'quoted'"])
def test_a_tokenizer_that_puts_a_space_in_front_does_not_do_so_here(text):
    ids = word_ids(kept_word(text), SPACING, 258)
    assert b"".join(map(SPACING.token_bytes, ids)) == text.encode()


def test_ids_are_those_tokens(gpt2):
    assert word_ids("#1234", gpt2, 50257) == (1234,)
    assert word_ids("#12 #34", gpt2, 50257) == (12, 34)


@pytest.mark.parametrize("word", ["#50257", "#1 #999999999"])
def test_ids_that_do_not_exist_are_named(gpt2, word):
    with pytest.raises(UsageError, match=r"Token id (50257|999999999) does not exist"):
        word_ids(word, gpt2, 50257)


def test_nothing_is_no_word(gpt2):
    with pytest.raises(UsageError, match="no token to ask for"):
        word_ids("", gpt2, 50257)
