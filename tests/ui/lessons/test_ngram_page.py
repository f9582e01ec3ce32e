"""The lesson on n-grams: its numbers against plain counting, and what a reader can do."""

from __future__ import annotations

import os
import re
from collections import Counter

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter

from visualizer.lessons.ngram import (
    copied_shares,
    count_ngrams,
    generate_tokens,
    score_held_out,
    smoothed_by_context,
    smoothed_probabilities,
    write_out,
)
from visualizer.lessons.prose import read_lesson
from visualizer.lessons.story_grammar import generate_story
from visualizer.lessons.text import split_sentences, split_tokens
from visualizer.locations import bundled_path
from visualizer.ui.lessons import text_pieces
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.lessons.context_table import large_number
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.ngram_counting import TextSource
from visualizer.ui.lessons.ngram_page import LONG_PROMPT, NgramPage
from visualizer.ui.lessons.text_pieces import sentences_of, tokens_of
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
HELD_OUT, UNSEEN, COPIED = 2, 4, 5  # rows of the table of contexts


@pytest.fixture
def page(qtbot):
    page = NgramPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 700)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=30_000)


def take(qtbot, page, text, unit="words"):
    page.source.wished.emit(TextSource("pasted", text=text), unit)
    settle(qtbot, page)


def english():
    return bundled_path("resources", "lessons", "texts", "english.txt").read_text("utf-8")


def split(tokens):
    end = len(tokens) - len(tokens) // 10
    return tokens[:end], tokens[end:]


def painted(exhibit, theme):
    image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    exhibit.paint(painter, QRectF(image.rect()), theme)
    painter.end()
    return len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 2


# ----------------------------------------------------------------------------------- the text


def test_the_english_text_is_what_the_grammar_writes():
    stories = [generate_story(np.random.default_rng(seed)) for seed in range(40)]
    assert english() == "\n\n".join(stories) + "\n"


def test_the_chinese_text_is_some_thousand_chinese_characters():
    text = bundled_path("resources", "lessons", "texts", "chinese.txt").read_text("utf-8")
    assert sum("\u4e00" <= character <= "\u9fff" for character in text) > 5000
    assert not re.search("[A-Za-z]", text)


@pytest.mark.parametrize(
    "text", [english(), "一句。两句！三句，很长？四句。" * 3, "no end", " \n", "a. b? c!\n\nd"]
)
def test_pieces_of_a_text_come_out_as_the_whole(monkeypatch, text):
    monkeypatch.setattr(text_pieces, "PIECE", 7)
    ticket = Ticket(lambda *told: None)
    assert list(sentences_of(text, ticket)) == split_sentences(text)
    for unit in ("words", "characters"):
        assert tokens_of(text, unit, ticket) == split_tokens(text, unit)


# ---------------------------------------------------------------------------------- the counts


def test_the_table_of_contexts_against_plain_counting(page):
    counted, held_out = split(split_tokens(english(), "words"))
    size = len(set(counted))
    for n in range(1, 6):
        contexts = Counter(tuple(counted[i : i + n]) for i in range(len(counted) - n))
        assert page.table.cell_text(0, n) == large_number(size**n)
        assert page.table.cell_text(1, n) == f"{len(contexts):,}"
        score = score_held_out(count_ngrams(counted, n), held_out)
        assert page.table.cell_text(HELD_OUT, n) == f"{score.perplexity:.2f}"
        unseen = 0
        for place in range(len(held_out)):
            context = tuple(held_out[max(0, place - n) : place])
            padded = [c for c in contexts if c[: len(context)] == context]
            unseen += not padded if len(context) < n else context not in contexts
        assert page.table.cell_text(UNSEEN, n) == f"{100 * unseen / len(held_out):.1f} %"
    assert "4,032 words, 174 different; 448 held out" in page.source.state.text()


def test_perplexities_for_all_contexts_at_once_are_those_one_by_one(page):
    counted, held_out = split(split_tokens(english(), "words"))
    for n, smoothed in enumerate(smoothed_by_context(page.counted.model, page.counted.ids)):
        if n > 0:
            model = count_ngrams(counted, n)
            ids = model.ids(counted)
            np.testing.assert_allclose(smoothed, smoothed_probabilities(model, ids))
            own = np.exp(-np.log(smoothed).mean())
            assert page.counted.own_perplexities[n - 1] == pytest.approx(own)
            expected = score_held_out(model, held_out)
            assert page.counted.scores[n - 1] == expected
    held_out_curve, own_curve = page.perplexity.chart().series
    assert held_out_curve.y.tolist() == [score.perplexity for score in page.counted.scores]
    assert own_curve.y.tolist() == list(page.counted.own_perplexities)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (5**7, "78,125"), (9_999_999, "9,999,999"), (174**5, "1.59·10¹¹")],
)
def test_large_numbers(value, text):
    assert large_number(value) == text


# --------------------------------------------------------------------------------- generating


def test_each_text_is_drawn_by_the_lessons_own_function(page):
    counted, _ = split(split_tokens(english(), "words"))
    prompt = split_tokens("Once upon a time", "words")
    for text in page.texts:
        model = count_ngrams(counted, text.n_context)
        drawn = list(generate_tokens(model, prompt, 100, np.random.default_rng(0)))
        assert text.tokens == tuple(token for token, _ in drawn)
        assert text.context_used == tuple(row.context_used for _, row in drawn)
        for (token, row), probability in zip(drawn, text.probabilities, strict=True):
            place = row.ids.tolist().index(model.vocabulary.index(token))
            assert probability == row.probabilities[place]
        np.testing.assert_array_equal(text.shares(), copied_shares(text.tokens, counted, 30))


def test_copied_stretches_are_those_that_stand_in_the_text(qtbot, page):
    counted, _ = split(split_tokens(english(), "words"))
    joined = "\0" + "\0".join(counted) + "\0"
    for n, least in ((3, 10), (5, 4), (2, 6)):
        page.follow(f"try:{ {2: 'two', 5: 'five'}.get(n, 'none') }")
        page.table.context_chosen.emit(n)
        page.least.setValue(least)
        shown = page.generated.text()
        tokens = shown.generated.tokens
        marked = np.zeros(len(tokens), bool)
        for start in range(len(tokens) - least + 1):
            run = "\0" + "\0".join(tokens[start : start + least]) + "\0"
            if run in joined:
                marked[start : start + least] = True
        np.testing.assert_array_equal(shown.marked, marked)
        assert f"copied word for word, {100 * marked.mean():.0f} %" in page.state.text()
        assert page.table.cell_text(COPIED, n) == f"{100 * marked.mean():.1f} %"


def test_more_context_copies_more_and_predicts_the_held_out_text_better_then_worse(page):
    shares = [text.shares()[9] for text in page.texts]
    assert shares == sorted(shares)
    assert shares[4] > 0.7
    perplexities = [score.perplexity for score in page.counted.scores]
    assert perplexities[1] < perplexities[0]
    assert perplexities[1] < perplexities[4]
    assert list(page.counted.own_perplexities) == sorted(page.counted.own_perplexities)[::-1]


def test_backing_off_is_shown_token_by_token(qtbot, page):
    page.follow("try:unseen")
    settle(qtbot, page)
    text = page.generated.text().generated
    assert text.n_context == 3
    assert text.backed_off(0)
    assert text.context_used[0] == 1
    assert not text.backed_off(10)
    shown = page.generated.reading(len(text.prompt))
    assert ("context used", "1 of 3 tokens") in shown
    assert ("probability", f"{text.probabilities[0]:.4g}") in shown
    assert page.generated.reading(0)[1] == ("given", "part of the beginning")
    page.prompt.setText("")
    page.prompt.textEdited.emit("")
    settle(qtbot, page)
    assert page.generated.text().generated.context_used[:4] == (0, 1, 2, 3)
    assert not any(map(page.generated.text().generated.backed_off, range(4)))


def test_seed_and_length_draw_anew(qtbot, page):
    first = page.texts[1].tokens
    qtbot.mouseClick(page.another, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert page.seed.seed() == 1
    assert page.texts[1].tokens != first
    page.seed.change(0)
    page.n_tokens.setValue(20)
    settle(qtbot, page)
    assert page.texts[1].tokens == first[:20]


def test_tokens_are_read_with_the_pointer_and_the_keyboard(qtbot, page):
    page.show()
    view = page.generated
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.pointed == 0
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.pointed == len(view.text().tokens) - 1
    qtbot.keyClick(view, Qt.Key.Key_Home)
    layout = view.text_layout()
    places = [layout.token_at(r.center().x(), r.center().y()) for r in layout.rects]
    assert places == list(range(len(layout.rects)))
    assert layout.token_at(-5, -5) == -1
    right = view.viewport().width()
    assert all(rect.right() <= right for rect in layout.rects)
    assert view._token_at(QPointF(layout.rects[0].center()) + QPointF(4, 4)) == 0
    page.hide()


# --------------------------------------------------------------------------------- rows possible


def test_lines_of_characters_break_between_words(qtbot, page):
    page.follow("try:characters")
    settle(qtbot, page)
    layout = page.generated.text_layout()
    tokens = page.generated.text().tokens
    begins = [i for i in range(1, len(tokens)) if layout.rects[i].top() > layout.rects[i - 1].top()]
    assert len(begins) > 2
    assert all(tokens[i - 1].isspace() for i in begins)


def test_powers_are_exact_and_written_out(page):
    powers = page.powers
    assert "716 digits" in powers.outcome.text()
    assert not powers.digits.isVisibleTo(page)
    page.follow("try:gpt2")
    assert "4,815 digits" in powers.outcome.text()
    assert powers.digits.toPlainText().replace(",", "") == write_out(50257**1024)
    powers.power.setValue(2)
    assert powers.outcome.text() == "= 2,525,766,049"
    powers.base.setCurrentIndex(0)
    powers.power.setValue(3)
    assert powers.digits.toPlainText() == "125"
    powers.base.setCurrentIndex(1)
    assert powers.number() == 174**3
    page.follow("try:tutorial")
    assert powers.number() == 5**1024


def test_the_axis_reaches_the_largest_table(page):
    curves = page.powers.chart.chart().series
    assert [curve.name for curve in curves] == ["V = 5", "V = 174", "V = 50,257"]
    for curve, size in zip(curves, (5, 174, 50257), strict=True):
        assert len(str(write_out(size**1024))) == int(curve.y[-1]) + 1
        assert curve.y[1] == pytest.approx(np.log10(float(size**2)))
    used, possible = page.rows.chart().series
    assert used.y[0] == 174
    assert possible.y.tolist() == [174.0**n for n in range(1, 6)]


# ------------------------------------------------------------------------------- other texts


def test_characters_and_chinese(qtbot, page):
    page.follow("try:characters")
    settle(qtbot, page)
    assert page.counted.unit == "characters"
    assert page.counted.source.kind == "english"
    page.follow("try:chinese")
    settle(qtbot, page)
    assert page.source.choice.currentIndex() == 1
    assert page.texts[4].text("characters").startswith("从前，")
    assert page.answer("best-context").value == 3
    page.follow("try:unseen")
    settle(qtbot, page)
    assert page.generated.text().generated.backed_off(0)


def test_a_file_and_the_clipboard(qtbot, page, tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("a b c a b d " * 30, encoding="utf-8")
    page.source.open.file_chosen.emit(str(path))
    settle(qtbot, page)
    assert page.source.choice.currentText() == "mine.txt"
    assert page.counted.n_different == 4
    assert page.prompt.text() == ""
    page.source.units.button(1).click()
    settle(qtbot, page)
    assert (page.counted.source.name, page.counted.unit) == ("mine.txt", "characters")
    QGuiApplication.clipboard().setText("x y z x y " * 20)
    qtbot.mouseClick(page.source.paste, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert page.source.choice.currentText() == "Pasted text"
    assert page.counted.unit == "characters"
    page.source.choice.activated.emit(0)
    settle(qtbot, page)
    assert (page.counted.source.kind, page.counted.unit) == ("english", "words")
    assert page.source.choice.count() == 2


def test_short_texts_offer_the_contexts_that_they_have(qtbot, page):
    page.follow("try:five")
    take(qtbot, page, "to be or not")
    assert page.counted.n_contexts == 3
    assert page.table.cell_text(1, 4) == "–"
    assert page.table.cell_text(HELD_OUT, 1) == "–"
    assert len(page.texts) == 3
    assert page.generated.text().generated.n_context == 3
    assert page.answer("best-context") is None
    page.follow("try:five")
    assert page.generated.text().generated.n_context == 3
    assert all(painted(exhibit, LIGHT) for exhibit in page.exhibits())


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        ("", "words", "no text to paste"),
        (" \n ", "words", "too few for a context"),
        ("one", "words", "1 tokens, too few for a context of 1: it needs 2"),
        ("word " * 500, "words", "one single token, 'word'"),
        ("aaaaaaaa", "characters", "one single token, 'a'"),
        ("x" * 10_000_001, "characters", "more than 10,000,000"),
        ("ab" * 1_200_000, "characters", "at most 2000000 are counted"),
    ],
    ids=["empty", "blank", "one-word", "one-word-repeated", "one-letter", "long", "many-tokens"],
)
def test_texts_that_cannot_be_counted_leave_the_old_one(qtbot, page, text, unit, words):
    before, state = page.counted, page.source.state.text()
    take(qtbot, page, text, unit)
    assert words in page.source.complaint.text()
    assert page.counted is before
    assert page.source.state.text() == state
    assert page.source.choice.currentIndex() == 0
    assert page.source.units.checkedId() == 0
    take(qtbot, page, "a b a b c")
    assert not page.source.complaint.text()


def test_a_unit_without_a_table_is_taken_back(qtbot, page):
    take(qtbot, page, "abc abc abc abc", "characters")
    page.source.units.button(0).click()
    settle(qtbot, page)
    assert "one single token, 'abc'" in page.source.complaint.text()
    assert page.source.units.checkedId() == 1
    assert page.counted.unit == "characters"


def test_files_that_cannot_be_counted(qtbot, page, tmp_path):
    large, binary, zeros, same = (tmp_path / n for n in ("large", "binary", "zeros", "same"))
    with large.open("wb") as file:
        file.truncate(50_000_000)
    binary.write_bytes(b"\xff\xfe" + os.urandom(2000))
    zeros.write_bytes(bytes(1000))
    same.write_bytes(b"z" * 1_000_000)
    before = page.counted
    for path, words in (
        (large, "larger than 10 MB"),
        (binary, "is not UTF-8 text"),
        (zeros, "is not a text"),
        (same, "too few for a context"),
        (tmp_path / "missing", "Cannot read"),
    ):
        page.source.open.file_chosen.emit(str(path))
        settle(qtbot, page)
        assert words in page.source.complaint.text()
        assert len(page.source.complaint.text()) < 300
        assert page.counted is before


def test_the_newest_wish_wins_and_counting_can_be_cancelled(qtbot, page):
    long = " ".join(np.random.default_rng(0).choice(list("abcdefgh"), 300_000))
    page.source.wished.emit(TextSource("pasted", text=long), "words")
    page.source.wished.emit(TextSource("chinese"), "characters")
    settle(qtbot, page)
    assert page.counted.source.kind == "chinese"
    before = page.counted
    page.source.wished.emit(TextSource("pasted", text=long), "words")
    assert page.source.cancel.isVisibleTo(page)
    page.source.cancel.click()
    assert not page.is_busy()
    assert not page.source.cancel.isVisibleTo(page)
    assert page.counted is before
    assert page.source.units.checkedId() == 1


def test_progress_is_told(qtbot, page):
    said = []
    page._counting.progressed.connect(lambda progress: said.append(progress.what))
    take(qtbot, page, "a b c d e f g h " * 40_000)
    assert [what for i, what in enumerate(said) if what not in said[:i]] == [
        "splitting",
        "counting",
        "scoring",
    ]


# -------------------------------------------------------------------- questions, links, exports


def test_every_question_has_an_answer(page):
    questions = read_lesson("ngram").questions
    answers = {question.key: page.answer(question.key) for question in questions}
    assert answers["rows"].value == 125
    assert answers["digits"].value == 716
    assert answers["best-context"].value == 1
    assert answers["rows-used"].value == 868
    assert page.answer("none such") is None


def test_every_link_leads_somewhere(qtbot, page):
    wishes = []
    page.microscope.prompt_wished.connect(wishes.append)
    links = [t for s in read_lesson("ngram").sections for t in LINK.findall(s.text)]
    assert len(links) >= 9
    for link in links:
        page.follow(link)
        settle(qtbot, page)
        assert not page.source.complaint.text()
    assert wishes == [LONG_PROMPT]
    for key, n in (("one", 1), ("two", 2), ("five", 5)):
        page.follow(f"try:{key}")
        assert page.generated.text().generated.n_context == n


def test_both_languages_have_the_same_structure():
    english_lesson, chinese = read_lesson("ngram"), read_lesson("ngram", "zh_CN")
    assert english_lesson.title != chinese.title
    assert len(english_lesson.sections) == len(chinese.sections)
    for ours, theirs in zip(english_lesson.sections, chinese.sections, strict=True):
        assert LINK.findall(ours.text) == LINK.findall(theirs.text)
    for ours, theirs in zip(english_lesson.questions, chinese.questions, strict=True):
        assert (ours.key, len(ours.choices)) == (theirs.key, len(theirs.choices))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_exhibits_are_what_is_shown(page, theme):
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert list(exhibits) == [
        *("text", "perplexity", "rows", "copied", "rows-possible", "network"),
    ]
    for exhibit in exhibits.values():
        assert painted(exhibit, theme)
        assert all(len(row) == len(exhibit.columns) for row in exhibit.rows)
    assert [row[0] for row in exhibits["text"].rows] == list(page.texts[1].tokens)
    assert exhibits["perplexity"].rows[1][1] == str(174**2)
    assert exhibits["copied"].rows[0][1:] == (1.0,) * 5
    assert len(exhibits["rows-possible"].rows) == 1024


def test_reset_puts_everything_back(qtbot, page):
    take(qtbot, page, "a b a b c d")
    page.least.setValue(4)
    page.seed.change(7)
    page.follow("try:gpt2")
    page.reset()
    settle(qtbot, page)
    assert (page.counted.source.kind, page.counted.unit) == ("english", "words")
    assert page.prompt.text() == "Once upon a time"
    assert (page.seed.seed(), page.least.value(), page.n_tokens.value()) == (0, 10, 100)
    assert page.generated.text().generated.n_context == 2
    assert page.powers.number() == 5**1024
    assert not page.powers.digits.isVisibleTo(page)
