"""From panel to panel by keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt


def visited(qtbot, window, key, n):
    """What has the focus after each time that the command is carried out."""
    seen = []
    for _ in range(n):
        window.actions_by_key[key].trigger()
        seen.append(window.focusWidget())
    return seen


def test_every_panel_in_sight_is_reached_and_left(qtbot, app):
    window = app.window
    window.prompt_panel.setFocus()
    panels = [window.token_panel, window.prediction_panel, window.sampling_panel]
    panels += [window.overview_panel, window.head_panel, window.prompt_panel]
    for panel, focus in zip(panels, visited(qtbot, window, "next_panel", 6), strict=True):
        assert panel.isAncestorOf(focus), panel.accessibleName()
    assert window.focusWidget() is window.prompt_panel.editor
    assert visited(qtbot, window, "previous_panel", 1) == [window.head_panel.heatmap]


def test_the_way_out_of_the_prompt_is_a_key(qtbot, app):
    window = app.window
    assert window.actions_by_key["next_panel"].shortcut().toString() == "F6"
    window.prompt_panel.setFocus()
    before = window.prompt_panel.text()
    qtbot.keyClick(window.prompt_panel.editor, Qt.Key.Key_F6)
    assert window.prompt_panel.text() == before


def test_panels_that_are_hidden_are_left_out_and_those_that_are_opened_are_not(qtbot, app):
    window = app.window
    window.docks["tokens"].hide()
    window.actions_by_key["inspect_pair"].trigger()
    window.prompt_panel.setFocus()
    seen = visited(qtbot, window, "next_panel", 6)
    assert not any(window.token_panel.isAncestorOf(each) for each in seen)
    assert any(window.pair_panel.isAncestorOf(each) for each in seen)


def test_the_head_alone_has_the_keys(qtbot, app):
    window = app.window
    window.actions_by_key["solo"].setChecked(True)
    assert window.focusWidget() is window.head_panel.heatmap
    assert visited(qtbot, window, "next_panel", 1) == [window.head_panel.heatmap]
