"""The text of a lesson with its questions, one narrow column that scrolls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.progress import LessonProgress
from visualizer.lessons.prose import Lesson, Source, Term, terms_of
from visualizer.ui.lessons.architecture_map import ArchitectureMap
from visualizer.ui.lessons.labels import caption
from visualizer.ui.lessons.prose_view import ProseView
from visualizer.ui.lessons.question_pane import QuestionPane
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.font_follower import follow_text_size, scaled_font

_MARGIN_PX = 4 * SPACE_PX
_READABLE_CHARS, _NARROW_CHARS, _LEAST_CHARS = 66, 48, 40  # of Latin letters in a line
_MAP_LINES = 58  # of text, in a window that has room for the map above them
_KEEP_PLACE_MS = 400


class TextColumn(QScrollArea):
    """Shows one lesson: its goal, where it is in the architecture, sections and questions.

    Attributes:
        questions: The panes of the questions, in order.
        map: The architecture; in sight while `map_button` has unfolded it.

    Signals:
        link_followed: A link into the experiment, the main panels or another lesson. str,
            "try:KEY", "look:KEY" or "lesson:KEY".
        given_changed, check_requested, show_requested: A question's key. str.
        place_changed: The reader has scrolled; how far down, in [0, 1]. float.
        forget_requested: The answers of this lesson are to be forgotten.
    """

    link_followed = Signal(str)
    given_changed = Signal(str)
    check_requested = Signal(str)
    show_requested = Signal(str)
    place_changed = Signal(float)
    forget_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.questions: list[QuestionPane] = []
        self._terms: Mapping[str, Term] = {}
        self._wished_place: float | None = None
        self._is_map_open: bool | None = None  # by the user's wish
        self._forget: QPushButton | None = None
        self._soon = QTimer(self, singleShot=True, interval=_KEEP_PLACE_MS)
        self._soon.timeout.connect(self._on_scrolled)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_value_changed)
        bar.rangeChanged.connect(self._on_range_changed)
        self._fit_width()

    def set_terms(self, terms: Mapping[str, Term]) -> None:
        """The glossary, by key."""
        self._terms = dict(terms)

    def set_lesson(
        self,
        lesson: Lesson,
        titles: Mapping[str, str] = MappingProxyType({}),
        progress: LessonProgress | None = None,
    ) -> None:
        """Show another lesson, as it was left.

        Args:
            lesson: The lesson.
            titles: Of all lessons, by key, for what leads to them.
            progress: What was answered before, and how far down the reader was.
        """
        progress = progress or LessonProgress()
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(_MARGIN_PX, 2 * SPACE_PX, _MARGIN_PX, 4 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        self._add_head(layout, lesson, titles)
        for section in lesson.sections:
            if section.heading:
                layout.addWidget(_heading(section.heading))
            layout.addWidget(self._prose(section.text))
        self._add_questions(layout, lesson)
        self._add_words(layout, [self._terms[k] for k in terms_of(lesson) if k in self._terms])
        self._add_sources(layout, lesson.sources)
        layout.addStretch(1)
        for pane in self.questions:
            key = pane.question.key
            pane.restore(progress.answers.get(key, ""), is_solved=key in progress.solved)
        self.set_can_forget(bool(progress.answers))
        self.setAccessibleName(lesson.title)
        self._soon.stop()
        self._wished_place = progress.place
        old = self.takeWidget()
        if old is not None:
            old.deleteLater()  # one of its links may be what brought this lesson
        self.setWidget(content)
        self._on_range_changed()

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
        self.set_can_forget(False)

    def set_can_forget(self, can: bool) -> None:
        """Whether there are answers that could be forgotten."""
        if self._forget is not None:
            self._forget.setEnabled(can)

    @property
    def place(self) -> float:
        """How far down the text has been scrolled, in [0, 1]."""
        if self._wished_place is not None:
            return self._wished_place
        bar = self.verticalScrollBar()
        return bar.value() / bar.maximum() if bar.maximum() else 0.0

    @property
    def readable_px(self) -> int:
        """The width at which lines are easy to read."""
        return self._px_of(_READABLE_CHARS)

    @property
    def narrow_px(self) -> int:
        """The width where there are other panels to be seen, too."""
        return self._px_of(_NARROW_CHARS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.widget() is not None:
            self._show_map()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_width()

    # ------------------------------------------------------------------------------- the parts

    def _add_head(self, layout: QVBoxLayout, lesson: Lesson, titles: Mapping[str, str]) -> None:
        layout.addWidget(_heading(lesson.title, 1.5))
        facts = [self.tr("Lesson {number}").format(number=lesson.number)]
        if lesson.minutes:
            facts.append(self.tr("{n} minutes").format(n=lesson.minutes))
        needs = [f"[{titles[key]}](lesson:{key})" for key in lesson.needs if key in titles]
        if needs:
            facts.append(self.tr("after {lessons}").format(lessons=self.tr(", ").join(needs)))
        layout.addWidget(self._prose(" · ".join(facts)))
        if lesson.goal:
            goal = self._prose(self.tr("**Goal:** {goal}").format(goal=lesson.goal))
            layout.addWidget(goal)
        self.map_button = QToolButton()
        self.map_button.setText(self.tr("Where this is in the Transformer"))
        self.map_button.setToolTip(
            self.tr("Show or hide the architecture; each part of it opens its lesson")
        )
        self.map_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.map_button.setAutoRaise(True)
        self.map_button.clicked.connect(self._on_map_clicked)
        self.map = ArchitectureMap()
        self.map.set_lesson(lesson.key, titles)
        self.map.lesson_wished.connect(self._on_lesson_wished)
        about_map = self.tr("The figure of the paper. Pale: what models that only write leave out.")
        if lesson.key == "translate":
            about_map = self.tr("The figure of the paper. The model of this lesson has all of it.")
        self._about_map = caption(about_map)
        layout.addWidget(self.map_button)
        layout.addWidget(self.map)
        layout.addWidget(self._about_map)
        self._show_map()

    def _add_questions(self, layout: QVBoxLayout, lesson: Lesson) -> None:
        self.questions, self._forget = [], None
        if not lesson.questions:
            return
        layout.addSpacing(2 * SPACE_PX)
        layout.addWidget(_heading(self.tr("Try it")))
        for number, question in enumerate(lesson.questions, 1):
            pane = QuestionPane(question, number, self._terms)
            pane.given_changed.connect(self.given_changed)
            pane.check_requested.connect(self.check_requested)
            pane.show_requested.connect(self.show_requested)
            for text in pane.texts:
                self._connect_prose(text)
            self.questions.append(pane)
            layout.addWidget(pane)
        forget = self._forget = QPushButton(self.tr("Forget my answers"))
        forget.setToolTip(self.tr("Put the questions of this lesson back, as never answered"))
        forget.setAutoDefault(False)
        forget.clicked.connect(self.forget_requested)
        layout.addWidget(forget, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_words(self, layout: QVBoxLayout, terms: Iterable[Term]) -> None:
        words = "\n".join(f"- **{each.term}**: {each.text}" for each in terms)
        if words:
            layout.addSpacing(2 * SPACE_PX)
            layout.addWidget(_heading(self.tr("Words of this lesson")))
            layout.addWidget(self._prose(words))

    def _add_sources(self, layout: QVBoxLayout, sources: Iterable[Source]) -> None:
        lines = "\n".join(
            f"- [{each.title}]({each.url})" if each.url else f"- {each.title}" for each in sources
        )
        if lines:
            layout.addSpacing(2 * SPACE_PX)
            layout.addWidget(_heading(self.tr("Sources")))
            layout.addWidget(self._prose(lines))

    def _prose(self, text: str) -> ProseView:
        view = ProseView(text, self._terms)
        self._connect_prose(view)
        return view

    def _connect_prose(self, view: ProseView) -> None:
        view.link_followed.connect(self.link_followed)
        view.link_reached.connect(self._on_link_reached)

    def _px_of(self, n_chars: int) -> int:
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        return n_chars * self.fontMetrics().averageCharWidth() + 2 * _MARGIN_PX + bar

    def _fit_width(self) -> None:
        self.setMinimumWidth(self._px_of(_LEAST_CHARS))

    def _show_map(self) -> None:
        is_open = self._is_map_open
        if is_open is None:
            is_open = self.height() >= _MAP_LINES * self.fontMetrics().height()
        arrow = Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow
        self.map_button.setArrowType(arrow)
        self.map.setVisible(is_open)
        self._about_map.setVisible(is_open)

    # ------------------------------------------------------------------------------ the handlers

    @Slot()
    def _on_map_clicked(self) -> None:
        self._is_map_open = self.map.isHidden()
        self._show_map()

    @Slot(str)
    def _on_lesson_wished(self, key: str) -> None:
        self.link_followed.emit(f"lesson:{key}")

    @Slot(QRect)
    def _on_link_reached(self, place: QRect) -> None:
        """Bring the link that the keyboard has come to into sight."""
        view, content = self.sender(), self.widget()
        if isinstance(view, ProseView) and content is not None:
            point = view.viewport().mapTo(content, place.center())
            self.ensureVisible(point.x(), point.y(), 0, 4 * _MARGIN_PX)

    @Slot()
    def _on_range_changed(self) -> None:
        """Until the reader scrolls, the text stays at the place where it was left."""
        if self._wished_place is not None:
            place, bar = self._wished_place, self.verticalScrollBar()
            bar.setValue(round(place * bar.maximum()))
            self._wished_place = place

    @Slot()
    def _on_value_changed(self) -> None:
        self._wished_place = None
        self._soon.start()

    @Slot()
    def _on_scrolled(self) -> None:
        self.place_changed.emit(self.place)


def _heading(text: str, scale: float = 1.1) -> PlainLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    follow_text_size(label, lambda: scaled_font(scale))
    return label
