"""The tutorial's loop as it is printed, and the right one: both at once, side by side."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.training_events import Ended, SampleTaken, StepsTaken, TrainingReady
from visualizer.lessons.training_job import Source, TrainingJob
from visualizer.lessons.training_settings import SMALL, Target, TrainingSettings
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.training_curves import CurveCharts, Curves
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.training_run import TrainingRun
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.line_chart import Chart, LineChart

STEPS = 400
DRAW_MS = 250
SETTINGS = replace(
    SMALL, d_model=64, dim_feedforward=128, length=10, batch=32, held_out_every=10, seed=0
)
"""Small enough to see the end of it within a minute; length and batch are the tutorial's."""


class OneLoop(QWidget):
    """One of the two: its code, its curves, what it writes, and what that means.

    Args:
        name: Above it.
        code: The line that makes the difference.
        source: What it is trained on.
        target: What it learns to say.

    Signals:
        changed: There is something new to see.
        finished: It has ended, whichever way.
    """

    changed = Signal()
    finished = Signal()

    def __init__(
        self, name: str, code: str, source: Source, target: Target, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.curves = Curves()
        self.guessing = math.nan
        self._source, self._target = source, target
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.run = TrainingRun(parent=self)
        self.code = PlainLabel(code)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chart = LineChart(title="")
        self.chart.setAccessibleName(name)
        self.chart.setMinimumHeight(58 * SPACE_PX)
        self.sample = PlainLabel()
        self.sample.setWordWrap(True)
        self.sample.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sample.setMinimumHeight(20 * SPACE_PX)
        follow_text_size(self.sample, token_font)
        self.sample.setAccessibleName(self.tr("What the model writes"))
        self.meaning = PlainLabel()
        self.meaning.setWordWrap(True)
        self.meaning.setMinimumHeight(14 * SPACE_PX)
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.complaint = Complaint()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(heading(name))
        column.addWidget(self.code)
        column.addWidget(self.chart, 1)
        column.addWidget(self.meaning)
        column.addWidget(caption(self.tr("What it writes:")))
        column.addWidget(self.sample)
        column.addWidget(self.complaint)
        self._draw_timer = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw_timer.timeout.connect(self._on_draw_timeout)
        self.run.became_ready.connect(self._on_ready)
        self.run.stepped.connect(self._on_stepped)
        self.run.sampled.connect(self._on_sampled)
        self.run.ended.connect(self._on_ended)
        self.run.failed.connect(self._on_failed)
        self.run.problem_met.connect(self.complaint.show_error)

    @property
    def is_running(self) -> bool:
        """Whether it trains."""
        return self.run.state != "idle"

    def settings(self) -> TrainingSettings:
        """How it trains."""
        return replace(SETTINGS, target=self._target)

    def begin(self) -> None:
        """Train from the beginning."""
        self.clear()
        self._folder = tempfile.TemporaryDirectory(prefix="visualizer-")
        unit = "words" if self._source == "random" else "characters"
        self.run.start(
            TrainingJob(
                str(Path(self._folder.name) / "run"),
                self._source,
                unit="words" if unit == "words" else "characters",
                settings=self.settings(),
                steps=STEPS,
                device="cpu",  # too small for a graphics card to be of use
                n_threads=1,
            )
        )

    def clear(self) -> None:
        """Forget what was learned."""
        self.curves.clear()
        self.guessing = math.nan
        self.chart.set_chart(None)
        self.sample.clear()
        self.meaning.clear()
        self.complaint.clear_error()

    def discard(self) -> None:
        """End the process and remove what it wrote: nobody wants to keep it."""
        self._draw_timer.stop()
        self.run.discard()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def losses(self) -> tuple[float, float]:
        """Loss in training and of predicting the next token, in nats: the newest, NaN if none."""
        return self.curves.last("loss"), self.curves.last("next_token_loss")

    def chart_now(self) -> Chart:
        """The curves as a chart."""
        guessing = None if math.isnan(self.guessing) else self.guessing
        is_copying = self._target == "same"
        return CurveCharts(self.curves).loss(guessing=guessing, with_next_token=is_copying)

    def _meaning(self) -> str:
        loss, next_token = self.losses()
        if math.isnan(loss) or math.isnan(next_token):
            return ""
        if self._target == "same":
            text = self.tr(
                "Loss {loss:.2f} nats: it says the same token again. Predicting the next one costs "
                "it {next:.2f} nats; guessing costs {guess:.2f}."
            )
        else:
            text = self.tr(
                "Loss {loss:.2f} nats, and {next:.2f} on text that it has never seen: it predicts. "
                "Guessing costs {guess:.2f}."
            )
        return text.format(loss=loss, next=next_token, guess=self.guessing)

    @Slot(object)
    def _on_ready(self, ready: TrainingReady) -> None:
        self.guessing = float(np.log(ready.vocabulary_size))

    @Slot(object)
    def _on_stepped(self, taken: StepsTaken) -> None:
        self.curves.add(taken.records)
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    @Slot(object)
    def _on_sampled(self, sample: SampleTaken) -> None:
        self.sample.setText(sample.text.replace("\n", " ⏎ "))

    @Slot()
    def _on_draw_timeout(self) -> None:
        self.chart.set_chart(self.chart_now())
        self.meaning.setText(self._meaning())
        self.changed.emit()

    @Slot(object)
    def _on_ended(self, _end: Ended) -> None:
        self._on_draw_timeout()
        self.finished.emit()

    @Slot(object)
    def _on_failed(self, error: VisualizerError) -> None:
        self.complaint.show_error(error)
        self.finished.emit()


class BesidePane(QWidget):
    """Both loops, started together.

    Signals:
        running_changed: Whether one of them runs. bool.
    """

    running_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.printed = OneLoop(
            self.tr("As the tutorial prints it: random tokens"),
            "loss = criterion(output, src)",
            "random",
            "same",
        )
        self.shifted = OneLoop(
            self.tr("Shifted by one: a text"),
            "loss = criterion(output[:, :-1], src[:, 1:])",
            "stories",
            "next",
        )
        self.start = QPushButton(self.tr("Run both"))
        self.start.setAutoDefault(False)
        self.start.setToolTip(self.tr("Train two small models, each for {n} steps").format(n=STEPS))
        self.state = caption()
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE_PX)
        row.addWidget(self.start)
        row.addWidget(self.state, 1)
        loops = QHBoxLayout()
        loops.setSpacing(6 * SPACE_PX)
        for loop in (self.printed, self.shifted):
            loops.addWidget(loop, 1)
            follow_text_size(loop.code, token_font)
            loop.changed.connect(self._on_loop_changed)
            loop.run.state_changed.connect(self._on_loop_changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * SPACE_PX)
        column.addLayout(row)
        column.addLayout(loops, 1)
        self.start.clicked.connect(self._on_start_clicked)
        self._was_running = False
        self._describe()

    @property
    def loops(self) -> tuple[OneLoop, OneLoop]:
        """Both."""
        return self.printed, self.shifted

    @property
    def is_running(self) -> bool:
        """Whether one of them runs."""
        return any(loop.is_running for loop in self.loops)

    @Slot()
    def begin(self) -> None:
        """Train both from the beginning; nothing if they run."""
        if not self.is_running:
            for loop in self.loops:
                loop.discard()  # removes the folder of the time before
                loop.begin()

    def reset(self) -> None:
        """End both and forget what they learned."""
        self.discard()
        for loop in self.loops:
            loop.clear()
        self._describe()

    def discard(self) -> None:
        """End both."""
        for loop in self.loops:
            loop.discard()

    def _describe(self) -> None:
        running = self.is_running
        self.start.setText(self.tr("Stop") if running else self.tr("Run both"))
        steps = [len(loop.curves) for loop in self.loops]
        if running:
            text = self.tr("Step {a} and {b} of {n}.").format(a=steps[0], b=steps[1], n=STEPS)
        elif all(steps):
            text = self.tr("{a} and {b} steps.").format(a=steps[0], b=steps[1])
        else:
            text = self.tr(
                "The same model of {n:,} layers twice, with the tutorial's batch of {b} rows of "
                "{t} tokens. Only the data and the target differ."
            ).format(n=SETTINGS.num_layers, b=SETTINGS.batch, t=SETTINGS.length)
        self.state.setText(text)
        if running != self._was_running:
            self._was_running = running
            self.running_changed.emit(running)

    @Slot()
    def _on_start_clicked(self) -> None:
        if self.is_running:
            for loop in self.loops:
                loop.run.stop()
        else:
            self.begin()

    @Slot()
    def _on_loop_changed(self) -> None:
        self._describe()
