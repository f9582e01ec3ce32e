"""The inspector in the window: who opens it, on which pair, and what it leaves of the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from visualizer.engine.attention_records import PairRequest
from visualizer.engine.records import HeadRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.views import HeadView
from visualizer.ui.pair_commands import first_pair

WAIT = {"timeout": 20_000}


def make_text(n_tokens):
    n = np.arange(n_tokens, dtype=np.int64)
    return Tokenization("x" * n_tokens, n, (b"x",) * n_tokens, n, n + 1, 0, "made up")


def questions(fake_engine):
    return [each for each in fake_engine.asked if isinstance(each, PairRequest)]


def test_nothing_is_computed_while_the_inspector_is_hidden(qtbot, app, fake_engine):
    assert app.window.docks["pair"].isHidden()
    app.controller.inspect_pair(1, 0)
    assert questions(fake_engine) == []


def test_its_command_opens_it_on_a_pair_and_closes_it(qtbot, app, fake_engine):
    window, action = app.window, app.window.actions_by_key["inspect_pair"]
    action.trigger()
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    assert window.docks["pair"].isVisible()
    assert action.isChecked()
    asked = questions(fake_engine)[-1]
    assert (asked.query, asked.key) == (1, 0)
    assert window.width() <= 1281
    window.pair_panel.closed.emit()
    assert window.docks["pair"].isHidden()
    assert not action.isChecked()
    assert app.controller.state.key is None


def test_a_cell_of_the_map_opens_it_on_that_pair(qtbot, app, fake_engine):
    window = app.window
    window.head_panel.pair_inspected.emit(1, 1)
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    asked = questions(fake_engine)[-1]
    assert (asked.query, asked.key) == (1, 1)


def test_a_click_opens_it_until_it_has_been_closed_once(qtbot, app, fake_engine):
    window = app.window
    window.head_panel.pair_clicked.emit(1, 1)
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    assert window.docks["pair"].isVisible()
    window.pair_panel.closed.emit()
    window.head_panel.pair_clicked.emit(1, 0)
    assert window.docks["pair"].isHidden()
    assert app.controller.state.key is None, "nothing is marked that is not looked at"
    window.head_panel.pair_inspected.emit(1, 1)
    assert window.docks["pair"].isVisible()


def test_the_map_stays_where_it_is_when_it_opens_and_closes(qtbot, app):
    window = app.window
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.docks["overview"].width() >= 300, **WAIT)
    before = window.head_panel.geometry()
    window.head_panel.pair_clicked.emit(1, 1)
    qtbot.waitUntil(lambda: window.pair_panel.height() > 250, **WAIT)
    assert window.head_panel.geometry() == before
    window.pair_panel.closed.emit()
    qtbot.waitUntil(lambda: window.docks["pair"].isHidden(), **WAIT)
    assert window.head_panel.geometry() == before


@pytest.mark.parametrize("panel", ["head_panel", "pair_panel"])
def test_esc_closes_it_where_a_pair_is_looked_at(qtbot, app, panel):
    window, action = app.window, app.window.actions_by_key["inspect_pair"]
    action.trigger()
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    window.prompt_panel.setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.docks["pair"].isVisible()
    focus = window.pair_panel if panel == "pair_panel" else window.head_panel.heatmap
    focus.setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.docks["pair"].isHidden()
    assert not action.isChecked()


def test_the_selected_candidate_and_head_are_followed(qtbot, app, fake_engine):
    window = app.window
    window.actions_by_key["inspect_pair"].trigger()
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    window.prediction_panel.candidate_selected.emit(98)
    qtbot.waitUntil(lambda: questions(fake_engine)[-1].candidate_id == 98, **WAIT)
    app.controller.set_head(2, 1)
    qtbot.waitUntil(lambda: questions(fake_engine)[-1].layer == 2, **WAIT)
    app.controller.set_head(2, "mean")
    qtbot.waitUntil(lambda: "mean" in window.pair_panel.message(), **WAIT)


def test_another_key_from_its_own_row(qtbot, app, fake_engine):
    window = app.window
    window.actions_by_key["inspect_pair"].trigger()
    qtbot.waitUntil(lambda: window.pair_panel.summary() != "", **WAIT)
    window.pair_panel.competitors.key_selected.emit(1)
    qtbot.waitUntil(lambda: questions(fake_engine)[-1].key == 1, **WAIT)


def test_an_older_pair_never_looks_current(qtbot, app, fake_engine):
    app.window.actions_by_key["inspect_pair"].trigger()
    qtbot.waitUntil(lambda: app.window.pair_panel.summary() != "", **WAIT)
    facts, state = app.controller._facts, app.controller.state
    assert not facts.pair(state).stale
    assert facts.pair(state).record.candidate_id == 97
    for change in ({"key": 1}, {"query": 0}, {"layer": 2}, {"head": 1}, {"candidate_id": 5}):
        assert facts.pair(replace(state, **change)).stale, change
    assert not facts.pair(replace(state, candidate_id=97)).stale
    facts.attention.pair_of = make_text(2)
    assert facts.pair(state).stale


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_the_window_stays_usable_with_it(qtbot, app, size):
    window = app.window
    window.resize(*size)
    window.actions_by_key["inspect_pair"].trigger()
    qtbot.waitUntil(lambda: window.pair_panel.height() > 250, **WAIT)
    assert (window.width(), window.height()) == size
    assert window.head_panel.width() >= 400
    assert window.pair_panel.width() >= 300
    assert window.overview_panel.height() >= 150


def test_first_pair_is_what_the_query_looks_at_most():
    weights = np.array([[1, 0, 0], [0.25, 0.75, 0], [0.2, 0.7, 0.1]], np.float32)
    record = HeadRecord(1, 0, 0, 3, (0, 3), (0, 3), 1, weights)
    view = HeadView(record, make_text(3), 2, 1, 1, "linear", "one", "tiny")
    assert first_pair(view) == (2, 1)
    assert first_pair(replace(view, query=None)) is None
    words_of = replace(record, treatment=Treatment(granularity="words"))
    assert first_pair(replace(view, record=words_of)) == (2, 2)
    pooled = HeadRecord(1, 0, 0, 6, (0, 6), (0, 6), 2, weights)
    assert first_pair(replace(view, record=pooled)) == (2, 2)


def test_another_text_forgets_the_pair_and_the_part_in_sight(qtbot, app):
    controller = app.controller
    controller.set_visible((0, 1, 0, 1))
    app.window.head_panel.pair_clicked.emit(1, 1)
    qtbot.waitUntil(lambda: controller.is_settled, **WAIT)
    assert controller.state.key == 1
    app.commands.replace_text("cd ef")
    assert controller.state.visible is None
    assert controller.state.candidate_id is None
    qtbot.waitUntil(lambda: controller.state.key is not None, **WAIT)  # the first pair of that text
    assert app.window.docks["pair"].isVisible()
    app.window.actions_by_key["inspect_pair"].trigger()
    assert controller.state.key is None
    assert app.window.head_panel.heatmap._view.key is None
