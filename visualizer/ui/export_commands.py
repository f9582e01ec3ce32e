"""The commands that write what is on show to a file or put it on the clipboard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import HeadRecord
from visualizer.session.export_subjects import (
    FORMATS,
    Exportable,
    Kind,
    Subject,
    suggested_stem,
)
from visualizer.session.generated_steps import GenerationView
from visualizer.session.provenance import UNKNOWN, provenance_of
from visualizer.session.step_tables import StepsView
from visualizer.session.token_links import cell_of, unit_of
from visualizer.session.views import (
    BarsView,
    HeadView,
    OverviewView,
    PairView,
    TokenStripView,
    Unavailable,
)
from visualizer.ui.controller import SessionController
from visualizer.ui.export_dialog import ExportDialog
from visualizer.ui.export_files import (
    WindowPicture,
    copy_bars_table,
    copy_cell,
    copy_head_table,
    copy_picture,
    copy_row,
    export_file,
    picture_of,
)
from visualizer.ui.export_wish import ExportWish, wish_from, wish_values
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import Notice
from visualizer.ui.pipeline_feed import PipelineFeed
from visualizer.ui.settings import Settings
from visualizer.ui.theme_switch import ThemeSwitch

HEAD_ACTIONS: dict[str, Kind] = {
    "export_png": "png",
    "export_svg": "svg",
    "export_pdf": "pdf",
    "export_csv": "csv",
    "export_npz": "npz",
}
OVERVIEW_ACTIONS: dict[str, Kind] = {
    "export_all_png": "png",
    "export_all_svg": "svg",
    "export_all_pdf": "pdf",
    "export_all_npz": "npz",
}
COPY_HEAD_ACTIONS = ("copy_head", "copy_head_table", "copy_row", "copy_cell")
_FILTERS: dict[Kind, str] = {
    "png": "PNG (*.png)",
    "svg": "SVG (*.svg)",
    "pdf": "PDF (*.pdf)",
    "csv": "CSV (*.csv)",
    "npz": "NumPy (*.npz)",
    "json": "JSON (*.json)",
}


class ExportCommands(QObject):
    """Keeps what is on show, asks how it is to look and for a file name, and writes.

    What is written is what was on show when the export was asked for, not what has arrived while
    the dialogs were open.

    Attributes:
        wish: What the dialog was left with last, and begins with next.
    """

    def __init__(
        self,
        window: MainWindow,
        controller: SessionController,
        themes: ThemeSwitch,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self.wish = wish_from(settings.export_look)
        self._settings = settings
        self._window = window
        self._controller = controller
        self._themes = themes
        self._views = Exportable()
        self._asked: tuple[Exportable, ExportWish, WindowPicture] | None = None
        self._pipeline: PipelineFeed | None = None
        self._pointed = (-1, -1)  # query and key under the pointer
        self._connect_actions()
        window.head_panel.export_requested.connect(self.ask_for_head_file)
        window.head_panel.cell_hovered.connect(self._on_cell_hovered)
        window.overview_panel.export_requested.connect(self.ask_for_overview_file)
        window.overview_panel.copy_requested.connect(self._on_copy_overview_requested)
        window.pair_panel.export_requested.connect(self.ask_for_pair_file)
        controller.head_view_changed.connect(self._on_head_view_changed)
        controller.overview_view_changed.connect(self._on_overview_view_changed)
        controller.bars_view_changed.connect(self._on_bars_view_changed)
        controller.token_strip_view_changed.connect(self._on_token_strip_view_changed)
        controller.pair_view_changed.connect(self._on_pair_view_changed)
        controller.generation_view_changed.connect(self._on_generation_view_changed)

    def follow_pipeline(self, feed: PipelineFeed) -> None:
        """Take the sampler's stages from where they are computed."""
        self._pipeline = feed
        self._window.pipeline_panel.export_requested.connect(self.ask_for_pipeline_file)

    def _connect_actions(self) -> None:
        actions = self._window.actions_by_key
        for key in HEAD_ACTIONS:
            actions[key].triggered.connect(self._on_head_action_triggered)
        for key in OVERVIEW_ACTIONS:
            actions[key].triggered.connect(self._on_overview_action_triggered)
        for key, slot in (
            ("export", self._on_export_triggered),
            ("export_bars", self._on_export_bars_triggered),
            ("export_tokens", self._on_export_tokens_triggered),
            ("export_surprise", self._on_export_surprise_triggered),
            ("export_steps", self._on_export_steps_triggered),
            ("export_window", self._on_export_window_triggered),
            ("copy_head", self._on_copy_head_triggered),
            ("copy_head_table", self._on_copy_head_table_triggered),
            ("copy_row", self._on_copy_row_triggered),
            ("copy_cell", self._on_copy_cell_triggered),
            ("copy_bars", self._on_copy_bars_triggered),
        ):
            actions[key].triggered.connect(slot)

    def exportable(self) -> Exportable:
        """What is on show now, with the view that brings it back."""
        model = self._controller.model
        name = model.name if model is not None else ""
        return replace(
            self._views,
            state=self._controller.state,
            model_name=name,
            provenance=provenance_of(model) if model is not None else UNKNOWN,
            pipeline=self._pipeline.view if self._pipeline is not None else None,
            steps=self._steps(),
        )

    def _steps(self) -> StepsView | None:
        """The generated tokens that are still in the text."""
        model, steps = self._controller.model, self._controller.generated_steps.steps
        text = self._controller.facts.tokenization
        if model is None or text is None or not steps or steps[-1].position >= len(text):
            return None
        return StepsView(steps, text, model.tokenizer)

    # ------------------------------------------------------------------------------- dialogs

    @Slot(str)
    def ask_for_head_file(self, kind: Kind) -> None:
        """Open the dialog to export the head on show."""
        views, head = self._views, self._views.head
        if head is None:
            return
        form: Subject = head.form if head.form in ("arcs", "pins") else "head"
        is_there = views.has(form) and kind in FORMATS[form]
        self.open_dialog(form if is_there else "head", kind)

    @Slot(str)
    def ask_for_overview_file(self, kind: Kind) -> None:
        """Open the dialog to export all heads."""
        if self._views.overview is not None:
            self.open_dialog("overview", kind)

    @Slot(str)
    def ask_for_pair_file(self, kind: Kind) -> None:
        """Open the dialog to export the parts of the inspected pair."""
        if self._views.pair is not None:
            self.open_dialog("pair", kind)

    @Slot(str)
    def ask_for_pipeline_file(self, kind: Kind) -> None:
        """Open the dialog to export what the sampler's stages did."""
        if self._pipeline is not None and self._pipeline.view is not None:
            self.open_dialog("pipeline", kind)

    def open_dialog(self, subject: Subject, kind: Kind | None = None) -> None:
        """Ask what to export and how, beginning with `subject`."""
        wish = replace(self.wish, subject=subject, kind=kind or self.wish.kind)
        wish = replace(wish, choice=replace(wish.choice, title=""))
        dialog = ExportDialog(self.exportable(), wish, picture_of(self._window), self._window)
        dialog.export_chosen.connect(self._on_export_chosen)
        dialog.open()

    @Slot(object)
    def _on_export_chosen(self, wish: ExportWish) -> None:
        """The dialog knows how; now where."""
        dialog = self.sender()
        if not isinstance(dialog, ExportDialog):
            return
        views = dialog.views
        self.wish = wish
        self._settings.remember_export(wish_values(wish))
        self._asked = (views, wish, dialog.window_picture)
        name = f"{suggested_stem(views, wish.subject)}.{wish.kind}"
        asking = QFileDialog(self._window, self.tr("Export"), name, _FILTERS[wish.kind])
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asking.setDefaultSuffix(wish.kind)
        asking.selectFile(name)
        asking.fileSelected.connect(self._on_file_selected)
        asking.open()

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        if self._asked is None:
            return
        self._window.banner.withdraw("file")
        views, wish, window = self._asked
        try:
            written = export_file(views, wish.subject, Path(path), wish.choice, window)
        except VisualizerError as error:
            self._complain(error)
        else:
            self._say(VisualizerError("Written to {path}", path=str(written)))

    def _complain(self, error: VisualizerError) -> None:
        self._window.banner.raise_notice(Notice("file", "error", error))

    def _say(self, remark: VisualizerError) -> None:
        self._window.status_line.show_remark(remark)

    @Slot()
    def _on_head_action_triggered(self) -> None:
        self.ask_for_head_file(HEAD_ACTIONS[self.sender().objectName()])

    @Slot()
    def _on_overview_action_triggered(self) -> None:
        self.ask_for_overview_file(OVERVIEW_ACTIONS[self.sender().objectName()])

    @Slot()
    def _on_export_triggered(self) -> None:
        """What was exported last, if it is there, else the first thing that is."""
        subjects: tuple[Subject, ...] = (self.wish.subject, "head", "bars", "tokens", "window")
        views = self.exportable()
        self.open_dialog(next(subject for subject in subjects if views.has(subject)))

    @Slot()
    def _on_export_bars_triggered(self) -> None:
        self.open_dialog("bars")

    @Slot()
    def _on_export_tokens_triggered(self) -> None:
        self.open_dialog("tokens")

    @Slot()
    def _on_export_surprise_triggered(self) -> None:
        self.open_dialog("surprise")

    @Slot()
    def _on_export_steps_triggered(self) -> None:
        self.open_dialog("steps")

    @Slot()
    def _on_export_window_triggered(self) -> None:
        self.open_dialog("window")

    # ----------------------------------------------------------------------------- clipboard

    @Slot()
    def _on_copy_overview_requested(self) -> None:
        if self._views.overview is not None:
            copy_picture(self.exportable(), "overview", self._themes.theme.name)
            self._say(VisualizerError("The picture of all heads is on the clipboard."))

    @Slot()
    def _on_copy_head_triggered(self) -> None:
        if self._views.head is not None:
            copy_picture(self.exportable(), "head", self._themes.theme.name)
            self._say(VisualizerError("The head is on the clipboard."))

    @Slot()
    def _on_copy_head_table_triggered(self) -> None:
        head = self.exportable().in_sight().head
        if head is None:
            return
        try:
            copy_head_table(head)
        except VisualizerError as error:
            self._complain(error)
        else:
            self._say(VisualizerError("The weights are on the clipboard, as a table."))

    @Slot()
    def _on_copy_row_triggered(self) -> None:
        head, query, _ = self._cell()
        if head is not None and query is not None:
            copy_row(head, query)
            self._say(VisualizerError("The row's weights are on the clipboard, as a table."))

    @Slot()
    def _on_copy_cell_triggered(self) -> None:
        head, query, key = self._cell()
        if head is None or query is None or key is None:
            self._say(VisualizerError("Point at a cell of the map to copy its weight."))
            return
        try:
            copy_cell(head, query, key)
        except VisualizerError as error:
            self._say(error)
        else:
            self._say(VisualizerError("The weight is on the clipboard."))

    def _cell(self) -> tuple[HeadView | None, int | None, int | None]:
        """The row and column pointed at, else those of the selected and the inspected token."""
        head = self._views.head
        if head is None:
            return None, None, None
        query, key = self._pointed
        query_token = query if query >= 0 else head.query
        key_token = key if key >= 0 else head.key
        record = head.record
        return (
            head,
            _cell(record, record.rows, query_token),
            _cell(record, record.columns, key_token),
        )

    @Slot()
    def _on_copy_bars_triggered(self) -> None:
        if self._views.bars is not None:
            copy_bars_table(self.exportable())
            self._say(VisualizerError("The candidates are on the clipboard, as a table."))

    # ---------------------------------------------------------------------------- what is on show

    @Slot(int, int)
    def _on_cell_hovered(self, query: int, key: int) -> None:
        self._pointed = (query, key)

    @Slot(object)
    def _on_head_view_changed(self, view: HeadView | Unavailable) -> None:
        shown = view if isinstance(view, HeadView) else None
        self._views = replace(self._views, head=shown)
        self._enable((*HEAD_ACTIONS, *COPY_HEAD_ACTIONS), shown is not None)

    @Slot(object)
    def _on_overview_view_changed(self, view: OverviewView | Unavailable) -> None:
        shown = view if isinstance(view, OverviewView) else None
        self._views = replace(self._views, overview=shown)
        self._enable(OVERVIEW_ACTIONS, shown is not None)

    @Slot(object)
    def _on_bars_view_changed(self, view: BarsView | Unavailable) -> None:
        shown = view if isinstance(view, BarsView) else None
        self._views = replace(self._views, bars=shown)
        self._enable(("export_bars", "copy_bars"), shown is not None)

    @Slot(object)
    def _on_token_strip_view_changed(self, view: TokenStripView | Unavailable) -> None:
        shown = view if isinstance(view, TokenStripView) and len(view.tokenization) else None
        self._views = replace(self._views, tokens=shown)
        self._enable(("export_tokens",), shown is not None)
        known = shown is not None and shown.logprobs is not None
        self._enable(("export_surprise",), known)

    @Slot(object)
    def _on_pair_view_changed(self, view: PairView | Unavailable) -> None:
        # An old one is of another text.
        shown = view if isinstance(view, PairView) and not view.stale else None
        self._views = replace(self._views, pair=shown)

    @Slot(object)
    def _on_generation_view_changed(self, view: GenerationView) -> None:
        self._enable(("export_steps",), view.replay.n_steps > 0)

    def _enable(self, keys: Iterable[str], enabled: bool) -> None:
        for key in keys:
            self._window.actions_by_key[key].setEnabled(enabled)


def _cell(record: HeadRecord, span: tuple[int, int], token: int | None) -> int | None:
    """The row or column of a token."""
    return None if token is None else cell_of(span, record.block, unit_of(record, token))
