"""Deleting a model from the caches."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from visualizer.engine.errors import FetchError, ModelLoadError, UsageError
from visualizer.engine.models.catalog import HubSource, PackageSource, find_known
from visualizer.engine.models.convert import remove_partial
from visualizer.engine.models.local import hub_cache, local_models
from visualizer.engine.models.locks import folder_lock
from visualizer.engine.models.packages import download_folder
from visualizer.engine.models.resolve import find_local
from visualizer.engine.records import CancelToken
from visualizer.locations import cache_path


def remove_model(name: str, cancel: CancelToken) -> int:
    """Delete a fetched or converted model, and what a broken-off fetch of it left.

    Args:
        name: A catalogue name, a hub name, or a converted GGUF file's name as `models list`
            shows it. The user's own folders and files are never deleted.
        cancel: Polled while another process holds the model's lock.

    Returns:
        How many bytes were freed.

    Raises:
        UsageError: It belongs to the program or to the user.
        ModelLoadError: There is nothing of that name.
        FetchError: It cannot be deleted.
        Cancelled: `cancel` was set.
    """
    folders = _folders_of(name)
    freed = 0
    try:
        for folder in folders:
            if folder.parent == cache_path("models"):
                with folder_lock(folder, cancel):
                    remove_partial(folder)
                    freed += _delete(folder)
            else:
                freed += _delete(folder)
    except OSError as error:
        raise FetchError(
            "{name} cannot be deleted: {reason}.", name=name, reason=error.strerror or error
        ) from error
    if not freed:
        raise ModelLoadError("There is no model {name} to remove.", name=name)
    return freed


def _folders_of(name: str) -> list[Path]:
    known = find_known(name)
    if known is not None and isinstance(known.source, PackageSource):
        return [cache_path("models", known.name), download_folder(known.source)]
    for model in local_models():
        if model.name == name and model.kind == "gguf":
            return [model.path]
    if known is not None and not isinstance(known.source, HubSource):
        raise UsageError("{name} belongs to the program and is not removed.", name=name)
    local = find_local(name)
    if local is not None and local.kind in {"folder", "gguf"}:
        raise UsageError("{name} is a file or folder of yours; delete it yourself.", name=name)
    repository = known.source.repository if known and isinstance(known.source, HubSource) else name
    return [hub_cache() / ("models--" + repository.replace("/", "--"))]


def _delete(folder: Path) -> int:
    """Delete a folder, or the link that stands for one; how many bytes its files had."""
    if folder.is_symlink():
        folder.unlink()
        return 1
    if not folder.is_dir():
        return 0
    n_bytes = _bytes_below(folder)
    doomed = folder.with_name(f".{folder.name}.removed-{os.getpid()}")
    os.replace(folder, doomed)  # gone in one step, whatever interrupts the rest
    shutil.rmtree(doomed)
    return n_bytes


def _bytes_below(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        if not file.is_symlink() and file.is_file():
            total += file.stat().st_size
    return total
