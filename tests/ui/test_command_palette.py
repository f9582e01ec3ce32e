"""Finding a command by a few letters, with the keyboard alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from visualizer.ui.command_palette import CommandPalette, match_score

WAIT = {"timeout": 20_000}


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("ex", "Export head", "Next token"),
        ("gen", "Generate", "Great hen"),
        ("rl", "Reset layout", "Larger label"),
        ("dark", "Theme: Dark", "Draw a reddish arrow kit"),
        ("step", "Step", "Step by step"),
    ],
)
def test_the_better_match_comes_first(query, better, worse):
    first, second = match_score(query, better), match_score(query, worse)
    assert first is not None
    assert second is None or first < second


def test_letters_that_do_not_occur_in_order_do_not_match():
    assert match_score("pets", "step") is None
    assert match_score("zzz", "Reset layout") is None


def test_case_and_spaces_do_not_count():
    assert match_score("Reset LAY", "reset layout") == match_score("resetlay", "Reset Layout")


@settings(deadline=None, max_examples=100, database=None)
@given(st.text(max_size=12), st.text(max_size=30))
def test_a_match_means_that_the_letters_occur_in_order(query, text):
    letters = query.casefold().replace(" ", "")
    rest = iter(text.casefold())
    occurs = all(letter in rest for letter in letters)
    assert (match_score(query, text) is not None) == occurs


@pytest.fixture
def palette(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    palette = CommandPalette(window)
    actions = [QAction(text, palette) for text in ("&Open text…", "&Reset layout", "&Quit")]
    actions[1].setProperty("menu_path", "View")
    off = QAction("Stop", palette)
    off.setEnabled(False)
    palette.open_with([*actions, off])
    yield palette
    window.close()


def test_only_what_can_be_run_is_offered(palette):
    assert palette.found() == ["Open text…", "Reset layout", "Quit"]


def test_typing_narrows_and_return_runs(qtbot, palette):
    line = palette._line
    qtbot.keyClicks(line, "reslay")
    assert palette.found() == ["Reset layout"]
    with qtbot.waitSignal(palette.action_chosen, **WAIT) as chosen:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert chosen.args[0].text() == "&Reset layout"
    assert not palette.isVisible()


def test_the_menu_s_name_counts_too(qtbot, palette):
    qtbot.keyClicks(palette._line, "view")
    assert palette.found() == ["Reset layout"]


def test_arrows_choose(qtbot, palette):
    qtbot.keyClick(palette._line, Qt.Key.Key_Down)
    qtbot.keyClick(palette._line, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.action_chosen, **WAIT) as chosen:
        qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert chosen.args[0].text() == "&Quit"


def test_nothing_found_and_return_does_nothing(qtbot, palette):
    qtbot.keyClicks(palette._line, "qqqq")
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette._line, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_window_s_palette_runs_commands(qtbot, app):
    app.window.actions_by_key["palette"].trigger()
    dialog = app.window.palette_dialog
    qtbot.keyClicks(dialog._line, "theme dark")
    assert dialog.found()[0] == "Dark"
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)
    assert app.themes.theme.name == "dark"
