"""Sizes other than the matrix's own: nothing blurred, no single bright cell lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.ui.widgets.resampling import pixel_starts, resample


@settings(deadline=None, max_examples=60)
@given(n=st.integers(1, 60), pixels=st.integers(1, 90), seed=st.integers(0, 99))
def test_every_cell_is_somewhere_and_nothing_else_is(n, pixels, seed):
    levels = np.random.default_rng(seed).integers(0, 256, (n, n)).astype(np.uint8)
    starts = pixel_starts(n, 0.0, pixels / n, pixels)
    drawn = resample(levels, starts, starts)
    assert drawn.shape == (pixels, pixels)
    assert set(np.unique(drawn)) <= set(np.unique(levels))
    assert drawn.max() == levels.max()
    if pixels >= n:
        assert np.array_equal(np.unique(starts), np.arange(n))


@settings(deadline=None, max_examples=150)
@given(n=st.integers(1, 90), pixels=st.integers(1, 90))
def test_each_single_bright_cell_stays_in_sight(n, pixels):
    single = np.eye(n, dtype=np.uint8)  # row k: only cell k is bright
    rows = pixel_starts(n, 0.0, 1.0, n)
    seen = resample(single, rows, pixel_starts(n, 0.0, pixels / n, pixels)).sum(axis=1)
    assert np.all(seen >= 1)
    if pixels <= n:
        assert np.all(seen == 1)


def test_a_pixel_over_several_cells_is_their_maximum():
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (12, 9)).astype(np.uint8)
    drawn = resample(levels, pixel_starts(12, 0.0, 1 / 3, 4), pixel_starts(9, 0.0, 1 / 3, 3))
    assert np.array_equal(drawn, levels.reshape(4, 3, 3, 3).max(axis=(1, 3)))


def test_whole_multiples_are_repeated_exactly():
    levels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    drawn = resample(levels, pixel_starts(2, 0.0, 4, 8), pixel_starts(3, 0.0, 4, 12))
    assert np.array_equal(drawn, levels.repeat(4, axis=0).repeat(4, axis=1))


def test_a_part_starts_where_it_was_asked_to():
    starts = pixel_starts(10, 2.5, 2.0, 6)
    assert starts.tolist() == [2, 3, 3, 4, 4, 5]


def test_the_answer_can_be_lent_to_an_image():
    levels = np.asfortranarray(np.eye(4, dtype=np.uint8))
    starts = pixel_starts(4, 0.0, 1.0, 4)
    assert resample(levels, starts, starts).flags.c_contiguous
