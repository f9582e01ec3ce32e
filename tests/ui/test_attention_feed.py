"""Wishes about heads and pairs, with a fake engine: what is asked, when, and what is dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visualizer.engine.attention_records import (
    MetricsRequest,
    PairRequest,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import ForwardRequest, HeadRequest, TileRequest
from visualizer.engine.treatment import Treatment
from visualizer.session.moment import NO_PAIR, NO_PAIR_OF_MEAN
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import HeadView, PairView
from visualizer.ui import attention_feed

WAIT = {"timeout": 20_000}


def questions(engine, kind):
    return [question for question in engine.asked if type(question) is kind]


@pytest.fixture
def after(qtbot, controller):
    """Does something and waits until its answers are on screen."""

    def do(act, *arguments):
        with qtbot.waitSignal(controller.settled, **WAIT):
            act(*arguments)

    return do


def test_a_treatment_is_asked_for_and_stays_while_typing(
    controller, shown, typed, after, fake_engine
):
    typed("ab")
    treatment = Treatment(hidden=("first",), discount=True)
    after(controller.set_treatment, treatment)
    assert shown.head.record.treatment == treatment
    n_heads = len(questions(fake_engine, HeadRequest))
    typed("abc")
    assert questions(fake_engine, ForwardRequest)[-1].treatment == treatment
    assert shown.head.record.treatment == treatment
    assert len(questions(fake_engine, HeadRequest)) == n_heads  # it came with the forward pass


def test_a_head_seen_with_one_treatment_is_not_taken_for_another(controller, shown, typed, after):
    typed("ab")
    after(controller.set_treatment, Treatment(top_mass=0.5))
    controller.set_treatment(Treatment())  # still at hand, and shown at once
    assert shown.head.record.treatment == Treatment()


def test_the_mean_over_pins_is_asked_as_one_head(controller, shown, typed, after, fake_engine):
    typed("ab")
    controller.toggle_pin(1, 0)
    controller.toggle_pin(2, 1)
    assert shown.overview.pins == ((1, 0), (2, 1))
    after(controller.set_pins_as_mean, True)
    assert questions(fake_engine, HeadRequest)[-1].members == ((1, 0), (2, 1))
    assert shown.head.record.members == ((1, 0), (2, 1))
    after(controller.set_head, 1, 1)  # a chosen head takes the mean's place
    assert shown.head.record.members == ()
    controller.toggle_pin(1, 0)
    assert shown.overview.pins == ((2, 1),)


def test_pins_beyond_the_most_are_not_taken(controller, typed):
    typed("ab")
    for number in range(attention_feed.MOST_PINS + 3):
        controller.toggle_pin(0, number)
    assert len(controller.state.pins) == attention_feed.MOST_PINS


def test_pins_that_another_model_lacks_are_not_asked_for(controller, shown, typed, after):
    typed("ab")
    controller.set_pins(((0, 1), (9, 9)))
    assert shown.overview.pins == ((0, 1),)
    after(controller.set_form, "pins")
    assert [(r.layer, r.head) for r in shown.head.pinned] == [(0, 1)]


def test_pinned_heads_are_asked_for_once(controller, shown, typed, after, fake_engine):
    typed("ab")
    controller.set_pins(((0, 1), (2, 0)))
    assert not questions(fake_engine, SeveralHeadsRequest)  # nobody compares them yet
    after(controller.set_form, "pins")
    assert [(r.layer, r.head) for r in shown.head.pinned] == [(0, 1), (2, 0)]
    after(controller.toggle_pin, 1, 1)
    assert questions(fake_engine, SeveralHeadsRequest)[-1].heads == ((1, 1),)
    typed("abc")
    assert questions(fake_engine, SeveralHeadsRequest)[-1].heads == ((0, 1), (2, 0), (1, 1))
    assert {r.n_tokens for r in shown.head.pinned} == {3}


def test_the_part_in_sight_of_a_pooled_map_is_asked_for_exactly(
    controller, shown, typed, after, fake_engine
):
    fake_engine.block = 4
    typed("a" * 20)
    assert shown.head.record.block == 4
    assert shown.head.tile is None
    after(controller.set_visible, (4, 12, 0, 8))
    assert (shown.head.tile.rows, shown.head.tile.columns) == ((0, 16), (0, 12))  # with a margin
    assert shown.head.tile.block == 1
    n_asked = len(questions(fake_engine, TileRequest))
    controller.set_visible((5, 13, 2, 10))  # inside what is known
    assert len(questions(fake_engine, TileRequest)) == n_asked
    after(controller.set_visible, (12, 20, 12, 20))
    assert (shown.head.tile.rows, shown.head.tile.columns) == ((8, 20), (8, 20))
    after(controller.set_head, 1, 1)
    assert (shown.head.tile.layer, shown.head.tile.head) == (1, 1)
    typed("a" * 21)
    assert shown.head.tile.n_tokens == 21


def test_an_exact_map_needs_no_tile(controller, typed, fake_engine):
    typed("abcdef")
    controller.set_visible((0, 3, 0, 3))
    assert not questions(fake_engine, TileRequest)
    assert controller.is_settled


def test_a_long_text_shows_a_head_coarsely_at_once(
    controller, shown, typed, fake_engine, monkeypatch, qtbot
):
    monkeypatch.setattr("visualizer.session.facts.COARSE_TOKENS", 4)
    typed("abcdef")
    fake_engine.holds = {"head"}
    controller.set_head(1, 0)
    assert shown.head.is_coarse
    assert not shown.head.stale
    assert np.array_equal(shown.head.record.weights, shown.overview.thumbnails[1, 0])
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release()
    assert not shown.head.is_coarse
    controller.set_head(2, "mean")  # the mean of maxima is no maximum of means
    assert not shown.head.is_coarse
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release()


def test_metrics_follow_the_text(controller, shown, typed, fake_engine):
    typed("ab")
    assert shown.overview.metrics.n_tokens == 2
    typed("abc")
    assert shown.overview.metrics.n_tokens == 3
    assert len(questions(fake_engine, MetricsRequest)) == 2


def test_heads_of_a_long_text_are_measured_when_that_is_wished(
    controller, shown, typed, after, fake_engine, monkeypatch
):
    monkeypatch.setattr(attention_feed, "METRICS_AT_ONCE_TOKENS", 3)
    typed("abcd")
    assert shown.overview.metrics is None
    after(controller.set_overview_display, OverviewDisplay(order="induction"))
    assert shown.overview.ranking[0] == (2, 1)
    assert len(shown.overview.ranking) == 6


def test_heads_are_ranked_by_a_region(controller, shown, typed, after, fake_engine):
    typed("abcd")
    display = OverviewDisplay(order="region", region=(1, 9, 0, 2))
    after(controller.set_overview_display, display)
    asked = questions(fake_engine, RegionRequest)[-1]
    assert (asked.rows, asked.columns) == ((1, 4), (0, 2))  # as much of it as the text has


def test_a_failed_survey_is_said_in_passing(controller, shown, typed, after, fake_engine):
    typed("abcd")
    fake_engine.raises = VisualizerError("no")
    after(controller.set_overview_display, OverviewDisplay(order="region", region=(1, 3, 0, 2)))
    assert str(shown.remarks[-1]) == "no"
    assert isinstance(shown.head, HeadView)


def test_a_pair_is_taken_apart_while_the_inspector_is_in_sight(
    controller, shown, typed, after, fake_engine
):
    typed("abc")
    assert shown.pair is NO_PAIR
    controller.inspect_pair(2, 0)
    assert not questions(fake_engine, PairRequest)
    after(controller.set_inspecting, True)
    assert isinstance(shown.pair, PairView)
    assert (shown.pair.record.query, shown.pair.record.key) == (2, 0)
    assert shown.pair.candidate_text == "a"
    after(controller.set_query, 1)
    assert shown.pair.record.query == 1
    after(controller.set_candidate, ord("q"))
    assert shown.pair.candidate_text == "q"
    after(controller.set_head, 2, 1)
    assert shown.pair.record.layer == 2
    typed("abcd")
    assert shown.pair.record.query == 3
    assert not shown.pair.stale
    controller.end_inspection()
    assert shown.pair is NO_PAIR


def test_a_mean_has_no_pairs(controller, shown, typed, after, fake_engine):
    typed("abc")
    controller.set_inspecting(True)
    after(controller.inspect_pair, 1, 0)
    n_asked = len(questions(fake_engine, PairRequest))
    after(controller.set_head, 1, "mean")
    assert shown.pair is NO_PAIR_OF_MEAN
    assert len(questions(fake_engine, PairRequest)) == n_asked


def test_a_key_that_the_text_has_no_more_is_not_asked_about(controller, shown, typed, after):
    typed("abcdef")
    controller.set_inspecting(True)
    after(controller.inspect_pair, 5, 4)
    typed("ab")
    assert controller.is_settled
    assert not isinstance(shown.pair, PairView) or shown.pair.stale


def test_words_begin_with_the_whole_map_in_sight(controller, typed, after):
    typed("abc")
    controller.set_visible((0, 2, 0, 2))
    after(controller.set_treatment, Treatment(granularity="words"))
    assert controller.state.visible is None


def test_a_display_that_does_not_rank_is_the_grid(controller, shown, typed):
    typed("abc")
    controller.set_pins(((0, 1),))
    controller.set_overview_display(replace(controller.state.overview, only_pinned=True))
    assert shown.overview.ranking == ((0, 1),)


def test_the_head_of_a_long_text_does_not_delay_its_bars(
    controller, shown, typed, fake_engine, monkeypatch
):
    monkeypatch.setattr("visualizer.ui.controller.HEAD_AT_ONCE_CHARS", 3)
    typed("abc")
    assert questions(fake_engine, ForwardRequest)[-1].layer == 0
    typed("abcd")
    assert questions(fake_engine, ForwardRequest)[-1].layer is None
    assert shown.head.record.n_tokens == 4


def test_labels_come_to_a_head_that_is_already_on_show(
    controller, shown, typed, after, fake_engine, qtbot
):
    typed("abcdefgh")
    after(controller.set_head, 2, 1)
    assert shown.head.labels
    fake_engine.holds = {"survey"}
    controller.set_prompt("abcdefghi")
    qtbot.waitUntil(lambda: shown.head.record.n_tokens == 9, **WAIT)
    assert not shown.head.labels  # those of another text are not shown
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.gate.release()
    assert shown.head.labels


def test_a_head_that_the_model_has_not_is_not_previewed(controller, shown, typed, fake_engine):
    typed("ab")
    before = shown.head
    for layer, head in ((fake_engine.n_layers, 0), (0, fake_engine.n_heads)):
        controller.preview_head(layer, head)  # of the model before, on which the pointer rested
    assert controller.is_settled
    assert not questions(fake_engine, HeadRequest)
    assert shown.head is before
