"""From intent and facts to what the panels of attention draw: pure functions, no Qt, no torch."""

from __future__ import annotations

import numpy as np

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.records import Float64Array, HeadChoice, HeadRecord, HeadWish, ModelRecord
from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.head_labels import HeadLabel
from visualizer.session.head_ranking import head_scores, ranked
from visualizer.session.provenance import provenance_of
from visualizer.session.resolve import resolve_query
from visualizer.session.state import ViewState
from visualizer.session.views import HeadView, OverviewView, PairView

_LEAST_TOP = 1e-4  # a scale that ends below it would show rounding


def fit_head(state: ViewState, model: ModelRecord) -> tuple[int, HeadChoice]:
    """The wished layer and head, moved to the nearest that the model has."""
    layer = fit_layer(model, state.layer)
    if isinstance(state.head, str):
        return layer, state.head
    return layer, min(max(state.head, 0), max(model.layer_heads[layer] - 1, 0))


def fit_layer(model: ModelRecord, layer: int, coming_from: int | None = None) -> int:
    """The nearest layer with heads; where one came from another, the next in that direction."""
    layer = min(max(layer, 0), model.n_layers - 1)
    layers = [i for i, n_heads in enumerate(model.layer_heads) if n_heads] or [layer]
    step = 0 if coming_from is None else layer - coming_from
    ahead = [i for i in layers if (i - layer) * step >= 0]
    return min(ahead or layers, key=lambda i: abs(i - layer))


def wished_head(state: ViewState, model: ModelRecord) -> HeadWish:
    """The weights that the state asks for, of those that the model has."""
    layer, head = fit_head(state, model)
    pins = fitting_pins(state, model) if state.pins_as_mean else ()
    return HeadWish(layer, head, pins, state.treatment)


def fitting_pins(state: ViewState, model: ModelRecord) -> tuple[tuple[int, int], ...]:
    """The pinned heads that the model has."""
    return tuple(
        (layer, head)
        for layer, head in state.pins
        if 0 <= layer < model.n_layers and 0 <= head < model.layer_heads[layer]
    )


def head_view(
    state: ViewState,
    model: ModelRecord,
    tokenization: Tokenization,
    record: HeadRecord,
    facts: AttentionFacts,
    *,
    stale: bool = False,
    is_coarse: bool = False,
) -> HeadView:
    """One head, with its finer part and the pinned heads beside it as far as they are known."""
    pins = fitting_pins(state, model)
    pinned = [
        known
        for pin in pins
        if (known := facts.pinned_at(pin, state.treatment)) is not None
        and known.n_tokens == record.n_tokens
    ]
    labels = facts.labels() if facts.metrics_of is tokenization else {}
    return HeadView(
        record=record,
        tokenization=tokenization,
        query=resolve_query(state.query, record.n_tokens),
        n_layers=model.n_layers,
        n_heads=model.layer_heads[record.layer],
        colour_scale=state.colour_scale,
        scale_range=state.scale_range,
        model_name=model.name,
        stale=stale,
        provenance=provenance_of(model),
        palette=state.palette,
        form=state.form,
        top=_scale_top(state, record, facts),
        tile=facts.tile_of(record),
        visible=state.visible,
        is_coarse=is_coarse,
        special_ids=model.tokenizer.special_ids,
        key=state.key,
        pinned=tuple(pinned),
        wished_treatment=state.treatment,
        labels=_head_labels(record, tokenization, facts),
        pins=pins,
        pin_labels={pin: labels[pin] for pin in pins if pin in labels},
    )


def _head_labels(
    record: HeadRecord, tokenization: Tokenization, facts: AttentionFacts
) -> tuple[HeadLabel, ...]:
    """What the head on show does on this text."""
    if record.members or isinstance(record.head, str) or facts.metrics_of is not tokenization:
        return ()
    return facts.labels().get((record.layer, record.head), ())


def _scale_top(state: ViewState, record: HeadRecord, facts: AttentionFacts) -> float:
    """Weight at the upper end of the colour scale."""
    if state.scale_range == "one" or not record.weights.size:
        return 1.0
    largest = float(record.weights.max())
    if state.scale_range == "all heads" and facts.overview is not None:
        largest = max(largest, float(facts.overview.thumbnails.max()))
    # Joined queries are means, joined keys sums: above 1 only by rounding.
    return min(largest, 1.0) if np.isfinite(largest) and largest > _LEAST_TOP else 1.0


def overview_view(
    state: ViewState, model: ModelRecord, facts: AttentionFacts, *, stale: bool = False
) -> OverviewView:
    """All heads, with the one on show marked, as a grid or ranked.

    Raises:
        AssertionError: There are no thumbnails.
    """
    record = facts.overview
    assert record is not None
    layer, head = fit_head(state, model)
    pins = fitting_pins(state, model)
    metrics = facts.metrics if facts.metrics_of is facts.overview_of else None
    like = state.overview.like
    is_there = like is not None and like[0] < model.n_layers and like[1] < model.n_heads
    alike_to = like if is_there and like is not None else (layer, head)
    scores: Float64Array | None
    if state.overview.order == "alike":
        scores = facts.likeness(*alike_to)
    else:
        scores = head_scores(state.overview, metrics, facts.region)
    return OverviewView(
        thumbnails=record.thumbnails,
        n_tokens=record.n_tokens,
        block=record.block,
        layer=layer,
        head=head,
        query=resolve_query(state.query, record.n_tokens),
        n_key_value_heads=model.n_key_value_heads,
        stale=stale,
        model_name=model.name,
        tokenization=facts.overview_of,
        provenance=provenance_of(model),
        display=state.overview,
        metrics=metrics,
        scores=scores,
        ranking=ranked(state.overview, scores, pins),
        pins=pins,
        labels={} if metrics is None else facts.labels(),
        without_first=facts.without_first() if "first" in state.treatment.hidden else None,
    )


def is_wished_pair(state: ViewState, model: ModelRecord, record: PairRecord, n_tokens: int) -> bool:
    """Whether a record is of the pair, the head and the candidate that the state asks for."""
    layer, head = fit_head(state, model)
    query = resolve_query(state.query, n_tokens)
    wished = (layer, head, query, state.key)
    is_followed = state.candidate_id in (None, record.candidate_id)
    return is_followed and wished == (record.layer, record.head, record.query, record.key)


def pair_view(
    state: ViewState, model: ModelRecord, facts: AttentionFacts, *, stale: bool = False
) -> PairView:
    """The inspected pair.

    Raises:
        AssertionError: None has been inspected.
    """
    record, tokenization = facts.pair, facts.pair_of
    assert record is not None
    assert tokenization is not None
    tokenizer = model.tokenizer
    candidate = record.candidate_id
    exists = candidate < tokenizer.vocabulary_size
    text = display_text(tokenizer.token_bytes(candidate)) if exists else f"⟨{candidate}⟩"
    return PairView(
        record=record,
        tokenization=tokenization,
        candidate_text=text,
        model_name=model.name,
        stale=stale,
        provenance=provenance_of(model),
    )
