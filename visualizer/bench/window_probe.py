"""A child process that opens the real window and times it: `start` or `typing`.

Writes one JSON object to standard output. The window opens on Qt's offscreen platform, with
settings of its own, so that nothing is remembered from the user or for the user.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from visualizer.app import App, make_engine
from visualizer.bench.measure import peak_rss_mib
from visualizer.engine.interface import Engine
from visualizer.session.options import WindowOptions

BEAT_MS = 5
KEY_MS = 60  # a fast typist
PATIENCE_MS = 180_000


class StartProbe(QObject):
    """Notes when the window is on screen, and ends the program."""

    def __init__(self, app: App, application: QApplication) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self._application = application
        app.window.drawn.connect(self._on_window_drawn)

    @Slot()
    def _on_window_drawn(self) -> None:
        self.found = {"drawn": time.time(), "torch": "torch" in sys.modules}
        self._application.quit()


class Heartbeat(QObject):
    """A timer that should fire every `BEAT_MS`; what it is late by is a stall of the thread."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start()

    def take(self) -> list[float]:
        """The delays since the last call, in ms."""
        taken, self.late_ms = self.late_ms, []
        return taken

    @Slot()
    def _on_timer_timeout(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000.0 - BEAT_MS))
        self._last = now


class TypingProbe(QObject):
    """Waits for the model, then types into the editor key by key, at two lengths of text.

    Args:
        texts: What stands in the editor before each round of typing.
        keys: What is typed.
    """

    def __init__(self, app: App, application: QApplication, texts: list[str], keys: str) -> None:
        super().__init__()
        self.found: dict[str, Any] = {"rounds": []}
        self._app, self._application = app, application
        self._texts, self._keys = texts, keys
        self._typed = 0
        self._is_typing = self._is_loaded = False
        self._key_at = 0.0
        self._answers_ms: list[float] = []
        self._heart = Heartbeat()
        self._key_timer = QTimer(self, interval=KEY_MS)
        self._key_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._key_timer.timeout.connect(self._on_key_timer_timeout)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(application.quit)
        self._patience.start()
        app.controller.settled.connect(self._on_controller_settled)
        app.controller.bars_view_changed.connect(self._on_bars_view_changed)
        app.controller.notice_raised.connect(self._on_notice_raised)
        app.desk.notice_raised.connect(self._on_notice_raised)

    @Slot()
    def _on_controller_settled(self) -> None:
        if not self._is_loaded:
            self._is_loaded = True
            self.found["load_late_ms"] = self._heart.take()
            self._next_text()
        elif not self._is_typing:
            self._is_typing = True
            self._typed = 0
            self._answers_ms = []
            self._heart.take()
            self._key_timer.start()
        elif self._typed == len(self._keys):
            self._is_typing = False
            self.found["rounds"].append(
                {"late_ms": self._heart.take(), "answers_ms": self._answers_ms}
            )
            self._next_text()

    def _next_text(self) -> None:
        if not self._texts:
            self._application.quit()
            return
        editor = self._app.window.prompt_panel.editor
        editor.selectAll()
        editor.insertPlainText(self._texts.pop(0))

    @Slot()
    def _on_key_timer_timeout(self) -> None:
        key = self._keys[self._typed]
        self._typed += 1
        if self._typed == len(self._keys):
            self._key_timer.stop()
        editor = self._app.window.prompt_panel.editor
        self._key_at = time.perf_counter()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, key)
            self._application.sendEvent(editor, event)

    @Slot(object)
    def _on_bars_view_changed(self, _view: object) -> None:
        state, facts = self._app.controller.state, self._app.controller.facts
        read = None if facts.forward is None else facts.forward.tokenization.text
        if self._key_at and read == state.prompt.text:
            self._answers_ms.append((time.perf_counter() - self._key_at) * 1000.0)
            self._key_at = 0.0

    @Slot(object)
    def _on_notice_raised(self, notice: object) -> None:
        if getattr(notice, "level", "") == "error":
            self.found["error"] = str(getattr(notice, "message", ""))
            self._application.quit()


def no_engine() -> Engine:
    """For a window that is closed before a model is asked for anything."""
    raise RuntimeError("the start probe runs no model")


def main() -> int:
    """Run one probe."""
    parser = argparse.ArgumentParser()
    parser.add_argument("probe", choices=("start", "typing"))
    parser.add_argument("--model")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    args = parser.parse_args()
    work = json.load(sys.stdin) if args.probe == "typing" else {}
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VISUALIZER_CONFIG"] = folder
        application = QApplication(["visualizer"])
        options = WindowOptions(
            model=args.model,
            device=args.device,
            dtype=args.dtype,
            offline=True,
            size=(1280, 800),
        )
        engine = no_engine if args.probe == "start" else make_engine
        app = App(application, options, engine)
        probe: StartProbe | TypingProbe
        if args.probe == "start":
            probe = StartProbe(app, application)
        else:
            probe = TypingProbe(app, application, work["texts"], work["keys"])
        app.show()
        application.exec()
        app.shutdown()
    json.dump(probe.found | {"peak_mib": peak_rss_mib()}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # what a thread is still importing need not be waited for


if __name__ == "__main__":
    main()
