"""The user's intent: what they asked to see. Small, comparable, JSON-able."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from visualizer.engine.attention_records import Metric
from visualizer.engine.chat import ChatTurn
from visualizer.engine.records import HeadChoice, Member, Prompt
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.treatment import UNTREATED, Treatment

ColourScale = Literal["linear", "log", "square root", "percentile", "row"]
"""Place of a weight on the map; "percentile" is its place among the weights on show, "row" its
share of its row's largest."""
ScaleRange = Literal["one", "largest", "all heads"]
"""Upper end of the colour scale: weight 1, the largest weight on show, or the largest of any head,
so that colours mean the same when another head is chosen."""
ProbAxis = Literal["fit", "linear", "log"]
"""Axis of the next-token bars: equal steps for equal probabilities, up to a round number above the
longest bar or always to 100 %; or equal steps for equal ratios."""
Palette = Literal["ink", "viridis", "cividis"]
HeadForm = Literal["map", "arcs", "text", "pins"]
"""How one head is drawn; "pins" is the pinned heads side by side."""
HeadOrder = Literal["model", "region", "alike"] | Metric
"""How heads are laid out: a grid by layer and head, or ranked by weight in the brushed region, by
likeness to the chosen head, or by a metric."""
Cells = Literal["pattern"] | Metric
"""What a cell of the overview shows."""
Until = Literal["count", "end", "string"]
"""What ends a run: a number of tokens, the end of the text, or a string in it."""
Region = tuple[int, int, int, int]
"""First and last-but-one query token, first and last-but-one key token: half-open ranges."""


@dataclass(frozen=True)
class OverviewDisplay:
    """How all heads are shown.

    Attributes:
        cells: What each cell shows.
        order: Grid or ranking.
        at_least: Heads whose score in `order` (or, in the grid, whose metric) is less are left
            out or dimmed; None for no filter.
        at_most: The same of heads whose score is more.
        only_pinned: Only pinned heads.
        region: What "region" ranks by; None while nothing is brushed.
        like: Head that "alike" compares with, so that the order stays while others are looked at;
            None for the one on show.
        ascending: Whether a ranking begins with the lowest score: the most focused heads first
            by entropy, the nearest-sighted by distance.
    """

    cells: Cells = "pattern"
    order: HeadOrder = "model"
    at_least: float | None = None
    only_pinned: bool = False
    region: Region | None = None
    like: Member | None = None
    at_most: float | None = None
    ascending: bool = False


@dataclass(frozen=True)
class ViewState:
    """What the user asked for; changed only by the controller.

    Attributes:
        prompt: Text (and pinned ids) to run.
        query: Selected token, whose row is looked at and after which is predicted; -1 is the
            last one, whatever the length of the text.
        layer, head: Head on show; "mean" averages the layer's heads.
        n_candidates: Rows of next-token bars.
        sampling: Parameters of the sampling strip.
        seed: Of the next generation.
        n_generate: How many tokens "generate N" makes.
        until: What ends a run.
        stop_string: Text that ends a run of "string".
        ends_at_end_of_text: Whether an end token ends any run; off, it is kept as a token.
        chat: What the user says to a chat model, from which its template makes the prompt; None
            where the prompt is the text itself.
        colour_scale, scale_range, palette: How the head's weights become colours.
        form: How the head is drawn.
        treatment: What is done to its weights before.
        overview: How all heads are shown.
        pins: Heads kept at hand, in the order of pinning.
        pins_as_mean: Whether the mean over the pinned heads is on show in place of the head.
        visible: Part of the map in sight, as a Region in the map's units; None for all of it.
        key: The key token that is inspected with the query, None for none.
        candidate_id: The candidate whose logit the inspector follows; None for the likeliest.
        prob_axis: Axis of the next-token bars.
        asked: Tokens and words whose probability is followed, in the order of asking, written as
            `asked_tokens` says.
    """

    prompt: Prompt = Prompt("")
    query: int = -1
    layer: int = 0
    head: HeadChoice = 0
    n_candidates: int = 10
    sampling: SamplingParams = SamplingParams()
    seed: int = 0
    n_generate: int = 20
    colour_scale: ColourScale = "linear"
    scale_range: ScaleRange = "one"
    palette: Palette = "ink"
    form: HeadForm = "map"
    treatment: Treatment = UNTREATED
    overview: OverviewDisplay = OverviewDisplay()
    pins: tuple[Member, ...] = ()
    pins_as_mean: bool = False
    visible: Region | None = None
    key: int | None = None
    candidate_id: int | None = None
    prob_axis: ProbAxis = "fit"
    asked: tuple[str, ...] = ()
    until: Until = "count"
    stop_string: str = ""
    ends_at_end_of_text: bool = True
    chat: ChatTurn | None = None
