"""All that a view shows, computed without a window: the engine is asked what the window asks."""

from __future__ import annotations

from collections.abc import Collection

from visualizer.commands.opening import OpenedModel
from visualizer.engine.attention_records import (
    MetricsRecord,
    MetricsRequest,
    PairRecord,
    PairRequest,
    RegionRecord,
    RegionRequest,
    SeveralHeadsRequest,
)
from visualizer.engine.errors import EmptyPromptError, UsageError
from visualizer.engine.interface import Question
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import (
    ForwardRecord,
    ForwardRequest,
    HeadRecord,
    HeadRequest,
    HeadWish,
    ModelRecord,
    OverviewRecord,
    SurpriseRecord,
    TileRequest,
)
from visualizer.engine.treatment import UNTREATED
from visualizer.session.asked_tokens import known_words
from visualizer.session.attention_views import fitting_pins, wished_head
from visualizer.session.export_subjects import Exportable, Subject
from visualizer.session.facts import Facts
from visualizer.session.pipeline_view import PipelineView, pipeline_view
from visualizer.session.provenance import provenance_of
from visualizer.session.resolve import resolve_query
from visualizer.session.state import ViewState

MOST_TILE_CELLS = 2048
_OF_ONE_HEAD: frozenset[Subject] = frozenset(("head", "arcs", "pins"))
_ABOUT_ATTENTION: frozenset[Subject] = _OF_ONE_HEAD | {"overview", "pair"}


def answer_view(opened: OpenedModel, state: ViewState, subjects: Collection[Subject]) -> Exportable:
    """Run the model on the view's text and compute what is to be exported of it.

    Args:
        opened: The model.
        state: What is to be shown.
        subjects: What of it is wanted; the rest stays None.

    Raises:
        UsageError: The model has no attention, or nothing is inspected that could be exported.
        VisualizerError: The text is empty or too long.
    """
    model = opened.model
    has_attention = model.attention != "none"
    if not has_attention and _ABOUT_ATTENTION & set(subjects):
        raise UsageError("{name} has no attention to show.", name=model.name)
    facts = Facts(model)
    wish = wished_head(state, model) if has_attention else None
    _read(opened, facts, state, wish, subjects)
    if "bars" in subjects:
        _ask_words(opened, facts, state)
    if wish is not None and _OF_ONE_HEAD & set(subjects):
        _ask_head(opened, facts, state, wish)
    if "pins" in subjects:
        _ask_pins(opened, facts, state)
    if "overview" in subjects:
        _ask_about_heads(opened, facts, state)
    if "pair" in subjects and wish is not None:
        _ask_pair(opened, facts, state, wish)
    return _views(facts, model, state, wish, subjects)


def _read(
    opened: OpenedModel,
    facts: Facts,
    state: ViewState,
    wish: HeadWish | None,
    subjects: Collection[Subject],
) -> None:
    """The forward pass, with what comes with it."""
    text = facts.tokenise(state.prompt, opened.model)
    if len(text) == 0:
        raise EmptyPromptError("The prompt is empty: there is nothing to export.")
    position = resolve_query(state.query, len(text))
    request = ForwardRequest(
        1,
        state.prompt,
        -1 if position is None else position,
        layer=wish.layer if wish is not None else None,
        head=wish.head if wish is not None else None,
        # A colour scale that is the same for all heads reaches to the largest of their weights.
        with_overview="overview" in subjects or state.scale_range == "all heads",
        with_surprise=bool({"tokens", "surprise"} & set(subjects)),
        members=wish.members if wish is not None else (),
        treatment=wish.treatment if wish is not None else UNTREATED,
    )
    for record in opened.engine.answer(request):
        if isinstance(record, ForwardRecord):
            facts.take_forward(record)
        elif isinstance(record, OverviewRecord):
            facts.take_overview(record)
        elif isinstance(record, SurpriseRecord):
            facts.take_surprise(record)


def _ask_words(opened: OpenedModel, facts: Facts, state: ViewState) -> None:
    """The words of several tokens that are followed."""
    model, forward = opened.model, facts.forward
    if forward is None:
        return
    words = known_words(state.asked, model.tokenizer, model.vocabulary_size)
    missing = facts.words.missing(forward.position, words)
    if missing:
        for record in opened.engine.answer(PathRequest(7, forward.position, missing)):
            if isinstance(record, PathRecord):
                facts.words.take_paths(record)


def _ask_head(opened: OpenedModel, facts: Facts, state: ViewState, wish: HeadWish) -> None:
    """The head if it did not come with the text, and exact weights of the part in sight."""
    head = (wish.layer, wish.head)
    if facts.head_at(wish) is None:
        question = HeadRequest(2, *head, members=wish.members, treatment=wish.treatment)
        for record in opened.engine.answer(question):
            if isinstance(record, HeadRecord):
                facts.take_head(record)
    shown, visible = facts.head_at(wish), state.visible
    if shown is None or shown.block == 1 or visible is None:
        return
    rows, columns = (visible[0], visible[1]), (visible[2], visible[3])
    tile = TileRequest(3, *head, rows, columns, MOST_TILE_CELLS, wish.members, wish.treatment)
    for record in opened.engine.answer(tile):
        if isinstance(record, HeadRecord):
            facts.take_tile(record)


def _ask_pins(opened: OpenedModel, facts: Facts, state: ViewState) -> None:
    """The pinned heads, side by side."""
    pins = fitting_pins(state, opened.model)
    if not pins:
        raise UsageError("The view has no pinned heads.")
    question = SeveralHeadsRequest(8, pins, treatment=state.treatment)
    for record in opened.engine.answer(question):
        if isinstance(record, HeadRecord):
            facts.take_pinned(record)


def _ask_about_heads(opened: OpenedModel, facts: Facts, state: ViewState) -> None:
    """The metrics of all heads, and their weight in the brushed region where it ranks them."""
    questions: list[Question] = [MetricsRequest(4)]
    region, forward = state.overview.region, facts.forward
    if region is not None and forward is not None and state.overview.order == "region":
        n = len(forward.tokenization)
        rows, columns = (region[0], min(region[1], n)), (region[2], min(region[3], n))
        if rows[0] < rows[1] and columns[0] < columns[1]:
            questions.append(RegionRequest(5, rows, columns))
    for question in questions:
        for record in opened.engine.answer(question):
            if isinstance(record, MetricsRecord):
                facts.take_metrics(record)
            elif isinstance(record, RegionRecord):
                facts.take_region(record)


def _ask_pair(opened: OpenedModel, facts: Facts, state: ViewState, wish: HeadWish) -> None:
    assert facts.forward is not None
    n_tokens = len(facts.forward.tokenization)
    query = resolve_query(state.query, n_tokens)
    if state.key is None or query is None or state.key >= n_tokens:
        raise UsageError("The view has no pair of tokens under inspection.")
    if isinstance(wish.head, str) or wish.members:
        raise UsageError("A mean over heads has no queries and keys of its own: choose one head.")
    question = PairRequest(6, wish.layer, wish.head, query, state.key, state.candidate_id)
    for record in opened.engine.answer(question):
        if isinstance(record, PairRecord):
            facts.take_pair(record)


def _views(
    facts: Facts,
    model: ModelRecord,
    state: ViewState,
    wish: HeadWish | None,
    subjects: Collection[Subject],
) -> Exportable:
    return Exportable(
        state=state,
        model_name=model.name,
        provenance=provenance_of(model),
        head=facts.head(state, wish) if wish is not None and _OF_ONE_HEAD & set(subjects) else None,
        overview=facts.overview(state) if "overview" in subjects else None,
        bars=facts.bars(state),
        tokens=facts.token_strip(state),
        pair=facts.pair(state) if "pair" in subjects else None,
        pipeline=_pipeline(facts, state) if "pipeline" in subjects else None,
    )


def _pipeline(facts: Facts, state: ViewState) -> PipelineView | None:
    question = facts.pipeline_question(state)
    return None if question is None else pipeline_view(question)
