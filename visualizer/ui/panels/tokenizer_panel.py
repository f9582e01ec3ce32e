"""Panel: the text cut by several tokenizers, and their vocabularies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.tokenization import display_text
from visualizer.session.tokenizer_bench import OWN, BenchView, linked_tokens
from visualizer.ui.plain_text import PANEL_TITLE, plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.dimming import dim
from visualizer.ui.widgets.messages import ElidedLabel, PanelStack, make_quiet
from visualizer.ui.widgets.token_rows import TokenForm, TokenRows
from visualizer.ui.widgets.tokenizer_table import TokenizerTable
from visualizer.ui.widgets.vocabulary_pane import VocabularyPane

_FORMS: tuple[TokenForm, ...] = ("text", "ids", "bytes", "emoji")


class TokenizerPanel(QWidget):
    """Shows a BenchView and reports what the user does with it.

    Signals:
        keys_chosen: Other tokenizers. tuple of str, see BenchRow.
        file_chosen: A tokenizer file to show. Path.
        parse_special_chosen: Whether special tokens in the text are read as such. (bool)
        token_hovered: The pointer is over what the model's own tokenizer makes this token of; -1
            when it leaves. (index: int)
        look_up_requested: See VocabularyPane.
    """

    keys_chosen = Signal(object)
    file_chosen = Signal(object)
    parse_special_chosen = Signal(bool)
    token_hovered = Signal(int)
    look_up_requested = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: BenchView | None = None
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Tokenizers"))
        self._figures = ElidedLabel()
        make_quiet(self._figures)
        self._special = QCheckBox(self.tr("Parse special tokens"))
        self._special.setToolTip(
            self.tr(
                "On: special tokens written in the text, such as <|endoftext|>, are read as "
                "tokens. Off: they are ordinary characters."
            )
        )
        self._forms = QButtonGroup(self)
        self._rows = TokenRows()
        self._stack = PanelStack(self._rows)
        self._reading = ElidedLabel()
        make_quiet(self._reading)
        self._table = TokenizerTable()
        self._pane = VocabularyPane()
        self._lay_out()
        self._connect()
        self._stack.show_message(self.tr("No tokens: the text is empty."))

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Tokenizers"))
        title.setObjectName(PANEL_TITLE)
        heading = title.font()
        heading.setBold(True)
        title.setFont(heading)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE_PX)
        top.addWidget(title)
        top.addWidget(self._figures, stretch=1)
        top.addWidget(_Legend())
        top.addWidget(self._special)
        names = {
            "text": (self.tr("Text"), self.tr("Each token as its text")),
            "ids": (self.tr("Ids"), self.tr("Each token as its number in the vocabulary")),
            "bytes": (self.tr("Bytes"), self.tr("Each token as its bytes, in hexadecimal")),
            "emoji": (self.tr("Emoji"), self.tr("Each token as a picture: what a model sees")),
        }
        for place, form in enumerate(_FORMS):
            button = ChoiceButton(names[form][0])
            button.setToolTip(names[form][1])
            button.setAutoRaise(True)
            button.setChecked(form == "text")
            self._forms.addButton(button, place)
            top.addWidget(button)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self._stack, stretch=1)
        column.addWidget(self._reading)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self._table, middle, self._pane):
            self._splitter.addWidget(widget)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(4 * SPACE_PX)
        for place, share in enumerate((0, 3, 2)):
            self._splitter.setStretchFactor(place, share)
        self._splitter.setSizes([200, 560, 400])  # the first takes the least that it needs
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        outer.setSpacing(SPACE_PX)
        outer.addLayout(top)
        outer.addWidget(self._splitter, stretch=1)

    def _connect(self) -> None:
        self._forms.idClicked.connect(self._on_form_clicked)
        self._special.clicked.connect(self.parse_special_chosen)
        self._table.keys_chosen.connect(self.keys_chosen)
        self._table.file_open_requested.connect(self._on_file_open_requested)
        self._table.copy_requested.connect(self.copy_ids)
        self._rows.token_hovered.connect(self._on_rows_token_hovered)
        self._rows.token_selected.connect(self._on_rows_token_selected)
        self._pane.look_up_requested.connect(self.look_up_requested)

    # --------------------------------------------------------------------------------- parts

    @property
    def rows(self) -> TokenRows:
        """The widget that draws the tokens."""
        return self._rows

    @property
    def table(self) -> TokenizerTable:
        """The choice of tokenizers and their counts."""
        return self._table

    @property
    def pane(self) -> VocabularyPane:
        """Token, search and decoding."""
        return self._pane

    def message(self) -> str:
        """The sentence in place of the rows, "" while there are tokens."""
        return self._stack.message()

    def figures_text(self) -> str:
        """The line beside the title."""
        return self._figures.text()

    def reading_text(self) -> str:
        """The line below the rows."""
        return self._reading.text()

    # ------------------------------------------------------------------------------- showing

    @Slot(object)
    def set_view(self, view: BenchView) -> None:
        """Draw `view`."""
        self._view = view
        self._rows.set_view(view)
        self._table.set_view(view)
        self._special.setChecked(view.parse_special)
        self._figures.setText(self._figures_of(view))
        self._figures.setToolTip(plain_tip(self._figures.text()))
        ready = {row.key: row.name for row in view.rows if row.tokenizer is not None}
        self._pane.set_tokenizers(ready)
        if not view.cut:
            self._stack.show_message(self._table.message() or self.tr("No tokenizer is chosen."))
        elif not self._rows.n_blocks():
            self._stack.show_message(self.tr("No tokens: the text is empty."))
        else:
            self._stack.show_content()
        dim((self._figures, self._reading), view.stale)
        self._read(-1, -1)

    @Slot(object)
    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Which tokenizers are on show."""
        self._table.set_keys(keys)

    @Slot(object)
    def set_files(self, files: tuple[str, ...]) -> None:
        """Tokenizer files that can be chosen."""
        names = {}
        for path in map(Path, files):
            parent = path.parent.name
            names[str(path)] = f"{parent}/{path.name}" if parent else path.name
        self._table.set_files(files, names)

    @Slot(str, object)
    def set_answer(self, kind: str, result: object) -> None:
        """Show the answer to a question of the vocabulary."""
        self._pane.set_answer(kind, result)

    @Slot(int)
    def point_at(self, index: int) -> None:
        """The pointer is over a token of the model's own elsewhere; -1 when it leaves."""
        view, own = self._view, self._own_cut()
        if view is None or own is None or not 0 <= index < len(view.places[own]) - 1:
            self._rows.link_bytes(0, 0)
            return
        places = view.places[own]
        self._rows.link_bytes(int(places[index]), int(places[index + 1]))

    @Slot(int)
    def copy_ids(self, row: int) -> None:
        """Put the ids of a row on the clipboard, separated by blanks."""
        tokens = self._view.rows[row].tokenization if self._view is not None else None
        if tokens is not None:
            QGuiApplication.clipboard().setText(" ".join(map(str, tokens.ids.tolist())))

    def sizeHint(self) -> QSize:
        return QSize(1200, 260)

    def _own_cut(self) -> int | None:
        if self._view is None:
            return None
        keys = [self._view.rows[i].key for i in self._view.cut]
        return keys.index(OWN) if OWN in keys else None

    def _figures_of(self, view: BenchView) -> str:
        counts = view.counts
        numbers = [
            (counts.characters, self.tr("1 character"), self.tr("{n:,} characters")),
            (counts.bytes, self.tr("1 byte"), self.tr("{n:,} bytes")),
            (counts.words, self.tr("1 word"), self.tr("{n:,} words")),
        ]
        parts = [one if n == 1 else many.format(n=n) for n, one, many in numbers]
        if len(view.cut) > 1 and view.alignment is not None:
            parts.append(
                self.tr("{n:,} of {m:,} stretches cut differently").format(
                    n=view.n_differing, m=len(view.alignment.differs)
                )
            )
        if view.stale:
            parts.append(self.tr("being cut"))
        return " · ".join(parts)

    def _read(self, cut: int, index: int) -> None:
        """Write what all rows have at the token pointed at; else what the view is about."""
        view = self._view
        if view is None or cut < 0:
            self._reading.setText(self._remark())
            self._reading.setToolTip(plain_tip(self._reading.text()))
            return
        tokens = view.rows[view.cut[cut]].tokenization
        assert tokens is not None
        token, places = tokens.token(index), view.places[cut]
        parts = [
            self.tr("{text}  characters {a:,}–{b:,}, bytes {c:,}–{d:,}").format(
                text=display_text(token.data),
                a=token.start,
                b=token.end,
                c=int(places[index]),
                d=int(places[index + 1]),
            )
        ]
        for other, (first, end) in enumerate(linked_tokens(view, cut, index)):
            row = view.rows[view.cut[other]]
            assert row.tokenization is not None
            ids = " ".join(map(str, row.tokenization.ids[first : min(end, first + 6)].tolist()))
            parts.append(f"{row.name} {ids}{' …' if end > first + 6 else ''}")
        self._reading.setText("   ".join(parts))

    def _remark(self) -> str:
        if self._table.message():
            return self._table.message()
        if self._rows.form == "emoji":
            return self.tr(
                "A model sees one picture per token and no letters: it cannot count the r's in "
                "“Strawberry”."
            )
        return self.tr("Point at a token to see it in all rows; click it to take it apart.")

    # -------------------------------------------------------------------------------- events

    @Slot(int)
    def _on_form_clicked(self, place: int) -> None:
        self._rows.set_form(_FORMS[place])
        self._read(-1, -1)

    @Slot(int, int)
    def _on_rows_token_hovered(self, cut: int, index: int) -> None:
        self._read(cut, index)
        own = self._own_cut()
        linked = self._rows.linked()
        if own is None or not linked or linked[own][0] >= linked[own][1]:
            self.token_hovered.emit(-1)
        else:
            self.token_hovered.emit(linked[own][0])

    @Slot(int, int)
    def _on_rows_token_selected(self, cut: int, index: int) -> None:
        assert self._view is not None
        row = self._view.rows[self._view.cut[cut]]
        assert row.tokenization is not None
        place = self.tr("token {index:,} of {n:,} in the text").format(
            index=index, n=len(row.tokenization)
        )
        self._pane.show_token(row.key, int(row.tokenization.ids[index]), place)

    @Slot()
    def _on_file_open_requested(self) -> None:
        dialog = QFileDialog(
            self, self.tr("Open tokenizer"), "", self.tr("Tokenizers (*.json);;All files (*)")
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, path: str) -> None:
        self.file_chosen.emit(Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file dropped here is a tokenizer; elsewhere it would be a text."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.file_chosen.emit(paths[0])


class _Legend(QWidget):
    """What a filled token means."""

    def __init__(self) -> None:
        super().__init__()
        self._text = self.tr("cut differently")
        self.setToolTip(
            self.tr("Filled: the tokenizers cut this stretch of the text in different ways")
        )

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        height = metrics.height()
        return QSize(2 * height + SPACE_PX + metrics.horizontalAdvance(self._text), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.fontMetrics().height()
        top = (self.height() - side) // 2
        painter.setPen(Qt.PenStyle.NoPen)
        for place in range(2):
            painter.setBrush(QColor(theme.token_fills[place]))
            painter.drawRoundedRect(place * (side - 1), top + 2, side - 3, side - 4, 3, 3)
        painter.setPen(QColor(theme.quiet))
        area = self.rect().adjusted(2 * side, 0, 0, 0)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), self._text)
