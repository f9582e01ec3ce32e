"""All heads of all layers as one picture: a row per layer, a column per head."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from visualizer.engine.records import HeadChoice
from visualizer.session.exports import head_name
from visualizer.session.views import OverviewView
from visualizer.ui.theme import Theme, current_theme
from visualizer.ui.widgets.attention_image import mosaic_image
from visualizer.ui.widgets.colour_scale import ColourMapping, UInt8Array, weight_text
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    compose,
    fitting_cell,
    labelled_cells,
    labels_every,
)

SMALLEST_CELL_PX = 14
LARGEST_CELL_PX = 96
GAP_PX = 1
GROUP_GAP_PX = 4
MARGIN_PX = 4

Cell = tuple[int, HeadChoice]


class Mosaic(QAbstractScrollArea):
    """Thumbnails of all heads; hover to look, click or travel with the arrow keys to choose.

    Layer numbers stand down the left, head numbers along the top, both stay in sight when the
    grid is scrolled. Clicking a layer number chooses the mean over its heads.
    """

    head_hovered = Signal(int, int)
    """Layer and head under the mouse; -1, -1 when it leaves them."""
    head_selected = Signal(int, object)
    """Layer, and a head or "mean"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.mapping = ColourMapping("square root", 1.0, GAP_LEVEL)
        self._view: OverviewView | None = None
        self._levels: UInt8Array = np.zeros((0, 0, 0, 0), dtype=np.uint8)
        self._rows = self._columns = GroupedAxis(1, 1, 0, 1, 0)
        self._sheet: UInt8Array | None = None
        self._hovered: Cell | None = None
        self.setAccessibleName(self.tr("All heads"))

    # ------------------------------------------------------------------------------ drawing

    def set_view(self, view: OverviewView | None) -> None:
        """Draw these thumbnails, or nothing."""
        before = self._view
        self._view = view
        if view is None or 0 in view.thumbnails.shape:
            self._view = None
            self._sheet = None
        elif before is None or before.thumbnails is not view.thumbnails:
            self._levels = self.mapping.levels(view.thumbnails)
            self._sheet = None
        if view is not None and (
            before is None or (before.layer, before.head) != (view.layer, view.head)
        ):
            self.setAccessibleDescription(head_name(view.layer, view.head))
        self._lay_out()
        self.viewport().update()

    def _lay_out(self) -> None:
        if self._view is None:
            self.verticalScrollBar().setRange(0, 0)
            self.horizontalScrollBar().setRange(0, 0)
            return
        scale = self.devicePixelRatioF()
        n_layers, n_heads = self._view.thumbnails.shape[:2]
        group = max(1, n_heads // max(1, self._view.n_key_value_heads))
        gap, wide = round(GAP_PX * scale), round(GROUP_GAP_PX * scale)
        if group in (1, n_heads):  # nothing to tell apart
            wide = gap
        origin = self._origin()
        size = self.maximumViewportSize()
        across = int((size.width() - origin.x() - MARGIN_PX) * scale)
        down = int((size.height() - origin.y() - MARGIN_PX) * scale)
        cell = min(
            fitting_cell(n_heads, group, across, gap, wide),
            fitting_cell(n_layers, n_layers, down, gap, gap),
            round(LARGEST_CELL_PX * scale),
        )
        cell = max(cell, round(SMALLEST_CELL_PX * scale))
        rows = GroupedAxis(n_layers, cell, gap, n_layers, gap)
        columns = GroupedAxis(n_heads, cell, gap, group, wide)
        if (rows, columns) != (self._rows, self._columns):
            self._rows, self._columns = rows, columns
            self._sheet = None
        self._set_scroll_ranges(scale, origin)

    def _set_scroll_ranges(self, scale: float, origin: QPoint) -> None:
        size = self.viewport().size()
        for bar, length, shown in (
            (self.horizontalScrollBar(), self._columns.length, size.width() - origin.x()),
            (self.verticalScrollBar(), self._rows.length, size.height() - origin.y()),
        ):
            bar.setRange(0, max(0, int(np.ceil(length / scale)) + MARGIN_PX - shown))
            bar.setPageStep(max(shown, 1))
            bar.setSingleStep(max(1, round((self._rows.cell + self._rows.gap) / scale)))

    def _label_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        return font

    def _origin(self) -> QPoint:
        """Corner of the grid when it is not scrolled, in logical pixels."""
        assert self._view is not None
        metrics = QFontMetrics(self._label_font())
        widest = metrics.horizontalAdvance(f"L{self._view.thumbnails.shape[0] - 1}")
        return QPoint(widest + 3 * MARGIN_PX, metrics.height() + MARGIN_PX)

    def _grid_corner(self) -> QPoint:
        """Where the first thumbnail is now: centred where there is room, else scrolled."""
        origin = self._origin()
        room = self.viewport().width() - origin.x() - MARGIN_PX
        spare = max(0, room - int(np.ceil(self._columns.length / self.devicePixelRatioF())))
        scroll = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return origin + QPoint(spare // 2, 0) - scroll

    def _image(self, theme: Theme) -> QImage:
        if self._sheet is None:
            self._sheet = compose(self._levels, self._rows, self._columns)
        return mosaic_image(self._sheet, theme)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = current_theme()
        painter.fillRect(self.viewport().rect(), QColor(theme.paper))
        view = self._view
        if view is None:
            return
        scale = self.devicePixelRatioF()
        corner, origin = self._grid_corner(), self._origin()
        inside = QRect(corner.x(), origin.y(), self.viewport().width(), self.viewport().height())
        if self.horizontalScrollBar().maximum():
            inside.setLeft(origin.x())
        painter.save()
        painter.setClipRect(inside.adjusted(-3, -3, 0, 0))
        if view.stale:
            painter.setOpacity(0.4)
        size = QRectF(
            corner.x(), corner.y(), self._columns.length / scale, self._rows.length / scale
        )
        painter.drawImage(size, self._image(theme))
        painter.setOpacity(1.0)
        self._paint_marks(painter, theme, corner, scale)
        painter.restore()
        painter.setFont(self._label_font())
        self._paint_layer_numbers(painter, theme, corner, origin)
        self._paint_head_numbers(painter, theme, corner, origin)

    def _paint_marks(self, painter: QPainter, theme: Theme, corner: QPoint, scale: float) -> None:
        """Outline the chosen head or row, and what the mouse is on."""
        assert self._view is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marks: list[tuple[Cell, str, float]] = [
            ((self._view.layer, self._view.head), theme.accent, 2)
        ]
        if self._hovered is not None:
            marks.insert(0, (self._hovered, theme.quiet, 1))
        for cell, colour, width in marks:
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(self._frame(cell, corner, scale, width))

    def _frame(self, cell: Cell, corner: QPoint, scale: float, pen_px: float) -> QRectF:
        """Rectangle just around a thumbnail, or around a layer's whole row for its mean."""
        layer, head = cell
        left = 0 if isinstance(head, str) else self._columns.start(head)
        width = self._columns.length if isinstance(head, str) else self._columns.cell
        half = pen_px / 2
        return QRectF(
            corner.x() + left / scale,
            corner.y() + self._rows.start(layer) / scale,
            width / scale,
            self._rows.cell / scale,
        ).adjusted(-half, -half, half, half)

    def _paint_layer_numbers(
        self, painter: QPainter, theme: Theme, corner: QPoint, origin: QPoint
    ) -> None:
        assert self._view is not None
        scale = self.devicePixelRatioF()
        line = painter.fontMetrics().height()
        every = labels_every(line * 0.9, (self._rows.cell + self._rows.gap) / scale)
        right = max(corner.x(), origin.x()) - 2 * MARGIN_PX
        painter.setClipRect(QRect(0, origin.y() - 2, right + MARGIN_PX, self.viewport().height()))
        hovered = self._hovered[0] if self._hovered is not None else None
        for layer in labelled_cells(self._rows.n, every, self._view.layer):
            middle = corner.y() + (self._rows.start(layer) + self._rows.cell / 2) / scale
            painter.setPen(_label_colour(theme, layer == self._view.layer, layer == hovered))
            painter.drawText(
                QRectF(0, middle - line / 2, right, line),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                f"L{layer}",
            )

    def _paint_head_numbers(
        self, painter: QPainter, theme: Theme, corner: QPoint, origin: QPoint
    ) -> None:
        assert self._view is not None
        scale = self.devicePixelRatioF()
        metrics = painter.fontMetrics()
        pitch = (self._columns.cell + self._columns.gap) / scale
        last = str(self._columns.n - 1)
        prefix = "H" if metrics.horizontalAdvance(f"H{last}") + 2 < pitch else ""
        every = labels_every(metrics.horizontalAdvance(prefix + last) + 2, pitch)
        left = origin.x() - MARGIN_PX
        painter.setClipRect(QRect(left, 0, self.viewport().width(), origin.y() - 1))
        chosen = None if isinstance(self._view.head, str) else self._view.head
        hovered = self._hovered[1] if self._hovered is not None else None
        for head in labelled_cells(self._columns.n, every, chosen):
            middle = corner.x() + (self._columns.start(head) + self._columns.cell / 2) / scale
            painter.setPen(_label_colour(theme, head == chosen, head == hovered))
            painter.drawText(
                QRectF(middle - 24, 0, 48, origin.y() - MARGIN_PX / 2),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom,
                f"{prefix}{head}",
            )

    # ------------------------------------------------------------------------------ choosing

    def cell_at(self, place: QPoint) -> Cell | None:
        """What lies at a place of the viewport: a head, a layer's number as its mean, or None."""
        if self._view is None:
            return None
        scale = self.devicePixelRatioF()
        corner, origin = self._grid_corner(), self._origin()
        if place.y() < origin.y():
            return None
        layer = self._rows.at((place.y() - corner.y()) * scale)
        if layer is None:
            return None
        if place.x() < max(corner.x(), origin.x()) - MARGIN_PX:
            return (layer, "mean")
        head = self._columns.at((place.x() - corner.x()) * scale)
        return None if head is None else (layer, head)

    def cell_centre(self, layer: int, head: HeadChoice) -> QPoint:
        """Middle of a thumbnail, or of a layer's number for "mean", in the viewport."""
        scale = self.devicePixelRatioF()
        corner = self._grid_corner()
        y = corner.y() + (self._rows.start(layer) + self._rows.cell / 2) / scale
        if isinstance(head, str):
            return QPoint(max(corner.x(), self._origin().x()) - 3 * MARGIN_PX, int(y))
        x = corner.x() + (self._columns.start(head) + self._columns.cell / 2) / scale
        return QPoint(int(x), int(y))

    def _hover(self, cell: Cell | None) -> None:
        if cell == self._hovered:
            return
        self._hovered = cell
        layer, head = cell if cell is not None else (-1, -1)
        self.head_hovered.emit(layer, -1 if isinstance(head, str) else head)
        self.viewport().update()

    def _select(self, cell: Cell) -> None:
        view = self._view
        if view is not None and cell != (view.layer, view.head):
            self.head_selected.emit(cell[0], cell[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._select(cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has chosen; nothing behind the grid wants the rest

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.cell_text(cell), self.viewport())
            return True
        return super().viewportEvent(event)

    def cell_text(self, cell: Cell) -> str:
        """What the tooltip says of a head."""
        assert self._view is not None
        layer, head = cell
        if isinstance(head, str):
            return self.tr("{head}: click for the mean over the heads of layer {layer}").format(
                head=head_name(layer, head), layer=layer
            )
        largest = float(self._view.thumbnails[layer, head].max())
        return self.tr("{head}: click to look at it\nlargest weight {weight}").format(
            head=head_name(layer, head), weight=weight_text(largest)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cell = self._travelled(Qt.Key(event.key()))
        if cell is None:
            super().keyPressEvent(event)
            return
        self._select(cell)
        self._scroll_to(cell)

    def _travelled(self, key: Qt.Key) -> Cell | None:
        """Where a key leads from the chosen head; the mean lies left of head 0."""
        if self._view is None:
            return None
        layer, head = self._view.layer, self._view.head
        column = -1 if isinstance(head, str) else head
        page = max(1, self.verticalScrollBar().pageStep() // self.verticalScrollBar().singleStep())
        moves: dict[Qt.Key, tuple[int, int]] = {
            Qt.Key.Key_Up: (layer - 1, column),
            Qt.Key.Key_Down: (layer + 1, column),
            Qt.Key.Key_Left: (layer, column - 1),
            Qt.Key.Key_Right: (layer, column + 1),
            Qt.Key.Key_Home: (layer, 0),
            Qt.Key.Key_End: (layer, self._columns.n - 1),
            Qt.Key.Key_PageUp: (layer - page, column),
            Qt.Key.Key_PageDown: (layer + page, column),
        }
        if key not in moves:
            return None
        layer = min(max(moves[key][0], 0), self._rows.n - 1)
        column = min(max(moves[key][1], -1), self._columns.n - 1)
        return (layer, "mean" if column < 0 else column)

    def _scroll_to(self, cell: Cell) -> None:
        scale, origin = self.devicePixelRatioF(), self._origin()
        edge = self._rows.cell / scale
        column = 0 if isinstance(cell[1], str) else cell[1]
        for bar, start, shown in (
            (
                self.verticalScrollBar(),
                self._rows.start(cell[0]),
                self.viewport().height() - origin.y(),
            ),
            (
                self.horizontalScrollBar(),
                self._columns.start(column),
                self.viewport().width() - origin.x(),
            ),
        ):
            first = start / scale
            if first < bar.value():
                bar.setValue(int(first) - MARGIN_PX)
            elif first + edge > bar.value() + shown:
                bar.setValue(int(first + edge) - shown + MARGIN_PX)

    # ------------------------------------------------------------------------------ plumbing

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._lay_out()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(320, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)


def _label_colour(theme: Theme, chosen: bool, hovered: bool) -> QColor:
    return QColor(theme.accent if chosen else theme.ink if hovered else theme.quiet)
