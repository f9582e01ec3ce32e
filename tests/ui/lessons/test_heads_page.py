"""The lesson on many heads: by plain NumPy, one head against several, and those of a model."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication

from visualizer.engine.attention_records import LOCAL_TOKENS, MetricsRecord
from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.prose import read_lesson
from visualizer.session.head_labels import LABEL_NAMES, LABELLED, labels_of, uniform_metrics
from visualizer.session.views import OverviewView, TokenStripView, Unavailable
from visualizer.ui.lessons.heads_model import REPEATED, STORY
from visualizer.ui.lessons.heads_page import _LOOKS, HeadsPage
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.theme import DARK, LIGHT, apply_theme

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
MODEL = SimpleNamespace(n_layers=2, n_heads=3, name="tiny")


@pytest.fixture
def page(qtbot):
    page = HeadsPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    assert page.shutdown(2000)


def plain_heads(x, weights, n_heads, *, causal=False):
    """Weights and outputs of each head, with columns taken one head at a time."""
    width = x.shape[1] // n_heads
    maps, outputs = [], []
    for head in range(n_heads):
        columns = slice(head * width, (head + 1) * width)
        q, k, v = (x @ w[:, columns] for w in (weights.w_q, weights.w_k, weights.w_v))
        scores = q @ k.T / math.sqrt(width)
        if causal:
            scores[np.triu_indices(len(x), 1)] = -np.inf
        powers = np.exp(scores)
        maps.append(powers / powers.sum(axis=1, keepdims=True))
        outputs.append(maps[-1] @ v)
    return maps, outputs


def values(view):
    return view.matrix().values


# ------------------------------------------------------------------------------------ by hand


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("width", "n_heads"), [(8, 4), (8, 1), (8, 8), (6, 3), (5, 5)])
def test_every_matrix_is_its_formula(page, width, n_heads, causal):
    page.hand.causal.setChecked(causal)
    page.hand.set_sizes(width, n_heads)
    shown = page.hand.shown
    assert (shown.x.shape, shown.n_heads) == ((5, width), n_heads)
    maps, outputs = plain_heads(shown.x, shown.weights, n_heads, causal=causal)
    for head in range(n_heads):
        np.testing.assert_allclose(values(page.hand.maps[head]), maps[head], atol=1e-12)
        np.testing.assert_allclose(values(page.hand.outputs[head]), outputs[head], atol=1e-12)
    joined = np.hstack(outputs)
    np.testing.assert_allclose(values(page.hand.concatenated), joined, atol=1e-12)
    np.testing.assert_allclose(values(page.hand.output), joined @ shown.weights.w_o, atol=1e-12)


def test_as_many_heads_are_in_sight_as_there_are(page, qtbot):
    page.show()
    qtbot.waitExposed(page)
    for n_heads in (2, 8, 4):
        page.hand.set_sizes(8, n_heads)
        assert [view.isVisible() for view in page.hand.maps] == [h < n_heads for h in range(8)]
        assert f"output 5×{8 // n_heads}" in page.hand.shapes.text()
    assert page.minimumSizeHint().width() <= 900


def test_a_head_that_is_switched_off_is_zero_and_the_others_stay(page):
    hand = page.hand
    before = {key: matrix.values for key, matrix in hand.matrices().items()}
    page.follow("try:off")
    assert (values(hand.outputs[1]) == 0).all()
    for head in (0, 2, 3):
        np.testing.assert_array_equal(values(hand.outputs[head]), before[f"output_{head}"])
    w_o = hand.shown.weights.w_o
    lost = before["output_1"] @ w_o[2:4]
    np.testing.assert_allclose(values(hand.output), before["output"] - lost, atol=1e-12)
    assert f"{np.abs(lost).max():.2f}" in hand.effect.text()
    assert "switched off" in hand.arithmetic.text()
    hand.change.setChecked(True)
    np.testing.assert_allclose(values(hand.output), -lost, atol=1e-12)


def test_a_number_of_heads_that_does_not_divide_the_width_is_refused(page):
    page.follow("try:uneven")
    assert "3 heads do not divide a width of 8" in page.hand.complaint.text()
    assert page.hand.shown.n_heads == 4
    page.follow("try:two")
    assert page.hand.complaint.isHidden()
    assert page.hand.shown.n_heads == 2


@pytest.mark.parametrize("sentence", ["", "one", "a b c d e f g"])
def test_a_sentence_that_is_too_short_or_long_is_refused(page, sentence):
    page.hand.sentence.setText(sentence)
    assert "type from 2 to 6" in page.hand.complaint.text()
    assert page.hand.shown.words == ("the", "dog", "bites", "the", "man")


def test_cells_are_spelled_out_with_their_values(page):
    hand = page.hand
    for part, view in (("weights", hand.maps[2]), ("head_output", hand.outputs[2])):
        view.cell_hovered.emit(1, 1)
        assert hand.looked_at == (part, 2, 1, 1)
        result = hand.arithmetic.text().rpartition("= ")[2].replace("−", "-").strip("()")
        assert float(result) == pytest.approx(values(view)[1, 1], abs=6e-4)
    hand.output.cell_hovered.emit(3, 7)
    result = hand.arithmetic.text().rpartition("= ")[2].replace("−", "-")
    assert float(result) == pytest.approx(values(hand.output)[3, 7], abs=6e-3)
    assert hand.w_o.matrix().highlight_columns == (7,)
    hand.concatenated.cell_hovered.emit(0, 5)
    assert hand.outputs[2].matrix().highlight_cells == ((0, 1),)
    hand.concatenated.cell_hovered.emit(-1, -1)
    assert hand.looked_at == ("concatenated", 0, 0, 5)


def test_only_what_a_cell_has_to_do_with_is_outlined_and_drawn_again(page):
    hand = page.hand

    def outlined():
        views = {f"weights_{h}": hand.maps[h] for h in range(4)}
        views |= {f"output_{h}": hand.outputs[h] for h in range(4)}
        views |= {"concatenated": hand.concatenated, "w_o": hand.w_o, "output": hand.output}
        found = {}
        for name, view in views.items():
            m = view.matrix()
            marks = (m.highlight_rows, m.highlight_columns, m.highlight_cells)
            if any(marks):
                found[name] = marks
        return found

    hand.look_at("weights", 1, 2, 4)
    pair = ((), (), ((2, 4),))
    expected = {f"weights_{h}": pair for h in range(4)} | {"output_1": ((2,), (), ())}
    assert outlined() == expected
    untouched = hand.w_o.matrix()
    hand.look_at("concatenated", 0, 3, 5)  # number 1 of head 2
    cells = ((), (), ((3, 5),))
    expected = {"weights_2": ((3,), (), ()), "output_2": ((), (), ((3, 1),))}
    assert outlined() == expected | {"concatenated": cells}
    assert hand.w_o.matrix() is untouched
    hand.look_at("output", 0, 1, 6)
    cells = ((), (), ((1, 6),))
    expected = {"concatenated": ((1,), (), ()), "w_o": ((), (6,), ())}
    assert outlined() == expected | {"output": cells}
    hand.random.click()  # other numbers, the same marks
    assert outlined() == expected | {"output": cells}
    np.testing.assert_array_equal(values(hand.w_o), hand.shown.weights.w_o)


def test_a_cell_that_is_gone_gives_way_to_the_nearest(page):
    page.hand.look_at("weights", 3, 4, 4)
    page.hand.sentence.setText("two words")
    page.hand.set_sizes(8, 2)
    assert page.hand.looked_at == ("weights", 1, 1, 1)


def test_other_weights_are_others_and_reset_brings_the_first_back(page):
    before = values(page.hand.maps[0]).copy()
    page.hand.random.click()
    assert np.abs(values(page.hand.maps[0]) - before).max() > 0.01
    page.follow("try:off")
    page.hand.sentence.setText("snow falls")
    page.reset()
    np.testing.assert_array_equal(values(page.hand.maps[0]), before)
    assert all(switch.isChecked() for switch in page.hand.switches)
    assert page.forms.checkedId() == 0


# ---------------------------------------------------------------------------------- one or many


def test_one_head_uses_the_same_matrices(page):
    page.follow("try:compare")
    shown = page.hand.shown
    (one,), _ = plain_heads(shown.x, shown.weights, 1)
    np.testing.assert_allclose(values(page.compare.one), one, atol=1e-12)
    maps, _ = plain_heads(shown.x, shown.weights, 4)
    np.testing.assert_allclose(values(page.compare.many[3]), maps[3], atol=1e-12)


@pytest.mark.parametrize("n_heads", [1, 2, 4, 8])
def test_the_number_of_parameters_does_not_depend_on_the_heads(page, n_heads):
    page.hand.set_sizes(8, n_heads)
    shown = page.compare.shown
    assert shown.cost_of_one == shown.cost_of_many == 4 * 8 * 8
    facts = [fact.value for fact in page.compare.facts["many"].facts]
    assert facts[:2] == [f"{3 * 8 * (8 // n_heads)}", f"{n_heads}"]
    assert facts[3] == "256"
    assert page.compare.verdict.text().startswith("The same number")


# ------------------------------------------------------------------------------------ the model


def overview(text=REPEATED, *, with_metrics=True, stale=False, seed=0):
    """A model of two layers of three heads on a text, a word a token."""
    pieces = re.findall(r" ?\S+", text)
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    table = {word: i for i, word in enumerate(sorted({piece.strip() for piece in pieces}))}
    ids = np.array([table[piece.strip()] for piece in pieces])
    cut = Tokenization(text, ids, tuple(p.encode() for p in pieces), starts, ends, 0, "test")
    rng = np.random.default_rng(seed)
    metrics, labels = None, {}
    if with_metrics:
        names = list(uniform_metrics(ids))
        scores = {name: rng.random((2, 3)) for name in names}
        metrics = MetricsRecord(1, len(ids), scores, dict.fromkeys(names, 5))
        labels = labels_of(metrics, ids)
    pictures = rng.random((2, 3, 8, 8)).astype(np.float32)
    return OverviewView(
        pictures, len(ids), 1, 0, 0, None, 3, stale, "made-up model", cut,
        metrics=metrics, labels=labels,
    )  # fmt: skip


@pytest.fixture
def measured(page):
    """The page beside a model that has read the words that come twice."""
    page.microscope.set_model(MODEL)
    view = overview()
    page.microscope.set_overview(view)
    return view


def test_heads_are_ranked_by_each_name(page, measured):
    assert [kind.name for kind in page.model.kinds] == list(LABEL_NAMES)
    for kind in page.model.kinds:
        scores = measured.metrics.values[LABELLED[kind.name]]
        assert [head.score for head in kind.best] == sorted(scores.ravel(), reverse=True)[:5]
        assert all(scores[head.member] == head.score for head in kind.best)
        for head in kind.best:
            labels = {label.name for label in measured.labels.get(head.member, ())}
            assert head.has_label == (kind.name in labels)
    best = page.model.kind("induction").best[0]
    button = page.model.heads["induction"][0]
    assert button.text().startswith(f"L{best.member[0]}·H{best.member[1]}\n")
    assert "2 layers of 3 heads" in page.model.status.text()


def test_a_head_is_shown_in_the_main_panels_when_it_is_clicked(page, measured):
    heads = []
    page.microscope.head_wished.connect(lambda layer, head: heads.append((layer, head)))
    page.model.heads["sink"][1].click()
    assert heads == [page.model.kind("sink").best[1].member]


def test_a_name_is_looked_for_on_the_text_that_shows_it(page, measured):
    prompts, heads = [], []
    page.microscope.prompt_wished.connect(prompts.append)
    page.microscope.head_wished.connect(lambda layer, head: heads.append((layer, head)))
    page.follow("look:induction")  # the model has read that text already
    assert heads == [page.model.kind("induction").best[0].member]
    page.follow("look:sink")  # another text: it is to be read first
    assert prompts == [REPEATED, STORY]
    assert len(heads) == 1
    page.microscope.set_overview(overview(STORY, with_metrics=False))
    assert page.model.is_waiting
    assert len(heads) == 1
    page.microscope.set_overview(overview(STORY, seed=4))
    assert heads[1] == page.model.kind("sink").best[0].member
    page.microscope.set_overview(overview(STORY, seed=5))
    assert len(heads) == 2  # asked for once


def strip(text):
    return TokenStripView(overview(text).tokenization, None, None, None)


def test_nothing_is_looked_for_once_the_reader_has_gone_on(page, measured):
    heads = []
    page.microscope.head_wished.connect(lambda layer, head: heads.append((layer, head)))
    for go_on in (
        lambda: page.microscope.set_tokens(strip("something else")),
        lambda: page.microscope.set_model(MODEL),
        page.reset,
    ):
        page.follow("look:sink")
        page.microscope.set_tokens(strip(STORY))  # this is what was asked for
        go_on()
        page.microscope.set_overview(overview(STORY))
        assert heads == []
        page.microscope.set_overview(measured)
    page.follow("look:sink")
    page.microscope.set_tokens(strip(STORY))
    page.microscope.set_overview(overview(STORY))
    assert len(heads) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_heads_that_have_earned_the_name_are_in_colour(qtbot, page, theme):
    apply_theme(QApplication.instance(), theme)
    try:
        page.microscope.set_model(MODEL)
        page.microscope.set_overview(overview())
        shown = [
            (head.has_label, button.palette().color(QPalette.ColorRole.ButtonText).name().upper())
            for kind in page.model.kinds
            for head, button in zip(kind.best, page.model.heads[kind.name], strict=True)
        ]
        assert set(shown) == {(True, theme.accent), (False, theme.quiet)}
    finally:
        apply_theme(QApplication.instance(), LIGHT)


def test_while_it_is_measured_the_old_numbers_are_greyed(page, measured):
    old = page.model.kinds
    for view in (overview(STORY, with_metrics=False), overview(STORY, stale=True)):
        page.microscope.set_overview(view)
        assert "being measured" in page.model.status.text()
        assert page.model.kinds is old
        assert not page.model.heads["sink"][0].isEnabled()


def test_what_is_not_available_is_said(page, measured):
    reason = VisualizerError("This model has no attention.")
    page.microscope.set_overview(Unavailable(reason))
    assert page.model.complaint.text() == "This model has no attention."


def test_without_a_model_it_says_so(page):
    page.follow("try:model")
    assert "no model at hand" in page.model.complaint.text()
    assert not page.is_busy()


def test_a_text_is_run_here(page, measured):
    prompts, shown = [], []
    page.microscope.prompt_wished.connect(prompts.append)
    page.microscope.panels_wished.connect(lambda: shown.append(True))
    page.model.text.setText("my own words")
    page.model.run.click()
    page.model.texts["story"].click()
    page.follow("try:repeated")
    assert prompts == ["my own words", STORY, REPEATED]
    assert shown == []


# -------------------------------------------------------------------------- what a page offers


def test_answers_are_those_of_the_beginning_whatever_is_on_show(page):
    page.follow("try:two")
    page.hand.random.click()
    assert page.answer("joined").value == 8
    assert page.answer("parameters").value == 0
    assert page.answer("all-off").value == 0
    assert page.answer("nonsense") is None
    keys = {question.key for question in read_lesson("heads").questions}
    assert keys == {"joined", "parameters", "off", "all-off"}
    # The head whose loss changes the output most, read off the page.
    page.reset()
    losses = []
    for head in range(4):
        page.hand.switches[head].setChecked(False)
        losses.append(float(np.abs(page.hand.shown.change).max()))
        page.hand.switches[head].setChecked(True)
    assert page.answer("off").value == losses.index(max(losses))
    assert sorted(losses)[-1] - sorted(losses)[-2] > 0.01  # it can be told by two decimals
    least = losses.index(min(losses))
    assert page.answer("off").numbers == {"least": f"{least}", "size": f"{min(losses):.2f}"}
    page.hand.switches[least].setChecked(False)
    assert f"by up to {min(losses):.2f}" in page.hand.effect.text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_hints_have_the_numbers_and_what_they_show_is_the_answer(page, language):
    for question in read_lesson("heads", language).questions:
        answer = page.answer(question.key)
        assert question.hint.format(**answer.numbers)
        assert question.show
    page.follow("try:most")
    off = [h for h in range(4) if not page.hand.switches[h].isChecked()]
    assert off == [page.answer("off").value]
    page.follow("try:all-off")
    assert page.hand.shown.off == frozenset(range(4))
    assert not page.hand.matrices()["output"].values.any()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_text_explains_the_kinds_that_the_page_lists(page, language):
    text = read_lesson("heads", language).sections[-1].text
    looks = re.findall(r"look:([\w-]+)", text)
    assert [_LOOKS[key][0] for key in looks] == [
        "previous token", "sink", "induction", "duplicate token", "diagonal", "local",
    ]  # fmt: skip
    assert set(page.model.heads) == {_LOOKS[key][0] for key in looks}
    assert LOCAL_TOKENS - 1 == 7
    assert ("seven before" if language == "en" else "前面的七个") in text


@pytest.mark.parametrize(("width", "n_heads"), [(8, 4), (8, 8), (4, 1)])
def test_every_row_has_its_name_and_room(page, qtbot, width, n_heads):
    page.hand.set_sizes(width, n_heads)
    page.hand.sentence.setText("one two three four five six")
    page.resize(900, 700)
    page.show()
    qtbot.waitExposed(page)
    for view in (page.hand.concatenated, page.hand.w_o, page.hand.output):
        layout = view.matrix_layout()
        assert layout.row_stride == 1
        assert layout.cell_height >= 18
        assert layout.has_numbers


def test_every_link_leads_somewhere(page, measured):
    lesson = read_lesson("heads")
    texts = [s.text for s in lesson.sections] + [q.ask for q in lesson.questions]
    targets = {target for text in texts for target in LINK.findall(text)}
    targets |= {question.show for question in lesson.questions}
    wishes = []
    page.microscope.prompt_wished.connect(wishes.append)
    for target in sorted(targets):
        page.reset()
        page.microscope.set_overview(measured)
        before = (page.hand.looked_at, page.forms.checkedId(), page.hand.complaint.text())
        sizes = page.hand.heads.value()
        n_wishes = len(wishes)
        page.follow(target)
        after = (page.hand.looked_at, page.forms.checkedId(), page.hand.complaint.text())
        has_moved = after != before or page.hand.heads.value() != sizes or len(wishes) > n_wishes
        assert has_moved or target in ("try:begin", "try:output"), target


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_exhibits_have_the_numbers_and_paint_themselves(page, measured, theme):
    page.follow("try:off")
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert set(exhibits) == {"heads", "one-or-many", "model-heads"}
    heads = exhibits["heads"]
    assert (heads.arrays["output_1"] == 0).all()
    assert len(heads.rows) == 4 * (25 + 10) + 40 + 64 + 40
    assert ("weights_2", "dog", 1, 3, values(page.hand.maps[2])[1, 3]) in list(heads.rows)
    assert exhibits["one-or-many"].rows[1] == ("many", 4, 2, 256)
    assert len(exhibits["model-heads"].rows) == 6 * 5
    for exhibit in exhibits.values():
        assert len(exhibit.columns) == len(exhibit.rows[0])
        image = QImage(exhibit.size.toSize(), QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        exhibit.paint(painter, QRectF(image.rect()), theme)
        painter.end()
        assert len(np.unique(np.frombuffer(image.constBits(), np.uint8))) > 20


def test_the_functions_are_the_ones_that_ran(page):
    assert page.functions()[0].__name__ == "multi_head_attention"
