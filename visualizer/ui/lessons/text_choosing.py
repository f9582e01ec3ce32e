"""Choosing a text file for a lesson to count."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from visualizer.lessons.reading import MOST_TEXT_BYTES


class OpenTextButton(QPushButton):
    """Asks for a text file.

    Signals:
        file_chosen: Its path. str.
    """

    file_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Open file…"))
        tip = self.tr("Take the text of a file: UTF-8, at most {most} MB")
        self.setToolTip(tip.format(most=f"{MOST_TEXT_BYTES / 1e6:g}"))
        self.setAutoDefault(False)
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self) -> None:
        dialog = QFileDialog(
            self.window(),
            self.tr("Open a text"),
            "",
            self.tr("Text files") + " (*.txt *.md *.csv);;" + self.tr("All files") + " (*)",
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.file_chosen)
        dialog.open()
