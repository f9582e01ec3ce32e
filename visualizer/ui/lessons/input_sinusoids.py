"""The sinusoids that say where a token stands, for any length and width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Float64Array
from visualizer.lessons.positions import (
    DistanceProfile,
    dot_products,
    profile_by_distance,
    sinusoids,
)
from visualizer.ui.lessons.background import BackgroundTask, Ticket
from visualizer.ui.lessons.labels import Complaint
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

LENGTH, WIDTH = 64, 64
"""With which the lesson begins."""
MOST = 512
"""Positions, and channels, that are drawn: more would hold the window up."""


@dataclass(frozen=True, eq=False)
class Sinusoids:
    """Everything that is drawn for one length and width.

    Attributes:
        encoding: (T, d).
        products: (T, T) of every position with every other.
        profile: By distance.
    """

    encoding: Float64Array
    products: Float64Array
    profile: DistanceProfile


@dataclass(frozen=True)
class ComputeSinusoids:
    """Work for a thread."""

    length: int
    width: int

    def __call__(self, ticket: Ticket) -> Sinusoids:
        encoding = sinusoids(self.length, self.width)
        ticket.check()
        products = dot_products(encoding)
        ticket.check()
        return Sinusoids(encoding, products, profile_by_distance(products))


class SinusoidPane(QWidget):
    """A heatmap of the position encoding, and how alike positions are by their distance.

    Signals:
        changed: Another length or width has been computed.
    """

    changed = Signal()

    def __init__(self, task: BackgroundTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._shown: Sinusoids | None = None
        self._position = 0
        self.length = _spin(1, MOST, LENGTH, self.tr("How many positions, at most 512"))
        self.width_ = _spin(1, MOST, WIDTH, self.tr("Channels of the model, d, at most 512"))
        self.complaint = Complaint()
        self.map = MatrixView(title=self.tr("PE: a row a position, a column a channel"))
        self.arithmetic = PlainLabel()
        self.by_distance = LineChart(title=self.tr("Dot product by distance"))
        self.from_position = LineChart(title=self.tr("One position with every other"))
        self._lay_out()
        self.length.valueChanged.connect(self._on_size_changed)
        self.width_.valueChanged.connect(self._on_size_changed)
        self.map.cell_hovered.connect(self._on_map_pointed)
        self.map.cell_selected.connect(self._on_map_pointed)
        self.from_position.x_hovered.connect(self._on_from_position_x_hovered)
        self.from_position.x_selected.connect(self._on_from_position_x_selected)
        task.succeeded.connect(self._on_task_succeeded)
        task.failed.connect(self._on_task_failed)

    def _lay_out(self) -> None:
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        for name, spin in ((self.tr("Length T"), self.length), (self.tr("Width d"), self.width_)):
            label = PlainLabel(name)
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin)
            row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.arithmetic, 1)
        self.map.setMinimumSize(90 * SPACE_PX, 80 * SPACE_PX)
        for chart in (self.by_distance, self.from_position):
            chart.setMinimumSize(80 * SPACE_PX, 44 * SPACE_PX)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE_PX)
        grid.setVerticalSpacing(3 * SPACE_PX)
        grid.addWidget(self.map, 0, 0, 2, 1)
        grid.addWidget(self.by_distance, 0, 1)
        grid.addWidget(self.from_position, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addLayout(grid, 1)

    # ---------------------------------------------------------------------------- what is shown

    @property
    def shown(self) -> Sinusoids | None:
        """What is drawn, None before the first."""
        return self._shown

    @property
    def position(self) -> int:
        """The position that is looked at."""
        return self._position

    def reset(self) -> None:
        """The length and width of the beginning."""
        self._position = LENGTH // 3
        self.set_size(LENGTH, WIDTH)

    def set_size(self, length: int, width: int) -> None:
        """Show another length and width."""
        for spin, value in ((self.length, length), (self.width_, width)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self._compute()

    def look_at(self, position: int, channel: int = 0) -> None:
        """Compare this position with all others, and spell one of its numbers out."""
        if self._shown is None or position < 0:
            return
        self._position = min(position, len(self._shown.encoding) - 1)
        self._draw_position()
        if channel >= 0:
            self._spell_out(self._position, channel)

    def _compute(self) -> None:
        self._task.start(ComputeSinusoids(self.length.value(), self.width_.value()))

    def _take(self, shown: Sinusoids) -> None:
        self._shown = shown
        self.complaint.clear_error()
        self.map.set_matrix(
            Matrix(
                shown.encoding,
                row_title=self.tr("position"),
                column_title=self.tr("channel"),
                colours="diverging",
            )
        )
        self.by_distance.set_chart(self._distance_chart(shown.profile))
        self.look_at(self._position, 6)
        self.changed.emit()

    def _distance_chart(self, profile: DistanceProfile) -> Chart:
        distances = np.arange(len(profile.mean), dtype=np.float64)
        series = [Series(self.tr("mean over all pairs"), distances, profile.mean)]
        if float((profile.most - profile.least).max()) > 1e-9:  # of an odd width
            series.append(Series(self.tr("largest"), distances, profile.most, "dashed"))
            series.append(Series(self.tr("smallest"), distances, profile.least, "dashed"))
        return Chart(tuple(series), self.tr("distance of two positions"), "PE(p) · PE(p′)")

    def _draw_position(self) -> None:
        assert self._shown is not None
        products = self._shown.products[self._position]
        places = np.arange(len(products), dtype=np.float64)
        self.from_position.set_chart(
            Chart(
                (Series("", places, products),),
                self.tr("other position"),
                "PE(p) · PE(p′)",
                marks=((float(self._position), f"p = {self._position}"),),
            )
        )
        self.map.set_pointed(self._position, -1)

    def _spell_out(self, position: int, channel: int) -> None:
        assert self._shown is not None
        width = self._shown.encoding.shape[1]
        channel = min(channel, width - 1)
        wave = "sin" if channel % 2 == 0 else "cos"
        value = f"{self._shown.encoding[position, channel]:.4f}".replace("-", "−")
        self.arithmetic.setText(
            f"PE({position}, {channel}) = {wave}({position} / "
            f"10000^({channel - channel % 2}/{width})) = {value}"
        )

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_size_changed(self) -> None:
        self._compute()

    @Slot(object)
    def _on_task_succeeded(self, shown: Sinusoids) -> None:
        self._take(shown)

    @Slot(object)
    def _on_task_failed(self, error: VisualizerError) -> None:
        self.complaint.show_error(error)

    @Slot(int, int)
    def _on_map_pointed(self, row: int, column: int) -> None:
        self.look_at(row, column)

    @Slot(float)
    def _on_from_position_x_hovered(self, x: float) -> None:
        self.map.set_pointed(self._position if np.isnan(x) else int(x), -1)

    @Slot(float)
    def _on_from_position_x_selected(self, x: float) -> None:
        self.look_at(int(x))


def _spin(low: int, high: int, value: int, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setKeyboardTracking(False)
    spin.setToolTip(tip)
    spin.setAccessibleName(tip)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    return spin
