"""What every figure is made of: fonts, title, map, colour bar and origin."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
)

from visualizer.engine.tokenization import display_text
from visualizer.session.hidden_cells import BoolArray
from visualizer.session.state import Palette
from visualizer.ui.theme import LIGHT, THEMES, Theme, token_font
from visualizer.ui.widgets.attention_image import indexed_image
from visualizer.ui.widgets.colour_legend import Colours, paint_colour_bar
from visualizer.ui.widgets.colour_scale import UInt8Array
from visualizer.ui.widgets.hatching import hatch, shown_cells
from visualizer.ui.widgets.resampling import pixel_starts, resample

PRINT = replace(
    LIGHT,
    name="print",
    paper="#FFFFFF",
    surface="#FFFFFF",
    ink="#000000",
    quiet="#404040",
    line="#A8A8A8",
    accent="#404040",
    query="#000000",
    key="#000000",
    removed="#8A8A8A",
    warning="#000000",
    error="#000000",
    token_fills=("#F4F4F4", "#E2E2E2"),
    attention=("#FFFFFF", "#C8C8C8", "#929292", "#606060", "#303030", "#000000"),
)
"""White paper and black ink, for a printer that has no colours."""
FIGURE_THEMES: dict[str, Theme] = {**THEMES, "print": PRINT}
WIDTH = 800.0
"""Of every figure, in its own units; fonts and distances are in the same."""
MARGIN = 28.0
TITLE, TEXT, SMALL = 18, 13, 10
VECTOR_MAP_PX = 2048
"""Longest edge of the image of a map in a vector format, which has no pixels of its own."""
_MOST_CELL_PX = 64
_MOST_PROMPT = 400


def ensure_application() -> QGuiApplication:
    """The running application, or one without a screen, which the caller keeps while painting."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    return QGuiApplication(["visualizer", "-platform", "offscreen"])


def interface_font(pixels: int, *, bold: bool = False) -> QFont:
    """The interface's family in figure units."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # as wide on any device
    return font


def label_font() -> QFont:
    """The family of tokens, for axis labels."""
    font = token_font(10.0)
    font.setPixelSize(TEXT - 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def line_height(pixels: int) -> float:
    """Height of a line in the interface's family."""
    return QFontMetricsF(interface_font(pixels)).height()


def scale_to(painter: QPainter, rect: QRectF, size: QSizeF) -> None:
    """Let figure units fill `rect`, centred."""
    factor = min(rect.width() / size.width(), rect.height() / size.height())
    painter.translate(rect.center())
    painter.scale(factor, factor)
    painter.translate(-size.width() / 2, -size.height() / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)


def is_vector(painter: QPainter) -> bool:
    """Whether the painter's device has no pixels of its own: SVG or PDF."""
    return painter.paintEngine().type() in (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def rows_in_sight(painter: QPainter) -> tuple[float, float]:
    """From where to where a device with pixels reaches, in the painter's units down the sheet."""
    if is_vector(painter):
        return -math.inf, math.inf
    device = painter.device()
    sheet = QRectF(0, 0, device.width(), device.height())
    seen = painter.deviceTransform().inverted()[0].mapRect(sheet)
    return seen.top(), seen.bottom()


def device_pixels(painter: QPainter, length: float) -> int:
    """Pixels for an image that is `length` figure units long."""
    if is_vector(painter):
        return VECTOR_MAP_PX
    return max(1, int(length * abs(painter.deviceTransform().m11())))


def at_device(painter: QPainter, area: QRectF, levels: UInt8Array) -> UInt8Array:
    """The map with no more cells than the device has pixels, each the maximum of its cells.

    In a vector format each cell is a square of many pixels where there is room, because readers
    blur the edges between the pixels of an image that they enlarge.
    """
    pixels = device_pixels(painter, area.width())
    n_rows, n_columns = levels.shape
    if n_columns <= pixels:
        return _enlarged(levels, pixels) if is_vector(painter) else levels
    cell = pixels / n_columns
    height = max(1, math.ceil(n_rows * cell - 1e-6))
    return resample(
        levels, pixel_starts(n_rows, 0.0, cell, height), pixel_starts(n_columns, 0.0, cell, pixels)
    )


def _enlarged(levels: UInt8Array, pixels: int) -> UInt8Array:
    times = max(1, min(_MOST_CELL_PX, pixels // max(levels.shape)))
    return np.ascontiguousarray(levels.repeat(times, axis=0).repeat(times, axis=1))


def map_image(
    painter: QPainter,
    area: QRectF,
    levels: UInt8Array,
    hidden: BoolArray | None,
    theme: Theme,
    palette: Palette,
) -> QImage:
    """A head's cells in their colours, to be painted into `area`; what is hidden is hatched.

    The hatching is part of the image: transparency is not kept by every reader of SVG.
    """
    drawn = at_device(painter, area, levels)
    if hidden is None:
        return indexed_image(drawn, theme, palette).copy()  # which owns its pixels
    n_rows, n_columns = levels.shape
    pixels = max(device_pixels(painter, area.width()), drawn.shape[1])
    cell = pixels / n_columns
    rows = pixel_starts(n_rows, 0.0, cell, max(1, math.ceil(n_rows * cell - 1e-6)))
    columns = pixel_starts(n_columns, 0.0, cell, pixels)
    sheet = resample(levels, rows, columns)
    image = indexed_image(sheet, theme, palette).convertToFormat(QImage.Format.Format_RGB32)
    shown = resample(shown_cells(hidden, levels.shape), rows, columns)
    hatch(image, shown, theme, pixels / area.width())
    return image


def facts_height(facts: str) -> float:
    """Height of the lines under a title."""
    metrics = QFontMetricsF(interface_font(TEXT))
    room = QRectF(0, 0, WIDTH - 2 * MARGIN, 1000)
    return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, facts).height()


def paint_title(painter: QPainter, theme: Theme, title: str, facts: str) -> None:
    """The title, and under it what is drawn."""
    painter.setFont(interface_font(TITLE, bold=True))
    painter.setPen(QColor(theme.ink))
    metrics = QFontMetricsF(painter.font())
    room = WIDTH - 2 * MARGIN
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(QPointF(MARGIN, MARGIN + metrics.ascent()), shown)
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(
        QRectF(MARGIN, MARGIN + line_height(TITLE) + 4, room, facts_height(facts) + 1),
        Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap,
        facts,
    )


def foot_height() -> float:
    """Height of what `paint_foot` paints under a map, without the margin."""
    return 16 + line_height(TEXT) + 14 + line_height(SMALL + 1) + 20 + line_height(SMALL)


def paint_foot(
    painter: QPainter,
    theme: Theme,
    area: QRectF,
    colours: Colours,
    scale_text: str,
    origin: str,
) -> None:
    """The colour bar under the map with its scale named, and below where the figure is from."""
    painter.setFont(interface_font(TEXT))
    painter.setPen(QColor(theme.ink))
    top = area.bottom() + 16
    painter.drawText(QPointF(area.left(), top + QFontMetricsF(painter.font()).ascent()), scale_text)
    painter.setFont(interface_font(SMALL + 1))
    bar = QRectF(area.left(), top + line_height(TEXT) + 4, min(max(area.width(), 200), 360), 10)
    paint_colour_bar(painter, bar, colours, theme)
    painter.setFont(interface_font(SMALL))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(origin, Qt.TextElideMode.ElideRight, WIDTH - 2 * MARGIN)
    baseline = area.bottom() + foot_height() - metrics.descent()
    painter.drawText(QPointF(MARGIN, baseline), shown)


def one_line(text: str) -> str:
    """Text without line ends and other characters that cannot be seen; spaces stay."""
    return " ".join(display_text(part.encode("utf-8", "replace")) for part in text.split(" "))


def origin_text(model_name: str, n_tokens: int, prompt: str) -> str:
    """Model and prompt on one line, to be cut with "…" where it is long."""
    line = one_line(prompt[:_MOST_PROMPT])
    return QCoreApplication.translate("Figure", "{model}, {n} tokens: {prompt}").format(
        model=one_line(model_name),
        n=n_tokens,
        prompt=line if len(prompt) <= _MOST_PROMPT else line + "…",
    )


def paint_origin(painter: QPainter, theme: Theme, height: float, origin: str) -> None:
    """Where the figure is from, as the last line of a sheet of that height."""
    painter.setFont(interface_font(SMALL))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(origin, Qt.TextElideMode.ElideRight, WIDTH - 2 * MARGIN)
    painter.drawText(QPointF(MARGIN, height - MARGIN - metrics.descent()), shown)


def paint_hatched(painter: QPainter, theme: Theme, bar: QRectF) -> None:
    """A bar of strokes: a pattern brush would be of pixels, in a vector format, too."""
    painter.save()
    painter.setPen(QPen(QColor(theme.removed), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)
    # One path, cut to the bar here: a clip and a line each would fill a vector file.
    strokes, height = QPainterPath(), bar.height()
    begin = bar.left() - height
    while begin < bar.right():
        left, right = max(begin, bar.left()), min(begin + height, bar.right())
        strokes.moveTo(left, bar.bottom() - (left - begin))
        strokes.lineTo(right, bar.bottom() - (right - begin))
        begin += 4
    painter.drawPath(strokes)
    painter.restore()


def mixed_colour(colour: str, paper: str, share: float = 0.5) -> QColor:
    """`share` of the colour on the paper: transparency is not kept by every reader of SVG."""
    one, other = QColor(colour), QColor(paper)
    return QColor(
        round(share * one.red() + (1 - share) * other.red()),
        round(share * one.green() + (1 - share) * other.green()),
        round(share * one.blue() + (1 - share) * other.blue()),
    )
