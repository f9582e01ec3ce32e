"""Three minutes: the table to beat, the clock, and what counts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from visualizer.lessons.training_events import StepsTaken
from visualizer.lessons.training_settings import StepRecord
from visualizer.lessons.training_texts import built_in_text
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.lessons.challenge_minutes import SECONDS, MinutesPane, table_loss
from visualizer.ui.lessons.challenge_page import ChallengePage
from visualizer.ui.lessons.microscope import Microscope

WAIT = {"timeout": 60_000}


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def page(qtbot: QtBot):
    page = ChallengePage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    page.set_active(True)
    yield page
    assert page.shutdown(10_000)


@pytest.fixture
def pane(page) -> MinutesPane:
    page.minutes.now = Clock()
    return page.minutes


def step(n: int, held_out: float | None) -> StepsTaken:
    return StepsTaken((StepRecord(n, 2.0, held_out, held_out, 0.001, 1.0, 1000.0),))


def test_the_table_is_that_of_lesson_4_on_the_same_held_out_tenth():
    """Witten-Bell interpolation, written out (Chen and Goodman 1998, section 2.6)."""
    text = built_in_text("stories")
    end = len(text) - len(text) // 10
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for place in range(end):
        for k in range(min(place, 5) + 1):
            rows[text[place - k : place]][text[place]] += 1
    held_out, surprises = text[end:], []
    for place, character in enumerate(held_out):
        p = 1 / (len(set(text[:end])) + 1)
        for k in range(min(place, 5) + 1):
            row = rows.get(held_out[place - k : place])
            if row is None:
                break
            p = (row[character] + len(row) * p) / (row.total() + len(row))
        surprises.append(-math.log(p))
    assert table_loss(Ticket(lambda *_: None)) == pytest.approx(np.mean(surprises), rel=1e-9)


def test_the_table_is_counted_when_it_comes_into_sight(page, pane, qtbot):
    assert math.isnan(pane.target)
    page.follow("try:minutes")
    qtbot.waitUntil(lambda: not math.isnan(pane.target), **WAIT)
    assert f"To beat: {pane.target:.3f} nats." == pane.verdict.text()


def test_the_clock_starts_with_the_first_step_and_what_is_late_does_not_count(pane):
    pane.target = 0.4
    assert pane.seconds_left() == SECONDS
    pane._on_stepped(step(1, 1.0))
    pane.now.seconds = 100.0
    assert pane.seconds_left() == 80
    pane._on_stepped(step(2, 0.5))
    assert pane.best == 0.5
    assert not pane.is_won
    pane.now.seconds = 179.9
    pane._on_stepped(step(3, 0.39))
    pane.now.seconds = 180.0
    pane._on_stepped(step(4, 0.1))
    assert pane.best == 0.39
    assert pane.is_won
    pane._on_tick()
    assert pane.verdict.text().startswith("✓ 0.390 nats")
    assert pane.clock.text() == "0:00 left"


def test_without_a_loss_below_the_table_it_is_lost(pane):
    pane.target = 0.4
    pane._on_stepped(step(1, 0.41))
    pane._on_state_changed()
    assert pane.verdict.text().startswith("✗ 0.410 nats: the table has 0.400")
    assert pane.chart_now() is not None


def test_a_training_starts_runs_and_ends_with_the_clock(page, pane, qtbot):
    page.follow("try:minutes")
    qtbot.waitUntil(lambda: not math.isnan(pane.target), **WAIT)
    for key, value in (("d_model", 16), ("nhead", 2), ("num_layers", 1), ("batch", 4)):
        pane.sizes.boxes[key].setValue(value)
    pane.start.click()
    assert pane.is_running
    assert page.is_busy()
    assert not pane.sizes.boxes["d_model"].isEnabled()
    qtbot.waitUntil(lambda: len(pane.curves) > 5, **WAIT)
    pane.now.seconds = SECONDS + 1
    qtbot.waitUntil(lambda: not pane.is_running, **WAIT)
    assert pane.verdict.text()
    assert pane.sizes.boxes["d_model"].isEnabled()
    assert not pane.sizes.boxes["target"].isEnabled()
    assert any(exhibit.key == "three-minutes" for exhibit in page.exhibits())
    page.reset()
    assert len(pane.curves) == 0
    assert pane.seconds_left() == SECONDS


def test_sizes_that_do_not_go_together_are_said(pane):
    pane.sizes.boxes["nhead"].setValue(7)
    pane.start.click()
    assert not pane.is_running
    assert "7 heads do not divide" in pane.complaint.text()
