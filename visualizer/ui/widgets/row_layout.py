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
        edges = np.concatenate(([0], np.cumsum(room)))
        lines = self._line_firsts(edges, room, breaks)
        counts = np.diff(np.append(lines, len(room)))
        offsets = edges[:-1] - np.repeat(edges[lines], counts)
        self.lefts: tuple[Int32Array, ...] = tuple(
            (np.repeat(offsets - span[:-1], np.diff(row)) + each[:-1]).astype(np.int32)
            for each, span, row in zip(sums, spans, firsts, strict=True)
        )
        self.block_starts: tuple[Int64Array, ...] = self._starts(firsts, lines, room)

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

    def _line_firsts(
        self,
        edges: Int64Array,
        room: npt.NDArray[np.integer],
        breaks: npt.NDArray[np.bool_],
    ) -> Int64Array:
        """The first stretch of each line; one that is wider than a line is alone in its own."""
        is_wide = room > self._line_px
        ends = np.concatenate((np.flatnonzero(breaks | is_wide) + 1, np.flatnonzero(is_wide)))
        must_end, places = np.append(np.unique(ends), len(room)).tolist(), edges.tolist()
        n_stretches, line_px = len(room), self._line_px
        most = line_px // max(int(room.min()), 1) + 2  # stretches in a line: a short search
        firsts: list[int] = []
        stretch = due = 0
        while stretch < n_stretches:
            firsts.append(stretch)
            while must_end[due] <= stretch:
                due += 1
            far = min(stretch + most, n_stretches + 1)
            fits = bisect_right(places, places[stretch] + line_px, stretch + 1, far) - 1
            stretch = min(max(fits, stretch + 1), must_end[due])
        return np.array(firsts, np.int64)

    @property
    def _line_px(self) -> int:
        return self._limit + GAP_PX + STRETCH_GAP_PX

    def _starts(
        self, firsts: Int64Array, lines: Int64Array, room: npt.NDArray[np.integer]
    ) -> tuple[Int64Array, ...]:
        """Of each row the first token of each block: a line, or a part of one that is folded."""
        wide = np.flatnonzero(room[lines] > self._line_px)
        if not wide.size:
            return tuple(np.append(row[lines], row[-1:]) for row in firsts)
        pieces: list[list[npt.NDArray[np.integer]]] = [[] for _ in firsts]
        done = 0
        for line in wide.tolist():
            folded = self._fold(firsts, int(lines[line]))
            for parts, row, starts in zip(pieces, firsts, folded, strict=True):
                parts += [row[lines[done:line]], np.array(starts, np.int64)]
            done = line + 1
        for parts, row in zip(pieces, firsts, strict=True):
            parts += [row[lines[done:]], row[-1:]]
        return tuple(np.concatenate(parts) for parts in pieces)

    def _fold(self, firsts: Int64Array, stretch: int) -> list[list[int]]:
        """Lay a stretch that is too wide out in lines, each row by itself.

        Returns:
            Of each row the first token of each line, as many for all rows.
        """
        folded: list[list[int]] = []
        ends: list[int] = []
        for row, (sums, lefts) in enumerate(zip(self._sums, self.lefts, strict=True)):
            first, end = firsts[row, stretch : stretch + 2].tolist()
            starts = []
            while first < end:
                starts.append(first)
                limit = sums[first] + self._limit + GAP_PX
                last = int(sums.searchsorted(limit, side="right")) - 1
                last = min(max(last, first + 1), end)
                lefts[first:last] = sums[first:last] - sums[first]
                first = last
            folded.append(starts)
            ends.append(end)
        n_lines = max(map(len, folded))
        return [
            [*starts, *[end] * (n_lines - len(starts))]
            for starts, end in zip(folded, ends, strict=True)
        ]
