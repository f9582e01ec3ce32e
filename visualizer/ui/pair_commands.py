"""The token-pair inspector: when it is in sight, what it looks at, and what it asks for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from visualizer.session.views import HeadView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow


class PairCommands(QObject):
    """Connects the inspector, its command and those who choose its pair with the session.

    A click on a cell opens the inspector until it has been closed once; from then on it opens
    when it is asked for: by Enter, by a menu or by its command. A pair is kept only while it is
    in sight.
    """

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._head_view: HeadView | None = None
        self._opens_by_click = True
        panel, self._action = window.pair_panel, window.actions_by_key["inspect_pair"]
        controller.pair_view_changed.connect(panel.set_view)
        controller.head_view_changed.connect(self._on_head_view_changed)
        window.docks["pair"].visibilityChanged.connect(controller.set_inspecting)
        window.head_panel.pair_clicked.connect(self._on_head_pair_clicked)
        window.head_panel.pair_inspected.connect(self._on_head_pair_inspected)
        window.prediction_panel.candidate_selected.connect(controller.set_candidate)
        self._action.triggered.connect(self._on_action_triggered)
        self._action.toggled.connect(self._on_action_toggled)
        panel.pair_inspected.connect(controller.inspect_pair)
        panel.closed.connect(self._action.trigger)

    @Slot(int, int)
    def _on_head_pair_clicked(self, query: int, key: int) -> None:
        if self._opens_by_click or self._action.isChecked():
            self._on_head_pair_inspected(query, key)

    @Slot(int, int)
    def _on_head_pair_inspected(self, query: int, key: int) -> None:
        self._controller.inspect_pair(query, key)
        self._action.setChecked(True)

    @Slot(bool)
    def _on_action_triggered(self, shown: bool) -> None:
        if shown:
            self._window.pair_panel.setFocus()
        else:
            self._opens_by_click = False

    @Slot(bool)
    def _on_action_toggled(self, shown: bool) -> None:
        if shown:
            self._begin()
        else:
            self._controller.end_inspection()

    def _begin(self) -> None:
        """Look at the first pair, while none has been chosen."""
        if self._controller.state.key is None and self._head_view is not None:
            pair = first_pair(self._head_view)
            if pair is not None:
                self._controller.inspect_pair(*pair)

    @Slot(object)
    def _on_head_view_changed(self, view: HeadView | Unavailable) -> None:
        self._head_view = view if isinstance(view, HeadView) else None
        if self._action.isChecked() and self._head_view is not None and not self._head_view.stale:
            self._begin()  # another text has taken the place of the one whose pair it was


def first_pair(view: HeadView) -> tuple[int, int] | None:
    """The pair to begin with: the selected query and what it looks at most.

    Where weights are pooled or joined, which hides single keys, the query and itself.
    """
    record, query = view.record, view.query
    if query is None:
        return None
    is_exact = record.block == 1 and record.treatment.granularity == "tokens"
    if not is_exact or record.rows[0] or record.columns[0] or query >= len(record.weights):
        return query, query
    return query, int(record.weights[query].argmax())
