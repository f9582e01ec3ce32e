"""The ring around what the keys go to: one for the whole application, the same everywhere."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QWidget,
)

from visualizer.ui.theme import current_theme

RING_PX = 2
_ROUNDING_PX = 3


class FocusRing(QWidget):
    """Lies around one widget, a little larger where its surroundings have room for that.

    It belongs to what the widget is in, and so moves, hides and scrolls with it; what is below it
    is pressed and drawn as ever.
    """

    def __init__(self, around: QWidget) -> None:
        self._around = around
        # A splitter takes whatever is put into it for one more pane.
        host = around.parentWidget()
        self._host = around if host is None or isinstance(host, QSplitter) else host
        super().__init__(self._host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fit()
        self.raise_()

    def fit(self) -> None:
        """Follow the widget."""
        corner = self._around.mapTo(self._host, QPoint(0, 0))
        area = QRect(corner, self._around.size())
        self.setGeometry(area.adjusted(-RING_PX, -RING_PX, RING_PX, RING_PX) & self._host.rect())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line in the colour of choices, with one in the paper's inside for dark pictures."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for inset, width, colour in (
            (RING_PX + 0.5, 1, theme.surface),
            (RING_PX / 2, RING_PX, theme.accent),
        ):
            painter.setPen(QPen(QColor(colour), width))
            area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            painter.drawRoundedRect(area, _ROUNDING_PX - inset / 2, _ROUNDING_PX - inset / 2)


class FocusMark(QObject):
    """Puts the ring around whatever has the focus, while it is travelled by keyboard.

    What was clicked has none until a key is pressed; what is typed in always has one.
    """

    def __init__(self, application: QApplication | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._focus: QWidget | None = None
        self._ring: FocusRing | None = None
        self._was_shown = False  # when the focus went to another program
        if application is not None:
            application.focusChanged.connect(self._on_focus_changed)

    def ring(self) -> FocusRing | None:
        """The ring on show, None while there is none."""
        ring = self._ring
        return ring if ring is not None and shiboken6.isValid(ring) else None

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            self._was_shown = self.ring() is not None
            self._hide()
            return
        if now is self._focus:
            is_marked = self._was_shown
        else:
            if self._focus is not None and shiboken6.isValid(self._focus):
                self._focus.removeEventFilter(self)
            self._focus = now
            now.installEventFilter(self)
            is_marked = QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
        self._hide()
        if is_marked or _is_typed_in(now):
            self._show()

    def _show(self) -> None:
        if self._focus is not None and self.ring() is None:
            self._ring = FocusRing(self._focus)
            self._ring.show()

    def _hide(self) -> None:
        ring, self._ring = self.ring(), None
        if ring is not None:
            ring.hide()
            ring.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind, focus = event.type(), self._focus
        if watched is focus and focus is not None:
            ring = self.ring()
            if kind == QEvent.Type.KeyPress:
                self._show()
            elif kind in (QEvent.Type.Resize, QEvent.Type.Move) and ring is not None:
                ring.fit()
            elif kind == QEvent.Type.MouseButtonPress and not _is_typed_in(focus):
                self._hide()
        return False


def _is_typed_in(widget: QWidget) -> bool:
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QAbstractSpinBox)
