"""What a GGUF file says of itself, read and checked before any loader opens it. No torch.

A few bytes of header can ask for any number of layers, tokens or experts. What is claimed is
therefore compared with what the file holds: its size first, then the tensors that it lists.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.headers import regular_size, unreadable

GgufValue = bool | int | float | str | tuple[bool | int | float | str, ...]
"""A metadata field; lists are tuples."""

_MOST_DIMENSIONS = 4
_MOST_TENSORS = 100_000
_MOST_FIELDS = 10_000
_MOST_KEY_BYTES = 4096
_MOST_TEXT_BYTES = 1 << 26  # a whole tokenizer.json can be a field
_MOST_ITEMS = 1 << 23
_MOST_PARTS = 10_000
_MOST_CONTEXT = 1 << 27
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_SCALARS: Mapping[int, str] = {
    0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4",
    6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8",
}  # fmt: skip
_PART_NAME = re.compile(r"(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.I | re.S)
_BLOCK = re.compile(r"(?:enc\.|dec\.)?blk\.(\d+)\.")


@dataclass(frozen=True)
class GgufTensor:
    """One tensor of a GGUF file.

    Attributes:
        shape: Its dimensions, the slowest first, as in torch.
        kind: The number of its type in ggml.
        file: The file that holds it.
        offset: Where its first byte is in that file.
    """

    shape: tuple[int, ...]
    kind: int
    file: Path
    offset: int

    @property
    def n_elements(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file, or all parts of a split one, says of itself.

    Attributes:
        fields: Every metadata field; those of a split file are its first part's.
        tensors: Every tensor by name.
        files: The file, or all parts in their order.
    """

    fields: Mapping[str, GgufValue]
    tensors: Mapping[str, GgufTensor]
    files: tuple[Path, ...]

    @property
    def n_tensors(self) -> int:
        """How many tensors it holds."""
        return len(self.tensors)

    @property
    def n_elements(self) -> int:
        """Numbers in all tensors."""
        return sum(tensor.n_elements for tensor in self.tensors.values())

    @property
    def architecture(self) -> str:
        """`general.architecture`."""
        return str(self.fields["general.architecture"])

    @property
    def pre_tokenizer(self) -> str:
        """`tokenizer.ggml.pre`, how text is split before merges; "" if not said."""
        return str(self.fields.get("tokenizer.ggml.pre", ""))


def read_gguf_header(path: Path) -> GgufHeader:
    """Walk a GGUF file's header, and those of its other parts if it is split.

    Counts, lengths and dimensions are compared with the bytes that are left, so that no later
    reader can be made to ask for memory that the file does not warrant; numbers of layers, heads,
    tokens and experts are compared with the tensors.

    Raises:
        ModelLoadError: Not a GGUF file, of another version, cut short or inconsistent; or a part
            of a split file is missing.

    Source:
        https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
    """
    first = _read_file(path)
    n_parts = _count(first.fields, "split.count") or 1
    header = first if n_parts == 1 else _joined(path, n_parts)
    if not isinstance(header.fields.get("general.architecture"), str):
        raise _broken(path, "it names no architecture")
    _check_claims(path, header)
    return header


def _read_file(path: Path) -> GgufHeader:
    size = regular_size(path)
    try:
        with path.open("rb") as stream:
            return _Walk(path, stream, size).run()
    except OSError as error:
        raise unreadable(path, error) from error


def _joined(path: Path, n_parts: int) -> GgufHeader:
    """All parts of a split file, found by their names beside the one that was opened."""
    name = _PART_NAME.fullmatch(path.name)
    if name is None or int(name["count"]) != n_parts or n_parts > _MOST_PARTS:
        raise ModelLoadError(
            "{path} is one of {n} parts of a model, and its name does not say which: name the "
            "parts as they were, ending in -00001-of-{n:05d}.gguf and so on.",
            path=path,
            n=n_parts,
        )
    files = [
        path.with_name(f"{name['stem']}-{number:05d}-of-{name['count']}{path.suffix}")
        for number in range(1, n_parts + 1)
    ]
    for file in files:
        if not file.is_file():
            raise ModelLoadError(
                "{path} is part {number} of {n} of a model, and {missing} does not lie beside it. "
                "Put all parts into one folder.",
                path=path,
                number=int(name["number"]),
                n=n_parts,
                missing=file.name,
            )
    parts = [_read_file(file) for file in files]
    tensors: dict[str, GgufTensor] = {}
    for number, (file, part) in enumerate(zip(files, parts, strict=True)):
        place = (_count(part.fields, "split.no"), _count(part.fields, "split.count"))
        if place != (number, n_parts) or tensors.keys() & part.tensors.keys():
            raise ModelLoadError(
                "{path} is not part {number} of the model that {first} begins. Fetch its parts "
                "again.",
                path=file,
                number=number + 1,
                first=files[0].name,
            )
        tensors.update(part.tensors)
    total = parts[0].fields.get("split.tensors.count", len(tensors))
    if total != len(tensors):
        raise _broken(path, "its parts hold {n} of {total} tensors", n=len(tensors), total=total)
    return GgufHeader(parts[0].fields, tensors, tuple(files))


def _check_claims(path: Path, header: GgufHeader) -> None:
    """Compare the sizes that decide how much is built with the tensors that are there."""
    fields, arch = header.fields, header.architecture
    blocks = {int(found[1]) for name in header.tensors if (found := _BLOCK.match(name))}
    n_blocks = fields.get(f"{arch}.block_count")
    first_missing = next(n for n in range(len(blocks) + 1) if n not in blocks)
    if n_blocks is not None and not n_blocks == len(blocks) == first_missing:
        raise ModelLoadError(
            "{path} says that its model has {n} layers, and holds the weights of {found}: {layer} "
            "is the first that is not there. Fetch or convert the model again.",
            path=path,
            n=n_blocks,
            found=len(blocks),
            layer=f"blk.{first_missing}",
        )
    embedding = header.tensors.get("token_embd.weight")
    if embedding is None or len(embedding.shape) != 2:
        return  # no model that could be built
    rows, width = embedding.shape
    tokens = fields.get("tokenizer.ggml.tokens")
    limits = {
        "context_length": _MOST_CONTEXT,
        "vocab_size": rows,
        "embedding_length": width,
        "attention.head_count": width,
        "attention.head_count_kv": width,
        "expert_count": _most_experts(header),
        "expert_used_count": _most_experts(header),
    }
    claims: dict[str, object] = {key: fields.get(f"{arch}.{key}") for key in limits}
    limits["tokens"], claims["tokens"] = rows, len(tokens) if isinstance(tokens, tuple) else None
    for key, most in limits.items():
        claim = claims[key]
        for value in claim if isinstance(claim, tuple) else (claim,):
            if value is not None and not (type(value) is int and 0 <= value <= most):
                raise ModelLoadError(
                    "{path} says {key} = {value}, and what it holds allows {most} at most. Fetch "
                    "or convert the model again.",
                    path=path,
                    key=key,
                    value=str(value)[:80],
                    most=most,
                )


def _most_experts(header: GgufHeader) -> int:
    """The experts that some layer has weights for: those its router chooses from."""
    routers = (t for name, t in header.tensors.items() if name.endswith(".ffn_gate_inp.weight"))
    return max((router.shape[0] for router in routers if router.shape), default=0)


def _count(fields: Mapping[str, GgufValue], key: str) -> int | None:
    value = fields.get(key)
    return value if type(value) is int and value >= 0 else None


def _broken(path: Path, why: str, **values: object) -> ModelLoadError:
    return ModelLoadError(
        "{path} is damaged or no GGUF file: {why}.", path=path, why=why.format(**values)
    )


class _Walk:
    """One pass over a GGUF header; every read is checked against the file's size."""

    def __init__(self, path: Path, stream: BinaryIO, size: int) -> None:
        self._path = path
        self._stream = stream
        self._size = size

    def run(self) -> GgufHeader:
        if self._take(4) != b"GGUF":
            raise ModelLoadError("{path} is not a GGUF file.", path=self._path)
        version = self._u32()
        if version not in _VERSIONS:
            raise ModelLoadError(
                "{path} is a GGUF file of version {version}; versions 2 and 3 can be read.",
                path=self._path,
                version=version,
            )
        n_tensors, n_fields = self._u64(), self._u64()
        # A tensor takes at least 24 bytes of header and a field 12.
        if n_tensors > min(_MOST_TENSORS, self._left() // 24):
            raise self._broken("it claims {n} tensors", n=n_tensors)
        if n_fields > min(_MOST_FIELDS, self._left() // 12):
            raise self._broken("it claims {n} fields", n=n_fields)
        fields: dict[str, GgufValue] = {}
        for _ in range(n_fields):
            key = self._text(_MOST_KEY_BYTES)
            if key in fields:
                raise self._broken("a field occurs twice")
            fields[key] = self._value(self._u32())
        if n_tensors == 0 and _count(fields, "split.count") in (None, 1):
            raise self._broken("it claims {n} tensors", n=0)
        alignment = _count(fields, "general.alignment")
        if alignment is None:
            alignment = 32
        if not 8 <= alignment <= 65536 or alignment & (alignment - 1):
            raise self._broken("its alignment is {n}", n=alignment)
        return GgufHeader(fields, self._tensors(n_tensors, alignment), (self._path,))

    def _value(self, kind: int) -> GgufValue:
        if kind == _STRING:
            return self._text(_MOST_TEXT_BYTES)
        if kind != _ARRAY:
            return self._scalars(kind, 1)[0]
        item, count = self._u32(), self._u64()
        if count > _MOST_ITEMS:
            raise self._broken("it claims a list of {n} values", n=count)
        if item != _STRING:
            return self._scalars(item, count)
        if count > self._left() // 8:
            raise self._broken("it claims a list of {n} texts", n=count)
        return tuple(self._text(_MOST_TEXT_BYTES) for _ in range(count))

    def _scalars(self, kind: int, count: int) -> tuple[bool | int | float, ...]:
        if kind not in _SCALARS:
            raise self._broken("it has a field of the unknown type {kind}", kind=kind)
        numbers = np.dtype(_SCALARS[kind])
        return tuple(np.frombuffer(self._take(count * numbers.itemsize), numbers).tolist())

    def _tensors(self, count: int, alignment: int) -> dict[str, GgufTensor]:
        """Check and list the tensors."""
        n_elements = 0
        tensors: dict[str, GgufTensor] = {}
        for _ in range(count):
            name = self._text(_MOST_KEY_BYTES)
            n_dimensions = self._u32()
            if n_dimensions > _MOST_DIMENSIONS:
                raise self._broken("a tensor has {n} dimensions", n=n_dimensions)
            shape = [self._u64() for _ in range(n_dimensions)]
            # The most compact types take above one bit a number.
            n_elements += math.prod(shape)
            if n_elements > 8 * self._size:
                raise self._broken("a tensor has the shape {shape}", shape=shape)
            if name in tensors:
                raise self._broken("two tensors have the same name")
            kind, offset = self._u32(), self._u64()
            tensors[name] = GgufTensor(tuple(reversed(shape)), kind, self._path, offset)
        start = -(-self._stream.tell() // alignment) * alignment
        if any(start + tensor.offset >= self._size for tensor in tensors.values()):
            raise self._broken("it ends before its last tensor begins")
        return {
            name: GgufTensor(tensor.shape, tensor.kind, self._path, start + tensor.offset)
            for name, tensor in tensors.items()
        }

    def _text(self, most: int) -> str:
        length = self._u64()
        if length > most:
            raise self._broken("it claims a text of {n} bytes", n=length)
        # Tokens are UTF-8 in every file; a broken byte in a title is no reason to refuse one.
        return self._take(length).decode("utf-8", "replace")

    def _u32(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _u64(self) -> int:
        return int.from_bytes(self._take(8), "little")

    def _left(self) -> int:
        return self._size - self._stream.tell()

    def _take(self, count: int) -> bytes:
        if count > self._left():
            raise self._broken("it is cut short")
        return self._stream.read(count)

    def _broken(self, why: str, **values: object) -> ModelLoadError:
        return _broken(self._path, why, **values)
