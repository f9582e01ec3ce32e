"""While the text has moved on, no number of the text before stands in full ink."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from visualizer.ui.widgets.dimming import STALE_OPACITY, dim


class Painted(QObject):
    """Notes how strongly the rows are drawn at each paint of a widget."""

    def __init__(self, widget, opacity):
        super().__init__(widget)
        self.opacities, self._opacity = [], opacity
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.opacities.append(self._opacity())
        return False


@pytest.fixture
def behind(qtbot, app, fake_engine):
    """Types on, and keeps the answer back until the numbers on screen are known as old."""

    def type_on(text="abc"):
        fake_engine.holds = {"run"}
        app.window.prompt_panel.set_text(text)
        app.controller.set_prompt(text)
        chart = app.window.prediction_panel.chart
        qtbot.waitUntil(lambda: chart._view.stale, timeout=20_000)

    yield type_on
    fake_engine.holds = set()
    fake_engine.gate.release(100)
    qtbot.waitUntil(lambda: app.controller.is_settled, timeout=20_000)


def is_dim(widget):
    effect = widget.graphicsEffect()
    return effect is not None and effect.opacity() == STALE_OPACITY


def test_followed_words_fade_with_the_rows(qtbot, app, behind):
    panel = app.window.prediction_panel
    app.controller.ask_word("z")
    assert not panel.pins.isHidden()
    painted = Painted(panel.pins, panel.chart.opacity)
    behind()
    qtbot.waitUntil(
        lambda: painted.opacities and painted.opacities[-1] == STALE_OPACITY, timeout=20_000
    )


def test_every_panel_dims_what_it_writes_beside_its_picture(qtbot, app, behind):
    window = app.window
    window.actions_by_key["pipeline"].setChecked(True)
    qtbot.waitUntil(lambda: app.sampler.feed.is_settled, timeout=20_000)
    shown = [
        window.prediction_panel._facts,
        window.prediction_panel._after,
        window.overview_panel._counts,
        window.overview_panel._legend,
        window.head_panel.legend,
        window.head_panel.heading.remark,
        window.pipeline_panel._facts,
        *window.pipeline_panel.row.number_widgets(),
    ]
    assert not any(map(is_dim, shown))
    behind()
    qtbot.waitUntil(lambda: all(map(is_dim, shown)), timeout=20_000)


def test_and_brings_it_back(qtbot, app, fake_engine):
    panel = app.window.prediction_panel
    fake_engine.holds = {"run"}
    app.controller.set_prompt("abc")
    qtbot.waitUntil(lambda: is_dim(panel._facts), timeout=20_000)
    fake_engine.holds = set()
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        fake_engine.gate.release(100)
    assert not is_dim(panel._facts)
    assert not is_dim(app.window.overview_panel._legend)


def test_the_lesson_on_blocks_dims_the_stream_of_a_text_that_was_changed(qtbot, app):
    app.lessons.open_lesson("block")
    stream = app.window.lesson_panel.page.model
    stream._shown_of = stream.text.text()
    stream._dim()
    assert not is_dim(stream.length)
    qtbot.keyClicks(stream.text, "x")
    assert all(map(is_dim, (stream.chips, stream.length, stream.similarity, stream.note)))


def test_the_lesson_on_generation_calls_with_the_text_that_was_read(qtbot, app, behind):
    app.lessons.open_lesson("generate")
    page = app.window.lesson_panel.page
    assert page.model.calls.calls()[0].code.endswith('["a", "b"])')
    behind("abcd")
    qtbot.waitUntil(lambda: is_dim(page.model.bars), timeout=20_000)
    assert page.model.calls.calls()[0].code.endswith('["a", "b"])')  # what the numbers are of


def test_dimming_twice_is_dimming_once(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    dim((widget,), True)
    effect = widget.graphicsEffect()
    dim((widget,), True)
    assert widget.graphicsEffect() is effect
    dim((widget,), False)
    dim((widget,), False)
    assert widget.graphicsEffect() is None


@pytest.mark.parametrize("how", ["example", "file", "view"])
def test_a_text_in_anothers_place_is_not_compared_with_it(qtbot, app, tmp_path, how):
    panel = app.window.prediction_panel

    def settle(act):
        with qtbot.waitSignal(app.controller.settled, timeout=20_000):
            act()

    settle(lambda: app.controller.set_prompt("abc"))
    assert panel.chart._view.old_probs is not None  # an edit of "ab"
    if how == "example":
        settle(lambda: app.commands.replace_text("abcd"))
    elif how == "file":
        path = tmp_path / "abcd.txt"
        path.write_text("abcd", encoding="utf-8")
        settle(lambda: app.commands.open_text(path))
    else:
        from dataclasses import replace

        from visualizer.engine.records import Prompt

        state = replace(app.controller.state, prompt=Prompt("abcd"))
        settle(lambda: app.controller.restore(state))
    assert panel.chart._view.old_probs is None
    settle(lambda: app.controller.set_prompt("abcde"))
    assert panel.chart._view.old_probs is not None


def test_a_generated_token_is_no_edit_of_what_came_before_it(qtbot, app):
    """What follows the next token is no change of what followed here."""
    panel = app.window.prediction_panel
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.controller.set_prompt("abc")
    assert panel.chart._view.old_probs is not None
    app.controller.step()
    qtbot.waitUntil(lambda: app.controller.is_settled and not app.controller.is_generating)
    assert panel.chart._view.old_probs is None
