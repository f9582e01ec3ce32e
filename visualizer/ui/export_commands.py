"""The commands that write what is on show to a file or put it on the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.errors import VisualizerError
from visualizer.session.views import HeadView, OverviewView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.export_files import copy_head, export_view, suggested_name
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import Notice
from visualizer.ui.theme_switch import ThemeSwitch

HEAD_ACTIONS = {
    "export_png": "png",
    "export_svg": "svg",
    "export_pdf": "pdf",
    "export_csv": "csv",
    "export_npz": "npz",
}
OVERVIEW_ACTIONS = {
    "export_all_png": "png",
    "export_all_svg": "svg",
    "export_all_pdf": "pdf",
    "export_all_npz": "npz",
}
_FILTERS = {
    "png": "PNG (*.png)",
    "svg": "SVG (*.svg)",
    "pdf": "PDF (*.pdf)",
    "csv": "CSV (*.csv)",
    "npz": "NumPy (*.npz)",
}


class ExportCommands(QObject):
    """Keeps what is on show, asks for a file name and writes.

    What is written is what was on show when the export was asked for, not what has arrived while
    the dialog was open.
    """

    def __init__(
        self, window: MainWindow, controller: SessionController, themes: ThemeSwitch
    ) -> None:
        super().__init__(window)
        self._window = window
        self._themes = themes
        self._head_view: HeadView | None = None
        self._overview_view: OverviewView | None = None
        self._asked: HeadView | OverviewView | None = None
        actions = window.actions_by_key
        for key in HEAD_ACTIONS:
            actions[key].triggered.connect(self._on_head_action_triggered)
        for key in OVERVIEW_ACTIONS:
            actions[key].triggered.connect(self._on_overview_action_triggered)
        actions["copy_head"].triggered.connect(self._on_copy_head_triggered)
        window.head_panel.export_requested.connect(self.ask_for_head_file)
        window.overview_panel.export_requested.connect(self.ask_for_overview_file)
        controller.head_view_changed.connect(self._on_head_view_changed)
        controller.overview_view_changed.connect(self._on_overview_view_changed)

    @Slot(str)
    def ask_for_head_file(self, kind: str) -> None:
        """Ask where to write the head on show; `kind` is one of HEAD_FORMATS."""
        if self._head_view is not None:
            self._ask(self._head_view, kind, self.tr("Export head"))

    @Slot(str)
    def ask_for_overview_file(self, kind: str) -> None:
        """Ask where to write all heads; `kind` is one of OVERVIEW_FORMATS."""
        if self._overview_view is not None:
            self._ask(self._overview_view, kind, self.tr("Export all heads"))

    def _ask(self, view: HeadView | OverviewView, kind: str, title: str) -> None:
        self._asked = view
        name = suggested_name(view, kind)
        dialog = QFileDialog(self._window, title, name, _FILTERS[kind])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(name)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        if self._asked is None:
            return
        self._window.banner.withdraw("file")
        try:
            written = export_view(self._asked, Path(path), self._themes.theme)
        except VisualizerError as error:
            self._window.banner.raise_notice(Notice("file", "error", error))
        else:
            self._window.status_line.show_remark(
                VisualizerError("Written to {path}", path=str(written))
            )

    @Slot()
    def _on_head_action_triggered(self) -> None:
        self.ask_for_head_file(HEAD_ACTIONS[self.sender().objectName()])

    @Slot()
    def _on_overview_action_triggered(self) -> None:
        self.ask_for_overview_file(OVERVIEW_ACTIONS[self.sender().objectName()])

    @Slot()
    def _on_copy_head_triggered(self) -> None:
        if self._head_view is not None:
            copy_head(self._head_view, self._themes.theme)
            self._window.status_line.show_remark(VisualizerError("The head is on the clipboard."))

    @Slot(object)
    def _on_head_view_changed(self, view: HeadView | Unavailable) -> None:
        self._head_view = view if isinstance(view, HeadView) else None
        for key in (*HEAD_ACTIONS, "copy_head"):
            self._window.actions_by_key[key].setEnabled(self._head_view is not None)

    @Slot(object)
    def _on_overview_view_changed(self, view: OverviewView | Unavailable) -> None:
        self._overview_view = view if isinstance(view, OverviewView) else None
        for key in OVERVIEW_ACTIONS:
            self._window.actions_by_key[key].setEnabled(self._overview_view is not None)
