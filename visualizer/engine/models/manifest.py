"""What a model folder that we wrote holds, and the hashes of weight files.

A folder counts as whole when its manifest is there: the manifest is written last, and the folder
takes its final name in one step after that.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from visualizer.engine.records import CancelToken

MANIFEST_FILE = "manifest.json"
MOST_HASHED_BYTES = 256_000_000
"""Files up to this are hashed at load; that takes well under a second."""

CONVERTER = "2"
"""Of a GGUF file that a user opened; what an earlier converter made of one may be false."""

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What was written into a folder, and from what.

    Attributes:
        source: Where the model came from: "kind" and further keys with its place.
        source_sha256: Of the file it was made from.
        versions: Packages that made it.
        files: Size and modification time (nanoseconds) of every file, by name.
        weights_sha256: Of the weight files' bytes, in name order.
    """

    source: Mapping[str, str]
    source_sha256: str
    versions: Mapping[str, str]
    files: Mapping[str, tuple[int, int]]
    weights_sha256: str


def write_manifest(
    folder: Path,
    *,
    source: Mapping[str, str],
    source_sha256: str,
    versions: Mapping[str, str],
) -> Manifest:
    """Describe the files in `folder` and put the description beside them."""
    names = sorted(file.name for file in folder.iterdir() if file.name != MANIFEST_FILE)
    weights = [folder / name for name in names if name.endswith(".safetensors")]
    manifest = Manifest(
        source=source,
        source_sha256=source_sha256,
        versions=versions,
        files={name: _stamp(folder / name) for name in names},
        weights_sha256=hash_files(weights),
    )
    text = json.dumps(
        {
            "source": dict(manifest.source),
            "source_sha256": manifest.source_sha256,
            "versions": dict(manifest.versions),
            "files": {name: list(stamp) for name, stamp in manifest.files.items()},
            "weights_sha256": manifest.weights_sha256,
        },
        indent=2,
    )
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder that we wrote, or None."""
    try:
        raw = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        return Manifest(
            source={str(key): str(value) for key, value in raw["source"].items()},
            source_sha256=str(raw["source_sha256"]),
            versions={str(key): str(value) for key, value in raw["versions"].items()},
            files={str(name): (int(size), int(t)) for name, (size, t) in raw["files"].items()},
            weights_sha256=str(raw["weights_sha256"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def is_outdated(folder: Path) -> bool:
    """Whether an earlier converter made this folder from a GGUF file of the user's."""
    manifest = read_manifest(folder)
    return manifest is not None and _is_outdated(manifest)


def _is_outdated(manifest: Manifest) -> bool:
    # Models of the catalogue are checked one by one; the converter makes the same of them.
    source = manifest.source
    return source.get("kind") == "gguf" and source.get("converter") != CONVERTER


def is_whole(folder: Path) -> bool:
    """Whether every file that the manifest names is there in its full size, and up to date."""
    manifest = read_manifest(folder)
    if manifest is None or _is_outdated(manifest):
        return False
    try:
        return all(
            (folder / name).stat().st_size == size for name, (size, _) in manifest.files.items()
        )
    except OSError:
        return False


def known_weights_sha256(folder: Path, files: Sequence[Path]) -> str:
    """The hash of the weight files' bytes in name order, without reading a large file.

    Args:
        folder: The model's folder, perhaps with a manifest.
        files: Its weight files, in name order.

    Returns:
        From the manifest if the files are unchanged since, from the name that the hub's cache
        gives a file, or by reading small files; else "".
    """
    manifest = read_manifest(folder)
    if manifest and all(manifest.files.get(file.name) == _stamp(file) for file in files):
        return manifest.weights_sha256
    if len(files) == 1:
        target = files[0].resolve()
        if target.parent.name == "blobs" and re.fullmatch(r"[0-9a-f]{64}", target.name):
            return target.name
    if sum(file.stat().st_size for file in files) <= MOST_HASHED_BYTES:
        return hash_files(files)
    return ""


def hash_files(files: Sequence[Path], cancel: CancelToken | None = None) -> str:
    """SHA-256 of the files' bytes, one after the other, in hexadecimal."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                if cancel is not None:
                    cancel.check()
                digest.update(chunk)
    return digest.hexdigest()


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns
