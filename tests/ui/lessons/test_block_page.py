"""The lesson on a block: a token's walk by plain NumPy, stacks of blocks, the model's stream."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QLineEdit, QScrollArea

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import ResidualRecord, ResidualRequest, Residuals
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.block import encoder_block
from visualizer.lessons.block_stack import seeded_block
from visualizer.lessons.prose import read_lesson
from visualizer.ui.lessons.block_cells import BlockChoices, parts_in_order, sentence_vectors
from visualizer.ui.lessons.block_depth import HIDDEN, KINDS, MOST_BLOCKS, WIDTH
from visualizer.ui.lessons.block_model import PROMPT
from visualizer.ui.lessons.block_page import BlockPage
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
MODEL = SimpleNamespace(n_layers=2, name="tiny")


@pytest.fixture
def page(qtbot):
    page = BlockPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    settle(qtbot, page)
    yield page
    assert page.shutdown(5000)


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.many.shown is not None and not page.is_busy(), timeout=20_000)


def row(page, part):
    return page.hand.rows.views[part].matrix().values[0]


def norm(rows, gain=1.0, bias=0.0, epsilon=1e-5):
    centred = rows - rows.mean(axis=1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + epsilon) + bias


def attention(x, weights):
    """With two heads, each written out."""
    half = x.shape[1] // 2
    joined = []
    for columns in (slice(0, half), slice(half, None)):
        q, k, v = (x @ w[:, columns] for w in (weights.w_q, weights.w_k, weights.w_v))
        powers = np.exp(q @ k.T / math.sqrt(half))
        joined.append(powers / powers.sum(axis=1, keepdims=True) @ v)
    return np.hstack(joined) @ weights.w_o


def plain(x, w, place, keep, epsilon):
    if place == "post":
        a = attention(x, w.attention)
        s = keep * x + a
        y = norm(s, w.gain1, w.bias1, epsilon)
        u = y @ w.w1
        f = np.maximum(u, 0) @ w.w2
        t = keep * y + f
        found = {"norm1": y, "sum1": s, "sum2": t, "norm2": norm(t, w.gain2, w.bias2, epsilon)}
    else:
        n = norm(x, w.gain1, w.bias1, epsilon)
        a = attention(n, w.attention)
        y = keep * x + a
        m = norm(y, w.gain2, w.bias2, epsilon)
        u = m @ w.w1
        f = np.maximum(u, 0) @ w.w2
        found = {"norm1": n, "sum1": y, "norm2": m, "sum2": keep * y + f}
    return {
        **found, "x": x, "attention": a, "before_relu": u, "hidden": np.maximum(u, 0),
        "feed_forward": f,
    }  # fmt: skip


# ---------------------------------------------------------------------------------- one token


@pytest.mark.parametrize("place", ["post", "pre"])
@pytest.mark.parametrize("residual", [True, False])
@pytest.mark.parametrize("epsilon", [1e-5, 0.1])
def test_every_row_is_its_formula(page, place, residual, epsilon):
    page.hand.set_built(BlockChoices(place, residual, epsilon))
    shown = page.hand.shown
    keep = float(residual)
    for part, values in plain(shown.x, shown.weights, place, keep, epsilon).items():
        np.testing.assert_allclose(row(page, part), values[2], atol=1e-12, err_msg=part)
    other = plain(shown.x, shown.weights, "pre" if place == "post" else "post", keep, epsilon)
    last = "sum2" if place == "post" else "norm2"
    np.testing.assert_allclose(row(page, "other"), other[last][2], atol=1e-12)


def test_rows_stand_in_the_order_of_the_steps(page, qtbot):
    page.show()
    qtbot.waitExposed(page)
    for place in ("post", "pre"):
        page.hand.set_built(BlockChoices(place))
        qtbot.wait(1)
        tops = [page.hand.rows.views[part].y() for part in parts_in_order(place)]
        assert tops == sorted(set(tops))
    assert page.minimumSizeHint().width() <= 900
    assert all(v.matrix_layout().has_numbers for v in page.hand.rows.views.values())


def test_what_is_out_of_sight_asks_for_no_room(page, qtbot):
    area = QScrollArea()
    area.setWidgetResizable(True)
    qtbot.addWidget(area)
    area.resize(920, 640)
    area.setWidget(page)
    area.show()
    qtbot.waitExposed(area)
    assert page.height() > 640
    page.follow("try:many")
    qtbot.waitUntil(lambda: page.height() <= 640)
    page.follow("try:begin")
    qtbot.waitUntil(lambda: page.height() > 640)
    area.takeWidget()


def test_mean_and_variance_are_those_of_each_row(page):
    rows = page.hand.rows
    for part in ("x", "attention", "sum1", "norm1", "sum2", "norm2"):
        mean = sum(row(page, part)) / 6
        variance = sum((v - mean) ** 2 for v in row(page, part)) / 6
        assert float(rows.means[part].text().replace("−", "-")) == pytest.approx(mean, abs=0.006)
        assert float(rows.variances[part].text()) == pytest.approx(variance, abs=0.006)
    assert rows.variances["norm1"].text() == "1.00"
    n_off = int((row(page, "before_relu") <= 0).sum())
    assert rows.variances["hidden"].text() == f"{n_off} off"


def test_another_token_and_another_sentence(page):
    page.hand.chips.token_selected.emit(0)
    np.testing.assert_array_equal(row(page, "x"), page.hand.shown.x[0])
    assert "the" in page.hand.meaning.text()
    page.hand.chips.token_selected.emit(4)
    page.hand.sentence.setText("two words")
    assert page.hand.shown.words == ("two", "words")
    assert page.hand.shown.token == 1


@pytest.mark.parametrize("sentence", ["", "one", "a b c d e f g"])
def test_a_sentence_that_is_too_short_or_long_is_refused(page, sentence):
    before = row(page, "x").copy()
    page.hand.sentence.setText(sentence)
    assert "type from 2 to 6" in page.hand.complaint.text()
    np.testing.assert_array_equal(row(page, "x"), before)
    page.hand.sentence.setText("it is")
    assert page.hand.complaint.isHidden()


@pytest.mark.parametrize("part", ["x", "gain1", "bias1", "gain2", "bias2"])
def test_a_number_that_is_typed_changes_what_follows(page, part):
    page.hand.rows.views[part].cell_edited.emit(0, 3, -2.5)
    assert row(page, part)[3] == -2.5
    assert page.hand.looked_at == (part, 0, 3)
    shown = page.hand.shown
    for name, values in plain(shown.x, shown.weights, "post", 1.0, 1e-5).items():
        np.testing.assert_allclose(row(page, name), values[2], atol=1e-12, err_msg=name)


@pytest.mark.parametrize("value", [-12.345, 99.994, -100.0, 1000.0, -1000.0])
def test_large_numbers_have_room(page, qtbot, value):
    page.show()
    qtbot.waitExposed(page)
    for place in ("post", "pre"):
        page.hand.set_built(BlockChoices(place))
        page.hand.rows.views["x"].cell_edited.emit(0, 0, value)
        page.hand.rows.views["gain1"].cell_edited.emit(0, 0, value)
        page.hand.maps.w1.cell_edited.emit(0, 0, value)
        for part, view in page.hand.rows.views.items():
            assert view.matrix_layout().has_numbers, part


def test_the_maps_can_be_typed_into(page):
    page.hand.maps.w1.cell_edited.emit(1, 11, 3.0)
    page.hand.maps.w2.cell_edited.emit(11, 0, 4.0)
    shown = page.hand.shown
    assert shown.weights.w1[1, 11] == 3
    assert shown.weights.w2[11, 0] == 4
    assert page.hand.maps.w2.matrix().values[11, 0] == 4
    np.testing.assert_allclose(row(page, "before_relu"), row(page, "norm1") @ shown.weights.w1)


@pytest.mark.parametrize("value", [1e9, -1001.0, math.inf, math.nan])
def test_a_number_that_is_too_large_is_refused_and_nothing_changes(page, value):
    before = row(page, "x").copy()
    page.hand.rows.views["x"].cell_edited.emit(0, 0, value)
    assert "is too large" in page.hand.complaint.text()
    np.testing.assert_array_equal(row(page, "x"), before)


@pytest.mark.parametrize("view", ["x", "gain2", "w1"])
def test_what_is_refused_does_not_stay_in_its_cell(page, qtbot, view):
    page.show()
    qtbot.waitExposed(page)
    matrix = page.hand.maps.w1 if view == "w1" else page.hand.rows.views[view]
    before = matrix.matrix().values.copy()
    for typed, is_taken in (("5000", False), ("5", True)):
        matrix.cell_selected.emit(0, 1)
        matrix.edit_cell(0, 1, typed)
        qtbot.keyClick(matrix.findChild(QLineEdit), Qt.Key.Key_Return)
        assert page.hand.complaint.isHidden() == is_taken
        wanted = 5 if is_taken else before[0, 1]
        assert matrix.matrix().values[0, 1] == wanted


@pytest.mark.parametrize("place", ["post", "pre"])
@pytest.mark.parametrize("residual", [True, False])
def test_every_cell_is_spelled_out_with_its_value(page, place, residual):
    page.hand.set_built(BlockChoices(place, residual))
    for part, view in page.hand.rows.views.items():
        for column in range(view.matrix().n_columns):
            view.cell_selected.emit(0, column)
            result = page.hand.arithmetic.text().rpartition("= ")[2].replace("−", "-")
            value = view.matrix().values[0, column]
            assert float(result) == pytest.approx(value, abs=6e-4), (part, column)
            assert (0, column) in view.matrix().highlight_cells


def test_arithmetic_says_what_a_cell_comes_from(page):
    hand = page.hand
    x, a = row(page, "x"), row(page, "attention")
    hand.rows.views["sum1"].cell_hovered.emit(0, 0)
    assert hand.arithmetic.text() == f"{x[0]:.3f} + {a[0]:.3f} = {x[0] + a[0]:.3f}"
    assert hand.rows.views["x"].matrix().highlight_cells == ((0, 0),)
    hand.rows.views["before_relu"].cell_hovered.emit(0, 3)
    assert hand.maps.w1.matrix().highlight_columns == (3,)
    assert hand.rows.views["norm1"].matrix().highlight_rows == (0,)
    hand.rows.views["hidden"].cell_hovered.emit(0, 0)
    assert hand.arithmetic.text() == f"max(0, −{-row(page, 'before_relu')[0]:.3f}) = 0"
    hand.rows.views["hidden"].cell_hovered.emit(-1, -1)  # the pointer leaves
    assert hand.looked_at == ("hidden", 0, 0)


def test_without_the_residual_it_says_so(page):
    page.follow("try:residual")
    assert page.hand.rows.names["sum1"].text() == "s = x + a"
    page.follow("try:no-residual")
    assert page.hand.rows.names["sum1"].text() == "s = a"
    assert "takes the place" in page.hand.meaning.text()
    np.testing.assert_array_equal(row(page, "sum1"), row(page, "attention"))


def test_equal_numbers_are_normalised_to_zero(page):
    page.follow("try:equal")
    assert (row(page, "x") == 1).all()
    assert (row(page, "norm1") == 0).all()
    assert page.hand.rows.means["norm1"].text() == "0.00"


def test_gains_of_two_make_a_variance_of_four(page):
    page.follow("try:gain")
    assert row(page, "norm2").var() == pytest.approx(4, abs=1e-3)


def test_other_weights_are_others(page):
    before = row(page, "attention").copy()
    page.hand.random.click()
    assert np.abs(row(page, "attention") - before).max() > 0.1
    page.reset()
    np.testing.assert_array_equal(row(page, "attention"), before)


# ---------------------------------------------------------------------------------- many blocks


def test_stacks_are_blocks_one_after_another(page):
    _, x = sentence_vectors("the dog bites the man", WIDTH)
    for place, residual in KINDS:
        stream = x
        steps = page.many.shown.steps[place, residual]
        for layer in range(3):
            block = seeded_block(WIDTH, HIDDEN, layer)
            stream = encoder_block(stream, block, 4, norm=place, residual=residual).output
            np.testing.assert_allclose(steps.stream[layer + 1], stream)
        lengths = np.sqrt((stream**2).sum(axis=1))
        assert page.many.values((place, residual), "length")[3] == pytest.approx(lengths.mean())
        unit = stream / lengths[:, None]
        alike = (unit @ unit.T).sum() - 5
        assert page.many.values((place, residual), "similarity")[3] == pytest.approx(alike / 20)


def test_the_charts_show_as_many_blocks_as_are_wanted(page):
    assert [len(s.x) for s in page.many.similarity.chart().series] == [MOST_BLOCKS + 1] * 4
    page.follow("try:one-block")
    assert [len(s.x) for s in page.many.length.chart().series] == [2] * 4
    fact = page.many.facts["length"].facts[1]
    assert fact.name == "pre-norm"
    assert float(fact.value) == pytest.approx(
        page.many.values(("pre", True), "length")[1], abs=0.01
    )
    page.many.blocks.spin.setValue(5)
    assert len(page.many.length.chart().series[0].x) == 6


def test_another_sentence_and_other_weights_reach_the_stacks(qtbot, page):
    first = page.many.shown
    page.hand.sentence.setText("snow falls")
    qtbot.waitUntil(lambda: page.many.shown is not first, timeout=20_000)
    assert page.many.shown.sentence == "snow falls"
    assert "snow falls" in page.many.note.text()
    second = page.many.shown
    page.many.random.click()
    qtbot.waitUntil(lambda: page.many.shown is not second, timeout=20_000)
    assert page.many.shown.seed == 1
    assert page.many.begun is first  # what questions are about


# ------------------------------------------------------------------------------------ the model


@pytest.fixture
def asked(page):
    """The page beside a model; what it asks."""
    questions = []
    page.microscope.asked.connect(questions.append)
    page.microscope.set_model(MODEL)
    page.set_active(True)
    return questions


def residuals(text, n_rows=4):
    pieces = re.findall(r" ?\S+", text)
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    ids = np.arange(len(pieces))
    cut = Tokenization(text, ids, tuple(p.encode() for p in pieces), starts, ends, 0, "test")
    stream = np.random.default_rng(3).normal(size=(n_rows, len(pieces), 5)).astype(np.float32)
    return Residuals(cut, stream)


def test_the_model_is_asked_when_it_comes_into_sight(page, asked):
    assert asked == []
    page.follow("try:model")
    assert asked == [ResidualRequest(0, (PROMPT,))]
    assert page.is_busy()
    text = residuals(PROMPT)
    page.microscope.take_answer(asked[0], ResidualRecord(1, (text,)))
    assert not page.is_busy()
    last, first = page.model.length.chart().series
    lengths = np.sqrt((text.stream.astype(np.float64) ** 2).sum(axis=2))
    np.testing.assert_allclose(last.y, lengths[:3, 8])
    np.testing.assert_allclose(first.y, lengths[:3, 0])
    assert f"{lengths[3, 8]:.4g} after the final normalisation" in page.model.note.text()
    unit = text.stream[1].astype(np.float64) / lengths[1][:, None]
    (similar,) = page.model.similarity.chart().series
    assert similar.y[1] == pytest.approx(((unit @ unit.T).sum() - 9) / 72)
    page.model.chips.token_selected.emit(0)
    (only,) = page.model.length.chart().series
    np.testing.assert_allclose(only.y, lengths[:3, 0])


def test_a_model_whose_last_vectors_have_another_width(page, asked):
    page.follow("try:model")
    page.microscope.take_answer(asked[0], ResidualRecord(1, (residuals(PROMPT, 3),)))
    assert len(page.model.length.chart().series[0].y) == 3
    assert "final" not in page.model.note.text()


def test_what_the_model_cannot_do_is_said_and_the_old_curves_stay(page, asked):
    page.follow("try:model")
    page.microscope.take_answer(asked[-1], ResidualRecord(1, (residuals(PROMPT),)))
    chart = page.model.length.chart()
    page.model.text.setText("word")
    page.model.run.click()
    page.microscope.take_answer(asked[-1], ResidualRecord(2, (residuals("word"),)))
    assert "at least two words" in page.model.complaint.text()
    page.model.run.click()
    page.microscope.take_answer(asked[-1], VisualizerError("It has 99 tokens: shorten it."))
    assert page.model.complaint.text() == "It has 99 tokens: shorten it."
    assert page.model.length.chart() is chart


def test_without_a_model_it_says_so(page):
    page.set_active(True)
    page.follow("try:model")
    assert "no model at hand" in page.model.complaint.text()


# -------------------------------------------------------------------------- what a page offers


def test_answers_are_those_of_the_beginning_whatever_is_on_show(page):
    page.follow("try:shift")
    page.hand.random.click()
    assert page.answer("off").value == 7
    assert page.answer("shift").value == 1
    alike = page.many.begun.steps["post", False].similarity
    after = page.answer("collapse").value
    assert alike[after] > 0.99 >= alike[after - 1]
    assert read_lesson("block").questions[3].choices[page.answer("longest").value] == "pre-norm"
    assert page.answer("nonsense") is None
    keys = {question.key for question in read_lesson("block").questions}
    assert keys == {"off", "shift", "collapse", "longest"}


def test_the_answer_can_be_read_off_the_page(page):
    page.follow("try:shift")
    shifted = row(page, "norm1").copy()
    page.follow("try:begin")
    assert page.hand.rows.variances["hidden"].text() == f"{page.answer('off').value} off"
    page.follow("try:pre")
    np.testing.assert_allclose(row(page, "norm1"), shifted, atol=1e-6)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_hints_have_the_numbers_on_screen(qtbot, page, language):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=20_000)
    hints = {
        question.key: question.hint.format(**page.answer(question.key).numbers)
        for question in read_lesson("block", language).questions
    }
    page.follow("try:begin")
    means = [page.hand.rows.means["x"].text()]
    units = page.hand.rows.matrices()["before_relu"].values[0]
    for value in (units.max(), units.min()):
        assert f"{value:.2f}".replace("-", "−") in hints["off"]
    page.follow("try:shift")
    means.append(page.hand.rows.means["x"].text())
    assert all(mean in hints["shift"] for mean in means)
    page.follow("try:many")
    lengths = [float(fact.value) for fact in page.many.facts["length"].facts]
    for value in (min(lengths), max(lengths)):
        assert f"{value:.2f}" in hints["longest"]
    page.follow("try:one-block")
    first = page.many.facts["similarity"].facts[2].value
    assert first in hints["collapse"]
    assert float(first) < 0.99, "the hint has the answer"


def test_one_block_is_no_plural_and_the_axis_counts_in_whole_blocks(qtbot, page):
    qtbot.waitUntil(lambda: not page.is_busy(), timeout=20_000)
    page.follow("try:one-block")
    assert page.many.headings["similarity"].text() == "Similarity after 1 block (1: all alike)"
    assert page.many.headings["length"].text() == "Length after 1 block"
    for n_blocks, expected in ((1, ["0", "1"]), (3, ["0", "1", "2", "3"])):
        page.many.set_blocks(n_blocks)
        axis = page.many.similarity.chart().axes[0]
        assert [text for _, text in axis.ticks(10)] == expected
    assert page.many.headings["length"].text() == "Length after 3 blocks"


def test_all_of_w2_is_in_sight_in_a_small_window(qtbot, page):
    page.resize(930, 680)  # the room that a window of 1280 by 800 leaves
    page.show()
    qtbot.waitExposed(page)
    w2 = page.hand.maps.w2
    bottom = w2.mapTo(page, w2.cell_rect(11, 5).bottomRight().toPoint()).y()
    assert bottom < 680
    assert w2.matrix_layout().has_numbers


def test_every_link_leads_somewhere(page, asked):
    prompts = []
    page.microscope.prompt_wished.connect(prompts.append)
    lesson = read_lesson("block")
    texts = [s.text for s in lesson.sections] + [q.ask for q in lesson.questions]
    targets = [target for text in texts for target in LINK.findall(text)]
    assert len(set(targets)) >= 12
    for target in targets:
        page.reset()
        before = (page.hand.looked_at, page.hand.choices, page.forms.checkedId())
        page.follow(target)
        after = (page.hand.looked_at, page.hand.choices, page.forms.checkedId())
        if target not in ("try:begin", "try:post", "try:norm", "look:prompt"):
            assert after != before, target
    assert prompts == [PROMPT]


def test_reset_puts_everything_back(qtbot, page):
    before = row(page, "norm2").copy()
    page.follow("try:shift")
    page.hand.epsilon.setCurrentIndex(4)
    page.hand.sentence.setText("x y")
    page.follow("try:one-block")
    page.reset()
    settle(qtbot, page)
    assert page.forms.checkedId() == 0
    np.testing.assert_array_equal(row(page, "norm2"), before)
    assert page.hand.choices == BlockChoices()
    assert page.many.n_blocks == MOST_BLOCKS
    assert page.many.shown.sentence == "the dog bites the man"
    assert page.model.text.text() == PROMPT


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_exhibits_have_the_numbers_and_paint_themselves(page, asked, theme):
    page.follow("try:model")
    page.microscope.take_answer(asked[0], ResidualRecord(1, (residuals(PROMPT),)))
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert set(exhibits) == {
        "block", "stack-similarity", "stack-length", "stream-length", "stream-similarity",
    }  # fmt: skip
    np.testing.assert_array_equal(exhibits["block"].arrays["norm2"], row(page, "norm2"))
    assert ("hidden", 5, row(page, "hidden")[5]) in list(exhibits["block"].rows)
    assert len(exhibits["stack-length"].rows) == MOST_BLOCKS + 1
    assert exhibits["stream-length"].arrays["lengths"].shape == (3, 9)
    for exhibit in exhibits.values():
        assert len(exhibit.columns) == len(exhibit.rows[0])
        image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        exhibit.paint(painter, QRectF(image.rect()), theme)
        painter.end()
        assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 20


def test_the_functions_are_the_ones_that_ran(page):
    names = [function.__name__ for function in page.functions()]
    assert names[0] == "encoder_block"
    assert {"layer_norm", "feed_forward", "stack_blocks"} <= set(names)
