"""The text editor of the prompt: delivers exactly what was typed, and never freezes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit, utf16_length
from visualizer.ui.widgets.surprise_shading import Shading, shade_block

LONGEST_WRAPPED_LINE = 50_000
"""Characters of a line from which wrapping is off: its cost grows with their square."""


class PromptEditor(ExactTextEdit):
    """Plain text with undo, whose `raw_text` is what the user typed, character for character.

    Signals:
        text_edited: The user changed the text. (text: str)
        text_returned: The user undid or redid an edit. (text: str)
        file_dropped: A local file was dropped or pasted. (path: str)
        line_ends_changed: Windows line ends in what was pasted became plain ones.
        wrapping_changed: Whether long lines are wrapped. (wrapped: bool)

    Attributes:
        shaded_stretches: How many tokens the last paint tinted.
    """

    text_edited = Signal(object)  # a str, but Qt's own would lose a byte order mark in front
    text_returned = Signal(object)
    file_dropped = Signal(str)
    line_ends_changed = Signal()
    wrapping_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._silent = False
        self._append_revision = -1
        self._history = (0, False)  # how much can be undone, whether anything can be redone
        self._span = (0, 0)
        self._generated: list[QTextCursor] = []
        self._shading: Shading | None = None
        self._shaded_units = 0
        self.shaded_stretches = 0
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.document().setDocumentMargin(SPACE_PX)
        self._use_font()
        self.document().contentsChange.connect(self._on_document_contents_change)
        self.textChanged.connect(self._on_text_changed)

    # -------------------------------------------------------------------------------- the text

    def raw_text(self) -> str:
        """The text, exact."""
        return self._text

    def set_text(self, text: str) -> None:
        """Replace the text, as one step to undo; nothing happens if it is the same."""
        text = self._cleaned(text)
        if text == self._text:
            return
        position = self.textCursor().position()
        was_at_end = self.textCursor().atEnd()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        self._insert(cursor, text)
        cursor.endEditBlock()
        self.finish_append()
        last = self.document().characterCount() - 1
        place = self.textCursor()
        place.setPosition(last if was_at_end else min(position, last))
        self.setTextCursor(place)

    def append_text(self, text: str) -> None:
        """Add `text` at the end; what is appended without a break is one step to undo.

        The user's cursor stays where it is, unless it is at the end: then it stays at the end.
        """
        text = self._cleaned(text)
        if not text:
            return
        was_at_end = self.textCursor().atEnd() and not self.textCursor().hasSelection()
        place = self.textCursor().position()
        anchor = self.textCursor().anchor()
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if self.document().revision() == self._append_revision:
            cursor.joinPreviousEditBlock()
        else:
            self.finish_append()
            cursor.beginEditBlock()
        self._insert(cursor, text)
        cursor.endEditBlock()
        self._append_revision = self.document().revision()
        if was_at_end:
            self.moveCursor(QTextCursor.MoveOperation.End)
        else:
            kept = self.textCursor()
            kept.setPosition(anchor)
            kept.setPosition(place, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(kept)

    def finish_append(self) -> None:
        """Let what is typed or appended next begin a new step to undo."""
        self._append_revision = -1
        self.document().setModified(False)  # Qt joins what is typed to a change of a modified one

    def set_selection_span(self, start: int, end: int) -> None:
        """Mark code points start to end as the selected token's; an empty span marks nothing."""
        if (start, end) != self._span:
            self._span = (start, end)
            self._mark_span()

    def select_span(self, start: int, stop: int) -> None:
        """Select code points start to stop, in sight."""
        cursor = self.textCursor()
        first = utf16_length(self._text[:start])
        cursor.setPosition(first)
        cursor.setPosition(
            first + utf16_length(self._text[start:stop]), QTextCursor.MoveMode.KeepAnchor
        )
        self.setTextCursor(cursor)

    def selection_start(self) -> int:
        """Where the selection or the cursor is, in code points."""
        units = self._text.encode("utf-16-le")[: 2 * self.textCursor().selectionStart()]
        return len(units.decode("utf-16-le", "replace"))

    def set_generated(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Write these stretches of code points, which the model wrote, in lighter ink."""
        self._generated = [self._stretch(start, end) for start, end in stretches]
        self.setToolTip(self.tr("Lighter ink: written by the model.") if stretches else "")
        self._mark_span()

    def set_shading(self, shading: Shading | None) -> None:
        """Tint the text at hand; None for no tints. They stay up to the next change of the text."""
        self._shading = shading
        self._shaded_units = self.document().characterCount()
        self.viewport().update()

    def is_wrapping(self) -> bool:
        return self.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap

    def sizeHint(self) -> QSize:
        return QSize(400, self._height_of(3))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._height_of(1))

    @property
    def line_px(self) -> int:
        """Height of a line of text."""
        return QFontMetrics(self.font()).lineSpacing()

    # ------------------------------------------------------------------------------- in and out

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        if source.hasUrls():
            return bool(local_file(source))
        return super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasUrls():
            path = local_file(source)
            if path:
                self.file_dropped.emit(path)
                return
        super().insertFromMimeData(source)

    def _pasted(self, source: QMimeData) -> str:
        text = super()._pasted(source)
        if "\r\n" in text:
            text = text.replace("\r\n", "\n")
            self.line_ends_changed.emit()
        return text

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._take_or_leave(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._take_or_leave(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = local_file(event.mimeData())
        if path:
            event.acceptProposedAction()
            self.file_dropped.emit(path)
        elif event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dropEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shading is not None:
            self._paint_shading(self._shading, event)
        super().paintEvent(event)

    def _paint_shading(self, shading: Shading, event: QPaintEvent) -> None:
        """Behind the text, for the blocks in sight only."""
        painter, theme = QPainter(self.viewport()), current_theme()
        offset, self.shaded_stretches = self.contentOffset(), 0
        block = self.firstVisibleBlock()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(offset)
            if place.top() > event.rect().bottom():
                break
            if block.isVisible() and place.bottom() >= event.rect().top():
                self.shaded_stretches += shade_block(
                    painter, theme, shading, block, place.topLeft(), self._shaded_units
                )
            block = block.next()
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Tab and event.modifiers() == control:
            self.insert_at(self.textCursor(), "\t")  # Tab alone leads on to the next control
            self.ensureCursorVisible()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
            self.updateGeometry()
        elif event.type() == QEvent.Type.PaletteChange and hasattr(self, "_span"):
            self._mark_span()

    def _take_or_leave(self, event: QDragMoveEvent) -> None:
        if not event.mimeData().hasUrls():
            if isinstance(event, QDragEnterEvent):
                super().dragEnterEvent(event)
            else:
                super().dragMoveEvent(event)
        elif local_file(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()  # a folder or a link may be for the window

    # --------------------------------------------------------------------------------- inside

    def _use_font(self) -> None:
        """The families only: the size stays the window's, and grows with it."""
        font = QFont()
        font.setFamilies(token_font().families())
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)

    def _height_of(self, n_lines: int) -> int:
        return n_lines * self.line_px + 2 * SPACE_PX + 2

    def _insert(self, cursor: QTextCursor, text: str) -> None:
        self._silent = True
        try:
            self.insert_at(cursor, text)
        finally:
            self._silent = False
        self._text = super().raw_text()
        self._settle_wrapping()
        self._mark_span()

    def _mark_span(self) -> None:
        marks = []
        lighter = QTextCharFormat()
        lighter.setForeground(QColor(current_theme().quiet))
        for stretch in self._generated:
            generated = QTextEdit.ExtraSelection()
            generated.cursor = stretch
            generated.format = lighter
            marks.append(generated)
        start, end = self._span
        if 0 <= start < end <= len(self._text):
            marks.append(self._selected_mark(self._stretch(start, end)))
        self.setExtraSelections(marks)

    def _stretch(self, start: int, end: int) -> QTextCursor:
        """A selection of code points that stays with them, and does not grow with what is typed."""
        first = utf16_length(self._text[:start])
        cursor = QTextCursor(self.document())
        cursor.setPosition(first)
        cursor.setPosition(
            first + utf16_length(self._text[start:end]), QTextCursor.MoveMode.KeepAnchor
        )
        cursor.setKeepPositionOnInsert(True)
        return cursor

    def _selected_mark(self, cursor: QTextCursor) -> QTextEdit.ExtraSelection:
        form = QTextCharFormat()
        colour = QColor(current_theme().query)
        form.setUnderlineColor(colour)
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        colour.setAlphaF(0.15)
        form.setBackground(colour)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor
        mark.format = form
        return mark

    def _set_wrapping(self, wrapping: bool) -> None:
        if wrapping != self.is_wrapping():
            mode = QPlainTextEdit.LineWrapMode
            self.setLineWrapMode(mode.WidgetWidth if wrapping else mode.NoWrap)
            self.wrapping_changed.emit(wrapping)

    def _settle_wrapping(self) -> None:
        """Wrap again once every line is short enough."""
        if not self.is_wrapping():
            self._set_wrapping(_longest_line(self._text) <= LONGEST_WRAPPED_LINE)

    @Slot(int, int, int)
    def _on_document_contents_change(self, position: int, removed: int, added: int) -> None:
        self._shaded_units = min(self._shaded_units, position)
        # Comes before the layout, so wrapping is off before it could cost anything: for paste,
        # undo and redo alike.
        if self.document().characterCount() > LONGEST_WRAPPED_LINE and self.is_wrapping():
            self._set_wrapping(_longest_line(super().raw_text()) <= LONGEST_WRAPPED_LINE)

    @Slot()
    def _on_text_changed(self) -> None:
        has_gone_along = self._has_gone_along_history()
        if self._silent:
            return
        text = super().raw_text()
        if text == self._text:
            return
        self._text = text
        self._settle_wrapping()
        self._mark_span()
        (self.text_returned if has_gone_along else self.text_edited).emit(text)

    def _has_gone_along_history(self) -> bool:
        """Whether the last change was an undoing or a redoing.

        Typing in place of what could be redone is taken for redoing, too; only the text tells.
        """
        n_undo, could_redo = self._history
        self._history = (self.document().availableUndoSteps(), self.document().isRedoAvailable())
        return self._history[0] < n_undo or could_redo


def _longest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


def local_file(source: QMimeData) -> str:
    """The first local file among what is dropped, "" if there is none."""
    for url in source.urls():
        path = url.toLocalFile() if url.isLocalFile() else ""
        try:
            if path and Path(path).is_file():
                return path
        except (OSError, ValueError):
            continue
    return ""
