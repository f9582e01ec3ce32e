"""The notice strip takes as much height as its sentence needs, no more and no less."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMainWindow, QToolBar

from visualizer.engine.errors import VisualizerError
from visualizer.ui.banner import Banner
from visualizer.ui.messages import Choice, Notice


@pytest.fixture
def banner(qtbot):
    """As in the window: in a tool bar of its own, as wide as the window."""
    window = QMainWindow()
    qtbot.addWidget(window)
    banner = Banner()
    bar = QToolBar()
    bar.addWidget(banner)
    window.addToolBar(bar)
    window.setCentralWidget(QMainWindow())
    window.resize(1280, 800)
    window.show()
    yield banner
    window.hide()


def notice(text: str) -> Notice:
    again = Choice("again", VisualizerError("Try again"))
    return Notice("n", "error", VisualizerError(text), (again,))


def height_after(qtbot, banner, text):
    banner.raise_notice(notice(text))
    qtbot.waitUntil(lambda: banner.height() == banner.layout().totalHeightForWidth(banner.width()))
    return banner.height()


def test_one_line_takes_the_room_of_one_line(qtbot, banner):
    height = height_after(qtbot, banner, "The hub cannot be reached. Check the connection.")
    assert height <= 2.5 * banner.fontMetrics().height()


def test_a_long_sentence_gets_all_its_lines_and_gives_them_back(qtbot, banner):
    short = height_after(qtbot, banner, "short")
    long = height_after(qtbot, banner, "a sentence of many words " * 30)
    assert long >= short + 2 * banner.fontMetrics().height()
    assert height_after(qtbot, banner, "short") == short


def test_a_narrower_window_makes_it_higher(qtbot, banner):
    wide = height_after(qtbot, banner, "a sentence of many words " * 8)
    banner.window().resize(480, 800)
    qtbot.waitUntil(lambda: banner.height() > wide)
    assert banner.height() == banner.layout().totalHeightForWidth(banner.width())
