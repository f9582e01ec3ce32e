"""Going from panel to panel by keyboard, without the stops in between that Tab makes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget

from visualizer.ui.main_window import MainWindow
from visualizer.ui.tab_order import give_focus, is_in_sight, tab_stops, takes_focus


class PanelTravel(QObject):
    """Carries out the commands that move the focus to the next panel in sight and back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.actions_by_key["next_panel"].triggered.connect(self._on_next_triggered)
        window.actions_by_key["previous_panel"].triggered.connect(self._on_previous_triggered)
        window.actions_by_key["context_menu"].triggered.connect(self._on_context_menu_triggered)

    def panels(self) -> list[QWidget]:
        """Those in sight that can take the focus, in reading order."""
        return [panel for panel in self._window.panels() if _entry(panel) is not None]

    @Slot()
    def _on_next_triggered(self) -> None:
        self._go(1)

    @Slot()
    def _on_previous_triggered(self) -> None:
        self._go(-1)

    @Slot()
    def _on_context_menu_triggered(self) -> None:
        """Do what the menu key does, which many keyboards do not have."""
        focus = QApplication.focusWidget()
        if focus is not None:
            place = focus.rect().center()
            why = QContextMenuEvent.Reason.Keyboard
            QApplication.sendEvent(focus, QContextMenuEvent(why, place, focus.mapToGlobal(place)))

    def _go(self, step: int) -> None:
        panels, focus = self.panels(), QApplication.focusWidget() or self._window.focusWidget()
        if not panels:
            return
        at = next((n for n, panel in enumerate(panels) if _holds(panel, focus)), None)
        place = (0 if step > 0 else -1) if at is None else (at + step) % len(panels)
        entry = _entry(panels[place])
        if entry is not None:
            give_focus(entry, Qt.FocusReason.ShortcutFocusReason)


def _holds(panel: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (panel is focus or panel.isAncestorOf(focus))


def _entry(panel: QWidget) -> QWidget | None:
    """What the focus goes to: what the panel names itself, else its first stop."""
    if not is_in_sight(panel):
        return None
    entry, proxy = panel, panel.focusProxy()
    while proxy is not None:
        entry, proxy = proxy, proxy.focusProxy()
    return entry if takes_focus(entry) else next(iter(tab_stops(panel)), None)
