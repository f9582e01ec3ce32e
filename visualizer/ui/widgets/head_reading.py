"""What a place of a head's map says, as a sentence with exact numbers: to be read, or heard.

Rows and columns are units of the map, see `map_units`.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import display_text
from visualizer.session.hidden_cells import hidden_cells
from visualizer.session.token_links import unit_tokens
from visualizer.session.views import HeadView
from visualizer.ui.widgets.colour_scale import weight_text
from visualizer.ui.widgets.map_units import (
    MapCell,
    Span,
    cell_at,
    record_cell,
    visible_columns,
)
from visualizer.ui.widgets.token_axis import unit_text

_CONTEXT = "HeadReading"
_SAME_SHARE = 1e-3  # a row's weights sum to 1 but for rounding


def reading(view: HeadView, row: int | None, column: int | None) -> str:
    """One cell, one row or one column of the map; "" where neither is given.

    Args:
        view: Whose weights are read.
        row: Unit along the queries.
        column: Unit along the keys.
    """
    if row is not None and column is not None:
        return cell_reading(view, row, column)
    if row is not None:
        return row_reading(view, row)
    return column_reading(view, column) if column is not None else ""


def cell_reading(view: HeadView, row: int, column: int) -> str:
    """Query, key, weight, rank in the row and share of it; or why the query cannot look."""
    cell = cell_at(view, row, column)
    pair = QCoreApplication.translate(_CONTEXT, "query {query} → key {key}").format(
        query=axis_text(view, cell.rows), key=axis_text(view, cell.columns)
    )
    if cell.looks != "visible":
        return f"{pair}   {_not_visible(cell)}"
    if is_hidden(view, cell):
        return f"{pair}   {_hidden_text()}"
    parts = [pair, weight_text(cell.weight)]
    if not cell.is_exact:
        parts.append(block_reading(cell.record))
        return "   ".join(parts)
    if (standing := rank_in_row(cell)) is not None:
        rank, n_keys = standing
        parts.append(
            QCoreApplication.translate(_CONTEXT, "rank {rank} of {n_keys} in its row").format(
                rank=rank, n_keys=n_keys
            )
        )
    share = share_of_row(cell)
    if share is not None and abs(share - cell.weight) > _SAME_SHARE:
        parts.append(
            QCoreApplication.translate(_CONTEXT, "{share} of what the row has").format(
                share=_percent(share)
            )
        )
    return "   ".join(parts) + sink_reading(cell.record, cell.row)


def _percent(share: float) -> str:
    return QCoreApplication.translate(_CONTEXT, "{percent} %").format(percent=f"{100 * share:.1f}")


def _not_visible(cell: MapCell) -> str:
    if cell.looks == "after":
        return QCoreApplication.translate(
            _CONTEXT, "the key comes after the query: not visible to it"
        )
    return QCoreApplication.translate(
        _CONTEXT, "out of this query's window of {n} tokens: not visible to it"
    ).format(n=cell.record.window)


def block_reading(record: HeadRecord) -> str:
    """What the weight of a pooled cell is."""
    if record.unit_starts is None:
        text = QCoreApplication.translate(_CONTEXT, "maximum over {block} × {block} tokens")
    elif record.treatment.granularity == "sentences":
        text = QCoreApplication.translate(_CONTEXT, "maximum over {block} × {block} sentences")
    else:
        text = QCoreApplication.translate(_CONTEXT, "maximum over {block} × {block} words")
    return text.format(block=record.block)


def row_reading(view: HeadView, row: int) -> str:
    """What a query looks at most."""
    cell = _largest_of_row(view, row)
    if is_hidden(view, cell):
        return QCoreApplication.translate(
            _CONTEXT, "query {query}: all that it looks at is hidden by choice"
        ).format(query=axis_text(view, cell.rows))
    sentence = QCoreApplication.translate(
        _CONTEXT, "query {query} looks most at key {key}   {weight}"
    ).format(
        query=axis_text(view, cell.rows),
        key=axis_text(view, cell.columns),
        weight=weight_text(cell.weight),
    )
    if cell.is_exact:
        return sentence + sink_reading(cell.record, cell.row)
    return f"{sentence}   {block_reading(cell.record)}"


def _largest_of_row(view: HeadView, row: int) -> MapCell:
    """Of the tile if it holds all that the query can look at, else of the whole map."""
    if view.tile is not None and _holds_row(view.tile, row):
        tile = view.tile
        column = int(tile.weights[(row - tile.rows[0]) // tile.block].argmax())
        return cell_at(view, row, tile.columns[0] + column * tile.block)
    record = view.record
    index = (row - record.rows[0]) // record.block
    column = int(record.weights[index].argmax())
    return record_cell(record, row, record.columns[0] + column * record.block)


def column_reading(view: HeadView, column: int) -> str:
    """By which query a key is looked at most."""
    record = view.record
    index = (column - record.columns[0]) // record.block
    row = int(record.weights[:, index].argmax())
    cell = record_cell(record, record.rows[0] + row * record.block, column)
    if cell.weight == 0 and _is_column_hidden(view, cell):
        return QCoreApplication.translate(
            _CONTEXT, "key {key} is hidden by choice from all that look at it"
        ).format(key=axis_text(view, cell.columns))
    sentence = QCoreApplication.translate(
        _CONTEXT, "key {key} is looked at most by query {query}   {weight}"
    ).format(
        key=axis_text(view, cell.columns),
        query=axis_text(view, cell.rows),
        weight=weight_text(cell.weight),
    )
    return sentence if cell.is_exact else f"{sentence}   {block_reading(record)}"


def sink_reading(record: HeadRecord, row: int) -> str:
    """What a row of cells leaves to a learned attention sink; "" for a model without one."""
    if record.sink is None:
        return ""
    return QCoreApplication.translate(_CONTEXT, "   sink {share}").format(
        share=weight_text(float(record.sink[row]))
    )


def axis_text(view: HeadView, units: Span) -> str:
    """The token, word or sentence with its index, "3 '·thousand'", or "8 to 11" for several."""
    first, end = units
    if end - first > 1:
        return QCoreApplication.translate(_CONTEXT, "{first} to {last}").format(
            first=first, last=end - 1
        )
    return f"{first} '{unit_text(view.tokenization, view.record.unit_starts, first)}'"


def is_hidden(view: HeadView, cell: MapCell) -> bool:
    """Whether the treatment has put all weight under a cell aside: its 0 is not its weight."""
    rows, columns = slice(cell.row, cell.row + 1), slice(cell.column, cell.column + 1)
    return hidden_cells(cell.record, view.tokenization, view.special_ids, rows, columns) is not None


def _is_column_hidden(view: HeadView, cell: MapCell) -> bool:
    """Whether anything that the treatment has put aside is under the column of a cell."""
    columns = slice(cell.column, cell.column + 1)
    hidden = hidden_cells(cell.record, view.tokenization, view.special_ids, columns=columns)
    return hidden is not None


def _hidden_text() -> str:
    return QCoreApplication.translate(_CONTEXT, "hidden by choice")


def _holds_row(record: HeadRecord, row: int) -> bool:
    """Whether the record has the exact weights of all keys that a query can look at."""
    first, end = visible_columns(record, row)
    return (
        record.block == 1
        and record.rows[0] <= row < record.rows[1]
        and record.columns[0] <= first
        and end <= record.columns[1]
    )


def rank_in_row(cell: MapCell) -> tuple[int, int] | None:
    """Rank of a weight among the keys that its query can see, from 1, and their number.

    Equal weights share the best rank. None where not all of these keys are known exactly.
    """
    if not _holds_row(cell.record, cell.rows[0]):
        return None
    weights = _visible_weights(cell)
    return 1 + int(np.count_nonzero(weights > cell.weight)), len(weights)


def share_of_row(cell: MapCell) -> float | None:
    """A weight as a share of all weights of its row, in [0, 1].

    None where not all of them are known exactly, or all are 0.
    """
    if not _holds_row(cell.record, cell.rows[0]):
        return None
    total = float(_visible_weights(cell).sum(dtype=np.float64))
    return cell.weight / total if total > 0 else None


def _visible_weights(cell: MapCell) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    first, end = visible_columns(cell.record, cell.rows[0])
    begin = cell.record.columns[0]
    return cell.record.weights[cell.row, first - begin : end - begin]


# ---------------------------------------------------------------------------------- aloud


def heard(view: HeadView, row: int | None, column: int | None) -> str:
    """What a screen reader says of a place: "query 'step', key 'journey', 0.41".

    A token that the text repeats is told apart by its index; "" where no place is given.
    """
    if row is None and column is None:
        return ""
    if row is None or column is None:
        return reading(view, row, column)
    cell = cell_at(view, row, column)
    return QCoreApplication.translate(_CONTEXT, "query {query}, key {key}, {weight}").format(
        query=_spoken(view, cell.rows),
        key=_spoken(view, cell.columns),
        weight=_spoken_cell(view, cell),
    )


def _spoken(view: HeadView, units: Span) -> str:
    if units[1] - units[0] > 1:
        return axis_text(view, units)
    pieces = view.tokenization.pieces
    first, end = unit_tokens(view.record, units)
    data = b"".join(pieces[first:end])
    text = data.decode("utf-8", "replace").strip()
    if not text.isprintable() or not text or "\N{REPLACEMENT CHARACTER}" in text:
        text = display_text(data)
    if end - first == 1 and pieces.count(pieces[first]) > 1:
        return f"'{text}' {units[0]}"
    return f"'{text}'"


def _spoken_cell(view: HeadView, cell: MapCell) -> str:
    if cell.looks != "visible":
        return _not_visible(cell)
    return _hidden_text() if is_hidden(view, cell) else _spoken_weight(cell.weight)


def _spoken_weight(weight: float) -> str:
    if weight == 0 or weight >= 0.01:
        return f"{weight:.2f}" if weight else "0"
    if weight >= 1e-4:
        return f"{weight:.2g}"
    return QCoreApplication.translate(_CONTEXT, "less than {least}").format(least="0.0001")
