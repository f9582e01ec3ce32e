"""The three kinds of attention of an encoder-decoder transformer, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from visualizer.engine.records import Float32Array, Float64Array
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, matrix_exhibit
from visualizer.ui.lessons.labels import caption, heading, keep_to_a_line
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

if TYPE_CHECKING:
    from visualizer.lessons.translation import TranslationStep

KINDS = ("encoder", "decoder", "cross")
_MEAN = -1


class AttentionTrio(QWidget):
    """Encoder self-attention, masked decoder self-attention, cross-attention.

    Signals:
        row_pointed: A row of a decoder's map is pointed at: the place of the token that is
            written there. int, -1 for none.
        row_selected: It was chosen by a click or with the keyboard. int.
        choice_changed: Another layer or head is on show.
    """

    row_pointed = Signal(int)
    row_selected = Signal(int)
    choice_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: TranslationStep | None = None
        self.layer = QComboBox()
        self.head = QComboBox()
        captions = {
            "encoder": self.tr("The source looks at itself, both ways."),
            "decoder": self.tr("What is written looks at its own past."),
            "cross": self.tr("What is written looks at the source."),
        }
        self.views = {kind: MatrixView() for kind in KINDS}
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE_PX)
        grid.setVerticalSpacing(0)
        for column, kind in enumerate(KINDS):
            self.views[kind].setAccessibleName(self._title(kind))
            words = caption(captions[kind])
            keep_to_a_line(words)
            grid.addWidget(heading(self._title(kind)), 0, column)
            grid.addWidget(words, 1, column)
            grid.addWidget(self.views[kind], 2, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(self._choices())
        layout.addLayout(grid, 1)
        self.layer.currentIndexChanged.connect(self._on_choice_changed)
        self.head.currentIndexChanged.connect(self._on_choice_changed)
        for kind in ("decoder", "cross"):
            self.views[kind].cell_hovered.connect(self._on_cell_hovered)
            self.views[kind].cell_selected.connect(self._on_cell_selected)

    def set_step(self, step: TranslationStep | None) -> None:
        """Show the attention with which a step was taken; None for nothing."""
        if step is not None and self.layer.count() == 0:
            self._fill(*step.encoder.shape[:2])
        self._step = step
        self._draw()

    def point_at(self, row: int, column: int) -> None:
        """Mark the row of a written token and the column of a source token, -1 for none."""
        self.views["decoder"].set_pointed(row, -1)
        self.views["cross"].set_pointed(row, column)

    def cross(self) -> Float64Array | None:
        """(T, S) weights of the cross-attention on show: of each written token."""
        return None if self._step is None else self._weights(self._step.cross)

    def choice_text(self) -> str:
        """Which layer and head are on show, in words."""
        head = self.head.currentData()
        if head == _MEAN:
            words = self.tr("mean of layer {layer}’s heads")
        else:
            words = self.tr("layer {layer}, head {head}")
        return words.format(layer=self.layer.currentData(), head=head)

    def choose(self, layer: int, head: int) -> None:
        """Show this layer and head, -1 for the mean of its heads."""
        self.layer.setCurrentIndex(self.layer.findData(layer))
        self.head.setCurrentIndex(self.head.findData(head))

    def reset(self) -> None:
        """The last layer's mean, which is the easiest to read."""
        if self.layer.count():
            self.choose(self.layer.count() - 1, _MEAN)

    def exhibits(self) -> list[Exhibit]:
        """The three maps as they are."""
        found = []
        for kind, view in self.views.items():
            matrix = view.matrix()
            if matrix is not None:
                numbers = Numbers(
                    ("token", *_distinct(matrix.column_labels)),
                    TableRows(matrix.row_labels, matrix.values),
                    {kind: matrix.values},
                )
                found.append(matrix_exhibit(kind, self._title(kind), matrix, numbers))
        return found

    def _title(self, kind: str) -> str:
        return {
            "encoder": self.tr("Encoder self-attention"),
            "decoder": self.tr("Masked self-attention"),
            "cross": self.tr("Cross-attention"),
        }[kind]

    def _choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        for words, box in ((self.tr("Layer"), self.layer), (self.tr("Head"), self.head)):
            label = PlainLabel(words)
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.setToolTip(self.tr("Whose attention is shown, in all three maps"))
            row.addWidget(label)
            row.addWidget(box)
        note = caption(self.tr("Each row looks at the columns; its weights add up to 1."))
        keep_to_a_line(note)
        row.addWidget(note, 1)
        return row

    def _fill(self, n_layers: int, n_heads: int) -> None:
        for box, n, first in ((self.layer, n_layers, 0), (self.head, n_heads, _MEAN)):
            box.blockSignals(True)
            for place in range(first, n):
                box.addItem(self.tr("mean") if place == _MEAN else str(place), place)
        self.reset()
        for box in (self.layer, self.head):
            box.blockSignals(False)

    def _weights(self, maps: Float32Array) -> Float64Array:
        """(L, H, T, S) weights to the (T, S) of the layer and head on show."""
        weights = maps[self.layer.currentData()].astype(np.float64)
        head = self.head.currentData()
        chosen: Float64Array = weights.mean(axis=0) if head == _MEAN else weights[head]
        return chosen

    def _draw(self) -> None:
        step = self._step
        if step is None:
            for view in self.views.values():
                view.set_matrix(None)
            return
        query, key = self.tr("query"), self.tr("key")
        for kind, maps, rows, columns in (
            ("encoder", step.encoder, step.source, step.source),
            ("decoder", step.decoder, step.target, step.target),
            ("cross", step.cross, step.written, step.source),
        ):
            matrix = Matrix(
                self._weights(maps),
                rows,
                columns,
                row_title=self.tr("writes") if kind == "cross" else query,
                column_title=key,
                colours="weights",
            )
            self.views[kind].set_matrix(matrix)

    @Slot(int)
    def _on_choice_changed(self, _place: int) -> None:
        self._draw()
        self.choice_changed.emit()

    @Slot(int, int)
    def _on_cell_hovered(self, row: int, _column: int) -> None:
        self.row_pointed.emit(row)

    @Slot(int, int)
    def _on_cell_selected(self, row: int, _column: int) -> None:
        self.row_selected.emit(row)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Column names of a table, told apart by their place."""
    return tuple(f"{place} {name}" for place, name in enumerate(names))
