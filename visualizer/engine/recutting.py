"""An edited text cut again only where it was edited, into exactly the tokens of the whole text.

What stands before a seam and what stands behind it are cut as if each were a text of its own (see
`seams`), so the tokens beyond the seams nearest to an edit stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from visualizer.engine.tokenization import Tokenization, Tokenizer, clean_text

_FIRST_WINDOW_CHARS = 256


@dataclass(frozen=True, eq=False)
class CutRule:
    """By what a text was cut, for a tokenizer that can cut an edited text in part.

    Attributes:
        tokenizer: Whose `encode` made the tokens.
        parse_special: Whether special tokens in the text were read as such.
        seams: Two characters between which any text can be parted.
    """

    tokenizer: Tokenizer
    parse_special: bool
    seams: re.Pattern[str]


def recut(
    known: Tokenization | None,
    text: str,
    tokenizer: Tokenizer,
    *,
    parse_special: bool,
    most_chars: int | None = None,
) -> Tokenization | None:
    """What `tokenizer.encode` makes of `text`, from the tokens of an earlier text.

    Args:
        known: The tokens of a text that differs in one stretch; `known` itself is the answer for
            the same text.
        text: To be cut; lone surrogates are replaced.
        tokenizer: By which.
        parse_special: Whether special tokens in `text` are read as such.
        most_chars: Longest stretch to cut anew, None for any.

    Returns:
        The same tokens, spans and bytes as of the whole text; None where that is not sure, or
        would take longer than asked for: then the whole text must be cut.

    Raises:
        TokenizerFailedError: The tokenizer's own code broke on the stretch.
    """
    rule = None if known is None else known.rule
    if known is None or rule is None or not known.is_lossless:
        return None
    if rule.tokenizer is not tokenizer or rule.parse_special != parse_special:
        return None
    text = clean_text(text)
    if text == known.text:
        return known
    first, last, old_last = _stretch(known.text, text, rule.seams)
    if most_chars is not None and last - first > most_chars:
        return None
    before, behind = _place(known, first), _place(known, old_last)
    if before is None or behind is None:
        return None
    cut = tokenizer.encode(text[first:last], parse_special=parse_special)
    return _spliced(known, cut, text, (first, last - old_last), (before, behind))


def _stretch(old: str, new: str, seams: re.Pattern[str]) -> tuple[int, int, int]:
    """What must be cut anew: its begin in both texts, its end in the new one and in the old."""
    n_same = _common_prefix(old, new)
    room = min(len(old), len(new)) - n_same
    n_tail = _common_suffix(old[len(old) - room :], new[len(new) - room :]) if room else 0
    first = _last_seam(new, n_same, seams)
    # Both characters of a seam behind the edit belong to the tail.
    found = seams.search(new, len(new) - n_tail)
    last = len(new) if found is None else found.start() + 1
    return first, last, last - len(new) + len(old)


def _common_prefix(one: str, other: str) -> int:
    """How many characters two texts share from the start; whole stretches are compared at once."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(one: str, other: str) -> int:
    """How many characters two texts of the same length share at the end."""
    low, high, n = 0, len(one), len(one)
    while low < high:
        middle = (low + high + 1) // 2
        if one[n - middle : n - low] == other[n - middle : n - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _last_seam(text: str, stop: int, seams: re.Pattern[str]) -> int:
    """The last seam with both its characters before `stop`, 0 for none: a text begins there."""
    window = _FIRST_WINDOW_CHARS
    while True:
        start = max(stop - window, 0)
        found = 0
        for match in seams.finditer(text, start, stop):
            found = match.start() + 1
        if found or not start:
            return found
        window *= 8


def _place(known: Tokenization, place: int) -> int | None:
    """The first token of the text that begins at a character; None if one goes across it."""
    if place == 0:
        return known.n_added
    index = int(np.searchsorted(known.starts, place))
    index = max(index, known.n_added)
    ends_there = index == known.n_added or int(known.ends[index - 1]) == place
    if index == len(known):
        return index if place == len(known.text) and ends_there else None
    return index if ends_there and int(known.starts[index]) == place else None


def _spliced(
    known: Tokenization,
    cut: Tokenization,
    text: str,
    places: tuple[int, int],
    kept: tuple[int, int],
) -> Tokenization | None:
    """`known` with the tokens between the two of `kept` replaced.

    Args:
        known: Of the old text.
        cut: Of the stretch alone.
        text: The new text.
        places: Where the stretch begins, and by how much the text behind it has moved.
        kept: How many tokens stay before the stretch, and the first that stays behind it.
    """
    if not cut.is_lossless:
        return None
    (first, shift), (before, behind), n_added = places, kept, cut.n_added
    return Tokenization(
        text,
        np.concatenate((known.ids[:before], cut.ids[n_added:], known.ids[behind:])),
        known.pieces[:before] + cut.pieces[n_added:] + known.pieces[behind:],
        np.concatenate(
            (known.starts[:before], cut.starts[n_added:] + first, known.starts[behind:] + shift)
        ),
        np.concatenate(
            (known.ends[:before], cut.ends[n_added:] + first, known.ends[behind:] + shift)
        ),
        n_added=known.n_added,
        encoding=known.encoding,
        rule=known.rule,
    )
