"""Levels of the attention colours as images, and what can be read on top of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from visualizer.session.state import Palette
from visualizer.ui.theme import Theme, colour_table
from visualizer.ui.widgets.colour_scale import UInt8Array
from visualizer.ui.widgets.mosaic_layout import GAP_LEVEL
from visualizer.ui.widgets.published_palettes import CIVIDIS, VIRIDIS, published_colours

_FADE_LEVELS = 16


def attention_table(theme: Theme, palette: Palette = "ink") -> UInt8Array:
    """The colour of each level: level 0 is the theme's paper, the last stands out most from it.

    The published maps run from dark to light. On light paper they are turned around, so that
    here, too, a larger weight is farther from the paper. Their first sixteenth fades in from
    the paper: without that, weights that just round to level 1 would stand out from those that
    round to 0.

    Returns:
        (256, 3) uint8. Lightness rises or falls all along.
    """
    if palette == "ink":
        return colour_table(theme.attention)
    table = published_colours(VIRIDIS if palette == "viridis" else CIVIDIS)
    if QColor(theme.paper).lightness() > 127:
        table = table[::-1]
    paper = colour_table((theme.paper,))[:1]
    share = np.minimum(np.arange(256) / _FADE_LEVELS, 1)[:, None]
    return np.rint(share * table + (1 - share) * paper).astype(np.uint8)


def indexed_image(levels: UInt8Array, theme: Theme, palette: Palette = "ink") -> QImage:
    """Levels of 256 in the palette's colours; borrows the memory of `levels`."""
    height, width = levels.shape
    image = QImage(levels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_argb(attention_table(theme, palette)))
    return image


def mosaic_image(sheet: UInt8Array, theme: Theme, palette: Palette = "ink") -> QImage:
    """A composed sheet in the palette's colours; borrows the memory of `sheet`."""
    height, width = sheet.shape
    image = QImage(sheet.data, width, height, width, QImage.Format.Format_Indexed8)
    table = attention_table(theme, palette)
    picked = table[np.rint(np.linspace(0, 255, GAP_LEVEL)).astype(int)]
    image.setColorTable([*_argb(picked), QColor(theme.line).rgb()])
    return image


def readable_inks(theme: Theme, palette: Palette = "ink") -> list[QColor]:
    """For each of the 256 attention colours black or white: what stands out more on it."""
    table = luminance(attention_table(theme, palette) / 255.0)
    black, white = QColor(0, 0, 0), QColor(255, 255, 255)
    # Contrast is the ratio of luminances plus 0.05; against white it is smaller from here on.
    return [black if (lit + 0.05) ** 2 > 1.05 * 0.05 else white for lit in table]


def luminance(srgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Relative luminance of colours in [0, 1]. (n, 3) to (n,). Source: WCAG 2.2."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    weighted: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighted


def _argb(table: UInt8Array) -> list[int]:
    """Colours as Qt's colour tables hold them, opaque."""
    return [0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in table.tolist()]
