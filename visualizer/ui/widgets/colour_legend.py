"""The bar that says which colour is which weight."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.ui.theme import Theme, colour_table, current_theme
from visualizer.ui.widgets.colour_scale import ColourMapping, tick_text

BAR_PX = 10.0
TICK_PX = 4.0


def legend_image(theme: Theme) -> QImage:
    """The attention colours from left to right. 256 x 1."""
    table = colour_table(theme.attention)
    image = QImage(256, 1, QImage.Format.Format_RGB32)
    for place, (red, green, blue) in enumerate(table.tolist()):
        image.setPixel(place, 0, 0xFF000000 | red << 16 | green << 8 | blue)
    return image


def paint_colour_bar(painter: QPainter, bar: QRectF, mapping: ColourMapping, theme: Theme) -> None:
    """Paint the colours into `bar` and the marks below it, in the painter's font."""
    painter.save()
    painter.drawImage(bar, legend_image(theme))
    painter.setPen(QColor(theme.line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(theme.quiet))
    end = -np.inf
    ticks = mapping.ticks()
    last_left = bar.right() - metrics.horizontalAdvance(tick_text(ticks[-1][1])) / 2
    for number, (place, value) in enumerate(ticks):
        x = bar.left() + place * bar.width()
        text = tick_text(value)
        if mapping.curve == "log" and number == 0:
            text = "≤ " + text
        width = metrics.horizontalAdvance(text)
        left = x - width / 2
        is_last = number == len(ticks) - 1
        if not is_last and (left < end or (left + width + 6 > last_left and number > 0)):
            continue  # would touch a neighbour
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + TICK_PX))
        painter.drawText(QPointF(left, bar.bottom() + TICK_PX + metrics.ascent()), text)
        end = left + width + 6
    painter.restore()


class ColourLegend(QWidget):
    """A colour bar with marks and a caption; always says how weights became colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mapping = ColourMapping()
        self._caption = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_mapping(self, mapping: ColourMapping, caption: str) -> None:
        """Show this scale; `caption` names it in words, "" where it is named beside."""
        self._mapping, self._caption = mapping, caption
        self.setAccessibleName(caption)
        self.updateGeometry()
        self.update()

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(self._small_font()).height()
        lines = 2 if self._caption else 1
        return QSize(160, int(lines * line + BAR_PX + TICK_PX + 4))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small_font())
        theme = current_theme()
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.quiet))
        caption = metrics.elidedText(self._caption, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QPointF(0, metrics.ascent()), caption)
        top = metrics.height() + 2 if caption else 1.0
        ends = [metrics.horizontalAdvance(tick_text(v)) / 2 for _, v in self._mapping.ticks()]
        left = ends[0] + (metrics.horizontalAdvance("≤ ") if self._mapping.curve == "log" else 0)
        bar = QRectF(left, top, self.width() - left - ends[-1] - 1, BAR_PX)
        paint_colour_bar(painter, bar, self._mapping, theme)
