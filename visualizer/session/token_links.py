"""What one token of a head looks at, and which tokens look at it, token by token. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Float32Array, HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.state import Region
from visualizer.session.views import HeadView

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class TokenLine:
    """One row or one column of a head: what a token looks at, or what looks at it.

    Attributes:
        record: The weights it is taken from: the whole map, or a finer part of it.
        cell: Its row or column there.
        is_row: Whether it is a row.
        visible: Half-open range of the tokens that the token can see, or that can see it.
    """

    record: HeadRecord
    cell: int
    is_row: bool
    visible: tuple[int, int]

    @property
    def part(self) -> HeadRecord:
        """The line alone. weights: (1, n) for a row, (n, 1) for a column."""
        record, cell = self.record, self.cell
        if self.is_row:
            weights, sink = record.weights[cell : cell + 1], record.sink
            sink = None if sink is None else sink[cell : cell + 1]
            rows = _cell_units(record, record.rows, cell)
            return replace(record, rows=rows, weights=weights, sink=sink)
        columns = _cell_units(record, record.columns, cell)
        return replace(record, columns=columns, weights=record.weights[:, cell : cell + 1])

    @property
    def weights(self) -> Float32Array:
        """(T,) float32, of each token; of one in a word or a cell of several, the weight of that.

        NaN outside the part that is known.
        """
        return self.per_token(self.part.weights.ravel(), np.float32(np.nan))

    def per_token(self, cells: npt.NDArray[Number], missing: Number) -> npt.NDArray[Number]:
        """Values of the line's cells, told for each token of the text.

        Args:
            cells: (n,) one of each cell of the line.
            missing: For tokens that the record does not reach.

        Returns:
            (T,) of the same type.
        """
        record = self.record
        span = record.columns if self.is_row else record.rows
        values = np.repeat(cells, record.block)[: span[1] - span[0]]
        if record.unit_starts is not None:
            values = np.repeat(values, np.diff(record.unit_starts)[span[0] : span[1]])
        first, end = unit_tokens(record, span)
        if (first, end) == (0, record.n_tokens):
            return values
        spread = np.full(record.n_tokens, missing, values.dtype)
        spread[first:end] = values
        return spread


@dataclass(frozen=True, eq=False)
class TokenLinks:
    """The attention of a token from and to the others, ready to be drawn beside any text.

    Attributes:
        tokenization: The T tokens that it is about.
        outgoing: (T,) float32 places on the colour scale of what the token looks at, 0 .. 1; None
            where it is not known.
        incoming: The same of the tokens that look at it.
        pointed_query, pointed_key: Tokens pointed at on the map, -1 for none.
        stale: Whether newer weights are awaited.
    """

    tokenization: Tokenization
    outgoing: Float32Array | None
    incoming: Float32Array | None
    pointed_query: int = -1
    pointed_key: int = -1
    stale: bool = False

    def n_shared(self, tokenization: Tokenization) -> int:
        """Tokens at the front that another text has, too."""
        if tokenization is self.tokenization:
            return len(tokenization)
        n = min(len(self.tokenization), len(tokenization))
        differs = self.tokenization.ids[:n] != tokenization.ids[:n]
        return int(differs.argmax()) if differs.any() else n


def unit_of(record: HeadRecord, token: int) -> int:
    """The word, sentence or token of a record's axes in which a token lies."""
    if record.unit_starts is None:
        return token
    return int(np.searchsorted(record.unit_starts, token, side="right")) - 1


def unit_tokens(record: HeadRecord, units: tuple[int, int]) -> tuple[int, int]:
    """Half-open range of the tokens of a half-open range of units."""
    if record.unit_starts is None:
        return units
    return int(record.unit_starts[units[0]]), int(record.unit_starts[units[1]])


def cell_of(span: tuple[int, int], block: int, unit: int) -> int | None:
    """The cell of an axis in which a unit lies, None outside of it."""
    return (unit - span[0]) // block if span[0] <= unit < span[1] else None


def row_region(record: HeadRecord, query: int) -> Region:
    """All that a token looks at, as a part of the map. In units."""
    unit = unit_of(record, query)
    return unit, unit + 1, 0, record.n_units


def column_region(record: HeadRecord, key: int) -> Region:
    """All that looks at a token, as a part of the map. In units."""
    unit = unit_of(record, key)
    return 0, record.n_units, unit, unit + 1


def outgoing(view: HeadView, query: int) -> TokenLine | None:
    """What a token looks at, from the finest weights at hand; None if they are not known."""
    record = _finest(view, row_region(view.record, query))
    cell = cell_of(record.rows, record.block, unit_of(record, query))
    if cell is None:
        return None
    first, end = unit_tokens(record, _cell_units(record, record.rows, cell))
    begin = 0 if record.window is None else max(0, first - record.window + 1)
    return TokenLine(record, cell, True, (begin, end))


def incoming(view: HeadView, key: int) -> TokenLine | None:
    """What looks at a token, from the finest weights at hand; None if they are not known."""
    record = _finest(view, column_region(view.record, key))
    cell = cell_of(record.columns, record.block, unit_of(record, key))
    if cell is None:
        return None
    first, last = unit_tokens(record, _cell_units(record, record.columns, cell))
    end = record.n_tokens
    if record.window is not None:
        end = min(end, last - 1 + record.window)
    return TokenLine(record, cell, False, (first, end))


def _finest(view: HeadView, region: Region) -> HeadRecord:
    """The tile if it holds all of a region, else the whole map."""
    tile = view.tile
    if tile is None or tile.block >= view.record.block:
        return view.record
    rows, columns = tile.rows, tile.columns
    covers = rows[0] <= region[0] and region[1] <= rows[1]
    covers &= columns[0] <= region[2] and region[3] <= columns[1]
    return tile if covers else view.record


def _cell_units(record: HeadRecord, span: tuple[int, int], cell: int) -> tuple[int, int]:
    first = span[0] + cell * record.block
    return first, min(first + record.block, span[1])
