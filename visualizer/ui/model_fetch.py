"""Downloading and converting a model in a child process, so that nothing here waits for it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

from visualizer.engine.errors import FetchError
from visualizer.engine.records import ProgressRecord

_KILL_AFTER_MS = 800
_MOST_LINE_CHARS = 100_000
_SAID_BY = "visualizer: "  # how the command line begins the sentence that says what failed


class ModelFetcher(QObject):
    """Runs `visualizer models fetch NAME` and reports how far it is; one model at a time.

    Cancelling asks the child to stop, and ends it if it does not; what it has fetched is kept
    for the next try.

    Signals:
        progress_changed: ProgressRecord, or None when the child has ended.
        fetched: A model is on this machine. str name, object Path.
        failed: FetchError.
    """

    progress_changed = Signal(object)
    fetched = Signal(str, object)
    failed = Signal(object)

    def __init__(
        self,
        program: str = sys.executable,
        arguments: tuple[str, ...] = ("-m", "visualizer", "models", "fetch"),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._arguments = arguments
        self._name = ""
        self._process: QProcess | None = None
        self._cancelled = False
        self._output = b""
        self._errors = b""
        self._said: list[str] = []  # what the child wrote that is no progress
        self._kill_timer = QTimer(self, singleShot=True, interval=_KILL_AFTER_MS)
        self._kill_timer.timeout.connect(self._on_kill_timeout)

    @property
    def is_running(self) -> bool:
        """Whether a model is being fetched."""
        return self._process is not None

    @property
    def name(self) -> str:
        """Of the model being fetched, or fetched last."""
        return self._name

    @property
    def was_cancelled(self) -> bool:
        """Whether the user stopped the last download."""
        return self._cancelled

    def fetch(self, name: str, *, offline: bool = False) -> None:
        """Begin to fetch `name`; one that is under way already is left alone."""
        if self._process is not None:
            return
        self._name, self._cancelled = name, False
        self._output, self._errors, self._said = b"", b"", []
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._on_output_ready)
        process.readyReadStandardError.connect(self._on_errors_ready)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        self._process = process
        self.progress_changed.emit(ProgressRecord(0, "download", 0, None, "bytes"))
        options = ["--progress", "json", *(["--offline"] if offline else [])]
        # After "--", a name that begins with a dash is a name.
        process.start(self._program, [*self._arguments, *options, "--", name])

    @Slot()
    def cancel(self) -> None:
        """Stop fetching; within a second the child is gone."""
        if self._process is not None:
            self._cancelled = True
            self._process.terminate()
            self._kill_timer.start()

    def shutdown(self) -> None:
        """End the child now and wait for it."""
        self._kill_timer.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.kill()
        process.waitForFinished(1000)
        process.deleteLater()

    def _end(self) -> None:
        """The child has ended, however it did."""
        self._kill_timer.stop()
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self.progress_changed.emit(None)

    def _take_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if not text:
            return
        record = _progress(text)
        if record is None:
            self._said.append(text.removeprefix(_SAID_BY))
        else:
            self.progress_changed.emit(record)

    @Slot()
    def _on_output_ready(self) -> None:
        if self._process is not None:
            self._output += self._process.readAllStandardOutput().data()

    @Slot()
    def _on_errors_ready(self) -> None:
        if self._process is None:
            return
        *lines, self._errors = (self._errors + self._process.readAllStandardError().data()).split(
            b"\n"
        )
        self._errors = self._errors[-_MOST_LINE_CHARS:]
        for line in lines:
            self._take_line(line)

    @Slot()
    def _on_kill_timeout(self) -> None:
        if self._process is not None:
            self._process.kill()

    @Slot(QProcess.ProcessError)
    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._end()
            self.failed.emit(
                FetchError(
                    "The download of {name} could not be started: {reason}.",
                    name=self._name,
                    reason=reason,
                )
            )

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output_ready()
        self._on_errors_ready()
        self._take_line(self._errors)
        self._end()
        if self._cancelled:
            return
        lines = self._output.decode("utf-8", "surrogateescape").strip().splitlines()
        if code == 0 and status == QProcess.ExitStatus.NormalExit and lines:
            self.fetched.emit(self._name, Path(lines[-1]))
            return
        detail = "\n".join(self._said)
        if self._said:
            self.failed.emit(FetchError("{reason}", reason=self._said[-1], detail=detail))
        else:
            self.failed.emit(
                FetchError(
                    "The download of {name} ended without saying why (status {code}). "
                    "Try again; what was fetched is kept.",
                    name=self._name,
                    code=code,
                )
            )


def _progress(line: str) -> ProgressRecord | None:
    """One line of the child's standard error as progress, if it is that."""
    try:
        said = json.loads(line)
        total = said["total"]
        return ProgressRecord(
            request_id=0,
            stage=str(said["stage"]),
            done=max(int(said["done"]), 0),
            total=None if total is None else int(total),
            unit=str(said["unit"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
