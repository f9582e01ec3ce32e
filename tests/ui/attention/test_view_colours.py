"""The colours of a view: what percentile and row mean, for the whole head and for its tiles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from visualizer.engine.records import HeadRecord
from visualizer.engine.treatment import Treatment
from visualizer.ui.widgets.colour_scale import ColourMapping, RankMapping
from visualizer.ui.widgets.view_colours import HeadColours

SCALES = ("linear", "log", "square root", "percentile", "row")
VALUES = st.one_of(
    st.just(0.0),
    st.sampled_from([0.25, 0.5, 1.0]),
    st.floats(0, 1, width=32),
    st.floats(0, 2.0**-20, width=32),
)
MATRICES = hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2), elements=VALUES)


def part_of(record, rows, columns, block=1, weights=None):
    """A tile of a record whose cells are tokens."""
    if weights is None:
        weights = record.weights[slice(*rows), slice(*columns)].copy()
    return replace(record, rows=rows, columns=columns, block=block, weights=weights)


@pytest.fixture
def colours(head_view):
    """Colours of a head with these weights."""

    def make(weights, scale, **more):
        changes = {name: more.pop(name) for name in ("top", "tile") if name in more}
        size = max(weights.shape)
        view = head_view(weights.copy(), colour_scale=scale, n_tokens=size, **more)
        return HeadColours(replace(view, **changes)), view.record

    return make


@pytest.mark.parametrize("scale", SCALES)
def test_weights_of_0_are_paper_and_levels_rise(colours, scale):
    @settings(deadline=None, max_examples=60)
    @given(weights=MATRICES, top=st.sampled_from([1.0, 0.5, 0.01]))
    def check(weights, top):
        made, record = colours(weights, scale, top=top)
        levels = made.levels(record)
        assert levels.shape == weights.shape
        assert levels.dtype == np.uint8
        assert levels.flags.c_contiguous
        assert not levels[weights == 0].any()
        groups = zip(weights, levels, strict=True) if scale == "row" else [(weights, levels)]
        for values, places in groups:  # a larger weight is never fainter, equal ones are equal
            order = np.argsort(values, axis=None, kind="stable")
            ordered, risen = values.ravel()[order], places.ravel()[order].astype(int)
            assert np.all(np.diff(risen) >= 0)
            assert np.all(np.diff(risen)[np.diff(ordered) == 0] == 0)

    check()


@pytest.mark.parametrize("scale", SCALES)
def test_a_tile_has_the_colours_of_the_whole(colours, scale):
    @settings(deadline=None, max_examples=40)
    @given(weights=MATRICES, data=st.data())
    def check(weights, data):
        made, record = colours(weights, scale, rows=(0, weights.shape[0]))
        rows, columns = (
            tuple(sorted(data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))))
            for n in weights.shape
        )
        rows, columns = (rows[0], rows[1] + 1), (columns[0], columns[1] + 1)
        tile = part_of(record, rows, columns)
        expected = made.levels(record)[slice(*rows), slice(*columns)]
        assert np.array_equal(made.levels(tile), expected)

    check()


@pytest.mark.parametrize("scale", ["linear", "log", "square root"])
@pytest.mark.parametrize("top", [1.0, 0.25])
def test_common_scales_end_at_the_top_of_the_view(colours, causal, scale, top):
    weights = causal(6)
    made, record = colours(weights, scale, top=top)
    assert np.array_equal(made.levels(record), ColourMapping(scale, top).levels(weights))
    assert made.ticks()[-1] == (1.0, top)


# ------------------------------------------------------------------------------- percentile


def ranks(sample, weights):
    """255 times the share of the sample's weights above 0 that are at most as large, upwards."""
    above = sample[sample > 0]
    found = np.zeros(weights.shape, dtype=int)
    for place, weight in np.ndenumerate(weights):
        if weight > 0:
            below = int((above <= weight).sum())
            found[place] = max(-(-255 * below // len(above)), 1) if len(above) else 1
    return found


@settings(deadline=None, max_examples=80)
@given(sample=MATRICES, weights=MATRICES)
def test_percentiles_are_counted_exactly(sample, weights):
    assert RankMapping(sample).levels(weights).tolist() == ranks(sample, weights).tolist()


@pytest.mark.parametrize("kind", ["spread", "few", "one", "close", "none"])
def test_percentiles_of_large_maps_are_those_of_a_search(kind):
    random = np.random.default_rng(0)
    n = 840
    if kind == "few":
        weights = random.choice([0.0, 0.1, 0.2, 0.7, 1.0], size=(n, n))
    elif kind == "one":
        weights = np.full((n, n), 0.25)
    elif kind == "close":  # neighbours that differ in their last bits only
        weights = 0.3 + random.integers(0, 300, size=(n, n)) * 2.0**-25
    elif kind == "none":
        weights = np.zeros((n, n))
    else:
        weights = random.random((n, n)) ** 20
    weights = np.tril(weights).astype(np.float32)
    other = np.maximum.accumulate(weights, axis=1) * np.float32(1.1)  # beyond 1, too
    above = np.sort(weights[weights > 0])
    mapping = RankMapping(weights)
    for values in (weights, other):
        expected = np.zeros(values.shape, dtype=np.uint8)
        if len(above):
            below = np.searchsorted(above, values, side="right").astype(np.int64)
            expected = np.maximum(-(-255 * below // len(above)), 1) * (values > 0)
        else:
            expected = (values > 0).astype(np.uint8)
        assert np.array_equal(mapping.levels(values), expected)
    if len(above):
        quarters = [max(math.ceil(share * len(above)), 1) - 1 for share in (0, 0.25, 0.5, 0.75, 1)]
        assert [weight for _, weight in mapping.ticks()] == above[quarters].tolist()


def test_percentile_marks_are_the_weights_at_each_quarter(colours):
    weights = np.array([[0, 0.1, 0.2, 0.2], [0.3, 0.4, 0.5, 0], [0.6, 0.7, 0, 0]], np.float32)
    made, record = colours(weights, "percentile")
    assert [(place, round(weight, 4)) for place, weight in made.ticks()] == [
        (0.0, 0.1),
        (0.25, 0.2),
        (0.5, 0.3),
        (0.75, 0.5),
        (1.0, 0.7),
    ]
    assert made.levels(record).max() == 255
    assert made.unit == "weight"


def test_percentile_of_nothing_but_zeros_has_a_legend(colours):
    made, record = colours(np.zeros((3, 3), np.float32), "percentile")
    assert made.ticks() == ((0.0, 0.0), (1.0, 0.0))
    assert not made.levels(record).any()


def test_percentiles_are_sorted_once_for_the_same_weights(head_view, causal, monkeypatch):
    sorts = []
    sort = np.sort

    def counted(*args, **more):
        sorts.append(1)
        return sort(*args, **more)

    monkeypatch.setattr(np, "sort", counted)
    view = head_view(causal(5), colour_scale="percentile")
    first = HeadColours(view)
    first.levels(view.record)
    again = HeadColours(replace(view, palette="viridis"), first)
    again.levels(view.record)
    assert (len(sorts), again.palette) == (1, "viridis")
    other = head_view(causal(5, seed=1), colour_scale="percentile")
    HeadColours(other, again).levels(other.record)
    assert len(sorts) == 2


# -------------------------------------------------------------------------------------- row


def test_every_row_reaches_the_last_colour(colours, causal):
    weights = causal(12)
    made, record = colours(weights, "row")
    assert (made.levels(record).max(axis=1) == 255).all()
    expected = np.rint(255 * weights / weights.max(axis=1, keepdims=True)).astype(int)
    assert np.abs(made.levels(record) - expected).max() <= 1  # halves fall either way
    assert (made.ticks()[-1], made.unit) == ((1.0, 1.0), "row share")


def test_a_tile_is_measured_by_the_whole_row_also_where_that_is_pooled(head_view, causal):
    exact = causal(8)
    pooled = exact.reshape(4, 2, 4, 2).max(axis=(1, 3))
    view = head_view(pooled.copy(), colour_scale="row", block=2, n_tokens=8)
    tile = part_of(view.record, (3, 7), (0, 3), 1, exact[3:7, 0:3].copy())
    levels = HeadColours(replace(view, tile=tile)).levels(tile)
    for row in range(3, 7):
        top = exact[2 * (row // 2) : 2 * (row // 2) + 2].max()
        assert levels[row - 3].tolist() == pytest.approx(255 * exact[row, :3] / top, abs=0.51)


def test_a_head_beside_it_is_measured_by_its_own_rows(head_view, causal):
    view = head_view(causal(5), colour_scale="row")
    other = replace(view.record, head=2, weights=causal(5, seed=3) / 4)
    assert (HeadColours(view).levels(other).max(axis=1) == 255).all()
    treated = replace(view.record, treatment=Treatment(("first",)), weights=causal(5) / 2)
    assert (HeadColours(view).levels(treated).max(axis=1) == 255).all()


def test_a_row_without_weight_stays_paper(colours):
    weights = np.array([[0, 0, 0], [0, 1e-38, 0], [0.5, 0.25, 0]], np.float32)
    made, record = colours(weights, "row")
    assert made.levels(record).tolist() == [[0, 0, 0], [0, 255, 0], [255, 128, 0]]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_odd_memory_is_drawn(colours, scale, dtype):
    weights = np.tril(np.full((8, 8), 0.125)).astype(dtype)
    for odd in (weights, np.asfortranarray(weights), weights[::2, ::2]):
        made, record = colours(odd, scale)
        record = HeadRecord(1, 3, 5, 8, (0, len(odd)), (0, len(odd)), 1, odd)
        levels = made.levels(record)
        assert levels.flags.c_contiguous
        assert levels[0, 0] == levels[-1, -1] > 0
        assert levels[0, -1] == 0
