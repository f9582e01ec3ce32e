"""Count the letters of a word yourself, and see what the model would have to count in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QEvent, QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.tokenization import Tokenizer
from visualizer.lessons.letters import count_letter
from visualizer.ui.lessons.letter_cells import LetterCells, LetterCut
from visualizer.ui.lessons.token_bench import heading
from visualizer.ui.lessons.typed_answers import number_from
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.messages import error_text

WORD, LETTER, ENCODING = "Strawberry", "r", "cl100k_base"
MOST_LETTERS = 40
_MOST_OF_LETTER = 12  # an emoji of a family is one letter of up to seven characters


Role = Literal["ink", "quiet", "accent", "error"]
"""Which of the theme's colours a sentence has."""


class LetterCount(QWidget):
    """A word, a letter, a place for the reader's count, and the word's tokens below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokenizers: dict[str, Tokenizer] = {}
        self._is_revealed = False
        self._role: Role = "quiet"
        self.word, self.letter, self.count = QLineEdit(), QLineEdit(), QLineEdit()
        self.choice = QComboBox()
        self.check, self.show_places = QPushButton(self.tr("Check")), QPushButton(self.tr("Show"))
        self.verdict = PlainLabel()
        self.verdict.setWordWrap(True)
        self.cells = LetterCells()
        self._dress()
        self._lay_out()
        self.word.textChanged.connect(self._on_input_changed)
        self.letter.textChanged.connect(self._on_input_changed)
        self.choice.currentIndexChanged.connect(self._on_input_changed)
        self.count.returnPressed.connect(self._on_check_clicked)
        self.check.clicked.connect(self._on_check_clicked)
        self.show_places.clicked.connect(self._on_show_clicked)
        self.reset()

    def _dress(self) -> None:
        for line, name, characters in (
            (self.word, self.tr("Word"), 16),
            (self.letter, self.tr("Letter"), 3),
            (self.count, self.tr("Your count"), 5),
        ):
            line.setAccessibleName(name)
            line.setMinimumWidth(characters * self.fontMetrics().averageCharWidth() + 6 * SPACE_PX)
        self.letter.setMaximumWidth(self.letter.minimumWidth())
        self.count.setMaximumWidth(self.count.minimumWidth())
        self.word.setMaximumWidth(60 * SPACE_PX)
        self.word.setToolTip(self.tr("Any word, up to {n} characters").format(n=MOST_LETTERS))
        self.letter.setToolTip(self.tr("The letter to count; capitals count, too"))
        self.count.setToolTip(self.tr("How many times the letter stands in the word"))
        self.choice.setAccessibleName(self.tr("Tokenizer"))
        self.choice.setToolTip(self.tr("Which tokenizer cuts the word"))
        self.choice.setMinimumContentsLength(11)
        self.check.setToolTip(self.tr("Compare your count with the word"))
        self.show_places.setToolTip(self.tr("Mark the letter, and count it in every token"))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Count the letters")))
        row.addSpacing(2 * SPACE_PX)
        for text, part in (
            (self.tr("How many"), self.letter),
            (self.tr("in"), self.word),
            ("", self.count),
            ("", self.check),
            ("", self.show_places),
        ):
            if text:
                row.addWidget(PlainLabel(text))
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(QLabel(self.tr("cut by")))
        row.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.cells)
        column.addWidget(self.verdict)

    # --------------------------------------------------------------------------------- showing

    def set_tokenizers(self, tokenizers: Mapping[str, Tokenizer]) -> None:
        """Offer these, by name; the one that is chosen stays if it is among them."""
        before = self.choice.currentText() or ENCODING
        self._tokenizers = dict(tokenizers)
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems(list(tokenizers))
            wanted = before if before in tokenizers else ENCODING
            self.choice.setCurrentIndex(max(self.choice.findText(wanted), 0))
        self._cut()

    def names(self) -> list[str]:
        """Of the tokenizers on offer."""
        return list(self._tokenizers)

    def reset(self) -> None:
        """As at the beginning."""
        for line, text in ((self.word, WORD), (self.letter, LETTER), (self.count, "")):
            with QSignalBlocker(line):
                line.setText(text)
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(max(self.choice.findText(ENCODING), 0))
        self._on_input_changed()

    @property
    def cut(self) -> LetterCut | None:
        """What is on show, None while nothing is."""
        return self.cells.cut

    def _cut(self) -> None:
        """Cut the word anew; what was there stays where that cannot be done."""
        tokenizer = self._tokenizers.get(self.choice.currentText())
        if tokenizer is None:
            self.cells.set_cut(None)
            return
        word, letter = self.word.text(), self.letter.text()
        try:
            if len(word) > MOST_LETTERS:
                raise UsageError(
                    "This word has {n} characters, and up to {most} have room here.",
                    n=len(word),
                    most=MOST_LETTERS,
                )
            tokens = tokenizer.encode(word)
            if tokens.n_added:
                tokens = tokenizer.from_ids(tuple(tokens.ids[tokens.n_added :].tolist()))
            if not word:
                raise UsageError("Type a word.")
            if not tokens.is_lossless:
                raise UsageError("This tokenizer changes the word before it cuts it.")
            count_letter(word, letter)
        except VisualizerError as error:
            self._say(error_text(error), "error")
            return
        self.cells.set_cut(LetterCut(tokens, letter, self._is_revealed))

    def _say(self, text: str, role: Role) -> None:
        self._role = role
        self.verdict.setText(text)
        self.verdict.setStyleSheet(f"color: {getattr(current_theme(), role)}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._say(self.verdict.text(), self._role)

    # ---------------------------------------------------------------------------------- events

    @Slot()
    def _on_input_changed(self) -> None:
        self._is_revealed = False
        self._say(
            self.tr("Count with your eyes first, then look at what the model gets."),
            "quiet",
        )
        self._cut()

    @Slot()
    def _on_check_clicked(self) -> None:
        number = number_from(self.count.text())
        try:
            right = count_letter(self.word.text(), self.letter.text())
        except VisualizerError as error:
            self._say(error_text(error), "error")
            return
        if number is None:
            self._say(self.tr("Type how many you have counted."), "error")
        elif number == right:
            self._reveal(self.tr("✓ Right."), "accent")
        else:
            self._say(
                self.tr("✗ It is not {n}. Count once more, or press Show.").format(
                    n=self.count.text().strip()
                ),
                "error",
            )

    @Slot()
    def _on_show_clicked(self) -> None:
        self._reveal("", "ink")

    def _reveal(self, verdict: str, role: Role) -> None:
        """Mark the letters, and say where they are."""
        self._is_revealed = True
        self._cut()
        cut = self.cut
        if cut is None or cut.tokenization.text != self.word.text():
            return
        counts = cut.counts()
        n = count_letter(cut.tokenization.text, cut.letter)
        holding = sum(1 for each in counts if each.whole or each.parts)
        sentence = self.tr(
            "{word} has {n} × {letter}, in {holding} of its {tokens} tokens. The model gets "
            "{ids}: nothing in these numbers says which letters they stand for."
        ).format(
            letter=cut.letter,
            n=n,
            word=cut.tokenization.text,
            holding=holding,
            tokens=len(counts),
            ids=", ".join(map(str, cut.tokenization.ids.tolist())),
        )
        self._say(f"{verdict} {sentence}".strip(), role)
