"""What commands say and do: files of any kind, chat without a template, language, loading."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visualizer import app as app_module
from visualizer.app import App, restart
from visualizer.engine.records import ProgressRecord
from visualizer.session.options import WindowOptions
from visualizer.ui.plain_text import PANEL_TITLE
from visualizer.ui.status_line import StatusLine


def test_a_picture_without_a_view_says_what_can_be_opened(app: App, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    app.commands._on_text_file_selected(str(path))
    notice = app.window.banner.shown
    assert notice is not None
    assert "photo.png carries no view" in str(notice.message)
    assert "can be opened" in str(notice.message)


def test_chat_without_a_template_says_why(app: App) -> None:
    action = app.window.actions_by_key["chat"]
    action.trigger()
    assert not action.isChecked()
    assert "no chat template" in app.window.status_line.currentMessage()


def test_another_language_offers_to_restart(
    app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.window.actions_by_key["language_zh_CN"].trigger()
    notice = app.window.banner.shown
    assert notice is not None
    assert [choice.key for choice in notice.choices] == ["restart:", "later:"]
    app.window.banner.choice_made.emit("later:")
    assert not app.is_to_restart
    app.window.banner.choice_made.emit("restart:")
    assert app.is_to_restart
    assert app.is_kept
    started: list[list[str]] = []

    def start(_program: str, command: list[str]) -> None:
        started.append(command)

    def leave(_status: int) -> None:
        raise SystemExit

    monkeypatch.setattr("os.execv", start)
    monkeypatch.setattr(app_module, "leave", leave)
    with pytest.raises(SystemExit):
        restart(WindowOptions(prompt="old", language="en", offline=True), app.controller.model)
    [command] = started
    assert command[:3] == [sys.executable, "-m", "visualizer"]
    assert "--offline" in command
    assert "--prompt" not in command
    assert "--lang" not in command


def test_movable_panels_say_their_title_once(app: App) -> None:
    titles = app.window.findChildren(QLabel, PANEL_TITLE)
    assert titles
    app.window.actions_by_key["move_panels"].setChecked(True)
    assert all(title.isHidden() for title in titles)
    app.window.actions_by_key["move_panels"].setChecked(False)
    assert not any(title.isHidden() for title in titles)


def test_loading_says_of_which_model_and_what_is_done(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    seen = []
    for stage, done, total in (
        ("load", 0, None),
        ("load", 3, 272),
        ("build", 0, None),
        ("check", 0, None),
    ):
        line.set_progress(ProgressRecord(1, stage, done, total, "tensors", "smollm2-135m"))
        seen.append(line.text())
    assert seen == [
        "Loading smollm2-135m",
        "Loading smollm2-135m: weights  3 / 272",
        "Loading smollm2-135m: building it",
        "Loading smollm2-135m: trying it out",
    ]
    line.set_progress(None)
    assert line.text() == ""
