"""The numbers of what is on show as files; no Qt.

The window and the command line both go through here, so that both write the same files.
"""

from __future__ import annotations

from datetime import datetime

from visualizer.engine.errors import UsageError
from visualizer.session.export_subjects import (
    FIGURES,
    FORMATS,
    Exportable,
    Kind,
    Subject,
    nothing_of,
)
from visualizer.session.export_tables import (
    bars_table,
    heads_table,
    pair_json,
    pair_table,
    tokens_npz,
    tokens_table,
)
from visualizer.session.exports import head_csv, head_json, head_npz, overview_npz
from visualizer.session.json_reports import token_list
from visualizer.session.pins_table import pins_npz, pins_table
from visualizer.session.pipeline_table import pipeline_table
from visualizer.session.step_tables import steps_json, steps_npz, steps_table
from visualizer.session.surprise_table import surprise_figures_of, surprise_table


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
    if subject == "pins":
        return _pins_bytes(views, kind, when)
    if subject == "overview":
        return _overview_bytes(views, kind, when)
    if subject == "bars":
        return _bars_bytes(views, kind, when)
    if subject == "tokens":
        return _tokens_bytes(views, kind, when)
    if subject == "surprise":
        return _surprise_bytes(views, kind, when)
    if subject == "pipeline":
        return _pipeline_bytes(views, kind, when)
    if subject == "steps":
        return _steps_bytes(views, kind, when)
    return _pair_bytes(views, kind, when)


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


def _surprise_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.surprise
    assert view is not None
    table = surprise_table(view, views.origin("surprise", when))
    if kind == "npz":
        return table.npz()
    if kind == "csv":
        return table.csv().encode("utf-8")
    return table.json(model=views.model_name, **surprise_figures_of(view)).encode("utf-8")


def _pipeline_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.pipeline
    assert view is not None
    if view.problem is not None:
        raise view.problem
    table = pipeline_table(view, views.origin("pipeline", when))
    if kind == "npz":
        return table.npz()
    text = table.csv() if kind == "csv" else table.json(model=views.model_name)
    return text.encode("utf-8")


def _steps_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.steps
    assert view is not None
    origin = views.origin("steps", when)
    if kind == "npz":
        return steps_npz(view, origin)
    text = steps_table(view, origin).csv() if kind == "csv" else steps_json(view, origin)
    return text.encode("utf-8")


def _pins_bytes(views: Exportable, kind: Kind, when: datetime | None) -> bytes:
    view = views.pins
    assert view is not None
    origin = views.origin("pins", when)
    return pins_npz(view, origin) if kind == "npz" else pins_table(view, origin).csv().encode()
