"""Many-dimensional vectors as points of a plane. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlaneMap:
    """Vectors, seen from the side from which they differ the most.

    Attributes:
        points: (n, 2) float64.
        shares: (2,) float64, the part of the vectors' variance along either axis, from 0 to 1.
    """

    points: Float64Array
    shares: Float64Array


def principal_plane(vectors: npt.NDArray[np.floating]) -> PlaneMap:
    """Project onto the two directions of the largest variance (principal components).

    Args:
        vectors: (n, C), n at least 1.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)  # (n, C)
    u, lengths, _ = np.linalg.svd(centred, full_matrices=False)  # (n, k), (k,)
    points = np.zeros((len(vectors), 2))
    shares = np.zeros(2)
    k = min(2, len(lengths))
    points[:, :k] = u[:, :k] * lengths[:k]  # (n, k)
    total = float((lengths**2).sum())
    if total > 0:
        shares[:k] = lengths[:k] ** 2 / total
    # Either direction of an axis is as good: the first point that lies off it is on the right.
    for axis in range(2):
        off = points[np.abs(points[:, axis]) > 1e-12, axis]
        if len(off) and off[0] < 0:
            points[:, axis] *= -1
    return PlaneMap(points, shares)
