"""Curves to be drawn, and where they, their names and the axes stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from visualizer.engine.records import Float64Array
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.chart_axis import ChartAxis, fitting_axis

SeriesStyle = Literal["line", "points", "steps", "dashed", "dotted"]
SAMPLE_PX = 22.0
"""Of the line that stands before a name."""
_MOST_NAMED_AT_END = 5
_MOST_GUTTER = 0.3  # of the width
_ENDS_FROM = 0.85  # a curve that ends before this share of the plot has its name in the legend
_LEAST_PLOT_PX = 24.0
_POINTS_A_PIXEL = 4


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Attributes:
        name: In the legend and the reading.
        x, y: (n,) float64 each. NaN breaks the line.
        style: How it is drawn; "steps" keep a value until the next, "dotted" is for a level that
            others are compared with.

    Raises:
        ValueError: `x` and `y` are not of the same length.
    """

    name: str
    x: Float64Array
    y: Float64Array
    style: SeriesStyle = "line"

    def __post_init__(self) -> None:
        if self.x.ndim != 1 or self.x.shape != self.y.shape:
            raise ValueError(f"x {self.x.shape} and y {self.y.shape} are not of the same length")


@dataclass(frozen=True, eq=False)
class Chart:
    """What a LineChart draws.

    Attributes:
        series: The curves, drawn in this order.
        x_title, y_title: With units.
        log_x, log_y: Whether an axis is logarithmic; values of 0 and below are then left out,
            and the chart says how many.
        y_range: Ends of the y axis, else as the values need.
        marks: Vertical lines as (x, words).
    """

    series: tuple[Series, ...]
    x_title: str
    y_title: str
    log_x: bool = False
    log_y: bool = False
    y_range: tuple[float, float] | None = None
    marks: tuple[tuple[float, str], ...] = ()

    @cached_property
    def all_x(self) -> Float64Array:
        """Every x at which some curve has a value, rising, each once. (n,) float64."""
        found = [each.x[np.isfinite(each.x) & np.isfinite(each.y)] for each in self.series]
        xs: Float64Array = np.sort(np.concatenate(found)) if found else np.zeros(0)
        # Not np.unique: its first call imports numpy.ma, which holds the window up.
        xs = xs[np.append(True, xs[1:] != xs[:-1])] if len(xs) else xs
        return xs[xs > 0] if self.log_x else xs

    @cached_property
    def axes(self) -> tuple[ChartAxis, ChartAxis]:
        """The axes of x and y."""
        marks = np.array([x for x, _ in self.marks], dtype=np.float64)
        x_axis = fitting_axis(
            np.concatenate([self.all_x, marks]), is_log=self.log_x, is_padded=False
        )
        ys = [each.y[np.isfinite(each.x)] for each in self.series]
        y_axis = fitting_axis(
            np.concatenate(ys) if ys else np.zeros(0),
            is_log=self.log_y,
            is_padded=True,
            limits=self.y_range,
        )
        return x_axis, y_axis

    @cached_property
    def n_left_out(self) -> int:
        """Points that have numbers but no place on a logarithmic axis."""
        count = 0
        for each in self.series:
            known = np.isfinite(each.x) & np.isfinite(each.y)
            lost = np.zeros(known.shape, np.bool_)
            if self.log_x:
                lost |= each.x <= 0
            if self.log_y:
                lost |= each.y <= 0
            count += int((known & lost).sum())
        return count

    def nearest_index(self, series: int, x: float) -> int:
        """The point of a curve that is nearest to `x` along the axis; -1 if it has none."""
        axis = self.axes[0]
        curve = self.series[series]
        distances = np.abs(axis.places(curve.x) - axis.place(x))
        distances[~np.isfinite(curve.y)] = np.nan
        return -1 if np.isnan(distances).all() else int(np.nanargmin(distances))


@dataclass(frozen=True)
class ChartFonts:
    """Fonts of a drawing: of names and reading, of the axes, and of the title."""

    text: QFont
    small: QFont
    title: QFont


@dataclass(frozen=True)
class ChartLayout:
    """Where everything stands, in the painter's units.

    Attributes:
        plot: Where the curves are.
        title, y_title, legend: Lines above it, empty where there is nothing to say; the legend
            may have several.
        legend_places: Left end and line of each name in the legend.
        names: Middle line of each name right of the plot, none where there is a legend.
        x_ticks, y_ticks: How many marks there is room for.
    """

    plot: QRectF
    title: QRectF
    y_title: QRectF
    legend: QRectF
    legend_places: tuple[tuple[float, int], ...]
    names: tuple[float, ...]
    x_ticks: int
    y_ticks: int


def lay_out_chart(chart: Chart, fonts: ChartFonts, title: str, size: QSizeF) -> ChartLayout:
    """Where everything stands in a room of `size`."""
    small, text = QFontMetricsF(fonts.small), QFontMetricsF(fonts.text)
    top = QFontMetricsF(fonts.title).height() + SPACE_PX if title else 0.0
    title_line = QRectF(0, 0, size.width(), top)
    widths = [SAMPLE_PX + SPACE_PX + text.horizontalAdvance(each.name) for each in chart.series]
    named = [width for width, each in zip(widths, chart.series, strict=True) if each.name]
    gutter = max(named) + 3 * SPACE_PX if named else 0.0
    bottom = 2 * small.height() + 2 * SPACE_PX
    at_ends = (
        bool(named)
        and len(chart.series) <= _MOST_NAMED_AT_END
        and gutter <= _MOST_GUTTER * size.width()
        and len(named) * text.height() <= size.height() - top - bottom
        and _all_reach_the_end(chart)
    )
    has_legend = bool(named) and not at_ends
    places, n_lines = _legend_places(widths, size.width()) if has_legend else ((), 0)
    legend = QRectF(0, top, size.width(), n_lines * (text.height() + SPACE_PX))
    above = small.height() + SPACE_PX if chart.y_title else small.height() / 2
    y_title = QRectF(0, legend.bottom(), size.width(), above)
    plot_top = legend.bottom() + above
    plot_height = max(size.height() - plot_top - bottom, _LEAST_PLOT_PX)
    y_ticks = max(int(plot_height / (2.2 * small.height())), 1)
    axis_texts = [label for _, label in chart.axes[1].ticks(y_ticks)]
    left = max(map(small.horizontalAdvance, axis_texts), default=0.0) + 2 * SPACE_PX
    last = small.horizontalAdvance((chart.axes[0].ticks(5) or [(0.0, "")])[-1][1])
    right = gutter if at_ends else last / 2 + 2
    plot = QRectF(
        math.ceil(left), plot_top, max(size.width() - left - right, _LEAST_PLOT_PX), plot_height
    )
    names = _name_places(chart, plot, text.height()) if at_ends else ()
    x_ticks = max(int(plot.width() / (last + 8 * SPACE_PX)), 1)
    return ChartLayout(
        plot, title_line, y_title, legend, tuple(places), names, min(x_ticks, 10), min(y_ticks, 8)
    )


def _all_reach_the_end(chart: Chart) -> bool:
    ends = [_last_point(chart, n) for n in range(len(chart.series))]
    return all(end is None or end[0] >= _ENDS_FROM for end in ends)


def _last_point(chart: Chart, series: int) -> tuple[float, float] | None:
    """Places of the last point of a curve on both axes, None if it has none."""
    x_axis, y_axis = chart.axes
    curve = chart.series[series]
    known = np.flatnonzero(np.isfinite(curve.x) & np.isfinite(curve.y))
    for index in known[::-1].tolist():
        place = x_axis.place(float(curve.x[index])), y_axis.place(float(curve.y[index]))
        if not (math.isnan(place[0]) or math.isnan(place[1])):
            return place
        if index < known[-1] - 1000:
            break
    return None


def _legend_places(widths: list[float], room: float) -> tuple[tuple[tuple[float, int], ...], int]:
    places: list[tuple[float, int]] = []
    x, line = 0.0, 0
    for width in widths:
        if x and x + width > room:
            x, line = 0.0, line + 1
        places.append((x, line))
        x += width + 4 * SPACE_PX
    return tuple(places), line + 1


def _name_places(chart: Chart, plot: QRectF, line: float) -> tuple[float, ...]:
    """The middles of the names: at the ends of the curves, moved apart where they would touch."""
    wanted = []
    for n in range(len(chart.series)):
        end = _last_point(chart, n)
        place = 0.5 if end is None else min(max(end[1], 0.0), 1.0)
        wanted.append(plot.bottom() - place * plot.height())
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    middles = list(wanted)
    floor = plot.top()
    for n in order:
        middles[n] = max(wanted[n], floor + line / 2)
        floor = middles[n] + line / 2
    ceiling = plot.bottom() + line / 2
    for n in reversed(order):
        middles[n] = min(middles[n], ceiling - line / 2)
        ceiling = middles[n] - line / 2
    return tuple(middles)


def decimated(x: Float64Array, y: Float64Array, width: float) -> list[npt.NDArray[np.float64]]:
    """A curve as unbroken lines, with no more points than can be seen.

    Of all points in one column of pixels the first, the lowest, the highest and the last are
    kept: what is drawn covers the same pixels as all of them would.

    Args:
        x: (n,) places in pixels.
        y: (n,) the same; NaN breaks the line.
        width: Of the plot in pixels.

    Returns:
        Lines of (m, 2) float64; one of a single point is a line, too.
    """
    known = np.isfinite(x) & np.isfinite(y)
    points = np.flatnonzero(known)
    if not points.size:
        return []
    run: npt.NDArray[np.int64] = (np.diff(points, prepend=points[0]) > 1).cumsum(dtype=np.int64)
    xs, ys = x[points], y[points]
    if points.size > _POINTS_A_PIXEL * width and bool((np.diff(xs) >= 0).all()):
        xs, ys, run = _of_columns(xs, ys, run)
    both = np.column_stack([xs, ys])
    return np.split(both, np.flatnonzero(np.diff(run)) + 1)


def _of_columns(
    xs: Float64Array, ys: Float64Array, run: npt.NDArray[np.int64]
) -> tuple[Float64Array, Float64Array, npt.NDArray[np.int64]]:
    column = np.floor(xs)
    begins = np.flatnonzero((np.diff(column, prepend=np.nan) != 0) | (np.diff(run, prepend=-1) > 0))
    ends = np.append(begins[1:], xs.size) - 1
    lowest, highest = np.minimum.reduceat(ys, begins), np.maximum.reduceat(ys, begins)
    falls = ys[begins] > ys[ends]
    near, far = np.where(falls, highest, lowest), np.where(falls, lowest, highest)
    kept_y = np.column_stack([ys[begins], near, far, ys[ends]]).ravel()
    kept_x = np.column_stack([xs[begins], xs[begins], xs[ends], xs[ends]]).ravel()
    kept_run = np.repeat(run[begins], 4)
    is_new = np.ones(kept_x.size, np.bool_)
    is_new[1:] = (np.diff(kept_x) != 0) | (np.diff(kept_y) != 0) | (np.diff(kept_run) != 0)
    return kept_x[is_new], kept_y[is_new], kept_run[is_new]
