"""The products of one query and one key, a bar for each dimension, largest contribution first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.engine.attention_records import PairRecord
from visualizer.engine.records import Int64Array
from visualizer.session.pair_reading import by_contribution
from visualizer.ui.theme import SPACE_PX, Theme, current_theme
from visualizer.ui.widgets.joined_text import listed
from visualizer.ui.widgets.number_text import number_text
from visualizer.ui.widgets.token_strip import rows_as_html

STALE_OPACITY = 0.4
_PLOT_PX = 96
_NAMED = 3  # the largest, where there is room for their names
# Purple and green are told apart by every kind of colour vision; the side of the line says it, too.
_RAISES = {"light": "#1B7837", "dark": "#7FBF7B"}
_LOWERS = {"light": "#762A83", "dark": "#C2A5CF"}


def raising_hue(theme: Theme) -> QColor:
    """Of products that raise the score."""
    return QColor(_RAISES[theme.name])


def lowering_hue(theme: Theme) -> QColor:
    """Of products that lower the score."""
    return QColor(_LOWERS[theme.name])


class DimensionBars(QWidget):
    """Bars above and below a line, one a dimension, sorted by their product.

    Signals:
        dimension_pointed: The dimension whose numbers are wanted, -1 for none in particular. int.
    """

    dimension_pointed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: PairRecord | None = None
        self._order: Int64Array = np.zeros(0, np.int64)
        self._stale = False
        self._place = -1  # pointed at, along the order
        self.setAccessibleName(self.tr("Products of query and key by dimension"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # ------------------------------------------------------------------------------- the view

    def set_record(self, record: PairRecord | None, *, stale: bool = False) -> None:
        """Draw the products of a pair, or nothing for None."""
        self._stale = stale
        if record is not self._record:
            self._record = record
            self._order = np.zeros(0, np.int64) if record is None else by_contribution(record)
            self._place = -1
            self._describe()
        self.update()

    def pointed(self) -> int:
        """The dimension pointed at, else the one that contributes most; -1 without any."""
        if self._record is None or not len(self._order):
            return -1
        if self._place >= 0:
            return int(self._order[self._place])
        return int(np.abs(self._record.products).argmax())

    def dimension_at(self, x: float) -> int:
        """The dimension whose bar is at `x`, -1 beside the plot."""
        place = self._place_at(x)
        return int(self._order[place]) if place >= 0 else -1

    def bar_rect(self, dimension: int) -> QRectF:
        """Where the bar of a dimension is drawn."""
        place = int(np.flatnonzero(self._order == dimension)[0])
        return self._bar_rect(place)

    def sizeHint(self) -> QSize:
        return QSize(80 * SPACE_PX, _PLOT_PX + 2 * self._small_metrics().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40 * SPACE_PX, self.sizeHint().height())

    # -------------------------------------------------------------------------------- geometry

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() * 0.85, 6.0))
        return font

    def _small_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._small_font())

    def _extent(self) -> tuple[float, float]:
        """Lowest and highest value of the scale; both sides have the same scale."""
        if self._record is None or not len(self._order):
            return 0.0, 1.0
        low, high = float(self._record.products.min()), float(self._record.products.max())
        low, high = min(low, 0.0), max(high, 0.0)
        return (low, high) if high > low else (0.0, 1.0)

    def _plot(self) -> QRectF:
        metrics = self._small_metrics()
        low, high = self._extent()
        left = max(metrics.horizontalAdvance(number_text(v, 2, sign=True)) for v in (low, high))
        left += 2 * SPACE_PX
        margin = metrics.height()
        return QRectF(left, margin, max(self.width() - left, 1), self.height() - 2 * margin)

    def _y(self, value: float, plot: QRectF) -> float:
        low, high = self._extent()
        return plot.bottom() - (value - low) / (high - low) * plot.height()

    def _bar_rect(self, place: int) -> QRectF:
        assert self._record is not None
        plot = self._plot()
        step = plot.width() / len(self._order)
        gap = 1.0 if step >= 4 else 0.0
        value = float(self._record.products[self._order[place]])
        top, bottom = sorted((self._y(value, plot), self._y(0.0, plot)))
        return QRectF(plot.left() + place * step, top, step - gap, max(bottom - top, 1.0))

    def _place_at(self, x: float) -> int:
        plot = self._plot()
        if self._record is None or not plot.left() <= x < plot.right():
            return -1
        return min(int((x - plot.left()) / plot.width() * len(self._order)), len(self._order) - 1)

    # -------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._record is None or not len(self._order):
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setOpacity(STALE_OPACITY if self._stale else 1.0)
        plot = self._plot()
        self._draw_scale(painter, theme, plot)
        raises, lowers = raising_hue(theme), lowering_hue(theme)
        for place, dimension in enumerate(self._order.tolist()):
            hue = raises if self._record.products[dimension] >= 0 else lowers
            painter.fillRect(self._bar_rect(place), hue)
        zero = self._y(0.0, plot)
        painter.setPen(QPen(QColor(theme.quiet), 1))
        painter.drawLine(QPointF(plot.left(), zero), QPointF(plot.right(), zero))
        self._draw_names(painter, theme)
        if self._place >= 0:
            self._draw_pointer(painter, theme, plot)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw_scale(self, painter: QPainter, theme: Theme, plot: QRectF) -> None:
        painter.setFont(self._small_font())
        painter.setPen(QColor(theme.quiet))
        height = self._small_metrics().height()
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        texts = {value: number_text(value, 2, sign=True) for value in self._extent()}
        zero = self._y(0.0, plot)
        if all(abs(self._y(value, plot) - zero) >= height for value in texts if value):
            texts[0.0] = "0"
        for value, text in texts.items():
            y = self._y(value, plot)
            box = QRectF(0, y - height / 2, plot.left() - SPACE_PX, height)
            painter.drawText(box, right, text)

    def _draw_names(self, painter: QPainter, theme: Theme) -> None:
        """The dimensions that contribute most, named where the names do not touch."""
        assert self._record is not None
        painter.setFont(self._small_font())
        painter.setPen(QColor(theme.ink))
        metrics = self._small_metrics()
        taken: list[QRectF] = []
        for dimension in np.argsort(-np.abs(self._record.products), kind="stable")[:_NAMED]:
            bar, text = self.bar_rect(int(dimension)), f"d{dimension}"
            width = metrics.horizontalAdvance(text) + SPACE_PX
            is_up = self._record.products[dimension] >= 0
            y = bar.top() - metrics.height() if is_up else bar.bottom()
            x = min(max(bar.center().x() - width / 2, self._plot().left()), self.width() - width)
            box = QRectF(x, y, width, metrics.height())
            others = (
                self._bar_rect(i) for i in range(len(self._order)) if self._order[i] != dimension
            )
            if not any(box.intersects(other) for other in (*taken, *others)):
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
                taken.append(box)

    def _draw_pointer(self, painter: QPainter, theme: Theme, plot: QRectF) -> None:
        shade = QColor(theme.ink)
        shade.setAlphaF(0.12)
        bar = self._bar_rect(self._place)
        width = max(bar.width(), 3.0)
        left = bar.center().x() - width / 2
        painter.fillRect(QRectF(left, plot.top(), width, plot.height()), shade)
        painter.setPen(QPen(QColor(theme.ink), 1))
        painter.drawRect(QRectF(left, bar.top(), width, bar.height()))

    # --------------------------------------------------------------------------------- words

    def tooltip_rows(self, dimension: int) -> list[tuple[str, str]]:
        """What the tooltip of a bar says, as (name, value)."""
        assert self._record is not None
        record = self._record
        rank = int(np.flatnonzero(self._order == dimension)[0]) + 1
        return [
            (self.tr("dimension"), f"{dimension}"),
            ("q", number_text(float(record.query_vector[dimension]), 5)),
            ("k", number_text(float(record.key_vector[dimension]), 5)),
            ("q × k", number_text(float(record.products[dimension]), 5, sign=True)),
            (self.tr("place"), self.tr("{rank} of {n}").format(rank=rank, n=len(self._order))),
        ]

    def _describe(self) -> None:
        dimension = self.pointed()
        if dimension < 0:
            self.setAccessibleDescription("")
            return
        rows = self.tooltip_rows(dimension)
        self.setAccessibleDescription(listed(f"{name} {value}" for name, value in rows))

    # --------------------------------------------------------------------------------- events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            dimension = self.dimension_at(event.pos().x())
            if dimension < 0:
                QToolTip.hideText()
            else:
                text = rows_as_html(self.tooltip_rows(dimension))
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._place_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._order) - 1
        now = self._place
        targets = {
            Qt.Key.Key_Left: max(now - 1, 0),
            Qt.Key.Key_Right: min(now + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if last < 0 or key not in targets:
            super().keyPressEvent(event)
            return
        self._point(targets[key])
        where = QPoint(round(self._bar_rect(self._place).center().x()), self.height())
        text = rows_as_html(self.tooltip_rows(self.pointed()))
        QToolTip.showText(self.mapToGlobal(where), text, self)

    def _point(self, place: int) -> None:
        if place != self._place:
            self._place = place
            self._describe()
            self.update()
            self.dimension_pointed.emit(int(self._order[place]) if place >= 0 else -1)
