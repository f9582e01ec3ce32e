"""Which heads of the model do best what heads are known for, on the text at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.engine.attention_records import Metric
from visualizer.engine.records import Float32Array, Member
from visualizer.session.head_labels import LABEL_NAMES, LABELLED, LabelName, uniform_metrics
from visualizer.session.views import OverviewView

MOST_HEADS = 5
"""Shown of each kind."""


@dataclass(frozen=True, eq=False)
class KnownHead:
    """A head that is among the best of its kind.

    Attributes:
        member: Its layer and number.
        score: Its mean share of the weight, in [0, 1].
        has_label: Whether it stands out enough from chance to be called by the kind's name.
        picture: (P, P) its small map, weights in [0, 1].
    """

    member: Member
    score: float
    has_label: bool
    picture: Float32Array


@dataclass(frozen=True, eq=False)
class HeadKind:
    """A kind of heads on a text.

    Attributes:
        metric: By which heads are ranked.
        uniform: What a head that looks at all tokens alike would have; NaN where the text has
            no query that counts.
        n_queries: Over how many tokens the mean is taken.
        n_labelled: So many heads of the model are called by this name.
        best: The best first; ties in the order of the model. Empty where nothing is defined.
    """

    name: LabelName
    metric: Metric
    uniform: float
    n_queries: int
    n_labelled: int
    best: tuple[KnownHead, ...]


def head_kinds(view: OverviewView) -> tuple[HeadKind, ...] | None:
    """The best heads of each kind; None while the metrics or the text are not known."""
    metrics, tokenization = view.metrics, view.tokenization
    if metrics is None or tokenization is None:
        return None
    uniform = uniform_metrics(tokenization.ids)
    kinds = []
    for name in LABEL_NAMES:
        metric = LABELLED[name]
        values = metrics.values[metric]
        order = np.argsort(-values.ravel(), kind="stable")[:MOST_HEADS]  # NaN comes last
        members = [(int(i) // values.shape[1], int(i) % values.shape[1]) for i in order]
        labelled = {
            member
            for member, labels in view.labels.items()
            if any(label.name == name for label in labels)
        }
        best = tuple(
            KnownHead(member, float(values[member]), member in labelled, view.thumbnails[member])
            for member in members
            if not np.isnan(values[member])
        )
        n_queries = metrics.n_queries.get(metric, 0)
        kinds.append(HeadKind(name, metric, uniform[metric], n_queries, len(labelled), best))
    return tuple(kinds)
