"""A wish that comes too late for a model: what is on screen is always the engine's own model's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

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
