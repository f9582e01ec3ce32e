"""Where a token stands, as a vector: the sinusoids of the transformer. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError

Float64Array = npt.NDArray[np.float64]

MOST_CELLS = 20_000_000
"""Length x width that is computed at most."""


@dataclass(frozen=True, eq=False)
class DistanceProfile:
    """The dot products of two positions, sorted by how far apart they are.

    Attributes:
        mean: (T,) mean over all pairs at distance 0 ... T - 1.
        least: (T,) the smallest of them.
        most: (T,) the largest. For an even width, all three are the same but for rounding: the
            dot product depends on the distance alone.
    """

    mean: Float64Array
    least: Float64Array
    most: Float64Array


def sinusoids(length: int, width: int) -> Float64Array:
    """Position encodings: PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos(the same).

    Args:
        length: T, positions from 0.
        width: d, the model's width; of an odd width, the last column is a sine without a cosine.

    Returns:
        (T, d) float64, from -1 to 1.

    Raises:
        UsageError: Length or width is below 1, or both together are too large.

    Source:
        Vaswani et al. 2017, Attention is all you need, section 3.5.
    """
    if length < 1 or width < 1:
        raise UsageError(
            "Length and width must be from 1, got {length} and {width}", length=length, width=width
        )
    if length * width > MOST_CELLS:
        raise UsageError(
            "{length} x {width} is too large: at most {most} numbers are computed.",
            length=length,
            width=width,
            most=MOST_CELLS,
        )
    position = np.arange(length)[:, None]  # (T, 1)
    two_i = np.arange(0, width, 2)  # 0, 2, 4, ...
    angle = position / 10000 ** (two_i / width)  # (T, d / 2, rounded up)
    encoding = np.empty((length, width))
    encoding[:, 0::2] = np.sin(angle)
    encoding[:, 1::2] = np.cos(angle[:, : width // 2])
    return encoding


def dot_products(encoding: Float64Array) -> Float64Array:
    """(T, T) dot product of every position with every other."""
    products: Float64Array = encoding @ encoding.T
    return products


def profile_by_distance(products: Float64Array) -> DistanceProfile:
    """How the dot product depends on the distance of two positions.

    For an even width d it is the sum over i of cos(distance / 10000^(2i/d)): wherever the two
    stand, only their distance matters.

    Args:
        products: (T, T), of `dot_products`.
    """
    diagonals = [np.diagonal(products, distance) for distance in range(len(products))]
    return DistanceProfile(
        np.array([diagonal.mean() for diagonal in diagonals]),
        np.array([diagonal.min() for diagonal in diagonals]),
        np.array([diagonal.max() for diagonal in diagonals]),
    )


def rotary_frequencies(width: int, base: float = 10000.0) -> Float64Array:
    """By how much each pair of channels is turned from one position to the next.

    They are the rates of `sinusoids`: theta_i = base^(-2i/d).

    Args:
        width: d, channels of a head's queries and keys; even.
        base: 10,000 in the paper; larger ones turn more slowly.

    Returns:
        (d / 2,) float64 radians.

    Raises:
        UsageError: The width is not even, or the base not above 0.

    Source:
        Su et al. 2021, RoFormer, section 3.2.2.
    """
    if width < 2 or width % 2 or base <= 0:
        raise UsageError(
            "Rotary embedding needs an even width and a base above 0, got {width} and {base}",
            width=width,
            base=base,
        )
    frequencies: Float64Array = base ** (-np.arange(0, width, 2) / width)
    return frequencies


def rotate(x: Float64Array, position: float, frequencies: Float64Array) -> Float64Array:
    """Turn each pair of channels of a query or key by position x frequency.

    Args:
        x: (d,), of which channels 2i and 2i + 1 are a pair.
        position: Where the token stands.
        frequencies: (d / 2,) radians a position.

    Source:
        Su et al. 2021, RoFormer, equation 34.
    """
    cos, sin = np.cos(position * frequencies), np.sin(position * frequencies)
    turned = np.empty_like(x)
    turned[0::2] = x[0::2] * cos - x[1::2] * sin
    turned[1::2] = x[0::2] * sin + x[1::2] * cos
    return turned


def rotary_scores(frequencies: Float64Array, n_distances: int) -> Float64Array:
    """Dot product of a query and a key by how far apart they are.

    Both are the same before they are turned, with length 1 in each pair of channels, so that
    nothing but the distance makes a difference: the sum over i of cos(distance x theta_i).

    Returns:
        (n_distances,) float64 for the distances 0, 1, ...
    """
    distances = np.arange(n_distances)[:, None]
    scores: Float64Array = np.cos(distances * frequencies).sum(axis=1)
    return scores
