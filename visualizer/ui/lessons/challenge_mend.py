"""A broken attention, to be mended from its picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.attention import Float64Array
from visualizer.lessons.broken_attention import (
    FAULTS,
    KEY_WIDTH,
    N_ROUNDS,
    Fault,
    Puzzle,
    make_puzzles,
)
from visualizer.ui.lessons.attention_hand import WORDS
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, matrix_exhibit
from visualizer.ui.lessons.labels import heading, snug_caption
from visualizer.ui.lessons.page import Answer, Exhibit
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size, when_text_size_changes
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView


class MendPane(QWidget):
    """Rounds of one picture each: what is broken is to be switched right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self._round = 0
        self._puzzles: tuple[Puzzle, ...] = ()
        self.title = heading("")
        self.view = MatrixView(title=self.tr("Attention weights: row looks at column"))
        self.show_sums = QCheckBox(self.tr("Show the sums"))
        self.sums = PlainLabel()
        self.mend: dict[Fault, QCheckBox] = {
            "columns": QCheckBox(self.tr("Softmax over rows")),
            "no-mask": QCheckBox(self.tr("Mask the future")),
            "no-scale": QCheckBox(self.tr("Divide by √d_k")),
        }
        self.verdict = heading("")
        self.why = snug_caption()
        self.next = QPushButton(self.tr("Next round"))
        self.again = QPushButton(self.tr("Again"))
        self._lay_out()
        self.show_sums.toggled.connect(self.sums.setVisible)
        for box in self.mend.values():
            box.toggled.connect(self._on_mended)
        self.next.clicked.connect(self._on_next_clicked)
        self.again.clicked.connect(self._on_again_clicked)
        self.reset()
        when_text_size_changes(self, self._show)

    def _lay_out(self) -> None:
        self.show_sums.setToolTip(self.tr("What each row and each column of weights adds up to"))
        tips: dict[Fault, str] = {
            "columns": self.tr("Each row becomes positive with a sum of 1"),
            "no-mask": self.tr("No token looks at a later one"),
            "no-scale": self.tr("Scores are divided by the root of the width of queries and keys"),
        }
        for fault, box in self.mend.items():
            box.setToolTip(tips[fault])
        self.next.setToolTip(self.tr("Another picture, once this one is right"))
        self.again.setToolTip(self.tr("From the first round, with other numbers"))
        follow_text_size(self.sums, token_font)
        self.sums.setAccessibleName(self.tr("Sums of the rows and columns"))
        self.sums.hide()
        self.view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        look = snug_caption()
        look.setText(
            self.tr(
                "Something is broken in this attention. Look where there is weight at all, "
                "how sharp the rows are, and what adds up to 1; then mend only what is broken."
            )
        )
        switches, rounds = QHBoxLayout(), QHBoxLayout()
        for row, controls in (
            (switches, tuple(self.mend.values())),
            (rounds, (self.next, self.again)),
        ):
            row.setSpacing(3 * SPACE_PX)
            for control in controls:
                row.addWidget(control)
            row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        for widget in (self.title, look, self.view, self.show_sums, self.sums):
            column.addWidget(widget)
        column.addWidget(heading(self.tr("Mend")))
        column.addLayout(switches)
        column.addLayout(rounds)
        column.addWidget(self.verdict)
        column.addWidget(self.why)  # last, so that nothing moves when it gets a second line
        column.addStretch(1)

    def reset(self) -> None:
        """The first round of the first seed, nothing mended, without the sums."""
        self.show_sums.setChecked(False)
        self._begin(0)

    def answer(self, question: str) -> Answer | None:
        """Computed from the picture on screen, which has as many tokens in every round."""
        right = self.puzzle.right().weights
        numbers = {"tokens": str(len(right)), "width": str(KEY_WIDTH)}
        if question == "hidden":
            return Answer(int(np.count_nonzero(right == 0)), numbers=numbers)
        if question == "total":
            return Answer(float(right.sum()), 1e-6, numbers)
        if question == "factor":
            return Answer(float(np.sqrt(KEY_WIDTH)), 1e-6, numbers)
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        matrix = self.view.matrix()
        if matrix is None:
            return []
        rows = TableRows(matrix.row_labels, matrix.values)
        numbers = Numbers(("query", *matrix.column_labels), rows, {"weights": matrix.values})
        return [matrix_exhibit("weights", self.title.text(), matrix, numbers)]

    def follow(self, target: str) -> None:
        """Go to the round with a fault alone, to the last one, or show the sums."""
        key = target.removeprefix("try:")
        if key == "sums":
            self.show_sums.setChecked(True)
        elif key == "two":
            self._go_to(N_ROUNDS - 1)
        elif key in FAULTS:
            self._go_to(next(i for i, p in enumerate(self._puzzles) if p.faults == {key}))

    # ------------------------------------------------------------------------------ the rounds

    @property
    def puzzle(self) -> Puzzle:
        """The round on screen."""
        return self._puzzles[self._round]

    def mended(self) -> frozenset[Fault]:
        """What the reader has switched right."""
        return frozenset(fault for fault, box in self.mend.items() if box.isChecked())

    def _begin(self, seed: int) -> None:
        self._seed = seed
        self._puzzles = make_puzzles(seed)
        self._go_to(0)

    def _go_to(self, round_: int) -> None:
        self._round = round_
        for box in self.mend.values():
            box.blockSignals(True)
            box.setChecked(False)
            box.blockSignals(False)
        self._show()

    def _show(self) -> None:
        weights = self.puzzle.weights(self.mended())
        self.view.set_matrix(Matrix(weights, WORDS, WORDS, colours="weights"))
        self.view.setFixedHeight(self.view.sizeHint().height())
        title = self.tr("Round {n} of {rounds}: {faults} broken")
        self.title.setText(
            title.format(n=self._round + 1, rounds=N_ROUNDS, faults=self._how_many())
        )
        sums = self.tr("Rows     {rows}\nColumns  {columns}")
        self.sums.setText(
            sums.format(rows=_spell(weights.sum(axis=1)), columns=_spell(weights.sum(axis=0)))
        )
        is_solved = self.puzzle.is_solved(self.mended())
        self.next.setEnabled(is_solved and self._round + 1 < N_ROUNDS)
        not_yet = self.tr("Not right yet") if self.mended() else ""
        self.verdict.setText(self.tr("Solved") if is_solved else not_yet)
        self.why.setText(self._explanation(is_solved))

    def _how_many(self) -> str:
        return (
            self.tr("one thing is") if len(self.puzzle.faults) == 1 else self.tr("two things are")
        )

    def _explanation(self, is_solved: bool) -> str:
        if is_solved:
            return " ".join(map(self._why, sorted(self.puzzle.faults)))
        if self.puzzle.faults <= self.mended():
            return self.tr(
                "The weights are right, but not all that you mended was broken: "
                "switch off what changes nothing."
            )
        return ""

    def _why(self, fault: Fault) -> str:
        reasons: dict[Fault, str] = {
            "columns": self.tr(
                "Columns added up to 1 and rows did not: the softmax ran down the columns."
            ),
            "no-mask": self.tr(
                "There was weight above the diagonal, on tokens that come later: no mask hid them."
            ),
            "no-scale": self.tr(
                "Nearly all weight of a row or column was in one cell: scores of {width} products "
                "are large, and were not divided by √{width}."
            ),
        }
        return reasons[fault].format(width=KEY_WIDTH)

    # ------------------------------------------------------------------------------ events

    @Slot()
    def _on_mended(self) -> None:
        self._show()

    @Slot()
    def _on_next_clicked(self) -> None:
        self._go_to(self._round + 1)
        self.view.setFocus()  # the button has gone grey

    @Slot()
    def _on_again_clicked(self) -> None:
        self._begin(self._seed + 1)


def _spell(sums: Float64Array) -> str:
    return "  ".join(f"{total:.2f}" for total in sums)
