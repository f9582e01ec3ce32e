"""What can be exported, in which formats, and what its files say of themselves; no Qt.

The window and the command line both go through here, so that both write the same files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.export_tables import (
    Origin,
    bars_table,
    origin_facts,
    pair_table,
    tokens_table,
)
from visualizer.session.exports import head_provenance, overview_provenance, visible_part
from visualizer.session.pins_table import pins_facts
from visualizer.session.pipeline_table import pipeline_table
from visualizer.session.pipeline_view import PipelineView
from visualizer.session.provenance import UNKNOWN, Provenance
from visualizer.session.state import ViewState
from visualizer.session.step_tables import StepsView, steps_facts
from visualizer.session.surprise_table import surprise_facts
from visualizer.session.surprise_timeline import SurpriseTimelineView, surprise_timeline_view
from visualizer.session.view_file import view_json
from visualizer.session.views import (
    MOST_ARC_UNITS,
    BarsView,
    HeadView,
    OverviewView,
    PairView,
    TokenStripView,
)

Subject = Literal[
    "head",
    "arcs",
    "pins",
    "overview",
    "bars",
    "tokens",
    "surprise",
    "pipeline",
    "steps",
    "pair",
    "window",
]
Kind = Literal["png", "svg", "pdf", "csv", "npz", "json"]

LEAST_WIDTH_PX, MOST_WIDTH_PX = 100, 20_000
LEAST_DPI, MOST_DPI = 36, 2400
"""Sizes of a PNG; a wider one would not fit into memory."""

FORMATS: dict[Subject, tuple[Kind, ...]] = {
    "head": ("png", "svg", "pdf", "csv", "npz", "json"),
    "arcs": ("png", "svg", "pdf"),
    "pins": ("png", "svg", "pdf", "csv", "npz"),
    "overview": ("png", "svg", "pdf", "csv", "npz", "json"),
    "bars": ("png", "svg", "pdf", "csv", "npz", "json"),
    "tokens": ("png", "svg", "pdf", "csv", "npz", "json"),
    "surprise": ("png", "svg", "pdf", "csv", "npz", "json"),
    "pipeline": ("png", "svg", "pdf", "csv", "npz", "json"),
    "steps": ("png", "svg", "pdf", "csv", "npz", "json"),
    "pair": ("png", "svg", "pdf", "csv", "json"),
    "window": ("png", "svg", "pdf"),
}
FIGURES: tuple[Kind, ...] = ("png", "svg", "pdf")
"""Formats that are drawn; the others hold numbers."""


@dataclass(frozen=True, eq=False)
class Exportable:
    """What is on show at one moment, each None where there is nothing.

    Attributes:
        state: The whole view, written into every file.
        model_name, provenance: Of the model in use.
        uncut: The head of which `head` is a part; None where it is whole. Colours that depend on
            all weights are those of the whole.
        notes: What else files of numbers, bars and tokens are to say of themselves.
    """

    state: ViewState = field(default_factory=ViewState)
    model_name: str = ""
    provenance: Provenance = UNKNOWN
    head: HeadView | None = None
    overview: OverviewView | None = None
    bars: BarsView | None = None
    tokens: TokenStripView | None = None
    pair: PairView | None = None
    uncut: HeadView | None = None
    pipeline: PipelineView | None = None
    steps: StepsView | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def surprise(self) -> SurpriseTimelineView | None:
        """The tokens' surprise, None while nothing is known of it."""
        if self.tokens is None or self.tokens.logprobs is None:
            return None
        view = surprise_timeline_view(self.tokens)
        return view if isinstance(view, SurpriseTimelineView) else None

    @property
    def pins(self) -> HeadView | None:
        """The head on show, if there are pinned heads beside it."""
        head = self.uncut or self.head
        return head if head is not None and head.pinned else None

    @property
    def arcs(self) -> HeadView | None:
        """The head on show, if its text is short enough to be drawn as lines."""
        head = self.uncut or self.head
        if head is None or head.record.block > 1 or head.record.n_units > MOST_ARC_UNITS:
            return None
        return head

    def has(self, subject: Subject) -> bool:
        """Whether there is something of this kind to export."""
        return subject == "window" or getattr(self, subject) is not None

    def origin(self, subject: Subject, when: datetime | None) -> Origin:
        """What files of this moment say of themselves."""
        document = self.document(subject)
        return Origin(self.model_name, self.provenance, when, document, self.notes)

    def document(self, subject: Subject) -> str:
        """The view as JSON, as far as it can be told that of what is exported.

        What is on show may be older than what was asked for last, or a head that is only pointed
        at: then the text and the head are those of the numbers.
        """
        state, text = self.state, self._text_of(subject)
        if text is not None and self._is_other(text):
            state = replace(
                state, prompt=replace(state.prompt, text=text.text, token_ids=_ids(text))
            )
        if subject == "arcs":
            state = replace(state, form="arcs")
        if subject in ("head", "arcs") and self.head is not None:
            record = self.head.record
            state = replace(
                state,
                layer=record.layer,
                head=record.head,
                treatment=record.treatment,
                pins=record.members or state.pins,
                pins_as_mean=bool(record.members),
            )
        if subject == "pins" and self.pins is not None:
            state = replace(state, form="pins", pins=self.pins.pins, pins_as_mean=False)
        return view_json(state, self.model_name, self.provenance.weights_sha256)

    def _text_of(self, subject: Subject) -> Tokenization | None:
        if subject in ("bars", "surprise", "pipeline", "window"):
            subject = "tokens"
        view: HeadView | OverviewView | TokenStripView | StepsView | PairView | None
        view = getattr(self, subject)
        return None if view is None else view.tokenization

    def _is_other(self, text: Tokenization) -> bool:
        ids = self.state.prompt.token_ids
        return text.text != self.state.prompt.text or (ids is not None and ids != _ids(text))

    def in_sight(self) -> Exportable:
        """The same with the head cut to the part in sight, from its finest weights."""
        if self.head is None or self.uncut is not None:
            return self
        return replace(self, head=visible_part(self.head), uncut=self.head)


def _ids(text: Tokenization) -> tuple[int, ...]:
    return tuple(text.ids.tolist())


def suggested_stem(views: Exportable, subject: Subject) -> str:
    """A file name without its ending that says what of which model it is."""
    model = re.sub(r"[^A-Za-z0-9._-]+", "-", views.model_name).strip("-") or "model"
    model = model[-80:].lstrip("-")
    if subject in ("head", "arcs") and views.head is not None:
        record, ending = views.head.record, "-arcs" if subject == "arcs" else ""
        if record.members:
            return f"{model}-mean-of-{len(record.members)}-heads{ending}"
        which = "mean" if isinstance(record.head, str) else f"H{record.head}"
        return f"{model}-L{record.layer}-{which}{ending}"
    if subject == "pair" and views.pair is not None:
        pair = views.pair.record
        return f"{model}-L{pair.layer}-H{pair.head}-{pair.query}-{pair.key}"
    names = {
        "pins": "pinned-heads",
        "overview": "all-heads",
        "bars": "next-token",
        "pipeline": "sampler",
    }
    return f"{model}-{names.get(subject, subject)}"


def subject_facts(
    views: Exportable, subject: Subject, when: datetime | None = None
) -> dict[str, str]:
    """Where the numbers of a file come from, to be written into it.

    Raises:
        UsageError: There is nothing of this kind.
    """
    origin = views.origin(subject, when)
    if subject == "head" and views.head is not None:
        return head_provenance(views.head, when, views.document(subject))
    if subject == "arcs" and views.arcs is not None:
        return head_provenance(views.arcs, when, views.document(subject))
    if subject == "pins" and views.pins is not None:
        return pins_facts(views.pins, origin)
    if subject == "overview" and views.overview is not None:
        return overview_provenance(views.overview, when, views.document(subject))
    if subject == "bars" and views.bars is not None:
        return dict(bars_table(views.bars, origin).facts)
    if subject == "tokens" and views.tokens is not None:
        return dict(tokens_table(views.tokens, origin).facts)
    if subject == "surprise" and views.surprise is not None:
        return surprise_facts(views.surprise, origin)
    if subject == "pipeline" and views.pipeline is not None:
        return dict(pipeline_table(views.pipeline, origin).facts)
    if subject == "steps" and views.steps is not None:
        return steps_facts(views.steps, origin)
    if subject == "pair" and views.pair is not None:
        return dict(pair_table(views.pair, origin).facts)
    if subject == "window":
        return origin_facts(origin)
    raise nothing_of(subject)


def nothing_of(subject: Subject) -> UsageError:
    """Why there is no file: a sentence for each kind."""
    sentences: dict[Subject, UsageError] = {
        "head": UsageError("There is no head on show to export."),
        "arcs": UsageError(
            "There is no head of at most {n} tokens on show to be drawn as lines.",
            n=MOST_ARC_UNITS,
        ),
        "pins": UsageError("There are no pinned heads whose weights are known."),
        "overview": UsageError("There are no heads on show to export."),
        "bars": UsageError("There are no next-token bars on show to export."),
        "tokens": UsageError("There are no tokens on show to export."),
        "surprise": UsageError("The surprise of the tokens is not known yet."),
        "pipeline": UsageError("There are no sampler's stages on show to export."),
        "steps": UsageError("No token of the text was generated here: there are no steps."),
        "pair": UsageError("No pair of tokens is inspected that could be exported."),
        "window": UsageError("There is no window to export."),
    }
    return sentences[subject]
