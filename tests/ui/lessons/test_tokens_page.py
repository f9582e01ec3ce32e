"""The lesson on tokens: what it shows against tiktoken, and what its reader can do."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import ByteTokenizer
from visualizer.engine.encodings import ENCODINGS, load_encoding
from visualizer.lessons.byte_pairs import load_byte_pairs
from visualizer.lessons.prose import read_lesson
from visualizer.ui.lessons import token_cutting
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.tokens_page import LETTERS_PROMPT, TEXTS, TokensPage
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")


@pytest.fixture(scope="module")
def tiktokens():
    return {name: load_encoding(name) for name in ENCODINGS}


_load_once = cache(load_byte_pairs)


@pytest.fixture(autouse=True)
def _encodings_once(monkeypatch):
    """Every page asks for its encodings; the files are read once for all tests."""
    monkeypatch.setattr(token_cutting, "load_byte_pairs", _load_once)


@pytest.fixture
def page(qtbot):
    page = TokensPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=20_000)


def cut(qtbot, page, text):
    page.text.setPlainText(text)
    settle(qtbot, page)
    return page.exhibits()[0]


def ids_of(exhibit):
    return {key.removeprefix("ids_"): ids.tolist() for key, ids in exhibit.arrays.items()}


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_at_hand_is_cut_as_tiktoken_cuts_it(qtbot, page, tiktokens, key):
    qtbot.mouseClick(page.examples[key], Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert page.text.toPlainText() == TEXTS[key]
    expected = {name: tiktokens[name].encode(TEXTS[key]).ids.tolist() for name in ENCODINGS}
    assert ids_of(page.exhibits()[0]) == expected


def test_the_journey_in_gpt2_is_that_of_the_tutorial(page):
    ids = ids_of(page.exhibits()[0])["gpt2"]
    assert ids == [32, 7002, 286, 257, 7319, 4608, 6140, 351, 257, 2060, 2239, 13]
    assert "gpt2 12" in page.bench.counts_text()


def test_the_sizes_of_a_chinese_sentence(qtbot, page):
    cut(qtbot, page, TEXTS["chinese"])
    shown = page.bench.counts_text()
    assert "characters 11 · bytes 33" in shown
    assert "gpt2 23 · cl100k_base 11 · o200k_base 7" in shown


def test_the_table_says_where_every_token_is(qtbot, page):
    exhibit = cut(qtbot, page, "Strawberry")
    rows = [row for row in exhibit.rows if row[0] == "gpt2"]
    assert rows == [
        ("gpt2", 0, 1273, "St", "5374", 0, 2),
        ("gpt2", 1, 1831, "raw", "726177", 2, 5),
        ("gpt2", 2, 8396, "berry", "6265727279", 5, 10),
    ]
    assert len(exhibit.rows) == 9


def test_a_long_text_is_refused_and_the_old_one_stays(qtbot, page):
    before = page.exhibits()[0]
    after = cut(qtbot, page, "word " * 201)
    assert "1,005 characters" in page.message.text()
    assert list(after.rows) == list(before.rows)
    cut(qtbot, page, "word")
    assert page.message.isHidden()


def test_an_empty_text_has_no_tokens(qtbot, page):
    exhibit = cut(qtbot, page, "")
    assert list(exhibit.rows) == []
    assert "empty" in page.message.text()


def test_only_the_newest_text_counts(qtbot, page):
    for text in ("one", "two two", "three three three"):
        page.text.setPlainText(text)
    settle(qtbot, page)
    assert len(ids_of(page.exhibits()[0])["gpt2"]) == 3


def test_the_two_views_point_at_the_same_bytes(qtbot, page):
    cut(qtbot, page, "Strawberry")
    page.bench.read.token_hovered.emit(0, 1)  # "raw" in gpt2: bytes 2 to 5
    assert page.bench.got.linked() == ((1, 2), (0, 2), (0, 2))
    page.bench.read.token_hovered.emit(-1, -1)
    assert page.bench.got.linked() == ((0, 0),) * 3


def test_a_chosen_token_is_built_by_its_merges(qtbot, page):
    page.bench.got.token_selected.emit(0, 1)
    settle(qtbot, page)
    assert page.bench.read.selected() == (0, 1)
    assert "id 7,002 of 50,257 in gpt2" in page.bench.facts_text()
    page.bench.merges.go_to(0)
    assert page.bench.merges.parts() == tuple(bytes([byte]) for byte in b" journey")
    page.bench.merges.go_to(99)
    assert page.bench.merges.parts() == (b" journey",)


def test_the_form_of_the_lower_view(page):
    for key, form in (("bytes", "bytes"), ("emoji-view", "emoji"), ("ids", "ids")):
        page.follow(f"try:{key}")
        assert page.bench.got.form == form
        assert page.bench.read.form == "text"


def test_the_models_own_tokenizer_is_the_fourth_row(qtbot, page):
    model = SimpleNamespace(name="bytes", tokenizer=ByteTokenizer())
    page.microscope.set_model(model)
    settle(qtbot, page)
    exhibit = cut(qtbot, page, "hé")
    assert [row[2] for row in exhibit.rows if row[0] == "bytes"] == list("hé".encode())
    page.letters.choice.setCurrentText("bytes")
    assert page.letters.cut.tokenization.ids.tolist() == list(b"Strawberry")


# ---------------------------------------------------------------------------------- letters


def test_counting_right_shows_where_the_letters_are(qtbot, page):
    letters = page.letters
    assert not letters.cut.revealed
    letters.count.setText("3")
    qtbot.mouseClick(letters.check, Qt.MouseButton.LeftButton)
    assert letters.verdict.text().startswith("✓")
    assert "3 × r, in 2 of its 3 tokens" in letters.verdict.text()
    assert "2645, 675, 15717" in letters.verdict.text()
    assert letters.cut.revealed
    rows = page.exhibits()[1].rows
    assert [row[3] for row in rows] == [1, 0, 2]


@pytest.mark.parametrize(
    ("given", "said"), [("2", "✗ It is not 2"), ("", "Type how"), ("x", "how")]
)
def test_counting_wrong_shows_nothing(qtbot, page, given, said):
    page.letters.count.setText(given)
    qtbot.keyPress(page.letters.count, Qt.Key.Key_Return)
    assert said in page.letters.verdict.text()
    assert not page.letters.cut.revealed


def test_show_marks_the_letters_and_typing_hides_them(qtbot, page):
    qtbot.mouseClick(page.letters.show_places, Qt.MouseButton.LeftButton)
    assert page.letters.cut.marked() == {2, 7, 8}
    page.letters.letter.setText("S")
    assert not page.letters.cut.revealed
    assert page.letters.cut.marked() == {0}


def test_a_character_cut_into_three_tokens(qtbot, page):
    page.letters.choice.setCurrentText("gpt2")
    page.letters.word.setText("大模型")
    page.letters.letter.setText("型")
    qtbot.mouseClick(page.letters.show_places, Qt.MouseButton.LeftButton)
    rows = page.exhibits()[1].rows
    assert [row[1] for row in rows] == [32014, 162, 101, 94, 161, 252, 233]
    assert [row[3:] for row in rows][-3:] == [(0, 1)] * 3


@pytest.mark.parametrize(
    ("word", "letter", "said"),
    [("", "r", "Type a word"), ("Strawberry", "", "letter to count"), ("s" * 41, "s", "41")],
)
def test_what_cannot_be_counted(page, word, letter, said):
    page.letters.word.setText(word)
    page.letters.letter.setText(letter)
    assert said in page.letters.verdict.text()
    assert page.letters.cut is not None


# ------------------------------------------------------------------------- what a page offers


def test_answers_are_computed_once_the_encodings_are_there(qtbot, page, tiktokens):
    assert page.answer("raw").value == 0
    assert page.answer("ousand").value == tiktokens["gpt2"].encode("thousand").ids[1] == 29910
    assert page.answer("chinese").value == 23
    assert page.answer("tokens-with-r").value == 2
    assert page.answer("no such question") is None
    fresh = TokensPage(Microscope())
    qtbot.addWidget(fresh)
    assert fresh.answer("raw") is None
    assert fresh.shutdown(5000)


def test_every_question_has_an_answer(page):
    for question in read_lesson("tokens").questions:
        answer = page.answer(question.key)
        assert answer is not None
        if question.choices:
            assert question.choices[answer.value] == "gpt2"


def test_all_links_lead_somewhere(qtbot, page):
    links = set()
    for section in read_lesson("tokens").sections:
        links.update(LINK.findall(section.text))
    for question in read_lesson("tokens").questions:
        links.update(LINK.findall(question.ask))
    wished = []
    page.microscope.prompt_wished.connect(wished.append)
    for link in sorted(links):
        page.follow(link)
    settle(qtbot, page)
    assert wished == [LETTERS_PROMPT, TEXTS["journey"]]
    assert {link for link in links if link.startswith("try:")} == {
        *(f"try:{key}" for key in TEXTS), "try:bytes", "try:emoji-view", "try:count",
        "try:decode",
    }  # fmt: skip


def test_both_languages_agree():
    english, chinese = read_lesson("tokens"), read_lesson("tokens", "zh_CN")
    assert chinese.title != english.title
    assert len(chinese.sections) == len(english.sections)
    for ours, theirs in zip(chinese.sections, english.sections, strict=True):
        assert LINK.findall(ours.text) == LINK.findall(theirs.text)
    for ours, theirs in zip(chinese.questions, english.questions, strict=True):
        assert ours.key == theirs.key
        assert len(ours.choices) == len(theirs.choices)
        assert ours.why
        assert LINK.findall(ours.ask) == LINK.findall(theirs.ask)


def test_exhibits_are_painted(page):
    for exhibit in page.exhibits():
        assert len(exhibit.columns) == len(exhibit.rows[0])
        for theme in (LIGHT, DARK):
            image = QImage(exhibit.size.toSize(), QImage.Format.Format_RGB32)
            image.fill(theme.paper)
            blank = image.copy()
            painter = QPainter(image)
            exhibit.paint(painter, QRectF(image.rect()), theme)
            painter.end()
            assert image != blank


def test_reset(qtbot, page):
    cut(qtbot, page, "else")
    page.follow("try:bytes")
    page.letters.word.setText("banana")
    page.letters.letter.setText("a")
    page.letters.choice.setCurrentText("gpt2")
    page.reset()
    settle(qtbot, page)
    assert page.text.toPlainText() == TEXTS["journey"]
    assert page.bench.got.form == "ids"
    assert (page.letters.word.text(), page.letters.letter.text()) == ("Strawberry", "r")
    assert page.letters.choice.currentText() == "cl100k_base"


def test_the_cells_leave_room_for_every_id(qtbot, page):
    page.show()
    page.letters.choice.setCurrentText("gpt2")
    page.letters.word.setText("大模型可以预测下一个词")
    QApplication.processEvents()
    layout = page.letters.cells._layout
    metrics = page.letters.cells.fontMetrics()
    for index, token_id in enumerate(page.letters.cut.tokenization.ids.tolist()):
        rect = layout.token_rect(index)
        assert rect.width() >= metrics.horizontalAdvance(str(token_id))
        assert rect.right() <= page.letters.cells.width()
    page.hide()


def test_the_functions_are_those_that_ran(page):
    assert page.functions()[0].__name__ == "merge_pairs"


def test_the_tutorials_ids_are_its_text(qtbot, page, tiktokens):
    ids = [32, 7002, 286, 400, 29910]
    page.decoding.ids.setText("")
    page.follow("try:decode")
    assert page.decoding.text.text() == f"“{tiktokens['gpt2'].from_ids(tuple(ids)).text}”"
    assert page.decoding.pieces.text().split() == [
        *("32", "A", "7002", "·journey", "286", "·of", "400", "th", "29910", "ousand"),
    ]
    page.decoding.choice.setCurrentText("cl100k_base")
    assert page.decoding.text.text() == f"“{tiktokens['cl100k_base'].from_ids(tuple(ids)).text}”"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "abc is no token id"),
        ("-3", "-3 is no token id"),
        ("1.5", "1.5 is no token id"),
        ("50257", "gpt2 has no token with the id 50257"),
        ("9" * 300, "is no token id|no token with the id"),
    ],
)
def test_ids_that_there_are_not_are_named_and_nothing_false_is_shown(qtbot, page, typed, said):
    page.decoding.ids.setText(typed)
    assert re.search(said, page.decoding.complaint.text())
    assert page.decoding.text.isHidden()
    page.decoding.ids.setText("[32]")
    assert page.decoding.complaint.isHidden()
    assert page.decoding.text.text() == "“A”"
    page.decoding.ids.setText("")
    assert page.decoding.text.text() == "No ids, no text."


def test_half_a_character_is_said(qtbot, page):
    page.decoding.ids.setText("32 197 222")
    assert "no whole character" in page.decoding.pieces.text()
    page.decoding.reset()
    assert "no whole character" not in page.decoding.pieces.text()
