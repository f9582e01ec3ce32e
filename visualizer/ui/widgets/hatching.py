"""Cells of a map whose weight is hidden, as strokes on its pixels: empty is not the same as 0."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from visualizer.session.hidden_cells import BoolArray
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.colour_scale import UInt8Array

PERIOD = 5
"""From stroke to stroke, in logical pixels of a window or units of a figure."""


def shown_cells(hidden: BoolArray | None, shape: tuple[int, int]) -> UInt8Array:
    """255 where a cell shows its weight, 0 where it is hidden: to be resampled as levels are.

    So a pixel over several cells is hatched only if all of them are hidden.
    """
    if hidden is None:
        return np.full(shape, 255, np.uint8)
    shown: UInt8Array = np.where(hidden, 0, 255).astype(np.uint8)
    return shown


def hatch(image: QImage, shown: UInt8Array, theme: Theme, scale: float) -> None:
    """Draw strokes over pixels of an image in place.

    Args:
        image: RGB32.
        shown: (height, width), 0 where there are to be strokes.
        theme: Its colour of what is removed.
        scale: Pixels per logical pixel or unit.
    """
    height, width = shown.shape
    period, stroke = max(round(PERIOD * scale), 4), max(round(scale), 1)
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(height, image.bytesPerLine() // 4)
    along = np.add.outer(np.arange(height), np.arange(width)) % period
    pixels[:, :width][(along < stroke) & (shown == 0)] = QColor(theme.removed).rgb()
