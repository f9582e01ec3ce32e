"""Names for what a head does on a text, each with the score that earned it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from visualizer.engine.attention_records import LOCAL_TOKENS, Metric, MetricsRecord
from visualizer.engine.records import Int64Array, Member

LabelName = Literal["previous token", "sink", "induction", "duplicate token", "diagonal", "local"]
LABEL_NAMES: tuple[LabelName, ...] = get_args(LabelName)
LABELLED: Mapping[LabelName, Metric] = {
    name: "first token" if name == "sink" else name for name in LABEL_NAMES
}
"""The metric that each label is about."""
LEAST_QUERIES = 4
"""A mean over fewer queries earns no label."""
LEAST_EXCESS: Mapping[LabelName, float] = {
    "previous token": 0.4,
    "sink": 0.5,
    "induction": 0.3,
    "duplicate token": 0.3,
    "diagonal": 0.4,
    "local": 0.7,
}
"""How much of the way from uniform attention to all of the weight a label takes.

Chosen, not derived. A sink has to take half, since nearly every head leaves the first token more
than its part. For induction and for duplicates less is enough, since heads that look for
repetitions rest on the first token where they find none. A window of several tokens is easily
hit, so that "local" asks for most of the weight.
"""


@dataclass(frozen=True)
class HeadLabel:
    """What a head does on this text.

    Attributes:
        name: In short.
        score: Its mean share of the weight, in [0, 1]: the metric in LABELLED.
        uniform: The share that equal weights on all tokens up to the query would give there.
    """

    name: LabelName
    score: float
    uniform: float


def labels_of(metrics: MetricsRecord, ids: Int64Array) -> dict[Member, tuple[HeadLabel, ...]]:
    """The labels that heads have earned on a text, the plainest first.

    A head gets a label where its score s stands out from what uniform attention would give on
    the same text, u: (s - u) / (1 - u), 0 for uniform attention and 1 for a head that does
    nothing else, is at least LEAST_EXCESS; and where at least LEAST_QUERIES queries count. A
    head that looks at the token before or at the query itself is not called local, too.

    Args:
        metrics: Of the text.
        ids: (T,) its tokens.

    Returns:
        Heads with at least one label, in the order of the model.
    """
    uniform = uniform_metrics(ids)
    found: dict[Member, list[HeadLabel]] = {}
    for name in LABEL_NAMES:
        metric = LABELLED[name]
        if metrics.n_queries.get(metric, 0) < LEAST_QUERIES:
            continue
        scores, chance = metrics.values[metric], uniform[metric]
        with np.errstate(invalid="ignore"):
            earned = scores - chance >= LEAST_EXCESS[name] * (1 - chance)
        for layer, head in np.argwhere(earned).tolist():
            names = {label.name for label in found.get((layer, head), [])}
            if name == "local" and names & {"previous token", "diagonal"}:
                continue
            label = HeadLabel(name, float(scores[layer, head]), chance)
            found.setdefault((layer, head), []).append(label)
    return {member: tuple(found[member]) for member in sorted(found)}


def uniform_metrics(ids: Int64Array) -> dict[Metric, float]:
    """The metrics of a head with equal weights on all tokens up to the query.

    Args:
        ids: (T,) the tokens of the text, on which repetitions depend.

    Returns:
        By metric, the mean over the same queries as in MetricsRecord; NaN where there are none.
    """
    n_keys = np.arange(1, len(ids) + 1)  # that each query sees
    weight = 1.0 / n_keys
    earlier = earlier_occurrences(ids)
    repeated = (earlier * weight)[earlier > 0]
    return {
        "entropy": _mean(np.log2(n_keys)),
        "first token": _mean(weight[1:]),
        "previous token": _mean(weight[1:]),
        "induction": _mean(repeated),
        "duplicate token": _mean(repeated),
        "local": _mean(LOCAL_TOKENS * weight[LOCAL_TOKENS:]),
        "distance": _mean((n_keys - 1) / 2),
        "diagonal": _mean(weight[1:]),
    }


def earlier_occurrences(ids: Int64Array) -> Int64Array:
    """(T,) int64: how often each token occurred before."""
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    is_first = np.ones(len(ids), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    place = np.arange(len(ids))
    start = np.maximum.accumulate(np.where(is_first, place, 0))
    earlier = np.empty(len(ids), dtype=np.int64)
    earlier[order] = place - start
    return earlier


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
