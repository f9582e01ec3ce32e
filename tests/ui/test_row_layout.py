"""Lines of several rows: aligned, within their width, every token once and in order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.ui.widgets.row_layout import GAP_PX, RowLayout


def layout_of(widths, firsts, breaks=None, limit=100):
    n = len(firsts[0]) - 1
    flags = np.zeros(n, np.bool_) if breaks is None else np.array(breaks, np.bool_)
    arrays = [np.array(each, np.int32) for each in widths]
    return RowLayout(arrays, np.array(firsts, np.int64), flags, limit)


def test_stretches_begin_at_the_same_place_in_all_rows():
    layout = layout_of([[20, 20, 10], [50, 10]], [[0, 2, 3], [0, 1, 2]])
    assert layout.lefts[0].tolist() == [0, 22, 56]
    assert layout.lefts[1].tolist() == [0, 56]
    assert layout.n_blocks == 1


def test_lines_break_where_they_are_full_and_at_line_ends():
    one = [[30] * 6]
    firsts = [[0, 1, 2, 3, 4, 5, 6]]
    full = layout_of(one, firsts)
    assert full.block_starts[0].tolist() == [0, 2, 4, 6]
    assert full.lefts[0].tolist() == [0, 36] * 3
    broken = layout_of(one, firsts, [True, False, False, False, False, True])
    assert broken.block_starts[0].tolist() == [0, 1, 3, 5, 6]


def test_a_line_holds_what_just_fits():
    assert layout_of([[47, 47]], [[0, 1, 2]]).n_blocks == 1  # 47 + 6 + 47 = 100
    assert layout_of([[47, 48]], [[0, 1, 2]]).n_blocks == 2


def test_a_stretch_wider_than_a_line_goes_on_below_each_row_by_itself():
    layout = layout_of([[10, 40, 40, 40, 10], [10, 100, 10]], [[0, 1, 4, 5], [0, 1, 2, 3]])
    assert layout.block_starts[0].tolist() == [0, 1, 3, 4, 5]
    assert layout.block_starts[1].tolist() == [0, 1, 2, 2, 3]
    assert layout.lefts[0].tolist() == [0, 0, 42, 0, 0]
    assert layout.token_at(1, 2, 5) is None
    assert layout.nearest(1, 2, 5) is None


def test_a_token_wider_than_a_line_is_cut_to_it():
    layout = layout_of([[500, 10]], [[0, 1, 2]])
    assert layout.widths[0].tolist() == [100, 10]
    assert layout.block_starts[0].tolist() == [0, 1, 2]


@st.composite
def rows(draw):
    n_stretches = draw(st.integers(1, 30))
    n_rows = draw(st.integers(1, 4))
    firsts, widths = [], []
    for _ in range(n_rows):
        sizes = draw(st.lists(st.integers(0, 5), min_size=n_stretches, max_size=n_stretches))
        firsts.append([0, *np.cumsum(sizes).tolist()])
        n = sum(sizes)
        widths.append(draw(st.lists(st.integers(5, 60), min_size=n, max_size=n)))
    breaks = draw(st.lists(st.booleans(), min_size=n_stretches, max_size=n_stretches))
    return widths, firsts, breaks, draw(st.integers(1, 200))


@settings(deadline=None, max_examples=300, database=None)
@given(rows())
def test_every_token_is_in_one_line_in_order_and_without_overlap(case):
    widths, firsts, breaks, limit = case
    layout = layout_of(widths, firsts, breaks, limit)
    for row, starts in enumerate(layout.block_starts):
        assert starts[0] == 0
        assert starts[-1] == len(widths[row])
        assert (np.diff(starts) >= 0).all()
        assert len(starts) == layout.n_blocks + 1
        for block in range(layout.n_blocks):
            first, end = layout.line(row, block)
            lefts = layout.lefts[row][first:end]
            rights = lefts + layout.widths[row][first:end]
            assert (lefts[1:] >= rights[:-1] + GAP_PX).all()
            if end > first:
                assert lefts[0] >= 0
                assert rights[-1] <= limit
            for index in range(first, end):
                assert layout.block_of(row, index) == block
                assert layout.token_at(row, block, float(layout.lefts[row][index])) == index
    # A stretch that fits a line begins at one place in all rows that have a token of it.
    for stretch in range(len(breaks)):
        begun = [
            (layout.block_of(row, each[stretch]), int(layout.lefts[row][each[stretch]]))
            for row, each in enumerate(firsts)
            if each[stretch] < each[stretch + 1]
        ]
        assert len(set(begun)) <= 1
        if breaks[stretch] and begun and stretch + 1 < len(breaks):
            later = [
                layout.block_of(row, each[stretch + 1])
                for row, each in enumerate(firsts)
                if each[stretch + 1] < each[-1]
            ]
            assert all(block > begun[0][0] for block in later)
