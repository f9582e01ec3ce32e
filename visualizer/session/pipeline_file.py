"""The sampler's stages as a JSON file, with the fields of "sampling" in a saved view."""

from __future__ import annotations

import json
from pathlib import Path

from visualizer.engine.errors import UsageError
from visualizer.engine.sampling import SamplingParams
from visualizer.files import read_file, write_atomically
from visualizer.session.view_file import (
    Document,
    ViewFileError,
    read_sampling,
    sampling_document,
)

FORMAT = "visualizer sampler"
VERSION = 1
MOST_BYTES = 4_000_000
_KNOWN = frozenset({"format", "version", *sampling_document(SamplingParams())})


class PipelineFileError(UsageError):
    """A file that does not hold the stages of a sampler."""


def pipeline_json(sampling: SamplingParams) -> str:
    """The stages as text; the same ones give the same text."""
    document = {"format": FORMAT, "version": VERSION, **sampling_document(sampling)}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def save_pipeline(path: Path, sampling: SamplingParams) -> None:
    """Write the stages to a file, whole or not at all.

    Raises:
        VisualizerError: It cannot be written.
    """
    write_atomically(path, pipeline_json(sampling).encode("utf-8"))


def read_pipeline(path: Path) -> SamplingParams:
    """Read what `save_pipeline` wrote, or the same fields written by hand.

    A field that is missing has its neutral value; one that is not known is refused, because a
    mistyped name would otherwise go unnoticed.

    Raises:
        PipelineFileError: It makes no sense; the sentence says why.
        ReadError: It is missing, no ordinary file, not readable, or too large.
    """
    return _from_document(path.name, _parsed(path.name, read_file(path, MOST_BYTES)))


def _parsed(name: str, data: bytes) -> Document:
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PipelineFileError("{name} is not JSON.", name=name, detail=str(error)) from error
    if not isinstance(value, dict):
        raise PipelineFileError("{name} holds no stages of a sampler.", name=name)
    return value


def _from_document(name: str, value: Document) -> SamplingParams:
    if value.get("format", FORMAT) != FORMAT:
        raise PipelineFileError(
            '{name} holds no stages of a sampler: its "format" is not "{format}".',
            name=name,
            format=FORMAT,
        )
    version = value.get("version", VERSION)
    if type(version) is not int or not 1 <= version <= VERSION:
        raise PipelineFileError(
            "{name} has version {version}, and this program reads up to {known}.",
            name=name,
            version=json.dumps(version)[:20],
            known=VERSION,
        )
    strange = sorted(set(value) - _KNOWN)
    if strange:
        raise PipelineFileError(
            '{name} has a field "{field}" that no sampler has.',
            name=name,
            field=strange[0][:60],
        )
    try:
        return read_sampling(value)
    except ViewFileError as error:
        raise PipelineFileError(
            "{name} cannot be used: {reason}",
            name=name,
            reason=str(error).removeprefix("The view cannot be read: "),
        ) from error
