"""What a chat model is sent: the system's line, and the exact text with its special tokens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.messages import make_quiet

_LINES = 3


class ChatPane(QWidget):
    """Shows the text that is sent, and reports what is put on the system's line.

    Signals:
        system_edited: (text: str)
    """

    system_edited = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._system = QLineEdit()
        self._system.setAccessibleName(self.tr("System message"))
        self._system.setPlaceholderText(self.tr("System message; empty leaves it to the template"))
        self._system.setToolTip(
            self.tr("What the model is told before the conversation; empty for the template's own")
        )
        title = QLabel(self.tr("As it is sent"))
        make_quiet(title)
        title.setToolTip(
            self.tr(
                "The exact text that the model reads, made by its chat template; special tokens "
                "are coloured"
            )
        )
        self._sent = _SentText()
        self._sent.setAccessibleName(title.text())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._system)
        column.addWidget(title)
        column.addWidget(self._sent, stretch=1)
        self._system.textEdited.connect(self.system_edited)

    @property
    def system_line(self) -> QLineEdit:
        return self._system

    def set_system(self, text: str) -> None:
        """Put `text` on the system's line; emits nothing."""
        if self._system.text() != text:
            self._system.setText(text)

    def sent_text(self) -> str:
        """The text on show."""
        return self._sent.toPlainText()

    def set_view(self, view: TokenStripView) -> None:
        """Show the text of `view`, whose special tokens are coloured."""
        self._sent.show_tokens(view.tokenization, view.special_ids)


class _SentText(QPlainTextEdit):
    """Read-only text whose special tokens are in the colour of choices."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(SPACE_PX)
        font = QFont()
        font.setFamilies(token_font().families())
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)
        self._tokens: Tokenization | None = None
        self._special_ids: frozenset[int] = frozenset()

    def show_tokens(self, tokens: Tokenization, special_ids: frozenset[int]) -> None:
        if tokens is self._tokens:
            return
        shown, text = self.toPlainText(), tokens.text
        self._tokens, self._special_ids = tokens, special_ids
        if shown and text.startswith(shown):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(shown) :])
        elif shown != text:
            self.setPlainText(text)
        self._mark()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())  # the end is what is predicted from

    def _mark(self) -> None:
        tokens = self._tokens
        if tokens is None:
            return
        form = QTextCharFormat()
        form.setForeground(QColor(current_theme().accent))
        marks = []
        for index, token_id in enumerate(tokens.ids.tolist()):
            if token_id in self._special_ids:
                mark = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(_utf16(tokens.text[: tokens.starts[index]]))
                end = _utf16(tokens.text[: tokens.ends[index]])
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                mark.cursor, mark.format = cursor, form
                marks.append(mark)
        self.setExtraSelections(marks)

    def sizeHint(self) -> QSize:
        return QSize(400, self._height_of(_LINES))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self._height_of(_LINES))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tokens"):
            self._mark()

    def _height_of(self, n_lines: int) -> int:
        return n_lines * QFontMetrics(self.font()).lineSpacing() + 2 * SPACE_PX + 2


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
