"""Cells of a transformer block as arithmetic, for a reader who wants to check them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]


def spell_out_sum(a: float, b: float, digits: int = 3) -> str:
    """One cell of a residual: "1.5 + (-0.25) = 1.25"."""
    return f"{_short(a, digits)} + {_short(b, digits)} = {_result(a + b, digits)}"


def spell_out_norm(
    x: Float64Array, place: int, gain: float, bias: float, epsilon: float, digits: int = 3
) -> str:
    """One cell of a layer normalisation: "1 · (3 - 2) / √(0.5 + 1e-05) + 0 = 1.414".

    Args:
        x: (C,) the vector that is normalised.
        place: Which of its numbers.
        gain: For this number.
        bias: For this number.
        epsilon: Beside the variance.
        digits: Decimals that are written.
    """
    mean, variance = float(x.mean()), float(x.var())
    value = gain * (float(x[place]) - mean) / np.sqrt(variance + epsilon) + bias
    return (
        f"{_short(gain, digits)} · ({_result(x[place], digits)} - {_short(mean, digits)}) / "
        f"√({_result(variance, digits)} + {epsilon:g}) + {_short(bias, digits)}"
        f" = {_result(value, digits)}"
    )


def spell_out_relu(value: float, digits: int = 3) -> str:
    """One cell after ReLU: "max(0, -0.5) = 0"."""
    return f"max(0, {_result(value, digits)}) = {_result(max(0.0, value), digits)}"


def _result(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _short(value: float, digits: int) -> str:
    text = _result(value, digits)
    return f"({text})" if text.startswith("-") else text
