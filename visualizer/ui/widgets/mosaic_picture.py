"""The cells in sight as one picture, kept until something in it changes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap

from visualizer.engine.records import Member
from visualizer.session.head_ranking import passes
from visualizer.session.views import OverviewView
from visualizer.ui.widgets import mosaic_drawing as drawing
from visualizer.ui.widgets.mosaic_drawing import Canvas
from visualizer.ui.widgets.mosaic_plans import GalleryPlan, GridPlan
from visualizer.ui.widgets.mosaic_sheet import MosaicSheet


class CellsPicture:
    """Draws the cells, without the marks on them: pointing and choosing draw only those anew.

    Attributes:
        sheet: The colours of the cells.
    """

    def __init__(self) -> None:
        self.sheet = MosaicSheet()
        self._key: object = None
        self._pixmap = QPixmap()

    def take_view(self, before: OverviewView | None, view: OverviewView | None) -> None:
        """Forget the picture if another view needs another one."""
        if before is None or view is None or _differ(before, view):
            self._key = None

    def pixmap(self, canvas: Canvas, inside: QRect, size: QSize) -> QPixmap:
        """The picture.

        Args:
            canvas: Where everything lies, and the font for numbers.
            inside: Where cells can be seen, in logical pixels.
            size: Of the whole, in logical pixels.
        """
        font = canvas.painter.font().key()
        key = (canvas.plan, canvas.corner, canvas.scale, size, canvas.theme.name, font)
        if key != self._key:
            self._key = key
            self._pixmap = self._drawn(canvas, inside, size)
        return self._pixmap

    def _drawn(self, canvas: Canvas, inside: QRect, size: QSize) -> QPixmap:
        pixmap = QPixmap(size * canvas.scale)
        pixmap.setDevicePixelRatio(canvas.scale)
        pixmap.fill(QColor(canvas.theme.paper))
        painter = QPainter(pixmap)
        painter.setFont(canvas.painter.font())
        inner, plan, view = replace(canvas, painter=painter), canvas.plan, canvas.view
        members: list[Member]
        if isinstance(plan, GridPlan):
            layers, heads = part_in_sight(canvas, plan, inside)
            drawing.paint_grid(inner, self.sheet, layers, heads)
            members = list(plan.cells(layers, heads))
        else:
            rows = rows_in_sight(canvas, plan, inside)
            drawing.paint_gallery(inner, self.sheet, rows)
            places = plan.places(rows)
            members = list(plan.members[places.start : places.stop])
        cells = view.display.cells
        drawing.paint_missing(inner, (member for member in members if not view.has_head[member]))
        if cells != "pattern" and view.metrics is not None:
            drawing.paint_numbers(inner, self.sheet, members, cells, view.metrics.values[cells])
        if isinstance(plan, GridPlan) and view.scores is not None:
            passing = passes(view.display, view.scores)
            drawing.paint_dimmed(inner, (member for member in members if not passing[member]))
        painter.end()
        return pixmap


def part_in_sight(canvas: Canvas, plan: GridPlan, inside: QRect) -> tuple[range, range]:
    """Layers and heads of the grid that can be seen."""
    left, top = inside.left() - canvas.corner.x(), inside.top() - canvas.corner.y()
    return plan.in_sight(
        left * canvas.scale,
        top * canvas.scale,
        (left + inside.width()) * canvas.scale,
        (top + inside.height()) * canvas.scale,
    )


def rows_in_sight(canvas: Canvas, plan: GalleryPlan, inside: QRect) -> range:
    """Rows of the gallery that can be seen."""
    top = inside.top() - canvas.corner.y()
    return plan.in_sight(top * canvas.scale, (top + inside.height()) * canvas.scale)


def _differ(before: OverviewView, view: OverviewView) -> bool:
    return (
        before.pictures is not view.pictures
        or before.metrics is not view.metrics
        or before.scores is not view.scores
        or before.display != view.display
    )
