"""A child process that opens the lesson on training and times it against a bare script.

Writes one JSON object to standard output. Both train the tutorial's model at its default size,
in turns; while ours trains, the lesson draws its curves and a heartbeat listens for stalls.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from visualizer.bench.window_probe import Heartbeat
from visualizer.lessons.training_settings import TrainingSettings
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.train_page import TrainPage
from visualizer.ui.theme import LIGHT, apply_theme

_WARM_UP_STEPS = 2
_SETTLE_MS = 100
_PATIENCE_MS = 600_000


class TrainingProbe(QObject):
    """Takes turns: the bare script its steps, then the lesson as many.

    Args:
        page: The lesson.
        steps: Of each turn.
        turns: How many turns.
        settings: How both train; None for the tutorial's, which is all that the script knows.
    """

    def __init__(
        self, page: TrainPage, steps: int, turns: int, settings: TrainingSettings | None = None
    ) -> None:
        super().__init__()
        self.found: dict[str, Any] = {"ours_s": [], "theirs_s": [], "late_ms": []}
        self._page, self._steps, self._turns = page, steps, turns
        self._bare = subprocess.Popen(
            [sys.executable, "-m", "visualizer.bench.bare_training"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heart = Heartbeat()
        self._is_timing = False
        self._begun, self._first = 0.0, 0
        self._turn_timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._turn_timer.timeout.connect(self._on_turn_timeout)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(QApplication.quit)
        self._patience.start()
        run = page.pane.run
        run.stepped.connect(self._on_stepped)
        run.state_changed.connect(self._on_state_changed)
        run.failed.connect(self._on_failed)
        page.pane.text.choose("random", "words")
        page.pane.sizes.set_preset("tutorial")
        if settings is not None:
            page.pane.sizes.set_settings(settings)
        page.pane.begin()

    def close(self) -> None:
        """End the bare script."""
        self._bare.communicate()

    def _bare_turn(self) -> float:
        assert self._bare.stdin is not None
        assert self._bare.stdout is not None
        self._bare.stdin.write(f"{self._steps}\n")
        self._bare.stdin.flush()
        return float(self._bare.stdout.readline())

    @Slot(object)
    def _on_stepped(self, _taken: object) -> None:
        run = self._page.pane.run
        if self._is_timing and run.step - self._first >= self._steps:
            seconds = time.perf_counter() - self._begun
            self._is_timing = False
            # More steps than asked for may have been told at once.
            self.found["ours_s"].append(seconds * self._steps / (run.step - self._first))
            self.found["late_ms"] += self._heart.take()
            run.pause()
        elif not self._is_timing and not self.found["theirs_s"] and run.step >= _WARM_UP_STEPS:
            run.pause()

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        if state == "paused" and not self._is_timing:
            if len(self.found["ours_s"]) == self._turns:
                QApplication.quit()
                return
            if not self.found["theirs_s"]:
                self._bare_turn()  # its warm-up
            self.found["theirs_s"].append(self._bare_turn())
            self._turn_timer.start()  # the wait for the script is no stall: a beat comes first

    @Slot()
    def _on_turn_timeout(self) -> None:
        self._heart.take()
        self._first = self._page.pane.run.step
        self._is_timing = True
        self._begun = time.perf_counter()
        self._page.pane.run.resume()

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        self.found["error"] = str(error)
        QApplication.quit()


def main() -> int:
    """Take the turns."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--turns", type=int, default=5)
    args = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VISUALIZER_DATA"] = folder
        application = QApplication(["visualizer"])
        apply_theme(application, LIGHT)
        page = TrainPage(Microscope())
        page.resize(1280, 800)
        page.show()
        probe = TrainingProbe(page, args.steps, args.turns)
        application.exec()
        page.shutdown(60_000)  # a folder that is to be removed must not be written to any more
        probe.close()
    json.dump(probe.found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
