"""Two ways to lay out all heads: a grid by layer and head, and a gallery in any order. No Qt.

All lengths are device pixels, from the corner of the whole, whatever part of it is in sight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from visualizer.engine.records import HeadChoice, Member
from visualizer.ui.widgets.mosaic_layout import GroupedAxis, fitting_cell

Cell = tuple[int, HeadChoice]
"""A head, or a layer's mean."""
Box = tuple[int, int, int, int]
"""Left, top, width, height."""
Move = Literal["up", "down", "left", "right", "first", "last", "page up", "page down"]


@dataclass(frozen=True)
class GridPlan:
    """A row per layer and a column per head; left of head 0 lies the layer's mean.

    Attributes:
        rows, columns: Of cells of the same size.
    """

    rows: GroupedAxis
    columns: GroupedAxis

    @property
    def cell(self) -> int:
        """Edge of a cell."""
        return self.rows.cell

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of everything."""
        return self.columns.length, self.rows.length

    @property
    def pitch(self) -> int:
        """From one row to the next."""
        return self.rows.cell + self.rows.gap

    def box(self, cell: Cell) -> Box | None:
        """Where a head lies, or a layer's whole row for its mean; None if it is not here."""
        layer, head = cell
        top, edge = self.rows.start(layer), self.cell
        if isinstance(head, str):
            return 0, top, self.columns.length, edge
        return self.columns.start(head), top, edge, edge

    def at(self, x: float, y: float) -> Cell | None:
        """The head under a pixel; None in a gap or outside."""
        layer, head = self.rows.at(y), self.columns.at(x)
        return None if layer is None or head is None else (layer, head)

    def moved(self, cell: Cell, move: Move, page: int) -> Cell:
        """Where a step leads; `page` is the number of rows in sight."""
        layer, head = cell
        column = -1 if isinstance(head, str) else head
        last = self.columns.n - 1
        layer, column = {
            "up": (layer - 1, column),
            "down": (layer + 1, column),
            "left": (layer, column - 1),
            "right": (layer, column + 1),
            "first": (layer, 0),
            "last": (layer, last),
            "page up": (layer - page, column),
            "page down": (layer + page, column),
        }[move]
        layer, column = min(max(layer, 0), self.rows.n - 1), min(max(column, -1), last)
        return (layer, "mean" if column < 0 else column)

    def in_sight(self, left: float, top: float, right: float, bottom: float) -> tuple[range, range]:
        """Layers and heads that reach into an area; heads in whole groups."""
        heads = self.columns.in_sight(left, right)
        group = self.columns.group
        first = heads.start // group * group
        return self.rows.in_sight(top, bottom), range(first, heads.stop)

    def cells(self, layers: range, heads: range) -> Iterator[Member]:
        """The heads of a part."""
        return ((layer, head) for layer in layers for head in heads)


@dataclass(frozen=True)
class GalleryPlan:
    """Heads in a given order, from left to right and top to bottom, each over its caption.

    Attributes:
        members: The heads in order.
        n_columns: Heads in a row.
        cell, gap, caption: Edge of a cell, distance of two, height below each.
    """

    members: tuple[Member, ...]
    n_columns: int
    cell: int
    gap: int
    caption: int

    @property
    def n_rows(self) -> int:
        return -(-len(self.members) // self.n_columns)

    @property
    def pitch(self) -> int:
        """From one row to the next."""
        return self.cell + self.caption + self.gap

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of everything."""
        return (
            self.n_columns * (self.cell + self.gap) - self.gap,
            max(self.n_rows * self.pitch - self.gap, 0),
        )

    @cached_property
    def _places(self) -> dict[Cell, int]:
        return {member: place for place, member in enumerate(self.members)}

    def box(self, cell: Cell) -> Box | None:
        """Where a head lies, without its caption; None if it is not among them."""
        place = self._places.get(cell)
        return None if place is None else self.box_of(place)

    def box_of(self, place: int) -> Box:
        """Where the head at a place of the order lies."""
        row, column = divmod(place, self.n_columns)
        return column * (self.cell + self.gap), row * self.pitch, self.cell, self.cell

    def at(self, x: float, y: float) -> Cell | None:
        """The head whose cell or caption is under a pixel; None in a gap or outside."""
        row, down = divmod(y, self.pitch)
        column, across = divmod(x, self.cell + self.gap)
        if y < 0 or not 0 <= column < self.n_columns:
            return None
        if across >= self.cell or down >= self.cell + self.caption:
            return None
        place = int(row * self.n_columns + column)
        return self.members[place] if place < len(self.members) else None

    def moved(self, cell: Cell, move: Move, page: int) -> Cell:
        """Where a step leads; from a head that is not here, to the first one."""
        if not self.members:
            return cell
        place, last = self._places.get(cell), len(self.members) - 1
        if place is None:
            return self.members[0]
        aim = {
            "up": place - self.n_columns,
            "down": place + self.n_columns,
            "left": place - 1,
            "right": place + 1,
            "first": 0,
            "last": last,
            "page up": max(place - page * self.n_columns, 0),
            "page down": min(place + page * self.n_columns, last),
        }[move]
        return self.members[aim] if 0 <= aim <= last else cell

    def in_sight(self, top: float, bottom: float) -> range:
        """Rows that reach into an area."""
        first = max(int(top // self.pitch), 0)
        return range(first, max(first, min(int(bottom // self.pitch) + 1, self.n_rows)))

    def places(self, rows: range) -> range:
        """Places in the order of the heads in some rows."""
        return range(
            rows.start * self.n_columns, min(rows.stop * self.n_columns, len(self.members))
        )


Plan = GridPlan | GalleryPlan


def grid_plan(
    shape: tuple[int, int],
    group: int,
    space: tuple[int, int],
    gaps: tuple[int, int],
    edges: tuple[int, int],
) -> GridPlan:
    """A grid whose cells are as large as the space allows.

    Args:
        shape: Layers and heads.
        group: Heads that share their keys and values.
        space: Width and height to fit into; where the smallest cells do not, it is exceeded.
        gaps: Between two cells, and between two groups.
        edges: Smallest and largest cell.
    """
    n_layers, n_heads = shape
    gap, wide = gaps
    if group in (1, n_heads):  # nothing to tell apart
        wide = gap
    cell = min(
        fitting_cell(n_heads, group, space[0], gap, wide),
        fitting_cell(n_layers, n_layers, space[1], gap, gap),
        edges[1],
    )
    cell = max(cell, edges[0])
    return GridPlan(
        GroupedAxis(n_layers, cell, gap, n_layers, gap),
        GroupedAxis(n_heads, cell, gap, group, wide),
    )


def gallery_plan(
    members: tuple[Member, ...], width: int, gap: int, caption: int, edges: tuple[int, int]
) -> GalleryPlan:
    """A gallery as wide as the space: as many heads in a row as are not too small.

    Args:
        members: In order.
        width: To fit into.
        gap: Between two cells.
        caption: Height below a cell.
        edges: Smallest and largest cell.
    """
    n_columns = max(1, (width + gap) // (edges[0] + gap))
    cell = (width + gap) // n_columns - gap
    return GalleryPlan(members, n_columns, max(1, min(cell, edges[1])), gap, caption)
