"""The bar that says which colour is which value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.session.state import ColourScale, Palette
from visualizer.ui.theme import Theme, current_theme
from visualizer.ui.widgets.attention_image import attention_table
from visualizer.ui.widgets.colour_scale import (
    LOG_FLOOR,
    ColourMapping,
    Ticks,
    Unit,
    number_text,
    tick_text,
)

BAR_PX = 10.0
TICK_PX = 4.0
GAP_PX = 6.0
_MOST_DIGITS = 12


class Colours(Protocol):
    """What a legend explains: a ColourMapping, HeadColours or MetricColours."""

    @property
    def palette(self) -> Palette:
        """Which colours."""

    @property
    def unit(self) -> Unit:
        """What the marks are."""

    def ticks(self) -> Ticks:
        """The marks."""


def scale_text(scale: ColourScale) -> str:
    """What a colour scale shows, in words, for the caption of its legend."""
    texts = {
        "linear": QCoreApplication.translate("Legend", "weight, linear scale"),
        "log": QCoreApplication.translate(
            "Legend", "weight, log scale; {floor} and below in the colour of 0"
        ).format(floor=tick_text(LOG_FLOOR)),
        "square root": QCoreApplication.translate("Legend", "weight, square root scale"),
        "percentile": QCoreApplication.translate(
            "Legend", "weight, by its place among the weights above 0"
        ),
        "row": QCoreApplication.translate("Legend", "weight, as a share of its row's largest"),
    }
    return texts[scale]


def mark_texts(colours: Colours) -> list[str]:
    """What is written at each mark of a legend; units stand at the last one."""
    unit, values = colours.unit, [value for _, value in colours.ticks()]
    if unit == "row share":
        texts = [f"{number_text(100 * value)} %" if value else "0" for value in values]
    elif unit == "share":
        texts = rounded_texts([100 * value for value in values])
        texts = [f"{text} %" if text != "0" else text for text in texts]
    elif unit in ("bits", "tokens", "cosine"):
        texts = rounded_texts(values)
    else:
        texts = [tick_text(value) for value in values]
    if unit == "at most weight":
        texts[0] = "≤ " + texts[0]
    elif unit == "row share":
        texts[-1] = QCoreApplication.translate("Legend", "row's largest")
    elif unit == "bits":
        texts[-1] = QCoreApplication.translate("Legend", "{n} bits").format(n=texts[-1])
    elif unit == "tokens":
        texts[-1] = QCoreApplication.translate("Legend", "{n} tokens").format(n=texts[-1])
    return texts


def rounded_texts(values: Sequence[float]) -> list[str]:
    """Marks of a linear scale to a hundredth of its range, or finer: what a bar can tell apart.

    Args:
        values: Rising, finite.

    Returns:
        "0", "0.25", "12.3", "1,234": never in powers of ten, without zeros at the end.
    """
    spread = values[-1] - values[0]
    power = math.floor(math.log10(spread)) if spread > 0 else 0
    digits = min(max(2 - power, 0), _MOST_DIGITS)
    texts = [f"{value:,.{digits}f}" for value in values]
    if digits:
        texts = [text.rstrip("0").rstrip(".") for text in texts]
    return ["0" if text == "-0" else text for text in texts]


def legend_image(theme: Theme, palette: Palette = "ink") -> QImage:
    """The attention colours from left to right. 256 x 1."""
    image = QImage(256, 1, QImage.Format.Format_RGB32)
    for place, (red, green, blue) in enumerate(attention_table(theme, palette).tolist()):
        image.setPixel(place, 0, 0xFF000000 | red << 16 | green << 8 | blue)
    return image


def paint_colour_bar(painter: QPainter, bar: QRectF, colours: Colours, theme: Theme) -> None:
    """Paint the colours into `bar` and the marks below it, in the painter's font.

    Both ends have their marks; of those between, as many as find room. What is written at the
    ends is centred below them and reaches beyond the bar by half its width.
    """
    painter.save()
    painter.drawImage(bar, legend_image(theme, colours.palette))
    painter.setPen(QColor(theme.line))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QColor(theme.quiet))
    baseline = bar.bottom() + TICK_PX + metrics.ascent()
    for x, left, text in _fitting_marks(colours, bar, metrics):
        painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + TICK_PX))
        painter.drawText(QPointF(left, baseline), text)
    painter.restore()


def _fitting_marks(
    colours: Colours, bar: QRectF, metrics: QFontMetricsF
) -> list[tuple[float, float, str]]:
    """Place, left end and text of each mark that touches no other."""
    marks = []
    for (place, _), text in zip(colours.ticks(), mark_texts(colours), strict=True):
        x, width = bar.left() + place * bar.width(), metrics.horizontalAdvance(text)
        marks.append((x, x - width / 2, x + width / 2, text))
    first, *inner, last = marks
    kept = [first]
    for mark in inner:
        if kept[-1][2] + GAP_PX <= mark[1] and mark[2] + GAP_PX <= last[1]:
            kept.append(mark)
    kept.append(last)
    return [(x, left, text) for x, left, _, text in kept]


class ColourLegend(QWidget):
    """A colour bar with marks and a caption; always says how weights became colours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: Colours = ColourMapping()
        self._caption = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_mapping(self, colours: Colours, caption: str) -> None:
        """Show this scale; `caption` names it in words, "" where it is named beside."""
        self._colours, self._caption = colours, caption
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
        texts = mark_texts(self._colours)
        left, right = (metrics.horizontalAdvance(texts[end]) / 2 for end in (0, -1))
        bar = QRectF(left, top, self.width() - left - right - 1, BAR_PX)
        paint_colour_bar(painter, bar, self._colours, theme)
