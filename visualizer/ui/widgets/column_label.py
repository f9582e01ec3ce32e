"""A label above a narrow column: it reads upwards, but characters as wide as high stay upright."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

_WHOLE = Qt.TextFlag.TextDontClip  # it is cut with "…" already
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | _WHOLE
_CENTRE = Qt.AlignmentFlag.AlignCenter | _WHOLE
_CUT = "⋮"


def stacks(text: str) -> bool:
    """Whether a text can be read from top to bottom, as Chinese is: turned, 一 would be 丨."""
    return bool(text) and all(
        unicodedata.east_asian_width(char) == "W" and unicodedata.category(char) in ("Lo", "Nl")
        for char in text
    )


def draw_column_label(
    painter: QPainter, middle: float, bottom: float, room: float, text: str
) -> None:
    """Draw a label that ends at `bottom`, in the painter's font and pen.

    Args:
        painter: Of any device; text stays text.
        middle: Of the column.
        bottom: Of the label.
        room: Height that it may take; what is longer is cut.
        text: A line.
    """
    metrics = QFontMetricsF(painter.font())
    height = metrics.height()
    if not stacks(text):
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 0.5)
        painter.save()
        painter.translate(QPointF(middle, bottom))
        painter.rotate(-90)
        painter.drawText(QRectF(0, -height / 2, room, height), _LEFT, shown)
        painter.restore()
        return
    step = metrics.horizontalAdvance(text[0])  # these are square
    n_fit = max(int((room + 0.5) / step), 1)
    shown = text if len(text) <= n_fit else text[: n_fit - 1] + _CUT
    top = bottom - len(shown) * step
    for place, char in enumerate(shown):
        centre = top + (place + 0.5) * step
        painter.drawText(
            QRectF(middle - step, centre - height / 2, 2 * step, height), _CENTRE, char
        )
