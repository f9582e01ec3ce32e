"""Help: the shortcuts on one page, and what this program is."""

from __future__ import annotations

import platform
from collections.abc import Iterable

import numpy
import PySide6
from PySide6.QtCore import QCoreApplication, Qt, qVersion
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

import visualizer
from visualizer.ui.actions import plain_text
from visualizer.ui.theme import SPACE_PX


class ShortcutsDialog(QDialog):
    """Every command that has a shortcut, with what it does."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = [_row(action) for action in actions if action.shortcuts()]
        table = QTableWidget(len(rows), 3)
        table.setHorizontalHeaderLabels([self.tr("Keys"), self.tr("Command"), self.tr("Effect")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        table.horizontalHeader().setStretchLastSection(True)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.setItem(row, column, QTableWidgetItem(text))
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX)
        layout.addWidget(table)
        layout.addWidget(_close_button(self))
        self.resize(680, 520)


class AboutDialog(QDialog):
    """Version, what it is built on, and which model runs."""

    def __init__(self, model_lines: Iterable[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Visualizer"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(f"Visualizer {visualizer.__version__}")
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
        parts = QLabel("\n".join((*_versions(), *model_lines)), wordWrap=True)
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


def _row(action: QAction) -> tuple[str, str, str]:
    native = QKeySequence.SequenceFormat.NativeText
    keys = ", ".join(sequence.toString(native) for sequence in action.shortcuts())
    return keys, plain_text(action), action.statusTip()


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    button = buttons.button(QDialogButtonBox.StandardButton.Close)
    button.setText(QCoreApplication.translate("dialogs", "Close"))
    buttons.rejected.connect(dialog.reject)
    return buttons
