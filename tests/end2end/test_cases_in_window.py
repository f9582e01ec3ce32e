"""Small models with a trap each, opened in the window by a drop; what it then shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CASES = Path(__file__).parents[1] / "cases"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CASES / "expected.json").read_text("utf-8"))
WITH_NUMBERS = [name for name, case in EXPECTED.items() if case["note"] == "numbers"]
REFUSED = [name for name, case in EXPECTED.items() if case["note"].startswith("refuse")]
OTHERS = ["more-rwkv", "roberta-decoder"]
TEXT = EXPECTED["rope-linear.gguf"]["text"]

DRIVER = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QUrl, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from visualizer import app as application
from visualizer.session.options import WindowOptions
from visualizer.session.views import Unavailable
from visualizer.ui.messages import sentence

PATHS = sys.argv[1:]


class Driver(QObject):
    def __init__(self, app):
        super().__init__(app)
        self.app, self.rest, self.shown = app, list(PATHS), {}
        self.path, self.bars, self.head, self.said = None, None, None, []
        self.status = None
        app.controller.status_view_changed.connect(self.on_status)
        app.controller.bars_view_changed.connect(self.on_bars)
        app.controller.head_view_changed.connect(self.on_head)
        for source in (app.controller, app.desk):
            source.notice_raised.connect(self.on_notice)
        app.controller.settled.connect(self.on_settled)

    @Slot(object)
    def on_bars(self, view):
        self.bars = view

    @Slot(object)
    def on_head(self, view):
        self.head = view

    @Slot(object)
    def on_status(self, view):
        self.status = view

    @Slot(object)
    def on_notice(self, notice):
        self.said.append(sentence(notice.message))

    @Slot()
    def on_settled(self):
        if self.path is not None:
            self.shown[self.path] = {
                "model": self.status.model_name,
                "bars": None if isinstance(self.bars, Unavailable) else [
                    [c.token_id, c.prob] for c in self.bars.candidates[:5]
                ],
                "head": sentence(self.head.reason) if isinstance(self.head, Unavailable) else [
                    self.head.record.layer, self.head.record.weights[-1].tolist()
                ],
                "context": self.status.context_length,
                "said": self.said,
            }
        if not self.rest:
            self.app.window.close()
            return
        self.path, self.said = self.rest.pop(0), []
        self.drop(self.path)

    def drop(self, path):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path)])
        place = self.app.window.rect().center()
        how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
        how = (*how, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.app.window, QDragEnterEvent(place, *how))
        QApplication.sendEvent(self.app.window, QDropEvent(QPointF(place), *how))


class DrivenApp(application.App):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.driver = Driver(self)

    def shutdown(self):
        print(json.dumps(self.driver.shown), flush=True)
        return super().shutdown()


application.App = DrivenApp
text = sys.stdin.read()
options = WindowOptions(model="tiny", offline=True, prompt=text, layer=1, head=0)
sys.exit(application.run(options))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the window showed after each case was dropped on it, one after the other."""
    folder = tmp_path_factory.mktemp("window")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(folder),
        "VISUALIZER_CACHE": str(folder / "cache"),
    }
    names = [*WITH_NUMBERS, *REFUSED, *OTHERS]
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", DRIVER, *(str(CASES / n) for n in names)],
        env=environment,
        input=TEXT,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: found[str(CASES / name)] for name in names}


pytestmark = pytest.mark.timeout(330)


@pytest.mark.parametrize("name", WITH_NUMBERS)
def test_the_window_shows_the_numbers_of_the_model_that_was_written(shown, name):
    case, found = EXPECTED[name], shown[name]
    assert [token_id for token_id, _ in found["bars"]] == [i for i, _ in case["top5"]]
    np.testing.assert_allclose(
        [prob for _, prob in found["bars"]], [p for _, p in case["top5"]], rtol=0, atol=1e-5
    )
    layer, row = found["head"]
    assert layer == 1
    np.testing.assert_allclose(row, case["last_layer_head0_last_row"], rtol=0, atol=2e-6)


@pytest.mark.parametrize("name", REFUSED)
def test_the_window_says_why_a_model_is_refused_and_keeps_the_one_before(shown, name):
    found = shown[name]
    assert any(name in said or "does not predict" in said for said in found["said"])
    assert found["model"] not in ("", name)
    assert found["bars"]


def test_a_model_without_attention_shows_bars_and_says_why_there_are_no_heads(shown):
    assert shown["more-rwkv"]["bars"]
    assert "attention" in shown["more-rwkv"]["head"]


def test_the_window_promises_no_more_tokens_than_there_are_positions(shown):
    assert shown["roberta-decoder"]["context"] == 32
