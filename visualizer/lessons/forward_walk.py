"""What one forward pass makes of the last token, in numbers. NumPy only.

Shape letters: L layers, T tokens, C width of the model, k candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.lessons.similarity import cosine_similarity

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VectorByBlock:
    """The last token's vector on its way through the blocks.

    Attributes:
        lengths: (L + 1,) float64, before the first block and after each.
        likeness: (L + 1,) float64, cosine with the vector that leaves the last block.
        added: (L,) float64, length of what each block adds.
    """

    lengths: Float64Array
    likeness: Float64Array
    added: Float64Array


@dataclass(frozen=True, eq=False)
class SoftmaxSteps:
    """Softmax over a whole vocabulary, of which the likeliest tokens are known.

    Attributes:
        powers: (k,) float64 e^(logit - the largest logit): 1 for the likeliest token.
        total: What the powers of all tokens of the vocabulary add up to.
        probabilities: (k,) float64 powers / total.
    """

    powers: Float64Array
    total: float
    probabilities: Float64Array


def vector_by_block(stream: npt.NDArray[np.floating], n_layers: int) -> VectorByBlock:
    """Follow the last token through the blocks.

    Args:
        stream: (L + 1 or more, T, C) what enters the first block, then what leaves each.
        n_layers: L.
    """
    vectors = stream[: n_layers + 1, -1].astype(np.float64)  # (L + 1, C)
    return VectorByBlock(
        np.linalg.norm(vectors, axis=-1),
        cosine_similarity(vectors, vectors[-1:]),
        np.linalg.norm(np.diff(vectors, axis=0), axis=-1),
    )


def softmax_steps(logits: npt.NDArray[np.floating], largest_probability: float) -> SoftmaxSteps:
    """How logits become probabilities, without all logits of the vocabulary at hand.

    The likeliest token's power is e^0 = 1, so its probability is 1 / total: from it follows the
    total over all tokens, also those that are not shown.

    Args:
        logits: (k,) of the likeliest tokens, the largest first.
        largest_probability: Of the first, over the whole vocabulary, above 0.
    """
    powers = np.exp(logits.astype(np.float64) - float(logits[0]))  # (k,)
    total = 1 / largest_probability
    return SoftmaxSteps(powers, total, powers / total)
