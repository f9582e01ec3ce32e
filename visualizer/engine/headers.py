"""What a safetensors file says of itself, read and checked before any loader opens it. No torch.

A weights file comes from anywhere. Its header decides how much memory a loader asks for and which
bytes it reads, so it is compared with the file's real size first. GGUF: `gguf_headers.py`.
"""

from __future__ import annotations

import json
import math
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from visualizer.engine.errors import ModelLoadError

MOST_HEADER_BYTES = 100_000_000
"""The safetensors library's own limit."""

DTYPE_BYTES: Mapping[str, float] = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1,
    "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4,
    "I64": 8, "U64": 8, "F64": 8, "C64": 8,
}  # fmt: skip

_MOST_DIMENSIONS = 8


@dataclass(frozen=True)
class TensorHeader:
    """One tensor of a safetensors file.

    Attributes:
        dtype: As in the format, such as "F32" or "BF16".
        shape: Its dimensions.
        file: The file that holds it.
    """

    dtype: str
    shape: tuple[int, ...]
    file: Path

    @property
    def n_elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


def read_safetensors_header(path: Path) -> dict[str, TensorHeader]:
    """Check a safetensors file's header against its size, and list its tensors.

    Args:
        path: The file.

    Returns:
        The tensors by name, in the file's order.

    Raises:
        ModelLoadError: Not a regular file, not readable, not safetensors, cut short, or with
            tensors that overlap, leave gaps or do not fit their shapes.

    Source:
        The format's description, https://huggingface.co/docs/safetensors#format.
    """
    size = regular_size(path)
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
            _refuse_disguise(path, start)
            if len(start) < 8:
                raise _broken(path, "it is only {n} bytes long", n=size)
            (length,) = struct.unpack("<Q", start)
            if length > min(MOST_HEADER_BYTES, size - 8):
                raise _broken(
                    path, "its header claims {n} bytes of a file of {size}", n=length, size=size
                )
            text = stream.read(length)
    except OSError as error:
        raise unreadable(path, error) from error
    entries = _parse_header(path, text)
    return _checked_tensors(path, entries, size - 8 - length)


def regular_size(path: Path) -> int:
    """Bytes of a file; ModelLoadError for what is no file or cannot be looked at."""
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise ModelLoadError("{path} is not a file.", path=path)
    return status.st_size


def unreadable(path: Path, error: OSError) -> ModelLoadError:
    """The sentence for a file that cannot be opened or read."""
    return ModelLoadError(
        "{path} cannot be read: {reason}.", path=path, reason=error.strerror or error
    )


def _broken(path: Path, why: str, **values: object) -> ModelLoadError:
    return ModelLoadError(
        "{path} is damaged or no safetensors file: {why}. Fetch or convert the model again.",
        path=path,
        why=why.format(**values),
    )


def _refuse_disguise(path: Path, start: bytes) -> None:
    if start[:4] == b"PK\x03\x04" or (start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05"):
        raise ModelLoadError(
            "{path} is a PyTorch pickle or an archive, not a safetensors file. Such files can run "
            "programs, so it was not opened.",
            path=path,
        )
    if start[:4] == b"GGUF":
        raise ModelLoadError(
            "{path} is a GGUF file; rename it to end in .gguf and open it.", path=path
        )
    if start.startswith(b"version "):
        raise ModelLoadError(
            "{path} is a Git LFS pointer, not the weights themselves; fetch them with `git lfs "
            "pull`.",
            path=path,
        )


def _parse_header(path: Path, text: bytes) -> dict[str, object]:
    if not text.startswith(b"{"):
        raise _broken(path, "its header is no JSON object")
    try:
        entries = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise _broken(path, "its header cannot be parsed ({error})", error=error) from error
    if not isinstance(entries, dict):
        raise _broken(path, "its header is no JSON object")
    entries.pop("__metadata__", None)
    if not entries:
        raise _broken(path, "it holds no tensors")
    return entries


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise ValueError("a name occurs twice")
    return entries


def _checked_tensors(
    path: Path, entries: Mapping[str, object], n_data_bytes: int
) -> dict[str, TensorHeader]:
    tensors: dict[str, TensorHeader] = {}
    spans: list[tuple[int, int, str]] = []
    for name, entry in entries.items():
        tensor, start, end = _checked_tensor(path, name, entry)
        tensors[name] = tensor
        spans.append((start, end, name))
    position = 0
    for start, end, name in sorted(spans):
        if start != position:
            raise _broken(path, "tensor {name} overlaps another or leaves a gap", name=name)
        position = end
    if position != n_data_bytes:
        raise _broken(
            path,
            "its tensors need {needed} bytes and {found} are there",
            needed=position,
            found=n_data_bytes,
        )
    return tensors


def _checked_tensor(path: Path, name: str, entry: object) -> tuple[TensorHeader, int, int]:
    fields = entry if isinstance(entry, dict) else {}
    dtype, shape, offsets = (fields.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not isinstance(dtype, str) or dtype not in DTYPE_BYTES:
        raise _broken(
            path, "tensor {name} has the unknown number type {dtype}", name=name, dtype=dtype
        )
    if not _are_counts(shape) or len(shape) > _MOST_DIMENSIONS:
        raise _broken(
            path, "tensor {name} has the impossible shape {shape}", name=name, shape=shape
        )
    if not _are_counts(offsets) or len(offsets) != 2:
        raise _broken(path, "tensor {name} has no valid place in the file", name=name)
    start, end = offsets
    tensor = TensorHeader(dtype, tuple(shape), path)
    if end - start != tensor.n_elements * DTYPE_BYTES[dtype]:
        raise _broken(path, "tensor {name} does not fit its shape", name=name)
    return tensor, start, end


def _are_counts(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)
