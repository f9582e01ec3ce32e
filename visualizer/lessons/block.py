"""A transformer block by hand: attention, Add & Norm, feed-forward. NumPy only.

Shape letters: T tokens, C model width, F width of the feed-forward network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.lessons.attention import (
    BoolArray,
    MultiHeadSteps,
    MultiHeadWeights,
    multi_head_attention,
)

Float64Array = npt.NDArray[np.float64]

NormPlace = Literal["post", "pre"]
"""Normalise after the addition, as in the paper, or before attention and feed-forward."""


@dataclass(frozen=True, eq=False)
class LayerNormSteps:
    """A layer normalisation, step by step.

    Attributes:
        mean: (T, 1) of each token's vector.
        variance: (T, 1) of each token's vector.
        normalised: (T, C) mean 0 and variance 1 by rows, but for epsilon.
        output: (T, C) gain * normalised + bias.
    """

    mean: Float64Array
    variance: Float64Array
    normalised: Float64Array
    output: Float64Array


@dataclass(frozen=True, eq=False)
class FeedForwardSteps:
    """The feed-forward network, step by step.

    Attributes:
        before_relu: (T, F) x W1 + b1.
        hidden: (T, F) the same with 0 for everything negative.
        output: (T, C) hidden W2 + b2.
    """

    before_relu: Float64Array
    hidden: Float64Array
    output: Float64Array


@dataclass(frozen=True, eq=False)
class BlockWeights:
    """What an encoder block has learned.

    Attributes:
        attention: Of all heads.
        w1: (C, F).
        b1: (F,).
        w2: (F, C).
        b2: (C,).
        gain1: (C,) of the first normalisation.
        bias1: (C,) of the first normalisation.
        gain2: (C,) of the second normalisation.
        bias2: (C,) of the second normalisation.
    """

    attention: MultiHeadWeights
    w1: Float64Array
    b1: Float64Array
    w2: Float64Array
    b2: Float64Array
    gain1: Float64Array
    bias1: Float64Array
    gain2: Float64Array
    bias2: Float64Array


@dataclass(frozen=True, eq=False)
class BlockSteps:
    """An encoder block, step by step.

    Attributes:
        attention: The first half's attention.
        after_attention: (T, C) what leaves the first half.
        feed_forward: The second half's network.
        norm1: The first normalisation, wherever it stands.
        norm2: The second normalisation.
        output: (T, C).
    """

    attention: MultiHeadSteps
    after_attention: Float64Array
    feed_forward: FeedForwardSteps
    norm1: LayerNormSteps
    norm2: LayerNormSteps
    output: Float64Array


def layer_norm(
    x: Float64Array,
    gain: Float64Array | float = 1.0,
    bias: Float64Array | float = 0.0,
    epsilon: float = 1e-5,
) -> LayerNormSteps:
    """LayerNorm(x) = gain * (x - mean) / sqrt(variance + epsilon) + bias, token by token.

    Args:
        x: (T, C).
        gain: (C,) or a number.
        bias: (C,) or a number.
        epsilon: Keeps a vector of equal numbers from a division by zero.

    Source:
        Ba, Kiros and Hinton 2016. The variance is the mean of squares, not divided by C - 1.
    """
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    normalised = (x - mean) / np.sqrt(variance + epsilon)
    return LayerNormSteps(mean, variance, normalised, gain * normalised + bias)


def relu(x: Float64Array) -> Float64Array:
    """max(0, x), number by number."""
    result: Float64Array = np.maximum(0, x)
    return result


def feed_forward(
    x: Float64Array, w1: Float64Array, b1: Float64Array, w2: Float64Array, b2: Float64Array
) -> FeedForwardSteps:
    """FFN(x) = ReLU(x W1 + b1) W2 + b2, each token on its own.

    Args:
        x: (T, C).
        w1: (C, F).
        b1: (F,).
        w2: (F, C).
        b2: (C,).

    Source:
        Vaswani et al. 2017, equation 2.
    """
    before_relu = x @ w1 + b1
    hidden = relu(before_relu)
    return FeedForwardSteps(before_relu, hidden, hidden @ w2 + b2)


def encoder_block(
    x: Float64Array,
    weights: BlockWeights,
    n_heads: int,
    *,
    norm: NormPlace = "post",
    residual: bool = True,
    mask: BoolArray | None = None,
    epsilon: float = 1e-5,
) -> BlockSteps:
    """One block of an encoder.

    post: y = LayerNorm(x + Attention(x)), output = LayerNorm(y + FFN(y)), as in the paper.
    pre:  y = x + Attention(LayerNorm(x)), output = y + FFN(LayerNorm(y)), as modern models do.

    Args:
        x: (T, C).
        weights: What the block has learned.
        n_heads: H.
        norm: Where the normalisation stands.
        residual: False leaves "x +" and "y +" out, to see what becomes of it.
        mask: (T, T), True where a token must not look.
        epsilon: Of both normalisations.

    Raises:
        UsageError: The shapes do not fit.

    Source:
        Vaswani et al. 2017, section 3.1 (post); Xiong et al. 2020 (pre).
    """
    keep = 1.0 if residual else 0.0
    if norm == "pre":
        norm1 = layer_norm(x, weights.gain1, weights.bias1, epsilon)
        attended = multi_head_attention(norm1.output, weights.attention, n_heads, mask=mask)
        y = keep * x + attended.output
        norm2 = layer_norm(y, weights.gain2, weights.bias2, epsilon)
        network = feed_forward(norm2.output, weights.w1, weights.b1, weights.w2, weights.b2)
        return BlockSteps(attended, y, network, norm1, norm2, keep * y + network.output)
    attended = multi_head_attention(x, weights.attention, n_heads, mask=mask)
    norm1 = layer_norm(keep * x + attended.output, weights.gain1, weights.bias1, epsilon)
    y = norm1.output
    network = feed_forward(y, weights.w1, weights.b1, weights.w2, weights.b2)
    norm2 = layer_norm(keep * y + network.output, weights.gain2, weights.bias2, epsilon)
    return BlockSteps(attended, y, network, norm1, norm2, norm2.output)
