"""What one token of a head looks at, and which tokens look at it, token by token. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Float32Array, HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import HeadView


@dataclass(frozen=True, eq=False)
class TokenWeights:
    """Weights between one token and every token of a text.

    Attributes:
        weights: (T,) float32; NaN outside the part that is known. Of a token that lies in a word,
            a sentence or a cell of several tokens, the weight of that.
        record: Where they are from.
        cell: Row of `record.weights` for what a token looks at, its column for what looks at it.
        visible: Half-open range of the tokens that the token can see, or that can see it.
    """

    weights: Float32Array
    record: HeadRecord
    cell: int
    visible: tuple[int, int]


@dataclass(frozen=True, eq=False)
class TokenLinks:
    """The attention of a token from and to the others, ready to be drawn beside any text.

    Attributes:
        tokenization: The T tokens that it is about.
        outgoing: (T,) float32 places on the colour scale of what the token looks at, 0 .. 1; None
            where nothing is known.
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


def row_region(record: HeadRecord, query: int) -> tuple[int, int, int, int]:
    """All that a token looks at, as a part of the map. In units."""
    unit = unit_of(record, query)
    return unit, unit + 1, 0, record.n_units


def column_region(record: HeadRecord, key: int) -> tuple[int, int, int, int]:
    """All that looks at a token, as a part of the map. In units."""
    unit = unit_of(record, key)
    return 0, record.n_units, unit, unit + 1


def outgoing(view: HeadView, query: int) -> TokenWeights | None:
    """What a token looks at, from the finest weights at hand; None if they are not known."""
    record = _finest(view, row_region(view.record, query))
    cell = cell_of(record.rows, record.block, unit_of(record, query))
    if cell is None:
        return None
    first, end = _cell_tokens(record, record.rows, cell)
    begin = 0 if record.window is None else max(0, first - record.window + 1)
    weights = _per_token(record, record.columns, record.weights[cell])
    return TokenWeights(weights, record, cell, (begin, end))


def incoming(view: HeadView, key: int) -> TokenWeights | None:
    """What looks at a token, from the finest weights at hand; None if they are not known."""
    record = _finest(view, column_region(view.record, key))
    cell = cell_of(record.columns, record.block, unit_of(record, key))
    if cell is None:
        return None
    first, last = _cell_tokens(record, record.columns, cell)
    end = record.n_tokens
    if record.window is not None:
        end = min(end, last - 1 + record.window)
    weights = _per_token(record, record.rows, record.weights[:, cell])
    return TokenWeights(weights, record, cell, (first, end))


def _finest(view: HeadView, region: tuple[int, int, int, int]) -> HeadRecord:
    """The tile if it holds all of a region, else the whole map."""
    tile = view.tile
    if tile is None or tile.block >= view.record.block:
        return view.record
    rows, columns = tile.rows, tile.columns
    covers = rows[0] <= region[0] and region[1] <= rows[1]
    covers &= columns[0] <= region[2] and region[3] <= columns[1]
    return tile if covers else view.record


def _cell_tokens(record: HeadRecord, span: tuple[int, int], cell: int) -> tuple[int, int]:
    first = span[0] + cell * record.block
    return unit_tokens(record, (first, min(first + record.block, span[1])))


def _per_token(
    record: HeadRecord, span: tuple[int, int], cells: npt.NDArray[np.float32]
) -> Float32Array:
    """Weights of cells along an axis, told for each token of the text."""
    of_units = np.repeat(cells, record.block)[: span[1] - span[0]]
    if record.unit_starts is not None:
        of_units = np.repeat(of_units, np.diff(record.unit_starts)[span[0] : span[1]])
    first, end = unit_tokens(record, span)
    if (first, end) == (0, record.n_tokens):
        return np.asarray(of_units, np.float32)
    weights = np.full(record.n_tokens, np.nan, np.float32)
    weights[first:end] = of_units
    return weights
