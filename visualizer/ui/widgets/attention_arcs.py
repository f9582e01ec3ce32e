"""One head's attention as lines between two columns of tokens, for short texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from visualizer.session.hidden_cells import BoolArray, hidden_cells
from visualizer.session.token_links import unit_of
from visualizer.session.views import MOST_ARC_UNITS, HeadView
from visualizer.ui.theme import SPACE_PX, Theme, current_theme, token_font
from visualizer.ui.widgets.attention_image import attention_table
from visualizer.ui.widgets.colour_scale import UInt8Array, check_weights
from visualizer.ui.widgets.token_axis import AxisTexts, unit_texts
from visualizer.ui.widgets.view_colours import HeadColours

LEAST_LEVEL = 3
"""Fainter lines are not seen on the paper, and not drawn."""

STALE_OPACITY = 0.4
MOST_LINE_PX = 4.0
LEAST_LINE_PX = 0.75
LEAST_OPACITY = 0.2  # of a line in the hue of the token pointed at
_MOST_PITCH_PX = 30.0
_LEAST_PITCH = 0.85  # of the height of a line: as close as tokens can still be read
_MOST_TOKEN_PX = 130.0


@dataclass(frozen=True)
class ArcColumns:
    """Where the tokens and the lines between them are, in the viewport.

    Attributes:
        top, pitch: Of the first token's row, and from one row to the next.
        left, right: Ends of the lines: tokens stand left of the one and right of the other.
        token_px: Room for a token.
    """

    top: float
    pitch: float
    left: float
    right: float
    token_px: float

    def middle(self, cell: int) -> float:
        """Of a token's row."""
        return self.top + (cell + 0.5) * self.pitch


class AttentionArcs(QAbstractScrollArea):
    """Queries on the left, keys on the right, a line for each weight that can be seen.

    The lines of the selected query are in the hue of queries.
    Pointing at a token leaves only its lines: of a query what it looks at, of a key what looks
    at it, with the weights beside them. Up and down move the pointer among the tokens, left and
    right from queries to keys and back, Enter selects a query.

    Signals:
        crosshair_moved: The query or the key pointed at, -1 for none. (row: int, column: int)
        row_selected: A token was clicked or chosen by Enter. (row: int)
    """

    crosshair_moved = Signal(int, int)
    row_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: HeadView | None = None
        self._levels: UInt8Array = np.zeros((1, 1), np.uint8)
        self._hidden: BoolArray | None = None
        self._texts = AxisTexts((), ())
        self._row: int | None = None
        self._column: int | None = None
        self._linked: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Attention as lines between tokens"))

    # ------------------------------------------------------------------------------ content

    @staticmethod
    def can_draw(view: HeadView) -> bool:
        """Whether the text is short enough."""
        return view.record.n_units <= MOST_ARC_UNITS and view.record.block == 1

    def set_view(self, view: HeadView, colours: HeadColours) -> None:
        """Draw the weights of a text for which `can_draw` is true.

        Raises:
            UsageError: They are no matrix, or an empty one.
            NonFiniteError: There are NaN or infinite numbers among them.
        """
        check_weights(view.record.weights)
        self._view = view
        self._levels = colours.levels(view.record)
        record = view.record
        self._hidden = hidden_cells(record, view.tokenization, view.special_ids)
        self._texts = unit_texts(view.tokenization, record.unit_starts, record.rows)
        if max(self._row or 0, self._column or 0) >= len(self._levels):
            self._point_at(None, None)
        self._update_scroll_range()
        self.viewport().update()

    def clear(self) -> None:
        """Draw nothing."""
        self._view = None
        self._row = self._column = None
        self.viewport().update()

    def set_linked_cell(self, cell: int | None) -> None:
        """Mark a token that is pointed at elsewhere, on both sides."""
        if cell != self._linked:
            self._linked = cell
            self.viewport().update()

    @property
    def crosshair(self) -> tuple[int | None, int | None]:
        """Query or key pointed at."""
        return self._row, self._column

    def selected_row(self) -> int | None:
        """Row of the selected token, None where it is not among them."""
        if self._view is None or self._view.query is None:
            return None
        return unit_of(self._view.record, self._view.query)

    def shown_lines(self) -> list[tuple[int, int]]:
        """(query, key) of the lines on show: all, or those of the token pointed at."""
        rows, columns = np.nonzero(self._levels >= LEAST_LEVEL)
        return [
            (row, column)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if self._row in (None, row) and self._column in (None, column)
        ]

    def hidden_ends(self, *, is_query: bool) -> list[int]:
        """Tokens whose weight to or from the token pointed at, else the selected, is hidden."""
        if self._hidden is None:
            return []
        if is_query:
            ends = None if self._column is None else self._hidden[:, self._column]
        else:
            row = self._row if self._row is not None else self.selected_row()
            is_known = self._column is None and row is not None
            ends = self._hidden[row] if is_known else None
        return [] if ends is None else np.flatnonzero(ends).tolist()

    # ------------------------------------------------------------------------------- layout

    def _token_font(self) -> QFont:
        return token_font(self.font().pointSizeF() * 0.9)

    def _columns(self) -> ArcColumns:
        n, metrics = max(len(self._levels), 1), QFontMetricsF(self._token_font())
        top = QFontMetricsF(self.font()).height() + 2 * SPACE_PX
        room = self.viewport().height() - top - SPACE_PX
        pitch = min(max(room / n, metrics.height() * _LEAST_PITCH), _MOST_PITCH_PX)
        widest = max(metrics.horizontalAdvance(text) for text in ("0.000", self.tr("hidden")))
        numbers = widest + 3 * SPACE_PX
        width = self.viewport().width()
        longest = self._texts.longest(metrics, numbered=False) + 2
        token_px = min(longest, _MOST_TOKEN_PX, max(width * 0.28 - numbers, 32.0))
        edge = numbers + token_px + 2 * SPACE_PX
        offset = self.verticalScrollBar().value()
        return ArcColumns(top - offset, pitch, edge, max(width - edge, edge + 1), token_px)

    def _update_scroll_range(self) -> None:
        columns, bar = self._columns(), self.verticalScrollBar()
        content = columns.top + bar.value() + columns.pitch * len(self._levels) + SPACE_PX
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(round(columns.pitch))
        bar.setRange(0, max(0, round(content - self.viewport().height())))

    def target_at(self, place: QPointF) -> tuple[int | None, int | None]:
        """(query, None) or (None, key) under a place, (None, None) between them."""
        columns = self._columns()
        cell = int((place.y() - columns.top) // columns.pitch)
        if self._view is None or not 0 <= cell < len(self._levels):
            return None, None
        if place.x() <= columns.left:
            return cell, None
        return (None, cell) if place.x() >= columns.right else (None, None)

    def token_area(self, cell: int, *, is_query: bool) -> QRectF:
        """Where a token stands, in the viewport."""
        columns = self._columns()
        left = columns.left - columns.token_px - SPACE_PX if is_query else columns.right + SPACE_PX
        top = columns.top + cell * columns.pitch
        return QRectF(left, top, columns.token_px, columns.pitch)

    # ------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self.viewport()), current_theme()
        painter.fillRect(self.viewport().rect(), QColor(theme.paper))
        if self._view is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._view.stale:
            painter.setOpacity(STALE_OPACITY)
        columns = self._columns()
        title_px = QFontMetricsF(self.font()).height() + SPACE_PX
        painter.save()
        painter.setClipRect(QRectF(0, title_px, self.viewport().width(), self.viewport().height()))
        self._paint_lines(painter, theme, columns)
        painter.setFont(self._token_font())
        for is_query in (True, False):
            self._paint_tokens(painter, theme, is_query=is_query)
            self._paint_numbers(painter, theme, is_query=is_query)
        painter.restore()
        self._paint_titles(painter, theme, columns)

    def _paint_lines(self, painter: QPainter, theme: Theme, columns: ArcColumns) -> None:
        assert self._view is not None
        table = attention_table(theme, self._view.palette)
        lines, selected = self.shown_lines(), self.selected_row()
        # The strongest lie on top, and above them those of the selected query.
        lines.sort(key=lambda line: (line[0] == selected, self._levels[line]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        opacity = painter.opacity()
        for row, column in lines:
            share = float(self._levels[row, column]) / 255
            hue = self._hue(theme, row)
            colour = QColor(hue) if hue else QColor(*table[self._levels[row, column]].tolist())
            faint = LEAST_OPACITY + share * (1 - LEAST_OPACITY)
            painter.setOpacity(opacity * faint if hue else opacity)
            width = LEAST_LINE_PX + share * (MOST_LINE_PX - LEAST_LINE_PX)
            pen = QPen(colour, width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawPath(line_path(columns, row, column))
        painter.setOpacity(opacity)

    def _hue(self, theme: Theme, row: int) -> str:
        """Of the lines of the token pointed at or selected; "" for the colours of the map."""
        if self._column is not None:
            return theme.key
        return theme.query if row in (self._row, self.selected_row()) else ""

    def _paint_tokens(self, painter: QPainter, theme: Theme, *, is_query: bool) -> None:
        metrics = QFontMetricsF(painter.font())
        hue = theme.query if is_query else theme.key
        pointed = self._row if is_query else self._column
        selected = self.selected_row() if is_query else None
        side = Qt.AlignmentFlag.AlignRight if is_query else Qt.AlignmentFlag.AlignLeft
        hidden = self.hidden_ends(is_query=is_query)
        for cell, text in enumerate(self._texts.plain):
            area = self.token_area(cell, is_query=is_query)
            if cell in hidden:
                painter.fillRect(area, QBrush(QColor(theme.removed), Qt.BrushStyle.BDiagPattern))
                paint_paper(
                    painter, theme, area, metrics.horizontalAdvance(text), is_query=is_query
                )
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            is_marked = cell in (pointed, selected, self._linked)
            painter.setPen(QColor(hue if is_marked else theme.ink))
            flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
            painter.drawText(area, int(flags), shown)
            if cell in (pointed, selected):
                width = min(metrics.horizontalAdvance(shown), area.width())
                left = area.right() - width if is_query else area.left()
                frame = QRectF(left - 3, area.center().y() - metrics.height() / 2, width + 6, 0)
                frame.setHeight(metrics.height())
                painter.setPen(QPen(QColor(hue), 2 if cell == selected else 1))
                painter.drawRoundedRect(frame, 3, 3)

    def _paint_numbers(self, painter: QPainter, theme: Theme, *, is_query: bool) -> None:
        """Weights of the lines on show, beside their other ends."""
        assert self._view is not None
        if (self._column if is_query else self._row) is None:
            return
        painter.setPen(QColor(theme.quiet))
        side = Qt.AlignmentFlag.AlignRight if is_query else Qt.AlignmentFlag.AlignLeft
        weights = {
            row if is_query else column: f"{self._view.record.weights[row, column]:.3f}"
            for row, column in self.shown_lines()
        }
        weights.update(dict.fromkeys(self.hidden_ends(is_query=is_query), self.tr("hidden")))
        for cell, weight in weights.items():
            area = self.token_area(cell, is_query=is_query)
            gap = 2 * SPACE_PX
            box = QRectF(area.right() + gap, area.top(), self.viewport().width(), area.height())
            if is_query:
                box = QRectF(0, area.top(), area.left() - gap, area.height())
            painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), weight)

    def _paint_titles(self, painter: QPainter, theme: Theme, columns: ArcColumns) -> None:
        painter.setFont(self.font())
        height = QFontMetricsF(self.font()).height()
        painter.setPen(QColor(theme.query))
        left = QRectF(0, 0, columns.left - SPACE_PX, height)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(left, int(Qt.AlignmentFlag.AlignRight | flags), self.tr("query (looks)"))
        painter.setPen(QColor(theme.key))
        right = QRectF(columns.right + SPACE_PX, 0, columns.left, height)
        text = self.tr("key (is looked at)")
        overhang = QFontMetricsF(self.font()).horizontalAdvance(text) - right.width() + SPACE_PX
        right.adjust(-max(overhang, 0.0), 0, 0, 0)
        painter.drawText(right, int(Qt.AlignmentFlag.AlignLeft | flags), text)

    # ------------------------------------------------------------------------------ pointing

    def _point_at(self, row: int | None, column: int | None) -> None:
        if (row, column) == (self._row, self._column):
            return
        self._row, self._column = row, column
        self.crosshair_moved.emit(-1 if row is None else row, -1 if column is None else column)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(*self.target_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, column = self.target_at(event.position())
        cell = row if row is not None else column
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.row_selected.emit(cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(None, None)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        cell = self._row if self._row is not None else self._column
        if self._view is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and cell is not None:
            self.row_selected.emit(cell)
        elif key == Qt.Key.Key_Escape and cell is not None:
            self._point_at(None, None)
        elif not self._travel(key, cell):
            super().keyPressEvent(event)

    def _travel(self, key: Qt.Key, cell: int | None) -> bool:
        """Move the pointer to another token; it starts at the selected query."""
        here = cell if cell is not None else self.selected_row() or 0
        last = len(self._levels) - 1
        cells = {
            Qt.Key.Key_Up: here - 1,
            Qt.Key.Key_Down: here + 1,
            Qt.Key.Key_Left: here,
            Qt.Key.Key_Right: here,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key not in cells:
            return False
        target = here if cell is None else min(max(cells[key], 0), last)
        is_key = self._column is not None
        is_key = key == Qt.Key.Key_Right or (is_key and key != Qt.Key.Key_Left)
        self._point_at(None if is_key else target, target if is_key else None)
        area = self.token_area(target, is_query=True)
        bar, lost = self.verticalScrollBar(), area.bottom() - self.viewport().height()
        top = self._columns().top + bar.value()
        bar.setValue(round(bar.value() + max(lost, 0.0) + min(area.top() - top, 0.0)))
        return True

    # ------------------------------------------------------------------------------ plumbing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_scroll_range()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._update_scroll_range()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(440, 440)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)


def paint_paper(
    painter: QPainter, theme: Theme, area: QRectF, text_px: float, *, is_query: bool
) -> None:
    """Paper under a token that is written on hatching."""
    width = min(text_px + 2 * SPACE_PX, area.width())
    left = area.right() - width if is_query else area.left()
    painter.fillRect(QRectF(left, area.top(), width, area.height()), QColor(theme.paper))


def line_path(columns: ArcColumns, row: int, column: int) -> QPainterPath:
    """From a query to a key, level at both ends so that it is seen where it begins."""
    start = QPointF(columns.left, columns.middle(row))
    end = QPointF(columns.right, columns.middle(column))
    reach = (columns.right - columns.left) * 0.35
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path
