"""Embeddings on their page: what is asked of the model, and what is shown of its answer."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ByteTokenizer
from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import InputRecord
from visualizer.ui.lessons.input_embeddings import N_NEIGHBOURS, ROW, EmbeddingsPane
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import DARK, LIGHT

MODEL = SimpleNamespace(name="bytes", tokenizer=ByteTokenizer())
WIDTH = 70


@pytest.fixture
def pane(qtbot: QtBot) -> EmbeddingsPane:
    pane = EmbeddingsPane(Microscope())
    qtbot.addWidget(pane)
    pane.resize(760, 620)
    pane.questions = []
    pane._microscope.asked.connect(pane.questions.append)
    pane.show()
    return pane


def open_model(pane: EmbeddingsPane) -> None:
    pane._microscope.set_model(MODEL)
    pane.set_active(True)


def answer(pane: EmbeddingsPane) -> InputRecord:
    question = pane.questions[-1]
    rng = np.random.default_rng(0)
    n = len(question.token_ids)
    record = InputRecord(
        0,
        question.token_ids,
        rng.normal(size=(n, WIDTH)).astype(np.float32),
        None,
        0,
        (),
        np.tile(np.arange(65, 65 + N_NEIGHBOURS), (n, 1)),
        np.sort(rng.uniform(-1, 1, (n, N_NEIGHBOURS)).astype(np.float32))[:, ::-1].copy(),
    )
    pane._microscope.answered.emit(question, record)
    return record


def test_without_a_model_it_says_so(pane):
    pane.set_active(True)
    assert "no model at hand" in pane.complaint.text()
    assert not pane.questions


def test_single_tokens_are_asked_for_and_longer_words_named(pane):
    open_model(pane)
    assert "None of these words" in pane.complaint.text()  # a byte each would be needed
    pane.look_at("a b cat b")
    assert pane.questions[-1].token_ids == (97, 98)
    assert pane.questions[-1].n_neighbours == N_NEIGHBOURS
    assert pane.left_out.text() == "Left out, as more than one token each: cat."
    assert pane.is_waiting


def test_vector_neighbours_and_map_are_those_of_the_chosen_word(pane):
    open_model(pane)
    pane.look_at("a b c", "b")
    record = answer(pane)
    assert not pane.is_waiting
    assert pane.word.currentText() == "b"
    for place, word in ((1, "b"), (2, "c")):
        pane.word.setCurrentText(word)
        values = pane.vector.matrix().values
        assert values.shape == (3, ROW)
        np.testing.assert_array_equal(values.ravel()[:WIDTH], record.embeddings[place])
        assert np.isnan(values.ravel()[WIDTH:]).all()
        neighbours = pane.neighbours.matrix()
        assert neighbours.row_labels == tuple("ABCDEFGHIJ")
        np.testing.assert_array_equal(neighbours.values[:, 0], record.similarities[place])
        assert pane.map.points().chosen == place
    assert pane.map.points().words == ("a", "b", "c")
    assert f"token {record.token_ids[2]}: {WIDTH} numbers" in pane.about.text()


def test_the_word_on_show_stays_when_words_are_added(pane):
    open_model(pane)
    pane.look_at("a b c", "c")
    answer(pane)
    pane.words.setText("a b c d")
    pane.look_up.click()
    answer(pane)
    assert pane.word.currentText() == "c"


@pytest.mark.parametrize("words", ["", "   ", " ".join("ab" * n for n in range(1, 60))])
def test_what_cannot_be_looked_up_is_said_and_the_old_stays(pane, words):
    open_model(pane)
    pane.look_at("a b")
    answer(pane)
    n_before = len(pane.questions)
    pane.look_at(words)
    assert pane.complaint.text()
    assert len(pane.questions) == n_before
    assert pane.map.points().words == ("a", "b")


def test_one_word_is_a_map_of_one_point(pane):
    open_model(pane)
    pane.look_at("a")
    answer(pane)
    assert not pane.grab().isNull()
    np.testing.assert_array_equal(pane.map.points().points, 0)


def test_an_error_is_said_and_another_models_answer_is_not_awaited(pane):
    open_model(pane)
    pane.look_at("a")
    pane._microscope.answered.emit(pane.questions[-1], VisualizerError("No."))
    assert pane.complaint.text() == "No."
    assert not pane.is_waiting


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_exhibit_has_the_vectors_and_paints_itself(pane, theme):
    assert pane.exhibit() is None
    open_model(pane)
    pane.look_at("a b c")
    record = answer(pane)
    exhibit = pane.exhibit()
    np.testing.assert_array_equal(exhibit.arrays["embeddings"], record.embeddings)
    assert [row[:2] for row in exhibit.rows] == [("a", 97), ("b", 98), ("c", 99)]
    image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    exhibit.paint(painter, QRectF(image.rect()), theme)
    painter.end()
    assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 2
