"""Where a string stands in a text, and where a token comes again."""

from __future__ import annotations

import re
from bisect import bisect_left

import numpy as np

from visualizer.engine.tokenization import Tokenization

STRETCH_CHARS = 100_000
"""Characters that are looked through at once: a few milliseconds."""


class TextSearch:
    """Finds a string stretch by stretch, so that whoever asks can do other things in between.

    Upper and lower case are the same; places do not overlap.

    Attributes:
        starts: Where it begins, so far, ascending.
        is_done: Whether the whole text has been looked through.
    """

    def __init__(self, text: str, wanted: str) -> None:
        self.starts: list[int] = []
        self.is_done = not wanted
        self._text = text
        self._pattern = re.compile(re.escape(wanted), re.IGNORECASE)
        self._n_chars = len(wanted)
        self._at = 0

    def go_on(self) -> None:
        """Look through one more stretch."""
        if self.is_done:
            return
        stop = self._at + STRETCH_CHARS
        for found in self._pattern.finditer(self._text, self._at, stop + self._n_chars - 1):
            self.starts.append(found.start())
            self._at = found.end()
        self._at = max(self._at, stop)
        self.is_done = self._at >= len(self._text)

    def span(self, index: int) -> tuple[int, int]:
        """First and last-but-one character of a place."""
        return self.starts[index], self.starts[index] + self._n_chars

    def nearest(self, place: int) -> int | None:
        """Index of the first place at or after a character; the first of all behind the last."""
        if not self.starts:
            return None
        return bisect_left(self.starts, place) % len(self.starts)


def same_token(text: Tokenization, index: int, step: int) -> int | None:
    """The next token with the same id, from the other end on after the last.

    Args:
        text: T tokens.
        index: Token to begin at.
        step: 1 for the next one, -1 for the one before.

    Returns:
        Its index, None if there is no other.
    """
    places = np.flatnonzero(text.ids == text.ids[index])
    if len(places) < 2:
        return None
    here = int(np.searchsorted(places, index))
    return int(places[(here + step) % len(places)])


def token_at(text: Tokenization, place: int) -> int:
    """The first token with a part of a character, the last one behind the end. At least one token.

    Args:
        text: T tokens.
        place: Code point.
    """
    return min(int(np.searchsorted(text.ends, place, side="right")), len(text) - 1)
