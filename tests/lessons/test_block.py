"""The block by hand against torch's layer with the same weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from visualizer.lessons.attention import MultiHeadWeights, causal_mask
from visualizer.lessons.block import BlockWeights, encoder_block, feed_forward, layer_norm, relu

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(2, 3, (5, 8))


def test_layer_norm_gives_each_token_mean_0_and_variance_1(x):
    steps = layer_norm(x)
    np.testing.assert_allclose(steps.output.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(steps.output.var(axis=1), 1, atol=1e-4)
    for row, mean, variance in zip(x, steps.mean, steps.variance, strict=True):
        assert mean[0] == pytest.approx(sum(row) / 8)
        assert variance[0] == pytest.approx(sum((value - mean[0]) ** 2 for value in row) / 8)
    gain, bias = np.linspace(0.5, 2, 8), np.linspace(-1, 1, 8)
    expected = functional.layer_norm(
        *map(torch.tensor, (x,)), (8,), *map(torch.tensor, (gain, bias))
    )
    np.testing.assert_allclose(layer_norm(x, gain, bias).output, expected, atol=1e-10)
    np.testing.assert_array_equal(layer_norm(np.full((1, 4), 7.0)).output, [[0, 0, 0, 0]])


def test_relu_and_feed_forward():
    np.testing.assert_array_equal(relu(np.array([-1.0, 0, 2])), [0, 0, 2])
    w1, b1 = np.array([[1.0, -1], [2, 0]]), np.array([0.5, 0])
    steps = feed_forward(np.array([[1.0, -1]]), w1, b1, np.array([[1.0], [4]]), np.array([3.0]))
    assert steps.before_relu.tolist() == [[-0.5, -1]]
    assert steps.hidden.tolist() == [[0, 0]]
    assert steps.output.tolist() == [[3]]


def torch_layer(norm_first):
    layer = torch.nn.TransformerEncoderLayer(
        8, 2, 16, dropout=0, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def weights_of(layer):
    def array(parameter):
        return parameter.detach().numpy()

    attention = layer.self_attn
    w_q, w_k, w_v = array(attention.in_proj_weight).reshape(3, 8, 8)
    biases = array(attention.in_proj_bias).reshape(3, 8)
    heads = MultiHeadWeights(
        w_q.T, w_k.T, w_v.T, array(attention.out_proj.weight).T, *biases,
        array(attention.out_proj.bias),
    )  # fmt: skip
    linear = [layer.linear1, layer.linear2]
    maps = [part for m in linear for part in (array(m.weight).T, array(m.bias))]
    norms = [array(p) for n in (layer.norm1, layer.norm2) for p in (n.weight, n.bias)]
    return BlockWeights(heads, *maps, *norms)


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("causal", [False, True])
def test_the_block_is_torch_s_encoder_layer(x, norm, causal):
    layer = torch_layer(norm == "pre")
    mask = causal_mask(5) if causal else None
    theirs = layer(torch.tensor(x)[None], src_mask=None if mask is None else torch.tensor(mask))
    ours = encoder_block(x, weights_of(layer), 2, norm=norm, mask=mask)
    np.testing.assert_allclose(ours.output, theirs[0].detach(), atol=1e-8)


def test_without_the_residual_nothing_of_the_input_is_added(x):
    weights = weights_of(torch_layer(False))
    steps = encoder_block(x, weights, 2, residual=False)
    alone = layer_norm(steps.attention.output, weights.gain1, weights.bias1).output
    np.testing.assert_allclose(steps.after_attention, alone)
    last = layer_norm(steps.feed_forward.output, weights.gain2, weights.bias2).output
    np.testing.assert_allclose(steps.output, last)
    pre = encoder_block(x, weights, 2, norm="pre", residual=False)
    np.testing.assert_array_equal(pre.output, pre.feed_forward.output)
    kept = encoder_block(x, weights, 2, norm="pre")
    np.testing.assert_allclose(kept.output - kept.feed_forward.output - kept.attention.output, x)
