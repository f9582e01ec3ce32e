"""What is said of a head in the overview: in its tooltip, and to a screen reader."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from PySide6.QtCore import QCoreApplication

from visualizer.engine.attention_records import METRICS
from visualizer.engine.records import HeadChoice, Member
from visualizer.session.exports import head_name
from visualizer.session.state import OverviewDisplay
from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import (
    Score,
    is_metric,
    label_text,
    metric_name,
    number_text,
    score_text,
    undefined_sentence,
    unit_text,
)
from visualizer.ui.widgets.colour_scale import weight_text
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.mosaic_plans import Cell


def display_score(display: OverviewDisplay) -> Score | None:
    """What heads are ranked and filtered by; None where by nothing."""
    if display.order != "model":
        return display.order
    return None if display.cells == "pattern" else display.cells


def tip_html(view: OverviewView, cell: Cell) -> str:
    """All that is known of a head, as a small table; what can be done with it."""
    layer, head = cell
    if not is_head(view, cell):
        return escape(no_head_text(layer, head))
    if isinstance(head, str):
        return escape(mean_text(layer))
    member = (layer, head)
    lines = [f"<b>{head_name(layer, head)}</b>"]
    lines += [escape(label_text(label)) for label in view.labels.get(member, ())]
    if member in view.pins:
        lines.append(escape(QCoreApplication.translate("Mosaic", "pinned: the coloured corner")))
    rows = "".join(_row(*row) for row in _facts(view, member))
    group = group_text(view, head)
    below = [group, *_missing(view, member)] if group else _missing(view, member)
    hint = QCoreApplication.translate(
        "Mosaic", "Click to look at it, Ctrl-click to pin it, double-click to see it alone"
    )
    return (
        f"<div style='white-space: nowrap'>{'<br>'.join(lines)}</div>"
        f"<table cellspacing='0' cellpadding='1'>{rows}</table>"
        + "".join(f"<div>{escape(text)}</div>" for text in below)
        + f"<div style='margin-top: 6px'>{escape(hint)}</div>"
    )


def cell_name(view: OverviewView, cell: Cell) -> str:
    """A head's name, or what stands in its place."""
    layer, head = cell
    if not is_head(view, cell):
        return no_head_text(layer, head)
    return mean_text(layer) if isinstance(head, str) else head_name(layer, head)


def is_head(view: OverviewView, cell: Cell) -> bool:
    """Whether there is anything to look at: some layers have no attention, or fewer heads."""
    layer, head = cell
    return bool(view.has_head[layer].any() if isinstance(head, str) else view.has_head[layer, head])


def no_head_text(layer: int, head: HeadChoice) -> str:
    """Why a place of the grid is empty."""
    return QCoreApplication.translate("Mosaic", "{head}: no attention to show here").format(
        head=head_name(layer, head)
    )


def mean_text(layer: int) -> str:
    """What the number of a layer is for."""
    return QCoreApplication.translate(
        "Mosaic", "{head}: click for the mean over the heads of layer {layer}"
    ).format(head=head_name(layer, "mean"), layer=layer)


def spoken_text(view: OverviewView, cell: Cell) -> str:
    """The same in one line, for a screen reader: the name, then what tells it from others."""
    layer, head = cell
    if not is_head(view, cell):
        return no_head_text(layer, head)
    if isinstance(head, str):
        return QCoreApplication.translate(
            "Mosaic", "{head}, mean over the heads of the layer"
        ).format(head=head_name(layer, head))
    member = (layer, head)
    parts = [head_name(layer, head)]
    parts += [label_text(label) for label in view.labels.get(member, ())]
    if member in view.pins:
        parts.append(QCoreApplication.translate("Mosaic", "pinned"))
    score = display_score(view.display)
    if score is not None and view.scores is not None:
        parts.append(f"{metric_name(score)} {_said(score, float(view.scores[member]))}")
    if view.ranking is not None and member in view.ranking:
        parts.append(
            QCoreApplication.translate("Mosaic", "{place} of {n}").format(
                place=view.ranking.index(member) + 1, n=len(view.ranking)
            )
        )
    largest = float(view.thumbnails[member].max())
    parts.append(
        QCoreApplication.translate("Mosaic", "largest weight {weight}").format(
            weight=weight_text(largest)
        )
    )
    group = group_text(view, head)
    return listed([*parts, *([group] if group else [])])


def group_text(view: OverviewView, head: int) -> str:
    """With which heads one shares its keys and values; "" if with none."""
    n_heads, n_shared = view.thumbnails.shape[1], view.n_key_value_heads
    size = n_heads // max(1, n_shared)
    if size <= 1:
        return ""
    group = head // size
    return QCoreApplication.translate(
        "Mosaic", "key-value head {group} of {n}, shared by H{first} to H{last}"
    ).format(group=group, n=n_shared, first=group * size, last=group * size + size - 1)


def _facts(view: OverviewView, member: Member) -> Iterator[tuple[str, str, str, bool]]:
    """Name, number, unit and whether it is what the cells or their order show."""
    score = display_score(view.display)
    if score is not None and not is_metric(score) and view.scores is not None:
        value = float(view.scores[member])
        yield metric_name(score), number_text(score, value), _unit(score, value), True
    largest = float(view.thumbnails[member].max())
    name = QCoreApplication.translate("Mosaic", "largest weight")
    yield name, weight_text(largest), "", False
    if view.metrics is None:
        return
    for metric in METRICS:
        if metric in view.metrics.values:
            value = float(view.metrics.values[metric][member])
            shown = metric in (view.display.cells, view.display.order)
            yield metric_name(metric), number_text(metric, value), _unit(metric, value), shown


def _missing(view: OverviewView, member: Member) -> list[str]:
    """Why there are fewer numbers than there could be."""
    if view.metrics is None:
        return [
            QCoreApplication.translate(
                "Mosaic",
                "No more is known of the heads on this text yet; choose a number to be shown, "
                "and all are measured.",
            )
        ]
    reasons: dict[str, list[str]] = {}
    for metric, values in view.metrics.values.items():
        if math.isnan(values[member]):
            reasons.setdefault(undefined_sentence(metric), []).append(metric_name(metric))
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def _row(name: str, number: str, unit: str, shown: bool) -> str:
    name, number, unit = escape(name), escape(number), escape(unit)
    if shown:
        name, number = f"<b>{name}</b>", f"<b>{number}</b>"
    return (
        f"<tr><td style='padding-right: 12px; white-space: nowrap'>{name}</td>"
        f"<td align='right'>{number}</td><td>&nbsp;{unit}</td></tr>"
    )


def _unit(score: Score, value: float) -> str:
    return "" if math.isnan(value) else unit_text(score)


def _said(score: Score, value: float) -> str:
    return undefined_sentence(score) if math.isnan(value) else score_text(score, value)
