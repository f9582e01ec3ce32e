"""Ending a long command when the user or the system asks for it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM call `stop`, where this thread may decide about signals."""

    def on_signal(signum: int, frame: FrameType | None) -> None:
        stop()

    kinds = (signal.SIGINT, signal.SIGTERM)
    try:
        before = [signal.signal(kind, on_signal) for kind in kinds]
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
