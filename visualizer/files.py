"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from visualizer.engine.errors import VisualizerError


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
