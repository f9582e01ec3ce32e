"""One head with the window to itself, and going to a head by its name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from visualizer.session.state import OverviewDisplay


def shown_docks(window):
    return {key for key, dock in window.docks.items() if dock.isVisible()}


def sizes(window):
    return {key: dock.size() for key, dock in window.docks.items() if dock.isVisible()}


def test_one_head_alone_and_back(qtbot, app):
    window, solo = app.window, app.window.actions_by_key["solo"]
    before, room = shown_docks(window), sizes(window)
    layout = bytes(window.layout_state())
    window.overview_panel.solo_requested.emit(1, 1)
    assert window.is_solo
    assert solo.isChecked()
    assert shown_docks(window) == set()
    assert bytes(window.layout_state()) == layout  # what the next start gets
    qtbot.keyClick(window.head_panel, Qt.Key.Key_Escape)
    assert not window.is_solo
    assert not solo.isChecked()
    assert shown_docks(window) == before
    QApplication.processEvents()
    assert sizes(window) == room


def test_the_command_and_the_first_layout_end_it(app):
    window, solo = app.window, app.window.actions_by_key["solo"]
    before = shown_docks(window)
    solo.trigger()
    solo.trigger()
    assert shown_docks(window) == before
    solo.trigger()
    window.actions_by_key["reset_layout"].trigger()
    assert not solo.isChecked()
    assert shown_docks(window) == before


def test_a_slash_goes_to_the_search(qtbot, app):
    window = app.window
    window.activateWindow()
    window.actions_by_key["find_head"].trigger()
    assert window.overview_panel.search.hasFocus()
    window.prompt_panel.setFocus()
    qtbot.keyClicks(QApplication.focusWidget(), "/")
    assert window.prompt_panel.text().endswith("/")  # in the prompt it is a character


def test_the_window_ranks_filters_and_pins(qtbot, app):
    window, controller = app.window, app.controller
    panel = window.overview_panel
    panel.head_pinned.emit(2, 1)
    assert controller.state.pins == ((2, 1),)
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        window.prompt_panel.set_text("abc abc")
        controller.set_prompt("abc abc")
    qtbot.waitUntil(lambda: panel._view is not None and panel._view.metrics is not None)
    panel.display_changed.emit(OverviewDisplay(order="local", at_least=0.3))
    assert controller.state.overview.order == "local"
    scores = panel._view.metrics.values["local"]
    expected = sorted(
        ((layer, head) for layer in range(3) for head in range(2) if scores[layer, head] >= 0.3),
        key=lambda member: -scores[member],
    )
    assert list(panel.mosaic.plan.members) == expected
