"""Cells whose 0 is not their weight, against the definition, cell by cell and pair by pair."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.hidden_cells import hidden_cells

N = 11
SPECIAL = 7
IDS = np.array([7, 1, 2, 7, 7, 3, 4, 5, 7, 6, 7], np.int64)


def text():
    starts = np.arange(N, dtype=np.int64)
    return Tokenization("x" * N, IDS, (b"x",) * N, starts, starts + 1, 0, "bytes")


def pair_is_hidden(query, key, hidden):
    return (
        ("first" in hidden and key == 0)
        or ("special" in hidden and IDS[key] == SPECIAL)
        or ("diagonal" in hidden and key == query)
    )


def plainly(record):
    """Every visible pair of a cell is hidden, and there is one."""
    starts = np.arange(N + 1) if record.unit_starts is None else record.unit_starts

    def tokens(span, cell):
        first = span[0] + cell * record.block
        return range(starts[first], starts[min(first + record.block, span[1])])

    n_rows, n_columns = record.weights.shape
    answer = np.zeros((n_rows, n_columns), bool)
    for i, j in itertools.product(range(n_rows), range(n_columns)):
        pairs = [
            (q, k)
            for q in tokens(record.rows, i)
            for k in tokens(record.columns, j)
            if k <= q and (record.window is None or q - k < record.window)
        ]
        is_hidden = all(pair_is_hidden(q, k, record.treatment.hidden) for q, k in pairs)
        answer[i, j] = bool(pairs) and is_hidden
    return answer


@pytest.mark.parametrize("units", [None, np.array([0, 1, 3, 5, 6, 9, 10, 11], np.int64)])
@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("window", [None, 1, 2, 4])
def test_as_by_definition(units, block, window):
    n_units = N if units is None else len(units) - 1
    for hidden in itertools.chain.from_iterable(
        itertools.combinations(("first", "special", "diagonal"), n) for n in range(4)
    ):
        for rows, columns in (((0, n_units), (0, n_units)), ((2, n_units), (1, n_units - 2))):
            shape = tuple(-(-(end - first) // block) for first, end in (rows, columns))
            record = HeadRecord(
                1, 0, 0, N, rows, columns, block, np.ones(shape, np.float32),
                treatment=Treatment(hidden), unit_starts=units, window=window,
            )  # fmt: skip
            wanted = plainly(record)
            found = hidden_cells(record, text(), {SPECIAL})
            assert (found is None) == (not wanted.any())
            if found is not None:
                np.testing.assert_array_equal(found, wanted)
                part = hidden_cells(record, text(), {SPECIAL}, slice(1, 3), slice(0, 2))
                cut = wanted[1:3, 0:2]
                np.testing.assert_array_equal(np.zeros_like(cut) if part is None else part, cut)


def test_what_is_not_among_the_largest_is_left_out_and_what_cannot_be_seen_is_not():
    weights = np.tril(np.full((N, N), 0.5, np.float32))
    weights[5, 2] = 0
    record = HeadRecord(1, 0, 0, N, (0, N), (0, N), 1, weights, treatment=Treatment((), False, 0.9))
    found = hidden_cells(record, text(), ())
    assert found is not None
    assert np.argwhere(found).tolist() == [[5, 2]]
