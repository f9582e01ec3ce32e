"""The lessons' panel: text beside a live experiment, and the way through the course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QDeadlineTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.progress import LessonProgress, Progress
from visualizer.lessons.prose import SOURCE_LANGUAGE, Lesson, read_glossary, read_lesson
from visualizer.ui.lessons.code_view import CodeView
from visualizer.ui.lessons.course import PageSource
from visualizer.ui.lessons.header import LessonHeader
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import LessonPage
from visualizer.ui.lessons.text_column import TextColumn

_EXPERIMENT_LINES = 60
"""Lines of text that are as high as the widest experiment has to be wide."""


class LessonPanel(QWidget):
    """Shows one lesson at a time; a page is made when it is first opened, and kept.

    Attributes:
        header: The bar above: which lesson, and what can be done with it.
        text: The lesson's text and questions.

    Signals:
        lesson_changed: Another lesson is on show. str, its key.
        failed: A text cannot be read, or what the reader has done cannot be kept. VisualizerError.
        experiment_reset: The experiment is as at the beginning; the answers are not touched.
    """

    lesson_changed = Signal(str)
    failed = Signal(object)
    experiment_reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course: dict[str, PageSource] = {}
        self._microscope = Microscope(self)
        self._pages: dict[str, LessonPage] = {}
        self._lesson: Lesson | None = None
        self._lessons: dict[str, Lesson] = {}
        self._progress: Progress | None = None
        self.header = LessonHeader()
        self.text = TextColumn()
        self._places: dict[str, QScrollArea] = {}
        self._is_dragged = False
        self._needed: dict[str, int] = {}  # widths of experiments, by lesson
        self._share_soon = QTimer(self, singleShot=True, interval=0)
        self._share_soon.timeout.connect(self._share_width)
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
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(self.header)
        self._rows.addWidget(self._splitter, 1)
        self.setAccessibleName(self.tr("Lessons"))
        self._connect()

    # ------------------------------------------------------------------------------ the course

    def begin(
        self,
        pages: Mapping[str, PageSource],
        microscope: Microscope,
        key: str,
        language: str = SOURCE_LANGUAGE,
        progress: Progress | None = None,
    ) -> None:
        """Offer these lessons, and open one of them, the first if there is no such key.

        Args:
            pages: The experiments, by lesson, in the order of the course.
            microscope: The main panels.
            key: The lesson to open.
            language: Of the texts.
            progress: Where what the reader does is kept; None keeps it nowhere.
        """
        self._lessons = self._read(pages, language)
        self._course = {name: pages[name] for name in self._lessons}
        self._microscope = microscope
        self._progress = progress
        self.header.set_lessons(list(self._lessons.values()))
        for name in self._lessons:
            self._mark(name)
        if self._lessons:
            self.open_lesson(key if key in self._lessons else next(iter(self._lessons)))

    def _read(self, keys: Iterable[str], language: str) -> dict[str, Lesson]:
        """The lessons whose texts are whole; of others it is said what is wrong."""
        lessons = {}
        for key in keys:
            try:
                lessons[key] = read_lesson(key, language)
            except VisualizerError as error:
                self.failed.emit(error)
        try:
            self.text.set_terms(read_glossary(language))
        except VisualizerError as error:
            self.failed.emit(error)
        return lessons

    @property
    def has_begun(self) -> bool:
        """Whether the lessons have been opened before."""
        return bool(self._course)

    @property
    def is_narrow(self) -> bool:
        """Whether only the text is in sight."""
        return self._right.isHidden()

    @property
    def wide_px(self) -> int:
        """The width in which text and experiment have what they need."""
        return self.text.readable_px + _EXPERIMENT_LINES * self.fontMetrics().height()

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
        if key not in self._lessons or (self._lesson is not None and self._lesson.key == key):
            return
        before = self.page
        self._keep_place()
        lesson = self._lesson = self._lessons[key]
        page = self._page_of(key)
        if before is not None:
            before.set_active(False)
        titles = {name: f"{each.number} · {each.title}" for name, each in self._lessons.items()}
        self.text.set_lesson(lesson, titles, self._progress_of(key))
        self._experiments.setCurrentWidget(self._places[key])
        self.header.set_current(self._place())
        self.show_code(False)
        self._share_width()
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
        """The experiment as the lesson begins; answers and place in the text stay."""
        page = self.page
        if page is not None:
            page.reset()
            self.show_code(False)
            self.experiment_reset.emit()

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
        for part in (self.header, self._splitter, self):
            part.updateGeometry()
        self._rows.activate()
        self._share_width()

    def shutdown(self, timeout_ms: int) -> bool:
        """End what runs in the pages; False if it did not end in time."""
        self._keep_place()
        deadline = QDeadlineTimer(timeout_ms)
        return all([page.shutdown(deadline.remainingTime()) for page in self._pages.values()])

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._tell_page(True)

    def hideEvent(self, event: object) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self._tell_page(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_soon.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._needed.clear()
            self._share_soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is in an experiment may come to need more room than it did."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self.page:
            self._share_soon.start()
        return super().eventFilter(watched, event)

    @Slot()
    def _share_width(self) -> None:
        """The experiment gets the width that it needs, the text what makes it easy to read."""
        page = self.page
        if page is None or self.is_narrow or self._is_dragged:
            return
        needed = page.minimumSizeHint().width() + _scroll_bar_px(self)
        # Once given, it is not taken away again: the text does not jump to and fro.
        needed = self._needed[page.key] = max(needed, self._needed.get(page.key, 0))
        room = self._splitter.width() - self._splitter.handleWidth()
        column = max(min(self.text.readable_px, room - needed), self.text.minimumWidth())
        self._splitter.setSizes([column, room - column])

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
            page.lesson_wished.connect(self.open_lesson)
            page.installEventFilter(self)
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
        self.text.given_changed.connect(self._keep_answer)
        self.text.check_requested.connect(self._on_check_requested)
        self.text.show_requested.connect(self._on_show_requested)
        self.text.place_changed.connect(self._keep_place)
        self.text.forget_requested.connect(self._on_forget_requested)
        self._splitter.splitterMoved.connect(self._on_splitter_moved)

    @Slot()
    def _on_functions_changed(self) -> None:
        if self._right.currentWidget() is self.code and self.sender() is self.page:
            self.show_code(True)

    @Slot(str)
    def _on_link_followed(self, link: str) -> None:
        if link.startswith("lesson:"):
            self.open_lesson(link.removeprefix("lesson:"))
        elif self.page is not None:
            self.show_code(False)
            self.page.follow(link)

    @Slot(str)
    def _on_check_requested(self, key: str) -> None:
        if self.page is not None:
            self.text.pane(key).judge(self.page.answer(key))
            self._keep_answer(key)

    @Slot(str)
    def _on_show_requested(self, key: str) -> None:
        pane, page = self.text.pane(key), self.page
        if page is not None:
            if pane.question.show:
                self._on_link_followed(pane.question.show)
            pane.show_answer(page.answer(key))
            self._keep_answer(key)

    @Slot()
    def _on_forget_requested(self) -> None:
        self.text.clear_answers()
        if self._progress is not None and self._lesson is not None:
            self._keep(self._progress.forget_answers, self._lesson.key)

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._is_dragged = True

    # ------------------------------------------------------------------------------- progress

    def _progress_of(self, key: str) -> LessonProgress:
        return LessonProgress() if self._progress is None else self._progress.of(key)

    @Slot(str)
    def _keep_answer(self, key: str) -> None:
        pane = self.text.pane(key)
        if self._progress is not None and self._lesson is not None and pane.given:
            self.text.set_can_forget(True)
            keep = partial(self._progress.keep_answer, is_right=pane.is_solved)
            self._keep(keep, self._lesson.key, key, pane.given)

    @Slot()
    def _keep_place(self) -> None:
        if self._progress is not None and self._lesson is not None:
            self._keep(self._progress.keep_place, self._lesson.key, self.text.place)

    def _keep(self, keep: Callable[..., None], key: str, *what: object) -> None:
        try:
            keep(key, *what)
        except VisualizerError as error:
            self.failed.emit(error)
        self._mark(key)

    def _mark(self, key: str) -> None:
        """Say in the list of lessons how many questions have been answered right."""
        asked = {question.key for question in self._lessons[key].questions}
        solved = asked & self._progress_of(key).solved
        self.header.set_solved(key, len(solved), len(asked))


def _scroll_bar_px(widget: QWidget) -> int:
    return widget.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, widget)
