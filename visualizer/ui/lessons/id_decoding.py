"""From ids back to text: what a tokenizer's `decode` does."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenizer, display_text
from visualizer.session.vocabulary_desk import DecodedIds, decoded_ids
from visualizer.ui.lessons.labels import Complaint
from visualizer.ui.lessons.token_bench import heading
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import make_quiet

IDS = "32, 7002, 286, 400, 29910"
"""The tutorial's, of GPT-2."""
ENCODING = "gpt2"
MOST_CHARS = 400


class IdDecoding(QWidget):
    """A line for ids, the token that each stands for, and the text that they make."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokenizers: dict[str, Tokenizer] = {}
        self.ids = QLineEdit()
        self.ids.setMaxLength(MOST_CHARS)
        self.ids.setAccessibleName(self.tr("Ids"))
        self.ids.setPlaceholderText(self.tr("Ids, such as 32, 7002"))
        self.ids.setToolTip(self.tr("Whole numbers between blanks or commas"))
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Tokenizer"))
        self.choice.setToolTip(self.tr("Whose ids they are; elsewhere they are other tokens"))
        self.choice.setMinimumContentsLength(11)
        self.text, self.pieces = PlainLabel(), PlainLabel()
        self.complaint = Complaint()
        for label in (self.text, self.pieces):
            label.setWordWrap(True)
        make_quiet(self.pieces)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Ids to text")))
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.ids, 1)
        row.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        for label in (self.text, self.pieces, self.complaint):
            column.addWidget(label)
        self.ids.textChanged.connect(self._on_input_changed)
        self.choice.currentIndexChanged.connect(self._on_input_changed)
        self.reset()

    def set_tokenizers(self, tokenizers: Mapping[str, Tokenizer]) -> None:
        """Offer these, by name; the one that is chosen stays if it is among them."""
        wanted = self.choice.currentText() or ENCODING
        self._tokenizers = dict(tokenizers)
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems(list(tokenizers))
            self.choice.setCurrentIndex(max(self.choice.findText(wanted), 0))
        self._on_input_changed()

    def reset(self) -> None:
        """The tutorial's five ids, as GPT-2's."""
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(max(self.choice.findText(ENCODING), 0))
        self.ids.setText(IDS)
        self._on_input_changed()

    @Slot()
    def _on_input_changed(self) -> None:
        tokenizer = self._tokenizers.get(self.choice.currentText())
        if tokenizer is None:
            return
        try:
            decoded = decoded_ids(tokenizer, self.ids.text())
        except VisualizerError as error:
            self.complaint.show_error(error)
        else:
            self.complaint.clear_error()
            self._show(decoded)
        for label in (self.text, self.pieces):
            label.setVisible(self.complaint.isHidden())

    def _show(self, decoded: DecodedIds) -> None:
        tokens = decoded.tokenization
        self.text.setText(f"“{tokens.text}”" if len(tokens) else self.tr("No ids, no text."))
        pairs = zip(tokens.ids.tolist(), tokens.pieces, strict=True)
        pieces = "   ".join(f"{i} {display_text(piece)}" for i, piece in pairs)
        if decoded.broken:
            pieces += "   " + self.tr("� stands for bytes that are no whole character.")
        self.pieces.setText(pieces)
