"""The words of a sentence in another order, through one self-attention, with and without places."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.text import split_words
from visualizer.lessons.word_order import OrderEffect, order_effect, shuffled_order
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.font_follower import when_text_size_changes
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.number_text import typeset

SENTENCE = "the dog bites the man"
MOST_WORDS = 7
WIDTH = 6
"""Channels of a word's vector: few, so that every number is in sight."""


class OrderPane(QWidget):
    """Vectors of words, with positions or without, and what attention makes of two orders.

    Signals:
        changed: Another sentence or order.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self._words: tuple[str, ...] = ()
        self._effects: dict[bool, OrderEffect] = {}
        self.sentence = QLineEdit()
        self.shuffle = QPushButton(self.tr("Shuffle again"))
        self.with_positions = QCheckBox(self.tr("Add positions"))
        self.complaint = Complaint()
        self.shuffled = PlainLabel()
        self.without = PlainLabel()
        self.with_them = PlainLabel()
        names = {
            "embeddings": self.tr("embedding of each word"),
            "positions": self.tr("+ its position"),
            "x": self.tr("= x, the input"),
            "before": self.tr("outputs, the sentence"),
            "after": self.tr("outputs, shuffled, put back"),
            "difference": self.tr("difference"),
        }
        self.views = {key: MatrixView(title=title) for key, title in names.items()}
        self._lay_out()
        self.sentence.textChanged.connect(self._on_sentence_changed)
        self.shuffle.clicked.connect(self._on_shuffle_clicked)
        self.with_positions.toggled.connect(self._on_with_positions_toggled)
        when_text_size_changes(self, self._on_text_size_changed)

    @Slot()
    def _on_text_size_changed(self) -> None:
        if self._effects:
            self._draw()

    def _lay_out(self) -> None:
        self.sentence.setAccessibleName(self.tr("Sentence to shuffle"))
        self.sentence.setPlaceholderText(self.tr("Two to seven words"))
        self.shuffle.setToolTip(self.tr("Another order of the same words"))
        self.with_positions.setToolTip(self.tr("Add the sinusoids of its place to each word"))
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE_PX)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.shuffle)
        row.addWidget(self.with_positions)
        for label in (self.shuffled, self.without, self.with_them):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        bold = self.without.font()
        bold.setBold(True)
        self.without.setFont(bold)
        self.with_them.setFont(bold)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * SPACE_PX)
        grid.setVerticalSpacing(3 * SPACE_PX)
        for place, view in enumerate(self.views.values()):
            view.setMinimumWidth(50 * SPACE_PX)
            view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            grid.addWidget(view, *divmod(place, 3), Qt.AlignmentFlag.AlignTop)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(2 * SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addWidget(self.complaint)
        column_layout.addWidget(self.shuffled)
        column_layout.addSpacing(SPACE_PX)
        column_layout.addLayout(grid)
        column_layout.addWidget(self.without)
        column_layout.addWidget(self.with_them)
        explained = caption(
            self.tr(
                "Row by row, the same word is compared with itself: what attention gave it in "
                "the sentence, and in the shuffled one. A difference of about 1e-16 is the "
                "rounding of the last digit."
            )
        )
        explained.setAlignment(Qt.AlignmentFlag.AlignTop)
        column_layout.addWidget(explained, 1)

    # -------------------------------------------------------------------------------- the words

    @property
    def effects(self) -> dict[bool, OrderEffect]:
        """Without positions (False) and with them (True)."""
        return self._effects

    @property
    def words(self) -> tuple[str, ...]:
        """Of the sentence."""
        return self._words

    def reset(self) -> None:
        """The sentence of the beginning, without positions."""
        self._seed = 0
        with QSignalBlocker(self.with_positions), QSignalBlocker(self.sentence):
            self.with_positions.setChecked(False)
            self.sentence.setText(SENTENCE)
        self._compute()

    def _compute(self) -> None:
        words = tuple(split_words(self.sentence.text()))
        try:
            if len(words) > MOST_WORDS:
                raise UsageError(
                    "The sentence has {n} words; at most {most} have room here: shorten it.",
                    n=len(words),
                    most=MOST_WORDS,
                )
            order = shuffled_order(len(words), self._seed)
            effects = {
                with_positions: order_effect(
                    words, order, with_positions=with_positions, width=WIDTH, seed=0
                )
                for with_positions in (False, True)
            }
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        self.complaint.clear_error()
        self._words, self._effects = words, effects
        shuffled = " ".join(words[i] for i in order)
        self.shuffled.setText(self.tr("Shuffled: {words}").format(words=shuffled))
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        effect = self._effects[self.with_positions.isChecked()]
        values = {
            "embeddings": effect.embeddings,
            "positions": effect.positions,
            "x": effect.embeddings + effect.positions,
            "before": effect.before,
            "after": effect.after,
            "difference": effect.after - effect.before,
        }
        for key, view in self.views.items():
            view.set_matrix(Matrix(values[key], self._words))
            view.setFixedHeight(view.sizeHint().height())
        text = self.tr("Without positions: the largest difference is {difference}.")
        self.without.setText(text.format(difference=_digits(self._effects[False].difference)))
        text = self.tr("With positions: the largest difference is {difference}.")
        self.with_them.setText(text.format(difference=_digits(self._effects[True].difference)))

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_sentence_changed(self) -> None:
        self._compute()

    @Slot()
    def _on_shuffle_clicked(self) -> None:
        self._seed += 1
        self._compute()

    @Slot(bool)
    def _on_with_positions_toggled(self, _with_them: bool) -> None:
        if self._effects:
            self._draw()


def _digits(value: float) -> str:
    return "0" if value == 0 else typeset(f"{value:.1e}" if value < 1e-3 else f"{value:.3f}")
