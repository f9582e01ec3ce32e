"""Beside the rows: one token taken apart, a search in the vocabulary, and pasted ids as text."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import VisualizerError
from visualizer.engine.tokenization import display_text
from visualizer.session.vocabulary_desk import DecodedIds, Entry, TokenFacts
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.entry_list import EntryList
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.merge_playback import MergePlayback
from visualizer.ui.widgets.messages import ElidedLabel, error_text, make_quiet

TOKEN, SEARCH, DECODE = range(3)
_TYPING_MS = 200
_MOST_SHOWN_CHARS = 2000
_MOST_SHOWN_TOKENS = 500


class VocabularyPane(QWidget):
    """Three pages about the vocabulary of one tokenizer.

    Signals:
        look_up_requested: (kind: "token", "search", "hex" or "decode"; key of the tokenizer; text)
    """

    look_up_requested = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        for title in (self.tr("Token"), self.tr("Search"), self.tr("Decode")):
            self._tabs.addTab(title)
        self._of = QComboBox()
        self._of.setAccessibleName(self.tr("Vocabulary of"))
        self._of.setToolTip(self.tr("Whose vocabulary this is about"))
        self._of.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._of.setMinimumContentsLength(6)
        self._pages = QStackedWidget()
        self._token = TokenPage()
        self._search = SearchPage()
        self._decode = DecodePage()
        for page in (self._token, self._search, self._decode):
            self._pages.addWidget(page)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(self._tabs)
        top.addWidget(self._of, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._pages, stretch=1)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self._of.activated.connect(self._on_of_activated)
        self._token.token_chosen.connect(self._on_token_chosen)
        self._search.token_chosen.connect(self._on_token_chosen)
        self._decode.token_chosen.connect(self._on_token_chosen)
        self._search.asked.connect(self._on_page_asked)
        self._decode.asked.connect(self._on_page_asked)

    @property
    def key(self) -> str:
        """The tokenizer that the pages are about, "" for none."""
        return self._key

    @property
    def token_page(self) -> TokenPage:
        return self._token

    @property
    def search_page(self) -> SearchPage:
        return self._search

    @property
    def decode_page(self) -> DecodePage:
        return self._decode

    def page(self) -> int:
        """TOKEN, SEARCH or DECODE."""
        return self._tabs.currentIndex()

    def show_page(self, page: int) -> None:
        """Turn to a page."""
        self._tabs.setCurrentIndex(page)

    def set_tokenizers(self, names: dict[str, str]) -> None:
        """Those that can be asked, by key."""
        keys = [self._of.itemData(i) for i in range(self._of.count())]
        texts = [self._of.itemText(i) for i in range(self._of.count())]
        if keys != list(names) or texts != list(names.values()):
            self._of.clear()
            for key, name in names.items():
                self._of.addItem(name, key)
        if self._key not in names:
            self._key = next(iter(names), "")
            self._token.clear()
        self._of.setCurrentIndex(max(self._of.findData(self._key), 0))
        self._of.setEnabled(bool(names))

    def show_token(self, key: str, token_id: int, place: str = "") -> None:
        """Ask for a token and turn to its page; `place` says where in the text it is."""
        self._key = key
        self._of.setCurrentIndex(self._of.findData(key))
        self._tabs.setCurrentIndex(TOKEN)
        self._token.await_token(token_id, place)
        self.look_up_requested.emit("token", key, str(token_id))

    def set_answer(self, kind: str, result: object) -> None:
        """Show what was found, or the sentence that says why nothing was."""
        if isinstance(result, VisualizerError):
            self._show_error(kind, error_text(result))
        elif isinstance(result, TokenFacts):
            self._token.show_facts(result)
        elif isinstance(result, DecodedIds):
            self._decode.show_decoded(result)
        elif isinstance(result, tuple):
            self._search.show_found(result)

    def _show_error(self, kind: str, text: str) -> None:
        if kind == "token":
            self._token.show_error(text)
        elif kind == "decode":
            self._decode.show_error(text)
        else:
            self._search.show_error(text)

    def sizeHint(self) -> QSize:
        return QSize(400, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 110)

    @Slot(int)
    def _on_of_activated(self, place: int) -> None:
        self._key = self._of.itemData(place)
        self._token.clear()
        self._search.ask()
        self._decode.ask()

    @Slot(int)
    def _on_token_chosen(self, token_id: int) -> None:
        if self._key:
            self.show_token(self._key, token_id)

    @Slot(str, str)
    def _on_page_asked(self, kind: str, text: str) -> None:
        if self._key:
            self.look_up_requested.emit(kind, self._key, text)


class TokenPage(QWidget):
    """One token: its bytes, how it was built, and the ids around it.

    Signals:
        token_chosen: A neighbour was chosen. (id: int)
    """

    token_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._text = PlainLabel()
        font = token_font()
        font.setBold(True)
        self._text.setFont(font)
        self._text.setMaximumWidth(self._text.fontMetrics().horizontalAdvance("M" * 14))
        self._brief = ElidedLabel()
        make_quiet(self._brief)
        self._facts = PlainLabel()
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        make_quiet(self._facts)
        self._merges = MergePlayback()
        self._note = PlainLabel()
        self._note.setWordWrap(True)
        make_quiet(self._note)
        self._neighbours = EntryList(self.tr("Ids around it in the vocabulary"), with_bytes=False)
        self._neighbours.setToolTip(self.tr("Ids around it in the vocabulary"))
        inner = QWidget()
        left = QVBoxLayout(inner)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_PX)
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE_PX)
        head.addWidget(self._text)
        head.addWidget(self._brief, stretch=1)
        left.addLayout(head)
        for widget in (self._merges, self._note, self._facts):
            left.addWidget(widget)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE_PX)
        scrolling = QScrollArea()
        scrolling.setWidgetResizable(True)
        scrolling.setFrameShape(QScrollArea.Shape.NoFrame)
        scrolling.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolling.viewport().setAutoFillBackground(False)
        scrolling.setWidget(inner)
        inner.setAutoFillBackground(False)
        row.addWidget(scrolling, stretch=3)
        row.addWidget(self._neighbours, stretch=2)
        self._place = ""
        self._neighbours.token_chosen.connect(self.token_chosen)
        self.clear()

    @property
    def merges(self) -> MergePlayback:
        """The play-back of its making."""
        return self._merges

    @property
    def neighbours(self) -> EntryList:
        """The ids around it."""
        return self._neighbours

    def title(self) -> str:
        """The token, or what to do."""
        return self._text.text()

    def facts_text(self) -> str:
        """The lines about it."""
        return self._facts.text()

    def note(self) -> str:
        """Why there are no merges, "" where there are."""
        return self._note.text()

    def clear(self) -> None:
        """No token is chosen."""
        self._text.setText("")
        self._brief.setText("")
        self._facts.setText("")
        self._say(self.tr("Click a token to see the merges that built it."))

    def await_token(self, token_id: int, place: str) -> None:
        """A token was asked for."""
        self._place = place
        self._text.setText("…")
        self._brief.setText(self.tr("id {id}").format(id=token_id))
        self._facts.setText("")
        self._say("")

    def show_error(self, text: str) -> None:
        """Say why there is nothing to show."""
        self.clear()
        self._say(text)

    def show_facts(self, facts: TokenFacts) -> None:
        """Show a token."""
        entry = facts.entry
        self._text.setText(display_text(entry.data) or self.tr("nothing"))
        self._text.setToolTip(plain_tip(self._text.text()))
        brief = self.tr("id {id}").format(id=entry.id)
        self._brief.setText(f"{brief}   {entry.data[:8].hex(' ').upper()}")
        lines = [self.tr("id {id} of {n:,}").format(id=entry.id, n=facts.vocabulary_size)]
        if entry.is_special:
            lines.append(self.tr("a special token"))
        if entry.data:
            data = entry.data[:64].hex(" ").upper() + (" …" if len(entry.data) > 64 else "")
            lines.append(self.tr("bytes {data}").format(data=data))
        if self._place:
            lines.append(self._place)
        self._facts.setText(" · ".join(lines))
        self._brief.setToolTip(plain_tip(self._facts.text()))
        self._neighbours.set_entries(facts.neighbours, entry.id)
        if not entry.data:
            self._say(self.tr("This id stands for nothing."))
        elif facts.merges is None:
            self._say(self.tr("This tokenizer does not build its tokens by merging pairs."))
        elif not facts.is_built:
            self._say(self.tr("No merges lead to this token: it is looked up whole."))
        elif len(facts.merges) == 1:
            self._say(self.tr("One part from the beginning: nothing is merged."))
        else:
            self._note.hide()
            self._note.setText("")
            self._merges.show()
            self._merges.set_steps(facts.merges)

    def _say(self, text: str) -> None:
        """Something in place of the merges."""
        self._merges.set_steps(())
        self._merges.hide()
        self._note.setText(text)
        self._note.setVisible(bool(text))


class SearchPage(QWidget):
    """Tokens that contain some text or bytes.

    Signals:
        asked: (kind: "search" or "hex", text)
        token_chosen: (id: int)
    """

    asked = Signal(str, str)
    token_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.setClearButtonEnabled(True)
        self._line.setPlaceholderText(self.tr("Text in a token, spaces count"))
        self._line.setAccessibleName(self.tr("What to search for"))
        self._kind = QComboBox()
        self._kind.setAccessibleName(self.tr("Search for text or bytes"))
        self._kind.addItem(self.tr("text"), "search")
        self._kind.addItem(self.tr("bytes, hex"), "hex")
        self._said = ElidedLabel()
        make_quiet(self._said)
        self._found = EntryList(self.tr("Tokens found"))
        top = QHBoxLayout()
        top.setSpacing(SPACE_PX)
        top.addWidget(self._line, stretch=1)
        top.addWidget(self._kind)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(top)
        column.addWidget(self._found, stretch=1)
        column.addWidget(self._said)
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._line.textChanged.connect(self._on_line_text_changed)
        self._line.returnPressed.connect(self._on_timeout)
        self._kind.activated.connect(self._on_kind_activated)
        self._found.token_chosen.connect(self.token_chosen)

    @property
    def found(self) -> EntryList:
        """The tokens found."""
        return self._found

    def message(self) -> str:
        """The line below the list."""
        return self._said.text()

    def set_query(self, text: str, *, as_hex: bool = False) -> None:
        """Search for this."""
        self._kind.setCurrentIndex(int(as_hex))
        self._line.setText(text)
        self.ask()

    def ask(self) -> None:
        """Search for what is typed."""
        self._timer.stop()
        if self._line.text():
            self.asked.emit(self._kind.currentData(), self._line.text())
        else:
            self._found.clear()
            self._said.setText("")

    def show_found(self, entries: tuple[Entry, ...]) -> None:
        """Show what was found, the closest first."""
        self._found.set_entries(entries)
        if not entries:
            self._said.setText(self.tr("No token contains this."))
        elif len(entries) >= 200:
            self._said.setText(self.tr("The closest {n} tokens.").format(n=len(entries)))
        else:
            self._said.setText(self.tr("{n} tokens contain this.").format(n=len(entries)))

    def show_error(self, text: str) -> None:
        """Say why nothing was found."""
        self._found.clear()
        self._said.setText(text)
        self._said.setToolTip(plain_tip(text))

    @Slot()
    def _on_line_text_changed(self) -> None:
        self._timer.start()

    @Slot()
    def _on_kind_activated(self) -> None:
        as_hex = self._kind.currentData() == "hex"
        self._line.setPlaceholderText(
            self.tr("Bytes, such as E4 BD") if as_hex else self.tr("Text in a token, spaces count")
        )
        self.ask()

    @Slot()
    def _on_timeout(self) -> None:
        self.ask()


class DecodePage(QWidget):
    """Pasted ids, as text.

    Signals:
        asked: (kind: "decode", ids)
        token_chosen: (id: int)
    """

    asked = Signal(str, str)
    token_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._line = QLineEdit()
        self._line.setClearButtonEnabled(True)
        self._line.setMaxLength(1_000_000)
        self._line.setPlaceholderText(self.tr("Paste ids, such as 9707, 1879"))
        self._line.setAccessibleName(self.tr("Ids to decode"))
        self._text = ExactTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(token_font())
        self._text.setAccessibleName(self.tr("Text of the ids"))
        self._text.setMinimumHeight(2 * self._text.fontMetrics().height())
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        make_quiet(self._said)
        self._tokens = EntryList(self.tr("Tokens of the ids"), with_bytes=False)
        middle = QHBoxLayout()
        middle.setSpacing(2 * SPACE_PX)
        middle.addWidget(self._text, stretch=1)
        middle.addWidget(self._tokens, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._line)
        column.addLayout(middle, stretch=1)
        column.addWidget(self._said)
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._line.textChanged.connect(self._on_line_text_changed)
        self._line.returnPressed.connect(self._on_timeout)
        self._tokens.token_chosen.connect(self.token_chosen)

    @property
    def tokens(self) -> EntryList:
        """The tokens of the ids."""
        return self._tokens

    def text(self) -> str:
        """What the ids stand for, as shown."""
        return self._text.raw_text()

    def message(self) -> str:
        """The sentence below."""
        return self._said.text()

    def set_ids(self, text: str) -> None:
        """Decode these."""
        self._line.setText(text)
        self.ask()

    def ask(self) -> None:
        """Decode what is typed."""
        self._timer.stop()
        if self._line.text().strip():
            self.asked.emit("decode", self._line.text())
        else:
            self._text.clear()
            self._tokens.clear()
            self._said.setText("")

    def show_decoded(self, decoded: DecodedIds) -> None:
        """Show the text; bytes that are none stand in it in angle brackets."""
        tokens = decoded.tokenization
        data = b"".join(tokens.pieces[tokens.n_added :])
        shown = "\n".join(display_text(line) for line in data.split(b"\n"))
        self._text.set_text(shown[:_MOST_SHOWN_CHARS])
        listed = [
            Entry(int(tokens.ids[i]), tokens.pieces[i])
            for i in range(min(len(tokens), _MOST_SHOWN_TOKENS))
        ]
        self._tokens.set_entries(listed)
        said = [self.tr("{n:,} tokens, {m:,} characters").format(n=len(tokens), m=len(tokens.text))]
        if len(shown) > _MOST_SHOWN_CHARS or len(listed) < len(tokens):
            said.append(self.tr("shown is the beginning"))
        if decoded.broken:
            offset, bad = decoded.broken[0]
            said.append(
                self.tr("no valid UTF-8 at byte {offset:,}: {data}").format(
                    offset=offset, data=bad[:8].hex(" ").upper()
                )
            )
        self._said.setText(" · ".join(said))

    def show_error(self, text: str) -> None:
        """Say which id is none."""
        self._text.clear()
        self._tokens.clear()
        self._said.setText(text)

    @Slot()
    def _on_line_text_changed(self) -> None:
        self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        self.ask()
