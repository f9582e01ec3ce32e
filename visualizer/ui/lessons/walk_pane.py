"""Text from the table: one word after the other, each from the row of the last."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visualizer.ui.lessons.labels import caption, heading
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.seed_box import SeedBox
from visualizer.ui.widgets.token_chips import TokenChips

MOST_WORDS = 60
"""The longest walk: as many words as can be looked over."""

_STEP_MS = 350


class WalkPane(QWidget):
    """Start word, seed, step and run, and the words so far.

    The words are drawn by whoever holds the pane: it asks for a number of them.

    Attributes:
        n_steps: How many words are asked for, the first one not counted.

    Signals:
        changed: Another start, seed or number of words.
        word_pointed: A word of the walk was chosen, by its place; -1 for the last.
    """

    changed = Signal()
    word_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.n_steps = 0
        self._n_shown = 0
        self._has_ended = False
        self.start = QComboBox()
        follow_text_size(self.start, token_font)
        self.start.setAccessibleName(self.tr("First word"))
        self.start.setToolTip(self.tr("The word that the walk begins with"))
        self.start.setMinimumContentsLength(10)
        self.start.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.seed = SeedBox()
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("The same seed takes the same way"))
        self.step = QPushButton(self.tr("Step"))
        self.step.setToolTip(self.tr("Draw the next word from the marked row"))
        self.run = ChoiceButton(self.tr("Run"))
        self.run.setToolTip(
            self.tr("Draw words until nothing follows, or {n} are there").format(n=MOST_WORDS)
        )
        self.back = QPushButton(self.tr("Start over"))
        self.back.setToolTip(self.tr("Only the first word again"))
        self.chips = TokenChips()
        self.remark = caption()
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._lay_out()
        self.start.currentIndexChanged.connect(self._on_start_changed)
        self.seed.seed_changed.connect(self._on_start_changed)
        self.step.clicked.connect(self._on_step_clicked)
        self.back.clicked.connect(self._on_start_changed)
        self.run.toggled.connect(self._on_run_toggled)
        self._timer.timeout.connect(self._on_step_clicked)
        self.chips.token_selected.connect(self.word_pointed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Walk the table")))
        row.addSpacing(2 * SPACE_PX)
        for name, widget in ((self.tr("from"), self.start), (self.tr("seed"), self.seed)):
            label = PlainLabel(name)
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget)
        row.addSpacing(2 * SPACE_PX)
        for button in (self.step, self.run, self.back):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.step, self.back):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.chips)
        column.addWidget(self.remark)

    # ------------------------------------------------------------------------------- from outside

    def set_words(self, words: Sequence[str], start: int) -> None:
        """Offer these words, and begin with one of them."""
        with QSignalBlocker(self.start):
            self.start.clear()
            self.start.addItems(list(words))
            self.start.setCurrentIndex(start)
        self.begin_again()

    def begin_again(self) -> None:
        """Only the first word."""
        self.stop()
        self.n_steps = 0

    def stop(self) -> None:
        """Draw nothing more by itself."""
        self.run.setChecked(False)

    def show_walk(self, words: Sequence[str], *, has_ended: bool) -> None:
        """The words that were drawn; `has_ended` if nothing follows the last."""
        self._n_shown, self._has_ended = len(words), has_ended
        self.chips.set_tokens(list(words))
        self.chips.set_pointed(len(words) - 1)
        if has_ended:
            text = self.tr("Nothing follows “{word}”: the walk ends here.").format(word=words[-1])
        elif self.is_full:
            text = self.tr("{n} words: the walk is cut off here.").format(n=len(words))
        else:
            text = self.tr("The next word is drawn from the row of “{word}”.").format(
                word=words[-1]
            )
        self.remark.setText(text)
        is_over = has_ended or self.is_full
        self.step.setEnabled(not is_over)
        if is_over:
            self.stop()
        self.run.setEnabled(not is_over)

    @property
    def is_full(self) -> bool:
        """Whether the walk is as long as it may be."""
        return self._n_shown >= MOST_WORDS

    # ------------------------------------------------------------------------------------ slots

    @Slot()
    def _on_start_changed(self) -> None:
        self.begin_again()
        self.changed.emit()

    @Slot()
    def _on_step_clicked(self) -> None:
        if not self._has_ended and not self.is_full:
            self.n_steps += 1
            self.changed.emit()

    @Slot(bool)
    def _on_run_toggled(self, down: bool) -> None:
        if down:
            self._on_step_clicked()
            if self.run.isChecked():
                self._timer.start()
        else:
            self._timer.stop()
