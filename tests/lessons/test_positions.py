from __future__ import annotations

import math

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.lessons.positions import (
    dot_products,
    profile_by_distance,
    rotary_frequencies,
    rotary_scores,
    rotate,
    sinusoids,
)


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


def test_rotary_frequencies_are_the_rates_of_the_sinusoids():
    assert rotary_frequencies(6, 100.0) == pytest.approx([1, 100 ** (-1 / 3), 100 ** (-2 / 3)])
    rows = sinusoids(2, 8)
    np.testing.assert_allclose(np.sin(rotary_frequencies(8)), rows[1, 0::2])


@pytest.mark.parametrize(("width", "base"), [(0, 10.0), (3, 10.0), (4, 0.0), (4, -1.0)])
def test_rotary_sizes_out_of_range(width, base):
    with pytest.raises(UsageError, match="even width"):
        rotary_frequencies(width, base)


def test_turning_query_and_key_leaves_only_their_distance_in_the_score():
    rng, frequencies = np.random.default_rng(0), rotary_frequencies(8)
    q, k = rng.normal(size=8), rng.normal(size=8)
    scores = [
        rotate(q, query, frequencies) @ rotate(k, query - 5, frequencies) for query in (5, 9, 700)
    ]
    assert scores == pytest.approx([scores[0]] * 3)
    assert rotate(q, 3, frequencies) @ rotate(q, 3, frequencies) == pytest.approx(q @ q)
    pair = np.array([q[0] + 1j * q[1]]) * np.exp(3j * frequencies[0])
    assert rotate(q, 3, frequencies)[:2] == pytest.approx([pair[0].real, pair[0].imag])


def test_rotary_scores_are_those_of_equal_vectors():
    frequencies = rotary_frequencies(6)
    one = np.array([1.0, 0.0] * 3)
    expected = [one @ rotate(one, distance, frequencies) for distance in range(20)]
    np.testing.assert_allclose(rotary_scores(frequencies, 20), expected)
    assert rotary_scores(frequencies, 1)[0] == 3
