"""Reading back what exported files say of themselves: PNG, SVG, PDF, NPZ, CSV and JSON.

Files come from anywhere: nothing in them is trusted, no part is read without a limit, and a file
of another program is an answer, not a fault.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np

from visualizer.engine.errors import VisualizerError
from visualizer.session.provenance import SVG_METADATA_NAMESPACE, XMP_NAMESPACE
from visualizer.session.view_file import (
    ViewFileError,
    ViewRequest,
    is_view_document,
    read_view_document,
    request_from_facts,
)

MOST_BYTES = 256_000_000
"""Largest file that is searched for its facts."""
MOST_FACTS_BYTES = 64_000_000
"""Most that the facts themselves may take, unpacked."""

_PNG = b"\x89PNG\r\n\x1a\n"
_PACKET = re.compile(rb"<x:xmpmeta\b.*?</x:xmpmeta>", re.DOTALL)
_PACKED = (_PNG, b"%PDF", b"PK\x03\x04")


class NoViewError(VisualizerError):
    """The file is not one that this program exported, or has lost what it said of itself.

    Attributes:
        is_text: Whether the file may be one to be read as text.
    """

    def __init__(self, path: Path, *, is_text: bool) -> None:
        super().__init__("{name} carries no view of this program.", name=path.name or str(path))
        self.is_text = is_text


class _Nothing(Exception):
    """There are no facts in the file."""


_BROKEN = (
    _Nothing,
    ValueError,
    RecursionError,
    KeyError,
    IndexError,
    EOFError,
    OSError,
    MemoryError,
    NotImplementedError,
    zlib.error,
    zipfile.BadZipFile,
    struct.error,
    ElementTree.ParseError,
)
"""What the readers below raise for files that are cut, changed or of another program."""


def read_view(path: Path) -> ViewRequest:
    """The view that a file carries: a view document, or anything exported.

    Raises:
        NoViewError: It carries none.
        ViewFileError: It carries one that makes no sense, or of a later program.
        VisualizerError: It cannot be read.
    """
    data = _data(path)
    try:
        text = _json_of(data)
        if text is not None and is_view_document(json.loads(text)):
            return read_view_document(text)
    except (ValueError, RecursionError):
        pass
    facts = _facts(path, data)
    if "view" not in facts and "prompt" not in facts:
        raise NoViewError(path, is_text=_may_be_text(data))
    try:
        return request_from_facts(facts)
    except ViewFileError as error:
        error.add_note(f"in {path}")
        raise


def read_provenance(path: Path) -> dict[str, str]:
    """What an exported file says of where its numbers come from, text by name.

    Raises:
        NoViewError: It says nothing that this program wrote.
        VisualizerError: It cannot be read.
    """
    return _facts(path, _data(path))


def _data(path: Path) -> bytes:
    try:
        if not path.is_file():  # also a pipe or a device, which might never end
            raise VisualizerError("There is no file {path}.", path=str(path))
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise VisualizerError(
            "{path} cannot be read: {reason}.", path=str(path), reason=reason
        ) from error
    if len(data) > MOST_BYTES:
        raise NoViewError(path, is_text=_may_be_text(data))
    return data


def _facts(path: Path, data: bytes) -> dict[str, str]:
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        if data.startswith(_PNG):
            text = _png_facts(io.BytesIO(data))
        elif start.startswith(b"%PDF-"):
            text = _pdf_facts(data)
        elif data.startswith(b"PK\x03\x04"):
            text = _npz_facts(data)
        elif start.startswith(b"<"):
            text = _svg_facts(data)
        elif start.startswith(b"# {"):
            text = _csv_facts(data)
        else:
            text = _json_facts(data)
        return _checked(json.loads(text))
    except (
        _Nothing,
        ValueError,
        RecursionError,
        KeyError,
        EOFError,
        OSError,
        MemoryError,
    ) as error:
        raise NoViewError(path, is_text=_may_be_text(data)) from error
    except (zlib.error, zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise NoViewError(path, is_text=False) from error
    except ElementTree.ParseError as error:
        raise NoViewError(path, is_text=True) from error


def _may_be_text(data: bytes) -> bool:
    return not data.startswith(_PACKED)


def _checked(facts: object) -> dict[str, str]:
    """The facts, of which there is at least the program's name."""
    if not isinstance(facts, dict) or not all(isinstance(text, str) for text in facts.values()):
        raise _Nothing
    if not str(facts.get("application", "")).startswith("visualizer "):
        raise _Nothing
    return facts


# -------------------------------------------------------------------------------- each kind


def _png_facts(stream: BinaryIO) -> str:
    """Text under the keyword "provenance". Source: Portable Network Graphics, third edition."""
    stream.read(len(_PNG))
    while True:
        length, kind = struct.unpack(">I4s", stream.read(8))
        body, checksum = stream.read(length), stream.read(4)
        if len(body) != length or checksum != struct.pack(">I", zlib.crc32(kind + body)):
            raise _Nothing
        if kind == b"IEND":
            raise _Nothing
        keyword, _, rest = body.partition(b"\0")
        if keyword != b"provenance":
            continue
        if kind == b"tEXt":
            return rest.decode("latin-1")
        if kind == b"zTXt" and rest[:1] == b"\0":
            return _unpacked(rest[1:]).decode("latin-1")
        if kind == b"iTXt":
            packed, _, rest = rest[:1] == b"\1", rest[:2], rest[2:]
            text = rest.split(b"\0", 2)[2]
            return (_unpacked(text) if packed else text).decode("utf-8")


def _unpacked(data: bytes) -> bytes:
    worker = zlib.decompressobj()
    text = worker.decompress(data, MOST_FACTS_BYTES)
    if worker.unconsumed_tail:
        raise _Nothing
    return text


def _pdf_facts(data: bytes) -> str:
    packet = _PACKET.search(data)
    if packet is None:
        raise _Nothing
    return _element_text(packet.group(), f"{{{XMP_NAMESPACE}}}provenance")


def _svg_facts(data: bytes) -> str:
    return _element_text(data, f"{{{SVG_METADATA_NAMESPACE}}}provenance")


def _element_text(data: bytes, tag: str) -> str:
    """Text of the first such element; entities, which can unfold without end, are refused."""
    if b"<!ENTITY" in data or b"<\0!" in data:
        raise _Nothing
    for _, element in ElementTree.iterparse(io.BytesIO(data), events=("end",)):
        if element.tag == tag:
            return element.text or ""
    raise _Nothing


def _npz_facts(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if "provenance.npy" in names:
            return _npy_text(archive, "provenance.npy")
        # Before there was one text with all facts, each had an array of its own.
        texts = {}
        for name in ("application", "model", "prompt", "layer", "head", "weights_sha256"):
            if f"{name}.npy" in names:
                texts[name] = _npy_text(archive, f"{name}.npy")
    return json.dumps(texts)


def _npy_text(archive: zipfile.ZipFile, name: str) -> str:
    """A text that is an array of no dimension; its size is checked before it is unpacked."""
    if archive.getinfo(name).file_size > MOST_FACTS_BYTES:
        raise _Nothing
    with archive.open(name) as member:
        data = member.read(MOST_FACTS_BYTES)
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, _, kind = read(stream)
    if shape != () or kind.kind != "U" or kind.itemsize > len(data):
        raise _Nothing
    return str(np.frombuffer(data, kind, 1, stream.tell())[0])


def _csv_facts(data: bytes) -> str:
    line = data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    return line.decode("utf-8").removeprefix("# ").rstrip("\r")


def _json_of(data: bytes) -> str | None:
    """The file as text if it may be a JSON object, else None."""
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    return data.decode("utf-8-sig") if start.startswith(b"{") else None


def _json_facts(data: bytes) -> str:
    text = _json_of(data)
    value = json.loads(text) if text is not None else None
    if not isinstance(value, dict) or not isinstance(value.get("provenance"), dict):
        raise _Nothing
    return json.dumps(value["provenance"])
