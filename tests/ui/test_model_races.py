"""A wish that comes too late for a model: what is on screen is always the engine's own model's."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from visualizer.engine.errors import VisualizerError


class SlowToTake:
    """An engine that stops while it takes a model into use, until it is told to go on."""

    def __init__(self, engine):
        self._engine = engine
        self.in_use = ""

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def take(self, prepared: SimpleNamespace):
        self._engine._pass("take", SimpleNamespace(cancel=SimpleNamespace(check=lambda: None)))
        self.in_use = prepared.record.name
        return self._engine.take(prepared)


def test_loading_models_again_and_again_leaves_nothing_behind(qtbot, app):
    def census():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return Counter(type(thing).__name__ for thing in app.window.findChildren(QObject))

    def load():
        with qtbot.waitSignal(app.controller.model_changed, timeout=20_000):
            app.desk.open("tiny")
        qtbot.waitUntil(lambda: app.controller.is_settled, timeout=20_000)

    load()
    before = census()
    for _ in range(3):
        load()
    assert census() == before
    assert [action.data() for action in app.window.menus.devices.actions()][:2] == ["auto", "cpu"]


@pytest.mark.parametrize("how", ["given up", "another one that fails", "another one"])
def test_a_model_that_was_taken_already_is_the_model_in_use(
    qtbot, make_controller, fake_engine, tmp_path, how
):
    engine = SlowToTake(fake_engine)
    controller = make_controller(lambda: engine)
    with qtbot.waitSignal(controller.settled, timeout=20_000):
        controller.load_model("first", tmp_path)
        controller.set_prompt("ab")
    fake_engine.holds = {"take"}
    controller.load_model("second", tmp_path)
    assert fake_engine.entered.acquire(timeout=20)
    fake_engine.holds = set()
    if how == "given up":
        controller.cancel()
    else:
        if how == "another one that fails":
            fake_engine.raises = VisualizerError("no such model")
        controller.load_model("third", tmp_path)
    fake_engine.gate.release()
    expected = "third" if how == "another one" else "second"
    qtbot.waitUntil(
        lambda: controller.is_settled and controller.model.name == expected, timeout=20_000
    )
    assert engine.in_use == expected
