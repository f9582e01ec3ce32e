"""The network by hand on its page: what is on show is what the functions compute."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from visualizer.lessons.hand_network import backward, forward, mean_loss, random_network, step
from visualizer.ui.lessons.network_hand import MANY, NAMES, NETWORK_LINKS, HandNetwork

LOVE, ORANGES = 1, 2


@pytest.fixture
def hand(qtbot: QtBot) -> HandNetwork:
    hand = HandNetwork()
    qtbot.addWidget(hand)
    hand.resize(800, 620)
    hand.show()
    return hand


def shown(hand: HandNetwork, name: str) -> np.ndarray:
    return hand.views[name].matrix().values


def test_a_round_is_forward_backward_step(hand, qtbot):
    begun = random_network(5, 0)
    for name in ("u", "h", "z", "p", "d_z", "d_w1"):
        assert np.isnan(shown(hand, name)).all()
    assert "?" in hand.loss.text()
    qtbot.mouseClick(hand.next, Qt.MouseButton.LeftButton)
    seen = forward(begun, LOVE, ORANGES)
    np.testing.assert_array_equal(shown(hand, "p"), seen.p)
    assert f"{seen.loss:.4g} nats" in hand.loss.text()
    assert np.isnan(shown(hand, "d_w2")).all()
    qtbot.mouseClick(hand.next, Qt.MouseButton.LeftButton)
    gradients = backward(begun, seen, LOVE, ORANGES)
    for name in ("w1", "w2", "u", "h", "z"):
        np.testing.assert_array_equal(shown(hand, f"d_{name}"), getattr(gradients, name))
    hand.rate.setValue(0.5)
    qtbot.mouseClick(hand.next, Qt.MouseButton.LeftButton)
    after = step(begun, gradients, 0.5)
    np.testing.assert_array_equal(shown(hand, "w1"), after.w1)
    np.testing.assert_array_equal(shown(hand, "w2"), after.w2)
    assert np.isnan(shown(hand, "p")).all()
    assert len(hand.losses) == 2
    hand.go_on()
    assert hand.seen().loss < seen.loss


def test_many_steps_come_to_what_the_table_counted(hand):
    for _ in range(5):
        hand.many.click()
    assert len(hand.losses) == 1 + 5 * MANY
    assert hand.losses[-1] == pytest.approx(hand.least_loss(), abs=0.01)
    assert hand.losses[-1] == mean_loss(hand.network, hand._bigrams.pairs)
    assert shown(hand, "p")[0, ORANGES] == pytest.approx(2 / 3, abs=0.02)


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_of_a_cell_comes_to_its_value(hand, name):
    hand.go_to("forward" if name in ("w1", "w2") else "backward")
    row, column = (LOVE if name.endswith("w1") else 0), 1
    hand.look_at(name, row, column)
    value = shown(hand, name)[row, column]
    said = hand.arithmetic.text().rsplit("= ", 1)[-1].replace("−", "-").strip("()")
    assert float(said) == pytest.approx(value, abs=0.006 * max(1, abs(value)))
    assert hand.meaning.text()


def test_what_is_not_computed_yet_is_not_spelled_out(hand):
    hand.look_at("d_z", 0, 0)
    assert hand.arithmetic.text() == "not computed yet: press Next: Forward"


def test_after_the_way_back_a_weight_says_where_it_goes(hand):
    hand.go_to("backward")
    hand.look_at("w2", 0, 1)
    slope = hand.gradients().w2[0, 1]
    said = hand.arithmetic.text().rsplit("= ", 1)[-1].replace("−", "-")
    assert float(said) == pytest.approx(hand.network.w2[0, 1] - slope, abs=0.006)


def test_a_weight_that_is_typed_is_used_and_too_large_a_one_is_refused(hand):
    hand.views["w1"].cell_edited.emit(LOVE, 0, 2.0)
    hand.go_on()
    assert shown(hand, "h")[0, 0] == np.tanh(2.0)
    hand.views["w1"].cell_edited.emit(LOVE, 0, float("inf"))
    assert "too large" in hand.complaint.text()
    assert hand.network.w1[LOVE, 0] == 2.0
    hand.views["w1"].cell_edited.emit(LOVE, 0, 1.0)
    assert hand.complaint.isHidden()


def test_another_pair_and_other_weights_begin_a_new_round(hand):
    hand.go_to("backward")
    hand.show_pair("you", "love")
    assert hand.stage == "begin"
    assert hand.word == 4
    hand.random.click()
    np.testing.assert_array_equal(hand.network.w1, random_network(5, 1).w1)
    assert len(hand.losses) == 1


def test_a_wild_rate_stays_a_number(hand):
    hand.rate.setValue(100)
    hand.many.click()
    assert np.isfinite(hand.losses).all()
    assert np.isfinite(shown(hand, "p")).all()


@pytest.mark.parametrize("link", NETWORK_LINKS)
def test_every_link_does_something_at_any_stage(hand, link):
    for stage in ("begin", "forward", "backward"):
        hand.go_to(stage)
        hand.show_pair("you", "love")  # whatever the reader had chosen, the text's pair is shown
        hand.follow(link)
        assert (hand.word, hand.target) == (LOVE, ORANGES)


def test_the_hundred_steps_of_the_text_come_to_what_it_says(hand):
    hand.rate.setValue(50)
    hand.show_pair("you", "love")
    hand.follow("try:network")
    hand.rate.setValue(50)
    hand.follow("try:steps")
    assert shown(hand, "p")[0, ORANGES] == pytest.approx(2 / 3, abs=0.03)


def test_the_exhibit_is_what_is_on_show(hand):
    hand.go_to("backward")
    exhibit = hand.exhibit()
    np.testing.assert_array_equal(exhibit.arrays["d_w2"], hand.gradients().w2)
    assert len(exhibit.rows) == sum(array.size for array in exhibit.arrays.values())
