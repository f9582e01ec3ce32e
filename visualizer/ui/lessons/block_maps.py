"""The two linear maps of a feed-forward network as matrices to point at and type into."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from visualizer.lessons.block import BlockWeights
from visualizer.ui.lessons.attention_cells import Marks
from visualizer.ui.lessons.block_cells import Part
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

_SMALLER = 0.85  # of the font


class BlockMaps(QWidget):
    """W1 and W2 side by side.

    Signals:
        cell_pointed: A cell is looked at. (part: str, row: int, column: int)
        cell_edited: A number was typed. (part: str, row: int, column: int, value: float)
    """

    cell_pointed = Signal(str, int, int)
    cell_edited = Signal(str, int, int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.w1 = MatrixView(title=self.tr("W1 (b1 is 0)"), editable=True)
        self.w2 = MatrixView(title=self.tr("W2 (b2 is 0)"), editable=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * SPACE_PX)
        for view, stretch in ((self.w1, 2), (self.w2, 1)):
            view.setMinimumWidth(60 * SPACE_PX)
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            view.cell_hovered.connect(self._on_cell_pointed)
            view.cell_selected.connect(self._on_cell_pointed)
            view.cell_edited.connect(self._on_cell_edited)
            row.addWidget(view, stretch, Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        self.fit_text()

    def fit_text(self) -> None:
        """Take over the size of the text around; `show_maps` must follow."""
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * _SMALLER)
        for view in (self.w1, self.w2):
            view.setFont(small)
            view.set_matrix(None)

    def show_maps(self, weights: BlockWeights, marks: Mapping[Part, Marks]) -> None:
        """Show a block's maps, with what is outlined in them."""
        none = Marks()
        for view, values, mark in (
            (self.w1, weights.w1, marks.get("w1", none)),
            (self.w2, weights.w2, marks.get("w2", none)),
        ):
            old = view.matrix()
            if (
                old is not None
                and old.values is values
                and (old.highlight_columns, old.highlight_cells) == (mark.columns, mark.cells)
            ):
                continue
            view.set_matrix(
                Matrix(values, highlight_columns=mark.columns, highlight_cells=mark.cells)
            )
            # Close together, so that all rows of W2 are in sight under those of the block.
            line = QFontMetrics(view.font()).height()
            view.setFixedHeight(line + 2 * SPACE_PX + (line + 4) * len(values))
            view.setMaximumWidth(view.sizeHint().width())  # side by side in a wide window, too

    def _part(self) -> Part:
        return "w1" if self.sender() is self.w1 else "w2"

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        if row >= 0 and column >= 0:
            self.cell_pointed.emit(self._part(), row, column)

    @Slot(int, int, float)
    def _on_cell_edited(self, row: int, column: int, value: float) -> None:
        self.cell_edited.emit(self._part(), row, column, value)
