"""Which model to use: what is here, what can be fetched, and the way from a name to it."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from visualizer.engine.errors import FetchError, ModelLoadError, VisualizerError
from visualizer.engine.models.catalog import KnownModel, find_known, known_models
from visualizer.engine.models.local import (
    best_local_model,
    cached_snapshot,
    local_models,
    path_of_known,
)
from visualizer.engine.records import ModelRecord, ProgressRecord
from visualizer.ui.controller import SessionController
from visualizer.ui.menus import MenuEntry
from visualizer.ui.messages import Choice, Notice, short_model_name, size_text
from visualizer.ui.model_fetch import ModelFetcher

RECOMMENDED = "smollm2-135m"
OFFER = "offer"


class ModelDesk(QObject):
    """Opens models by name or path; fetches those that are not here, while the old one stays.

    Signals:
        progress_changed: ProgressRecord of a fetch or a load, or None when all is over.
        notice_raised: Notice.
        notice_withdrawn: str, its key.
        models_changed: Another model is on the machine, or in use.
    """

    progress_changed = Signal(object)
    notice_raised = Signal(object)
    notice_withdrawn = Signal(str)
    models_changed = Signal()

    def __init__(
        self,
        controller: SessionController,
        fetcher: ModelFetcher,
        *,
        device: str = "auto",
        dtype: str = "auto",
        offline: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._fetcher = fetcher
        self._device, self._dtype, self._offline = device, dtype, offline
        self._opened = ("", Path())  # name and folder of what was asked for last
        controller.progress_changed.connect(self._on_load_progress_changed)
        controller.model_changed.connect(self._on_model_changed)
        fetcher.progress_changed.connect(self._on_fetch_progress_changed)
        fetcher.fetched.connect(self._on_fetched)
        fetcher.failed.connect(self._on_fetch_failed)

    @property
    def device(self) -> str:
        """Where models are asked to run."""
        return self._device

    def open_first(self, wished: str | None) -> None:
        """Open the wished model, or the best one here until it has been fetched."""
        if wished is not None and self.local_path(wished) is not None:
            self.open(wished)
            return
        try:
            best = best_local_model()
        except (OSError, ValueError) as error:
            self._complain(ModelLoadError("No model could be found here.", detail=str(error)))
        else:
            self._load(best.name, best.path)
        if wished is not None:
            self.open(wished)

    @Slot(str)
    def open(self, name: str) -> None:
        """Use the model called `name`, or at that path; fetch it first if it is not here."""
        path = self.local_path(name)
        if path is not None:
            self._load(name, path)
        elif _is_path(name):
            self._complain(ModelLoadError("There is no model at {path}.", path=name))
        elif self._offline:
            self._complain(self._not_offline(name))
        elif self._fetcher.is_running:
            self._complain(
                FetchError(
                    "{other} is being downloaded; wait for it or cancel it before {name}.",
                    other=self._fetcher.name,
                    name=name,
                )
            )
        else:
            self.notice_withdrawn.emit("fetch")
            self.notice_withdrawn.emit(OFFER)
            self._fetcher.fetch(name)

    @Slot(str)
    def choose_device(self, device: str) -> None:
        """Run the model in use on another device, and later ones too."""
        self._device = device
        name, path = self._opened
        if name:
            self._load(name, path)

    @Slot()
    def cancel(self) -> None:
        """Stop what the status line shows the progress of."""
        if self._fetcher.is_running:
            self._fetcher.cancel()
        else:
            self._controller.cancel()

    def local_path(self, name: str) -> Path | None:
        """The folder or file of a model that is here."""
        path = Path(name).expanduser()
        if _is_path(name) and path.exists():
            return path
        known = find_known(name)
        if known is not None:
            return path_of_known(known)
        for model in local_models():
            if model.name == name:
                return model.path
        if path.is_dir():
            return path
        return None if _is_path(name) else cached_snapshot(name)

    def model_entries(self) -> list[MenuEntry]:
        """The menu's models: those of the catalogue, then others that are here."""
        in_use = self._controller.model
        used = in_use.name if in_use is not None else ""
        here = {model.name for model in local_models()}
        entries = [self._known_entry(known, known.name in here, used) for known in known_models()]
        names = {known.name for known in known_models()}
        for name in sorted(here - names):
            entries.append(MenuEntry(name, name, checked=name == used))
        return entries

    def device_entries(self) -> list[MenuEntry]:
        """Where a model can run on this machine, as far as can be told without asking torch."""
        texts = {"auto": self.tr("Automatic"), "cpu": self.tr("Processor (cpu)")}
        if Path("/dev/nvidiactl").exists() or self._device.startswith("cuda"):
            texts["cuda"] = self.tr("Graphics card (cuda)")
        if sys.platform == "darwin":
            texts["mps"] = self.tr("Graphics card (mps)")
        return [MenuEntry(key, text, checked=key == self._device) for key, text in texts.items()]

    def shutdown(self) -> None:
        """End a download that is under way; what it has fetched is kept."""
        self._fetcher.shutdown()

    def _known_entry(self, known: KnownModel, is_here: bool, used: str) -> MenuEntry:
        if is_here:
            text = known.name
        else:
            text = self.tr("{name}   (download {size})").format(
                name=known.name, size=size_text(known.download_bytes)
            )
        tip = f"{known.title}. {known.summary} {known.licence}"
        return MenuEntry(known.name, text, tip, checked=known.name == used)

    def _load(self, name: str, path: Path) -> None:
        self._opened = (name, path)
        self._controller.load_model(name, path, device=self._device, dtype=self._dtype)

    def _not_offline(self, name: str) -> FetchError:
        used = short_model_name(self._opened[0])
        if not used:
            return FetchError(
                "{name} is not on this machine and cannot be downloaded because of --offline.",
                name=name,
            )
        return FetchError(
            "{name} is not on this machine and cannot be downloaded because of --offline. "
            "{used} is used instead.",
            name=name,
            used=used,
        )

    def _complain(self, error: VisualizerError) -> None:
        self.notice_raised.emit(Notice("fetch", "error", error))

    def _offer_better(self, model: ModelRecord) -> None:
        """On the bundled model, offer the real one."""
        better, used = find_known(RECOMMENDED), find_known(model.name)
        if better is None or used is None or used.download_bytes or self._offline:
            return
        if path_of_known(better) is not None or self._fetcher.is_running:
            return
        size = size_text(better.download_bytes)
        message = VisualizerError(
            "This is {name}, a toy that came with the program. {better} is a real language model.",
            name=model.name,
            better=better.name,
        )
        choice = Choice(f"fetch:{better.name}", VisualizerError("Download {size}", size=size))
        self.notice_raised.emit(Notice(OFFER, "info", message, (choice,)))

    @Slot(object)
    def _on_load_progress_changed(self, progress: ProgressRecord | None) -> None:
        if not self._fetcher.is_running:
            self.progress_changed.emit(progress)

    @Slot(object)
    def _on_fetch_progress_changed(self, progress: ProgressRecord | None) -> None:
        self.progress_changed.emit(progress)
        model = self._controller.model
        if progress is None and self._fetcher.was_cancelled and model is not None:
            self._offer_better(model)

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        self.notice_withdrawn.emit(OFFER)
        self._offer_better(model)
        self.models_changed.emit()

    @Slot(str, object)
    def _on_fetched(self, name: str, path: Path) -> None:
        self._load(name, path)

    @Slot(object)
    def _on_fetch_failed(self, error: FetchError) -> None:
        again = Choice(f"fetch:{self._fetcher.name}", VisualizerError("Try again"))
        self.notice_raised.emit(Notice("fetch", "error", error, (again,)))
        self.models_changed.emit()


def _is_path(name: str) -> bool:
    """Whether the user means a place on this machine; a hub name has one slash at most."""
    path = Path(name)
    return (
        path.is_absolute()
        or name.startswith((".", "~"))
        or name.count("/") > 1
        or path.suffix.lower() == ".gguf"
    )
