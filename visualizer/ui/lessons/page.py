"""What every lesson's experiment is and offers to the panel around it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QScrollArea, QWidget

from visualizer.ui.lessons.background import BackgroundTask
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import Theme


@dataclass(frozen=True, eq=False)
class Exhibit:
    """Something on a page that can be exported, as it is now.

    Attributes:
        key: A short name for files: "weights".
        title: In the reader's language.
        size: Of the figure, in figure units, of which 96 make an inch.
        paint: Paints the figure into a rectangle of these proportions in a theme's colours.
        columns: Names of the columns of its table, for CSV and JSON.
        rows: The table; numbers as they were computed, not as they are shown.
        arrays: For npz, by the name that the lesson's formulas use.
    """

    key: str
    title: str
    size: QSizeF
    paint: Callable[[QPainter, QRectF, Theme], None]
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    arrays: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The right answer to a question, computed from what the lesson shows.

    Attributes:
        value: A number, the index of a choice, or a text, which is compared without regard to
            white space around it.
        tolerance: How far a typed number may be from `value`.
        numbers: What is on screen, for the fields of the question's hint, as it is written there.
    """

    value: float | int | str
    tolerance: float = 0.0
    numbers: Mapping[str, str] = field(default_factory=dict)


class LessonPage(QWidget):
    """One lesson's live experiment; the panel puts the lesson's text beside it.

    A page is made when its lesson is first opened. It computes with NumPy at hand, in the GUI
    thread, only what takes less than 20 ms; everything else goes through `make_task`.

    Attributes:
        key: One of LESSON_KEYS.
        microscope: The main panels: what they show, and a way to point at things in them.

    Signals:
        functions_changed: What `functions` gives is not what it was.
        lesson_wished: Open another lesson. str, its key.
    """

    key = ""
    functions_changed = Signal()
    lesson_wished = Signal(str)

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.microscope = microscope
        self._tasks: list[BackgroundTask] = []

    @abstractmethod
    def reset(self) -> None:
        """Put everything back to how the lesson begins."""

    @abstractmethod
    def functions(self) -> Sequence[Callable[..., object] | type]:
        """The very functions and classes that computed what is on show, the main one first."""

    @abstractmethod
    def answer(self, question: str) -> Answer | None:
        """The right answer to a question by its key; None while it cannot be told."""

    @abstractmethod
    def exhibits(self) -> Sequence[Exhibit]:
        """What can be exported now."""

    def follow(self, target: str) -> None:
        """A link of the text, "try:KEY" or "look:KEY", was followed."""

    def set_active(self, active: bool) -> None:
        """The page came into sight, or went out of it."""

    def bring_into_sight(self, part: QWidget) -> None:
        """Scroll to a part of the page that has come to show something."""
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if isinstance(around, QScrollArea):
            area = around  # it is laid out first
            QTimer.singleShot(0, part, lambda: area.ensureWidgetVisible(part))

    def is_busy(self) -> bool:
        """Whether something runs in the background, which a picture should wait for."""
        return any(task.is_running for task in self._tasks)

    def make_task(self) -> BackgroundTask:
        """A thread for this page; it ends with the page."""
        task = BackgroundTask(self)
        self._tasks.append(task)
        return task

    def shutdown(self, timeout_ms: int) -> bool:
        """Cancel and end what runs; False if it did not end in time."""
        return all([task.shutdown(timeout_ms) for task in self._tasks])
