"""The colours of one head's weights, as its view asks for them. No Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visualizer.engine.records import Float32Array, HeadRecord
from visualizer.session.state import ColourScale, Palette
from visualizer.session.views import HeadView
from visualizer.ui.widgets.colour_scale import (
    ColourMapping,
    RankMapping,
    Ticks,
    UInt8Array,
    Unit,
)


class HeadColours:
    """How the weights of a HeadView become colours, whether of all of it or of a tile.

    Attributes:
        scale, palette: As in the view. The scale is also what a caption names.
        top: Weight at the upper end of the scales "linear", "log" and "square root".
    """

    def __init__(self, view: HeadView, before: HeadColours | None = None) -> None:
        """The colours of `view`.

        Args:
            view: What is to be drawn.
            before: Colours of an earlier view, whose work is kept where the weights are the same.
        """
        self.scale: ColourScale = view.colour_scale
        self.palette: Palette = view.palette
        self.top = view.top
        self._record = view.record
        self._ranks: RankMapping | None = None
        if before is not None and before._record is view.record:
            self._ranks = before._ranks

    @property
    def unit(self) -> Unit:
        """What the legend's marks are."""
        if self.scale == "row":
            return "row share"
        return "at most weight" if self.scale == "log" else "weight"

    def levels(self, record: HeadRecord) -> UInt8Array:
        """Each weight's colour; a weight of 0 is always level 0.

        Args:
            record: The view's own, its tile, or another head beside it.

        Returns:
            (rows, columns) uint8, contiguous. By percentile, weights take their place among
            those of the view's own record. By row, they are shares of the largest weight of
            their row in the view's own record, also in a tile that shows only a part of the
            row; where that record is pooled, of the largest of the `block` rows that it joins.
            A head other than the view's is measured by its own rows.
        """
        if self.scale == "percentile":
            return self._rank_mapping().levels(record.weights)
        if self.scale == "row":
            return _shares(record.weights, self._row_tops(record))
        return self._mapping().levels(record.weights)

    def ticks(self) -> Ticks:
        """The marks of the legend: weights, or for the scale "row" shares of the largest."""
        if self.scale == "percentile":
            return self._rank_mapping().ticks()
        return self._mapping().ticks()

    def _mapping(self) -> ColourMapping:
        match self.scale:
            case "log" | "square root":
                return ColourMapping(self.scale, self.top, palette=self.palette)
            case "row":
                return ColourMapping(palette=self.palette)
            case _:
                return ColourMapping("linear", self.top, palette=self.palette)

    def _rank_mapping(self) -> RankMapping:
        if self._ranks is None:
            self._ranks = RankMapping(self._record.weights)
        return self._ranks

    def _row_tops(self, record: HeadRecord) -> Float32Array:
        """The weight at the upper end of each row's scale. (rows,) float32."""
        whole = self._record
        if record is whole or record.wish != whole.wish or record.n_tokens != whole.n_tokens:
            own: Float32Array = record.weights.max(axis=1)
            return own
        units = record.rows[0] + record.block * np.arange(len(record.weights))
        rows = (units - whole.rows[0]) // whole.block
        tops: Float32Array = whole.weights.max(axis=1)[np.clip(rows, 0, len(whole.weights) - 1)]
        return tops


def _shares(weights: Float32Array, tops: Float32Array) -> UInt8Array:
    """Weights as shares of each row's largest, in 256 levels; rows of zeros stay 0."""
    above = np.where(tops > 0, tops, np.float32(1)).astype(np.float32)
    places: npt.NDArray[np.float32] = np.divide(weights, above[:, None], dtype=np.float32)
    places *= np.float32(255)
    np.rint(places, out=places)
    np.minimum(places, 255, out=places)
    return np.ascontiguousarray(places.astype(np.uint8))
