"""Bringing back the view that a file carries, with its own model if that is here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.errors import VisualizerError
from visualizer.engine.models.catalog import find_known
from visualizer.engine.records import ModelRecord
from visualizer.session.provenance_reading import NoViewError, read_view
from visualizer.session.restoring import fitting_prompt
from visualizer.session.view_file import ViewRequest
from visualizer.ui.controller import SessionController
from visualizer.ui.main_window import MainWindow
from visualizer.ui.messages import Choice, Notice, short_model_name, size_text
from visualizer.ui.model_desk import ModelDesk

NOTICE = "view"


class ViewFiles(QObject):
    """Opens files that carry a view.

    A view of another model waits until that model is in use, if it is on this machine. If it is
    not, the view is shown with the model at hand, and the banner says so.

    Signals:
        view_restored: A view is on its way to the screen.
    """

    view_restored = Signal()

    def __init__(self, window: MainWindow, controller: SessionController, desk: ModelDesk) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._desk = desk
        self._awaited: ViewRequest | None = None  # shown when its model is in use
        window.actions_by_key["open_view"].triggered.connect(self._on_open_view_triggered)
        window.banner.choice_made.connect(self._on_choice_made)
        # Queued: by then whoever begins a new model in its middle has done so.
        queued = Qt.ConnectionType.QueuedConnection
        controller.model_changed.connect(self._on_model_changed, queued)

    def open(self, path: Path) -> bool:
        """Bring back the view of a file, or say why that cannot be.

        Returns:
            False for a file without a view that may be a text; nothing is said of it.
        """
        try:
            request = read_view(path)
        except NoViewError as error:
            if error.is_text:
                return False
            self._complain(error)
        except VisualizerError as error:
            self._complain(error)
        else:
            self._window.banner.withdraw("file")
            self.show(request)
        return True

    def show(self, request: ViewRequest) -> None:
        """Show a view, with its own model if that is here."""
        self._awaited = None
        self._window.banner.withdraw(NOTICE)
        model = self._controller.model
        is_same = model is not None and (
            not request.model
            or model.name == request.model
            or (model.weights_sha256 and model.weights_sha256 == request.weights_sha256)
        )
        if model is not None and is_same:
            self._restore(request, model)
        elif request.model and self._desk.local_path(request.model) is not None:
            self._awaited = request
            self._desk.open(request.model)
        elif model is not None:
            self._restore(request, model)
            self._say_missing(request, model)
        else:
            self._awaited = request  # for the first model that is loaded

    def _restore(self, request: ViewRequest, model: ModelRecord) -> None:
        prompt = fitting_prompt(request.state.prompt, model.tokenizer)
        self._controller.restore(replace(request.state, prompt=prompt))
        self._show_controls(request)
        theirs, ours = request.weights_sha256, model.weights_sha256
        if theirs and ours and theirs != ours and request.model == model.name:
            error = VisualizerError(
                "This view was made with other weights than those of {model} here: its numbers "
                "may differ.",
                model=short_model_name(model.name),
            )
            self._window.banner.raise_notice(Notice(NOTICE, "warning", error))
        self.view_restored.emit()

    def _show_controls(self, request: ViewRequest) -> None:
        """What the panels do not take from their views."""
        state = request.state
        self._window.prediction_panel.set_candidate_count(state.n_candidates)
        self._window.actions_by_key["inspect_pair"].setChecked(state.key is not None)
        action = self._window.actions_by_key["parse_special"]
        if action.isChecked() != state.prompt.parse_special:
            action.blockSignals(True)  # the text is already read as it is to be
            action.setChecked(state.prompt.parse_special)
            action.blockSignals(False)

    def _say_missing(self, request: ViewRequest, model: ModelRecord) -> None:
        error = VisualizerError(
            "This view is of {model}, which is not on this machine; it is shown with {used}.",
            model=short_model_name(request.model),
            used=short_model_name(model.name),
        )
        known = find_known(request.model)
        choices: tuple[Choice, ...] = ()
        if known is not None:
            self._awaited = request
            size = size_text(known.download_bytes)
            label = VisualizerError("Download {size}", size=size)
            choices = (Choice(f"fetch:{known.name}", label),)
        self._window.banner.raise_notice(Notice(NOTICE, "warning", error, choices))

    def _complain(self, error: VisualizerError) -> None:
        self._window.banner.raise_notice(Notice("file", "error", error))

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        request, self._awaited = self._awaited, None
        if request is not None and self._controller.model is model:
            self._window.banner.withdraw(NOTICE)
            self._restore(request, model)

    @Slot(str)
    def _on_choice_made(self, key: str) -> None:
        if not key.startswith("fetch:"):
            return
        if self._awaited is not None and key != f"fetch:{self._awaited.model}":
            self._awaited = None  # another model was asked for

    @Slot()
    def _on_open_view_triggered(self) -> None:
        dialog = QFileDialog(
            self._window,
            self.tr("Open view"),
            "",
            self.tr("Exported files and views")
            + " (*.png *.svg *.pdf *.npz *.json *.csv);;"
            + self.tr("All files")
            + " (*)",
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        if not self.open(Path(path)):
            self._complain(NoViewError(Path(path), is_text=True))
