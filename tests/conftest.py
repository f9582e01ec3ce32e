"""Shared by every test; imports neither torch nor Qt."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

QT_PACKAGES = ("PySide6", "shiboken6", "pyqtgraph")


class _NoQt:
    """Makes every import of Qt fail: what is not the window must work without it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in QT_PACKAGES:
            raise ModuleNotFoundError(f"{name} is blocked in this run", name=name)


if os.environ.get("VISUALIZER_TESTS_BLOCK_QT"):
    sys.meta_path.insert(0, _NoQt())


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started by a shell in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
if os.name == "posix" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # by nohup
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # programs that tests start would inherit it


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests without Qt run where pytest-qt is not installed."""
    if importlib.util.find_spec("pytestqt") is None:
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "pytest-qt's; not installed here", default=None)


N_DAMAGED = 2000 if os.environ.get("VISUALIZER_THOROUGH") == "1" else 60


@pytest.fixture
def damaged() -> Callable[[bytes], Iterator[bytes]]:
    """Makes damaged copies of a file, as disks, networks and editors do; always the same ones."""

    def copies(data: bytes) -> Iterator[bytes]:
        chance = random.Random(0)
        for _ in range(N_DAMAGED):
            changed = bytearray(data)
            for _ in range(chance.randint(1, 4)):
                _damage(changed, chance)
            yield bytes(changed)

    return copies


def _damage(data: bytearray, chance: random.Random) -> None:
    """Change bytes, cut them off or double them; every second time where a file begins or ends."""
    size = len(data)
    reach = size if chance.random() < 0.5 else min(size, 600)
    place = chance.randrange(reach) if reach else 0
    if reach < size and chance.random() < 0.5:
        place = size - 1 - place
    length = chance.choice((1, 1, 2, 4, 8, 64))
    match chance.choice(("flip", "set", "cut", "drop", "double", "insert")):
        case "flip":
            for at in range(place, min(place + length, size)):
                data[at] ^= 1 << chance.randrange(8)
        case "set":
            data[place : place + length] = bytes([chance.choice((0, 1, 127, 128, 255))]) * length
        case "cut":
            del data[place:]
        case "drop":
            del data[place : place + length]
        case "double":
            data[place:place] = data[place : place + chance.choice((1, 8, 200))]
        case "insert":
            data[place:place] = chance.randbytes(length)
