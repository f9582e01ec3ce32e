"""The bar above a lesson: which one it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from visualizer.lessons.prose import Lesson
from visualizer.ui.theme import SPACE_PX

LEFT_OF_NAME = ("lesson_back", "lesson_forward")
RIGHT_OF_NAME = ("lesson_code", "lesson_reset", "lesson_export", "lesson_beside")
_TITLE_ROLE = Qt.ItemDataRole.UserRole + 1
_ALSO_NARROW = ("lesson_beside",)


class LessonHeader(QWidget):
    """Lesson, previous, next, code, reset, export, and how the main panels stand beside it.

    Signals:
        lesson_chosen: str, its key.
        code_toggled: Whether to show the code. bool.
    """

    lesson_chosen = Signal(str)
    code_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = QComboBox()
        self._name.setAccessibleName(self.tr("Lesson"))
        self._name.setToolTip(self.tr("Choose a lesson"))
        self._name.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._name.setMinimumContentsLength(8)
        self._name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name.setMaximumWidth(100 * SPACE_PX)
        self._buttons: dict[str, QToolButton] = {}
        self._close = QToolButton()
        self._actions: dict[str, QAction] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        self._row.setSpacing(SPACE_PX)
        self._name.currentIndexChanged.connect(self._on_name_changed)

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Put the lessons' commands into the bar."""
        self._actions = actions
        for key, words in (
            ("lesson_code", self.tr("Code")),
            ("lesson_reset", self.tr("Reset")),
            ("lesson_export", self.tr("Export…")),
            ("lesson_beside", self.tr("Main panels")),
        ):
            actions[key].setIconText(words)
        for key in LEFT_OF_NAME:
            self._add_button(key)
        self._row.addWidget(self._name, 1)
        self._row.addStretch(0)
        for key in RIGHT_OF_NAME:
            self._add_button(key)
        self._close.setText(self.tr("Close"))
        self._close.setToolTip(self.tr("Close the lessons (F2)"))
        self._close.setAutoRaise(True)
        self._close.clicked.connect(actions["lessons"].toggle)
        self._row.addWidget(self._close)
        actions["lesson_code"].toggled.connect(self.code_toggled)

    def set_lessons(self, lessons: Sequence[Lesson]) -> None:
        """List the course."""
        with QSignalBlocker(self._name):
            self._name.clear()
            for place, lesson in enumerate(lessons):
                title = f"{lesson.number} · {lesson.title}"
                self._name.addItem(title, lesson.key)
                self._name.setItemData(place, lesson.summary, Qt.ItemDataRole.ToolTipRole)
                self._name.setItemData(place, title, _TITLE_ROLE)

    def set_current(self, place: int) -> None:
        """Name the lesson on show; there is nothing before the first and after the last."""
        with QSignalBlocker(self._name):
            self._name.setCurrentIndex(place)
        if self._actions:
            self._actions["lesson_back"].setEnabled(place > 0)
            self._actions["lesson_forward"].setEnabled(place < self._name.count() - 1)

    def set_solved(self, key: str, n_solved: int, n_asked: int) -> None:
        """Mark how many of a lesson's questions have been answered right, if any has."""
        place = self._name.findData(key)
        title = self._name.itemData(place, _TITLE_ROLE)
        mark = "" if n_solved == 0 else "  ✓" if n_solved == n_asked else f"  {n_solved}/{n_asked}"
        self._name.setItemText(place, f"{title}{mark}")

    def set_code_shown(self, shown: bool) -> None:
        """Whether the code is on show."""
        if self._actions:
            with QSignalBlocker(self._actions["lesson_code"]):
                self._actions["lesson_code"].setChecked(shown)

    def set_narrow(self, narrow: bool) -> None:
        """Leave out what belongs to the experiment, which is out of sight."""
        for key in RIGHT_OF_NAME:
            self._buttons[key].setVisible(not narrow or key in _ALSO_NARROW)
        self._close.setVisible(not narrow)

    def button(self, key: str) -> QToolButton:
        """The button of a command."""
        return self._buttons[key]

    def _add_button(self, key: str) -> None:
        button = self._buttons[key] = QToolButton()
        button.setDefaultAction(self._actions[key])
        button.setAutoRaise(True)
        self._row.addWidget(button)

    @Slot(int)
    def _on_name_changed(self, place: int) -> None:
        if place >= 0:
            self.lesson_chosen.emit(str(self._name.itemData(place)))
