"""A try-it question: what is asked, a place for the answer, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.prose import Question, Term
from visualizer.ui.lessons.page import Answer
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.typed_answers import is_right, number_from, number_text
from visualizer.ui.lessons.wrapped_choice import WrappedChoice
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme


class QuestionPane(QWidget):
    """Asks one question and shows whether it was answered right.

    After a wrong answer there is a hint, made from the numbers on screen, and a way to be shown.

    Attributes:
        texts: What is asked, the hint and the reason, as they are shown.

    Signals:
        given_changed: The reader has put in another answer. str, the question's key.
        check_requested: The reader wants to know. str, the question's key.
        show_requested: The reader wants to be shown the answer. str, the question's key.
    """

    given_changed = Signal(str)
    check_requested = Signal(str)
    show_requested = Signal(str)

    def __init__(
        self,
        question: Question,
        number: int,
        terms: Mapping[str, Term] = MappingProxyType({}),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.question = question
        self.is_solved = False
        self._choices = QButtonGroup(self)
        self._line = QLineEdit()
        self._check = _button(
            self.tr("Check"), self.tr("Compare your answer with what the lesson computes")
        )
        self._show = _button(
            self.tr("Show me"), self.tr("Bring the answer into sight in the experiment")
        )
        self._verdict = PlainLabel()
        self._verdict.setWordWrap(True)
        self._colour = ""
        ask = ProseView(f"**{number}.** {question.ask}", terms)
        self._hint = ProseView("", terms)
        self._why = ProseView(question.why, terms)
        self.texts = (ask, self._hint, self._why)
        self.setAccessibleName(self.tr("Question {number}").format(number=number))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_PX, 0, 2 * SPACE_PX)
        layout.setSpacing(SPACE_PX)
        layout.addWidget(ask)
        self._add_place_for_answer(layout)
        layout.addWidget(self._verdict)
        layout.addWidget(self._hint)
        layout.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._why)
        self._choices.idClicked.connect(self._on_given)
        self._line.editingFinished.connect(self._on_given)
        self._check.clicked.connect(self._on_check_clicked)
        self._show.clicked.connect(self._on_show_clicked)
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
        self.is_solved = False
        self._say("", "")

    def give(self, given: str) -> None:
        """Put an answer in as if the reader had; what is no choice is left out."""
        if not self.question.choices:
            self._line.setText(given)
        elif given.isdecimal() and int(given) < len(self.question.choices):
            self._choices.button(int(given)).setChecked(True)

    def restore(self, given: str, *, is_solved: bool) -> None:
        """As the reader left it at another time."""
        self.give(given)
        if is_solved:
            self._say_right(self.tr("✓ Answered right."))

    def judge(self, answer: Answer | None) -> None:
        """Say whether what was given is right."""
        if not self.given:
            self._say(self.tr("Answer first, then check."), "quiet")
        elif answer is None:
            self._say(self.tr("The experiment has no answer yet: run it first."), "quiet")
        elif is_right(self.given, answer):
            self._say_right(self.tr("✓ Right."))
        else:
            hint = self.question.hint.format_map(answer.numbers) if self.question.hint else ""
            self._say(self._complaint(answer), "error", hint=hint, can_show=True)

    def show_answer(self, answer: Answer | None) -> None:
        """Put the right answer in, and say why; it does not count as solved."""
        if answer is None:
            self._say(self.tr("The experiment has no answer yet: run it first."), "quiet")
            return
        is_number = not self.question.choices and not isinstance(answer.value, str)
        self.give(number_text(answer) if is_number else str(answer.value))
        self._say(self.tr("This is the answer."), "ink", with_reason=True)

    @property
    def verdict(self) -> str:
        """The verdict on show, "" before any."""
        return self._verdict.text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour_verdict()

    def _complaint(self, answer: Answer) -> str:
        is_number = not self.question.choices and not isinstance(answer.value, str)
        if is_number and number_from(self.given) is None:
            words = self.tr(
                "✗ “{given}” cannot be read as a number. Write 0.667, 2/3, 66.7 % or 19.9 million."
            )
            return words.format(given=self.given)
        return self.tr("✗ Not so.")

    def _say_right(self, words: str) -> None:
        self.is_solved = True
        self._say(words, "accent", with_reason=True)

    def _say(
        self,
        words: str,
        colour: str,
        *,
        hint: str = "",
        can_show: bool = False,
        with_reason: bool = False,
    ) -> None:
        self._verdict.setText(words)
        self._colour = colour
        self._colour_verdict()
        self._verdict.setVisible(bool(words))
        self._hint.set_markdown(hint)
        self._hint.setVisible(bool(hint))
        self._show.setVisible(can_show)
        self._why.setVisible(with_reason and bool(self.question.why))

    def _colour_verdict(self) -> None:
        colour = f"color: {getattr(current_theme(), self._colour)}; " if self._colour else ""
        wanted = f"{colour}font-weight: bold"
        if self._verdict.styleSheet() != wanted:
            self._verdict.setStyleSheet(wanted)

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
    def _on_given(self) -> None:
        self.given_changed.emit(self.question.key)

    @Slot()
    def _on_check_clicked(self) -> None:
        self.check_requested.emit(self.question.key)

    @Slot()
    def _on_show_clicked(self) -> None:
        self.show_requested.emit(self.question.key)


def _button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
