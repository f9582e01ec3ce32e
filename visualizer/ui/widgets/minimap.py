"""A small picture of a whole map, with the part that is in sight outlined."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from visualizer.session.state import Region
from visualizer.ui.theme import current_theme

EDGE_PX = 96
"""Of the longer side, frame included."""
FRAME_PX = 1
_LEAST_OUTLINE_PX = 4.0


class Minimap(QWidget):
    """Shows where one is on a zoomed map, and takes one elsewhere.

    Signals:
        place_chosen: The place that was clicked or dragged to. (column: float, row: float)
    """

    place_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._whole: Region = (0, 1, 0, 1)
        self._in_sight: Region = (0, 1, 0, 1)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("The whole map, with the part in sight outlined"))
        self.setToolTip(self.tr("The whole map. Click or drag to move the part in sight."))
        self.hide()

    def set_map(self, image: QImage, whole: Region) -> None:
        """Show another map.

        Args:
            image: All of it, in device pixels.
            whole: Its units.
        """
        self._image, self._whole = image, whole
        scale = image.devicePixelRatio()
        width, height = image.width() / scale, image.height() / scale
        self.resize(round(width) + 2 * FRAME_PX, round(height) + 2 * FRAME_PX)
        self.update()

    def set_in_sight(self, region: Region) -> None:
        """Outline another part. In units."""
        if region != self._in_sight:
            self._in_sight = region
            self.update()

    def picture_area(self) -> QRectF:
        """The picture without its frame, in logical pixels."""
        return QRectF(self.rect()).adjusted(FRAME_PX, FRAME_PX, -FRAME_PX, -FRAME_PX)

    def outline(self) -> QRectF:
        """The part in sight, large enough to be seen, inside the picture."""
        area = self.picture_area()
        first_row, end_row, first_column, end_column = self._whole
        per_column = area.width() / (end_column - first_column)
        per_row = area.height() / (end_row - first_row)
        top, bottom, left, right = self._in_sight
        width = max((right - left) * per_column, _LEAST_OUTLINE_PX)
        height = max((bottom - top) * per_row, _LEAST_OUTLINE_PX)
        x = area.left() + (left - first_column) * per_column
        y = area.top() + (top - first_row) * per_row
        return QRectF(min(x, area.right() - width), min(y, area.bottom() - height), width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current_theme()
        painter.fillRect(self.rect(), QColor(theme.paper))
        painter.drawImage(self.picture_area(), self._image)
        painter.setPen(QPen(QColor(theme.quiet), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        outline, accent = self.outline(), QColor(theme.accent)
        tint = QColor(accent)
        tint.setAlpha(40)
        painter.fillRect(outline, tint)
        painter.setPen(QPen(accent, 1.5))
        painter.drawRect(outline.adjusted(0.5, 0.5, -0.5, -0.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event)

    def _choose(self, event: QMouseEvent) -> None:
        area = self.picture_area()
        across = (event.position().x() - area.left()) / area.width()
        down = (event.position().y() - area.top()) / area.height()
        first_row, end_row, first_column, end_column = self._whole
        self.place_chosen.emit(
            first_column + min(max(across, 0.0), 1.0) * (end_column - first_column),
            first_row + min(max(down, 0.0), 1.0) * (end_row - first_row),
        )
