"""The process that trains: `python -m visualizer.lessons.training_child`.

The first line of its standard input is a `TrainingJob`, each further one a command,
{"command": "pause" | "resume" | "save" | "sample" | "stop"}. On standard output it tells what
happens, a JSON object a line with "event". When its input ends, it saves and ends: so it does
when the window that started it is gone, however that went.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from typing import Any, TextIO

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.training_job import TrainingJob

_POLITENESS = 5  # of 19: windows and whatever else is used goes first


def main() -> int:
    """Train as the first line says; returns 0, or 1 where it failed."""
    first = sys.stdin.readline()
    commands: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, commands), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    if not first.strip():
        return 0
    from visualizer.lessons.training_session import TrainingSession, error_event

    try:
        TrainingSession(TrainingJob.from_json(first), _tell, commands).run()
    except VisualizerError as error:
        _tell(error_event("failed", error))
        return 1
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        _tell(error_event("failed", _too_large(error)))
        return 1
    return 0


def _read(stream: TextIO, commands: queue.SimpleQueue[dict[str, Any]]) -> None:
    for line in stream:
        with contextlib.suppress(ValueError):
            command = json.loads(line)
            if isinstance(command, dict):
                commands.put(command)
    commands.put({"command": "close"})


def _tell(event: dict[str, object]) -> None:
    # A window that is gone hears nothing; what remains to be done is saving.
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


def _is_out_of_memory(error: Exception) -> bool:
    text = str(error)
    return isinstance(error, MemoryError) or ("memory" in text and "alloc" in text.lower())


def _too_large(error: Exception) -> VisualizerError:
    return VisualizerError(
        "There is not enough memory for a model of these sizes: choose smaller ones.",
        detail=str(error),
    )


if __name__ == "__main__":
    status = main()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(status)  # the thread that waits for commands need not be waited for
