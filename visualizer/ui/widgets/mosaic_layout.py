"""Where each thumbnail of the overview lies, and the overview as one image. No Qt.

All lengths are device pixels, so that thumbnails fall on whole pixels at any display scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.ui.widgets.colour_scale import UInt8Array
from visualizer.ui.widgets.resampling import IndexArray, pixel_starts, resample

GAP_LEVEL = 255
"""Colour index of the gaps; weights use those below it."""


@dataclass(frozen=True)
class GroupedAxis:
    """Cells in a row with thin gaps, and wider ones between groups.

    Attributes:
        n: Cells.
        cell, gap, group_gap: Lengths; `group_gap` is in place of `gap` between two groups.
        group: Cells in a group.
    """

    n: int
    cell: int
    gap: int
    group: int
    group_gap: int

    @property
    def length(self) -> int:
        return self.start(self.n - 1) + self.cell

    def start(self, index: int) -> int:
        """First pixel of a cell."""
        return index * (self.cell + self.gap) + (index // self.group) * (self.group_gap - self.gap)

    def at(self, place: float) -> int | None:
        """The cell under a pixel, or None in a gap or outside."""
        whole_group = self.group * (self.cell + self.gap) - self.gap + self.group_gap
        group, rest = divmod(place, whole_group)
        index, rest = divmod(rest, self.cell + self.gap)
        cell = int(group * self.group + index)
        if place < 0 or index >= self.group or rest >= self.cell or cell >= self.n:
            return None
        return cell

    def in_sight(self, first: float, end: float) -> range:
        """Cells that reach into a half-open range of pixels; at least one."""
        return range(self._reached(first), self._reached(end - 1) + 1)

    def _reached(self, place: float) -> int:
        """The cell under a pixel, or in a gap or outside one that lies beside it."""
        whole_group = self.group * (self.cell + self.gap) - self.gap + self.group_gap
        group, rest = divmod(max(place, 0), whole_group)
        index = min(rest // (self.cell + self.gap), self.group - 1)
        return min(int(group * self.group + index), self.n - 1)


def fitting_cell(n: int, group: int, space: int, gap: int, group_gap: int) -> int:
    """Largest cell with which `n` cells and their gaps fit into `space`; may be 0 or less."""
    gaps = GroupedAxis(n, 0, gap, group, group_gap).length
    return (space - gaps) // n


def compose(levels: UInt8Array, rows: GroupedAxis, columns: GroupedAxis) -> UInt8Array:
    """All thumbnails as one image, gaps in GAP_LEVEL.

    Args:
        levels: (L, H, P, P) uint8 below GAP_LEVEL.
        rows: Axis of L cells.
        columns: Axis of H cells, of the same size.

    Returns:
        (rows.length, columns.length) uint8, contiguous. Where a thumbnail has more cells than
        pixels, a pixel is the maximum of its cells.
    """
    n_layers, n_heads, edge, _ = levels.shape
    sheet = levels.transpose(0, 2, 1, 3).reshape(n_layers * edge, n_heads * edge)
    within = pixel_starts(edge, 0.0, rows.cell / edge, rows.cell)
    if rows.cell < edge:
        sheet = resample(
            sheet, _all_starts(within, n_layers, edge), _all_starts(within, n_heads, edge)
        )
        edge, within = rows.cell, np.arange(rows.cell)
    padded = np.pad(sheet, ((0, 1), (0, 1)), constant_values=GAP_LEVEL)
    wide = np.take(padded, _sources(columns, within, edge), axis=1)
    return np.ascontiguousarray(np.take(wide, _sources(rows, within, edge), axis=0))


def shown_pixels(edge: int, rows: GroupedAxis, columns: GroupedAxis) -> UInt8Array:
    """Which pixels of such an image show weights where the first column of each is put aside.

    Args:
        edge: Cells along a thumbnail's edge.
        rows: As in `compose`.
        columns: The same.

    Returns:
        (rows.length, columns.length) uint8: 0 over the first column of cells, else 255.
    """
    shown = np.full((rows.n, columns.n, edge, edge), 255, np.uint8)
    shown[..., 0] = 0
    return compose(shown, rows, columns)


def _all_starts(within: IndexArray, n: int, edge: int) -> IndexArray:
    return (np.arange(n)[:, None] * edge + within).ravel()


def _sources(axis: GroupedAxis, within: IndexArray, edge: int) -> IndexArray:
    """Index into the sheet for each pixel of an axis; the one past its end in gaps."""
    sources = np.full(axis.length, axis.n * edge, dtype=np.intp)
    for index in range(axis.n):
        start = axis.start(index)
        sources[start : start + axis.cell] = index * edge + within
    return sources


def labels_every(needed_px: float, pitch_px: float) -> int:
    """1, 2, 5, 10, ...: every how many cells a label fits."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        if step * pitch_px >= needed_px:
            return step
    return 1000


def labelled_cells(n: int, every: int, keep: int | None) -> list[int]:
    """Cells that get a label: each `every`-th, and `keep` in place of its neighbours."""
    cells = [
        index
        for index in range(0, n, every)
        if keep is None or index == keep or abs(index - keep) >= every
    ]
    return cells if keep is None or keep in cells else sorted([*cells, keep])
