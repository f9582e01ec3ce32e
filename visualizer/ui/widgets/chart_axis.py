"""One axis of a chart: from numbers to places, and where its marks are. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from visualizer.engine.records import Float64Array

MOST = 1e300
"""Larger numbers cannot be subtracted from each other; on a linear axis they are not drawn."""
_STEPS = (1.0, 2.0, 5.0, 10.0)
_LOG_STRIDES = (1, 2, 3, 5, 10, 20, 30, 40, 50, 60, 80, 100, 200, 400)
_PLAIN_POWERS = 3  # 10^-3 to 10^3 are written out
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_FROM_ZERO = 0.4  # a range that begins so near to 0 begins there


@dataclass(frozen=True)
class ChartAxis:
    """A linear or logarithmic axis from `low` to `high`.

    Attributes:
        low, high: Finite, low < high; both above 0 if the axis is logarithmic.
        is_log: Whether equal ratios are equally long.
        is_whole: Whether it has whole numbers only, so that its marks are whole, too.
    """

    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    def places(self, values: Float64Array) -> Float64Array:
        """Share of the axis at which each value is; NaN for those it cannot show. (n,) to (n,)."""
        if self.is_log:
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.log10(np.where(values > 0, values, np.nan))
            low, high = math.log10(self.low), math.log10(self.high)
            places: Float64Array = (logs - low) / (high - low)
        else:
            shown = np.where(np.abs(values) <= MOST, values, np.nan)
            places = (shown - self.low) / (self.high - self.low)
        return places

    def place(self, value: float) -> float:
        """The same of one value."""
        return float(self.places(np.array([value]))[0])

    def value(self, place: float) -> float:
        """The value at a share of the axis."""
        if self.is_log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10.0 ** (low + place * (high - low)))
        return self.low + place * (self.high - self.low)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Marks as (value, text), rising, about `most` of them at the most."""
        if self.is_log:
            ticks = self._log_ticks(most)
            if len(ticks) >= 2:
                return ticks
        return self._linear_ticks(most)

    def _linear_ticks(self, most: int) -> list[tuple[float, str]]:
        step = nice_step((self.high - self.low) / max(most, 1))
        if self.is_whole:
            step = max(step, 1.0)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(n * step, tick_text(n * step, step)) for n in range(first, last + 1)]

    def _log_ticks(self, most: int) -> list[tuple[float, str]]:
        low, high = math.log10(self.low), math.log10(self.high)
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        least = max(math.ceil((last - first + 1) / max(most, 1)), 1)
        stride = next((stride for stride in _LOG_STRIDES if stride >= least), least)
        if stride > 1:  # multiples of the stride, so that they stay while the range grows
            first = math.ceil(first / stride) * stride
        powers = range(first, last + 1, stride)
        if len(powers) >= 3 or high - low > 2 or most < 4:
            return [(10.0**n, power_text(n)) for n in powers]
        between = [m * 10.0**n for n in range(first - 1, last + 1) for m in (1, 2, 5)]
        inside = [v for v in between if self.low * (1 - 1e-9) <= v <= self.high * (1 + 1e-9)]
        return [(value, value_text(value)) for value in inside]


def nice_step(rough: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `rough`, above 0."""
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(power * step for step in _STEPS if power * step >= rough * (1 - 1e-9))


def power_text(power: int) -> str:
    """A power of ten: "0.01", "1", "100", "10⁵"."""
    if abs(power) <= _PLAIN_POWERS:
        return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
    return f"10{str(power).translate(_SUPERSCRIPTS)}"


def tick_text(value: float, step: float) -> str:
    """A mark with the decimals of its step; in powers of ten where that would be long."""
    if abs(value) < step / 2:
        return "0"
    size = max(abs(value), step)
    if size >= 1e7 or step < 1e-5:
        return _in_powers(value, max(math.floor(math.log10(abs(value)) - math.log10(step)), 0))
    digits = max(-math.floor(math.log10(step) + 1e-9), 0)
    return f"{value:,.{digits}f}".replace("-", "−")


def value_text(value: float) -> str:
    """Any number with four digits that mean something: "0.1234", "1,234", "1.234·10⁻⁷"."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == round(value) and abs(value) < 1e7:
        return f"{value:,.0f}".replace("-", "−")
    if not 1e-4 <= abs(value) < 1e7:
        return _in_powers(value, 3)
    digits = max(3 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{digits}f}".replace("-", "−")


def _in_powers(value: float, digits: int) -> str:
    mantissa, power = f"{value:.{min(digits, 6)}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    text = f"10{str(int(power)).translate(_SUPERSCRIPTS)}"
    if mantissa in ("1", "-1"):
        return f"−{text}" if mantissa == "-1" else text
    return f"{mantissa}·{text}".replace("-", "−")


def fitting_axis(
    values: Float64Array,
    *,
    is_log: bool,
    is_padded: bool,
    limits: tuple[float, float] | None = None,
) -> ChartAxis:
    """The axis on which all of the values can be drawn.

    Args:
        values: (n,) of any kind; those that the axis cannot show are left out.
        is_log: Whether the axis is logarithmic.
        is_padded: Whether there is a little room beyond the values.
        limits: Ends of the axis in place of those of the values, if they make one.
    """
    shown = values[(values > 0) & np.isfinite(values)] if is_log else values[np.abs(values) <= MOST]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (1.0, 10.0)
    is_whole = bool(shown.size) and not is_log and bool((shown == np.round(shown)).all())
    if limits is not None and limits[0] < limits[1] and (limits[0] > 0 or not is_log):
        return ChartAxis(*limits, is_log, False)
    if not shown.size and not is_log:
        return ChartAxis(0.0, 1.0)
    if is_log:
        pad = 0.04 * (math.log10(high) - math.log10(low)) if is_padded else 0.0
        if low == high:
            pad = 0.5
        low, high = max(low / 10**pad, 5e-324), min(high * 10**pad, 1.7e308)
        return ChartAxis(low, high, True)
    if low == high:
        half = max(abs(low) * 0.1, 0.5)
        return ChartAxis(low - half, high + half, False, is_whole)
    pad = 0.05 * (high - low) if is_padded else 0.0
    if is_padded and 0 <= low < _FROM_ZERO * high:
        return ChartAxis(0.0, high + pad, False, is_whole and high >= 4)
    # Few values may be whole by chance, but not those that are counted along an axis.
    return ChartAxis(low - pad, high + pad, False, is_whole and (high - low >= 4 or not is_padded))
