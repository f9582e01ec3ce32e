"""Any command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from visualizer.ui.actions import plain_text
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

_WIDTH_CHARS = 72
_ROWS = 12
_MOST_RECENT = 5
_LOOSEST = 2  # cost per letter above which letters in order are there by chance
_KEYS = Qt.ItemDataRole.UserRole + 1
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


def entry_score(query: str, label: str, tip: str) -> tuple[int, int] | None:
    """How well a command fits what was typed, lower is better; None if it does not.

    Best is one whose name has all the words, then one whose name and explanation have them, then
    one whose name has the letters close together.
    """
    words, name = query.casefold().split(), label.casefold()
    letters = match_score(query, label)
    if all(word in name for word in words):
        return 0, len(name) if letters is None else letters
    if all(word in name or word in tip.casefold() for word in words):
        return 1, len(name)
    n_letters = sum(map(len, words))
    if letters is not None and letters < 100 * (_LOOSEST * n_letters + 1):
        return 2, letters
    return None


class _Rows(QStyledItemDelegate):
    """Draws a command's shortcut at the right end of its row."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Dark
        painter.setPen(option.palette.color(role))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(0, 0, -2 * SPACE_PX, 0), right, index.data(_KEYS))


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
        self._more: Callable[[str], Sequence[QAction]] | None = None
        self._recent: list[str] = []
        self._focus_before: QWidget | None = None
        self._line = QLineEdit()
        self._line.setPlaceholderText(self.tr("Type a few letters of a command, or a head: L3 H2"))
        self._line.setAccessibleName(self.tr("Command"))
        self._line.textChanged.connect(self._on_text_changed)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(_Rows(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the line keeps it
        self._list.setAccessibleName(self.tr("Commands that fit"))
        self._list.itemClicked.connect(self._on_item_clicked)
        self._list.currentItemChanged.connect(self._on_current_item_changed)
        self._tip = ElidedLabel()
        make_quiet(self._tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX, 2 * SPACE_PX)
        column.setSpacing(2 * SPACE_PX)
        for widget in (self._line, self._list, self._tip):
            column.addWidget(widget)
        self.hide()

    def open_with(
        self,
        actions: Sequence[QAction],
        more: Callable[[str], Sequence[QAction]] | None = None,
    ) -> None:
        """Offer those of `actions` that can be run now, near the top of the parent's middle.

        `more` is asked for further ones for what is typed, which come first.
        """
        self._actions = [action for action in actions if action.isEnabled() and action.text()]
        self._more = more
        self._line.clear()
        self._fill("")
        self._place()
        self._focus_before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self._line.setFocus()

    def _place(self) -> None:
        """As large as its text asks for, and within the parent."""
        metrics, parent = self.fontMetrics(), self.parentWidget()
        rows_px = _ROWS * self._row_px() + 2 * self._line.sizeHint().height() + 8 * SPACE_PX
        self.resize(_WIDTH_CHARS * metrics.averageCharWidth(), rows_px)
        if parent is not None:
            top = 20 * SPACE_PX
            self.resize(self.size().boundedTo(parent.size() - QSize(0, top)))
            self.move(parent.rect().center().x() - self.width() // 2, top)

    def _row_px(self) -> int:
        return self.fontMetrics().height() + 3 * SPACE_PX

    def found(self) -> list[str]:
        """Texts of the commands that fit, best first."""
        actions = [
            self._list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self._list.count())
        ]
        return [action.text().replace("&", "") for action in actions if action is not None]

    def message(self) -> str:
        """What is said where no command fits, "" while one does."""
        return "" if self.found() else self._list.item(0).text()

    def _fill(self, query: str) -> None:
        self._list.clear()
        for action in self._fitting(query):
            item = QListWidgetItem(_label(action))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item.setData(Qt.ItemDataRole.UserRole, action)
            item.setData(_KEYS, keys)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{item.text()} {keys}" if keys else None
            )
            self._add(item)
        if not self._list.count():
            item = QListWidgetItem(
                self.tr("No command: try “theme”, “export”, “induction”, “hide” or “L3 H2”")
            )
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setForeground(self.palette().placeholderText())
            self._add(item)
        self._list.setCurrentRow(0 if self.found() else -1)

    def _add(self, item: QListWidgetItem) -> None:
        item.setSizeHint(QSize(0, self._row_px()))
        self._list.addItem(item)

    def _fitting(self, query: str) -> list[QAction]:
        """The commands that fit, best first; those run lately before others that fit as well."""
        found = [] if self._more is None else list(self._more(query))
        if not query.strip():
            return found + sorted(self._actions, key=self._recency)
        scored = []
        for place, action in enumerate(self._actions):
            score = entry_score(query, _label(action), f"{action.statusTip()} {action.toolTip()}")
            if score is not None:
                scored.append((score[0], self._recency(action), score[1], place, action))
        return found + [entry[-1] for entry in sorted(scored, key=_by_score)]

    def _recency(self, action: QAction) -> int:
        label = _label(action)
        return self._recent.index(label) if label in self._recent else _MOST_RECENT

    def dismiss(self) -> None:
        """Close without running anything; the keyboard goes back to where it was."""
        before, self._focus_before = self._focus_before, None
        self.hide()
        if before is not None and shiboken6.isValid(before):
            before.setFocus()

    def _run(self, item: QListWidgetItem | None) -> None:
        action = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if action is None:
            return
        label = _label(action)
        others = [other for other in self._recent if other != label]
        self._recent = [label, *others][:_MOST_RECENT]
        self.dismiss()
        self.action_chosen.emit(action)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._fill(text)

    @Slot(QListWidgetItem)
    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._run(item)

    @Slot(QListWidgetItem)
    def _on_current_item_changed(self, item: QListWidgetItem | None) -> None:
        action = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        self._tip.setText("" if action is None else " ".join(action.statusTip().split()))

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
    """The command with the menu that it is in: "Theme: Dark"; no word twice."""
    menu, text = action.property("menu_path"), plain_text(action)
    return f"{menu}: {text}" if menu and not text.startswith(menu) else text


def _by_score(scored: tuple[int, int, int, int, QAction]) -> tuple[int, int, int, int]:
    return scored[:4]
