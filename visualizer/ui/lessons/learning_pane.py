"""Watching a table being learned: loss, difference from the counted table, and the table."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.table_learning import MOST_STEPS, LearnedStep
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.number_text import typeset

STEPS, RATE = 400, 0.1


class LearningPane(QWidget):
    """Steps, learning rate, and what came of them; the steps can be gone through again.

    Signals:
        started: Learn so many steps at this rate. (int, float)
        cancelled: Stop learning.
        step_shown: The table after another of the recorded steps is on show. int, its place.
    """

    started = Signal(int, float)
    cancelled = Signal()
    step_shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[LearnedStep, ...] = ()
        self._words: tuple[str, ...] = ()
        self._is_busy = False
        self.steps = QSpinBox()
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setGroupSeparatorShown(True)
        self.steps.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.steps.setAccessibleName(self.tr("Steps"))
        self.rate = QLineEdit()
        self.rate.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.rate.setMaximumWidth(20 * SPACE_PX)
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.rate.setToolTip(
            self.tr("How far each step moves the numbers of the table (Adam); any number above 0")
        )
        self.learn = QPushButton(self.tr("Learn"))
        self.learn.setToolTip(self.tr("Begin with a table of zeros and learn it from the pairs"))
        self.learn.setAutoDefault(False)
        self.place = QSlider(Qt.Orientation.Horizontal)
        self.place.setAccessibleName(self.tr("Step on show"))
        self.place.setToolTip(self.tr("Go through the steps again"))
        self.place.setMinimumWidth(30 * SPACE_PX)
        self.place.setMaximumWidth(90 * SPACE_PX)
        self.where = PlainLabel()
        self.state = caption()
        self.complaint = Complaint()
        self.loss = LineChart(title=self.tr("Loss"))
        self.difference = LineChart(title=self.tr("Largest difference"))
        self.table = MatrixView(title=self.tr("Learned P(next | word)"))
        self._lay_out()
        self.learn.clicked.connect(self._on_learn_clicked)
        self.rate.returnPressed.connect(self._on_learn_clicked)
        self.place.valueChanged.connect(self._on_place_changed)
        self.restore()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("The same table, learned")))
        row.addSpacing(2 * SPACE_PX)
        for name, widget in ((self.tr("steps"), self.steps), (self.tr("rate"), self.rate)):
            label = PlainLabel(name)
            label.setBuddy(widget)
            row.addWidget(label)
            row.addWidget(widget)
        row.addWidget(self.learn)
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.place, 1)
        self.where.setMinimumWidth(self.fontMetrics().horizontalAdvance("step 20,000  "))
        row.addWidget(self.where)
        row.addStretch()
        charts = QHBoxLayout()
        charts.setSpacing(4 * SPACE_PX)
        for chart in (self.loss, self.difference):
            chart.setMinimumHeight(44 * SPACE_PX)
            chart.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            charts.addWidget(chart)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.addLayout(charts, 0, 0)
        grid.addWidget(self.table, 0, 1)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addWidget(self.complaint)
        column_layout.addWidget(self.state)
        column_layout.addLayout(grid)

    # ------------------------------------------------------------------------------- from outside

    def restore(self) -> None:
        """Steps and rate as at the beginning, and nothing learned."""
        self.steps.setValue(STEPS)
        self.set_rate(RATE)
        self.forget()

    def set_rate(self, rate: float) -> None:
        """Put a learning rate into the box."""
        self.rate.setText(f"{rate:g}")

    def forget(self, why: str = "") -> None:
        """Nothing is learned; `why` says more than how to begin."""
        self.complaint.clear_error()
        self.show_steps((), (), math.nan)
        self.state.setText(why or self.tr("Press Learn: the table begins with 1 / V everywhere."))

    def set_busy(self, busy: bool) -> None:
        """Whether learning is under way."""
        self._is_busy = busy
        self.learn.setText(self.tr("Cancel") if busy else self.tr("Learn"))
        self.steps.setEnabled(not busy)
        self.rate.setEnabled(not busy)

    def show_steps(
        self, steps: tuple[LearnedStep, ...], words: tuple[str, ...], least_loss: float
    ) -> None:
        """Draw what was recorded, the last step in front.

        Args:
            steps: Recorded so far.
            words: Those of the block, k.
            least_loss: Loss of the counted table in nats, NaN while it is not known.
        """
        self._steps, self._words = steps, words
        with QSignalBlocker(self.place):
            self.place.setRange(0, max(len(steps) - 1, 0))
            self.place.setValue(len(steps) - 1)
        for part in (self.place, self.where, self.loss, self.difference, self.table):
            part.setVisible(bool(steps))
        self._draw_charts(least_loss)
        self._show_step(len(steps) - 1)

    def loss_chart(self) -> Chart | None:
        """The loss as it is drawn."""
        return self.loss.chart()

    def _draw_charts(self, least_loss: float) -> None:
        x = np.array([step.step for step in self._steps], np.float64)
        losses = np.array([step.loss for step in self._steps])
        differences = np.array([step.difference for step in self._steps])
        series = [Series(self.tr("learned"), x, losses)]
        if not math.isnan(least_loss) and len(x):
            flat = np.full(len(x), least_loss)
            series.append(Series(self.tr("counted table"), x, flat, "dashed"))
        steps = self.tr("steps")
        self.loss.set_chart(Chart(tuple(series), steps, self.tr("nats")) if len(x) else None)
        self.difference.set_chart(
            Chart(
                (Series(self.tr("from the counted table"), x, differences),),
                steps,
                self.tr("probability"),
                log_y=True,
            )
            if len(x)
            else None
        )

    def _show_step(self, place: int) -> None:
        if not self._steps:
            self.table.set_matrix(None)
            self.where.clear()
            return
        step = self._steps[place]
        self.table.set_matrix(
            Matrix(
                step.block,
                self._words,
                self._words,
                self.tr("word"),
                self.tr("next word"),
                3,
                "weights",
            )
        )
        self.where.setText(self.tr("step {n}").format(n=f"{step.step:,}"))
        self.state.setText(
            self.tr(
                "loss = −mean ln P(next | word) = {loss} nats; largest difference from the counted "
                "table without smoothing: {difference}"
            ).format(loss=typeset(f"{step.loss:.4g}"), difference=typeset(f"{step.difference:.2g}"))
        )

    # ------------------------------------------------------------------------------------ slots

    @Slot()
    def _on_learn_clicked(self) -> None:
        if self._is_busy:
            self.cancelled.emit()
            return
        self.complaint.clear_error()
        try:
            rate = float(self.rate.text())
        except ValueError:
            rate = math.nan
        if not 0 < rate < math.inf:
            self.complaint.show_error(
                UsageError(
                    "The learning rate must be above 0, got {value}", value=repr(self.rate.text())
                )
            )
            return
        self.started.emit(self.steps.value(), rate)

    @Slot(int)
    def _on_place_changed(self, place: int) -> None:
        self._show_step(place)
        self.step_shown.emit(place)
