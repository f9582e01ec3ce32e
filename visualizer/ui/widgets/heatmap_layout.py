"""Where the cells of a heatmap lie, how far it is zoomed, and which part is in sight. No Qt.

All lengths are device pixels, so that the map's edge falls on whole pixels at any display scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

LARGEST_FIT_PX = 88
LARGEST_ZOOM_PX = 160
"""Edge of a cell, at most: when the map fits, and when zoomed in; times the display scale."""


@dataclass(frozen=True)
class HeatmapLayout:
    """The visible part of a matrix with square cells.

    Attributes:
        n_rows, n_columns: Of the matrix.
        left, top: Where the map begins.
        width, height: Room for it.
        cell_px: Edge of a cell; below 1 a pixel holds several cells.
        x, y: Place of the map's left upper corner in the matrix, in cells.
    """

    n_rows: int
    n_columns: int
    left: int
    top: int
    width: int
    height: int
    cell_px: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def map_width(self) -> int:
        """Pixels that the map covers, at most `width`."""
        return _pixels(self.n_columns, self.cell_px, self.width)

    @property
    def map_height(self) -> int:
        return _pixels(self.n_rows, self.cell_px, self.height)

    def fitting_px(self, scale: float) -> float:
        """Edge of a cell with which the whole matrix is in sight: whole pixels from 4 on."""
        # A few tokens do not fill a small panel with huge cells, nor leave a large one empty.
        largest = max(LARGEST_FIT_PX * scale, min(self.width, self.height) / 8)
        edge = min(self.width / self.n_columns, self.height / self.n_rows, largest)
        return max(float(int(edge)) if edge >= 4 else edge, 1e-3)

    def fitted(self, scale: float) -> HeatmapLayout:
        """The whole matrix in sight. scale: device pixels per logical pixel."""
        return replace(self, cell_px=self.fitting_px(scale), x=0.0, y=0.0)

    def zoomed(self, factor: float, px: float, py: float, scale: float) -> HeatmapLayout:
        """Cells `factor` times as large, with the place under (px, py) staying there."""
        fit = self.fitting_px(scale)
        edge = min(max(self.cell_px * factor, fit), max(LARGEST_ZOOM_PX * scale, fit))
        column, row = self.place_at(px, py)
        moved = replace(
            self,
            cell_px=edge,
            x=column - (px - self.left) / edge,
            y=row - (py - self.top) / edge,
        )
        return moved.moved(0.0, 0.0)

    def moved(self, dx: float, dy: float) -> HeatmapLayout:
        """Moved by so many cells, as far as there is something to see."""
        most_x = max(0.0, self.n_columns - self.width / self.cell_px)
        most_y = max(0.0, self.n_rows - self.height / self.cell_px)
        return replace(
            self,
            x=min(max(self.x + dx, 0.0), most_x),
            y=min(max(self.y + dy, 0.0), most_y),
        )

    def showing(self, row: int, column: int) -> HeatmapLayout:
        """Moved as little as brings a cell into sight."""
        dx = _shift(column, self.x, self.width / self.cell_px)
        return self.moved(dx, _shift(row, self.y, self.height / self.cell_px))

    def place_at(self, px: float, py: float) -> tuple[float, float]:
        """(column, row) under a pixel, as fractions of cells, also outside the map."""
        return self.x + (px - self.left) / self.cell_px, self.y + (py - self.top) / self.cell_px

    def cell_at(self, px: float, py: float) -> tuple[int, int] | None:
        """(row, column) under a pixel, or None outside the map."""
        inside_x = 0 <= px - self.left < self.map_width
        inside_y = 0 <= py - self.top < self.map_height
        if not (inside_x and inside_y):
            return None
        column, row = self.place_at(px, py)
        return min(int(row), self.n_rows - 1), min(int(column), self.n_columns - 1)

    def row_at(self, py: float) -> int | None:
        """Row beside a height, or None above or below the map."""
        if not 0 <= py - self.top < self.map_height:
            return None
        return min(int(self.place_at(0, py)[1]), self.n_rows - 1)

    def column_at(self, px: float) -> int | None:
        """Column above or below a place, or None beside the map."""
        if not 0 <= px - self.left < self.map_width:
            return None
        return min(int(self.place_at(px, 0)[0]), self.n_columns - 1)

    def column_start(self, column: float) -> float:
        """Left edge of a column, in pixels."""
        return self.left + (column - self.x) * self.cell_px

    def row_start(self, row: float) -> float:
        """Upper edge of a row, in pixels."""
        return self.top + (row - self.y) * self.cell_px


def _pixels(n_cells: int, cell_px: float, room: int) -> int:
    """Whole pixels that cover all cells, or the room where that is less."""
    return max(1, min(room, math.ceil(n_cells * cell_px - 1e-6)))


def _shift(index: int, first: float, shown: float) -> float:
    """How far to move so that cell `index` lies in [first, first + shown)."""
    if index < first:
        return index - first
    return max(0.0, index + 1 - (first + shown))
