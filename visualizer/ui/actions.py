"""Every command of the window; menus, the tool bar and the palette are made from this table."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from visualizer.ui.action_spec import ActionSpec
from visualizer.ui.action_table import FILE_AND_TEXT_ACTIONS
from visualizer.ui.action_table_lessons import LESSON_ACTIONS
from visualizer.ui.action_table_view import VIEW_ACTIONS

__all__ = [
    "ACTIONS",
    "ActionSpec",
    "build_actions",
    "plain_text",
    "plain_title",
    "tip_with_shortcut",
]

_MNEMONIC_BEHIND = re.compile(r"\(&[^&]\)")
_MNEMONIC = re.compile("&(.)")  # "&&" is an "&" that is shown

ACTIONS: tuple[ActionSpec, ...] = FILE_AND_TEXT_ACTIONS + VIEW_ACTIONS + LESSON_ACTIONS


def build_actions(owner: QObject, specs: tuple[ActionSpec, ...] = ACTIONS) -> dict[str, QAction]:
    """A QAction for each command, owned by `owner`, in the user's language."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in specs:
        action = QAction(QCoreApplication.translate("actions", spec.text), owner)
        tip = QCoreApplication.translate("actions", spec.tip)
        action.setObjectName(spec.key)
        action.setStatusTip(tip)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setToolTip(tip_with_shortcut(tip, action))
        action.setCheckable(spec.checkable or bool(spec.group))
        # Qt would guess from the text which action quits or is about the program.
        action.setMenuRole(QAction.MenuRole.NoRole)
        if spec.group:
            group = groups.setdefault(spec.group, QActionGroup(owner))
            group.addAction(action)
        actions[spec.key] = action
    return actions


def tip_with_shortcut(tip: str, action: QAction) -> str:
    """The tooltip with the shortcut as this system writes it."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({keys})" if keys else tip


def plain_title(text: str) -> str:
    """A command's or menu's text without mnemonic, which Chinese writes as "(&F)" behind it."""
    return _MNEMONIC.sub(r"\1", _MNEMONIC_BEHIND.sub("", text)).removesuffix("…")


def plain_text(action: QAction) -> str:
    """An action's text without mnemonic and ellipsis."""
    return plain_title(action.text())
