"""The box that sentences are written into, and what was counted in it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.text_choosing import OpenTextButton
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import follow_text_size, keep_height

MOST_TYPED = 20_000
"""The most characters that the box takes; longer texts are opened as files."""


class SentenceEdit(ExactTextEdit):
    """A box for a short text, which does not let itself be filled with a long one.

    Signals:
        refused: Too long a text was pasted. int, its characters.
    """

    refused = Signal(int)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if len(text) + self.document().characterCount() > MOST_TYPED:
            self.refused.emit(len(text))
        else:
            super().insertFromMimeData(source)


class SentencePane(QWidget):
    """Sentences to be counted, typed or from a file.

    Signals:
        text_changed: The sentences were edited. str.
        file_chosen: A file is to be counted. str, its path.
        cancelled: Whatever is being counted is not wanted any more.
    """

    text_changed = Signal(str)
    file_chosen = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = SentenceEdit()
        self.edit.setAccessibleName(self.tr("Sentences"))
        self.edit.setToolTip(
            self.tr(
                "A sentence ends with its line, or with . ! ? 。 ！ ？\n"
                "Words are what stands between spaces; punctuation around them is left out"
            )
        )
        follow_text_size(self.edit, token_font)
        self.edit.setTabChangesFocus(True)
        self.open = OpenTextButton()
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop reading; the table stays as it is"))
        self.cancel.setAutoDefault(False)
        self.cancel.hide()
        self.facts = caption()
        self.complaint = Complaint()
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(heading(self.tr("Sentences")))
        top.addStretch(1)
        top.addWidget(self.cancel)
        top.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self.edit)
        column.addWidget(self.complaint)
        keep_height(self.edit, lambda: 4 * self.edit.fontMetrics().lineSpacing() + 4 * SPACE_PX)
        self.edit.textChanged.connect(self._on_edit_text_changed)
        self.edit.refused.connect(self._on_edit_refused)
        self.open.file_chosen.connect(self.file_chosen)
        self.cancel.clicked.connect(self.cancelled)

    def set_text(self, text: str, placeholder: str = "") -> None:
        """Put a text into the box without telling anyone."""
        with QSignalBlocker(self.edit):
            self.edit.set_text(text)
        self.edit.setPlaceholderText(placeholder)

    def set_busy(self, busy: bool) -> None:
        """Offer to cancel while a file is read."""
        self.cancel.setVisible(busy)
        self.open.setVisible(not busy)

    @Slot()
    def _on_edit_text_changed(self) -> None:
        self.text_changed.emit(self.edit.raw_text())

    @Slot(int)
    def _on_edit_refused(self, n: int) -> None:
        self.complaint.show_error(
            VisualizerError(
                "The pasted text has {n} characters, and this box takes {most}: open it as a file.",
                n=f"{n:,}",
                most=f"{MOST_TYPED:,}",
            )
        )
