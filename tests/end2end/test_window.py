"""The window as a process of its own: what it imports when, how it ends, what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(180)

PATIENCE_S = 120
thorough = pytest.mark.skipif(
    os.environ.get("VISUALIZER_THOROUGH") != "1", reason="VISUALIZER_THOROUGH=1 runs it"
)
MOST_TO_CLOSE_S = 6  # 3 is promised on a machine that has nothing else to do

DRIVER = """
import json, sys, time
from PySide6.QtCore import QObject, QTimer, Slot
from visualizer import app as application
from visualizer.session.options import WindowOptions

AFTER = sys.argv[1]
HEAVY = ("torch", "transformers", "pyqtgraph")
facts = {"heavy_before": [m for m in HEAVY if m in sys.modules]}


class Driver(QObject):
    def __init__(self, app):
        super().__init__(app)
        self.app = app
        app.controller.progress_changed.connect(self.on_progress)
        app.controller.settled.connect(self.on_settled)
        app.controller.prompt_extended.connect(self.on_extended)

    @Slot(object)
    def on_progress(self, progress):
        if AFTER == "load" and progress is not None and progress.done:
            self.close()

    @Slot()
    def on_settled(self):
        if AFTER == "settled":
            self.close()
        elif AFTER == "generation" and not self.app.controller.is_generating:
            self.app.controller.generate(400)

    @Slot(str)
    def on_extended(self, text):
        if AFTER == "generation":
            self.close()

    @Slot()
    def close(self):
        facts.setdefault("closed_at", time.time())
        self.app.window.close()


class DrivenApp(application.App):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.driver = Driver(self)

    @Slot()
    def open_model(self):
        facts["heavy_when_drawn"] = [m for m in HEAVY if m in sys.modules]
        facts["visible"] = self.window.isVisible()
        print("drawn", flush=True)
        super().open_model()
        if AFTER == "drawn":
            QTimer.singleShot(200, self.driver.close)

    def shutdown(self):
        ended = super().shutdown()
        facts["ended"] = ended
        facts["plotting_at_the_end"] = "pyqtgraph" in sys.modules
        print(json.dumps(facts), flush=True)
        return ended


application.App = DrivenApp
sys.exit(application.run(WindowOptions(model="tiny", offline=True, prompt="Once upon a time")))
"""


SIGNALLED = """
import sys, threading, time
from PySide6.QtCore import QObject, QTimer, Slot
from visualizer import app as application
from visualizer.engine.engine import LocalEngine
from visualizer.engine.records import ForwardRequest
from visualizer.session.options import WindowOptions

DOING = sys.argv[1]


def tell():
    print(DOING, flush=True)


class SlowEngine(LocalEngine):
    # In the middle of a library's call, which no cancel token reaches.
    def prepare(self, request, on_progress):
        if DOING == "loading":
            tell()
            time.sleep(60)
        return super().prepare(request, on_progress)

    def answer(self, question):
        if DOING == "computing" and isinstance(question, ForwardRequest):
            tell()
            time.sleep(60)
        return super().answer(question)


class Driver(QObject):
    @Slot()
    def on_settled(self):
        if DOING == "busy":
            tell()
            time.sleep(60)  # the thread of the window itself
        elif DOING == "generating" and not application.made.controller.is_generating:
            application.made.controller.generate(100_000)

    @Slot(str)
    def on_extended(self, text):
        if DOING == "generating":
            tell()


class MadeApp(application.App):
    def __init__(self, qt, options, language):
        super().__init__(qt, options, SlowEngine, language)
        application.made, self.driver = self, Driver()
        self.controller.settled.connect(self.driver.on_settled)
        self.controller.prompt_extended.connect(self.driver.on_extended)


application.App = MadeApp
application.run(WindowOptions(model="tiny", offline=True, prompt="Once upon a time"))
"""


def drive(after: str, tmp_path: Path) -> tuple[dict, float]:
    """Run the window until `after`, close it; what it noted, and how long closing took."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path),
        "VISUALIZER_CACHE": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", DRIVER, after],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    ended_at = time.time()
    assert done.stderr == ""
    assert done.returncode == 0
    facts = json.loads(done.stdout.splitlines()[-1])
    return facts, ended_at - facts["closed_at"]


@pytest.mark.parametrize("after", ["drawn", "load", "settled", "generation"])
def test_closing_ends_the_process_cleanly_whatever_runs(after: str, tmp_path: Path):
    facts, seconds = drive(after, tmp_path)
    assert seconds < MOST_TO_CLOSE_S
    assert facts["heavy_before"] == []
    if after != "drawn":
        assert facts["ended"]


def test_the_window_is_on_screen_before_torch_is_imported(tmp_path: Path):
    facts, _ = drive("settled", tmp_path)
    assert facts["visible"]
    assert facts["heavy_when_drawn"] == []
    assert not facts["plotting_at_the_end"]  # the timeline was never opened


def test_importing_the_window_imports_no_torch():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, visualizer.app; "
            "heavy = ('torch', 'transformers', 'tokenizers', 'pyqtgraph'); "
            "print([m for m in heavy if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.stdout.strip() == "[]"


def environment_in(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "VISUALIZER_CONFIG": str(folder / "visualizer"),
        "VISUALIZER_CACHE": str(folder / "cache"),
    }


@pytest.mark.parametrize(
    ("kind", "doing"),
    [
        (signal.SIGTERM, "busy"),
        (signal.SIGHUP, "computing"),
        pytest.param(signal.SIGTERM, "loading", marks=thorough),
        pytest.param(signal.SIGINT, "generating", marks=thorough),
    ],
)
def test_a_signal_keeps_the_settings_and_ends_with_zero(
    kind: signal.Signals, doing: str, tmp_path: Path
):
    (tmp_path / "visualizer").mkdir()
    (tmp_path / "visualizer" / "visualizer.ini.lock").write_text("1\nanother\nhost\n")
    with subprocess.Popen(
        [sys.executable, "-c", SIGNALLED, doing],
        env=environment_in(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as window:
        assert window.stdout is not None
        assert window.stderr is not None
        assert window.stdout.readline() == f"{doing}\n"
        sent_at = time.monotonic()
        window.send_signal(kind)
        assert window.wait(PATIENCE_S) == 0
        assert time.monotonic() - sent_at < MOST_TO_CLOSE_S
        assert window.stderr.read() == ""
    settings = (tmp_path / "visualizer" / "visualizer.ini").read_text(encoding="utf-8")
    assert "Once upon a time" in settings


@pytest.mark.parametrize(
    ("display", "reason"),
    [("", "there is no display"), (":4711", "the display :4711 cannot be used")],
)
def test_without_a_display_one_sentence_says_so(display: str, reason: str, tmp_path: Path):
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "XDG_CONFIG_HOME": str(tmp_path)}
    environment.pop("WAYLAND_DISPLAY", None)
    environment["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, "-m", "visualizer", "--model", "tiny"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=environment,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"The window cannot be opened: {reason}." in done.stderr
