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
from visualizer.lessons.script_run import (
    LineReached,
    LossPrinted,
    Printed,
    ScriptResult,
    ScriptSettings,
    printed_source,
    run_script,
)
from visualizer.lessons.training import Training
from visualizer.lessons.training_settings import SMALL, StepRecord, TrainingSettings
from visualizer.lessons.training_texts import built_in_text
from visualizer.ui.lessons import script_pane, training_beside
from visualizer.ui.lessons.code_view import CodeView
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.train_page import TrainPage
from visualizer.ui.lessons.training_curves import COLUMNS, CurveCharts, Curves
from visualizer.ui.lessons.training_text import MOST_PASTED
from visualizer.ui.theme import DARK, LIGHT
from visualizer.ui.widgets.chart_painting import series_pen

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
    assert page.answer("copying").numbers == {"first": "6.90", "guessing": "6.91"}


def test_the_other_answers(page):
    assert page.answer("parameters").numbers["layer"] == "3,152,384"
    assert page.answer("none") is None


def test_every_hint_has_its_numbers(page):
    page.script.printed = script_pane.ScriptOutput(ScriptSettings())
    page.script.printed.result = ScriptResult((10, 32, 1000), (0.28,), 19_939_304, 6.7, 8.5)
    page.beside.printed.guessing = math.log(1000)
    page.beside.printed.curves.add(
        tuple(StepRecord(n, 1.0, 1.0, 6.9 + n, 0.001, 1.0, 1.0) for n in (1, 2))
    )
    for language in ("en", "zh_CN"):
        for question in read_lesson("train", language).questions:
            answer = page.answer(question.key)
            hint = question.hint.format(**answer.numbers)
            assert hint != question.hint
            if not question.choices:  # it gives nothing away
                assert f"{answer.value:,}"[:4] not in hint


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
    monkeypatch.setattr(page.script, "begin", lambda: done.append("script"))
    monkeypatch.setattr(page.beside, "begin", lambda: done.append("beside"))
    monkeypatch.setattr(page.pane, "open_in_main_window", lambda: done.append("open"))

    def state():
        chosen = page.pane.text.chosen()
        return page.pane.sizes.settings(), chosen, tuple(done)

    lesson = read_lesson("train")
    links = [link for section in lesson.sections for link in LINK.findall(section.text)]
    links += [link for question in lesson.questions for link in LINK.findall(question.ask)]
    links += [question.show for question in lesson.questions]
    for link in dict.fromkeys(links):
        page.reset()
        before = state()
        page.follow(link)
        assert state() != before, link
    assert set(done) == {"start", "beside", "open", "script"}


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


def wait_for_script(qtbot, page):
    qtbot.waitUntil(lambda: not page.script._task.is_running, **WAIT)


def test_the_script_is_run_and_its_lines_light_up(qtbot, page):
    script, lit = page.script, set()
    source = script.code.raw_text()
    assert source == printed_source()
    assert page.answer("tokens-in-a-step") is None
    qtbot.mouseClick(page.show_script, Qt.MouseButton.LeftButton)
    assert script.isVisibleTo(page)
    script.epochs.setValue(2)
    script._task.progressed.connect(lambda _told: lit.update(script.code.lit))
    qtbot.mouseClick(script.run, Qt.MouseButton.LeftButton)
    assert script.run.text() == "Stop"
    assert script._task.is_running
    wait_for_script(qtbot, page)
    expected = run_script(ScriptSettings(epochs=2), lambda _told: None)
    printed = script.prints.raw_text().splitlines()
    assert printed[0] == "torch.Size([10, 32, 1000])"
    found = [float(line.split()[-1]) for line in printed[1:]]
    np.testing.assert_allclose(found, expected.losses, atol=1e-3)
    assert script.state.text() == "Done: a model of 19,939,304 parameters."
    assert f"{expected.next_token_loss:.1f}" in script.meaning.text()
    lines = script.code.raw_text().splitlines()
    for line in ("loss.backward()", "self.init_weights()", "return x + self.pe[: x.size(0)]"):
        numbers = [n for n, text in enumerate(lines, 1) if text.strip() == line]
        assert set(numbers) <= lit, line
    assert script.code.lit == ()
    drawn = script.chart.chart().series
    assert [series.name for series in drawn] == ["as printed", "guessing"]
    np.testing.assert_allclose(drawn[0].y, expected.losses, atol=1e-3)
    assert drawn[1].y.tolist() == [math.log(1000)] * 2
    assert page.answer("tokens-in-a-step").value == 320
    exhibit = page.exhibits()[0]
    assert (exhibit.key, exhibit.columns) == ("script", ("epoch", "as_printed"))


def test_a_switch_runs_the_script_beside_the_printed_one(qtbot, page, monkeypatch):
    ran = []

    def run(settings, tell):
        ran.append(settings)
        tell(LineReached(90, False))
        tell(Printed("torch.Size([10, 32, 1000])"))
        for n in range(settings.epochs):
            loss = 5.0 - n + settings.shifts_target
            tell(LossPrinted(f"epoch {n + 1} loss {loss}", n + 1, loss))
        return ScriptResult((10, 32, 1000), (5.0,), 7, 6.5, 8.5)

    monkeypatch.setattr(script_pane, "run_script", run)
    script = page.script
    script.epochs.setValue(3)
    qtbot.keyClick(script.switches["shifted"], Qt.Key.Key_Space)
    wait_for_script(qtbot, page)
    printed, changed = ScriptSettings(epochs=3), ScriptSettings(epochs=3, shifts_target=True)
    assert ran == [printed, changed]  # there was nothing to compare with
    assert script.code.raw_text() == changed.source()
    assert script.code.changed == changed.changed_lines()
    drawn = {series.name: series.y.tolist() for series in script.chart.chart().series}
    assert drawn["as printed"] == [5.0, 4.0, 3.0]
    assert drawn["changed"] == [6.0, 5.0, 4.0]
    exhibit = page.exhibits()[0]
    assert exhibit.columns == ("epoch", "as_printed", "changed")
    assert list(exhibit.rows[1]) == [2, 4.0, 5.0]

    script.text.setText("short")
    qtbot.keyClick(script.switches["text"], Qt.Key.Key_Space)
    assert "has 5 characters" in script.complaint.text()
    script.text.setText("a text of my own")
    qtbot.keyClick(script.text, Qt.Key.Key_Return)
    wait_for_script(qtbot, page)
    assert script.complaint.text() == ""
    assert ran[2:] == [replace(changed, text="a text of my own")]  # the printed run is known
    assert script.meaning.text().endswith("guessing among 11 costs 2.40.")

    page.follow("try:script-fresh")
    wait_for_script(qtbot, page)
    assert ran[3:] == [ScriptSettings(), ScriptSettings(draws_afresh=True)]
    page.follow("try:script")
    wait_for_script(qtbot, page)
    page.follow("try:script")  # it is on show
    assert ran[5:] == [ScriptSettings()]
    assert page.answer("last-loss").value == 2
    assert page.answer("last-loss").numbers == {"last": "5.00", "same": "6.50", "guessing": "6.91"}
    page.reset()
    assert not any(box.isChecked() for box in script.switches.values())
    assert script.code.raw_text() == printed_source()
    assert page.answer("last-loss") is None
    assert not page.exhibits()


def test_the_script_is_stopped_at_the_next_line(qtbot, page):
    script = page.script
    page.follow("try:script")
    qtbot.waitUntil(lambda: bool(script.code.lit), **WAIT)
    qtbot.mouseClick(script.run, Qt.MouseButton.LeftButton)
    assert not script._task.is_running
    assert script.state.text() == "Stopped."
    assert script.code.lit == ()
    assert script.output.result is None
    assert page.shutdown(20_000)


def test_links_put_right_what_would_spoil_them(qtbot, page, monkeypatch):
    pane, sizes = page.pane, page.pane.sizes
    jobs = []
    monkeypatch.setattr(pane.run, "start", jobs.append)
    page.follow("try:wild")
    assert sizes.settings() == replace(SMALL, learning_rate=1e6)
    for link, source, unit in (
        ("try:chinese", "chinese", "characters"),
        ("try:words", "stories", "words"),
        ("try:random", "random", "words"),
    ):
        page.follow("try:wild")
        target = sizes.boxes["target"]
        target.setCurrentIndex(target.findData("same"))
        pane.samples.prompt.setText("Once")
        sizes.boxes["length"].setValue(32)
        page.follow(link)
        chosen = pane.text.chosen()
        assert (chosen.source, chosen.unit) == (source, unit)
        assert sizes.settings() == replace(SMALL, length=32)  # nothing else is touched
        assert pane.samples.prompt.text() == ""
    page.follow("try:wild")
    page.follow("try:tutorial")
    assert sizes.settings() == TrainingSettings()
    assert pane.text.chosen().source == "random"
    sizes.steps.setValue(10)
    page.follow("try:start")
    (job,) = jobs
    assert (job.source, job.unit, job.settings) == ("stories", "characters", SMALL)
    assert (job.steps, job.prompt) == (0, "")


def test_a_training_ends_after_the_steps_that_were_asked_for(qtbot, small):
    pane = small.pane
    assert pane.sizes.steps.text() == "no end"
    pane.sizes.steps.setValue(10)
    qtbot.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, small, "training")
    assert not pane.sizes.steps.isEnabled()
    small.follow("try:chinese")
    assert "stop it first" in pane.complaint.text()
    wait_for_state(qtbot, small, "idle")
    assert pane.curves.column("step").tolist() == list(range(1, 11))
    qtbot.mouseClick(pane.go_on, Qt.MouseButton.LeftButton)
    wait_for_state(qtbot, small, "training")
    wait_for_state(qtbot, small, "idle")
    assert len(pane.curves) == 20


def test_only_guessing_is_dotted():
    curves = Curves()
    curves.add(tuple(StepRecord(n, 2.0, 2.0, 8.0, 0.001, 1.0, 9.0) for n in (1, 2)))
    dotted = series_pen(LIGHT, 0, "dotted").dashPattern()
    for with_next_token in (False, True):
        chart = CurveCharts(curves).loss(guessing=6.9, with_next_token=with_next_token)
        pens = [series_pen(LIGHT, i, s.style).dashPattern() for i, s in enumerate(chart.series)]
        names = [s.name for s, pen in zip(chart.series, pens, strict=True) if pen == dotted]
        assert names == ["guessing"]
