"""A shortcut of the window is not taken by what is typed in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

CONTROL = Qt.KeyboardModifier.ControlModifier


def is_taken(widget, key, modifiers=CONTROL):
    """Whether a widget says that a key is its own, so that no shortcut comes of it."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, "")
    event.setAccepted(False)
    QCoreApplication.sendEvent(widget, event)
    return event.isAccepted()


def fields(app):
    return [app.window.prompt_panel.editor, app.window.prediction_panel.entry]


@pytest.mark.parametrize("place", [0, 1])
def test_an_editing_key_that_is_a_command_is_left_to_the_command(qtbot, app, place):
    field, action = fields(app)[place], app.window.actions_by_key["find_head"]
    field.setFocus()
    assert is_taken(field, Qt.Key.Key_Right)  # a word on
    action.setShortcut("Ctrl+Right")
    assert not is_taken(field, Qt.Key.Key_Right)
    action.setEnabled(False)
    assert is_taken(field, Qt.Key.Key_Right)


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_typed_and_undone_stays_the_field_s(qtbot, app, place):
    field = fields(app)[place]
    field.setFocus()
    assert is_taken(field, Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier)
    assert is_taken(field, Qt.Key.Key_Z)
    assert is_taken(field, Qt.Key.Key_C)


def test_the_palette_opens_from_the_prompt_and_the_text_stays(qtbot, app):
    field = app.window.prompt_panel.editor
    field.setFocus()
    field.moveCursor(field.textCursor().MoveOperation.Start)
    qtbot.keyClick(field, Qt.Key.Key_K, CONTROL)
    assert app.window.palette_dialog.isVisible()
    assert app.window.prompt_panel.text() == "ab"
