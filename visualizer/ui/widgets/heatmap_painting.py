"""What is painted over and around the pixels of a head's map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme, colour_table
from visualizer.ui.widgets.attention_image import readable_inks
from visualizer.ui.widgets.colour_scale import UInt8Array
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.map_picture import MapPicture
from visualizer.ui.widgets.map_units import Span, covers, visible_columns

MOST_STEPS_PX = 3  # smaller units have no line along what can be seen
PROFILE_PX = 5
"""Thickness of the strips that repeat one row and one column at the edge of the map."""
_N_STAMPS = 101  # 0.00 to 1.00


@dataclass(frozen=True)
class MapPlaces:
    """Where the units of a layout lie on the widget, in logical pixels.

    Attributes:
        layout: In device pixels.
        scale: Device pixels per logical pixel.
    """

    layout: HeatmapLayout
    scale: float

    @property
    def area(self) -> QRectF:
        """The map."""
        layout, scale = self.layout, self.scale
        return QRectF(
            layout.left / scale,
            layout.top / scale,
            layout.map_width / scale,
            layout.map_height / scale,
        )

    @property
    def edge(self) -> float:
        """Of a unit."""
        return self.layout.cell_px / self.scale

    def row_start(self, row: float) -> float:
        return self.layout.row_start(row) / self.scale

    def column_start(self, column: float) -> float:
        return self.layout.column_start(column) / self.scale

    def rows_area(self, rows: Span) -> QRectF:
        """Rows of the map, at least as high as a line."""
        area, top = self.area, self.row_start(rows[0])
        return QRectF(area.left(), top, area.width(), max(self.row_start(rows[1]) - top, 1.0))

    def columns_area(self, columns: Span) -> QRectF:
        """Columns of the map, at least as wide as a line."""
        area, left = self.area, self.column_start(columns[0])
        width = max(self.column_start(columns[1]) - left, 1.0)
        return QRectF(left, area.top(), width, area.height())

    def cell_area(self, rows: Span, columns: Span) -> QRectF:
        """Where rows and columns cross, also outside of what is in sight."""
        across, down = self.columns_area(columns), self.rows_area(rows)
        return QRectF(across.left(), down.top(), across.width(), down.height())


@dataclass(frozen=True)
class Marks:
    """What stands out on the map, each as units.

    Attributes:
        row, column: The crosshair.
        selected: Row of the selected token.
        linked: Column of a token that is pointed at elsewhere.
        inspected: (rows, columns) of the pair that is taken apart.
        brush: (rows, columns) of the brushed rectangle.
    """

    row: Span | None = None
    column: Span | None = None
    selected: Span | None = None
    linked: Span | None = None
    inspected: tuple[Span, Span] | None = None
    brush: tuple[Span, Span] | None = None


class NumberStamps:
    """Weights to two digits, painted once: a picture of each is put into cells by the thousand.

    Args:
        font: Of the numbers.
        scale: Device pixels per logical pixel.
        inks: Colours that they are wanted in.
    """

    def __init__(self, font: QFont, scale: float, inks: Sequence[QColor]) -> None:
        metrics = QFontMetricsF(font)
        self.width = math.ceil(metrics.horizontalAdvance("0.00")) + 2
        self.height = math.ceil(metrics.height())
        self._px = QSize(math.ceil(self.width * scale), math.ceil(self.height * scale))
        self._inks = {ink.rgb(): row for row, ink in enumerate(inks)}
        size = QSize(self._px.width() * _N_STAMPS, self._px.height() * len(inks))
        self._sheet = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._sheet.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._sheet)
        painter.setFont(font)
        for row, ink in enumerate(inks):
            painter.setPen(ink)
            for hundredths in range(_N_STAMPS):
                painter.resetTransform()
                painter.translate(hundredths * self._px.width(), row * self._px.height())
                painter.scale(scale, scale)
                box = QRectF(0, 0, self.width, self.height)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{hundredths / 100:.2f}")
        painter.end()
        self._sheet.setDevicePixelRatio(scale)

    def put(self, painter: QPainter, middle: QPointF, weight: float, ink: QColor) -> None:
        """Write a weight in [0, 1] around a place."""
        hundredths = min(max(int(f"{weight:.2f}".replace(".", "")), 0), _N_STAMPS - 1)
        left = round(middle.x() - self.width / 2)
        top = round(middle.y() - self.height / 2)
        width, height = self._px.width(), self._px.height()
        row = self._inks[ink.rgb()]
        painter.drawImage(left, top, self._sheet, hundredths * width, row * height, width, height)


def map_image(
    picture: MapPicture, view: HeadView, places: MapPlaces, theme: Theme, stamps: NumberStamps
) -> QImage:
    """The map with all on it that does not follow the pointer, a pixel per device pixel.

    Args:
        picture: Holds the pixels of `view`.
        view: What is drawn.
        places: Where.
        theme: In which colours.
        stamps: Weights to be written into large cells, in black and white.
    """
    image = picture.image(places.layout, theme, places.scale)
    image.setDevicePixelRatio(places.scale)
    painter = QPainter(image)
    painter.translate(-places.area.topLeft())
    _paint_limits(painter, view, places, theme)
    if places.edge >= stamps.width + 6:
        _paint_numbers(painter, picture, view, places, theme, stamps)
    painter.end()
    return image


def _paint_limits(painter: QPainter, view: HeadView, places: MapPlaces, theme: Theme) -> None:
    """The edges of what queries can see.

    Right of one every key comes after its query; left of the other, which only a layer with a
    window has, every key lies before that.
    """
    if places.layout.cell_px < MOST_STEPS_PX * places.scale:
        return
    first_row, end_row, _, _ = places.layout.in_sight()
    right: list[QPointF] = []
    left: list[QPointF] = []
    for row in range(first_row, end_row):
        begin, end = visible_columns(view.record, row)
        for points, column in ((left, begin), (right, end)):
            x = places.column_start(column)
            points.append(QPointF(x, places.row_start(row)))
            points.append(QPointF(x, places.row_start(row + 1)))
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.drawPolyline(right)
    if view.record.window is not None:
        painter.drawPolyline(left)


def _paint_numbers(
    painter: QPainter,
    picture: MapPicture,
    view: HeadView,
    places: MapPlaces,
    theme: Theme,
    stamps: NumberStamps,
) -> None:
    """Weights written into their cells; maxima over several are not, nor what is hidden."""
    inks = readable_inks(theme, view.palette)
    # A number that is cut at the edge of the map would read as another one.
    whole = places.area.adjusted(0, 0, 1, 1)
    half = QPointF(stamps.width / 2, stamps.height / 2)
    first_row, end_row, first_column, end_column = places.layout.in_sight()
    for row in range(first_row, end_row):
        begin, end = visible_columns(view.record, row)
        y = places.row_start(row + 0.5)
        for column in range(max(begin, first_column), min(end, end_column)):
            finer = view.tile is not None and covers(view.tile, row, column)
            record = view.tile if view.tile is not None and finer else view.record
            if record.block == 1:
                i, j = row - record.rows[0], column - record.columns[0]
                if picture.is_hidden(record, i, j):
                    continue
                ink = inks[picture.level(record, i, j)]
                middle = QPointF(places.column_start(column + 0.5), y)
                if not whole.contains(QRectF(middle - half, middle + half)):
                    continue
                stamps.put(painter, middle, float(record.weights[i, j]), ink)


def paint_marks(painter: QPainter, marks: Marks, places: MapPlaces, theme: Theme) -> None:
    """Frames around rows, columns, cells and the brushed rectangle."""
    painter.save()
    painter.setClipRect(places.area.adjusted(-2, -2, 2, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if marks.brush is not None:
        _paint_brush(painter, places.cell_area(*marks.brush), theme)
    if marks.linked is not None:
        _frame(painter, places.columns_area(marks.linked), theme.key, 1)
    if marks.row is not None and marks.row != marks.selected:
        _frame(painter, places.rows_area(marks.row), theme.query, 1)
    if marks.column is not None:
        _frame(painter, places.columns_area(marks.column), theme.key, 1)
    if marks.selected is not None:
        _frame(painter, places.rows_area(marks.selected), theme.query, 2)
    if marks.inspected is not None:
        _frame(painter, places.cell_area(*marks.inspected), theme.accent, 3, least=5)
    if marks.row is not None and marks.column is not None:
        _frame(painter, places.cell_area(marks.row, marks.column), theme.ink, 2)
    painter.restore()


def _frame(painter: QPainter, area: QRectF, colour: str, width: float, least: float = 1.0) -> None:
    thin = min(area.width(), area.height()) < 6 and least <= 1
    half = (1 if thin else width) / 2
    grow_x, grow_y = max(0.0, least - area.width()) / 2, max(0.0, least - area.height()) / 2
    pen = QPen(QColor(colour), 2 * half)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    # Around the cells, so that none of them is hidden.
    painter.drawRect(area.adjusted(-half - grow_x, -half - grow_y, half + grow_x, half + grow_y))


def _paint_brush(painter: QPainter, area: QRectF, theme: Theme) -> None:
    pen = QPen(QColor(theme.accent), 1.5, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))


def paint_profiles(
    painter: QPainter,
    picture: MapPicture,
    places: MapPlaces,
    theme: Theme,
    row: int | None,
    column: int | None,
) -> None:
    """One row above the map in the query hue, one column left of it in the key hue.

    In a long text a row is thinner than a pixel; here it can be read.
    """
    area = places.area
    if row is not None:
        levels = picture.outgoing(places.layout, row)
        strip = QRectF(area.left(), area.top() - 1 - PROFILE_PX, area.width(), PROFILE_PX)
        _paint_strip(painter, strip, levels[None, :], theme.paper, theme.query)
    if column is not None:
        levels = picture.incoming(places.layout, column)
        strip = QRectF(area.left() - 1 - PROFILE_PX, area.top(), PROFILE_PX, area.height())
        _paint_strip(painter, strip, levels[:, None], theme.paper, theme.key)


def _paint_strip(
    painter: QPainter, strip: QRectF, levels: UInt8Array, paper: str, hue: str
) -> None:
    height, width = levels.shape
    colours = colour_table((paper, hue)).tolist()
    levels = np.ascontiguousarray(levels)
    image = QImage(levels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(
        [0xFF000000 | red << 16 | green << 8 | blue for red, green, blue in colours]
    )
    painter.drawImage(strip, image)


def number_font(font: QFont) -> QFont:
    """For weights in cells."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.85)
    return smaller
