"""Runs a module in a process of its own, and takes what it found from its output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_PATIENCE_S = 240


class ProbeError(Exception):
    """The child process could not measure; the text says why."""


def run_child(
    module: str,
    arguments: Sequence[str] = (),
    work: dict[str, Any] | None = None,
    patience_s: float = _PATIENCE_S,
) -> dict[str, Any]:
    """What the child process found.

    Args:
        module: To run with `python -m`.
        arguments: For its command line.
        work: Written to its standard input as JSON.
        patience_s: How long it may take.

    Raises:
        ProbeError: It failed or took too long.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            input=json.dumps(work),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=patience_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProbeError(f"no answer within {patience_s:.0f} s") from error
    except OSError as error:
        raise ProbeError(str(error)) from error
    if child.returncode != 0:
        reason = child.stderr.strip().splitlines() or [f"exit status {child.returncode}"]
        raise ProbeError(reason[-1])
    found: dict[str, Any] = json.loads(child.stdout)
    return found
