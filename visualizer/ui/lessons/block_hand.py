"""One token through one block: every step of its vector, to change and to spell out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Float64Array
from visualizer.lessons.block import BlockWeights
from visualizer.ui.lessons.block_cells import (
    EPSILON,
    SENTENCE,
    TOKEN,
    BlockChoices,
    Part,
    TokenWalk,
    first_weights,
    follow_token,
    marks_of,
    sentence_of,
    sentence_vectors,
    with_learned,
)
from visualizer.ui.lessons.block_maps import BlockMaps
from visualizer.ui.lessons.block_rows import BlockRows, part_words
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.font_follower import follow_text_size, when_text_size_changes
from visualizer.ui.widgets.token_chips import TokenChips

LARGEST = 1000.0
"""A number that is typed in, without its sign."""
_EPSILONS = ((1e-12, "1e-12"), (EPSILON, "0.00001"), (0.01, "0.01"), (0.1, "0.1"), (1.0, "1"))
_POST, _PRE = 0, 1


class HandBlock(QWidget):
    """A sentence, how the block is built, and the walk of one token through it.

    Signals:
        changed: Other numbers.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self._token = TOKEN
        self._words: tuple[str, ...] = ()
        self._x: Float64Array = np.zeros((0, 0))
        self._weights: BlockWeights = first_weights()
        self._shown: TokenWalk | None = None
        self._looked_at: tuple[Part, int, int] = ("norm1", 0, 0)
        self.sentence = QLineEdit()
        self.chips = TokenChips()
        self.random = QPushButton(self.tr("Other weights"))
        self.norms = QButtonGroup(self)
        self.residual = QCheckBox(self.tr("Residual"))
        self.epsilon = QComboBox()
        self.complaint = Complaint()
        self.rows = BlockRows()
        self.meaning = caption()
        self.arithmetic = PlainLabel()
        self.maps = BlockMaps()
        self._dress()
        self._lay_out()
        self._connect()
        self.reset()
        when_text_size_changes(self, self._on_text_size_changed)

    def _dress(self) -> None:
        self.sentence.setAccessibleName(self.tr("Sentence"))
        self.sentence.setPlaceholderText(self.tr("Two to six words"))
        self.chips.setAccessibleName(self.tr("The token to follow"))
        self.random.setToolTip(self.tr("Other random weights for the block"))
        self.residual.setToolTip(self.tr("Each half adds to what came in; off, it replaces it"))
        for text, place, tip in (
            (self.tr("Post-norm"), _POST, self.tr("Normalise after adding, as in the paper")),
            (self.tr("Pre-norm"), _PRE, self.tr("Normalise before each half, as models do today")),
        ):
            button = ChoiceButton(text)
            button.setToolTip(tip)
            self.norms.addButton(button, place)
        for value, text in _EPSILONS:
            self.epsilon.addItem(text, value)
        self.epsilon.setAccessibleName(self.tr("Epsilon"))
        self.epsilon.setToolTip(self.tr("Beside the variance: keeps from dividing by 0"))
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setWordWrap(True)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))

    def _lay_out(self) -> None:
        text_row = QHBoxLayout()
        text_row.setSpacing(2 * SPACE_PX)
        text_row.addWidget(self.sentence, 2)
        text_row.addWidget(self.chips, 2, Qt.AlignmentFlag.AlignVCenter)
        text_row.addWidget(self.random)
        built = QHBoxLayout()
        built.setSpacing(2 * SPACE_PX)
        for button in self.norms.buttons():
            built.addWidget(button)
        built.addSpacing(2 * SPACE_PX)
        built.addWidget(self.residual)
        built.addSpacing(2 * SPACE_PX)
        label = QLabel("ε")
        label.setBuddy(self.epsilon)
        built.addWidget(label)
        built.addWidget(self.epsilon)
        built.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(text_row)
        column.addLayout(built)
        column.addWidget(self.complaint)
        column.addWidget(self.rows)
        column.addWidget(self.meaning)
        column.addWidget(self.arithmetic)
        column.addSpacing(2 * SPACE_PX)
        column.addWidget(self.maps)
        column.addStretch(1)

    def _connect(self) -> None:
        self.sentence.textChanged.connect(self._on_sentence_changed)
        self.chips.token_selected.connect(self._on_token_selected)
        self.random.clicked.connect(self._on_random_clicked)
        self.norms.idToggled.connect(self._on_choice_changed)
        self.residual.toggled.connect(self._on_choice_changed)
        self.epsilon.currentIndexChanged.connect(self._on_choice_changed)
        for part in (self.rows, self.maps):
            part.cell_pointed.connect(self._on_cell_pointed)
            part.cell_edited.connect(self._on_cell_edited)

    # ------------------------------------------------------------------------------ the numbers

    @property
    def shown(self) -> TokenWalk:
        """What is on show."""
        assert self._shown is not None
        return self._shown

    @property
    def choices(self) -> BlockChoices:
        """How the block is built."""
        return BlockChoices(
            "post" if self.norms.checkedId() == _POST else "pre",
            self.residual.isChecked(),
            float(self.epsilon.currentData()),
        )

    def reset(self) -> None:
        """The sentence, weights and choices with which the lesson begins."""
        self._shown = None  # nothing is computed until all is set
        self._seed, self._token = 0, TOKEN
        self._weights = first_weights()
        self._looked_at = ("norm1", 0, 0)
        self.set_built(BlockChoices())
        self.sentence.setText(SENTENCE)
        self._words, self._x = sentence_vectors(SENTENCE)
        self._compute()

    def heightForWidth(self, width: int) -> int:
        # Out of sight it asks for nothing, or the experiments beside it would be as tall.
        return 0 if self.isHidden() else super().heightForWidth(width)

    def set_built(self, choices: BlockChoices) -> None:
        """Build the block in another way."""
        self.norms.button(_POST if choices.norm == "post" else _PRE).setChecked(True)
        self.residual.setChecked(choices.residual)
        self.epsilon.setCurrentIndex([value for value, _ in _EPSILONS].index(choices.epsilon))

    def set_gains(self, value: float) -> None:
        """The same gain for all numbers, in both normalisations."""
        gains = np.full_like(self._weights.gain1, value)
        for part in ("gain1", "gain2"):
            for column in range(len(gains)):
                self._weights = with_learned(self._weights, part, 0, column, value)
        self._compute()

    def set_vector(self, vector: Float64Array) -> None:
        """(C,) other numbers for the token that is followed."""
        self._x = self._x.copy()
        self._x[self._token] = vector
        self._compute()

    def _compute(self) -> None:
        self.complaint.clear_error()
        self._token = min(self._token, len(self._words) - 1)
        self._shown = follow_token(self._words, self._token, self._x, self._weights, self.choices)
        if self.chips.tokens() != self._words:
            self.chips.set_tokens(self._words)
        self.chips.set_pointed(self._token)
        self.rows.show_walk(self._shown)
        self._look_at(self._looked_at)
        self.changed.emit()

    @Slot()
    def _on_text_size_changed(self) -> None:
        self.rows.show_again()
        self.maps.fit_text()
        self._compute()

    def _edit(self, part: Part, row: int, column: int, value: float) -> None:
        if not abs(value) <= LARGEST:  # NaN, too
            error = UsageError(
                "{value} is too large to follow: type a number from −{most} to {most}.",
                value=f"{value:g}",
                most=f"{LARGEST:g}",
            )
            self.rows.show_again()
            self._look_at(self._looked_at)
            self.complaint.show_error(error)
            return
        if part == "x":
            self._x = self._x.copy()
            self._x[self._token, column] = value
        else:
            self._weights = with_learned(self._weights, part, row, column, value)
        self._looked_at = (part, row, column)
        self._compute()

    # ------------------------------------------------------------------------------ the cells

    @property
    def looked_at(self) -> tuple[Part, int, int]:
        """The cell that is spelled out."""
        return self._looked_at

    def look_at(self, part: Part, row: int, column: int) -> None:
        """Look at another cell."""
        self._look_at((part, row, column))

    def _look_at(self, place: tuple[Part, int, int]) -> None:
        self._looked_at = place
        part, row, column = place
        self.rows.mark(*place)
        self.maps.show_maps(self._weights, marks_of(self.shown, *place))
        words = part_words(part, residual=self.shown.choices.residual)
        words = words.format(row=row, column=column)
        number = self.tr("“{word}”, number {column}: {words}.")
        if part in ("w1", "w2"):
            self.meaning.setText(f"{words}.")
        else:
            self.meaning.setText(number.format(word=self.shown.word, column=column, words=words))
        self.arithmetic.setText(sentence_of(self.shown, part, row, column))

    # ------------------------------------------------------------------------------ events

    @Slot(str)
    def _on_sentence_changed(self, text: str) -> None:
        if self._shown is None:
            return
        try:
            self._words, self._x = sentence_vectors(text)
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        self._compute()

    @Slot(int)
    def _on_token_selected(self, token: int) -> None:
        self._token = token
        self._compute()

    @Slot()
    def _on_random_clicked(self) -> None:
        self._seed += 1
        self._weights = first_weights(self._seed)
        self._compute()

    @Slot()
    def _on_choice_changed(self) -> None:
        if self._shown is not None and self.norms.checkedId() >= 0:
            self._compute()

    @Slot(str, int, int)
    def _on_cell_pointed(self, part: Part, row: int, column: int) -> None:
        self._look_at((part, row, column))

    @Slot(str, int, int, float)
    def _on_cell_edited(self, part: Part, row: int, column: int, value: float) -> None:
        self._edit(part, row, column, value)
