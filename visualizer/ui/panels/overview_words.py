"""What the overview says of itself: how many heads, by what they are ranked, what colours mean."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from visualizer.engine.treatment import Treatment
from visualizer.session.exports import head_name
from visualizer.session.head_ranking import passes
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import (
    Score,
    metric_name,
    score_text,
    score_unit,
    undefined_sentence,
    unit_text,
)
from visualizer.ui.panels.overview_options import is_filtered
from visualizer.ui.treatment_words import treatment_texts
from visualizer.ui.widgets.mosaic_tips import display_score


def size_text(view: OverviewView) -> str:
    """Layers and heads of the model."""
    n_layers, n_heads = view.thumbnails.shape[:2]
    return QCoreApplication.translate("Overview", "{layers} layers × {heads} heads").format(
        layers=n_layers, heads=n_heads
    )


def counts_text(view: OverviewView) -> str:
    """How many heads are on show, by what they are ranked, and what the filter asks for."""
    display, score = view.display, display_score(view.display)
    if view.ranking is None and (score is None or not is_filtered(display)):
        n_sinks = sum(label.name == "sink" for found in view.labels.values() for label in found)
        if not n_sinks:
            return size_text(view)
        return QCoreApplication.translate(
            "Overview", "{n} of {all} rest on the first token"
        ).format(n=f"{n_sinks:,}", all=f"{len(view.heads):,}")
    n_all = len(view.heads)
    n_shown = _n_shown(view)
    if n_shown == n_all:
        text = QCoreApplication.translate("Overview", "{all} heads").format(all=f"{n_all:,}")
    else:
        text = QCoreApplication.translate("Overview", "{n} of {all} heads").format(
            n=f"{n_shown:,}", all=f"{n_all:,}"
        )
    if score is None:
        return text
    if display.order != "model":
        text = QCoreApplication.translate("Overview", "{heads} by {number}").format(
            heads=text, number=_by(display, score)
        )
        if display.ascending:
            text = QCoreApplication.translate("Overview", "{order}, lowest first").format(
                order=text
            )
    for limit, sign in ((display.at_least, "≥"), (display.at_most, "≤")):
        if limit is not None:
            text += f" {sign} {score_text(score, limit)}"
    return text


def _n_shown(view: OverviewView) -> int:
    if view.ranking is not None:
        return len(view.ranking)
    return 0 if view.scores is None else int(passes(view.display, view.scores).sum())


def _by(display: OverviewDisplay, score: Score) -> str:
    if score == "alike" and display.like is not None:
        name = head_name(*display.like)
        return QCoreApplication.translate("Overview", "likeness to {head}").format(head=name)
    return metric_name(score)


def layout_text(view: OverviewView) -> str:
    """The same in full, and how rows, columns and cells are to be read."""
    lines = [
        counts_text(view),
        size_text(view),
        QCoreApplication.translate(
            "Overview", "A row is a layer, a column a head: query down, key across."
        ),
    ]
    shared = view.thumbnails.shape[1] // max(1, view.n_key_value_heads)
    if shared > 1:
        lines.append(
            QCoreApplication.translate(
                "Overview", "The {n} heads of a group share their keys and values."
            ).format(n=shared)
        )
    return "\n".join(dict.fromkeys(lines))


def nothing_found_text(view: OverviewView) -> str:
    """What is said in place of an empty ranking; "" for any other."""
    display, score = view.display, display_score(view.display)
    if view.ranking != ():
        return ""
    if display.only_pinned and not view.pins:
        return QCoreApplication.translate(
            "Overview", "No head is pinned. Ctrl-click a head, or press P, to pin it."
        )
    if display.order == "region" and display.region is None:
        return QCoreApplication.translate("Overview", "Mark a region on the map of a head first.")
    if view.scores is None or score is None:
        return QCoreApplication.translate("Overview", "The heads are being measured…")
    if not np.isfinite(view.scores).any():
        return f"{metric_name(score)}: {undefined_sentence(score)}."
    return QCoreApplication.translate(
        "Overview", "No head passes the filter. Its {number} goes from {low} to {high}."
    ).format(
        number=metric_name(score),
        low=score_text(score, float(np.nanmin(view.scores))),
        high=score_text(score, float(np.nanmax(view.scores))),
    )


def caption_text(view: OverviewView) -> str:
    """What the colours of the cells are, for the legend."""
    cells = view.display.cells
    if cells == "pattern":
        return _pattern_text(view)
    name = metric_name(cells)
    if view.metrics is None:
        return QCoreApplication.translate("Overview", "{number}: being measured…").format(
            number=name
        )
    unit = unit_text(cells)
    if score_unit(cells) == "share":
        unit = QCoreApplication.translate("Overview", "% of the attention")
    text = QCoreApplication.translate("Overview", "{number}, {unit}").format(number=name, unit=unit)
    if np.isfinite(view.metrics.values[cells]).all():
        return text
    return QCoreApplication.translate("Overview", "{caption}; hatched: not defined").format(
        caption=text
    )


def _pattern_text(view: OverviewView) -> str:
    text = QCoreApplication.translate("Overview", "weight, square root scale")
    if view.block > 1:
        text = QCoreApplication.translate(
            "Overview", "square root scale, maximum over {block} × {block} tokens"
        ).format(block=view.block)
    if view.without_first is None:
        return text
    hidden = treatment_texts(Treatment(("first",)))[0]
    if view.block > 1:
        hidden = QCoreApplication.translate("Overview", "first {n} tokens hidden").format(
            n=view.block
        )
    return f"{hidden} · {text}"
