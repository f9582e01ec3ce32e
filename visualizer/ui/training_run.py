"""A training in a process of its own, so that the window stays live and a crash costs little."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import IO, Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.training_events import (
    Ended,
    Event,
    MapsTaken,
    Paused,
    Problem,
    Resumed,
    SampleTaken,
    Saved,
    StepsTaken,
    TrainingReady,
    read_event,
)
from visualizer.lessons.training_job import TrainingJob

State = Literal["idle", "starting", "training", "paused", "stopping"]

_MODULE = "visualizer.lessons.training_child"
_KEPT_LINES = 40


class TrainingRun(QObject):
    """Starts, steers and ends the process that trains; one training at a time.

    Signals:
        state_changed: str, one of State.
        became_ready: TrainingReady.
        stepped: StepsTaken.
        sampled: SampleTaken.
        maps_formed: MapsTaken.
        saved: Saved.
        ended: Ended; everything is saved.
        problem_met: VisualizerError; the training goes on, or waits in "paused".
        failed: VisualizerError; the process is gone, and what it saved before is there.
    """

    state_changed = Signal(str)
    became_ready = Signal(object)
    stepped = Signal(object)
    sampled = Signal(object)
    maps_formed = Signal(object)
    saved = Signal(object)
    ended = Signal(object)
    problem_met = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        command: Sequence[str] = (sys.executable, "-m", _MODULE),
        environment: Mapping[str, str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._environment = dict(environment or {})
        self._child: _Child | None = None
        self._state: State = "idle"
        self._has_said_why = False
        self._step = 0
        self._saved_step: int | None = None
        self.job: TrainingJob | None = None

    @property
    def state(self) -> State:
        """What the process is doing."""
        return self._state

    @property
    def step(self) -> int:
        """Steps taken, as far as was told."""
        return self._step

    @property
    def saved_step(self) -> int | None:
        """Step of the checkpoint on the disk; None while there is none of this run."""
        return self._saved_step

    def start(self, job: TrainingJob) -> None:
        """Begin, or go on with, a training; one that is under way is left alone."""
        if self._child is not None:
            return
        self.job = job
        self._has_said_why = False
        self._step, self._saved_step = 0, None
        self._child = _Child(self._command, self._environment)
        self._child.told.connect(self._on_child_told, Qt.ConnectionType.QueuedConnection)
        self._set_state("starting")
        self._child.start(job.to_json())

    @Slot()
    def pause(self) -> None:
        """Take no further step for now."""
        self._send("pause")

    @Slot()
    def resume(self) -> None:
        """Take steps again."""
        self._send("resume")

    @Slot()
    def save(self) -> None:
        """Write checkpoint and model now."""
        self._send("save")

    @Slot()
    def stop(self) -> None:
        """Save and end; after the step that is being taken."""
        if self._child is not None:
            self._set_state("stopping")
            self._send("stop")

    def sample(self, prompt: str, temperature: float) -> None:
        """Let samples begin with `prompt` from now on, the first one at once."""
        self._send("sample", prompt=prompt, temperature=temperature)

    def shutdown(self, timeout_ms: int) -> bool:
        """Let the process save and end; False if it did not do so in time.

        A process that is still busy, with a long step or a large checkpoint, is left to finish:
        nobody listens any more, it saves by itself and ends.
        """
        child, self._child = self._child, None
        if child is None:
            return True
        child.told.disconnect(self._on_child_told)
        child.close()
        has_ended = child.join(timeout_ms)
        self._set_state("idle")
        return has_ended

    def begin_shutdown(self) -> None:
        """Tell the process to save and end, and do not wait: `shutdown` does."""
        if self._child is not None:
            self._child.close()

    def discard(self) -> None:
        """End the process at once; what it has not saved is lost."""
        child, self._child = self._child, None
        if child is not None:
            child.told.disconnect(self._on_child_told)
            child.kill()
            self._set_state("idle")

    def _send(self, name: str, **values: object) -> None:
        if self._child is not None:
            self._child.send(json.dumps({"command": name, **values}))

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot(object, object)
    def _on_child_told(self, child: object, event: object) -> None:
        if child is not self._child:
            return
        if isinstance(event, _Exit):
            self._on_exit(event)
        else:
            self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, StepsTaken):
            self._step = event.records[-1].step
            self.stepped.emit(event)
        elif isinstance(event, SampleTaken):
            self.sampled.emit(event)
        elif isinstance(event, MapsTaken):
            self.maps_formed.emit(event)
        elif isinstance(event, Saved):
            self._saved_step = event.step
            self.saved.emit(event)
        elif isinstance(event, TrainingReady):
            self._step = event.step
            self._saved_step = event.step or None
            self._set_state("training")
            self.became_ready.emit(event)
        elif isinstance(event, Paused):
            self._set_state("paused")
        elif isinstance(event, Resumed):
            self._set_state("training")
        elif isinstance(event, Problem) and not event.is_fatal:
            self.problem_met.emit(event.error)
        elif isinstance(event, Problem):
            self._has_said_why = True
            self.failed.emit(event.error)
        elif isinstance(event, Ended):
            self._has_said_why = True
            self.ended.emit(event)

    def _on_exit(self, end: _Exit) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.join()
        self._set_state("idle")
        if not self._has_said_why:
            self.failed.emit(self._crashed(end))

    def _crashed(self, end: _Exit) -> VisualizerError:
        if end.reason:
            return VisualizerError(
                "The training could not be started: {reason}.", reason=end.reason
            )
        if self._saved_step is None:
            return VisualizerError(
                "The training ended unexpectedly after step {step} (status {status}). Nothing had "
                "been saved yet: start it again.",
                step=self._step,
                status=end.status,
                detail=end.output,
            )
        return VisualizerError(
            "The training ended unexpectedly after step {step} (status {status}). The checkpoint "
            "of step {saved} is kept: go on from there.",
            step=self._step,
            status=end.status,
            saved=self._saved_step,
            detail=end.output,
        )


class _Exit:
    """How the process ended: its status, its last lines that were no events, why it never was."""

    def __init__(self, status: int, output: str, reason: str = "") -> None:
        self.status = status
        self.output = output
        self.reason = reason


class _Child(QObject):
    """The process and the thread that starts it and listens; lines become values there."""

    told = Signal(object, object)

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        super().__init__()
        self._command = command
        self._environment = {**os.environ, **environment, "PYTHONUTF8": "1"}
        self._lock = threading.Lock()
        self._input: IO[str] | None = None
        self._waiting: list[str] = []
        self._is_closing = False
        self._is_left = False
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._is_killed = False

    def start(self, first_line: str) -> None:
        """Start the process; a long first line is written in the thread."""
        self._thread = threading.Thread(
            target=self._run, args=(first_line,), name="training", daemon=True
        )
        self._thread.start()

    def send(self, line: str) -> None:
        """Write a line now, or as soon as the process can take it."""
        with self._lock:
            if self._input is None:
                self._waiting.append(line)
            else:
                _write(self._input, line)

    def close(self) -> None:
        """End its input, which makes it save and end."""
        with self._lock:
            self._is_closing = True
            if self._input is not None:
                _close(self._input)

    def kill(self) -> None:
        """End it now, and the thread with it."""
        with self._lock:
            self._is_killed = True
            if self._process is not None:
                self._process.kill()
        self.join(None)

    def join(self, timeout_ms: int | None = None) -> bool:
        """Wait for the process and the thread; whether they ended in time."""
        assert self._thread is not None
        self._thread.join(None if timeout_ms is None else timeout_ms / 1000.0)
        self._is_left = self._thread.is_alive()
        return not self._is_left

    def _run(self, first_line: str) -> None:
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=self._environment,
                start_new_session=True,  # an interrupt in the terminal is for the window
            )
        except OSError as error:
            self._emit(_Exit(-1, "", error.strerror or str(error)))
            return
        assert process.stdin is not None
        assert process.stdout is not None
        _write(process.stdin, first_line)
        with self._lock:
            self._process = process
            if self._is_killed:
                process.kill()
            self._input = process.stdin
            for line in self._waiting:
                _write(self._input, line)
            if self._is_closing:
                _close(self._input)
        others: deque[str] = deque(maxlen=_KEPT_LINES)
        with process.stdout:
            for line in process.stdout:
                event = read_event(line)
                if event is None:
                    others.append(line.rstrip("\n"))
                else:
                    self._emit(event)
        status = process.wait()
        with self._lock:
            _close(process.stdin)
        self._emit(_Exit(status, "\n".join(others)))

    def _emit(self, value: Event | _Exit) -> None:
        if not self._is_left:
            self.told.emit(self, value)


def _write(stream: IO[str], line: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # it has ended: its exit says so
        stream.write(line + "\n")
        stream.flush()


def _close(stream: IO[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        stream.close()
