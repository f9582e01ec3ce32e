"""Help: the shortcuts on one page, and what this program is."""

from __future__ import annotations

import platform
from collections.abc import Iterable

import numpy
import PySide6
from PySide6.QtCore import QCoreApplication, QSize, Qt, Slot, qVersion
from PySide6.QtGui import QAction, QFont, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

import visualizer
from visualizer.ui.actions import plain_text
from visualizer.ui.gesture_table import MOUSE, PANEL_KEYS, Gesture
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX


class ShortcutsDialog(QDialog):
    """Every shortcut, by menu; the keys of each panel; and what the mouse does, by panel.

    Attributes:
        line: What is typed here narrows the list to the rows with all its words.
        tree: The list.
    """

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard and mouse"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Search"))
        self.line.setAccessibleName(self.tr("Search in keys and gestures"))
        self.line.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Keys and gestures"))
        self.tree.setHeaderLabels([self.tr("Keys"), self.tr("Effect")])
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(3 * SPACE_PX)
        self._sections: list[QTreeWidgetItem] = []
        commands: dict[str, list[tuple[str, str]]] = {}
        for action in actions:
            if action.shortcuts():
                group = str(action.property("menu_path") or "")
                commands.setdefault(group, []).append(_row(action))
        self._add(self.tr("Commands, by menu"), commands.items())
        self._add(self.tr("Keys, by panel"), map(_translated, PANEL_KEYS))
        self._add(self.tr("Mouse, by panel"), map(_translated, MOUSE))
        self.tree.expandAll()
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        for widget in (self.line, self.tree, _close_button(self)):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._on_line_text_changed)
        characters = self.fontMetrics().averageCharWidth()
        self.resize(110 * characters, 30 * (self.fontMetrics().height() + SPACE_PX))

    def rows(self) -> list[tuple[str, str]]:
        """What is in sight, as (keys, effect)."""
        groups = [group for section in self._sections for group in _children(section)]
        rows = [row for group in groups for row in _children(group) if not row.isHidden()]
        return [(row.text(0), row.text(1)) for row in rows]

    def _add(self, title: str, groups: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> None:
        section = _heading(title, self.tree.invisibleRootItem(), self.font())
        self._sections.append(section)
        for name, rows in groups:
            group = _heading(name, section, self.font())
            for row in rows:
                item = QTreeWidgetItem(group, list(row))
                item.setToolTip(1, row[1])
                item.setSizeHint(1, QSize(0, self.fontMetrics().height() + SPACE_PX))

    @Slot(str)
    def _on_line_text_changed(self, typed: str) -> None:
        """Rows are found by their own words and by those of their group and section."""
        words = typed.casefold().split()
        for section in self._sections:
            for group in _children(section):
                above = f"{section.text(0)} {group.text(0)}"
                for row in _children(group):
                    text = f"{above} {row.text(0)} {row.text(1)}".casefold()
                    row.setHidden(not all(word in text for word in words))
                group.setHidden(all(row.isHidden() for row in _children(group)))
            section.setHidden(all(group.isHidden() for group in _children(section)))


class AboutDialog(QDialog):
    """Version, what it is built on, and which model runs."""

    def __init__(self, model_lines: Iterable[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Visualizer"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = PlainLabel(f"Visualizer {visualizer.__version__}")
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        purpose = QLabel(
            self.tr(
                "A microscope for language models. Everything on show comes from the model that "
                "runs, for the text as it stands; nothing is smoothed, cut or made up."
            ),
            wordWrap=True,
        )
        parts = PlainLabel("\n".join((*_versions(), *model_lines)))
        parts.setWordWrap(True)
        parts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        licence = QLabel(self.tr("Licensed under the Apache License, version 2.0."))
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX)
        column.setSpacing(3 * SPACE_PX)
        for widget in (heading, purpose, parts, licence, _close_button(self)):
            column.addWidget(widget)
        self.setMinimumWidth(440)


def _versions() -> list[str]:
    system = f"{platform.system()} {platform.machine()}"
    return [
        f"Python {platform.python_version()}, {system}",
        f"Qt {qVersion()}, PySide6 {PySide6.__version__}, NumPy {numpy.__version__}",
    ]


def _row(action: QAction) -> tuple[str, str]:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(sequence.toString(native) for sequence in action.shortcuts())
    text, tip = plain_text(action), action.statusTip()
    return keys, text if text == tip else f"{text} – {tip}"


def _translated(
    group: tuple[str, tuple[Gesture, ...]],
) -> tuple[str, list[tuple[str, str]]]:
    name, gestures = group
    return _said(name), [(_said(gesture.keys), _said(gesture.effect)) for gesture in gestures]


def _said(text: str) -> str:
    return QCoreApplication.translate("gestures", text)


def _children(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = (item.child(place) for place in range(item.childCount()))
    return [child for child in children if child is not None]


def _heading(text: str, parent: QTreeWidgetItem, font: QFont) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent, [text])
    item.setFirstColumnSpanned(True)
    heavier = QFont(font)
    heavier.setBold(True)
    item.setFont(0, heavier)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    button = buttons.button(QDialogButtonBox.StandardButton.Close)
    button.setText(QCoreApplication.translate("dialogs", "Close"))
    buttons.rejected.connect(dialog.reject)
    return buttons
