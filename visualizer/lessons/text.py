"""Text as a list of words or characters: the two vocabularies that the lessons count in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

Unit = Literal["words", "characters"]
"""What one token is."""

_SENTENCE_END = re.compile(r"[\r\n]+|(?<=[.!?])\s+|(?<=[。！？])")
NO_SPACE_BEFORE = frozenset(".,:;!?)]}%’”。，：；！？）」』")
NO_SPACE_AFTER = frozenset("([{“‘（「『")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text: ended by a line's end, or by a mark.

    The marks are . ! ? and their Chinese forms. An English mark ends a sentence only where white
    space follows it, so that 3.5 stays whole.
    """
    pieces = (piece.strip() for piece in _SENTENCE_END.split(text))
    return [piece for piece in pieces if piece]


def split_words(sentence: str) -> list[str]:
    """The words of a sentence: what stands between white space, without punctuation around it.

    Punctuation inside a word stays ("don't", "well-known"); capitals count ("The" is not "the").
    """
    words = (_without_punctuation(piece)[1] for piece in sentence.split())
    return [word for word in words if word]


def split_tokens(text: str, unit: Unit) -> list[str]:
    """Tokens for counting n-grams.

    Args:
        text: Any text.
        unit: "words": as `split_words`, but each punctuation mark around a word is a token of
            its own; white space is dropped. "characters": every code point, white space too.
    """
    if unit == "characters":
        return list(text)
    tokens: list[str] = []
    for piece in text.split():
        before, word, after = _without_punctuation(piece)
        tokens.extend(before)
        if word:
            tokens.append(word)
        tokens.extend(after)
    return tokens


def join_tokens(tokens: Sequence[str], unit: Unit) -> str:
    """Tokens as text again; between words a space, except where punctuation forbids it."""
    if unit == "characters":
        return "".join(tokens)
    text = ""
    for token in tokens:
        glued = not text or token in NO_SPACE_BEFORE or text[-1] in NO_SPACE_AFTER
        text += token if glued else f" {token}"
    return text


def _without_punctuation(piece: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation after."""
    start, end = 0, len(piece)
    while start < end and _is_punctuation(piece[start]):
        start += 1
    while end > start and _is_punctuation(piece[end - 1]):
        end -= 1
    return piece[:start], piece[start:end], piece[end:]


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")
