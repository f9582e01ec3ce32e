"""Running what a stranger wrote: in a process of its own, with little memory, that can be ended."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import IO, Any, Literal

from visualizer.engine.records import CancelToken

_START_SECONDS = 20.0  # a busy machine may take that long to start Python
_POLL_SECONDS = 0.1
_MOST_LINE_CHARS = 16_000_000  # of an answer: it is no longer than a file that is read
_LOG_LINES = 30
# Threads of these libraries would need more memory than the limit leaves.
_ENVIRONMENT = {"TOKENIZERS_PARALLELISM": "false", "RUST_BACKTRACE": "0"}

Ending = Literal["slow", "ended", "unstarted", "closed"]


class ConfinedError(Exception):
    """There is no answer.

    Attributes:
        how: "slow": it took too long; "ended": the process broke off; "unstarted": it never ran;
            "closed": it is not to be asked any more.
        log: The last lines that the process wrote to its standard error.
    """

    def __init__(self, how: Ending, log: str = "") -> None:
        super().__init__(how)
        self.how: Ending = how
        self.log = log


class ConfinedProcess:
    """A module of ours that answers questions, started when needed and started anew if it broke.

    One thread asks at a time; `close` may be called from any thread.

    Args:
        module: Calls `confinement.serve`.
        introduction: What it is told first, in JSON.
        memory_bytes: The most it may ask the system for.
    """

    def __init__(self, module: str, introduction: Any, memory_bytes: int) -> None:
        self._module = module
        self._introduction = {"memory_bytes": memory_bytes, "introduction": introduction}
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._log: deque[str] = deque(maxlen=_LOG_LINES)
        self._closed = False

    def ask(
        self, question: Mapping[str, Any], seconds: float, cancel: CancelToken | None = None
    ) -> dict[str, Any]:
        """The answer to a question, both in JSON.

        Args:
            question: Any.
            seconds: The most that the answer may take.
            cancel: Polled ten times a second.

        Raises:
            ConfinedError: There is none; the next question is asked of a new process.
            Cancelled: `cancel` was set.
        """
        self._run()
        line = self._exchange({"seconds": seconds, "question": question}, seconds, cancel)
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise self._broken("ended")
        return answer

    def close(self) -> None:
        """End the process, whatever it does."""
        self._closed = True
        self._stop()

    def _run(self) -> None:
        """Start the process if there is none, and wait until it says that it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self._stop()
        if self._closed:
            raise ConfinedError("closed")
        self._answers, self._log = queue.SimpleQueue(), deque(maxlen=_LOG_LINES)
        try:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, **_ENVIRONMENT},
            )
            for stream, put in (
                (process.stdout, self._answers.put),
                (process.stderr, self._log.append),
            ):
                threading.Thread(target=_read_lines, args=(stream, put), daemon=True).start()
        except (OSError, RuntimeError) as error:  # no program, no memory, no thread
            self._stop()
            raise ConfinedError("unstarted", str(error)) from error
        try:
            ready = self._exchange(self._introduction, _START_SECONDS, None)
        except ConfinedError as error:
            raise ConfinedError("unstarted", error.log) from error
        if not ready:
            raise self._broken("unstarted")

    def _exchange(self, message: Any, seconds: float, cancel: CancelToken | None) -> str:
        """The line that answers a message; "" if the process has ended."""
        process = self._process
        if process is None or process.stdin is None:  # closed meanwhile
            raise ConfinedError("closed")
        with contextlib.suppress(OSError, ValueError):  # ended: the answer is ""
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if cancel is not None and cancel.cancelled:
                self._stop()
                cancel.check()
            with contextlib.suppress(queue.Empty):
                return self._answers.get(timeout=min(left, _POLL_SECONDS))
        raise self._broken("slow")

    def _broken(self, how: Ending) -> ConfinedError:
        self._stop()
        return ConfinedError(how, "".join(self._log))

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError, ValueError):
                    stream.close()


def _read_lines(stream: IO[str] | None, put: Any) -> None:
    with contextlib.suppress(OSError, ValueError):
        while stream is not None and (line := stream.readline(_MOST_LINE_CHARS)):
            put(line)
    put("")  # nobody waits for what will not come
