"""The tokenizer bench: what it cuts, when it works, and whom it points to."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from visualizer.engine.records import ModelRecord
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.tokenizer_feed import TokenizerFeed


class TokenizerCommands(QObject):
    """Connects the bench's panel with the session and with the other views of the text.

    Attributes:
        feed: What the panel shows.
    """

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self.feed = feed = TokenizerFeed(self)
        self._panel = panel = window.tokenizer_panel
        panel.set_keys(feed.keys)
        feed.bench_view_changed.connect(panel.set_view)
        feed.keys_changed.connect(panel.set_keys)
        feed.files_changed.connect(panel.set_files)
        feed.look_up_answered.connect(panel.set_answer)
        panel.keys_chosen.connect(feed.set_keys)
        panel.file_chosen.connect(feed.open_file)
        panel.look_up_requested.connect(feed.look_up)
        panel.parse_special_chosen.connect(window.actions_by_key["parse_special"].setChecked)
        panel.token_hovered.connect(window.token_panel.point_at)
        panel.token_hovered.connect(window.head_panel.set_linked_token)
        window.token_panel.token_hovered.connect(panel.point_at)
        window.docks["tokenizers"].visibilityChanged.connect(feed.set_active)
        controller.model_changed.connect(self._on_model_changed)
        controller.token_strip_view_changed.connect(self._on_token_strip_view_changed)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop cutting; False if that did not end in time."""
        return self.feed.shutdown(timeout_ms)

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        self.feed.set_own(model.name, model.tokenizer)

    @Slot(object)
    def _on_token_strip_view_changed(self, _view: TokenStripView | Unavailable) -> None:
        """The text may have changed, or only what is known about it."""
        self.feed.set_prompt(self._controller.state.prompt)
