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

    What it costs follows the pixels, not the matrix, as long as a pixel is not over many cells.

    Args:
        levels: (rows, columns) uint8.
        rows: Rising cell indices, one per pixel, from `pixel_starts`.
        columns: The same across.
    """
    part = levels[_covered(levels.shape[0], rows), _covered(levels.shape[1], columns)]
    rows, columns = rows - rows[0], columns - columns[0]
    if len(rows) < part.shape[0]:  # first the axis that leaves less to gather for the other
        return _along(_along(part, rows, axis=0), columns, axis=1)
    return _along(_along(part, columns, axis=1), rows, axis=0)


def _covered(n_cells: int, starts: IndexArray) -> slice:
    return slice(int(starts[0]), _end(n_cells, starts))


def _step(n_cells: int, starts: IndexArray) -> int:
    """Most cells that one pixel is over."""
    return max(int(np.diff(starts).max()), 1) if len(starts) > 1 else n_cells


def _end(n_cells: int, starts: IndexArray) -> int:
    """Where the cells of the last pixel end."""
    return min(n_cells, int(starts[-1]) + _step(n_cells, starts))


def _along(levels: UInt8Array, starts: IndexArray, axis: int) -> UInt8Array:
    n_cells = levels.shape[axis]
    lasts = np.maximum(np.append(starts[1:], _end(n_cells, starts)) - 1, starts)
    result = np.ascontiguousarray(np.take(levels, starts, axis=axis))
    for further in range(1, _step(n_cells, starts)):  # much faster than maximum.reduceat
        cells = np.minimum(starts + further, lasts)
        np.maximum(result, np.take(levels, cells, axis=axis), out=result)
    return result
