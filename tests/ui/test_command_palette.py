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


# ------------------------------------------------------------------------- what can be found


@pytest.fixture
def dialog(app):
    app.window.actions_by_key["palette"].trigger()
    return app.window.palette_dialog


def labels(dialog):
    return [dialog._list.item(row).text() for row in range(dialog._list.count())]


@pytest.mark.parametrize("typed", ["L2 H1", "l2h1", "2.1"])
def test_a_head_is_found_by_its_name_and_shown(qtbot, app, dialog, typed):
    qtbot.keyClicks(dialog._line, typed)
    assert labels(dialog)[0] == "Head L2·H1"
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)
    assert (app.controller.state.layer, app.controller.state.head) == (2, 1)


def test_a_layer_offers_its_heads_and_a_head_that_is_not_there_none(qtbot, dialog):
    qtbot.keyClicks(dialog._line, "L1")
    assert labels(dialog)[:2] == ["Head L1·H0", "Head L1·H1"]
    dialog._line.setText("L9 H9")
    assert not any(label.startswith("Head") for label in labels(dialog))


@pytest.mark.parametrize(
    ("typed", "wanted", "state"),
    [
        ("induct", "All heads show: induction", lambda s: s.overview.cells == "induction"),
        (
            "earlier copies",
            "Find heads: that look at what followed earlier copies (induction)",
            None,
        ),
        ("hide first", "Hide: first token", lambda s: s.treatment.hidden == ("first",)),
        ("scale log", "Colour scale: log", lambda s: s.colour_scale == "log"),
        ("cividis", "Palette: cividis", lambda s: s.palette == "cividis"),
        ("join words", "Join tokens: to words", lambda s: s.treatment.granularity == "words"),
        ("next same", "Edit: Next same token", None),
    ],
)
def test_choices_of_panels_are_found_and_made(qtbot, app, dialog, typed, wanted, state):
    dialog._line.setText(typed)
    assert wanted in labels(dialog)[:3], labels(dialog)
    dialog._list.setCurrentRow(labels(dialog).index(wanted))
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)
    assert state is None or state(app.controller.state)


def test_heads_are_looked_for_by_the_palette(qtbot, app, dialog):
    dialog._line.setText("earlier copies of the same")
    dialog._list.setCurrentRow(0)
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)
    assert app.controller.state.overview.order != "model"


def test_examples_are_found_by_their_text(qtbot, app, dialog):
    example = app._examples[-1]
    dialog._line.setText(example.text[:24])
    assert labels(dialog)[0].startswith("Examples: ")


def test_models_used_lately_are_found(qtbot, app):
    app.settings.remember_model("some/rare-name")
    app.commands._fill_recent()
    app.window.actions_by_key["palette"].trigger()
    dialog = app.window.palette_dialog
    dialog._line.setText("rare")
    assert labels(dialog) == ["Recent models: some/rare-name"]


def test_no_name_is_doubled(dialog):
    for label in labels(dialog):
        menu, _, text = label.partition(": ")
        assert not text.startswith(menu) or not text, label


def test_what_was_run_last_comes_first(qtbot, app, dialog):
    dialog._line.setText("reset layout")
    qtbot.keyClick(dialog._line, Qt.Key.Key_Return)
    app.window.actions_by_key["palette"].trigger()
    assert labels(dialog)[0] == "View: Reset layout"


def test_where_nothing_fits_it_says_what_to_try(qtbot, palette):
    qtbot.keyClicks(palette._line, "ablate")
    assert palette.found() == []
    assert "try “theme”" in palette.message()
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_shortcuts_stand_at_the_right(qtbot, app, dialog):
    dialog._line.setText("open text")
    row = dialog._list.visualItemRect(dialog._list.item(0))
    assert "Ctrl+O" not in dialog._list.item(0).text()
    # Without its selection, whose colour would be everywhere.
    dialog._list.setCurrentRow(-1)
    image = dialog._list.viewport().grab(row).toImage()
    quiet = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y).lightness() < 160 for y in range(image.height()))
    ]
    assert max(quiet) > image.width() - 20


def test_it_stays_within_a_small_window(qtbot, app):
    app.window.resize(700, 500)
    app.window.actions_by_key["palette"].trigger()
    dialog = app.window.palette_dialog
    assert app.window.rect().contains(dialog.geometry())
