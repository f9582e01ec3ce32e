"""Panel: the prompt, with a quiet line for what had to be changed or switched off."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from visualizer.engine.chat import ChatTurn
from visualizer.session.views import TokenStripView, Unavailable
from visualizer.ui.plain_text import PANEL_TITLE, PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.chat_pane import ChatPane
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.find_row import FindRow
from visualizer.ui.widgets.messages import make_quiet
from visualizer.ui.widgets.prompt_editor import LONGEST_WRAPPED_LINE, PromptEditor
from visualizer.ui.widgets.surprise_shading import ShadingLegend, shading_of

_MOST_WANTED = 200  # a longer selection is hardly meant to be looked for


class PromptPanel(QWidget):
    """The editor of the prompt.

    Signals:
        text_edited: The user changed the text. (text: str, exactly as typed)
        text_returned: The user undid or redid an edit. (text: str)
        file_dropped: A local file was dropped on the editor. (path: str)
        file_open_requested: The user wants to choose a file.
        chat_toggled: Whether the text is a message to a chat model. (is_on: bool)
        system_edited: What the model is told before the message. (text: str)
        place_found: A string was found in the text. (start: int, stop: int, characters)

    Attributes:
        find_row: Finds a string in the text; takes the place of the buttons beside the title.
    """

    text_edited = Signal(object)  # a str, but Qt's own would lose a byte order mark in front
    text_returned = Signal(object)
    file_dropped = Signal(str)
    file_open_requested = Signal()
    chat_toggled = Signal(bool)
    system_edited = Signal(str)
    place_found = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Prompt"))
        title = QLabel(self.tr("Prompt"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        self._open = QToolButton()
        self._open.setText(self.tr("Open…"))
        self._open.setAutoRaise(True)
        self._open.setAccessibleName(self.tr("Open a text file"))
        self._open.setToolTip(self.tr("Read the prompt from a text file"))
        self._chat = ChoiceButton(self.tr("Chat"))
        self._chat.setAutoRaise(True)
        self._chat.setAccessibleName(self._chat.text())
        self._chat.setToolTip(
            self.tr("Take the text for a message, from which the model's template makes the prompt")
        )
        self._chat.hide()  # until there is a model with a template
        self._chat_pane = ChatPane()
        self._chat_pane.hide()
        self._editor = PromptEditor()
        self._editor.setAccessibleName(self.tr("Prompt"))
        self._editor.setPlaceholderText(
            self.tr(
                "Type or paste text, or drop a text file here. Tab moves on, Ctrl+Tab types a tab."
            )
        )
        self._notice = _Notice()
        self._view: TokenStripView | None = None
        self._is_shading = False
        self._legend = ShadingLegend()
        self._legend.hide()
        self.setFocusProxy(self._editor)

        self.find_row = FindRow()
        self.find_row.hide()
        self._beside_title = QWidget()
        beside = QHBoxLayout(self._beside_title)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addStretch(1)
        beside.addWidget(self._legend)
        beside.addWidget(self._chat)
        beside.addWidget(self._open)
        top = QHBoxLayout()
        top.addWidget(title)
        top.addWidget(self._beside_title, stretch=1)
        top.addWidget(self.find_row, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._editor, stretch=1)
        column.addWidget(self._chat_pane, stretch=1)
        column.addWidget(self._notice)

        self._open.clicked.connect(self._on_open_clicked)
        self._chat.toggled.connect(self.chat_toggled)
        self._chat_pane.system_edited.connect(self.system_edited)
        self._editor.text_edited.connect(self.text_edited)
        self._editor.text_edited.connect(self.find_row.set_text)
        self.find_row.found.connect(self._on_find_row_found)
        self.find_row.closed.connect(self.end_finding)
        self._editor.text_returned.connect(self.text_returned)
        self._editor.text_returned.connect(self.find_row.set_text)
        self._editor.file_dropped.connect(self.file_dropped)
        self._editor.characters_replaced.connect(self._on_editor_characters_replaced)
        self._editor.line_ends_changed.connect(self._on_editor_line_ends_changed)
        self._editor.wrapping_changed.connect(self._on_editor_wrapping_changed)

    @property
    def editor(self) -> PromptEditor:
        """The widget that is typed in."""
        return self._editor

    def text(self) -> str:
        """The text, exactly as typed."""
        return self._editor.raw_text()

    def notice(self) -> str:
        """The line under the editor, "" for none."""
        return self._notice.text()

    def height_of_lines(self, n_lines: int) -> int:
        """Height with so many lines of text in sight, at least one."""
        return self.minimumSizeHint().height() + (n_lines - 1) * self._editor.line_px

    def set_text(self, text: str) -> None:
        """Replace the text, as one step to undo; emits nothing."""
        if self._editor.is_wrapping():
            self._notice.show_text("")
        self._editor.set_text(text)
        self.find_row.set_text(text)

    def append_text(self, text: str) -> None:
        """Add generated text at the end; emits nothing. See `PromptEditor.append_text`."""
        self._editor.append_text(text)
        self.find_row.set_text(self.text())

    def finish_append(self) -> None:
        """A generation has ended: the next one is a step to undo of its own."""
        self._editor.finish_append()

    def set_selection_span(self, start: int, end: int) -> None:
        """Mark code points start to end as the selected token's."""
        self._editor.set_selection_span(start, end)

    @Slot(object)
    def set_view(self, view: TokenStripView | Unavailable) -> None:
        """Mark the selected token in the text, unless it is the last one, where one types."""
        self._view = None if isinstance(view, Unavailable) else view
        if self._view is not None and self._chat.isChecked():
            self._chat_pane.set_view(self._view)
        self._shade()
        self._mark_generated()
        if isinstance(view, Unavailable) or view.query is None:
            self.set_selection_span(0, 0)
            return
        tokens = view.tokenization
        if tokens.text != self.text() or view.query == len(tokens) - 1:
            self.set_selection_span(0, 0)
        else:
            token = tokens.token(view.query)
            self.set_selection_span(token.start, token.end)

    @Slot(bool)
    def set_shading(self, shown: bool) -> None:
        """Whether each token of the text is tinted by how surprising it was."""
        self._is_shading = shown
        self._legend.setVisible(shown)
        if not shown:
            self._editor.set_shading(None)
        self._shade()

    def _shade(self) -> None:
        """Tint the text; while its tokens are of an older text, its unchanged beginning stays."""
        if not self._is_shading:
            return
        view = self._view
        if view is None:
            self._editor.set_shading(None)
        elif view.tokenization.text == self.text():
            self._editor.set_shading(shading_of(view))

    @Slot()
    def begin_finding(self) -> None:
        """Let a string be typed that is looked for in the text: at first what is selected."""
        cursor = self._editor.textCursor()
        selected = cursor.selectedText()
        wanted = selected if len(selected) <= _MOST_WANTED and selected.isprintable() else ""
        if self.find_row.isHidden():
            self.find_row.setFixedHeight(self._beside_title.height())  # so that nothing moves
            self._beside_title.hide()
            self.find_row.show()
        self.find_row.open(self.text(), self._editor.selection_start(), wanted)
        self.find_row.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def end_finding(self) -> None:
        """Give the keys back to the text; what was found last stays selected."""
        self.find_row.hide()
        self._beside_title.show()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int, int)
    def _on_find_row_found(self, start: int, stop: int) -> None:
        self._editor.select_span(start, stop)
        self.place_found.emit(start, stop)

    def _mark_generated(self) -> None:
        """Tell what the model wrote from what was typed, once the tokens are those of the text."""
        view = self._view
        if view is None or view.tokenization.text == self.text():
            self._editor.set_generated(() if view is None else _stretches(view))

    @property
    def chat_pane(self) -> ChatPane:
        """What is sent to a chat model; hidden while there is no conversation."""
        return self._chat_pane

    def set_chat_possible(self, possible: bool) -> None:
        """Whether the model can be talked to."""
        self._chat.setVisible(possible)

    def set_chat(self, turn: ChatTurn | None) -> None:
        """Show a conversation, or none; emits nothing."""
        with QSignalBlocker(self._chat):
            self._chat.setChecked(turn is not None)
        self._chat_pane.setVisible(turn is not None)
        if turn is not None:
            self._chat_pane.set_system(turn.system)

    @Slot()
    def _on_open_clicked(self) -> None:
        self.file_open_requested.emit()

    @Slot(int)
    def _on_editor_characters_replaced(self, n: int) -> None:
        if n == 1:
            text = self.tr("One character is no valid text; � stands for it.")
        else:
            text = self.tr("{n:,} characters are no valid text; � stands for each.").format(n=n)
        self._notice.show_text(text)

    @Slot()
    def _on_editor_line_ends_changed(self) -> None:
        self._notice.show_text(self.tr("Windows line ends in the pasted text became plain ones."))

    @Slot(bool)
    def _on_editor_wrapping_changed(self, wrapped: bool) -> None:
        if wrapped:
            self._notice.show_text("")
        else:
            self._notice.show_text(
                self.tr("A line has more than {n:,} characters: lines are not wrapped.").format(
                    n=LONGEST_WRAPPED_LINE
                )
            )


def _stretches(view: TokenStripView) -> list[tuple[int, int]]:
    """The code points of the tokens that were generated, each stretch once."""
    stretches: list[tuple[int, int]] = []
    for index in sorted(view.generated):
        token = view.tokenization.token(index)
        if stretches and token.start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], token.end)
        else:
            stretches.append((token.start, token.end))
    return stretches


class _Notice(QWidget):
    """One quiet line that can be dismissed; takes no room while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = PlainLabel()
        self._label.setWordWrap(True)
        make_quiet(self._label)
        close = QToolButton()
        close.setText("×")
        close.setAutoRaise(True)
        close.setAccessibleName(self.tr("Dismiss"))
        close.setToolTip(self.tr("Dismiss this notice"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_PX)
        row.addWidget(self._label, stretch=1)
        row.addWidget(close)
        self.hide()
        close.clicked.connect(self._on_close_clicked)

    def text(self) -> str:
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Show `text`, or nothing if it is empty."""
        self._label.setText(text)
        self.setVisible(bool(text))

    @Slot()
    def _on_close_clicked(self) -> None:
        self.show_text("")
