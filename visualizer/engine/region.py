"""How much weight every head puts on a region of the map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from visualizer.engine.patterns import PatternSource, Range
from visualizer.engine.records import CancelToken, Float64Array

_ROWS = 64
_SCORES = 1 << 20  # of one step: some tens of milliseconds, after which a cancel is heard


class RegionMass:
    """The mean over queries of their weight on some keys, for every head.

    Args:
        source: Of the text at hand.
        layer_heads: (L,) heads of each layer of the model.
        rows: Half-open range of queries.
        columns: Half-open range of keys.
    """

    def __init__(
        self, source: PatternSource, layer_heads: tuple[int, ...], rows: Range, columns: Range
    ) -> None:
        self._source = source
        self._n_heads = n_heads = max(layer_heads)
        self._is_missing = np.arange(n_heads) >= np.array(layer_heads)[:, None]
        self._rows, self._columns = rows, columns
        self._sums = torch.zeros(len(layer_heads), n_heads, dtype=torch.float64)

    @property
    def mass(self) -> Float64Array:
        """(L, H), once `compute` is through; NaN where there is no such head."""
        mass: Float64Array = (self._sums / (self._rows[1] - self._rows[0])).numpy()
        mass[self._is_missing] = np.nan
        return mass

    def compute(self, cancel: CancelToken | None = None) -> Iterator[int]:
        """Go through the region once.

        Args:
            cancel: Polled every few tens of milliseconds.

        Yields:
            How many of its rows are done, after each block of rows.

        Raises:
            Cancelled: The token was set.
        """
        start = max(self._rows[0], self._columns[0])  # rows before see none of the keys
        while start < self._rows[1]:
            n = max(1, min(_ROWS, _SCORES // (self._n_heads * (start + _ROWS))))
            stop = min(start + n, self._rows[1])
            for batch in range(len(self._source.batches)):
                self._add(batch, (start, stop), cancel)
            start = stop
            yield start - self._rows[0]

    @torch.inference_mode()
    def _add(self, batch: int, rows: Range, cancel: CancelToken | None) -> None:
        layers = self._source.batches[batch]
        first = self._source.first_column(batch, rows[0])
        low, high = max(self._columns[0], first), min(self._columns[1], rows[1])
        if high <= low:
            return
        each = self._n_heads * (rows[1] - rows[0]) * (rows[1] - first)
        n = max(1, _SCORES // each)
        for member in range(0, len(layers), n):
            if cancel is not None:
                cancel.check()
            members = (member, min(member + n, len(layers)))
            numerators, divisors = self._source.numerators(batch, members, rows, first)
            inside = numerators[..., low - first : high - first].sum(dim=-1) / divisors[..., 0]
            sums = inside.cpu().double().sum(dim=-1)
            self._sums[list(layers[slice(*members)])] += sums
