"""Another program as a step of ours: its lines as they come, and an end within a second."""

from __future__ import annotations

import ctypes
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import CancelToken

_POLL_SECONDS = 0.1
_KEPT_LINES = 60
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class ChildResult:
    """How a child process ended.

    Attributes:
        status: Its exit status; negative for a signal.
        errors: The last lines of its standard error.
        stalled: Whether it was stopped because nothing moved for too long.
    """

    status: int
    errors: str
    stalled: bool = False


def run_child(
    command: Sequence[str],
    *,
    cancel: CancelToken,
    on_line: Callable[[str], None],
    progress: Callable[[], int],
    environment: Mapping[str, str] | None = None,
    stall_seconds: float | None = None,
) -> ChildResult:
    """Run a program to its end, and stop it with all it started when `cancel` is set.

    Args:
        command: Program and arguments.
        cancel: Polled ten times a second.
        on_line: Called in this thread with each line of its standard output.
        progress: Called at each poll; a number that moves while work is done.
        environment: Variables to add to ours.
        stall_seconds: Stop it when neither a line came nor `progress` moved for this long.

    Raises:
        Cancelled: `cancel` was set; the program is gone.
        VisualizerError: The program cannot be started.
    """
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,  # a child of ours ends when this closes with us
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    except OSError as error:
        raise VisualizerError(
            "Another process could not be started ({reason}); other programs may leave it no room.",
            reason=error.strerror or str(error),
        ) from error
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    errors: deque[str] = deque(maxlen=_KEPT_LINES)
    readers = [
        threading.Thread(target=_read_lines, args=(process.stdout, lines.put)),
        threading.Thread(target=_read_lines, args=(process.stderr, errors.append)),
    ]
    try:
        for reader in readers:
            reader.start()
        stalled = _watch(process, lines, cancel, on_line, progress, stall_seconds)
    finally:
        _stop(process)
        for reader in readers:
            reader.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    _deliver(lines, on_line)
    return ChildResult(process.returncode, "\n".join(errors), stalled)


def _watch(
    process: subprocess.Popen[str],
    lines: queue.SimpleQueue[str],
    cancel: CancelToken,
    on_line: Callable[[str], None],
    progress: Callable[[], int],
    stall_seconds: float | None,
) -> bool:
    """Wait for the end; whether it was given up because nothing moved."""
    seen = -1
    moved = time.monotonic()
    while process.poll() is None:
        cancel.check()
        now = progress()
        if _deliver(lines, on_line) or now != seen:
            seen, moved = now, time.monotonic()
        elif stall_seconds is not None and time.monotonic() - moved > stall_seconds:
            return True
        try:
            process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    return False


def _deliver(lines: queue.SimpleQueue[str], on_line: Callable[[str], None]) -> int:
    count = 0
    while True:
        try:
            line = lines.get_nowait()
        except queue.Empty:
            return count
        on_line(line)
        count += 1


def _read_lines(stream: IO[str] | None, put: Callable[[str], None]) -> None:
    if stream is not None:
        for line in stream:
            put(line.rstrip("\n"))


def _stop(process: subprocess.Popen[str]) -> None:
    """End the program and whatever it started; nothing it holds is worth waiting for."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            process.kill()
    process.wait()


def end_with_parent() -> None:
    """In a child of ours: exit when the parent ends, which closes our standard input.

    Call it before any long import. A thread of Python's waits for whoever holds the interpreter,
    and saving a large model holds it for long; Linux itself ends the process at once, when the
    thread that started it ends: `run_child` waits for it in that thread.
    """
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _exit_at_end_of_input() -> None:
    try:
        while os.read(0, 1):
            continue
    finally:
        os._exit(1)
