"""The lesson on self-attention: its matrices against plain NumPy, its cells, a head's numbers."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from visualizer.engine.errors import VisualizerError
from visualizer.engine.lesson_records import HeadStepsRecord, HeadStepsRequest
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.prose import read_lesson
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.lessons.attention_cells import STEPS, marks_of
from visualizer.ui.lessons.attention_page import PROMPT, AttentionPage
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
X = np.array([[1, 0, 0.5], [0, 1, 1], [1, 1, 0], [0, 0.5, 1]])
W_Q = np.array([[1.0, 0], [0, 2], [1, -1]])
W_K = np.array([[0.0, 1], [2, 0], [-1, 1]])
W_V = np.array([[1.0, 0], [0, 1], [1, 1]])


@pytest.fixture
def page(qtbot):
    page = AttentionPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    assert page.shutdown(2000)


def plain(x, w_q, w_k, w_v, *, causal=False):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    scaled = q @ k.T / math.sqrt(q.shape[1])
    masked = np.where(np.tri(len(x)) > 0, scaled, -np.inf) if causal else scaled
    powers = np.exp(masked)
    weights = powers / powers.sum(axis=1, keepdims=True)
    return {
        "x": x, "w_q": w_q, "w_k": w_k, "w_v": w_v, "q": q, "k": k, "v": v, "scores": q @ k.T,
        "scaled": scaled, "masked": masked, "weights": weights, "output": weights @ v,
    }  # fmt: skip


def shown(page, step):
    return page.hand.views[step].matrix().values


# ------------------------------------------------------------------------------------ by hand


def test_it_begins_with_four_tokens_and_every_step_is_its_formula(page):
    for step, values in plain(X, W_Q, W_K, W_V).items():
        np.testing.assert_allclose(shown(page, step), values, err_msg=step)
    assert page.hand.views["scores"].matrix().column_labels == ("the", "cat", "sat", "on")


def test_the_mask_hides_later_tokens(page):
    page.hand.causal.setChecked(True)
    for step, values in plain(X, W_Q, W_K, W_V, causal=True).items():
        np.testing.assert_allclose(shown(page, step), values, err_msg=step)
    assert np.isneginf(shown(page, "masked")[0, 1:]).all()


@pytest.mark.parametrize(
    ("step", "cell"), [("x", (1, 2)), ("w_q", (0, 1)), ("w_k", (2, 0)), ("w_v", (1, 1))]
)
def test_a_number_that_is_typed_changes_all_that_follows(page, step, cell):
    page.hand.views[step].cell_edited.emit(*cell, -2.5)
    inputs = {"x": X.copy(), "w_q": W_Q.copy(), "w_k": W_K.copy(), "w_v": W_V.copy()}
    inputs[step][cell] = -2.5
    for name, values in plain(*inputs.values()).items():
        np.testing.assert_allclose(shown(page, name), values, err_msg=name)


@pytest.mark.parametrize("value", [1e9, -1001.0, math.inf, math.nan])
def test_a_number_that_is_too_large_is_refused_and_nothing_changes(page, value):
    page.hand.views["x"].cell_edited.emit(0, 0, value)
    assert "is too large" in page.hand.complaint.text()
    np.testing.assert_array_equal(shown(page, "x"), X)
    page.hand.views["x"].cell_edited.emit(0, 0, 3.0)
    assert page.hand.complaint.isHidden()
    assert shown(page, "x")[0, 0] == 3


@pytest.mark.parametrize(("n", "width", "head_width"), [(2, 1, 1), (6, 4, 4), (5, 3, 2)])
def test_sizes_change_and_what_was_typed_stays(page, n, width, head_width):
    page.hand.views["x"].cell_edited.emit(0, 0, 7.0)
    page.hand.tokens.setValue(n)
    page.hand.width_.setValue(width)
    page.hand.head_width.setValue(head_width)
    assert shown(page, "x").shape == (n, width)
    assert shown(page, "w_q").shape == (width, head_width)
    inputs = [shown(page, step) for step in ("x", "w_q", "w_k", "w_v")]
    for step, values in plain(*inputs).items():
        np.testing.assert_allclose(shown(page, step), values, err_msg=step)
    assert shown(page, "x")[0, 0] == 7


def test_six_tokens_have_their_numbers_at_900_pixels(page, qtbot):
    page.hand.tokens.setValue(6)
    page.hand.width_.setValue(4)
    page.hand.head_width.setValue(4)
    page.show()
    qtbot.waitExposed(page)
    assert page.minimumSizeHint().width() <= 900
    for step, view in page.hand.views.items():
        assert view.matrix_layout().has_numbers, step


def test_random_numbers_are_others_each_time_and_reset_brings_the_first_back(page):
    seen = [shown(page, "x").copy()]
    for _ in range(2):
        page.hand.random.click()
        seen.append(shown(page, "x").copy())
    assert len(np.unique(np.stack(seen), axis=0)) == 3
    page.hand.causal.setChecked(True)
    page.hand.tokens.setValue(2)
    page.reset()
    np.testing.assert_array_equal(shown(page, "x"), X)
    assert not page.hand.causal.isChecked()


# ------------------------------------------------------------------- the cell that is looked at


@pytest.mark.parametrize(
    ("step", "cell", "sentence"),
    [
        ("q", (1, 0), "0·1 + 1·0 + 1·1 = 1"),
        ("scores", (1, 2), "1·2 + 1·1 = 3"),
        ("scaled", (1, 2), "3 / √2 = 2.121"),
        ("masked", (1, 0), "0.707"),
        ("weights", (1, 2), "e^2.121 / (e^0.707 + e^1.414 + e^2.121 + e^0.707) = 0.505"),
        ("output", (1, 0), "0.123·1.5 + 0.249·1 + 0.505·1 + 0.123·1 = 1.061"),
        ("x", (0, 2), "0.5"),
    ],
)
def test_a_cell_is_spelled_out(page, step, cell, sentence):
    page.hand.views[step].cell_hovered.emit(*cell)
    assert page.hand.arithmetic.text() == sentence
    assert page.hand.meaning.text()


def test_what_a_cell_comes_from_is_outlined(page):
    views = page.hand.views
    views["weights"].cell_selected.emit(2, 1)
    assert views["masked"].matrix().highlight_rows == (2,)
    assert views["weights"].matrix().highlight_cells == ((2, 1),)
    views["output"].cell_hovered.emit(3, 1)
    assert views["weights"].matrix().highlight_rows == (3,)
    assert views["v"].matrix().highlight_columns == (1,)
    assert views["masked"].matrix().highlight_rows == ()
    views["output"].cell_hovered.emit(-1, -1)  # the pointer has left: it stays
    assert views["weights"].matrix().highlight_rows == (3,)


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


FORMULAS = {
    "q": (("x", "w_q"), np.matmul),
    "k": (("x", "w_k"), np.matmul),
    "v": (("x", "w_v"), np.matmul),
    "scores": (("q", "k"), lambda q, k: q @ k.T),
    "scaled": (("scores",), lambda scores: scores / 2),
    "masked": (("scaled",), lambda scaled: scaled),
    "weights": (("masked",), softmax),
    "output": (("weights", "v"), np.matmul),
}


@pytest.mark.parametrize("step", FORMULAS)
def test_exactly_those_cells_are_outlined_on_which_a_cell_depends(step):
    names, formula = FORMULAS[step]
    before = [plain(X, W_Q, W_K, W_V)[name] + 0.1 for name in names]
    value = formula(*before)[2, 1]
    marks = marks_of(step, 2, 1)
    assert set(marks) == set(names)
    for place, name in enumerate(names):
        for row, column in np.ndindex(before[place].shape):
            moved = [matrix.copy() for matrix in before]
            moved[place][row, column] += 1
            mark = marks[name]
            outlined = row in mark.rows or column in mark.columns or (row, column) in mark.cells
            assert (formula(*moved)[2, 1] != value) == outlined, (name, row, column)


@pytest.mark.parametrize("step", ["x", "w_q", "w_k", "w_v"])
def test_of_a_number_that_is_typed_what_it_goes_into_is_outlined(step):
    inputs = {"x": X, "w_q": W_Q, "w_k": W_K, "w_v": W_V}
    moved = {**inputs, step: inputs[step].copy()}
    moved[step][2, 1] += 1
    before, after = plain(*inputs.values()), plain(*moved.values())
    marks = marks_of(step, 2, 1)
    for name in ("q", "k", "v"):
        changed = before[name] != after[name]
        mark = marks.get(name)
        for row, column in np.argwhere(changed):
            assert mark is not None
            assert row in mark.rows or column in mark.columns
        assert changed.any() == (mark is not None)


def test_a_smaller_matrix_keeps_the_cell_in_sight(page):
    page.hand.views["scores"].cell_hovered.emit(3, 3)
    page.hand.tokens.setValue(2)
    assert page.hand.linked.looked_at == ("scores", 1, 1)


# ------------------------------------------------------------------------- a head of the model


def a_record(request, n=3, d=4, elsewhere=0.0):
    rng = np.random.default_rng(request.layer * 10 + request.head)
    q, k, v = (rng.normal(size=(n, d)).astype(np.float32) for _ in range(3))
    scores = q.astype(np.float64) @ k.astype(np.float64).T
    masked = np.where(np.tri(n) > 0, scores * 0.5, -np.inf)
    weights = np.exp(masked) / np.exp(masked).sum(axis=1, keepdims=True) * (1 - elsewhere)
    return HeadStepsRecord(
        1, request.layer, request.head, 0, request.first, np.arange(n), (b"a", b" b", b"c")[:n],
        q, k, v, 0.5, None, None, scores, scores * 0.5, scores * 0.5, masked, weights,
        np.full(n, elsewhere), weights @ v,
    )  # fmt: skip


@pytest.fixture
def asked(page):
    """The page beside a model of 3 layers and 2 heads; what it asks."""
    questions = []
    page.microscope.asked.connect(questions.append)
    page.microscope.set_model(SimpleNamespace(n_layers=3, n_heads=2, name="tiny"))
    page.microscope.set_tokens(strip(b"a", b" b", b"c"))
    page.set_active(True)
    return questions


def strip(*pieces):
    ends = np.cumsum([len(piece) for piece in pieces])
    text = Tokenization(
        b"".join(pieces).decode(),
        np.array([sum(piece) for piece in pieces]),
        tuple(pieces),
        np.concatenate([[0], ends[:-1]]),
        ends,
        0,
        "test",
    )
    return TokenStripView(text, None, None, None)


def answer(page, question, **more):
    record = a_record(question, **more)
    page.microscope.take_answer(question, record)
    return record


def test_nothing_is_asked_before_the_head_is_in_sight(page, asked):
    assert asked == []
    page.follow("try:head")
    assert asked == [HeadStepsRequest(0, 0, 0, 0, 8)]
    assert page.is_busy()
    answer(page, asked[-1])
    assert not page.is_busy()
    page.set_active(False)
    page.microscope.set_tokens(strip(b"other"))
    assert len(asked) == 1


def test_the_steps_of_a_head_are_shown_as_they_come(page, asked):
    page.follow("try:head")
    record = answer(page, asked[-1])
    for step in ("q", "k", "v", "scores", "scaled", "masked", "weights", "output"):
        values = page.head.views[step].matrix().values
        np.testing.assert_array_equal(values, getattr(record, step).astype(np.float64))
    assert page.head.views["weights"].matrix().row_labels == ("a", "·b", "c")


def test_another_choice_asks_anew_and_an_older_answer_is_not_taken(page, asked):
    page.follow("try:head")
    old = asked[-1]
    page.head.layer.setValue(2)
    page.head.head.setValue(1)
    page.head.first.setValue(1)
    page.head.count.setValue(2)
    assert asked[-1] == HeadStepsRequest(0, 2, 1, 1, 2)
    answer(page, old)
    assert page.head.record is None
    assert answer(page, asked[-1]) is page.head.record


def test_another_text_or_model_asks_anew_the_same_text_does_not(page, asked):
    page.follow("try:head")
    answer(page, asked[-1])
    page.microscope.set_tokens(strip(b"a", b" b", b"c"))
    assert len(asked) == 1
    page.microscope.set_tokens(strip(b"a", b" b"))
    assert len(asked) == 2
    answer(page, asked[-1], n=2)
    page.microscope.set_model(SimpleNamespace(n_layers=1, n_heads=1, name="other"))
    assert len(asked) == 3
    assert page.head.layer.maximum() == 0


def test_numbers_of_another_text_are_dimmed_until_the_answer_comes(qtbot, page, asked):
    page.follow("try:head")
    answer(page, asked[-1])
    view = page.head.views["weights"]
    assert view.graphicsEffect() is None
    page.microscope.set_tokens(strip(b"a", b" b"))
    qtbot.waitUntil(lambda: view.graphicsEffect() is not None, timeout=20_000)
    answer(page, asked[-1])
    assert view.graphicsEffect() is None


def test_cells_of_a_head_are_spelled_out(page, asked):
    page.follow("try:head")
    record = answer(page, asked[-1], elsewhere=0.25)
    page.head.views["scores"].cell_hovered.emit(2, 1)
    text = page.head.arithmetic.text()
    assert text.endswith(f"= {record.scores[2, 1]:.3f}".replace("-", "−"))
    assert text.count("·") == 4
    assert page.head.views["k"].matrix().highlight_rows == (1,)
    page.head.views["masked"].cell_hovered.emit(0, 1)
    assert page.head.arithmetic.text() == "−∞"
    page.head.views["weights"].cell_hovered.emit(1, 0)
    assert f"{record.weights[1, 0]:.4f}" in page.head.arithmetic.text()
    assert "0.2500 of the row" in page.head.arithmetic.text()


def test_of_a_long_product_the_largest_terms_are_shown(page, asked):
    page.follow("try:head")
    record = answer(page, asked[-1], d=64)
    page.head.views["scores"].cell_hovered.emit(0, 1)
    text = page.head.arithmetic.text().replace("−", "-")
    terms = re.findall(r"\(?(-?[\d.]+)\)?·\(?(-?[\d.]+)\)?", text)
    products = np.sort(np.abs(record.q[0] * record.k[1]))[::-1][:6]
    found = [abs(float(a) * float(b)) for a, b in terms]
    np.testing.assert_allclose(found, products, atol=0.05)
    rest = float(re.search(r"\+ \(?(-?[\d.]+)\)? from the others", text).group(1))
    parts = sum(float(a) * float(b) for a, b in terms)
    assert parts + rest == pytest.approx(record.scores[0, 1], abs=0.1)


def test_what_a_model_does_not_have_is_said(page, asked):
    page.follow("try:head")
    error = VisualizerError("mamba has no attention weights to show.")
    page.microscope.take_answer(asked[-1], error)
    assert page.head.complaint.text() == "mamba has no attention weights to show."
    assert page.head.record is None
    page.microscope.set_tokens(strip(b"a", b" b", b"c"))
    assert len(asked) == 1  # the same text of the same model would give the same


def test_without_a_model_or_a_text_it_says_so(qtbot):
    page = AttentionPage(Microscope())
    qtbot.addWidget(page)
    page.set_active(True)
    page.follow("try:head")
    assert "no model at hand" in page.head.complaint.text()
    page.microscope.set_model(SimpleNamespace(n_layers=1, n_heads=1, name="m"))
    page.microscope.set_tokens(Unavailable(VisualizerError("Type something.")))
    assert page.head.complaint.text() == "Type something."


# --------------------------------------------------------------------------- what a page offers


def test_answers_are_those_of_the_numbers_it_begins_with(page):
    assert page.answer("score").value == pytest.approx(3)
    assert page.answer("first-token").value == pytest.approx(1)
    assert page.answer("zero-query").value == pytest.approx(0.25)
    before = plain(X, W_Q, W_K, W_V)["weights"][1].max()
    after = plain(X, W_Q, 2 * W_K, W_V)["weights"][1].max()
    assert page.answer("double").value == (0 if after > before else 1)
    assert page.answer("nonsense") is None
    assert {q.key for q in read_lesson("attention").questions} == {
        "score", "first-token", "zero-query", "double", "fastest",
    }  # fmt: skip


def test_every_link_of_both_texts_leads_somewhere(page, asked):
    wishes = []
    page.microscope.prompt_wished.connect(wishes.append)
    heads = []
    page.microscope.head_wished.connect(lambda layer, head: heads.append((layer, head)))
    links = [LINK.findall(s.text) for s in read_lesson("attention").sections]
    assert links == [LINK.findall(s.text) for s in read_lesson("attention", "zh_CN").sections]
    for target in [target for each in links for target in each]:
        page.follow(target)
    assert wishes == [PROMPT]
    assert heads == [(0, 0)]


def test_links_do_what_the_text_says(page):
    page.follow("try:mask")
    assert page.hand.causal.isChecked()
    page.follow("try:zero-query")
    assert (shown(page, "w_q") == 0).all()
    assert (shown(page, "scores") == 0).all()
    page.follow("try:begin")
    page.follow("try:double")
    np.testing.assert_array_equal(shown(page, "w_k"), 2 * W_K)
    page.follow("try:score")
    assert page.hand.arithmetic.text().startswith("1·4 + 1·2")


def test_both_languages_have_the_same_structure():
    english, chinese = read_lesson("attention"), read_lesson("attention", "zh_CN")
    assert english.title != chinese.title
    assert [q.key for q in english.questions] == [q.key for q in chinese.questions]
    assert [len(q.choices) for q in english.questions] == [
        len(q.choices) for q in chinese.questions
    ]
    assert len(english.sections) == len(chinese.sections)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_exhibits_have_the_numbers_and_paint_themselves(page, asked, theme):
    page.follow("try:mask")
    page.follow("try:head")
    record = answer(page, asked[-1])
    by_hand, head, *rotary = page.exhibits()
    assert [exhibit.key for exhibit in rotary] == ["rotary-turns", "rotary-scores"]
    expected = plain(X, W_Q, W_K, W_V, causal=True)
    for step in STEPS:
        np.testing.assert_allclose(by_hand.arrays[step], expected[step], err_msg=step)
    rows = {(step, row, column): value for step, _, row, column, value in by_hand.rows}
    assert rows["weights", 1, 0] == pytest.approx(expected["weights"][1, 0])
    assert rows["masked", 0, 1] is None
    assert len(rows) == sum(values.size for values in expected.values())
    np.testing.assert_array_equal(head.arrays["weights"], record.weights)
    for exhibit in (by_hand, head, *rotary):
        image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        exhibit.paint(painter, QRectF(image.rect()), theme)
        painter.end()
        assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 20


def test_the_code_that_ran_is_offered(page):
    names = [function.__name__ for function in page.functions()]
    assert names[:4] == ["self_attention", "scaled_dot_product_attention", "softmax", "causal_mask"]
