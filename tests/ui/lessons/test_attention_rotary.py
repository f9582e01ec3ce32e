"""Rotary embedding in lesson 6: the model's own beside a formula."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import InputRecord, InputRequest, Rotary
from visualizer.ui.lessons.attention_page import AttentionPage
from visualizer.ui.lessons.microscope import Microscope

MODEL = SimpleNamespace(n_layers=2, n_heads=2, name="tiny")


@pytest.fixture
def page(qtbot):
    page = AttentionPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    assert page.shutdown(2000)


@pytest.fixture
def asked(page):
    """The page beside a model; what it asks of the input side."""
    questions = []

    def take(question):
        if isinstance(question, InputRequest):
            questions.append(question)

    page.microscope.asked.connect(take)
    page.microscope.set_model(MODEL)
    page.set_active(True)
    return questions


def record(rotary=()):
    return InputRecord(1, (), np.zeros((0, 8), np.float32), None, 0, rotary)


def test_the_formula_stands_alone_before_a_model_is_asked(page):
    (series,) = page.rotary.rates.chart().series
    np.testing.assert_allclose(series.y, [10000 ** (-2 * i / 64) for i in range(32)])
    assert "formula alone" in page.rotary.about.text()
    page.rotary.width_.setValue(8)
    page.rotary.base.setValue(100)
    (series,) = page.rotary.scores.chart().series
    rates = [100 ** (-2 * i / 8) for i in range(4)]
    expected = [np.mean([math.cos(d * rate) for rate in rates]) for d in range(256)]
    np.testing.assert_allclose(series.y, expected, atol=1e-12)
    page.reset()
    assert page.rotary.base.value() == 10_000


def test_the_models_own_rotation_is_drawn_beside_it(page, asked):
    assert asked == []
    page.follow("try:rotary")
    assert asked == [InputRequest(0)]
    assert page.is_busy()
    fast, slow = np.array([1.0, 0.5]), np.array([1.0, 0.01])
    kinds = (Rotary("sliding", 10.0, fast), Rotary("full", 1e4, slow))
    page.microscope.take_answer(asked[0], record(kinds))
    assert not page.is_busy()
    own, comparison = page.rotary.rates.chart().series
    np.testing.assert_array_equal(own.y, slow)
    assert own.name == "tiny"
    assert page.rotary.width_.value() == 4
    np.testing.assert_allclose(comparison.y, [1, 0.01])
    page.rotary.rates.x_hovered.emit(1.0)
    assert "0.01 radians" in page.rotary.pair.text()
    assert "628.3 tokens" in page.rotary.pair.text()
    assert {"rotary-turns", "rotary-scores"} <= {each.key for each in page.exhibits()}


def test_a_model_without_rotation_is_said_and_another_is_asked_again(page, asked):
    page.follow("try:rotary")
    page.microscope.take_answer(asked[0], record())
    assert "tiny has no rotary embedding" in page.rotary.about.text()
    page.microscope.set_model(MODEL)
    assert len(asked) == 2
    page.microscope.take_answer(asked[1], VisualizerError("No model is loaded."))
    assert page.rotary.complaint.text() == "No model is loaded."
    assert not page.is_busy()
