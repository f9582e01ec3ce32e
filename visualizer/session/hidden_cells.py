"""Which cells of a head hold no weight because a treatment has put it aside. No Qt."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Float32Array, HeadRecord, Int64Array
from visualizer.engine.tokenization import Tokenization

BoolArray = npt.NDArray[np.bool_]

_ALL = slice(None)


def hidden_cells(
    record: HeadRecord,
    tokenization: Tokenization,
    special_ids: Collection[int],
    rows: slice = _ALL,
    columns: slice = _ALL,
) -> BoolArray | None:
    """The cells whose 0 is not their weight: all that they are over is hidden or left out.

    A cell over several tokens, of which some are hidden, has the weight of the others and is none
    of them. Nor is one that its query cannot look at: its weight is 0.

    Args:
        record: A head with its treatment.
        tokenization: Of its text.
        special_ids: Ids of the tokenizer's special tokens.
        rows: The part of its cells to tell of; all if not given.
        columns: The same across.

    Returns:
        bool, of the shape of that part of the weights; None if nothing is hidden in it.
    """
    treatment = record.treatment
    if not treatment.hidden and treatment.top_mass >= 1:
        return None
    kept = np.ones(record.n_tokens, dtype=bool)
    if "first" in treatment.hidden:
        kept[:1] = False
    if "special" in treatment.hidden:
        kept &= ~np.isin(tokenization.ids, list(special_ids))
    first_query, end_query = _tokens(record, record.rows, record.weights.shape[0], rows)
    first_key, end_key = _tokens(record, record.columns, record.weights.shape[1], columns)
    # A key k is looked at by some query q of a row where k <= q, and q - k is in the window.
    first = first_key[None, :]
    if record.window is not None:
        first = np.maximum(first, (first_query - record.window + 1)[:, None])
    visible = np.minimum(end_key[None, :], end_query[:, None]) > first
    looks_back = 1 if "diagonal" in treatment.hidden else 0
    end = np.minimum(end_key[None, :], (end_query - looks_back)[:, None])
    n_before = np.concatenate([[0], np.cumsum(kept)])
    has_kept: BoolArray = n_before[np.maximum(end, first)] > n_before[first]
    if record.window is not None and record.window <= looks_back:
        has_kept[:] = False  # each query sees itself only
    hidden: BoolArray = visible & ~has_kept
    if treatment.top_mass < 1:
        hidden |= visible & (record.weights[rows, columns] == 0)
    return hidden if hidden.any() else None


def weight_texts(weights: Float32Array, hidden: BoolArray | None, instead: str) -> list[list[str]]:
    """Weights with the digits that give the same float32 again, and what stands for a hidden one.

    Args:
        weights: (rows, columns).
        hidden: Of the same shape, from `hidden_cells`.
        instead: Of a number that is not shown.
    """
    texts = weights.astype(str).astype(object)
    if hidden is not None:
        texts[hidden] = instead
    rows: list[list[str]] = texts.tolist()
    return rows


def _tokens(
    record: HeadRecord, span: tuple[int, int], n_cells: int, cells: slice
) -> tuple[Int64Array, Int64Array]:
    """First token, and first token after, of cells along an axis."""
    starts = span[0] + np.arange(n_cells + 1, dtype=np.int64) * record.block
    edges = np.minimum(starts, span[1])
    if record.unit_starts is not None:
        edges = record.unit_starts[edges]
    return edges[:-1][cells], edges[1:][cells]
