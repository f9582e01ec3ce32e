"""Matrices and charts as exhibits: a snapshot that paints itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.line_chart import Chart, LineChart, chart_size, paint_chart
from visualizer.ui.widgets.matrix_view import Matrix, matrix_size, paint_matrix


@dataclass(frozen=True, eq=False)
class TableRows(Sequence[Sequence[object]]):
    """A matrix as rows, each with its label before it, made one at a time.

    Attributes:
        labels: R of them.
        values: (R, C), any kind of number; NaN becomes None.
    """

    labels: tuple[str, ...]
    values: npt.NDArray[np.generic]

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, row: int) -> Sequence[object]: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Sequence[object]]: ...
    def __getitem__(self, row: int | slice) -> Sequence[object]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        values = self.values[row].tolist()
        return [self.labels[row], *(None if value != value else value for value in values)]


@dataclass(frozen=True, eq=False)
class _MatrixFigure:
    matrix: Matrix
    title: str

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        paint_matrix(painter, rect, self.matrix, theme, self.title)


@dataclass(frozen=True, eq=False)
class _ChartFigure:
    chart: Chart
    title: str

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        paint_chart(painter, rect, self.chart, theme, self.title)


@dataclass(frozen=True)
class Numbers:
    """What an exhibit is as numbers.

    Attributes:
        columns, rows, arrays: As in Exhibit.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    arrays: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)


def matrix_exhibit(key: str, title: str, matrix: Matrix, numbers: Numbers) -> Exhibit:
    """A matrix as it is drawn, with all the numbers that belong to it."""
    figure = _MatrixFigure(matrix, title)
    size = matrix_size(matrix, title)
    return Exhibit(
        key, title, size, figure.paint, numbers.columns, numbers.rows, dict(numbers.arrays)
    )


def chart_exhibit(key: str, title: str, chart: Chart, numbers: Numbers) -> Exhibit:
    """A chart as it is drawn, with all the numbers that belong to it."""
    figure = _ChartFigure(chart, title)
    size = chart_size(chart, title)
    return Exhibit(
        key, title, size, figure.paint, numbers.columns, numbers.rows, dict(numbers.arrays)
    )


def chart_exhibits(
    key: str, title: str, view: LineChart, numbers: Numbers | None = None
) -> list[Exhibit]:
    """A chart as an exhibit, by its own points if no numbers are given; none without a chart."""
    chart = view.chart()
    if chart is None:
        return []
    return [chart_exhibit(key, title, chart, numbers or _points(chart))]


def _points(chart: Chart) -> Numbers:
    rows = [
        (series.name, x, y)
        for series in chart.series
        for x, y in zip(series.x.tolist(), series.y.tolist(), strict=True)
    ]
    arrays = {f"y_{place}": series.y for place, series in enumerate(chart.series)}
    return Numbers(("series", "x", "y"), rows, arrays)
