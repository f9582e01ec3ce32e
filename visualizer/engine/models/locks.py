"""One process at a time for one folder."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from visualizer.engine.records import CancelToken

_POLL_SECONDS = 0.1


@contextlib.contextmanager
def folder_lock(folder: Path, cancel: CancelToken) -> Iterator[None]:
    """Hold the lock that belongs to `folder`, waiting for another process to give it up.

    The operating system frees it when its holder ends, however it ends. The lock file stays:
    removing it would let two processes hold two locks of one name.

    Args:
        folder: What the lock is for; it need not exist, its parent is made.
        cancel: Polled while waiting.

    Raises:
        Cancelled: `cancel` was set while waiting.
        OSError: The lock file cannot be made.
    """
    with _lock_file(folder) as descriptor:
        pause = threading.Event()
        while not _try_lock(descriptor):
            cancel.check()
            pause.wait(_POLL_SECONDS)
        cancel.check()
        yield


@contextlib.contextmanager
def lock_if_free(folder: Path) -> Iterator[bool]:
    """Hold the lock that belongs to `folder` unless somebody has it; whether it is held.

    Raises:
        OSError: The lock file cannot be made.
    """
    with _lock_file(folder) as descriptor:
        yield _try_lock(descriptor)


@contextlib.contextmanager
def _lock_file(folder: Path) -> Iterator[int]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder.parent / f".{folder.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # gives the lock up, too


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
