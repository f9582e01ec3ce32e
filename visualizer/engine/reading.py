"""One text as the model has read it, and everything that can be asked about it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator

import numpy as np

from visualizer.engine.attach import Attachment
from visualizer.engine.attention_records import (
    MetricsRecord,
    MetricsRequest,
    PairRecord,
    PairRequest,
    RegionRecord,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.heads import HeadReader, asked_range
from visualizer.engine.lesson_answers import head_steps
from visualizer.engine.lesson_records import HeadStepsRecord, HeadStepsRequest
from visualizer.engine.metrics import HeadMetrics
from visualizer.engine.overview import Overview, block_size
from visualizer.engine.pair import PairInspector
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.paths import word_logprobs
from visualizer.engine.patterns import (
    CapturedPatterns,
    EagerPatterns,
    PatternSource,
)
from visualizer.engine.progress import Progress
from visualizer.engine.records import (
    MEAN,
    CancelToken,
    ForwardRecord,
    ForwardRequest,
    GenerateRequest,
    HeadChoice,
    HeadRecord,
    HeadRequest,
    Int64Array,
    OverviewRecord,
    PredictionRecord,
    ProgressRecord,
    SurpriseRecord,
)
from visualizer.engine.region import RegionMass
from visualizer.engine.surprise import Surprise
from visualizer.engine.tokenization import Tokenization, Tokenizer
from visualizer.engine.trace import Trace


class Reading:
    """The trace of one text with its patterns, overview and surprise, kept in step."""

    def __init__(self, attachment: Attachment, context_length: int) -> None:
        self.attachment = attachment
        self.trace = Trace(attachment, context_length)
        self._patterns = _source(self.trace)
        self._overview = (
            None
            if self._patterns is None
            else Overview(self._patterns, attachment.n_layers, attachment.n_heads)
        )
        self._metrics = (
            None if self._patterns is None else HeadMetrics(self._patterns, attachment.layer_heads)
        )
        self._heads = (
            None
            if self._patterns is None
            else HeadReader(self._patterns, attachment.layer_heads, attachment.place.device)
        )
        heads = np.arange(attachment.n_heads)
        self._has_head = heads < np.array(attachment.layer_heads)[:, None]
        self._surprise = Surprise()
        self._pairs = PairInspector(self.trace)

    @property
    def has_attention(self) -> bool:
        """Whether there are weights to show."""
        return self._patterns is not None

    def read(self, ids: Int64Array, cancel: CancelToken | None = None) -> int:
        """Make `ids` the text; returns how many tokens were run. See `passes`."""
        computed = 0
        for computed in self.passes(ids, cancel):  # noqa: B007 - the last one counts
            pass
        return computed

    def passes(self, ids: Int64Array, cancel: CancelToken | None = None) -> Iterator[int]:
        """Make `ids` the text, running only what is new, in one pass or several.

        Yields:
            How many tokens have been run, after each pass; nothing if none had to be.

        Raises:
            EmptyPromptError, ContextOverflowError, UsageError: See Trace.check; nothing ran.
            Cancelled: What was read before the cancel is kept.
        """
        self.trace.check(ids)
        kept = self.trace.keep_prefix(ids)
        if self._overview is not None:
            self._overview.forget(kept)
        if self._metrics is not None:
            self._metrics.forget(kept)
        self._surprise.forget(kept)
        self._pairs.forget(kept)
        yield from self.trace.extend(ids, cancel)

    def record(
        self,
        request: ForwardRequest | GenerateRequest,
        tokenization: Tokenization,
        position: int,
        computed: int,
        started: float,
    ) -> ForwardRecord:
        """The logits at `position` and the head asked for, of the text that has been read.

        Args:
            request: Whom the record answers.
            tokenization: The text at hand.
            position: As in ForwardRequest.
            computed: How many tokens had to be run.
            started: `time.perf_counter()` when the request was taken.
        """
        position = self.position(position)
        logits = self.trace.logits(position)
        head: HeadRecord | None = None
        if request.layer is not None and request.head is not None and self.has_attention:
            head = self.head(
                HeadRequest(
                    request.request_id,
                    request.layer,
                    request.head,
                    members=request.members,
                    treatment=request.treatment,
                    cancel=request.cancel,
                )
            )
        elapsed_ms = 1e3 * (time.perf_counter() - started)
        return ForwardRecord(
            request.request_id, tokenization, position, logits, head, computed, elapsed_ms
        )

    def position(self, position: int) -> int:
        """A position counted from the start; a negative one counts from the end.

        Raises:
            UsageError: There is no such token.
        """
        n = len(self.trace)
        if not -n <= position < n:
            raise UsageError(
                "There is no token {position}: the prompt has {n_tokens}.",
                position=position,
                n_tokens=n,
            )
        return position % n

    def prediction(self, request_id: int, position: int) -> PredictionRecord:
        """The logits after a token."""
        position = self.position(position)
        return PredictionRecord(request_id, position, self.trace.logits(position))

    def words(self, request: PathRequest) -> PathRecord:
        """How likely words are after a token."""
        return word_logprobs(self.trace, request, self.position(request.position))

    def check_head(self, layer: int, head: HeadChoice) -> None:
        """Raises UsageError if there is no such head; VisualizerError without any attention."""
        attachment = self.attachment
        self._check_attention()
        if not 0 <= layer < attachment.n_layers:
            raise UsageError(
                "There is no layer {value}: the model has {count}, counted from 0.",
                value=layer,
                count=attachment.n_layers,
            )
        n_heads = attachment.layer_heads[layer]
        if not n_heads:
            raise UsageError(
                "Layer {layer} of {architecture} has no attention weights to show; these have: "
                "{layers}.",
                layer=layer,
                architecture=attachment.model.config.model_type,
                layers=", ".join(str(i) for i, n in enumerate(attachment.layer_heads) if n),
            )
        if head != MEAN and not 0 <= head < n_heads:
            raise UsageError(
                "There is no head {value}: the model has {count} a layer, counted from 0.",
                value=head,
                count=n_heads,
            )

    def _check_attention(self) -> None:
        if self._patterns is None:
            raise VisualizerError(
                "The architecture {architecture} has no attention weights to show.",
                architecture=self.attachment.model.config.model_type,
            )

    def describe(self, tokenization: Tokenization, special_ids: Collection[int]) -> None:
        """Tell what the tokens of the text stand for, for treatments that depend on it."""
        if self._heads is not None:
            self._heads.describe(tokenization, special_ids)

    def head_steps(self, request: HeadRequest) -> Iterator[ProgressRecord | HeadRecord]:
        """The weights of one head, or the mean over several; progress where it takes long."""
        for layer, head in ((request.layer, request.head), *request.members):
            self.check_head(layer, head)
        assert self._heads is not None
        yield from self._heads.answer(request, len(self.trace))

    def head(self, request: HeadRequest) -> HeadRecord:
        """The weights of one head, or the mean over several, with nothing told before."""
        *_, record = self.head_steps(request)
        assert isinstance(record, HeadRecord)
        return record

    def several(self, request: SeveralHeadsRequest) -> Iterator[HeadRecord]:
        """The weights of several heads, one after the other."""
        for layer, head in request.heads:
            request.cancel.check()
            yield self.head(
                HeadRequest(
                    request.request_id,
                    layer,
                    head,
                    most_cells=request.most_cells,
                    treatment=request.treatment,
                    cancel=request.cancel,
                )
            )

    def pair(self, request: PairRequest) -> PairRecord:
        """Why one query looks at one key, and what comes of it."""
        self.check_head(request.layer, request.head)
        query, key = self.position(request.query), self.position(request.key)
        return self._pairs.inspect(request, query, key)

    def written_out(self, request: HeadStepsRequest, tokenizer: Tokenizer) -> HeadStepsRecord:
        """One head's attention among a few tokens, every step of it."""
        self.check_head(request.layer, request.head)
        return head_steps(self._pairs, self.trace.ids, tokenizer, request)

    def overview_steps(
        self, request_id: int, cancel: CancelToken | None = None
    ) -> Iterator[ProgressRecord | OverviewRecord]:
        """Every head's pattern, max-pooled; progress where it takes long."""
        assert self._overview is not None
        n = len(self.trace)
        progress = Progress(request_id, "overview", n)
        for done in self._overview.update(n, cancel):
            yield from progress.of(done)
        thumbnails = self._overview.thumbnails(n)
        if not np.isfinite(thumbnails).all():
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        yield OverviewRecord(request_id, n, block_size(n), thumbnails)

    def overview(self, request_id: int, cancel: CancelToken | None = None) -> OverviewRecord:
        """Every head's pattern, max-pooled, with nothing told before."""
        *_, record = self.overview_steps(request_id, cancel)
        assert isinstance(record, OverviewRecord)
        return record

    def metrics(self, request: MetricsRequest) -> Iterator[ProgressRecord | MetricsRecord]:
        """What every head does on the text, as numbers."""
        self._check_attention()
        assert self._metrics is not None
        ids = self.trace.ids
        progress = Progress(request.request_id, "metrics", len(ids))
        for done in self._metrics.update(ids, request.cancel):
            yield from progress.of(done)
        values, n_queries = self._metrics.values(ids)
        if not np.isfinite(values["entropy"][self._has_head]).all():
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        yield MetricsRecord(request.request_id, len(ids), values, n_queries)

    def region(self, request: RegionRequest) -> Iterator[ProgressRecord | RegionRecord]:
        """How much weight every head puts on a region of the map."""
        self._check_attention()
        assert self._patterns is not None
        n = len(self.trace)
        rows = asked_range("rows", request.rows, n)
        columns = asked_range("columns", request.columns, n)
        attachment = self.attachment
        region = RegionMass(self._patterns, attachment.layer_heads, rows, columns)
        progress = Progress(request.request_id, "region", rows[1] - rows[0])
        for done in region.compute(request.cancel):
            yield from progress.of(done)
        if not np.isfinite(region.mass[self._has_head]).all():
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        yield RegionRecord(request.request_id, n, rows, columns, region.mass)

    def surprise(
        self, request_id: int, cancel: CancelToken | None = None
    ) -> Iterator[SurpriseRecord]:
        """How surprising each token was; the newest tokens come first."""
        yield from self._surprise.update(request_id, self.trace, cancel)


def _source(trace: Trace) -> PatternSource | None:
    if trace.eager is not None:
        return EagerPatterns(
            trace.eager, trace.attachment.layer_heads, trace.attachment.sink_layers
        )
    if trace.store is not None and trace.store.groups:
        return CapturedPatterns(trace.store)
    return None
