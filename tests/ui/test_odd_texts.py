"""Texts that break programs, pasted into the window: what comes out is what was put in."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QMimeData

from visualizer.engine.errors import ContextOverflowError
from visualizer.session.views import TokenStripView, Unavailable

WAIT = {"timeout": 10_000}


@pytest.fixture
def views(app) -> list:
    seen: list = []
    app.controller.token_strip_view_changed.connect(seen.append)
    return seen


def paste(qtbot, app, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    editor = app.window.prompt_panel.editor
    editor.selectAll()
    with qtbot.waitSignal(app.controller.settled, **WAIT):
        editor.insertFromMimeData(data)


@pytest.mark.parametrize(
    "text",
    [
        " ", "\n", "\t\n \n", "\0", "a\0b", "a\ufeffb", "a\u2028b\u2029c", "\u202eabc\u202c",
        "👩‍👩‍👧 x", "e\u0301\u0301\u0301", "שלום a عليكم", "大模型", "\u00a0\u200b", "a" * 60,
        "\U0010ffff\ufffe", "<|endoftext|>",
    ],
    ids=ascii,
)  # fmt: skip
def test_odd_characters_go_through_unchanged(qtbot, app, views, text):
    app.window.actions_by_key["surprise_shading"].trigger()
    paste(qtbot, app, text)
    assert app.controller.state.prompt.text == text
    shown = views[-1]
    assert isinstance(shown, TokenStripView)
    assert b"".join(shown.tokenization.pieces) == text.encode()
    app.window.grab()  # whatever Qt complains of fails this test


def test_lone_surrogates_are_the_same_everywhere(qtbot, app, views):
    paste(qtbot, app, "a\ud800b")
    assert app.controller.state.prompt.text == "a\ufffdb"
    assert app.window.prompt_panel.text() == "a\ufffdb"
    assert views[-1].tokenization.text == "a\ufffdb"
    assert "�" in app.window.prompt_panel.notice()


def test_a_text_that_is_emptied_again_asks_for_one(qtbot, app, views):
    paste(qtbot, app, "abc")
    app.commands.replace_text("")
    assert isinstance(views[-1], Unavailable)
    assert app.window.prompt_panel.text() == ""
    paste(qtbot, app, " ")
    assert len(views[-1].tokenization) == 1


def test_a_long_line_far_beyond_the_context_is_shown_but_not_run(qtbot, app, views):
    notices: list = []
    app.controller.notice_raised.connect(notices.append)
    paste(qtbot, app, "x" * 200_000)
    assert len(views[-1].tokenization) == 200_000
    assert isinstance(notices[-1].message, ContextOverflowError)
    assert not app.window.prompt_panel.editor.is_wrapping()
    strip = app.window.token_panel.strip
    strip.viewport().grab()
    assert 0 < strip.painted_tokens < 5_000
    paste(qtbot, app, "x" * 199_999)
    assert len(views[-1].tokenization) == 199_999


_FULL_DISK = """
import os, resource, signal, sys
from pathlib import Path
from visualizer.engine.records import Prompt
from visualizer.session.state import ViewState
from visualizer.ui.settings import Settings

os.environ["VISUALIZER_CONFIG"] = sys.argv[1]
settings = Settings()
settings.remember_session(ViewState(prompt=Prompt("old " * 200)))
settings.save()
(path,) = Path(sys.argv[1]).rglob("*.ini")
before = path.read_bytes()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
settings.remember_session(ViewState(prompt=Prompt("new " * 400)))
settings.save()
assert path.read_bytes() == before
assert [p.name for p in path.parent.iterdir()] == [path.name]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_settings_that_do_not_fit_on_the_disk_leave_the_old_ones_and_are_told(tmp_path):
    command = [sys.executable, "-c", _FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "could not be written" in done.stderr
    assert str(tmp_path) in done.stderr
