"""Lesson 0 in the whole window, on the bundled model: its numbers, and the way through it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from transformers import AutoModelForCausalLM, AutoTokenizer

from visualizer.app import App
from visualizer.lessons.prose import read_lesson
from visualizer.locations import bundled_path
from visualizer.session.options import WindowOptions
from visualizer.ui.lessons.walk_page import WalkPage
from visualizer.ui.lessons.walk_stations import LESSONS, STATIONS, station_names

TEXT = "Once upon a time there was a little"
WAIT = {"timeout": 30_000}


@pytest.fixture
def app(qtbot: QtBot, qapp: QApplication, tmp_path, monkeypatch) -> Iterator[App]:
    """The window on the bundled model itself, with the lesson open."""
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    before = qapp.palette(), qapp.font(), qapp.style().name()
    app = App(qapp, WindowOptions(model="tiny", prompt=TEXT, lesson="walk", size=(1280, 800)))
    app.show()
    yield app
    app.window.close()
    assert app.shutdown()
    app.window.deleteLater()
    app.deleteLater()
    qapp.setPalette(before[0])
    qapp.setFont(before[1])
    qapp.setStyle(before[2])


@pytest.fixture
def page(qtbot: QtBot, app: App) -> WalkPage:
    page = app.window.lesson_panel.page
    assert isinstance(page, WalkPage)
    settle(qtbot, page, TEXT)
    return page


def settle(qtbot: QtBot, page: WalkPage, text: str) -> None:
    def is_known() -> bool:
        facts = page.facts
        known = (facts.tokens, facts.residuals, facts.head, facts.bars)
        return all(each is not None for each in known) and facts.tokens.text == text

    qtbot.waitUntil(is_known, **WAIT)


@pytest.fixture(scope="module")
def reference():
    folder = bundled_path("models", "tiny")
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    ids = torch.tensor([AutoTokenizer.from_pretrained(folder)(TEXT)["input_ids"]])
    with torch.no_grad():
        return ids[0], model(ids, output_hidden_states=True, output_attentions=True)


def test_every_station_has_the_numbers_of_transformers(page, reference):
    ids, outputs = reference
    facts = page.facts
    assert facts.tokens.ids.tolist() == ids.tolist()
    page.show_station("vectors")
    shown = page.view.matrix.matrix().values
    expected = outputs.hidden_states[0][0].numpy()
    np.testing.assert_allclose(shown, expected[:, : shown.shape[1]], atol=1e-5)
    page.show_station("attention")
    weights = outputs.attentions[facts.head.layer][0, facts.head.head].numpy()
    n = len(facts.head.pieces)
    np.testing.assert_allclose(page.view.matrix.matrix().values, weights[-n:, -n:], atol=1e-5)
    page.show_station("blocks")
    last = outputs.hidden_states[-2][0, -1].numpy()
    assert np.linalg.norm(facts.residuals.stream[-3, -1] - last) < 1e-3
    logits = outputs.logits[0, -1]
    top = logits.topk(10)
    page.show_station("logits")
    np.testing.assert_allclose(page.view.matrix.matrix().values[:, 0], top.values, atol=1e-3)
    page.show_station("softmax")
    probabilities = logits.softmax(-1).topk(10).values
    np.testing.assert_allclose(page.view.matrix.matrix().values[:, 2], probabilities, atol=1e-5)
    page.show_station("next")
    assert facts.bars.candidates[0].token_id == int(top.indices[0])
    assert facts.bars.candidates[0].text in page.view.words.text()


def test_every_station_says_something_and_leads_on(page, qtbot):
    names = station_names()
    assert set(names) == set(STATIONS) == set(LESSONS)
    wished = []
    page.lesson_wished.disconnect()
    page.lesson_wished.connect(wished.append)
    for station in STATIONS:
        page.show_station(station)
        assert page.view.words.text()
        assert page.station == station
        qtbot.mouseClick(page.lesson, Qt.MouseButton.LeftButton)
    assert wished == [LESSONS[station] for station in STATIONS]


def test_its_lesson_is_opened_in_the_panel(page, app, qtbot):
    page.show_station("vectors")
    page.lesson.click()
    assert app.window.lesson_panel.lesson.key == "input"


def test_step_back_and_the_strip(page, qtbot):
    assert page.station == "text"
    assert not page.back.isEnabled()
    for station in STATIONS[1:]:
        page.step.click()
        assert page.station == station
        assert page.stations[station].isChecked()
    assert not page.step.isEnabled()
    assert page.append.isVisible()
    page.back.click()
    assert page.station == STATIONS[-2]
    assert not page.append.isVisible()
    page.stations["ids"].click()
    assert page.station == "ids"


def test_playing_goes_to_the_end_and_a_step_ends_it(page, qtbot):
    page._timer.setInterval(5)
    page.play.click()
    assert page.play.text() == "Pause"
    qtbot.waitUntil(lambda: page.station == STATIONS[-1], **WAIT)
    assert not page.is_playing
    page.play.click()
    assert page.station == STATIONS[0]
    assert page.is_playing
    page.step.click()
    assert not page.is_playing
    page.set_playing(True)
    page.set_active(False)
    assert not page.is_playing


@pytest.mark.parametrize("text", ["T", "木 木 👍🏽", "Mia " * 30])
def test_other_texts_are_walked_through_too(page, qtbot, text):
    page.text.setText(text)
    page.run.click()
    settle(qtbot, page, text)
    for station in STATIONS:
        page.show_station(station)
        assert page.view.words.text()
    assert page.complaint.isHidden()


def test_a_text_that_is_too_long_says_so_and_shows_the_rest(page, qtbot):
    page.text.setText("Mia lived in the forest. " * 20)
    page.run.click()
    qtbot.waitUntil(lambda: "up to 64 tokens" in page.complaint.text(), **WAIT)
    qtbot.waitUntil(lambda: page.facts.bars is not None, **WAIT)
    page.show_station("vectors")
    assert page.view.words.text() == ""
    page.show_station("softmax")
    assert page.view.words.text()


def test_without_a_text_there_is_a_sentence(page, qtbot, app):
    page.text.setText("")
    page.run.click()
    qtbot.waitUntil(lambda: page.facts.tokens is None, **WAIT)
    assert page.complaint.text()
    for station in STATIONS:
        page.show_station(station)


def test_a_token_can_be_appended_and_it_goes_round_again(page, qtbot):
    page.show_station("next")
    before = len(page.facts.tokens)
    page.append.click()
    qtbot.waitUntil(
        lambda: page.facts.tokens is not None and len(page.facts.tokens) == before + 1, **WAIT
    )


def test_the_answers_are_those_of_the_model(page, reference):
    _, outputs = reference
    assert page.answer("width").value == outputs.hidden_states[0].shape[-1]
    p = float(outputs.logits[0, -1].softmax(-1).max())
    assert page.answer("likeliest").value == pytest.approx(p, abs=1e-5)
    assert page.answer("context").value == 2
    for question in read_lesson("walk").questions:
        page.follow(question.show)
        assert question.hint.format_map(page.answer(question.key).numbers)


def test_what_a_station_shows_can_be_exported(page):
    page.show_station("text")
    assert page.exhibits() == []
    for station in ("vectors", "attention", "blocks", "logits", "softmax"):
        page.show_station(station)
        (exhibit,) = page.exhibits()
        assert exhibit.rows
        assert exhibit.arrays


def test_reset_goes_back_to_the_beginning(page):
    page.follow("try:play")
    page.show_station("softmax")
    page.reset()
    assert page.station == STATIONS[0]
    assert not page.is_playing
