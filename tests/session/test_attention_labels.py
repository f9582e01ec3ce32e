"""Labels reach the overview and the head on show, of the text at hand only."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.engine.records import HeadRecord, OverviewRecord
from visualizer.engine.tokenization import Tokenization
from visualizer.session.attention_facts import AttentionFacts
from visualizer.session.attention_views import head_view, overview_view
from visualizer.session.state import OverviewDisplay, ViewState

N_TOKENS = 20
MODEL = SimpleNamespace(
    name="made up",
    n_layers=1,
    n_heads=2,
    layer_heads=(2,),
    n_key_value_heads=1,
    weights_sha256="",
    dtype="float32",
    device="cpu",
    source="made-up",
    architecture="llama",
    tokenizer=SimpleNamespace(name="letters", special_ids=frozenset(), vocabulary_size=26),
)


def text():
    offsets = np.arange(N_TOKENS, dtype=np.int64)
    letters = "abcdefghijklmnopqrst"
    pieces = tuple(letter.encode() for letter in letters)
    return Tokenization(letters, offsets.copy(), pieces, offsets, offsets + 1, 0, "letters")


def facts_of(tokenization):
    values = {name: np.zeros((1, 2)) for name in METRICS}
    values["previous token"] = np.array([[0.1, 0.8]])
    thumbnails = np.zeros((1, 2, N_TOKENS, N_TOKENS), np.float32)
    return AttentionFacts(
        overview=OverviewRecord(1, N_TOKENS, 1, thumbnails),
        overview_of=tokenization,
        metrics=MetricsRecord(1, N_TOKENS, values, dict.fromkeys(METRICS, N_TOKENS - 1)),
        metrics_of=tokenization,
    )


def head_record(head, members=()):
    weights = np.eye(N_TOKENS, dtype=np.float32)
    whole = (0, N_TOKENS)
    return HeadRecord(1, 0, head, N_TOKENS, whole, whole, 1, weights, members=members)


def test_labels_of_the_text_at_hand_are_on_show():
    tokenization = text()
    facts = facts_of(tokenization)
    overview = overview_view(ViewState(), MODEL, facts)
    assert {head: [one.name for one in labels] for head, labels in overview.labels.items()} == {
        (0, 1): ["previous token"]
    }
    (label,) = head_view(ViewState(head=1), MODEL, tokenization, head_record(1), facts).labels
    assert (label.name, label.score) == ("previous token", 0.8)
    assert label.uniform == pytest.approx(np.mean(1 / np.arange(2, N_TOKENS + 1)))
    assert head_view(ViewState(), MODEL, tokenization, head_record(0), facts).labels == ()


def test_labels_of_an_older_text_are_not():
    facts = facts_of(text())
    facts.overview_of = now = text()
    assert overview_view(ViewState(), MODEL, facts).labels == {}
    assert head_view(ViewState(head=1), MODEL, now, head_record(1), facts).labels == ()
    facts.metrics = facts.metrics_of = None
    assert head_view(ViewState(head=1), MODEL, now, head_record(1), facts).labels == ()


def test_a_mean_over_heads_has_no_label():
    tokenization = text()
    facts = facts_of(tokenization)
    for record in (head_record("mean"), head_record(1, members=((0, 0), (0, 1)))):
        assert head_view(ViewState(head=1), MODEL, tokenization, record, facts).labels == ()


def test_labels_are_found_once_for_each_answer():
    facts = facts_of(text())
    assert facts.labels() is facts.labels()
    before = facts.labels()
    values = {name: np.ones((1, 2)) for name in METRICS}
    facts.metrics = MetricsRecord(2, N_TOKENS, values, dict.fromkeys(METRICS, N_TOKENS - 1))
    assert facts.labels() != before


def test_a_ranking_begins_with_the_lowest_where_asked_for():
    facts = facts_of(text())
    state = ViewState(overview=OverviewDisplay(order="previous token", ascending=True))
    assert overview_view(state, MODEL, facts).ranking == ((0, 0), (0, 1))
