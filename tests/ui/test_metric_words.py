"""Names, sentences and numbers of what heads do."""

from __future__ import annotations

import math

import pytest

from visualizer.engine.attention_records import METRICS
from visualizer.session.head_labels import LABEL_NAMES, HeadLabel
from visualizer.ui.metric_words import (
    label_name,
    label_text,
    metric_name,
    metric_sentence,
    motif_sentence,
    number_text,
    score_text,
    score_unit,
    short_number,
    undefined_sentence,
)

SCORES = (*METRICS, "region", "alike")


@pytest.mark.parametrize("score", SCORES)
def test_every_score_has_its_words(score):
    assert metric_name(score)
    assert metric_sentence(score).endswith(".")
    assert "{" not in metric_sentence(score)
    assert "not defined" in undefined_sentence(score)
    assert "{" not in undefined_sentence(score)


def test_names_differ():
    assert len({metric_name(score) for score in SCORES}) == len(SCORES)
    assert len({motif_sentence(metric) for metric in METRICS}) == len(METRICS)
    assert len({label_name(name) for name in LABEL_NAMES}) == len(LABEL_NAMES)


@pytest.mark.parametrize(
    ("score", "value", "text", "short"),
    [
        ("previous token", 0.8312, "83.1 %", "83"),
        ("induction", 0.0, "0.0 %", "0"),
        ("first token", 1.0, "100.0 %", "100"),
        ("region", 0.005, "0.5 %", "0"),
        ("entropy", 2.128, "2.13 bits", "2.1"),
        ("entropy", 12.04, "12.04 bits", "12"),
        ("distance", 9.96, "10.0 tokens", "10"),
        ("distance", 1234.56, "1234.6 tokens", "1235"),
        ("alike", 0.834, "0.83", ".83"),
        ("alike", 1.0, "1.00", "1.00"),
        ("local", math.nan, "\N{EN DASH}", ""),
    ],
)
def test_numbers_have_the_digits_and_units_that_mean_something(score, value, text, short):
    assert score_text(score, value) == text
    assert short_number(score, value) == short


def test_units():
    assert [score_unit(score) for score in ("entropy", "distance", "alike", "region", "local")] == [
        "bits",
        "tokens",
        "cosine",
        "share",
        "share",
    ]
    assert number_text("local", 0.5) == "50.0"


def test_a_label_names_the_score_that_earned_it():
    assert label_text(HeadLabel("previous token", 0.834, 0.1)) == "previous-token head, 0.83"
