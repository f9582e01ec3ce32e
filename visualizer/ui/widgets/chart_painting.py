"""Draws curves, on the screen and as a figure."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from visualizer.ui.figure_parts import TEXT, interface_font, scale_to
from visualizer.ui.theme import SPACE_PX, Theme
from visualizer.ui.widgets.chart_axis import value_text
from visualizer.ui.widgets.chart_layout import (
    SAMPLE_PX,
    Chart,
    ChartFonts,
    ChartLayout,
    SeriesStyle,
    decimated,
    lay_out_chart,
)

# Okabe and Ito's colours, some of them darker or lighter so that they stand out from the paper.
_HUES = {
    "light": ("#0072B2", "#D55E00", "#008563", "#A8487F", "#1F2328", "#946800"),
    "dark": ("#56B4E9", "#E69F00", "#2FBF94", "#DD93BB", "#E8EAED", "#F0E442"),
    "print": ("#000000", "#5A5A5A", "#000000", "#5A5A5A", "#000000", "#5A5A5A"),
}
# In widths of the pen; five of them and six hues meet again after thirty curves.
_DASHES = ((), (5.0, 2.5), (1.0, 2.0), (7.0, 2.0, 1.0, 2.0), (3.0, 1.5, 1.0, 1.5))
_ALWAYS_DASHED = (4.0, 3.0)
_DOTTED = _DASHES[2]
_PEN = 1.6
_DOT = 2.6
_STAMPED_FROM = 500
_CROWDED = 4  # times the way along the plot and up
_FIGURE = QSizeF(640, 320)
_MARGIN = 12.0  # around a figure
_MOST_READ = 8
_WIDEST_READING = 0.6  # of the chart
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def series_hue(theme: Theme, index: int) -> QColor:
    """Of the curve at a place in the chart."""
    hues = _HUES[theme.name]
    return QColor(hues[index % len(hues)])


def series_pen(theme: Theme, index: int, style: SeriesStyle) -> QPen:
    """Hue and dashes of a curve: no two are told apart by the hue alone."""
    pen = QPen(series_hue(theme, index), _PEN)
    dashes = _DASHES[index % len(_DASHES)]
    if style == "dotted":
        dashes = _DOTTED
    elif style == "dashed" and not dashes:
        dashes = _ALWAYS_DASHED
    if dashes:
        pen.setDashPattern(list(dashes))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class ChartPainter:
    """Draws one chart in one layout; what follows the pointer is drawn over it."""

    def __init__(
        self,
        painter: QPainter,
        theme: Theme,
        fonts: ChartFonts,
        chart: Chart,
        layout: ChartLayout,
        *,
        is_live: bool = False,
    ) -> None:
        """Take what is drawn; `is_live` draws crowded curves with a thin pen, which is fast."""
        self._is_live = is_live
        self._painter, self._theme, self._fonts = painter, theme, fonts
        self._chart, self._layout = chart, layout
        self._text = QFontMetricsF(fonts.text)
        self._small = QFontMetricsF(fonts.small)

    def draw(self, title: str) -> None:
        """Everything that does not follow the pointer."""
        if title:
            self._write(self._layout.title, title, self._fonts.title, self._theme.ink, _LEFT)
        self._draw_axes()
        self._draw_marks()
        self._painter.save()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        self._painter.setClipRect(self._layout.plot.adjusted(-3, -3, 3, 3))
        for index in range(len(self._chart.series)):
            self._draw_series(index)
        self._painter.restore()
        self._draw_names()

    def x_at(self, x: float) -> float:
        """Where a value of x is."""
        plot = self._layout.plot
        return plot.left() + self._chart.axes[0].place(x) * plot.width()

    # ---------------------------------------------------------------------------------- axes

    def _draw_axes(self) -> None:
        theme, plot = self._theme, self._layout.plot
        x_axis, y_axis = self._chart.axes
        line = self._small.height()
        y_ticks, x_ticks = self._ticks()
        for value, text in y_ticks:
            y = plot.bottom() - y_axis.place(value) * plot.height()
            self._straight(QPointF(plot.left(), y), QPointF(plot.right(), y), theme.line)
            place = QRectF(0, y - line / 2, plot.left() - SPACE_PX, line)
            self._write(place, text, self._fonts.small, theme.quiet, _RIGHT)
        taken = -math.inf
        for value, text in x_ticks:
            x = plot.left() + x_axis.place(value) * plot.width()
            width = self._small.horizontalAdvance(text)
            if x - width / 2 < taken:
                continue
            taken = x + width / 2 + 2 * SPACE_PX
            mark_end = QPointF(x, plot.bottom() + SPACE_PX)
            self._straight(QPointF(x, plot.bottom()), mark_end, theme.quiet)
            place = QRectF(x - width / 2 - 1, mark_end.y(), width + 2, line)
            self._write(place, text, self._fonts.small, theme.quiet, _CENTRE)
        self._straight(plot.bottomLeft(), plot.bottomRight(), theme.quiet)
        below = QRectF(plot.left(), plot.bottom() + SPACE_PX + line, plot.width(), line)
        self._write(below, self._chart.x_title, self._fonts.small, theme.quiet, _CENTRE)
        above = self._layout.y_title.adjusted(0, 0, 0, -SPACE_PX)
        note = self._note()
        self._write(above, note, self._fonts.small, theme.warning, _RIGHT)
        room = self._small.horizontalAdvance(note) + 2 * SPACE_PX if note else 0.0
        title = above.adjusted(0, 0, -room, 0)
        self._write(title, self._chart.y_title, self._fonts.small, theme.quiet, _LEFT)

    def _ticks(self) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Of the y axis and of the x axis; without anything to read they have no numbers."""
        chart, layout = self._chart, self._layout
        x_axis, y_axis = chart.axes
        has_x = bool(chart.all_x.size or chart.marks)
        has_y = bool(chart.all_x.size or chart.y_range)
        return (
            y_axis.ticks(layout.y_ticks) if has_y else [],
            x_axis.ticks(layout.x_ticks) if has_x else [],
        )

    def _note(self) -> str:
        """What a logarithmic axis cannot show."""
        n = self._chart.n_left_out
        if not n:
            return ""
        return QCoreApplication.translate(
            "LineChart", "{n} values of 0 or below have no place on a logarithmic axis"
        ).format(n=n)

    def _draw_marks(self) -> None:
        plot = self._layout.plot
        right = -math.inf
        row = 0
        for x, words in sorted(self._chart.marks):
            at = self.x_at(x)
            if not plot.left() - 1 <= at <= plot.right() + 1:
                continue
            pen = QPen(QColor(self._theme.quiet), 1, Qt.PenStyle.DashLine)
            self._painter.setPen(pen)
            self._painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
            width = min(self._small.horizontalAdvance(words), plot.width() / 2)
            goes_left = at + SPACE_PX + width > plot.right()
            left = at - SPACE_PX - width if goes_left else at + SPACE_PX
            row = row + 1 if left < right else 0
            right = left + width + SPACE_PX
            place = QRectF(
                left, plot.top() + row * self._small.height(), width, self._small.height()
            )
            self._painter.fillRect(place, QColor(self._theme.paper))
            self._write(place, words, self._fonts.small, self._theme.quiet, _LEFT)

    # -------------------------------------------------------------------------------- curves

    def _draw_series(self, index: int) -> None:
        series, plot = self._chart.series[index], self._layout.plot
        x_axis, y_axis = self._chart.axes
        x = plot.left() + x_axis.places(series.x) * plot.width()
        y = plot.bottom() - y_axis.places(series.y) * plot.height()
        # What lies far beyond the axis ends only just beyond: painters have limits of their own.
        y = np.clip(y, plot.top() - 2 * plot.height(), plot.bottom() + 2 * plot.height())
        if series.style == "points":
            self._draw_points(index, np.column_stack([x, y]))
            return
        single = []
        lines = decimated(x, y, plot.width())
        self._painter.setPen(self._pen(index, lines))
        for line in lines:
            if series.style == "steps":
                line = _stepped(line)
            if len(line) == 1:
                single.append(line[0])
            else:
                self._painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in line.tolist()]))
        if single:
            self._draw_points(index, np.array(single))

    def _pen(self, index: int, lines: list[npt.NDArray[np.float64]]) -> QPen:
        pen = series_pen(self._theme, index, self._chart.series[index].style)
        if self._is_live:
            length = sum(float(np.abs(np.diff(line, axis=0)).sum()) for line in lines)
            if length > _CROWDED * (self._layout.plot.width() + self._layout.plot.height()):
                # A hundred times faster: Qt has a way of its own for lines of one pixel.
                pen.setWidthF(1.0)
                pen.setCosmetic(True)
        return pen

    def _draw_points(self, index: int, points: npt.NDArray[np.float64]) -> None:
        """Each place of pixels once, in the shape of the curve."""
        known = points[np.isfinite(points).all(axis=1)]
        if len(known) > self._layout.plot.width():
            grid = 2.0 if self._is_live else 1.0
            known = np.unique(np.round(known / grid), axis=0) * grid
        if self._is_live and len(known) > _STAMPED_FROM:
            self._stamp_dots(index, known)
            return
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(series_hue(self._theme, index))
        for x, y in known.tolist():
            self._draw_dot(index, QPointF(x, y))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _stamp_dots(self, index: int, points: npt.NDArray[np.float64]) -> None:
        """Many dots as copies of one picture."""
        edge = 2 * math.ceil(2 * _DOT)
        ratio = self._painter.device().devicePixelRatioF()
        stamp = QPixmap(QSize(edge, edge) * ratio)
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(QColor(0, 0, 0, 0))
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(series_hue(self._theme, index))
        _paint_dot(painter, index, QPointF(edge / 2, edge / 2), _DOT)
        painter.end()
        for x, y in (points - edge / 2).tolist():
            self._painter.drawPixmap(QPointF(x, y), stamp)

    def _draw_dot(self, index: int, at: QPointF, size: float = _DOT) -> None:
        _paint_dot(self._painter, index, at, size)

    # --------------------------------------------------------------------------------- names

    def _draw_names(self) -> None:
        layout = self._layout
        line = self._text.height()
        for index, series in enumerate(self._chart.series):
            if not series.name:
                continue
            if layout.names:
                left = layout.plot.right() + 2 * SPACE_PX
                place = QRectF(left, layout.names[index] - line / 2, 0, line)
            elif layout.legend_places:
                x, row = layout.legend_places[index]
                place = QRectF(x, layout.legend.top() + row * (line + SPACE_PX), 0, line)
            else:
                continue
            self._draw_sample(index, place.left(), place.center().y())
            place.setLeft(place.left() + SAMPLE_PX + SPACE_PX)
            width = self._text.horizontalAdvance(series.name)
            place.setWidth(min(width, layout.title.width() - place.left()))
            self._write(place, series.name, self._fonts.text, self._theme.ink, _LEFT)

    def _draw_sample(self, index: int, left: float, middle: float) -> None:
        painter, series = self._painter, self._chart.series[index]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if series.style == "points":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(series_hue(self._theme, index))
            self._draw_dot(index, QPointF(left + SAMPLE_PX / 2, middle), 1.2 * _DOT)
        else:
            painter.setPen(series_pen(self._theme, index, series.style))
            painter.drawLine(QPointF(left, middle), QPointF(left + SAMPLE_PX, middle))
        painter.restore()

    # ------------------------------------------------------------------------------- reading

    def draw_reading(self, x: float) -> None:
        """A line at `x`, a dot on each curve, and all the values there in a small table."""
        painter, plot, chart = self._painter, self._layout.plot, self._chart
        at = self.x_at(x)
        self._straight(QPointF(at, plot.top()), QPointF(at, plot.bottom()), self._theme.quiet)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setClipRect(plot.adjusted(-4, -4, 4, 4))
        for index, series in enumerate(chart.series):
            point = chart.nearest_index(index, x)
            if point >= 0 and series.x[point] == x:
                y = plot.bottom() - chart.axes[1].place(float(series.y[point])) * plot.height()
                painter.setPen(QPen(QColor(self._theme.paper), 1.5))
                painter.setBrush(series_hue(self._theme, index))
                if math.isfinite(y):
                    self._draw_dot(index, QPointF(at, y), 1.5 * _DOT)
        painter.restore()
        self._draw_table(at, reading_rows(chart, x))

    def _draw_table(self, at: float, rows: list[tuple[int, str, str]]) -> None:
        painter, plot = self._painter, self._layout.plot
        line = self._text.height()
        value = max(self._text.horizontalAdvance(row[2]) for row in rows)
        sample = SAMPLE_PX + SPACE_PX
        name = max(self._text.horizontalAdvance(row[1]) for row in rows)
        most = _WIDEST_READING * self._layout.title.width() - value - sample - 6 * SPACE_PX
        name = max(min(name, most), 8 * SPACE_PX)
        width = sample + name + value + 6 * SPACE_PX
        box = QRectF(at + 2 * SPACE_PX, plot.top(), width, len(rows) * line + 2 * SPACE_PX)
        if box.right() > self._layout.title.width():
            box.moveRight(at - 2 * SPACE_PX)
        box.moveLeft(max(box.left(), 0.0))
        paper = QColor(self._theme.surface)
        paper.setAlphaF(0.92)
        painter.fillRect(box, paper)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        for number, (index, words, shown) in enumerate(rows):
            y = box.top() + SPACE_PX + number * line
            if index >= 0:
                self._draw_sample(index, box.left() + SPACE_PX, y + line / 2)
            left = box.left() + SPACE_PX + sample
            ink = self._theme.ink if index >= 0 else self._theme.quiet
            self._write(QRectF(left, y, name, line), words, self._fonts.text, ink, _LEFT)
            cell = QRectF(box.right() - 2 * SPACE_PX - value, y, value, line)
            self._write(cell, shown, self._fonts.text, ink, _RIGHT)

    # ------------------------------------------------------------------------------- drawing

    def _straight(self, start: QPointF, end: QPointF, colour: str) -> None:
        self._painter.setPen(QPen(QColor(colour), 1))
        self._painter.drawLine(start, end)

    def _write(self, place: QRectF, text: str, font: QFont, colour: str, flags: int) -> None:
        if not text:
            return
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 1)
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(place, flags | int(Qt.TextFlag.TextDontClip), shown)


def _paint_dot(painter: QPainter, index: int, at: QPointF, size: float) -> None:
    """A disc, a square or a triangle, by the place of the curve in the chart."""
    shape = index % 4
    if shape == 0:
        painter.drawEllipse(at, size, size)
    elif shape == 1:
        painter.drawRect(QRectF(at.x() - size, at.y() - size, 2 * size, 2 * size))
    else:
        up = -1 if shape == 2 else 1
        tip, foot = QPointF(0, up * 1.3 * size), QPointF(1.2 * size, -up * size)
        other = QPointF(-foot.x(), foot.y())
        painter.drawPolygon(QPolygonF([at + tip, at + foot, at + other]))


def _stepped(line: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each value kept until the next."""
    if len(line) < 2:
        return line
    steps = np.repeat(line, 2, axis=0)[:-1]
    steps[1::2, 0] = line[1:, 0]
    return steps


def reading_rows(chart: Chart, x: float) -> list[tuple[int, str, str]]:
    """What is said of `x`, as (curve or -1, name, value).

    Where a curve has no point at `x`, the one nearest to it is read, and its own x is said.
    """
    rows = [(-1, chart.x_title, value_text(x))]
    for index, series in enumerate(chart.series[:_MOST_READ]):
        point = chart.nearest_index(index, x)
        if point < 0:
            rows.append((index, series.name, "–"))
            continue
        text = value_text(float(series.y[point]))
        if series.x[point] != x:
            words = QCoreApplication.translate("LineChart", "{value} (at {x})")
            text = words.format(value=text, x=value_text(float(series.x[point])))
        rows.append((index, series.name, text))
    more = len(chart.series) - _MOST_READ
    if more > 0:
        words = QCoreApplication.translate("LineChart", "and {n} more")
        rows.append((-1, words.format(n=more), ""))
    return rows


def figure_fonts() -> ChartFonts:
    """Fonts of a figure."""
    return ChartFonts(
        interface_font(TEXT - 1), interface_font(TEXT - 2), interface_font(TEXT + 1, bold=True)
    )


def chart_size(chart: Chart, title: str) -> QSizeF:
    """Size of a figure of the chart, in figure units: the legend makes it higher."""
    layout = lay_out_chart(chart, figure_fonts(), title, _FIGURE)
    return QSizeF(
        _FIGURE.width(), _FIGURE.height() + layout.title.height() + layout.legend.height()
    )


def paint_chart(
    painter: QPainter, rect: QRectF, chart: Chart, theme: Theme, title: str = ""
) -> None:
    """Paint the chart as large as fits into `rect`, in its middle.

    Args:
        painter: Of any device; text stays text.
        rect: In the painter's units.
        chart: What is drawn.
        theme: Its colours; the paper is not painted.
        title: Above it, "" for none.
    """
    fonts, size = figure_fonts(), chart_size(chart, title)
    painter.save()
    scale_to(painter, rect, size)
    painter.translate(_MARGIN, _MARGIN)
    room = size - QSizeF(2 * _MARGIN, 2 * _MARGIN)
    layout = lay_out_chart(chart, fonts, title, room)
    ChartPainter(painter, theme, fonts, chart, layout).draw(title)
    painter.restore()
