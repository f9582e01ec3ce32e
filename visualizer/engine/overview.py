"""Every head's pattern as a small picture, kept up to date row by row."""

from __future__ import annotations

import torch
from torch import Tensor

from visualizer.engine.patterns import PatternSource, pool
from visualizer.engine.records import CancelToken, Float32Array

MOST_CELLS = 32  # along a thumbnail's edge
_ROWS = 64
_SCORES = 1 << 19  # of one batch of layers: 2 MiB, about what a core's cache holds


def block_size(n_tokens: int) -> int:
    """Tokens along the edge of one cell of a thumbnail."""
    return max(1, -(-n_tokens // MOST_CELLS))


class Overview:
    """Max-pooled weights of all heads.

    Rows that an edit did not touch are kept; work that was cancelled goes on where it
    stopped, so that the pictures come even while somebody types on.
    """

    def __init__(self, source: PatternSource, n_layers: int, n_heads: int) -> None:
        self._source = source
        self._shape = (n_layers, n_heads)
        self._block = 0
        self._n_rows = 0  # whole rows [0, n_rows) are in
        self._cells = torch.empty(0)
        self._layer_index = [torch.tensor(layers) for layers in source.batches]

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        self._n_rows = min(self._n_rows, length)

    @torch.inference_mode()
    def update(self, n_tokens: int, cancel: CancelToken | None = None) -> Float32Array:
        """Thumbnails (L, H, P, P) float32 of the first `n_tokens`, P = ceil(T / block) <= 32.

        Raises:
            Cancelled: Between blocks of rows; what was done stays.
        """
        block = block_size(n_tokens)
        if block != self._block:
            self._block, self._n_rows = block, 0
            self._cells = torch.zeros(*self._shape, MOST_CELLS, MOST_CELLS)
        step = block * max(1, _ROWS // block)
        start = self._n_rows // block * block
        while start < n_tokens:
            if cancel is not None:
                cancel.check()
            stop = min(start + step, n_tokens)
            self._add(start, stop)
            self._n_rows = start = stop
        edge = -(-n_tokens // block)
        thumbnails = self._cells[:, :, :edge, :edge].clone(memory_format=torch.contiguous_format)
        array: Float32Array = thumbnails.numpy()
        return array

    def _add(self, start: int, stop: int) -> None:
        """Compute the cells of rows [start, stop), start at the edge of a block."""
        block = self._block
        cells = slice(start // block, -(-stop // block))
        for batch, layers in enumerate(self._source.batches):
            first = self._source.first_column(batch, start) // block * block
            columns = slice(first // block, -(-stop // block))
            each = max(1, self._shape[1] * (stop - start) * (stop - first))
            n = max(1, _SCORES // each)
            for low in range(0, len(layers), n):
                high = min(low + n, len(layers))
                pooled = self._pooled(batch, (low, high), (start, stop), first)
                index = self._layer_index[batch][low:high]
                self._cells[index, :, cells] = 0
                self._cells[index, :, cells, columns] = pooled.cpu()

    def _pooled(
        self, batch: int, members: tuple[int, int], rows: tuple[int, int], first: int
    ) -> Tensor:
        numerators, divisors = self._source.numerators(batch, members, rows, first)
        narrow = pool(numerators, self._block) / divisors  # a row has one divisor: pool first
        return pool(narrow.transpose(2, 3), self._block).transpose(2, 3)
