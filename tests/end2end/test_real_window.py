"""The real window on a virtual screen: typed into, photographed, closed."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(240),
    pytest.mark.skipif(
        shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
        reason="Xvfb or xdotool is not installed",
    ),
]
PATIENCE_S = 120


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen of its own; Xvfb picks a free number and writes it to a pipe."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    ready, _, _ = select.select([read_end], [], [], 30)
    assert ready, "Xvfb did not start"
    yield ":" + os.read(read_end, 16).decode().strip()
    os.close(read_end)
    server.terminate()
    server.wait(10)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Poll a condition of another process, which has no signal to wait for."""
    deadline = time.monotonic() + PATIENCE_S
    pause = select.poll()
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for {what}"
        pause.poll(100)


def test_type_into_the_real_window_and_close_it(display: str, tmp_path: Path):
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "XDG_CONFIG_HOME": str(tmp_path),
        "QT_LOGGING_RULES": "*.debug=false",
    }

    def xdotool(*words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    window = subprocess.Popen(
        [sys.executable, "-m", "visualizer", "--model", "tiny", "--offline", "--prompt", "Once"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(
            lambda: window.poll() is not None or bool(xdotool("search", "--name", "Visualizer")),
            "the window",
        )
        assert window.poll() is None, window.stderr.read()
        found = xdotool("search", "--onlyvisible", "--name", "Visualizer").split()
        xdotool("windowfocus", "--sync", found[0])
        xdotool("type", "--delay", "15", " upon a time")
        xdotool("key", "ctrl+q")
        window.wait(PATIENCE_S)
    finally:
        if window.poll() is None:
            window.send_signal(signal.SIGKILL)
            window.wait(10)
    errors = window.stderr.read()
    assert window.returncode == 0, errors
    assert "Traceback" not in errors
    assert "Destroyed while" not in errors
