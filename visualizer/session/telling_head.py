"""The head to look at first on a text: where a pattern shows that is not the first token."""

from __future__ import annotations

import numpy as np

from visualizer.engine.attention_records import Metric, MetricsRecord
from visualizer.engine.records import Int64Array, Member
from visualizer.session.head_labels import LEAST_QUERIES, uniform_metrics

PATTERNS: tuple[Metric, ...] = ("previous token", "induction", "duplicate token")
MOST_ON_FIRST = 0.3
"""Share on the first token above which a head's picture is mostly that."""


def telling_head(metrics: MetricsRecord, ids: Int64Array) -> Member | None:
    """The head with the strongest pattern that is not the first token.

    Of the heads that leave at most MOST_ON_FIRST on the first token, the one whose score s in one
    of PATTERNS stands out most from uniform attention, u: (s - u) / (1 - u), as in `labels_of`. A
    tie goes to the lower layer, then to the lower head. Diagonal and local heads do not count:
    nearly every model has some, and they tell nothing of the text.

    Args:
        metrics: Of the text.
        ids: (T,) its tokens.

    Returns:
        Layer and head; None where too few tokens count or no head stands out.
    """
    uniform = uniform_metrics(ids)
    is_free = metrics.values["first token"] <= MOST_ON_FIRST  # NaN is not
    best = np.zeros(is_free.shape)
    for metric in PATTERNS:
        if metrics.n_queries.get(metric, 0) >= LEAST_QUERIES and uniform[metric] < 1:
            excess = (metrics.values[metric] - uniform[metric]) / (1 - uniform[metric])
            best = np.fmax(best, np.where(is_free, excess, 0))
    if not best.any():
        return None
    layer, head = np.unravel_index(int(best.argmax()), best.shape)
    return int(layer), int(head)
