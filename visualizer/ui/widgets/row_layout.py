"""Where the tokens of several rows stand: lines below one another, aligned at common cuts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Int64Array

GAP_PX = 2
"""Between two tokens of a stretch."""

STRETCH_GAP_PX = 4
"""More of it between two stretches."""

Int32Array = npt.NDArray[np.int32]


class RowLayout:
    """The text in blocks: in each one line of every row, and all of them the same stretch of it.

    A stretch begins at the same place in all rows and takes the width of its widest row. One
    that is wider than a line goes on in further blocks, each row by itself.

    Args:
        widths: Of each row (T,) whole pixels.
        firsts: (R, S + 1) int64, see session.tokenizer_bench.Alignment.
        breaks: (S,) bool, whether the text goes on in a new line after the stretch.
        limit_px: Of a line.

    Attributes:
        lefts: Of each row (T,) int32, from the line's left edge.
        widths: Of each row (T,) int32, none more than a line.
        block_starts: Of each row (blocks + 1,) int64, first token of each block, T at the end.
    """

    def __init__(
        self,
        widths: Sequence[npt.NDArray[np.integer]],
        firsts: Int64Array,
        breaks: npt.NDArray[np.bool_],
        limit_px: int,
    ) -> None:
        limit = max(limit_px, 1)
        self.widths: tuple[Int32Array, ...] = tuple(
            np.minimum(each, limit).astype(np.int32) for each in widths
        )
        sums = [np.concatenate(([0], np.cumsum(each + GAP_PX))) for each in self.widths]
        spans = [each[row] for each, row in zip(sums, firsts, strict=True)]
        room = np.max([np.diff(each) for each in spans], axis=0) + STRETCH_GAP_PX
        self._limit = limit
        self._sums = sums
        self._firsts = [row.tolist() for row in firsts]
        edges = np.concatenate(([0], np.cumsum(room)))
        origins, self._wide = self._fill_lines(edges, room, breaks)
        offsets = edges[:-1] - origins
        self.lefts: tuple[Int32Array, ...] = tuple(
            (np.repeat(offsets - span[:-1], np.diff(row)) + each[:-1]).astype(np.int32)
            for each, span, row in zip(sums, spans, firsts, strict=True)
        )
        for row, first, last in self._wide:
            self.lefts[row][first:last] = sums[row][first:last] - sums[row][first]
        self.block_starts: tuple[Int64Array, ...] = tuple(
            np.array([*starts, len(width)], np.int64)
            for starts, width in zip(self._starts, self.widths, strict=True)
        )

    @property
    def n_blocks(self) -> int:
        return len(self.block_starts[0]) - 1

    def block_of(self, row: int, index: int) -> int:
        """The block in which a token stands."""
        return int(np.searchsorted(self.block_starts[row], index, side="right")) - 1

    def token_at(self, row: int, block: int, x: float) -> int | None:
        """The token of a row's line under `x`, None beside and between tokens."""
        if not 0 <= block < self.n_blocks:
            return None
        first, last = self.line(row, block)
        lefts = self.lefts[row][first:last]
        index = first + int(np.searchsorted(lefts, x, side="right")) - 1
        if index < first or x >= int(self.lefts[row][index]) + int(self.widths[row][index]):
            return None
        return index

    def nearest(self, row: int, block: int, x: float) -> int | None:
        """The token of a row's line whose middle is nearest to `x`; None in an empty line."""
        first, last = self.line(row, block)
        if first == last:
            return None
        middles = self.lefts[row][first:last] + self.widths[row][first:last] / 2
        return first + int(np.abs(middles - x).argmin())

    def line(self, row: int, block: int) -> tuple[int, int]:
        """The half-open range of a row's tokens in a block."""
        starts = self.block_starts[row]
        return int(starts[block]), int(starts[block + 1])

    def _fill_lines(
        self,
        edges: Int64Array,
        room: npt.NDArray[np.integer],
        breaks: npt.NDArray[np.bool_],
    ) -> tuple[Int64Array, list[tuple[int, int, int]]]:
        """Break lines.

        Returns:
            origins: (S,) where the line of each stretch begins, as `edges` counts.
            wide: (row, first, last) of each line of a stretch that takes several.
        """
        line_px = self._limit + GAP_PX + STRETCH_GAP_PX
        is_wide = room > line_px
        ends = np.flatnonzero(breaks | is_wide)
        ends = np.unique(np.concatenate((ends + 1, np.flatnonzero(is_wide), [len(room)])))
        must_end, places = ends.tolist(), edges.tolist()
        self._starts: list[list[int]] = [[] for _ in self._firsts]
        wide: list[tuple[int, int, int]] = []
        line_firsts: list[int] = []
        stretch, due = 0, 0
        while stretch < len(room):
            line_firsts.append(stretch)
            while must_end[due] <= stretch:
                due += 1
            if room[stretch] > line_px:
                wide += self._fold(stretch)
                stretch += 1
                continue
            fits = bisect_right(places, places[stretch] + line_px, stretch + 1) - 1
            for starts, row in zip(self._starts, self._firsts, strict=True):
                starts.append(row[stretch])
            stretch = min(max(fits, stretch + 1), must_end[due])
        firsts = np.array(line_firsts, np.int64)
        counts = np.diff(np.append(firsts, len(room)))
        return np.repeat(edges[firsts], counts), wide

    def _fold(self, stretch: int) -> list[tuple[int, int, int]]:
        """Lay a stretch that is too wide out in lines, each row by itself."""
        folded: list[list[int]] = []
        lines: list[tuple[int, int, int]] = []
        for row, (sums, firsts) in enumerate(zip(self._sums, self._firsts, strict=True)):
            first, end = firsts[stretch], firsts[stretch + 1]
            starts = []
            while first < end:
                starts.append(first)
                limit = int(sums[first]) + self._limit + GAP_PX
                last = int(np.searchsorted(sums, limit, side="right")) - 1
                last = min(max(last, first + 1), end)
                lines.append((row, first, last))
                first = last
            folded.append(starts)
        n_lines = max(map(len, folded))
        for row, starts in enumerate(folded):
            end = self._firsts[row][stretch + 1]
            self._starts[row] += [*starts, *[end] * (n_lines - len(starts))]
        return lines
