"""Attention by hand against torch's own functions, and against arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from visualizer.engine.errors import UsageError
from visualizer.lessons.attention import (
    MultiHeadWeights,
    causal_mask,
    largest_terms,
    multi_head_attention,
    scaled_dot_product_attention,
    self_attention,
    softmax,
    spell_out_output,
    spell_out_product,
    spell_out_projection,
    spell_out_scaled,
    spell_out_score,
    spell_out_weight,
)
from visualizer.lessons.positions import sinusoids

pytestmark = pytest.mark.usefixtures("one_thread")
SIZES = st.integers(1, 7)


def random(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


@given(SIZES, SIZES, SIZES, SIZES, st.booleans(), st.integers(0, 9))
@settings(deadline=None, max_examples=40)
def test_attention_is_that_of_torch(n_queries, n_keys, d_k, d_v, masked, seed):
    q, k = 3 * random(seed, n_queries, d_k), 3 * random(seed + 10, n_keys, d_k)
    v = random(seed + 20, n_keys, d_v)
    mask = np.random.default_rng(seed).random((n_queries, n_keys)) < 0.4 if masked else None
    if mask is not None:
        mask[:, 0] = False
    steps = scaled_dot_product_attention(q, k, v, mask)
    expected = functional.scaled_dot_product_attention(
        *map(torch.tensor, (q, k, v)), attn_mask=None if mask is None else torch.tensor(~mask)
    )
    np.testing.assert_allclose(steps.output, expected.numpy(), atol=1e-10)
    np.testing.assert_allclose(steps.weights.sum(axis=1), 1)
    if mask is not None:
        assert (steps.weights[mask] == 0).all()


def test_every_step_of_self_attention_is_its_formula():
    x, w_q, w_k, w_v = random(1, 4, 3), random(2, 3, 2), random(3, 3, 2), random(4, 3, 5)
    steps = self_attention(x, w_q, w_k, w_v, causal=True)
    for name, weights in (("q", w_q), ("k", w_k), ("v", w_v)):
        for i in range(4):
            for j in range(weights.shape[1]):
                cell = sum(x[i, c] * weights[c, j] for c in range(3))
                assert getattr(steps, name)[i, j] == pytest.approx(cell)
    for i in range(4):
        for j in range(4):
            score = sum(steps.q[i, d] * steps.k[j, d] for d in range(2))
            assert steps.scores[i, j] == pytest.approx(score)
            assert steps.scaled[i, j] == pytest.approx(score / math.sqrt(2))
            assert steps.masked[i, j] == (steps.scaled[i, j] if j <= i else -math.inf)
            total = sum(math.exp(steps.scaled[i, m]) for m in range(i + 1))
            weight = math.exp(steps.scaled[i, j]) / total if j <= i else 0
            assert steps.weights[i, j] == pytest.approx(weight)
        for e in range(5):
            output = sum(steps.weights[i, j] * steps.v[j, e] for j in range(4))
            assert steps.output[i, e] == pytest.approx(output)
    assert steps.weights[0, 0] == 1


def test_softmax_survives_large_numbers():
    np.testing.assert_array_equal(
        softmax(np.array([[1000.0, 1000.0], [-2000, 0]])), [[0.5, 0.5], [0, 1]]
    )


def test_the_causal_mask():
    assert causal_mask(3).tolist() == [[False, True, True], [False, False, True], [False] * 3]


def test_without_positions_the_order_of_words_does_not_matter():
    x, order = random(1, 5, 6), np.array([3, 0, 4, 1, 2])
    weights = [random(seed, 6, 4) for seed in (2, 3, 4)]
    shuffled = self_attention(x[order], *weights).output
    np.testing.assert_allclose(shuffled, self_attention(x, *weights).output[order])
    positions = sinusoids(5, 6)
    with_positions = self_attention(x + positions, *weights).output
    assert (
        np.abs(self_attention(x[order] + positions, *weights).output - with_positions[order]).max()
        > 0.01
    )


@pytest.mark.parametrize("n_heads", [1, 2, 4])
@pytest.mark.parametrize("kind", ["self", "causal", "cross"])
def test_many_heads_are_those_of_torch(n_heads, kind):
    theirs = torch.nn.MultiheadAttention(8, n_heads, batch_first=True, dtype=torch.float64)
    torch.nn.init.normal_(theirs.in_proj_bias)
    torch.nn.init.normal_(theirs.out_proj.bias)
    x, memory = random(1, 5, 8), random(2, 7, 8) if kind == "cross" else None
    mask = causal_mask(5) if kind == "causal" else None
    source = torch.tensor(x if memory is None else memory)
    expected, expected_weights = theirs(
        torch.tensor(x), source, source, average_attn_weights=False,
        attn_mask=None if mask is None else torch.tensor(mask),
    )  # fmt: skip
    ours = multi_head_attention(x, weights_of(theirs), n_heads, memory=memory, mask=mask)
    np.testing.assert_allclose(ours.output, expected.detach(), atol=1e-10)
    for head, expected_head in zip(ours.heads, expected_weights.detach(), strict=True):
        np.testing.assert_allclose(head.weights, expected_head, atol=1e-10)


def weights_of(theirs):
    """Torch keeps W_Q, W_K and W_V below each other, each transposed."""
    w_q, w_k, w_v = theirs.in_proj_weight.detach().numpy().reshape(3, 8, 8)
    b_q, b_k, b_v = theirs.in_proj_bias.detach().numpy().reshape(3, 8)
    w_o, b_o = theirs.out_proj.weight.detach().numpy().T, theirs.out_proj.bias.detach().numpy()
    return MultiHeadWeights(w_q.T, w_k.T, w_v.T, w_o, b_q, b_k, b_v, b_o)


def test_the_shapes_at_each_step():
    weights = MultiHeadWeights(*(random(seed, 8, 8) for seed in range(4)))
    shapes = multi_head_attention(random(9, 5, 8), weights, 4).shapes()
    assert shapes == {
        "head q": (5, 2), "head k": (5, 2), "head v": (5, 2), "head scores": (5, 5),
        "head weights": (5, 5), "head output": (5, 2), "concatenated": (5, 8), "output": (5, 8),
    }  # fmt: skip


def test_a_cell_spelled_out_as_arithmetic():
    x = np.array([[1.0, 0, 2], [0, 1, -1.5]])
    steps = self_attention(x, *[np.eye(3)] * 3)
    assert spell_out_score(steps, 0, 1) == "(1·0 + 0·1 + 2·(-1.5)) / √3 = (-1.732)"
    half = scaled_dot_product_attention(np.zeros((1, 2)), np.zeros((2, 2)), x)
    assert spell_out_output(half, 0, 2) == "0.5·2 + 0.5·(-1.5) = 0.25"
    assert spell_out_output(steps, 0, 0, digits=0).endswith("= 1")


@pytest.mark.parametrize("name", ["W_Q", "W_K", "W_V"])
def test_weights_that_do_not_fit(name):
    weights = {"W_Q": np.eye(3), "W_K": np.eye(3), "W_V": np.eye(3), name: np.eye(2)}
    with pytest.raises(UsageError, match=f"{name} must have 3 rows"):
        self_attention(np.ones((2, 3)), *weights.values())


def test_other_shapes_that_do_not_fit():
    ones = np.ones
    with pytest.raises(UsageError, match="columns of Q as columns of K, not 2 and 3"):
        self_attention(ones((2, 3)), ones((3, 2)), np.eye(3), np.eye(3))
    with pytest.raises(UsageError, match="rows of K as rows of V"):
        scaled_dot_product_attention(ones((2, 3)), ones((4, 3)), ones((5, 3)))
    with pytest.raises(UsageError, match="mask must be 2 x 4, not 4 x 2"):
        scaled_dot_product_attention(
            ones((2, 3)), ones((4, 3)), ones((4, 3)), np.zeros((4, 2), bool)
        )
    mask = np.array([[False, True], [True, True]])
    with pytest.raises(UsageError, match="every token from token 1"):
        scaled_dot_product_attention(ones((2, 3)), ones((2, 3)), ones((2, 3)), mask)
    with pytest.raises(UsageError, match="3 heads do not divide a width of 8"):
        multi_head_attention(ones((2, 8)), MultiHeadWeights(*[np.eye(8)] * 4), 3)


def test_cells_are_spelled_out_as_they_are_computed():
    x, w = np.array([[1.0, -0.5]]), np.array([[2.0, 1.0], [4.0, 3.0]])
    assert spell_out_projection(x, w, 0, 1) == "1·1 + (-0.5)·3 = -0.5"
    two = np.array([[1.0, 0.5], [0.0, 1.0]])
    steps = scaled_dot_product_attention(two, 2 * two, two, causal_mask(2))
    assert spell_out_product(steps, 1, 0) == "0·2 + 1·1 = 1"
    assert spell_out_scaled(steps, 1, 0) == "1 / √2 = 0.707"
    assert spell_out_weight(steps, 1, 0) == "e^0.707 / (e^0.707 + e^1.414) = 0.33"
    assert spell_out_weight(steps, 0, 1) == "e^(−∞) / (e^1.768) = 0"
    assert steps.weights[1, 0] == pytest.approx(
        math.exp(0.7071) / (math.exp(0.7071) + math.exp(1.4142)), abs=1e-4
    )


def test_the_largest_terms_of_a_dot_product_and_the_rest():
    a, b = np.array([1.0, -3.0, 0.5, 2.0]), np.array([1.0, 2.0, 1.0, 2.0])
    assert largest_terms(a, b, 2) == ([1, 3], 1.5)
    assert largest_terms(a, b, 9) == ([1, 3, 0, 2], 0.0)
