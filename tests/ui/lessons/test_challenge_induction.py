"""The head to find: judged by the weights of the model on the very words."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from transformers import AutoModelForCausalLM, AutoTokenizer

from visualizer.app import App
from visualizer.engine.errors import VisualizerError
from visualizer.locations import bundled_path
from visualizer.session.options import WindowOptions
from visualizer.session.views import Unavailable
from visualizer.ui.lessons.challenge_induction import (
    LEAST_SCORE,
    InductionPane,
    words_twice,
)
from visualizer.ui.lessons.challenge_page import ChallengePage
from visualizer.ui.lessons.microscope import Microscope

WAIT = {"timeout": 30_000}


def test_the_words_come_twice_and_no_two_texts_are_alike():
    texts = [words_twice(seed).split() for seed in range(20)]
    assert len({tuple(text) for text in texts}) == 20
    for text in texts:
        assert len(text) == 11
        assert text[:5] == text[6:]
        assert len(set(text)) == 6


@pytest.fixture
def page(qtbot: QtBot, qapp, tmp_path, monkeypatch):
    """The lesson in the whole window, on the bundled model itself."""
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    before = qapp.palette(), qapp.font(), qapp.style().name()
    app = App(qapp, WindowOptions(model="tiny", prompt="ab", lesson="challenge", size=(1280, 800)))
    app.show()
    qtbot.waitUntil(lambda: app.controller.model is not None, **WAIT)
    page = app.window.lesson_panel.page
    assert isinstance(page, ChallengePage)
    page.follow("try:induction")
    yield page
    app.window.close()
    assert app.shutdown()
    app.window.deleteLater()
    app.deleteLater()
    qapp.setPalette(before[0])
    qapp.setFont(before[1])
    qapp.setStyle(before[2])


def induction_scores(text: str) -> np.ndarray:
    """(L, H) mean weight on the tokens that follow an earlier occurrence of the query's token."""
    folder = bundled_path("models", "tiny")
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ids = AutoTokenizer.from_pretrained(folder)(text)["input_ids"]
    with torch.no_grad():
        out = model(torch.tensor([ids]), output_attentions=True)
    weights = torch.stack(out.attentions)[:, 0].numpy()  # (L, H, T, T)
    found = []
    for query in range(len(ids)):
        keys = [k for k in range(1, query + 1) if ids[k - 1] == ids[query] and k - 1 < query]
        if keys:
            found.append(weights[:, :, query, keys].sum(axis=-1))
    return np.mean(found, axis=0)


def read(qtbot, pane):
    pane.run.click()
    qtbot.waitUntil(lambda: pane.scores() is not None, **WAIT)


def test_heads_are_judged_by_the_weights_of_the_model(page, qtbot):
    pane = page.induction
    assert pane.scores() is None
    assert not pane.check.isEnabled()
    read(qtbot, pane)
    expected = induction_scores(pane.text.raw_text())
    np.testing.assert_allclose(pane.scores(), expected, atol=1e-4)
    member, score = pane.best()
    assert score == pytest.approx(expected.max(), abs=1e-4)
    if score < LEAST_SCORE:
        assert "No head of tiny does it" in pane.status.text()
        assert not pane.check.isEnabled()
        return
    worst = np.unravel_index(int(np.argmin(expected)), expected.shape)
    pane.layer.setValue(int(worst[0]))
    pane.head.setValue(int(worst[1]))
    pane.check.click()
    assert pane.verdict.text().startswith("✗")
    pane.layer.setValue(member[0])
    pane.head.setValue(member[1])
    pane.check.click()
    assert pane.verdict.text().startswith("✓")


def test_other_words_ask_for_another_reading(page, qtbot):
    pane = page.induction
    read(qtbot, pane)
    pane.again.click()
    assert pane.text.raw_text() == words_twice(1)
    assert pane.scores() is None
    assert "has not read these words" in pane.status.text()
    read(qtbot, pane)
    page.reset()
    assert pane.text.raw_text() == words_twice(0)


class Overview:
    """An overview with scores of its own."""


@pytest.fixture
def fake(qtbot, monkeypatch):
    """A pane whose scores are given."""
    pane = InductionPane(Microscope())
    qtbot.addWidget(pane)
    scores = np.array([[0.1, 0.9], [0.75, np.nan]])
    monkeypatch.setattr(pane, "scores", lambda: scores)
    return pane, scores


def test_a_head_that_does_it_nearly_as_well_counts_too(fake):
    pane, _ = fake
    assert pane.best() == ((0, 1), 0.9)
    assert pane.is_found((0, 1))
    assert pane.is_found((1, 0))
    assert not pane.is_found((0, 0))
    assert not pane.is_found((1, 1))


def test_where_no_head_does_it_nothing_is_found(fake, monkeypatch):
    pane, _ = fake
    weak = np.full((2, 2), LEAST_SCORE - 0.01)
    monkeypatch.setattr(pane, "scores", lambda: weak)
    assert not pane.is_found((0, 0))
    monkeypatch.setattr(pane, "scores", lambda: np.full((2, 2), np.nan))
    assert pane.best() is None


def test_show_me_selects_the_best_head_in_the_main_panels(fake):
    pane, _ = fake
    wished = []
    pane._microscope.head_wished.connect(lambda *head: wished.append(head))
    pane.layer.setRange(0, 5)
    pane.head.setRange(0, 5)
    pane._on_show_clicked()
    assert wished == [(0, 1)]
    assert (pane.layer.value(), pane.head.value()) == (0, 1)
    assert "90%" in pane.verdict.text()


def test_without_a_model_and_with_an_error_it_says_so(qtbot):
    pane = InductionPane(Microscope())
    qtbot.addWidget(pane)
    assert "no model at hand" in pane.complaint.text()
    pane._microscope.set_model(SimpleNamespace(n_layers=2, n_heads=2, name="m"))
    pane._microscope.set_overview(Unavailable(VisualizerError("Nothing.")))
    assert pane.complaint.text() == "Nothing."
