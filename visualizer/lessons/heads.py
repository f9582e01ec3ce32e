"""Several heads instead of one: weights to begin with, what they cost, one switched off.

NumPy only. Shape letters: T tokens, C width of a token's vector, H heads, D = C / H.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.lessons.attention import MultiHeadSteps, MultiHeadWeights

Float64Array = npt.NDArray[np.float64]


def seeded_heads(width: int, seed: int, spread: float = 1.0) -> MultiHeadWeights:
    """Weights that nobody trained: normal numbers of standard deviation spread / sqrt(C).

    Args:
        width: C. W_Q, W_K, W_V and W_O are (C, C), however many heads share their columns.
        seed: The same seed, the same weights.
        spread: Of W_Q and W_K; more of it makes sharper attention. W_V and W_O have 1.
    """
    rng = np.random.default_rng(seed)
    w_q, w_k, w_v, w_o = rng.normal(size=(4, width, width)) / np.sqrt(width)
    return MultiHeadWeights(spread * w_q, spread * w_k, w_v, w_o)


def count_parameters(weights: MultiHeadWeights, n_heads: int) -> int:
    """How many numbers the heads' own matrices and the output map have, counted one by one.

    Raises:
        UsageError: The heads do not divide the width.
    """
    return sum(
        matrix.size for head in range(n_heads) for matrix in head_matrices(weights, n_heads, head)
    ) + int(weights.w_o.size)


def head_matrices(
    weights: MultiHeadWeights, n_heads: int, head: int
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """W_Q, W_K and W_V of one head: its columns of the whole matrices, (C, D) each.

    Raises:
        UsageError: The heads do not divide the width.
    """
    width = weights.w_q.shape[1]
    if n_heads < 1 or width % n_heads:
        raise UsageError(
            "{n} heads do not divide a width of {width} evenly.", n=n_heads, width=width
        )
    columns = slice(head * width // n_heads, (head + 1) * width // n_heads)
    return weights.w_q[:, columns], weights.w_k[:, columns], weights.w_v[:, columns]


def switch_off(
    steps: MultiHeadSteps, weights: MultiHeadWeights, heads: Collection[int]
) -> MultiHeadSteps:
    """The same with zeros in place of some heads' outputs; every other head is what it was.

    Args:
        steps: Of all heads.
        weights: With which they were computed.
        heads: Which to switch off, from 0.

    Raises:
        UsageError: There is no such head.
    """
    concatenated = steps.concatenated.copy()
    width = steps.heads[0].output.shape[1]
    for head in heads:
        if not 0 <= head < len(steps.heads):
            raise UsageError(
                "There is no head {head}: they go from 0 to {last}.",
                head=head,
                last=len(steps.heads) - 1,
            )
        concatenated[:, head * width : (head + 1) * width] = 0.0
    output = concatenated @ weights.w_o + weights.b_o
    return MultiHeadSteps(steps.heads, concatenated, output)
