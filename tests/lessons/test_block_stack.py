"""A block step by step, and stacks of blocks against a plain loop."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from visualizer.engine.errors import UsageError
from visualizer.lessons.block import encoder_block
from visualizer.lessons.block_stack import (
    block_walk,
    mean_similarity,
    seeded_block,
    stack_blocks,
)

WIDTH, HIDDEN, HEADS = 6, 10, 2


@pytest.fixture
def x():
    return np.random.default_rng(2).normal(size=(3, WIDTH))


def plain_softmax(scores):
    powers = [math.exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def plain_norm(row):
    mean = sum(row) / len(row)
    variance = sum((value - mean) ** 2 for value in row) / len(row)
    return [(value - mean) / math.sqrt(variance + 1e-5) for value in row]


def plain_times(row, matrix):
    return [sum(a * b for a, b in zip(row, column, strict=True)) for column in matrix.T]


def plain_attention(rows, weights):
    q, k, v = (
        [plain_times(row, m) for row in rows] for m in (weights.w_q, weights.w_k, weights.w_v)
    )
    width = WIDTH // HEADS
    outputs = []
    for i in range(len(rows)):
        joined = []
        for head in range(HEADS):
            part = slice(head * width, (head + 1) * width)
            scores = [
                sum(a * b for a, b in zip(q[i][part], other[part], strict=True)) / math.sqrt(width)
                for other in k
            ]
            attended = plain_softmax(scores)
            joined += [
                sum(w * row[part][c] for w, row in zip(attended, v, strict=True))
                for c in range(width)
            ]
        outputs.append(plain_times(joined, weights.w_o))
    return outputs


def plain_network(row, block):
    return plain_times([max(0.0, value) for value in plain_times(row, block.w1)], block.w2)


def plain_block(rows, block, norm, residual):
    def add(a, b):
        return [(p if residual else 0.0) + r for p, r in zip(a, b, strict=True)]

    if norm == "post":
        attended = plain_attention(rows, block.attention)
        rows = [plain_norm(add(a, b)) for a, b in zip(rows, attended, strict=True)]
        return [plain_norm(add(row, plain_network(row, block))) for row in rows]
    attended = plain_attention([plain_norm(row) for row in rows], block.attention)
    rows = [add(a, b) for a, b in zip(rows, attended, strict=True)]
    return [add(row, plain_network(plain_norm(row), block)) for row in rows]


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("residual", [True, False])
def test_a_stack_is_a_plain_loop(x, norm, residual):
    blocks = [seeded_block(WIDTH, HIDDEN, seed) for seed in range(5)]
    steps = stack_blocks(x, blocks, HEADS, norm=norm, residual=residual)
    rows = x.tolist()
    for depth, block in enumerate(blocks, 1):
        rows = plain_block(rows, block, norm, residual)
        np.testing.assert_allclose(steps.stream[depth], rows, atol=1e-10)
        lengths = [math.sqrt(sum(value * value for value in row)) for row in rows]
        np.testing.assert_allclose(steps.lengths[depth], lengths, atol=1e-10)
        cosines = [
            sum(a * b for a, b in zip(rows[i], rows[j], strict=True)) / lengths[i] / lengths[j]
            for i in range(3)
            for j in range(3)
            if i != j
        ]
        assert steps.similarity[depth] == pytest.approx(sum(cosines) / 6)
    np.testing.assert_array_equal(steps.stream[0], x)


def test_no_blocks_leave_everything_as_it_was(x):
    steps = stack_blocks(x, [], HEADS)
    assert steps.stream.shape == (1, 3, WIDTH)
    assert steps.similarity[0] == mean_similarity(x)


@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("residual", [True, False])
def test_the_walk_through_a_block_ends_with_its_output(x, norm, residual):
    block = replace(seeded_block(WIDTH, HIDDEN, 3), gain1=np.full(WIDTH, 2.0))
    steps = encoder_block(x, block, HEADS, norm=norm, residual=residual)
    walk = block_walk(x, steps, norm=norm, residual=residual)
    names = list(walk)
    np.testing.assert_allclose(walk[names[-1]], steps.output)
    if residual:
        np.testing.assert_allclose(walk["sum1"] - walk["attention"], x)
    else:
        np.testing.assert_array_equal(walk["sum1"], walk["attention"])
    np.testing.assert_array_equal(walk["hidden"], np.maximum(walk["before_relu"], 0))
    before = {"post": ("sum1", "sum2"), "pre": ("x", "sum1")}[norm]
    for name, norms in zip(before, (steps.norm1, steps.norm2), strict=True):
        np.testing.assert_allclose(walk[name].mean(axis=1), norms.mean[:, 0])
        np.testing.assert_allclose(walk[name].var(axis=1), norms.variance[:, 0])


def test_epsilon_reaches_both_normalisations(x):
    block = seeded_block(WIDTH, HIDDEN, 0)
    steps = encoder_block(x, block, HEADS, epsilon=1.0)
    for norms in (steps.norm1, steps.norm2):
        shrunk = norms.variance[:, 0] / (norms.variance[:, 0] + 1)
        np.testing.assert_allclose(norms.output.var(axis=1), shrunk)


def test_bad_input_is_refused(x):
    with pytest.raises(UsageError, match="at least two words"):
        stack_blocks(x[:1], [], HEADS)
    with pytest.raises(UsageError, match="4 heads do not divide a width of 6"):
        stack_blocks(x, [seeded_block(WIDTH, HIDDEN, 0)], 4)
    assert math.isnan(mean_similarity(np.zeros((2, 3))))
