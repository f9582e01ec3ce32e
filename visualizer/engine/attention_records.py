"""Questions about many heads or one pair of tokens, and their answers; see `records`.

Shape letters: T tokens, L layers, H heads, D channels of a head's queries and keys, C channels
of the residual stream, K keys that a query can look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    CancelToken,
    Float32Array,
    Float64Array,
    Int64Array,
    Member,
    frozen,
)
from visualizer.engine.treatment import UNTREATED, Treatment

Metric = Literal[
    "entropy",
    "first token",
    "previous token",
    "induction",
    "duplicate token",
    "local",
    "distance",
    "diagonal",
]
METRICS: tuple[Metric, ...] = get_args(Metric)
LOCAL_TOKENS = 8
"""Keys that count as local: the query itself and those before it."""


@dataclass(frozen=True)
class SeveralHeadsRequest:
    """Several heads side by side; answered by a HeadRecord each, in this order.

    Attributes:
        heads: Layer and head of each.
        most_cells: Longest edge of each answer; a longer text is max-pooled down to it.
        treatment: Of each.
    """

    request_id: int
    heads: tuple[Member, ...]
    most_cells: int = 512
    treatment: Treatment = UNTREATED
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True)
class MetricsRequest:
    """The metrics of every head on the prompt at hand; answered by a MetricsRecord.

    Where that takes long, ProgressRecords with stage "metrics" come before it.
    """

    request_id: int
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class MetricsRecord:
    """What every head does on this text, as numbers.

    Each value is the mean over the queries for which it is defined, from the exact, untreated
    weights; NaN where it is defined for none.

    Attributes:
        values: By metric, (L, H) float64.
            entropy: In bits, of a row as it is (what a learned sink takes is an outcome, too).
            first token: Share on token 0; queries from 1 on.
            previous token: Share on the token before the query; queries from 1 on.
            induction: Share on the tokens that follow an earlier occurrence of the query's
                token; queries whose token occurred before.
            duplicate token: Share on earlier occurrences of the query's token; the same queries.
            local: Share on the query and the LOCAL_TOKENS - 1 tokens before it; queries from
                LOCAL_TOKENS on, for which that says something.
            distance: Mean number of tokens between key and query, the row's mass as weights;
                rows whose mass is 0 are left out.
            diagonal: Share on the query itself; queries from 1 on.
        n_queries: By metric, for how many queries it is defined on this text.
    """

    request_id: int
    n_tokens: int
    values: Mapping[Metric, Float64Array]
    n_queries: Mapping[Metric, int]

    def __post_init__(self) -> None:
        for values in self.values.values():
            frozen(values)


@dataclass(frozen=True)
class RegionRequest:
    """How much weight every head puts on a region of the map; answered by a RegionRecord.

    Where that takes long, ProgressRecords with stage "region" come before it.

    Attributes:
        rows, columns: Half-open ranges of query and key tokens.
    """

    request_id: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class RegionRecord:
    """mass: (L, H) float64, mean over the queries of the region of their weight on its keys."""

    request_id: int
    n_tokens: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    mass: Float64Array

    def __post_init__(self) -> None:
        frozen(self.mass)


@dataclass(frozen=True)
class PairRequest:
    """Why one query looks at one key with one head, and what comes of it: a PairRecord.

    Attributes:
        candidate_id: Token whose logit after the query is looked at; None for the likeliest.
    """

    request_id: int
    layer: int
    head: int
    query: int
    key: int
    candidate_id: int | None = None
    cancel: CancelToken = field(default_factory=CancelToken, compare=False)


@dataclass(frozen=True, eq=False)
class PairRecord:
    """One pair of tokens in one head, taken apart. The parts add up to the whole.

    score = scaling * sum(products); capped = softcap * tanh(score / softcap) where the model
    has one, else score; plus `bias`; weight = exp(capped + bias - normaliser).

    Attributes:
        layer, head, key_value_head, query, key: What is looked at; heads that share keys and
            values have the same key_value_head.
        query_vector, key_vector: (D,) float32, as the attention is called with them: after
            rotary embedding and any normalisation.
        products: (D,) float64, their elementwise product.
        scaling: Factor of the scores.
        score: After scaling, before softcap, bias and mask.
        softcap: Of the layer, None for none.
        capped: After it.
        bias: Position bias added to the score, None where the architecture has none.
        is_visible: False where the key comes after the query or is out of its window; then the
            weight is 0 and what follows is 0, too.
        window: Of the layer, None for none.
        sink_logit, sink_weight: What takes part in the softmax beside the keys; None without.
        normaliser: Log of the sum of exponentials of the row, the sink's among them.
        weight: Of this pair.
        row_scores: (K,) float64 scores of all keys that the query can see, after softcap and
            bias; row_keys: (K,) int64 their tokens; row_weights: (K,) their weights.
        value_norm: |v| of the key's value vector; None where values cannot be seen.
        written_norm: |w| of what the head adds to the residual stream for this pair, before any
            normalisation or factor that follows the attention layer; None where it cannot be seen.
        head_output_norm: The same of the whole head, all keys together.
        candidate_id: Whose logit is looked at.
        logit: Of the candidate after the query.
        logit_without: The same after a run in which this one contribution is left out and
            nothing else is touched, at the query's position; None where that cannot be done.
        unavailable: Why parts are None, or None.
        logit_again: The candidate's logit in the same kind of run as `logit_without`, with nothing
            left out: `logit` but for rounding, of which half precision has some. None where no
            run was needed.
        parts_error: Largest difference between the sum over the row's keys of weight * value and
            what the model's own attention gave for this head, as a share of the latter's largest
            number; None where values cannot be seen.
    """

    request_id: int
    layer: int
    head: int
    key_value_head: int
    query: int
    key: int
    query_vector: Float32Array
    key_vector: Float32Array
    products: Float64Array
    scaling: float
    score: float
    softcap: float | None
    capped: float
    bias: float | None
    is_visible: bool
    window: int | None
    sink_logit: float | None
    sink_weight: float | None
    normaliser: float
    weight: float
    row_keys: Int64Array
    row_scores: Float64Array
    row_weights: Float64Array
    value_norm: float | None
    written_norm: float | None
    head_output_norm: float | None
    candidate_id: int
    logit: float
    logit_without: float | None
    unavailable: VisualizerError | None = None
    logit_again: float | None = None
    parts_error: float | None = None

    def __post_init__(self) -> None:
        frozen(self.query_vector)
        frozen(self.key_vector)
        frozen(self.products)
        frozen(self.row_keys)
        frozen(self.row_scores)
        frozen(self.row_weights)

    @property
    def logit_change(self) -> float | None:
        """How much this pair moves the candidate's logit; positive where it raises it."""
        if self.logit_without is None:
            return None
        before = self.logit if self.logit_again is None else self.logit_again
        return before - self.logit_without


HeadsQuestion = SeveralHeadsRequest | MetricsRequest | RegionRequest | PairRequest
HeadsRecord = MetricsRecord | RegionRecord | PairRecord
