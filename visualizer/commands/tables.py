"""Tables for a terminal, straight also with East Asian and combining characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def display_width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    width = 0
    for character in text:
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Lay out cells in columns two spaces apart.

    Args:
        header: Names of the columns.
        rows: Cells, as many in each row as the header has.
        align: A letter for each column, "<" or ">".
    """
    lines = [header, *rows]
    widths = [max(display_width(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(
            _padded(cell, width, side)
            for cell, width, side in zip(line, widths, align, strict=True)
        ).rstrip()
        for line in lines
    )


def bar(share: float, width: int = 20) -> str:
    """A bar in eighths of a column; `share` is from 0 to 1."""
    eighths = round(share * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + " ▏▎▍▌▋▊▉"[rest].strip()


def _padded(cell: str, width: int, side: str) -> str:
    space = " " * (width - display_width(cell))
    return space + cell if side == ">" else cell + space
