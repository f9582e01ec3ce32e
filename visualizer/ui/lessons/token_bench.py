"""A text as its reader sees it and as models get it, cut by several tokenizers."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.engine.tokenization import Tokenization, display_text
from visualizer.session.tokenizer_bench import BenchView, n_own
from visualizer.session.vocabulary_desk import TokenFacts
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.font_follower import when_text_size_changes
from visualizer.ui.widgets.merge_playback import MergePlayback
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.token_rows import TokenForm, TokenRows

FORMS: tuple[TokenForm, ...] = ("ids", "bytes", "emoji")
_MOST_BLOCKS = 2
_MOST_BYTES = 12


class TokenBench(QWidget):
    """Two views of the same tokens, and how the chosen one was built.

    Signals:
        token_chosen: A token was clicked, or reached with the arrow keys. (cut: int, index: int),
            see TokenRows.
    """

    token_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: BenchView | None = None
        self.read, self.got = TokenRows(), TokenRows()
        self.read.setAccessibleName(self.tr("What you read, cut into tokens"))
        self.got.setAccessibleName(self.tr("What the model gets"))
        self._counts = ElidedLabel()
        make_quiet(self._counts)
        self._forms = QButtonGroup(self)
        self._facts = ElidedLabel()
        make_quiet(self._facts)
        self.merges = MergePlayback()
        self._lay_out()
        self.got.set_form("ids")
        for rows in (self.read, self.got):
            rows.token_hovered.connect(self._on_rows_token_hovered)
            rows.token_selected.connect(self._on_rows_token_selected)
        self._forms.idClicked.connect(self._on_form_clicked)
        when_text_size_changes(self, self._fit)
        self.clear_facts()

    def _lay_out(self) -> None:
        names = {
            "ids": (self.tr("Ids"), self.tr("Each token as its number in the vocabulary")),
            "bytes": (self.tr("Bytes"), self.tr("Each token as its bytes, in hexadecimal")),
            "emoji": (self.tr("Pictures"), self.tr("A picture for each id: what a model sees")),
        }
        top = QHBoxLayout()
        top.setSpacing(4 * SPACE_PX)
        top.addWidget(heading(self.tr("You read")))
        top.addWidget(self._counts, 1)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_PX)
        middle.addWidget(heading(self.tr("The model gets")))
        middle.addSpacing(3 * SPACE_PX)
        for place, form in enumerate(FORMS):
            button = ChoiceButton(names[form][0])
            button.setToolTip(names[form][1])
            button.setAutoRaise(True)
            button.setChecked(form == "ids")
            self._forms.addButton(button, place)
            middle.addWidget(button)
        middle.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(4 * SPACE_PX)
        bottom.addWidget(heading(self.tr("One token, built")))
        bottom.addWidget(self._facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        for part in (top, self.read, middle, self.got, bottom, self.merges):
            if isinstance(part, QHBoxLayout):
                column.addLayout(part)
            else:
                column.addWidget(part)
        column.insertSpacing(2, SPACE_PX)
        column.insertSpacing(5, SPACE_PX)

    # --------------------------------------------------------------------------------- showing

    def set_view(self, view: BenchView) -> None:
        """Show a text's tokens."""
        self._view = view
        self.read.set_view(view)
        self.got.set_view(view)
        self._fit()
        self._counts.setText(self._counts_of(view))

    def set_form(self, form: TokenForm) -> None:
        """What stands for a token in the lower view: one of FORMS."""
        self._forms.button(FORMS.index(form)).setChecked(True)
        self.got.set_form(form)
        self._fit()

    def longest_token(self) -> tuple[int, int] | None:
        """The token with the most bytes in the first row, as (cut, index); None without tokens."""
        view = self._view
        if view is None or not view.cut or not len(self._text(view.cut[0])):
            return None
        pieces = self._text(view.cut[0]).pieces
        return 0, max(range(len(pieces)), key=[len(piece) for piece in pieces].__getitem__)

    def choose(self, cut: int, index: int) -> None:
        """Outline a token in both views and take it apart."""
        self.read.select(cut, index)
        self.got.select(cut, index)
        self.token_chosen.emit(cut, index)

    def set_facts(self, name: str, facts: TokenFacts) -> None:
        """Show how a token of a tokenizer was built."""
        entry = facts.entry
        shown = entry.data[:_MOST_BYTES].hex(" ").upper()
        shown += " …" if len(entry.data) > _MOST_BYTES else ""
        text = self.tr("{token}  id {id:,} of {size:,} in {name}  bytes {bytes}").format(
            token=display_text(entry.data),
            id=entry.id,
            size=facts.vocabulary_size,
            name=name,
            bytes=shown,
        )
        self._facts.setText(text)
        self._facts.setToolTip(plain_tip(text))
        self.merges.set_steps(facts.merges or ())

    def clear_facts(self, text: str = "") -> None:
        """No token is taken apart; a sentence in its place."""
        self._facts.setText(text or self.tr("Click a token to see the merges that built it."))
        self._facts.setToolTip("")
        self.merges.set_steps(())

    def facts_text(self) -> str:
        """The line about the chosen token."""
        return self._facts.text()

    def counts_text(self) -> str:
        """The line about the text."""
        return self._counts.text()

    def _counts_of(self, view: BenchView) -> str:
        sizes = self.tr("characters {n:,} · bytes {m:,}").format(
            n=view.counts.characters, m=view.counts.bytes
        )
        parts = [f"{view.rows[cut].name} {n_own(self._text(cut)):,}" for cut in view.cut]
        texts = [sizes, self.tr("tokens: {counts}").format(counts=" · ".join(parts))]
        if view.n_differing:
            texts.append(self.tr("filled: cut in different ways"))
        return "   ".join(texts)

    def _text(self, row: int) -> Tokenization:
        assert self._view is not None
        text = self._view.rows[row].tokenization
        assert text is not None
        return text

    def _fit(self) -> None:
        """As high as the text needs, up to two lines of every tokenizer."""
        for rows in (self.read, self.got):
            blocks = min(max(rows.n_blocks(), 1), _MOST_BLOCKS)
            rows.setFixedHeight(blocks * rows.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # ---------------------------------------------------------------------------------- events

    @Slot(int)
    def _on_form_clicked(self, place: int) -> None:
        self.set_form(FORMS[place])

    @Slot(int, int)
    def _on_rows_token_hovered(self, cut: int, index: int) -> None:
        other = self.got if self.sender() is self.read else self.read
        if self._view is None or cut < 0:
            other.link_bytes(0, 0)
        else:
            places = self._view.places[cut]
            other.link_bytes(int(places[index]), int(places[index + 1]))

    @Slot(int, int)
    def _on_rows_token_selected(self, cut: int, index: int) -> None:
        self.choose(cut, index)


def heading(text: str) -> QLabel:
    """A bold label."""
    label = PlainLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
