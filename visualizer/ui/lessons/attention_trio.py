"""The three kinds of attention of an encoder-decoder transformer, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, matrix_exhibit
from visualizer.ui.lessons.labels import caption
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.lessons.translating import Translation
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

KINDS = ("encoder", "decoder", "cross")
_MEAN = -1


class AttentionTrio(QWidget):
    """Encoder self-attention, masked decoder self-attention, cross-attention.

    Signals:
        row_pointed: A row of the cross-attention is pointed at: the token that it writes. int,
            -1 for none.
    """

    row_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translation: Translation | None = None
        self._n_shown = 0
        self.layer = QComboBox()
        self.head = QComboBox()
        titles = {
            "encoder": self.tr("Encoder self-attention"),
            "decoder": self.tr("Masked self-attention"),
            "cross": self.tr("Cross-attention"),
        }
        captions = {
            "encoder": self.tr("The source looks at itself, both ways."),
            "decoder": self.tr("What is written looks at its own past."),
            "cross": self.tr("Each word that is written looks at the source."),
        }
        self.views = {kind: MatrixView(title=titles[kind]) for kind in KINDS}
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX)
        for column, kind in enumerate(KINDS):
            grid.addWidget(caption(captions[kind]), 0, column)
            grid.addWidget(self.views[kind], 1, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(self._choices())
        layout.addLayout(grid, 1)
        self.layer.currentIndexChanged.connect(self._on_choice_changed)
        self.head.currentIndexChanged.connect(self._on_choice_changed)
        self.views["cross"].cell_hovered.connect(self._on_cross_cell_hovered)
        self.views["cross"].cell_selected.connect(self._on_cross_cell_hovered)

    def set_translation(self, translation: Translation | None, n_shown: int) -> None:
        """Show the attention of the first `n_shown` tokens that were written."""
        if translation is not None and self._translation is None:
            n_layers, n_heads = translation.steps[0].encoder.shape[:2]
            self._fill(n_layers, n_heads)
        self._translation, self._n_shown = translation, n_shown
        self._draw()

    def point_at(self, place: int) -> None:
        """Mark the row of a written token, -1 for none."""
        self.views["cross"].set_pointed(place, -1)

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
            label = QLabel(words)
            label.setBuddy(box)
            box.setAccessibleName(words)
            row.addWidget(label)
            row.addWidget(box)
        row.addStretch(1)
        return row

    def _fill(self, n_layers: int, n_heads: int) -> None:
        for box, n, first in ((self.layer, n_layers, 0), (self.head, n_heads, _MEAN)):
            box.blockSignals(True)
            box.clear()
            for place in range(first, n):
                box.addItem(self.tr("mean") if place == _MEAN else str(place), place)
            box.blockSignals(False)
        self.reset()

    def _draw(self) -> None:
        translation = self._translation
        if translation is None or self._n_shown == 0:
            for view in self.views.values():
                view.set_matrix(None)
            return
        step = translation.steps[self._n_shown - 1]
        written = step.beams[0].tokens
        labels = {
            "encoder": (step.source, step.source),
            "decoder": (step.target, step.target),
            "cross": (written, step.source),
        }
        for kind, maps in (
            ("encoder", step.encoder),
            ("decoder", step.decoder),
            ("cross", step.cross),
        ):
            weights = maps[self.layer.currentData()].astype("float64")  # (H, T, S)
            head = self.head.currentData()
            values = weights.mean(axis=0) if head == _MEAN else weights[head]
            rows, columns = labels[kind]
            matrix = Matrix(
                values,
                rows,
                columns,
                row_title=self.tr("writes") if kind == "cross" else self.tr("query"),
                column_title=self.tr("key"),
                colours="weights",
            )
            self.views[kind].set_matrix(matrix)

    @Slot(int)
    def _on_choice_changed(self, _place: int) -> None:
        self._draw()

    @Slot(int, int)
    def _on_cross_cell_hovered(self, row: int, _column: int) -> None:
        self.row_pointed.emit(row)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Column names of a table, told apart by their place."""
    return tuple(f"{place} {name}" for place, name in enumerate(names))
