"""The lesson on the table of pairs: its numbers against plain counting, and what one can do."""

from __future__ import annotations

import os
import re
from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QFileDialog

from visualizer.lessons.bigram import bigram_probabilities, count_bigrams, walk
from visualizer.lessons.prose import read_lesson
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.sentence_pane import MOST_TYPED
from visualizer.ui.lessons.table_page import MODEL_PROMPT, TablePage
from visualizer.ui.lessons.table_view import MOST_SHOWN
from visualizer.ui.lessons.walk_pane import MOST_WORDS
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
MANY = " ".join(f"w{i % 7} x{i % 20}" for i in range(140)) + "."


@pytest.fixture(autouse=True)
def _one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def page(qtbot):
    page = TablePage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    page.walk.stop()
    assert page.shutdown(5000)


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=30_000)


def learn(qtbot, page, rate="0.1", steps=400):
    page.learning.steps.setValue(steps)
    page.learning.rate.setText(rate)
    qtbot.mouseClick(page.learning.learn, Qt.MouseButton.LeftButton)
    settle(qtbot, page)


def open_file(qtbot, page, path):
    page.source.open.file_chosen.emit(str(path))
    settle(qtbot, page)


def painted(exhibit, theme):
    image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    exhibit.paint(painter, QRectF(image.rect()), theme)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8)
    return len(np.unique(pixels)) > 2


# ---------------------------------------------------------------------------------- the table


def test_it_begins_with_the_tutorials_table(page):
    assert page.counts.matrix().row_labels == ("I", "love", "oranges", "grapes", "you")
    pairs = Counter([("I", "love"), ("love", "oranges"), ("I", "love"), ("love", "grapes")])
    pairs.update([("you", "love"), ("love", "oranges")])
    names = page.counts.matrix().row_labels
    expected = [[pairs[a, b] for b in names] for a in names]
    np.testing.assert_array_equal(page.counts.matrix().values, expected)
    shown = page.probabilities.matrix().values
    np.testing.assert_allclose(shown[1], [0, 0, 2 / 3, 1 / 3, 0])
    assert np.isnan(shown[2:4]).all()
    assert "oranges, grapes" in page.facts.text()
    assert page.arithmetic.text() == "P(oranges | love) = 2 / 3 = 0.6667"


def test_smoothing_acts_at_once_and_is_spelled_out(page):
    page.smoothing.slider.setValue(page.smoothing.slider.maximum())
    assert page.smoothing.value() == 5
    page.smoothing.spin.setValue(0.5)
    counts = page.counts.matrix().values
    expected = (counts + 0.5) / (counts.sum(axis=1, keepdims=True) + 2.5)
    np.testing.assert_allclose(page.probabilities.matrix().values, expected)
    assert "(2 + 0.5) / (3 + 5 × 0.5) = 2.5 / 5.5 = 0.4545" in page.arithmetic.text()
    page.smoothing.slider.setValue(0)
    assert np.isnan(page.probabilities.matrix().values).any()


def test_pointing_at_a_cell_spells_it_out_in_every_table(page):
    page.counts.cell_hovered.emit(1, 3)
    assert page.arithmetic.text().startswith("P(grapes | love) = 1 / 3")
    page.probabilities.cell_hovered.emit(2, 0)
    assert "0 / 0" in page.arithmetic.text()
    assert "nothing follows “oranges”" in page.arithmetic.text()
    page.probabilities.cell_hovered.emit(-1, -1)
    assert page.arithmetic.text().startswith("P(oranges | love)")
    page.counts.cell_selected.emit(0, 1)
    page.counts.cell_hovered.emit(-1, -1)
    assert page.arithmetic.text().startswith("P(love | I) = 2 / 2")


def test_sentences_are_counted_as_they_are_typed(page):
    page.source.edit.setPlainText("a b a b\nb c.")
    counts = count_bigrams(["a b a b", "b c."])
    np.testing.assert_array_equal(page.counts.matrix().values, counts.counts)
    assert page.walk.start.currentText() == "a"
    assert "2 sentences, 3 different words, 4 pairs" in page.facts.text()


def test_a_large_table_shows_its_most_frequent_words_and_the_walks_own(page):
    page.source.edit.setPlainText(MANY)
    matrix = page.probabilities.matrix()
    assert matrix.values.shape == (MOST_SHOWN, MOST_SHOWN)
    bigrams = count_bigrams([MANY])
    whole = bigram_probabilities(bigrams.counts)
    places = [bigrams.index(word) for word in matrix.row_labels]
    np.testing.assert_allclose(matrix.values, whole[np.ix_(places, places)])
    assert f"{MOST_SHOWN} most frequent" in page.facts.text()
    rarest = next(word for word in bigrams.words if word not in matrix.row_labels)
    page.walk.start.setCurrentText(rarest)
    assert rarest in page.counts.matrix().row_labels
    assert page.counts.matrix().highlight_rows == (MOST_SHOWN - 1,)


# ----------------------------------------------------------------------------------- the walk


def test_steps_take_the_way_of_the_lessons_walk(qtbot, page):
    page.smoothing.spin.setValue(1)
    page.walk.seed.change(3)
    for _ in range(6):
        qtbot.mouseClick(page.walk.step, Qt.MouseButton.LeftButton)
    bigrams = page.counted.bigrams
    expected = ["I", *walk(bigrams, "I", 6, np.random.default_rng(3), 1.0)]
    assert page.walk.chips.tokens() == tuple(expected)
    assert page.counts.matrix().highlight_rows == (bigrams.index(expected[-1]),)
    page.walk.chips.token_selected.emit(0)
    assert page.counts.matrix().highlight_rows == (0,)


def test_a_walk_runs_to_its_end_and_starts_over(qtbot, page):
    page.walk.run.setChecked(True)
    qtbot.waitUntil(lambda: not page.walk.run.isEnabled(), timeout=5000)
    words = page.walk.chips.tokens()
    assert words[:2] == ("I", "love")
    assert words[2] in ("oranges", "grapes")
    assert len(words) == 3
    assert "walk ends here" in page.walk.remark.text()
    assert not page.walk.step.isEnabled()
    qtbot.mouseClick(page.walk.back, Qt.MouseButton.LeftButton)
    assert page.walk.chips.tokens() == ("I",)


def test_a_walk_is_cut_off_and_stops_out_of_sight(page):
    page.smoothing.spin.setValue(1)
    page.walk.n_steps = MOST_WORDS - 2
    page.walk.step.click()
    assert len(page.walk.chips.tokens()) == MOST_WORDS
    assert "cut off" in page.walk.remark.text()
    page.walk.back.click()
    page.walk.run.setChecked(True)
    page.set_active(False)
    assert not page.walk.run.isChecked()


# ----------------------------------------------------------------------------------- learning


def test_learning_comes_to_the_counted_table(qtbot, page):
    assert page.learned is None
    n_functions = len(page.functions())
    learn(qtbot, page)
    counted = bigram_probabilities(page.counted.bigrams.counts)
    known = ~np.isnan(counted[:, 0])
    learned = page.learned.probabilities
    assert np.abs(learned[known] - counted[known]).max() < 0.01
    np.testing.assert_allclose(learned[~known], 0.2)
    differences = [step.difference for step in page.learned.steps]
    assert differences[0] == pytest.approx(0.8)
    assert differences[-1] == np.abs(learned[known] - counted[known]).max()
    word, next_word = page.counted.bigrams.pairs.T
    assert page.learned.least_loss == pytest.approx(-np.log(counted[word, next_word]).mean())
    assert page.learned.steps[-1].step == 400
    assert not page.learning.complaint.isVisibleTo(page)
    assert len(page.functions()) > n_functions
    loss = page.learning.loss.chart()
    assert loss.series[0].y[-1] == page.learned.steps[-1].loss
    page.learning.place.setValue(0)
    np.testing.assert_allclose(page.learning.table.matrix().values, 0.2)
    assert "step 0" in page.learning.where.text()


def test_rates_that_are_too_high_say_so_and_keep_what_was_learned(qtbot, page):
    learn(qtbot, page, "20")
    assert "learning rate of 20 is too high" in page.learning.complaint.text()
    learn(qtbot, page)
    assert not page.learning.complaint.text()
    before = page.learning.table.matrix().values
    learn(qtbot, page, "1e308")
    assert "1e+308 is too high" in page.learning.complaint.text()
    np.testing.assert_array_equal(page.learning.table.matrix().values, before)
    assert page.learning.place.maximum() == len(page.learned.steps) - 1


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "fast", ""])
def test_rates_that_are_none(qtbot, page, rate):
    learn(qtbot, page, rate)
    assert "The learning rate must be above 0" in page.learning.complaint.text()
    assert page.learned is None


def test_learning_can_be_cancelled_and_other_sentences_forget_it(qtbot, page):
    page.learning.steps.setValue(20_000)
    page.learning.learn.click()
    assert page.is_busy()
    assert page.learning.learn.text() == "Cancel"
    page.learning.learn.click()
    assert not page.is_busy()
    assert page.learning.learn.text() == "Learn"
    learn(qtbot, page, steps=20)
    page.source.edit.setPlainText("a b a")
    assert page.learned is None
    assert "learn the table anew" in page.learning.state.text()
    assert page.learning.table.matrix() is None


# ---------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no word to count"),
        (" \n ... ", "no word to count"),
        ("one", "No word follows another"),
        (" ".join(f"w{i}" for i in range(2500)), "2500 different words"),
    ],
)
def test_text_without_a_table_leaves_the_old_one(qtbot, page, text, words):
    before = page.counts.matrix()
    page.source.edit.setPlainText(text)
    settle(qtbot, page)
    assert words in page.source.complaint.text()
    assert page.counts.matrix() is before
    page.source.edit.setPlainText("a a a a")  # one word again and again is a table of one cell
    assert page.counts.matrix().values.tolist() == [[3.0]]
    assert not page.source.complaint.text()


def test_files(qtbot, page, tmp_path):
    good = tmp_path / "good.txt"
    good.write_text("we like tea. we like milk.", encoding="utf-8")
    open_file(qtbot, page, good)
    assert page.counted.file_name == "good.txt"
    assert page.source.edit.toPlainText() == "we like tea. we like milk."
    before = page.counts.matrix()
    large, binary, zeros = (tmp_path / name for name in ("large", "binary", "zeros"))
    with large.open("wb") as file:
        file.truncate(50_000_000)
    binary.write_bytes(os.urandom(2000) + b"\xff\xfe")
    zeros.write_bytes(b"a\0b\0")
    for path, words in (
        (large, "larger than 10 MB"),
        (binary, "is not UTF-8 text"),
        (zeros, "is not a text"),
        (tmp_path / "missing", "Cannot read"),
    ):
        open_file(qtbot, page, path)
        assert words in page.source.complaint.text()
        assert page.counts.matrix() is before
    long = tmp_path / "long.txt"
    long.write_text("we like tea. " * 3000, encoding="utf-8")
    open_file(qtbot, page, long)
    assert page.source.edit.toPlainText() == ""
    assert "long.txt" in page.source.edit.placeholderText()
    assert page.counted.n_sentences == 3000


def test_the_file_button_asks_for_a_file(qtbot, page, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("x y x", encoding="utf-8")
    page.source.open.click()
    dialog = page.window().findChild(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    settle(qtbot, page)
    assert page.counted.words == ("x", "y")


def test_a_long_paste_is_refused(page):
    data = QMimeData()
    data.setText("a " * MOST_TYPED)
    page.source.edit.insertFromMimeData(data)
    assert f"takes {MOST_TYPED:,}" in page.source.complaint.text()
    assert page.counted.n_sentences == 3


# -------------------------------------------------------------------- questions, links, exports


def test_every_question_has_an_answer(qtbot, page):
    questions = read_lesson("table").questions
    answers = {question.key: page.answer(question.key) for question in questions}
    assert answers.pop("learned-empty") is None
    assert answers["after-love"].value == 0
    assert answers["smoothed"].value == pytest.approx(0.25)
    assert answers["walk-length"].value == 3
    assert None not in answers.values()
    learn(qtbot, page)
    assert page.answer("learned-empty").value == pytest.approx(0.2)
    assert page.answer("none such") is None


def test_every_link_leads_somewhere(qtbot, page):
    wishes = []
    page.microscope.prompt_wished.connect(wishes.append)
    links = [t for s in read_lesson("table").sections for t in LINK.findall(s.text)]
    assert len(links) >= 7
    for link in links:
        page.follow(link)
        settle(qtbot, page)
    assert wishes == [MODEL_PROMPT]
    page.follow("try:smooth")
    assert page.smoothing.value() == 1
    page.follow("try:tutorial")
    assert page.smoothing.value() == 0
    page.follow("try:learn")
    settle(qtbot, page)
    assert page.learned.settled
    page.follow("try:wobble")
    settle(qtbot, page)
    assert not page.learned.settled


def test_both_languages_have_the_same_structure():
    english, chinese = read_lesson("table"), read_lesson("table", "zh_CN")
    assert english.title != chinese.title
    assert len(english.sections) == len(chinese.sections)
    for ours, theirs in zip(english.sections, chinese.sections, strict=True):
        assert LINK.findall(ours.text) == LINK.findall(theirs.text)
    for ours, theirs in zip(english.questions, chinese.questions, strict=True):
        assert (ours.key, len(ours.choices)) == (theirs.key, len(theirs.choices))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_exhibits_are_what_is_shown(qtbot, page, theme):
    learn(qtbot, page, steps=50)
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert list(exhibits) == ["counts", "probabilities", "learned", "learning"]
    for exhibit in exhibits.values():
        assert painted(exhibit, theme)
        assert all(len(row) == len(exhibit.columns) for row in exhibit.rows)
    assert exhibits["counts"].rows[1] == ["love", 0, 0, 2, 1, 0]
    assert exhibits["probabilities"].rows[2] == ["oranges", None, None, None, None, None]
    np.testing.assert_array_equal(
        exhibits["learned"].arrays["probabilities"], page.learned.probabilities
    )
    assert exhibits["learning"].rows[-1][0] == 50
    page.source.edit.setPlainText(MANY)
    counts = page.exhibits()[0]
    assert len(counts.rows) == len(page.counted.words) > MOST_SHOWN


def test_reset_puts_everything_back(qtbot, page):
    learn(qtbot, page, "1", 30)
    page.source.edit.setPlainText("")
    page.smoothing.spin.setValue(2)
    page.walk.seed.change(9)
    page.reset()
    assert page.source.edit.toPlainText().startswith("I love oranges")
    assert page.counts.matrix().values.sum() == 6
    assert page.smoothing.value() == 0
    assert (page.walk.seed.seed(), page.walk.chips.tokens()) == (0, ("I",))
    assert (page.learning.steps.value(), page.learning.rate.text()) == (400, "0.1")
    assert page.learned is None
    assert not page.source.complaint.text()


def test_names_for_screen_readers_and_tooltips(page):
    for widget in (
        page.source.edit,
        page.walk.start,
        page.walk.seed,
        page.learning.steps,
        page.learning.rate,
        page.learning.place,
        page.counts,
        page.probabilities,
    ):
        assert widget.accessibleName()
    for widget in (page.walk.step, page.walk.run, page.walk.back, page.learning.learn):
        assert widget.toolTip()
