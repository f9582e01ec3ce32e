"""The inside of a confined process: its limits, and questions answered line by line."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable
from typing import Any

_PATIENCE_SECONDS = 10  # whoever waits gives up long before: this is for one who has gone


def serve(answer: Callable[[Any, Any], dict[str, Any]]) -> int:
    """Answer until standard input ends.

    Each line is JSON: first {"memory_bytes", "introduction"}, then {"seconds", "question"}.

    Args:
        answer: Called with the introduction and a question; gives what JSON can hold.

    Returns:
        The exit status.
    """
    stdin, stdout = sys.stdin, sys.stdout
    first = json.loads(stdin.readline())
    _limit_memory(int(first["memory_bytes"]))
    _say(stdout, {"ready": True})
    for line in stdin:
        message = json.loads(line)
        _set_alarm(int(message["seconds"]) + _PATIENCE_SECONDS)
        answered = answer(first["introduction"], message["question"])
        _set_alarm(0)
        _say(stdout, answered)
    return 0


def _say(stream: Any, answer: dict[str, Any]) -> None:
    stream.write(json.dumps(answer) + "\n")
    stream.flush()


def _set_alarm(seconds: int) -> None:
    """End this process after so many seconds, where the system can do that; 0 for never."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory(n_bytes: int) -> None:
    """Let what fills the memory fail by itself, where the system can do that, and leave no core."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
