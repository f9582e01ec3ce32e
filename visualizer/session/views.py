"""What each panel draws: complete, frozen, decided elsewhere.

A view holds facts in a form ready to draw, never a sentence of the interface: panels put the
words around the numbers, so that the words can be translated. `stale` is True while a newer
answer is awaited; a panel then dims what it shows.

Shape letters: T tokens, L layers, H heads, P cells along a thumbnail's edge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from visualizer.engine.attention_records import MetricsRecord, PairRecord
from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import (
    Float32Array,
    Float64Array,
    HeadChoice,
    HeadRecord,
    Int64Array,
    Member,
)
from visualizer.engine.sampling import RemovedBy, SamplingParams
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.head_labels import HeadLabel
from visualizer.session.provenance import UNKNOWN, Provenance
from visualizer.session.state import (
    ColourScale,
    HeadForm,
    OverviewDisplay,
    Palette,
    ProbAxis,
    Region,
    ScaleRange,
)

MOST_ARC_UNITS = 40
"""Longest text whose lines between tokens can still be told apart."""


@dataclass(frozen=True, eq=False)
class TokenStripView:
    """The text as tokens.

    Attributes:
        tokenization: T tokens.
        query: Selected token, or None where there is none.
        n_added: Tokens at the front that the tokenizer added by itself (BOS).
        logprobs: (T,) float64 natural log-probability of each token, NaN where not known; or
            None while nothing is known.
        entropies_bits: As logprobs, of the distribution after each token.
        special_ids: Ids of the tokenizer's special tokens, drawn apart from text.
        ranks: (T,) int64, from 1 for the likeliest, 0 where not known; or None.
        margins: (T,) float64, log-probability of each token less that of the likeliest other
            one, NaN where not known; or None.
        generated: Tokens that the model wrote; the others were typed.
    """

    tokenization: Tokenization
    query: int | None
    logprobs: Float64Array | None
    entropies_bits: Float64Array | None
    stale: bool = False
    special_ids: frozenset[int] = frozenset()
    ranks: Int64Array | None = None
    margins: Float64Array | None = None
    generated: frozenset[int] = frozenset()

    @property
    def n_added(self) -> int:
        return self.tokenization.n_added


@dataclass(frozen=True)
class Candidate:
    """One row of the bars.

    Attributes:
        rank: From 1, by logit; ties to the lower id.
        token_id: In the vocabulary.
        data: The token's bytes.
        text: For display: whitespace and control characters made visible, parts of characters
            as bytes.
        logit: Before any parameter.
        prob: Before sampling parameters, softmax over the whole vocabulary.
        sampled_prob: After them; 0 where removed.
        kept: Whether it can still be drawn.
        is_special: A special token of the model, such as an end of text.
        removed_by: The sampler's stage that removed it, "" while it is kept.
    """

    rank: int
    token_id: int
    data: bytes
    text: str
    logit: float
    prob: float
    sampled_prob: float
    kept: bool
    is_special: bool = False
    removed_by: RemovedBy = ""


@dataclass(frozen=True)
class WordPart:
    """One token of a word that was asked for.

    Attributes:
        prob: Given the text and the parts before it, before sampling parameters; NaN where it
            is not known.
    """

    token_id: int
    data: bytes
    text: str
    prob: float


@dataclass(frozen=True)
class WordRow:
    """A token or a word that was asked for.

    Attributes:
        word: As in ViewState.asked.
        data, text: Its bytes, and the same for display.
        parts: Its tokens.
        prob: Product of the parts' probabilities; NaN while one of them is not known.
        candidate: Its rank, logit and so on where it is a single token.
        old_prob: The same as `prob` before the last edit of the text; None where not known.
        awaited: Whether parts are not known yet.
        problem: Why they cannot be known, or None.
    """

    word: str
    data: bytes
    text: str
    parts: tuple[WordPart, ...]
    prob: float
    candidate: Candidate | None = None
    old_prob: float | None = None
    awaited: bool = False
    problem: VisualizerError | None = None


AXIS_ENDS = (0.05, 0.1, 0.25, 0.5, 1.0)
"""Where an axis that fits the data may end."""


@dataclass(frozen=True, eq=False)
class BarsView:
    """Next-token bars after one position.

    Attributes:
        position: Token after which is predicted.
        position_text: That token, for display.
        is_last: Whether it is the last of the text.
        candidates: Likeliest first.
        rest_prob: Probability of everything not in `candidates`.
        rest_sampled_prob: The same after sampling parameters.
        n_kept: Tokens of the whole vocabulary that can still be drawn.
        vocabulary_size: V.
        entropy_bits: Of the distribution before sampling parameters.
        actual_id: The token that really came next in the text, or None at its end.
        shaped: Whether any sampling parameter is on.
        n_tokens: Of the text.
        query: The selected token, which `position` follows in a moment; None where there is none.
        axis: Of the bars.
        actual: The token that really came next as a row of its own; None at the end of the text.
        words: What was asked for besides.
        old_probs: (n,) float64 of the candidates: `prob` before the last edit of the text, see
            WordFacts; None while there was none, and at earlier positions.
        rest_old_prob: The same of everything that is not in `candidates` now.
        tokenization: The text; None where it is not told.
    """

    position: int
    position_text: str
    is_last: bool
    candidates: tuple[Candidate, ...]
    rest_prob: float
    rest_sampled_prob: float
    n_kept: int
    vocabulary_size: int
    entropy_bits: float
    actual_id: int | None
    shaped: bool
    stale: bool = False
    n_tokens: int = 0
    query: int | None = None
    axis: ProbAxis = "linear"
    actual: Candidate | None = None
    words: tuple[WordRow, ...] = ()
    old_probs: Float64Array | None = None
    rest_old_prob: float | None = None
    tokenization: Tokenization | None = None

    @property
    def effective_choices(self) -> float:
        """As many equally likely tokens would be as hard to guess: the perplexity."""
        return float(2.0**self.entropy_bits)

    @cached_property
    def axis_end(self) -> float:
        """Probability at the right end of the axis: of `AXIS_ENDS` where it fits the data.

        All bars and marks of tokens and words lie within it. Everything else is left out of this:
        it is often most of the mass, and would make slivers of what the bars are for.
        """
        if self.axis != "fit":
            return 1.0
        followed = [word.candidate or word for word in self.words]
        rows = [*self.candidates, *followed, *([self.actual] if self.actual else [])]
        shown = [row.prob for row in rows]
        shown += [row.sampled_prob for row in rows if isinstance(row, Candidate)]
        shown += [word.old_prob for word in self.words if word.old_prob is not None]
        if self.old_probs is not None and not self.shaped:
            shown += self.old_probs.tolist()
        largest = max((prob for prob in shown if not math.isnan(prob)), default=0.0)
        return next((end for end in AXIS_ENDS if largest <= end), 1.0)


@dataclass(frozen=True)
class SamplingView:
    """The sampling strip and the generation controls.

    Attributes:
        can_generate: Whether a model and a prompt are there.
        generating: Whether a generation runs.
        generated: Tokens made by it so far.
    """

    sampling: SamplingParams
    seed: int
    n_candidates: int
    n_generate: int
    can_generate: bool
    generating: bool = False
    generated: int = 0


@dataclass(frozen=True, eq=False)
class OverviewView:
    """All heads.

    Attributes:
        thumbnails: (L, H, P, P) float32, max-pooled attention weights in [0, 1].
        block: Tokens along the edge of one cell.
        layer, head: The head on show; head "mean" marks the whole layer.
        query: Selected token, None where there is none.
        n_key_value_heads: Query heads are grouped in H / n_key_value_heads.
        model_name, tokenization, provenance: For an exported figure: the model, its text as
            tokens (None if not known), and what else is known of where the numbers come from.
        display: How the heads are shown.
        metrics: Of every head on this text; None while not known.
        scores: (L, H) float64 by which heads are ranked and filtered, NaN where not defined; None
            for the grid without a filter, and while they are not known.
        ranking: Heads to show, best first, in place of the grid; None for the grid. Ties in the
            order of the model; heads below `display.at_least` and heads without a score are not
            among them.
        pins: Heads kept at hand, in the order of pinning.
        labels: What heads do on this text, of those that have earned a label; empty while
            `metrics` are not known.
        without_first: The thumbnails with the cells over the first token put aside, 0, where the
            pictures are not to show it; None where they do. A cell over several tokens goes with
            it: what the others have of its maximum is not known.
    """

    thumbnails: Float32Array
    n_tokens: int
    block: int
    layer: int
    head: HeadChoice
    query: int | None
    n_key_value_heads: int
    stale: bool = False
    model_name: str = ""
    tokenization: Tokenization | None = None
    provenance: Provenance = UNKNOWN
    display: OverviewDisplay = OverviewDisplay()
    metrics: MetricsRecord | None = None
    scores: Float64Array | None = None
    ranking: tuple[Member, ...] | None = None
    pins: tuple[Member, ...] = ()
    labels: Mapping[Member, tuple[HeadLabel, ...]] = field(default_factory=dict)
    without_first: Float32Array | None = None

    @property
    def pictures(self) -> Float32Array:
        """What is drawn of each head."""
        return self.thumbnails if self.without_first is None else self.without_first

    @cached_property
    def top(self) -> float:
        """Weight at the upper end of the pictures' colour scale: of what is left, the largest."""
        if self.without_first is None:
            return 1.0
        return min(float(self.without_first.max(initial=0.0)), 1.0) or 1.0

    @cached_property
    def has_head(self) -> npt.NDArray[np.bool_]:
        """(L, H): some layers of some models have no attention, or fewer heads than others.

        Every row of a head's weights sums to one, so that a head without any weight is none.
        """
        return np.asarray(self.thumbnails.any(axis=(2, 3)))

    @property
    def heads(self) -> tuple[Member, ...]:
        """All heads that there are, in the order of the model."""
        return tuple((int(layer), int(head)) for layer, head in np.argwhere(self.has_head))


@dataclass(frozen=True, eq=False)
class HeadView:
    """One head, in whichever form.

    Attributes:
        record: The weights, of all rows and columns; pooled where the text is long.
        tokenization: T tokens, for the axes.
        query: Selected token: the row in the query hue; None where there is none.
        n_layers, n_heads: Of the model, for the choice of another head.
        model_name: For the title of an exported figure.
        provenance: What else is known of where the numbers come from, for an exported file.
        palette, form: How it is drawn.
        top: Weight at the upper end of the colour scale, in (0, 1].
        tile: Finer weights of the part in sight, None where `record` is exact or they are not
            known yet; of the same wish as `record`.
        visible: Part of the map to bring into sight; None for all of it. In units.
        is_coarse: The weights are true but pooled more coarsely than they will be in a moment.
        special_ids: Ids of the tokenizer's special tokens.
        key: The key token that is inspected with `query`, None for none.
        pinned: For the form "pins": the pinned heads that are known, in order.
        wished_treatment: The one asked for, which `record` follows in a moment; None for the
            record's own.
        pins: Heads kept at hand, in the order of pinning.
        labels: What the head does on this text, plainest first; of a single head, () for none
            earned and while the metrics are not known.
        pin_labels: The same of the pinned heads that have earned some.
    """

    record: HeadRecord
    tokenization: Tokenization
    query: int | None
    n_layers: int
    n_heads: int
    colour_scale: ColourScale
    scale_range: ScaleRange
    model_name: str
    stale: bool = False
    provenance: Provenance = UNKNOWN
    palette: Palette = "ink"
    form: HeadForm = "map"
    top: float = 1.0
    tile: HeadRecord | None = None
    visible: Region | None = None
    is_coarse: bool = False
    special_ids: frozenset[int] = frozenset()
    key: int | None = None
    pinned: tuple[HeadRecord, ...] = ()
    wished_treatment: Treatment | None = None
    labels: tuple[HeadLabel, ...] = ()
    pins: tuple[Member, ...] = ()
    pin_labels: Mapping[Member, tuple[HeadLabel, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PairView:
    """The token-pair inspector.

    Attributes:
        record: The parts.
        tokenization: T tokens, to name query, key and competitors.
        candidate_text: The candidate, for display.
        model_name, provenance: As in HeadView.
    """

    record: PairRecord
    tokenization: Tokenization
    candidate_text: str
    model_name: str
    stale: bool = False
    provenance: Provenance = UNKNOWN


@dataclass(frozen=True)
class Unavailable:
    """Why a panel has nothing to draw, in place of its view.

    Attributes:
        reason: A sentence for the user, what happened and what to do.
    """

    reason: VisualizerError
    busy: bool = False


@dataclass(frozen=True)
class StatusView:
    """The status line.

    Attributes:
        model_name, device, dtype, n_threads: Of the model in use; model_name "" for none.
        n_tokens, context_length: Context used and available.
        elapsed_ms: Of the last update, None before the first.
        computed_tokens: How many tokens the last update ran.
        busy: Whether an answer is awaited.
    """

    model_name: str = ""
    device: str = ""
    dtype: str = ""
    n_threads: int = 0
    n_tokens: int = 0
    context_length: int = 0
    elapsed_ms: float | None = None
    computed_tokens: int = 0
    busy: bool = False
