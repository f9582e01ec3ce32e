"""Any command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from visualizer.ui.actions import plain_text
from visualizer.ui.theme import SPACE_PX

_WIDTH_PX = 520
_HEIGHT_PX = 360
_MOVING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def match_score(query: str, text: str) -> int | None:
    """How well the letters of `query` fit `text`, lower is better; None if they do not occur.

    All letters must occur in order. Gaps cost, a start away from a word's beginning costs more,
    and among equals the shorter text wins. Case and spaces in the query do not count.
    """
    letters, words = query.casefold().replace(" ", ""), text.casefold()
    if not letters:
        return 0
    best: int | None = None
    for start, letter in enumerate(words):
        if letter != letters[0]:
            continue
        place, cost = start, 0 if start == 0 or not words[start - 1].isalnum() else 8
        for wanted in letters[1:]:
            found = words.find(wanted, place + 1)
            if found < 0:
                break
            begins_word = not words[found - 1].isalnum()
            cost += 0 if found == place + 1 else 1 if begins_word else 2 + found - place
            place = found
        else:
            best = cost if best is None else min(best, cost)
    return None if best is None else 100 * best + len(words)


class CommandPalette(QFrame):
    """A line to type into and the commands that fit it; Return runs the chosen one.

    It lies over its window, as a part of it: a window of its own would have to grab the
    keyboard, which not every desktop allows.

    Signals:
        action_chosen: The QAction to run. The palette is closed by then.
    """

    action_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("command_palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._actions: list[QAction] = []
        self._focus_before: QWidget | None = None
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Type a few letters of a command"))
        self._line.setAccessibleName(self.tr("Command"))
        self._line.textChanged.connect(self._on_text_changed)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line keeps it
        self._list.setAccessibleName(self.tr("Commands that fit"))
        self._list.itemClicked.connect(self._on_item_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.resize(_WIDTH_PX, _HEIGHT_PX)
        self.hide()

    def open_with(self, actions: Sequence[QAction]) -> None:
        """Offer those of `actions` that can be run now, near the top of the parent's middle."""
        self._actions = [action for action in actions if action.isEnabled() and action.text()]
        self._line.clear()
        self._fill("")
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.rect().center()
            corner.setX(corner.x() - self.width() // 2)
            corner.setY(20 * SPACE_PX)
            self.move(corner)
        self._focus_before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self._line.setFocus()

    def found(self) -> list[str]:
        """Texts of the commands that fit, best first."""
        return [
            self._list.item(row).data(Qt.ItemDataRole.UserRole).text().replace("&", "")
            for row in range(self._list.count())
        ]

    def _fill(self, query: str) -> None:
        scored = []
        for place, action in enumerate(self._actions):
            score = match_score(query, _label(action))
            if score is not None:
                scored.append((score if query.strip() else 0, place, action))
        self._list.clear()
        for _, _, action in sorted(scored, key=_by_score):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(_label(action) + (f"    {keys}" if keys else ""))
            item.setData(Qt.ItemDataRole.UserRole, action)
            item.setToolTip(action.statusTip())
            item.setSizeHint(QSize(0, 7 * SPACE_PX))
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def dismiss(self) -> None:
        """Close without running anything; the keyboard goes back to where it was."""
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None and shiboken6.isValid(before):
            before.setFocus()

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action = item.data(Qt.ItemDataRole.UserRole)
        self.dismiss()
        self.action_chosen.emit(action)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._fill(text)

    @Slot(QListWidgetItem)
    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._run(item)

    def _take_key(self, event: QKeyEvent) -> bool:
        """Whether the key was one of the palette's own and not for the line."""
        key = event.key()
        if key in _MOVING_KEYS:
            self._list.keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._focus_before = None
            self.hide()
        # Escape would be taken for the window's shortcut before it is a key pressed here.
        is_key = isinstance(event, QKeyEvent)
        if is_key and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if is_key and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(event)
        return super().eventFilter(watched, event)


def _label(action: QAction) -> str:
    """The command with the menu that it is in: "Theme: Dark"."""
    menu = action.property("menu_path")
    return f"{menu}: {plain_text(action)}" if menu else plain_text(action)


def _by_score(scored: tuple[int, int, QAction]) -> tuple[int, int]:
    return scored[:2]
