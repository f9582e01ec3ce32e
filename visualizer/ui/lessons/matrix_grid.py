"""Several matrices as one figure, side by side and below one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from visualizer.ui.figure_parts import scale_to
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.matrix_view import Matrix, matrix_size, paint_matrix

_GAP = 4.0 * SPACE_PX
_Step = TypeVar("_Step", bound=str)


@dataclass(frozen=True, eq=False)
class MatrixGrid:
    """A snapshot that paints itself.

    Attributes:
        rows: Matrices with their titles; None leaves a place empty.
    """

    rows: tuple[tuple[tuple[str, Matrix] | None, ...], ...]

    @cached_property
    def _sizes(self) -> list[list[QSizeF]]:
        return [
            [QSizeF(0, 0) if cell is None else matrix_size(cell[1], cell[0]) for cell in row]
            for row in self.rows
        ]

    @cached_property
    def size(self) -> QSizeF:
        """In figure units."""
        widths, heights = self._tracks()
        return QSizeF(_whole(widths), _whole(heights))

    def _tracks(self) -> tuple[list[float], list[float]]:
        """Widths of the columns and heights of the rows."""
        n_columns = max(map(len, self.rows), default=0)
        widths = [
            max((row[column].width() for row in self._sizes if column < len(row)), default=0.0)
            for column in range(n_columns)
        ]
        return widths, [max((size.height() for size in row), default=0.0) for row in self._sizes]

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """Paint all of them into a rectangle of the figure's proportions."""
        widths, heights = self._tracks()
        painter.save()
        scale_to(painter, rect, self.size)
        y = 0.0
        for row, sizes, height in zip(self.rows, self._sizes, heights, strict=True):
            x = 0.0
            for cell, size, width in zip(row, sizes, widths, strict=False):
                if cell is not None:
                    paint_matrix(painter, QRectF(QPointF(x, y), size), cell[1], theme, cell[0])
                x += width + _GAP
            y += height + _GAP
        painter.restore()


def grid_exhibit(
    key: str,
    title: str,
    matrices: Mapping[_Step, Matrix],
    titles: Mapping[_Step, str],
    grid: Sequence[Sequence[_Step | None]],
) -> Exhibit:
    """The matrices of a computation as one exhibit.

    Args:
        key: Of the exhibit.
        title: Of the exhibit, in the reader's language.
        matrices: By the step that each shows.
        titles: Of the matrices.
        grid: Where each step stands.
    """
    figure = MatrixGrid(
        tuple(
            tuple(None if step is None else (titles[step], matrices[step]) for step in row)
            for row in grid
        )
    )
    rows: list[tuple[object, ...]] = []
    for step, matrix in matrices.items():
        for (row, column), value in np.ndenumerate(matrix.values):
            number = float(value) if np.isfinite(value) else None
            rows.append((step, matrix.row_name(row), row, column, number))
    columns = ("step", "name", "row", "column", "value")
    arrays: dict[str, npt.NDArray[np.generic]] = {
        step: matrix.values.copy() for step, matrix in matrices.items()
    }
    return Exhibit(key, title, figure.size, figure.paint, columns, rows, arrays)


def _whole(tracks: Sequence[float]) -> float:
    return sum(tracks) + _GAP * max(len(tracks) - 1, 0)
