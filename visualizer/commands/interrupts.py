"""Ending when the user or the system asks for it; imports nothing that takes time."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

KINDS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""What asks a program to end: Ctrl-C, the system, and a terminal that is gone."""
GRACE_S = 1.2
"""How long a command may take to undo what it has half done."""

Handler = Callable[[int, FrameType | None], None]


class Interrupted(KeyboardInterrupt):
    """A signal asks the program to end.

    Attributes:
        status: The exit status that says so: 128 and the number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


class Stopping:
    """Whether a signal has asked a long command to stop.

    Attributes:
        status: The exit status that says so; None while there was no signal.
    """

    status: int | None = None


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let the signals raise `Interrupted` in the main thread, so that everything is undone.

    A call of a library that does not come back in time for that is not waited for: then the
    process ends, and with it the children, which watch their standard input.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        for kind in KINDS:
            signal.signal(kind, _ignore)  # a second one would interrupt the undoing
        raise Interrupted(number)

    with _handled(on_signal) as may_handle:
        if may_handle:
            _watch()
        yield


@contextlib.contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[Stopping]:
    """Let the signals call `stop`; what is to be saved then may take its time."""
    stopping = Stopping()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stopping.status = 128 + number
        stop()

    with _handled(on_signal) as may_handle:
        watched = signal.set_wakeup_fd(-1) if may_handle else -1
        try:
            yield stopping
        finally:
            if may_handle:
                signal.set_wakeup_fd(watched)


@contextlib.contextmanager
def _handled(handler: Handler) -> Iterator[bool]:
    """Have signals handled, but for those that whoever started us wants ignored (`nohup`).

    Gives False where this thread may not decide about signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield False
        return
    kinds = [kind for kind in KINDS if signal.getsignal(kind) is not signal.SIG_IGN]
    before = [signal.signal(kind, handler) for kind in kinds]
    try:
        yield True
    finally:
        for kind, earlier in zip(kinds, before, strict=True):
            signal.signal(kind, earlier)


def _watch() -> None:
    """End the process `GRACE_S` after a signal, unless it has ended by itself."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)

    def wait() -> None:
        number = os.read(ours, 1)[0]
        threading.Event().wait(GRACE_S)
        os._exit(128 + number)

    threading.Thread(target=wait, name="signals", daemon=True).start()
    signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)  # Python writes a signal's number


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The first signal is being obeyed."""
