"""The probability bars: what connects them, and the command to ask for a word, with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow


class BarCommands(QObject):
    """Passes on what is chosen in the bars and asked of them."""

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        panel = window.prediction_panel
        panel.position_selected.connect(controller.set_query)
        panel.axis_changed.connect(controller.set_prob_axis)
        panel.word_typed.connect(controller.read_word)
        panel.word_asked.connect(controller.ask_word)
        panel.word_removed.connect(controller.forget_word)
        controller.readings_changed.connect(panel.set_readings)
        window.actions_by_key["ask_word"].triggered.connect(self._on_ask_word_triggered)

    @Slot()
    def _on_ask_word_triggered(self) -> None:
        """Bring the bars into sight, and let a word be typed."""
        self._window.actions_by_key["solo"].setChecked(False)
        self._window.docks["prediction"].show()
        self._window.docks["prediction"].raise_()
        self._window.prediction_panel.ask()
