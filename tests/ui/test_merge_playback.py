"""The merges of a token, step by step."""

from __future__ import annotations

import pytest

from visualizer.engine.encodings import load_encoding
from visualizer.ui.widgets import merge_playback
from visualizer.ui.widgets.merge_playback import MergePlayback

WAIT = {"timeout": 6_000}


@pytest.fixture(scope="module")
def steps():
    return load_encoding("gpt2").merge_rules().play(36469)  # a space and two thirds of 大


@pytest.fixture
def playback(qtbot, monkeypatch, steps):
    monkeypatch.setattr(merge_playback, "STEP_MS", 1)
    widget = MergePlayback()
    qtbot.addWidget(widget)
    widget.show()
    widget.set_steps(steps)
    return widget


def test_it_begins_at_the_end_and_goes_to_any_step(playback, steps):
    assert playback.step == 2
    assert playback.parts() == (b" \xe5\xa4",)
    assert playback.caption() == "Step 2 of 2: merge 36,469 joins ·⟨E5⟩ and ⟨A4⟩."
    playback.go_to(0)
    assert playback.parts() == (b" ", b"\xe5", b"\xa4")
    assert playback.caption() == "Step 0 of 2: the single parts."


def test_play_goes_through_all_steps_and_stops(qtbot, playback):
    seen = []
    playback._slider.valueChanged.connect(seen.append)
    playback.toggle_play()
    assert playback.is_playing
    qtbot.waitUntil(lambda: not playback.is_playing, **WAIT)
    assert seen == [0, 1, 2]


def test_another_token_or_a_hidden_page_ends_the_play(playback, steps):
    for end in (lambda: playback.set_steps(steps), playback.hide, playback.toggle_play):
        playback.show()
        playback.toggle_play()
        assert playback.is_playing
        end()
        assert not playback.is_playing


def test_without_steps_there_is_nothing_to_play(playback):
    playback.set_steps(())
    assert (playback.parts(), playback.caption()) == ((), "")
    playback.toggle_play()
    assert not playback.is_playing
    playback.grab()
