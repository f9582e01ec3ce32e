"""Where each token of a text stands: lines of spans, laid out anew only from the first change."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from visualizer.engine.tokenization import Tokenization
from visualizer.ui.widgets.token_glyphs import GlyphCache, Glyphs

GAP_PX = 2
"""Between two spans of a line."""

Int32Array = npt.NDArray[np.int32]

_WIDTH, _BREAKS = attrgetter("width"), attrgetter("breaks")


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
        self._natural: Int32Array = np.zeros(0, np.int32)
        self._breaks: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
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
        self._natural = np.zeros(0, np.int32)
        self._breaks = np.zeros(0, np.bool_)
        self.joined = np.zeros(0, np.bool_)
        self._place(0, 0, self._limit_px)

    def set_tokens(self, tokens: Tokenization, limit_px: int) -> None:
        """Lay `tokens` out in lines of `limit_px`; what an edit does not move stays."""
        limit_px = max(limit_px, 1)
        joined = _joined(tokens)
        keep = tail = 0
        if self._tokens is not None:
            keep, tail = _same_ends(self._tokens, tokens, self.joined, joined)
        self._measure(tokens, joined, keep, tail)
        if limit_px != self._limit_px:
            keep = tail = 0
        elif keep:
            # The whole line again: a shorter token may now fit at its end.
            keep = int(self.line_starts[self.lines[keep - 1]])
        self._place(keep, tail, limit_px)
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

    def _measure(
        self, tokens: Tokenization, joined: npt.NDArray[np.bool_], keep: int, tail: int
    ) -> None:
        """Find the glyphs of all tokens but the first `keep` and the last `tail`."""
        stop, old_stop = len(tokens) - tail, len(self._glyphs) - tail
        measured = self._cache.all_glyphs(tokens.pieces[keep:stop])
        for index in (np.flatnonzero(joined[keep:stop]) + keep).tolist():
            # A token that holds part of a character has the span of that character.
            character = tokens.text[int(tokens.ends[index]) - 1]
            measured[index - keep] = self._cache.glyphs(tokens.pieces[index], character)
        natural = np.fromiter(map(_WIDTH, measured), np.int32, len(measured))
        breaks = np.fromiter(map(_BREAKS, measured), np.bool_, len(measured))
        ends = slice(old_stop, None)
        self._glyphs = [*self._glyphs[:keep], *measured, *self._glyphs[ends]]
        self._natural = np.concatenate([self._natural[:keep], natural, self._natural[ends]])
        self._breaks = np.concatenate([self._breaks[:keep], breaks, self._breaks[ends]])

    def _place(self, keep: int, tail: int, limit_px: int) -> None:
        """Break lines anew from token `keep` on, which begins one.

        As soon as a line begins with a token that began one before, among the last `tail`, which
        are as they were, all that follow are where they were in their lines.
        """
        n, n_old = len(self._glyphs), len(self.lefts)
        widths = np.minimum(self._natural, limit_px)
        ends = np.cumsum(widths[keep:] + GAP_PX, dtype=np.int64)
        begins = ends - widths[keep:] - GAP_PX
        far = ends.tolist()
        most = limit_px // GAP_PX + 2  # tokens in a line, if all had no width
        breaks = (np.flatnonzero(self._breaks[keep:]) + 1).tolist()
        was_start = self.lefts == 0
        starts: list[int] = []
        at, n_breaks, resumed = keep, 0, n
        while at < n:
            if at >= n - tail and was_start[at - n + n_old]:
                resumed = at
                break
            starts.append(at)
            here = at - keep
            while n_breaks < len(breaks) and breaks[n_breaks] <= here:
                n_breaks += 1
            reach = (far[here - 1] if here else 0) + limit_px + GAP_PX
            stop = bisect_right(far, reach, here, min(here + most, len(far)))
            if n_breaks < len(breaks):
                stop = min(stop, breaks[n_breaks])
            at = keep + max(stop, here + 1)
        self.laid_out = resumed - keep
        self._put_together(keep, resumed, np.array(starts, np.int64), begins, widths)

    def _put_together(
        self,
        keep: int,
        resumed: int,
        starts: npt.NDArray[np.int64],
        begins: npt.NDArray[np.int64],
        widths: Int32Array,
    ) -> None:
        """What stood before `keep`, the lines that begin at `starts`, and what follows."""
        first_line = int(self.lines[keep - 1]) + 1 if keep else 0
        counts = np.diff(starts, append=resumed)
        new_lefts = begins[: resumed - keep] - np.repeat(begins[starts - keep], counts)
        new_lines = np.repeat(np.arange(first_line, first_line + len(starts)), counts)
        rest = slice(len(self.lefts) - (len(widths) - resumed), None)
        rest_lines = self.lines[rest]
        if len(rest_lines):
            rest_lines = rest_lines + np.int32(first_line + len(starts) - int(rest_lines[0]))
        self.lefts = np.concatenate(
            [self.lefts[:keep], new_lefts.astype(np.int32), self.lefts[rest]]
        )
        self.lines = np.concatenate([self.lines[:keep], new_lines.astype(np.int32), rest_lines])
        self.widths = widths
        n_lines = int(self.lines[-1]) + 1 if len(self.lines) else 0
        self.line_starts = np.searchsorted(self.lines, np.arange(n_lines + 1))


def _joined(tokens: Tokenization) -> npt.NDArray[np.bool_]:
    """(T,) bool, whether the next token's span begins before this one's ends."""
    joined = np.zeros(len(tokens), np.bool_)
    if len(tokens) > 1:
        joined[:-1] = tokens.starts[1:] < tokens.ends[:-1]
    return joined


def _same_ends(
    old: Tokenization,
    new: Tokenization,
    old_joined: npt.NDArray[np.bool_],
    new_joined: npt.NDArray[np.bool_],
) -> tuple[int, int]:
    """Tokens at the front and at the end that are the same in both, whole characters only."""
    if old.encoding != new.encoding or old.n_added != new.n_added:
        return 0, 0
    n = min(len(old), len(new))
    differs = old.ids[:n] != new.ids[:n]
    keep = int(differs.argmax()) if differs.any() else n
    # The character that begins before may have become another one.
    while keep and (new_joined[keep - 1] or old_joined[keep - 1]):
        keep -= 1
    n -= keep
    differs = (old.ids[len(old) - n :] != new.ids[len(new) - n :])[::-1]
    tail = int(differs.argmax()) if differs.any() else n
    while tail and (_goes_on(old_joined, len(old) - tail) or _goes_on(new_joined, len(new) - tail)):
        tail -= 1
    return keep, tail


def _goes_on(joined: npt.NDArray[np.bool_], index: int) -> bool:
    """Whether a token begins inside a character."""
    return index > 0 and bool(joined[index - 1])
