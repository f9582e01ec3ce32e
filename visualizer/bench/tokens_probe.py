"""A child process that puts a text of 100,000 tokens into the real window, and edits it.

Writes one JSON object to standard output: from a change of the text until its tokens are painted,
and by how much the window's thread was late meanwhile, both in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from visualizer.app import App
from visualizer.bench.texts import Words
from visualizer.bench.window_probe import PATIENCE_MS, Heartbeat
from visualizer.session.options import WindowOptions
from visualizer.session.views import TokenStripView

_WORDS_A_LINE = 12
_EDITS = 4  # at each place


class TokensProbe(QObject):
    """Waits for the model, then changes the text step by step, each once the last is painted."""

    def __init__(self, app: App, application: QApplication, n_tokens: int) -> None:
        super().__init__()
        self.found: dict[str, Any] = {"steps": []}
        self._app, self._application, self._n_tokens = app, application, n_tokens
        self._heart = Heartbeat()
        self._steps = ["text", *("end", "middle", "start") * _EDITS]
        self._step, self._began, self._is_loaded = "", 0.0, False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(application.quit)
        self._patience.start()
        app.controller.settled.connect(self._on_controller_settled)
        app.controller.token_strip_view_changed.connect(self._on_token_strip_view_changed)

    @Slot()
    def _on_controller_settled(self) -> None:
        if not self._is_loaded:
            self._is_loaded = True
            QTimer.singleShot(0, self._on_next_step)

    @Slot()
    def _on_next_step(self) -> None:
        if not self._steps:
            self._application.quit()
            return
        self._step = self._steps.pop(0)
        editor = self._app.window.prompt_panel.editor
        text = self._long_text() if self._step == "text" else "x"
        place = {"end": len(editor.raw_text()), "middle": len(editor.raw_text()) // 2}
        cursor = QTextCursor(editor.document())
        if self._step == "text":
            cursor.select(QTextCursor.SelectionType.Document)
        else:
            cursor.setPosition(place.get(self._step, 0))
        self._heart.take()
        self._began = time.perf_counter()
        cursor.insertText(text)

    def _long_text(self) -> str:
        model = self._app.controller.facts.model
        assert model is not None
        words, source = Words(model.tokenizer).words, random.Random(1)
        chosen = [source.choice(words) for _ in range(self._n_tokens)]
        chosen[_WORDS_A_LINE - 1 :: _WORDS_A_LINE] = ["\n"] * (self._n_tokens // _WORDS_A_LINE)
        return "".join(chosen)

    @Slot(object)
    def _on_token_strip_view_changed(self, view: object) -> None:
        if not self._step or not isinstance(view, TokenStripView) or view.stale:
            return
        if view.tokenization.text != self._app.controller.state.prompt.text:
            return
        self._app.window.token_panel.strip.viewport().repaint()
        took_ms = (time.perf_counter() - self._began) * 1000.0
        self.found["n_tokens"] = len(view.tokenization)
        self.found["steps"].append({"step": self._step, "ms": took_ms, "late_ms": 0.0})
        self._step = ""
        QTimer.singleShot(200, self._on_step_settled)  # what follows counts as a stall, too

    @Slot()
    def _on_step_settled(self) -> None:
        self.found["steps"][-1]["late_ms"] = max(self._heart.take(), default=0.0)
        self._on_next_step()


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--tokens", type=int, default=100_000)
    args = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VISUALIZER_CONFIG"] = folder
        application = QApplication(["visualizer"])
        options = WindowOptions(
            model=args.model, device=args.device, dtype=args.dtype, offline=True, size=(1280, 800)
        )
        app = App(application, options)
        probe = TokensProbe(app, application, args.tokens)
        app.show()
        application.exec()
        app.shutdown()
    json.dump(probe.found, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # what a thread is still importing need not be waited for


if __name__ == "__main__":
    main()
