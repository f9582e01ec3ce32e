"""The weights of a HeadView as pixels: any part of the map, the tile where there is one."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QImage

from visualizer.engine.errors import UsageError
from visualizer.engine.records import HeadRecord
from visualizer.session.hidden_cells import BoolArray, hidden_cells
from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme
from visualizer.ui.widgets.attention_image import indexed_image
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.hatching import hatch, shown_cells
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.map_units import Span, covers, record_cell
from visualizer.ui.widgets.resampling import pixel_starts, resample
from visualizer.ui.widgets.view_colours import HeadColours


def check_view(view: HeadView) -> None:
    """Refuse what cannot be drawn as a map.

    Raises:
        UsageError: The weights are no matrix, have no cells, or are of other rows and columns
            than their record or the text says.
        NonFiniteError: There are NaN or infinite numbers among them.
    """
    for record in (view.record, view.tile):
        if record is None:
            continue
        check_weights(record.weights)
        spans = (record.rows, record.columns)
        expected = tuple(math.ceil((end - first) / max(record.block, 1)) for first, end in spans)
        inside = all(0 <= first < end <= record.n_units for first, end in spans)
        if record.weights.shape != expected or not inside or record.block < 1:
            raise UsageError(
                "There are no attention weights to draw: {shape} of them are there for "
                "{expected} cells.",
                shape=" x ".join(map(str, record.weights.shape)),
                expected=" x ".join(map(str, expected)),
            )
        if record.n_tokens != len(view.tokenization):
            raise UsageError(
                "There are no attention weights to draw: they are of {n} tokens, the text has "
                "{n_text}.",
                n=record.n_tokens,
                n_text=len(view.tokenization),
            )


class MapPicture:
    """Turns weights into colour levels once, and levels into an image for each part in sight."""

    def __init__(self) -> None:
        self._view: HeadView | None = None
        self._colours: HeadColours | None = None
        self._scale: tuple[object, ...] = ()
        self._levels: dict[HeadRecord, UInt8Array] = {}
        self._hidden: dict[HeadRecord, BoolArray] = {}  # of records that have some

    def set_view(self, view: HeadView, colours: HeadColours) -> bool:
        """Take weights and their colours; False if all pixels stay what they were.

        Raises:
            UsageError, NonFiniteError: See `check_view`; what was there stays.
        """
        scale = (colours.scale, colours.top, view.record)
        records = [record for record in (view.record, view.tile) if record is not None]
        known = scale == self._scale and all(record in self._levels for record in records)
        if not known:
            check_view(view)
            kept = self._levels if scale == self._scale else {}
            self._levels = {
                record: kept[record] if record in kept else colours.levels(record)
                for record in records
            }
            hidden = {
                record: hidden_cells(record, view.tokenization, view.special_ids)
                for record in records
            }
            self._hidden = {record: cells for record, cells in hidden.items() if cells is not None}
        before, self._view, self._colours, self._scale = self._view, view, colours, scale
        return not (
            known
            and before is not None
            and before.tile is view.tile
            and before.palette == view.palette
        )

    def level(self, record: HeadRecord, row: int, column: int) -> int:
        """Colour level of one cell of the view's record or tile."""
        return int(self._levels[record][row, column])

    def is_hidden(self, record: HeadRecord, row: int, column: int) -> bool:
        """Whether one cell of the view's record or tile does not show its weight."""
        hidden = self._hidden.get(record)
        return hidden is not None and bool(hidden[row, column])

    def image(self, layout: HeatmapLayout, theme: Theme, scale: float = 1.0) -> QImage:
        """The part of the map that a layout has in sight, a pixel for each of its pixels.

        A pixel over several cells is their maximum; what is hidden is hatched, `scale` pixels
        being a logical one. The image owns its pixels.
        """
        assert self._view is not None
        sheet = self._sheet(layout, self._levels)
        image = indexed_image(sheet, theme, self._view.palette)
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        if self._hidden:
            shown = {
                record: shown_cells(self._hidden.get(record), levels.shape)
                for record, levels in self._levels.items()
            }
            hatch(image, self._sheet(layout, shown), theme, scale)
        return image

    def _sheet(self, layout: HeatmapLayout, of: dict[HeadRecord, UInt8Array]) -> UInt8Array:
        """Values of each record's cells as the pixels of a layout, the tile's where it is."""
        assert self._view is not None
        shape = (layout.map_height, layout.map_width)
        sheet = _part(self._view.record, of[self._view.record], layout, (0, 0), shape)
        tile = self._view.tile
        if tile is not None:
            top, bottom = _pixels(tile.rows, layout.y, layout.cell_px, shape[0])
            left, right = _pixels(tile.columns, layout.x, layout.cell_px, shape[1])
            if top < bottom and left < right:
                finer = (bottom - top, right - left)
                part = _part(tile, of[tile], layout, (top, left), finer)
                if finer == shape:
                    sheet = part
                else:
                    sheet[top:bottom, left:right] = part
        return sheet

    def outgoing(self, layout: HeatmapLayout, row: int) -> UInt8Array:
        """Levels of one row along the part in sight. (map_width,) uint8."""
        assert self._view is not None
        record, n_pixels = self._view.record, layout.map_width
        line = self._levels[record][record_cell(record, row, record.columns[0]).row]
        drawn = _line(line, record.columns, record.block, layout.x, layout.cell_px, n_pixels)
        tile = self._view.tile
        if tile is not None and covers(tile, row, tile.columns[0]):
            left, right = _pixels(tile.columns, layout.x, layout.cell_px, n_pixels)
            line = self._levels[tile][record_cell(tile, row, tile.columns[0]).row]
            first = layout.x + left / layout.cell_px
            drawn[left:right] = _line(
                line, tile.columns, tile.block, first, layout.cell_px, right - left
            )
        return drawn

    def incoming(self, layout: HeatmapLayout, column: int) -> UInt8Array:
        """Levels of one column along the part in sight. (map_height,) uint8."""
        assert self._view is not None
        record, n_pixels = self._view.record, layout.map_height
        line = self._levels[record][:, record_cell(record, record.rows[0], column).column]
        drawn = _line(line, record.rows, record.block, layout.y, layout.cell_px, n_pixels)
        tile = self._view.tile
        if tile is not None and covers(tile, tile.rows[0], column):
            top, bottom = _pixels(tile.rows, layout.y, layout.cell_px, n_pixels)
            line = self._levels[tile][:, record_cell(tile, tile.rows[0], column).column]
            first = layout.y + top / layout.cell_px
            drawn[top:bottom] = _line(
                line, tile.rows, tile.block, first, layout.cell_px, bottom - top
            )
        return drawn


def _line(
    levels: UInt8Array, span: Span, block: int, first: float, unit_px: float, n_pixels: int
) -> UInt8Array:
    """Pixels of one row or column of a record, whose cells are (n,)."""
    if n_pixels <= 0:
        return np.zeros(0, np.uint8)
    starts = pixel_starts(len(levels), (first - span[0]) / block, unit_px * block, n_pixels)
    drawn: UInt8Array = resample(levels[None, :], np.zeros(1, np.intp), starts)[0]
    return drawn


def _pixels(units: Span, first: float, unit_px: float, n_pixels: int) -> Span:
    """The pixels whose middle lies on these units, and the last one that they begin in."""
    begin = math.ceil((units[0] - first) * unit_px - 0.5 - 1e-6)
    bottom = (units[1] - first) * unit_px
    end = n_pixels if bottom > n_pixels - 1 else math.ceil(bottom - 0.5 - 1e-6)
    return min(max(begin, 0), n_pixels), min(max(end, 0), n_pixels)


def _part(
    record: HeadRecord,
    levels: UInt8Array,
    layout: HeatmapLayout,
    corner: tuple[int, int],
    shape: tuple[int, int],
) -> UInt8Array:
    """Pixels of a record from a corner (top, left) of the map on. shape: (rows, columns)."""
    block = record.block
    cell_px = layout.cell_px * block
    y = layout.y + corner[0] / layout.cell_px
    x = layout.x + corner[1] / layout.cell_px
    rows = pixel_starts(levels.shape[0], (y - record.rows[0]) / block, cell_px, shape[0])
    columns = pixel_starts(levels.shape[1], (x - record.columns[0]) / block, cell_px, shape[1])
    return np.ascontiguousarray(resample(levels, rows, columns))
