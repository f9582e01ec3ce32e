"""Cells of a block as arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.lessons.block import layer_norm
from visualizer.lessons.block_arithmetic import spell_out_norm, spell_out_relu, spell_out_sum


def test_a_sum_has_negative_numbers_in_brackets():
    assert spell_out_sum(1.5, -0.25) == "1.5 + (-0.25) = 1.25"
    assert spell_out_sum(-1, -2) == "(-1) + (-2) = -3"


def test_numbers_that_round_to_zero_have_no_sign():
    assert spell_out_sum(-0.0001, 0.0) == "0 + 0 = 0"


def test_relu():
    assert spell_out_relu(-0.5) == "max(0, -0.5) = 0"
    assert spell_out_relu(0.5) == "max(0, 0.5) = 0.5"


def test_a_normalisation_by_hand():
    x = np.array([1.0, 2.0, 3.0, 2.0])  # mean 2, variance 0.5
    assert spell_out_norm(x, 2, 1, 0, 1e-5) == "1 · (3 - 2) / √(0.5 + 1e-05) + 0 = 1.414"
    assert spell_out_norm(x, 0, 2, -1, 0.5) == "2 · (1 - 2) / √(0.5 + 0.5) + (-1) = -3"


@pytest.mark.parametrize("place", range(5))
def test_a_normalisation_has_the_value_that_is_computed(place):
    rng = np.random.default_rng(1)
    x, gain, bias = rng.normal(size=(3, 5))
    said = spell_out_norm(x, place, gain[place], bias[place], 0.01, digits=6)
    value = layer_norm(x[None], gain, bias, 0.01).output[0, place]
    assert float(said.rpartition("= ")[2]) == pytest.approx(value, abs=1e-6)
