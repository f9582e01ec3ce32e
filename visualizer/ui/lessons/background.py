"""A function that runs in a thread of its own, and of which only the newest answer counts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from visualizer.engine.errors import VisualizerError, unexpected
from visualizer.engine.records import Cancelled

log = logging.getLogger(__name__)


class Ticket:
    """What a piece of work gets: whether it is still wanted, and a way to tell how far it is."""

    def __init__(self, tell: Callable[[Ticket, str, object], None]) -> None:
        self._cancelled = threading.Event()
        self._tell = tell

    def cancel(self) -> None:
        """Nobody waits for the answer any more."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """Whether to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work is not wanted any more: call it between steps."""
        if self._cancelled.is_set():
            raise Cancelled

    def report(self, value: object) -> None:
        """Tell something on the way: a frozen value, which `progressed` hands on."""
        if not self._cancelled.is_set():
            self._tell(self, "progressed", value)


Work = Callable[[Ticket], object]


class BackgroundTask(QObject):
    """Runs pieces of work one after the other; a newer one cancels the older.

    Signals:
        succeeded: What the newest work returned. object.
        failed: Why it could not be done. VisualizerError.
        progressed: What the newest work reported. object.
        running_changed: Whether work is under way. bool.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)
    running_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticket: Ticket | None = None
        self._worker: _Worker | None = None

    @property
    def is_running(self) -> bool:
        """Whether an answer is awaited."""
        return self._ticket is not None

    def start(self, work: Work) -> None:
        """Run `work` in place of whatever is running; its arguments must be frozen values."""
        was_running = self.is_running
        self._forget()
        if self._worker is None:
            self._worker = _Worker()
            self._worker.told.connect(self._on_worker_told)
        self._ticket = self._worker.post(work)
        if not was_running:
            self.running_changed.emit(True)

    @Slot()
    def cancel(self) -> None:
        """Stop what runs; nothing comes of it any more."""
        if self._ticket is not None:
            self._forget()
            self.running_changed.emit(False)

    def shutdown(self, timeout_ms: int) -> bool:
        """Cancel and end the thread; False if it did not end in time."""
        self.cancel()
        worker, self._worker = self._worker, None
        return worker is None or worker.shutdown(timeout_ms)

    def _forget(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    @Slot(object, str, object)
    def _on_worker_told(self, ticket: Ticket, what: str, value: object) -> None:
        if ticket is not self._ticket:
            return
        if what == "progressed":
            self.progressed.emit(value)
            return
        self._ticket = None
        self.running_changed.emit(False)
        if what == "succeeded":
            self.succeeded.emit(value)
        elif isinstance(value, VisualizerError):
            self.failed.emit(value)


class _Worker(QObject):
    """Lives in the thread and does the newest work that was posted."""

    told = Signal(object, str, object)
    _woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._waiting: tuple[Ticket, Work] | None = None
        self._thread = QThread()
        self._thread.setObjectName("lesson")
        self.moveToThread(self._thread)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._thread.start()

    def post(self, work: Work) -> Ticket:
        ticket = Ticket(self.told.emit)
        with self._lock:
            self._waiting = (ticket, work)
        self._woken.emit()
        return ticket

    def shutdown(self, timeout_ms: int) -> bool:
        with self._lock:
            self._waiting = None
        self._thread.quit()
        return self._thread.wait(timeout_ms)

    def _take(self) -> tuple[Ticket, Work] | None:
        with self._lock:
            taken, self._waiting = self._waiting, None
            return taken

    @Slot()
    def _on_woken(self) -> None:
        taken = self._take()
        if taken is None or taken[0].is_cancelled():
            return
        ticket, work = taken
        try:
            value = work(ticket)
        except Cancelled:
            return
        except VisualizerError as error:
            self.told.emit(ticket, "failed", error.with_traceback(None))
        except Exception as error:  # the thread must outlive every piece of work
            log.exception("a lesson's work failed")
            self.told.emit(ticket, "failed", unexpected(error))
        else:
            self.told.emit(ticket, "succeeded", value)
