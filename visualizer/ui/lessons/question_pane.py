"""A try-it question: what is asked, a place for the answer, and the verdict."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.prose import Question
from visualizer.ui.lessons.page import Answer
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.typed_answers import is_right
from visualizer.ui.lessons.wrapped_choice import WrappedChoice
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme


class QuestionPane(QWidget):
    """Asks one question and shows whether it was answered right.

    Signals:
        check_requested: The reader wants to know. str, the question's key.
        link_followed: A link of the question or of its reason. str.
    """

    check_requested = Signal(str)
    link_followed = Signal(str)

    def __init__(self, question: Question, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self._choices = QButtonGroup(self)
        self._line = QLineEdit()
        self._check = QPushButton(self.tr("Check"))
        self._check.setToolTip(self.tr("Compare your answer with what the lesson computes"))
        self._check.setAutoDefault(False)
        self._verdict = PlainLabel()
        self._verdict.setWordWrap(True)
        self._why = ProseView(question.why)
        ask = ProseView(f"**{number}.** {question.ask}")
        for text in (ask, self._why):
            text.link_followed.connect(self.link_followed)
        self.setAccessibleName(self.tr("Question {number}").format(number=number))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_PX, 0, 2 * SPACE_PX)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(ask)
        self._add_place_for_answer(layout)
        layout.addWidget(self._verdict)
        layout.addWidget(self._why)
        self._check.clicked.connect(self._on_check_clicked)
        self._line.returnPressed.connect(self._on_check_clicked)
        self.clear()

    @property
    def given(self) -> str:
        """What the reader has answered: the place of the choice as a number, or the text."""
        if self.question.choices:
            place = self._choices.checkedId()
            return "" if place < 0 else str(place)
        return self._line.text().strip()

    def clear(self) -> None:
        """As at the beginning: nothing answered."""
        self._choices.setExclusive(False)
        for button in self._choices.buttons():
            button.setChecked(False)
        self._choices.setExclusive(True)
        self._line.clear()
        self._say("", "")

    def give(self, given: str) -> None:
        """Put an answer in as if the reader had."""
        if self.question.choices:
            self._choices.button(int(given)).setChecked(True)
        else:
            self._line.setText(given)

    def judge(self, answer: Answer | None) -> None:
        """Say whether what was given is right."""
        theme = current_theme()
        if not self.given:
            self._say(self.tr("Answer first, then check."), theme.quiet)
        elif answer is None:
            self._say(self.tr("The experiment has no answer yet: run it first."), theme.quiet)
        elif is_right(self.given, answer):
            self._say(self.tr("✓ Right."), theme.accent, with_reason=True)
        else:
            self._say(self.tr("✗ Not so. Look at the experiment and try again."), theme.error)

    @property
    def verdict(self) -> str:
        """The verdict on show, "" before any."""
        return self._verdict.text()

    def _say(self, words: str, colour: str, *, with_reason: bool = False) -> None:
        self._verdict.setText(words)
        self._verdict.setStyleSheet(f"color: {colour}; font-weight: bold" if colour else "")
        self._verdict.setVisible(bool(words))
        self._why.setVisible(with_reason and bool(self.question.why))

    def _add_place_for_answer(self, layout: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        if self.question.choices:
            column = QVBoxLayout()
            column.setSpacing(0)
            for place, choice in enumerate(self.question.choices):
                line = WrappedChoice(choice)
                self._choices.addButton(line.button, place)
                column.addWidget(line)
            row.addLayout(column, 1)
        else:
            self._line.setAccessibleName(self.tr("Your answer"))
            self._line.setPlaceholderText(self.tr("Your answer"))
            row.addWidget(self._line, 1)
        row.addWidget(self._check, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(row)

    @Slot()
    def _on_check_clicked(self) -> None:
        self.check_requested.emit(self.question.key)
