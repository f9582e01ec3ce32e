"""One number a head as colours: least to largest, missing told apart, marks with units."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from visualizer.ui.widgets.colour_legend import mark_texts
from visualizer.ui.widgets.metric_colours import MetricColours

NUMBERS = hnp.arrays(
    np.float64, (3, 4), elements=st.one_of(st.just(np.nan), st.floats(0, 5000, width=32))
)


def test_levels_go_from_the_least_on_show_to_the_largest():
    values = np.array([[0.2, 0.3], [0.7, np.nan]])
    colours = MetricColours.of(values, "share")
    assert (colours.low, colours.high) == (0.2, 0.7)
    assert colours.levels(values).tolist() == [[0, 51], [255, 0]]
    assert colours.is_missing(values).tolist() == [[False, False], [False, True]]
    assert MetricColours.of(values, "share", 255).levels(values).max() == 254


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0.4, 0.4], (0.0, 0.4)),
        ([0.0, 0.0], (0.0, 1.0)),
        ([-0.5, -0.5], (-0.5, 0.0)),
        ([np.nan, np.nan], (0.0, 1.0)),
        ([], (0.0, 1.0)),
        ([np.inf, 0.5, 0.25], (0.25, 0.5)),
    ],
)
def test_a_scale_always_has_two_ends(values, ends):
    colours = MetricColours.of(np.array(values), "bits")
    assert (colours.low, colours.high) == ends
    ticks = colours.ticks()
    assert (ticks[0], ticks[-1]) == ((0.0, ends[0]), (1.0, ends[1]))


@settings(deadline=None, max_examples=60)
@given(values=NUMBERS)
def test_colours_rise_with_the_numbers_and_marks_lie_where_they_are_drawn(values):
    colours = MetricColours.of(values, "tokens")
    known = np.sort(values[np.isfinite(values)])
    assert np.all(np.diff(colours.levels(known).astype(int)) >= 0)
    ticks = colours.ticks()
    assert 2 <= len(ticks) <= 8
    for (place, value), (next_place, next_value) in pairwise(ticks):
        assert place <= next_place
        assert value < next_value
        assert place == pytest.approx(float(colours.place(np.array(value))))


def test_marks_say_their_unit_once_or_in_per_cent():
    def texts(low, high, unit):
        return mark_texts(MetricColours(low, high, unit))

    assert texts(0.0, 1.0, "share") == ["0", "50 %", "100 %"]
    assert texts(0.25, 4.0, "bits") == ["0.25", "1", "2", "3", "4 bits"]
    assert texts(3.0, 1234.4, "tokens") == ["3", "500", "1,000", "1,234 tokens"]
    assert texts(0.1, 0.52, "cosine") == ["0.1", "0.2", "0.4", "0.52"]


@pytest.mark.parametrize(
    ("low", "high", "unit", "first", "last"),
    [
        (1.83e-7, 0.94, "share", "0", "94 %"),
        (1.83e-7, 4.2e-6, "share", "0.000018 %", "0.00042 %"),
        (0.000864, 3.0472, "bits", "0", "3.05 bits"),
        (0.5, 0.50001, "bits", "0.5", "0.50001 bits"),
        (0.0, 1e-12, "cosine", "0", "0.000000000001"),
    ],
)
def test_marks_are_rounded_to_what_the_bar_can_tell_apart(low, high, unit, first, last):
    texts = mark_texts(MetricColours(low, high, unit))
    assert (texts[0], texts[-1]) == (first, last)


@settings(deadline=None, max_examples=60)
@given(values=NUMBERS)
def test_marks_are_true_to_half_a_hundredth_of_the_range_and_no_powers_of_ten(values):
    colours = MetricColours.of(values, "cosine")
    assume(colours.high - colours.low > 1e-9)  # less is not told from 0
    for (_, value), text in zip(colours.ticks(), mark_texts(colours), strict=True):
        assert "e" not in text
        assert abs(float(text.replace(",", "")) - value) <= 0.0051 * (colours.high - colours.low)
