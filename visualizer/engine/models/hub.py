"""Models of the Hugging Face hub, fetched by a child process that can be ended at any time.

What a broken-off fetch has brought stays in the hub's cache and is not brought again.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from visualizer.engine.errors import FetchError
from visualizer.engine.models.child import run_child
from visualizer.engine.models.convert import Report
from visualizer.engine.models.local import cached_snapshot, hub_cache
from visualizer.engine.models.locks import folder_lock
from visualizer.engine.records import CancelToken
from visualizer.locations import cache_path

STALL_SECONDS = 60.0
_OF_ONE_PROCESS = re.compile(r"\.[0-9a-f]{8}\.incomplete$")
"""The library's own temporary files, which a process that was ended may leave behind."""

REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")

PROBLEMS: Mapping[str, str] = {
    "not_found": (
        "The hub has no model {name!r} that can be read without a login. Check the spelling; for a "
        "private model run `hf auth login` first."
    ),
    "login": (
        "The hub asks for a login to read {name!r}: accept its conditions on its page, run `hf "
        "auth login`, and try again."
    ),
    "busy": "The hub is limiting requests from this address. Wait a few minutes and try again.",
    "unreachable": (
        "The hub cannot be reached. Check the connection and try again; what was fetched so far "
        "is kept."
    ),
    "server": "The hub answered with an error ({reason}). Try again later.",
    "disk": "{name!r} cannot be written to the disk: {reason}.",
    "no_safetensors": (
        "{name!r} has no weights in the safetensors format, the only one that is loaded from the "
        "hub."
    ),
    "no_tokenizer": "{name!r} has no tokenizer, so it cannot read text.",
    "changed": "{name!r} was changed on the hub while it was fetched. Try again.",
    "offline": (
        "{name!r} is not on this machine, and the environment variable HF_HUB_OFFLINE forbids "
        "fetching it."
    ),
    "stalled": (
        "The hub has sent nothing for {reason} seconds. Try again; what was fetched so far is kept."
    ),
    "other": "{name!r} could not be fetched: {reason}",
}


def fetch_repository(
    repository: str,
    *,
    report: Report,
    cancel: CancelToken,
    stall_seconds: float = STALL_SECONDS,
) -> Path:
    """Bring a repository's configuration, tokenizer and safetensors files into the hub's cache.

    Args:
        repository: Such as "gpt2" or "Qwen/Qwen2.5-0.5B".
        report: Called with ("download", bytes, bytes, "bytes").
        cancel: Ends the fetch within a second.
        stall_seconds: Give up when nothing came for this long.

    Returns:
        The snapshot's folder.

    Raises:
        FetchError: It could not be fetched; the sentence says why.
        Cancelled: `cancel` was set.
    """
    folder = cache_path("hub", repository.replace("/", "--"))
    with folder_lock(folder, cancel):
        # Another process may have fetched it while this one waited.
        return cached_snapshot(repository) or _fetch(repository, report, cancel, stall_seconds)


def _fetch(repository: str, report: Report, cancel: CancelToken, stall_seconds: float) -> Path:
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        raise _problem("offline", repository, "")
    heard: dict[str, str | int] = {}

    def on_line(line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if isinstance(message, dict):
            heard.update(message)

    blobs = hub_cache() / ("models--" + repository.replace("/", "--")) / "blobs"

    def progress() -> int:
        done = _bytes_in(blobs)
        total = heard.get("total")
        report("download", done, total if isinstance(total, int) else None, "bytes")
        return done

    result = run_child(
        [sys.executable, "-m", "visualizer.engine.models.hub_child", repository],
        cancel=cancel,
        on_line=on_line,
        progress=progress,
        environment={
            "HF_HUB_DISABLE_XET": "1",  # its pieces could not be seen or taken up again
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "PYTHONWARNINGS": "ignore",
        },
        stall_seconds=stall_seconds,
    )
    if result.stalled:
        raise _problem("stalled", repository, f"{stall_seconds:g}")
    if "problem" in heard:
        raise _problem(str(heard["problem"]), repository, str(heard.get("detail", "")))
    path = cached_snapshot(str(heard.get("repository", repository)))
    if result.status != 0 or path is None:
        raise _problem("other", repository, f"status {result.status}", result.errors)
    progress()
    return path


def _problem(kind: str, repository: str, detail: str, log: str = "") -> FetchError:
    return FetchError(PROBLEMS[kind], name=repository, reason=detail, detail=log or detail)


def _bytes_in(folder: Path) -> int:
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not _OF_ONE_PROCESS.search(entry.name):
                    total += entry.stat().st_size
    except OSError:
        return total  # not there yet, or a file was just renamed: the next look tells
    return total
