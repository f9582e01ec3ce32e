"""What the engine has told of the attention of the prompt at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visualizer.engine.attention_records import MetricsRecord, PairRecord, RegionRecord
from visualizer.engine.records import (
    Float32Array,
    Float64Array,
    HeadChoice,
    HeadRecord,
    HeadWish,
    Member,
    OverviewRecord,
    frozen,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment
from visualizer.session.head_labels import HeadLabel, labels_of
from visualizer.session.head_ranking import likeness

MOST_HEADS = 8  # a head of 2,048 x 2,048 cells is 16 MiB
COARSE_TOKENS = 1024
"""From so many tokens on, a head is shown from its thumbnail until its own map is there."""


@dataclass(eq=False)
class AttentionFacts:
    """The newest records of one text, or of an older one while they are not renewed.

    Attributes:
        last_head: The head that came last, of whichever text.
        overview, overview_of: Thumbnails, and the text they are of.
        metrics, metrics_of: The same of the heads' metrics.
        region: Weight in the brushed region, of the text at hand.
        pair: The pair that was inspected last, and its text.
    """

    last_head: HeadRecord | None = None
    overview: OverviewRecord | None = None
    overview_of: Tokenization | None = None
    metrics: MetricsRecord | None = None
    metrics_of: Tokenization | None = None
    region: RegionRecord | None = None
    pair: PairRecord | None = None
    pair_of: Tokenization | None = None
    _heads: dict[HeadWish, HeadRecord] = field(default_factory=dict)
    _pinned: dict[tuple[Member, Treatment], HeadRecord] = field(default_factory=dict)
    _tile: HeadRecord | None = None
    _labelled: MetricsRecord | None = None
    _labels: Mapping[Member, tuple[HeadLabel, ...]] = field(default_factory=dict)
    _likeness: Float64Array | None = None
    _without_first: tuple[OverviewRecord, Float32Array] | None = None
    _likeness_of: tuple[OverviewRecord, int, HeadChoice] | None = None

    def forget_text(self) -> None:
        """Another text: its heads are not known; the overview stays until it is renewed."""
        self._heads = {}
        self._pinned = {}
        self._tile = None
        self.region = None

    def take_head(self, record: HeadRecord) -> None:
        """A whole head of the text at hand."""
        if len(self._heads) >= MOST_HEADS:
            del self._heads[next(iter(self._heads))]
        self._heads[record.wish] = record

    def take_tile(self, record: HeadRecord) -> None:
        """A part of a head, finer."""
        self._tile = record

    def take_pinned(self, record: HeadRecord) -> None:
        """A head for the comparison of pinned heads."""
        if isinstance(record.head, int):
            self._pinned[(record.layer, record.head), record.treatment] = record

    def head_at(self, wish: HeadWish) -> HeadRecord | None:
        """A head of the text at hand."""
        return self._heads.get(wish)

    def tile_of(self, record: HeadRecord) -> HeadRecord | None:
        """Finer weights of a part of `record`, if there are some."""
        tile = self._tile
        fits = tile is not None and tile.wish == record.wish and tile.n_tokens == record.n_tokens
        return tile if fits and tile is not None and tile.block < record.block else None

    def labels(self) -> Mapping[Member, tuple[HeadLabel, ...]]:
        """Labels of the heads on the text that `metrics` are of; none while not known."""
        if self.metrics is None or self.metrics_of is None:
            return {}
        if self._labelled is not self.metrics:
            self._labels = labels_of(self.metrics, self.metrics_of.ids)
            self._labelled = self.metrics
        return self._labels

    def likeness(self, layer: int, head: HeadChoice) -> Float64Array:
        """How much each head of the overview looks like one of them; see `head_ranking`.

        It is kept: the overview is shown anew for much that changes no head.

        Raises:
            AssertionError: There are no thumbnails.
        """
        record, known = self.overview, self._likeness_of
        assert record is not None
        is_known = known is not None and known[0] is record and known[1:] == (layer, head)
        if self._likeness is None or not is_known:
            self._likeness = likeness(record.thumbnails, layer, head)
            self._likeness_of = (record, layer, head)
        return self._likeness

    def without_first(self) -> Float32Array:
        """The thumbnails with their first column put aside; see `OverviewView`.

        Raises:
            AssertionError: There are no thumbnails.
        """
        record, known = self.overview, self._without_first
        assert record is not None
        if known is None or known[0] is not record:
            left = record.thumbnails.copy()
            left[..., 0] = 0
            frozen(left)
            known = self._without_first = (record, left)
        return known[1]

    def pinned_at(self, member: Member, treatment: Treatment) -> HeadRecord | None:
        """A pinned head of the text at hand."""
        return self._pinned.get((member, treatment))

    def coarse_head(self, wish: HeadWish, tokenization: Tokenization) -> HeadRecord | None:
        """The wished head as its thumbnail shows it: true, but pooled more coarsely."""
        overview = self.overview
        if overview is None or self.overview_of is not tokenization:
            return None
        if wish != HeadWish(wish.layer, wish.head) or isinstance(wish.head, str):
            return None
        n_tokens = overview.n_tokens
        return HeadRecord(
            overview.request_id,
            wish.layer,
            wish.head,
            n_tokens,
            (0, n_tokens),
            (0, n_tokens),
            overview.block,
            overview.thumbnails[wish.layer, wish.head],
        )
