"""The prediction panel: its words and what it passes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSpinBox

from visualizer.engine.errors import EmptyPromptError
from visualizer.session.asked_tokens import Reading
from visualizer.session.views import BarsView, Candidate, Unavailable, WordPart, WordRow
from visualizer.ui.panels.prediction_panel import PredictionPanel
from visualizer.ui.theme import THEMES, apply_theme

ROWS = (
    Candidate(1, 2060, b" step", "·step", 20.0, 0.783, 1.0, kept=True),
    Candidate(2, 5001, b" decision", "·decision", 18.5, 0.177, 0.0, kept=False),
)
VIEW = BarsView(
    position=9,
    position_text="·single",
    is_last=True,
    candidates=ROWS,
    rest_prob=0.04,
    rest_sampled_prob=0.0,
    n_kept=1,
    vocabulary_size=49_152,
    entropy_bits=1.1349,
    actual_id=None,
    shaped=False,
)


@pytest.fixture
def panel(qtbot, qapp) -> PredictionPanel:
    apply_theme(qapp, THEMES["light"])
    widget = PredictionPanel()
    widget.set_reduced_motion(True)
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    return widget


def spin_box(panel: PredictionPanel) -> QSpinBox:
    """The one for the number of rows."""
    (box,) = (box for box in panel.findChildren(QSpinBox) if box is not panel.scrubber.spin)
    return box


def words(panel: PredictionPanel) -> str:
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_says_where_and_how_undecided(panel):
    panel.set_view(VIEW)
    assert "after ·single" in words(panel)
    assert panel.facts() == "entropy 1.13 bits: as among 2.20 equally likely tokens   V 49,152"
    assert panel.message() == ""


@pytest.mark.parametrize(
    ("bits", "choices"),
    [(0.0, "1.00"), (1.0, "2.00"), (5.0, "32.0"), (10.0, "1,024"), (15.584963, "49,152")],
)
def test_the_entropy_is_named_as_a_number_of_choices(panel, bits, choices):
    panel.set_view(replace(VIEW, entropy_bits=bits))
    assert f"as among {choices} equally likely tokens" in panel.facts()


def test_says_how_many_are_kept_only_while_parameters_are_on(panel):
    panel.set_view(replace(VIEW, shaped=True))
    assert "1 kept" in panel.facts()
    panel.set_view(VIEW)
    assert "kept" not in panel.facts()


def test_the_token_that_really_came_has_a_row_of_its_own(panel):
    panel.set_view(VIEW)
    assert not panel.pins.isVisible()
    came = Candidate(120, 77, b" cat", "·cat", 3.0, 1e-4, 1e-4, kept=True)
    panel.set_view(replace(VIEW, is_last=False, actual_id=77, actual=came))
    assert panel.pins.isVisible()
    assert panel.pins.n_rows == 1
    tip = dict(panel.pins.tooltip_rows(0))
    assert (tip["rank"], tip["text"]) == ("120", "this token really came next")


def test_the_scrubber_follows_what_is_wished_and_tells_what_is_chosen(qtbot, panel):
    chosen: list[int] = []
    panel.position_selected.connect(chosen.append)
    panel.set_view(replace(VIEW, n_tokens=12, query=3))  # position 9 is still on show
    scrubber = panel.scrubber
    assert (scrubber.position(), scrubber.slider.value(), scrubber.spin.value()) == (3, 3, 3)
    assert scrubber.slider.maximum() == 11
    assert chosen == []
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Right)
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    qtbot.keyClick(panel.chart, Qt.Key.Key_Left)
    assert chosen == [4, 3, 2]
    scrubber.spin.setValue(11)
    qtbot.keyClick(panel.chart, Qt.Key.Key_Right)  # there is nothing beyond the end
    assert chosen == [4, 3, 2, 11]
    panel.set_view(replace(VIEW, n_tokens=1, query=0, position=0))
    assert not scrubber.isEnabled()
    assert chosen == [4, 3, 2, 11]


def test_the_axis_is_switched_by_the_user_only(qtbot, panel):
    axes: list[str] = []
    panel.axis_changed.connect(axes.append)
    panel.set_view(replace(VIEW, axis="log"))
    assert panel.axis_switch.axis() == "log"
    assert axes == []
    panel.axis_switch.button("fit").click()
    panel.set_view(replace(VIEW, axis="linear"))
    panel.axis_switch.button("log").click()
    panel.axis_switch.button("log").setFocus()
    qtbot.keyClick(panel.axis_switch.button("log"), Qt.Key.Key_Left)
    assert axes == ["fit", "log", "linear"]


def test_the_strokes_of_old_bars_have_a_legend_while_they_are_there(panel):
    old = replace(VIEW, old_probs=np.full(len(VIEW.candidates), 0.2))
    panel.set_view(old)
    assert "╎ before the edit" in panel.facts()
    for view in (VIEW, replace(old, shaped=True)):
        panel.set_view(view)
        assert "before" not in panel.facts()


def test_words_are_asked_for_and_removed(qtbot, panel):
    typed: list[str] = []
    asked: list[str] = []
    removed: list[str] = []
    panel.word_typed.connect(typed.append)
    panel.word_asked.connect(asked.append)
    panel.word_removed.connect(removed.append)
    panel.set_view(VIEW)
    panel.ask()
    qtbot.keyClicks(panel.entry, "st")
    panel.set_readings((Reading(" st", ("·st",), (336,)), Reading("st", ("s", "t"), (1, 2))))
    assert typed == ["s", "st"]
    assert panel.entry.choices.isVisible()
    assert panel.entry.choices.item(0).text() == "·st    one token, id 336"
    assert panel.entry.choices.item(1).text() == "st    2 tokens: s | t"
    qtbot.keyClick(panel.entry, Qt.Key.Key_Return)
    assert asked == [" st"]
    assert panel.entry.text() == ""
    assert not panel.entry.choices.isVisible()
    row = WordRow(" st", b" st", "·st", (WordPart(336, b" st", "·st", 0.1),), 0.1, ROWS[0])
    panel.set_view(replace(VIEW, words=(row,)))
    qtbot.keyClick(panel.pins, Qt.Key.Key_Down)
    qtbot.keyClick(panel.pins, Qt.Key.Key_Delete)
    assert removed == [" st"]


def test_unavailable_shows_the_reason_and_no_old_number(panel):
    panel.set_view(VIEW)
    panel.set_view(Unavailable(EmptyPromptError("Type something, {name}.", name="you")))
    assert panel.message() == "Type something, you."
    assert panel.facts() == ""
    assert not panel.pins.isVisible()
    assert not panel.scrubber.isEnabled()
    assert "single" not in words(panel)
    panel.set_view(VIEW)
    assert panel.message() == ""


def test_passes_on_what_is_chosen_and_appended(qtbot, panel):
    panel.set_view(VIEW)
    with qtbot.waitSignals([panel.candidate_selected, panel.candidate_activated]):
        qtbot.keyClick(panel.chart, Qt.Key.Key_Down)
        qtbot.keyClick(panel.chart, Qt.Key.Key_Return)


def test_number_of_candidates(qtbot, panel):
    box = spin_box(panel)
    assert box.text() == "auto"
    assert (box.minimum(), box.maximum()) == (4, 500)
    counts: list[int] = []
    panel.candidate_count_changed.connect(counts.append)
    panel.set_candidate_count(25)
    assert (box.value(), counts) == (25, [])
    box.selectAll()
    qtbot.keyClicks(box, "300")
    assert counts == [], "not before it is typed to its end"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert counts == [300]
    panel.resize(panel.width(), 2 * panel.height())
    assert panel.chosen_count == 300
    assert counts == [300]
    box.setValue(box.minimum())
    assert panel.chosen_count is None
    assert counts[-1] == max(counts[1:])
    assert 10 < counts[-1] <= panel.chart.viewport().height() // panel.chart.row_px


def test_everything_is_named(panel):
    assert panel.accessibleName()
    assert panel.chart.accessibleName()
    assert panel.pins.accessibleName()
    assert panel.entry.accessibleName()
    assert panel.entry.placeholderText()
    assert panel.axis_switch.accessibleName()
    for axis in ("fit", "linear", "log"):
        assert panel.axis_switch.button(axis).accessibleName()
        assert panel.axis_switch.button(axis).toolTip()
    box = spin_box(panel)
    assert box.accessibleName()
    assert box.toolTip()
