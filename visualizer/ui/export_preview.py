"""A figure in the export dialog, as it will be."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.ui.export_files import preview_image, preview_scale
from visualizer.ui.figure_files import Figure


class Preview(QWidget):
    """A figure as it will be, as large as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self._image = QImage()
        self._message = ""
        self.setMinimumSize(260, 260)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Preview"))

    @property
    def image(self) -> QImage:
        """What is on show; null while it is words."""
        return self._image

    def message(self) -> str:
        """The words in place of a figure, "" for none."""
        return self._message

    def shows_beginning(self) -> bool:
        """Whether the figure is too high to be seen as a whole."""
        if self._figure is None:
            return False
        scale = preview_scale(self._figure, self._room())
        return self._figure.size.height() * scale > self._room().height() + 1

    def _room(self) -> QSize:
        return self.size() - QSize(2, 2)

    def set_figure(self, figure: Figure) -> None:
        """Show a figure."""
        self._figure, self._message = figure, ""
        self._draw()

    def set_message(self, words: str) -> None:
        """Say something in place of a figure."""
        self._figure, self._message = None, words
        self._image = QImage()
        self.setAccessibleDescription(words)
        self.update()

    def _draw(self) -> None:
        if self._figure is not None:
            ratio = self.devicePixelRatioF()
            self._image = preview_image(self._figure, self._room(), ratio)
            self.setAccessibleDescription(self._figure.title)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image.isNull():
            painter.setPen(self.palette().color(self.palette().ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, self._message)
            return
        size = self._image.deviceIndependentSize().toSize()
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(left, top, self._image)
        painter.setPen(self.palette().color(self.palette().ColorRole.Mid))
        painter.drawRect(left - 1, top - 1, size.width() + 1, size.height() + 1)
