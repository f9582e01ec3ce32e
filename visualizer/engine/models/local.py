"""The models that are on this machine. No torch; quick enough for the GUI thread."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from visualizer.engine.errors import VisualizerError
from visualizer.engine.models.catalog import BundledSource, HubSource, KnownModel, known_models
from visualizer.engine.models.manifest import is_whole, read_manifest
from visualizer.locations import cache_path

Kind = Literal["bundled", "package", "hub", "gguf", "folder"]

_TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "tokenizer.model", "vocab.txt")


@dataclass(frozen=True)
class LocalModel:
    """A model that can be loaded without the network.

    Attributes:
        name: What the user calls it.
        path: The folder to load; a GGUF file stands for the folder made from it.
        kind: Where it came from.
    """

    name: str
    path: Path
    kind: Kind = "folder"


def local_models() -> tuple[LocalModel, ...]:
    """Every model on this machine: the catalogue's in its order, then others by name.

    Folders that a fetch or a conversion has not finished are left out.
    """
    found: list[LocalModel] = []
    repositories: set[str] = set()
    for known in known_models():
        if isinstance(known.source, HubSource):
            repositories.add(known.source.repository)
        path = path_of_known(known)
        if path is not None:
            found.append(LocalModel(known.name, path, kind_of(known)))
    found += [
        LocalModel(repository, path, "hub")
        for repository, path in cached_repositories()
        if repository not in repositories
    ]
    return tuple(found + _converted_files())


def best_local_model() -> LocalModel:
    """What to open when nobody said: the first of the catalogue that is here.

    Raises:
        FileNotFoundError: Not even the bundled model is there; the installation is broken.
    """
    models = local_models()
    if not models:
        raise FileNotFoundError(f"no models in {known_models()[-1].own_folder}")
    return models[0]


def path_of_known(known: KnownModel) -> Path | None:
    """The folder of a catalogue model if it is here and whole."""
    if isinstance(known.source, HubSource):
        return cached_snapshot(known.source.repository)
    folder = known.own_folder
    if folder is None:
        return None
    if kind_of(known) == "bundled":
        return folder if is_complete_folder(folder) else None
    return folder if is_whole(folder) else None


def kind_of(known: KnownModel) -> Kind:
    """Where a catalogue model comes from."""
    if isinstance(known.source, HubSource):
        return "hub"
    return "bundled" if isinstance(known.source, BundledSource) else "package"


def _converted_files() -> list[LocalModel]:
    """The folders made from the user's own GGUF files."""
    found = []
    for folder in sorted(cache_path("models").glob("gguf-*")):
        manifest = read_manifest(folder)
        if manifest is not None and is_whole(folder):
            found.append(LocalModel(manifest.source.get("file", folder.name), folder, "gguf"))
    return found


def hub_cache() -> Path:
    """Where huggingface_hub keeps what it downloads."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def cached_repositories() -> tuple[tuple[str, Path], ...]:
    """Repository and snapshot of every causal language model in the hub's cache, by name."""
    found = []
    for folder in sorted(hub_cache().glob("models--*")):
        repository = folder.name.removeprefix("models--").replace("--", "/")
        path = cached_snapshot(repository)
        if path is not None and _names_a_causal_model(path):
            found.append((repository, path))
    return tuple(found)


def cached_snapshot(repository: str) -> Path | None:
    """The complete snapshot of a repository in the hub's cache, or None.

    A cache that was filled by a commit's name does not say which of its snapshots is current: it
    is the complete one that was written last.
    """
    folder = hub_cache() / ("models--" + repository.replace("/", "--"))
    try:
        commit = (folder / "refs" / "main").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return _newest_snapshot(folder / "snapshots")
    except (OSError, UnicodeDecodeError):
        return None
    if not re.fullmatch(r"[0-9A-Za-z]{1,64}", commit):
        return None
    snapshot = folder / "snapshots" / commit
    return snapshot if is_complete_folder(snapshot) else None


def _newest_snapshot(folder: Path) -> Path | None:
    try:
        complete = [path for path in folder.iterdir() if is_complete_folder(path)]
        return max(complete, key=lambda path: path.stat().st_mtime_ns, default=None)
    except OSError:
        return None


def snapshot_notes(folder: Path) -> tuple[VisualizerError, ...]:
    """What the user should know of a snapshot that the hub's cache does not call current."""
    repository = folder.parent.parent
    is_snapshot = folder.parent.name == "snapshots" and repository.name.startswith("models--")
    if not is_snapshot or (repository / "refs" / "main").exists():
        return ()
    return (
        VisualizerError(
            "The hub's cache does not say which snapshot of {name} is current; {commit} is used.",
            name=repository.name.removeprefix("models--").replace("--", "/"),
            commit=folder.name[:12],
        ),
    )


def is_complete_folder(folder: Path) -> bool:
    """Whether a folder has a configuration, a tokenizer and every safetensors file it names."""
    if not (folder / "config.json").is_file():
        return False
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        return False
    if (folder / "model.safetensors").is_file():
        return True
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text(encoding="utf-8"))
        return all((folder / str(name)).is_file() for name in set(index["weight_map"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _names_a_causal_model(folder: Path) -> bool:
    """Whether its configuration says so; the cache holds all kinds of models."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        names = [str(name) for name in config["architectures"]]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in names)
