"""Pinned heads side by side as small maps, with one crosshair for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from visualizer.engine.records import HeadRecord, Member
from visualizer.session.exports import head_name
from visualizer.session.hidden_cells import BoolArray, hidden_cells
from visualizer.session.token_links import cell_of, unit_of
from visualizer.session.views import HeadView
from visualizer.ui.metric_words import label_name
from visualizer.ui.theme import SPACE_PX, Theme, current_theme
from visualizer.ui.widgets.attention_image import indexed_image
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights, weight_text
from visualizer.ui.widgets.hatching import hatch, shown_cells
from visualizer.ui.widgets.resampling import pixel_starts, resample
from visualizer.ui.widgets.view_colours import HeadColours

STALE_OPACITY = 0.4
_GAP_PX = 3 * SPACE_PX


@dataclass(frozen=True, eq=False)
class _Levels:
    """The colours of a head's cells, and which of them are hidden; None for none."""

    record: HeadRecord
    colours: UInt8Array
    hidden: BoolArray | None


@dataclass(frozen=True)
class _Grid:
    """Squares of one size in rows.

    Attributes:
        across: Squares in a row.
        side_px: Edge of a square.
        title_px: Room above each for its name.
    """

    across: int
    side_px: float
    title_px: float

    def square(self, number: int) -> QRectF:
        """Where a map is, from 0 on."""
        row, column = divmod(number, self.across)
        left = 1 + column * (self.side_px + _GAP_PX)
        top = row * (self.side_px + self.title_px + _GAP_PX) + self.title_px
        return QRectF(left, top, self.side_px, self.side_px)


def largest_grid(n: int, width: float, height: float, title_px: float) -> _Grid:
    """The arrangement of `n` squares that makes them as large as there is room."""
    best = _Grid(1, 1.0, title_px)
    for across in range(1, max(n, 1) + 1):
        down = -(-n // across)
        edge = min(
            (width - 2 - (across - 1) * _GAP_PX) / across,
            (height - 2 - (down - 1) * _GAP_PX) / down - title_px,
        )
        if edge > best.side_px:
            best = _Grid(across, float(int(edge)), title_px)
    return best


class PinnedHeads(QWidget):
    """Draws the pinned heads of a HeadView, each with its name and the weight pointed at.

    The arrow keys move the crosshair, Enter chooses the head it was last moved over, Delete takes
    that head from the pinned ones, as the cross in its title does.

    Signals:
        crosshair_moved: Query and key pointed at, in units, -1 for none. (row: int, column: int)
        head_chosen: A head was clicked. (layer: int, head: int)
        head_dropped: A head is to be pinned no more. (layer: int, head: int)
    """

    crosshair_moved = Signal(int, int)
    head_chosen = Signal(int, object)
    head_dropped = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self._colours: HeadColours | None = None
        self._levels: dict[int, _Levels] = {}
        self._levels_for: tuple[object, ...] = ()
        self._row: int | None = None
        self._column: int | None = None
        self._linked: int | None = None
        self._pointer: QPointF | None = None
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Pinned heads"))

    # ------------------------------------------------------------------------------ content

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw the pinned heads of a view; those that are not known yet keep their places.

        Raises:
            UsageError: The weights of one are no matrix, or an empty one.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        # By percentile, weights are measured by those of the head on show.
        sample = view.record if colours.scale == "percentile" else None
        look = (colours.scale, colours.top, sample)
        before = self._levels if look == self._levels_for else {}
        levels: dict[int, _Levels] = {}
        for record in view.pinned:
            known = before.get(id(record))
            if known is None:
                check_weights(record.weights)
                hidden = hidden_cells(record, view.tokenization, view.special_ids)
                known = _Levels(record, colours.levels(record), hidden)
            levels[id(record)] = known
        self._view, self._colours = view, colours
        self._levels, self._levels_for = levels, look
        self._current = min(self._current, max(len(view.pins) - 1, 0))
        n_units = view.record.n_units
        if max(self._row or 0, self._column or 0) >= n_units:
            self._point_at(None, None)
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self._levels = {}
        self._row = self._column = None
        self.update()

    def set_linked_cell(self, unit: int | None) -> None:
        """Mark the row and the column of a unit that is pointed at elsewhere."""
        if unit != self._linked:
            self._linked = unit
            self.update()

    @property
    def crosshair(self) -> tuple[int | None, int | None]:
        """Row and column pointed at, in units."""
        return self._row, self._column

    def record_of(self, member: Member) -> HeadRecord | None:
        """A pinned head's weights, None while they are not known."""
        if self._view is None:
            return None
        records = self._view.pinned
        return next((r for r in records if (r.layer, r.head) == member), None)

    def current_record(self) -> HeadRecord | None:
        """The head that the pointer is over, or was last."""
        if self._view is None or not self._view.pins:
            return None
        return self.record_of(self._view.pins[self._current])

    # ------------------------------------------------------------------------------- layout

    def _title_font(self, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setBold(bold)
        return font

    def _grid(self) -> _Grid:
        n = len(self._view.pins) if self._view is not None else 1
        title_px = QFontMetricsF(self.font()).height() + SPACE_PX
        return largest_grid(n, self.width(), self.height(), title_px)

    def square(self, number: int) -> QRectF:
        """Where the map of a pinned head is."""
        return self._grid().square(number)

    def number_at(self, place: QPointF) -> int | None:
        """The pinned head under a place, its name included."""
        grid = self._grid()
        for number in range(len(self._view.pins) if self._view is not None else 0):
            if grid.square(number).adjusted(0, -grid.title_px, 0, 0).contains(place):
                return number
        return None

    def cross_rect(self, number: int) -> QRectF:
        """Where the cross is by which a head is pinned no more: at the end of its title."""
        grid = self._grid()
        area, edge = grid.square(number), grid.title_px - 2
        return QRectF(area.right() - edge, area.top() - grid.title_px, edge, edge)

    def _units_at(self, place: QPointF, number: int) -> tuple[int | None, int | None]:
        area = self._grid().square(number)
        if self._view is None or not area.contains(place):
            return None, None
        n = self._view.record.n_units
        row = int((place.y() - area.top()) / area.height() * n)
        column = int((place.x() - area.left()) / area.width() * n)
        return min(row, n - 1), min(column, n - 1)

    # ------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current_theme()
        painter.fillRect(self.rect(), QColor(theme.paper))
        if self._view is None:
            return
        grid = self._grid()
        for number, member in enumerate(self._view.pins):
            area = grid.square(number)
            record = self.record_of(member)
            painter.setOpacity(STALE_OPACITY if self._view.stale else 1.0)
            self._paint_title(painter, theme, number, member, record)
            if record is None:
                painter.setPen(QColor(theme.quiet))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "…")
            else:
                image = self._image(record, area, theme)
                painter.drawImage(area, image)
                self._paint_marks(painter, theme, area)
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
            if self._is_chosen(member):
                painter.setPen(QPen(QColor(theme.accent), 2))
                painter.drawRect(area.adjusted(-1, -1, 1, 1))

    def _is_chosen(self, member: Member) -> bool:
        assert self._view is not None
        record = self._view.record
        return not record.members and (record.layer, record.head) == member

    def _image(self, record: HeadRecord, area: QRectF, theme: Theme) -> QImage:
        assert self._view is not None
        known, ratio = self._levels[id(record)], self.devicePixelRatioF()
        levels = known.colours
        pixels = max(1, round(area.width() * ratio))
        n = len(levels)
        starts = pixel_starts(n, 0.0, pixels / n, pixels)
        # One array per map: an image borrows its memory until it is drawn.
        self._sheet = resample(levels, starts, starts)
        image = indexed_image(self._sheet, theme, self._view.palette)
        if known.hidden is None:
            return image
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        shown = resample(shown_cells(known.hidden, levels.shape), starts, starts)
        hatch(image, shown, theme, ratio)
        return image

    def _paint_title(
        self,
        painter: QPainter,
        theme: Theme,
        number: int,
        member: Member,
        record: HeadRecord | None,
    ) -> None:
        """Name, what the head does or its weight at the crosshair, and the cross."""
        grid, cross = self._grid(), self.cross_rect(number)
        area = grid.square(number)
        title = QRectF(area.left(), area.top() - grid.title_px, area.width(), grid.title_px - 2)
        self._paint_cross(painter, theme, cross)
        title.setRight(cross.left() - SPACE_PX)
        painter.setFont(self._title_font(bold=self._is_chosen(member)))
        painter.setPen(QColor(theme.ink))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(title, int(left), head_name(*member))
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        name_px = QFontMetricsF(self._title_font(bold=True)).horizontalAdvance(head_name(*member))
        title.setLeft(title.left() + name_px + 2 * SPACE_PX)
        painter.setPen(QColor(theme.quiet))
        weight = self.weight_shown(record)
        if weight and metrics.horizontalAdvance(weight) <= title.width():
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(title, int(right), weight)
        elif not weight and title.width() > 0:
            roles = metrics.elidedText(
                self.roles_of(member), Qt.TextElideMode.ElideRight, title.width()
            )
            painter.drawText(title, int(left), roles)

    def roles_of(self, member: Member) -> str:
        """What a pinned head is known for on this text; "" for nothing."""
        labels = {} if self._view is None else self._view.pin_labels
        return " · ".join(label_name(label.name) for label in labels.get(member, ()))

    def _paint_cross(self, painter: QPainter, theme: Theme, cross: QRectF) -> None:
        is_pointed = self._pointer is not None and cross.contains(self._pointer)
        painter.setPen(QPen(QColor(theme.ink if is_pointed else theme.quiet), 1.5))
        arm, middle = cross.width() / 4, cross.center()
        painter.drawLine(middle + QPointF(-arm, -arm), middle + QPointF(arm, arm))
        painter.drawLine(middle + QPointF(-arm, arm), middle + QPointF(arm, -arm))

    def weight_shown(self, record: HeadRecord | None) -> str:
        """A head's weight at the crosshair, or that it is hidden.

        "≤" stands before it where only a maximum over several is known.
        """
        if record is None or self._row is None or self._column is None:
            return ""
        row = cell_of(record.rows, record.block, self._row)
        column = cell_of(record.columns, record.block, self._column)
        if row is None or column is None:
            return ""
        hidden = self._levels[id(record)].hidden
        if hidden is not None and hidden[row, column]:
            return self.tr("hidden")
        text = weight_text(float(record.weights[row, column]))
        return text if record.block == 1 else f"≤ {text}"

    def _paint_marks(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        view = self._view
        assert view is not None
        selected = None if view.query is None else unit_of(view.record, view.query)
        n, edge = view.record.n_units, area.width() / view.record.n_units
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 1, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marks = (
            (self._linked, theme.key, False),
            (self._row, theme.query, True),
            (self._column, theme.key, False),
            (selected, theme.query, True),
        )
        for unit, colour, is_row in marks:
            if unit is None or unit >= n:
                continue
            band = max(edge, 1.0)
            strip = QRectF(area.left(), area.top() + unit * edge, area.width(), band)
            if not is_row:
                strip = QRectF(area.left() + unit * edge, area.top(), band, area.height())
            painter.setPen(QPen(QColor(colour), 1))
            # Around the cells, so that none of them is hidden.
            painter.drawRect(strip.adjusted(-1, -1, 1, 1))
        painter.restore()

    # ------------------------------------------------------------------------------ pointing

    def _point_at(self, row: int | None, column: int | None) -> None:
        if (row, column) != (self._row, self._column):
            self._row, self._column = row, column
            self.crosshair_moved.emit(-1 if row is None else row, -1 if column is None else column)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()
        number = self.number_at(event.position())
        if number is None:
            self._point_at(None, None)
            return
        before, self._current = self._current, number
        self._point_at(*self._units_at(event.position(), number))
        if before != number and self._row is not None and self._column is not None:
            self.crosshair_moved.emit(self._row, self._column)  # another head is read

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()
        self._point_at(None, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.number_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            assert self._view is not None
            is_dropped = self.cross_rect(number).contains(event.position())
            signal = self.head_dropped if is_dropped else self.head_chosen
            signal.emit(*self._view.pins[number])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.number_at(QPointF(event.pos()))
            if number is None or self._view is None:
                QToolTip.hideText()
            else:
                member = self._view.pins[number]
                is_cross = self.cross_rect(number).contains(QPointF(event.pos()))
                text = (
                    self.tr("{head}: pin it no more (Del)")
                    if is_cross
                    else self.tr("{head}: click to choose it")
                ).format(head=head_name(*member))
                roles = self.roles_of(member)
                text = f"{text}\n{roles}" if roles and not is_cross else text
                QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, view = Qt.Key(event.key()), self._view
        steps = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        if view is None or not view.pins:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.head_chosen.emit(*view.pins[self._current])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.head_dropped.emit(*view.pins[self._current])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self._current = (self._current + step) % len(view.pins)
            self.crosshair_moved.emit(
                self._row_or(-1), -1 if self._column is None else self._column
            )
            self.update()
        elif key == Qt.Key.Key_Escape and self._row is not None:
            self._point_at(None, None)
        elif key in steps:
            self._step(*steps[key])
        else:
            super().keyPressEvent(event)

    def _row_or(self, other: int) -> int:
        return other if self._row is None else self._row

    def _step(self, down: int, across: int) -> None:
        """Move the crosshair, which starts in the selected row."""
        assert self._view is not None
        last = self._view.record.n_units - 1
        if self._row is None or self._column is None:
            query = self._view.query
            self._point_at(0 if query is None else unit_of(self._view.record, query), 0)
            return
        row = min(max(self._row + down, 0), last)
        self._point_at(row, min(max(self._column + across, 0), last))

    # ------------------------------------------------------------------------------ plumbing

    def sizeHint(self) -> QSize:
        return QSize(440, 440)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)
