"""The timeline's numbers against plain formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.surprise_timeline import (
    SurpriseTimelineView,
    block_values,
    kept_stretch,
    most_surprising,
    most_uncertain,
    nearest_tie,
    peak_in_block,
    surprise_figures,
    surprise_timeline_view,
)
from visualizer.session.views import TokenStripView, Unavailable

NAN = math.nan
SOME_BITS = st.one_of(st.just(NAN), st.floats(0, 60))


def tokens_of(n_tokens: int) -> Tokenization:
    places = np.arange(n_tokens, dtype=np.int64)
    return Tokenization("a" * n_tokens, places, (b"a",) * n_tokens, places, places + 1, 0, "a")


def view_of(bits, entropies=None) -> SurpriseTimelineView:
    bits = np.asarray(bits, np.float64)
    entropies = np.full(bits.size, NAN) if entropies is None else np.asarray(entropies)
    return SurpriseTimelineView(tokens_of(bits.size), None, bits, entropies)


def test_bits_are_those_of_the_token_strip():
    logprobs = np.array([NAN, math.log(0.5), math.log(1 / 8), 0.0, -math.inf])
    entropies = np.array([1.0, 2.0, NAN, 0.0, 3.0])
    strip = TokenStripView(tokens_of(5), 2, logprobs, entropies, stale=True)
    view = surprise_timeline_view(strip)
    assert view.surprise_bits == pytest.approx([NAN, 1, 3, 0, math.inf], nan_ok=True)
    assert math.copysign(1, view.surprise_bits[3]) == 1
    np.testing.assert_array_equal(view.entropies_bits, entropies)
    assert (view.query, view.stale, len(view)) == (2, True, 5)
    assert view.tokenization is strip.tokenization


def test_what_is_not_known_stays_so():
    view = surprise_timeline_view(TokenStripView(tokens_of(3), None, None, None))
    assert np.isnan(view.surprise_bits).all()
    assert np.isnan(view.entropies_bits).all()
    reason = Unavailable(VisualizerError("No model."))
    assert surprise_timeline_view(reason) is reason


def test_perplexity_is_that_of_the_plain_formula():
    probs = [0.5, 0.1, 0.9, 0.02]
    view = view_of([NAN, *(-math.log2(p) for p in probs)])
    figures = surprise_figures(view)
    assert (figures.n_tokens, figures.n_scored) == (5, 4)
    assert figures.perplexity == pytest.approx(math.prod(probs) ** (-1 / 4))
    assert figures.mean_bits == pytest.approx(-sum(map(math.log2, probs)) / 4)
    part = surprise_figures(view, 2, 4)
    assert (part.n_tokens, part.n_scored) == (2, 2)
    assert part.perplexity == pytest.approx((0.1 * 0.9) ** -0.5)


def test_nothing_scored_has_no_mean():
    for bits in ([], [NAN], [NAN, NAN]):
        figures = surprise_figures(view_of(bits))
        assert (figures.n_scored, figures.mean_bits, figures.perplexity) == (0, None, None)


def test_infinite_and_enormous_means():
    assert surprise_figures(view_of([1, math.inf])).mean_bits == math.inf
    assert surprise_figures(view_of([1, math.inf])).perplexity == math.inf
    assert surprise_figures(view_of([5000.0])).perplexity == math.inf


def test_extremes_are_the_first_of_a_tie():
    view = view_of([NAN, 3, 9, 9, NAN], [2, 8, 8, NAN, NAN])
    assert most_surprising(view) == 2
    assert most_uncertain(view) == 1
    assert most_surprising(view_of([NAN, 1e9, math.inf])) == 2
    assert most_surprising(view_of([NAN])) is None
    assert most_uncertain(view_of([])) is None


@settings(deadline=None, max_examples=60)
@given(nst.arrays(np.float64, st.integers(0, 40), elements=SOME_BITS), st.integers(1, 9))
def test_blocks_hold_the_extremes_of_what_is_known(values, size):
    blocks = block_values(values, size)
    assert blocks.starts.tolist() == list(range(0, values.size, size))
    for place, start in enumerate(blocks.starts):
        known = [v for v in values[start : start + size] if not math.isnan(v)]
        found = (blocks.largest[place], blocks.smallest[place])
        if known:
            assert found == (max(known), min(known))
        else:
            assert np.isnan(found).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(SOME_BITS, min_size=1, max_size=30), st.integers(1, 7), st.data())
def test_the_peak_is_the_token_that_its_bar_shows(bits, size, data):
    view = view_of(bits)
    index = data.draw(st.integers(0, len(bits) - 1))
    peak = peak_in_block(view, index, size)
    assert peak // size == index // size
    largest = block_values(view.surprise_bits, size).largest[index // size]
    if math.isnan(largest):
        assert peak == index
    else:
        assert view.surprise_bits[peak] == largest


def test_ranks_and_margins_are_those_of_the_strip():
    ranks, margins = np.array([0, 3, 1]), np.array([NAN, -1.0, 0.5])
    unknown = np.full(3, NAN)
    strip = TokenStripView(tokens_of(3), 0, unknown, unknown, ranks=ranks, margins=margins)
    view = surprise_timeline_view(strip)
    assert view.ranks is ranks
    assert view.margins is margins


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(st.just(NAN), st.floats(-20, 20)), max_size=12))
def test_the_nearest_tie_is_the_smallest_margin_either_way(margins):
    view = SurpriseTimelineView(
        tokens_of(len(margins)), None, np.full(len(margins), NAN), np.full(len(margins), NAN),
        margins=np.array(margins),
    )  # fmt: skip
    known = [(abs(margin), place) for place, margin in enumerate(margins) if margin == margin]
    assert nearest_tie(view) == (min(known)[1] if known else None)


def test_without_margins_there_is_no_nearest_tie():
    assert nearest_tie(view_of([NAN, 1.0])) is None


def test_a_stretch_totals_what_is_known_of_it():
    figures = surprise_figures(view_of([NAN, 1.0, 2.0, NAN, 5.0]), 0, 4)
    assert (figures.n_tokens, figures.n_scored, figures.total_bits) == (4, 2, 3.0)
    assert figures.perplexity == 2.0**1.5


def test_a_stretch_is_kept_while_the_text_up_to_its_end_is_the_same():
    five, seven = tokens_of(5), tokens_of(7)
    other = tokens_of(7)
    other.ids.setflags(write=True)
    other.ids[1] = 99
    assert kept_stretch((2, 5), five, seven) == (2, 5)
    assert kept_stretch((2, 5), seven, tokens_of(4)) == (0, 0)
    assert kept_stretch((2, 5), seven, other) == (0, 0)  # what comes before it counts, too
    assert kept_stretch((2, 5), seven, None) == (0, 0)
    assert kept_stretch((2, 5), None, seven) == (0, 0)
    assert kept_stretch((0, 0), None, seven) == (0, 0)
