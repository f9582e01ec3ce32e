"""Any command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
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


class CommandPalette(QDialog):
    """A line to type into and the commands that fit it; Return runs the chosen one.

    Signals:
        action_chosen: The QAction to run. The palette is closed by then.
    """

    action_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("command_palette")
        self._actions: list[QAction] = []
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Type a few letters of a command"))
        self._line.setAccessibleName(self.tr("Command"))
        self._line.textChanged.connect(self._on_text_changed)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Commands that fit"))
        self._list.itemClicked.connect(self._on_item_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.resize(_WIDTH_PX, _HEIGHT_PX)

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
            self.move(parent.mapToGlobal(corner))
        self.show()
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

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.action_chosen.emit(action)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._fill(text)

    @Slot(QListWidgetItem)
    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._run(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self._line and is_press and isinstance(event, QKeyEvent):
            if event.key() in _MOVING_KEYS:
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)


def _label(action: QAction) -> str:
    """The command with the menu that it is in: "Theme: Dark"."""
    menu = action.property("menu_path")
    return f"{menu}: {plain_text(action)}" if menu else plain_text(action)


def _by_score(scored: tuple[int, int, QAction]) -> tuple[int, int]:
    return scored[:2]
