"""The head that a window opens on: defined exactly, and none where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.session.telling_head import telling_head

IDS = np.array([5, 6, 7, 5, 6, 7, 5, 6, 7, 8])


def metrics(n_queries=9, **scores):
    values = {metric: np.zeros((2, 3)) for metric in METRICS}
    for name, found in scores.items():
        for member, score in found.items():
            values[name.replace("_", " ")][member] = score
    return MetricsRecord(1, len(IDS), values, dict.fromkeys(METRICS, n_queries))


def test_the_strongest_pattern_wins_whatever_it_is():
    found = metrics(previous_token={(0, 1): 0.8}, induction={(1, 2): 0.95})
    assert telling_head(found, IDS) == (1, 2)
    found = metrics(previous_token={(0, 1): 0.96}, induction={(1, 2): 0.9})
    assert telling_head(found, IDS) == (0, 1)
    found = metrics(duplicate_token={(0, 2): 0.9}, diagonal={(1, 1): 1.0}, local={(1, 1): 1.0})
    assert telling_head(found, IDS) == (0, 2)


def test_a_head_that_rests_on_the_first_token_does_not_count():
    found = metrics(previous_token={(0, 1): 0.6, (1, 0): 0.5}, first_token={(0, 1): 0.31})
    assert telling_head(found, IDS) == (1, 0)


def test_a_tie_goes_to_the_first_head_of_the_model():
    assert telling_head(metrics(previous_token={(1, 1): 0.9, (0, 2): 0.9}), IDS) == (0, 2)


@pytest.mark.parametrize(
    ("found", "ids"),
    [
        (metrics(), IDS),
        (metrics(n_queries=3, previous_token={(0, 1): 1.0}), IDS[:4]),
        (metrics(n_queries=0, previous_token={(0, 0): np.nan}), IDS[:1]),
        (metrics(first_token={(i, j): np.nan for i in range(2) for j in range(3)}), IDS),
    ],
    ids=["no pattern", "few tokens", "one token", "no head"],
)
def test_nothing_is_told_of_where_there_is_nothing_to_tell(found, ids):
    assert telling_head(found, ids) is None
