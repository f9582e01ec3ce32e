"""Choosing what to train on: a text of the program, a file, or the reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.reading import read_text_file
from visualizer.lessons.text import Unit
from visualizer.lessons.training_job import Source
from visualizer.lessons.training_texts import built_in_text
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.lessons.text_choosing import OpenTextButton
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.exact_text import ExactTextEdit

MOST_PASTED = 1_000_000
"""Characters; a longer text is opened as a file, which is read elsewhere than in the window."""

_PASTED_PX = 72


@dataclass(frozen=True)
class ChosenText:
    """What to train on.

    Attributes:
        source: Where it comes from.
        text: The text, or a file's path; "" for a text of the program.
        unit: What a token is.
    """

    source: Source
    text: str
    unit: Unit


@dataclass(frozen=True)
class TextSizes:
    """A text as the training would see it.

    Attributes:
        n_tokens: All of them, the held-out tenth included.
        vocabulary_size: How many are different.
    """

    n_tokens: int
    vocabulary_size: int


@dataclass(frozen=True)
class CountText:
    """Work for a background task: cut a text into tokens and count them."""

    chosen: ChosenText

    def __call__(self, ticket: Ticket) -> TextSizes:
        """Count.

        Raises:
            VisualizerError: The text cannot be trained on, and why.
        """
        source, text = self.chosen.source, self.chosen.text
        if source == "file":
            text = read_text_file(text)
        elif source in ("stories", "chinese", "random"):
            text = built_in_text(source)
        elif not text.strip():
            raise VisualizerError("There is no text to train on: paste or open one.")
        ticket.check()
        corpus = text_corpus(text, self.chosen.unit)
        return TextSizes(len(corpus.training) + len(corpus.held_out), len(corpus.vocabulary))


class PastedText(ExactTextEdit):
    """The reader's own text; takes no more than can be edited without waiting.

    Signals:
        refused: What was pasted is too long. VisualizerError.
    """

    refused = Signal(object)

    def insertFromMimeData(self, source: QMimeData) -> None:
        n_characters = len(source.text()) + self.document().characterCount()
        if n_characters > MOST_PASTED:
            self.refused.emit(
                VisualizerError(
                    "{n:,} characters are too many to paste: at most {most:,} are taken here; "
                    "open a longer text as a file.",
                    n=n_characters,
                    most=MOST_PASTED,
                )
            )
            return
        super().insertFromMimeData(source)


class TextChoice(QWidget):
    """Which text, and what a token of it is.

    Signals:
        changed: Another text or unit.
        refused: A pasted text is too long. VisualizerError.
    """

    changed = Signal()
    refused = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self.source = QComboBox()
        self.source.addItem(self.tr("Stories, English"), "stories")
        self.source.addItem(self.tr("Stories, Chinese"), "chinese")
        self.source.addItem(self.tr("Random tokens, the tutorial's data"), "random")
        self.source.addItem(self.tr("My own text"), "text")
        self.source.setAccessibleName(self.tr("Text to train on"))
        self.source.setToolTip(self.tr("The last tenth of it is held out and never trained on"))
        self.unit = QComboBox()
        self.unit.addItem(self.tr("characters"), "characters")
        self.unit.addItem(self.tr("words"), "words")
        self.unit.setAccessibleName(self.tr("What a token is"))
        self.unit.setToolTip(self.tr("What a token is"))
        self.open_file = OpenTextButton()
        self.sizes = PlainLabel()
        self.pasted = PastedText()
        self.pasted.setAccessibleName(self.tr("My own text"))
        self.pasted.setPlaceholderText(self.tr("Type or paste a text here"))
        self.pasted.setFixedHeight(_PASTED_PX)
        self.pasted.hide()
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        for widget in (self.source, self.open_file, self.unit):
            row.addWidget(widget)
        row.addWidget(self.sizes, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.pasted)
        self.source.currentIndexChanged.connect(self._on_source_changed)
        self.unit.currentIndexChanged.connect(self._on_unit_changed)
        self.open_file.file_chosen.connect(self.open_path)
        self.pasted.textChanged.connect(self.changed)
        self.pasted.refused.connect(self.refused)

    def chosen(self) -> ChosenText:
        """What to train on."""
        source: Source = self.source.currentData()
        text = self._path if source == "file" else ""
        if source == "text":
            text = self.pasted.raw_text()
        return ChosenText(source, text, self.unit.currentData())

    def name(self) -> str:
        """A short name of the text for a folder."""
        source = str(self.source.currentData())
        return Path(self._path).stem[:40] or "text" if source == "file" else source

    def choose(self, source: str, unit: str) -> None:
        """Choose a text and a unit by their keys."""
        with QSignalBlocker(self.source), QSignalBlocker(self.unit):
            self.source.setCurrentIndex(self.source.findData(source))
            self.unit.setCurrentIndex(self.unit.findData(unit))
        self._show_pasted()
        self.changed.emit()

    @Slot(str)
    def open_path(self, path: str) -> None:
        """Take the text of a file."""
        self._path = path
        place = self.source.findData("file")
        with QSignalBlocker(self.source):
            if place < 0:
                self.source.addItem("", "file")
                place = self.source.count() - 1
            self.source.setItemText(place, Path(path).name)
            self.source.setCurrentIndex(place)
        self._show_pasted()
        self.changed.emit()

    def set_running(self, running: bool) -> None:
        """Of a training under way nothing can be changed."""
        for widget in (self.source, self.open_file, self.unit, self.pasted):
            widget.setEnabled(not running)

    def _show_pasted(self) -> None:
        self.pasted.setVisible(self.source.currentData() == "text")

    @Slot(int)
    def _on_source_changed(self, _index: int) -> None:
        source = self.source.currentData()
        if source == "random":  # its tokens are numbers, and single digits are none of them
            with QSignalBlocker(self.unit):
                self.unit.setCurrentIndex(self.unit.findData("words"))
        self._show_pasted()
        self.changed.emit()

    @Slot(int)
    def _on_unit_changed(self, _index: int) -> None:
        self.changed.emit()
