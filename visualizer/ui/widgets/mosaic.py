"""All heads of all layers at once: a grid, or a gallery of those that were looked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from visualizer.session.views import OverviewView
from visualizer.ui.metric_words import score_unit
from visualizer.ui.theme import current_theme
from visualizer.ui.widgets import mosaic_drawing as drawing
from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.metric_colours import MetricColours
from visualizer.ui.widgets.mosaic_drawing import MARGIN_PX, Canvas, small_font
from visualizer.ui.widgets.mosaic_layout import GAP_LEVEL
from visualizer.ui.widgets.mosaic_picture import CellsPicture, rows_in_sight
from visualizer.ui.widgets.mosaic_plans import (
    Cell,
    GalleryPlan,
    GridPlan,
    Move,
    Plan,
    gallery_plan,
    grid_plan,
)
from visualizer.ui.widgets.mosaic_sheet import MosaicSheet
from visualizer.ui.widgets.mosaic_tips import (
    display_score,
    is_head,
    spoken_text,
)

SMALLEST_CELL_PX = 14
LARGEST_CELL_PX = 96
SMALLEST_GALLERY_CELL_PX = 56
GAP_PX = 1
GROUP_GAP_PX = 4
GALLERY_GAP_PX = 8

_MOVES: dict[Qt.Key, Move] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_PageUp: "page up",
    Qt.Key.Key_PageDown: "page down",
}
_PATTERN = ColourMapping("square root", 1.0, GAP_LEVEL)


class Mosaic(QAbstractScrollArea):
    """Hover to look at a head, click or travel with the arrow keys to choose it.

    In the grid, layer numbers stand down the left and head numbers along the top, and stay in
    sight when it is scrolled; clicking a layer number chooses the mean over its heads. Two marks
    tell what is chosen (an outline) from what is only pointed at (a glow).

    Signals:
        head_hovered: Layer and head under the mouse; -1, -1 when it leaves them.
        head_selected: Layer, and a head or "mean".
        head_pinned: Pin this layer and head, or let them go.
        solo_requested: Show this layer and head alone.
        menu_requested: Commands about a head are wanted. Member or None; place on the screen.
        unlocked: Go back from what was looked for to the grid.
        told_changed: Another cell is to be told of, or other numbers of it.
    """

    head_hovered = Signal(int, int)
    head_selected = Signal(int, object)
    head_pinned = Signal(int, int)
    solo_requested = Signal(int, int)
    menu_requested = Signal(object, QPoint)
    unlocked = Signal()
    told_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.mapping: ColourMapping | MetricColours = _PATTERN
        self.note = ""
        self._view: OverviewView | None = None
        self._picture = CellsPicture()
        self._plan: Plan = grid_plan((1, 1), 1, (1, 1), (0, 0), (1, 1))
        self._hovered: Cell | None = None
        self.setAccessibleName(self.tr("All heads"))

    # ------------------------------------------------------------------------------ drawing

    @property
    def plan(self) -> Plan:
        """Where every head lies."""
        return self._plan

    @property
    def sheet(self) -> MosaicSheet:
        """The picture of the part in sight."""
        return self._picture.sheet

    def set_view(self, view: OverviewView | None, note: str = "") -> None:
        """Draw these heads, or nothing; `note` is said where there are none to draw."""
        if view is not None and 0 in view.thumbnails.shape:
            view = None
        before, self._view, self.note = self._view, view, note
        self._picture.take_view(before, view)
        if view is None:
            self._hovered = None
        else:
            self._take_numbers(view)
        self._lay_out()
        if view is not None and before is not None:
            if _order(before) != _order(view):
                self.verticalScrollBar().setValue(0)  # the best come first
            if _chosen(before) != _chosen(view) or _came_back(before, view):
                self.scroll_to(_chosen(view))
        if view is not None:
            self.setAccessibleDescription(spoken_text(view, _chosen(view)))
        self.told_changed.emit()
        self.viewport().update()

    def _take_numbers(self, view: OverviewView) -> None:
        cells = view.display.cells
        if cells == "pattern":
            self.mapping = replace(_PATTERN, top=view.top)
            self.sheet.set_numbers(view.pictures, self.mapping)
        else:  # empty cells while they are measured
            values = (
                np.full(view.thumbnails.shape[:2], np.nan)
                if view.metrics is None
                else view.metrics.values[cells]
            )
            self.mapping = MetricColours.of(values, score_unit(cells), GAP_LEVEL)
            self.sheet.set_numbers(values, self.mapping)

    def _lay_out(self) -> None:
        view = self._view
        if view is None:
            self.verticalScrollBar().setRange(0, 0)
            self.horizontalScrollBar().setRange(0, 0)
            return
        scale, origin, size = self.devicePixelRatioF(), self._origin(), self.maximumViewportSize()
        across = int((size.width() - origin.x() - MARGIN_PX) * scale)
        down = int((size.height() - origin.y() - MARGIN_PX) * scale)
        if view.ranking is None:
            n_layers, n_heads = view.thumbnails.shape[:2]
            self._plan = grid_plan(
                (n_layers, n_heads),
                max(1, n_heads // max(1, view.n_key_value_heads)),
                (across, down),
                (round(GAP_PX * scale), round(GROUP_GAP_PX * scale)),
                (round(SMALLEST_CELL_PX * scale), round(LARGEST_CELL_PX * scale)),
            )
        else:
            bar = self.verticalScrollBar().sizeHint().width()
            lines = 1 if view.scores is None else 2
            caption = 2 + lines * QFontMetrics(small_font(self.font())).height()
            self._plan = gallery_plan(
                view.ranking,
                across - round(bar * scale),  # its room is kept, so that nothing jumps
                round(GALLERY_GAP_PX * scale),
                round(caption * scale),
                (round(SMALLEST_GALLERY_CELL_PX * scale), round(LARGEST_CELL_PX * scale)),
            )
        self._set_scroll_ranges(scale, origin)

    def _set_scroll_ranges(self, scale: float, origin: QPoint) -> None:
        size = self.viewport().size()
        width, height = self._plan.size
        if not isinstance(self._plan, GridPlan):
            width, height = 0, height + round(self._plan.caption)
        for bar, length, shown in (
            (self.horizontalScrollBar(), width, size.width() - origin.x()),
            (self.verticalScrollBar(), height, size.height() - origin.y()),
        ):
            bar.setRange(0, max(0, int(np.ceil(length / scale)) + MARGIN_PX - shown))
            bar.setPageStep(max(shown, 1))
            bar.setSingleStep(max(1, round(self._plan.pitch / scale)))

    def _origin(self) -> QPoint:
        """Corner of the plan when it is not scrolled, in logical pixels."""
        if self._view is None or self._view.ranking is not None:
            return QPoint(MARGIN_PX, MARGIN_PX)
        metrics = QFontMetrics(small_font(self.font()))
        widest = metrics.horizontalAdvance(f"L{self._view.thumbnails.shape[0] - 1}")
        return QPoint(widest + 3 * MARGIN_PX, metrics.height() + MARGIN_PX)

    def _corner(self) -> QPoint:
        """Where the plan begins now: centred where there is room, else scrolled."""
        origin = self._origin()
        room = self.viewport().width() - origin.x() - MARGIN_PX
        spare = max(0, room - int(np.ceil(self._plan.size[0] / self.devicePixelRatioF())))
        scroll = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        return origin + QPoint(spare // 2, 0) - scroll

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        theme = current_theme()
        painter.fillRect(self.viewport().rect(), QColor(theme.paper))
        view = self._view
        if view is None:
            return
        painter.setFont(small_font(self.font()))
        corner = self._corner()
        canvas = Canvas(painter, theme, view, self._plan, QPointF(corner), self.devicePixelRatioF())
        if isinstance(self._plan, GridPlan):
            self._paint_grid(canvas, corner)
        elif self._plan.members:
            self._paint_gallery(canvas, self._plan)
        else:
            painter.setFont(self.font())
            painter.setPen(QColor(theme.quiet))
            room = self.viewport().rect().adjusted(16, 16, -16, -16)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self.note)

    def _paint_grid(self, canvas: Canvas, corner: QPoint) -> None:
        origin, size = self._origin(), self.viewport().size()
        left = origin.x() if self.horizontalScrollBar().maximum() else corner.x()
        inside = QRect(QPoint(left, origin.y()), QPoint(size.width() - 1, size.height() - 1))
        canvas.painter.save()
        canvas.painter.setClipRect(inside.adjusted(-3, -3, 0, 0))
        self._paint_cells(canvas, inside)
        drawing.paint_marks(canvas, self._hovered)
        canvas.painter.restore()
        right = max(corner.x(), origin.x()) - 2 * MARGIN_PX
        beside = QRect(0, origin.y() - 2, right + MARGIN_PX, size.height())
        drawing.paint_layer_numbers(canvas, beside, self._hovered)
        above = QRect(origin.x() - MARGIN_PX, 0, size.width(), origin.y() - 1)
        drawing.paint_head_numbers(canvas, above, self._hovered)

    def _paint_gallery(self, canvas: Canvas, plan: GalleryPlan) -> None:
        inside = self.viewport().rect()
        self._paint_cells(canvas, inside)
        score = display_score(canvas.view.display)
        drawing.paint_captions(canvas, rows_in_sight(canvas, plan, inside), score)
        drawing.paint_marks(canvas, self._hovered)

    def _paint_cells(self, canvas: Canvas, inside: QRect) -> None:
        canvas.painter.setOpacity(0.4 if canvas.view.stale else 1.0)
        pixmap = self._picture.pixmap(canvas, inside, self.viewport().size())
        canvas.painter.drawPixmap(0, 0, pixmap)
        canvas.painter.setOpacity(1.0)

    # ------------------------------------------------------------------------------ choosing

    def cell_at(self, place: QPoint) -> Cell | None:
        """What lies at a place of the viewport: a head, a layer's number as its mean, or None."""
        if self._view is None:
            return None
        scale = self.devicePixelRatioF()
        corner, origin = self._corner(), self._origin()
        if place.y() < origin.y():
            return None
        x, y = (place.x() - corner.x()) * scale, (place.y() - corner.y()) * scale
        plan = self._plan
        if isinstance(plan, GridPlan) and place.x() < max(corner.x(), origin.x()) - MARGIN_PX:
            layer = plan.rows.at(y)
            return None if layer is None else (layer, "mean")
        return plan.at(x, y)

    def cell_centre(self, layer: int, head: int | str) -> QPoint:
        """Middle of a head, or of a layer's number for "mean", in the viewport."""
        scale, corner, plan = self.devicePixelRatioF(), self._corner(), self._plan
        if isinstance(head, str):
            assert isinstance(plan, GridPlan)
            y = corner.y() + (plan.rows.start(layer) + plan.cell / 2) / scale
            return QPoint(max(corner.x(), self._origin().x()) - 3 * MARGIN_PX, int(y))
        box = plan.box((layer, head))
        assert box is not None
        left, top, width, height = box
        x, y = corner.x() + (left + width / 2) / scale, corner.y() + (top + height / 2) / scale
        return QPoint(int(x), int(y))

    def _hover(self, cell: Cell | None) -> None:
        if cell == self._hovered:
            return
        self._hovered = cell
        layer, head = cell if cell is not None else (-1, -1)
        is_there = self._view is not None and cell is not None and is_head(self._view, cell)
        self.head_hovered.emit(layer, head if is_there and not isinstance(head, str) else -1)
        self.told_changed.emit()
        self.viewport().update()

    def _select(self, cell: Cell) -> None:
        view = self._view
        if view is not None and cell != _chosen(view) and is_head(view, cell):
            self.head_selected.emit(cell[0], cell[1])

    def _pin(self, cell: Cell | None) -> None:
        is_there = self._view is not None and cell is not None and is_head(self._view, cell)
        if is_there and cell is not None and not isinstance(cell[1], str):
            self.head_pinned.emit(cell[0], cell[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pin(cell)
        else:
            self._select(cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has chosen; nothing behind the grid wants the rest

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            return
        if is_plain and not isinstance(cell[1], str):
            self.solo_requested.emit(cell[0], cell[1])
        elif not is_plain:  # the second of two quick clicks counts, too
            self._pin(cell)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._view is None:
            return
        cell: Cell | None = _chosen(self._view)
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            cell = self.cell_at(event.pos())
        elif cell is not None and self._plan.box(cell) is not None:
            place = self.viewport().mapToGlobal(self.cell_centre(*cell))
        if cell is not None and isinstance(cell[1], str):
            cell = None
        self.menu_requested.emit(cell, place)

    def gap_text(self, place: QPoint) -> str:
        """What a gap between two groups is; "" for any other place."""
        plan = self._plan
        if self._view is None or not isinstance(plan, GridPlan):
            return ""
        axis, x = plan.columns, (place.x() - self._corner().x()) * self.devicePixelRatioF()
        after = axis.at(x + axis.group_gap)
        if axis.group_gap == axis.gap or axis.at(x) is not None or not after or after % axis.group:
            return ""
        return self.tr(
            "The gap parts groups of {n} heads; those of a group share their keys and values."
        ).format(n=axis.group)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.gap_text(event.pos()), self.viewport())
            return True
        return super().viewportEvent(event)

    def told(self) -> tuple[OverviewView | None, Cell | None]:
        """The heads, and the one that is pointed at, else the chosen one."""
        view = self._view
        return view, None if view is None else self._hovered or _chosen(view)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view, key = self._view, Qt.Key(event.key())
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if view is None:
            super().keyPressEvent(event)
        elif key in _MOVES:
            cell = self._moved(view, _MOVES[key])
            self._select(cell)
            self.scroll_to(cell)
            self._announce(cell)
        elif key == Qt.Key.Key_P or (key == Qt.Key.Key_Space and control):
            self._pin(_chosen(view))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(view.head, str):
            self.solo_requested.emit(view.layer, view.head)
        elif key == Qt.Key.Key_Escape and self._hovered is None and not _is_found(view):
            event.ignore()  # nothing to let go of here
        elif key == Qt.Key.Key_Escape:
            self._let_go(view)
        else:
            super().keyPressEvent(event)

    def _moved(self, view: OverviewView, move: Move) -> Cell:
        """Where a step leads: over layers without attention, to the next that has some."""
        before, cell = _chosen(view), self._plan.moved(_chosen(view), move, self._rows_in_sight())
        while cell != before and not is_head(view, cell):
            before, cell = cell, self._plan.moved(cell, move, 1)
        return cell if is_head(view, cell) else _chosen(view)

    def _let_go(self, view: OverviewView) -> None:
        """First of what was looked for, then of what is pointed at."""
        if _is_found(view):
            self.unlocked.emit()
        else:
            self._hover(None)

    def _rows_in_sight(self) -> int:
        bar = self.verticalScrollBar()
        return max(1, bar.pageStep() // bar.singleStep())

    def _announce(self, cell: Cell) -> None:
        """Say a head to a screen reader."""
        if self._view is not None:
            text = spoken_text(self._view, cell)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def scroll_to(self, cell: Cell) -> None:
        """Bring a head into sight."""
        box = self._plan.box(cell)
        if box is None:
            return
        scale, origin, plan = self.devicePixelRatioF(), self._origin(), self._plan
        below = 0 if isinstance(plan, GridPlan) else plan.caption
        left, top, _, height = box
        edge = plan.cell
        viewport = self.viewport()
        for bar, start, length, shown in (
            (self.verticalScrollBar(), top, height + below, viewport.height() - origin.y()),
            (self.horizontalScrollBar(), left, edge, viewport.width() - origin.x()),
        ):
            first, end = start / scale, (start + length) / scale
            if first < bar.value():
                bar.setValue(int(first) - MARGIN_PX)
            elif end > bar.value() + shown:
                bar.setValue(int(end) - shown + MARGIN_PX)

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


def _chosen(view: OverviewView) -> Cell:
    return view.layer, view.head


def _order(view: OverviewView) -> tuple[object, ...]:
    """What has to stay for heads to stay where they are, as far as their numbers allow."""
    display = view.display
    return display.order, display.ascending, display.region, display.like, view.ranking is None


def _came_back(before: OverviewView, view: OverviewView) -> bool:
    """Whether the grid is on show again."""
    return before.ranking is not None and view.ranking is None


def _is_found(view: OverviewView) -> bool:
    """Whether anything else than the plain grid is on show."""
    display = view.display
    is_filtered = display.at_least is not None or display.at_most is not None
    return view.ranking is not None or is_filtered
