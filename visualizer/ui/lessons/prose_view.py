"""A stretch of a lesson's text, as high as it is: it scrolls with what is around it."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QCursor,
    QDesktopServices,
    QFocusEvent,
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QToolTip, QWidget

from visualizer.lessons.prose import Term
from visualizer.ui.theme import SPACE_PX

_HAN = re.compile(r"[\u4e00-\u9fff]")

_LINE_HEIGHT = 130  # per cent: prose is read, and wants more air than labels
_LIST_INDENT_PX = 4 * SPACE_PX


class ProseView(QTextBrowser):
    """Shows Markdown with links that the keyboard reaches.

    Signals:
        link_followed: A link other than to a web page or into the glossary. str.
        link_reached: The keyboard has come to a link; where it stands. QRect.
    """

    link_followed = Signal(str)
    link_reached = Signal(QRect)

    def __init__(
        self,
        text: str = "",
        terms: Mapping[str, Term] = MappingProxyType({}),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._markdown = text
        self._terms = terms
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(_LIST_INDENT_PX)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.highlighted.connect(self._on_highlighted)
        # Qt leaves the air between the lines out of the height that it scrolls by.
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
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
        if self.hasFocus():
            self.link_reached.emit(self.cursorRect())
        return moved

    def _place(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.anchor(), cursor.position()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The column scrolls, not a paragraph of it."""
        event.ignore()

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
        self._stand_upright()
        self._fit_height()

    def _stand_upright(self) -> None:
        """Chinese has no slanted letters: what is stressed there is bold."""
        bold = QTextCharFormat()
        bold.setFontItalic(False)
        bold.setFontWeight(QFont.Weight.Bold)
        block = self.document().begin()
        while block.isValid():
            pieces = [each.fragment() for each in block]  # type: ignore[attr-defined]
            for piece in pieces:
                if piece.charFormat().fontItalic() and _HAN.search(piece.text()):
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(piece.position())
                    cursor.setPosition(
                        piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor
                    )
                    cursor.mergeCharFormat(bold)
            block = block.next()

    def _fit_height(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(math.ceil(self.document().size().height()) + 1)

    @Slot()
    def _on_range_changed(self) -> None:
        self.verticalScrollBar().setRange(0, 0)

    @Slot(QUrl)
    def _on_anchor_clicked(self, url: QUrl) -> None:
        if url.scheme() == "https":
            QDesktopServices.openUrl(url)
        elif url.scheme() == "term":
            self._explain(url.path(), self.mapToGlobal(self.cursorRect().bottomLeft()))
        else:
            self.link_followed.emit(url.toString())

    @Slot(QUrl)
    def _on_highlighted(self, url: QUrl) -> None:
        """The pointer rests on a link: a word of the glossary is explained at once."""
        if url.scheme() == "term":
            self._explain(url.path(), QCursor.pos())
        else:
            QToolTip.hideText()

    def _explain(self, key: str, place: QPoint) -> None:
        term = self._terms.get(key)
        if term is not None:
            words = f"<b>{html.escape(term.term)}</b><br>{html.escape(term.text)}"
            QToolTip.showText(place, words, self)
