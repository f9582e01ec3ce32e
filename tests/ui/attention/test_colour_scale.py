"""Weights to colours: exact at the ends, rising between, and the legend agrees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.ui.widgets.colour_scale import (
    LOG_FLOOR,
    ColourMapping,
    check_weights,
    number_text,
    tick_text,
    weight_text,
)

CURVES = ("linear", "square root", "log")


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("top", [1.0, 0.3])
def test_zero_is_the_first_colour_and_the_top_the_last(curve, top):
    levels = ColourMapping(curve, top).levels(np.array([0.0, top], dtype=np.float32))
    assert levels.tolist() == [0, 255]


def test_linear_levels_are_exact():
    weights = np.array([0.25, 0.5, 0.2, 1 / 255, 0.4 / 255], dtype=np.float32)
    assert ColourMapping().levels(weights).tolist() == [64, 128, 51, 1, 0]


def test_square_root_and_log_levels_are_those_of_their_formulas():
    weights = [0.01, 0.04, 0.5]
    root = ColourMapping("square root", 1.0, 255).levels(np.array(weights, dtype=np.float32))
    assert root.tolist() == [round(254 * math.sqrt(w)) for w in weights]
    log = ColourMapping("log").levels(np.array(weights, dtype=np.float32))
    assert log.tolist() == [round(255 * (1 + math.log10(w) / 4)) for w in weights]


def test_log_floor_and_below_are_drawn_as_zero():
    levels = ColourMapping("log").levels(np.array([LOG_FLOOR, LOG_FLOOR / 10, 2 * LOG_FLOOR]))
    assert levels[:2].tolist() == [0, 0]
    assert levels[2] > 0


@settings(deadline=None, max_examples=50)
@given(
    weights=hnp.arrays(np.float32, st.integers(2, 40), elements=st.floats(0, 1, width=32)),
    curve=st.sampled_from(CURVES),
    top=st.sampled_from([1.0, 0.5, 0.001]),
)
def test_a_larger_weight_never_has_a_lower_colour(weights, curve, top):
    levels = ColourMapping(curve, top).levels(np.sort(weights))
    assert np.all(np.diff(levels.astype(int)) >= 0)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("top", [1.0, 0.0213])
def test_ticks_lie_where_their_weights_are_drawn(curve, top):
    mapping = ColourMapping(curve, top)
    ticks = mapping.ticks()
    places = [place for place, _ in ticks]
    assert places == sorted(places)
    assert ticks[0][0] == 0
    assert ticks[-1] == (1.0, top)
    for place, value in ticks:
        assert place == pytest.approx(float(mapping.place(np.array([value]))[0]), abs=1e-6)


def test_weights_are_left_as_they_were():
    weights = np.array([[0.5, 0.25]], dtype=np.float32)
    weights.flags.writeable = False
    ColourMapping("square root").levels(weights)
    assert weights.tolist() == [[0.5, 0.25]]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (), (4,), (2, 2, 2)])
def test_what_is_no_matrix_is_refused(shape):
    with pytest.raises(UsageError):
        check_weights(np.zeros(shape, dtype=np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value):
    weights = np.zeros((3, 3), dtype=np.float32)
    weights[1, 1] = value
    with pytest.raises(NonFiniteError):
        check_weights(weights)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_every_float_is_drawn(dtype):
    weights = np.array([[0.5, 1.0]], dtype=dtype)
    check_weights(weights)
    assert ColourMapping().levels(weights).tolist() == [[128, 255]]


def test_numbers_keep_the_digits_that_mean_something():
    assert weight_text(0.041237) == "0.0412"
    assert weight_text(1.0) == "1.0000"
    assert weight_text(0.0) == "0"
    assert weight_text(3.14e-5) == "3.1·10⁻⁵"
    assert [tick_text(v) for v in (0, 0.0001, 0.01, 0.25, 1.0, 0.0021)] == [
        "0",
        "0.0001",
        "0.01",
        "0.25",
        "1",
        "0.0021",
    ]
    assert [tick_text(v) for v in (0.00014, 3e-7, 0.5)] == ["0.00014", "3·10⁻⁷", "0.5"]
    assert [number_text(v) for v in (0, 0.25, 12.34, 1234.4)] == ["0", "0.25", "12.3", "1,234"]
