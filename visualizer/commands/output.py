"""Writing results to standard output."""

from __future__ import annotations

import json
import sys
from typing import Any


def write_json(report: dict[str, Any]) -> None:
    """Write one JSON value and nothing else; numbers that JSON cannot hold are an error."""
    sys.stdout.write(json.dumps(report, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def write_text(text: str) -> None:
    """Write `text` and what waits in the buffer at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
