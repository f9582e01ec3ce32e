"""The sampler: what its cards follow from, its draws, and its settings as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import ModelRecord
from visualizer.session.pipeline_file import read_pipeline, save_pipeline
from visualizer.session.pipeline_view import PipelineQuestion, PipelineView
from visualizer.session.views import BarsView, SamplingView, Unavailable
from visualizer.ui.controller import SessionController
from visualizer.ui.export_commands import ExportCommands
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import Notice
from visualizer.ui.pipeline_feed import PipelineFeed


class PipelineCommands(QObject):
    """Connects the sampler's panel with the session, and reads and writes its files.

    Attributes:
        feed: What the panel shows.
    """

    def __init__(
        self, window: MainWindow, controller: SessionController, exports: ExportCommands
    ) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self.feed = feed = PipelineFeed(self)
        exports.follow_pipeline(feed)
        self._panel = panel = window.pipeline_panel
        chart = window.prediction_panel.chart
        feed.view_changed.connect(self._on_view_changed)
        feed.draws_changed.connect(panel.set_draws)
        feed.draws_changed.connect(chart.set_draws)
        feed.draws_refused.connect(self._on_draws_refused)
        panel.sampling_changed.connect(controller.set_sampling)
        panel.draws_requested.connect(feed.draw)
        panel.save_requested.connect(self._on_save_requested)
        panel.open_requested.connect(self._on_open_requested)
        window.docks["pipeline"].visibilityChanged.connect(feed.set_active)
        controller.model_changed.connect(self._on_model_changed)
        controller.bars_view_changed.connect(self._on_bars_view_changed)
        controller.sampling_view_changed.connect(self._on_sampling_view_changed)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop counting; False if that did not end in time."""
        return self.feed.shutdown(timeout_ms)

    # ------------------------------------------------------------------------- what is shown

    def _question(self) -> PipelineQuestion | None:
        """What the cards follow from; None while the logits are not at hand."""
        return self._controller.facts.pipeline_question(self._controller.state)

    @Slot(object)
    def _on_bars_view_changed(self, view: BarsView | Unavailable) -> None:
        if isinstance(view, Unavailable) and not isinstance(view.reason, UsageError):
            self.feed.set_question(None)
            self._panel.set_unavailable(view)
            return
        self._panel.set_stale(isinstance(view, BarsView) and view.stale)
        question = self._question()
        if question is not None:  # else the old numbers stay until the new ones come
            self.feed.set_question(question)

    @Slot(object)
    def _on_sampling_view_changed(self, view: SamplingView) -> None:
        self._panel.set_sampling(view.sampling)
        question = self._question()
        if question is not None and self.feed.question is not None:
            self.feed.set_question(question)  # another seed

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        self._panel.set_tokenizer(model.tokenizer, model.vocabulary_size)

    @Slot(object)
    def _on_view_changed(self, view: PipelineView | VisualizerError) -> None:
        self._panel.set_view(view)

    @Slot(object)
    def _on_draws_refused(self, error: VisualizerError) -> None:
        self._controller.remark_made.emit(error)

    # --------------------------------------------------------------------------------- files

    def save(self, path: Path) -> None:
        """Keep the stages in a file, or say why that cannot be."""
        try:
            save_pipeline(path, self._controller.state.sampling)
        except VisualizerError as error:
            self._complain(error)
        else:
            self._say(VisualizerError("The pipeline is in {path}.", path=str(path)))

    def open(self, path: Path) -> None:
        """Take the stages of a file, or say why that cannot be."""
        try:
            sampling = read_pipeline(path)
        except VisualizerError as error:
            self._complain(error)
        else:
            self._window.banner.withdraw("file")
            self._controller.set_sampling(sampling)

    def _say(self, message: VisualizerError) -> None:
        self._window.banner.withdraw("file")
        self._controller.remark_made.emit(message)

    def _complain(self, error: VisualizerError) -> None:
        self._window.banner.raise_notice(Notice("file", "error", error))

    def _dialog(self, title: str, name: str, *, saves: bool) -> QFileDialog:
        dialog = QFileDialog(self._window, title, name, "JSON (*.json)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if saves:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix("json")
            dialog.selectFile(name)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        return dialog

    @Slot()
    def _on_save_requested(self) -> None:
        dialog = self._dialog(self.tr("Save pipeline"), "pipeline.json", saves=True)
        dialog.fileSelected.connect(self._on_save_file_selected)
        dialog.open()

    @Slot()
    def _on_open_requested(self) -> None:
        dialog = self._dialog(self.tr("Open pipeline"), "pipeline.json", saves=False)
        dialog.fileSelected.connect(self._on_open_file_selected)
        dialog.open()

    @Slot(str)
    def _on_save_file_selected(self, path: str) -> None:
        self.save(Path(path))

    @Slot(str)
    def _on_open_file_selected(self, path: str) -> None:
        self.open(Path(path))
