"""What a training has told of its steps so far, and the charts of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from visualizer.engine.records import Float64Array
from visualizer.lessons.training_settings import StepRecord
from visualizer.ui.widgets.line_chart import Chart, Series

COLUMNS = (
    "step",
    "loss",
    "held_out_loss",
    "next_token_loss",
    "learning_rate",
    "gradient_norm",
    "tokens_per_second",
)
"""As in StepRecord."""

_FIRST_CAPACITY = 512
_MOST_DRAWN = 4000
"""Steps that a chart draws; of more, every second, third, ... and always the last."""


class Curves:
    """The numbers of every step, in the order in which they came."""

    def __init__(self) -> None:
        self._data = np.empty((_FIRST_CAPACITY, len(COLUMNS)))
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def clear(self) -> None:
        """Forget them all."""
        self._n = 0

    def add(self, records: tuple[StepRecord, ...]) -> None:
        """Take further steps; a step that comes again, after a crash, replaces what followed."""
        if records and self._n:
            known = self._data[: self._n, 0]
            self._n = int(np.searchsorted(known, records[0].step))
        needed = self._n + len(records)
        while needed > len(self._data):
            self._data = np.concatenate([self._data, np.empty_like(self._data)])
        for row, record in enumerate(records, start=self._n):
            for column, name in enumerate(COLUMNS):
                value = getattr(record, name)
                self._data[row, column] = math.nan if value is None else value
        self._n = needed

    def column(self, name: str) -> Float64Array:
        """(n,) float64 of one of COLUMNS; NaN where it was not computed."""
        return self._data[: self._n, COLUMNS.index(name)].copy()

    def table(self) -> Float64Array:
        """(n, 7) float64, a row for each step."""
        return self._data[: self._n].copy()

    def last(self, name: str) -> float:
        """The newest value that was computed; NaN without any."""
        values = self._data[: self._n, COLUMNS.index(name)]
        known = np.flatnonzero(np.isfinite(values))
        return float(values[known[-1]]) if known.size else math.nan

    def series(self, key: str, name: str, *, style: str = "line") -> Series:
        """A curve of one column, over the steps at which it was computed."""
        steps, values = self._data[: self._n, 0], self._data[: self._n, COLUMNS.index(key)]
        known = np.flatnonzero(np.isfinite(values))
        stride = -(-known.size // _MOST_DRAWN) or 1
        drawn = known[::-1][::stride][::-1]
        assert style in ("line", "points", "dashed")
        return Series(name, steps[drawn].copy(), values[drawn].copy(), style)  # type: ignore[arg-type]


@dataclass(frozen=True)
class CurveCharts:
    """The charts of a training, made from its curves."""

    curves: Curves

    def loss(self, *, guessing: float | None = None, with_next_token: bool = False) -> Chart:
        """Loss in training and on the held-out text.

        Args:
            guessing: ln V, drawn dotted, the loss of a model that knows nothing; None for no line.
            with_next_token: Whether to draw the held-out loss of predicting the next token, too:
                where that is not what is trained.
        """
        curves = self.curves
        lines = [
            curves.series("loss", QCoreApplication.translate("TrainingCharts", "training")),
            curves.series(
                "held_out_loss", QCoreApplication.translate("TrainingCharts", "held out")
            ),
        ]
        if guessing is not None and len(curves):
            steps = curves.column("step")[[0, -1]]
            name = QCoreApplication.translate("TrainingCharts", "guessing")
            lines.append(Series(name, steps, np.full(2, guessing), "dotted"))
        if with_next_token:  # after the guessing: the third curve of a chart is dotted anyhow
            lines.append(
                curves.series(
                    "next_token_loss",
                    QCoreApplication.translate("TrainingCharts", "next token, held out"),
                )
            )
        return Chart(
            tuple(lines),
            QCoreApplication.translate("TrainingCharts", "step"),
            QCoreApplication.translate("TrainingCharts", "loss (nats)"),
        )

    def gradient_norm(self) -> Chart:
        """Length of the gradient of all parameters together."""
        line = self.curves.series("gradient_norm", "")
        return Chart(
            (line,),
            QCoreApplication.translate("TrainingCharts", "step"),
            "",
            log_y=True,
        )

    def learning_rate(self) -> Chart:
        """Learning rate of each step."""
        line = self.curves.series("learning_rate", "")
        top = max(float(line.y.max()) * 1.1, 1e-12) if line.y.size else 1.0
        return Chart(
            (line,),
            QCoreApplication.translate("TrainingCharts", "step"),
            "",
            y_range=(0.0, top),
        )

    def tokens_per_second(self) -> Chart:
        """Speed of each step."""
        line = self.curves.series("tokens_per_second", "")
        top = float(line.y.max()) * 1.1 if line.y.size else 1.0
        return Chart(
            (line,),
            QCoreApplication.translate("TrainingCharts", "step"),
            "",
            y_range=(0.0, top),
        )
