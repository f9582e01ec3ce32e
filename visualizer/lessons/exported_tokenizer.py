r"""The tokenizer of a lesson's model as a `tokenizer.json`, cutting text as `split_tokens` does.

A character is a token, white space too; or a word, and each punctuation mark around it. There is
no token for what the vocabulary lacks: the model has learned nothing about it, so a text with it
is refused and not read as something else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import tokenizers
from tokenizers import Regex, decoders, models, pre_tokenizers

from visualizer.lessons.text import NO_SPACE_AFTER, NO_SPACE_BEFORE, Unit

_N_CODE_POINTS = 0x110000
_SURROGATES = range(0xD800, 0xE000)
_NO_TOKEN = "[unknown]"  # WordLevel wants a name for it; it is in no vocabulary


def exported_tokenizer(vocabulary: Sequence[str], unit: Unit) -> tokenizers.Tokenizer:
    """A tokenizer of the `tokenizers` package with these tokens, numbered in their order.

    Args:
        vocabulary: The V different tokens of a corpus.
        unit: What one token is.

    Returns:
        A tokenizer whose `encode` cuts as `split_tokens` does and whose `decode` joins as
        `join_tokens` does; `encode` raises for a token that is not in the vocabulary.
    """
    ids = {token: index for index, token in enumerate(vocabulary)}
    backend = tokenizers.Tokenizer(models.WordLevel(ids, unk_token=_NO_TOKEN))
    if unit == "characters":
        backend.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        backend.decoder = decoders.Fuse()
    else:
        backend.pre_tokenizer = _word_cutter()
        backend.decoder = _word_joiner()
    return backend


def _word_cutter() -> pre_tokenizers.PreTokenizer:
    r"""Cut at white space, then cut each punctuation mark off the ends of what is left.

    The classes are written out, as Python knows them, because the pattern language's own, \s
    and \p{P}, are those of another version of Unicode. What follows the last character that is
    no punctuation is taken off as one piece first; then marks come off the front one by one,
    which takes that piece apart, too.
    """
    space, mark = _space_and_mark()
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(space + "+"), "removed"),
            pre_tokenizers.Split(Regex(f"(?<!{mark}){mark}+\\z"), "isolated"),
            pre_tokenizers.Split(Regex(f"\\G{mark}"), "isolated"),
        ]
    )


@cache
def _space_and_mark() -> tuple[str, str]:
    """Classes of white space and of punctuation; found once, which takes half a second."""
    return _character_class(str.isspace), _character_class(_is_punctuation)


def _word_joiner() -> decoders.Decoder:
    """A space before each token but where punctuation forbids it, and none at the start."""
    before = _characters(NO_SPACE_BEFORE)
    after = _characters(NO_SPACE_AFTER)
    return decoders.Sequence(
        [
            decoders.Replace(Regex(f"\\A(?!{before})"), " "),
            decoders.Fuse(),
            decoders.Replace(Regex(f"(?<={after}) "), ""),
            decoders.Strip(" ", 1, 0),
        ]
    )


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def _character_class(belongs: Callable[[str], bool]) -> str:
    """A class of a regular expression with every code point that belongs."""
    ranges: list[tuple[int, int]] = []
    for code in range(_N_CODE_POINTS):
        if code in _SURROGATES or not belongs(chr(code)):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "[" + "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in ranges) + "]"


def _characters(characters: frozenset[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(character):X}}}" for character in sorted(characters)) + "]"
