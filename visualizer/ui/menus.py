"""The menu bar, from the table of commands and the lists that change while the program runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu, QMenuBar

from visualizer.ui.actions import plain_title
from visualizer.ui.plain_text import plain_caption, plain_tip


@dataclass(frozen=True)
class MenuEntry:
    """A line of a menu whose content changes.

    Attributes:
        key: What the handler is told.
        text: Shown as it is.
        tip: Tooltip.
        checked: With a check mark, or None for a line that never has one.
    """

    key: str
    text: str
    tip: str = ""
    checked: bool | None = None


class Menus(QObject):
    """Builds the menus, and fills those whose content changes.

    Signals:
        model_chosen: A model's name or path. str.
        device_chosen: "auto", "cpu", ... str.
        example_chosen: Which example. str, its place in the list.
        recent_file_chosen: Its path. str.
        recent_model_chosen: Its name or path. str.
        lesson_chosen: Its key. str.
    """

    model_chosen = Signal(str)
    device_chosen = Signal(str)
    example_chosen = Signal(str)
    recent_file_chosen = Signal(str)
    recent_model_chosen = Signal(str)
    lesson_chosen = Signal(str)

    def __init__(
        self, bar: QMenuBar, actions: dict[str, QAction], docks: Sequence[QDockWidget]
    ) -> None:
        super().__init__(bar)
        self._actions = actions
        self.examples = QMenu(self.tr("&Examples"), bar)
        self.models = QMenu(self.tr("&Model"), bar)
        self.lessons = QMenu(self.tr("&Lessons"), bar)
        for menu in (self.models, self.lessons):
            menu.setToolTipsVisible(True)
        self.examples.setToolTipsVisible(True)
        self.devices = QMenu(self.tr("&Device"), bar)
        self._device_group = QActionGroup(self.devices)
        self.recent_files = QMenu(self.tr("Recent &files"), bar)
        self.recent_models = QMenu(self.tr("Recent &models"), bar)
        self._titled: list[tuple[str, QMenu]] = []
        self._model_lines: list[QAction] = []
        self._build(bar, docks)
        self._connect()
        self.fill_recent((), ())

    def all_actions(self) -> list[QAction]:
        """Everything that can be run, each with the menu it is in as its `menu_path`."""
        found: list[QAction] = []
        for title, menu in self._titled:
            for action in menu.actions():
                if action.menu() is None and not action.isSeparator() and action not in found:
                    action.setProperty("menu_path", title)
                    found.append(action)
        return found

    def fill_models(self, entries: Iterable[MenuEntry]) -> None:
        """The models that are known, above the commands that open others."""
        for action in self._model_lines:
            self.models.removeAction(action)
            action.deleteLater()
        self._model_lines = []
        before = self._actions["open_model_folder"]
        for entry in entries:
            action = _line(entry, self.models)
            action.triggered.connect(self._on_model_triggered)
            self.models.insertAction(before, action)
            self._model_lines.append(action)
        self._model_lines.append(self.models.insertSeparator(before))

    def fill_devices(self, entries: Iterable[MenuEntry]) -> None:
        """Where a model can run."""
        self.devices.clear()  # which takes the lines out of the group, too
        for entry in entries:
            action = _line(entry, self.devices)
            self._device_group.addAction(action)
            self.devices.addAction(action)

    def fill_examples(self, entries: Iterable[MenuEntry]) -> None:
        """Prompts to begin with."""
        self.examples.clear()
        for entry in entries:
            self.examples.addAction(_line(entry, self.examples))

    def fill_lessons(self, entries: Iterable[MenuEntry]) -> None:
        """The course, lesson by lesson."""
        for entry in entries:
            action = _line(entry, self.lessons)
            action.triggered.connect(self._on_lesson_triggered)
            self.lessons.insertAction(self._lessons_end, action)

    def fill_recent(self, files: Iterable[MenuEntry], models: Iterable[MenuEntry]) -> None:
        """What was opened lately."""
        for menu, entries in ((self.recent_files, files), (self.recent_models, models)):
            menu.clear()
            for entry in entries:
                menu.addAction(_line(entry, menu))
            menu.setEnabled(not menu.isEmpty())

    def _build(self, bar: QMenuBar, docks: Sequence[QDockWidget]) -> None:
        file = self._add_menu(bar, self.tr("&File"))
        self._add(file, "open_text", "open_view")
        file.addMenu(self.recent_files)
        file.addSeparator()
        self._build_export(file)
        file.addSeparator()
        self._add(file, "forget_recent", "quit")
        edit = self._add_menu(bar, self.tr("&Edit"))
        self._add(edit, "undo", "redo", "clear")
        edit.addSeparator()
        self._add(edit, "find_text", "next_same_token", "previous_same_token")
        self._add(edit, "cut_here", "looks_here")
        edit.addSeparator()
        self._add(edit, "focus_prompt", "ask_word", "parse_special")
        self._build_view(bar, docks)
        bar.addMenu(self.models)
        self._add(self.models, "open_model_folder", "open_gguf", "open_hub")
        self.models.addMenu(self.recent_models)
        self.models.addSeparator()
        self.models.addMenu(self.devices)
        generate = self._add_menu(bar, self.tr("&Generate"))
        self._add(generate, "step", "generate", "pause", "stop")
        generate.addSeparator()
        self._add(generate, "stop_at_end", "chat")
        generate.addSeparator()
        self._add(generate, "replay", "replay_back", "replay_forward")
        bar.addMenu(self.examples)
        bar.addMenu(self.lessons)
        self._add(self.lessons, "lessons", "lesson_beside")
        self.lessons.addSeparator()
        self._lessons_end = self.lessons.addSeparator()
        self._add(self.lessons, "lesson_back", "lesson_forward")
        self.lessons.addSeparator()
        self._add(self.lessons, "lesson_code", "lesson_reset", "lesson_export")
        help_menu = self._add_menu(bar, self.tr("&Help"))
        self._add(help_menu, "palette", "shortcuts", "about")
        for menu in (self.models, self.devices, self.examples, self.lessons, self.recent_files):
            self._titled.append((plain_title(menu.title()), menu))
        self._titled.append((plain_title(self.recent_models.title()), self.recent_models))

    def _build_export(self, file: QMenu) -> None:
        export = self._add_menu(file, self.tr("&Export"))
        self._add(export, "export")
        export.addSeparator()
        self._add(export, "export_png", "export_svg", "export_pdf", "export_csv", "export_npz")
        export.addSeparator()
        self._add(export, "export_all_png", "export_all_svg", "export_all_pdf", "export_all_npz")
        export.addSeparator()
        self._add(export, "export_bars", "export_tokens", "export_surprise", "export_steps")
        self._add(export, "export_window")
        export.addSeparator()
        self._add(export, "copy_head", "copy_head_table", "copy_row", "copy_cell", "copy_bars")

    def _build_view(self, bar: QMenuBar, docks: Sequence[QDockWidget]) -> None:
        view = self._add_menu(bar, self.tr("&View"))
        head = self._add_menu(view, self.tr("&Head"))
        self._add(head, "form_map", "form_arcs", "form_text", "form_pins")
        head.addSeparator()
        self._add(head, "hide_first", "head_options", "pin_head", "inspect_pair")
        theme = self._add_menu(view, self.tr("&Theme"))
        self._add(theme, "theme_system", "theme_light", "theme_dark")
        theme.addSeparator()
        self._add(theme, "toggle_theme")
        language = self._add_menu(view, self.tr("&Language"))
        self._add(language, "language_system", "language_en", "language_zh_CN")
        view.addSeparator()
        self._add(view, "zoom_in", "zoom_out", "zoom_reset")
        view.addSeparator()
        surprise = self._add_menu(view, self.tr("&Surprise"))
        self._add(surprise, "surprise_timeline", "surprise_shading")
        surprise.addSeparator()
        self._add(surprise, "most_surprising", "most_uncertain", "nearest_tie")
        panels = self._add_menu(view, self.tr("&Panels"))
        panels.addActions([dock.toggleViewAction() for dock in docks])
        panels.addSeparator()
        self._add(panels, "next_panel", "previous_panel", "context_menu")
        self._add(view, "tokenizers", "pipeline", "find_head", "solo")
        self._add(view, "move_panels", "reset_layout")

    def _add_menu(self, parent: QMenuBar | QMenu, title: str) -> QMenu:
        menu = parent.addMenu(title)
        self._titled.append((plain_title(title), menu))
        return menu

    def _add(self, menu: QMenu, *keys: str) -> None:
        for key in keys:
            menu.addAction(self._actions[key])

    def _connect(self) -> None:
        self.devices.triggered.connect(self._on_device_triggered)
        self.examples.triggered.connect(self._on_example_triggered)
        self.recent_files.triggered.connect(self._on_recent_file_triggered)
        self.recent_models.triggered.connect(self._on_recent_model_triggered)

    @Slot()
    def _on_model_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.model_chosen.emit(action.data())

    @Slot()
    def _on_lesson_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.lesson_chosen.emit(action.data())

    @Slot(QAction)
    def _on_device_triggered(self, action: QAction) -> None:
        self.device_chosen.emit(action.data())

    @Slot(QAction)
    def _on_example_triggered(self, action: QAction) -> None:
        self.example_chosen.emit(action.data())

    @Slot(QAction)
    def _on_recent_file_triggered(self, action: QAction) -> None:
        self.recent_file_chosen.emit(action.data())

    @Slot(QAction)
    def _on_recent_model_triggered(self, action: QAction) -> None:
        self.recent_model_chosen.emit(action.data())


def _line(entry: MenuEntry, owner: QObject) -> QAction:
    action = QAction(plain_caption(entry.text), owner)
    action.setData(entry.key)
    action.setToolTip(plain_tip(entry.tip or entry.text))  # else Qt takes the text as it is
    action.setStatusTip(entry.tip)
    action.setCheckable(entry.checked is not None)
    action.setChecked(bool(entry.checked))
    return action
