"""Blocks by hand, step by step and one on top of another. NumPy only.

Shape letters: T tokens, C model width, F width of the feed-forward network, L blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.lessons.block import BlockSteps, BlockWeights, NormPlace, encoder_block
from visualizer.lessons.heads import seeded_heads
from visualizer.lessons.similarity import cosine_similarity

Float64Array = npt.NDArray[np.float64]

WalkStep = Literal[
    "x",
    "attention",
    "sum1",
    "norm1",
    "before_relu",
    "hidden",
    "feed_forward",
    "sum2",
    "norm2",
]
"""The steps of a block: sum1 and sum2 are the two additions."""

POST_ORDER: tuple[WalkStep, ...] = (
    "x", "attention", "sum1", "norm1", "before_relu", "hidden", "feed_forward", "sum2", "norm2",
)  # fmt: skip
PRE_ORDER: tuple[WalkStep, ...] = (
    "x", "norm1", "attention", "sum1", "norm2", "before_relu", "hidden", "feed_forward", "sum2",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class StackSteps:
    """What becomes of tokens in a stack of blocks.

    Attributes:
        stream: (L + 1, T, C) what enters the first block, and what leaves each.
        lengths: (L + 1, T) the length of each token's vector.
        similarity: (L + 1,) mean cosine similarity of two different tokens.
    """

    stream: Float64Array
    lengths: Float64Array
    similarity: Float64Array


def seeded_block(width: int, hidden_width: int, seed: int) -> BlockWeights:
    """A block that nobody trained: normal numbers / sqrt(rows), no biases, gains of 1.

    Args:
        width: C.
        hidden_width: F.
        seed: The same seed, the same block.
    """
    rng = np.random.default_rng([seed, 1])
    return BlockWeights(
        seeded_heads(width, seed),
        rng.normal(size=(width, hidden_width)) / np.sqrt(width),
        np.zeros(hidden_width),
        rng.normal(size=(hidden_width, width)) / np.sqrt(hidden_width),
        np.zeros(width),
        np.ones(width),
        np.zeros(width),
        np.ones(width),
        np.zeros(width),
    )


def block_walk(
    x: Float64Array, steps: BlockSteps, *, norm: NormPlace, residual: bool
) -> dict[WalkStep, Float64Array]:
    """All steps of a block by name, in the order in which they happen.

    Args:
        x: (T, C) what entered the block.
        steps: What `encoder_block` made of it.
        norm: With which it did so.
        residual: With which it did so.

    Returns:
        (T, C) each, "before_relu" and "hidden" (T, F).
    """
    keep = 1.0 if residual else 0.0
    half = steps.after_attention
    found: dict[WalkStep, Float64Array] = {
        "x": x,
        "attention": steps.attention.output,
        "sum1": keep * x + steps.attention.output,
        "norm1": steps.norm1.output,
        "before_relu": steps.feed_forward.before_relu,
        "hidden": steps.feed_forward.hidden,
        "feed_forward": steps.feed_forward.output,
        "sum2": keep * half + steps.feed_forward.output,
        "norm2": steps.norm2.output,
    }
    return {name: found[name] for name in (POST_ORDER if norm == "post" else PRE_ORDER)}


def stack_blocks(
    x: Float64Array,
    blocks: Sequence[BlockWeights],
    n_heads: int,
    *,
    norm: NormPlace = "post",
    residual: bool = True,
) -> StackSteps:
    """Run tokens through one block after another.

    There is no normalisation after the last block, which models with pre-norm usually add.

    Args:
        x: (T, C), at least two tokens.
        blocks: L of them.
        n_heads: H, of every block.
        norm: Where the normalisation stands in every block.
        residual: False leaves the additions out.

    Raises:
        UsageError: Fewer than two tokens, or the shapes do not fit.
    """
    stream = [x]
    for weights in blocks:
        block = encoder_block(stream[-1], weights, n_heads, norm=norm, residual=residual)
        stream.append(block.output)
    lengths = np.stack([np.linalg.norm(layer, axis=1) for layer in stream])
    similarity = np.array([mean_similarity(layer) for layer in stream])
    return StackSteps(np.stack(stream), lengths, similarity)


def mean_similarity(x: npt.NDArray[np.floating]) -> float:
    """Mean cosine similarity of two different tokens, from -1 to 1; NaN if one is all zeros.

    Args:
        x: (T, C), at least two tokens.

    Raises:
        UsageError: Fewer than two tokens.
    """
    if len(x) < 2:
        raise UsageError("Type at least two words: one has nothing to be compared with.")
    pairs = cosine_similarity(x[:, None, :], x[None, :, :])
    others = ~np.eye(len(x), dtype=np.bool_)
    return float(pairs[others].mean())
