"""One head's weights as a map: pointing at it with mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from visualizer.session.state import Region
from visualizer.session.views import HeadView
from visualizer.ui.widgets.head_reading import heard
from visualizer.ui.widgets.heatmap_canvas import HeatmapCanvas
from visualizer.ui.widgets.map_units import (
    cell_at,
    key_token,
    query_token,
    region_tokens,
    region_units,
)
from visualizer.ui.widgets.view_colours import HeadColours

WHEEL_ZOOM = 1.25
KEY_ZOOM = 1.5
_STEPS: dict[Qt.Key, tuple[int, int]] = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_PageUp: (-1, 0),
    Qt.Key.Key_PageDown: (1, 0),
}
_PAGE_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_CHOOSING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_ZOOM_KEYS = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus)


class Heatmap(HeatmapCanvas):
    """Reports where the crosshair is on the map, and what is chosen there.

    The wheel zooms about the mouse, dragging moves a zoomed map, a double click shows the whole
    of it; dragging with Shift brushes a rectangle, Esc lets it go. The arrow keys move the
    crosshair by a cell, with Shift or the page keys by a quarter of what is in sight, Home and End
    to the ends of the row, with Ctrl of the map. + and - zoom, 0 shows the whole map, Enter chooses
    the cell, B begins and ends a rectangle at the crosshair.

    Rows and columns are units, of a cell over several the first.

    Signals:
        crosshair_moved: Row and column of the cell pointed at, -1 for none: on a row's label
            only the row is given, on a column's label only the column. (row: int, column: int)
        row_selected: A row was clicked or chosen by Enter. (row: int)
        cell_clicked, cell_activated: A cell whose weight is exactly known and whose query sees
            its key was clicked; was chosen by Enter. Comes before `row_selected`. Of joined tokens
            the query is the last and the key the first. (query token: int, key token: int)
        region_brushed: A rectangle was brushed: a Region in tokens, or None when it is let go.
    """

    crosshair_moved = Signal(int, int)
    row_selected = Signal(int)
    cell_clicked = Signal(int, int)
    cell_activated = Signal(int, int)
    region_brushed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._pointer: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self._brush_from: tuple[int, int] | None = None
        self._clicked: tuple[int, int | None] | None = None
        self._click = QTimer(self, singleShot=True)
        self._click.timeout.connect(self._on_click_timeout)
        self._report = QTimer(self, singleShot=True, interval=0)
        self._report.timeout.connect(self._on_report_timeout)
        self.setAccessibleName(self.tr("Attention weights"))

    def set_view(self, view: HeadView, colours: HeadColours | None = None) -> None:
        """See HeatmapCanvas. A crosshair under a resting pointer stays under it."""
        before = self._crosshair
        super().set_view(view, colours)
        if self._pointer is not None and self._pressed is None and self._brush_from is None:
            self._crosshair = self.target_at(self._pointer)
        if self._crosshair != before:
            self._report.start()  # not at once: whoever gave the view may not be ready for it
        self._describe()

    def clear(self) -> None:
        """Draw nothing."""
        self._pressed = self._brush_from = self._pointer = None
        super().clear()

    def set_brush(self, region: Region | None) -> None:
        """Show a rectangle that was brushed elsewhere or earlier. In tokens."""
        brush = None
        if region is not None and self._view is not None:
            brush = self._fitting_brush(region_units(self._view.record, region))
        if self._brush_from is None and brush != self._brush:
            self._brush = brush
            self.update()

    # ------------------------------------------------------------------------------ crosshair

    def query_token(self, row: int) -> int:
        """The token that a row stands for: its last, which sees all that the others see."""
        assert self._view is not None
        return query_token(self._view, row)

    def heard(self) -> str:
        """What a screen reader says of the crosshair: "query 'step', key 'journey', 0.41"."""
        return heard(self._view, *self._crosshair) if self._view is not None else ""

    def _point_at(self, row: int | None, column: int | None, *, aloud: bool = False) -> None:
        if (row, column) == self._crosshair:
            return
        self._crosshair = (row, column)
        if self._brush_from is not None and row is not None and column is not None:
            self._brush_to(row, column)
        self._describe()
        self._on_report_timeout()
        self.update()
        if aloud:
            announce(self, self.heard())

    @Slot()
    def _on_report_timeout(self) -> None:
        row, column = self._crosshair
        self.crosshair_moved.emit(-1 if row is None else row, -1 if column is None else column)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.heard())

    def target_at(self, place: QPointF) -> tuple[int | None, int | None]:
        """(row, column) under a place: a cell, a row's or a column's label, or (None, None)."""
        if self._view is None:
            return None, None
        scale, area = self.devicePixelRatioF(), self.map_area()
        px, py = place.x() * scale, place.y() * scale
        cell = self._layout.cell_at(px, py)
        if cell is not None:
            return self._snapped(*cell)
        if place.x() < area.left():
            return self._snapped(self._layout.row_at(py), None)
        if self._title_height() < place.y() < area.top():
            return self._snapped(None, self._layout.column_at(px))
        return None, None

    def _choose(self, row: int, column: int | None, *, clicked: bool = False) -> None:
        """A row was chosen, and a cell in it if there is a column."""
        assert self._view is not None
        if column is not None:
            cell = cell_at(self._view, row, column)
            if cell.is_exact and cell.looks == "visible":
                chosen = self.cell_clicked if clicked else self.cell_activated
                chosen.emit(query_token(self._view, row), key_token(self._view, column))
        self.row_selected.emit(row)

    # ------------------------------------------------------------------------------ brushing

    def _brush_to(self, row: int, column: int) -> None:
        """Let the rectangle reach from where it began to another cell."""
        assert self._view is not None
        assert self._brush_from is not None
        cells = [cell_at(self._view, *self._brush_from), cell_at(self._view, row, column)]
        self._brush = (
            min(cell.rows[0] for cell in cells),
            max(cell.rows[1] for cell in cells),
            min(cell.columns[0] for cell in cells),
            max(cell.columns[1] for cell in cells),
        )
        self.update()

    def _end_brush(self) -> None:
        self._brush_from = None
        if self._view is not None and self._brush is not None:
            self.region_brushed.emit(region_tokens(self._view.record, self._brush))

    def clear_brush(self) -> None:
        """Let the brushed rectangle go."""
        self._brush_from = None
        if self._brush is not None:
            self._brush = None
            self.update()
            self.region_brushed.emit(None)

    def _toggle_brush(self) -> None:
        row, column = self._crosshair
        if self._brush_from is not None:
            self._end_brush()
        elif row is not None and column is not None:
            self._brush_from = (row, column)
            self._brush_to(row, column)

    # ------------------------------------------------------------------------------ mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._dragging = False
        row, column = self.target_at(event.position())
        is_cell = row is not None and column is not None
        if is_cell and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            assert row is not None
            assert column is not None
            self._brush_from = (row, column)
            self._brush_to(row, column)
            return
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._brush_from is not None and event.buttons() & Qt.MouseButton.LeftButton:
            scale = self.devicePixelRatioF()
            place = event.position() * scale
            self._point_at(*self._snapped(*self._layout.nearest_cell(place.x(), place.y())))
            return
        if self._pressed is not None and self._zoomed:
            way = event.position() - self._pressed
            if self._dragging or way.manhattanLength() >= QApplication.startDragDistance():
                self._dragging = True
                self._pressed = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.pan(way)
                return
        self._point_at(*self.target_at(event.position()))

    def pan(self, way: QPointF) -> None:
        """Move the map along with the mouse."""
        scale = self.devicePixelRatioF() / self._layout.cell_px
        self._move_to(self._layout.moved(-way.x() * scale, -way.y() * scale))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._brush_from is not None:
            self._end_brush()
            return
        if self._pressed is None:
            return
        self._pressed = None
        self.unsetCursor()
        row, column = self.target_at(event.position())
        if not self._dragging and row is not None:
            if self._zoomed:  # it may be the first half of the double click that shows all of it
                self._clicked = (row, column)
                self._click.start(QApplication.doubleClickInterval())
            else:
                self._choose(row, column, clicked=True)
        self._dragging = False

    @Slot()
    def _on_click_timeout(self) -> None:
        clicked, self._clicked = self._clicked, None
        if clicked is not None and self._view is not None:
            self._choose(*clicked, clicked=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._zoomed:
            self._click.stop()
            self._clicked = None
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._point_at(None, None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        way: QPoint = event.angleDelta()
        if self._view is None or way.isNull():
            event.ignore()
            return
        if way.y():
            place = event.position() * self.devicePixelRatioF()
            self.zoom(WHEEL_ZOOM ** (way.y() / 120), place.x(), place.y())
        else:
            self.pan(QPointF(way.x() / 2, 0))
        self._point_at(*self.target_at(event.position()))
        event.accept()

    # ------------------------------------------------------------------------------ keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        row, column = self._crosshair
        if self._view is None:
            super().keyPressEvent(event)
        elif key in _CHOOSING_KEYS and row is not None:
            self._choose(row, column)
        elif key == Qt.Key.Key_Escape and (self._brush is not None or (row, column) != (None,) * 2):
            self._let_go()
        elif key in _ZOOM_KEYS:
            self._zoom_by_key(1 / KEY_ZOOM if key == Qt.Key.Key_Minus else KEY_ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_B and not event.modifiers() and None not in self._crosshair:
            self._toggle_brush()
        elif (moved := self._travelled(key, event.modifiers())) is not None:
            self._pointer = None
            if self._zoomed:
                self._move_to(self._layout.showing(*moved))
            self._point_at(*self._snapped(*moved), aloud=True)
            self._show_minimap()
        else:
            super().keyPressEvent(event)

    def _let_go(self) -> None:
        if self._brush is not None:
            self.clear_brush()
        else:
            self._point_at(None, None)

    def _zoom_by_key(self, factor: float) -> None:
        """Zoom about the crosshair if it is in sight, else about the middle."""
        place, (row, column) = self.map_area().center(), self._crosshair
        if row is not None and column is not None:
            pointed = self.places.cell_area((row, row + 1), (column, column + 1)).center()
            place = pointed if self.map_area().contains(pointed) else place
        place *= self.devicePixelRatioF()
        self.zoom(factor, place.x(), place.y())

    def _travelled(self, key: Qt.Key, held: Qt.KeyboardModifier) -> tuple[int, int] | None:
        """Where a key leads from the crosshair, which starts in the selected row."""
        assert self._view is not None
        record = self._view.record
        last_row, last_column = record.rows[1] - 1, record.columns[1] - 1
        at_row, at_column = self._crosshair
        fresh = at_row is None and at_column is None
        row = at_row if at_row is not None else self.selected_row() or record.rows[0]
        column = at_column if at_column is not None else record.columns[0]
        to_ends = bool(held & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_Home:
            row, column = record.rows[0] if to_ends else row, record.columns[0]
        elif key == Qt.Key.Key_End:
            row, column = last_row if to_ends else row, last_column
        elif key not in _STEPS:
            return None
        elif not fresh:
            down, across = _STEPS[key]
            by_page = key in _PAGE_KEYS or bool(held & Qt.KeyboardModifier.ShiftModifier)
            row, column = self._stepped(row, column, down, across, by_page)
        return (
            min(max(row, record.rows[0]), last_row),
            min(max(column, record.columns[0]), last_column),
        )

    def _stepped(
        self, row: int, column: int, down: int, across: int, by_page: bool
    ) -> tuple[int, int]:
        """One cell on, or a quarter of what is in sight."""
        assert self._view is not None
        cell, page = cell_at(self._view, row, column), self._page()
        rows, columns = cell.rows, cell.columns
        n_rows = max(page, rows[1] - rows[0]) if by_page else rows[1] - rows[0]
        n_columns = max(page, columns[1] - columns[0]) if by_page else columns[1] - columns[0]
        new_row = rows[0] + n_rows if down > 0 else rows[0] + (down * (n_rows if by_page else 1))
        new_column = (
            columns[0] + n_columns
            if across > 0
            else columns[0] + across * (n_columns if by_page else 1)
        )
        return (new_row if down else row), (new_column if across else column)

    def _page(self) -> int:
        first_row, end_row, _, _ = self._layout.in_sight()
        return max(1, (end_row - first_row) // 4)


def announce(widget: QWidget, sentence: str) -> None:
    """Have a screen reader say something, if one listens."""
    if sentence and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
