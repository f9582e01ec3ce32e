"""How alike two vectors are, and what becomes of that from layer to layer. NumPy only."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization

FloatArray = npt.NDArray[np.floating]
Float64Array = npt.NDArray[np.float64]


def cosine_similarity(a: FloatArray, b: FloatArray) -> Float64Array:
    """Cosine of the angle, a b / (|a| |b|), along the last axis.

    It is 1 for the same direction and 0 for a right angle.

    Args:
        a: (..., C).
        b: (..., C).

    Returns:
        (...) float64 from -1 to 1; NaN where one of them is all zeros.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    products = (a * b).sum(axis=-1)
    result: Float64Array = np.divide(
        products, lengths, out=np.full_like(products, np.nan), where=lengths > 0
    )
    return result


def last_token_of(word: str, text: Tokenization) -> int:
    """The token with which the last occurrence of a word ends, whatever its capitals.

    It is the one that has seen the whole word. A word that stands by itself is preferred to the
    same letters within another; Chinese has no gaps, so these count where there is no other.

    Raises:
        UsageError: The word is not in the text.
    """
    letters = re.escape(word.strip())
    alone = [m.end() for m in re.finditer(rf"(?<!\w){letters}(?!\w)", text.text, re.IGNORECASE)]
    found = alone or [m.end() for m in re.finditer(letters, text.text, re.IGNORECASE)]
    if not letters or not found:
        raise UsageError(
            "The word “{word}” is not in “{text}”: write it in.", word=word, text=text.text
        )
    end = found[-1]
    covers = np.flatnonzero((text.starts < end) & (text.ends >= end))
    return int(covers[-1])
