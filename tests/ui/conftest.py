"""Every test of the window: settings of its own, no collection midway, nothing left running.

A widget handed to `qtbot.addWidget` is closed and destroyed before the check; so is whatever
it owns. A timer or thread that still runs is named by the line that started it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QSettings, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's settings out of the tests and the tests out of the user's settings."""
    folder = tmp_path / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        QSettings.setPath(QSettings.Format.IniFormat, scope, str(folder))


@pytest.fixture(autouse=True)
def _nothing_left(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a window, a thread or a timer behind.

    The cyclic collector is off during the test: firing inside an event, it frees widget trees
    that Qt is walking.
    """
    windows = {id(widget) for widget in qapp.topLevelWidgets()}
    before = {id(thing) for thing in _running()}
    starters: dict[int, str] = {}
    for kind in (QTimer, QThread):
        monkeypatch.setattr(kind, "start", _noting_start(kind.start, starters))
    gc.disable()
    try:
        yield
    finally:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        gc.enable()
    left = [_name(thing, starters) for thing in _running() if id(thing) not in before]
    assert not left, f"still running: {left}"
    shown = [w for w in qapp.topLevelWidgets() if id(w) not in windows and w.isVisible()]
    assert not shown, f"windows still open: {shown}"


def _running() -> list[QObject]:
    """Every timer and thread that runs and that Python knows of."""
    found: list[QObject] = []
    for thing in gc.get_objects():
        # type(), not isinstance(): a proxy in some library may do anything when asked.
        kind = type(thing)
        if issubclass(kind, QTimer):
            if shiboken6.isValid(thing) and thing.isActive():
                found.append(thing)
        elif issubclass(kind, QThread) and shiboken6.isValid(thing) and thing.isRunning():
            found.append(thing)
    return found


def _noting_start(start: Callable[..., None], starters: dict[int, str]) -> Callable[..., None]:
    def noting(self: Any, *args: Any) -> None:
        caller = sys._getframe(1)
        starters[id(self)] = f"{caller.f_code.co_filename}:{caller.f_lineno}"
        start(self, *args)

    return noting


def _name(thing: QObject, starters: dict[int, str]) -> str:
    owner = thing.parent()
    what = f"{type(thing).__name__} {thing.objectName()!r} of {type(owner).__name__}"
    if isinstance(owner, QWidget):
        what += f" {owner.objectName()!r}"
    return f"{what}, started at {starters.get(id(thing), 'an unknown place')}"
