"""What a lesson shows, as a file: a figure or its numbers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from visualizer.engine.errors import UsageError
from visualizer.files import write_atomically
from visualizer.session.export_tables import Table
from visualizer.session.exports import npz_bytes, text_arrays
from visualizer.session.provenance import program_facts
from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.figure_parts import (
    FIGURE_THEMES,
    MARGIN,
    SMALL,
    interface_font,
    line_height,
    one_line,
    scale_to,
)
from visualizer.ui.lessons.page import Exhibit

Kind = Literal["png", "svg", "pdf", "csv", "json", "npz"]
KINDS: tuple[Kind, ...] = ("png", "svg", "pdf", "csv", "json", "npz")
_PIXELS_PER_UNIT = 2


def exhibit_bytes(
    exhibit: Exhibit,
    kind: Kind,
    lesson: str,
    *,
    theme_name: str = "light",
    when: datetime | None = None,
) -> bytes:
    """One exhibit as a file, with the lesson, the program and the time inside.

    Args:
        exhibit: What to write.
        kind: One of KINDS.
        lesson: The lesson's title.
        theme_name: Of a figure, one of FIGURE_THEMES.
        when: Time of the export, now if None.

    Raises:
        UsageError: npz is asked for, and the exhibit has no arrays.
        VisualizerError: The picture is too large to be encoded.
    """
    facts = {**program_facts(when), "lesson": lesson, "title": exhibit.title}
    if kind == "npz":
        if not exhibit.arrays:
            raise UsageError("{title} has no arrays: choose CSV or JSON.", title=exhibit.title)
        return npz_bytes({**exhibit.arrays, **text_arrays(facts)})
    if kind in ("csv", "json"):
        rows = tuple(tuple(row) for row in exhibit.rows)
        table = Table(facts, exhibit.columns, rows)  # type: ignore[arg-type]
        return (table.csv() if kind == "csv" else table.json()).encode("utf-8")
    figure = exhibit_figure(exhibit, lesson, theme_name, facts)
    return figure_bytes(figure, kind, round(figure.size.width() * _PIXELS_PER_UNIT))


def exhibit_figure(exhibit: Exhibit, lesson: str, theme_name: str, facts: dict[str, str]) -> Figure:
    """The exhibit on a sheet of its own, with the lesson named below."""
    theme = FIGURE_THEMES[theme_name]
    foot = line_height(SMALL) + 12
    size = QSizeF(exhibit.size.width() + 2 * MARGIN, exhibit.size.height() + 2 * MARGIN + foot)
    words = one_line(f"{facts['application']} · {lesson}")

    def paint(painter: QPainter, rect: QRectF) -> None:
        painter.save()
        scale_to(painter, rect, size)
        exhibit.paint(painter, QRectF(QPointF(MARGIN, MARGIN), exhibit.size), theme)
        painter.setFont(interface_font(SMALL))
        painter.setPen(QColor(theme.quiet))
        room = size.width() - 2 * MARGIN
        shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room)
        line = QRectF(MARGIN, size.height() - MARGIN - foot + 12, room, foot - 12)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, shown)
        painter.restore()

    return Figure(size, one_line(exhibit.title), facts, theme, paint)


def write_exhibit(exhibit: Exhibit, path: Path, lesson: str, theme_name: str) -> Path:
    """Write an exhibit; the file's ending says as what.

    Raises:
        UsageError: The ending is none of KINDS.
        WriteError: It cannot be written; a file that stood there is as it was.
    """
    ending = path.suffix.lower().lstrip(".")
    kind = next((kind for kind in KINDS if kind == ending), None)
    if kind is None:
        raise UsageError(
            "{path} does not say what to write: give it one of the endings {endings}.",
            path=str(path),
            endings=", ".join(f".{kind}" for kind in KINDS),
        )
    write_atomically(path, exhibit_bytes(exhibit, kind, lesson, theme_name=theme_name))
    return path
