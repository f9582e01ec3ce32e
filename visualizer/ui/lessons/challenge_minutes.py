"""Three minutes of training, in which the held-out loss of a table is to be beaten."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.ngram import MOST_CONTEXT, count_ngrams, score_held_out
from visualizer.lessons.text import split_tokens
from visualizer.lessons.training_events import StepsTaken
from visualizer.lessons.training_job import TrainingJob
from visualizer.lessons.training_texts import built_in_text
from visualizer.ui.lessons.background import BackgroundTask, Ticket
from visualizer.ui.lessons.labels import Complaint, snug_caption
from visualizer.ui.lessons.training_curves import Curves
from visualizer.ui.lessons.training_sizes import TrainingSizes
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.training_run import TrainingRun
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series

SECONDS = 180.0
_TICK_MS = 200


def table_loss(ticket: Ticket) -> float:
    """Held-out loss in nats a character of the largest table that lesson 4 counts.

    The same text is split as for training: the last tenth is never counted.
    """
    tokens = split_tokens(built_in_text("stories"), "characters")
    end = len(tokens) - len(tokens) // 10
    ticket.check()
    model = count_ngrams(tokens[:end], MOST_CONTEXT)
    ticket.check()
    return math.log(score_held_out(model, tokens[end:]).perplexity)


class MinutesPane(QWidget):
    """Sizes to choose, a clock, and the held-out loss beside the table's.

    Attributes:
        target: The table's loss in nats; NaN until it has been counted.
        now: The clock, in seconds.

    Signals:
        changed: There is something new to see.
    """

    changed = Signal()

    def __init__(self, counting: BackgroundTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.now: Callable[[], float] = time.monotonic
        self.target = math.nan
        self._counting = counting
        self._began: float | None = None  # when the first step was taken
        self._role = "ink"
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.curves = Curves()
        self.run = TrainingRun(parent=self)
        self.sizes = TrainingSizes()
        self.start = QPushButton()
        self.clock, self.verdict = PlainLabel(), PlainLabel()
        self.complaint = Complaint()
        self.chart = LineChart(title=self.tr("Loss in nats a character"))
        self._tick = QTimer(self, interval=_TICK_MS)
        self._lay_out()
        self._tick.timeout.connect(self._on_tick)
        self.start.clicked.connect(self._on_start_clicked)
        self.run.stepped.connect(self._on_stepped)
        self.run.state_changed.connect(self._on_state_changed)
        self.run.failed.connect(self.complaint.show_error)
        self.run.problem_met.connect(self.complaint.show_error)
        counting.succeeded.connect(self._on_counted)
        counting.failed.connect(self.complaint.show_error)
        self.reset()

    def _lay_out(self) -> None:
        look = snug_caption(
            self.tr(
                "Train a model on the little stories, by characters, for three minutes, and get "
                "its held-out loss below that of the table of {n} characters of context from "
                "lesson 4. The clock starts with the first step. Which sizes, which batch, which "
                "learning rate?"
            ).format(n=MOST_CONTEXT)
        )
        self.sizes.boxes["target"].setEnabled(False)
        self.start.setAutoDefault(False)
        self.start.setToolTip(self.tr("Train for three minutes, or stop before"))
        self.clock.setAccessibleName(self.tr("Time left"))
        self.verdict.setWordWrap(True)
        self.chart.setMinimumHeight(70 * SPACE_PX)
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE_PX)
        row.addWidget(self.start)
        row.addWidget(self.clock)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(look)
        column.addWidget(self.sizes)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(self.verdict)
        column.addWidget(self.chart, 1)

    # ---------------------------------------------------------------------------- what is done

    def reset(self) -> None:
        """The tutorial's sizes, with which it is lost, and nothing trained."""
        self.discard()
        self.sizes.set_preset("tutorial")
        self._clear()

    def set_active(self, active: bool) -> None:
        """The table is counted when it first comes into sight."""
        if active and math.isnan(self.target):
            self._counting.start(table_loss)

    @property
    def is_running(self) -> bool:
        """Whether it trains."""
        return self.run.state != "idle"

    @property
    def best(self) -> float:
        """The lowest held-out loss within the time, in nats; NaN before the first."""
        values = self.curves.column("held_out_loss")
        return float(np.nanmin(values)) if np.isfinite(values).any() else math.nan

    @property
    def is_won(self) -> bool:
        """Whether the table has been beaten within the time."""
        return self.best < self.target

    def seconds_left(self) -> float:
        """Of the three minutes; all of them before the first step."""
        return SECONDS if self._began is None else max(SECONDS - (self.now() - self._began), 0.0)

    def begin(self) -> None:
        """Train from the beginning; what does not go together is said."""
        try:
            settings = self.sizes.settings()
        except VisualizerError as error:
            self.complaint.show_error(error)
            return
        self.discard()
        self._clear()
        self._folder = tempfile.TemporaryDirectory(prefix="visualizer-")
        folder = str(Path(self._folder.name) / "run")
        self.run.start(
            TrainingJob(folder, "stories", settings=settings, steps=self.sizes.steps.value())
        )
        self._tick.start()

    def discard(self) -> None:
        """End the process and remove what it wrote: it was for the clock."""
        self._tick.stop()
        self.run.discard()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _clear(self) -> None:
        self.curves.clear()
        self._began = None
        self.complaint.clear_error()
        self._draw()

    def _draw(self) -> None:
        left = math.ceil(self.seconds_left())
        self.clock.setText(self.tr("{m}:{s} left").format(m=left // 60, s=f"{left % 60:02d}"))
        self.start.setText(self.tr("Stop") if self.is_running else self.tr("Start"))
        self.sizes.set_running(self.is_running)
        self.sizes.boxes["target"].setEnabled(False)
        self._say()
        self.chart.set_chart(self.chart_now())
        self.changed.emit()

    def chart_now(self) -> Chart | None:
        """The curves and the table's loss; None before the first step."""
        if not len(self.curves):
            return None
        series = [
            self.curves.series("loss", self.tr("training")),
            self.curves.series("held_out_loss", self.tr("held out"), style="points"),
        ]
        if not math.isnan(self.target):
            steps = self.curves.column("step")[[0, -1]]
            flat = np.full(2, self.target)
            series.append(Series(self.tr("the table"), steps, flat, "dashed"))
        return Chart(tuple(series), self.tr("steps"), self.tr("nats"), log_y=True)

    def _say(self) -> None:
        words, role = "", "ink"
        if math.isnan(self.target):
            words, role = self.tr("The table is being counted …"), "quiet"
        elif math.isnan(self.best):
            words = self.tr("To beat: {target} nats.")
        elif self.is_won:
            words, role = self.tr("✓ {best} nats: below the table’s {target}."), "accent"
        elif self.is_running:
            words = self.tr("{best} nats so far; to beat: {target}.")
        else:
            words, role = self.tr("✗ {best} nats: the table has {target}. Try others."), "error"
        self._role = role
        self.verdict.setText(words.format(best=f"{self.best:.3f}", target=f"{self.target:.3f}"))
        self._colour()

    def _colour(self) -> None:
        colour = getattr(current_theme(), self._role)
        self.verdict.setStyleSheet(f"color: {colour}; font-weight: bold")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_start_clicked(self) -> None:
        if self.is_running:
            self.run.stop()
        else:
            self.begin()

    @Slot(object)
    def _on_counted(self, loss: float) -> None:
        self.target = loss
        self._draw()

    @Slot(object)
    def _on_stepped(self, taken: StepsTaken) -> None:
        if self._began is None:
            self._began = self.now()
        if self.seconds_left() > 0:  # what comes later does not count
            self.curves.add(taken.records)

    @Slot()
    def _on_tick(self) -> None:
        if self.is_running and self.seconds_left() <= 0:
            self.run.stop()
        self._draw()

    @Slot()
    def _on_state_changed(self) -> None:
        if not self.is_running:
            self._tick.stop()
        self._draw()
