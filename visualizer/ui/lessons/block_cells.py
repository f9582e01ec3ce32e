"""One token in a block: its numbers at every step, and what each of them comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Float64Array
from visualizer.lessons.attention import spell_out_projection
from visualizer.lessons.block import BlockSteps, BlockWeights, NormPlace, encoder_block
from visualizer.lessons.block_arithmetic import spell_out_norm, spell_out_relu, spell_out_sum
from visualizer.lessons.block_stack import POST_ORDER, PRE_ORDER, WalkStep, block_walk, seeded_block
from visualizer.lessons.positions import sinusoids
from visualizer.lessons.text import split_words
from visualizer.lessons.word_order import word_vectors
from visualizer.ui.lessons.attention_cells import Marks

SENTENCE = "the dog bites the man"
TOKEN = 2
"""Which of its words is followed at first."""
WIDTH, HIDDEN, HEADS = 6, 12, 2
MOST_WORDS = 6
EPSILON = 1e-5

Part = Literal[WalkStep, "gain1", "bias1", "gain2", "bias2", "other", "w1", "w2"]
"""What a cell is part of; "other" is the output with the normalisation in the other place."""
LEARNED: tuple[Part, ...] = ("gain1", "bias1", "gain2", "bias2", "w1", "w2")


@dataclass(frozen=True)
class BlockChoices:
    """How a block is built.

    Attributes:
        norm: Where the normalisation stands.
        residual: Whether each half adds to its input.
        epsilon: Of both normalisations.
    """

    norm: NormPlace = "post"
    residual: bool = True
    epsilon: float = EPSILON


@dataclass(frozen=True, eq=False)
class TokenWalk:
    """A sentence in a block, and the token that is followed.

    Attributes:
        words: T of them.
        token: Which is followed.
        x: (T, C).
        weights: Of the block.
        choices: How it is built.
        steps: What the block computed, for all tokens.
        walk: (T, C) or (T, F) each, in the order in which they happen.
        other: (T, C) the output of the same block with the normalisation in the other place.
    """

    words: tuple[str, ...]
    token: int
    x: Float64Array
    weights: BlockWeights
    choices: BlockChoices
    steps: BlockSteps
    walk: dict[WalkStep, Float64Array]
    other: Float64Array

    @property
    def word(self) -> str:
        """The token that is followed."""
        return self.words[self.token]

    @property
    def last(self) -> WalkStep:
        """The step that leaves the block."""
        return tuple(self.walk)[-1]

    @property
    def n_off(self) -> int:
        """Units of the hidden layer that ReLU leaves at 0 for this token."""
        return int((self.walk["before_relu"][self.token] <= 0).sum())

    def source_of(self, step: WalkStep) -> WalkStep:
        """What a normalisation is applied to, or the network gets."""
        order = tuple(self.walk)
        return order[order.index(step) - 1]

    def row(self, part: Part) -> Float64Array:
        """(C,) or (F,) the followed token's numbers, or learned ones."""
        if part in ("gain1", "bias1", "gain2", "bias2"):
            learned: Float64Array = getattr(self.weights, part)
            return learned
        values = self.other if part == "other" else self.walk[part]  # type: ignore[index]
        found: Float64Array = values[self.token]
        return found


def sentence_vectors(sentence: str, width: int = WIDTH) -> tuple[tuple[str, ...], Float64Array]:
    """The words of a sentence and (T, C) a random vector for each, with its position added.

    Raises:
        UsageError: Too many words or too few.
    """
    words = tuple(split_words(sentence))
    if not 2 <= len(words) <= MOST_WORDS:
        raise UsageError(
            "The sentence has {n} words: type from 2 to {most}.", n=len(words), most=MOST_WORDS
        )
    return words, word_vectors(words, width, seed=0) + sinusoids(len(words), width)


def first_weights(seed: int = 0) -> BlockWeights:
    """The block with which the lesson begins, or another one."""
    return seeded_block(WIDTH, HIDDEN, seed)


def follow_token(
    words: tuple[str, ...],
    token: int,
    x: Float64Array,
    weights: BlockWeights,
    choices: BlockChoices,
) -> TokenWalk:
    """Run a sentence through a block, and follow one of its tokens."""
    norm, residual, epsilon = choices.norm, choices.residual, choices.epsilon
    steps = encoder_block(x, weights, HEADS, norm=norm, residual=residual, epsilon=epsilon)
    other = encoder_block(
        x,
        weights,
        HEADS,
        norm="pre" if norm == "post" else "post",
        residual=residual,
        epsilon=epsilon,
    )
    walk = block_walk(x, steps, norm=norm, residual=residual)
    return TokenWalk(words, token, x, weights, choices, steps, walk, other.output)


def with_learned(
    weights: BlockWeights, part: Part, row: int, column: int, value: float
) -> BlockWeights:
    """The same weights but for one number of W1, W2, a gain or a bias."""
    numbers: Float64Array = getattr(weights, part).copy()
    if numbers.ndim == 1:
        numbers[column] = value
    else:
        numbers[row, column] = value
    changed: dict[str, Float64Array] = {part: numbers}
    return replace(weights, **changed)  # type: ignore[arg-type]


def parts_in_order(norm: NormPlace) -> tuple[Part, ...]:
    """All rows of the walk from top to bottom, gain and bias before their normalisation."""
    rows: list[Part] = []
    for step in POST_ORDER if norm == "post" else PRE_ORDER:
        if step == "norm1":
            rows += ["gain1", "bias1"]
        elif step == "norm2":
            rows += ["gain2", "bias2"]
        rows.append(step)
    return (*rows, "other")


def formulas(choices: BlockChoices) -> dict[Part, str]:
    """How each row is computed, in the letters of the formulas."""
    is_post, keeps = choices.norm == "post", choices.residual
    entering = "y" if is_post else "m"
    if is_post:
        found: dict[Part, str] = {
            "attention": "a = Attention(x)",
            "sum1": "s = x + a" if keeps else "s = a",
            "norm1": "y = LayerNorm(s)",
            "sum2": "t = y + f" if keeps else "t = f",
            "norm2": "z = LayerNorm(t)",
        }
    else:
        found = {
            "norm1": "n = LayerNorm(x)",
            "attention": "a = Attention(n)",
            "sum1": "y = x + a" if keeps else "y = a",
            "norm2": "m = LayerNorm(y)",
            "sum2": "z = y + f" if keeps else "z = f",
        }
    return {
        "x": "x",
        **found,
        "before_relu": f"u = {entering} W1 + b1",
        "hidden": "h = ReLU(u)",
        "feed_forward": "f = h W2 + b2",
    }


def marks_of(shown: TokenWalk, part: Part, row: int, column: int) -> dict[Part, Marks]:
    """What a cell is computed from; of a number that is typed in, what is computed from it."""
    cell, whole = Marks(cells=((0, column),)), Marks(rows=(0,))
    marks: dict[Part, Marks] = {part: cell}
    if part in ("norm1", "norm2"):
        number = part[-1]
        source = shown.source_of(part)
        marks |= {source: whole, f"gain{number}": cell, f"bias{number}": cell}  # type: ignore[dict-item]
    elif part in ("sum1", "sum2"):
        added: Part = "attention" if part == "sum1" else "feed_forward"
        marks[added] = cell
        if shown.choices.residual:
            marks[_kept(shown, part)] = cell
    elif part in ("gain1", "bias1", "gain2", "bias2"):
        marks["norm1" if part[-1] == "1" else "norm2"] = cell
    elif part == "before_relu":
        marks |= {shown.source_of("before_relu"): whole, "w1": Marks(columns=(column,))}
    elif part == "hidden":
        marks["before_relu"] = cell
    elif part == "feed_forward":
        marks |= {"hidden": whole, "w2": Marks(columns=(column,))}
    elif part == "other":
        marks[shown.last] = cell
    elif part in ("w1", "w2"):
        product: Part = "before_relu" if part == "w1" else "feed_forward"
        entering: Part = shown.source_of("before_relu") if part == "w1" else "hidden"
        marks = {
            part: Marks(cells=((row, column),)),
            product: cell,
            entering: Marks(cells=((0, row),)),
        }
    return marks


def sentence_of(shown: TokenWalk, part: Part, row: int, column: int) -> str:
    """A cell as arithmetic."""
    token, weights = shown.token, shown.weights
    if part in ("norm1", "norm2"):
        gain, bias = (getattr(weights, f"{name}{part[-1]}")[column] for name in ("gain", "bias"))
        source = shown.row(shown.source_of(part))
        text = spell_out_norm(source, column, float(gain), float(bias), shown.choices.epsilon)
    elif part == "attention":
        text = spell_out_projection(
            shown.steps.attention.concatenated, weights.attention.w_o, token, column
        )
    elif part in ("sum1", "sum2") and shown.choices.residual:
        added = shown.row("attention" if part == "sum1" else "feed_forward")
        text = spell_out_sum(float(shown.row(_kept(shown, part))[column]), float(added[column]))
    elif part == "before_relu":
        entering = shown.walk[shown.source_of("before_relu")]
        text = spell_out_projection(entering, weights.w1, token, column)
    elif part == "hidden":
        text = spell_out_relu(float(shown.row("before_relu")[column]))
    elif part == "feed_forward":
        text = _without_zeros(shown, column)
    elif part in ("w1", "w2"):
        text = f"{getattr(weights, part)[row, column]:.3f}"
    else:
        text = f"{shown.row(part)[column]:.3f}"
    return text.replace("-", "−")


def _kept(shown: TokenWalk, part: Part) -> Part:
    """What a residual adds to."""
    if part == "sum1":
        return "x"
    return "norm1" if shown.choices.norm == "post" else "sum1"


def _without_zeros(shown: TokenWalk, column: int) -> str:
    """A cell of the network's output; units that are off add nothing and are left out."""
    hidden = shown.row("hidden")
    on = np.flatnonzero(hidden)
    if not len(on):
        return "0"
    return spell_out_projection(hidden[None, on], shown.weights.w2[on], 0, column)
