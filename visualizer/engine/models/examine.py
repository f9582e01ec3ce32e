"""A close look at a model on the disk: every check of loading, and the hashes. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visualizer.engine.errors import VisualizerError
from visualizer.engine.gguf_headers import read_gguf_header
from visualizer.engine.models.manifest import MANIFEST_FILE, hash_files, read_manifest
from visualizer.engine.policy import (
    CheckedFolder,
    check_folder,
    known_model_types,
)
from visualizer.engine.records import CancelToken
from visualizer.engine.tokenizers_hf import load_tokenizer


@dataclass(frozen=True)
class Finding:
    """One thing that was examined.

    Attributes:
        what: "configuration and weights", "tokenizer", "hash" ...
        ok: Whether it is as it should be.
        result: What was found, or what is wrong.
    """

    what: str
    ok: bool
    result: str


def examine(path: Path, cancel: CancelToken) -> tuple[Finding, ...]:
    """Examine a model folder or a GGUF file without loading it.

    Args:
        path: The folder or file.
        cancel: Polled while hashing.

    Raises:
        Cancelled: `cancel` was set.
    """
    if path.is_file():
        return _examine_gguf(path, cancel)
    try:
        checked = check_folder(path, known_model_types())
    except VisualizerError as error:
        return (Finding("configuration and weights", False, str(error)),)
    findings = [
        Finding("configuration", True, f"{checked.model_type}, all values in range"),
        Finding(
            "weights",
            True,
            f"{len(checked.tensors)} tensors, {checked.n_elements:,} numbers in "
            f"{len(checked.files)} file(s), all within their files",
        ),
        *(Finding("note", True, str(note)) for note in checked.notes),
        _tokenizer(path),
        _hash(path, checked, cancel),
    ]
    return tuple(findings)


def _tokenizer(path: Path) -> Finding:
    try:
        tokenizer = load_tokenizer(path, path.name)
    except VisualizerError as error:
        return Finding("tokenizer", False, str(error))
    return Finding("tokenizer", True, f"{tokenizer.vocabulary_size:,} tokens")


def _hash(path: Path, checked: CheckedFolder, cancel: CancelToken) -> Finding:
    digest = hash_files(checked.files, cancel)
    manifest = read_manifest(path)
    if manifest is None:
        return Finding(
            "sha256 of the weights", True, f"{digest}, with no {MANIFEST_FILE} to compare"
        )
    if digest != manifest.weights_sha256:
        return Finding(
            "sha256 of the weights",
            False,
            f"The weights in {path} are not what was written: their hash is {digest} and "
            f"{MANIFEST_FILE} says {manifest.weights_sha256}. Remove the model and fetch it again.",
        )
    return Finding("sha256 of the weights", True, f"{digest}, as written")


def _examine_gguf(path: Path, cancel: CancelToken) -> tuple[Finding, ...]:
    try:
        header = read_gguf_header(path)
    except VisualizerError as error:
        return (Finding("GGUF header", False, str(error)),)
    return (
        Finding(
            "GGUF header",
            True,
            f"{header.n_tensors} tensors, {header.n_elements:,} numbers, all within the file",
        ),
        Finding("sha256 of the file", True, hash_files([path], cancel)),
    )
