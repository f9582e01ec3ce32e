"""What a weights file says of itself, read and checked before any loader opens it. No torch.

A safetensors or GGUF file comes from anywhere. Its header decides how much memory a loader asks
for and which bytes it reads, so it is compared with the file's real size first.
"""

from __future__ import annotations

import json
import math
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeGuard

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
_GGUF_MOST_DIMENSIONS = 4
_GGUF_MOST_TENSORS = 100_000
_GGUF_MOST_FIELDS = 10_000
_GGUF_MOST_KEY_BYTES = 4096
_GGUF_VERSIONS = (2, 3)
_GGUF_STRING, _GGUF_ARRAY = 8, 9
_GGUF_SCALAR_BYTES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


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
    size = _regular_size(path)
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


def _regular_size(path: Path) -> int:
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


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file says of itself.

    Attributes:
        n_tensors: How many tensors it holds.
        n_elements: Numbers in all of them.
        pre_tokenizer: `tokenizer.ggml.pre`, how text is split before merges; "" if not said.
    """

    n_tensors: int
    n_elements: int
    pre_tokenizer: str


def read_gguf_header(path: Path) -> GgufHeader:
    """Walk a GGUF file's header and see that everything in it lies inside the file.

    Counts, lengths and dimensions are compared with the bytes that are left, so that no later
    reader can be made to ask for memory that the file does not warrant.

    Raises:
        ModelLoadError: Not a GGUF file, of another version, cut short or inconsistent.

    Source:
        https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
    """
    size = _regular_size(path)
    try:
        with path.open("rb") as stream:
            return _GgufWalk(path, stream, size).run()
    except OSError as error:
        raise unreadable(path, error) from error


class _GgufWalk:
    """One pass over a GGUF header; every read is checked against the file's size."""

    def __init__(self, path: Path, stream: BinaryIO, size: int) -> None:
        self._path = path
        self._stream = stream
        self._size = size
        self._alignment = 32
        self._pre_tokenizer = ""

    def run(self) -> GgufHeader:
        magic = self._take(4)
        if magic != b"GGUF":
            raise ModelLoadError("{path} is not a GGUF file.", path=self._path)
        version = self._u32()
        if version not in _GGUF_VERSIONS:
            raise ModelLoadError(
                "{path} is a GGUF file of version {version}; versions 2 and 3 can be read.",
                path=self._path,
                version=version,
            )
        n_tensors, n_fields = self._u64(), self._u64()
        # A tensor takes at least 24 bytes of header and a field 12.
        if n_tensors > min(_GGUF_MOST_TENSORS, self._left() // 24) or n_tensors == 0:
            raise self._broken("it claims {n} tensors", n=n_tensors)
        if n_fields > min(_GGUF_MOST_FIELDS, self._left() // 12):
            raise self._broken("it claims {n} fields", n=n_fields)
        keys = [self._field() for _ in range(n_fields)]
        if len(set(keys)) != len(keys):
            raise self._broken("a field occurs twice")
        if b"general.architecture" not in keys:
            raise self._broken("it names no architecture")
        n_elements = self._tensors(n_tensors)
        return GgufHeader(n_tensors, n_elements, self._pre_tokenizer)

    def _field(self) -> bytes:
        key = self._string(_GGUF_MOST_KEY_BYTES)
        kind = self._u32()
        if key == b"general.alignment" and kind == 4:
            self._alignment = self._u32()
            if not 8 <= self._alignment <= 65536 or self._alignment & (self._alignment - 1):
                raise self._broken("its alignment is {n}", n=self._alignment)
        elif key == b"tokenizer.ggml.pre" and kind == _GGUF_STRING:
            self._pre_tokenizer = self._string(_GGUF_MOST_KEY_BYTES).decode("utf-8", "replace")
        else:
            self._value(kind)
        return key

    def _value(self, kind: int) -> None:
        if kind == _GGUF_STRING:
            self._string(self._left())
        elif kind == _GGUF_ARRAY:
            item, count = self._u32(), self._u64()
            self._array(item, count)
        elif kind in _GGUF_SCALAR_BYTES:
            self._skip(_GGUF_SCALAR_BYTES[kind])
        else:
            raise self._broken("it has a field of the unknown type {kind}", kind=kind)

    def _array(self, item: int, count: int) -> None:
        if item == _GGUF_STRING:
            if count > self._left() // 8:
                raise self._broken("it claims a list of {n} texts", n=count)
            for _ in range(count):
                self._string(self._left())
        elif item in _GGUF_SCALAR_BYTES:
            self._skip(_GGUF_SCALAR_BYTES[item] * count)
        else:
            raise self._broken("it has a list of the unknown type {kind}", kind=item)

    def _tensors(self, count: int) -> int:
        """Check the list of tensors; the numbers in all of them."""
        furthest = n_elements = 0
        names = set()
        for _ in range(count):
            names.add(self._string(_GGUF_MOST_KEY_BYTES))
            n_dimensions = self._u32()
            if n_dimensions > _GGUF_MOST_DIMENSIONS:
                raise self._broken("a tensor has {n} dimensions", n=n_dimensions)
            shape = [self._u64() for _ in range(n_dimensions)]
            # The most compact types take above one bit a number.
            n_elements += math.prod(shape)
            if n_elements > 8 * self._size:
                raise self._broken("a tensor has the shape {shape}", shape=shape)
            self._u32()
            furthest = max(furthest, self._u64())
        if len(names) != count:
            raise self._broken("two tensors have the same name")
        start = -(-self._stream.tell() // self._alignment) * self._alignment
        if start + furthest >= self._size:
            raise self._broken("it ends before its last tensor begins")
        return n_elements

    def _string(self, most: int) -> bytes:
        length = self._u64()
        if length > most:
            raise self._broken("it claims a text of {n} bytes", n=length)
        return self._take(length)

    def _u32(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _u64(self) -> int:
        return int.from_bytes(self._take(8), "little")

    def _left(self) -> int:
        return self._size - self._stream.tell()

    def _skip(self, count: int) -> None:
        if count > self._left():
            raise self._broken("it is cut short")
        self._stream.seek(count, 1)

    def _take(self, count: int) -> bytes:
        if count > self._left():
            raise self._broken("it is cut short")
        return self._stream.read(count)

    def _broken(self, why: str, **values: object) -> ModelLoadError:
        return ModelLoadError(
            "{path} is damaged or no GGUF file: {why}.", path=self._path, why=why.format(**values)
        )
