"""Where the lessons are in the window: alone in it, or beside the main panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

if TYPE_CHECKING:
    from visualizer.ui.main_window import MainWindow

_ALL_HEADS_PX = 1200
"""A narrower window has no room for all heads beside a lesson, the bars and one head."""
_PANELS_LINES = 66
"""Lines of text that are as high as the main panels beside a lesson are wide."""


class LessonStage(QObject):
    """Makes room for the lessons and gives it back.

    In a window of ordinary width the lesson's text stands beside its experiment, or beside the
    main panels; in a wide one beside both.

    Attributes:
        is_open: Whether the lessons are in sight.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.is_open = False
        self._rooms = (False, False)
        window.actions_by_key["lessons"].toggled.connect(self._on_lessons_toggled)
        window.actions_by_key["lesson_beside"].toggled.connect(self._on_beside_toggled)
        window.docks["lessons"].toggleViewAction().toggled.connect(
            self._on_dock_toggled, Qt.ConnectionType.QueuedConnection
        )

    def take_width(self, width_px: int) -> None:
        """The window has become wider or narrower: it may have room for more or less."""
        if self.is_open and self._rooms != self._rooms_in(width_px):
            self._arrange()

    @Slot(bool)
    def _on_lessons_toggled(self, shown: bool) -> None:
        if shown and not self.is_open:
            self._window.actions_by_key["solo"].setChecked(False)
            self.is_open = True
            self._arrange()
        elif not shown and self.is_open:
            self.is_open = False
            self._window.head_panel.show()
            self._window.bring_panels_back()
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
        window = self._window
        is_beside = window.actions_by_key["lesson_beside"].isChecked()
        self._rooms = has_both, has_heads = self._rooms_in(window.width())
        has_panels = is_beside or has_both
        window.put_panels_away(but=("lessons",))
        window.head_panel.setVisible(has_panels)
        window.lesson_panel.set_experiment_shown(has_both or not is_beside)
        if has_panels:
            window.show_panels_of_before()
            if not has_heads:
                window.docks["overview"].hide()
        window.panel_sizes.arrange_soon()

    def _rooms_in(self, width_px: int) -> tuple[bool, bool]:
        """Whether there is room for both experiment and panels, and for all heads among these."""
        panels = _PANELS_LINES * self._window.fontMetrics().height()
        both = self._window.lesson_panel.wide_px + panels
        return width_px >= both, width_px >= _ALL_HEADS_PX
