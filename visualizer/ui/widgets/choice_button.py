"""A button that stays down, and shows that it does in either theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from visualizer.ui.theme import current_theme

_BAR_PX = 2


class ChoiceButton(QToolButton):
    """A tool button that, while it is down, has a bar in the colour of choices below its text.

    Fusion draws a pressed button in a darker shade of its own, which cannot be seen on dark paper.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        theme = current_theme()
        colour = theme.accent if self.isEnabled() else theme.removed
        bar = QRectF(3, self.height() - _BAR_PX - 2, self.width() - 6, _BAR_PX)
        QPainter(self).fillRect(bar, QColor(colour))
