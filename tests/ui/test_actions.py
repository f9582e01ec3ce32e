"""The table of commands, and the menus made from it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QKeySequence

from visualizer.locations import bundled_path
from visualizer.ui.actions import ACTIONS, plain_text, plain_title
from visualizer.ui.gesture_table import MOUSE, PANEL_KEYS
from visualizer.ui.help_dialog import AboutDialog, ShortcutsDialog


def test_keys_and_shortcuts_are_unique():
    keys = [spec.key for spec in ACTIONS]
    assert len(set(keys)) == len(keys)
    sequences = [QKeySequence(text).toString() for spec in ACTIONS for text in spec.shortcuts]
    assert "" not in sequences
    assert len(set(sequences)) == len(sequences)


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.key)
def test_every_command_has_words_and_its_icon_exists(spec):
    assert spec.text.replace("&", "")
    assert spec.tip
    assert not spec.tip.endswith(".")
    if spec.icon:
        assert bundled_path("resources", "icons", f"{spec.icon}.svg").is_file()


def test_every_command_is_in_a_menu_and_does_something(app):
    in_menus = set(app.window.menus.all_actions())
    for key, action in app.window.actions_by_key.items():
        assert action in in_menus, key
        connected = action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)")
        assert connected > 0, key


def test_mnemonics_within_a_menu_are_distinct(app):
    for menu in app.window.menuBar().actions():
        marked = [
            action.text()[action.text().index("&") + 1].casefold()
            for action in menu.menu().actions()
            if "&" in action.text().replace("&&", "")
        ]
        assert len(set(marked)) == len(marked), (menu.text(), marked)


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_the_shortcut_page_lists_every_shortcut(qtbot, app):
    app.window.actions_by_key["shortcuts"].trigger()
    dialog = app.window.findChild(ShortcutsDialog)
    assert not dialog.isModal()
    texts = {effect.split(" – ")[0] for _, effect in dialog.rows()}
    wanted = {plain_text(a) for a in app.window.actions_by_key.values() if a.shortcuts()}
    assert wanted <= texts
    app.window.actions_by_key["shortcuts"].trigger()
    assert len(app.window.findChildren(ShortcutsDialog)) == 1
    dialog.close()


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("let it go mouse", ["Ctrl+click"]),
        ("region", ["B", "Shift+drag"]),
        ("type a tab", ["Ctrl+Tab"]),
        ("branch", ["Double click"]),
        ("zoom map", ["+, −", "Wheel", "Drag"]),
        ("qqqq", []),
    ],
)
def test_keys_and_gestures_are_found_by_words(qtbot, app, typed, keys):
    dialog = ShortcutsDialog(app.window.menus.all_actions())
    qtbot.addWidget(dialog)
    n_rows = len(dialog.rows())
    dialog.line.setText(typed)
    assert [row[0] for row in dialog.rows()] == keys
    headings = [dialog.tree.topLevelItem(n) for n in range(dialog.tree.topLevelItemCount())]
    assert all(heading.isHidden() for heading in headings) == (not keys)
    dialog.line.clear()
    assert len(dialog.rows()) == n_rows


def test_no_two_rows_of_a_panel_are_the_same():
    for groups in (PANEL_KEYS, MOUSE):
        for name, gestures in groups:
            keys = [gesture.keys for gesture in gestures]
            assert len(set(keys)) == len(keys), name


def test_about_names_versions(qtbot):
    dialog = AboutDialog(["a model"])
    qtbot.addWidget(dialog)
    words = " ".join(child.text() for child in dialog.children() if hasattr(child, "text"))
    assert "PySide6" in words
    assert "a model" in words


def test_the_language_is_kept_for_the_next_start(app):
    app.window.actions_by_key["language_zh_CN"].trigger()
    assert app.settings.language == "zh_CN"
    assert "next start" in str(app.window.banner.shown.message)
    app.window.actions_by_key["language_system"].trigger()
    assert app.settings.language is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [("&Open text…", "Open text"), ("打开文本(&O)…", "打开文本"), ("文件(&F)", "文件"), ("a", "a")],
)
def test_titles_without_their_mnemonics(text, plain):
    assert plain_title(text) == plain
