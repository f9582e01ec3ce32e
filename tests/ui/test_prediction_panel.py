"""The prediction panel: its words and what it passes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSpinBox

from visualizer.engine.errors import EmptyPromptError
from visualizer.session.views import BarsView, Candidate, Unavailable
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


def words(panel: PredictionPanel) -> str:
    return " | ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def test_says_where_and_how_undecided(panel):
    panel.set_view(VIEW)
    assert "after ·single (position 9)" in words(panel)
    assert panel.facts() == "V 49,152   entropy 1.13 bits"
    assert panel.message() == ""


def test_says_how_many_are_kept_only_while_parameters_are_on(panel):
    panel.set_view(replace(VIEW, shaped=True))
    assert "1 kept" in panel.facts()
    panel.set_view(VIEW)
    assert "kept" not in panel.facts()


def test_says_what_really_came_also_if_it_is_not_listed(panel):
    panel.set_view(replace(VIEW, is_last=False, actual_id=5001))
    assert "▸ actual: rank 2" in panel.facts()
    panel.set_view(replace(VIEW, is_last=False, actual_id=77))
    assert "actual: not listed" in panel.facts()
    panel.set_view(VIEW)
    assert "actual" not in panel.facts()


def test_unavailable_shows_the_reason_and_no_old_number(panel):
    panel.set_view(VIEW)
    panel.set_view(Unavailable(EmptyPromptError("Type something, {name}.", name="you")))
    assert panel.message() == "Type something, you."
    assert panel.facts() == ""
    assert "single" not in words(panel)
    panel.set_view(VIEW)
    assert panel.message() == ""


def test_passes_on_what_is_chosen_and_appended(qtbot, panel):
    panel.set_view(VIEW)
    with qtbot.waitSignals([panel.candidate_selected, panel.candidate_activated]):
        qtbot.keyClick(panel.chart, Qt.Key.Key_Down)
        qtbot.keyClick(panel.chart, Qt.Key.Key_Return)


def test_number_of_candidates(qtbot, panel):
    box = panel.findChild(QSpinBox)
    assert (box.minimum(), box.maximum()) == (5, 500)
    counts: list[int] = []
    panel.candidate_count_changed.connect(counts.append)
    panel.set_candidate_count(25)
    assert (box.value(), counts) == (25, [])
    box.selectAll()
    qtbot.keyClicks(box, "300")
    assert counts == [], "not before it is typed to its end"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert counts == [300]


def test_everything_is_named(panel):
    assert panel.accessibleName()
    assert panel.chart.accessibleName()
    box = panel.findChild(QSpinBox)
    assert box.accessibleName()
    assert box.toolTip()
