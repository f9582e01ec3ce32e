"""What the engine has told so far about the prompt at hand, and the views that follow from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from visualizer.engine.attention_records import MetricsRecord, PairRecord, RegionRecord
from visualizer.engine.records import (
    Float64Array,
    ForwardRecord,
    GeneratedRecord,
    HeadRecord,
    HeadWish,
    Int64Array,
    ModelRecord,
    OverviewRecord,
    PredictionRecord,
    Prompt,
    SurpriseRecord,
)
from visualizer.engine.recutting import recut
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.engine.vocabulary import TokenizerFailedError
from visualizer.session import attention_views, resolve
from visualizer.session.attention_facts import COARSE_TOKENS, MOST_HEADS, AttentionFacts
from visualizer.session.pipeline_view import PipelineQuestion
from visualizer.session.state import ViewState
from visualizer.session.views import (
    BarsView,
    HeadView,
    OverviewView,
    PairView,
    StatusView,
    TokenStripView,
)
from visualizer.session.word_facts import WordFacts

_MOST_PREDICTIONS = 64  # the logits of a vocabulary of 50,000 are 200 KB


class Facts:
    """The newest records, and which text each is about.

    The text may be newer than the last forward pass: then the token strip shows the text, and
    everything else still shows the pass, which the caller marks as stale.

    Attributes:
        model: In use; None before the first is loaded. Another model needs other Facts.
        tokenization: Of the text as it is; None while it is not known.
        forward: The last forward pass.
        attention: Heads, thumbnails and what else is known of that pass.
        words: The words that were asked for, and what was likely before the text changed.
    """

    def __init__(self, model: ModelRecord | None = None) -> None:
        self.model = model
        self.tokenization: Tokenization | None = None
        self.forward: ForwardRecord | None = None
        self._predictions: dict[int, ForwardRecord | PredictionRecord] = {}
        self.attention = AttentionFacts()
        self.words = WordFacts()
        self._surprise: SurpriseRecord | None = None
        self._surprise_of: Tokenization | None = None
        self._texts: dict[int, Tokenization] = {}  # by length, of the generation under way

    # ------------------------------------------------------------------------- taking in

    def take_tokenization(self, tokenization: Tokenization | None) -> None:
        """The text has changed; None if its tokens are not known yet."""
        self.tokenization = tokenization

    def take_forward(self, record: ForwardRecord) -> None:
        """A forward pass: earlier heads and predictions are of another text."""
        self.words.take_change(self.forward, record)
        self.tokenization = record.tokenization
        self.forward = record
        self._predictions = {record.position: record}
        self.attention.forget_text()
        self._texts = {len(record.tokenization): record.tokenization}
        if record.head is not None:
            self.take_head(record.head)

    def take_generated(self, record: GeneratedRecord) -> None:
        """One more token, and the forward pass after it."""
        texts = self._texts
        earlier = self._predictions if self._goes_on(record) else {}
        self._carry_surprise(record.forward.tokenization)
        self.words.begin_anew()  # what comes after the next token is no change of what came here
        self.take_forward(record.forward)
        self._texts = {**dict(list(texts.items())[-MOST_HEADS:]), **self._texts}
        self._predictions = {
            **dict(list(earlier.items())[1 - _MOST_PREDICTIONS :]),
            **self._predictions,
        }
        if self._surprise is not None:
            logprobs = self._surprise.logprobs.copy()
            logprobs[-1] = record.logprob
            self._surprise = replace(self._surprise, logprobs=logprobs)
        if record.overview is not None:
            self.take_overview(record.overview)

    def _goes_on(self, record: GeneratedRecord) -> bool:
        """Whether a generated token was added to the text of the last forward pass."""
        if self.forward is None:
            return False
        return np.array_equal(self.forward.tokenization.ids, record.forward.tokenization.ids[:-1])

    def take_prediction(self, record: PredictionRecord) -> None:
        """The logits after another token of the same text."""
        if len(self._predictions) >= _MOST_PREDICTIONS:
            del self._predictions[next(iter(self._predictions))]
        self._predictions[record.position] = record

    def take_head(self, record: HeadRecord) -> None:
        """Another head of the same text."""
        self.attention.last_head = record
        if self._is_of_pass(record.n_tokens):
            self.attention.take_head(record)

    def take_tile(self, record: HeadRecord) -> None:
        """Finer weights of a part of a head of the same text."""
        if self._is_of_pass(record.n_tokens):
            self.attention.take_tile(record)

    def take_pinned(self, record: HeadRecord) -> None:
        """One of the pinned heads of the same text."""
        if self._is_of_pass(record.n_tokens):
            self.attention.take_pinned(record)

    def take_overview(self, record: OverviewRecord) -> None:
        """The thumbnails of the same text."""
        self.attention.overview = record
        self.attention.overview_of = self._texts.get(record.n_tokens)

    def take_metrics(self, record: MetricsRecord) -> None:
        """The metrics of all heads on the same text."""
        self.attention.metrics = record
        self.attention.metrics_of = self._texts.get(record.n_tokens)

    def take_region(self, record: RegionRecord) -> None:
        """Every head's weight in the brushed region."""
        if self._is_of_pass(record.n_tokens):
            self.attention.region = record

    def take_pair(self, record: PairRecord) -> None:
        """A pair of tokens, taken apart."""
        self.attention.pair = record
        self.attention.pair_of = self.forward.tokenization if self.forward is not None else None

    def _is_of_pass(self, n_tokens: int) -> bool:
        return self.forward is not None and n_tokens == len(self.forward.tokenization)

    def take_surprise(self, record: SurpriseRecord) -> None:
        """The surprise of the same text, or of its first tokens."""
        self._surprise = record
        self._surprise_of = self.forward.tokenization if self.forward is not None else None

    # ----------------------------------------------------------------------- what is there

    def tokenise(self, prompt: Prompt, model: ModelRecord) -> Tokenization:
        """The prompt's tokens: the exact ones of a generation, or what the tokenizer makes."""
        if prompt.token_ids is None:
            return model.tokenizer.encode(prompt.text, parse_special=prompt.parse_special)
        known = self.tokenization
        if known is not None and known.ids.tolist() == list(prompt.token_ids):
            return known
        return model.tokenizer.from_ids(prompt.token_ids)

    def recut(self, prompt: Prompt, model: ModelRecord, most_chars: int) -> Tokenization | None:
        """The prompt's tokens from those at hand, if an edit of `most_chars` at most led to it.

        None where they are not known so; the whole text must be tokenised then.
        """
        if prompt.token_ids is not None:
            return None
        try:
            return recut(
                self.tokenization,
                prompt.text,
                model.tokenizer,
                parse_special=prompt.parse_special,
                most_chars=most_chars,
            )
        except TokenizerFailedError:  # which the whole text will tell again
            return None

    def prediction_at(self, position: int) -> ForwardRecord | PredictionRecord | None:
        """The logits after token `position` of the last forward pass, if at hand."""
        return self._predictions.get(position)

    def head_at(self, wish: HeadWish) -> HeadRecord | None:
        """A head of the last forward pass, if at hand."""
        return self.attention.head_at(wish)

    def is_current(self) -> bool:
        """Whether the last forward pass is of the text as it is."""
        if self.forward is None or self.tokenization is None:
            return False
        mine, its = self.tokenization.ids, self.forward.tokenization.ids
        return mine is its or np.array_equal(mine, its)

    # ------------------------------------------------------------------------------- views

    def token_strip(self, state: ViewState, *, stale: bool = False) -> TokenStripView | None:
        """The tokens of the text as it is, with the surprise of those that were there before."""
        if self.tokenization is None:
            return None
        self._carry_surprise(self.tokenization)
        special = self.model.tokenizer.special_ids if self.model is not None else frozenset()
        return resolve.token_strip_view(
            state, self.tokenization, self._surprise, special_ids=special, stale=stale
        )

    def bars(self, state: ViewState, *, stale: bool = False) -> BarsView | None:
        """The bars after the selected token, or the last ones known, as stale."""
        if self.model is None or self.forward is None:
            return None
        tokenization = self.forward.tokenization
        query = resolve.resolve_query(state.query, len(tokenization))
        known = self._predictions.get(query if query is not None else -1)
        shown = known if known is not None else next(reversed(self._predictions.values()))
        return resolve.bars_view(
            state,
            self.model.tokenizer,
            tokenization,
            shown,
            stale=stale or known is None,
            words=self.words,
        )

    def pipeline_question(self, state: ViewState) -> PipelineQuestion | None:
        """What the sampler's stages follow from; None while the logits are not at hand."""
        if self.forward is None:
            return None
        text = self.forward.tokenization
        query = resolve.resolve_query(state.query, len(text))
        prediction = None if query is None else self.prediction_at(query)
        if prediction is None or query is None:
            return None
        return PipelineQuestion(
            prediction.logits,
            text.ids[: query + 1],
            state.sampling,
            state.seed,
            query,
            display_text(text.pieces[query]),
        )

    def head(self, state: ViewState, wish: HeadWish, *, stale: bool = False) -> HeadView | None:
        """The wished head, its coarse picture while it is awaited, or the last one, as stale."""
        shown = self.head_at(wish)
        coarse = None
        if shown is None and self.forward is not None:
            text = self.forward.tokenization
            if len(text) >= COARSE_TOKENS:
                shown = coarse = self.attention.coarse_head(wish, text)
        if shown is None:
            shown = self.attention.last_head
        if self.model is None or shown is None:
            return None
        # A head that was asked for during a generation is of the text at that moment.
        tokenization = self._texts.get(shown.n_tokens)
        if tokenization is None:
            return None
        return attention_views.head_view(
            state,
            self.model,
            tokenization,
            shown,
            self.attention,
            stale=stale or shown.wish != wish,
            is_coarse=coarse is not None,
        )

    def overview(self, state: ViewState, *, stale: bool = False) -> OverviewView | None:
        """All heads."""
        if self.model is None or self.attention.overview is None:
            return None
        return attention_views.overview_view(state, self.model, self.attention, stale=stale)

    def pair(self, state: ViewState, *, stale: bool = False) -> PairView | None:
        """The inspected pair, or the last one, as stale."""
        record, text = self.attention.pair, self.attention.pair_of
        if self.model is None or record is None or text is None:
            return None
        is_of_text = self.forward is not None and self.forward.tokenization is text
        is_wished = attention_views.is_wished_pair(state, self.model, record, len(text))
        stale = stale or not (is_of_text and is_wished)
        return attention_views.pair_view(state, self.model, self.attention, stale=stale)

    def status(self, *, busy: bool) -> StatusView:
        """The status line."""
        n_tokens = len(self.tokenization) if self.tokenization is not None else 0
        return resolve.status_view(self.model, n_tokens, self.forward, busy=busy)

    @property
    def has_overview(self) -> bool:
        """Whether there are thumbnails of any text."""
        return self.attention.overview is not None

    def has_overview_of(self, request_id: int) -> bool:
        """Whether the thumbnails are those of that request."""
        overview = self.attention.overview
        return overview is not None and overview.request_id == request_id

    def has_metrics(self) -> bool:
        """Whether the metrics are those of the last forward pass."""
        of = self.attention.metrics_of
        return of is not None and self.forward is not None and of is self.forward.tokenization

    def surprise_complete_of(self, request_id: int) -> bool:
        """Whether all surprise that can be known for that request is there."""
        surprise = self._surprise
        return surprise is not None and surprise.request_id == request_id and surprise.complete

    def _carry_surprise(self, text: Tokenization) -> None:
        """Keep what is known of tokens that are unchanged: it hangs on what precedes them only."""
        if self._surprise is None or self._surprise_of is None or self._surprise_of is text:
            return
        n_same = common_prefix(self._surprise_of, text)
        self._surprise = SurpriseRecord(
            request_id=self._surprise.request_id,
            logprobs=_cut(self._surprise.logprobs, n_same, len(text)),
            entropies_bits=_cut(self._surprise.entropies_bits, n_same, len(text)),
            complete=False,
            ranks=_cut_ranks(self._surprise.ranks, n_same, len(text)),
            margins=_cut_margins(self._surprise.margins, n_same, len(text)),
        )
        self._surprise_of = text


def common_prefix(one: Tokenization, other: Tokenization) -> int:
    """How many tokens two texts have in common from the start."""
    n = min(len(one), len(other))
    differ = np.flatnonzero(one.ids[:n] != other.ids[:n])
    return int(differ[0]) if differ.size else n


def _cut(values: Float64Array, n_kept: int, length: int) -> Float64Array:
    """The first `n_kept` values, and NaN up to `length`."""
    longer = np.full(length, np.nan)
    longer[:n_kept] = values[:n_kept]
    return longer


def _cut_margins(values: Float64Array | None, n_kept: int, length: int) -> Float64Array | None:
    return None if values is None else _cut(values, n_kept, length)


def _cut_ranks(values: Int64Array | None, n_kept: int, length: int) -> Int64Array | None:
    """The first `n_kept` ranks, and 0 up to `length`."""
    if values is None:
        return None
    longer = np.zeros(length, np.int64)
    longer[:n_kept] = values[:n_kept]
    return longer


def part_of(text: Tokenization, n_tokens: int) -> tuple[tuple[int, ...], str]:
    """The end of a text, or its beginning, cut between two characters.

    Args:
        text: T tokens; those that the tokenizer added by itself stay in front.
        n_tokens: How many tokens to keep at most: the last ones, or the first if negative.

    Returns:
        Their ids, and their text.
    """
    added = text.ids[: text.n_added].tolist()
    if n_tokens < 0:
        stop = min(-n_tokens, len(text))
        while 0 < stop < len(text) and text.starts[stop] < text.ends[stop - 1]:
            stop -= 1
        words = text.text[: int(text.ends[stop - 1])] if stop > 0 else ""
        return tuple(text.ids[:stop].tolist()), words
    start = max(len(text) - n_tokens + text.n_added, text.n_added)
    while text.n_added < start < len(text) and text.starts[start] < text.ends[start - 1]:
        start += 1
    words = text.text[int(text.starts[start]) :] if start < len(text) else ""
    return (*added, *text.ids[start:].tolist()), words
