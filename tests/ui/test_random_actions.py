"""Many actions in any order, and the same ones again and again: nothing breaks or is left."""

from __future__ import annotations

import os
import random
import threading

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from visualizer.app import App
from visualizer.session.options import WindowOptions

THOROUGH = os.environ.get("VISUALIZER_THOROUGH") == "1"
WAIT = {"timeout": 20_000}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(20 if THOROUGH else 2))
def test_any_actions_leave_text_and_state_in_step(qtbot, app, seed):
    chance = random.Random(seed)
    actions, editor = app.window.actions_by_key, app.window.prompt_panel.editor
    keys = ["undo", "redo", "undo", "redo", "clear", "toggle_theme", "surprise_shading"]
    keys += ["zoom_in", "zoom_reset", "parse_special", "inspect_pair", "move_panels"]

    def act():
        match chance.randrange(6):
            case 0 | 1:
                editor.insertPlainText(
                    chance.choice(["a", "bc ", "大", "\n", "\U0001f600", "<end>"])
                )
            case 2:
                app.commands.replace_text(chance.choice(["", "abc", "one two\nthree"]))
            case 3:
                app.controller.set_head(chance.randrange(3), chance.choice([0, 1, "mean"]))
            case 4:
                app.controller.set_query(chance.randint(-3, 3))
            case 5:
                actions[chance.choice(keys)].trigger()
        if chance.random() < 0.3:
            QApplication.processEvents()

    for _ in range(60):
        act()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        app.commands.replace_text("the last")
    assert app.controller.state.prompt.text == "the last"
    assert app.window.prompt_panel.text() == "the last"
    history = [app.window.prompt_panel.text()]
    while editor.document().isUndoAvailable() and len(history) < 20:
        actions["undo"].trigger()
        history.append(app.window.prompt_panel.text())
        assert app.controller.state.prompt.text == history[-1]
    for text in reversed(history[:-1]):
        actions["redo"].trigger()
        assert app.window.prompt_panel.text() == text
        assert app.controller.state.prompt.text == text


def test_fifty_themes_and_sizes_leave_nothing_behind(qtbot, app):
    def switch():
        for key in ("toggle_theme", "zoom_in", "toggle_theme", "zoom_reset"):
            app.window.actions_by_key[key].trigger()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return len(QApplication.allWidgets())

    first = switch()
    for _ in range(49 if THOROUGH else 4):
        assert switch() == first


@pytest.mark.usefixtures("make_app")  # a cache of its own
def test_windows_that_come_and_go_leave_nothing_behind(qtbot, qapp, fake_engine):
    def come_and_go():
        app = App(qapp, WindowOptions(prompt="ab"), lambda: fake_engine)
        with qtbot.waitSignal(app.controller.settled, **WAIT):
            app.show()
        app.window.close()
        assert app.shutdown()
        app.window.deleteLater()
        app.deleteLater()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return threading.active_count(), len(QApplication.topLevelWidgets())

    first = come_and_go()
    for _ in range(49 if THOROUGH else 2):
        assert come_and_go() == first
