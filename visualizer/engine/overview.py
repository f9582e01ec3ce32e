"""Every head's pattern as a small picture, kept up to date row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from visualizer.engine.patterns import PatternSource, pool
from visualizer.engine.records import CancelToken, Float32Array

MOST_CELLS = 32  # along a thumbnail's edge
_ROWS = 64
_SCORES = 1 << 19  # of one batch of layers: 2 MiB, about what a core's cache holds


def block_size(n_tokens: int) -> int:
    """Tokens along the edge of one cell of a thumbnail: the smallest power of two that fits.

    A power of two, because the cells of a doubled block are the largest of four old cells:
    a growing text never makes anything be computed again.
    """
    return 1 << max(0, (n_tokens - 1) // MOST_CELLS).bit_length()


@dataclass(eq=False)
class _Scale:
    """The thumbnails at one block size.

    Attributes:
        cells: (L, H, 32, 32), right for rows [0, n_rows) only.
        n_rows: Rows of the text that are in.
        tail: (L, H, block, 32): the rows of the block that n_rows is in, each by itself, so
            that an edit of the last token needs no other row again.
        tail_start: The row that `tail` begins with.
        was_cut: Whether `cells` may still hold rows that were cut off `tail`.
    """

    block: int
    cells: Tensor
    tail: Tensor
    n_rows: int = 0
    tail_start: int = 0
    was_cut: bool = False

    def forget(self, length: int) -> None:
        if length < self.n_rows:
            self.was_cut = True
            inside = length >= self.tail_start
            self.n_rows = length if inside else length // self.block * self.block
            self.tail_start = min(self.tail_start, self.n_rows)


class Overview:
    """Max-pooled weights of all heads.

    Rows that an edit did not touch are kept; work that was cancelled goes on where it
    stopped, so that the pictures come even while somebody types on.
    """

    def __init__(self, source: PatternSource, n_layers: int, n_heads: int) -> None:
        self._source = source
        self._shape = (n_layers, n_heads)
        self._scales: dict[int, _Scale] = {}

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        for scale in self._scales.values():
            scale.forget(length)

    def update(self, n_tokens: int, cancel: CancelToken | None = None) -> Iterator[int]:
        """Compute what is missing of the first `n_tokens`.

        Yields:
            How many rows are about done, every few layers; nothing if none was missing.

        Raises:
            Cancelled: Rows that were done for all layers stay.
        """
        block = block_size(n_tokens)
        scale = self._scale(block)
        while scale.n_rows < n_tokens:
            if scale.n_rows % block:  # up to the edge of a block, then whole blocks
                stop = scale.n_rows // block * block + block
            else:
                stop = scale.n_rows + max(block, _ROWS)
            yield from self._add(scale, min(stop, n_tokens), cancel)

    @torch.inference_mode()
    def thumbnails(self, n_tokens: int) -> Float32Array:
        """(L, H, P, P) float32 of the first `n_tokens`, P = ceil(T / block) <= 32.

        Every row must have been computed.
        """
        block = block_size(n_tokens)
        scale = self._scale(block)
        if scale.was_cut and n_tokens % block:
            rows = scale.tail[:, :, : n_tokens - scale.tail_start]
            scale.cells[:, :, n_tokens // block] = rows.amax(dim=2)
        scale.was_cut = False
        edge = -(-n_tokens // block)
        thumbnails = scale.cells[:, :, :edge, :edge].clone(memory_format=torch.contiguous_format)
        array: Float32Array = thumbnails.numpy()
        return array

    def _scale(self, block: int) -> _Scale:
        scale = self._scales.get(block)
        if scale is None:
            shape = (*self._shape, MOST_CELLS, MOST_CELLS)
            tail = torch.zeros(*self._shape, block, MOST_CELLS)
            scale = self._scales[block] = _Scale(block, torch.zeros(shape), tail)
        finer = self._scales.get(block // 2)
        if finer is not None and finer.n_rows // block * block > scale.n_rows:
            scale.n_rows = scale.tail_start = finer.n_rows // block * block
            half = MOST_CELLS // 2
            coarse = finer.cells.view(*self._shape, half, 2, half, 2).amax(dim=(3, 5))
            scale.cells[:, :, :half] = 0
            scale.cells[:, :, :half, :half] = coarse
        return scale

    def _add(self, scale: _Scale, stop: int, cancel: CancelToken | None) -> Iterator[int]:
        """Compute the cells of rows [n_rows, stop): part of one block, or blocks from an edge."""
        block, start = scale.block, scale.n_rows
        if start % block == 0:
            scale.tail_start = (stop - 1) // block * block  # what is kept of each row
        was_cut, scale.was_cut = scale.was_cut, True  # until all layers have these rows
        n_done = 0
        for batch, layers in enumerate(self._source.batches):
            first = self._source.first_column(batch, start) // block * block
            each = max(1, self._shape[1] * (stop - start) * (stop - first))
            n = max(1, _SCORES // each)
            for low in range(0, len(layers), n):
                if cancel is not None:
                    cancel.check()
                high = min(low + n, len(layers))
                with torch.inference_mode():
                    rows = self._pooled(batch, (low, high), (start, stop), first, block)
                    self._place(scale, list(layers[low:high]), rows, (start, stop), first)
                n_done += high - low
                if n_done < self._shape[0]:
                    yield start + (stop - start) * n_done // self._shape[0]
        scale.n_rows, scale.was_cut = stop, was_cut
        yield stop

    def _pooled(
        self,
        batch: int,
        members: tuple[int, int],
        rows: tuple[int, int],
        first: int,
        block: int,
    ) -> Tensor:
        """Weights (n, H, R, cells) pooled along the columns, on the CPU."""
        return self._source.pooled_columns(batch, members, rows, first, block).cpu()

    def _place(
        self,
        scale: _Scale,
        layers: list[int],
        pooled: Tensor,
        rows: tuple[int, int],
        first: int,
    ) -> None:
        block, (start, stop) = scale.block, rows
        columns = slice(first // block, first // block + pooled.shape[-1])
        whole = scale.tail_start // block * block
        if start < whole:  # blocks that are complete
            blocks = pool(pooled[:, :, : whole - start].transpose(2, 3), block).transpose(2, 3)
            scale.cells[layers, :, start // block : whole // block] = 0
            scale.cells[layers, :, start // block : whole // block, columns] = blocks
        low = max(start, whole) - whole
        high = stop - whole
        scale.tail[layers, :, low:high] = 0
        scale.tail[layers, :, low:high, columns] = pooled[:, :, max(start, whole) - start :]
        scale.cells[layers, :, whole // block] = scale.tail[layers, :, :high].amax(dim=2)
