"""What can be exported, in which formats, and its numbers as files; no Qt.

The window and the command line both go through here, so that both write the same files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.session.export_tables import (
    Origin,
    bars_table,
    heads_table,
    origin_facts,
    pair_json,
    pair_table,
    tokens_npz,
    tokens_table,
)
from visualizer.session.exports import (
    head_csv,
    head_json,
    head_npz,
    head_provenance,
    overview_npz,
    overview_provenance,
    visible_part,
)
from visualizer.session.json_reports import token_list
from visualizer.session.provenance import UNKNOWN, Provenance
from visualizer.session.state import ViewState
from visualizer.session.view_file import view_json
from visualizer.session.views import BarsView, HeadView, OverviewView, PairView, TokenStripView

Subject = Literal["head", "overview", "bars", "tokens", "pair", "window"]
Kind = Literal["png", "svg", "pdf", "csv", "npz", "json"]

FORMATS: dict[Subject, tuple[Kind, ...]] = {
    "head": ("png", "svg", "pdf", "csv", "npz", "json"),
    "overview": ("png", "svg", "pdf", "csv", "npz", "json"),
    "bars": ("png", "svg", "pdf", "csv", "npz", "json"),
    "tokens": ("png", "svg", "pdf", "csv", "npz", "json"),
    "pair": ("csv", "json"),
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

    def has(self, subject: Subject) -> bool:
        """Whether there is something of this kind to export."""
        return subject == "window" or getattr(self, subject) is not None

    def origin(self, subject: Subject, when: datetime | None) -> Origin:
        """What files of this moment say of themselves."""
        return Origin(self.model_name, self.provenance, when, self.document(subject))

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
        if subject == "head" and self.head is not None:
            record = self.head.record
            state = replace(
                state,
                layer=record.layer,
                head=record.head,
                treatment=record.treatment,
                pins=record.members or state.pins,
                pins_as_mean=bool(record.members),
            )
        return view_json(state, self.model_name, self.provenance.weights_sha256)

    def _text_of(self, subject: Subject) -> Tokenization | None:
        if subject in ("bars", "window"):
            subject = "tokens"
        view: HeadView | OverviewView | TokenStripView | PairView | None = getattr(self, subject)
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
    if subject == "head" and views.head is not None:
        record = views.head.record
        if record.members:
            return f"{model}-mean-of-{len(record.members)}-heads"
        which = "mean" if isinstance(record.head, str) else f"H{record.head}"
        return f"{model}-L{record.layer}-{which}"
    if subject == "pair" and views.pair is not None:
        pair = views.pair.record
        return f"{model}-L{pair.layer}-H{pair.head}-{pair.query}-{pair.key}"
    names = {"overview": "all-heads", "bars": "next-token", "tokens": "tokens", "window": "window"}
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
    if subject == "overview" and views.overview is not None:
        return overview_provenance(views.overview, when, views.document(subject))
    if subject == "bars" and views.bars is not None:
        return dict(bars_table(views.bars, origin).facts)
    if subject == "tokens" and views.tokens is not None:
        return dict(tokens_table(views.tokens, origin).facts)
    if subject == "pair" and views.pair is not None:
        return dict(pair_table(views.pair, origin).facts)
    if subject == "window":
        return origin_facts(origin)
    raise nothing_of(subject)


def numbers_bytes(
    views: Exportable, subject: Subject, kind: Kind, when: datetime | None = None
) -> bytes:
    """The numbers of what is on show as a CSV, NPZ or JSON file.

    Raises:
        UsageError: There is nothing of this kind, or it cannot be written in this format.
    """
    if kind not in FORMATS[subject] or kind in FIGURES:
        raise UsageError("{what} cannot be written as {kind}.", what=subject, kind=kind.upper())
    if not views.has(subject):
        raise nothing_of(subject)
    if subject == "head":
        return _head_bytes(views, kind, when)
    if subject == "overview":
        return _overview_bytes(views, kind, when)
    if subject == "bars":
        return _bars_bytes(views, kind, when)
    if subject == "tokens":
        return _tokens_bytes(views, kind, when)
    return _pair_bytes(views, kind, when)


def nothing_of(subject: Subject) -> UsageError:
    """Why there is no file: a sentence for each kind."""
    sentences: dict[Subject, UsageError] = {
        "head": UsageError("There is no head on show to export."),
        "overview": UsageError("There are no heads on show to export."),
        "bars": UsageError("There are no next-token bars on show to export."),
        "tokens": UsageError("There are no tokens on show to export."),
        "pair": UsageError("No pair of tokens is inspected that could be exported."),
        "window": UsageError("There is no window to export."),
    }
    return sentences[subject]


def _head_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    assert views.head is not None
    if kind == "npz":
        return head_npz(views.head, when, views.document("head"))
    write = head_csv if kind == "csv" else head_json
    return write(views.head, when, views.document("head")).encode("utf-8")


def _overview_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.overview
    assert view is not None
    if kind == "npz":
        return overview_npz(view, when, views.document("overview"))
    table = heads_table(view, views.origin("overview", when))
    if kind == "csv":
        return table.csv().encode("utf-8")
    pooled = {"block": view.block, "thumbnails": view.thumbnails.tolist()}
    return table.json(model=view.model_name, n_tokens=view.n_tokens, **pooled).encode("utf-8")


def _bars_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.bars
    assert view is not None
    table = bars_table(view, views.origin("bars", when))
    if kind == "npz":
        return table.npz()
    if kind == "csv":
        return table.csv().encode("utf-8")
    facts = {
        "model": views.model_name,
        "position": view.position,
        "entropy_bits": view.entropy_bits,
        "vocabulary_size": view.vocabulary_size,
        "n_kept": view.n_kept,
        "actual_id": view.actual_id,
    }
    return table.json(**facts).encode("utf-8")


def _tokens_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.tokens
    assert view is not None
    if kind == "npz":
        return tokens_npz(view, views.origin("tokens", when))
    table = tokens_table(view, views.origin("tokens", when))
    if kind == "csv":
        return table.csv().encode("utf-8")
    tokens = token_list(view.tokenization)
    return table.json(model=views.model_name, n_tokens=len(tokens)).encode("utf-8")


def _pair_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    assert views.pair is not None
    origin = views.origin("pair", when)
    text = pair_table(views.pair, origin).csv() if kind == "csv" else pair_json(views.pair, origin)
    return text.encode("utf-8")
