"""Where the user asks for a token or a word, and chooses which one is meant."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from visualizer.session.asked_tokens import MOST_CHARS, Reading
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import error_text

_MOST_TEXTS = 8


class AskEntry(QLineEdit):
    """A line to type into; what may be meant is listed above it, the likeliest chosen.

    Signals:
        word_typed: The text has changed: `set_readings` is awaited. (text: str)
        word_asked: The user chose a word, as it is kept. (word: str)
    """

    word_typed = Signal(str)
    word_asked = Signal(str)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._readings: tuple[Reading, ...] = ()
        self._host = host
        self._choices = QListWidget(host)
        self._choices.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._choices.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choices.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choices.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._choices.setAccessibleName(self.tr("What may be meant"))
        self._choices.hide()
        self.setMaxLength(MOST_CHARS)
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(80)
        self.setPlaceholderText(self.tr("Ask for a token or word, e.g. ' step'"))
        self.setAccessibleName(self.tr("Ask for a token or word"))
        self.setToolTip(
            self.tr(
                "Follow the probability of any token or word while you type.\n"
                "A space in front belongs to the word and makes it another one; quotes keep it: "
                "' step'. In quotes, \\n is a line break. #1234 is the token with this id."
            )
        )
        self.textEdited.connect(self.word_typed)
        self.textChanged.connect(self._on_text_changed)
        self._choices.itemClicked.connect(self._on_item_clicked)

    @property
    def choices(self) -> QListWidget:
        """The list of what may be meant."""
        return self._choices

    def set_readings(self, readings: tuple[Reading, ...]) -> None:
        """List what may be meant by the text, the likeliest first."""
        self._readings = readings if self.text() else ()
        self._choices.clear()
        for reading in self._readings:
            item = QListWidgetItem(self._words_of(reading))
            if reading.problem is not None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._choices.addItem(item)
        if self._readings:
            self._choices.setCurrentRow(0)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        n = len(self._readings)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask(self._choices.currentRow())
        elif n and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            self._choices.setCurrentRow((self._choices.currentRow() + step) % n)
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._choices.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.text():
            self.word_typed.emit(self.text())

    def _words_of(self, reading: Reading) -> str:
        if reading.problem is not None:
            return error_text(reading.problem)
        if len(reading.ids) == 1:
            words = self.tr("{text}    one token, id {id}")
            return words.format(text=reading.text, id=reading.ids[0])
        parts = [*reading.texts[:_MOST_TEXTS], *(["…"] if len(reading.ids) > _MOST_TEXTS else [])]
        words = self.tr("{text}    {n} tokens: {parts}")
        return words.format(text=reading.text, n=len(reading.ids), parts=" | ".join(parts))

    def _place(self) -> None:
        """Put the list right above the line; it covers bars, not what is typed."""
        if not self._readings or not self.hasFocus():
            self._choices.hide()
            return
        rows = sum(self._choices.sizeHintForRow(row) for row in range(self._choices.count()))
        height = rows + 2 * self._choices.frameWidth()
        corner = self.mapTo(self._host, QPoint(0, 0))
        width = max(self.width(), min(self._host.width() - corner.x() - SPACE_PX, 420))
        self._choices.setGeometry(corner.x(), max(corner.y() - height, 0), width, height)
        self._choices.raise_()
        self._choices.show()

    def _ask(self, row: int) -> None:
        if not 0 <= row < len(self._readings) or self._readings[row].problem is not None:
            return
        word = self._readings[row].word
        self.clear()
        self.word_asked.emit(word)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        if not text:
            self.set_readings(())

    @Slot(QListWidgetItem)
    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self._ask(self._choices.row(item))
