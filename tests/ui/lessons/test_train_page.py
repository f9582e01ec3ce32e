"""The lesson on training: the real process, its curves, and everything that its reader can do."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from visualizer.lessons import tutorial_model
from visualizer.lessons.checkpoints import checkpoint_facts
from visualizer.lessons.corpus import text_corpus
from visualizer.lessons.prose import read_lesson
from visualizer.lessons.training import Training
from visualizer.lessons.training_settings import SMALL, StepRecord, TrainingSettings
from visualizer.lessons.training_texts import built_in_text
from visualizer.ui.lessons import training_beside
from visualizer.ui.lessons.code_view import CodeView
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.train_page import TrainPage
from visualizer.ui.lessons.training_curves import COLUMNS, CurveCharts, Curves
from visualizer.ui.lessons.training_text import MOST_PASTED
from visualizer.ui.theme import DARK, LIGHT

LINK = re.compile(r"\]\(((?:try|look):[^)]+)\)")
WAIT = {"timeout": 60_000}
TINY = TrainingSettings(
    d_model=8, nhead=2, num_layers=2, dim_feedforward=16, length=6, batch=4, held_out_every=2
)
TEXT = "The cat sat on the mat. The dog sat on the log. " * 20


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VISUALIZER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def page(qtbot):
    page = TrainPage(Microscope())
    qtbot.addWidget(page)
    page.resize(900, 640)
    yield page
    assert page.shutdown(60_000)


@pytest.fixture
def small(qtbot, page):
    """The page with a text and sizes that train at once."""
    page.pane.text.choose("text", "characters")
    page.pane.text.pasted.setPlainText(TEXT)
    page.pane.sizes.set_settings(TINY)
    settle(qtbot, page)
    return page


def settle(qtbot, page):
    qtbot.waitUntil(lambda: not page._tasks[0].is_running, **WAIT)


def wait_for_state(qtbot, page, state):
    qtbot.waitUntil(lambda: page.pane.run.state == state, **WAIT)


def train(qtbot, page, least_steps=3):
    qtbot.mouseClick(page.pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: len(page.pane.curves) >= least_steps and page.pane.maps.maps is not None, **WAIT
    )


def stop(qtbot, page):
    qtbot.mouseClick(page.pane.stop, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, page, "idle")


def test_the_parameters_are_those_that_torch_counts(qtbot, page):
    settle(qtbot, page)
    corpus = text_corpus(built_in_text("stories"))
    n = sum(p.numel() for p in Training(corpus, SMALL).model.parameters())
    assert page.pane.parameters.text() == f"{n:,} parameters"
    n_tokens = len(corpus.training) + len(corpus.held_out)
    assert page.pane.text.sizes.text() == f"{n_tokens:,} tokens, {len(corpus.vocabulary)} different"
    page.follow("try:tutorial")
    page.follow("try:random")
    settle(qtbot, page)
    assert page.pane.sizes.settings() == TrainingSettings()
    n = sum(p.numel() for p in tutorial_model.TransformerModel(1000, 512, 8, 6, 2048).parameters())
    assert page.pane.parameters.text() == f"{n:,} parameters"
    assert page.answer("parameters").value == n


def test_a_training_on_the_readers_own_text(qtbot, small):
    page = small
    train(qtbot, page)
    assert not page.pane.start.isEnabled()
    assert not page.pane.sizes.boxes["d_model"].isEnabled()
    assert page.is_busy()
    stop(qtbot, page)
    expected = Training(text_corpus(TEXT), TINY)
    records = list(expected.run(3))
    found = page.pane.curves.column("loss")[:3]
    np.testing.assert_allclose(found, [record.loss for record in records], rtol=1e-5)
    step = len(page.pane.curves)
    assert checkpoint_facts(page.pane.folder / "checkpoint.safetensors").step == step
    assert f"saved at step {step:,}" in page.pane.state.text()
    assert page.pane.samples.samples[-1].text.startswith("The ")
    assert not page.is_busy()


def test_pause_resume_and_another_beginning(qtbot, small):
    page = small
    train(qtbot, page)
    qtbot.mouseClick(page.pane.pause, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, page, "paused")
    assert page.pane.pause.text() == "Resume"
    step = page.pane.run.step
    page.pane.samples.prompt.setText("The dog")
    qtbot.keyClick(page.pane.samples.prompt, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.pane.samples.samples[-1].text.startswith("The dog"), **WAIT)
    page.pane.samples.prompt.setText("zebra")
    qtbot.keyClick(page.pane.samples.prompt, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "'z' does not occur" in page.pane.complaint.text(), **WAIT)
    assert page.pane.run.step == step
    qtbot.mouseClick(page.pane.pause, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, page, "training")


def test_it_is_opened_in_the_main_window(qtbot, small):
    page = small
    assert not page.pane.open_model.isEnabled()
    wished = []
    page.microscope.model_wished.connect(wished.append)
    train(qtbot, page)
    page.follow("look:open")
    qtbot.waitUntil(lambda: bool(wished), **WAIT)
    assert wished == [str(page.pane.folder)]
    assert json.loads((page.pane.folder / "config.json").read_text())["trained_steps"] >= 3
    stop(qtbot, page)
    qtbot.mouseClick(page.pane.open_model, Qt.MouseButton.LeftButton)
    assert len(wished) == 2


def test_the_opened_model_is_given_a_text_that_it_can_read(qtbot, small):
    page = small
    prompts = []
    page.microscope.prompt_wished.connect(prompts.append)
    train(qtbot, page)
    stop(qtbot, page)
    qtbot.mouseClick(page.pane.open_model, Qt.MouseButton.LeftButton)
    page.microscope.set_model(SimpleNamespace(source=page.pane.folder.parent))  # another one
    assert not prompts
    page.microscope.set_model(SimpleNamespace(source=page.pane.folder))
    page.microscope.set_model(SimpleNamespace(source=page.pane.folder))  # opened again by itself
    assert prompts == [page.pane.samples.samples[-1].text[: TINY.length]]


def test_going_on_and_loading(qtbot, small):
    page = small
    train(qtbot, page)
    stop(qtbot, page)
    folder, step = page.pane.folder, len(page.pane.curves)
    page.pane.sizes.set_rate(0.0005)
    qtbot.mouseClick(page.pane.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.pane.curves) > step, **WAIT)
    assert page.pane.curves.column("step").tolist() == list(range(1, page.pane.run.step + 1))
    assert page.pane.curves.last("learning_rate") == 0.0005
    stop(qtbot, page)
    page.reset()
    assert not page.pane.go_on.isEnabled()
    page.pane._on_folder_selected(str(folder))
    wait_for_state(qtbot, page, "training")
    assert page.pane.sizes.settings().d_model == 8
    stop(qtbot, page)
    page.pane._on_folder_selected(str(folder.parent))
    assert "There is no training in" in page.pane.complaint.text()


def test_a_crash_is_said_and_gone_on_from(qtbot, small):
    page = small
    train(qtbot, page)
    with qtbot.waitSignal(page.pane.run.saved, **WAIT):
        qtbot.mouseClick(page.pane.save, Qt.MouseButton.LeftButton)
    os.kill(page.pane.run._child._process.pid, signal.SIGKILL)
    wait_for_state(qtbot, page, "idle")
    assert "ended unexpectedly" in page.pane.complaint.text()
    assert "go on from there" in page.pane.complaint.text()
    assert page.pane.go_on.isEnabled()
    qtbot.mouseClick(page.pane.go_on, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, page, "training")
    assert page.pane.complaint.text() == ""


def test_a_wild_learning_rate_ends_in_one_sentence(qtbot, small):
    page = small
    page.pane.sizes.set_rate(1e9)
    qtbot.mouseClick(page.pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.pane.complaint.text() != "", **WAIT)
    wait_for_state(qtbot, page, "idle")
    assert "is too high for this model" in page.pane.complaint.text()
    assert page.pane.start.isEnabled()


BAD = [
    ("", "characters", "There is no text to train on"),
    ("word", "words", "it takes two"),
    ("aaaa", "characters", "it takes two"),
]


@pytest.mark.parametrize(("text", "unit", "sentence"), BAD)
def test_bad_texts_are_said_while_they_are_typed(qtbot, page, text, unit, sentence):
    page.pane.text.choose("text", unit)
    page.pane.text.pasted.setPlainText(text)
    settle(qtbot, page)
    assert sentence in page.pane.complaint.text()
    page.pane.text.choose("chinese", "characters")
    settle(qtbot, page)
    assert page.pane.complaint.text() == ""


def test_files(qtbot, page, tmp_path):
    big, good = tmp_path / "big.txt", tmp_path / "good.txt"
    with big.open("wb") as stream:
        stream.truncate(50_000_000)
    good.write_text(TEXT, encoding="utf-8")
    page.pane.text.open_path(str(big))
    settle(qtbot, page)
    assert "big.txt is larger than 10 MB" in page.pane.complaint.text()
    page.pane.text.open_path(str(good))
    settle(qtbot, page)
    assert page.pane.complaint.text() == ""
    assert page.pane.text.sizes.text().startswith(f"{len(TEXT):,} tokens")
    assert page.pane.text.name() == "good"


def test_a_long_paste_is_refused(qtbot, page):
    page.pane.text.choose("text", "characters")
    data = QMimeData()
    data.setText("a" * (MOST_PASTED + 1))
    page.pane.text.pasted.insertFromMimeData(data)
    assert "open a longer text as a file" in page.pane.complaint.text()
    assert page.pane.text.pasted.toPlainText() == ""


def test_sizes_that_do_not_go_together(qtbot, page):
    settle(qtbot, page)
    page.pane.sizes.boxes["nhead"].setValue(5)
    assert "5 heads do not divide a width of 128" in page.pane.complaint.text()
    assert page.pane.sizes.preset.currentData() == ""
    qtbot.mouseClick(page.pane.start, Qt.MouseButton.LeftButton)
    assert page.pane.run.state == "idle"
    page.pane.sizes.boxes["nhead"].setValue(4)
    assert page.pane.complaint.text() == ""
    assert page.pane.sizes.preset.currentData() == "small"
    page.pane.sizes.boxes["d_model"].setValue(4096)
    page.pane.sizes.boxes["num_layers"].setValue(96)
    assert page.pane.parameters.text().endswith("too many")


def test_the_presets_are_the_settings_of_the_code(page):
    for name, expected in (("small", SMALL), ("tutorial", TrainingSettings())):
        page.pane.sizes.set_preset(name)
        assert page.pane.sizes.settings() == expected
        assert page.pane.sizes.preset.currentData() == name


def test_both_loops_beside_each_other(qtbot, page, monkeypatch):
    monkeypatch.setattr(training_beside, "STEPS", 60)
    quick = {"warmup_steps": 5, "learning_rate": 0.01, "d_model": 32, "dim_feedforward": 32}
    settings = replace(training_beside.SETTINGS, num_layers=1, **quick)
    monkeypatch.setattr(training_beside, "SETTINGS", settings)
    assert page.answer("copying") is None
    page.follow("try:beside")
    assert page.beside.isVisibleTo(page)
    qtbot.waitUntil(lambda: all(len(loop.curves) for loop in page.beside.loops), **WAIT)
    qtbot.waitUntil(lambda: not page.beside.is_running, **WAIT)
    printed, shifted = page.beside.loops
    assert (len(printed.curves), len(shifted.curves)) == (60, 60)
    assert printed.guessing == math.log(1000)
    loss, next_token = printed.losses()
    assert loss < 5 < next_token  # it copies ...
    loss, next_token = shifted.losses()
    assert next_token < shifted.guessing - 0.5  # ... and the other one predicts
    assert f"{loss:.2f}" in shifted.meaning.text()
    assert printed.sample.text()
    keys = [exhibit.key for exhibit in page.exhibits()]
    assert keys == ["printed", "shifted"]
    page.reset()
    assert page.answer("copying") is None
    assert not page.exhibits()


def test_the_answer_on_copying_is_read_off_the_curve(page):
    printed = page.beside.printed
    printed.guessing = math.log(1000)

    def at(step, value):
        return StepRecord(step, 1.0, 1.0, value, 0.001, 1.0, 1.0)

    for last, expected in ((9.0, 2), (6.9, 1), (2.0, 0)):
        printed.curves.clear()
        printed.curves.add((at(1, 6.9), at(2, last)))
        assert page.answer("copying").value == expected


def test_the_other_answers(page):
    assert page.answer("guessing").value == pytest.approx(6.9078, abs=1e-4)
    assert page.answer("tokens-in-a-step").value == 320
    assert page.answer("none") is None


def test_exhibits_are_painted_and_complete(qtbot, small):
    page = small
    train(qtbot, page, 4)
    stop(qtbot, page)
    exhibits = {exhibit.key: exhibit for exhibit in page.exhibits()}
    assert list(exhibits) == [
        "loss", "gradient_norm", "learning_rate", "tokens_per_second", "attention",
    ]  # fmt: skip
    table = page.pane.curves.table()
    loss = exhibits["loss"]
    assert loss.columns == COLUMNS
    assert len(loss.rows) == len(table)
    assert loss.rows[0][2] is None  # not computed at that step
    assert loss.rows[1][1] == table[1, 1]
    weights = exhibits["attention"].arrays["weights"]
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-5)
    for exhibit in exhibits.values():
        for theme in (LIGHT, DARK):
            image = QImage(exhibit.size.toSize(), QImage.Format.Format_RGB32)
            image.fill(0x12345678)
            painter = QPainter(image)
            exhibit.paint(painter, QRectF(image.rect()), theme)
            painter.end()
            places = [(x, y) for x in range(image.width()) for y in range(0, image.height(), 3)]
            pixels = {image.pixel(x, y) for x, y in places}
            assert len(pixels) > 2


def test_another_head_is_chosen(qtbot, small):
    page = small
    train(qtbot, page)
    stop(qtbot, page)
    maps = page.pane.maps
    maps.layer.setCurrentIndex(1)
    maps.head.setCurrentIndex(1)
    assert maps.head_name() == "L1·H1"
    np.testing.assert_array_equal(maps.view.matrix().values, maps.maps.weights[1, 1])


def test_reset_puts_everything_back(qtbot, small):
    page = small
    train(qtbot, page)
    folder = page.pane.folder
    page.reset()
    assert page.pane.run.state == "idle"
    assert page.pane.sizes.settings() == SMALL
    assert page.pane.text.source.currentData() == "stories"
    assert len(page.pane.curves) == 0
    assert not page.exhibits()
    qtbot.waitUntil((folder / "checkpoint.safetensors").exists, **WAIT)  # what was trained stays


def test_the_code_on_show_is_the_code_that_ran(qtbot, page):
    view = CodeView()
    qtbot.addWidget(view)
    functions = page.functions()
    view.set_functions(functions)
    names = [function.__name__ for function in functions]
    assert names[0] == "TransformerModel.__init__"
    assert "self.transformer_encoder = nn.TransformerEncoder(" in view.source
    view._choice.setCurrentIndex(names.index("Training._loss"))
    assert "the tutorial forgets to shift" in view.source
    with pytest.raises(LookupError):
        listed("visualizer.lessons.training", "Training.nothing")
    with pytest.raises((LookupError, ModuleNotFoundError)):
        listed("visualizer.lessons.none", "x")


def test_the_page_imports_no_torch():
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None\n"
        "from visualizer.ui.lessons.train_page import TrainPage"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_both_languages_say_the_same(page):
    english, chinese = read_lesson("train"), read_lesson("train", "zh_CN")
    assert chinese.title != english.title
    assert len(english.sections) == len(chinese.sections)
    keys = [(q.key, len(q.choices)) for q in english.questions]
    assert keys == [(q.key, len(q.choices)) for q in chinese.questions]
    for ours, theirs in zip(english.sections, chinese.sections, strict=True):
        assert sorted(LINK.findall(ours.text)) == sorted(LINK.findall(theirs.text))
    for ours, theirs in zip(english.questions, chinese.questions, strict=True):
        assert LINK.findall(ours.ask) == LINK.findall(theirs.ask)


def test_every_link_does_something(qtbot, page, monkeypatch):
    done = []
    monkeypatch.setattr(page.pane, "begin", lambda: done.append("start"))
    monkeypatch.setattr(page.beside, "begin", lambda: done.append("beside"))
    monkeypatch.setattr(page.pane, "open_in_main_window", lambda: done.append("open"))

    def state():
        chosen = page.pane.text.chosen()
        return page.pane.sizes.settings(), chosen, tuple(done)

    lesson = read_lesson("train")
    links = [link for section in lesson.sections for link in LINK.findall(section.text)]
    links += [link for question in lesson.questions for link in LINK.findall(question.ask)]
    for link in dict.fromkeys(links):
        page.reset()
        before = state()
        page.follow(link)
        assert state() != before, link
    assert set(done) == {"start", "beside", "open"}


def test_curves_of_very_many_steps_are_drawn_thinned_to_their_end():
    curves = Curves()
    records = tuple(StepRecord(n, 1.0 / n, None, None, 0.001, 1.0, 9.0) for n in range(1, 20_001))
    for first in range(0, len(records), 500):
        curves.add(records[first : first + 500])
    line = CurveCharts(curves).loss().series[0]
    assert len(line.x) <= 4000
    assert line.x[-1] == 20_000
    assert len(curves) == 20_000
    curves.add(records[9_999:10_005])  # gone on from a checkpoint
    assert curves.column("step").tolist() == list(range(1, 10_006))
    assert math.isnan(curves.last("held_out_loss"))


def test_what_cannot_be_written_is_no_exception(qtbot, small, tmp_path, monkeypatch):
    page = small
    (tmp_path / "data").write_text("a file where the folder should be")
    qtbot.mouseClick(page.pane.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Cannot write" in page.pane.complaint.text(), **WAIT)
    wait_for_state(qtbot, page, "idle")
