"""Why a model without recurrence must be told where its words stand. NumPy only.

Shape letters: T words, C width of their vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.lessons.attention import self_attention
from visualizer.lessons.positions import sinusoids

Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class OrderEffect:
    """A sentence and the same words in another order, through the same self-attention.

    Attributes:
        embeddings: (T, C) of the words as they stand in the sentence.
        positions: (T, C) what is added to them; zeros without positions.
        before: (T, C) outputs for the sentence.
        after: (T, C) outputs for the shuffled sentence, put back: row i is that of the sentence's
            word i, wherever it came to stand.
        difference: Largest absolute difference of the two.
    """

    embeddings: Float64Array
    positions: Float64Array
    before: Float64Array
    after: Float64Array
    difference: float


def word_vectors(words: Sequence[str], width: int, seed: int) -> Float64Array:
    """(T, C) a random vector for each word; the same word has the same vector."""
    rng = np.random.default_rng(seed)
    table = {word: rng.normal(size=width) for word in sorted(set(words))}
    return np.stack([table[word] for word in words])


def shuffled_order(n_words: int, seed: int) -> Int64Array:
    """(T,) a random order that is not the one there is, if there is another."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(n_words)
    while n_words > 1 and (order == np.arange(n_words)).all():
        order = rng.permutation(n_words)
    return order


def order_effect(
    words: Sequence[str], order: Int64Array, *, with_positions: bool, width: int, seed: int
) -> OrderEffect:
    """Run a sentence and its shuffled words through one self-attention, and compare.

    Attention is a weighted sum over all words, and a sum does not know its order: without
    positions the outputs are the same vectors in another order.

    Args:
        words: T of them.
        order: (T,) word order[i] comes to stand at place i.
        with_positions: Add sinusoids to the words' vectors first.
        width: C.
        seed: Of the words' vectors and of the three weight matrices.

    Raises:
        UsageError: Fewer than two words.
    """
    if len(words) < 2:
        raise UsageError("Type at least two words: one has no order.")
    embeddings = word_vectors(words, width, seed)
    rng = np.random.default_rng(seed + 1)
    w_q, w_k, w_v = rng.normal(size=(3, width, width)) / np.sqrt(width)
    positions = sinusoids(len(words), width) if with_positions else np.zeros_like(embeddings)
    before = self_attention(embeddings + positions, w_q, w_k, w_v).output
    shuffled = self_attention(embeddings[order] + positions, w_q, w_k, w_v).output
    after = np.empty_like(shuffled)
    after[order] = shuffled
    return OrderEffect(embeddings, positions, before, after, float(np.abs(after - before).max()))
