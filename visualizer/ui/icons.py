"""Icons in the ink of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from visualizer.locations import bundled_path
from visualizer.ui.theme import Theme

_SIZES_PX = (16, 24, 32, 48)


def themed_icon(name: str, theme: Theme) -> QIcon:
    """resources/icons/`name`.svg, whose strokes are `currentColor`, in the theme's ink."""
    drawing = bundled_path("resources", "icons", f"{name}.svg").read_text(encoding="utf-8")
    icon = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, theme.ink), (QIcon.Mode.Disabled, theme.removed)):
        data = QByteArray(drawing.replace("currentColor", colour).encode())
        renderer = QSvgRenderer(data)
        for size in _SIZES_PX:
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon
