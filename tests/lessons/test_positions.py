from __future__ import annotations

import math

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.lessons.positions import dot_products, profile_by_distance, sinusoids


@pytest.mark.parametrize(("length", "width"), [(1, 1), (7, 2), (50, 16), (9, 5), (4, 3)])
def test_each_cell_is_the_formula(length, width):
    encoding = sinusoids(length, width)
    assert encoding.shape == (length, width)
    for pos in range(length):
        for column in range(width):
            angle = pos / math.pow(10000, 2 * (column // 2) / width)
            expected = math.sin(angle) if column % 2 == 0 else math.cos(angle)
            assert encoding[pos, column] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("width", [2, 16, 64])
def test_of_an_even_width_the_dot_product_depends_on_the_distance_alone(width):
    profile = profile_by_distance(dot_products(sinusoids(40, width)))
    rates = [10000 ** (-2 * i / width) for i in range(width // 2)]
    expected = [sum(math.cos(distance * rate) for rate in rates) for distance in range(40)]
    for values in (profile.mean, profile.least, profile.most):
        np.testing.assert_allclose(values, expected, atol=1e-10)
    assert profile.mean[0] == pytest.approx(width / 2)


def test_of_an_odd_width_it_does_not_quite():
    profile = profile_by_distance(dot_products(sinusoids(40, 5)))
    assert (profile.most - profile.least).max() > 1e-4
    assert (profile.least <= profile.mean + 1e-12).all()


@pytest.mark.parametrize(("length", "width"), [(0, 4), (4, 0), (-1, 4), (4, -2), (10**6, 10**6)])
def test_sizes_out_of_range(length, width):
    with pytest.raises(UsageError, match=r"from 1|too large"):
        sinusoids(length, width)
