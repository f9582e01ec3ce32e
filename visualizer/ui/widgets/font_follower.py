"""Fonts that are set by hand and yet follow the size of the application's text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget


def follow_text_size(widget: QWidget, make_font: Callable[[], QFont]) -> None:
    """Give a widget a font of its own, made anew whenever the text becomes larger or smaller.

    Qt keeps the size of a font that was set for one widget for ever.
    """
    _FontFollower(widget, make_font)


def when_text_size_changes(widget: QWidget, do: Callable[[], object]) -> None:
    """Do something once the fonts of a widget, and of all that is in it, have changed."""
    _FontWatcher(widget, do)


def keep_height(widget: QWidget, measure: Callable[[], int]) -> None:
    """Give a widget a fixed height, measured anew whenever its font changes."""
    widget.setFixedHeight(measure())
    when_text_size_changes(widget, lambda: widget.setFixedHeight(measure()))


def scaled_font(scale: float) -> QFont:
    """The application's font, bold and `scale` times as large, for a heading."""
    font = QFont(QApplication.font())
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * scale)
    return font


class _FontFollower(QObject):
    """Watches what the widget is in: of a font of its own, Qt tells it no change."""

    def __init__(self, widget: QWidget, make_font: Callable[[], QFont]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._make_font = make_font
        widget.installEventFilter(self)
        self._watch_parent()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ParentChange and watched is self._widget:
            self._watch_parent()
        elif event.type() == QEvent.Type.FontChange and watched is not self._widget:
            self._widget.setFont(self._make_font())
        return super().eventFilter(watched, event)

    def _watch_parent(self) -> None:
        self._widget.setFont(self._make_font())
        parent = self._widget.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)


class _FontWatcher(QObject):
    def __init__(self, widget: QWidget, do: Callable[[], object]) -> None:
        super().__init__(widget)
        self._do = do
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._do)  # what is in the widget hears of it after it
        return super().eventFilter(watched, event)
