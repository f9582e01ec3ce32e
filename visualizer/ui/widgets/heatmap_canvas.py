"""One head's weights as a map: what is drawn of it, and what stands out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from visualizer.session.state import Region
from visualizer.session.token_links import unit_of
from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme, current_theme
from visualizer.ui.widgets.heatmap_painting import (
    MapPlaces,
    Marks,
    NumberStamps,
    map_image,
    number_font,
    paint_marks,
    paint_profiles,
)
from visualizer.ui.widgets.map_units import (
    Span,
    cell_at,
    column_units,
    covers,
    row_units,
    selected_row,
)
from visualizer.ui.widgets.token_axis import (
    LABEL_GAP,
    LabelledAxis,
    marked_cells,
    paint_column_labels,
    paint_row_labels,
)
from visualizer.ui.widgets.view_colours import HeadColours
from visualizer.ui.widgets.zoomed_map import EDGE_GAP, ZoomedMap

STALE_OPACITY = 0.4


class HeatmapCanvas(ZoomedMap):
    """Draws the weights of a HeadView: a row per query, a column per key, square cells.

    Where the view has a tile, that is drawn, elsewhere the pooled map.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._image_of: tuple[object, ...] = ()
        self._stamps: NumberStamps | None = None
        self._stamps_of: tuple[object, ...] = ()
        self._crosshair: tuple[int | None, int | None] = (None, None)
        self._linked: int | None = None
        self._brush: Region | None = None

    # ------------------------------------------------------------------------------ content

    def set_view(self, view: HeadView, colours: HeadColours | None = None) -> None:
        """See ZoomedMap; marks that are outside of the new map go."""
        super().set_view(view, colours)
        self._crosshair = self._fitting_crosshair(self._crosshair)
        self._brush = self._fitting_brush(self._brush)

    def clear(self) -> None:
        """Draw nothing."""
        self._crosshair = (None, None)
        self._brush = None
        super().clear()

    def _forget_pixels(self) -> None:
        super()._forget_pixels()
        self._image = None

    def set_linked_cell(self, cell: int | None) -> None:
        """Mark the column of a unit that is pointed at elsewhere."""
        if cell != self._linked:
            self._linked = cell
            self.update()

    @property
    def crosshair(self) -> tuple[int | None, int | None]:
        """Row and column pointed at: of the first units under a cell that is over several."""
        return self._crosshair

    @property
    def brush(self) -> Region | None:
        """The brushed rectangle, in units."""
        return self._brush

    def _fitting_crosshair(
        self, crosshair: tuple[int | None, int | None]
    ) -> tuple[int | None, int | None]:
        """The crosshair on the cells of the view at hand, (None, None) outside of it."""
        view, (row, column) = self._view, crosshair
        if view is None:
            return None, None
        record = view.record
        inside = covers(
            record,
            record.rows[0] if row is None else row,
            record.columns[0] if column is None else column,
        )
        return self._snapped(row, column) if inside else (None, None)

    def _snapped(self, row: int | None, column: int | None) -> tuple[int | None, int | None]:
        """The first units of the cell, row or column of cells at a place of the map."""
        assert self._view is not None
        if row is not None and column is not None:
            cell = cell_at(self._view, row, column)
            return cell.rows[0], cell.columns[0]
        return (
            None if row is None else row_units(self._view, row)[0],
            None if column is None else column_units(self._view, column)[0],
        )

    def _fitting_brush(self, brush: Region | None) -> Region | None:
        if brush is None or self._view is None:
            return None
        record = self._view.record
        inside = brush[1] <= record.rows[1] and brush[3] <= record.columns[1]
        return brush if inside else None

    def _keep_clear(self) -> QRectF:
        """The cell under the crosshair."""
        row, column = self._crosshair
        if row is None or column is None:
            return QRectF()
        return self.places.cell_area((row, row + 1), (column, column + 1))

    # ------------------------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(self.rect(), QColor(theme.paper))
        if self._view is None:
            return
        if self._view.stale:
            painter.setOpacity(STALE_OPACITY)
        places, marks = self.places, self._marks(self._view)
        area = places.area
        painter.drawImage(area, self._drawn_map(self._view, places, theme))
        painter.setPen(QPen(QColor(theme.quiet if self.hasFocus() else theme.line), 1))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))
        row, column = self._profiled(self._view)
        paint_profiles(painter, self._picture, places, theme, row, column)
        paint_marks(painter, marks, places, theme)
        self._paint_labels(painter, theme, places, marks)
        self._paint_titles(painter, theme, area)

    def _drawn_map(self, view: HeadView, places: MapPlaces, theme: Theme) -> QImage:
        """The map without what follows the pointer; drawn anew only if it has changed."""
        of = (places, theme.name, view.palette)
        if self._image is None or of != self._image_of:
            self._image = map_image(self._picture, view, places, theme, self._number_stamps())
            self._image_of = of
        return self._image

    def _number_stamps(self) -> NumberStamps:
        of = (self.font().toString(), self.devicePixelRatioF())
        if self._stamps is None or of != self._stamps_of:
            inks = (QColor(0, 0, 0), QColor(255, 255, 255))
            self._stamps = NumberStamps(number_font(self.font()), of[1], inks)
            self._stamps_of = of
        return self._stamps

    def _marks(self, view: HeadView) -> Marks:
        row, column = self._crosshair
        rows = columns = None
        if row is not None and column is not None:
            cell = cell_at(view, row, column)
            rows, columns = cell.rows, cell.columns
        elif row is not None:
            rows = row_units(view, row)
        elif column is not None:
            columns = column_units(view, column)
        selected, brush, linked = selected_row(view), self._brush, self._linked
        return Marks(
            row=rows,
            column=columns,
            selected=None if selected is None else row_units(view, selected),
            linked=None if linked is None else _span_of(view, linked),
            inspected=self._inspected(view),
            brush=None if brush is None else (brush[:2], brush[2:]),
        )

    @staticmethod
    def _inspected(view: HeadView) -> tuple[Span, Span] | None:
        """The cell of the pair that is taken apart."""
        if view.key is None or view.query is None or view.key > view.query:
            return None
        row, column = unit_of(view.record, view.query), unit_of(view.record, view.key)
        if not covers(view.record, row, column):
            return None
        cell = cell_at(view, row, column)
        return cell.rows, cell.columns

    def _profiled(self, view: HeadView) -> tuple[int | None, int | None]:
        """Row and column repeated at the edges: those pointed at, else the selected token's."""
        row, column = self._crosshair
        if row is None and column is None:
            row = column = selected_row(view)
            if column is not None and not covers(view.record, view.record.rows[0], column):
                column = None
        return row, column

    def profile_text(self, place: QPointF) -> str:
        """What the strip at a place beside the map shows, "" where there is none."""
        area = self.places.area
        if self._view is None:
            return ""
        row, column = self._profiled(self._view)
        above = QRectF(area.left(), area.top() - EDGE_GAP, area.width(), EDGE_GAP)
        beside = QRectF(area.left() - EDGE_GAP, area.top(), EDGE_GAP, area.height())
        if row is not None and above.contains(place):
            return self.tr(
                "What the marked query looks at: its row of the map once more, the stronger the "
                "more weight."
            )
        if column is not None and beside.contains(place):
            return self.tr(
                "What looks at the marked token: its column of the map once more, the stronger "
                "the more weight."
            )
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.profile_text(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def selected_row(self) -> int | None:
        """Row of the selected token, None where it is not on the map."""
        return None if self._view is None else selected_row(self._view)

    def _paint_labels(
        self, painter: QPainter, theme: Theme, places: MapPlaces, marks: Marks
    ) -> None:
        painter.setFont(self._token_font())
        area, (row, column) = places.area, self._crosshair
        selected = None
        if marks.selected is not None and self._view is not None and self._view.query is not None:
            selected = unit_of(self._view.record, self._view.query)
        rows = LabelledAxis(
            self._rows,
            places.row_start,
            places.edge,
            (area.top(), area.bottom()),
            area.left() - EDGE_GAP,
            marked_cells(
                (self._linked, theme.key),
                (selected, theme.query),
                (row, theme.query),
            ),
            theme.ink,
            numbered=self._zoomed,
        )
        paint_row_labels(painter, rows, area.left() - EDGE_GAP)
        columns = LabelledAxis(
            self._columns,
            places.column_start,
            places.edge,
            (area.left(), area.right()),
            area.top() - EDGE_GAP - self._title_height(),
            marked_cells((self._linked, theme.key), (column, theme.key)),
            theme.ink,
            numbered=self._zoomed,
        )
        paint_column_labels(painter, columns, area.top() - EDGE_GAP)

    def _paint_titles(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        """The names of the axes, each where its labels begin."""
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        painter.setPen(QColor(theme.key))
        room = self.width() - area.left()
        text = metrics.elidedText(self.column_title(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(area.left(), metrics.ascent()), text)
        painter.setPen(QColor(theme.query))
        corner = QRectF(0, 0, area.left() - EDGE_GAP - LABEL_GAP, area.top() - EDGE_GAP)
        painter.drawText(
            corner,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap,
            self.row_title(),
        )


def _span_of(view: HeadView, column: int) -> Span | None:
    inside = covers(view.record, view.record.rows[0], column)
    return column_units(view, column) if inside else None
