"""Rows that stay under the bars: the token that really came next, and what was asked for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.session.views import BarsView, Candidate, WordRow
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.bar_axis import BarAxis
from visualizer.ui.widgets.bar_chart import BarChart
from visualizer.ui.widgets.bar_rows import RowPainter, percent_text
from visualizer.ui.widgets.bar_tips import BarTips
from visualizer.ui.widgets.token_strip import rows_as_html

MOST_ROWS = 6
"""Rows that are shown at once where there is room; the wheel and the keys reach the others."""
_LEAST_ROWS = 2
_CROSS_PX = 3 * SPACE_PX  # as wide as the room for the mark of the token that came


class PinnedBars(QWidget):
    """The rows, in the columns of the chart above and on the same scale.

    Signals:
        word_removed: The user does not want to follow a word any more. (word: str)
        candidate_selected: The user chose a row that is one token. (token_id: int)
        candidate_activated: The user wants that token appended. (token_id: int)
        n_rows_changed: There are more or fewer rows than before.
    """

    n_rows_changed = Signal()
    word_removed = Signal(str)
    candidate_selected = Signal(int)
    candidate_activated = Signal(int)

    def __init__(self, chart: BarChart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._tips = BarTips(self)
        self._view: BarsView | None = None
        self._first = 0  # row at the top
        self._most = MOST_ROWS
        self._current = self._hovered = -1
        self.setAccessibleName(self.tr("Followed tokens and words"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)
        chart.columns_moved.connect(self._on_chart_columns_moved)
        chart.opacity_changed.connect(self._on_chart_opacity_changed)

    # ------------------------------------------------------------------------------- the view

    def set_view(self, view: BarsView | None) -> None:
        """Draw the rows of `view`, if it has any."""
        before = self.n_rows
        self._view = view
        n = self.n_rows
        if n > before and view is not None and view.words:
            self._first = n  # what was asked for last is in sight
        self._first = max(0, min(self._first, n - self._most))
        self._current = min(self._current, n - 1)
        self.setVisible(n > 0)
        if n != before:
            self.updateGeometry()
            self.n_rows_changed.emit()
        self._describe()
        self.update()

    @property
    def n_rows(self) -> int:
        """The token that came next, if there is one, and the words."""
        view = self._view
        return 0 if view is None else (view.actual is not None) + len(view.words)

    def row(self, place: int) -> Candidate | WordRow:
        """What a row stands for; the token that really came is the first."""
        assert self._view is not None
        if self._view.actual is not None:
            if place == 0:
                return self._view.actual
            place -= 1
        return self._view.words[place]

    def row_rect(self, place: int) -> QRect:
        """Where a row is."""
        height = self._chart.row_px
        top = SPACE_PX + (place - self._first) * height
        return QRect(0, top, self._chart.rows_px, height)

    def cross_rect(self, place: int) -> QRect:
        """Where the cross is by which a word is removed."""
        rect = self.row_rect(place)
        return QRect(rect.left(), rect.top(), _CROSS_PX, rect.height())

    def row_at(self, place: QPoint) -> int | None:
        """The row under a point."""
        for row in range(self._first, min(self._first + self._most, self.n_rows)):
            if self.row_rect(row).contains(place):
                return row
        return None

    def sizeHint(self) -> QSize:
        return QSize(240, self.height_of_rows(self._most))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.height_of_rows(min(self._most, _LEAST_ROWS)))

    def height_of_rows(self, most: int) -> int:
        """Height with all rows in sight, or as many as `most`; 0 while there is none."""
        rows = min(self.n_rows, most)
        return rows and SPACE_PX + rows * self._chart.row_px + SPACE_PX // 2

    def set_most_rows(self, most: int) -> None:
        """Show no more rows at once; the row that was asked for last stays in sight."""
        most = max(1, min(most, MOST_ROWS))
        if most == self._most:
            return
        was_at_end = self._first >= self.n_rows - self._most
        self._most = most
        last = max(0, self.n_rows - most)
        self._first = last if was_at_end else min(self._first, last)
        self.updateGeometry()
        self.update()

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self._view
        if view is None:
            return
        rows = self._chart.row_painter(painter)
        painter.fillRect(QRect(0, SPACE_PX // 2, self.width(), 1), QColor(theme.line))
        rows.draw_scale(self.height() - SPACE_PX // 2 - 1, SPACE_PX)
        painter.setOpacity(self._chart.opacity())
        for place in range(self._first, min(self._first + self._most, self.n_rows)):
            self._paint_row(rows, view, place)
            if place == self._hovered and self._is_word(place):
                self._paint_cross(painter, place)

    def _paint_row(self, rows: RowPainter, view: BarsView, place: int) -> None:
        rect, row, axis = self.row_rect(place), self.row(place), BarAxis(view.axis, view.axis_end)
        candidate = row.candidate if isinstance(row, WordRow) else row
        is_selected = place == self._current and self.hasFocus()
        rows.draw_frame(rect, is_selected=is_selected, is_hovered=place == self._hovered)
        if candidate is None:
            assert isinstance(row, WordRow)
            rows.draw_word(rect, row, axis.place(row.prob))
            return
        prob = candidate.sampled_prob if candidate.kept else candidate.prob
        old = row.old_prob if isinstance(row, WordRow) else None
        rows.draw_row(rect, view, candidate, axis.place(prob), old)

    def _paint_cross(self, painter: QPainter, place: int) -> None:
        cross = self.cross_rect(place)
        painter.fillRect(cross, QColor(current_theme().surface))
        painter.setPen(QPen(QColor(current_theme().ink), 1.5))
        middle, arm = cross.center(), SPACE_PX - 1
        painter.drawLine(middle + QPoint(-arm, -arm), middle + QPoint(arm, arm))
        painter.drawLine(middle + QPoint(-arm, arm), middle + QPoint(arm, -arm))

    # -------------------------------------------------------------------------------- reading

    def tooltip_rows(self, place: int) -> list[tuple[str, str]]:
        """What the tooltip of a row says, as (name, value)."""
        assert self._view is not None
        row = self.row(place)
        if isinstance(row, Candidate):
            return self._tips.of_candidate(self._view, row, None)
        return self._tips.of_word(self._view, row)

    def _describe(self) -> None:
        if not 0 <= self._current < self.n_rows:
            self.setAccessibleDescription(
                self.tr("{n} rows; Delete removes the current one.").format(n=self.n_rows)
            )
            return
        row = self.row(self._current)
        words = self.tr("{text}, {percent}.").format(text=row.text, percent=percent_text(row.prob))
        self.setAccessibleDescription(words)

    # --------------------------------------------------------------------------------- events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._set_hovered(-1)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.row_at(event.pos())
            if place is None:
                QToolTip.hideText()
            elif self._is_word(place) and self.cross_rect(place).contains(event.pos()):
                QToolTip.showText(event.globalPos(), self.tr("Follow it no longer (Del)"), self)
            else:
                text = rows_as_html(self.tooltip_rows(place))
                QToolTip.showText(event.globalPos(), text, self, self.row_rect(place))
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.row_at(event.position().toPoint())
        self._set_hovered(-1 if place is None else place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        place = self.row_at(point)
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._is_word(place) and self.cross_rect(place).contains(point):
            self._remove(place)
        else:
            self._choose(place)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        place = self.row_at(point)
        if place is not None and not self.cross_rect(place).contains(point):
            self._activate(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.n_rows > self._most and event.angleDelta().y():
            step = -1 if event.angleDelta().y() > 0 else 1
            self._first = max(0, min(self._first + step, self.n_rows - self._most))
            self.update()
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, n = Qt.Key(event.key()), self.n_rows
        if n and key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            targets = {
                Qt.Key.Key_Up: max(self._current - 1, 0),
                Qt.Key.Key_Down: min(self._current + 1, n - 1),
                Qt.Key.Key_Home: 0,
                Qt.Key.Key_End: n - 1,
            }
            self._choose(targets[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._is_word(self._current):
            self._remove(self._current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < n:
            self._activate(self._current)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_chart_columns_moved(self) -> None:
        self.updateGeometry()  # after another font rows are higher, too
        self.update()

    @Slot()
    def _on_chart_opacity_changed(self) -> None:
        self.update()

    def _choose(self, place: int) -> None:
        self._current = place
        self._first = max(min(self._first, place), place - self._most + 1)
        self._describe()
        self.update()
        row = self.row(place)
        candidate = row.candidate if isinstance(row, WordRow) else row
        if candidate is not None:
            self.candidate_selected.emit(candidate.token_id)

    def _activate(self, place: int) -> None:
        row = self.row(place)
        candidate = row.candidate if isinstance(row, WordRow) else row
        if candidate is not None:
            self.candidate_activated.emit(candidate.token_id)

    def _remove(self, place: int) -> None:
        row = self.row(place)
        if isinstance(row, WordRow):
            self._set_hovered(-1)
            self.word_removed.emit(row.word)

    def _is_word(self, place: int) -> bool:
        return 0 <= place < self.n_rows and isinstance(self.row(place), WordRow)

    def _set_hovered(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()
