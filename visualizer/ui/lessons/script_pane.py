"""The tutorial's script: its lines as they run, what they print, and what a change makes of it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.script_run import (
    MOST_EPOCHS,
    MOST_SEED,
    VOCABULARY,
    LineReached,
    LossPrinted,
    Printed,
    ScriptResult,
    ScriptSettings,
    run_script,
)
from visualizer.ui.lessons.background import BackgroundTask, Ticket
from visualizer.ui.lessons.drawn_exhibits import Numbers, chart_exhibit
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.lessons.script_code import ScriptCode
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import follow_text_size, keep_height
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

_FIRST_LOOK_S = 0.03
"""So long a line waits when it runs for the first time: most would be over before they are seen."""

_MOST_CHARACTERS = 2000
_ROWS_PRINTED = 11
"""A shape and ten losses."""

Switch = Literal["shifted", "fresh", "text"]
"""What can be changed in the script: the target, the batches, the data."""


@dataclass
class ScriptOutput:
    """What a run has told so far.

    Attributes:
        settings: What was changed in the script.
        lines: What it printed.
        losses: After each epoch, in nats.
        result: None before its end.
    """

    settings: ScriptSettings
    lines: list[str] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    result: ScriptResult | None = None


@dataclass(frozen=True)
class RunScript:
    """Work for a background task: run the script; what it tells is reported."""

    settings: ScriptSettings

    def __call__(self, ticket: Ticket) -> ScriptResult:
        """Run it.

        Raises:
            Cancelled: Nobody waits for it any more; at the next line.
        """
        seen: set[int] = set()

        def tell(told: LineReached | Printed) -> None:
            ticket.check()
            ticket.report(told)
            if isinstance(told, LineReached) and told.number not in seen:
                seen.add(told.number)
                time.sleep(_FIRST_LOOK_S)

        return run_script(self.settings, tell)


class ScriptPane(QWidget):
    """The code left, what it prints right, and below it what can be changed.

    Args:
        task: Runs the script.
    """

    def __init__(self, task: BackgroundTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._waiting: list[ScriptSettings] = []
        self.printed: ScriptOutput | None = None
        self.output: ScriptOutput | None = None
        self.code = ScriptCode()
        self.prints = ExactTextEdit()
        self.prints.setReadOnly(True)
        self.prints.setAccessibleName(self.tr("What the script prints"))
        follow_text_size(self.prints, token_font)
        keep_height(
            self.prints, lambda: _ROWS_PRINTED * self.prints.fontMetrics().lineSpacing() + 12
        )
        self.prints.setPlaceholderText(self.tr("The shape of the output, and a loss an epoch."))
        self.chart = LineChart()
        self.chart.setAccessibleName(self.tr("Loss of each epoch"))
        self.chart.setMinimumHeight(36 * SPACE_PX)
        self.meaning, self.state = caption(), caption()
        self.complaint = Complaint()
        self._make_controls()
        self._lay_out()
        self._connect()
        self.reset()

    def _make_controls(self) -> None:
        self.run = QPushButton()
        self.run.setAutoDefault(False)
        self.run.setToolTip(self.tr("Run the script from its first line to its last"))
        self.epochs, self.seed = QSpinBox(), QSpinBox()
        self.epochs.setRange(1, MOST_EPOCHS)
        self.epochs.setAccessibleName(self.tr("epochs"))
        self.epochs.setToolTip(self.tr("How often the loop runs; the script says 10"))
        self.seed.setRange(0, MOST_SEED)
        self.seed.setAccessibleName(self.tr("seed"))
        self.seed.setToolTip(self.tr("Of the first weights, the batch and the dropout"))
        self.switches: dict[Switch, QCheckBox] = {
            "shifted": QCheckBox(self.tr("Shift the target by one")),
            "fresh": QCheckBox(self.tr("Another batch in each epoch")),
            "text": QCheckBox(self.tr("My own text")),
        }
        self.text = QLineEdit()
        self.text.setMaxLength(_MOST_CHARACTERS)
        self.text.setAccessibleName(self.tr("My own text"))
        self.text.setToolTip(self.tr("Its characters are the tokens; press Enter to run with it"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(self.run)
        for name, box in ((self.tr("epochs"), self.epochs), (self.tr("seed"), self.seed)):
            label = PlainLabel(name)
            label.setBuddy(box)
            top.addWidget(label)
            top.addWidget(box)
        top.addWidget(self.state, 1)
        told = QVBoxLayout()
        told.setSpacing(SPACE_PX)
        told.addWidget(heading(self.tr("It prints")))
        told.addWidget(self.prints)
        told.addWidget(self.chart, 1)
        told.addWidget(self.meaning)
        both = QHBoxLayout()
        both.setSpacing(4 * SPACE_PX)
        both.addWidget(self.code, 3)
        both.addLayout(told, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(top)
        column.addWidget(self.complaint)
        column.addLayout(both, 1)
        column.addWidget(heading(self.tr("Change one thing, and compare")))
        column.addLayout(self._changes())

    def _changes(self) -> QGridLayout:
        """A row for each switch: its name, and in a sentence what it changes."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX // 2)
        sentences = (
            self.tr(
                "The output is compared with the token that comes next, not with the same one."
            ),
            self.tr("What was learned of one batch has to serve for the next, of other tokens."),
            self.tr("Its characters take the place of the random numbers:"),
        )
        for row, (name, sentence) in enumerate(zip(self.switches, sentences, strict=True)):
            self.switches[name].setToolTip(self.tr("Change this in the script, and run it"))
            label = ElidedLabel(sentence)
            label.setToolTip(sentence)
            make_quiet(label)
            line = QHBoxLayout()
            line.setSpacing(2 * SPACE_PX)
            line.addWidget(label, 0 if name == "text" else 1)
            if name == "text":
                line.addWidget(self.text, 1)
            grid.addWidget(self.switches[name], row, 0)
            grid.addLayout(line, row, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self) -> None:
        self.run.clicked.connect(self._on_run_clicked)
        for switch in self.switches.values():
            switch.toggled.connect(self._on_switch_toggled)
        self.text.returnPressed.connect(self._on_text_entered)
        self._task.progressed.connect(self._on_task_progressed)
        self._task.succeeded.connect(self._on_task_succeeded)
        self._task.failed.connect(self._on_task_failed)
        self._task.running_changed.connect(self._on_task_running_changed)

    # ------------------------------------------------------------------------------- from outside

    def begin(self) -> None:
        """Run the script as the controls say, before it as it is printed if that is not known."""
        try:
            wished = self.settings()
        except VisualizerError as error:
            self.stop()
            self.complaint.show_error(error)
            return
        as_printed = ScriptSettings(wished.seed, wished.epochs)
        printed = self.printed
        known = None if printed is None or printed.result is None else printed.settings
        self._waiting = [wished]
        if as_printed not in (wished, known):
            self._waiting.insert(0, as_printed)
        self.complaint.clear_error()
        self._run_next()

    def show_changed(self, switch: Switch | None) -> None:
        """Run the script with its own seed and epochs, and one switch thrown or none.

        A run as it is printed that is there, or under way, is not begun again.
        """
        self._throw(switch)
        is_shown = self.output is not None and self.output.settings == ScriptSettings()
        if switch is None and is_shown and (self._task.is_running or self.has_result):
            return
        self.begin()

    @property
    def has_result(self) -> bool:
        """Whether the run on show has come to its end."""
        return self.output is not None and self.output.result is not None

    def settings(self) -> ScriptSettings:
        """What the controls say.

        Raises:
            VisualizerError: The text cannot be taken.
        """
        return ScriptSettings(
            self.seed.value(),
            self.epochs.value(),
            self.switches["shifted"].isChecked(),
            self.switches["fresh"].isChecked(),
            self.text.text() if self.switches["text"].isChecked() else None,
        )

    def reset(self) -> None:
        """Put everything back to how the lesson begins."""
        self.stop()
        self._throw(None)
        self.text.setText(self.tr("The cat sat on the mat. The dog sat on the log."))
        self.printed = self.output = None
        self.complaint.clear_error()
        settings = self.settings()
        self.code.set_source(settings.source(), ())
        self.code.moveCursor(self.code.textCursor().MoveOperation.Start)
        self._show_output()

    def stop(self) -> None:
        """Run no further; what was told stays."""
        self._waiting.clear()
        self._task.cancel()

    def chart_now(self) -> Chart:
        """The losses so far, those of the script as it is printed, and what guessing costs."""
        lines = []
        if self.printed is not None:
            lines.append(_loss_series(self.tr("as printed"), self.printed))
        if self.output is not None and self.output is not self.printed:
            lines.append(_loss_series(self.tr("changed"), self.output))
        if self.output is not None:
            ends = np.array([1.0, max(self.output.settings.epochs, 2)])
            level = np.full(2, math.log(VOCABULARY))
            lines.append(Series(self.tr("guessing"), ends, level, "dotted"))
        top = max((float(line.y.max()) for line in lines if line.y.size), default=1.0)
        return Chart(
            tuple(lines), self.tr("epoch"), self.tr("loss (nats)"), y_range=(0.0, 1.05 * top)
        )

    def exhibits(self) -> Sequence[Exhibit]:
        """The chart with the losses of both runs."""
        if self.printed is None or not self.printed.losses:
            return []
        changed = self.output is not self.printed
        runs = [self.printed, self.output] if changed and self.output else [self.printed]
        names = ("as_printed", "changed")[: len(runs)]
        n = max(len(run.losses) for run in runs)
        rows = [
            [i + 1, *(run.losses[i] if i < len(run.losses) else None for run in runs)]
            for i in range(n)
        ]
        arrays = {name: np.array(run.losses) for name, run in zip(names, runs, strict=True)}
        numbers = Numbers(("epoch", *names), rows, arrays)
        return [chart_exhibit("script", self.chart.accessibleName(), self.chart_now(), numbers)]

    # -------------------------------------------------------------------------------- showing

    def _throw(self, switch: Switch | None) -> None:
        for name, box in self.switches.items():
            with QSignalBlocker(box):
                box.setChecked(name == switch)
        self.epochs.setValue(10)
        self.seed.setValue(0)

    def _run_next(self) -> None:
        settings = self._waiting.pop(0)
        self.output = ScriptOutput(settings)
        if settings == ScriptSettings(settings.seed, settings.epochs):
            self.printed = self.output
        self.code.set_source(settings.source(), settings.changed_lines())
        self._show_output()
        self._task.start(RunScript(settings))

    def _show_output(self) -> None:
        output = self.output
        self.prints.set_text("" if output is None else "\n".join(output.lines))
        self.prints.moveCursor(self.prints.textCursor().MoveOperation.End)
        self.chart.set_chart(self.chart_now())
        self.meaning.setText(self._meaning())
        self._describe()

    def _meaning(self) -> str:
        """What the last run has learned that serves for another batch."""
        if self.output is None or self.output.result is None:
            return ""
        result, text = self.output.result, self.output.settings.text
        n = VOCABULARY if text is None else len(set(text))
        return self.tr(
            "On another batch, saying the same token costs the model {same:.2f} nats, saying the "
            "next one {next:.2f}; guessing among {n:,} costs {guess:.2f}."
        ).format(same=result.same_token_loss, next=result.next_token_loss, n=n, guess=math.log(n))

    def _describe(self) -> None:
        running = self._task.is_running
        self.run.setText(self.tr("Stop") if running else self.tr("Run"))
        output = self.output
        if output is None:
            text = self.tr("As the tutorial prints it; each line lights up as it runs.")
        elif running:
            text = self.tr("Epoch {n} of {total}.").format(
                n=len(output.losses), total=output.settings.epochs
            )
        elif output.result is None:
            text = self.tr("Stopped.")
        else:
            text = self.tr("Done: a model of {n:,} parameters.").format(n=output.result.parameters)
        self.state.setText(text)

    # ----------------------------------------------------------------------------- the controls

    @Slot()
    def _on_run_clicked(self) -> None:
        if self._task.is_running:
            self.stop()
        else:
            self.begin()

    @Slot(bool)
    def _on_switch_toggled(self, _on: bool) -> None:
        self.begin()

    @Slot()
    def _on_text_entered(self) -> None:
        with QSignalBlocker(self.switches["text"]):
            self.switches["text"].setChecked(True)
        self.begin()

    # --------------------------------------------------------------------------------- the script

    @Slot(object)
    def _on_task_progressed(self, told: object) -> None:
        output = self.output
        assert output is not None
        if isinstance(told, LineReached):
            self.code.set_line(told.number, is_inner=told.is_inner)
        elif isinstance(told, Printed):
            output.lines.append(told.text)
            if isinstance(told, LossPrinted):
                output.losses.append(told.loss)
            self._show_output()

    @Slot(object)
    def _on_task_succeeded(self, result: ScriptResult) -> None:
        assert self.output is not None
        self.output.result = result
        self.code.set_line(None)
        if self._waiting:
            self._run_next()
        else:
            self._show_output()

    @Slot(object)
    def _on_task_failed(self, error: VisualizerError) -> None:
        self._waiting.clear()
        self.complaint.show_error(error)

    @Slot(bool)
    def _on_task_running_changed(self, running: bool) -> None:
        if not running:
            self.code.set_line(None)
        self._describe()


def _loss_series(name: str, output: ScriptOutput) -> Series:
    losses = np.array(output.losses, dtype=np.float64)
    return Series(name, np.arange(1.0, losses.size + 1), losses)
