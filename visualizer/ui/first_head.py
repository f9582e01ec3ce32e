"""The head that the window opens on, for as long as nobody has chosen one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot

from visualizer.engine.records import HeadChoice, ModelRecord
from visualizer.session.telling_head import telling_head
from visualizer.session.views import OverviewView, Unavailable
from visualizer.ui.attention_feed import METRICS_AT_ONCE_TOKENS
from visualizer.ui.controller import SessionController


class FirstHead(QObject):
    """Begins in the middle of each model, and goes once to a head that shows a pattern there.

    It gives way for good to any other choice of a head.
    """

    def __init__(self, controller: SessionController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._set: tuple[int, HeadChoice] | None = self._chosen()
        self._is_looking = False
        controller.model_changed.connect(self._on_model_changed)
        # Queued, so that no panel is given the view of the head before after that of the new one.
        controller.overview_view_changed.connect(
            self._on_overview_view_changed, Qt.ConnectionType.QueuedConnection
        )

    @Slot()
    def give_way(self) -> None:
        """A head was chosen, be it the one on show."""
        self._set, self._is_looking = None, False

    def _chosen(self) -> tuple[int, HeadChoice]:
        state = self._controller.state
        return state.layer, state.head

    def _go(self, layer: int, head: int) -> None:
        self._controller.set_head(layer, head)
        self._set = self._chosen()  # the nearest layer that has heads

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        self._is_looking = self._set == self._chosen()
        if self._is_looking:
            self._go(model.n_layers // 2, 0)

    @Slot(object)
    def _on_overview_view_changed(self, view: OverviewView | Unavailable) -> None:
        if not self._is_looking or not isinstance(view, OverviewView) or view.stale:
            return
        if self._set != self._chosen() or view.n_tokens > METRICS_AT_ONCE_TOKENS:
            self._is_looking = False
        elif view.metrics is not None and view.tokenization is not None:
            self._is_looking = False  # the next text moves nothing
            found = telling_head(view.metrics, view.tokenization.ids)
            if found is not None:
                self._go(*found)
