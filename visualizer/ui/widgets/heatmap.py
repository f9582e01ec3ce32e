"""One head's weights as a map: a row per query, a column per key, square cells."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from visualizer.session.exports import cell_tokens
from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme, current_theme, token_font
from visualizer.ui.widgets.attention_image import indexed_image, readable_inks
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.head_reading import is_visible
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.resampling import pixel_starts, resample
from visualizer.ui.widgets.token_axis import (
    LABEL_GAP,
    AxisTexts,
    LabelledAxis,
    axis_texts,
    marked_cells,
    paint_column_labels,
    paint_row_labels,
)
from visualizer.ui.widgets.view_colours import HeadColours

STALE_OPACITY = 0.4
MARGIN_PX = 8
MOST_LABEL_PX = 120
MOST_STEPS_PX = 3  # smaller cells have no line along what can be seen


class Heatmap(QWidget):
    """Draws the weights of a HeadView and reports where the crosshair is.

    The wheel zooms about the mouse, dragging moves a zoomed map, a double click shows the whole
    of it. The arrow keys move the crosshair, Enter selects its row's token.

    Signals:
        crosshair_moved: Row and column of the cell pointed at, -1 for none: on a row's label
            only the row is given, on a column's label only the column. (row: int, column: int)
        row_selected: A row was clicked or chosen by Enter. (row: int)
    """

    crosshair_moved = Signal(int, int)
    row_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._view: HeadView | None = None
        self._levels: UInt8Array = np.zeros((1, 1), dtype=np.uint8)
        self._rows = self._columns = AxisTexts((), ())
        self._layout = HeatmapLayout(1, 1, 0, 0, 1, 1)
        self._zoomed = False
        self._crosshair: tuple[int | None, int | None] = (None, None)
        self._linked: int | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.setAccessibleName(self.tr("Attention weights"))

    # ------------------------------------------------------------------------------ content

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw these weights.

        Raises:
            UsageError: They are no matrix, or an empty one.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        check_weights(view.record.weights)
        record = view.record
        self._levels = colours.levels(record)
        n_rows, n_columns = self._levels.shape
        before = self._view
        if (
            before is None
            or before.tokenization is not view.tokenization
            or (
                (before.record.rows, before.record.columns, before.record.block)
                != (record.rows, record.columns, record.block)
            )
        ):
            self._rows = axis_texts(view.tokenization, record.rows, record.block, n_rows)
            self._columns = axis_texts(view.tokenization, record.columns, record.block, n_columns)
        self._view = view
        row, column = self._crosshair
        if (row or 0) >= n_rows or (column or 0) >= n_columns:
            self._crosshair = (None, None)
        self._lay_out()
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self._crosshair = (None, None)
        self.update()

    def set_linked_cell(self, cell: int | None) -> None:
        """Mark the row and the column of a token that is pointed at elsewhere."""
        if cell != self._linked:
            self._linked = cell
            self.update()

    @property
    def crosshair(self) -> tuple[int | None, int | None]:
        """Row and column pointed at."""
        return self._crosshair

    def _lay_out(self) -> None:
        scale = self.devicePixelRatioF()
        n_rows, n_columns = self._levels.shape
        metrics = QFontMetricsF(self._token_font())
        many = max(n_rows, n_columns) * metrics.height() > min(self.width(), self.height())
        left = max(
            self._label_room(self._rows, metrics, many, self.width() * 0.3), self._title_room()
        )
        top = self._label_room(self._columns, metrics, many, self.height() * 0.25)
        origin_x = left + LABEL_GAP + 1
        origin_y = top + LABEL_GAP + self._title_height() + 1
        before = self._layout
        layout = HeatmapLayout(
            n_rows,
            n_columns,
            left=round(origin_x * scale),
            top=round(origin_y * scale),
            width=max(1, int((self.width() - origin_x - MARGIN_PX) * scale)),
            height=max(1, int((self.height() - origin_y - MARGIN_PX) * scale)),
        )
        if self._zoomed and before.cell_px > layout.fitting_px(scale):
            self._layout = replace(layout, cell_px=before.cell_px, x=before.x, y=before.y).moved(
                0.0, 0.0
            )
        else:
            self._zoomed = False
            self._layout = layout.fitted(scale)

    @staticmethod
    def _label_room(texts: AxisTexts, metrics: QFontMetricsF, numbered: bool, most: float) -> float:
        """Room for labels, in steps of 16, so that the map seldom moves while the text grows."""
        longest = texts.longest(metrics, numbered=numbered) + 2
        rounded = 16.0 * math.ceil(max(longest, 64.0) / 16)
        return min(rounded, MOST_LABEL_PX, max(most, 64.0))

    def _token_font(self) -> QFont:
        return token_font(self.font().pointSizeF() * 0.9)

    def row_title(self) -> str:
        """What the rows are; may be wrapped at its spaces."""
        return self.tr("query (looks)\N{NO-BREAK SPACE}↓")

    def _title_room(self) -> float:
        """Room for the longest word of the rows' title, which is wrapped to the labels' width."""
        words = self.row_title().split(" ")
        metrics = QFontMetricsF(self.font())
        return max(metrics.horizontalAdvance(word) for word in words) + LABEL_GAP + 2

    def _title_height(self) -> float:
        return QFontMetricsF(self.font()).height() + LABEL_GAP

    # ------------------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(self.rect(), QColor(theme.paper))
        if self._view is None:
            return
        if self._view.stale:
            painter.setOpacity(STALE_OPACITY)
        area = self.map_area()
        painter.drawImage(area, self._image(theme))
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        self._paint_steps(painter, theme, area)
        self._paint_numbers(painter, theme, area)
        self._paint_marks(painter, theme, area)
        self._paint_labels(painter, theme, area)
        self._paint_titles(painter, theme, area)

    def map_area(self) -> QRectF:
        """The map in the widget, in logical pixels."""
        scale = self.devicePixelRatioF()
        layout = self._layout
        return QRectF(
            layout.left / scale,
            layout.top / scale,
            layout.map_width / scale,
            layout.map_height / scale,
        )

    def _image(self, theme: Theme) -> QImage:
        layout = self._layout
        rows = pixel_starts(layout.n_rows, layout.y, layout.cell_px, layout.map_height)
        columns = pixel_starts(layout.n_columns, layout.x, layout.cell_px, layout.map_width)
        self._sheet = resample(self._levels, rows, columns)  # the image borrows its memory
        return indexed_image(self._sheet, theme, self._view.palette if self._view else "ink")

    def _cells_in_sight(self) -> tuple[range, range]:
        layout = self._layout
        first_row, first_column = int(layout.y), int(layout.x)
        n_rows = math.ceil(layout.map_height / layout.cell_px) + 1
        n_columns = math.ceil(layout.map_width / layout.cell_px) + 1
        return (
            range(first_row, min(first_row + n_rows, layout.n_rows)),
            range(first_column, min(first_column + n_columns, layout.n_columns)),
        )

    def _paint_steps(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        """The edge of what queries can see: right of it every key comes after its query."""
        assert self._view is not None
        if self._layout.cell_px < MOST_STEPS_PX * self.devicePixelRatioF():
            return
        record = self._view.record
        points: list[QPointF] = []
        for row in self._cells_in_sight()[0]:
            last_query = cell_tokens(record.rows, record.block, row)[1] - 1
            end = (last_query - record.columns[0]) // record.block + 1
            x = self._column_place(min(max(end, 0), len(self._columns.plain)))
            points += [QPointF(x, self._row_place(row)), QPointF(x, self._row_place(row + 1))]
        painter.save()
        painter.setClipRect(area)
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawPolyline(points)
        painter.restore()

    def _paint_numbers(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        """Weights written into cells that are large enough, to two digits."""
        assert self._view is not None
        edge = self._layout.cell_px / self.devicePixelRatioF()
        painter.setFont(self._number_font())
        if edge < QFontMetricsF(painter.font()).horizontalAdvance("0.00") + 8:
            return
        painter.save()
        painter.setClipRect(area)
        record = self._view.record
        inks = readable_inks(theme, self._view.palette)
        rows, columns = self._cells_in_sight()
        for row in rows:
            for column in columns:
                if not is_visible(record, row, column):
                    break
                painter.setPen(inks[self._levels[row, column]])
                box = QRectF(self._column_place(column), self._row_place(row), edge, edge)
                text = f"{record.weights[row, column]:.2f}"
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def _number_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def _paint_marks(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        """Frames around rows, columns and the cell pointed at."""
        painter.save()
        painter.setClipRect(area.adjusted(-2, -2, 2, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        row, column = self._crosshair
        if self._linked is not None:
            self._frame(painter, self.column_area(self._linked), theme.key, 1)
        selected = self.selected_row()
        if row is not None and row != selected:
            self._frame(painter, self.row_area(row), theme.query, 1)
        if column is not None:
            self._frame(painter, self.column_area(column), theme.key, 1)
        if selected is not None:
            self._frame(painter, self.row_area(selected), theme.query, 2)
        if row is not None and column is not None:
            cell = self.row_area(row).intersected(self.column_area(column))
            self._frame(painter, cell, theme.ink, 2)
        painter.restore()

    @staticmethod
    def _frame(painter: QPainter, area: QRectF, colour: str, width: float) -> None:
        thin = min(area.width(), area.height()) < 6
        half = (1 if thin else width) / 2
        pen = QPen(QColor(colour), 2 * half)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        # Around the cells, so that none of them is hidden.
        painter.drawRect(area.adjusted(-half, -half, half, half))

    def row_area(self, row: int) -> QRectF:
        """A row of the map in the widget, at least as high as a line."""
        scale, area = self.devicePixelRatioF(), self.map_area()
        top, edge = self._layout.row_start(row) / scale, self._layout.cell_px / scale
        return QRectF(area.left(), top, area.width(), max(edge, 1.0))

    def column_area(self, column: int) -> QRectF:
        """A column of the map in the widget, at least as wide as a line."""
        scale, area = self.devicePixelRatioF(), self.map_area()
        left, edge = self._layout.column_start(column) / scale, self._layout.cell_px / scale
        return QRectF(left, area.top(), max(edge, 1.0), area.height())

    def selected_row(self) -> int | None:
        """Row of the selected token, None where it is not on the map."""
        if self._view is None or self._view.query is None:
            return None
        record = self._view.record
        first, end = record.rows
        inside = first <= self._view.query < end
        return (self._view.query - first) // record.block if inside else None

    def _row_place(self, row: float) -> float:
        return self._layout.row_start(row) / self.devicePixelRatioF()

    def _column_place(self, column: float) -> float:
        return self._layout.column_start(column) / self.devicePixelRatioF()

    def _paint_labels(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        painter.setFont(self._token_font())
        pitch = self._layout.cell_px / self.devicePixelRatioF()
        row, column = self._crosshair
        rows = LabelledAxis(
            self._rows,
            self._row_place,
            pitch,
            (area.top(), area.bottom()),
            area.left() - LABEL_GAP,
            marked_cells(
                (self._linked, theme.key), (row, theme.query), (self.selected_row(), theme.query)
            ),
            theme.ink,
        )
        paint_row_labels(painter, rows, area.left() - LABEL_GAP)
        columns = LabelledAxis(
            self._columns,
            self._column_place,
            pitch,
            (area.left(), area.right()),
            area.top() - LABEL_GAP - self._title_height(),
            marked_cells((self._linked, theme.key), (column, theme.key)),
            theme.ink,
        )
        paint_column_labels(painter, columns, area.top() - LABEL_GAP)

    def _paint_titles(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        """The names of the axes, each where its labels begin."""
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(theme.key))
        text = self.tr("key (is looked at) →")
        painter.drawText(QPointF(area.left(), metrics.ascent()), text)
        painter.setPen(QColor(theme.query))
        room = QRectF(0, 0, area.left() - 2 * LABEL_GAP, area.top() - LABEL_GAP)
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap,
            self.row_title(),
        )

    # ------------------------------------------------------------------------------ pointing

    def _point_at(self, row: int | None, column: int | None) -> None:
        if (row, column) == self._crosshair:
            return
        self._crosshair = (row, column)
        self.crosshair_moved.emit(-1 if row is None else row, -1 if column is None else column)
        self.update()

    def target_at(self, place: QPointF) -> tuple[int | None, int | None]:
        """(row, column) under a place: a cell, a row's or a column's label, or (None, None)."""
        if self._view is None:
            return None, None
        scale, area = self.devicePixelRatioF(), self.map_area()
        px, py = place.x() * scale, place.y() * scale
        cell = self._layout.cell_at(px, py)
        if cell is not None:
            return cell
        if place.x() < area.left():
            return self._layout.row_at(py), None
        if self._title_height() < place.y() < area.top():
            return None, self._layout.column_at(px)
        return None, None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            self._dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and self._zoomed:
            way = event.position() - self._pressed
            if self._dragging or way.manhattanLength() >= QApplication.startDragDistance():
                self._dragging = True
                scale = self.devicePixelRatioF() / self._layout.cell_px
                self._layout = self._layout.moved(-way.x() * scale, -way.y() * scale)
                self._pressed = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.update()
                return
        self._point_at(*self.target_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        self.unsetCursor()
        row, _column = self.target_at(event.position())
        if not self._dragging and row is not None:
            self.row_selected.emit(row)
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None, None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._view is None or not event.angleDelta().y():
            event.ignore()
            return
        scale = self.devicePixelRatioF()
        place = event.position() * scale
        self.zoom(1.25 ** (event.angleDelta().y() / 120), place.x(), place.y())
        self._point_at(*self.target_at(event.position()))
        event.accept()

    def zoom(self, factor: float, px: float, py: float) -> None:
        """Zoom about a place given in device pixels."""
        scale = self.devicePixelRatioF()
        self._layout = self._layout.zoomed(factor, px, py, scale)
        self._zoomed = self._layout.cell_px > self._layout.fitting_px(scale)
        self.update()

    def fit(self) -> None:
        """Show the whole map."""
        self._zoomed = False
        self._layout = self._layout.fitted(self.devicePixelRatioF())
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        row, _column = self._crosshair
        if self._view is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and row is not None:
            self.row_selected.emit(row)
        elif key == Qt.Key.Key_Escape and self._crosshair != (None, None):
            self._point_at(None, None)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            middle = self.map_area().center() * self.devicePixelRatioF()
            self.zoom(1 / 1.25 if key == Qt.Key.Key_Minus else 1.25, middle.x(), middle.y())
        elif key == Qt.Key.Key_0:
            self.fit()
        elif (moved := self._travelled(key)) is not None:
            self._layout = self._layout.showing(*moved)
            self._point_at(*moved)
        else:
            super().keyPressEvent(event)

    def _travelled(self, key: Qt.Key) -> tuple[int, int] | None:
        """Where a key leads from the crosshair, which starts in the selected row."""
        n_rows, n_columns = self._levels.shape
        row, column = self._crosshair
        fresh = row is None and column is None
        row = row if row is not None else self.selected_row() or 0
        column = column if column is not None else 0
        moves: dict[Qt.Key, tuple[int, int]] = {
            Qt.Key.Key_Up: (row - 1, column),
            Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_Left: (row, column - 1),
            Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Home: (row, 0),
            Qt.Key.Key_End: (row, n_columns - 1),
        }
        if key not in moves:
            return None
        row, column = (row, column) if fresh else moves[key]
        return min(max(row, 0), n_rows - 1), min(max(column, 0), n_columns - 1)

    # ------------------------------------------------------------------------------ plumbing

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(440, 440)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)
