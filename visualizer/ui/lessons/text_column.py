"""The text of a lesson with its questions, one narrow column that scrolls."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from visualizer.lessons.prose import Lesson
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.question_pane import QuestionPane
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX

COLUMN_PX = 340


class TextColumn(QScrollArea):
    """Shows one lesson's sections and questions.

    Signals:
        link_followed: A link into the experiment or the main panels. str, "try:KEY" or
            "look:KEY".
        check_requested: A question's key. str.
    """

    link_followed = Signal(str)
    check_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(COLUMN_PX - 15 * SPACE_PX)
        self.questions: list[QuestionPane] = []

    def set_lesson(self, lesson: Lesson) -> None:
        """Show another lesson, from its beginning."""
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(4 * SPACE_PX, 2 * SPACE_PX, 4 * SPACE_PX, 4 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        for section in lesson.sections:
            if section.heading:
                layout.addWidget(_heading(section.heading))
            text = ProseView(section.text)
            text.link_followed.connect(self.link_followed)
            layout.addWidget(text)
        self.questions = []
        if lesson.questions:
            layout.addSpacing(2 * SPACE_PX)
            layout.addWidget(_heading(self.tr("Try it")))
        for number, question in enumerate(lesson.questions, 1):
            pane = QuestionPane(question, number)
            pane.check_requested.connect(self.check_requested)
            pane.link_followed.connect(self.link_followed)
            self.questions.append(pane)
            layout.addWidget(pane)
        layout.addStretch(1)
        self.setAccessibleName(lesson.title)
        self.setWidget(content)
        self.verticalScrollBar().setValue(0)

    def pane(self, key: str) -> QuestionPane:
        """The question with this key; KeyError if there is none."""
        for pane in self.questions:
            if pane.question.key == key:
                return pane
        raise KeyError(key)

    def clear_answers(self) -> None:
        """Every question as at the beginning."""
        for pane in self.questions:
            pane.clear()


def _heading(text: str) -> QLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    font = label.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * 1.1)
    label.setFont(font)
    return label
