"""Where the units of a heatmap lie, how far it is zoomed, and which part is in sight. No Qt.

A unit is a token, or a word or a sentence where they are joined: what the map counts, however
its weights are pooled. All lengths are device pixels, so that the map's edge falls on whole pixels
at any display scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from visualizer.session.state import Region

LARGEST_FIT_PX = 88
LARGEST_ZOOM_PX = 160
"""Edge of a unit, at most: when the map fits, and when zoomed in; times the display scale."""


@dataclass(frozen=True)
class HeatmapLayout:
    """The visible part of a map with square units.

    Attributes:
        n_rows, n_columns: Units down and across.
        left, top: Where the map begins.
        width, height: Room for it.
        cell_px: Edge of a unit; below 1 a pixel holds several.
        x, y: Column and row at the map's left upper corner.
        first_row, first_column: The first that there is.
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
    first_row: int = 0
    first_column: int = 0

    @property
    def map_width(self) -> int:
        """Pixels that the map covers, at most `width`."""
        return _pixels(self.n_columns, self.cell_px, self.width)

    @property
    def map_height(self) -> int:
        return _pixels(self.n_rows, self.cell_px, self.height)

    def fitting_px(self, scale: float) -> float:
        """Edge of a unit with which the whole map is in sight: whole pixels from 4 on."""
        # A few tokens do not fill a small panel with huge cells, nor leave a large one empty.
        largest = max(LARGEST_FIT_PX * scale, min(self.width, self.height) / 8)
        edge = min(self.width / self.n_columns, self.height / self.n_rows, largest)
        return max(float(int(edge)) if edge >= 4 else edge, 1e-3)

    def fitted(self, scale: float) -> HeatmapLayout:
        """The whole map in sight. scale: device pixels per logical pixel."""
        return replace(
            self,
            cell_px=self.fitting_px(scale),
            x=float(self.first_column),
            y=float(self.first_row),
        )

    def zoomed(self, factor: float, px: float, py: float, scale: float) -> HeatmapLayout:
        """Units `factor` times as large, with the place under (px, py) staying there."""
        fit = self.fitting_px(scale)
        edge = min(max(self.cell_px * factor, fit), max(LARGEST_ZOOM_PX * scale, fit))
        column, row = self.place_at(px, py)
        return replace(
            self,
            cell_px=edge,
            x=column - (px - self.left) / edge,
            y=row - (py - self.top) / edge,
        ).moved(0.0, 0.0)

    def showing_region(self, region: Region, scale: float) -> HeatmapLayout:
        """As large as lets a region be in sight whole; a region outside the map is cut."""
        first_row, end_row, first_column, end_column = region
        n_rows, n_columns = max(end_row - first_row, 1), max(end_column - first_column, 1)
        edge = min(self.width / n_columns, self.height / n_rows)
        fit = self.fitting_px(scale)
        edge = min(max(edge, fit), max(LARGEST_ZOOM_PX * scale, fit))
        return replace(self, cell_px=edge, x=float(first_column), y=float(first_row)).moved(0, 0)

    def moved(self, dx: float, dy: float) -> HeatmapLayout:
        """Moved by so many units, as far as there is something to see."""
        most_x = self.first_column + max(0.0, self.n_columns - self.width / self.cell_px)
        most_y = self.first_row + max(0.0, self.n_rows - self.height / self.cell_px)
        return replace(
            self,
            x=min(max(self.x + dx, float(self.first_column)), most_x),
            y=min(max(self.y + dy, float(self.first_row)), most_y),
        )

    def centred(self, column: float, row: float) -> HeatmapLayout:
        """Moved so that a place is in the middle, as far as there is something to see."""
        return self.moved(
            column - self.map_width / self.cell_px / 2 - self.x,
            row - self.map_height / self.cell_px / 2 - self.y,
        )

    def showing(self, row: int, column: int) -> HeatmapLayout:
        """Moved as little as brings a unit of each axis into sight."""
        dx = _shift(column, self.x, self.width / self.cell_px)
        return self.moved(dx, _shift(row, self.y, self.height / self.cell_px))

    def in_sight(self) -> Region:
        """The units of which something is in sight."""
        end_row = math.ceil(self.y + self.map_height / self.cell_px - 1e-6)
        end_column = math.ceil(self.x + self.map_width / self.cell_px - 1e-6)
        return (
            int(self.y + 1e-6),
            min(end_row, self.first_row + self.n_rows),
            int(self.x + 1e-6),
            min(end_column, self.first_column + self.n_columns),
        )

    def place_at(self, px: float, py: float) -> tuple[float, float]:
        """(column, row) under a pixel, as fractions of units, also outside the map."""
        return self.x + (px - self.left) / self.cell_px, self.y + (py - self.top) / self.cell_px

    def cell_at(self, px: float, py: float) -> tuple[int, int] | None:
        """(row, column) under a pixel, or None outside the map."""
        row, column = self.row_at(py), self.column_at(px)
        return None if row is None or column is None else (row, column)

    def nearest_cell(self, px: float, py: float) -> tuple[int, int]:
        """(row, column) under the pixel of the map that is nearest to a place."""
        right, bottom = self.left + self.map_width - 1, self.top + self.map_height - 1
        inside = min(max(px, self.left), right), min(max(py, self.top), bottom)
        found = self.cell_at(*inside)
        assert found is not None
        return found

    def row_at(self, py: float) -> int | None:
        """Row beside a height, or None above or below the map."""
        if not 0 <= py - self.top < self.map_height:
            return None
        return min(int(self.place_at(0, py)[1]), self.first_row + self.n_rows - 1)

    def column_at(self, px: float) -> int | None:
        """Column above or below a place, or None beside the map."""
        if not 0 <= px - self.left < self.map_width:
            return None
        return min(int(self.place_at(px, 0)[0]), self.first_column + self.n_columns - 1)

    def column_start(self, column: float) -> float:
        """Left edge of a column, in pixels."""
        return self.left + (column - self.x) * self.cell_px

    def row_start(self, row: float) -> float:
        """Upper edge of a row, in pixels."""
        return self.top + (row - self.y) * self.cell_px


def _pixels(n_units: int, unit_px: float, room: int) -> int:
    """Whole pixels that cover all units, or the room where that is less."""
    return max(1, min(room, math.ceil(n_units * unit_px - 1e-6)))


def _shift(index: int, first: float, shown: float) -> float:
    """How far to move so that unit `index` lies in [first, first + shown)."""
    if index < first:
        return index - first
    return max(0.0, index + 1 - (first + shown))
