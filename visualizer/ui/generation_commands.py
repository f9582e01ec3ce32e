"""Generation, its replay and conversations: what the controls and commands do."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolBar, QToolButton

from visualizer.engine.chat import ChatTurn
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import ModelRecord
from visualizer.session.chat_view import messages_json
from visualizer.session.generated_steps import GenerationView
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import short_model_name


class GenerationCommands(QObject):
    """Connects the bar of generation, the conversation and the commands with the session."""

    def __init__(self, window: MainWindow, controller: SessionController) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._actions = window.actions_by_key
        self._connect_bar()
        self._connect_actions()
        self._connect_chat()
        for key in ("step", "generate", "pause", "stop", "replay", "replay_back", "replay_forward"):
            self._actions[key].setEnabled(False)
        self._on_model_changed(None)

    def _connect_bar(self) -> None:
        bar, controller = self._window.sampling_panel.generation, self._controller
        controller.generation_view_changed.connect(bar.set_view)
        controller.generation_view_changed.connect(self._on_generation_view_changed)
        bar.pause_toggled.connect(controller.toggle_run)
        tools = self._window.findChild(QToolBar, "tool_bar")
        assert tools is not None
        button = tools.widgetForAction(self._actions["generate"])
        assert isinstance(button, QToolButton)
        self._button = button
        button.setMenu(bar.until_menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        bar.count_changed.connect(controller.set_n_generate)
        bar.until_changed.connect(controller.set_until)
        bar.stop_string_changed.connect(controller.set_stop_string)
        bar.step_chosen.connect(controller.look_at_step)

    def _connect_actions(self) -> None:
        scrubber, controller = self._window.sampling_panel.generation.scrubber, self._controller
        for key, slot in (
            ("step", controller.step),
            ("generate", controller.run),
            ("pause", controller.toggle_run),
            ("stop", controller.stop_generation),
            ("replay", scrubber.toggle_playing),
            ("replay_back", scrubber.go_back),
            ("replay_forward", scrubber.go_forward),
        ):
            self._actions[key].triggered.connect(slot)
        self._actions["stop_at_end"].toggled.connect(controller.set_ends_at_end_of_text)

    def _connect_chat(self) -> None:
        panel, controller = self._window.prompt_panel, self._controller
        controller.model_changed.connect(self._on_model_changed)
        controller.chat_changed.connect(self._on_chat_changed)
        panel.chat_toggled.connect(controller.set_chat)
        panel.system_edited.connect(controller.set_system)
        pane = panel.chat_pane
        controller.chat_view_changed.connect(pane.set_chat)
        pane.message_chosen.connect(controller.go_back)
        pane.next_requested.connect(self._on_pane_next_requested)
        pane.new_requested.connect(controller.start_over)
        pane.take_back_requested.connect(controller.take_back)
        pane.copy_requested.connect(self._on_pane_copy_requested)
        self._actions["chat"].toggled.connect(self._on_chat_toggled)

    @Slot()
    def _on_pane_next_requested(self) -> None:
        self._controller.next_message()
        self._window.prompt_panel.setFocus()

    @Slot(str)
    def _on_pane_copy_requested(self, form: str) -> None:
        turn = self._controller.state.chat
        if turn is None:
            return
        if form == "messages":
            text = messages_json(turn, self._controller.reply())
            said = VisualizerError("The messages are on the clipboard.")
        else:
            text = self._controller.state.prompt.text
            said = VisualizerError("The text of the conversation is on the clipboard.")
        QGuiApplication.clipboard().setText(text)
        self._controller.remark_made.emit(said)

    @Slot(object)
    def _on_generation_view_changed(self, view: GenerationView) -> None:
        actions, n_steps = self._actions, view.replay.n_steps
        actions["step"].setEnabled(view.can_generate)
        actions["generate"].setEnabled(view.can_generate)
        actions["pause"].setEnabled(view.generating or view.paused)
        pause = self.tr("&Pause") if not view.paused else self.tr("Go on after the &pause")
        actions["pause"].setText(pause)
        actions["stop"].setEnabled(view.generating or view.paused)
        if view.until == "count":
            text = self.tr("&Generate {n}").format(n=view.n_generate)
        else:
            text = self.tr("&Generate")
        actions["generate"].setText(text)
        self._show_on_button("pause" if view.generating or view.paused else "generate")
        with QSignalBlocker(actions["stop_at_end"]):
            actions["stop_at_end"].setChecked(view.ends_at_end_of_text)
        actions["replay"].setEnabled(n_steps > 0)
        actions["replay_back"].setEnabled(n_steps > 0 and view.replay.index != 0)
        actions["replay_forward"].setEnabled(view.replay.index is not None)

    def _show_on_button(self, key: str) -> None:
        """The button that begins a run pauses it, and never becomes narrower: nothing moves."""
        if self._button.defaultAction() is not self._actions[key]:
            self._button.setMinimumWidth(self._button.sizeHint().width())
            self._button.setDefaultAction(self._actions[key])

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord | None) -> None:
        """The switch is there for models with a template only."""
        possible = _can_chat(model)
        self._window.prompt_panel.set_chat_possible(possible)

    @Slot(bool)
    def _on_chat_toggled(self, is_on: bool) -> None:
        """Without a template the command says so; its shortcut would do nothing else."""
        model = self._controller.model
        if is_on and not _can_chat(model):
            with QSignalBlocker(self._actions["chat"]):
                self._actions["chat"].setChecked(False)
            if model is not None:
                remark = VisualizerError(
                    "{model} has no chat template: it continues a text, but is no chat model.",
                    model=short_model_name(model.name),
                )
                self._window.status_line.show_remark(remark)
            return
        self._controller.set_chat(is_on)

    @Slot(object)
    def _on_chat_changed(self, turn: ChatTurn | None) -> None:
        with QSignalBlocker(self._actions["chat"]):
            self._actions["chat"].setChecked(turn is not None)
        self._actions["parse_special"].setEnabled(turn is None)
        panel = self._window.prompt_panel
        panel.set_chat(turn)
        panel.set_text(self._controller.state.prompt.text if turn is None else turn.message)


def _can_chat(model: ModelRecord | None) -> bool:
    return model is not None and model.chat_template is not None
