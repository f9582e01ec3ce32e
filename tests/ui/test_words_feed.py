"""Words that are followed, with a fake engine: what is asked, when, and what is shown of it."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.engine.path_records import PathRequest
from visualizer.engine.records import ForwardRequest, HeadRequest
from visualizer.session.asked_tokens import MOST_ASKED

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


def test_a_single_token_is_told_at_once(controller, shown, typed, fake_engine):
    typed("ab")
    controller.ask_word("c")
    (row,) = shown.bars.words
    assert row.candidate.token_id == ord("c")
    assert row.prob == shown.bars.candidates[0].prob
    assert questions(fake_engine, PathRequest) == []


def test_a_word_of_several_tokens_is_asked_for_and_followed(
    controller, shown, typed, after, fake_engine
):
    typed("ab")
    after(controller.ask_word, "xyz")
    (asked,) = questions(fake_engine, PathRequest)
    assert (asked.position, asked.words) == (1, (tuple(b"xyz"),))
    (row,) = shown.bars.words
    assert row.prob == pytest.approx(0.5**6)
    assert [part.prob for part in row.parts] == pytest.approx([0.5, 0.25, 0.125])
    typed("abc")
    assert questions(fake_engine, PathRequest)[-1].position == 2
    (row,) = shown.bars.words
    assert row.prob == pytest.approx(0.5**6)
    assert row.old_prob == pytest.approx(0.5**6)
    assert shown.bars.old_probs is not None


def test_only_what_is_missing_is_asked(controller, typed, after, fake_engine):
    typed("ab")
    after(controller.ask_word, "xyz")
    after(controller.ask_word, "uv")
    assert questions(fake_engine, PathRequest)[-1].words == (tuple(b"uv"),)
    n = len(questions(fake_engine, PathRequest))
    controller.forget_word("xyz")
    controller.ask_word("xyz")  # still known
    assert len(questions(fake_engine, PathRequest)) == n
    typed("abc")
    assert questions(fake_engine, PathRequest)[-1].words == (tuple(b"uv"), tuple(b"xyz"))


def test_words_come_after_bars_and_heads(controller, typed, after, fake_engine):
    typed("ab")
    after(controller.ask_word, "xyz")
    before = len(fake_engine.asked)
    after(controller.set_head, 1, 1)
    typed("abc")
    kinds = [type(question) for question in fake_engine.asked[before:]]
    assert kinds.index(PathRequest) > kinds.index(ForwardRequest) > kinds.index(HeadRequest)


def test_words_are_followed_at_the_selected_token(controller, shown, typed, after, fake_engine):
    typed("abcd")
    after(controller.ask_word, "xy")
    after(controller.set_query, 1)
    assert questions(fake_engine, PathRequest)[-1].position == 1
    bars = shown.bars
    assert bars.position == bars.query == 1
    assert not bars.words[0].awaited
    assert bars.actual.token_id == ord("c")
    n = len(questions(fake_engine, PathRequest))
    controller.set_query(3)  # known from before
    assert len(questions(fake_engine, PathRequest)) == n
    assert shown.bars.words[0].prob == pytest.approx(0.5**3)


def test_a_failure_is_said_in_the_rows_and_only_there(controller, shown, typed, after, fake_engine):
    typed("ab")
    fake_engine.raises = VisualizerError("It keeps a state.")
    after(controller.ask_word, "xy")
    (row,) = shown.bars.words
    assert str(row.problem) == "It keeps a state."
    assert np.isnan(row.prob)
    controller.ask_word("uv")  # which would fail for the same reason
    assert len(questions(fake_engine, PathRequest)) == 1
    typed("abc")
    assert shown.bars.words[0].problem is None


def test_an_answer_about_an_older_text_is_dropped(
    qtbot, controller, shown, typed, after, fake_engine
):
    typed("ab")
    fake_engine.holds = {"paths"}
    controller.ask_word("xy")
    assert fake_engine.entered.acquire(timeout=20)
    assert shown.bars.words[0].awaited
    fake_engine.holds = set()
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.set_prompt("abc")
        fake_engine.gate.release()
    asked = questions(fake_engine, PathRequest)
    assert asked[0].cancel.cancelled
    assert asked[-1].position == 2
    assert not shown.bars.words[0].awaited


def test_nothing_is_asked_while_tokens_are_generated(qtbot, controller, shown, typed, fake_engine):
    typed("ab")
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.ask_word("xy")
    n = len(questions(fake_engine, PathRequest))
    with qtbot.waitSignal(controller.settled, **WAIT):
        controller.generate(3)
    assert len(questions(fake_engine, PathRequest)) == n + 1, "once, when it has ended"
    assert shown.bars.words[0].prob == pytest.approx(0.5**3)


def test_a_word_asked_for_during_a_generation_waits_for_its_end(
    qtbot, controller, shown, typed, fake_engine
):
    typed("ab")
    fake_engine.holds = {"token"}
    controller.generate(2)
    fake_engine.gate.release()
    qtbot.waitUntil(lambda: shown.bars.n_tokens == 3, **WAIT)  # the second token is held
    controller.ask_word("xy")
    assert shown.bars.words[0].awaited
    with qtbot.waitSignal(controller.settled, **WAIT):
        fake_engine.holds = set()
        fake_engine.gate.release()
    (asked,) = questions(fake_engine, PathRequest)
    assert asked.position == 3
    assert not shown.bars.words[0].awaited


def test_what_may_be_meant_depends_on_what_stands_before(controller, typed):
    heard = []
    controller.readings_changed.connect(heard.append)
    controller.read_word("x")
    typed("ab")
    controller.read_word("x")
    typed("ab ")
    controller.read_word("x")
    controller.read_word("<end>")
    controller.read_word("#300")
    words = [tuple(reading.word for reading in readings) for readings in heard]
    assert words == [("x", " x"), (" x", "x"), ("x", " x"), ("#256", "<end>"), ("#300", "'#300'")]
    assert heard[1][0].ids == (32, 120)
    assert heard[-1][0].problem is not None


def test_the_same_word_twice_and_too_many_words(controller, shown, typed):
    typed("ab")
    controller.ask_word("x")
    controller.ask_word("x")
    assert len(shown.remarks) == 1
    for n in range(MOST_ASKED + 2):
        controller.ask_word(f"#{n}")
    assert len(controller.state.asked) == MOST_ASKED
    assert str(MOST_ASKED) in str(shown.remarks[-1])
    controller.forget_word("x")
    controller.forget_word("never asked")
    assert "x" not in controller.state.asked


def test_the_axis_is_an_intent(controller, shown, typed):
    typed("ab")
    controller.set_prob_axis("log")
    assert shown.bars.axis == controller.state.prob_axis == "log"


def test_without_a_model_nothing_is_meant(make_controller):
    controller = make_controller()
    heard = []
    controller.readings_changed.connect(heard.append)
    controller.read_word("x")
    assert heard == [()]


def test_in_the_window(qtbot, app):
    window, controller = app.window, app.controller
    panel = window.prediction_panel
    window.actions_by_key["ask_word"].trigger()
    qtbot.waitUntil(panel.entry.hasFocus)
    qtbot.keyClicks(panel.entry, "xy")
    assert panel.entry.choices.count() == 2
    with qtbot.waitSignal(controller.settled, **WAIT):
        qtbot.keyClick(panel.entry, "\r")
    assert controller.state.asked == (" xy",)
    assert panel.pins.n_rows == 1
    with qtbot.waitSignal(controller.settled, **WAIT):
        panel.scrubber.step(-1)
    assert controller.state.query == 0
    assert panel.pins.n_rows == 2
    panel.axis_switch.button("log").click()
    assert controller.state.prob_axis == "log"
    panel.pins.word_removed.emit(" xy")
    assert controller.state.asked == ()
