"""Shared by every test; imports neither torch nor Qt."""

from __future__ import annotations

import importlib.util
import os
import sys

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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests without Qt run where pytest-qt is not installed."""
    if importlib.util.find_spec("pytestqt") is None:
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "pytest-qt's; not installed here", default=None)
