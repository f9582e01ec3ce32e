"""Rotary embedding: how most models tell positions apart, in the queries and keys."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import InputRecord, InputRequest, Rotary
from visualizer.engine.records import Float64Array
from visualizer.lessons.positions import rotary_frequencies, rotary_scores
from visualizer.ui.lessons.labels import Complaint, caption, heading
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.chart_layout import SeriesStyle
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.number_text import typeset

WIDTH, BASE, DISTANCES = 64, 10_000.0, 256
"""Of the rotation that is drawn for comparison; RoFormer's base."""


class RotaryPane(QWidget):
    """The rotation of the model at hand, beside that which a width and a base give.

    Signals:
        changed: Another model, or other numbers.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._asked: InputRequest | None = None
        self._record: InputRecord | None = None
        self._model_name = ""
        self.width_ = QSpinBox()
        self.base = QDoubleSpinBox()
        self.complaint = Complaint()
        self.about = caption()
        self.rates = LineChart(title=self.tr("Rotary: turn from one token to the next"))
        self.scores = LineChart(title=self.tr("Rotary: score of two equal vectors"))
        self.pair = caption()
        self._lay_out()
        self._connect()
        self.reset()

    def _lay_out(self) -> None:
        self.width_.setRange(2, 512)
        self.width_.setSingleStep(2)
        self.base.setRange(1.0, 1e9)
        self.base.setDecimals(0)
        self.base.setGroupSeparatorShown(True)
        tips = (self.tr("Channels of a head, d"), self.tr("The number whose powers the turns are"))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Rotary embedding")))
        row.addSpacing(4 * SPACE_PX)
        row.addWidget(QLabel(self.tr("For comparison:")))
        for name, spin, tip in (
            (self.tr("width d"), self.width_, tips[0]),
            (self.tr("base"), self.base, tips[1]),
        ):
            spin.setKeyboardTracking(False)
            spin.setToolTip(tip)
            spin.setAccessibleName(tip)
            spin.setAlignment(Qt.AlignmentFlag.AlignRight)
            label = PlainLabel(name)
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin)
        row.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE_PX)
        for chart in (self.rates, self.scores):
            chart.setMinimumSize(80 * SPACE_PX, 48 * SPACE_PX)
        grid.addWidget(self.rates, 0, 0)
        grid.addWidget(self.scores, 0, 1)
        grid.addWidget(self.pair, 1, 0, 1, 2)
        grid.setVerticalSpacing(2 * SPACE_PX)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(2 * SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addWidget(self.about)
        column_layout.addWidget(self.complaint)
        grid.setRowStretch(0, 1)
        column_layout.addLayout(grid, 1)

    def _connect(self) -> None:
        self.width_.valueChanged.connect(self._on_comparison_changed)
        self.base.valueChanged.connect(self._on_comparison_changed)
        self.rates.x_hovered.connect(self._on_rates_x_pointed)
        self.rates.x_selected.connect(self._on_rates_x_pointed)
        self._microscope.model_changed.connect(self._on_microscope_model_changed)
        self._microscope.answered.connect(self._on_microscope_answered)

    # --------------------------------------------------------------------------- what is shown

    @property
    def record(self) -> InputRecord | None:
        """What the model at hand has, None while that is not known."""
        return self._record

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None

    def reset(self) -> None:
        """RoFormer's base for comparison, at the model's own width."""
        rotary = self._rotary()
        width = WIDTH if rotary is None else 2 * len(rotary.frequencies)
        with QSignalBlocker(self.width_), QSignalBlocker(self.base):
            self.width_.setValue(width)
            self.base.setValue(BASE)
        self._draw()

    def set_active(self, active: bool) -> None:
        """Nothing is asked while it is out of sight."""
        self._is_active = active
        if active:
            self._ask()

    def frequencies(self) -> Float64Array:
        """Of the rotation for comparison, (d / 2,) radians a token."""
        width = self.width_.value()
        return rotary_frequencies(width + width % 2, self.base.value())

    def _rotary(self) -> Rotary | None:
        """That of the layers that look furthest, where a model has two kinds."""
        kinds = () if self._record is None else self._record.rotary
        return min(kinds, key=_slowest, default=None)

    def _ask(self) -> None:
        if self._is_active and self._record is None and self._microscope.model is not None:
            self._asked = InputRequest(0)
            self._microscope.ask(self._asked)

    def _take(self, record: InputRecord) -> None:
        self._record = record
        self.complaint.clear_error()
        model = self._microscope.model
        self._model_name = "" if model is None else model.name
        self.reset()
        self.changed.emit()

    def _draw(self) -> None:
        record, rotary = self._record, self._rotary()
        if record is None:
            self.about.setText(self.tr("No model has been asked yet: this is the formula alone."))
        elif rotary is None:
            text = self.tr("{model} has no rotary embedding: this is the formula alone.")
            self.about.setText(text.format(model=self._model_name))
        else:
            text = self.tr("{model} turns {n} pairs of channels of every head; base {base}.")
            base = "?" if rotary.base is None else f"{rotary.base:,.0f}"
            n = len(rotary.frequencies)
            self.about.setText(text.format(model=self._model_name, n=n, base=base))
        self._draw_rotary(rotary)

    def _draw_rotary(self, rotary: Rotary | None) -> None:
        name = self.tr("d {d}, base {base}").format(
            d=self.width_.value(), base=f"{self.base.value():,.0f}"
        )
        rates, scores = [], []
        distances = np.arange(DISTANCES, dtype=np.float64)
        kinds = [(name, self.frequencies(), True)]
        if rotary is not None:
            kinds.insert(0, (self._model_name, rotary.frequencies, False))
        for title, frequencies, is_dashed in kinds:
            pairs = np.arange(len(frequencies), dtype=np.float64)
            style: SeriesStyle = "dashed" if is_dashed else "line"
            share = rotary_scores(frequencies, DISTANCES) / len(frequencies)
            rates.append(Series(title, pairs, frequencies.copy(), style))
            scores.append(Series(title, distances, share, style))
        self.rates.set_chart(
            Chart(tuple(rates), self.tr("pair of channels"), self.tr("radians a token"), log_y=True)
        )
        self.scores.set_chart(
            Chart(
                tuple(scores),
                self.tr("distance in tokens"),
                self.tr("score, 1 at the same place"),
            )
        )
        self._say_pair(0)

    def _say_pair(self, pair: int) -> None:
        rotary = self._rotary()
        frequencies = self.frequencies() if rotary is None else rotary.frequencies
        pair = min(max(pair, 0), len(frequencies) - 1)
        rate = float(frequencies[pair])
        around = f"{2 * math.pi / rate:,.1f}" if rate > 0 else "∞"
        text = self.tr("Pair {i} turns by {angle} radians a token: once around in {n} tokens.")
        self.pair.setText(text.format(i=pair, angle=typeset(f"{rate:.4g}"), n=around))

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_comparison_changed(self) -> None:
        self._draw()

    @Slot(float)
    def _on_rates_x_pointed(self, x: float) -> None:
        if not math.isnan(x):
            self._say_pair(int(x))

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._record = None
        self._draw()
        self._ask()

    @Slot(object, object)
    def _on_microscope_answered(self, question: object, answer: object) -> None:
        if question is not self._asked:
            return
        self._asked = None
        if isinstance(answer, InputRecord):
            self._take(answer)
        elif isinstance(answer, VisualizerError):
            self.complaint.show_error(answer)


def _slowest(rotary: Rotary) -> float:
    return float(rotary.frequencies.min())
