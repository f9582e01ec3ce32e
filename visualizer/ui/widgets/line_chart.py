"""Curves over a common axis, read under the pointer."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.chart_layout import Chart, ChartFonts, ChartLayout, Series, lay_out_chart
from visualizer.ui.widgets.chart_painting import (
    ChartPainter,
    chart_size,
    paint_chart,
    reading_rows,
)

__all__ = ["Chart", "LineChart", "Series", "chart_size", "paint_chart"]

_WANTED_PX = (100 * SPACE_PX, 56 * SPACE_PX)
_LEAST_PX = (60 * SPACE_PX, 36 * SPACE_PX)


class LineChart(QWidget):
    """Curves with their names, two axes, and a reading of all of them at one x.

    A new chart is drawn at the next repaint, however many came before it.

    Signals:
        x_hovered: The x of the nearest point under the pointer, NaN when it leaves. (x: float)
        x_selected: An x was chosen by a click or with Enter. (x: float)
    """

    x_hovered = Signal(float)
    x_selected = Signal(float)

    def __init__(self, parent: QWidget | None = None, *, title: str = "") -> None:
        super().__init__(parent)
        self._chart: Chart | None = None
        self._title = title
        self._pointed = math.nan
        self._layout: ChartLayout | None = None
        self._picture: QPixmap | None = None
        self._picture_theme = ""
        self.setAccessibleName(title or self.tr("Chart"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    # ------------------------------------------------------------------------------- the chart

    def chart(self) -> Chart | None:
        """What is drawn."""
        return self._chart

    def set_chart(self, chart: Chart | None) -> None:
        """Draw another chart, or nothing for None; the reading goes to the x nearest to it."""
        self._chart = chart
        self._layout = self._picture = None
        if chart is None:
            self._pointed = math.nan
        elif not math.isnan(self._pointed):
            self._pointed = self._nearest(self._pointed)
        self._describe()
        self.update()

    def pointed(self) -> float:
        """The x that is read, NaN for none."""
        return self._pointed

    def chart_layout(self) -> ChartLayout:
        """Where everything stands now; there must be a chart."""
        assert self._chart is not None
        if self._layout is None:
            self._layout = lay_out_chart(
                self._chart, self._fonts(), self._title, QSizeF(self.size())
            )
        return self._layout

    def sizeHint(self) -> QSize:
        return QSize(*_WANTED_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(*_LEAST_PX)

    def _fonts(self) -> ChartFonts:
        text, small, title = QFont(self.font()), QFont(self.font()), QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() * 0.85, 6.0))
        title.setBold(True)
        return ChartFonts(text, small, title)

    # --------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        chart = self._chart
        if chart is None:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn(chart))
        theme = current_theme()
        if not math.isnan(self._pointed):
            over = ChartPainter(painter, theme, self._fonts(), chart, self.chart_layout())
            over.draw_reading(self._pointed)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _drawn(self, chart: Chart) -> QPixmap:
        """What does not follow the pointer, drawn once."""
        theme, ratio = current_theme(), self.devicePixelRatioF()
        picture = self._picture
        if (
            picture is None
            or self._picture_theme != theme.name
            or picture.devicePixelRatio() != ratio
        ):
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(0, 0, 0, 0))
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
            layout = self.chart_layout()
            live = ChartPainter(painter, theme, self._fonts(), chart, layout, is_live=True)
            live.draw(self._title)
            painter.end()
            self._picture, self._picture_theme = picture, theme.name
        return picture

    # ---------------------------------------------------------------------------------- reading

    def _nearest(self, x: float) -> float:
        """The x of a point that is nearest along the axis, NaN without any."""
        assert self._chart is not None
        xs = self._chart.all_x
        if not xs.size:
            return math.nan
        axis = self._chart.axes[0]
        after = int(np.searchsorted(xs, x))
        near = xs[max(after - 1, 0) : after + 1]
        return float(near[np.abs(axis.places(near) - axis.place(x)).argmin()])

    def x_at(self, place: float) -> float:
        """The x of the point nearest to a place from the left, NaN beside the plot."""
        if self._chart is None or not self._chart.all_x.size:
            return math.nan
        plot = self.chart_layout().plot
        if not plot.left() - SPACE_PX <= place <= plot.right() + SPACE_PX:
            return math.nan
        share = min(max((place - plot.left()) / plot.width(), 0.0), 1.0)
        return self._nearest(self._chart.axes[0].value(share))

    def _describe(self) -> None:
        if self._chart is None or not self._chart.all_x.size:
            self.setAccessibleDescription(self.tr("Nothing is drawn yet."))
        elif math.isnan(self._pointed):
            names = ", ".join(series.name for series in self._chart.series if series.name)
            self.setAccessibleDescription(names)
        else:
            rows = reading_rows(self._chart, self._pointed)
            text = ", ".join(f"{name} {value}".strip() for _, name, value in rows)
            self.setAccessibleDescription(text)

    # ---------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout = self._picture = None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._layout = self._picture = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.x_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(math.nan)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = self.x_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and not math.isnan(x):
            self._point(x)
            self.x_selected.emit(x)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        xs = None if self._chart is None else self._chart.all_x
        key = Qt.Key(event.key())
        if xs is None or not xs.size:
            super().keyPressEvent(event)
            return
        last = xs.size - 1
        here = -1 if math.isnan(self._pointed) else int(np.searchsorted(xs, self._pointed))
        targets = {
            Qt.Key.Key_Left: max(here - 1, 0) if here >= 0 else last,
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in targets:
            self._point(float(xs[targets[key]]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here >= 0:
            self.x_selected.emit(self._pointed)
        elif key == Qt.Key.Key_Escape and here >= 0:
            self._point(math.nan)
        else:
            super().keyPressEvent(event)

    def _point(self, x: float) -> None:
        if x != self._pointed and not (math.isnan(x) and math.isnan(self._pointed)):
            self._pointed = x
            self._describe()
            self.update()
            self.x_hovered.emit(x)
