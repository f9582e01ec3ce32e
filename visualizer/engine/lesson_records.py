"""What lessons ask the model at hand, and its answers; see `records`.

None of it touches the prompt at hand. Shape letters: T tokens, L layers, C width of the model,
n tokens that are asked about, S tokens that are looked at, D channels of a head's queries and
keys, E of its values, P positions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from visualizer.engine.records import (
    CancelToken,
    Float32Array,
    Float64Array,
    Int64Array,
    frozen,
)

if TYPE_CHECKING:
    from visualizer.engine.tokenization import Tokenization

MOST_TEXTS = 8
MOST_TEXT_TOKENS = 64
"""Of each text whose residual stream is asked for."""
MOST_STEP_TOKENS = 12
"""Tokens whose attention is written out step by step."""
MOST_POSITIONS = 2048
"""Rows of a learned position embedding that are handed out."""
MOST_NEIGHBOURS = 50


@dataclass(frozen=True)
class ResidualRequest:
    """What becomes of every token of some texts, layer by layer; answered by a ResidualRecord.

    Attributes:
        texts: Each is run by itself; the prompt at hand stays as it is.
    """

    request_id: int
    texts: tuple[str, ...]
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class Residuals:
    """The residual stream of one text.

    Attributes:
        tokenization: The text and its T tokens.
        stream: (L + 2, T, C) float32: what enters the first block (the token's embedding, and
            its position's where the model adds one), what leaves each of the L blocks, and what
            leaves the last normalisation; (L + 1, T, C) in an architecture that brings the last
            of them to another width.
    """

    tokenization: Tokenization
    stream: Float32Array

    def __post_init__(self) -> None:
        frozen(self.stream)


@dataclass(frozen=True, eq=False)
class ResidualRecord:
    """The residual streams of some texts, in the order in which they were asked for."""

    request_id: int
    texts: tuple[Residuals, ...]


@dataclass(frozen=True)
class HeadStepsRequest:
    """One head's attention on the prompt at hand, step by step; answered by a HeadStepsRecord.

    Attributes:
        first: The first token that is written out, from 0.
        n: How many are, at most MOST_STEP_TOKENS; fewer where the prompt ends before.
    """

    request_id: int
    layer: int
    head: int
    first: int = 0
    n: int = MOST_STEP_TOKENS
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class HeadStepsRecord:
    """One head's attention among n tokens that follow one another, with the model's numbers.

    capped = softcap * tanh(scaled / softcap) where the model has a softcap, else scaled; the
    weights are the softmax of `masked` over all tokens that a query sees, also those before
    `first`, and the learned sink where there is one.

    Attributes:
        layer, head, key_value_head: Heads that share keys and values have the same last one.
        first: Token of the prompt of row 0 and column 0.
        token_ids: (n,) int64.
        pieces: Bytes of each token.
        q: (n, D) float32, as attention is called with them: after rotary embedding and any
            normalisation.
        k: (n, D) float32, likewise.
        v: (n, E) float32.
        scaling: Factor of the scores, 1 / sqrt(D) in most models.
        softcap: See above; None for none.
        window: Most tokens a query looks at, itself among them; None for all before it.
        scores: (n, n) float64, q k^T.
        scaled: (n, n) float64, scores * scaling.
        capped: (n, n) float64.
        masked: (n, n) float64, `capped` with -inf where a query must not look.
        weights: (n, n) float64, from 0 to 1.
        elsewhere: (n,) float64, weight on tokens before `first` and on the sink: what a row of
            `weights` lacks to 1.
        output: (n, E) float64, what the head gives for each token, of all that it looks at.
    """

    request_id: int
    layer: int
    head: int
    key_value_head: int
    first: int
    token_ids: Int64Array
    pieces: tuple[bytes, ...]
    q: Float32Array
    k: Float32Array
    v: Float32Array
    scaling: float
    softcap: float | None
    window: int | None
    scores: Float64Array
    scaled: Float64Array
    capped: Float64Array
    masked: Float64Array
    weights: Float64Array
    elsewhere: Float64Array
    output: Float64Array

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                frozen(value)


@dataclass(frozen=True)
class InputRequest:
    """How the model at hand turns tokens and positions into vectors; answered by an InputRecord.

    Attributes:
        token_ids: Whose embeddings are wanted; may be empty.
        n_neighbours: How many of the most similar tokens are wanted for each, at most
            MOST_NEIGHBOURS.
    """

    request_id: int
    token_ids: tuple[int, ...] = ()
    n_neighbours: int = 0
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class Rotary:
    """By how much the pairs of a head's channels are turned from one position to the next.

    Attributes:
        name: Of the kind of layers, "" where all layers share it.
        base: The number whose powers they are, 10,000 in the paper; None if the configuration
            does not say.
        frequencies: (D / 2,) float64 radians a position, for each pair of channels.
    """

    name: str
    base: float | None
    frequencies: Float64Array

    def __post_init__(self) -> None:
        frozen(self.frequencies)


@dataclass(frozen=True, eq=False)
class InputRecord:
    """The input side of the model at hand.

    Attributes:
        token_ids: As asked for.
        embeddings: (len(token_ids), C) float32 rows of the token embedding.
        positions: (at most MOST_POSITIONS, C) float32, the learned vectors of positions from 0
            on; None in a model without.
        n_positions: How many the model has; 0 without.
        rotary: Of each kind of layers; empty in a model without rotary embedding.
        neighbours: (len(token_ids), k) int64, the tokens with the most similar rows, the most
            similar first, the token itself left out; k is less in a very small vocabulary.
        similarities: (len(token_ids), k) float32 cosines, from -1 to 1.
    """

    request_id: int
    token_ids: tuple[int, ...]
    embeddings: Float32Array
    positions: Float32Array | None
    n_positions: int
    rotary: tuple[Rotary, ...]
    neighbours: Int64Array = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    similarities: Float32Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def __post_init__(self) -> None:
        for array in (self.embeddings, self.neighbours, self.similarities):
            frozen(array)
        if self.positions is not None:
            frozen(self.positions)


LessonQuestion = ResidualRequest | HeadStepsRequest | InputRequest
LessonRecord = ResidualRecord | HeadStepsRecord | InputRecord
