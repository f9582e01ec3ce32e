"""The head that the window opens on while nobody has chosen one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from visualizer.engine.attention_records import METRICS, MetricsRecord, MetricsRequest
from visualizer.ui.settings import Settings

WAIT = {"timeout": 20_000}
TEXT = "abcdefgh"


@pytest.fixture
def telling(fake_engine, monkeypatch):
    """Sets which head looks at the token before; the others do nothing."""
    answer, best = fake_engine.answer, {"head": (2, 1)}

    def answered(question):
        for record in answer(question):
            if isinstance(question, MetricsRequest) and isinstance(record, MetricsRecord):
                values = {name: np.zeros_like(record.values["entropy"]) for name in METRICS}
                values["previous token"] = values["previous token"].copy()
                values["previous token"][best["head"]] = 0.9
                record = replace(record, values=values)
            yield record

    monkeypatch.setattr(fake_engine, "answer", answered)

    def tell(layer, head):
        best["head"] = (layer, head)

    return tell


def chosen(app):
    return app.controller.state.layer, app.controller.state.head


def opened(qtbot, app):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.show()
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: app.controller.is_settled, **WAIT)
    return app


def typed(qtbot, app, text):
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.window.prompt_panel.set_text(text)
        app.controller.replace_prompt(text)
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: app.controller.is_settled, **WAIT)


@pytest.mark.usefixtures("telling")
def test_the_window_opens_on_the_head_that_shows_a_pattern(qtbot, make_app):
    app = opened(qtbot, make_app(prompt=TEXT))
    assert chosen(app) == (2, 1)
    qtbot.waitUntil(lambda: app.window.head_panel.heading.layer_box.value() == 2, **WAIT)


def test_another_text_moves_nothing(qtbot, make_app, telling):
    app = opened(qtbot, make_app(prompt=TEXT))
    telling(0, 0)
    typed(qtbot, app, TEXT + "i")
    assert chosen(app) == (2, 1)


def test_another_model_is_searched_anew(qtbot, make_app, telling, tmp_path):
    app = opened(qtbot, make_app(prompt=TEXT))
    telling(0, 1)
    typed(qtbot, app, TEXT + "i")
    with qtbot.waitSignal(app.controller.model_changed, **WAIT):
        app.controller.load_model("again", tmp_path)
    qtbot.waitUntil(lambda: chosen(app) == (0, 1), **WAIT)
    app.controller.set_head(1, 1)
    telling(2, 0)
    with qtbot.waitSignal(app.controller.model_changed, **WAIT):
        app.controller.load_model("again", tmp_path)
    typed(qtbot, app, TEXT)
    assert chosen(app) == (1, 1)


@pytest.mark.usefixtures("telling")
@pytest.mark.parametrize("when", ["option", "meanwhile", "the same", "remembered"])
def test_a_chosen_head_stays(qtbot, make_app, when):
    if when == "remembered":
        settings = Settings()
        settings.remember_session(replace(make_app(prompt=TEXT).controller.state, layer=0, head=1))
        settings.save()
    options = {"layer": 0, "head": 1} if when == "option" else {}
    app = make_app(prompt=TEXT, **options)
    if when == "the same":
        app.controller.model_changed.connect(
            lambda _: app.window.overview_panel.head_selected.emit(1, 0)
        )
    if when == "meanwhile":
        app.controller.model_changed.connect(lambda _: app.controller.set_head(0, 1))
    opened(qtbot, app)
    assert chosen(app) == ((1, 0) if when == "the same" else (0, 1))


@pytest.mark.usefixtures("telling")
def test_a_few_tokens_tell_nothing(qtbot, make_app):
    assert chosen(opened(qtbot, make_app(prompt="ab"))) == (1, 0)


def test_a_model_without_attention_opens(qtbot, make_app, fake_engine):
    fake_engine.attention = "none"
    app = opened(qtbot, make_app(prompt=TEXT))
    assert chosen(app) == (1, 0)
