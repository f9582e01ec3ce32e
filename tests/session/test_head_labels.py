"""Labels of heads: what earns them, what does not, and what uniform attention would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.engine.attention_records import LOCAL_TOKENS, METRICS, MetricsRecord
from visualizer.session.head_labels import (
    LABEL_NAMES,
    LABELLED,
    LEAST_EXCESS,
    LEAST_QUERIES,
    HeadLabel,
    earlier_occurrences,
    labels_of,
    uniform_metrics,
)

HALF = np.random.default_rng(0).permutation(50)[:20]
REPEATED = np.concatenate([HALF, HALF])
"""Twenty tokens, twice."""


def metrics(n_queries=None, **values):
    """Metrics of 1 x 2 heads, all 0 but those given as (first head, second head)."""
    numbers = {name: np.zeros((1, 2)) for name in METRICS}
    for name, pair in values.items():
        numbers[name.replace("_", " ")] = np.array([pair], dtype=float)
    counts = {**dict.fromkeys(METRICS, 39), "induction": 20, "duplicate token": 20}
    return MetricsRecord(1, 40, numbers, {**counts, **(n_queries or {})})


def names(record, ids=REPEATED):
    return {
        member: tuple(label.name for label in labels)
        for member, labels in labels_of(record, ids).items()
    }


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40).map(np.array))
def test_uniform_metrics_are_those_of_uniform_rows(ids):
    n = len(ids)
    values = {name: [] for name in METRICS}
    for query in range(n):
        row = np.full(query + 1, 1 / (query + 1))
        earlier = np.flatnonzero(ids[:query] == ids[query])
        assert earlier_occurrences(ids)[query] == len(earlier)
        values["entropy"].append(-np.sum(row * np.log2(row)))
        values["distance"].append(np.sum(row * (query - np.arange(query + 1))))
        if query >= 1:
            values["first token"].append(row[0])
            values["previous token"].append(row[query - 1])
            values["diagonal"].append(row[query])
        if len(earlier):
            values["duplicate token"].append(row[earlier].sum())
            values["induction"].append(row[earlier + 1].sum())
        if query >= LOCAL_TOKENS:
            values["local"].append(row[-LOCAL_TOKENS:].sum())
    uniform = uniform_metrics(ids)
    assert tuple(uniform) == METRICS
    for name, each in values.items():
        assert uniform[name] == pytest.approx(np.mean(each) if each else np.nan, nan_ok=True)


@pytest.mark.parametrize("name", LABEL_NAMES)
def test_a_label_takes_its_part_of_the_way_from_uniform_attention_to_all_weight(name):
    metric = LABELLED[name]
    chance = uniform_metrics(REPEATED)[metric]
    least = chance + LEAST_EXCESS[name] * (1 - chance)
    assert chance < least < 1
    record = metrics(**{metric.replace(" ", "_"): (least - 1e-9, least + 1e-9)})
    assert labels_of(record, REPEATED) == {(0, 1): (HeadLabel(name, least + 1e-9, chance),)}


def test_uniform_attention_earns_nothing_however_short_the_text():
    for n_tokens in (1, 2, 3, 9, 12, 40):
        ids = np.zeros(n_tokens, np.int64)  # every token repeats
        uniform = uniform_metrics(ids)
        values = {name: np.full((1, 2), uniform.get(name, 0.0)) for name in METRICS}
        record = MetricsRecord(1, n_tokens, values, dict.fromkeys(METRICS, n_tokens))
        assert labels_of(record, ids) == {}


def test_too_few_queries_earn_nothing():
    enough = metrics(induction=(0.9, 0.1), n_queries={"induction": LEAST_QUERIES})
    assert names(enough) == {(0, 0): ("induction",)}
    too_few = metrics(induction=(0.9, 0.1), n_queries={"induction": LEAST_QUERIES - 1})
    assert names(too_few) == {}


def test_scores_that_are_not_defined_earn_nothing():
    assert names(metrics(induction=(np.nan, 0.9))) == {(0, 1): ("induction",)}


def test_several_labels_come_plainest_first():
    record = metrics(first_token=(0.9, 0.6), previous_token=(0.0, 0.5), induction=(0.0, 0.5))
    assert names(record) == {(0, 0): ("sink",), (0, 1): ("previous token", "sink", "induction")}


def test_what_is_nearer_than_local_is_not_called_local_too():
    record = metrics(local=(0.99, 0.99), previous_token=(0.9, 0.1))
    assert names(record) == {(0, 0): ("previous token",), (0, 1): ("local",)}
    record = metrics(local=(0.99, 0.99), diagonal=(0.1, 0.9), first_token=(0.9, 0.1))
    assert names(record) == {(0, 0): ("sink", "local"), (0, 1): ("diagonal",)}
