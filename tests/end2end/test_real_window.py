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

    def visible() -> list[str]:
        return xdotool("search", "--onlyvisible", "--name", "Visualizer").split()

    log = tmp_path / "stderr"
    with log.open("w") as stderr:
        window = subprocess.Popen(
            [sys.executable, "-m", "visualizer", "--model", "tiny", "--offline", "--prompt", "On"],
            env=environment,
            stderr=stderr,
        )
    try:
        wait_until(lambda: window.poll() is not None or bool(visible()), "the window")
        assert window.poll() is None, log.read_text()
        xdotool("windowfocus", "--sync", visible()[0])
        xdotool("type", "--delay", "15", "ce upon a time")
        xdotool("key", "ctrl+q")
        window.wait(PATIENCE_S)
    finally:
        if window.poll() is None:
            window.send_signal(signal.SIGKILL)
            window.wait(10)
    assert window.returncode == 0, log.read_text()
    assert log.read_text() == ""
    remembered = "".join(
        path.read_text() for path in tmp_path.rglob("*") if path.suffix in (".ini", ".conf")
    )
    assert "Once upon a time" in remembered  # every key arrived, and the text was kept
