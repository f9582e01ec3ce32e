"""The reader's own training: what to train on, how, and how it goes."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.text import join_tokens, split_tokens
from visualizer.lessons.training_events import Ended, Saved, StepsTaken, TrainingReady
from visualizer.lessons.training_job import CHECKPOINT_FILE, TrainingJob
from visualizer.lessons.training_settings import MOST_PARAMETERS
from visualizer.locations import data_path
from visualizer.ui.lessons.background import BackgroundTask
from visualizer.ui.lessons.labels import Complaint
from visualizer.ui.lessons.training_curves import CurveCharts, Curves
from visualizer.ui.lessons.training_looks import MapPane, SamplePane
from visualizer.ui.lessons.training_sizes import TrainingSizes
from visualizer.ui.lessons.training_text import CountText, TextChoice, TextSizes
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.training_run import TrainingRun
from visualizer.ui.widgets.line_chart import LineChart
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

DRAW_MS = 250
_TEMPERATURE = 0.8
_MOST_READ = 24
"""Tokens of the text that a model reads when it is opened in the main window."""


class TrainingPane(QWidget):
    """Controls above, curves, samples and attention maps below.

    Args:
        counting: Counts the tokens of the chosen text.

    Signals:
        model_wished: The folder of a model that shall be opened in the main window. str.
    """

    model_wished = Signal(str)

    def __init__(self, counting: BackgroundTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = TrainingRun(parent=self)
        self.curves = Curves()
        self.folder: Path | None = None
        self._counting = counting
        self._sizes_of_text: TextSizes | None = None
        self._ready: TrainingReady | None = None
        self._saved_step: int | None = None
        self._opens_when_saved = False
        self.text = TextChoice()
        self.sizes = TrainingSizes()
        self.samples, self.maps = SamplePane(), MapPane()
        self.parameters, self.state = PlainLabel(), ElidedLabel()
        make_quiet(self.state)
        self.complaint = Complaint()
        self.loss = LineChart(title=self.tr("Loss"))
        self.gradient = LineChart(title=self.tr("Gradient norm"))
        self.rate = LineChart(title=self.tr("Learning rate"))
        self.speed = LineChart(title=self.tr("Tokens per second"))
        self._make_buttons()
        self._lay_out()
        self._draw_timer = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._connect()
        self._on_text_changed()
        self._draw()
        self._show_state()

    def _make_buttons(self) -> None:
        self.start = QPushButton(self.tr("Start"))
        self.start.setToolTip(self.tr("Train a new model from the beginning, in a new folder"))
        self.go_on = QPushButton(self.tr("Go on"))
        self.go_on.setToolTip(self.tr("Go on from the checkpoint, with the learning rate above"))
        self.pause = QPushButton(self.tr("Pause"))
        self.pause.setToolTip(self.tr("Take no further step for now; the model stays in memory"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Save and end, after the step that is being taken"))
        self.save = QPushButton(self.tr("Save"))
        self.save.setToolTip(self.tr("Write checkpoint and model now"))
        self.load = QPushButton(self.tr("Load…"))
        self.load.setToolTip(self.tr("Go on with a training in another folder"))
        self.open_model = QPushButton(self.tr("Open in the main window"))
        self.open_model.setToolTip(
            self.tr("Save, and look at the model with the panels of the main window")
        )
        for button in self._buttons():
            button.setAutoDefault(False)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.start, self.go_on, self.pause, self.stop, self.save, self.load, self.open_model,
        )  # fmt: skip

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE_PX)
        for button in self._buttons():
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.parameters)
        charts = QGridLayout()
        charts.setHorizontalSpacing(4 * SPACE_PX)
        charts.setVerticalSpacing(3 * SPACE_PX)
        places = ((self.loss, self.gradient), (self.samples, self.maps), (self.rate, self.speed))
        for row, (left, right) in enumerate(places):
            charts.addWidget(left, row, 0)
            charts.addWidget(right, row, 1)
        charts.setColumnStretch(0, 3)
        charts.setColumnStretch(1, 2)
        policy = QSizePolicy.Policy
        for chart in (self.loss, self.gradient, self.rate, self.speed):
            chart.setMinimumHeight(38 * SPACE_PX)
            chart.setSizePolicy(policy.Expanding, policy.Ignored)  # they take the room there is
        charts.setRowStretch(0, 2)
        charts.setRowStretch(1, 3)
        charts.setRowStretch(2, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        for widget in (self.text, self.sizes):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self.complaint)
        column.addWidget(self.state)
        column.addLayout(charts, 1)

    def _connect(self) -> None:
        self._draw_timer.timeout.connect(self._on_draw_timeout)
        self.text.changed.connect(self._on_text_changed)
        self.text.refused.connect(self.complaint.show_error)
        self.sizes.changed.connect(self._on_sizes_changed)
        self._counting.succeeded.connect(self._on_counting_succeeded)
        self._counting.failed.connect(self._on_counting_failed)
        self.start.clicked.connect(self.begin)
        self.go_on.clicked.connect(self._on_go_on_clicked)
        self.pause.clicked.connect(self._on_pause_clicked)
        self.stop.clicked.connect(self.run.stop)
        self.save.clicked.connect(self.run.save)
        self.load.clicked.connect(self._on_load_clicked)
        self.open_model.clicked.connect(self.open_in_main_window)
        self.samples.prompt_changed.connect(self._on_prompt_changed)
        run = self.run
        run.state_changed.connect(self._on_run_state_changed)
        run.became_ready.connect(self._on_run_ready)
        run.stepped.connect(self._on_run_stepped)
        run.sampled.connect(self.samples.add)
        run.maps_formed.connect(self.maps.set_maps)
        run.saved.connect(self._on_run_saved)
        run.ended.connect(self._on_run_ended)
        run.problem_met.connect(self._on_run_problem_met)
        run.failed.connect(self._on_run_failed)

    # ------------------------------------------------------------------------------- from outside

    @property
    def vocabulary_size(self) -> int | None:
        """V of the chosen text, or of the training under way; None while it is not known."""
        if self._ready is not None and self.run.state != "idle":
            return self._ready.vocabulary_size
        return None if self._sizes_of_text is None else self._sizes_of_text.vocabulary_size

    @Slot()
    def begin(self) -> None:
        """Train a new model as the boxes say, in a new folder."""
        try:
            settings = self.sizes.settings()
            chosen = self.text.chosen()
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        name = f"{self.text.name()}-{time.strftime('%Y%m%d-%H%M%S')}"
        self._forget()
        self.folder = _free(data_path("trainings"), name)
        job = TrainingJob(str(self.folder), chosen.source, chosen.text, chosen.unit, settings)
        self._start(job)

    def choose_text(self, source: str, unit: str) -> None:
        """Choose a text and its unit, and put back what would keep a model from learning it."""
        self.text.choose(source, unit)
        self.samples.prompt.clear()
        self.sizes.mend()

    def begin_small(self) -> None:
        """Train the small preset on its own text, whatever was set before."""
        self._put_back()
        self.begin()

    def take_up(self, folder: Path, *, keeps_rate: bool) -> None:
        """Go on with the training in a folder."""
        if self.run.state != "idle":
            return
        if not (folder / CHECKPOINT_FILE).is_file():
            self.complaint.show_error(
                VisualizerError(
                    "There is no training in {folder}: choose a folder with a {name}.",
                    folder=folder,
                    name=CHECKPOINT_FILE,
                )
            )
            return
        if folder != self.folder:
            self._forget()
        self.complaint.clear_error()
        self.folder = folder
        settings = self.sizes.settings()
        self._start(TrainingJob(str(folder), "folder", settings=settings, keeps_rate=keeps_rate))

    @Slot()
    def open_in_main_window(self) -> None:
        """Open the model as it is now: saved first, if it is still being trained."""
        if self.run.state in ("training", "paused"):
            self._opens_when_saved = True
            self.run.save()
        elif self._has_model():
            self.model_wished.emit(str(self.folder))

    def readable_text(self) -> str:
        """What the model wrote last, as much of it as it can read well; "" if it never wrote."""
        if not self.samples.samples or self._ready is None:
            return ""
        unit = self._ready.unit
        tokens = split_tokens(self.samples.samples[-1].text, unit)
        return join_tokens(tokens[: min(_MOST_READ, self._ready.settings.length)], unit)

    def reset(self) -> None:
        """End the training, which is saved, and put the controls back."""
        self.run.shutdown(0)
        self._forget()
        self.folder = None
        self.text.pasted.clear()
        self._put_back()
        self._show_state()

    def shutdown(self, timeout_ms: int) -> bool:
        """Let the training save and end."""
        self._draw_timer.stop()
        return self.run.shutdown(timeout_ms)

    def charts(self) -> CurveCharts:
        """Charts of the steps so far."""
        return CurveCharts(self.curves)

    def loss_chart_options(self) -> dict[str, object]:
        """How the loss is drawn: with what guessing costs, and with the next token's if needed."""
        ready = self._ready
        if ready is None:
            return {}
        is_copying = ready.settings.target == "same"
        return {"guessing": math.log(ready.vocabulary_size), "with_next_token": is_copying}

    # -------------------------------------------------------------------------------- showing

    def _forget(self) -> None:
        """Nothing has been trained yet."""
        self.curves.clear()
        self._ready = self._saved_step = None
        self._opens_when_saved = False
        self.samples.clear()
        self.maps.clear()
        self.complaint.clear_error()
        self._draw()

    def _start(self, job: TrainingJob) -> None:
        """Start a job with what stands in the boxes for steps and samples."""
        steps, prompt = self.sizes.steps.value(), self.samples.prompt.text()
        self.run.start(replace(job, steps=steps, prompt=prompt, temperature=_TEMPERATURE))

    def _put_back(self) -> None:
        """The text and the sizes that the lesson begins with, and no end."""
        self.samples.prompt.clear()
        self.sizes.set_preset("small")
        self.sizes.steps.setValue(0)
        self.text.choose("stories", "characters")

    def _has_model(self) -> bool:
        return self.folder is not None and (self.folder / "model.safetensors").is_file()

    def _has_checkpoint(self) -> bool:
        return self.folder is not None and (self.folder / CHECKPOINT_FILE).is_file()

    def _show_state(self) -> None:
        state = self.run.state
        is_idle, is_steered = state == "idle", state in ("training", "paused")
        self.start.setEnabled(is_idle)
        self.load.setEnabled(is_idle)
        self.go_on.setEnabled(is_idle and self._has_checkpoint())
        self.pause.setEnabled(is_steered)
        self.pause.setText(self.tr("Resume") if state == "paused" else self.tr("Pause"))
        self.stop.setEnabled(is_steered)
        self.save.setEnabled(is_steered)
        self.open_model.setEnabled(is_steered or (is_idle and self._has_model()))
        self.sizes.set_running(not is_idle)
        self.sizes.boxes["learning_rate"].setEnabled(is_idle)
        self.text.set_running(not is_idle)
        self._write_state()

    def _write_state(self) -> None:
        text = self._state_text()
        self.state.setText(text)
        self.state.setToolTip(plain_tip(text if self.folder is None else f"{text}\n{self.folder}"))

    def _state_text(self) -> str:
        words = {
            "idle": self.tr("Not running"),
            "starting": self.tr("Starting"),
            "training": self.tr("Training"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Saving, after the step that is being taken"),
        }
        parts = [words[self.run.state]]
        ready = self._ready
        if ready is not None:
            if self.run.state != "idle":
                parts[0] += f" ({self._device_text(ready)})"
            parts.append(self.tr("step {n:,}").format(n=self.run.step))
            parts += self._numbers()
        if self._saved_step is not None:
            saved = self.tr("saved at step {n:,} in {folder}")
            name = "" if self.folder is None else self.folder.name
            parts.append(saved.format(n=self._saved_step, folder=name))
        return " · ".join(parts)

    def _device_text(self, ready: TrainingReady) -> str:
        if ready.device != "cpu":
            return ready.device
        if ready.n_threads == 1:
            return self.tr("{device}, 1 thread").format(device=ready.device)
        return self.tr("{device}, {n} threads").format(device=ready.device, n=ready.n_threads)

    def _numbers(self) -> list[str]:
        """The newest numbers in words."""
        told = (
            ("loss", self.tr("loss {x:.4g}")),
            ("held_out_loss", self.tr("held out {x:.4g}")),
            ("gradient_norm", self.tr("gradient {x:.3g}")),
            ("learning_rate", self.tr("rate {x:.3g}")),
            ("tokens_per_second", self.tr("{x:,.0f} tokens/s")),
        )
        found = [(self.curves.last(name), text) for name, text in told]
        return [text.format(x=value) for value, text in found if not math.isnan(value)]

    def _show_parameters(self) -> None:
        n_vocabulary = self.vocabulary_size
        try:
            settings = self.sizes.settings()
        except UsageError as error:
            self.complaint.show_error(error)
            self.parameters.clear()
            return
        if n_vocabulary is None:
            self.parameters.setText(self.tr("… parameters"))
            return
        n = settings.n_parameters(n_vocabulary)
        text = self.tr("{n:,} parameters")
        if n > MOST_PARAMETERS:
            text = self.tr("{n:,} parameters: too many")
        self.parameters.setText(text.format(n=n))

    # ----------------------------------------------------------------------------- the controls

    @Slot()
    def _on_text_changed(self) -> None:
        self._sizes_of_text = None
        self.text.sizes.setText(self.tr("Counting …"))
        self._show_parameters()
        self._counting.start(CountText(self.text.chosen()))

    @Slot(object)
    def _on_counting_succeeded(self, sizes: TextSizes) -> None:
        self._sizes_of_text = sizes
        self.complaint.clear_error()
        text = self.tr("{n:,} tokens, {v:,} different")
        self.text.sizes.setText(text.format(n=sizes.n_tokens, v=sizes.vocabulary_size))
        self._show_parameters()

    @Slot(object)
    def _on_counting_failed(self, error: VisualizerError) -> None:
        self.text.sizes.clear()
        self.complaint.show_error(error)

    @Slot()
    def _on_sizes_changed(self) -> None:
        if self._sizes_of_text is not None:
            self.complaint.clear_error()
        self._show_parameters()

    @Slot()
    def _on_go_on_clicked(self) -> None:
        if self.folder is not None:
            self.take_up(self.folder, keeps_rate=False)

    @Slot()
    def _on_pause_clicked(self) -> None:
        if self.run.state == "paused":
            self.run.resume()
        else:
            self.run.pause()

    @Slot()
    def _on_load_clicked(self) -> None:
        dialog = QFileDialog(
            self.window(), self.tr("Folder of a training"), str(data_path("trainings"))
        )
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    @Slot(str)
    def _on_folder_selected(self, folder: str) -> None:
        self.take_up(Path(folder), keeps_rate=True)

    @Slot(str)
    def _on_prompt_changed(self, prompt: str) -> None:
        self.run.sample(prompt, _TEMPERATURE)

    # ------------------------------------------------------------------------------ the training

    @Slot(str)
    def _on_run_state_changed(self, _state: str) -> None:
        self._show_state()

    @Slot(object)
    def _on_run_ready(self, ready: TrainingReady) -> None:
        self._ready = ready
        self._saved_step = self.run.saved_step
        self.sizes.set_settings(ready.settings)
        self._show_state()

    @Slot(object)
    def _on_run_stepped(self, taken: StepsTaken) -> None:
        self.curves.add(taken.records)
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    @Slot()
    def _on_draw_timeout(self) -> None:
        self._draw()

    def _draw(self) -> None:
        charts = self.charts()
        self.loss.set_chart(charts.loss(**self.loss_chart_options()))  # type: ignore[arg-type]
        self.gradient.set_chart(charts.gradient_norm())
        self.rate.set_chart(charts.learning_rate())
        self.speed.set_chart(charts.tokens_per_second())
        self._write_state()

    @Slot(object)
    def _on_run_saved(self, saved: Saved) -> None:
        self._saved_step = saved.step
        self._show_state()
        if saved.model and self._opens_when_saved:
            self._opens_when_saved = False
            self.model_wished.emit(str(self.folder))

    @Slot(object)
    def _on_run_ended(self, _end: Ended) -> None:
        self._on_draw_timeout()
        self._show_state()

    @Slot(object)
    def _on_run_problem_met(self, error: VisualizerError) -> None:
        self._opens_when_saved = False
        self.complaint.show_error(error)

    @Slot(object)
    def _on_run_failed(self, error: VisualizerError) -> None:
        self._opens_when_saved = False
        self.complaint.show_error(error)
        self._on_draw_timeout()
        self._show_state()


def _free(parent: Path, name: str) -> Path:
    """A folder that is not there yet."""
    place, n = parent / name, 1
    while place.exists():
        n += 1
        place = parent / f"{name}-{n}"
    return place
