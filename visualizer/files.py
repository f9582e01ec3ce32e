"""Reading a file that somebody names, and writing one whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from visualizer.engine.errors import VisualizerError


class ReadError(VisualizerError):
    """A file could not be read."""


class TooLargeError(ReadError):
    """A file is larger than what is read of its kind."""


class WriteError(VisualizerError):
    """A file could not be written; what stood there before is untouched."""


_REASONS = {
    errno.ENOSPC: "Cannot write {path}: the disk is full. Free some space or choose another.",
    errno.EDQUOT: "Cannot write {path}: your disk quota is used up. Choose another folder.",
    errno.EFBIG: "Cannot write {path}: the file would be larger than is allowed here.",
    errno.EACCES: "Cannot write {path}: permission denied. Choose another folder.",
    errno.EPERM: "Cannot write {path}: permission denied. Choose another folder.",
    errno.EROFS: "Cannot write {path}: that disk can only be read. Choose another folder.",
    errno.ENOENT: "Cannot write {path}: there is no folder {folder}. Make it first.",
    errno.ENOTDIR: "Cannot write {path}: {folder} is not a folder.",
    errno.EISDIR: "Cannot write {path}: that is a folder. Give a file name.",
    errno.ENAMETOOLONG: "Cannot write {path}: the name is too long.",
}

_READ_REASONS = {
    errno.EACCES: "Cannot read {path}: permission denied.",
    errno.EPERM: "Cannot read {path}: permission denied.",
    errno.ENOENT: "Cannot read {path}: there is no such file.",
    errno.ENOTDIR: "Cannot read {path}: there is no such file.",
    errno.EISDIR: "Cannot read {path}: that is a folder. Give a file.",
    errno.ENAMETOOLONG: "Cannot read {path}: the name is too long.",
}
# Opening a pipe for reading waits for a writer unless it is opened so; files take no notice.
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def read_file(path: str | os.PathLike[str], most_bytes: int) -> bytes:
    """All bytes of an ordinary file: pipes, terminals and devices may never end.

    Args:
        path: Anything that somebody typed, dropped or put into a settings file.
        most_bytes: The largest file that is read.

    Raises:
        TooLargeError: The file is larger; no more than `most_bytes` of it are in memory.
        ReadError: It is missing, no ordinary file, or not readable.
    """
    flags = os.O_RDONLY | _WITHOUT_WAITING | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as stream:
            facts = os.fstat(stream.fileno())
            if stat.S_ISDIR(facts.st_mode):
                raise IsADirectoryError(errno.EISDIR, "is a folder")
            if not stat.S_ISREG(facts.st_mode):
                raise ReadError(
                    "Cannot read {path}: it is a pipe or a device, which may never end. Give an "
                    "ordinary file.",
                    path=path,
                )
            # Some files of the system say that they are empty, and are not.
            data = stream.read(most_bytes + 1) if facts.st_size <= most_bytes else None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        code = error.errno if isinstance(error, OSError) else None
        reason = getattr(error, "strerror", None) or str(error)
        template = _READ_REASONS.get(code or 0, "Cannot read {path}: {reason}.")
        raise ReadError(template, detail=repr(error), path=path, reason=reason) from error
    if data is None or len(data) > most_bytes:
        raise TooLargeError(
            "{path} is larger than {limit} MB, the most that is read here. Take a part of it.",
            path=path,
            limit=f"{most_bytes / 1e6:g}",
        )
    return data


def write_atomically(path: str | os.PathLike[str], data: bytes | memoryview) -> None:
    """Put `data` into `path`: afterwards the file is complete, or as it was before.

    The bytes go to a temporary file in the same folder, to the disk, and only then take the
    place of the old file. A link is followed: what it points to is replaced.

    Args:
        path: The file to write; its folder must exist.
        data: All of its content.

    Raises:
        WriteError: The disk is full, the folder is missing or cannot be written to, or `path`
            is a folder or a device. The sentence names `path`.
    """
    try:
        _replace(_target(path), data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise write_error(path, error) from error


def check_target(path: str | os.PathLike[str]) -> None:
    """Raise what `write_atomically` would raise before it writes, ahead of long work.

    Raises:
        WriteError: The folder is missing, or `path` is a folder or a device.
    """
    try:
        folder = _target(path).parent
        if not folder.exists():
            raise FileNotFoundError(errno.ENOENT, "no folder")
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "no folder")
    except (OSError, ValueError) as error:
        raise write_error(path, error) from error


def _target(path: str | os.PathLike[str]) -> Path:
    """The file that `path` leads to; it may not exist yet."""
    target = Path(os.path.realpath(path))
    if target.is_dir() or os.fspath(path).endswith(("/", os.sep)):
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    if target.exists() and not target.is_file():
        raise WriteError("Cannot write {path}: it is not an ordinary file.", path=str(path))
    return target


def _replace(target: Path, data: bytes | memoryview) -> None:
    temporary = target.parent / f".visualizer-{secrets.token_hex(8)}.tmp"
    try:
        mode = target.stat().st_mode & 0o777
    except FileNotFoundError:
        mode = None
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, 0o666)  # the user's umask applies, as for any new file
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def write_error(path: str | os.PathLike[str], error: OSError | ValueError) -> WriteError:
    """The sentence for what the system said when `path` was to be written."""
    code = error.errno if isinstance(error, OSError) else None
    template = _REASONS.get(code or 0, "Cannot write {path}: {reason}.")
    reason = getattr(error, "strerror", None) or str(error)
    folder = Path(path).parent
    return WriteError(template, detail=repr(error), path=str(path), folder=folder, reason=reason)
