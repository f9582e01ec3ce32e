"""The numbers of several heads on a short sentence, and which cells belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Float64Array
from visualizer.lessons.attention import (
    MultiHeadSteps,
    MultiHeadWeights,
    causal_mask,
    multi_head_attention,
)
from visualizer.lessons.heads import seeded_heads, switch_off
from visualizer.lessons.positions import sinusoids
from visualizer.lessons.text import split_words
from visualizer.lessons.word_order import word_vectors
from visualizer.ui.lessons.attention_cells import Marks

SENTENCE = "the dog bites the man"
WIDTH, HEADS = 8, 4
"""Sizes with which the lesson begins."""
MOST_WORDS = 6
MOST_WIDTH = 8
SPREAD = 2.5
"""Of W_Q and W_K: enough for heads to make up their minds."""
Part = Literal["weights", "head_output", "concatenated", "w_o", "output"]
Place = tuple[Part, int, int, int]
"""Of a cell: what it is part of, the head (0 where there is none), row and column."""


@dataclass(frozen=True, eq=False)
class HandHeads:
    """A sentence through several heads.

    Attributes:
        words: T of them.
        x: (T, C).
        weights: Of all heads.
        steps: With all heads at work.
        left: With those that are switched off at 0.
        off: Which are.
    """

    words: tuple[str, ...]
    x: Float64Array
    weights: MultiHeadWeights
    steps: MultiHeadSteps
    left: MultiHeadSteps
    off: frozenset[int]

    @property
    def n_heads(self) -> int:
        return len(self.steps.heads)

    @property
    def head_width(self) -> int:
        """D."""
        return int(self.x.shape[1]) // self.n_heads

    @property
    def change(self) -> Float64Array:
        """(T, C) what switching heads off has done to the output."""
        return self.left.output - self.steps.output


def hand_heads(
    sentence: str,
    width: int,
    n_heads: int,
    seed: int,
    *,
    causal: bool = False,
    off: frozenset[int] = frozenset(),
) -> HandHeads:
    """Run a sentence: random vectors for its words, with sinusoids added.

    Raises:
        UsageError: Too many words or too few, or the heads do not divide the width.
    """
    words = tuple(split_words(sentence))
    if not 2 <= len(words) <= MOST_WORDS:
        raise UsageError(
            "The sentence has {n} words: type from 2 to {most}.", n=len(words), most=MOST_WORDS
        )
    even = width + width % 2  # sinusoids come in pairs
    x = word_vectors(words, width, seed=0) + sinusoids(len(words), even)[:, :width]
    weights = seeded_heads(width, seed, SPREAD)
    mask = causal_mask(len(words)) if causal else None
    steps = multi_head_attention(x, weights, n_heads, mask=mask)
    left = switch_off(steps, weights, off)
    return HandHeads(words, x, weights, steps, left, off)


def clipped(shown: HandHeads, place: Place) -> Place:
    """The nearest cell that there is."""
    part, head, row, column = place
    n, width = shown.x.shape
    sizes: dict[Part, tuple[int, int]] = {
        "weights": (n, n),
        "head_output": (n, shown.head_width),
        "concatenated": (n, width),
        "w_o": (width, width),
        "output": (n, width),
    }
    rows, columns = sizes[part]
    return part, min(head, shown.n_heads - 1), min(row, rows - 1), min(column, columns - 1)


def marks(shown: HandHeads, place: Place) -> dict[str, Marks]:
    """What is outlined in each matrix."""
    part, head, row, column = place
    width = shown.head_width
    cell = Marks(cells=((row, column),))
    if part == "weights":
        others = {f"weights_{other}": cell for other in range(shown.n_heads)}
        return {**others, f"output_{head}": Marks(rows=(row,))}
    if part in ("head_output", "concatenated"):
        owner, inner = (head, column) if part == "head_output" else divmod(column, width)
        return {
            f"weights_{owner}": Marks(rows=(row,)),
            f"output_{owner}": Marks(cells=((row, inner),)),
            "concatenated": Marks(cells=((row, owner * width + inner),)),
        }
    if part == "w_o":
        return {
            "w_o": cell,
            "concatenated": Marks(columns=(row,)),
            "output": Marks(columns=(column,)),
        }
    return {
        "output": cell,
        "concatenated": Marks(rows=(row,)),
        "w_o": Marks(columns=(column,)),
    }
