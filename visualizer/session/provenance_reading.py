"""Reading back what exported files say of themselves: PNG, SVG, PDF, NPZ, CSV and JSON.

Files come from anywhere: nothing in them is trusted, no part is read or unfolded without a limit,
each in time that grows with the file only, and a file of another program is an answer, not a fault.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

import numpy as np

from visualizer.engine.errors import VisualizerError
from visualizer.files import read_file
from visualizer.session.provenance import SVG_METADATA_NAMESPACE, XMP_NAMESPACE
from visualizer.session.view_file import (
    MOST_CHARS,
    ViewFileError,
    ViewRequest,
    is_view_document,
    read_view_document,
    request_from_facts,
)

MOST_BYTES = 256_000_000
"""Largest file that is searched for its facts."""
MOST_FACTS_BYTES = 40_000_000
"""Most that the facts themselves may take, unpacked."""
_MOST_PARTS = 10_000  # chunks of a PNG, elements of an SVG, arrays of an NPZ: ours have far fewer

_PNG = b"\x89PNG\r\n\x1a\n"
_FIRST_KEY = re.compile(r'\s*\{\s*"provenance"\s*:\s*')
_PACKED = (_PNG, b"%PDF", b"PK\x03\x04")


class NoViewError(VisualizerError):
    """The file is not one that this program exported, or has lost what it said of itself.

    Attributes:
        is_text: Whether the file may be one to be read as text.
    """

    def __init__(self, path: Path, *, is_text: bool) -> None:
        super().__init__(
            "{name} carries no view of this program. Text files can be opened, and figures, tables "
            "and views that were exported here.",
            name=path.name or str(path),
        )
        self.is_text = is_text


class _Nothing(Exception):
    """There are no facts in the file."""


def read_view(path: Path) -> ViewRequest:
    """The view that a file carries: a view document, or anything exported.

    Raises:
        NoViewError: It carries none.
        ViewFileError: It carries one that makes no sense, or of a later program.
        ReadError: It cannot be read.
    """
    data = read_file(path, MOST_BYTES)
    with _broken_is_no_view(path, data):
        if _may_be_json(data) and len(data) <= MOST_CHARS:
            text = data.decode("utf-8-sig")
            with contextlib.suppress(ValueError):
                if is_view_document(json.loads(text)):
                    return read_view_document(text)
        facts = _facts(data)
        if "view" not in facts and "prompt" not in facts:
            raise _Nothing
        try:
            return request_from_facts(facts)
        except ViewFileError as error:
            error.add_note(f"in {path}")
            raise


def read_provenance(path: Path) -> dict[str, str]:
    """What an exported file says of where its numbers come from, text by name.

    Raises:
        NoViewError: It says nothing that this program wrote.
        ReadError: It cannot be read.
    """
    data = read_file(path, MOST_BYTES)
    with _broken_is_no_view(path, data):
        return _facts(data)


@contextlib.contextmanager
def _broken_is_no_view(path: Path, data: bytes) -> Iterator[None]:
    """Say of a file that is cut, changed or of another program that it carries no view.

    Whatever a format's own library raises for such a file counts: no list of kinds is complete.
    """
    try:
        yield
    except VisualizerError:
        raise
    except Exception as error:
        raise NoViewError(path, is_text=not data.startswith(_PACKED)) from error


def _facts(data: bytes) -> dict[str, str]:
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(_PNG):
        text = _png_facts(io.BytesIO(data))
    elif start.startswith(b"%PDF-"):
        text = _pdf_facts(data)
    elif data.startswith(b"PK\x03\x04"):
        text = _npz_facts(data)
    elif start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):  # the last two: UTF-16
        text = _element_text(data, f"{SVG_METADATA_NAMESPACE} provenance")
    elif start.startswith(b"# {"):
        text = _csv_facts(data)
    else:
        return _checked(_json_facts(data))
    if len(text) > MOST_FACTS_BYTES:
        raise _Nothing
    return _checked(json.loads(text))


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
    for _ in range(_MOST_PARTS):
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
    raise _Nothing


def _unpacked(data: bytes) -> bytes:
    worker = zlib.decompressobj()
    text = worker.decompress(data, MOST_FACTS_BYTES)
    if worker.unconsumed_tail:
        raise _Nothing
    return text


def _pdf_facts(data: bytes) -> str:
    """Text in the first XMP packet; found by its two ends, in one pass."""
    begin = data.index(b"<x:xmpmeta")
    closing = b"</x:xmpmeta>"
    packet = data[begin : data.index(closing, begin) + len(closing)]
    return _element_text(packet, f"{XMP_NAMESPACE} provenance")


def _element_text(data: bytes, name: str) -> str:
    """Text of the first element of a name; entities, which can unfold without end, are refused.

    Read as a stream and left at the end of that element: a tree of the whole file would be many
    times as large as it is. Given to the parser at once, because older versions of it take
    quadratic time for a long token that comes in pieces.

    Args:
        data: XML in any encoding.
        name: Namespace, space, name.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    found: list[str] = []
    n_elements = 0

    def on_start(tag: str, _attributes: Any) -> None:
        nonlocal n_elements
        n_elements += 1
        if n_elements > _MOST_PARTS:
            raise _Nothing
        if tag == name:
            parser.CharacterDataHandler = found.append

    def on_end(tag: str) -> None:
        if tag == name:
            raise _Found

    def on_entity(*_declaration: Any) -> None:
        raise _Nothing

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.EntityDeclHandler = on_entity
    with contextlib.suppress(_Found):
        parser.Parse(data, True)
        raise _Nothing
    return "".join(found)


class _Found(Exception):
    """The element is complete: the rest of the file is of no interest."""


def _npz_facts(data: bytes) -> str:
    if data.count(b"PK\x01\x02") > _MOST_PARTS:  # an entry of the directory each, at least
        raise _Nothing
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
    entry = archive.getinfo(name)
    is_ours = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not is_ours or entry.file_size > 4 * MOST_FACTS_BYTES:  # four bytes a character
        raise _Nothing
    with archive.open(name) as member:
        data = member.read(4 * MOST_FACTS_BYTES)
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


def _may_be_json(data: bytes) -> bool:
    return data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _json_facts(data: bytes) -> object:
    """The value of "provenance"; it is the first, so that the numbers after it are not parsed."""
    if not _may_be_json(data):
        raise _Nothing
    text = data.decode("utf-8-sig")
    begin = _FIRST_KEY.match(text)
    if begin is not None:
        return json.JSONDecoder().raw_decode(text[: begin.end() + MOST_FACTS_BYTES], begin.end())[0]
    if len(data) > MOST_FACTS_BYTES:
        raise _Nothing
    return json.loads(text)["provenance"]
