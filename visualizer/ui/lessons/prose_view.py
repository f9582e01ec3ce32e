"""A stretch of a lesson's text, as high as it is: it scrolls with what is around it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QFocusEvent, QResizeEvent, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from visualizer.ui.theme import SPACE_PX

_LINE_HEIGHT = 130  # per cent: prose is read, and wants more air than labels
_LIST_INDENT_PX = 4 * SPACE_PX


class ProseView(QTextBrowser):
    """Shows Markdown with links that the keyboard reaches.

    Signals:
        link_followed: A link other than to a web page. str.
    """

    link_followed = Signal(str)

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown = text
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(_LIST_INDENT_PX)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self._lay_out()

    def set_markdown(self, text: str) -> None:
        """Show another text."""
        self._markdown = text
        self._lay_out()

    @property
    def markdown(self) -> str:
        """The text as it was written."""
        return self._markdown

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        cursor = self.textCursor()
        if event.reason() == Qt.FocusReason.TabFocusReason:
            cursor.movePosition(QTextCursor.MoveOperation.Start)
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            cursor.movePosition(QTextCursor.MoveOperation.End)
        self.setTextCursor(cursor)

    def focusNextPrevChild(self, forward: bool) -> bool:
        before = self._place()
        moved = super().focusNextPrevChild(forward)
        around = self.parentWidget()
        if around is not None and moved and self.hasFocus() and self._place() == before:
            # From the first link, Qt goes back to that same one for ever.
            return around.focusNextPrevChild(forward)
        return moved

    def _place(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.anchor(), cursor.position()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._lay_out()  # the colour of links and the size of code are fixed when it is set

    def _lay_out(self) -> None:
        self.setMarkdown(self._markdown)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        lines = QTextBlockFormat()
        lines.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(lines)
        self._fit_height()

    def _fit_height(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(math.ceil(self.document().size().height()) + 1)

    @Slot(QUrl)
    def _on_anchor_clicked(self, url: QUrl) -> None:
        if url.scheme() == "https":
            QDesktopServices.openUrl(url)
        else:
            self.link_followed.emit(url.toString())
