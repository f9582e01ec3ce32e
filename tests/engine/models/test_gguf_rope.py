"""Llama 3's scaling of positions, which a GGUF file keeps as divisors of the frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.models.gguf_rope import frequency_scaling


@pytest.mark.parametrize(
    ("base", "dims", "factor", "low", "high", "original"),
    [
        (500_000.0, 128, 8.0, 1.0, 4.0, 8192),
        (500_000.0, 64, 32.0, 1.0, 4.0, 8192),
        (10_000.0, 8, 8.0, 1.0, 4.0, 32),
        (10_000.0, 8, 8.0, 1.0, 1.5, 2000),
        (10_000.0, 96, 3.0, 0.5, 8.0, 700),
    ],
)
def test_llama_3s_scaling_is_found_again_from_its_divisors(
    base: float, dims: int, factor: float, low: float, high: float, original: int
) -> None:
    turns = base ** -(np.arange(0, dims, 2) / dims) / (2 * np.pi)

    def divisors(factor: float, low: float, high: float, original: float) -> np.ndarray:
        share = np.clip((original * turns - low) / (high - low), 0, 1)
        return 1 / ((1 - share) / factor + share)

    told = divisors(factor, low, high, original).astype(np.float32)
    found = frequency_scaling(told.astype(np.float64), base, 131072)
    assert found is not None
    assert found.pop("rope_type") == "llama3"
    again = divisors(*(float(str(value)) for value in found.values()))
    assert np.allclose(again, told, rtol=1e-6)
    if dims == 128:
        assert list(found.values()) == [8.0, 1.0, 4.0, 8192]


def test_other_divisors_are_told_apart() -> None:
    assert frequency_scaling(np.ones(4), 10_000.0, 64) == {}
    linear = {"rope_type": "linear", "factor": 2.0}
    assert frequency_scaling(np.full(4, 2.0), 10_000.0, 64) == linear
    for strange in ([1.0, 2, 1, 2], [0.5, 1, 1, 1], [1, 1.5, 1.6, 9], [1, 1, np.nan, 1]):
        assert frequency_scaling(np.array(strange), 10_000.0, 64) is None
