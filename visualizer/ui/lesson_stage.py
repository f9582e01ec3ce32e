"""Where the lessons are in the window: alone in it, or beside the main panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Slot

from visualizer.ui.lessons.text_column import COLUMN_PX

if TYPE_CHECKING:
    from visualizer.ui.main_window import MainWindow

BOTH_PX = 1900
"""A window of this width has room for text, experiment and main panels at once."""
_AMPLE_PX = 1440  # below it, the columns beside a lesson's text are as narrow as they can be
_COLUMNS_PX = (400, 240)  # of the prompt and of all heads
_SHARE_OF_BOTH = 52  # per cent of such a window for the lesson


class LessonStage(QObject):
    """Makes room for the lessons and gives it back.

    In a window of ordinary width the lesson's text stands beside its experiment, or beside the
    main panels; in a wide one beside both.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before = QByteArray()
        window.actions_by_key["lessons"].toggled.connect(self._on_lessons_toggled)
        window.actions_by_key["lesson_beside"].toggled.connect(self._on_beside_toggled)
        window.docks["lessons"].toggleViewAction().toggled.connect(
            self._on_dock_toggled, Qt.ConnectionType.QueuedConnection
        )

    @property
    def is_open(self) -> bool:
        """Whether the lessons are in sight."""
        return not self._before.isEmpty()

    @property
    def layout_before(self) -> QByteArray:
        """The layout of the docks without the lessons; empty while they are not open."""
        return self._before

    @Slot(bool)
    def _on_lessons_toggled(self, shown: bool) -> None:
        if shown and not self.is_open:
            self._window.actions_by_key["solo"].setChecked(False)
            self._before = self._window.save_layout()
            self._arrange()
        elif not shown and self.is_open:
            before, self._before = self._before, QByteArray()
            self._window.head_panel.show()
            self._window.restore_layout(before)
            self._window.actions_by_key["lesson_beside"].setChecked(False)

    @Slot(bool)
    def _on_beside_toggled(self, beside: bool) -> None:
        if self.is_open:
            self._arrange()
        elif beside:
            self._window.actions_by_key["lessons"].setChecked(True)

    @Slot(bool)
    def _on_dock_toggled(self, shown: bool) -> None:
        """The dock was closed by its own button, or by one head that takes the whole window."""
        if not shown and self._window.docks["lessons"].isHidden():
            self._window.actions_by_key["lessons"].setChecked(False)

    def _arrange(self) -> None:
        window, dock = self._window, self._window.docks["lessons"]
        beside = window.actions_by_key["lesson_beside"].isChecked()
        both = window.width() >= BOTH_PX
        window.restore_layout(self._before)
        for other in window.docks.values():
            if other is not dock and not (beside or both):
                other.hide()
        window.head_panel.setVisible(beside or both)
        window.lesson_panel.set_experiment_shown(both or not beside)  # first: it takes room
        # A dock that opens takes room from the middle only, and else makes the window wider.
        columns = [window.docks[key] for key in ("prompt", "overview")]
        if beside and not both:
            window.resizeDocks(columns, [1, 1], Qt.Orientation.Horizontal)
            layout = window.layout()
            assert layout is not None
            layout.activate()
        dock.show()
        # Docks that were hidden take their places only when the layout is done anew.
        QTimer.singleShot(0, self, self._size_dock)

    @Slot()
    def _size_dock(self) -> None:
        if not self.is_open:
            return
        window, width = self._window, self._window.width()
        docks, widths = [window.docks["lessons"]], [width]
        if width >= BOTH_PX:
            widths = [width * _SHARE_OF_BOTH // 100]
        elif window.actions_by_key["lesson_beside"].isChecked():
            docks += [window.docks["prompt"], window.docks["overview"]]
            widths = [COLUMN_PX, *(1 if width < _AMPLE_PX else share for share in _COLUMNS_PX)]
        window.resizeDocks(docks, widths, Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._align_column)
        window.lesson_panel.set_experiment_shown(not window.lesson_panel.is_narrow)

    @Slot()
    def _align_column(self) -> None:
        """Give the docks below the prompt its width.

        The sampling panel asks for another height while the docks are laid out, and is then left
        with the width that it had in between, which the layout takes for the new one.
        """
        prompt = self._window.docks["prompt"]
        for key in ("tokens", "prediction", "sampling"):
            dock = self._window.docks[key]
            is_below = not dock.isFloating() and dock.x() == prompt.x()
            if self.is_open and is_below and dock.width() != prompt.width():
                dock.resize(prompt.width(), dock.height())
