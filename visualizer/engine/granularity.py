"""Where the words and sentences of a text begin, in tokens. No torch.

A unit always begins with a token: tokens are never split, and tokens that hold parts of one
character stay together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Int64Array
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Granularity

_Flags = npt.NDArray[np.bool_]

# Classes of characters. Within a class characters join, but for those that are a word each.
_SPACE, _WORD, _SINGLE, _PUNCTUATION, _FLAG, _EXTENDS = range(6)
_JOINER = "\u200d"
_APOSTROPHES = "'\u2019"
_NUMBER_MARKS = ".,"
_CLOSING = "\"'\u201d\u2019\u00bb)\\]}\u300d\u300f\uff09"
_SENTENCE_END = re.compile(
    # A full stop ends a sentence where space follows, so that 3.14 and file.txt stay whole. A
    # look behind keeps the search linear in long runs of one character.
    rf"(?:(?<![.!?\u2026])[.!?\u2026]+[{_CLOSING}]*(?=\s|\Z)"
    rf"|[\u3002\uff01\uff1f\uff61]+[{_CLOSING}]*)(?:\s*\n)?"
    r"|(?<!\s)\s*\n"
)


def unit_starts(
    tokenization: Tokenization,
    special_ids: Collection[int],
    granularity: Granularity,
    n_tokens: int | None = None,
) -> Int64Array | None:
    """Where the units of a text begin.

    Words begin with white space, which belongs to the word after it, and where letters change
    to punctuation or back; a Chinese character, a hiragana and an emoji are a word each (other
    scripts without spaces are not divided). Apostrophes inside words, and points and commas
    inside numbers, do not divide.

    Sentences end after ``. ! ? …`` with space behind, after ``。 ！ ？``, with the quotes and
    brackets that close there, and after line breaks. An abbreviation's point ends one, too. A
    token that holds an end and a beginning belongs to what begins. Every sentence begins with a
    word.

    A special token, and one that the tokenizer put in front, is a unit of its own.

    Args:
        tokenization: The text.
        special_ids: The tokenizer's special tokens.
        granularity: What a unit is.
        n_tokens: Only so many tokens from the start count; None for all.

    Returns:
        (n + 1,) int64, rising strictly from 0; the last entry is n_tokens. None where a unit is
        a token.

    Source:
        Simplified from Unicode Standard Annex 29, Unicode Text Segmentation.
    """
    if granularity == "tokens":
        return None
    n = len(tokenization) if n_tokens is None else n_tokens
    alone = np.isin(tokenization.ids, np.fromiter(special_ids, np.int64, len(special_ids)))
    alone[: tokenization.n_added] = True
    begins = _sentence_begins(tokenization)
    if granularity == "words":
        begins |= _word_breaks(tokenization.text)[_offsets(tokenization)]
    begins &= _divisible(tokenization)
    begins[1:] |= alone[:-1]
    begins |= alone
    begins[:1] = True
    starts = np.flatnonzero(begins[:n])
    return np.append(starts, n).astype(np.int64)


def _offsets(tokenization: Tokenization) -> Int64Array:
    """Where tokens start in the text, (T,)."""
    return np.minimum(tokenization.starts, len(tokenization.text))


def _divisible(tokenization: Tokenization) -> _Flags:
    """Whether a unit may begin with a token, (T,): not inside a character, not twice in a place."""
    may = np.ones(len(tokenization), np.bool_)
    ends = np.maximum.accumulate(tokenization.ends)
    starts = tokenization.starts
    may[1:] = (starts[1:] >= ends[:-1]) & (starts[1:] > starts[:-1])
    return may


def _sentence_begins(tokenization: Tokenization) -> _Flags:
    """Whether a sentence begins with each token, (T,)."""
    text = tokenization.text
    begins = np.zeros(len(tokenization), np.bool_)
    starts = _offsets(tokenization)
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        index = int(np.searchsorted(starts, end))  # the first token that starts there or later
        if index and text[end : tokenization.ends[index - 1]].strip():
            index -= 1  # the token before has the end inside, and more than space after it
        if index < len(begins):
            begins[index] = True
    return begins


def _word_breaks(text: str) -> _Flags:
    """Whether a word begins at each code point, (n + 1,): the last is the text's end."""
    n = len(text)
    breaks = np.zeros(n + 1, np.bool_)
    if n < 2:
        return breaks
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    distinct, place = np.unique(codes, return_inverse=True)
    kinds = np.array([_kind(chr(code)) for code in distinct])[place.reshape(-1)]
    extends = kinds == _EXTENDS
    # What extends a character is of that character's class.
    base = np.maximum.accumulate(np.where(extends, 0, np.arange(n)))
    kinds = np.where(extends, kinds[base], kinds)
    before, here = kinds[:-1], kinds[1:]
    changes = (before != here) | (here == _SINGLE)
    inside = extends[1:] | (before == _SPACE) | (codes[:-1] == ord(_JOINER))
    breaks[1:n] = changes & ~inside
    for marks, sides in ((_APOSTROPHES, str.isalpha), (_NUMBER_MARKS, str.isdecimal)):
        fits = np.array([sides(chr(code)) for code in distinct])[place.reshape(-1)]
        mark = np.isin(codes[1:-1], [ord(mark) for mark in marks])
        joined = np.flatnonzero(mark & fits[:-2] & fits[2:]) + 1
        breaks[joined] = breaks[joined + 1] = False
    return breaks


def _kind(character: str) -> int:
    """The class of a character."""
    if character.isspace():
        return _SPACE
    category = unicodedata.category(character)
    code = ord(character)
    if category[0] == "M" or category == "Cf" or 0x1F3FB <= code <= 0x1F3FF:
        return _EXTENDS
    if 0x1F1E6 <= code <= 0x1F1FF:
        return _FLAG
    if category == "So" or _is_ideograph(code):
        return _SINGLE
    if category[0] in "LN" or character == "_":
        return _WORD
    return _PUNCTUATION


def _is_ideograph(code: int) -> bool:
    """Whether a code point is a Chinese character or a hiragana."""
    return (
        0x3041 <= code <= 0x309F
        or 0x3005 <= code <= 0x3007
        or 0x3400 <= code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )
