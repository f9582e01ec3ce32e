"""How large a table has to be: V^n as a curve, and written out."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.ngram import count_digits, rows_possible, write_out
from visualizer.ui.lessons.context_table import large_number
from visualizer.ui.lessons.labels import heading
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import follow_text_size, keep_height
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series

TUTORIAL_WORDS = 5
GPT2_VOCABULARY = 50_257
LONGEST_WINDOW = 1024
"""GPT-2's context in tokens."""


class PowerPane(QWidget):
    """V^n for the tutorial's five words, the text at hand and GPT-2's vocabulary.

    Signals:
        number_changed: Another power is on show.
    """

    number_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes = [TUTORIAL_WORDS, 2, GPT2_VOCABULARY]
        self.chart = LineChart(title=self.tr("Rows possible, 10 to the k"))
        self.base = QComboBox()
        self.base.setAccessibleName(self.tr("Different tokens, V"))
        self.base.setToolTip(self.tr("V, how many different tokens there are"))
        self.power = QSpinBox()
        self.power.setRange(1, LONGEST_WINDOW)
        self.power.setGroupSeparatorShown(True)
        self.power.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.power.setAccessibleName(self.tr("Tokens of context, n"))
        self.power.setToolTip(self.tr("n, how many tokens of context there are"))
        self.outcome = PlainLabel()
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.write = ChoiceButton(self.tr("Write it out"))
        self.write.setToolTip(self.tr("Every digit of this number"))
        self.digits = ExactTextEdit()
        self.digits.setReadOnly(True)
        self.digits.setTabChangesFocus(True)
        follow_text_size(self.digits, token_font)
        self.digits.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.digits.setAccessibleName(self.tr("All digits"))
        keep_height(self.digits, lambda: 8 * self.digits.fontMetrics().lineSpacing())
        self._lay_out()
        self.base.currentIndexChanged.connect(self._on_base_changed)
        self.power.valueChanged.connect(self._on_power_changed)
        self.write.toggled.connect(self._on_write_toggled)
        self.reset()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Rows possible")))
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.base)
        to_the = QLabel(self.tr("to the power of"))
        to_the.setBuddy(self.power)
        row.addWidget(to_the)
        row.addWidget(self.power)
        row.addWidget(self.outcome)
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.write)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.digits)

    # ------------------------------------------------------------------------------- from outside

    def reset(self) -> None:
        """5^1024, not written out."""
        self.write.setChecked(False)
        self.digits.hide()
        self.show_power(TUTORIAL_WORDS, LONGEST_WINDOW)

    def set_vocabulary(self, size: int) -> None:
        """How many different tokens the text at hand has."""
        self._sizes[1] = size
        self._fill()
        self._draw()

    def show_power(self, size: int, power: int, *, written: bool = False) -> None:
        """Show a power of one of the three sizes."""
        with QSignalBlocker(self.power):
            self.power.setValue(power)
        self._fill()
        with QSignalBlocker(self.base):
            self.base.setCurrentIndex(self._sizes.index(size))
        if written:
            self.write.setChecked(True)
        self._draw()
        self.digits.verticalScrollBar().setValue(0)

    def number(self) -> int:
        """The number on show, exactly."""
        return rows_possible(self._sizes[self.base.currentIndex()], self.power.value())

    def exponents(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
        """Lengths n from 1 to 1024, then log10(V^n) = n log10(V) for each of the three sizes."""
        n = np.arange(1, LONGEST_WINDOW + 1, dtype=np.float64)
        return n, *(n * math.log10(size) for size in self._sizes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """V of the tutorial, of the text and of GPT-2."""
        return tuple(self._sizes)

    # --------------------------------------------------------------------------------- drawing

    def _fill(self) -> None:
        names = (
            self.tr("5 words of the tutorial"),
            self.tr("{n} of this text").format(n=f"{self._sizes[1]:,}"),
            self.tr("50,257 tokens of GPT-2"),
        )
        chosen = max(self.base.currentIndex(), 0)
        with QSignalBlocker(self.base):
            self.base.clear()
            self.base.addItems(names)
            self.base.setCurrentIndex(chosen)

    def _draw(self) -> None:
        n, *exponents = self.exponents()
        series = [
            Series(f"V = {size:,}", n, exponent)
            for size, exponent in zip(self._sizes, exponents, strict=True)
        ]
        self.chart.set_chart(Chart(tuple(series), self.tr("tokens of context, n"), "k", log_x=True))
        self._say()

    def _say(self) -> None:
        number = self.number()
        n_digits = count_digits(number)
        if n_digits <= 12:
            text = f"= {number:,}"
        elif n_digits <= 300:
            text = self.tr("= {number}, a number of {n} digits").format(
                number=large_number(number), n=f"{n_digits:,}"
            )
        else:
            text = self.tr("= a number of {n} digits").format(n=f"{n_digits:,}")
        self.outcome.setText(text)
        if self.write.isChecked():
            self.digits.set_text(_grouped(write_out(number)))
            self.digits.moveCursor(QTextCursor.MoveOperation.Start)
        self.number_changed.emit()

    @Slot(int)
    def _on_base_changed(self, index: int) -> None:
        self._say()

    @Slot(int)
    def _on_power_changed(self, power: int) -> None:
        self._say()

    @Slot(bool)
    def _on_write_toggled(self, down: bool) -> None:
        self.digits.setVisible(down)
        if down:
            self._say()
        else:
            self.digits.clear()


def _grouped(digits: str) -> str:
    """Groups of three from the right, as in 1,234,567."""
    first = len(digits) % 3 or 3
    groups = [digits[:first], *(digits[i : i + 3] for i in range(first, len(digits), 3))]
    return ",".join(groups)
