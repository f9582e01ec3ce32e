"""Text and experiment share the window so that both can be used, at every size of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualizer.app import App
from visualizer.lessons.prose import LESSON_KEYS


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


def open_lesson(qtbot: QtBot, app: App, key: str) -> None:
    app.lessons.open_lesson(key)
    settle()
    page = app.window.lesson_panel.page
    assert page is not None
    qtbot.waitUntil(lambda: not any(task.is_running for task in page._tasks), timeout=60_000)


def room(app: App) -> tuple[int, int, int]:
    """Width of the text, of what the experiment is seen through, and what it needs."""
    panel = app.window.lesson_panel
    place = panel._places[panel.lesson.key]
    return panel.text.width(), place.viewport().width(), panel.page.minimumSizeHint().width()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (2560, 1440)])
def test_every_experiment_has_the_width_that_it_needs(
    qtbot: QtBot, make_app: Callable[..., App], size: tuple[int, int]
) -> None:
    app = make_app(prompt="ab", size=size, lesson="tokens")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    text = app.window.lesson_panel.text
    for key in LESSON_KEYS:
        open_lesson(qtbot, app, key)

        def has_room() -> bool:
            column_px, seen_px, needed_px = room(app)
            assert text.minimumWidth() <= column_px <= text.readable_px
            return seen_px >= needed_px or column_px == text.minimumWidth()

        qtbot.waitUntil(has_room)
        assert app.window.width() == size[0]


def test_a_wide_window_shows_lesson_and_panels_and_a_narrower_one_the_lesson_alone(
    qtbot: QtBot, make_app: Callable[..., App]
) -> None:
    app = make_app(prompt="ab", size=(3200, 1440), lesson="attention")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    settle()
    window = app.window
    assert window.head_panel.isVisible()
    assert window.lesson_panel.page.isVisible()
    window.resize(1600, 1000)
    settle()
    assert not window.head_panel.isVisible()
    assert window.lesson_panel.page.isVisible()
    assert window.lesson_panel.width() == window.width()


@pytest.mark.parametrize("size", [(1280, 800), (1600, 1000)])
def test_the_main_panels_come_and_go_and_the_lesson_has_what_it_had(
    qtbot: QtBot, make_app: Callable[..., App], size: tuple[int, int]
) -> None:
    app = make_app(prompt="ab", size=size, lesson="attention")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    settle()
    before = room(app)
    beside = app.window.actions_by_key["lesson_beside"]
    for _ in range(3):
        beside.trigger()
        settle()
        assert app.window.lesson_panel.is_narrow
        assert app.window.head_panel.isVisible()
        beside.trigger()
        settle()
        assert not app.window.head_panel.isVisible()
        assert room(app) == before
    assert app.window.width() == size[0]


def test_larger_text_and_back_leaves_an_open_lesson_as_it_was(
    qtbot: QtBot, make_app: Callable[..., App]
) -> None:
    app = make_app(prompt="ab", size=(1280, 800), lesson="attention")
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    settle()
    before = room(app)
    views = app.window.lesson_panel.page.hand.views.values()
    for action in ("zoom_in",) * 6 + ("zoom_reset",):
        app.window.actions_by_key[action].trigger()
        settle()
        assert app.window.width() == 1280
        qtbot.waitUntil(lambda: all(view.matrix_layout().has_numbers for view in views))
    assert room(app) == before
