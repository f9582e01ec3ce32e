"""Finding in the text, the same token again, and the menus of tokens and bars."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from visualizer.session import text_search

WAIT = {"timeout": 20_000}
# Said of every popup without a screen.
pytestmark = pytest.mark.qt_log_ignore(
    r"This plugin does not support (raise\(\)|grabbing the keyboard)", extend=True
)
TEXT = "a cat, a Cat and é cat"


@pytest.fixture
def window(qtbot, app):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text(TEXT)
    return app.window


def find(qtbot, window, wanted):
    window.actions_by_key["find_text"].trigger()
    row = window.prompt_panel.find_row
    row.line.clear()
    qtbot.keyClicks(row.line, wanted)
    return row


def selected(window):
    return window.prompt_panel.editor.textCursor().selectedText()


def test_places_are_counted_shown_and_come_round(qtbot, app, window):
    window.prompt_panel.editor.select_span(0, 0)
    row = find(qtbot, window, "cat")
    assert QApplication.focusWidget() is row.line
    seen = []
    for _ in range(4):
        seen.append((row.count.text(), selected(window), app.controller.state.query))
        qtbot.keyClick(row.line, Qt.Key.Key_Return)
    assert seen == [
        ("1 of 3", "cat", 2),
        ("2 of 3", "Cat", 9),
        ("3 of 3", "cat", 20),
        ("1 of 3", "cat", 2),
    ]
    qtbot.keyClick(row.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert row.count.text() == "1 of 3"


def test_escape_closes_and_the_found_place_stays_selected(qtbot, app, window):
    row = find(qtbot, window, "cat, ")
    qtbot.keyClick(row.line, Qt.Key.Key_Escape)
    assert not row.isVisible()
    assert QApplication.focusWidget() is window.prompt_panel.editor
    assert selected(window) == "cat, "
    window.actions_by_key["find_text"].trigger()
    assert row.line.text() == "cat, "  # what is selected is looked for again


def test_what_is_not_there_is_said(qtbot, app, window):
    row = find(qtbot, window, "dog")
    assert row.count.text() == "not found"
    assert not row._next.isEnabled()
    app.commands.replace_text("a dog")
    assert row.count.text() == "1 of 1"


def test_opening_moves_nothing(qtbot, app, window):
    QApplication.processEvents()  # what the new text has changed is laid out by now
    before = [dock.geometry() for dock in window.docks.values()]
    editor = window.prompt_panel.editor.geometry()
    window.actions_by_key["find_text"].trigger()
    QApplication.processEvents()
    assert window.prompt_panel.find_row.isVisible()
    assert [dock.geometry() for dock in window.docks.values()] == before
    assert window.prompt_panel.editor.geometry() == editor


def test_a_long_text_is_looked_through_in_stretches(qtbot, app, window, monkeypatch):
    monkeypatch.setattr(text_search, "STRETCH_CHARS", 4)
    row = find(qtbot, window, "cat")
    assert row.count.text().endswith("…")
    qtbot.waitUntil(lambda: row.count.text() == "1 of 3")


def test_the_same_token_again(qtbot, app, window):
    app.controller.set_query(2)
    window.actions_by_key["next_same_token"].trigger()
    assert app.controller.state.query == 20
    window.actions_by_key["previous_same_token"].trigger()
    assert app.controller.state.query == 2
    app.controller.set_query(9)
    window.actions_by_key["next_same_token"].trigger()
    assert app.controller.state.query == 9
    assert "nowhere else" in window.status_line.currentMessage()


def test_cutting_the_text_leaves_the_tokens_before_as_they_are(qtbot, app, window):
    app.controller.set_query(17)  # the first byte of é, which is not cut in two
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        window.actions_by_key["cut_here"].trigger()
    assert window.prompt_panel.text() == TEXT[:17]
    assert not window.actions_by_key["cut_here"].isEnabled()
    window.prompt_panel.editor.undo()
    assert window.prompt_panel.text() == TEXT


def test_what_looks_at_a_token_is_ranked(qtbot, app, window):
    app.controller.set_query(3)
    window.actions_by_key["looks_here"].trigger()
    display = app.controller.state.overview
    n = len(app.controller.facts.tokenization)
    assert (display.order, display.region) == ("region", (4, n, 3, 4))


# ------------------------------------------------------------------------------------ the menus


def entries(menu):
    return {a.text().replace("&", ""): a for a in menu.actions() if a.text()}


def open_menu(qtbot, window, widget, reason, place):
    event = QContextMenuEvent(reason, place, widget.mapToGlobal(place))
    target = widget.viewport() if reason == QContextMenuEvent.Reason.Mouse else widget
    QApplication.sendEvent(target, event)
    menus = [menu for menu in window.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return menus[0]


def test_the_menu_opens_by_keys_alone(qtbot, app, window):
    strip = window.token_panel.strip
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menus = [menu for menu in window.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    assert "Copy text “t”" in entries(menus[0])
    menus[0].close()


@pytest.mark.parametrize("reason", list(QContextMenuEvent.Reason)[:2], ids=["mouse", "keyboard"])
def test_the_menu_of_a_token(qtbot, app, window, reason):
    strip = window.token_panel.strip
    app.controller.set_query(3)
    menu = open_menu(qtbot, window, strip, reason, strip.token_rect(3).center())
    found = entries(menu)
    for name, copied in (("Copy text “a”", "a"), ("Copy id 97", "97"), ("Copy bytes 61", "61")):
        menu.triggered.emit(found[name])
        assert QGuiApplication.clipboard().text() == copied
    assert window.actions_by_key["cut_here"] in menu.actions()
    menu.close()


def test_the_right_button_selects_the_token_that_its_menu_is_about(qtbot, app, window):
    strip, mouse = window.token_panel.strip, QContextMenuEvent.Reason.Mouse
    menu = open_menu(qtbot, window, strip, mouse, strip.token_rect(4).center())
    assert app.controller.state.query == 4
    assert "Copy text “t”" in entries(menu)
    menu.close()


def test_a_bar_is_banned_biased_followed_and_inserted(qtbot, app, window):
    chart, keyboard = window.prediction_panel.chart, QContextMenuEvent.Reason.Keyboard
    token_id = chart._view.candidates[0].token_id
    chart.select(token_id)

    def choose(name, text=None):
        menu = open_menu(qtbot, window, chart, keyboard, QPoint(1, 1))
        action = entries(menu)[name]
        menu.triggered.emit(action if text is None else entries(action.menu())[text])
        menu.close()

    state = app.controller
    choose("Ban it in the sampler")
    assert state.state.sampling.banned == (token_id,)
    chart.select(token_id)
    choose("Ban it no longer")
    assert state.state.sampling.banned == ()
    choose("Bias its logit", "−5")
    assert state.state.sampling.biases == ((token_id, -5.0),)
    choose("Bias it no longer")
    assert state.state.sampling.biases == ()
    choose("Follow “u”")
    assert state.state.asked == (f"#{token_id}",)
    choose("Follow “u” no longer")
    assert state.state.asked == ()
    choose("Insert it after “t”")
    assert window.prompt_panel.text() == TEXT + "u"


def test_a_stage_that_is_off_is_switched_on_by_a_ban(qtbot, app, window):
    from dataclasses import replace

    app.controller.set_sampling(replace(app.controller.state.sampling, off=("bias",)))
    menu = app._token_commands.menu_of_candidate(0)
    menu.triggered.emit(entries(menu)["Ban it in the sampler"])
    assert app.controller.state.sampling.off == ()
    menu.deleteLater()
