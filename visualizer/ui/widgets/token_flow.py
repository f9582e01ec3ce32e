"""Where each token of a text stands: lines of spans, laid out anew only from the first change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visualizer.engine.tokenization import Tokenization
from visualizer.ui.widgets.token_glyphs import GlyphCache, Glyphs

GAP_PX = 2
"""Between two spans of a line."""

Int32Array = npt.NDArray[np.int32]


class TokenFlow:
    """Running text of token spans, broken in lines.

    Positions are whole pixels from the left edge of the text; lines count from 0.

    Attributes:
        lefts, widths, lines: (T,) int32.
        line_starts: (lines + 1,) int64, first token of each line, T at the end.
        joined: (T,) bool, whether a token and the next one share a character.
        laid_out: How many tokens the last `set_tokens` had to place.
    """

    def __init__(self, cache: GlyphCache) -> None:
        self._cache = cache
        self._tokens: Tokenization | None = None
        self._glyphs: list[Glyphs] = []
        self._limit_px = 0
        self.laid_out = 0
        self.lefts: Int32Array = np.zeros(0, np.int32)
        self.widths: Int32Array = np.zeros(0, np.int32)
        self.lines: Int32Array = np.zeros(0, np.int32)
        self.line_starts: npt.NDArray[np.int64] = np.zeros(1, np.int64)
        self.joined: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self._glyphs)

    @property
    def n_lines(self) -> int:
        return len(self.line_starts) - 1

    def glyphs(self, index: int) -> Glyphs:
        return self._glyphs[index]

    def clear(self, cache: GlyphCache) -> None:
        """Forget the text, and measure the next one with `cache`."""
        self._cache = cache
        self._tokens = None
        self._glyphs = []
        self.joined = np.zeros(0, np.bool_)
        self._place(0, self._limit_px)

    def set_tokens(self, tokens: Tokenization, limit_px: int) -> None:
        """Lay `tokens` out in lines of `limit_px`; what comes before the first change stays."""
        limit_px = max(limit_px, 1)
        joined = _joined(tokens)
        keep = 0
        if self._tokens is not None and limit_px == self._limit_px:
            keep = _first_difference(self._tokens, tokens)
            while keep and joined[keep - 1]:
                keep -= 1  # the character may have become another one
        if keep:
            # The whole line again: a shorter token may now fit at its end.
            keep = int(self.line_starts[self.lines[keep - 1]])
        self._glyphs = self._glyphs[:keep] + self._measured(tokens, joined, keep)
        self.laid_out = len(tokens) - keep
        self._place(keep, limit_px)
        self.joined = joined
        self._tokens = tokens
        self._limit_px = limit_px

    def token_at(self, x: float, line: int) -> int | None:
        """The token of `line` under `x`, None beside and between the spans."""
        if not 0 <= line < self.n_lines:
            return None
        first, last = int(self.line_starts[line]), int(self.line_starts[line + 1])
        index = first + int(np.searchsorted(self.lefts[first:last], x, side="right")) - 1
        if index < first or x >= int(self.lefts[index]) + int(self.widths[index]):
            return None
        return index

    def nearest(self, x: float, line: int) -> int:
        """The token of `line` whose middle is nearest to `x`."""
        line = min(max(line, 0), self.n_lines - 1)
        first, last = int(self.line_starts[line]), int(self.line_starts[line + 1])
        middles = self.lefts[first:last] + self.widths[first:last] / 2
        return first + int(np.abs(middles - x).argmin())

    def _measured(
        self, tokens: Tokenization, joined: npt.NDArray[np.bool_], keep: int
    ) -> list[Glyphs]:
        measured = self._cache.all_glyphs(tokens.pieces[keep:])
        for index in np.flatnonzero(joined[keep:]) + keep:
            # A token that holds part of a character has the span of that character.
            character = tokens.text[int(tokens.ends[index]) - 1]
            measured[index - keep] = self._cache.glyphs(tokens.pieces[index], character)
        return measured

    def _place(self, keep: int, limit_px: int) -> None:
        lefts: list[int] = []
        widths: list[int] = []
        lines: list[int] = []
        x = 0
        line = int(self.lines[keep - 1]) + 1 if keep else 0
        for glyphs in self._glyphs[keep:]:
            width = min(glyphs.width, limit_px)
            if x and x + width > limit_px:
                line += 1
                x = 0
            lefts.append(x)
            widths.append(width)
            lines.append(line)
            x += width + GAP_PX
            if glyphs.breaks:
                line += 1
                x = 0
        self.lefts = np.concatenate([self.lefts[:keep], np.array(lefts, np.int32)])
        self.widths = np.concatenate([self.widths[:keep], np.array(widths, np.int32)])
        self.lines = np.concatenate([self.lines[:keep], np.array(lines, np.int32)])
        n_lines = int(self.lines[-1]) + 1 if len(self.lines) else 0
        self.line_starts = np.searchsorted(self.lines, np.arange(n_lines + 1))


def _joined(tokens: Tokenization) -> npt.NDArray[np.bool_]:
    """(T,) bool, whether the next token's span begins before this one's ends."""
    joined = np.zeros(len(tokens), np.bool_)
    if len(tokens) > 1:
        joined[:-1] = tokens.starts[1:] < tokens.ends[:-1]
    return joined


def _first_difference(old: Tokenization, new: Tokenization) -> int:
    """Tokens at the front that are the same in both."""
    if old.encoding != new.encoding or old.n_added != new.n_added:
        return 0
    n = min(len(old), len(new))
    differs = old.ids[:n] != new.ids[:n]
    return int(differs.argmax()) if differs.any() else n
