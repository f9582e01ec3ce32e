"""A conversation with a chat model: what was said, and the exact text that is sent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.chat import ChatTurn
from visualizer.engine.tokenization import Tokenization
from visualizer.session.chat_view import ChatView
from visualizer.session.views import TokenStripView
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.chat_history import ChatHistory
from visualizer.ui.widgets.exact_text import ExactTextEdit, utf16_length
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import make_quiet

_LINES = 3


class ChatPane(QWidget):
    """Shows a conversation and the text that is sent, and reports what the user wants of it.

    Signals:
        system_edited: (text: str)
        message_chosen: An earlier message is to be written anew. (index: int)
        next_requested: The reply is to be kept, and the next message begun.
        new_requested: Another conversation is to be begun.
        take_back_requested: What was cut off is to come back.
        copy_requested: "text" as it is sent, or "messages". (form: str)
    """

    system_edited = Signal(str)
    message_chosen = Signal(int)
    next_requested = Signal()
    new_requested = Signal()
    take_back_requested = Signal()
    copy_requested = Signal(str)

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
        self._history = ChatHistory()
        self._make_buttons()
        top = QHBoxLayout()
        top.setSpacing(SPACE_PX)
        top.addWidget(title)
        top.addStretch(1)
        for button in (self._copy, self._take_back, self._new, self._next):
            top.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._system)
        column.addWidget(self._history)
        column.addLayout(top)
        column.addWidget(self._sent, stretch=1)
        self._system.textEdited.connect(self.system_edited)
        self._history.message_chosen.connect(self.message_chosen)

    def _make_buttons(self) -> None:
        menu = QMenu(self)
        for form, text in (
            ("text", self.tr("The text as it is sent")),
            ("messages", self.tr("The messages, as JSON")),
        ):
            menu.addAction(text).setData(form)
        menu.triggered.connect(self._on_copy_triggered)
        self._copy = MenuButton(self.tr("Copy"), menu)
        self._copy.setToolTip(self.tr("Put the conversation on the clipboard"))
        self._take_back = self._button(
            self.tr("Bring back"), self.tr("Bring back the conversation that was cut short")
        )
        self._new = self._button(
            self.tr("New"), self.tr("Begin another conversation, with the same system message")
        )
        self._next = self._button(
            self.tr("Next message"),
            self.tr("Keep the reply as part of the conversation, and write the next message"),
        )
        self._take_back.hide()
        self._next.setEnabled(False)
        self._take_back.clicked.connect(self.take_back_requested)
        self._new.clicked.connect(self.new_requested)
        self._next.clicked.connect(self.next_requested)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        return button

    def set_chat(self, view: ChatView | None) -> None:
        """Show what was said before, and what can be done now."""
        turn = ChatTurn("") if view is None else view.turn
        self._history.set_earlier(turn.earlier)
        self._next.setEnabled(view is not None and view.has_reply)
        self._new.setEnabled(bool(turn.earlier or turn.message))
        self._take_back.setVisible(view is not None and view.can_take_back)

    @property
    def history(self) -> ChatHistory:
        """The earlier messages."""
        return self._history

    def buttons(self) -> dict[str, QToolButton]:
        """By what they do."""
        return {
            "copy": self._copy,
            "take_back": self._take_back,
            "new": self._new,
            "next": self._next,
        }

    @Slot(QAction)
    def _on_copy_triggered(self, action: QAction) -> None:
        self.copy_requested.emit(action.data())

    @property
    def system_line(self) -> QLineEdit:
        return self._system

    def set_system(self, text: str) -> None:
        """Put `text` on the system's line; emits nothing."""
        if self._system.text() != text:
            self._system.setText(text)

    def sent_text(self) -> str:
        """The text on show."""
        return self._sent.raw_text()

    def set_view(self, view: TokenStripView) -> None:
        """Show the text of `view`, whose special tokens are coloured."""
        self._sent.show_tokens(view.tokenization, view.special_ids)


class _SentText(ExactTextEdit):
    """Read-only text whose special tokens are in the colour of choices."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(ExactTextEdit.Shape.NoFrame)
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
        shown, text = self.raw_text(), tokens.text
        self._tokens, self._special_ids = tokens, special_ids
        if shown and text.startswith(shown):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            self.insert_at(cursor, text[len(shown) :])
        elif shown != text:
            self.set_text(text)
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
                cursor.setPosition(utf16_length(tokens.text[: tokens.starts[index]]))
                end = utf16_length(tokens.text[: tokens.ends[index]])
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
