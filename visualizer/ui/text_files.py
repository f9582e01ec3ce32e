"""Reading a file the user wants to see as a prompt, whatever its bytes are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from visualizer.engine.errors import VisualizerError
from visualizer.files import read_file

MOST_BYTES = 4_000_000
"""Largest file taken as a prompt: about a million tokens, far more than any model here reads."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")
_GUESSES = ("gb18030", "windows-1252")


class TextFileError(VisualizerError):
    """The file is not one that can be opened as text."""


class UnknownEncodingError(TextFileError):
    """The file looks like text, but not in UTF-8.

    Attributes:
        path: The file.
        encodings: Those in which all of its bytes have a meaning; the user knows which is right.
    """

    def __init__(self, path: Path, encodings: tuple[str, ...]) -> None:
        super().__init__(
            "{name} is not UTF-8. Choose the encoding it was written in.", name=path.name
        )
        self.path = path
        self.encodings = encodings


@dataclass(frozen=True)
class TextFile:
    r"""A file as text.

    Attributes:
        text: With line ends as "\n".
        encoding: How it was decoded.
        had_other_line_ends: Whether line ends were changed to "\n".
    """

    text: str
    encoding: str
    had_other_line_ends: bool


def read_text_file(path: Path, encoding: str | None = None) -> TextFile:
    """Read `path` as text.

    Args:
        path: The file.
        encoding: As chosen by the user; None to find out.

    Raises:
        UnknownEncodingError: It is not UTF-8 or UTF-16; the user has to choose.
        TextFileError: It is no text, or not in that encoding.
        ReadError: It is missing, no ordinary file, not readable, or too large.
    """
    data = read_file(path, MOST_BYTES)
    if encoding is None:
        encoding = _detect(path, data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise TextFileError(
            "{name} cannot be read as {encoding}.",
            name=path.name,
            encoding=encoding,
            detail=str(error),
        ) from error
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return TextFile(plain, encoding, had_other_line_ends=plain != text)


def _detect(path: Path, data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if not _looks_binary(data):
        if _decodes(data, "utf-8"):
            return "utf-8"
        encodings = tuple(guess for guess in _GUESSES if _decodes(data, guess))
        if encodings:
            raise UnknownEncodingError(path, encodings)
    for encoding in ("utf-16-le", "utf-16-be"):
        if _looks_like_utf16(data, encoding):
            return encoding
    raise TextFileError(
        "{name} is not a text file. Text files can be opened, and figures, tables and views that "
        "were exported here.",
        name=path.name,
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _looks_binary(data: bytes) -> bool:
    """Whether control characters occur that no text holds."""
    return any(byte < 32 and byte not in _TEXT_CONTROLS for byte in set(data))


def _looks_like_utf16(data: bytes, encoding: str) -> bool:
    """Whether a text without a byte order mark has ASCII in every other byte, as UTF-16 does."""
    if len(data) < 4 or len(data) % 2 or not _decodes(data, encoding):
        return False
    low, high = (0, 1) if encoding == "utf-16-le" else (1, 0)
    n_zero_high = data[high::2].count(0)
    return n_zero_high > 0.4 * (len(data) // 2) and not _looks_binary(data[low::2])
