"""Three things to try, offered in one line until they are done or closed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.lesson_commands import LessonCommands
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import Choice, Notice
from visualizer.ui.panels.overview_options import with_order
from visualizer.ui.settings import Settings

KEY = "first steps"
_EARLIER_TOKEN, _HEADS, _LESSON = f"{KEY}:token", f"{KEY}:heads", f"{KEY}:lesson"
_FIRST_LESSON = "tokens"


class FirstSteps(QObject):
    """Raises the notice, and does what is chosen in it."""

    def __init__(
        self,
        window: MainWindow,
        controller: SessionController,
        lessons: LessonCommands,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._lessons = lessons
        self._settings = settings
        self._left = {
            _EARLIER_TOKEN: VisualizerError("See what came after an earlier token"),
            _HEADS: VisualizerError("Find heads that look at the token before"),
            _LESSON: VisualizerError("Take lesson 1"),
        }
        self._n_tokens = 0
        controller.token_strip_view_changed.connect(self._on_token_strip_view_changed)
        window.banner.choice_made.connect(self._on_choice_made)
        window.banner.notice_closed.connect(self._on_notice_closed)

    def begin(self) -> None:
        """Offer them from the start, also while a model loads: later they would shift all."""
        if not self._settings.is_dismissed(KEY):
            self._offer()

    @Slot(object)
    def _on_token_strip_view_changed(self, view: TokenStripView | Unavailable) -> None:
        self._n_tokens = 0 if isinstance(view, Unavailable) else len(view.tokenization)

    def _offer(self) -> None:
        message = VisualizerError("New here? Type, and everything follows. Or try one of these:")
        choices = tuple(Choice(key, label) for key, label in self._left.items())
        self._window.banner.raise_notice(Notice(KEY, "hint", message, choices))

    @Slot(str)
    def _on_choice_made(self, key: str) -> None:
        if key not in self._left:
            return
        if key == _EARLIER_TOKEN and not self._n_tokens:
            self._offer()  # there is none yet
            return
        del self._left[key]
        controller = self._controller
        if key == _EARLIER_TOKEN:
            controller.set_query(max(self._n_tokens // 2 - 1, 0))
            self._window.token_panel.setFocus()
        elif key == _HEADS:
            controller.set_overview_display(with_order(controller.state.overview, "previous token"))
            self._window.overview_panel.setFocus()
        else:
            self._lessons.open_lesson(_FIRST_LESSON)
        if self._left:
            self._offer()
        else:
            self._settings.dismiss(KEY)

    @Slot(str)
    def _on_notice_closed(self, key: str) -> None:
        if key == KEY:
            self._settings.dismiss(KEY)
