"""Vectors as points of a plane, against the covariance matrix of plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.lessons.word_map import principal_plane


def test_the_plane_is_that_of_the_largest_variance():
    vectors = np.random.default_rng(0).normal(size=(12, 7)).astype(np.float32)
    plane = principal_plane(vectors)
    centred = vectors.astype(np.float64) - vectors.astype(np.float64).mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    expected = centred @ axes[:, ::-1][:, :2]
    np.testing.assert_allclose(np.abs(plane.points), np.abs(expected), atol=1e-6)
    np.testing.assert_allclose(plane.shares, values[::-1][:2] / values.sum(), atol=1e-9)


def test_distances_in_a_plane_stay_what_they_were():
    flat = np.random.default_rng(1).normal(size=(6, 2))
    vectors = flat @ np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))[0][:2]
    points = principal_plane(vectors).points
    for a, b in ((0, 1), (2, 5), (3, 4)):
        before = np.linalg.norm(flat[a] - flat[b])
        assert np.linalg.norm(points[a] - points[b]) == pytest.approx(before)


@pytest.mark.parametrize("vectors", [np.ones((1, 4)), np.ones((3, 4)), np.ones((2, 1))])
def test_what_does_not_differ_lies_on_one_point(vectors):
    plane = principal_plane(vectors)
    np.testing.assert_array_equal(plane.points, 0)
    np.testing.assert_array_equal(plane.shares, 0)
