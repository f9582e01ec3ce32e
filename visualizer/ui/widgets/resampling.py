"""Drawing a matrix at any size without a blur and without losing a single bright cell. No Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visualizer.ui.widgets.colour_scale import UInt8Array

IndexArray = npt.NDArray[np.intp]


def pixel_starts(n_cells: int, first: float, cell_px: float, n_pixels: int) -> IndexArray:
    """The cell that each pixel of an axis begins with.

    Args:
        n_cells: Cells along the axis.
        first: Place of pixel 0, in cells; 1.5 is the middle of the second cell.
        cell_px: Pixels per cell; below 1 a pixel holds several cells.
        n_pixels: Length of the answer.

    Returns:
        (n_pixels,) rising, in [0, n_cells).
    """
    pixels = np.arange(n_pixels)
    if cell_px >= 1:  # the middle of a pixel decides, so that no cell bleeds over
        cells = np.floor(first + (pixels + 0.5) / cell_px)
    else:  # rounded up, so that the last pixel has no more cells than the widest before it
        cells = np.ceil(first + pixels / cell_px - 1e-9)
        cells[0] = np.floor(first)
    whole = cells.astype(np.intp)
    inside: IndexArray = np.clip(whole, 0, n_cells - 1)
    return inside


def resample(levels: UInt8Array, rows: IndexArray, columns: IndexArray) -> UInt8Array:
    """A matrix at other sizes: a pixel over several cells is their maximum.

    Args:
        levels: (rows, columns) uint8.
        rows: Rising cell indices, one per pixel, from `pixel_starts`.
        columns: The same across.
    """
    return _along(_along(levels, columns, axis=1), rows, axis=0)


def _along(levels: UInt8Array, starts: IndexArray, axis: int) -> UInt8Array:
    n_cells = levels.shape[axis]
    step = int(np.diff(starts).max()) if len(starts) > 1 else n_cells
    end = min(n_cells, int(starts[-1]) + max(step, 1))
    lasts = np.maximum(np.append(starts[1:], end) - 1, starts)
    result = np.ascontiguousarray(np.take(levels, starts, axis=axis))
    for further in range(1, step):  # much faster than maximum.reduceat for a few cells a pixel
        cells = np.minimum(starts + further, lasts)
        np.maximum(result, np.take(levels, cells, axis=axis), out=result)
    return result
