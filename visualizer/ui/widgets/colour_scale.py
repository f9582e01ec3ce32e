"""From attention weights to places on a colour map, and what the legend says of it. No Qt.

A weight of 0 is always level 0, which is drawn in the colour of the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.session.state import Palette
from visualizer.ui.widgets.number_text import typeset

UInt8Array = npt.NDArray[np.uint8]
Curve = Literal["linear", "square root", "log"]
Ticks = tuple[tuple[float, float], ...]
"""(place, value) of each mark of a legend: places rise from 0 to 1, both ends are among them."""
Unit = Literal["weight", "at most weight", "row share", "bits", "tokens", "share", "cosine"]
"""What the values of a legend are; "at most weight" where the first mark stands for all below
it, "row share" for shares of the row's largest weight."""

LOG_FLOOR = 1e-4
"""Smallest weight that the log scale tells from 0; the legend names it."""
_MANY_WEIGHTS = 1 << 18
_ROWS_AT_ONCE = 64  # so that what is in between stays in the processor's cache
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_ONE_BITS = 0x3F800000 >> 8  # of the float 1


@dataclass(frozen=True)
class ColourMapping:
    """How a weight becomes a colour.

    Attributes:
        curve: Shape of the scale.
        top: Weight at the dark end, in (0, 1]; larger weights share its colour.
        n_levels: Number of colours, at most 256.
        palette: Which colours.
    """

    curve: Curve = "linear"
    top: float = 1.0
    n_levels: int = 256
    palette: Palette = "ink"

    @property
    def unit(self) -> Unit:
        """What the legend's marks are."""
        return "at most weight" if self.curve == "log" else "weight"

    def place(self, weights: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Place of each weight along the map, 0 .. 1, in float32."""
        # In place: the overview passes hundreds of thousands of weights at every keystroke.
        share: npt.NDArray[np.float32] = np.divide(weights, np.float32(self.top), dtype=np.float32)
        if self.curve == "log":
            floor = LOG_FLOOR / self.top
            np.maximum(share, np.float32(floor), out=share)
            np.log(share, out=share)
            share /= np.float32(-math.log(floor))
            share += np.float32(1)
        np.clip(share, 0, 1, out=share)
        if self.curve == "square root":
            np.sqrt(share, out=share)
        return share

    def levels(self, weights: npt.NDArray[np.floating]) -> UInt8Array:
        """Each weight's colour, uint8 in [0, n_levels), of the same shape, contiguous."""
        places = self.place(weights)
        places *= np.float32(self.n_levels - 1)
        np.rint(places, out=places)
        return np.ascontiguousarray(places.astype(np.uint8))

    def ticks(self) -> Ticks:
        """The marks of the legend, in weights."""
        if self.curve == "log":
            values = [LOG_FLOOR]
            while values[-1] * 10 < self.top * 0.7:
                values.append(values[-1] * 10)
            values.append(self.top)
        else:
            shares = (
                (0, 0.05, 0.25, 0.5, 1) if self.curve == "square root" else (0, 0.25, 0.5, 0.75, 1)
            )
            values = [share * self.top for share in shares]
        places = self.place(np.array(values))
        return tuple((float(place), value) for place, value in zip(places, values, strict=True))


class RankMapping:
    """A weight's colour by its place among other weights: a fixed share of them per colour.

    The place of a weight is the share of the sample's weights above 0 that are at most as large:
    equal weights share a colour, the largest is at 1. All values are exact, none is binned.
    """

    def __init__(self, sample: npt.NDArray[np.float32]) -> None:
        """Take the sample: weights of any shape, of which those above 0 count."""
        above = sample[sample > 0].astype(np.float32, copy=False)
        self._thresholds = np.empty(0, dtype=np.float32)
        self._ticks: Ticks = ((0.0, 0.0), (1.0, 0.0))
        n = len(above)
        if n:
            # Level k and above: more than (k - 1) / 255 of the sample are at most as large.
            of_levels = [place * n // 255 for place in range(255)]
            of_ticks = [max(math.ceil(share * n), 1) - 1 for share in _QUARTERS]
            found = _at_ranks(above, np.array(of_levels + of_ticks, dtype=np.int64))
            self._thresholds = found[:255]
            self._ticks = tuple(zip(_QUARTERS, found[255:].tolist(), strict=True))

    def levels(self, weights: npt.NDArray[np.float32]) -> UInt8Array:
        """Each weight's colour, of the same shape: 255 times its place, rounded up.

        A weight of 0 is level 0, any other at least level 1, if it is less than all of the
        sample, too.
        """
        weights = weights.astype(np.float32, copy=False)
        if weights.size < _MANY_WEIGHTS or not len(self._thresholds):
            return self._searched(weights)
        # A search for each of millions of weights takes four times as long as this table: the
        # upper 24 bits of a float >= 0 rise with it, and mostly settle the level.
        keys = np.minimum(self._thresholds.view(np.uint32) >> 8, _ONE_BITS).astype(np.int64)
        lengths = np.diff(keys, prepend=0, append=_ONE_BITS + 1)
        table = np.repeat(np.arange(len(lengths), dtype=np.uint8), lengths)
        table[keys] = table[_ONE_BITS] = 0  # 0 for "to be searched"
        levels = np.empty(weights.shape, dtype=np.uint8)
        for rows in range(0, len(weights), _ROWS_AT_ONCE):
            some = np.ascontiguousarray(weights[rows : rows + _ROWS_AT_ONCE])
            bits = np.minimum(some.view(np.uint32) >> 8, np.uint32(_ONE_BITS))
            part = np.take(table, bits)
            open_ones = (part == 0) & (some > 0)
            part[open_ones] = self._searched(some[open_ones])
            levels[rows : rows + _ROWS_AT_ONCE] = part
        return levels

    def _searched(self, weights: npt.NDArray[np.float32]) -> UInt8Array:
        found = np.searchsorted(self._thresholds, weights, side="right")
        return np.where(weights > 0, np.maximum(found, 1), 0).astype(np.uint8)

    def ticks(self) -> Ticks:
        """The weights at 0, 25, 50, 75 and 100 % of the sample; of none, (0, 0) and (1, 0)."""
        return self._ticks


def _at_ranks(
    values: npt.NDArray[np.float32], ranks: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """The values above 0 that stand at these places in rising order, exact.

    Of many values only those are sorted whose upper 20 bits, which rise with a float above 0,
    are the same as those of a value sought: a third of the time that sorting them all takes.
    """
    if len(values) < _MANY_WEIGHTS:
        return np.sort(values)[ranks]
    keys = values.view(np.uint32) >> 12
    counts = np.bincount(keys)
    ends = np.cumsum(counts)
    holders = np.searchsorted(ends, ranks, side="right")
    is_held = np.zeros(len(counts), dtype=np.bool_)
    is_held[holders] = True
    left_out = np.cumsum(np.where(is_held, 0, counts))
    found: npt.NDArray[np.float32] = np.sort(values[is_held[keys]])[ranks - left_out[holders]]
    return found


def check_weights(weights: npt.NDArray[np.generic]) -> None:
    """Refuse what cannot be drawn as a map of weights.

    Raises:
        UsageError: Not a matrix, or one without cells.
        NonFiniteError: NaN or infinite numbers among them.
    """
    if weights.ndim != 2 or 0 in weights.shape:
        raise UsageError(
            "There are no attention weights to draw: their shape is {shape}.",
            shape=" x ".join(str(edge) for edge in weights.shape) or "empty",
        )
    check_finite(weights)


def check_finite(weights: npt.NDArray[np.generic]) -> None:
    """Refuse weights of any shape that are not all finite floats, with NonFiniteError."""
    if weights.dtype.kind != "f" or not np.isfinite(weights).all():
        raise NonFiniteError(
            "The attention weights hold values that are not numbers, so nothing is drawn. "
            "Try another prompt, or load the model in float32."
        )


def weight_text(weight: float) -> str:
    """A weight with the digits that mean something: "0.0412", "3.1·10⁻⁵", "0"."""
    if weight == 0:
        return "0"
    return typeset(f"{weight:.4f}" if abs(weight) >= 1e-3 else f"{weight:.1e}")


def number_text(value: float) -> str:
    """A number of any size with three digits that mean something: "0.25", "12.3", "1,234"."""
    return typeset(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}")


def tick_text(value: float) -> str:
    """A mark of a legend: "0", "0.25", "0.0001"."""
    return typeset(f"{value:.0e}" if 0 < abs(value) < 1e-4 else f"{value:.2g}")
