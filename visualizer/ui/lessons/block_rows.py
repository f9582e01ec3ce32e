"""The rows of a block: a formula, a vector as a matrix of one row, its mean and variance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from visualizer.engine.records import Float64Array
from visualizer.ui.lessons.attention_cells import Marks
from visualizer.ui.lessons.block_cells import (
    LEARNED,
    Part,
    TokenWalk,
    formulas,
    marks_of,
    parts_in_order,
)
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.messages import make_quiet

_ROWS: tuple[Part, ...] = parts_in_order("post")
_NUMBER_PX = 15 * SPACE_PX
_WITHOUT_DECIMALS = 100.0
_CELL_PX = 11 * SPACE_PX  # the same in all rows, so that numbers stand below one another


class BlockRows(QWidget):
    """One token's vector at every step of a block, from top to bottom.

    Signals:
        cell_pointed: A cell is looked at. (part: str, row: int, column: int)
        cell_edited: A number was typed. (part: str, row: int, column: int, value: float)
    """

    cell_pointed = Signal(str, int, int)
    cell_edited = Signal(str, int, int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: TokenWalk | None = None
        self._matrices: dict[Part, Matrix] = {}
        self._drawn: dict[Part, Marks] = {}  # what is outlined in each
        self.views: dict[Part, MatrixView] = {}
        self.names: dict[Part, QLabel] = {}
        self.means: dict[Part, QLabel] = {}
        self.variances: dict[Part, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * SPACE_PX)
        self._grid.setVerticalSpacing(1)
        self._grid.setColumnStretch(4, 1)
        for column, text in ((1, self.tr("mean")), (2, self.tr("variance"))):
            title = _number(text)
            make_quiet(title)
            self._grid.addWidget(title, 0, column)
        for part in _ROWS:
            self._add_row(part)

    def _add_row(self, part: Part) -> None:
        is_typed = part == "x" or part in LEARNED
        view = self.views[part] = MatrixView(editable=is_typed)
        view.cell_hovered.connect(self._on_cell_pointed)
        view.cell_selected.connect(self._on_cell_pointed)
        view.cell_edited.connect(self._on_cell_edited)
        name = self.names[part] = PlainLabel()
        self.means[part], self.variances[part] = _number(), _number()
        if part in LEARNED or part == "other":
            make_quiet(name)
            make_quiet(self.means[part])
            make_quiet(self.variances[part])

    # ------------------------------------------------------------------------------ what is shown

    def show_walk(self, shown: TokenWalk) -> None:
        """Show a token's numbers; `mark` then says which cell is looked at."""
        if self._shown is None or self._shown.choices.norm != shown.choices.norm:
            self._place(shown)
        self._shown = shown
        old = self._matrices
        self._matrices = {
            part: _one_row(shown.row(part)) for part in parts_in_order(shown.choices.norm)
        }
        for part, matrix in self._matrices.items():  # what has not changed is not drawn again
            if part not in old or not np.array_equal(old[part].values, matrix.values):
                self._drawn.pop(part, None)
        written = formulas(shown.choices)
        for part in _ROWS:
            words = part_words(part, residual=shown.choices.residual)
            text = written.get(part, self._name(part, shown))
            self.names[part].setText(text)
            self.names[part].setToolTip(words)
            self.views[part].setAccessibleName(f"{text}: {words}")
            self._show_facts(part, shown)

    def mark(self, part: Part, row: int, column: int) -> None:
        """Outline what a cell comes from."""
        shown = self._shown
        assert shown is not None
        marks = marks_of(shown, part, row, column)
        for name, matrix in self._matrices.items():
            mark = marks.get(name, Marks())
            if self._drawn.get(name) != mark:
                self._draw(name, matrix, mark)

    def show_again(self) -> None:
        """Show what was there before a number was typed that is not taken."""
        self._drawn.clear()

    def matrices(self) -> dict[Part, Matrix]:
        """Everything on show in its order, without marks."""
        return dict(self._matrices)

    def _draw(self, part: Part, matrix: Matrix, mark: Marks) -> None:
        view = self.views[part]
        view.set_matrix(
            replace(
                matrix,
                highlight_rows=mark.rows,
                highlight_columns=mark.columns,
                highlight_cells=mark.cells,
            )
        )
        hint = view.sizeHint()
        cell = max(_CELL_PX, view.fontMetrics().horizontalAdvance("−0.00") + 2 * SPACE_PX)
        width = cell * matrix.n_columns + 2 if matrix.digits else hint.width()
        view.setFixedSize(width, view.fontMetrics().height() + 6)
        self._drawn[part] = mark

    def _place(self, shown: TokenWalk) -> None:
        """The rows in the order of the steps."""
        for place, part in enumerate(parts_in_order(shown.choices.norm), 1):
            for column, widget in enumerate(
                (self.names[part], self.means[part], self.variances[part], self.views[part])
            ):
                self._grid.addWidget(widget, place, column)

    def _name(self, part: Part, shown: TokenWalk) -> str:
        if part == "other":
            if shown.choices.norm == "post":
                return self.tr("with pre-norm instead")
            return self.tr("with post-norm instead")
        kind = self.tr("gain") if part.startswith("gain") else self.tr("bias")
        return f"    {kind} {part[-1]}"

    def _show_facts(self, part: Part, shown: TokenWalk) -> None:
        mean, variance = self.means[part], self.variances[part]
        if part in LEARNED:
            mean.clear()
            variance.clear()
        elif part in ("before_relu", "hidden"):
            text = self.tr("{n} below 0") if part == "before_relu" else self.tr("{n} off")
            mean.clear()
            variance.setText(text.format(n=shown.n_off))
            variance.setToolTip(self.tr("Of {n} units").format(n=len(shown.row(part))))
        else:
            values = shown.row(part)
            for label, value in ((mean, values.mean()), (variance, values.var())):
                label.setText(fact_text(float(value)))
                label.setToolTip(f"{float(value)!r}".replace("-", "−"))

    # --------------------------------------------------------------------------------- events

    def _part_of(self, view: QObject | None) -> Part:
        return next(part for part, each in self.views.items() if each is view)

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        if row >= 0 and column >= 0:
            self.cell_pointed.emit(self._part_of(self.sender()), row, column)

    @Slot(int, int, float)
    def _on_cell_edited(self, row: int, column: int, value: float) -> None:
        self.cell_edited.emit(self._part_of(self.sender()), row, column, value)


def fact_text(value: float) -> str:
    """A mean or a variance; never "−0.00"."""
    text = f"{value:.2f}"
    return "0.00" if float(text) == 0 else text.replace("-", "−")


def part_words(part: Part, *, residual: bool) -> str:
    """What a row or a matrix is, with {row} and {column} left open in those of W1 and W2."""
    translate = QCoreApplication.translate
    if part in ("sum1", "sum2") and not residual:
        if part == "sum1":
            return translate("BlockRows", "No residual: attention takes the place of what came in")
        return translate("BlockRows", "No residual: the network takes the place of what came in")
    texts: dict[Part, str] = {
        "x": translate("BlockRows", "The token’s vector: type other numbers"),
        "attention": translate("BlockRows", "What attention gathers from all words"),
        "sum1": translate("BlockRows", "The residual: attention is added to what came in"),
        "norm1": translate("BlockRows", "Less the mean, over the standard deviation"),
        "before_relu": translate("BlockRows", "The first linear map, to twice as many units"),
        "hidden": translate("BlockRows", "ReLU: units below 0 are switched off"),
        "feed_forward": translate("BlockRows", "The second linear map, back to the width"),
        "sum2": translate("BlockRows", "The residual: the network is added to what came in"),
        "norm2": translate("BlockRows", "Less the mean, over the standard deviation"),
        "other": translate("BlockRows", "The output with the norms in the other place"),
        "w1": translate("BlockRows", "From number {row} to unit {column}"),
        "w2": translate("BlockRows", "From unit {row} to number {column}"),
    }
    for norm in "12":
        texts[f"gain{norm}"] = translate(  # type: ignore[index]
            "BlockRows", "Learned: what each normalised number is multiplied by"
        )
        texts[f"bias{norm}"] = translate(  # type: ignore[index]
            "BlockRows", "Learned: what is then added to each"
        )
    return texts[part]


def _one_row(values: Float64Array) -> Matrix:
    """Decimals where cells that are all as wide have room for them."""
    return Matrix(values[None], digits=2 if np.abs(values).max() < _WITHOUT_DECIMALS else 0)


def _number(text: str = "") -> QLabel:
    label = PlainLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setMinimumWidth(_NUMBER_PX)
    return label
