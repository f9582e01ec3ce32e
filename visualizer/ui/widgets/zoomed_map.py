"""A map that can be zoomed and moved: what of a HeadView is in sight, and where it lies."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from visualizer.session.state import Region
from visualizer.session.views import HeadView
from visualizer.ui.theme import Theme, current_theme, token_font
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.heatmap_painting import PROFILE_PX, MapPlaces
from visualizer.ui.widgets.map_picture import MapPicture
from visualizer.ui.widgets.minimap import EDGE_PX, FRAME_PX, Minimap
from visualizer.ui.widgets.token_axis import LABEL_GAP, AxisTexts, unit_texts
from visualizer.ui.widgets.view_colours import HeadColours

MARGIN_PX = 8
MOST_LABEL_PX = 120
LEAST_MINIMAP_PX = 56
SETTLED_MS = 60
EDGE_GAP = LABEL_GAP + PROFILE_PX
"""Between the map and its labels, with the strips in it."""


class ZoomedMap(QWidget):
    """Lays out a map with labels beside it, and tells what is in sight of it.

    Rows and columns are units: tokens, or words or sentences where the weights are joined. What
    is in sight is kept while weights of another block, another head or a longer text arrive.

    Signals:
        visible_changed: Another part of the map has been in sight for a moment: a Region in
            units, or None for all of it.
    """

    visible_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self._picture = MapPicture()
        self._rows = self._columns = AxisTexts((), ())
        self._layout = HeatmapLayout(1, 1, 0, 0, 1, 1)
        self._zoomed = False
        self._restored: Region | None = None
        self._visible_seen: Region | None = None
        self._visible_told: Region | None = None
        self._minimap = Minimap(self)
        self._minimap.place_chosen.connect(self._on_minimap_place_chosen)
        self._minimap_of: tuple[object, ...] = ()
        self._fit_chip = QToolButton(self)
        self._fit_chip.setCursor(Qt.CursorShape.ArrowCursor)
        self._fit_chip.setAccessibleName(self.tr("Show the whole map"))
        self._fit_chip.setToolTip(self.tr("The map is zoomed: show all of it again (0)"))
        self._fit_chip.clicked.connect(self.fit)
        self._fit_chip.hide()
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._on_settled_timeout)

    def set_view(self, view: HeadView, colours: HeadColours | None = None) -> None:
        """Draw these weights.

        Args:
            view: What to draw.
            colours: How; those that the view asks for if None.

        Raises:
            UsageError: The weights are no matrix, have no cells, or do not fit their text.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        if self._picture.set_view(view, colours or HeadColours(view)):
            self._forget_pixels()
        self._show_texts(view)
        self._view = view
        self._restore(view.visible)
        self._lay_out()
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self._forget_pixels()
        self._settled.stop()
        self._minimap.hide()
        self._fit_chip.hide()
        self.update()

    def _forget_pixels(self) -> None:
        """What was painted before must be painted anew."""
        self._minimap_of = ()

    def _show_texts(self, view: HeadView) -> None:
        before, record = self._view, view.record
        if (
            before is not None
            and before.tokenization is view.tokenization
            and before.record.unit_starts is record.unit_starts
            and (before.record.rows, before.record.columns) == (record.rows, record.columns)
        ):
            return
        # Labels are found by unit, also where the map does not begin at the first one.
        starts = record.unit_starts
        end = max(record.rows[1], record.columns[1])
        self._rows = self._columns = unit_texts(view.tokenization, starts, (0, end))

    def _restore(self, visible: Region | None) -> None:
        """Bring into sight what was asked for elsewhere; an echo of ours changes nothing."""
        if visible == self._visible_seen:
            return
        self._visible_seen = visible
        if visible == self._visible_told:
            return
        self._visible_told = self._restored = visible
        self._settled.stop()
        if visible is None:
            self._zoomed = False

    # ------------------------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        if self._view is None:
            return
        scale = self.devicePixelRatioF()
        before, layout = self._layout, self._empty_layout(self._view)
        if self._restored is not None:
            self._layout = layout.showing_region(self._restored, scale)
            self._zoomed = self._layout.cell_px > layout.fitting_px(scale)
        elif self._zoomed and before.cell_px > layout.fitting_px(scale):
            self._layout = replace(layout, cell_px=before.cell_px, x=before.x, y=before.y).moved(
                0.0, 0.0
            )
        else:
            self._zoomed = False
            self._layout = layout.fitted(scale)
        self._note_sight()

    def _empty_layout(self, view: HeadView) -> HeatmapLayout:
        """Room for the map beside its labels; not zoomed."""
        scale, record = self.devicePixelRatioF(), view.record
        n_rows = record.rows[1] - record.rows[0]
        n_columns = record.columns[1] - record.columns[0]
        metrics = QFontMetricsF(self._token_font())
        many = max(n_rows, n_columns) * metrics.height() > min(self.width(), self.height())
        left = max(
            self._label_room(self._rows, metrics, many, self.width() * 0.3), self._title_room()
        )
        top = self._label_room(self._columns, metrics, many, self.height() * 0.25)
        origin_x = left + EDGE_GAP + 1
        origin_y = top + EDGE_GAP + self._title_height() + 1
        return HeatmapLayout(
            n_rows,
            n_columns,
            left=round(origin_x * scale),
            top=round(origin_y * scale),
            width=max(1, int((self.width() - origin_x - MARGIN_PX) * scale)),
            height=max(1, int((self.height() - origin_y - MARGIN_PX) * scale)),
            first_row=record.rows[0],
            first_column=record.columns[0],
        )

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
        match self._granularity():
            case "words":
                return self.tr("query\N{NO-BREAK SPACE}word (looks), mean\N{NO-BREAK SPACE}↓")
            case "sentences":
                return self.tr("query\N{NO-BREAK SPACE}sentence (looks), mean\N{NO-BREAK SPACE}↓")
            case _:
                return self.tr("query (looks)\N{NO-BREAK SPACE}↓")

    def column_title(self) -> str:
        """What the columns are."""
        match self._granularity():
            case "words":
                return self.tr("key word (is looked at), sum over its tokens →")
            case "sentences":
                return self.tr("key sentence (is looked at), sum over its tokens →")
            case _:
                return self.tr("key (is looked at) →")

    def _granularity(self) -> str:
        record = self._view.record if self._view is not None else None
        joined = record is not None and record.unit_starts is not None
        return record.treatment.granularity if record is not None and joined else "tokens"

    def _title_room(self) -> float:
        """Room for the longest word of the rows' title, which is wrapped to the labels' width."""
        words = self.row_title().split(" ")
        metrics = QFontMetricsF(self.font())
        return max(metrics.horizontalAdvance(word) for word in words) + LABEL_GAP + 2

    def _title_height(self) -> float:
        return QFontMetricsF(self.font()).height() + LABEL_GAP

    @property
    def places(self) -> MapPlaces:
        """Where the units lie on the widget."""
        return MapPlaces(self._layout, self.devicePixelRatioF())

    def map_area(self) -> QRectF:
        """The map in the widget, in logical pixels."""
        return self.places.area

    def row_area(self, row: int) -> QRectF:
        """A row of the map in the widget, at least as high as a line."""
        return self.places.rows_area((row, row + 1))

    def column_area(self, column: int) -> QRectF:
        """A column of the map in the widget, at least as wide as a line."""
        return self.places.columns_area((column, column + 1))

    # ------------------------------------------------------------------------------ zooming

    def zoom(self, factor: float, px: float, py: float) -> None:
        """Zoom about a place given in device pixels."""
        scale = self.devicePixelRatioF()
        layout = self._layout.zoomed(factor, px, py, scale)
        self._zoomed = layout.cell_px > layout.fitting_px(scale)
        self._move_to(layout if self._zoomed else layout.fitted(scale))

    def fit(self) -> None:
        """Show the whole map."""
        self._zoomed = False
        self._move_to(self._layout.fitted(self.devicePixelRatioF()))

    def _move_to(self, layout: HeatmapLayout) -> None:
        """Bring another part into sight because the user wished it."""
        self._restored = None
        self._layout = layout
        self._note_sight()
        self.update()

    @property
    def visible(self) -> Region | None:
        """The part in sight, in units; None for the whole map."""
        return self._layout.in_sight() if self._zoomed and self._view is not None else None

    def _note_sight(self) -> None:
        self._show_minimap()
        self._show_chip()
        if self._restored is None and self.visible != self._visible_told:
            self._settled.start()
        else:
            self._settled.stop()

    @Slot()
    def _on_settled_timeout(self) -> None:
        if self._view is not None and self.visible != self._visible_told:
            self._visible_told = self.visible
            self.visible_changed.emit(self._visible_told)

    # ------------------------------------------------------------------------------ minimap

    def _show_minimap(self) -> None:
        """Beside the map where there is room, else in its corner, most often an empty one."""
        layout, places = self._layout, self.places
        area, corner = places.area, self._free_corner()
        edge = min(float(EDGE_PX), corner.width(), corner.height())
        is_beside = edge >= LEAST_MINIMAP_PX
        if not self._zoomed or not (is_beside or min(area.width(), area.height()) > 2.5 * EDGE_PX):
            self._minimap.hide()
            return
        theme, edge = current_theme(), edge if is_beside else float(EDGE_PX)
        of = (places.scale, theme.name, layout.n_rows, layout.n_columns, edge)
        if of != self._minimap_of:
            self._minimap_of = of
            self._minimap.set_map(self._small_picture(theme, edge), self._whole())
        self._minimap.set_in_sight(layout.in_sight())
        box = QRectF(self._minimap.rect())
        if is_beside:
            box.moveTopRight(corner.topRight())
        else:
            box.moveTopRight(area.topRight() + QPointF(-MARGIN_PX, MARGIN_PX))
            if box.adjusted(-4, -4, 4, 4).intersects(self._keep_clear()):
                box.moveBottom(area.bottom() - MARGIN_PX)
        self._minimap.move(box.topLeft().toPoint())
        self._minimap.show()

    def _show_chip(self) -> None:
        """How far the map is zoomed, at the end of the line with the columns' title."""
        self._fit_chip.setVisible(self._zoomed)
        if self._zoomed:
            factor = self._layout.cell_px / self._layout.fitting_px(self.devicePixelRatioF())
            self._fit_chip.setText(self.tr("{factor}× · fit").format(factor=f"{factor:.1f}"))
            self._fit_chip.adjustSize()
            self._fit_chip.move(self.width() - self._fit_chip.width() - MARGIN_PX, 0)

    def _free_corner(self) -> QRectF:
        """What the labels and the titles leave free at the map's left upper corner."""
        area, metrics = self.map_area(), QFontMetricsF(self.font())
        room = QRectF(0, 0, area.left() - EDGE_GAP - LABEL_GAP, area.top())
        title = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self.row_title())
        # The first labels reach beyond the map by half a line.
        beyond = QFontMetricsF(self._token_font()).height() / 2
        height = area.top() - EDGE_GAP - title.height() - LABEL_GAP
        return QRectF(0, 0, max(0.0, room.right() - beyond), max(0.0, height)).adjusted(
            0, 0, -2, -2
        )

    def _whole(self) -> Region:
        layout = self._layout
        return (
            layout.first_row,
            layout.first_row + layout.n_rows,
            layout.first_column,
            layout.first_column + layout.n_columns,
        )

    def _small_picture(self, theme: Theme, edge: float) -> QImage:
        scale = self.devicePixelRatioF()
        pixels = round((edge - 2 * FRAME_PX) * scale)
        small = replace(self._layout, left=0, top=0, width=pixels, height=pixels)
        image = self._picture.image(small.fitted(scale), theme)
        image.setDevicePixelRatio(scale)
        return image

    @Slot(float, float)
    def _on_minimap_place_chosen(self, column: float, row: float) -> None:
        self._move_to(self._layout.centred(column, row))

    def _keep_clear(self) -> QRectF:
        """Part of the widget that the minimap should not lie on; empty for none."""
        return QRectF()

    # ------------------------------------------------------------------------------ plumbing

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def changeEvent(self, event: QEvent) -> None:
        kind = event.type()
        if kind in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._forget_pixels()
            self._lay_out()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(440, 440)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)
