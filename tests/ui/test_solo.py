"""One head with the window to itself, and going to a head by its name."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from visualizer.session.state import OverviewDisplay
from visualizer.ui.attention_feed import MOST_PINS


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


def test_escape_on_the_map_leads_back(qtbot, app):
    window = app.window
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.controller.set_prompt("abcd")
    window.toggle_solo()
    window.head_panel.heatmap.setFocus()
    qtbot.keyClick(window.head_panel.heatmap, Qt.Key.Key_Escape)
    assert not window.is_solo


def test_the_tool_bar_shows_the_way_back(qtbot, app):
    window = app.window
    back = next(b for b in window.findChildren(QToolButton) if b.text() == "All panels")
    assert not back.isVisible()
    window.actions_by_key["solo"].trigger()
    qtbot.waitUntil(back.isVisible)
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not window.is_solo
    qtbot.waitUntil(back.isHidden)


def test_a_picture_of_all_heads_goes_on_the_clipboard(qtbot, app):
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.controller.set_prompt("abcd")
    QApplication.clipboard().clear()
    app.window.overview_panel.copy_requested.emit()
    assert QApplication.clipboard().image().width() > 100
    assert "all heads" in app.window.status_line.currentMessage()


def test_a_thirteenth_pin_is_refused_aloud(app):
    remarks = []
    app.controller.remark_made.connect(remarks.append)
    app.controller.set_pins(tuple((0, head) for head in range(MOST_PINS)))
    app.controller.toggle_pin(1, 1)
    assert len(app.controller.state.pins) == MOST_PINS
    assert str(MOST_PINS) in str(remarks[0])
    app.controller.toggle_pin(0, 3)
    assert len(app.controller.state.pins) == MOST_PINS - 1
    assert len(remarks) == 1


def test_another_region_drops_a_limit_in_another_unit(app):
    controller, head = app.controller, app.window.head_panel
    controller.set_overview_display(OverviewDisplay(order="entropy", at_least=2.0))
    head.region_brushed.emit((1, 2, 0, 1))
    assert controller.state.overview == OverviewDisplay(order="region", region=(1, 2, 0, 1))
    head.region_brushed.emit(None)
    assert controller.state.overview == OverviewDisplay()
    lowest = OverviewDisplay(order="entropy", at_least=2.0, ascending=True, region=(1, 2, 0, 1))
    controller.set_overview_display(lowest)
    head.region_brushed.emit(None)
    assert controller.state.overview == replace(lowest, region=None)


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


def test_the_inspector_beside_one_head_leaves_it_most_of_the_window(qtbot, app):
    window = app.window
    window.resize(1280, 800)
    window.actions_by_key["solo"].setChecked(True)
    window.head_panel.pair_inspected.emit(1, 0)
    qtbot.waitUntil(lambda: 0 < window.pair_panel.width() <= 430, timeout=20_000)
    assert window.head_panel.width() >= 800
