"""How far work has come, told only where it takes long."""

from __future__ import annotations

import time
from collections.abc import Iterator

from visualizer.engine.records import ProgressRecord

_SLOW_S = 0.2  # from then on the user is told how far it is


class Progress:
    """Tells how far work on tokens has come, once it has taken longer than 200 ms."""

    def __init__(self, request_id: int, stage: str, total: int) -> None:
        self._request_id, self._stage, self._total = request_id, stage, total
        self._next = time.perf_counter() + _SLOW_S

    def of(self, done: int) -> Iterator[ProgressRecord]:
        """A record if it is time for one and something is left to do."""
        now = time.perf_counter()
        if now >= self._next and done < self._total:
            self._next = now + _SLOW_S / 2
            yield ProgressRecord(self._request_id, self._stage, done, self._total, "tokens")
