"""The part of all heads that is in sight as one picture of colour levels. No Qt.

Composed anew only when the numbers, the plan or the part has changed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from visualizer.ui.widgets.colour_scale import ColourMapping, UInt8Array
from visualizer.ui.widgets.metric_colours import MetricColours
from visualizer.ui.widgets.mosaic_layout import GroupedAxis, compose
from visualizer.ui.widgets.mosaic_plans import GalleryPlan, GridPlan

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.float64]


class MosaicSheet:
    """What the cells show, and its picture.

    Attributes:
        composed: How often a picture was made.
    """

    def __init__(self) -> None:
        self.composed = 0
        self._numbers: Numbers = np.zeros((0, 0, 0, 0), dtype=np.float32)
        self._mapping: ColourMapping | MetricColours = ColourMapping()
        self._key: object = None
        self._sheet: UInt8Array = np.zeros((0, 0), dtype=np.uint8)

    def set_numbers(self, numbers: Numbers, mapping: ColourMapping | MetricColours) -> None:
        """Show these.

        Args:
            numbers: (L, H, P, P) weights, or (L, H) one number a head, NaN where not defined.
            mapping: To levels below GAP_LEVEL.
        """
        if numbers is not self._numbers or mapping != self._mapping:
            self._numbers, self._mapping = numbers, mapping
            self._key = None

    def levels(self) -> UInt8Array:
        """(L, H) colours of heads that show one number each; 0 where it is not defined."""
        return self._mapping.levels(self._numbers)

    def grid(self, plan: GridPlan, layers: range, heads: range) -> UInt8Array:
        """The picture of a part of the grid, gaps in GAP_LEVEL.

        Args:
            plan: Where everything lies.
            layers: In sight.
            heads: In sight; begins with a whole group.
        """
        key = (plan, layers, heads)
        if key != self._key:
            levels = self._levels(
                self._numbers[layers.start : layers.stop, heads.start : heads.stop]
            )
            rows = replace(plan.rows, n=len(layers), group=len(layers))
            self._keep(key, compose(levels, rows, replace(plan.columns, n=len(heads))))
        return self._sheet

    def gallery(self, plan: GalleryPlan, rows: range) -> UInt8Array:
        """The cells of some rows of a gallery, side by side without gaps."""
        key = (plan, rows)
        if key != self._key:
            places = plan.places(rows)
            members = plan.members[places.start : places.stop]
            picked = self._numbers[[m[0] for m in members], [m[1] for m in members]]
            filled = np.zeros((len(rows) * plan.n_columns, *picked.shape[1:]), picked.dtype)
            filled[: len(picked)] = picked
            shape = (len(rows), plan.n_columns)
            levels = self._levels(filled.reshape(*shape, *picked.shape[1:]))
            down, across = (GroupedAxis(n, plan.cell, 0, n, 0) for n in shape)
            self._keep(key, compose(levels, down, across))
        return self._sheet

    def _keep(self, key: object, sheet: UInt8Array) -> None:
        self._key, self._sheet = key, sheet
        self.composed += 1

    def _levels(self, numbers: Numbers) -> UInt8Array:
        """(n, m, P, P) levels; a single number becomes a cell of its own."""
        if numbers.ndim == 2:
            return self._mapping.levels(numbers)[..., None, None]
        return self._mapping.levels(numbers)
