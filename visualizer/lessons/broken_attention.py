"""Self-attention with steps left out or done wrongly, to be told from its picture. NumPy only.

Shape letters as in `attention`: T tokens, D width of queries and keys.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from visualizer.lessons.attention import (
    AttentionSteps,
    Float64Array,
    causal_mask,
    scaled_dot_product_attention,
    softmax,
)

Fault = Literal["columns", "no-mask", "no-scale"]
"""The softmax runs down the columns; later tokens are not hidden; nothing divides by sqrt(D)."""

FAULTS: tuple[Fault, ...] = get_args(Fault)
N_TOKENS, KEY_WIDTH = 6, 64
N_ROUNDS = len(FAULTS) + 1
_ONE_HOT, _SPREAD = (
    0.9,
    0.65,
)  # mean of the rows' largest weights: above without, below with sqrt(D)
_FIRST_FREE = 2  # rows before it have too few keys to tell a sharp row from a soft one


@dataclass(frozen=True, eq=False)
class Puzzle:
    """Queries and keys, and what is broken in the attention between them.

    Attributes:
        q, k: (T, D).
        faults: One of FAULTS, or two.
    """

    q: Float64Array
    k: Float64Array
    faults: frozenset[Fault]

    def right(self) -> AttentionSteps:
        """The attention as it should be: causal, scaled, softmax over rows."""
        return scaled_dot_product_attention(self.q, self.k, self.k, causal_mask(len(self.q)))

    def weights(self, mended: Set[Fault] = frozenset()) -> Float64Array:
        """(T, T) with every fault that is not among those mended."""
        return broken_weights(self.q, self.k, self.faults - mended)

    def is_solved(self, mended: Set[Fault]) -> bool:
        """Whether the weights are the right ones, and nothing was mended that was whole."""
        is_right = np.allclose(self.weights(mended), self.right().weights, rtol=0, atol=1e-12)
        return bool(is_right) and mended <= self.faults


def broken_weights(q: Float64Array, k: Float64Array, faults: Set[Fault]) -> Float64Array:
    """(T, T) attention weights of queries and keys (T, D each), with some steps broken."""
    scores = q @ k.T
    if "no-scale" not in faults:
        scores = scores / np.sqrt(q.shape[1])
    if "no-mask" not in faults:
        scores = np.where(causal_mask(len(q)), -np.inf, scores)
    return softmax(scores.T).T if "columns" in faults else softmax(scores)


def make_puzzles(seed: int) -> tuple[Puzzle, ...]:
    """N_ROUNDS puzzles: each fault alone, in some order, then two at once.

    Queries and keys come from a normal distribution, drawn again until a picture without scaling
    looks nothing like one with it: rows nearly one-hot, against rows that spread.
    """
    rng = np.random.default_rng(seed)
    order = [FAULTS[i] for i in rng.permutation(len(FAULTS))]
    pair = [FAULTS[i] for i in rng.choice(len(FAULTS), 2, replace=False)]
    return tuple(Puzzle(*_draw(rng), frozenset(faults)) for faults in [*([f] for f in order), pair])


def _draw(rng: np.random.Generator) -> tuple[Float64Array, Float64Array]:
    while True:
        q, k = rng.normal(size=(2, N_TOKENS, KEY_WIDTH))
        if _sharpness(q, k, {"no-scale"}) > _ONE_HOT and _sharpness(q, k, set()) < _SPREAD:
            return q, k


def _sharpness(q: Float64Array, k: Float64Array, faults: Set[Fault]) -> float:
    return float(broken_weights(q, k, faults)[_FIRST_FREE:].max(axis=1).mean())
