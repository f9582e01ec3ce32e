"""Quiet labels, and what a panel shows while it has nothing to draw."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedWidget, QStyle, QStyleOption, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX


def error_text(error: VisualizerError) -> str:
    """The error's sentence in the language of the window."""
    template = QCoreApplication.translate("errors", error.template)
    return template.format(**error.values)


def make_quiet(label: QLabel) -> None:
    """Write `label` in the theme's quiet colour, whichever theme is on."""
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class ElidedLabel(PlainLabel):
    """One line that ends in "…" where there is no room, with the whole of it on hover."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()),
            self.palette(),
            bool(option.state & QStyle.StateFlag.State_Enabled),
            text,
            self.foregroundRole(),
        )


class PanelStack(QStackedWidget):
    """A panel's content, or one sentence in its place."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._message = PlainLabel()
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(4 * SPACE_PX)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        make_quiet(self._message)
        self.addWidget(content)
        self.addWidget(self._message)

    def sizeHint(self) -> QSize:
        """What the content needs, also while the sentence stands in its place."""
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._content.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        return False  # the wrapped sentence must not decide how high the panel is

    def show_content(self) -> None:
        self.setCurrentIndex(0)

    def show_message(self, text: str) -> None:
        """Show `text` alone."""
        self._message.setText(text)
        self._message.setAccessibleName(text)
        self.setCurrentWidget(self._message)

    def message(self) -> str:
        """The sentence on show, "" while the content is."""
        return self._message.text() if self.currentWidget() is self._message else ""
