"""The pinned heads' weights side by side, as a table and as arrays."""

from __future__ import annotations

import numpy as np

from visualizer.session.export_tables import Origin, Table, Value, origin_facts
from visualizer.session.exports import (
    head_name,
    npz_bytes,
    text_arrays,
    text_facts,
    token_arrays,
    treatment_facts,
)
from visualizer.session.hidden_cells import BoolArray, hidden_cells
from visualizer.session.views import HeadView


def pins_facts(view: HeadView, origin: Origin) -> dict[str, str]:
    """Where the weights come from; `heads` are layer and head of each, "3.5 4.1"."""
    record = view.pinned[0]
    return origin_facts(
        origin,
        {
            "heads": " ".join(f"{each.layer}.{each.head}" for each in view.pinned),
            "rows": f"{record.rows[0]} {record.rows[1]}",
            "columns": f"{record.columns[0]} {record.columns[1]}",
            "block": str(record.block),
            **treatment_facts(record.treatment),
            "n_hidden": str(sum(int(hidden.sum()) for hidden in _hidden(view)) or ""),
            "colour_scale": view.colour_scale,
            "scale_range": view.scale_range,
            "palette": view.palette,
            **text_facts(view.tokenization),
        },
    )


def pins_table(view: HeadView, origin: Origin) -> Table:
    """A row for each cell of the maps.

    Columns: query and key, cells from 0; then the weight of each head under its name. Where the
    fact `block` is above 1, a weight is the maximum of that many tokens each way. A weight that is
    hidden or left out is missing.
    """
    names = tuple(head_name(record.layer, record.head) for record in view.pinned)
    n_rows, n_columns = view.pinned[0].weights.shape
    # As text and back: the shortest number that is the same float32.
    weights = [record.weights.astype(str).astype(np.float64) for record in view.pinned]
    for numbers, hidden in zip(weights, _hidden(view), strict=True):
        numbers[hidden] = np.nan
    cells = np.stack(weights, axis=-1).tolist()
    rows: list[tuple[Value, ...]] = [
        (query, key, *cells[query][key]) for query in range(n_rows) for key in range(n_columns)
    ]
    return Table(pins_facts(view, origin), ("query", "key", *names), tuple(rows))


def _hidden(view: HeadView) -> list[BoolArray]:
    """Which weights of each pinned head are not shown."""
    found = []
    for record in view.pinned:
        hidden = hidden_cells(record, view.tokenization, view.special_ids)
        found.append(np.zeros(record.weights.shape, bool) if hidden is None else hidden)
    return found


def pins_npz(view: HeadView, origin: Origin) -> bytes:
    """The weights as arrays, to be read without pickle.

    Keys:
        heads: (n, 2) int64, layer and head.
        weights: (n, rows, columns) float32, rows are queries.
        block: Tokens along the edge of a cell; above 1 the weights are maxima.
        is_hidden: bool, of the shape of weights, only where some are hidden or left out: theirs
            are 0 here, which is not what the model gave them.
        unit_starts: Only where the axes count words or sentences.
        token_ids, tokens, token_bytes: Of the text.
        model, prompt, ..., provenance: Text.
    """
    record = view.pinned[0]
    arrays = {
        **text_arrays(pins_facts(view, origin)),
        **token_arrays(view.tokenization),
        "heads": np.array([(each.layer, each.head) for each in view.pinned], dtype=np.int64),
        "weights": np.stack([each.weights for each in view.pinned]),
        "block": np.array(record.block, dtype=np.int64),
    }
    is_hidden = np.stack(_hidden(view))
    if is_hidden.any():
        arrays["is_hidden"] = is_hidden
    if record.unit_starts is not None:
        arrays["unit_starts"] = record.unit_starts
    return npz_bytes(arrays)
