"""Rankings of heads: what they score, in which order they come, and whom a filter leaves in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visualizer.engine.attention_records import METRICS, MetricsRecord, RegionRecord
from visualizer.engine.records import MEAN, OverviewRecord
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.head_ranking import head_scores, likeness, passes, ranked
from visualizer.session.state import OverviewDisplay

NAN = float("nan")
SCORES = np.array([[0.2, NAN, 0.9], [0.9, 0.1, 0.2]])


def heads(**display):
    pins = display.pop("pins", ())
    return ranked(OverviewDisplay(order="entropy", **display), SCORES, pins)


def overview():
    thumbnails = np.random.default_rng(1).random((2, 3, 4, 4), dtype=np.float32)
    thumbnails[1, 2] = 0
    return OverviewRecord(1, 4, 1, thumbnails)


def metrics():
    values = {name: SCORES + place for place, name in enumerate(METRICS)}
    return MetricsRecord(1, 4, values, dict.fromkeys(METRICS, 4))


REGION = RegionRecord(1, 4, (0, 2), (1, 3), SCORES.copy())


def test_the_highest_come_first_and_ties_in_the_order_of_the_model():
    assert heads() == ((0, 2), (1, 0), (0, 0), (1, 2), (1, 1))


@pytest.mark.parametrize("ascending", [False, True])
def test_ties_among_many_stay_in_the_order_of_the_model(ascending):
    display = OverviewDisplay(order="entropy", ascending=ascending)
    every = tuple((layer, head) for layer in range(30) for head in range(9))
    assert ranked(display, np.tile([0.5], (30, 9)), ()) == every


def test_ascending_turns_the_order_but_not_that_of_ties():
    assert heads(ascending=True) == ((1, 1), (0, 0), (1, 2), (0, 2), (1, 0))


def test_filters_keep_what_is_on_their_edge():
    assert heads(at_least=0.2) == ((0, 2), (1, 0), (0, 0), (1, 2))
    assert heads(at_most=0.2) == ((0, 0), (1, 2), (1, 1))
    assert heads(at_least=0.2, at_most=0.2, ascending=True) == ((0, 0), (1, 2))
    assert heads(at_least=0.95) == ()


def test_only_pinned_heads_in_the_order_of_their_scores():
    assert heads(only_pinned=True, pins=((1, 1), (0, 1), (0, 2))) == ((0, 2), (1, 1))
    assert heads(only_pinned=True) == ()


def test_the_grid_has_no_ranking_unless_only_pinned_heads_are_wanted():
    pins = ((1, 1), (0, 0))
    assert ranked(OverviewDisplay(), SCORES, pins) is None
    assert ranked(OverviewDisplay(at_least=0.5, cells="entropy"), SCORES, pins) is None
    assert ranked(OverviewDisplay(only_pinned=True), None, pins) == pins


def test_what_is_not_known_yet_ranks_nobody():
    assert ranked(OverviewDisplay(order="induction"), None, ()) == ()


def test_without_a_filter_all_heads_pass_also_those_without_a_score():
    assert passes(OverviewDisplay(), SCORES).all()
    with_filter = passes(OverviewDisplay(at_most=5.0), SCORES)
    np.testing.assert_array_equal(with_filter, ~np.isnan(SCORES))


@pytest.mark.parametrize("metric", METRICS)
def test_metrics_are_scores_as_order_and_as_what_cells_show(metric):
    for display in (OverviewDisplay(order=metric), OverviewDisplay(cells=metric)):
        scores = head_scores(display, metrics(), REGION)
        np.testing.assert_array_equal(scores, SCORES + METRICS.index(metric))
        assert head_scores(display, None, REGION) is None


def test_the_order_counts_more_than_what_cells_show():
    display = OverviewDisplay(cells="entropy", order="induction")
    scores = head_scores(display, metrics(), None)
    np.testing.assert_array_equal(scores, metrics().values["induction"])


def test_the_plain_grid_has_no_scores():
    assert head_scores(OverviewDisplay(), metrics(), REGION) is None


def test_a_region_counts_only_while_it_is_the_brushed_one():
    for region, known in (((0, 2, 1, 3), True), ((0, 2, 1, 4), False), (None, False)):
        display = OverviewDisplay(order="region", region=region)
        scores = head_scores(display, None, REGION)
        assert (scores is not None) == known
    display = OverviewDisplay(order="region", region=(0, 2, 1, 3))
    assert head_scores(display, metrics(), None) is None


def test_alike_is_the_cosine_of_thumbnails():
    thumbnails = overview().thumbnails.astype(np.float64)
    scores = likeness(overview().thumbnails, 1, 0)
    for member in np.ndindex(2, 3):
        one, other = thumbnails[member].ravel(), thumbnails[1, 0].ravel()
        lengths = np.sqrt((one @ one) * (other @ other))
        expected = one @ other / lengths if lengths else NAN
        assert scores[member] == pytest.approx(expected, nan_ok=True)
    assert np.nanargmax(scores) == 3  # itself


def test_alike_to_the_mean_of_a_layer():
    thumbnails = overview().thumbnails
    mean = thumbnails[0].mean(axis=0, dtype=np.float64)
    expected = np.sum(thumbnails[1, 1] * mean) / (
        np.linalg.norm(thumbnails[1, 1]) * np.linalg.norm(mean)
    )
    assert likeness(thumbnails, 0, MEAN)[1, 1] == pytest.approx(expected)


def test_nothing_is_like_an_empty_pattern():
    assert np.isnan(likeness(overview().thumbnails, 1, 2)).all()


def test_likeness_is_kept_until_the_heads_or_the_choice_are_others():
    facts = AttentionFacts(overview=overview())
    first = facts.likeness(1, 0)
    assert facts.likeness(1, 0) is first
    np.testing.assert_array_equal(facts.likeness(0, 1), likeness(overview().thumbnails, 0, 1))
    mean = facts.likeness(0, MEAN)
    np.testing.assert_array_equal(mean, likeness(overview().thumbnails, 0, MEAN))
    facts.overview = replace(overview(), thumbnails=overview().thumbnails[:, ::-1].copy())
    expected = likeness(overview().thumbnails[:, ::-1], 0, MEAN)
    np.testing.assert_array_equal(facts.likeness(0, MEAN), expected)
