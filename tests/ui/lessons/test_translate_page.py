"""The lesson on encoder and decoder: what is on show against the translator and a plain pass."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from visualizer.lessons import translation as translation_module
from visualizer.lessons.prose import read_lesson
from visualizer.lessons.transformer import Transformer, TransformerSizes
from visualizer.lessons.translation import load_translator, save_translator
from visualizer.lessons.translation_data import BEGIN, END, LONGEST, VOCABULARY, token_ids
from visualizer.locations import bundled_path
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.translate_page import (
    CHINESE,
    DATE,
    EXAMPLES,
    FIRST,
    UNSEEN,
    WRONG,
    TranslatePage,
)
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
WRITTEN = ("一", "万", "二", "千", "三", "百", "四", "十", "五", END)


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def page(qtbot):
    page = TranslatePage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


@pytest.fixture
def unsure(qtbot, tmp_path, monkeypatch):
    """A page whose translator was never trained: its beams differ and change places."""
    torch.manual_seed(3)
    sizes = TransformerSizes(len(VOCABULARY), len(VOCABULARY), 16, 2, 3, 32, longest=LONGEST)
    save_translator(Transformer(sizes), tmp_path)
    monkeypatch.setattr(translation_module, "bundled_path", lambda *parts: tmp_path)
    page = TranslatePage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=30_000)


def type_text(qtbot, page, text):
    page.line.setText(text)
    settle(qtbot, page)


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def plain_pass(model, source, written):
    """Probabilities after each token, and the cross-attention, by one pass in torch."""
    from visualizer.lessons.transformer import AttentionMaps

    maps = AttentionMaps()
    target = torch.tensor([[VOCABULARY.index(BEGIN), *token_ids(written)]])[:, :-1]
    with torch.no_grad():
        logits = model(torch.tensor([token_ids(source)]), target, maps=maps)[0]
    powers = np.exp(logits.double().numpy())
    return powers / powers.sum(axis=1, keepdims=True), maps


# ------------------------------------------------------------------------------- what is shown


def test_it_begins_with_a_number_translated_greedily(page):
    assert page.line.text() == FIRST
    assert page.view.written.tokens() == (BEGIN, *WRITTEN)
    assert page.view.read.tokens()[:2] == ("<to zh>", "twelve")
    assert page.status.text().endswith("一万二千三百四十五")
    assert not page.next.isEnabled()
    assert page.restart.isEnabled()
    assert page.complaint.isHidden()


def test_the_numbers_are_those_of_a_pass_over_the_whole_translation(page):
    source = page.view.read.tokens()
    probs, maps = plain_pass(load_translator().model, source, WRITTEN)
    page.view.written.token_hovered.emit(4)
    bars = page.view.candidates.bars()
    order = np.argsort(-probs[3], kind="stable")[:5]
    assert [bar.word for bar in bars] == [VOCABULARY[i] for i in order]
    np.testing.assert_allclose([bar.prob for bar in bars], probs[3][order], atol=1e-9)
    assert [bar.word for bar in bars if bar.chosen] == ["千"]
    for head in (-1, 0, 3):
        page.view.trio.choose(0, head)
        for kind, weights in (
            ("encoder", maps.encoder), ("decoder", maps.decoder), ("cross", maps.cross),
        ):  # fmt: skip
            layer = weights[0][0].double().numpy()
            expected = layer.mean(axis=0) if head < 0 else layer[head]
            shown = page.view.trio.views[kind].matrix()
            np.testing.assert_allclose(shown.values, expected, atol=1e-5, err_msg=kind)
    cross = page.view.trio.views["cross"].matrix()
    assert (cross.row_labels, cross.column_labels) == (WRITTEN, source)
    decoder = page.view.trio.views["decoder"].matrix()
    assert decoder.row_labels == decoder.column_labels == (BEGIN, *WRITTEN[:-1])
    assert not np.triu(decoder.values, k=1).any()
    logprob = math.log(np.prod([probs[n, VOCABULARY.index(t)] for n, t in enumerate(WRITTEN)]))
    assert page.view.kept.kept()[0].logprob == pytest.approx(logprob, abs=1e-5)


def test_words_are_written_one_by_one(qtbot, page):
    click(qtbot, page.restart)
    assert page.view.written.tokens() == (BEGIN,)
    assert page.view.candidates.bars() == ()
    assert page.view.trio.views["cross"].matrix() is None
    assert not page.restart.isEnabled()
    assert page.exhibits() == ()
    for n in range(1, len(WRITTEN) + 1):
        click(qtbot, page.next)
        assert page.view.written.tokens() == (BEGIN, *WRITTEN[:n])
        assert page.view.trio.views["decoder"].matrix().values.shape == (n, n)
        assert [bar.word for bar in page.view.candidates.bars() if bar.chosen] == [WRITTEN[n - 1]]
    assert not page.next.isEnabled()
    click(qtbot, page.restart)
    click(qtbot, page.all)
    assert page.view.written.tokens() == (BEGIN, *WRITTEN)


def test_pointing_at_a_written_word_tints_what_it_looks_at(page):
    view = page.view
    view.written.token_hovered.emit(2)
    cross = view.trio.views["cross"].matrix().values
    np.testing.assert_array_equal(view.read._strengths, cross[1])
    assert "“万”" in view.looking.text()
    assert "“<begin> 一”" in view.candidates_caption.text()
    view.trio.views["cross"].cell_hovered.emit(4, 0)
    np.testing.assert_array_equal(view.read._strengths, cross[4])
    view.trio.views["decoder"].cell_hovered.emit(5, 0)
    np.testing.assert_array_equal(view.read._strengths, cross[5])
    view.written.token_selected.emit(3)
    view.written.token_hovered.emit(6)
    view.written.token_hovered.emit(-1)
    np.testing.assert_array_equal(view.read._strengths, cross[2])
    view.trio.choose(0, 1)
    other = view.trio.views["cross"].matrix().values
    np.testing.assert_array_equal(view.read._strengths, other[2])
    assert "layer 0, head 1" in view.looking.text()


def test_pointing_at_a_source_word_tints_who_looks_at_it(page):
    view = page.view
    view.read.token_hovered.emit(1)
    cross = view.trio.views["cross"].matrix().values
    np.testing.assert_array_equal(view.written._strengths[1:], cross[:, 1])
    assert np.isnan(view.written._strengths[0])
    assert "“twelve”" in view.looking.text()
    view.read.token_hovered.emit(-1)
    assert view.written._strengths is None
    np.testing.assert_array_equal(view.read._strengths, cross[-1])


def test_the_keyboard_walks_along_the_translation(qtbot, page):
    page.show()
    page.view.written.setFocus()
    qtbot.keyClick(page.view.written, Qt.Key.Key_Home)
    qtbot.keyClick(page.view.written, Qt.Key.Key_Right)
    assert "“一”" in page.view.looking.text()
    qtbot.keyClick(page.view.written, Qt.Key.Key_Right)
    assert "“万”" in page.view.looking.text()


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_translated_to_its_end_with_every_number_of_beams(qtbot, page, text):
    translator = load_translator()
    to = "en" if text[0] in "八一二" else "zh"
    type_text(qtbot, page, text)
    assert page.status.text().endswith(translator.translate(text, to))
    page.beams.setValue(3)
    settle(qtbot, page)
    assert page.status.text().endswith(translator.translate(text, to, 3))
    assert len(page.view.kept.kept()) == 3


# -------------------------------------------------------------------------------------- beams


def test_beams_that_change_places_are_shown_with_their_own_numbers(qtbot, unsure):
    unsure.beams.setValue(5)
    settle(qtbot, unsure)
    steps = unsure._translation.steps
    rewritten = [n for n in range(1, len(steps)) if steps[n].target[1:] != steps[n - 1].written]
    assert rewritten, "no beam overtook another: choose another seed"
    model = load_translator().model
    for n in [0, *rewritten]:
        unsure._show(n + 1)
        written = unsure.view.written.tokens()[1:]
        probs, maps = plain_pass(model, unsure.view.read.tokens(), written)
        for place in range(len(written)):
            unsure.view.written.token_hovered.emit(place + 1)
            chosen = next(bar for bar in unsure.view.candidates.bars() if bar.chosen)
            assert chosen.word == written[place]
            assert chosen.prob == pytest.approx(
                probs[place, VOCABULARY.index(written[place])], abs=1e-7
            )
        cross = maps.cross[-1][0].double().mean(dim=0).numpy()
        shown = unsure.view.trio.views["cross"].matrix().values
        np.testing.assert_allclose(shown, cross, atol=1e-5)
        kept = unsure.view.kept.kept()
        assert len(kept) == 5
        assert [row.logprob for row in kept] == sorted((k.logprob for k in kept), reverse=True)
        assert kept[0].text.replace(" ", "") == "".join(written).replace("-", "").replace(" ", "")


def test_the_list_of_beams_writes_the_difference(qtbot, page):
    from visualizer.ui.lessons.beam_list import BeamList, KeptTranslation

    beams = BeamList()
    qtbot.addWidget(beams)
    rows = [
        KeptTranslation(("Monday", " the", " third", " of", " May"), -0.1),
        KeptTranslation(("Monday", " the", " third", " of", " June"), -2.5),
        KeptTranslation(("Monday", " the", " tenth", " of"), -3.5),
    ]
    beams.set_kept(rows, 3)
    assert beams.kept() == tuple(rows)
    whole = beams.shown_pieces(1, 1, 1000)
    assert whole == [
        ("Monday", True), (" the", True), (" third", True), (" of", True), (" June", False),
    ]  # fmt: skip
    assert all(not quiet for _, quiet in beams.shown_pieces(0, 1, 1000))
    cut = beams.shown_pieces(1, 1, 130)
    assert cut[:2] == [("… ", True), ("the", True)]
    assert " June" not in [piece for piece, _ in cut]
    assert cut[-1] == (" …", True)
    assert beams.shown_pieces(1, 1, 1) == [(" …", True)]
    assert beams._first_difference() == 1
    assert beams.shown_pieces(2, 1, 1000)[2:] == [(" tenth", False), (" of", False)]
    assert "Monday the tenth of −3.5000" in beams.accessibleDescription()
    assert ("log-probability", "−2.5000") in beams.tooltip_rows(1)
    beams.set_kept([KeptTranslation(("ten",), -2.04e-6)], 1)
    assert ("log-probability", "−2.0·10⁻⁶") in beams.tooltip_rows(0)
    beams.resize(500, beams.sizeHint().height())
    beams.show()
    beams.set_kept([], 1)
    assert not beams.grab().isNull()


# ---------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to translate"),
        ("   ", "nothing to translate"),
        ("three pigs", "'pigs'"),
        ("两千", "'两'"),
        ("one " * 30, "30 words are too many"),
    ],
)
def test_bad_input_is_named_and_the_old_translation_stays(qtbot, page, text, sentence):
    type_text(qtbot, page, text)
    assert sentence in page.complaint.text()
    assert not page.complaint.isHidden()
    assert page.status.isHidden()
    assert page.view.written.tokens() == (BEGIN, *WRITTEN)
    type_text(qtbot, page, "ten")
    assert page.complaint.isHidden()
    assert page.view.written.tokens() == (BEGIN, "十", END)


def test_a_missing_translator_is_said_in_one_sentence(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(translation_module, "bundled_path", lambda *parts: tmp_path)
    page = TranslatePage(Microscope())
    qtbot.addWidget(page)
    settle(qtbot, page)
    assert "cannot be used" in page.complaint.text()
    assert page.answer("maps") is None
    assert page.exhibits() == ()
    for button in (page.restart, page.next, page.all):
        assert not button.isEnabled()
    assert page.shutdown(5000)


def test_typing_on_is_faster_than_translating(qtbot, page):
    """Only the newest text counts."""
    for text in ("o", "on", "one", "one hundred"):
        page.line.setText(text)
    settle(qtbot, page)
    assert page.complaint.isHidden()
    assert page.status.text().endswith("一百")


# --------------------------------------------------------------------- what the panel asks for


def test_the_answers(qtbot, page):
    assert page.answer("maps").value == 3 * 2 * 4
    *_, maps = plain_pass(load_translator().model, page.view.read.tokens(), WRITTEN)
    looked = maps.cross[-1][0, :, WRITTEN.index("二")].double().mean(dim=0).numpy()
    most, next_most = np.argsort(-looked)[:2]
    assert page.answer("two").value == page.view.read.tokens()[most] == "twelve"
    assert page.answer("two").numbers == {"weight": f"{looked[most]:.2f}"}
    assert looked[most] - looked[next_most] > 0.3, "nobody could answer that from the tints"
    assert page.answer("beam") is None
    assert page.answer("weekday") is None
    page.follow("try:unseen")
    settle(qtbot, page)
    assert page.answer("beam") is None
    greedy = page.view.written.tokens()
    page.follow("try:beam")
    settle(qtbot, page)
    assert page.answer("beam").value == int(page.view.written.tokens() == greedy)
    page.follow("try:weekday")
    settle(qtbot, page)
    assert "Friday" in page.view.read.tokens()
    assert page.answer("weekday").value == ("一五".index(page.status.text()[-1]))
    page.follow("try:chinese")
    settle(qtbot, page)
    assert page.answer("two") is None
    assert page.answer("unknown") is None


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_question_is_answered_and_hinted_at(qtbot, page, language):
    for question in read_lesson("translate", language).questions:
        for target in LINK.findall(question.ask):
            page.follow(target)
        settle(qtbot, page)
        answer = page.answer(question.key)
        assert answer is not None, question.key
        if question.choices:
            assert 0 <= answer.value < len(question.choices)
        hint = question.hint.format(**answer.numbers)
        assert hint
        right = question.choices[answer.value] if question.choices else f"{answer.value}"
        assert right not in re.findall(r"\w+", hint)
        assert question.show


def test_what_a_question_shows_is_in_sight(qtbot, page):
    view = page.view
    page.follow("try:one-head")
    assert view.trio.choice_text() == "layer 0, head 0"
    type_text(qtbot, page, "ten")
    page.follow("try:two")
    settle(qtbot, page)
    assert "“二”" in view.looking.text()
    assert "mean of layer 1" in view.looking.text()
    tints = dict(zip(view.read.tokens(), view.read._strengths, strict=True))
    assert max(tints, key=tints.get) == page.answer("two").value
    page.follow("try:last-character")
    settle(qtbot, page)
    assert f"“{page.status.text()[-1]}”" in view.looking.text()
    assert view.read.tokens()[int(np.argmax(view.read._strengths))] == "Friday"
    page.follow("try:four-beams")
    settle(qtbot, page)
    assert (page.line.text(), page.beams.value()) == (UNSEEN, 4)
    assert f"“{END}”" in view.looking.text()
    assert page.answer("beam").numbers["greedy"] == load_translator().translate(UNSEEN, "zh")


def test_a_wish_to_show_a_word_ends_with_the_next_text(qtbot, page):
    page.follow("try:two")
    type_text(qtbot, page, "ten thousand")
    assert f"“{END}”" in page.view.looking.text()


def test_reset_brings_the_beginning_back(qtbot, page):
    page.beams.setValue(4)
    type_text(qtbot, page, CHINESE)
    page.view.trio.choose(0, 2)
    page.reset()
    settle(qtbot, page)
    assert (page.line.text(), page.beams.value()) == (FIRST, 1)
    assert page.view.written.tokens() == (BEGIN, *WRITTEN)
    assert page.view.trio.choice_text() == "mean of layer 1’s heads"
    assert len(page.view.kept.kept()) == 1


def test_examples_can_be_chosen(qtbot, page):
    actions = page.examples.popup_menu.actions()
    assert [action.text() for action in actions] == list(EXAMPLES)
    actions[2].trigger()
    settle(qtbot, page)
    assert page.status.text().endswith("一九九九年五月三日星期一")


def test_what_the_text_says_of_the_bundled_translator_holds(qtbot, page):
    """The sentence that is wrong is the card's only one; the unlearned order parts the searches."""
    card = bundled_path("models", "translator", "README.md").read_text(encoding="utf-8")
    wrong = [line for line in card.splitlines() if line.startswith("* ") and "instead of" in line]
    assert [line.split(":")[0] for line in wrong] == [f"* {WRONG}"]
    assert "Of all 35,018 such" in read_lesson("translate").sections[3].text
    assert (
        sum(int(n.replace(",", "")) for n in re.findall(r"\| ([\d,]+) \| [\d.]+% \|", card))
        == 35_018
    )
    page.follow("try:wrong")
    settle(qtbot, page)
    assert not page.status.text().endswith("五万")
    for target in ("try:unseen", "try:beam"):
        page.follow(target)
        settle(qtbot, page)
    assert page.answer("beam").value == 0


def test_both_languages_have_the_same_structure():
    english, chinese = read_lesson("translate"), read_lesson("translate", "zh_CN")
    assert english.title != chinese.title
    assert [q.key for q in english.questions] == [q.key for q in chinese.questions]
    for one, other in zip(english.questions, chinese.questions, strict=True):
        assert len(one.choices) == len(other.choices)
        assert LINK.findall(one.ask) == LINK.findall(other.ask)
    links = [LINK.findall(section.text) for section in english.sections]
    assert links == [LINK.findall(section.text) for section in chinese.sections]


def on_show(page):
    view = page.view
    return page.line.text(), page.beams.value(), view.written.tokens(), view.looking.text()


def test_every_link_leads_somewhere(qtbot, page):
    wishes = []
    page.microscope.prompt_wished.connect(wishes.append)
    lesson = read_lesson("translate")
    texts = [section.text for section in lesson.sections]
    texts += [question.ask for question in lesson.questions]
    texts += [f"[show]({question.show})" for question in lesson.questions]
    seen = {}
    for target in {target for text in texts for target in LINK.findall(text)}:
        page.reset()
        settle(qtbot, page)
        before = on_show(page)
        page.follow(target)
        settle(qtbot, page)
        seen[target] = on_show(page) != before
    assert seen.pop("try:number") is False  # it is what the lesson begins with
    assert seen.pop("look:decoder") is False
    assert all(seen.values()), seen
    assert len(wishes) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_exhibits_have_the_numbers_and_paint_themselves(qtbot, page, theme):
    page.beams.setValue(2)
    type_text(qtbot, page, DATE)
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert list(exhibits) == ["encoder", "decoder", "cross", "words", "beams"]
    for key in ("encoder", "decoder", "cross"):
        shown = page.view.trio.views[key].matrix().values
        np.testing.assert_array_equal(exhibits[key].arrays[key], shown)
        assert [row[1:] for row in exhibits[key].rows] == shown.tolist()
        assert len(set(exhibits[key].columns)) == len(exhibits[key].columns) == shown.shape[1] + 1
    rows = exhibits["words"].rows
    assert tuple(row[1] for row in rows) == page.view.written.tokens()[1:]
    probs = exhibits["words"].arrays["probabilities"]
    for place, token, prob, logprob, _ in rows:
        assert prob == probs[place, VOCABULARY.index(token)]
        assert logprob == math.log(prob)
    assert sum(row[3] for row in rows) == pytest.approx(exhibits["beams"].rows[0][2], abs=1e-5)
    texts = [row.text for row in page.view.kept.kept()]
    assert [row[1] for row in exhibits["beams"].rows] == texts
    assert texts[0] == "一九九九年五月三日星期一 <end>"
    assert exhibits["beams"].arrays["logprobs"].tolist() == [
        row.logprob for row in page.view.kept.kept()
    ]
    for exhibit in exhibits.values():
        assert all(len(row) == len(exhibit.columns) for row in exhibit.rows)
        image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        exhibit.paint(painter, QRectF(image.rect()), theme)
        painter.end()
        assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 2


def test_the_code_is_found_without_importing_it(page):
    import inspect

    sources = [inspect.getsource(function) for function in page.functions()]
    assert "def steps(" in sources[0]
    assert any("causal" in source for source in sources)
    assert any("cross_attention" in source for source in sources)
