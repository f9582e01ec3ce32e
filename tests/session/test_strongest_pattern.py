"""The head that a window opens on: what stands out besides resting on the first token."""

from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.session.head_labels import strongest_pattern

IDS = np.array([5, 6, 7, 5, 6, 7, 5, 6, 7, 5])


def metrics(n_queries: int = 9, **values: list[list[float]]) -> MetricsRecord:
    given = {name.replace("_", " "): np.array(value) for name, value in values.items()}
    shape = next(iter(given.values())).shape
    return MetricsRecord(
        request_id=1,
        n_tokens=len(IDS),
        values={metric: given.get(metric, np.zeros(shape)) for metric in METRICS},
        n_queries=dict.fromkeys(METRICS, n_queries),
    )


def test_a_head_that_rests_on_the_first_token_is_not_it() -> None:
    found = metrics(first_token=[[0.99, 0.1]], previous_token=[[0.005, 0.6]])
    assert strongest_pattern(found, IDS) == (0, 1)


def test_the_furthest_from_uniform_wins_whatever_it_does() -> None:
    found = metrics(previous_token=[[0.6, 0.0], [0.0, 0.0]], induction=[[0.0, 0.0], [0.7, 0.0]])
    assert strongest_pattern(found, IDS) == (1, 0)


def test_of_equals_the_first_in_the_model() -> None:
    assert strongest_pattern(metrics(previous_token=[[0.1, 0.8], [0.8, 0.8]]), IDS) == (0, 1)


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_no_pattern_is_no_head(value: float) -> None:
    assert strongest_pattern(metrics(previous_token=[[value, value]]), IDS) is None
    assert strongest_pattern(metrics(n_queries=3, previous_token=[[0.9, 0.9]]), IDS) is None


def test_a_layer_without_heads_is_passed_over() -> None:
    found = metrics(previous_token=[[np.nan, np.nan], [0.2, 0.9]])
    assert strongest_pattern(found, IDS) == (1, 1)
