"""Units of a head's map: which cell holds them, which tokens they are, what may look at what.

A unit is a token, or a word or a sentence where the record joins them. Rows and columns of the
map are counted in units everywhere, so that a place stays the same when weights of another block
arrive for it. No Qt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visualizer.engine.records import HeadRecord
from visualizer.session.state import Region
from visualizer.session.token_links import unit_of, unit_tokens
from visualizer.session.views import HeadView

Span = tuple[int, int]
"""A half-open range."""
Looks = Literal["visible", "after", "before window"]
"""Whether a query may look at a key: yes; no, the key comes after it; no, the key lies before the
window of a layer that looks only so far back."""


@dataclass(frozen=True, eq=False)
class MapCell:
    """One cell: of the view's tile where it covers the place, else of the whole map.

    Attributes:
        record: Whose weights hold it.
        row, column: Where in them.
        rows, columns: Units that it is over.
    """

    record: HeadRecord
    row: int
    column: int
    rows: Span
    columns: Span

    @property
    def weight(self) -> float:
        return float(self.record.weights[self.row, self.column])

    @property
    def is_exact(self) -> bool:
        """Whether it is one query and one key, not a maximum over several."""
        return self.record.block == 1

    @property
    def looks(self) -> Looks:
        """Whether any of its queries may look at any of its keys."""
        return looks_at(
            unit_tokens(self.record, self.rows),
            unit_tokens(self.record, self.columns),
            self.record.window,
        )


def looks_at(queries: Span, keys: Span, window: int | None) -> Looks:
    """Whether any of the query tokens may look at any of the key tokens."""
    if keys[0] >= queries[1]:
        return "after"
    if window is not None and keys[1] - 1 <= queries[0] - window:
        return "before window"
    return "visible"


def cell_at(view: HeadView, row: int, column: int) -> MapCell:
    """The finest known cell at a place of the map, which lies on it."""
    record = view.record
    if view.tile is not None and covers(view.tile, row, column):
        record = view.tile
    return record_cell(record, row, column)


def record_cell(record: HeadRecord, row: int, column: int) -> MapCell:
    """The cell of a record at a place of the map, which it holds."""
    i, rows = _cell(record.rows, record.block, row)
    j, columns = _cell(record.columns, record.block, column)
    return MapCell(record, i, j, rows, columns)


def row_units(view: HeadView, row: int) -> Span:
    """Units of the finest known row of cells at a row of the map."""
    tile = view.tile
    record = tile if tile is not None and _holds(tile.rows, row) else view.record
    return _cell(record.rows, record.block, row)[1]


def column_units(view: HeadView, column: int) -> Span:
    """Units of the finest known column of cells at a column of the map."""
    tile = view.tile
    record = tile if tile is not None and _holds(tile.columns, column) else view.record
    return _cell(record.columns, record.block, column)[1]


def selected_row(view: HeadView) -> int | None:
    """The first unit of the row of cells that the selected token lies in, if it is on the map."""
    if view.query is None:
        return None
    unit = unit_of(view.record, view.query)
    return row_units(view, unit)[0] if _holds(view.record.rows, unit) else None


def query_token(view: HeadView, row: int) -> int:
    """The token that a row stands for: its last, which sees all that the others see."""
    return unit_tokens(view.record, row_units(view, row))[1] - 1


def key_token(view: HeadView, column: int) -> int:
    """The token that a column stands for: its first, which is seen by all that see the others."""
    return unit_tokens(view.record, column_units(view, column))[0]


def covers(record: HeadRecord, row: int, column: int) -> bool:
    """Whether the record holds the weights of a place of the map."""
    return _holds(record.rows, row) and _holds(record.columns, column)


def _holds(span: Span, unit: int) -> bool:
    return span[0] <= unit < span[1]


def _cell(span: Span, block: int, unit: int) -> tuple[int, Span]:
    """Index of the cell that a unit lies in, and the units of that cell."""
    cell = (unit - span[0]) // block
    first = span[0] + cell * block
    return cell, (first, min(first + block, span[1]))


def region_tokens(record: HeadRecord, region: Region) -> Region:
    """A region in units as one in tokens."""
    rows = unit_tokens(record, region[:2])
    return *rows, *unit_tokens(record, region[2:])


def region_units(record: HeadRecord, region: Region) -> Region:
    """The units that a region in tokens is a part of."""
    first_row, end_row, first_column, end_column = region
    return (
        unit_of(record, first_row),
        unit_of(record, end_row - 1) + 1,
        unit_of(record, first_column),
        unit_of(record, end_column - 1) + 1,
    )


def visible_columns(record: HeadRecord, row: int) -> Span:
    """The units that a unit may look at: from the first in its window to itself."""
    if record.window is None:
        return 0, row + 1
    first_query = unit_tokens(record, (row, row + 1))[0]
    return unit_of(record, max(0, first_query - record.window + 1)), row + 1
