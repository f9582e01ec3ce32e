"""Which tokenizers are on show, and how many tokens each makes of the text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QToolButton, QWidget

from visualizer.session.tokenizer_bench import MOST_ROWS, OWN, BenchRow, BenchView, n_own, ratio
from visualizer.ui.icons import themed_icon
from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.messages import error_text, make_quiet

ENCODINGS = ("gpt2", "cl100k_base", "o200k_base")
_OPEN, _NONE = "open file", ""


class TokenizerTable(QWidget):
    """A line for each of four rows: a choice of tokenizers, its counts, and a button to copy ids.

    Signals:
        keys_chosen: Other rows. tuple of str, see BenchRow.
        file_open_requested: The user wants to choose a tokenizer file.
        copy_requested: The ids of a row. (row: int)
    """

    keys_chosen = Signal(object)
    file_open_requested = Signal()
    copy_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[str, ...] = ()
        self._files: tuple[str, ...] = ()
        self._own_name = self.tr("the model's own")
        self._names: dict[str, str] = {}
        self._said = ""
        self._choices: list[QComboBox] = []
        self._numbers: list[tuple[QLabel, QLabel, QLabel]] = []
        self._copies: list[QToolButton] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE_PX)
        grid.setVerticalSpacing(SPACE_PX // 2)
        for column, (title, tip) in enumerate(
            (
                (self.tr("tokens"), self.tr("Tokens of the text itself, none added in front")),
                (self.tr("a word"), self.tr("Tokens per word; words are what blanks part")),
                (self.tr("bytes each"), self.tr("Bytes per token")),
            )
        ):
            heading = PlainLabel(title)
            heading.setToolTip(plain_tip(tip))
            heading.setAlignment(Qt.AlignmentFlag.AlignRight)
            make_quiet(heading)
            grid.addWidget(heading, 0, column + 1)
        for row in range(MOST_ROWS):
            self._add_row(grid, row)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(MOST_ROWS + 1, 1)
        self._draw_icons()

    def _add_row(self, grid: QGridLayout, row: int) -> None:
        choice = QComboBox()
        choice.setAccessibleName(self.tr("Tokenizer of row {n}").format(n=row + 1))
        choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choice.setMinimumContentsLength(11)
        choice.activated.connect(self._on_choice_activated)
        grid.addWidget(choice, row + 1, 0)
        labels = (PlainLabel(), PlainLabel(), PlainLabel())
        for column, label in enumerate(labels):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance("00,000"))
            grid.addWidget(label, row + 1, column + 1)
        copy = QToolButton()
        copy.setAutoRaise(True)
        copy.setToolTip(self.tr("Copy the ids of this row"))
        copy.setAccessibleName(self.tr("Copy the ids of row {n}").format(n=row + 1))
        copy.clicked.connect(self._on_copy_clicked)
        grid.addWidget(copy, row + 1, 4)
        self._choices.append(choice)
        self._numbers.append(labels)
        self._copies.append(copy)

    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Which tokenizers are on show."""
        self._keys = keys
        self._fill()

    def set_files(self, files: tuple[str, ...], names: dict[str, str]) -> None:
        """Tokenizer files that can be chosen, and what they are called."""
        self._files = files
        self._names = names
        self._fill()

    def set_view(self, view: BenchView) -> None:
        """Write the counts."""
        said = ""
        for row, labels in enumerate(self._numbers):
            shown = view.rows[row] if row < len(view.rows) else None
            if shown is not None and shown.key == OWN and shown.name != self._own_name:
                self._own_name = shown.name or self.tr("the model's own")
                self._fill()
            self._write(labels, shown, view)
            self._copies[row].setEnabled(shown is not None and shown.tokenization is not None)
            if shown is not None and not said:
                said = self._said_of(shown)
        self._said = said

    def choices(self) -> list[QComboBox]:
        """Of each row."""
        return self._choices

    def numbers(self, row: int) -> tuple[str, ...]:
        """What stands in a row."""
        return tuple(label.text() for label in self._numbers[row])

    def message(self) -> str:
        """What is being loaded, or why a row has no tokens; "" where all have."""
        return self._said

    def _said_of(self, row: BenchRow) -> str:
        if row.is_awaited:
            return self.tr("Loading {name} …").format(name=row.name)
        if row.reason is not None:
            return error_text(row.reason)
        if row.tokenization is not None and not row.tokenization.is_lossless:
            return self.tr("{name} changes the text before it cuts it.").format(name=row.name)
        return ""

    def _write(
        self, labels: tuple[QLabel, QLabel, QLabel], row: BenchRow | None, view: BenchView
    ) -> None:
        tokens = row.tokenization if row is not None else None
        if tokens is None:
            texts = ("…" if row is not None and row.is_awaited else "–" if row else "", "", "")
        else:
            n = n_own(tokens)
            texts = (f"{n:,}", _number(ratio(n, view.counts.words)), "")
            texts = (*texts[:2], _number(ratio(view.counts.bytes, n)))
        for label, text in zip(labels, texts, strict=True):
            label.setText(text)

    def _fill(self) -> None:
        """List what each row can be: any that no other row is."""
        names = {OWN: self._own_name, **{name: name for name in ENCODINGS}}
        names |= {path: self._names.get(path, path) for path in self._files}
        for row, choice in enumerate(self._choices):
            own = self._keys[row] if row < len(self._keys) else _NONE
            choice.clear()
            for key, name in names.items():
                if key == own or key not in self._keys:
                    choice.addItem(name, key)
            choice.insertSeparator(choice.count())
            choice.addItem(self.tr("Open tokenizer.json…"), _OPEN)
            if len(self._keys) > 1 or own == _NONE:
                choice.addItem(self.tr("none"), _NONE)
            choice.setCurrentIndex(choice.findData(own))
            choice.setToolTip(plain_tip(own if own in self._files else ""))
            choice.setEnabled(row <= len(self._keys))

    def _draw_icons(self) -> None:
        icon = themed_icon("copy", current_theme())
        for button in self._copies:
            button.setIcon(icon)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icons()

    @Slot(int)
    def _on_choice_activated(self, place: int) -> None:
        sender = self.sender()
        row = next(i for i, choice in enumerate(self._choices) if choice is sender)
        key = self._choices[row].itemData(place)
        if key == _OPEN:
            self._fill()
            self.file_open_requested.emit()
            return
        keys = [*self._keys[:row], *([key] if key else []), *self._keys[row + 1 :]]
        self.keys_chosen.emit(tuple(keys))

    @Slot()
    def _on_copy_clicked(self) -> None:
        sender = self.sender()
        self.copy_requested.emit(next(i for i, b in enumerate(self._copies) if b is sender))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
