"""Heads beside each other: what they cost, and what is left when one is switched off."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.lessons.attention import multi_head_attention
from visualizer.lessons.heads import count_parameters, head_matrices, seeded_heads, switch_off


@pytest.fixture
def x():
    return np.random.default_rng(5).normal(size=(4, 12))


@pytest.mark.parametrize("n_heads", [1, 2, 3, 4, 6, 12])
def test_heads_cost_what_one_head_costs(n_heads):
    assert count_parameters(seeded_heads(12, 0), n_heads) == 4 * 12 * 12


def test_a_head_is_its_columns(x):
    weights = seeded_heads(12, 3)
    steps = multi_head_attention(x, weights, 4)
    for head, each in enumerate(steps.heads):
        w_q, w_k, w_v = head_matrices(weights, 4, head)
        assert w_q.shape == (12, 3)
        np.testing.assert_allclose(each.q, x @ w_q)
        np.testing.assert_allclose(each.k, x @ w_k)
        np.testing.assert_allclose(each.v, x @ w_v)


def test_without_heads_the_output_lacks_what_these_add(x):
    weights = seeded_heads(12, 3)
    steps = multi_head_attention(x, weights, 4)
    left = switch_off(steps, weights, {1, 3})
    added = sum(steps.heads[h].output @ weights.w_o[3 * h : 3 * h + 3] for h in (1, 3))
    np.testing.assert_allclose(left.output, steps.output - added, atol=1e-12)
    assert (left.concatenated[:, [3, 4, 5, 9, 10, 11]] == 0).all()
    np.testing.assert_array_equal(left.concatenated[:, :3], steps.concatenated[:, :3])
    np.testing.assert_array_equal(switch_off(steps, weights, range(4)).output, np.zeros((4, 12)))


def test_the_same_seed_gives_the_same_weights():
    assert np.array_equal(seeded_heads(8, 1).w_o, seeded_heads(8, 1).w_o)
    assert not np.array_equal(seeded_heads(8, 1).w_o, seeded_heads(8, 2).w_o)
    np.testing.assert_allclose(seeded_heads(8, 1, 3.0).w_q, 3 * seeded_heads(8, 1).w_q)


def test_bad_input_is_refused(x):
    weights = seeded_heads(12, 0)
    with pytest.raises(UsageError, match="5 heads do not divide a width of 12"):
        count_parameters(weights, 5)
    with pytest.raises(UsageError, match="0 heads"):
        head_matrices(weights, 0, 0)
    with pytest.raises(UsageError, match="There is no head 4"):
        switch_off(multi_head_attention(x, weights, 4), weights, {4})
