"""Lets the window's commands win over the editing keys that a text field has of its own."""

from __future__ import annotations

from collections.abc import Iterable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class WindowShortcuts(QObject):
    """Keeps whatever has the focus from taking a shortcut of the window for itself.

    On X11, Qt's text fields have the keys of Emacs: Ctrl+K would delete the rest of the line in
    place of opening the palette. Keys without Ctrl or Alt are the field's: they are typed.
    """

    def __init__(
        self, application: QApplication, window: QWidget, actions: Iterable[QAction]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = tuple(actions)
        self._focus: QWidget | None = None
        application.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            has_modifier = bool(event.modifiers() & _MODIFIERS)
            if has_modifier and any(
                action.isEnabled() and pressed in action.shortcuts() for action in self._actions
            ):
                event.ignore()
                return True
        return super().eventFilter(watched, event)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._focus is not None and shiboken6.isValid(self._focus):
            self._focus.removeEventFilter(self)
        self._focus = now if now is not None and now.window() is self._window else None
        if self._focus is not None:
            self._focus.installEventFilter(self)
