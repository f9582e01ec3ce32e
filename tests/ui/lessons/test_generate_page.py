"""The lesson on generation: each stage against NumPy, and the same loop on a model."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from visualizer.lessons.generation import select_next_token
from visualizer.lessons.prose import read_lesson
from visualizer.lessons.uses import CAPABLE_MODEL, USE_KEYS, use_for
from visualizer.ui.lessons.generate_page import GeneratePage
from visualizer.ui.lessons.generation_calls import word_list
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.model_loop import PROMPT
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
WORDS = ("I", "love", "oranges", "grapes", "you")
AFTER_LOVE = np.array([0, 0, 2, 1, 0]) / 3


@pytest.fixture
def page(qtbot):
    page = GeneratePage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    assert page.shutdown(5000)


@pytest.fixture
def words(page):
    return page.words


def click(qtbot, button, times=1):
    for _ in range(times):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def probs(bars):
    return [bar.prob for bar in bars.bars()]


def is_dimmed(widget):
    return widget.graphicsEffect() is not None


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=20_000)


# ------------------------------------------------------------------------------- five words


def test_it_begins_with_the_first_call_to_be_made(words):
    assert [bar.word for bar in words.predicted.bars()] == list(WORDS)
    assert np.isnan(probs(words.predicted)).all()
    assert words.next.text() == "Next: predict"
    assert [call.state for call in words.calls.calls()] == ["waiting"] * 5
    assert not words.counts.button.isEnabled()


def test_one_turn_shows_every_call_with_its_arguments_and_result(qtbot, words):
    click(qtbot, words.next, 4)
    calls = words.calls.calls()
    assert calls[0].code == 'predictions = predict_next_token(["I"], bigrams)'
    assert calls[0].result == (
        '{"I": 0.000, "love": 1.000, "oranges": 0.000, "grapes": 0.000, "you": 0.000}'
    )
    assert calls[1].code == (
        "chosen = select_next_token(predictions, "
        "Hyperparameters(temperature=1.0, top_k=0, top_p=1.0), rng)"
    )
    assert calls[2].result == calls[0].result
    assert calls[3].result.startswith('1  # words[1] == "love", draw = 0.')
    assert calls[4].result == '["I", "love"]'
    assert [call.state for call in calls] == ["done"] * 4 + ["now"]


def test_shaping_is_shown_within_the_selection_as_the_code_has_it(qtbot, words):
    source = inspect.getsource(select_next_token)
    click(qtbot, words.next, 2)
    calls = words.calls.calls()
    assert [call.depth for call in calls] == [0, 0, 1, 1, 0]
    assert [call.state for call in calls] == ["done", "done", "now", "waiting", "waiting"]
    assert calls[1].result == ""
    assert calls[2].code in source
    assert calls[3].code.removeprefix("return ") in source
    assert "&nbsp;&nbsp;&nbsp;&nbsp;shaped" in words.calls.text()


def test_after_love_come_oranges_twice_as_often_as_grapes(page, words):
    page.follow("try:love")
    np.testing.assert_allclose(probs(words.predicted), AFTER_LOVE)
    np.testing.assert_allclose(probs(words.shaped), AFTER_LOVE)
    assert words.loop.tokens == ["I", "love"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("cold", AFTER_LOVE**2 / (AFTER_LOVE**2).sum()),
        ("greedy", [0, 0, 1, 0, 0]),
        ("top-k", [0, 0, 1, 0, 0]),
        ("top-p", [0, 0, 1, 0, 0]),
    ],
)
def test_shaping(page, words, key, expected):
    page.follow(f"try:{key}")
    np.testing.assert_allclose(probs(words.shaped), expected)
    bars = words.shaped.bars()
    np.testing.assert_allclose([bar.before for bar in bars], AFTER_LOVE)
    assert [bar.removed for bar in bars] == [
        before > 0 and after == 0 for before, after in zip(AFTER_LOVE, expected, strict=True)
    ]


def test_the_sliders_shape_what_is_on_show(page, words):
    page.follow("try:love")
    words.sliders.top_k.spin.setValue(1)
    assert probs(words.shaped) == [0, 0, 1, 0, 0]
    assert "top_k=1" in words.calls.calls()[1].code
    assert words.calls.calls()[2].result.startswith('{"I": 0.000, "love": 0.000, "oranges": 1.000')
    words.sliders.top_k.reset()
    words.sliders.temperature.spin.setValue(2)
    root = np.sqrt(AFTER_LOVE)
    np.testing.assert_allclose(probs(words.shaped), root / root.sum())


def test_the_selected_word_is_outlined_and_the_draw_said(page, qtbot, words):
    page.follow("try:love")
    click(qtbot, words.next)
    draw = np.random.default_rng(0).random(2)[1]  # the second draw: the first chose "love"
    expected = "oranges" if draw < 2 / 3 else "grapes"
    assert [bar.word for bar in words.shaped.bars() if bar.chosen] == [expected]
    assert f"The draw {draw:.3f}" in words.draw_words.text()
    assert expected in words.draw_words.text()
    click(qtbot, words.next)
    assert words.loop.tokens == ["I", "love", expected]


def test_the_loop_ends_where_nothing_follows(qtbot, words):
    click(qtbot, words.run)
    assert len(words.loop.tokens) == 3
    fruit = words.loop.tokens[-1]
    assert f"Nothing ever follows '{fruit}'" in words.message.text()
    assert "The loop ends" in words.message.text()
    assert not words.next.isEnabled()
    assert not words.run.isEnabled()
    (call,) = words.calls.calls()
    assert call.code.startswith('generate_text(["I"], 10, Hyperparameters(')
    assert call.result == word_list(["love", fruit])


def test_smoothing_lets_it_go_on(qtbot, words):
    click(qtbot, words.run)
    words.smoothing.spin.setValue(0.5)
    assert words.next.isEnabled()
    click(qtbot, words.run)
    assert len(words.loop.tokens) == 13
    assert "smoothing=0.5" in words.calls.calls()[0].code


def test_the_same_seed_writes_the_same_text(qtbot, words):
    words.set_smoothing(0.5)
    click(qtbot, words.run)
    first = list(words.loop.tokens)
    click(qtbot, words.again)
    assert words.loop.tokens == ["I"]
    click(qtbot, words.next, 12)
    click(qtbot, words.next)
    words.n_words.setValue(7)
    click(qtbot, words.run)
    assert words.loop.tokens == first
    words.seed.change(1)
    assert words.loop.tokens == ["I"]
    words.n_words.setValue(10)
    click(qtbot, words.run)
    assert words.loop.tokens != first


def test_it_begins_with_any_word(qtbot, words):
    words.start.setCurrentText("grapes")
    words.start.activated.emit(words.start.currentIndex())
    click(qtbot, words.next)
    assert "'grapes'" in words.message.text()
    assert words.loop.round is None


def test_a_thousand_draws_are_counted(qtbot, page, words):
    page.follow("try:draws")
    settle(qtbot, page)
    drawn = words.counts.drawn
    rng = np.random.default_rng(0)
    expected = np.bincount(rng.choice(5, size=1000, p=AFTER_LOVE), minlength=5)
    np.testing.assert_array_equal(drawn.counts, expected)
    bars = words.counts.bars.bars()
    assert [(bar.word, bar.count) for bar in bars] == [
        ("oranges", expected[2]),
        ("grapes", expected[3]),
    ]
    assert f"oranges: {expected[2]} of 1,000; expected 667, give or take 15" in (
        words.counts.sentence.text()
    )
    words.sliders.top_k.spin.setValue(1)
    assert words.counts.drawn is None


def test_counts_of_what_is_no_longer_on_show_never_come(qtbot, page, words):
    page.follow("try:draws")
    page.follow("try:love")
    settle(qtbot, page)
    assert words.counts.drawn is None


def test_long_lists_say_what_is_left_out():
    assert word_list(["a"] * 12).count('"a"') == 12
    assert "… +8 …" in word_list(["a"] * 20)


# -------------------------------------------------------------------------------- the model


@pytest.fixture
def beside(page, controller):
    """The page wired to a controller as the window wires it."""
    microscope = page.microscope
    controller.model_changed.connect(microscope.set_model)
    controller.token_strip_view_changed.connect(microscope.set_tokens)
    controller.bars_view_changed.connect(microscope.set_bars)
    controller.sampling_view_changed.connect(microscope.set_sampling)
    microscope.prompt_wished.connect(controller.set_prompt)
    microscope.step_wished.connect(controller.step)
    microscope.sampling_wished.connect(controller.set_sampling)
    page.show_form(1)
    return controller


@pytest.fixture
def settled(qtbot, beside, tmp_path):
    """A model in use, and the text "ab" predicted from."""

    def wait(act):
        with qtbot.waitSignal(beside.settled, timeout=20_000):
            act()

    with qtbot.waitSignal(beside.model_changed, timeout=20_000):
        beside.load_model("fake", tmp_path)
    return wait


def test_without_a_model_it_says_so(page):
    page.follow("try:model")
    assert "No model is loaded" in page.model.message.text()
    assert not page.model.step.isEnabled()
    assert not page.model.run.isEnabled()


def test_the_models_candidates_with_the_vocabulary_named(page, settled):
    page.model.prompt.setText("ab")
    settled(page.model.run.click)
    view = page.microscope.bars
    bars = page.model.bars.bars()
    assert [bar.word for bar in bars] == [c.text for c in view.candidates[:10]]
    assert [bar.prob for bar in bars] == [c.prob for c in view.candidates[:10]]
    facts = {fact.name: fact.value for fact in page.model.facts.facts}
    assert facts["vocabulary V"] == "257"
    first = page.model.calls.calls()[0]
    assert first.code == 'predictions = predict_next_token(["a", "b"])'
    assert "… +254" in first.result
    assert "247 more tokens" in page.model.rest.text()


def test_a_step_is_told_with_its_result(page, settled):
    page.model.prompt.setText("ab")
    settled(page.model.run.click)
    settled(page.model.step.click)
    select, predict = page.model.calls.calls()
    assert select.code.startswith("select_next_token(predictions, temperature=1, top_k=0")
    assert select.result.startswith('"x"  # id 120')
    assert predict.code == 'predictions = predict_next_token(["a", "b", "x"])'
    page.model.prompt.setText("ab")
    settled(page.model.run.click)
    assert [call.result for call in page.model.calls.calls()][1] == ""


def test_the_line_says_of_what_the_tokens_and_bars_are(page, beside, settled):
    line = page.model.prompt
    settled(lambda: beside.set_prompt("xyz"))
    assert line.text() == "xyz"
    settled(lambda: beside.set_prompt("xyzab"))
    assert line.text() == "xyzab"
    settled(page.model.step.click)
    assert line.text() == page.microscope.tokens.tokenization.text
    assert len(line.text()) == 6
    assert not is_dimmed(page.model.chips)


def test_what_is_typed_stays_and_the_rest_is_dimmed_until_it_is_run(qtbot, page, beside, settled):
    loop = page.model
    settled(lambda: beside.set_prompt("xyz"))
    loop.prompt.setFocus()
    loop.prompt.clear()
    qtbot.keyClicks(loop.prompt, "ab")
    assert "Press Predict" in loop.message.text()
    assert is_dimmed(loop.chips)
    assert is_dimmed(loop.bars)
    settled(lambda: beside.set_prompt("other"))  # somebody types in the main window
    assert loop.prompt.text() == "ab"
    settled(loop.run.click)
    assert page.microscope.tokens.tokenization.text == loop.prompt.text() == "ab"
    assert loop.message.text() == ""
    assert not is_dimmed(loop.chips)
    qtbot.keyClicks(loop.prompt, "c")
    page.reset()
    assert loop.prompt.text() == "ab"


def test_a_text_that_is_too_long_for_the_line_is_not_put_there(page, beside, settled):
    settled(lambda: beside.set_prompt("a" * 5001))
    assert page.model.prompt.text() == ""
    assert "too long" in page.model.prompt.placeholderText()
    settled(lambda: beside.set_prompt("a\nb"))
    assert page.model.prompt.text() == "a\nb"
    assert "go on with" in page.model.prompt.placeholderText()


@pytest.fixture
def roomy(fake_engine):
    """A model with room for the prompts, whose tokens are single bytes."""
    fake_engine.context_length = 1024


def test_a_use_is_run_and_says_what_to_look_for(page, roomy, beside, settled):
    note = page.model.note
    page.follow("try:model")
    assert note.isHidden()
    settled(lambda: page.follow("try:use-question"))
    use = use_for("question", "fake")
    assert page.microscope.tokens.tokenization.text == page.model.prompt.text() == use.prompt
    assert note.words.text().startswith("Question answering: a model that has learned enough")
    assert "“Paris”" in note.words.text()
    assert "fake" in note.words.text()
    assert note.open.isHidden()
    settled(page.model.step.click)
    assert not note.isHidden()  # the answer is being written
    settled(lambda: beside.set_prompt("ab"))
    assert note.isHidden()


def test_what_the_small_model_cannot_do_is_said_and_another_model_offered(
    page, roomy, beside, settled, tmp_path
):
    asked = []
    page.microscope.model_wished.connect(asked.append)
    settled(lambda: beside.load_model("tiny", tmp_path))
    settled(lambda: page.follow("try:use-dialogue"))
    assert page.model.prompt.text() == use_for("dialogue", "tiny").prompt
    assert "Dialogue: tiny goes on with “Mia, said Tom.”" in page.model.note.words.text()
    settled(lambda: page.follow("try:use-translation"))
    assert "tiny has read nothing but little stories" in page.model.note.words.text()
    assert not page.model.note.open.isHidden()
    page.model.note.open.click()
    assert asked == [CAPABLE_MODEL]
    settled(lambda: page.follow("try:use-dialogue"))
    settled(lambda: beside.load_model(CAPABLE_MODEL, tmp_path))
    assert page.model.prompt.text() == use_for("dialogue", CAPABLE_MODEL).prompt
    assert f"{CAPABLE_MODEL} goes on with “Ben.”" in page.model.note.words.text()


def test_the_sliders_shape_the_model(qtbot, page, beside, settled):
    page.model.prompt.setText("ab")
    settled(page.model.run.click)
    page.model.sliders["top_k"].spin.setValue(2)
    qtbot.waitUntil(lambda: page.microscope.bars.n_kept == 2, timeout=20_000)
    bars = page.model.bars.bars()
    assert [bar.removed for bar in bars] == [False] * 2 + [True] * 8
    assert sum(bar.prob for bar in bars) == pytest.approx(1)
    assert bars[0].before == page.microscope.bars.candidates[0].prob
    assert page.microscope.sampling.sampling.top_k == 2


def test_an_empty_prompt_is_not_run(page, settled):
    wished = []
    page.microscope.prompt_wished.connect(wished.append)
    page.model.prompt.clear()
    page.model.run.click()
    assert wished == []


# ------------------------------------------------------------------------ what a page offers


def test_answers(page):
    assert page.answer("cold").value == pytest.approx(0.8)
    assert page.answer("top-p").value == 1
    assert page.answer("end").value == 2
    assert page.answer("seed").value == 0
    assert page.answer("no such question") is None
    assert {q.key for q in read_lesson("generate").questions} == {"cold", "top-p", "end", "seed"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_hints_have_the_numbers_on_screen_and_show_leads_there(qtbot, page, words, language):
    hints = {}
    for question in read_lesson("generate", language).questions:
        hints[question.key] = question.hint.format(**page.answer(question.key).numbers)
        page.follow("try:model")
        page.follow(question.show)
        assert page.forms.checkedId() == 0
    page.follow("try:love")
    assert [bar.prob for bar in words.predicted.bars()][2] == pytest.approx(2 / 3)
    for key in ("cold", "top-p"):
        assert "0.667" in hints[key]
        assert "0.333" in hints[key]
    page.follow("try:end")
    assert len(words.loop.tokens) == 3
    page.follow("try:seed")
    assert len(words.loop.tokens) == 9
    first = list(words.loop.tokens)
    click(qtbot, words.again)
    draws = []
    for _ in range(3):
        click(qtbot, words.next, 3)
        draws.append(re.search(r"0\.\d{3}", words.draw_words.text()).group())
        click(qtbot, words.next)
    assert ", ".join(draws) in hints["seed"]
    click(qtbot, words.next, 20)
    assert words.loop.tokens == first


def test_all_links_lead_somewhere(qtbot, page):
    links = set()
    for section in read_lesson("generate").sections:
        links.update(LINK.findall(section.text))
    for question in read_lesson("generate").questions:
        links.update(LINK.findall(question.ask))
    wished = []
    page.microscope.prompt_wished.connect(wished.append)
    for link in sorted(links):
        page.follow(link)
        settle(qtbot, page)
    assert wished == [PROMPT]
    assert links == {
        "look:journey", "try:love", "try:cold", "try:greedy", "try:top-k", "try:top-p",
        "try:smooth", "try:draws", "try:model", *(f"try:use-{key}" for key in USE_KEYS),
    }  # fmt: skip
    assert page.forms.checkedId() == 1  # "try:use-…" came last


def test_both_languages_agree():
    english, chinese = read_lesson("generate"), read_lesson("generate", "zh_CN")
    assert chinese.title != english.title
    assert len(chinese.sections) == len(english.sections)
    for ours, theirs in zip(chinese.sections, english.sections, strict=True):
        assert LINK.findall(ours.text) == LINK.findall(theirs.text)
    for ours, theirs in zip(chinese.questions, english.questions, strict=True):
        assert ours.key == theirs.key
        assert len(ours.choices) == len(theirs.choices)
        assert ours.why
        assert LINK.findall(ours.ask) == LINK.findall(theirs.ask)


def test_exhibits_are_what_is_on_show(qtbot, page, settled):
    page.model.prompt.setText("ab")
    settled(page.model.run.click)
    page.follow("try:draws")
    settle(qtbot, page)
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert set(exhibits) == {"predictions", "text", "draws", "model"}
    np.testing.assert_allclose(exhibits["predictions"].arrays["shaped"], AFTER_LOVE)
    assert list(exhibits["predictions"].rows)[2] == ("oranges", 2 / 3, 2 / 3)
    assert list(exhibits["text"].rows) == [(1, "love", 1.0, 1.0)]
    assert sum(row[2] for row in exhibits["draws"].rows) == 1000
    assert len(exhibits["model"].rows) == len(page.microscope.bars.candidates)
    for exhibit in exhibits.values():
        assert len(exhibit.columns) == len(exhibit.rows[0])
        for theme in (LIGHT, DARK):
            image = QImage(exhibit.size.toSize(), QImage.Format.Format_RGB32)
            image.fill(theme.paper)
            blank = image.copy()
            painter = QPainter(image)
            exhibit.paint(painter, QRectF(image.rect()), theme)
            painter.end()
            assert image != blank


def test_before_the_first_call_nothing_is_known(page):
    (exhibit,) = page.exhibits()
    assert [row[1:] for row in exhibit.rows] == [(None, None)] * 5


def test_reset(qtbot, page, words):
    page.follow("try:smooth")
    page.follow("try:model")
    words.start.setCurrentText("you")
    words.seed.change(5)
    words.sliders.top_p.spin.setValue(0.5)
    click(qtbot, words.run)
    page.reset()
    assert words.loop.tokens == ["I"]
    assert (words.loop.seed, words.loop.smoothing) == (0, 0.0)
    assert words.sliders.hyperparameters() == words.loop.hyperparameters
    assert words.loop.hyperparameters.top_p == 1.0
    assert words.start.currentText() == "I"
    assert page.forms.checkedId() == 0
    assert words.calls.calls()[0].state == "waiting"
    page.follow("try:love")
    click(qtbot, words.next, 2)
    assert words.loop.tokens[:2] == ["I", "love"]


def test_the_line_is_drawn(qtbot, page, words):
    page.follow("try:love")
    before = words.line.grab().toImage()
    click(qtbot, words.next)
    assert words.line.grab().toImage() != before


def test_the_functions_are_those_that_ran(page):
    names = [function.__name__ for function in page.functions()]
    assert names[:3] == ["generate_text", "predict_next_token", "select_next_token"]
