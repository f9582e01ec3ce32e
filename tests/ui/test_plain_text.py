"""Names, tokens and messages are shown as they are, neither as HTML nor with "&" left out."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as RichQt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from visualizer.app import App
from visualizer.engine.errors import VisualizerError
from visualizer.ui.actions import plain_title
from visualizer.ui.menus import MenuEntry
from visualizer.ui.messages import Choice, Notice
from visualizer.ui.plain_text import PlainLabel, plain_caption, plain_tip
from visualizer.ui.settings import Settings
from visualizer.ui.widgets.head_readout import HeadReadout

might_be_rich = RichQt.mightBeRichText
NAMES = ("draft<b>2<i>.gguf", "R&D", "a & b", "<img src='x'>", "&amp;", "&&", "<br>", "a[*]b")


@pytest.mark.parametrize("name", NAMES)
def test_a_label_paints_each_character(qapp: QApplication, name: str) -> None:
    label = PlainLabel(name)
    reference = PlainLabel("x")
    ours, theirs = label.sizeHint(), reference.sizeHint()
    assert ours.height() == theirs.height()
    width = label.fontMetrics().horizontalAdvance(name)
    assert ours.width() - theirs.width() == pytest.approx(
        width - label.fontMetrics().horizontalAdvance("x"), abs=2
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_tooltip_holds_each_character(name: str) -> None:
    tip = plain_tip(f"{name}\n{name}")
    if might_be_rich(tip):
        assert html.escape(name) in tip
    else:
        assert tip == f"{name}\n{name}"


def test_a_title_for_the_palette_keeps_what_is_shown() -> None:
    assert plain_title("&Open…") == "Open"
    assert plain_title("打开(&O)…") == "打开"
    for name in NAMES:
        assert plain_title(plain_caption(name)) == name


def test_the_whole_window_shows_names_as_they_are(
    qtbot: QtBot, make_app: Callable[..., App], tmp_path: Path
) -> None:
    path = tmp_path / "R&D" / NAMES[0]
    path.parent.mkdir()
    path.write_text("<b>bold</b> &amp; <br> a & b\n")
    settings = Settings()
    for name in NAMES:
        settings.remember_model(name)
    settings.save()
    app = make_app(prompt="<b>&amp;<i>", theme="light", size=(1280, 800))
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.show()
    window = app.window
    for key in ("surprise_timeline", "tokenizers", "pipeline", "inspect_pair", "lessons"):
        window.actions_by_key[key].setChecked(True)
    with qtbot.waitSignal(app.controller.settled, timeout=20_000):
        app.commands.open_paths([path])
    window.menus.fill_models([MenuEntry(name, name, f"{name}\n<b>tip") for name in NAMES])
    for name in NAMES:
        window.show_model(name, "cpu", "float32")
        for button in window.findChildren(QAbstractButton):
            if button.accessibleName() == name:
                assert button.text() == f"{plain_caption(name)} ▾"
        choice = Choice("x", VisualizerError("{name}", name=name))
        error = VisualizerError("{name}", name=name, detail=name)
        window.banner.raise_notice(Notice("file", "error", error, (choice,)))
        window.status_line.show_remark(error)
        _assert_plain(window)
        assert name in {plain_title(a.text()) for a in window.menus.models.actions()}
        assert any(button.text() == plain_caption(name) for button in _buttons(window.banner))
    window.show_model("a[*]b", "cpu", "float32")
    assert window.windowTitle() == "a[*][*]b - Visualizer"  # Qt shows "[*][*]" as "[*]"
    shown = {action.text() for action in window.menus.recent_models.actions()}
    assert "a && b" in shown


def _buttons(parent: QWidget) -> list[QAbstractButton]:
    return parent.findChildren(QAbstractButton)


def _assert_plain(window: QWidget) -> None:
    for widget in (window, *window.findChildren(QWidget)):
        if isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.AutoText:
            assert not might_be_rich(widget.text()), widget.text()
        if not isinstance(widget, HeadReadout):  # a table of numbers
            _assert_plain_tip(widget.toolTip())
    for action in window.findChildren(QAction):
        _assert_plain_tip(action.toolTip())


def _assert_plain_tip(tip: str) -> None:
    if might_be_rich(tip):
        ours = ("<div style='white-space: pre-wrap'>", "<p>The weights of a row come to one")
        assert tip.startswith(ours), tip
