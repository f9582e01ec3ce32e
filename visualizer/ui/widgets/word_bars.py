"""Words and their probabilities, a bar each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.bar_rows import percent_text
from visualizer.ui.widgets.token_strip import rows_as_html
from visualizer.ui.widgets.word_bars_painting import (
    BarFonts,
    BarsLayout,
    BarsPainter,
    WordBar,
    bar_facts,
    bars_size,
    lay_out_bars,
    paint_word_bars,
)

__all__ = ["WordBar", "WordBars", "bars_size", "paint_word_bars"]

_WANTED_PX = 80 * SPACE_PX
_LEAST_PX = 56 * SPACE_PX
_MOST_WANTED = 12  # rows for which room is asked
_LEAST_ROWS = 3


class WordBars(QWidget):
    """A row each: the word, its bar, its probability in per cent, and its count where known.

    Put into a scroll area, it is as high as its rows need; elsewhere those that have no room are
    not drawn, and the last row says how many there are.

    Signals:
        word_activated: A word was chosen by a double click or with Enter. (index: int)
        word_hovered: The pointer is over a row, -1 when it leaves. (index: int)
    """

    word_activated = Signal(int)
    word_hovered = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, title: str = "") -> None:
        super().__init__(parent)
        self._bars: tuple[WordBar, ...] = ()
        self._title = title
        self._hovered = -1
        self._current = -1
        self._layout: BarsLayout | None = None
        self.setAccessibleName(title or self.tr("Words and their probabilities"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    # ------------------------------------------------------------------------------- the words

    def bars(self) -> tuple[WordBar, ...]:
        """What is drawn."""
        return self._bars

    def set_bars(self, bars: Sequence[WordBar]) -> None:
        """Draw other words, in this order."""
        n_before = len(self._bars)
        self._bars = tuple(bars)
        self._layout = None
        last = len(self._bars) - 1
        self._hovered, self._current = min(self._hovered, last), min(self._current, last)
        if len(self._bars) != n_before:
            self.updateGeometry()
        self._describe()
        self.update()

    def current(self) -> int:
        """The row from which the arrow keys go on, -1 for none."""
        return self._current

    def row_rect(self, index: int) -> QRectF:
        """Where a row is drawn."""
        return self._lay_out().row(index)

    def shown(self) -> int:
        """How many rows have room."""
        layout = self._lay_out()
        room = int((self.height() - layout.top) / layout.row_height)
        if len(self._bars) <= room:
            return len(self._bars)
        return max(room - 1, 0)  # the last row says how many more there are

    def sizeHint(self) -> QSize:
        return QSize(_WANTED_PX, self._height_of(min(len(self._bars), _MOST_WANTED)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, self._height_of(min(len(self._bars), _LEAST_ROWS)))

    def _height_of(self, n: int) -> int:
        layout = self._lay_out()
        return round(layout.top + max(n, 1) * layout.row_height) + 1

    def _fonts(self) -> BarFonts:
        title = QFont(self.font())
        title.setBold(True)
        return BarFonts(token_font(), self.font(), title)

    def _lay_out(self) -> BarsLayout:
        if self._layout is None:
            self._layout = lay_out_bars(self._bars, self._fonts(), self._title, self.width())
        return self._layout

    # --------------------------------------------------------------------------------- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        layout, theme, shown = self._lay_out(), current_theme(), self.shown()
        widget_painter = QPainter(self)
        painter = BarsPainter(widget_painter, theme, self._fonts(), layout)
        if 0 <= self._hovered < shown:
            painter.draw_hovered(self._hovered)
        painter.draw(self._bars[:shown], self._title)
        if shown < len(self._bars):
            painter.draw_note(shown, self.tr("and {n:,} more").format(n=len(self._bars) - shown))
        if self.hasFocus() and 0 <= self._current < shown:
            painter.draw_current(self._current)

    # ---------------------------------------------------------------------------------- words

    def tooltip_rows(self, index: int) -> list[tuple[str, str]]:
        """What the tooltip of a row says, as (name, value)."""
        return bar_facts(self._bars[index])

    def _describe(self) -> None:
        index = self._hovered if self._hovered >= 0 else self._current
        if not self._bars:
            text = self.tr("There are no words yet.")
        elif index < 0:
            text = ", ".join(f"{bar.word} {percent_text(bar.prob)}" for bar in self._bars[:5])
        else:
            rows = self.tooltip_rows(index)
            text = ", ".join(f"{name} {value}" for name, value in rows)
        self.setAccessibleDescription(text)

    # --------------------------------------------------------------------------------- events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._row_at(QPointF(event.pos()))
            if index < 0:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), rows_as_html(self.tooltip_rows(index)), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._layout = None
            self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._layout = None

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._row_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._go_to(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self._row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.word_activated.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = self.shown() - 1
        key = Qt.Key(event.key())
        targets = {
            Qt.Key.Key_Up: max(self._current - 1, 0),
            Qt.Key.Key_Down: min(self._current + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if last >= 0 and key in targets:
            self._go_to(targets[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current <= last:
            self.word_activated.emit(self._current)
        else:
            super().keyPressEvent(event)

    def _row_at(self, place: QPointF) -> int:
        return self._lay_out().row_at(place.y(), self.shown())

    def _go_to(self, index: int) -> None:
        self._current = index
        self._describe()
        self.update()

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self._describe()
            self.update()
            self.word_hovered.emit(index)
