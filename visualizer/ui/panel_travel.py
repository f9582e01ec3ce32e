"""Going from panel to panel by keyboard, out of the prompt, too, where Tab is a character."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from visualizer.ui.main_window import MainWindow

_ORDER = ("prompt", "tokens", "prediction", "sampling", "pipeline", "overview", "pair")
_BELOW = ("timeline", "tokenizers")


class PanelTravel(QObject):
    """Carries out the commands that move the focus to the next panel in sight and back."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.actions_by_key["next_panel"].triggered.connect(self._on_next_triggered)
        window.actions_by_key["previous_panel"].triggered.connect(self._on_previous_triggered)

    def panels(self) -> list[QWidget]:
        """Those in sight that can take the focus, in reading order."""
        docks, head = self._window.docks, self._window.head_panel
        panels: list[QWidget | None] = [docks[key].widget() for key in _ORDER if key in docks]
        panels += [head, *(docks[key].widget() for key in _BELOW if key in docks)]
        return [panel for panel in panels if panel is not None and _entry(panel) is not None]

    @Slot()
    def _on_next_triggered(self) -> None:
        self._go(1)

    @Slot()
    def _on_previous_triggered(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        panels, focus = self.panels(), self._window.focusWidget()
        if not panels:
            return
        at = next((n for n, panel in enumerate(panels) if _holds(panel, focus)), None)
        place = (0 if step > 0 else -1) if at is None else (at + step) % len(panels)
        entry = _entry(panels[place])
        if entry is not None:
            entry.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _holds(panel: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (panel is focus or panel.isAncestorOf(focus))


def _entry(panel: QWidget) -> QWidget | None:
    """What the focus goes to: what the panel names itself, else its first part that takes it."""
    if not panel.isVisible():
        return None
    proxy: QWidget | None = panel
    while proxy is not None and proxy.focusProxy() is not None:
        proxy = proxy.focusProxy()
    candidates = [proxy, *panel.findChildren(QWidget)]
    return next((each for each in candidates if each is not None and _takes_focus(each)), None)


def _takes_focus(widget: QWidget) -> bool:
    takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes and widget.isVisible() and widget.isEnabled()
