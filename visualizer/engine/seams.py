"""Where any text can be parted so that a tokenizer cuts the parts as it cuts the whole.

Tokenizers of one family first part a text by a regular expression, from left to right and without
looking back, and then cut each part by itself. Such an expression never crosses a seam: a place
between two characters at which every match that begins before ends, having looked no further than
at the character that follows, which it takes for the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from visualizer.engine.vocabulary import component_state

if TYPE_CHECKING:
    import tokenizers

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_BLANKS = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_KNOWN_SPLITS = frozenset(
    (
        # GPT-2
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        # Llama 3 and Qwen 2
        *(
            rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}"
            rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_BLANKS}"
            for digits in (r"\p{N}{1,3}", r"\p{N}")
        ),
        # GPT-4o and Mistral NeMo
        *(
            rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{ending}"
            rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{ending}"
            rf"|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_BLANKS}"
            for ending, digits in ((f"{_CONTRACTIONS}?", r"\p{N}{1,3}"), ("", r"\p{N}"))
        ),
    )
)

# Seams of all of these and of OpenAI's own expressions. A space follows what is not blank: only a
# match that begins with it takes it in. Or what is no letter, mark, digit or apostrophe follows a
# letter. The classes are written out where Python's Unicode may be another than the tokenizer's;
# U+180E was a blank once.
_SPACE_SEAM = r"[^\s\u180e] "
_LETTERS = r"A-Za-z\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
_STOPS = r"\n\t!\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~、。《》「」『』，．！？；：（）"
_SEAMS = (re.compile(rf"{_SPACE_SEAM}|[{_LETTERS}][{_STOPS}]"), re.compile(_SPACE_SEAM))


def seams_beside(contents: Sequence[str]) -> re.Pattern[str] | None:
    """Seams of the known expressions, none inside one of these strings; None for none such.

    Args:
        contents: What is found before a text is parted, special tokens for example.
    """
    return next((s for s in _SEAMS if not any(map(s.search, contents))), None)


def seams_of(backend: tokenizers.Tokenizer, *, parse_special: bool) -> re.Pattern[str] | None:
    """Seams of a tokenizer in the Hugging Face format, None where none is known to be safe.

    Those without a known regular expression have none, and those that may change the text: a
    sentencepiece-like one merges across any place.
    """
    if type(backend.model).__name__ != "BPE":
        return None
    normalizer = component_state(backend.normalizer).get("type")
    if normalizer not in (None, "NFC") or not _parts_known(component_state(backend.pre_tokenizer)):
        return None
    found = list(backend.get_added_tokens_decoder().values())
    if not parse_special and all(token.special for token in found):
        found = []  # else they hide shorter ones inside them, although they are read as text
    for token in found:
        if token.lstrip or token.rstrip or token.single_word:
            return None
        if token.normalized and normalizer is not None:
            return None
    return seams_beside([token.content for token in found])


def _parts_known(pre_tokenizer: dict[str, Any]) -> bool:
    """Whether a text is parted at every seam, and each part cut by itself."""
    is_several = pre_tokenizer.get("type") == "Sequence"
    steps = pre_tokenizer["pretokenizers"] if is_several else [pre_tokenizer]
    return all(map(_is_known, steps)) and any(map(_is_by_expression, steps))


def _is_known(step: dict[str, Any]) -> bool:
    kind = step.get("type")
    if kind == "ByteLevel":
        return not step.get("add_prefix_space")
    return kind == "Digits" or _is_by_expression(step)


def _is_by_expression(step: dict[str, Any]) -> bool:
    if step.get("type") == "ByteLevel":
        return bool(step.get("use_regex", True))
    pattern = step.get("pattern")
    return (
        step.get("type") == "Split"
        and step.get("behavior") == "Isolated"
        and not step.get("invert")
        and isinstance(pattern, dict)
        and pattern.get("Regex") in _KNOWN_SPLITS
    )
