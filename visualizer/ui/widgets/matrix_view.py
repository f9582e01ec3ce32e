"""A matrix of numbers that can be pointed at, walked with the keyboard, and edited in place."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QToolTip, QWidget

from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.cell_editor import CellEditor
from visualizer.ui.widgets.matrix_layout import (
    Matrix,
    MatrixFonts,
    MatrixKind,
    MatrixLayout,
    lay_out_matrix,
)
from visualizer.ui.widgets.matrix_painting import MatrixPainter, matrix_size, paint_matrix
from visualizer.ui.widgets.number_text import number_text, typeset
from visualizer.ui.widgets.token_strip import rows_as_html

__all__ = ["Matrix", "MatrixKind", "MatrixView", "matrix_size", "paint_matrix"]

_LEAST_PX = (24 * SPACE_PX, 18 * SPACE_PX)  # without a matrix
_SQUEEZED_PX = (56 * SPACE_PX, 45 * SPACE_PX)  # no matrix has to be larger
_EDITOR_PX = 56
_TIP_DIGITS = 4
_ACTIVE_KEYS = "0123456789.-+−"


class MatrixView(QWidget):
    """Numbers in cells; where these become too small for numbers, a heatmap.

    A value typed into a cell is shown at once and told by `cell_edited`; whoever holds the
    matrix may answer with another by `set_matrix`.

    Signals:
        cell_hovered: The pointer is over a cell, (-1, -1) when it leaves. (row, column: int)
        cell_selected: A cell was chosen by a click or with the arrow keys. (row, column: int)
        cell_edited: A number was typed. (row, column: int, value: float)
    """

    cell_hovered = Signal(int, int)
    cell_selected = Signal(int, int)
    cell_edited = Signal(int, int, float)

    def __init__(
        self, parent: QWidget | None = None, *, title: str = "", editable: bool = False
    ) -> None:
        super().__init__(parent)
        self._matrix: Matrix | None = None
        self._title, self._editable = title, editable
        self._hovered = (-1, -1)
        self._pointed = (-1, -1)
        self._selected = (-1, -1)
        self._layout: MatrixLayout | None = None
        self._natural: QSize | None = None
        self._picture: QPixmap | None = None
        self._picture_theme = ""
        self._editor: CellEditor | None = None
        self.setAccessibleName(title or self.tr("Matrix"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    # ------------------------------------------------------------------------------ the matrix

    def matrix(self) -> Matrix | None:
        """What is drawn."""
        return self._matrix

    def set_matrix(self, matrix: Matrix | None) -> None:
        """Draw another matrix, or nothing for None; the chosen cell stays where it is."""
        old = self._matrix
        self._matrix = matrix
        is_other_shape = (None if old is None else old.values.shape) != (
            None if matrix is None else matrix.values.shape
        )
        if is_other_shape:
            self._hovered = self._pointed = self._selected = (-1, -1)
            self._close_editor()
        self._forget_layout()
        self._describe()

    def set_pointed(self, row: int, column: int) -> None:
        """Draw the crosshair at a cell pointed at elsewhere, -1 for none; emits nothing."""
        matrix = self._matrix
        n_rows, n_columns = (0, 0) if matrix is None else matrix.values.shape
        pointed = (row if 0 <= row < n_rows else -1, column if 0 <= column < n_columns else -1)
        if pointed != self._pointed:
            self._pointed = pointed
            self._describe()
            self.update()

    def selected(self) -> tuple[int, int]:
        """The chosen cell, (-1, -1) for none."""
        return self._selected

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is drawn."""
        return self.matrix_layout().cell(row, column)

    def cell_at(self, place: QPointF) -> tuple[int, int]:
        """The cell at a point, (-1, -1) beside the grid."""
        if self._matrix is None:
            return -1, -1
        layout = self.matrix_layout()
        row, column = layout.row_at(place.y()), layout.column_at(place.x())
        return (row, column) if row >= 0 and column >= 0 else (-1, -1)

    def matrix_layout(self) -> MatrixLayout:
        """Where everything stands now; there must be a matrix."""
        assert self._matrix is not None
        if self._layout is None:
            self._layout = lay_out_matrix(
                self._matrix, self._fonts(), self._title, QSizeF(self.size())
            )
        return self._layout

    def sizeHint(self) -> QSize:
        if self._matrix is None:
            return QSize(*_LEAST_PX)
        if self._natural is None:
            natural = lay_out_matrix(self._matrix, self._fonts(), self._title).size()
            self._natural = natural.toSize()
        return self._natural

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(QSize(*_SQUEEZED_PX))

    def _fonts(self) -> MatrixFonts:
        text, small, title = QFont(self.font()), QFont(self.font()), QFont(self.font())
        small.setPointSizeF(max(small.pointSizeF() * 0.85, 6.0))
        title.setBold(True)
        return MatrixFonts(text, small, token_font(), title)

    def _forget_layout(self) -> None:
        self._layout = self._picture = self._natural = None
        self._place_editor()
        self.updateGeometry()
        self.update()

    # --------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        matrix = self._matrix
        if matrix is None:
            return
        layout, theme, fonts = self.matrix_layout(), current_theme(), self._fonts()
        picture = self._drawn(matrix, layout)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, picture)
        over = MatrixPainter(painter, theme, fonts, matrix, layout)
        row, column = self._looked_at()
        if matrix.values.size and (row >= 0 or column >= 0):
            over.draw_pointer(row, column)
        if matrix.values.size and self._selected[0] >= 0 and self.hasFocus():
            over.draw_selected(*self._selected)
        if not layout.has_numbers and row >= 0 and column >= 0:
            over.draw_reading(self._cell_words(row, column))

    def _drawn(self, matrix: Matrix, layout: MatrixLayout) -> QPixmap:
        """What does not follow the pointer, drawn once."""
        theme, ratio = current_theme(), self.devicePixelRatioF()
        picture = self._picture
        if (
            picture is None
            or self._picture_theme != theme.name
            or picture.devicePixelRatio() != ratio
        ):
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(0, 0, 0, 0))
            painter = QPainter(picture)
            MatrixPainter(painter, theme, self._fonts(), matrix, layout).draw(self._title)
            painter.end()
            self._picture, self._picture_theme = picture, theme.name
        return picture

    # ---------------------------------------------------------------------------------- words

    def _looked_at(self) -> tuple[int, int]:
        """The cell under the pointer, else the one pointed at elsewhere."""
        return self._hovered if self._hovered[0] >= 0 else self._pointed

    def _cell_words(self, row: int, column: int) -> str:
        assert self._matrix is not None
        digits = max(self._matrix.digits, _TIP_DIGITS)
        value = number_text(float(self._matrix.values[row, column]), digits)
        # The value first: it is what is left where there is little room.
        return f"{value}  {self._matrix.row_name(row)} × {self._matrix.column_name(column)}"

    def tooltip_rows(self, row: int, column: int) -> list[tuple[str, str]]:
        """What the tooltip of a cell says, as (name, value)."""
        assert self._matrix is not None
        matrix = self._matrix
        value = float(matrix.values[row, column])
        if math.isnan(value):
            words = self.tr("no value")
        elif value == -math.inf:
            words = self.tr("−∞ (hidden)")
        else:
            digits = max(matrix.digits, _TIP_DIGITS)
            words = number_text(value, digits) if value % 1 else typeset(f"{value + 0.0:.12g}")
        return [
            (matrix.row_title or self.tr("row"), self._named(matrix.row_labels, row)),
            (matrix.column_title or self.tr("column"), self._named(matrix.column_labels, column)),
            (self.tr("value"), words),
        ]

    def _named(self, labels: tuple[str, ...], index: int) -> str:
        return f"{index}: {labels[index]}" if labels else f"{index}"

    def _tooltip_at(self, place: QPointF) -> str:
        if self._matrix is None:
            return ""
        layout = self.matrix_layout()
        row, column = layout.row_at(place.y()), layout.column_at(place.x())
        if row >= 0 and column >= 0:
            return rows_as_html(self.tooltip_rows(row, column))
        if row >= 0 and place.x() < layout.grid.left() and self._matrix.row_labels:
            name = self._matrix.row_title or self.tr("row")
            return rows_as_html([(name, self._named(self._matrix.row_labels, row))])
        is_above = layout.header.top() <= place.y() < layout.grid.top()
        if column >= 0 and is_above and self._matrix.column_labels:
            name = self._matrix.column_title or self.tr("column")
            return rows_as_html([(name, self._named(self._matrix.column_labels, column))])
        return ""

    def _describe(self) -> None:
        row, column = self._looked_at()
        if row < 0 or column < 0:
            row, column = self._selected
        if self._matrix is None:
            text = ""
        elif row < 0 or column < 0:
            text = self.tr("{rows} rows, {columns} columns.").format(
                rows=self._matrix.n_rows, columns=self._matrix.n_columns
            )
        else:
            text = ", ".join(f"{name} {value}" for name, value in self.tooltip_rows(row, column))
        self.setAccessibleDescription(text)

    # --------------------------------------------------------------------------------- events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._tooltip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout = self._picture = None
        self._place_editor()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._forget_layout()
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover((-1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell[0] >= 0:
            self._select(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell[0] >= 0 and self._editable:
            self.edit_cell(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        target = self._key_target(event)
        typed = event.text()
        if target is not None:
            self._select(target)
        elif self._editable and self._selected[0] >= 0 and self._starts_edit(event):
            self.edit_cell(*self._selected, typed if typed and typed in _ACTIVE_KEYS else "")
        else:
            super().keyPressEvent(event)

    def _starts_edit(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            return True
        return bool(event.text()) and event.text() in _ACTIVE_KEYS

    def _key_target(self, event: QKeyEvent) -> tuple[int, int] | None:
        if self._matrix is None or not self._matrix.values.size:
            return None
        last_row, last_column = self._matrix.n_rows - 1, self._matrix.n_columns - 1
        row, column = self._selected
        is_all = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if row < 0:
            row, column = 0, 0
            moves = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
            if Qt.Key(event.key()) in moves:
                return 0, 0
        return {
            Qt.Key.Key_Left: (row, max(column - 1, 0)),
            Qt.Key.Key_Right: (row, min(column + 1, last_column)),
            Qt.Key.Key_Up: (max(row - 1, 0), column),
            Qt.Key.Key_Down: (min(row + 1, last_row), column),
            Qt.Key.Key_Home: (0 if is_all else row, 0),
            Qt.Key.Key_End: (last_row if is_all else row, last_column),
        }.get(Qt.Key(event.key()))

    def _hover(self, cell: tuple[int, int]) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self._describe()
            self.update()
            self.cell_hovered.emit(*cell)

    def _select(self, cell: tuple[int, int]) -> None:
        self._selected = self._pointed = cell
        self._describe()
        self.update()
        self.cell_selected.emit(*cell)

    # --------------------------------------------------------------------------------- editing

    def edit_cell(self, row: int, column: int, text: str = "") -> None:
        """Open an editor in a cell, with `text` in place of its value if there is any."""
        assert self._matrix is not None
        self._close_editor()
        self._selected = (row, column)
        value = float(self._matrix.values[row, column])
        editor = CellEditor(self)
        editor.setAccessibleName(self.tr("Value of the cell"))
        editor.setText(text or (f"{value:.12g}" if math.isfinite(value) else ""))
        if not text:
            editor.selectAll()
        editor.returned.connect(self._on_editor_returned)
        editor.moved.connect(self._on_editor_moved)
        editor.cancelled.connect(self._on_editor_cancelled)
        editor.left.connect(self._on_editor_left)
        self._editor = editor
        self._place_editor()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._describe()

    def editor(self) -> QLineEdit | None:
        """The editor that is open, None otherwise."""
        return self._editor

    def _place_editor(self) -> None:
        if self._editor is None or self._matrix is None:
            return
        cell = self.matrix_layout().cell(*self._selected)
        # As wide as the value with all its digits, if need be over the cells beside it.
        text = self._editor.fontMetrics().horizontalAdvance(self._editor.text()) + 5 * SPACE_PX
        width = min(max(round(cell.width()) + 1, _EDITOR_PX, text), self.width())
        height = max(round(cell.height()) + 1, self._editor.minimumSizeHint().height())
        left = min(round(cell.center().x() - width / 2), self.width() - width)
        top = min(round(cell.center().y() - height / 2), self.height() - height)
        self._editor.setGeometry(max(left, 0), max(top, 0), width, height)

    def _close_editor(self) -> None:
        editor, self._editor = self._editor, None
        if editor is not None:
            had_focus = editor.hasFocus()
            editor.hide()
            editor.deleteLater()
            if had_focus:
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _commit(self) -> bool:
        """Take over what was typed; False, with a sentence, if that is no number."""
        editor, matrix = self._editor, self._matrix
        if editor is None or matrix is None:
            return False
        typed = editor.text().strip()
        row, column = self._selected
        old = float(matrix.values[row, column])
        if not typed and not math.isfinite(old):
            return True
        value = _number(typed)
        if value is None:
            editor.setText(f"{old:.12g}" if math.isfinite(old) else "")
            editor.selectAll()
            words = self.tr(
                "“{text}” is not a number, so the old value stays. Type one like 0.5 or −2."
            ).format(text=typed)
            place = self.mapToGlobal(editor.geometry().bottomLeft())
            QToolTip.showText(place, plain_tip(words), self)
            return False
        if typed != f"{old:.12g}" and value != old:
            values = matrix.values.copy()
            values[row, column] = value
            self.set_matrix(replace(matrix, values=values))
            self.cell_edited.emit(row, column, value)
        return True

    @Slot()
    def _on_editor_returned(self) -> None:
        if self._commit():
            self._close_editor()

    @Slot(int)
    def _on_editor_moved(self, step: int) -> None:
        if not self._commit() or self._matrix is None:
            return
        n_cells = self._matrix.values.size
        row, column = self._selected
        index = row * self._matrix.n_columns + column + step
        if not 0 <= index < n_cells:
            self._close_editor()
            return
        self._select(divmod(index, self._matrix.n_columns))
        self.edit_cell(*self._selected)

    @Slot()
    def _on_editor_cancelled(self) -> None:
        self._close_editor()

    @Slot()
    def _on_editor_left(self) -> None:
        self._commit()
        self._close_editor()


def _number(text: str) -> float | None:
    """A finite number, None for any other text."""
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
