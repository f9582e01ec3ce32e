"""What a place of a head's map says, as a sentence with exact numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import display_text
from visualizer.session.exports import cell_tokens
from visualizer.session.views import HeadView
from visualizer.ui.widgets.colour_scale import weight_text

_CONTEXT = "HeadReading"


def reading(view: HeadView, row: int | None, column: int | None) -> str:
    """One cell, one row or one column of the map; "" where neither is given.

    Args:
        view: Whose record is read.
        row: Cell along the queries.
        column: Cell along the keys.
    """
    if row is not None and column is not None:
        return cell_reading(view, row, column)
    if row is not None:
        return row_reading(view, row)
    return column_reading(view, column) if column is not None else ""


def cell_reading(view: HeadView, row: int, column: int) -> str:
    """Query, key, weight and its rank in the row; says so where the key comes later."""
    record = view.record
    pair = QCoreApplication.translate(_CONTEXT, "query {query} → key {key}").format(
        query=axis_text(view, record.rows, row), key=axis_text(view, record.columns, column)
    )
    if not is_visible(record, row, column):
        later = QCoreApplication.translate(
            _CONTEXT, "the key comes after the query: not visible to it"
        )
        return f"{pair}   {later}"
    weight = weight_text(float(record.weights[row, column]))
    if record.block > 1:
        return QCoreApplication.translate(
            _CONTEXT, "{pair}   {weight}   maximum over {block} × {block} tokens"
        ).format(pair=pair, weight=weight, block=record.block)
    rank, n_keys = rank_in_row(record, row, column)
    sentence = QCoreApplication.translate(
        _CONTEXT, "{pair}   {weight}   rank {rank} of {n_keys} in its row"
    ).format(pair=pair, weight=weight, rank=rank, n_keys=n_keys)
    return sentence + sink_reading(record, row)


def row_reading(view: HeadView, row: int) -> str:
    """What a query looks at most."""
    record = view.record
    column = int(record.weights[row].argmax())
    sentence = QCoreApplication.translate(
        _CONTEXT, "query {query} looks most at key {key}   {weight}"
    ).format(
        query=axis_text(view, record.rows, row),
        key=axis_text(view, record.columns, column),
        weight=weight_text(float(record.weights[row, column])),
    )
    return sentence + sink_reading(record, row)


def column_reading(view: HeadView, column: int) -> str:
    """By which query a key is looked at most."""
    record = view.record
    row = int(record.weights[:, column].argmax())
    return QCoreApplication.translate(
        _CONTEXT, "key {key} is looked at most by query {query}   {weight}"
    ).format(
        key=axis_text(view, record.columns, column),
        query=axis_text(view, record.rows, row),
        weight=weight_text(float(record.weights[row, column])),
    )


def sink_reading(record: HeadRecord, row: int) -> str:
    """What a row leaves to a learned attention sink; "" for a model without one."""
    if record.sink is None:
        return ""
    return QCoreApplication.translate(_CONTEXT, "   sink {share}").format(
        share=weight_text(float(record.sink[row]))
    )


def axis_text(view: HeadView, span: tuple[int, int], cell: int) -> str:
    """The token with its index, "3 '·thousand'", or "8 to 11" for a cell over several."""
    first, end = cell_tokens(span, view.record.block, cell)
    if end - first > 1:
        return QCoreApplication.translate(_CONTEXT, "{first} to {last}").format(
            first=first, last=end - 1
        )
    return f"{first} '{display_text(view.tokenization.pieces[first])}'"


def is_visible(record: HeadRecord, row: int, column: int) -> bool:
    """Whether any query of the row may look at any key of the column."""
    last_query = cell_tokens(record.rows, record.block, row)[1] - 1
    return cell_tokens(record.columns, record.block, column)[0] <= last_query


def rank_in_row(record: HeadRecord, row: int, column: int) -> tuple[int, int]:
    """Rank of a weight among the keys on show that its query can see, from 1, and their number.

    Equal weights share the best rank. Only for a record whose block is 1.
    """
    query = record.rows[0] + row
    n_keys = min(query + 1, record.columns[1]) - record.columns[0]
    weights = record.weights[row, :n_keys]
    return 1 + int(np.count_nonzero(weights > record.weights[row, column])), n_keys
