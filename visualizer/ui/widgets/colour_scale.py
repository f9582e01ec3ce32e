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

UInt8Array = npt.NDArray[np.uint8]
Curve = Literal["linear", "square root", "log"]

LOG_FLOOR = 1e-4
"""Smallest weight that the log scale tells from 0; the legend names it."""


@dataclass(frozen=True)
class ColourMapping:
    """How a weight becomes a colour.

    Attributes:
        curve: Shape of the scale.
        top: Weight at the dark end, in (0, 1]; larger weights share its colour.
        n_levels: Number of colours, at most 256.
    """

    curve: Curve = "linear"
    top: float = 1.0
    n_levels: int = 256

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

    def ticks(self) -> tuple[tuple[float, float], ...]:
        """(place, weight) of each mark of the legend, rising; both ends are among them."""
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


def largest_weight(weights: npt.NDArray[np.floating]) -> float:
    """Upper end of a scale that reaches to the largest weight; 1 where all weights are 0."""
    top = float(weights.max())
    return top if top > LOG_FLOOR else 1.0


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
    """A weight with the digits that mean something: "0.0412", "3.1e-05", "0"."""
    if weight == 0:
        return "0"
    return f"{weight:.4f}" if abs(weight) >= 1e-3 else f"{weight:.1e}"


def tick_text(value: float) -> str:
    """A mark of a legend: "0", "0.25", "0.0001"."""
    if value and abs(value) < 1e-4:
        return f"{value:.0e}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if abs(value) < 0.01 else f"{value:.2g}"
