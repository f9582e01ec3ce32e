"""The lesson on the input: sinusoids, word order, real positions and meanings, by plain NumPy."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from tests.ui.conftest import ByteTokenizer
from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import (
    InputRecord,
    InputRequest,
    ResidualRecord,
    ResidualRequest,
    Residuals,
)
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.learned_positions import bundled_positions
from visualizer.lessons.prose import read_lesson
from visualizer.ui.lessons.input_meaning import SENTENCES
from visualizer.ui.lessons.input_page import InputPage
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
MODEL = SimpleNamespace(n_layers=2, n_heads=2, name="tiny", tokenizer=ByteTokenizer())


@pytest.fixture
def page(qtbot):
    page = InputPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


@pytest.fixture
def asked(page):
    """The page beside a model; what it asks."""
    questions = []
    page.microscope.asked.connect(questions.append)
    page.microscope.set_model(MODEL)
    page.set_active(True)
    return questions


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.sinusoids.shown is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not any(task.is_running for task in page._tasks), timeout=20_000)


def encoding(length, width):
    table = np.empty((length, width))
    for position in range(length):
        for channel in range(width):
            angle = position / 10000 ** (2 * (channel // 2) / width)
            table[position, channel] = math.sin(angle) if channel % 2 == 0 else math.cos(angle)
    return table


# ---------------------------------------------------------------------------------- sinusoids


def test_the_map_is_the_formula(page):
    np.testing.assert_allclose(page.sinusoids.map.matrix().values, encoding(64, 64), atol=1e-12)
    assert page.minimumSizeHint().width() <= 900


@pytest.mark.parametrize(("length", "width"), [(1, 1), (5, 3), (100, 20)])
def test_any_length_and_width(qtbot, page, length, width):
    page.sinusoids.length.setValue(length)
    page.sinusoids.width_.setValue(width)
    settle(qtbot, page)
    table = encoding(length, width)
    np.testing.assert_allclose(page.sinusoids.map.matrix().values, table, atol=1e-12)
    (mean, *rest) = page.sinusoids.by_distance.chart().series
    products = table @ table.T
    expected = [np.diagonal(products, d).mean() for d in range(length)]
    np.testing.assert_allclose(mean.y, expected, atol=1e-9)
    assert bool(rest) == (width % 2 == 1 and length > 1)  # of an odd width it is not one curve


def test_a_row_that_is_pointed_at_is_compared_with_all_others(page):
    page.sinusoids.map.cell_hovered.emit(10, 4)
    table = encoding(64, 64)
    series = page.sinusoids.from_position.chart().series[0]
    np.testing.assert_allclose(series.y, table @ table[10], atol=1e-9)
    assert page.sinusoids.from_position.chart().marks == ((10.0, "p = 10"),)
    value = f"{table[10, 4]:.4f}".replace("-", "−")
    assert page.sinusoids.arithmetic.text() == f"PE(10, 4) = sin(10 / 10000^(4/64)) = {value}"
    page.sinusoids.map.cell_selected.emit(3, 7)
    assert page.sinusoids.arithmetic.text().startswith("PE(3, 7) = cos(3 / 10000^(6/64))")


def test_a_position_that_is_chosen_in_the_chart_is_shown_in_the_map(page):
    page.sinusoids.from_position.x_selected.emit(30.0)
    assert page.sinusoids.position == 30


def test_a_shorter_table_keeps_a_position_within_it(qtbot, page):
    page.sinusoids.look_at(60)
    page.sinusoids.length.setValue(8)
    settle(qtbot, page)
    assert page.sinusoids.position == 7


# -------------------------------------------------------------------------------------- order


def values(page, key):
    return page.order.views[key].matrix().values


def test_without_positions_shuffling_changes_nothing_but_rounding(page):
    assert np.abs(values(page, "difference")).max() < 1e-14
    np.testing.assert_array_equal(values(page, "x"), values(page, "embeddings"))
    words = page.order.shuffled.text().partition(": ")[2].split()
    assert words != page.order.sentence.text().split()
    assert sorted(words) == sorted(page.order.sentence.text().split())


def test_with_positions_it_changes_a_great_deal(page):
    page.order.with_positions.click()
    np.testing.assert_allclose(values(page, "positions"), encoding(5, 6), atol=1e-12)
    np.testing.assert_allclose(values(page, "x"), values(page, "embeddings") + encoding(5, 6))
    largest = np.abs(values(page, "after") - values(page, "before")).max()
    assert largest > 0.1
    assert f"{largest:.3f}" in page.order.with_them.text()
    assert re.search(r"10⁻¹[⁵⁶⁷]|\b0\.$", page.order.without.text())


def test_shuffling_again_gives_another_order_of_the_same_vectors(page):
    before, order = values(page, "embeddings").copy(), page.order.shuffled.text()
    for _ in range(3):
        page.order.shuffle.click()
    np.testing.assert_array_equal(values(page, "embeddings"), before)
    assert page.order.shuffled.text() != order


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "at least two words"), ("alone", "at least two"), ("a b c d e f g h", "has 8 words")],
)
def test_sentences_without_an_order_are_refused_and_the_old_numbers_stay(page, text, words):
    before = values(page, "before")
    page.order.sentence.setText(text)
    assert words in page.order.complaint.text()
    assert values(page, "before") is before
    page.order.sentence.setText("one two")
    assert page.order.complaint.isHidden()
    assert len(values(page, "before")) == 2


# ---------------------------------------------------------------------------- real positions


def input_record(positions=None):
    n = 0 if positions is None else len(positions)
    return InputRecord(1, (), np.zeros((0, 8), np.float32), positions, n, ())


def test_without_a_models_own_the_bundled_positions_are_drawn(page, asked):
    assert page.learned.table is None  # nothing is read out of sight
    page.follow("try:learned")
    assert asked == [InputRequest(0)]
    assert page.is_busy()
    np.testing.assert_array_equal(page.learned.table, bundled_positions())
    page.microscope.take_answer(asked[0], input_record())
    assert not page.is_busy()
    assert "tiny has none. 63 positions that a small GPT-2" in page.learned.about.text()
    np.testing.assert_array_equal(page.learned.table, bundled_positions())


def test_learned_positions_of_the_model_are_drawn_and_compared(page, asked):
    page.follow("try:learned")
    table = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    page.microscope.take_answer(asked[0], input_record(table))
    np.testing.assert_array_equal(page.learned.map.matrix().values, table[:256])
    assert "tiny has learned 300 positions; the first 256" in page.learned.about.text()
    page.learned.map.cell_hovered.emit(7, 0)
    series = page.learned.likeness.chart().series[0]
    a = table[:256].astype(np.float64)
    cosines = a @ a[7] / np.linalg.norm(a, axis=1) / np.linalg.norm(a[7])
    np.testing.assert_allclose(series.y, cosines, atol=1e-12)


def test_another_model_is_asked_again_and_a_failure_is_said(page, asked):
    page.follow("try:learned")
    page.microscope.take_answer(asked[0], input_record())
    page.microscope.set_model(MODEL)
    assert len(asked) == 2
    page.microscope.take_answer(asked[1], VisualizerError("No model is loaded."))
    assert page.learned.complaint.text() == "No model is loaded."
    assert not page.is_busy()


# ----------------------------------------------------------------------------------- meaning


def residuals(text, seed):
    """One token a word; every vector random but for the same word, which begins the same."""
    pieces = re.findall(r" ?\S+", text)
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = np.concatenate([[0], ends[:-1]])
    ids = np.array([sum(piece.strip().lower().encode()) for piece in pieces])
    cut = Tokenization(text, ids, tuple(p.encode() for p in pieces), starts, ends, 0, "test")
    rng = np.random.default_rng(seed)
    stream = rng.normal(size=(4, len(pieces), 5)).astype(np.float32)
    stream[0] = [np.random.default_rng(int(i)).normal(size=5) for i in ids]
    return Residuals(cut, stream)


def answered(page, question):
    texts = tuple(residuals(text, seed) for seed, text in enumerate(question.texts))
    page.microscope.take_answer(question, ResidualRecord(1, texts))
    return texts


def cosine(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_the_model_is_asked_when_the_experiment_comes_into_sight(page, asked):
    assert asked == []
    page.follow("try:apple")
    assert asked == [ResidualRequest(0, SENTENCES)]
    one, two, three = answered(page, asked[0])
    same, other, control = page.meaning.chart.chart().series
    np.testing.assert_allclose(other.y, cosine(one.stream[:, 6], two.stream[:, 7]), atol=1e-12)
    np.testing.assert_allclose(same.y, cosine(one.stream[:, 6], three.stream[:, 7]), atol=1e-12)
    np.testing.assert_allclose(control.y, cosine(one.stream[:, 4], two.stream[:, 2]), atol=1e-12)
    assert other.y[0] == pytest.approx(1)
    assert "one vector" in page.meaning.note.text()
    assert page.answer("apple").value == pytest.approx(1)
    page.follow("try:sinusoids")
    page.follow("try:apple")
    assert len(asked) == 1  # nothing has changed


def test_other_sentences_and_words_are_compared_on_enter(qtbot, page, asked):
    page.follow("try:apple")
    answered(page, asked[0])
    page.meaning.word.setText("bank")
    page.meaning.control.setText("")
    for edit, text in zip(
        page.meaning.sentences, ("the river bank", "the rich Bank lent", "a bank"), strict=True
    ):
        edit.setText(text)
    qtbot.keyClick(page.meaning.word, Qt.Key.Key_Return)
    assert asked[1].texts == ("the river bank", "the rich Bank lent", "a bank")
    answered(page, asked[1])
    assert len(page.meaning.chart.chart().series) == 2
    assert page.meaning.shown.places == (2, 2, 1)
    page.meaning.compare.click()
    assert len(asked) == 3


def test_a_word_that_is_missing_is_named_and_the_old_chart_stays(page, asked):
    page.follow("try:apple")
    answered(page, asked[0])
    chart = page.meaning.chart.chart()
    page.meaning.word.setText("pear")
    page.meaning.compare.click()
    answered(page, asked[1])
    assert "“pear” is not in" in page.meaning.complaint.text()
    assert page.meaning.chart.chart() is chart
    assert page.meaning.chart.graphicsEffect() is not None, "it is not of these words"
    assert page.meaning.note.text() == ""


def test_different_tokens_are_pointed_out(page, asked):
    page.follow("try:apple")
    one, two, three = (residuals(text, 0) for text in SENTENCES)
    ids = two.tokenization.ids.copy()
    ids[-1] = 1
    kept = {name: getattr(two.tokenization, name) for name in ("pieces", "starts", "ends")}
    other = Tokenization(two.tokenization.text, ids, **kept, n_added=0, encoding="test")
    texts = (one, Residuals(other, two.stream.copy()), three)
    page.microscope.take_answer(asked[0], ResidualRecord(1, texts))
    assert "Not the same token" in page.meaning.note.text()


def test_what_the_model_cannot_do_is_said(page, asked):
    page.follow("try:apple")
    page.microscope.take_answer(asked[0], VisualizerError("It has 99 tokens: shorten it."))
    assert page.meaning.complaint.text() == "It has 99 tokens: shorten it."
    assert not page.is_busy()
    assert page.answer("apple") is None


def test_without_a_model_it_says_so(page):
    page.set_active(True)
    page.follow("try:apple")
    assert "no model at hand" in page.meaning.complaint.text()


# -------------------------------------------------------------------------- what a page offers


def test_answers(page):
    assert page.answer("same-place").value == pytest.approx(32)
    assert page.answer("shuffled").value == 0
    assert page.answer("far").value == 0
    assert page.answer("nonsense") is None
    keys = {question.key for question in read_lesson("input").questions}
    assert keys == {"same-place", "shuffled", "far", "apple"}


def test_every_link_of_both_texts_leads_somewhere(qtbot, page, asked):
    prompts = []
    page.microscope.prompt_wished.connect(prompts.append)
    links = [LINK.findall(s.text) for s in read_lesson("input").sections]
    assert links == [LINK.findall(s.text) for s in read_lesson("input", "zh_CN").sections]
    for target in [target for each in links for target in each]:
        page.follow(target)
    assert prompts == [SENTENCES[0], SENTENCES[1]]
    assert page.order.with_positions.isChecked()
    settle(qtbot, page)
    assert page.sinusoids.map.matrix().values.shape == (256, 128)


def test_reset_puts_everything_back(qtbot, page, asked):
    page.follow("try:wide")
    page.follow("try:positions")
    page.order.sentence.setText("x y")
    page.meaning.word.setText("pear")
    page.reset()
    settle(qtbot, page)
    assert page.sinusoids.map.matrix().values.shape == (64, 64)
    assert page.order.words == ("the", "dog", "bites", "the", "man")
    assert not page.order.with_positions.isChecked()
    assert page.meaning.word.text() == "apple"


def test_both_languages_have_the_same_structure():
    english, chinese = read_lesson("input"), read_lesson("input", "zh_CN")
    assert english.title != chinese.title
    assert [q.key for q in english.questions] == [q.key for q in chinese.questions]
    assert [len(q.choices) for q in english.questions] == [
        len(q.choices) for q in chinese.questions
    ]
    assert len(english.sections) == len(chinese.sections)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_exhibits_have_the_numbers_and_paint_themselves(page, asked, theme):
    page.follow("try:learned")
    table = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    page.microscope.take_answer(asked[-1], input_record(table))
    page.follow("try:apple")
    answered(page, asked[-1])
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert set(exhibits) == {
        "sinusoids", "distance", "order", "learned-positions", "apple",
    }  # fmt: skip
    np.testing.assert_allclose(exhibits["sinusoids"].arrays["positions"], encoding(64, 64))
    assert len(exhibits["sinusoids"].rows) == 64
    assert exhibits["distance"].rows[0][1] == pytest.approx(32)
    assert len(exhibits["order"].rows) == 2 * 5 * 6
    np.testing.assert_array_equal(exhibits["learned-positions"].arrays["positions"], table)
    assert len(exhibits["apple"].rows) == 3 * 4
    for exhibit in exhibits.values():
        assert len(exhibit.columns) == len(exhibit.rows[0])
        image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        exhibit.paint(painter, QRectF(image.rect()), theme)
        painter.end()
        assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 20
