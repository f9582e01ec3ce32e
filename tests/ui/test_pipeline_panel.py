"""The sampler's cards: switching, moving, presets, biases, draws, and their files."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.sampling_stages import LLAMA_CPP_ORDER, STAGES
from visualizer.session.pipeline_file import read_pipeline
from visualizer.session.pipeline_view import Draws, PipelineQuestion, pipeline_view
from visualizer.session.provenance_reading import read_view
from visualizer.session.views import Unavailable
from visualizer.ui.export_dialog import ExportDialog
from visualizer.ui.panels.pipeline_panel import EXPORT_KINDS, PipelinePanel
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.stage_facts import choices_text

WAIT = {"timeout": 6000}


class Bytes:
    """Every byte is a token."""

    name = "bytes"
    vocabulary_size = 257
    special_ids = frozenset({256})

    def encode(self, text, *, parse_special=False):
        return SimpleNamespace(ids=np.array(list(text.encode()), np.int64), n_added=0)

    def token_bytes(self, token_id):
        return b"<end>" if token_id == 256 else bytes([token_id])


def view_of(sampling, n=50):
    logits = np.linspace(4, -4, n).astype(np.float32)
    return pipeline_view(PipelineQuestion(logits, np.array([3, 3]), sampling, 0, 1, "·x"))


@pytest.fixture
def panel(qtbot):
    panel = PipelinePanel()
    qtbot.addWidget(panel)
    panel.resize(1200, 200)
    panel.show()
    panel.changed = []
    panel.sampling_changed.connect(panel.changed.append)
    return panel


def show(panel, sampling):
    panel.set_sampling(sampling)
    panel.set_view(view_of(sampling))


def test_cards_stand_in_the_order_of_the_stages(panel):
    assert panel.row.stages() == STAGES
    show(panel, SamplingParams(order=LLAMA_CPP_ORDER))
    assert panel.row.stages() == LLAMA_CPP_ORDER
    lefts = [panel.row.card(stage).x() for stage in LLAMA_CPP_ORDER]
    panel.row.widget().layout().activate()
    lefts = [panel.row.card(stage).x() for stage in LLAMA_CPP_ORDER]
    assert lefts == sorted(lefts)
    assert panel.changed == []


def test_a_card_says_what_its_stage_did(panel):
    params = SamplingParams(temperature=0.5, top_k=7, off=("top_p",), top_p=0.5)
    show(panel, params)
    outcome = {o.stage: o for o in view_of(params).outcomes}["top_k"]
    texts = panel.row.card("top_k").texts()
    assert texts[0].startswith("removed: 43 ·")
    assert texts[1].startswith("left: 7 ·")
    assert texts[2] == f"choices: {choices_text(outcome.effective_choices)}"
    assert panel.row.card("top_p").texts()[0] == "removed: none (off)"
    assert panel.row.card("min_p").texts()[0] == "removed: none (neutral)"
    assert not panel.row.card("top_p").switch.isChecked()
    assert "7 of 50 tokens left" in panel.facts()


def test_greedy_is_said_on_the_card(panel):
    show(panel, SamplingParams(temperature=0))
    card = panel.row.card("temperature")
    assert card.slider.spin.text() == "greedy"
    assert card.texts()[0] == "removed: all but the likeliest"
    assert card.texts()[1].startswith("left: 1 ·")


def test_where_the_order_matters_the_card_is_marked(panel):
    show(panel, SamplingParams(temperature=0.3, top_p=0.8))
    marked = [stage for stage in STAGES if panel.row.card(stage).says_order_matters()]
    assert marked == ["top_p"]
    show(panel, SamplingParams(temperature=0.3, top_k=5))
    assert not any(panel.row.card(stage).says_order_matters() for stage in STAGES)


def test_switching_and_changing_a_card(panel):
    show(panel, SamplingParams(top_k=5, banned=(3,)))
    panel.row.card("top_k").switch.click()
    assert panel.changed[-1] == SamplingParams(top_k=5, banned=(3,), off=("top_k",))
    panel.row.card("top_k").switch.click()
    assert panel.changed[-1] == SamplingParams(top_k=5, banned=(3,))
    panel.row.card("frequency").slider.spin.setValue(0.5)
    assert panel.changed[-1] == SamplingParams(top_k=5, banned=(3,), frequency_penalty=0.5)


def test_moving_a_card_by_keyboard(panel, qtbot):
    show(panel, SamplingParams())
    panel.activateWindow()
    card = panel.row.card("top_k")
    card.setFocus()
    qtbot.waitUntil(card.hasFocus, **WAIT)
    qtbot.keyClick(card, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    place = STAGES.index("top_k")
    assert panel.changed[-1].order.index("top_k") == place - 1
    assert panel.row.stages() == panel.changed[-1].order
    assert card.hasFocus()
    for _ in range(12):
        qtbot.keyClick(card, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert panel.changed[-1].order[-1] == "top_k"
    assert len(panel.changed) == 1 + len(STAGES) - place  # at the end nothing changes any more


def test_dragging_a_card(panel, qtbot):
    show(panel, SamplingParams())
    panel.row.widget().layout().activate()
    card, target = panel.row.card("repetition"), panel.row.card("presence")
    start = QPoint(card.width() // 2, 3)
    end = card.mapFrom(panel.row.widget(), target.geometry().center() + QPoint(20, 0))
    button = Qt.MouseButton.LeftButton
    qtbot.mousePress(card, button, pos=start)
    qtbot.mouseMove(card, end)
    assert panel.changed == []
    qtbot.mouseRelease(card, button, pos=end)
    order = panel.changed[-1].order
    assert order[:4] == ("bias", "frequency", "presence", "repetition")
    qtbot.mousePress(card, button, pos=start)
    qtbot.mouseRelease(card, button, pos=start)  # a click moves nothing
    assert len(panel.changed) == 1


def test_presets(panel):
    show(panel, SamplingParams(temperature=0.5, min_p=0.1))
    assert panel.presets["transformers"].isChecked()
    panel.presets["llama.cpp"].trigger()
    assert panel.changed[-1].order == LLAMA_CPP_ORDER
    assert panel.changed[-1].min_p == 0.1
    panel.presets["tutorial"].trigger()
    assert not panel.changed[-1].is_active("min_p")
    assert panel.presets["tutorial"].isChecked()
    panel.presets["reset"].trigger()
    assert panel.changed[-1] == SamplingParams()
    assert not panel.presets["reset"].isEnabled()


def test_tokens_are_banned_by_typing_them(panel, qtbot):
    editor = panel.row.card("bias").editor
    assert not editor.entry.isEnabled()
    panel.set_tokenizer(Bytes(), 257)
    qtbot.keyClicks(editor.entry, "x")
    qtbot.keyClick(editor.entry, Qt.Key.Key_Return)
    assert panel.changed[-1] == SamplingParams(banned=(ord("x"),))
    assert editor.rows() == ["  ban x"]
    editor.bias.setValue(-2.5)
    qtbot.keyClicks(editor.entry, "#65")
    qtbot.keyClick(editor.entry, Qt.Key.Key_Return)
    assert panel.changed[-1].biases == ((65, -2.5),)
    assert editor.rows() == ["  ban x", " −2.5 A"]
    qtbot.keyClicks(editor.entry, "xyz")
    qtbot.keyClick(editor.entry, Qt.Key.Key_Return)
    assert "x, y, z" in editor.problem()
    assert editor.entry.text() == "xyz"
    assert len(panel.changed) == 2
    qtbot.keyClicks(editor.entry, "!")
    assert editor.problem() == ""
    rows = editor.findChild(type(editor._list))
    rows.setCurrentRow(0)
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    assert panel.changed[-1] == SamplingParams(biases=((65, -2.5),))


def test_why_the_stages_cannot_act(panel):
    params = SamplingParams(banned=tuple(range(50)))
    show(panel, params)
    assert "banned" in panel.facts()
    assert not panel.draw_button.isEnabled()
    assert panel.row.card("top_k").texts()[1] == "left: …"
    panel.set_unavailable(Unavailable(UsageError("Nothing yet.")))
    assert panel.facts() == ""
    show(panel, SamplingParams())
    assert panel.draw_button.isEnabled()


def test_draws_are_told_and_forgotten(panel):
    panel.set_draws(Draws(1000, 7, {1: 900, 2: 100}))
    assert panel.drawn() == "1,000 draws, seed 7"
    panel.set_draws(None)
    assert panel.drawn() == ""


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_cards_are_painted_in_both_themes(qapp, panel, theme):
    apply_theme(qapp, theme)
    show(panel, SamplingParams(temperature=0.3, top_p=0.8, top_k=9))
    image = panel.grab().toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(1200) for y in range(0, 200, 3)}
    assert {theme.accent.upper(), theme.surface.upper()} <= colours
    apply_theme(qapp, LIGHT)


# ------------------------------------------------------------------------------- the window


@pytest.fixture
def sampler(qtbot, app):
    app.window.actions_by_key["pipeline"].trigger()
    qtbot.waitUntil(lambda: app.sampler.feed.question is not None, **WAIT)
    qtbot.waitUntil(lambda: app.sampler.feed.is_settled, **WAIT)
    qtbot.waitUntil(lambda: app.window.pipeline_panel.facts() != "", **WAIT)
    return app


def settle(qtbot, app):
    qtbot.waitUntil(lambda: app.sampler.feed.is_settled, **WAIT)


def test_the_strip_and_the_cards_stay_in_step(qtbot, sampler):
    window = sampler.window
    window.pipeline_panel.row.card("top_k").slider.spin.setValue(5)
    assert window.sampling_panel.slider("top_k").value() == 5
    window.pipeline_panel.presets["llama.cpp"].trigger()
    window.sampling_panel.slider("temperature").spin.setValue(0.5)
    state = sampler.controller.state.sampling
    assert (state.order, state.top_k, state.temperature) == (LLAMA_CPP_ORDER, 5, 0.5)
    assert window.pipeline_panel.row.card("temperature").slider.value() == 0.5
    settle(qtbot, sampler)
    assert window.pipeline_panel.row.card("top_k").texts()[1].startswith("left: 5 ·")


def test_a_slider_switches_its_stage_on_again(sampler):
    window = sampler.window
    window.pipeline_panel.row.card("top_p").switch.click()
    window.sampling_panel.slider("top_p").spin.setValue(0.5)
    assert sampler.controller.state.sampling == SamplingParams(top_p=0.5)


def test_nothing_is_counted_while_nobody_looks(qtbot, sampler):
    sampler.window.actions_by_key["pipeline"].trigger()
    assert sampler.window.docks["pipeline"].isHidden()
    before = sampler.window.pipeline_panel.facts()
    sampler.controller.set_sampling(SamplingParams(top_k=3))
    qtbot.wait(60)
    assert sampler.window.pipeline_panel.facts() == before
    sampler.window.actions_by_key["pipeline"].trigger()
    settle(qtbot, sampler)
    qtbot.waitUntil(lambda: "3 of 257" in sampler.window.pipeline_panel.facts(), **WAIT)


def test_drawing_marks_the_bars_until_the_distribution_changes(qtbot, sampler):
    chart = sampler.window.prediction_panel.chart
    assert chart.drawn_of(0) is None
    sampler.window.pipeline_panel.draw_button.click()
    qtbot.waitUntil(lambda: chart.drawn_of(0) is not None, **WAIT)
    n = len(chart._view.candidates)
    assert sum(chart.drawn_of(row) for row in range(n + 1)) == 1000
    assert ("drawn", f"{chart.drawn_of(0):,} of 1,000 draws, seed 0") in chart.tooltip_rows(0)
    assert sampler.window.pipeline_panel.drawn() == "1,000 draws, seed 0"
    chart.grab()
    sampler.controller.set_candidates(20)  # the same distribution
    assert chart.drawn_of(0) is not None
    sampler.controller.set_seed(3)
    assert chart.drawn_of(0) is None
    assert sampler.window.pipeline_panel.drawn() == ""


def test_everything_banned_is_said_everywhere(qtbot, sampler):
    sampler.controller.set_sampling(SamplingParams(banned=tuple(range(257))))
    settle(qtbot, sampler)
    qtbot.waitUntil(lambda: "banned" in sampler.window.pipeline_panel.facts(), **WAIT)
    assert "banned" in sampler.window.prediction_panel.message()
    sampler.controller.set_sampling(SamplingParams())
    assert sampler.window.prediction_panel.message() == ""


def test_files_of_the_stages(qtbot, sampler, tmp_path):
    params = SamplingParams(top_k=4, banned=(9,), order=LLAMA_CPP_ORDER)
    sampler.controller.set_sampling(params)
    path = tmp_path / "p.json"
    sampler.sampler.save(path)
    assert read_pipeline(path) == params
    sampler.controller.set_sampling(SamplingParams())
    sampler.sampler.open(path)
    assert sampler.controller.state.sampling == params
    path.write_text("[]")
    sampler.sampler.open(path)
    assert "holds no stages" in str(sampler.window.banner.shown.message)
    assert sampler.controller.state.sampling == params


@pytest.mark.parametrize("kind", EXPORT_KINDS)
def test_what_the_stages_did_is_exported(qtbot, sampler, tmp_path, kind):
    sampler.controller.set_sampling(SamplingParams(temperature=0.3, top_p=0.8))
    assert sampler.sampler.feed.view is None, "the old stages are not those of the new settings"
    settle(qtbot, sampler)
    assert sampler.sampler.feed.view.question.sampling.top_p == 0.8
    sampler.window.pipeline_panel.export_requested.emit(kind)
    dialog = sampler.window.findChild(ExportDialog)
    assert (dialog.subject, dialog.kind) == ("pipeline", kind)
    with qtbot.waitSignal(dialog.destroyed, **WAIT):
        dialog.export_button.click()
    asking = sampler.window.findChild(QFileDialog)
    path = tmp_path / f"stages.{kind}"
    with qtbot.waitSignal(asking.destroyed, **WAIT):
        asking.fileSelected.emit(str(path))
        asking.close()
    assert read_view(path).state.sampling.top_p == 0.8
    if kind == "json":
        rows = json.loads(path.read_bytes())["rows"]
        assert [row["stage"] for row in rows] == list(STAGES)


def test_the_pipeline_is_remembered(make_app, qtbot):
    params = SamplingParams(top_k=4, biases=((9, 2.0),), off=("top_k",), order=LLAMA_CPP_ORDER)
    first = make_app()
    first.controller.set_sampling(params)
    first.window.close()
    assert make_app().controller.state.sampling == params
