"""Weights as tints of one hue behind text, never so strong that the text cannot be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent

from visualizer.session.state import Palette
from visualizer.ui.theme import Theme, colour_table, current_theme
from visualizer.ui.widgets.attention_image import luminance
from visualizer.ui.widgets.colour_legend import (
    BAR_PX,
    ColourLegend,
    Colours,
    mark_texts,
    paint_colour_bar,
)
from visualizer.ui.widgets.colour_scale import Ticks, Unit

LEAST_CONTRAST = 4.5
"""Of text on the strongest tint."""


def ramp_stops(theme: Theme, hue: str) -> tuple[str, str]:
    """The surface, and the strongest mixture with the hue on which ink is still readable."""
    ends = colour_table((theme.surface, hue))  # 256 mixtures
    ink = luminance(colour_table((theme.ink,))[:1] / 255.0)[0]
    lit = luminance(ends / 255.0)
    contrast = (np.maximum(lit, ink) + 0.05) / (np.minimum(lit, ink) + 0.05)
    red, green, blue = ends[np.flatnonzero(contrast >= LEAST_CONTRAST)[-1]].tolist()
    return theme.surface, QColor(red, green, blue).name()


def ramp_table(theme: Theme, hue: str) -> npt.NDArray[np.uint8]:
    """The tint of each of 256 levels. (256, 3) uint8; level 0 is the surface."""
    return colour_table(ramp_stops(theme, hue))


class RampColours:
    """Any scale in tints of a hue, for the legend."""

    palette: Palette = "ink"

    def __init__(self, colours: Colours) -> None:
        self._colours = colours

    @property
    def unit(self) -> Unit:
        """What the legend's marks are."""
        return self._colours.unit

    def ticks(self) -> Ticks:
        """The marks."""
        return self._colours.ticks()


class RampLegend(ColourLegend):
    """The legend of a text shaded in tints of one hue."""

    _is_query = False

    def set_hue(self, *, is_query: bool) -> None:
        """Tints of the queries' hue, or of the keys'."""
        self._is_query = is_query
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small_font())
        metrics = QFontMetricsF(painter.font())
        theme = current_theme()
        stops = ramp_stops(theme, theme.query if self._is_query else theme.key)
        colours = RampColours(self._colours)
        texts = mark_texts(colours)
        left, right = (metrics.horizontalAdvance(texts[end]) / 2 for end in (0, -1))
        bar = QRectF(QPointF(left, 1), QPointF(self.width() - right - 1, 1 + BAR_PX))
        paint_colour_bar(painter, bar, colours, replace(theme, attention=stops))
