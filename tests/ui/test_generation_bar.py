"""The bar of generation and its scrubber: what they show and what they ask for."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSlider, QSpinBox

from visualizer.session.generated_steps import GeneratedStep, GenerationView, ReplayView
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.generation_bar import GenerationBar

STEP = GeneratedStep(7, 42, b" step", math.log(0.25), math.log(0.5), 3, 9, 11, 50.0)


def view_of(**values) -> GenerationView:
    values = {
        "can_generate": True, "generating": False, "paused": False, "made": 0,
        "tokens_per_second": None, "until": "count", "n_generate": 20, "stop_string": "",
        "ends_at_end_of_text": True, **values,
    }  # fmt: skip
    return GenerationView(**values)


@pytest.fixture
def bar(qtbot, qapp) -> GenerationBar:
    apply_theme(qapp, THEMES["light"])
    widget = GenerationBar()
    qtbot.addWidget(widget)
    widget.resize(368, 60)
    widget.layout().insertWidget(0, widget.wish)
    widget.set_view(view_of())
    widget.show()
    return widget


def button(bar: GenerationBar, name: str) -> QAbstractButton:
    return next(b for b in bar.findChildren(QAbstractButton) if b.accessibleName() == name)


@pytest.mark.parametrize(
    ("view", "text", "can_be_pressed"),
    [
        (view_of(), "Pause", False),
        (view_of(can_generate=False, generating=True), "Pause", True),
        (view_of(paused=True), "Go on", True),
    ],
)
def test_the_pause_follows_what_can_be_done(bar, view, text, can_be_pressed):
    width = button(bar, "Pause").width()
    bar.set_view(view)
    assert button(bar, text).isEnabled() is can_be_pressed
    assert button(bar, text).toolTip()
    assert button(bar, text).width() == width


def test_the_menu_says_what_each_way_comes_to(bar):
    def texts():
        return [action.text() for action in bar.until_menu.actions()]

    assert texts() == ["20 tokens", "until it ends", "until …"]
    bar.set_view(view_of(n_generate=1, stop_string="A & B"))
    assert texts() == ["1 token", "until it ends", "until “A && B”"]


def test_the_pause_asks(qtbot, bar):
    bar.set_view(view_of(paused=True))
    with qtbot.waitSignal(bar.pause_toggled):
        qtbot.mouseClick(button(bar, "Go on"), Qt.MouseButton.LeftButton)


def test_a_run_ends_by_number_end_or_text(qtbot, bar):
    asked: list[object] = []
    for signal in (bar.count_changed, bar.until_changed, bar.stop_string_changed):
        signal.connect(asked.append)
    box = bar.findChild(QSpinBox)
    line = next(e for e in bar.findChildren(QLineEdit) if e.accessibleName() == "Stop string")
    bar.set_view(view_of(n_generate=33, stop_string="END"))
    assert (box.value(), line.text(), asked) == (33, "END", [])
    assert box.isVisible()
    box.setValue(50)
    bar._untils["string"].trigger()
    assert line.isVisible()
    assert not box.isVisible()
    line.clear()
    qtbot.keyClicks(line, "a.")
    bar._untils["end"].trigger()
    assert asked == [50, "string", "a", "a.", "end"]


def test_speed_is_shown_while_it_means_something(bar):
    bar.set_view(view_of(generating=True, made=12, tokens_per_second=14.26))
    assert bar.progress.text() == "12 made, 14.3/s"
    bar.set_view(view_of())
    assert bar.progress.text() == ""


def test_the_scrubber_keeps_its_place_and_folds_while_there_are_no_steps(bar):
    assert bar.scrubber.isVisible(), "so that the first step shifts nothing"
    assert not bar.scrubber.isEnabled()
    assert bar.scrubber.text() == "no step yet"
    bar.set_folded(True)
    assert not bar.scrubber.isVisible()
    bar.set_view(view_of(replay=ReplayView(20)))
    assert bar.scrubber.isVisible()
    assert bar.scrubber.text() == "20 steps"
    bar.set_view(view_of(replay=ReplayView(20, 2, STEP, "·step")))
    assert bar.scrubber.text() == "step 3 of 20   ·step 25.0 % → 50.0 %"
    tip = bar.scrubber.findChildren(type(bar.progress))[0].toolTip()
    for part in ("step 3 of 20: ·step", "25.0 %", "50.0 %", "Rank 3", "seed 9", "draw 12"):
        assert part in tip


def test_scrubbing_asks_for_steps(qtbot, bar):
    chosen: list[int] = []
    bar.step_chosen.connect(chosen.append)
    bar.set_view(view_of(replay=ReplayView(20)))
    assert chosen == [], "showing a view asks for nothing"
    assert not button(bar.scrubber, "Step forward").isEnabled()
    qtbot.mouseClick(button(bar.scrubber, "Step back"), Qt.MouseButton.LeftButton)
    bar.set_view(view_of(replay=ReplayView(20, 19, STEP, "x")))
    qtbot.mouseClick(button(bar.scrubber, "Step forward"), Qt.MouseButton.LeftButton)
    bar.scrubber.findChild(QSlider).setValue(4)
    assert chosen == [19, 20, 4]
    bar.set_view(view_of(replay=ReplayView(20, 0, STEP, "x")))
    assert not button(bar.scrubber, "Step back").isEnabled()


def test_replay_goes_to_the_end_and_halts(qtbot, bar):
    scrubber, chosen = bar.scrubber, []

    def follow(index):
        chosen.append(index)
        replay = ReplayView(3, index, STEP, "x") if index < 3 else ReplayView(3)
        bar.set_view(view_of(replay=replay))

    bar.step_chosen.connect(follow)
    bar.set_view(view_of(replay=ReplayView(3)))
    scrubber._paces.actions()[-1].trigger()
    qtbot.mouseClick(button(scrubber, "Replay"), Qt.MouseButton.LeftButton)
    assert scrubber.is_playing
    qtbot.waitUntil(lambda: not scrubber.is_playing)
    assert chosen == [0, 1, 2, 3]


def test_replay_halts_when_asked_and_when_its_steps_are_gone(qtbot, bar):
    bar.set_view(view_of(replay=ReplayView(3, 0, STEP, "x")))
    bar.scrubber.toggle_playing()
    bar.scrubber.toggle_playing()
    assert not bar.scrubber.is_playing
    bar.scrubber.toggle_playing()
    bar.set_view(view_of())
    assert not bar.scrubber.is_playing


def test_everything_is_named_and_explained(bar):
    bar.set_view(view_of(replay=ReplayView(3, 0, STEP, "x")))
    for kind in (QAbstractButton, QSpinBox, QSlider):
        for widget in bar.findChildren(kind):
            assert widget.accessibleName(), widget
            assert widget.toolTip(), widget
