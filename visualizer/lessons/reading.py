"""Reading what the user brings to a lesson: a text, or a small matrix of numbers."""

from __future__ import annotations

import csv
import io
import math
import os

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.files import read_file

Float64Array = npt.NDArray[np.float64]

MOST_TEXT_BYTES = 10_000_000
"""The longest text that a lesson reads."""

TEXT_KIND = f"text in UTF-8, at most {MOST_TEXT_BYTES // 1_000_000} MB"
"""What such a file is, for the help."""

MOST_MATRIX_EDGE = 512
"""The most rows or columns of a matrix that a lesson reads."""

_MOST_CSV_BYTES = 8_000_000


def read_text_file(path: str | os.PathLike[str], most_bytes: int = MOST_TEXT_BYTES) -> str:
    """A text file in UTF-8; every line end becomes a line feed, a byte order mark is dropped.

    Raises:
        VisualizerError: The file is missing, no ordinary file, or cannot be read, is longer than
            `most_bytes`, is not UTF-8, has a zero byte, or holds nothing but white space.
    """
    data = read_file(path, most_bytes)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VisualizerError(
            "{path} is not UTF-8 text: byte {value} at offset {offset} is not allowed there.",
            path=path,
            value=f"0x{data[error.start]:02X}",
            offset=error.start,
        ) from error
    if not text.strip():
        raise VisualizerError("{path} is empty: write some text into it.", path=path)
    if "\0" in text:
        raise VisualizerError(
            "{path} is not a text: there is a zero byte at offset {offset}.",
            path=path,
            offset=data.index(0),
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_matrix(path: str | os.PathLike[str]) -> Float64Array:
    """A matrix of finite numbers from comma-separated values; empty lines are skipped.

    Returns:
        (rows, columns) float64, at least 1 x 1.

    Raises:
        VisualizerError: The file cannot be read, is empty or too large, its rows differ in
            length, or a cell is not a finite number. The sentence names line and column.
    """
    data = read_file(path, _MOST_CSV_BYTES)
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise VisualizerError(
            "{path} is not a table of comma-separated values.", path=path, detail=str(error)
        ) from error
    rows: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        if any(cell.strip() for cell in line):
            rows.append([_number(path, number, i, cell) for i, cell in enumerate(line, start=1)])
            _check_row(path, number, rows)
    if not rows:
        raise VisualizerError("{path} is empty: write a row of numbers into it.", path=path)
    return np.array(rows, np.float64)


def _number(path: str | os.PathLike[str], line: int, column: int, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not cell.isascii() or "_" in cell:
        raise VisualizerError(
            "{path}, line {line}, column {column}: {cell} is not a finite number.",
            path=path,
            line=line,
            column=column,
            cell=repr(cell[:40]),
        )
    return value


def _check_row(path: str | os.PathLike[str], line: int, rows: list[list[float]]) -> None:
    """Raise if the last row differs in length from the first, or there is too much."""
    if len(rows[-1]) != len(rows[0]):
        raise VisualizerError(
            "{path}, line {line}: {found} numbers where the first row has {expected}.",
            path=path,
            line=line,
            found=len(rows[-1]),
            expected=len(rows[0]),
        )
    if max(len(rows), len(rows[0])) > MOST_MATRIX_EDGE:
        raise UsageError(
            "{path} has more than {most} rows or columns, the most that this lesson takes.",
            path=path,
            most=MOST_MATRIX_EDGE,
        )
