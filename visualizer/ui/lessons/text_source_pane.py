"""Which text is counted, and in which units."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.lessons.text import Unit
from visualizer.ui.lessons.labels import Complaint, heading
from visualizer.ui.lessons.ngram_counting import BUILT_IN, TextSource
from visualizer.ui.lessons.text_choosing import OpenTextButton
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet

UNITS: tuple[Unit, ...] = ("words", "characters")
NATURAL_UNIT: dict[str, Unit] = {"english": "words", "chinese": "characters"}
_PREVIEW = 300  # characters


class TextSourcePane(QWidget):
    """Texts at hand, a file or the clipboard; words or characters; what is being done.

    Signals:
        wished: Count this text in this unit. (TextSource, unit: str)
        cancelled: Stop counting.
    """

    wished = Signal(object, str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = TextSource(BUILT_IN[0])
        self._unit: Unit = "words"
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Text"))
        self.choice.setToolTip(self.tr("The text that is counted"))
        self.choice.setMinimumContentsLength(16)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.open = OpenTextButton()
        self.paste = QPushButton(self.tr("Paste"))
        self.paste.setToolTip(self.tr("Take the text of the clipboard"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop counting; the table stays as it is"))
        self.units = QButtonGroup(self)
        names = (self.tr("Words"), self.tr("Characters"))
        tips = (
            self.tr("A token is a word or a punctuation mark; spaces and line ends are left out"),
            self.tr("A token is a single character; spaces and line ends count"),
        )
        for place, (name, tip) in enumerate(zip(names, tips, strict=True)):
            button = ChoiceButton(name)
            button.setToolTip(plain_tip(tip))
            self.units.addButton(button, place)
        self.state = ElidedLabel()
        self.preview = ElidedLabel()
        make_quiet(self.preview)
        make_quiet(self.state)
        self.complaint = Complaint()
        self._lay_out()
        self.choice.activated.connect(self._on_choice_activated)
        self.open.file_chosen.connect(self._on_open_file_chosen)
        self.paste.clicked.connect(self._on_paste_clicked)
        self.cancel.clicked.connect(self.cancelled)
        self.units.idClicked.connect(self._on_units_clicked)
        self.set_accepted(self._source, self._unit)
        self.set_busy(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(heading(self.tr("Text")))
        for widget in (self.choice, self.open, self.paste):
            row.addWidget(widget)
        row.addSpacing(2 * SPACE_PX)
        units = QHBoxLayout()
        units.setSpacing(0)
        for button in self.units.buttons():
            units.addWidget(button)
        row.addLayout(units)
        row.addSpacing(2 * SPACE_PX)
        row.addWidget(self.state, 1)
        row.addWidget(self.cancel)
        for button in (self.paste, self.cancel):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addLayout(row)
        column.addWidget(self.complaint)
        column.addWidget(self.preview)

    # ------------------------------------------------------------------------------- from outside

    def set_accepted(self, source: TextSource, unit: Unit) -> None:
        """This is the text on show; a wish that came to nothing is taken back."""
        self._source, self._unit = source, unit
        names = [self.tr("Little stories"), self.tr("Little stories in Chinese")]
        if source.kind not in BUILT_IN:
            names.append(source.name or self.tr("Pasted text"))
        with QSignalBlocker(self.choice):
            self.choice.clear()
            self.choice.addItems(names)
            is_built_in = source.kind in BUILT_IN
            self.choice.setCurrentIndex(BUILT_IN.index(source.kind) if is_built_in else 2)
        self.units.button(UNITS.index(unit)).setChecked(True)
        begin = " ".join(source.text[:_PREVIEW].split())
        self.preview.setText(begin)
        self.preview.setToolTip(
            plain_tip(source.text[:_PREVIEW] + ("…" if source.text[_PREVIEW:] else ""))
        )

    def set_busy(self, busy: bool) -> None:
        """Offer to cancel while something is counted."""
        self.cancel.setVisible(busy)

    def say(self, text: str) -> None:
        """What is known about the text, or what is being done."""
        self.state.setText(text)
        self.state.setToolTip(plain_tip(text))

    def take_back(self) -> None:
        """Show the text that is counted again, after a wish that came to nothing."""
        self.set_accepted(self._source, self._unit)

    # ------------------------------------------------------------------------------------ slots

    @Slot(int)
    def _on_choice_activated(self, index: int) -> None:
        if index < len(BUILT_IN):
            kind = BUILT_IN[index]
            self.wished.emit(TextSource(kind), NATURAL_UNIT[kind])
        else:
            self.wished.emit(self._source, self._unit)

    @Slot(str)
    def _on_open_file_chosen(self, path: str) -> None:
        self.wished.emit(TextSource("file", path=path), self._unit)

    @Slot()
    def _on_paste_clicked(self) -> None:
        text = QGuiApplication.clipboard().text()
        self.wished.emit(TextSource("pasted", text=text), self._unit)

    @Slot(int)
    def _on_units_clicked(self, place: int) -> None:
        self.wished.emit(self._source, UNITS[place])
