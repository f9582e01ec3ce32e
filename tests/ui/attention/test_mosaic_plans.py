"""Where heads lie in the grid and in the gallery, and what of them is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.metric_colours import MetricColours
from visualizer.ui.widgets.mosaic_layout import GAP_LEVEL, GroupedAxis, compose
from visualizer.ui.widgets.mosaic_plans import GalleryPlan, GridPlan, gallery_plan, grid_plan
from visualizer.ui.widgets.mosaic_sheet import MosaicSheet

MOVES = ("up", "down", "left", "right", "first", "last", "page up", "page down")

axes = st.builds(
    GroupedAxis,
    n=st.integers(1, 30),
    cell=st.integers(1, 20),
    gap=st.integers(0, 3),
    group=st.integers(1, 8),
    group_gap=st.integers(3, 9),
)
galleries = st.builds(
    GalleryPlan,
    members=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40, unique=True
    ).map(tuple),
    n_columns=st.integers(1, 9),
    cell=st.integers(4, 20),
    gap=st.integers(1, 9),
    caption=st.integers(0, 20),
)


@settings(deadline=None, max_examples=80)
@given(axis=axes, data=st.data())
def test_no_cell_in_sight_is_missed(axis, data):
    first = data.draw(st.integers(0, axis.length - 1))
    end = data.draw(st.integers(first + 1, axis.length + 20))
    touched = {axis.at(pixel) for pixel in range(first, min(end, axis.length))} - {None}
    assert touched <= set(axis.in_sight(first, end))
    assert len(axis.in_sight(first, end)) <= len(touched) + 2  # and hardly any that is not


@settings(deadline=None, max_examples=80)
@given(plan=galleries)
def test_every_head_of_a_gallery_is_found_where_it_lies(plan):
    width, height = plan.size
    taken = np.zeros((height + plan.caption, width), dtype=int)
    for place, member in enumerate(plan.members):
        left, top, across, down = plan.box(member)
        assert plan.box_of(place) == (left, top, across, down)
        taken[top : top + down, left : left + across] += 1
        assert plan.at(left, top) == plan.at(left + across - 1, top + down - 1) == member
        assert plan.at(left, top + down + plan.caption - 1) == member
        assert plan.at(left + across, top) is None
    assert taken.max() == 1
    assert plan.at(-1, 0) is None
    assert plan.at(0, height + plan.gap + 1) is None
    assert plan.box((99, 99)) is None


@settings(deadline=None, max_examples=80)
@given(plan=galleries, top=st.integers(-50, 500), height=st.integers(1, 300))
def test_rows_of_a_gallery_in_sight(plan, top, height):
    rows = plan.in_sight(top, top + height)
    shown = [plan.members[place] for place in plan.places(rows)]
    for member in plan.members:
        _, y, _, edge = plan.box(member)
        if y < top + height and y + edge + plan.caption > top:
            assert member in shown


@settings(deadline=None, max_examples=60)
@given(plan=galleries, moves=st.lists(st.sampled_from(MOVES), max_size=12))
def test_travelling_stays_in_the_gallery(plan, moves):
    cell = plan.moved((77, 77), "right", 2)  # from a head that is not here
    assert cell == plan.members[0]
    for move in moves:
        cell = plan.moved(cell, move, 2)
        assert cell in plan.members


def test_steps_in_a_gallery():
    members = tuple((0, head) for head in range(7))
    plan = GalleryPlan(members, 3, 10, 2, 5)
    assert plan.moved((0, 1), "down", 1) == (0, 4)
    assert plan.moved((0, 4), "up", 1) == (0, 1)
    assert plan.moved((0, 1), "up", 1) == (0, 1)
    assert plan.moved((0, 2), "right", 1) == (0, 3)  # on to the next row
    assert plan.moved((0, 5), "down", 1) == (0, 5)  # there is none below
    assert plan.moved((0, 3), "last", 1) == (0, 6)
    assert plan.moved((0, 0), "page down", 9) == (0, 6)


def test_an_empty_gallery_is_nowhere():
    plan = gallery_plan((), 200, 8, 20, (50, 90))
    assert plan.size[1] == 0
    assert plan.at(3, 3) is None
    assert plan.moved((1, 1), "down", 1) == (1, 1)


@pytest.mark.parametrize("width", [60, 250, 280, 1000, 3000])
def test_a_gallery_fills_its_width(width):
    plan = gallery_plan(tuple((0, head) for head in range(50)), width, 8, 20, (56, 96))
    assert plan.size[0] <= width
    assert 56 <= plan.cell <= 96
    assert (plan.n_columns + 1) * (56 + 8) - 8 > width  # no room for another


def test_a_grid_groups_heads_only_where_some_share_and_some_do_not():
    wide = grid_plan((4, 8), 2, (400, 400), (1, 4), (5, 40)).columns
    assert wide.start(2) - wide.start(1) == wide.cell + 4
    for group in (1, 8):
        plain = grid_plan((4, 8), group, (400, 400), (1, 4), (5, 40)).columns
        assert plain.start(2) - plain.start(1) == plain.cell + 1


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_part_of_the_grid_is_cut_from_the_whole(data):
    n_layers, n_heads = data.draw(st.integers(1, 6)), data.draw(st.sampled_from([4, 8]))
    plan = GridPlan(GroupedAxis(n_layers, 7, 1, n_layers, 1), GroupedAxis(n_heads, 7, 1, 2, 4))
    first = data.draw(st.integers(0, n_layers - 1))
    layers = range(first, data.draw(st.integers(first + 1, n_layers)))
    start = data.draw(st.sampled_from([0, 2]))
    heads = range(start, data.draw(st.integers(start + 1, n_heads)))
    numbers = np.random.default_rng(0).random((n_layers, n_heads, 9, 9)).astype(np.float32)
    mapping = ColourMapping("square root", 1.0, GAP_LEVEL)
    whole = compose(mapping.levels(numbers), plan.rows, plan.columns)
    sheet = MosaicSheet()
    sheet.set_numbers(numbers, mapping)
    part = sheet.grid(plan, layers, heads)
    top, left = plan.rows.start(layers.start), plan.columns.start(heads.start)
    assert np.array_equal(part, whole[top : top + part.shape[0], left : left + part.shape[1]])
    assert part.shape[0] == plan.rows.start(layers[-1]) + 7 - top


def test_cells_of_a_gallery_stand_in_its_order():
    numbers = np.arange(12, dtype=np.float64).reshape(3, 4)
    plan = GalleryPlan(((2, 3), (0, 0), (1, 2), (0, 1)), 3, 5, 2, 4)
    sheet = MosaicSheet()
    mapping = MetricColours.of(numbers, "bits", GAP_LEVEL)
    sheet.set_numbers(numbers, mapping)
    picture = sheet.gallery(plan, range(2))
    assert picture.shape == (10, 15)
    expected = mapping.levels(np.array([11.0, 0.0, 6.0, 1.0]))
    assert [picture[0, 0], picture[0, 5], picture[0, 10], picture[5, 0]] == expected.tolist()


def test_a_picture_is_composed_again_only_for_something_new():
    numbers = np.random.default_rng(0).random((3, 4, 6, 6)).astype(np.float32)
    mapping = ColourMapping("square root", 1.0, GAP_LEVEL)
    plan = GridPlan(GroupedAxis(3, 6, 1, 3, 1), GroupedAxis(4, 6, 1, 4, 1))
    sheet = MosaicSheet()
    for _ in range(3):
        sheet.set_numbers(numbers, mapping)
        sheet.grid(plan, range(3), range(4))
    assert sheet.composed == 1
    sheet.grid(plan, range(2), range(4))
    sheet.set_numbers(numbers.copy(), mapping)
    sheet.grid(plan, range(2), range(4))
    sheet.grid(replace(plan, rows=GroupedAxis(3, 6, 2, 3, 2)), range(2), range(4))
    assert sheet.composed == 4
