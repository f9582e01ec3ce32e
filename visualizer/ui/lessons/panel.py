"""The lessons' panel: text beside a live experiment, and the way through the course."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QDeadlineTimer, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.prose import SOURCE_LANGUAGE, Lesson, read_lesson
from visualizer.ui.lessons.code_view import CodeView
from visualizer.ui.lessons.course import PageSource
from visualizer.ui.lessons.header import LessonHeader
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import LessonPage
from visualizer.ui.lessons.text_column import COLUMN_PX, TextColumn
from visualizer.ui.widgets.messages import PanelStack, error_text


class LessonPanel(QWidget):
    """Shows one lesson at a time; a page is made when it is first opened, and kept.

    Attributes:
        header: The bar above: which lesson, and what can be done with it.
        text: The lesson's text and questions.

    Signals:
        lesson_changed: Another lesson is on show. str, its key.
    """

    lesson_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = SOURCE_LANGUAGE
        self._course: dict[str, PageSource] = {}
        self._microscope = Microscope(self)
        self._pages: dict[str, LessonPage] = {}
        self._lesson: Lesson | None = None
        self.header = LessonHeader()
        self.text = TextColumn()
        self._places: dict[str, QScrollArea] = {}
        self._experiments = QStackedWidget()
        self.code = CodeView()
        self._right = QStackedWidget()
        self._right.addWidget(self._experiments)
        self._right.addWidget(self.code)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.text)
        self._splitter.addWidget(self._right)
        self._splitter.setStretchFactor(1, 1)
        line = self._splitter.handle(1)
        line.setBackgroundRole(QPalette.ColorRole.Mid)
        line.setAutoFillBackground(True)
        self._stack = PanelStack(self._splitter)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self.header)
        self._rows.addWidget(self._stack, 1)
        self.setAccessibleName(self.tr("Lessons"))
        self._connect()

    # ------------------------------------------------------------------------------ the course

    def begin(
        self,
        pages: Mapping[str, PageSource],
        microscope: Microscope,
        key: str,
        language: str = SOURCE_LANGUAGE,
    ) -> None:
        """Offer these lessons, and open one of them, the first if there is no such key."""
        self._language = language
        self._course = dict(pages)
        self._microscope = microscope
        self.header.set_lessons([read_lesson(name, language) for name in pages])
        self.open_lesson(key if key in pages else next(iter(pages)))

    @property
    def has_begun(self) -> bool:
        """Whether the lessons have been opened before."""
        return bool(self._course)

    @property
    def is_narrow(self) -> bool:
        """Whether only the text is in sight."""
        return self._right.isHidden()

    def refresh(self) -> None:
        """Let the bar tell again where in the course the lesson stands."""
        if self._lesson is not None:
            self.header.set_current(self._place())

    @property
    def lesson(self) -> Lesson | None:
        """The lesson on show."""
        return self._lesson

    @property
    def page(self) -> LessonPage | None:
        """The experiment on show."""
        return None if self._lesson is None else self._pages.get(self._lesson.key)

    @Slot(str)
    def open_lesson(self, key: str) -> None:
        """Show a lesson, as it was left if it has been open before."""
        if self._lesson is not None and self._lesson.key == key:
            return
        try:
            lesson = read_lesson(key, self._language)
        except VisualizerError as error:
            self._stack.show_message(error_text(error))
            return
        before = self.page
        self._lesson = lesson
        page = self._page_of(key)
        if before is not None:
            before.set_active(False)
        self._stack.show_content()
        self.text.set_lesson(lesson)
        self._experiments.setCurrentWidget(self._places[key])
        self.header.set_current(self._place())
        self.show_code(False)
        page.set_active(self.isVisible())
        self.lesson_changed.emit(key)

    @Slot()
    def go_forward(self) -> None:
        """The next lesson, if there is one."""
        self._go(1)

    @Slot()
    def go_back(self) -> None:
        """The lesson before, if there is one."""
        self._go(-1)

    @Slot()
    def reset(self) -> None:
        """The lesson as it began: experiment, answers and place in the text."""
        page = self.page
        if page is not None:
            page.reset()
            self.text.clear_answers()
            self.text.verticalScrollBar().setValue(0)
            self.show_code(False)

    @Slot(bool)
    def show_code(self, shown: bool) -> None:
        """Show the functions that ran in place of the experiment, or the experiment again."""
        page = self.page
        if shown and page is not None:
            self.code.set_functions(page.functions())
        self._right.setCurrentWidget(self.code if shown else self._experiments)
        self.header.set_code_shown(shown)

    def set_experiment_shown(self, shown: bool) -> None:
        """Whether there is room for the experiment beside the text."""
        self._right.setVisible(shown)
        self.header.set_narrow(not shown)
        # What is hidden must not count when the docks are laid out, which is at once.
        for part in (self.header, self._splitter, self._stack, self):
            part.updateGeometry()
        self._rows.activate()
        if shown:
            self._splitter.setSizes([COLUMN_PX, max(self.width() - COLUMN_PX, COLUMN_PX)])

    def shutdown(self, timeout_ms: int) -> bool:
        """End what runs in the pages; False if it did not end in time."""
        deadline = QDeadlineTimer(timeout_ms)
        return all([page.shutdown(deadline.remainingTime()) for page in self._pages.values()])

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._tell_page(True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._tell_page(False)

    def _tell_page(self, active: bool) -> None:
        if self.page is not None:
            self.page.set_active(active)

    def _go(self, by: int) -> None:
        if self._lesson is None:
            return
        place = self._place() + by
        if 0 <= place < len(self._course):
            self.open_lesson(list(self._course)[place])

    def _place(self) -> int:
        """Of the lesson on show, in the course."""
        return list(self._course).index(self._lesson.key) if self._lesson is not None else -1

    def _page_of(self, key: str) -> LessonPage:
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = self._course[key]()(self._microscope)
            page.functions_changed.connect(self._on_functions_changed)
            place = self._places[key] = QScrollArea()
            place.setWidgetResizable(True)
            place.setFrameShape(QFrame.Shape.NoFrame)
            place.setWidget(page)
            self._experiments.addWidget(place)
        return page

    def _connect(self) -> None:
        self.header.lesson_chosen.connect(self.open_lesson)
        self.header.code_toggled.connect(self.show_code)
        self.text.link_followed.connect(self._on_link_followed)
        self.text.check_requested.connect(self._on_check_requested)

    @Slot()
    def _on_functions_changed(self) -> None:
        if self._right.currentWidget() is self.code and self.sender() is self.page:
            self.show_code(True)

    @Slot(str)
    def _on_link_followed(self, link: str) -> None:
        if self.page is not None:
            self.show_code(False)
            self.page.follow(link)

    @Slot(str)
    def _on_check_requested(self, key: str) -> None:
        if self.page is not None:
            self.text.pane(key).judge(self.page.answer(key))
