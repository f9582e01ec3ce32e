"""Learned positions: a vector for each place, of the model at hand or of a small one beside it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import InputRecord, InputRequest
from visualizer.engine.records import Float32Array
from visualizer.lessons.learned_positions import bundled_positions
from visualizer.lessons.similarity import cosine_similarity
from visualizer.ui.lessons.labels import Complaint, snug_caption
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

MOST_ROWS, MOST_CHANNELS = 256, 256
"""Of the table that are drawn."""


class LearnedPane(QWidget):
    """A table of positions, and how alike one of them is to every other.

    Attributes:
        table: (P, C) float32, what is on show; None before anything is.

    Signals:
        changed: Another table.
    """

    changed = Signal()

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._microscope = microscope
        self._is_active = False
        self._asked: InputRequest | None = None
        self._record: InputRecord | None = None
        self._position = 0
        self.table: Float32Array | None = None
        self.complaint = Complaint()
        self.about = snug_caption()
        self.map = MatrixView(title=self.tr("a row a position, a column a channel"))
        self.likeness = LineChart(title=self.tr("One position with every other"))
        self.map.setMinimumSize(80 * SPACE_PX, 90 * SPACE_PX)
        self.likeness.setMinimumSize(80 * SPACE_PX, 60 * SPACE_PX)
        row = QHBoxLayout()
        row.setSpacing(4 * SPACE_PX)
        row.addWidget(self.map, 1)
        row.addWidget(self.likeness, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE_PX)
        column.addWidget(self.about)
        column.addWidget(self.complaint)
        column.addLayout(row, 1)
        self.map.cell_hovered.connect(self._on_map_pointed)
        self.map.cell_selected.connect(self._on_map_pointed)
        microscope.model_changed.connect(self._on_microscope_model_changed)
        microscope.answered.connect(self._on_microscope_answered)

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
        """The first position is compared."""
        self._position = 0
        if self.table is not None:
            self._draw_likeness()

    def set_active(self, active: bool) -> None:
        """Nothing is asked or read while it is out of sight."""
        self._is_active = active
        if not active:
            return
        if self.table is None:
            self._show()
        self._ask()

    def _ask(self) -> None:
        if self._is_active and self._record is None and self._microscope.model is not None:
            self._asked = InputRequest(0)
            self._microscope.ask(self._asked)

    def _show(self) -> None:
        """The model's own positions, or those that are bundled."""
        record, model = self._record, self._microscope.model
        self.complaint.clear_error()
        if record is not None and record.positions is not None and model is not None:
            self.table = record.positions
            text = self.tr(
                "{model} has learned {n} positions; the first {rows} and {columns} channels are "
                "drawn."
            ).format(model=model.name, n=f"{record.n_positions:,}", **_drawn(self.table))
        else:
            try:
                self.table = bundled_positions()
            except VisualizerError as error:
                self.complaint.show_error(error)
                return
            text = self.tr(
                "{n} positions that a small GPT-2 of two layers has learned on the little stories. "
                "Open a model like GPT-2, and its own stand here."
            ).format(n=len(self.table))
            if record is not None and model is not None:
                text = f"{self.tr('{model} has none.').format(model=model.name)} {text}"
        self.about.setText(text)
        self.map.set_matrix(
            Matrix(
                self.table[:MOST_ROWS, :MOST_CHANNELS].astype(np.float64),
                row_title=self.tr("position"),
                column_title=self.tr("channel"),
                colours="diverging",
            )
        )
        self._draw_likeness()
        self.changed.emit()

    def _draw_likeness(self) -> None:
        assert self.table is not None
        table = self.table[:MOST_ROWS]
        self._position = min(self._position, len(table) - 1)
        cosines = cosine_similarity(table, table[self._position][None])
        places = np.arange(len(table), dtype=np.float64)
        self.likeness.set_chart(
            Chart(
                (Series("", places, cosines),),
                self.tr("other position"),
                self.tr("cosine similarity"),
                marks=((float(self._position), f"p = {self._position}"),),
            )
        )

    # --------------------------------------------------------------------------------- events

    @Slot(int, int)
    def _on_map_pointed(self, row: int, _column: int) -> None:
        if row >= 0 and row != self._position:
            self._position = row
            self._draw_likeness()

    @Slot(object)
    def _on_microscope_model_changed(self, _model: object) -> None:
        self._record = None
        if self._is_active:
            self._show()
        self._ask()

    @Slot(object, object)
    def _on_microscope_answered(self, question: object, answer: object) -> None:
        if question is not self._asked:
            return
        self._asked = None
        if isinstance(answer, InputRecord):
            self._record = answer
            self._show()
        elif isinstance(answer, VisualizerError):
            self.complaint.show_error(answer)


def _drawn(table: Float32Array) -> dict[str, int]:
    return {"rows": min(len(table), MOST_ROWS), "columns": min(table.shape[1], MOST_CHANNELS)}
