"""Words as points of a plane, each with its name beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.lessons.word_map import Float64Array
from visualizer.ui.figure_parts import TEXT, interface_font, scale_to
from visualizer.ui.theme import SPACE_PX, Theme, current_theme

_POINT_PX = 3.5
FIGURE_SIZE = QSizeF(480, 360)


@dataclass(frozen=True, eq=False)
class NamedPoints:
    """What a WordMap draws.

    Attributes:
        words: n of them.
        points: (n, 2) float64.
        chosen: Which one is marked, -1 for none.
    """

    words: tuple[str, ...]
    points: Float64Array
    chosen: int = -1


class WordMap(QWidget):
    """Draws NamedPoints; both axes have the same scale, so that distances can be compared."""

    def __init__(self, parent: QWidget | None = None, *, title: str = "") -> None:
        super().__init__(parent)
        self._points: NamedPoints | None = None
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_points(self, points: NamedPoints | None) -> None:
        """Draw others, or none."""
        self._points = points
        words = () if points is None else points.words
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def points(self) -> NamedPoints | None:
        """What is drawn."""
        return self._points

    def sizeHint(self) -> QSize:
        return QSize(90 * SPACE_PX, 60 * SPACE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(60 * SPACE_PX, 40 * SPACE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._points is not None:
            painter = QPainter(self)
            paint_word_map(painter, QRectF(self.rect()), self._points, current_theme())
            painter.end()


def paint_word_map(painter: QPainter, rect: QRectF, named: NamedPoints, theme: Theme) -> None:
    """Paint points with their names into a rectangle, in the painter's font."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QPen(QColor(theme.line), 1))
    frame = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRect(frame)
    widest = max((metrics.horizontalAdvance(word) for word in named.words), default=0.0)
    room = frame.adjusted(3 * SPACE_PX, 3 * SPACE_PX, -widest - 3 * SPACE_PX, -3 * SPACE_PX)
    places = _places(named.points, room)
    height = metrics.height()
    taken = [
        QRectF(place.x() - _POINT_PX, place.y() - _POINT_PX, 2 * _POINT_PX, 2 * _POINT_PX)
        for place in places
    ]
    for number, (word, place) in enumerate(zip(named.words, places, strict=True)):
        is_chosen = number == named.chosen
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.query if is_chosen else theme.accent))
        painter.drawEllipse(place, _POINT_PX, _POINT_PX)
        name = _free_place(place, QSizeF(metrics.horizontalAdvance(word) + 1, height), taken, frame)
        if abs(name.center().y() - place.y()) > height:
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(place, QPointF(name.left(), name.center().y()))
        taken.append(name)
        painter.setPen(QColor(theme.query if is_chosen else theme.ink))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, word)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_word_map_figure(
    named: NamedPoints, painter: QPainter, rect: QRectF, theme: Theme
) -> None:
    """The same as a figure of FIGURE_SIZE units, as large as fits into `rect`."""
    painter.save()
    scale_to(painter, rect, FIGURE_SIZE)
    painter.setFont(interface_font(TEXT))
    paint_word_map(painter, QRectF(QPointF(0, 0), FIGURE_SIZE), named, theme)
    painter.restore()


def _free_place(place: QPointF, size: QSizeF, taken: list[QRectF], frame: QRectF) -> QRectF:
    """Where a name has room: beside its point, else above or below that, ever further."""
    gap = 1.5 * SPACE_PX
    right, left = place.x() + gap, place.x() - gap - size.width()
    for lines in (0.0, *(sign * n / 2 for n in range(1, 25) for sign in (-1, 1))):
        for x in (right, left):
            name = QRectF(QPointF(x, place.y() - size.height() * (0.5 - lines)), size)
            if frame.contains(name) and not any(name.intersects(other) for other in taken):
                return name
    return QRectF(QPointF(right, place.y() - size.height() / 2), size)


def _places(points: Float64Array, room: QRectF) -> list[QPointF]:
    """Where the points are drawn: one scale for both axes, upwards as usual."""
    low, high = points.min(axis=0), points.max(axis=0)  # (2,), (2,)
    extent = np.maximum(high - low, 1e-12)  # (2,)
    scale = min(room.width() / extent[0], room.height() / extent[1])
    middle = (low + high) / 2  # (2,)
    centre = room.center()
    return [
        QPointF(centre.x() + (x - middle[0]) * scale, centre.y() - (y - middle[1]) * scale)
        for x, y in points.tolist()
    ]
