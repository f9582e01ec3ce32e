"""What the commands do beyond the session and the window itself: files, themes, lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import ModelRecord
from visualizer.session.examples import ExamplePrompt
from visualizer.ui.controller import SessionController
from visualizer.ui.export_commands import ExportCommands
from visualizer.ui.main_window import MainWindow
from visualizer.ui.menus import MenuEntry
from visualizer.ui.messages import Choice, Notice
from visualizer.ui.model_desk import OFFER, ModelDesk
from visualizer.ui.settings import Settings, ThemeChoice
from visualizer.ui.text_files import UnknownEncodingError, read_text_file
from visualizer.ui.theme_switch import ThemeSwitch
from visualizer.ui.view_files import ViewFiles


class Commands(QObject):
    """Carries out the window's commands.

    Dialogs are opened without waiting for them, so that nothing stands still meanwhile.

    Signals:
        restart_requested: The program is to end and to start anew.

    Attributes:
        exports: The commands that write what is on show.
        view_files: Brings back what was on show when a file was written.
    """

    restart_requested = Signal()

    def __init__(
        self,
        window: MainWindow,
        controller: SessionController,
        desk: ModelDesk,
        settings: Settings,
        themes: ThemeSwitch,
        examples: Sequence[ExamplePrompt],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._desk = desk
        self._settings = settings
        self._themes = themes
        self._examples = tuple(examples)
        self.exports = ExportCommands(window, controller, themes, settings)
        self.view_files = ViewFiles(window, controller, desk)
        self._undecided = Path()  # a text file whose encoding the user is asked for
        self._connect_actions()
        self._connect_others()
        self._fill_menus()
        self._check_choices()

    # -------------------------------------------------------------------------- connecting

    def _connect_actions(self) -> None:
        actions = self._window.actions_by_key
        for key, slot in (
            ("open_text", self._on_open_text_triggered),
            ("open_model_folder", self._on_open_model_folder_triggered),
            ("open_gguf", self._on_open_gguf_triggered),
            ("open_hub", self._on_open_hub_triggered),
            ("forget_recent", self._on_forget_recent_triggered),
            ("undo", self._on_undo_triggered),
            ("redo", self._on_redo_triggered),
            ("clear", self._on_clear_triggered),
            ("theme_system", self._on_theme_system_triggered),
            ("theme_light", self._on_theme_light_triggered),
            ("theme_dark", self._on_theme_dark_triggered),
            ("toggle_theme", self._on_toggle_theme_triggered),
            ("zoom_in", self._on_zoom_in_triggered),
            ("zoom_out", self._on_zoom_out_triggered),
            ("zoom_reset", self._on_zoom_reset_triggered),
            ("language_system", self._on_language_system_triggered),
            ("language_en", self._on_language_en_triggered),
            ("language_zh_CN", self._on_language_zh_cn_triggered),
        ):
            actions[key].triggered.connect(slot)
        actions["parse_special"].toggled.connect(self._controller.set_parse_special)
        actions["surprise_shading"].toggled.connect(self._settings.remember_surprise_shading)

    def _connect_others(self) -> None:
        menus, banner = self._window.menus, self._window.banner
        menus.model_chosen.connect(self._desk.open)
        menus.recent_model_chosen.connect(self._desk.open)
        menus.device_chosen.connect(self._desk.choose_device)
        menus.example_chosen.connect(self._on_example_chosen)
        menus.recent_file_chosen.connect(self._on_recent_file_chosen)
        banner.choice_made.connect(self._on_choice_made)
        banner.notice_closed.connect(self._on_notice_closed)
        self._window.paths_dropped.connect(self._on_paths_dropped)
        panel = self._window.prompt_panel
        panel.file_dropped.connect(self._on_file_dropped)
        panel.file_open_requested.connect(self._on_open_text_triggered)
        self._controller.model_changed.connect(self._on_model_changed)
        self._desk.models_changed.connect(self._on_models_changed)

    def _fill_menus(self) -> None:
        self._window.menus.fill_examples(
            MenuEntry(str(place), _said(example.title), f"{example.text}\n\n{_said(example.look)}")
            for place, example in enumerate(self._examples)
        )
        self._fill_recent()
        self._on_models_changed()

    def _fill_recent(self) -> None:
        files = [MenuEntry(str(p), p.name, str(p)) for p in self._settings.recent_files]
        models = [MenuEntry(name, name) for name in self._settings.recent_models]
        self._window.menus.fill_recent(files, models)

    def _check_choices(self) -> None:
        actions = self._window.actions_by_key
        actions[f"theme_{self._themes.choice}"].setChecked(True)
        actions[f"language_{self._settings.language or 'system'}"].setChecked(True)
        actions["surprise_shading"].setChecked(self._settings.surprise_shading)

    # -------------------------------------------------------------------------------- text

    def replace_text(self, text: str) -> None:
        """Put another text into the editor, as one step to undo, and run it."""
        self._window.prompt_panel.set_text(text)
        self._controller.replace_prompt(self._window.prompt_panel.text())

    def open_text(self, path: Path, encoding: str | None = None) -> None:
        """Read a text file into the prompt, or say why that cannot be."""
        self._window.banner.withdraw("file")
        try:
            file = read_text_file(path, encoding)
        except UnknownEncodingError as error:
            self._undecided = path
            choices = tuple(
                Choice(f"encoding:{name}", VisualizerError("{encoding}", encoding=name))
                for name in error.encodings
            )
            self._window.banner.raise_notice(Notice("file", "warning", error, choices))
            return
        except VisualizerError as error:
            self._complain(error)
            return
        self.replace_text(file.text)
        self._settings.remember_file(path)
        self._fill_recent()

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open the first that makes sense.

        A folder or a GGUF file is a model, a file that carries a view brings it back, and any
        other is text.
        """
        for path in paths:
            if path.is_dir() or path.suffix.lower() == ".gguf":
                self._desk.open(str(path))
                return
        if paths and not self.view_files.open(paths[0]):
            self.open_text(paths[0])

    def _complain(self, error: VisualizerError) -> None:
        self._window.banner.raise_notice(Notice("file", "error", error))

    @Slot()
    def _on_open_text_triggered(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Open text"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_text_file_selected)
        dialog.open()

    @Slot(str)
    def _on_text_file_selected(self, path: str) -> None:
        self.open_paths([Path(path)])

    @Slot(str)
    def _on_recent_file_chosen(self, path: str) -> None:
        self.open_paths([Path(path)])

    @Slot(str)
    def _on_file_dropped(self, path: str) -> None:
        self.open_paths([Path(path)])

    @Slot(object)
    def _on_paths_dropped(self, paths: tuple[Path, ...]) -> None:
        self.open_paths(paths)

    @Slot(str)
    def _on_example_chosen(self, key: str) -> None:
        example = self._examples[int(key)]
        self.replace_text(example.text)
        self._window.status_line.show_remark(VisualizerError("{look}", look=_said(example.look)))
        self._window.prompt_panel.setFocus()

    @Slot()
    def _on_undo_triggered(self) -> None:
        self._window.prompt_panel.editor.undo()

    @Slot()
    def _on_redo_triggered(self) -> None:
        self._window.prompt_panel.editor.redo()

    @Slot()
    def _on_clear_triggered(self) -> None:
        self.replace_text("")

    # ------------------------------------------------------------------------------ models

    @Slot()
    def _on_open_model_folder_triggered(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Open model folder"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._desk.open)
        dialog.open()

    @Slot()
    def _on_open_gguf_triggered(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Open GGUF file"), "", "GGUF (*.gguf)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._desk.open)
        dialog.open()

    @Slot()
    def _on_open_hub_triggered(self) -> None:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Model from the hub"))
        dialog.setLabelText(
            self.tr("Name of a model on the Hugging Face hub, for example Qwen/Qwen2.5-0.5B:")
        )
        line = dialog.findChild(QLineEdit)
        if line is not None:
            line.setMinimumWidth(360)
        dialog.textValueSelected.connect(self._on_hub_name_selected)
        dialog.open()

    @Slot(str)
    def _on_hub_name_selected(self, name: str) -> None:
        if name.strip():
            self._desk.open(name.strip())

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        self._window.show_model(model.name, model.device, model.dtype)
        self._settings.remember_model(model.name)
        self._fill_recent()

    @Slot()
    def _on_models_changed(self) -> None:
        self._window.menus.fill_models(self._desk.model_entries())
        self._window.menus.fill_devices(self._desk.device_entries())

    @Slot()
    def _on_forget_recent_triggered(self) -> None:
        self._settings.forget_recent()
        self._fill_recent()

    @Slot(str)
    def _on_choice_made(self, key: str) -> None:
        """A button of a notice."""
        what, _, value = key.partition(":")
        if what == "keep":
            self._controller.keep_part(int(value))
        elif what == "fetch":
            self._desk.open(value)
        elif what == "encoding":
            self.open_text(self._undecided, value)
        elif what == "restart":
            self.restart_requested.emit()
        elif what == "device":
            self._desk.choose_device(value)

    @Slot(str)
    def _on_notice_closed(self, key: str) -> None:
        if key == OFFER:
            self._settings.dismiss(key)

    # ------------------------------------------------------------- theme, size and language

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._themes.choose(choice)
        self._settings.remember_theme(choice)
        self._window.actions_by_key[f"theme_{choice}"].setChecked(True)

    @Slot()
    def _on_theme_system_triggered(self) -> None:
        self._choose_theme("system")

    @Slot()
    def _on_theme_light_triggered(self) -> None:
        self._choose_theme("light")

    @Slot()
    def _on_theme_dark_triggered(self) -> None:
        self._choose_theme("dark")

    @Slot()
    def _on_toggle_theme_triggered(self) -> None:
        self._choose_theme("light" if self._themes.theme.name == "dark" else "dark")

    def _zoom(self, points: int) -> None:
        self._settings.remember_zoom(points)
        self._themes.set_zoom(self._settings.zoom)

    @Slot()
    def _on_zoom_in_triggered(self) -> None:
        self._zoom(self._settings.zoom + 1)

    @Slot()
    def _on_zoom_out_triggered(self) -> None:
        self._zoom(self._settings.zoom - 1)

    @Slot()
    def _on_zoom_reset_triggered(self) -> None:
        self._zoom(0)

    def _choose_language(self, language: str | None) -> None:
        self._settings.remember_language(language)
        notice = Notice(
            "language",
            "info",
            VisualizerError("The language changes with the next start. The text is kept."),
            (
                Choice("restart:", VisualizerError("Restart now")),
                Choice("later:", VisualizerError("Later")),
            ),
        )
        self._window.banner.raise_notice(notice)

    @Slot()
    def _on_language_system_triggered(self) -> None:
        self._choose_language(None)

    @Slot()
    def _on_language_en_triggered(self) -> None:
        self._choose_language("en")

    @Slot()
    def _on_language_zh_cn_triggered(self) -> None:
        self._choose_language("zh_CN")


def _said(text: str) -> str:
    """A title or hint of an example in the user's language."""
    return QCoreApplication.translate("examples", text)
