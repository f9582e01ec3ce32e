"""One number a head as colours, from the least on show to the largest. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.session.state import Palette
from visualizer.ui.widgets.colour_scale import Ticks, UInt8Array

MetricUnit = Literal["share", "bits", "tokens", "cosine"]
_MARKS_BETWEEN = 4  # about so many round numbers between the ends


@dataclass(frozen=True)
class MetricColours:
    """A linear scale between two values, and the marks of its legend.

    Attributes:
        low, high: Values at the two ends, finite; low < high.
        unit: Of the values; shares are told in per cent.
        n_levels: Number of colours, at most 256.
        palette: Which colours.
    """

    low: float
    high: float
    unit: MetricUnit
    n_levels: int = 256
    palette: Palette = "ink"

    @classmethod
    def of(
        cls,
        values: npt.NDArray[np.floating],
        unit: MetricUnit,
        n_levels: int = 256,
        palette: Palette = "ink",
    ) -> MetricColours:
        """The scale for what is on show.

        Args:
            values: Of any shape, NaN where a head has no number. Where all are equal the scale
                begins with 0, so that it has two ends; where there are none it goes to 1.
            unit: Of the values.
            n_levels: Number of colours.
            palette: Which colours.
        """
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        if low == high:
            low, high = min(low, 0.0), max(high, 0.0)
        if low == high:
            high = 1.0
        return cls(low, high, unit, n_levels, palette)

    def place(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Place of each value along the map, 0 .. 1; NaN where it has none."""
        spread = self.high - self.low
        places: npt.NDArray[np.float64] = np.clip(
            (np.asarray(values, dtype=np.float64) - self.low) / spread, 0, 1
        )
        return places

    def levels(self, values: npt.NDArray[np.floating]) -> UInt8Array:
        """Each value's colour, uint8 in [0, n_levels), of the same shape.

        A head without a number is level 0, like the least; `is_missing` tells them apart, so
        that it can be drawn otherwise.
        """
        places = np.nan_to_num(self.place(values), nan=0.0)
        return np.rint(places * (self.n_levels - 1)).astype(np.uint8)

    @staticmethod
    def is_missing(values: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Where a head has no number."""
        missing: npt.NDArray[np.bool_] = ~np.isfinite(values)
        return missing

    def ticks(self) -> Ticks:
        """The two ends and round values between them."""
        step = _round_step((self.high - self.low) / _MARKS_BETWEEN)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        between = [step * number for number in range(first, last + 1)]
        values = [self.low, *(v for v in between if self.low < v < self.high), self.high]
        return tuple(
            (float(place), value)
            for place, value in zip(self.place(np.array(values)), values, strict=True)
        )


def _round_step(about: float) -> float:
    """1, 2 or 5 times a power of ten, at least `about`."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= about * (1 - 1e-9))
