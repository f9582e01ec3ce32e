"""The lesson on generation in the window: its wishes reach the model, and its links the panels."""

from __future__ import annotations

import pytest

from visualizer.ui.lessons.model_loop import PROMPT


@pytest.fixture
def page(qtbot, app):
    app.lessons.open_lesson("generate")
    page = app.window.lesson_panel.page
    assert page.key == "generate"
    return page


def test_predict_shape_and_append_on_the_windows_model(qtbot, app, page):
    page.follow("try:model")
    page.model.prompt.setText("abc")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        page.model.run.click()
    assert page.model.calls.calls()[0].code.endswith('["a", "b", "c"])')
    page.model.sliders["temperature"].spin.setValue(0.5)
    qtbot.waitUntil(lambda: page.microscope.sampling.sampling.temperature == 0.5, timeout=20_000)
    assert app.window.sampling_panel.slider("temperature").value() == 0.5
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        page.model.step.click()
    assert page.model.calls.calls()[0].result.startswith('"x"  # id 120')


def test_a_link_brings_the_prompt_and_the_main_panels(qtbot, app, page):
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        page.follow("look:journey")
    assert app.window.prompt_panel.text() == PROMPT
    assert app.window.actions_by_key["lesson_beside"].isChecked()
