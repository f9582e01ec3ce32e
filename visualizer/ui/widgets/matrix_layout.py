"""A matrix of numbers to be drawn, and where its cells, labels and legend stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from visualizer.engine.records import Float64Array
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.number_text import number_text, typeset

MatrixKind = Literal["weights", "diverging", "counts", "none"]

LEGEND_BAR_PX = 8.0
_CELL_PX = (44.0, 24.0)
_WIDEST_CELL_PX = 84.0
_PAD_PX = 4.0
_NUMBERED_PX = (900.0, 720.0)  # a larger sheet of numbers is drawn as a heatmap by default
_HEATMAP_PX = 480.0
_HEATMAP_CELLS_PX = (1.0, 14.0)
_MOST_HEATMAP_CELL_PX = 24.0
_LONGEST_LABEL = 14  # in widths of an M
_LONGEST_ROTATED = 9
_POWERS_FROM = 1e6
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, eq=False)
class Matrix:
    """What a MatrixView draws.

    Attributes:
        values: (R, C) float64. NaN is no value, -inf is a hidden one.
        row_labels: R of them, or none.
        column_labels: C of them, or none.
        row_title, column_title: What rows and columns are, "" for nothing.
        digits: Decimals in cells where there is room.
        colours: "weights" in one hue from 0 to 1, "diverging" in two hues around 0, "counts" in
            one hue from 0 to the largest; "none" for numbers alone.
        highlight_rows, highlight_columns: Outlined in the query hue and in the key hue.
        highlight_cells: (row, column) of the cells that are outlined.

    Raises:
        ValueError: `values` is not two-dimensional, or there are more or fewer labels than rows
            or columns.
    """

    values: Float64Array
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    row_title: str = ""
    column_title: str = ""
    digits: int = 2
    colours: MatrixKind = "none"
    highlight_rows: tuple[int, ...] = ()
    highlight_columns: tuple[int, ...] = ()
    highlight_cells: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise ValueError(f"a matrix has two dimensions, not {self.values.ndim}")
        for labels, n in zip((self.row_labels, self.column_labels), self.values.shape, strict=True):
            if labels and len(labels) != n:
                raise ValueError(f"{len(labels)} labels for {n} rows or columns")

    @property
    def n_rows(self) -> int:
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        return int(self.values.shape[1])

    def row_name(self, row: int) -> str:
        """A row's label, else its index."""
        return self.row_labels[row] if self.row_labels else f"{row}"

    def column_name(self, column: int) -> str:
        """A column's label, else its index."""
        return self.column_labels[column] if self.column_labels else f"{column}"

    def kind_without_numbers(self) -> MatrixKind:
        """How it is coloured where no number has room, which always needs a colour."""
        if self.colours != "none":
            return self.colours
        low, _ = finite_range(self.values)
        return "diverging" if low < 0 else "counts"


def finite_range(values: Float64Array) -> tuple[float, float]:
    """The smallest and the largest finite value, (0, 0) without any."""
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def cell_text(value: float, digits: int) -> str:
    """A value as it stands in a cell: always the same decimals, powers of ten from a million."""
    if not math.isfinite(value):
        return number_text(value)
    text = f"{value:.{digits}f}" if abs(value) < _POWERS_FROM else f"{value:.1e}"
    return f"{0.0:.{digits}f}" if float(text) == 0 else typeset(text)


@dataclass(frozen=True)
class MatrixFonts:
    """Fonts of a drawing.

    Attributes:
        text: Of the numbers; small: of titles of the axes and of the legend.
        label: Of the labels; title: of the title.
    """

    text: QFont
    small: QFont
    label: QFont
    title: QFont

    def line(self, font: QFont) -> float:
        """Height of a line."""
        return QFontMetricsF(font).height()


@dataclass(frozen=True)
class MatrixLayout:
    """Where everything stands, in the painter's units.

    Attributes:
        n_rows, n_columns: Cells.
        cell_width, cell_height: Of one.
        grid: All cells.
        title: Line of the title, empty without one.
        header: Above the grid: title of the columns and labels.
        labels: Height of the labels of the columns, within `header` at its lower edge.
        side: Left of the grid: labels of the rows.
        legend: Line of the legend, empty without one.
        digits: Decimals of the numbers in the cells; -1 if there is no room for numbers.
        kind: Colours of the cells.
        is_rotated: Whether labels of columns are written upwards, Chinese ones downwards.
        row_stride, column_stride: One in so many rows or columns has its label.
    """

    n_rows: int
    n_columns: int
    cell_width: float
    cell_height: float
    grid: QRectF
    title: QRectF
    header: QRectF
    labels: float
    side: QRectF
    legend: QRectF
    digits: int
    kind: MatrixKind
    is_rotated: bool
    row_stride: int
    column_stride: int

    @property
    def has_numbers(self) -> bool:
        return self.digits >= 0

    def cell(self, row: int, column: int) -> QRectF:
        """Where a cell is."""
        return QRectF(
            self.grid.left() + column * self.cell_width,
            self.grid.top() + row * self.cell_height,
            self.cell_width,
            self.cell_height,
        )

    def row(self, row: int) -> QRectF:
        """All cells of a row."""
        return self.cell(row, 0).united(self.cell(row, self.n_columns - 1))

    def column(self, column: int) -> QRectF:
        """All cells of a column."""
        return self.cell(0, column).united(self.cell(self.n_rows - 1, column))

    def row_at(self, y: float) -> int:
        """The row at a height, -1 beside the grid."""
        row = math.floor((y - self.grid.top()) / self.cell_height) if self.n_rows else -1
        return row if 0 <= row < self.n_rows else -1

    def column_at(self, x: float) -> int:
        """The column at a place from the left, -1 beside the grid."""
        column = math.floor((x - self.grid.left()) / self.cell_width) if self.n_columns else -1
        return column if 0 <= column < self.n_columns else -1

    def size(self) -> QSizeF:
        """Of everything."""
        right = max(self.grid.right(), self.legend.right(), self.title.right())
        bottom = max(self.grid.bottom(), self.legend.bottom())
        return QSizeF(math.ceil(right + 1), math.ceil(bottom + 1))


class _Layouter:
    """Lays one matrix out in a room of one size, or as large as it wants to be."""

    def __init__(self, matrix: Matrix, fonts: MatrixFonts, title: str, room: QSizeF | None) -> None:
        self.matrix, self.fonts, self.title, self.room = matrix, fonts, title, room
        self.label_metrics = QFontMetricsF(fonts.label)
        self.text_metrics = QFontMetricsF(fonts.text)
        self.small_metrics = QFontMetricsF(fonts.small)

    def lay_out(self) -> MatrixLayout:
        numbered = self._numbered()
        if numbered is not None:
            return numbered
        return self._heatmap()

    def _numbered(self) -> MatrixLayout | None:
        matrix = self.matrix
        if matrix.values.size == 0:
            return None
        labels = max(map(self._advance, matrix.column_labels), default=0.0)
        natural = (
            max(
                _CELL_PX[0],
                self._number_width(matrix.digits) + 3 * _PAD_PX,
                min(labels + 2 * _PAD_PX, _WIDEST_CELL_PX),
            ),
            max(_CELL_PX[1], self.text_metrics.height() + 2 * _PAD_PX),
        )
        if self.room is None and not (
            natural[0] * matrix.n_columns <= _NUMBERED_PX[0]
            and natural[1] * matrix.n_rows <= _NUMBERED_PX[1]
        ):
            return None
        layout = self._assemble(natural, matrix.colours, indexed=False)
        digits = self._fitting_digits(layout.cell_width)
        if digits < 0 or layout.cell_height < self.text_metrics.height():
            return None
        return self._with_digits(layout, digits)

    def _fitting_digits(self, cell_width: float) -> int:
        """As many decimals as fit, at least one where there are any; -1 for no room."""
        least = min(self.matrix.digits, 1)
        for digits in range(self.matrix.digits, least - 1, -1):
            if self._number_width(digits) + _PAD_PX <= cell_width:
                return digits
        return -1

    def _heatmap(self) -> MatrixLayout:
        matrix = self.matrix
        most = max(matrix.n_rows, matrix.n_columns, 1)
        if self.room is None:
            edge = min(max(_HEATMAP_PX / most, _HEATMAP_CELLS_PX[0]), _HEATMAP_CELLS_PX[1])
        else:
            edge = _MOST_HEATMAP_CELL_PX
        kind = matrix.kind_without_numbers()
        return self._assemble((edge, edge), kind, indexed=matrix.values.size > 0)

    def _assemble(
        self, natural: tuple[float, float], kind: MatrixKind, *, indexed: bool
    ) -> MatrixLayout:
        matrix, room = self.matrix, self.room
        width = math.inf if room is None else room.width()
        side = self._side_width(width, indexed=indexed)
        cell_width = min(natural[0], max((width - side - 1) / max(matrix.n_columns, 1), 0.05))
        is_rotated, labels = self._column_labels(cell_width, indexed=indexed)
        title = self.fonts.line(self.fonts.title) + SPACE_PX if self.title else 0.0
        has_own_line = bool(matrix.column_title) or (bool(matrix.row_title) and not labels)
        axis = self.small_metrics.height() if has_own_line else 0.0
        header = axis + labels + (SPACE_PX if axis or labels else 0)
        legend = 0.0 if kind == "none" else self.small_metrics.height() + 2 * SPACE_PX
        height = math.inf if room is None else room.height()
        below = legend + SPACE_PX if legend else 0.0
        left_over = (height - title - header - below - 1) / max(matrix.n_rows, 1)
        cell_height = min(natural[1], max(left_over, 0.05))
        if indexed:  # squares, or nearly
            cell_width = min(cell_width, 2 * cell_height)
            cell_height = min(cell_height, 2 * cell_width)
        elif cell_width >= 2 and cell_height >= 2:
            cell_width, cell_height = math.floor(cell_width), math.floor(cell_height)
        top = title + header
        grid = QRectF(side, top, cell_width * matrix.n_columns, cell_height * matrix.n_rows)
        whole = max(grid.width(), self._legend_width()) if legend else 0.0
        titled = QFontMetricsF(self.fonts.title).horizontalAdvance(self.title) if title else 0.0
        return MatrixLayout(
            matrix.n_rows,
            matrix.n_columns,
            cell_width,
            cell_height,
            grid,
            QRectF(0, 0, min(titled, width - 1), title),
            QRectF(side, title, grid.width(), header),
            labels,
            QRectF(0, top, side, grid.height()),
            QRectF(side, grid.bottom() + SPACE_PX, min(whole, width - side - 1), legend),
            -1,
            kind,
            is_rotated,
            self._stride(self.label_metrics.height() * 0.95, cell_height, bool(matrix.row_labels)),
            self._column_stride(cell_width, is_rotated=is_rotated),
        )

    def _with_digits(self, layout: MatrixLayout, digits: int) -> MatrixLayout:
        values = {name: getattr(layout, name) for name in layout.__dataclass_fields__}
        return MatrixLayout(**{**values, "digits": digits})

    def _side_width(self, room: float, *, indexed: bool) -> float:
        matrix = self.matrix
        labels = matrix.row_labels
        widest = max(map(self._advance, labels), default=0.0)
        if indexed and not labels:
            widest = self.small_metrics.horizontalAdvance(f"{matrix.n_rows - 1}")
        most = _LONGEST_LABEL * self.label_metrics.horizontalAdvance("M")
        widest = min(widest, most, 0.35 * room)
        if matrix.row_title:
            named = self.small_metrics.horizontalAdvance(row_title_text(matrix.row_title))
            widest = max(widest, min(named, 0.35 * room))
        return math.ceil(widest) + 2 * SPACE_PX if widest else 1.0

    def _column_labels(self, cell_width: float, *, indexed: bool) -> tuple[bool, float]:
        """Whether they are written upwards, and how high they are."""
        labels = self.matrix.column_labels
        if not labels:
            return False, self.small_metrics.height() if indexed else 0.0
        widest = max(map(self._advance, labels))
        if widest + _PAD_PX <= cell_width:
            return False, self.label_metrics.height()
        most = _LONGEST_ROTATED * self.label_metrics.horizontalAdvance("M")
        if self.room is not None:
            most = min(most, max(0.3 * self.room.height(), self.label_metrics.height()))
        return True, math.ceil(min(widest, most) + 2)

    def _stride(self, needed: float, cell: float, has_labels: bool) -> int:
        least = max(math.ceil(needed / cell), 1)
        if has_labels:
            return least
        return next((stride for stride in _STRIDES if stride >= least), least)

    def _column_stride(self, cell_width: float, *, is_rotated: bool) -> int:
        labels = self.matrix.column_labels
        if is_rotated or labels:
            needed = self.label_metrics.height() * 0.95 if is_rotated else cell_width
            return self._stride(needed, cell_width, True)
        last = self.small_metrics.horizontalAdvance(f"{self.matrix.n_columns - 1}")
        return self._stride(last + 2 * _PAD_PX, cell_width, False)

    def _legend_width(self) -> float:
        return 40 * SPACE_PX

    def _number_width(self, digits: int) -> float:
        texts = [cell_text(value, digits) for value in finite_range(self.matrix.values)]
        if not np.isfinite(self.matrix.values).all():
            texts.append(cell_text(-math.inf, digits))
        return max(map(self.text_metrics.horizontalAdvance, texts))

    def _advance(self, label: str) -> float:
        return self.label_metrics.horizontalAdvance(label)


def row_title_text(title: str) -> str:
    """The title of the rows as it stands in the corner."""
    return f"{title} ↓"


def column_title_text(title: str) -> str:
    """The title of the columns as it stands above them."""
    return f"{title} →"


def lay_out_matrix(
    matrix: Matrix, fonts: MatrixFonts, title: str, room: QSizeF | None = None
) -> MatrixLayout:
    """Where everything stands in a room, from its upper left corner.

    Args:
        matrix: What is drawn.
        fonts: In which fonts.
        title: Above it, "" for none.
        room: The size there is; None for as much as it wants.
    """
    return _Layouter(matrix, fonts, title, room).lay_out()
