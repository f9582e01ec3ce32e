"""The lessons' commands, and what passes between lessons and the main panels."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.progress import Progress
from visualizer.lessons.prose import LESSON_KEYS, read_lesson
from visualizer.locations import data_path
from visualizer.ui.commands import Commands
from visualizer.ui.controller import SessionController
from visualizer.ui.lessons.course import PAGES
from visualizer.ui.lessons.exhibit_files import KINDS, write_exhibit
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.main_window import MainWindow
from visualizer.ui.menus import MenuEntry
from visualizer.ui.messages import Notice
from visualizer.ui.model_desk import ModelDesk
from visualizer.ui.settings import Settings
from visualizer.ui.theme_switch import ThemeSwitch

log = logging.getLogger(__name__)

_FILTERS = {
    "png": "PNG (*.png)",
    "svg": "SVG (*.svg)",
    "pdf": "PDF (*.pdf)",
    "csv": "CSV (*.csv)",
    "json": "JSON (*.json)",
    "npz": "NumPy (*.npz)",
}


class LessonCommands(QObject):
    """Opens the lessons, hands them what the main panels show, and carries out their wishes.

    Attributes:
        microscope: The main panels, as lessons see them.
    """

    def __init__(
        self,
        window: MainWindow,
        controller: SessionController,
        desk: ModelDesk,
        commands: Commands,
        settings: Settings,
        themes: ThemeSwitch,
        language: str,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._desk = desk
        self._commands = commands
        self._settings = settings
        self._themes = themes
        self._language = language
        self._asked: tuple[Exhibit, str] | None = None
        self.microscope = Microscope(self)
        self._connect_views()
        self._connect_wishes()
        self._connect_actions()

    def open_lesson(self, key: str) -> None:
        """Bring a lesson into sight."""
        self._begin(key)
        self._window.lesson_panel.open_lesson(key)
        self._window.actions_by_key["lessons"].setChecked(True)

    @property
    def is_busy(self) -> bool:
        """Whether the lesson on show has work under way."""
        page = self._window.lesson_panel.page
        return page is not None and page.is_busy()

    def shutdown(self, timeout_ms: int) -> bool:
        """End what runs in the lessons; False if it did not end in time."""
        return self._window.lesson_panel.shutdown(timeout_ms)

    def _begin(self, key: str) -> None:
        panel = self._window.lesson_panel
        if not panel.has_begun:
            progress = Progress(data_path("lessons.json"))
            panel.begin(PAGES, self.microscope, key, self._language, progress)

    # ------------------------------------------------------------------------- connecting

    def _connect_views(self) -> None:
        controller, microscope = self._controller, self.microscope
        controller.model_changed.connect(microscope.set_model)
        controller.token_strip_view_changed.connect(microscope.set_tokens)
        controller.bars_view_changed.connect(microscope.set_bars)
        controller.head_view_changed.connect(microscope.set_head)
        controller.overview_view_changed.connect(microscope.set_overview)
        controller.sampling_view_changed.connect(microscope.set_sampling)

    def _connect_wishes(self) -> None:
        microscope = self.microscope
        microscope.prompt_wished.connect(self._commands.replace_text)
        microscope.head_wished.connect(self._controller.set_head)
        microscope.token_wished.connect(self._controller.set_query)
        microscope.step_wished.connect(self._controller.step)
        microscope.sampling_wished.connect(self._controller.set_sampling)
        microscope.model_wished.connect(self._desk.open)
        microscope.panels_wished.connect(self._on_panels_wished)
        microscope.asked.connect(self._controller.lessons.ask)
        self._controller.lessons.answered.connect(microscope.take_answer)

    def _connect_actions(self) -> None:
        actions, panel = self._window.actions_by_key, self._window.lesson_panel
        panel.header.set_actions(actions)
        actions["lessons"].toggled.connect(self._on_lessons_toggled)
        actions["lesson_back"].triggered.connect(self._on_back_triggered)
        actions["lesson_forward"].triggered.connect(self._on_forward_triggered)
        actions["lesson_reset"].triggered.connect(panel.reset)
        actions["lesson_export"].triggered.connect(self._on_export_triggered)
        panel.lesson_changed.connect(self._settings.remember_lesson)
        panel.failed.connect(self._on_failed)
        panel.experiment_reset.connect(self._on_experiment_reset)
        self._window.menus.lesson_chosen.connect(self.open_lesson)
        self._window.menus.fill_lessons(self._entries())
        self._enable(False)

    def _enable(self, enabled: bool) -> None:
        for key in ("lesson_back", "lesson_forward", "lesson_code", "lesson_reset"):
            self._window.actions_by_key[key].setEnabled(enabled)
        self._window.actions_by_key["lesson_export"].setEnabled(enabled)

    def _entries(self) -> list[MenuEntry]:
        """A line of the menu for each lesson; none for one whose text is missing."""
        entries = []
        for key in LESSON_KEYS:
            try:
                lesson = read_lesson(key, self._language)
            except VisualizerError as error:
                log.info("%s", error)
                continue
            entries.append(MenuEntry(key, f"{lesson.number} · {lesson.title}", lesson.summary))
        return entries

    # ---------------------------------------------------------------------------- handlers

    @Slot(bool)
    def _on_lessons_toggled(self, shown: bool) -> None:
        self._enable(shown)
        panel = self._window.lesson_panel
        if shown:
            self._begin(self._settings.lesson)
            panel.refresh()
            panel.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_panels_wished(self) -> None:
        self._window.actions_by_key["lesson_beside"].setChecked(True)

    @Slot()
    def _on_back_triggered(self) -> None:
        self._window.lesson_panel.go_back()

    @Slot()
    def _on_forward_triggered(self) -> None:
        self._window.lesson_panel.go_forward()

    @Slot(object)
    def _on_failed(self, error: VisualizerError) -> None:
        self._window.banner.raise_notice(Notice("lesson", "error", error))

    @Slot()
    def _on_experiment_reset(self) -> None:
        self._say(VisualizerError("The experiment is as at the beginning; your answers are kept."))

    # ------------------------------------------------------------------------------- export

    @Slot()
    def _on_export_triggered(self) -> None:
        """Ask which of the things on show; where there is but one, where to write it."""
        page, lesson = self._window.lesson_panel.page, self._window.lesson_panel.lesson
        if page is None or lesson is None:
            return
        exhibits = tuple(page.exhibits())
        if not exhibits:
            self._say(VisualizerError("There is nothing to export yet: run the experiment."))
        elif len(exhibits) == 1:
            self._ask_for_file(exhibits[0], lesson.title)
        else:
            menu = QMenu(self._window)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for exhibit in exhibits:
                action = menu.addAction(f"{exhibit.title}…")
                action.setData((exhibit, lesson.title))
            menu.triggered.connect(self._on_exhibit_chosen)
            button = self._window.lesson_panel.header.button("lesson_export")
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    @Slot(QAction)
    def _on_exhibit_chosen(self, action: QAction) -> None:
        exhibit, title = action.data()
        self._ask_for_file(exhibit, title)

    def _ask_for_file(self, exhibit: Exhibit, title: str) -> None:
        self._asked = (exhibit, title)
        lesson = self._window.lesson_panel.lesson
        name = f"lesson-{lesson.key if lesson else ''}-{exhibit.key}.png"
        kinds = [kind for kind in KINDS if kind != "npz" or exhibit.arrays]
        filters = ";;".join(_FILTERS[kind] for kind in kinds)
        dialog = QFileDialog(self._window, self.tr("Export from the lesson"), name, filters)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(name)
        dialog.filterSelected.connect(self._on_filter_selected)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    @Slot(str)
    def _on_filter_selected(self, chosen: str) -> None:
        """The name's ending follows the kind that was chosen."""
        dialog = self.sender()
        kind = next((kind for kind, words in _FILTERS.items() if words == chosen), None)
        if isinstance(dialog, QFileDialog) and kind is not None:
            dialog.setDefaultSuffix(kind)
            names = dialog.selectedFiles()
            if names:
                dialog.selectFile(Path(names[0]).with_suffix(f".{kind}").name)

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        if self._asked is None:
            return
        exhibit, title = self._asked
        self._window.banner.withdraw("file")
        try:
            written = write_exhibit(exhibit, Path(path), title, self._themes.theme.name)
        except VisualizerError as error:
            self._window.banner.raise_notice(Notice("file", "error", error))
        else:
            self._say(VisualizerError("Written to {path}", path=str(written)))

    def _say(self, remark: VisualizerError) -> None:
        self._window.status_line.show_remark(remark)
