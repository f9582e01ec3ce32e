"""Letters against tokens, checked by counting in plain ways."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization, spans_of
from visualizer.lessons.letters import (
    LettersInToken,
    character_bytes,
    count_letter,
    letter_places,
    letters_in_tokens,
)


def cut(*pieces: bytes) -> Tokenization:
    starts, ends = spans_of(pieces)
    text = b"".join(pieces).decode()
    return Tokenization(text, np.arange(len(pieces)), pieces, starts, ends, 0, "by hand")


def test_strawberry_has_three_and_no_token_has_all():
    assert count_letter("Strawberry", "r") == "Strawberry".count("r") == 3
    assert letter_places("Strawberry", "r") == (2, 7, 8)
    found = letters_in_tokens(cut(b"Str", b"aw", b"berry"), "r")
    assert found == (LettersInToken(1, 0), LettersInToken(0, 0), LettersInToken(2, 0))
    found = letters_in_tokens(cut(b"St", b"raw", b"berry"), "r")
    assert [each.whole for each in found] == [0, 1, 2]


def test_capitals_count_as_small_letters():
    assert count_letter("Strawberry", "S") == count_letter("Strawberry", "s") == 1
    assert count_letter("ẞß", "ß") == 2


def test_a_letter_in_two_tokens_is_in_neither():
    whole = "型".encode()
    found = letters_in_tokens(cut(b"a" + whole[:1], whole[1:]), "型")
    assert found == (LettersInToken(0, 1), LettersInToken(0, 1))


def test_several_characters_in_a_row():
    assert count_letter("banana", "ana") == "banana".count("ana") == 1
    assert count_letter("👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧") == 2
    found = letters_in_tokens(cut(b"ba", b"nana"), "an")
    assert found == (LettersInToken(0, 1), LettersInToken(1, 1))


def test_nothing_to_find():
    assert count_letter("", "r") == 0
    assert count_letter("Strawberry", "z") == 0
    assert letters_in_tokens(cut(), "z") == ()
    with pytest.raises(UsageError, match="letter to count"):
        count_letter("Strawberry", "")


def test_the_bytes_of_characters():
    assert character_bytes("aé型👍") == (0, 1, 3, 6, 10)
    assert character_bytes("") == (0,)
