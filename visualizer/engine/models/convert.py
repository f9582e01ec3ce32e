"""GGUF to a safetensors folder: once, in a process of its own, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from visualizer.engine.errors import FetchError, ModelLoadError
from visualizer.engine.gguf_headers import read_gguf_header
from visualizer.engine.models.child import run_child
from visualizer.engine.models.locks import folder_lock, lock_if_free
from visualizer.engine.models.manifest import (
    CONVERTER,
    hash_files,
    is_outdated,
    is_whole,
    write_manifest,
)
from visualizer.engine.records import CancelToken
from visualizer.locations import cache_path

Report = Callable[[str, int, int | None, str], None]

VERSIONED_PACKAGES = ("torch", "transformers", "gguf", "tokenizers", "safetensors")


def ensure_converted(path: Path, *, report: Report, cancel: CancelToken) -> Path:
    """The safetensors folder for a GGUF file; made the first time the file is seen.

    Args:
        path: The file. Its content, not its name, decides which folder belongs to it.
        report: Called with ("verify", bytes, bytes, "bytes") and ("convert", tensors, tensors,
            "tensors").
        cancel: Polled often; a conversion under way is stopped.

    Raises:
        ModelLoadError: The file is damaged, or holds what cannot be converted.
        FetchError: The folder cannot be written.
        Cancelled: `cancel` was set.
    """
    files = read_gguf_header(path).files
    size = sum(file.stat().st_size for file in files)
    report("verify", 0, size, "bytes")
    digest = hash_files(files, cancel)
    report("verify", size, size, "bytes")
    folder = cache_path("models", f"gguf-{digest[:16]}")
    with _as_fetch_error(folder), folder_lock(folder, cancel):
        if not is_whole(folder):
            source = {"kind": "gguf", "file": path.name}
            convert_into(path, folder, source=source, sha256=digest, report=report, cancel=cancel)
    return folder


def convert_into(
    gguf: Path,
    folder: Path,
    *,
    source: Mapping[str, str],
    sha256: str,
    report: Report,
    cancel: CancelToken,
) -> None:
    """Convert `gguf` and give the result the name `folder`; the caller holds the folder's lock.

    Raises:
        ModelLoadError: transformers cannot read the file.
        FetchError: The disk is full or cannot be written.
        Cancelled: `cancel` was set.
    """
    read_gguf_header(gguf)
    remove_partial(folder)
    partial = folder.with_name(f".{folder.name}.partial")
    with _as_fetch_error(folder):
        remove_leftovers(folder.parent)
        partial.mkdir(parents=True)
        try:
            facts = _run_conversion(gguf, partial, report, cancel)
            cancel.check()
            write_manifest(
                partial,
                source={**source, **facts, "converter": CONVERTER},
                source_sha256=sha256,
                versions=installed_versions(),
            )
            cancel.check()
            if folder.exists():  # not whole, else we would not be here
                shutil.rmtree(folder)
            os.replace(partial, folder)
        finally:
            remove_partial(folder)


def remove_partial(folder: Path) -> None:
    """Remove what an interrupted conversion left; the caller holds the folder's lock."""
    shutil.rmtree(folder.with_name(f".{folder.name}.partial"), ignore_errors=True)


def remove_leftovers(models: Path) -> None:
    """Remove what conversions that were killed, or an older converter, left of any model.

    What another process works on is left alone: it holds that folder's lock.
    """
    for folder in models.glob(".*.partial"):
        _remove_unless_held(folder, folder.name[1:].removesuffix(".partial"))
    for folder in models.glob("gguf-*"):
        if is_outdated(folder):
            _remove_unless_held(folder, folder.name)


def _remove_unless_held(doomed: Path, name: str) -> None:
    with lock_if_free(doomed.with_name(name)) as is_ours:
        if is_ours:
            shutil.rmtree(doomed, ignore_errors=True)


def installed_versions() -> dict[str, str]:
    """Versions of the packages that a conversion depends on."""
    from importlib import metadata

    return {name: metadata.version(name) for name in VERSIONED_PACKAGES}


def _run_conversion(
    gguf: Path, partial: Path, report: Report, cancel: CancelToken
) -> dict[str, str]:
    facts: dict[str, str] = {}
    problem: dict[str, Any] = {}

    def on_line(line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if not isinstance(message, dict):
            return
        if "done" in message:
            report("convert", message["done"], message["total"], "tensors")
        elif "template" in message:
            problem.update(message)
        elif "facts" in message:
            facts.update(message["facts"])

    report("convert", 0, None, "tensors")
    command = [sys.executable, "-m", "visualizer.engine.models.gguf_child", str(gguf), str(partial)]
    result = run_child(
        command,
        cancel=cancel,
        on_line=on_line,
        progress=int,
        environment={"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore"},
    )
    if problem:
        raise ModelLoadError.from_json(problem)
    if result.status != 0:
        raise ModelLoadError(
            "The conversion of {path} ended unexpectedly (status {status}); there may be too "
            "little memory.",
            path=gguf,
            status=result.status,
            detail=result.errors,
        )
    return facts


@contextlib.contextmanager
def _as_fetch_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FetchError(
            "The model cannot be written to {path}: {reason}.",
            path=folder,
            reason=error.strerror or error,
        ) from error
