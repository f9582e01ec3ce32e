"""Text of several lines that is taken, kept and handed on exactly, character for character."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

MOST_EXAMINED_CHARS = 50_000
"""Longest pasted text in which lone surrogates are looked for; in a longer one they are lost."""

# QTextDocument reads the first four as the end of a line or of a frame, and a byte order mark
# at the front gets lost on the way to Qt. In the document a noncharacter stands for each, one
# UTF-16 unit for one, and the text that goes out has the real one again.
_STAND_INS = {
    "\r": "\ufdd2",
    "\u2029": "\ufdd3",
    "\ufdd0": "\ufdd4",
    "\ufdd1": "\ufdd5",
    "\ufeff": "\ufdd6",
    "\ufffe": "\ufdd7",
}
# In this order: no character is put in for one that is still to be replaced.
_TO_DOCUMENT = (*_STAND_INS.items(), ("\n", "\u2029"))
_FROM_DOCUMENT = tuple((new, old) for old, new in reversed(_TO_DOCUMENT))


def readable(text: str) -> tuple[str, int]:
    """`text` with U+FFFD for what no text can hold, and how many characters that were.

    Those are lone surrogates, halves of a character that some programs put on the clipboard,
    and the few noncharacters that the editor uses itself.
    """
    bad = sum(map(text.count, _STAND_INS.values()))
    if bad:
        text = text.translate(dict.fromkeys(map(ord, _STAND_INS.values()), "\ufffd"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        n_lone = sum("\ud800" <= char <= "\udfff" for char in text)
        text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
        bad += n_lone
    return text, bad


def utf16_length(text: str) -> int:
    """Length in the units that Qt counts in."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


class ExactTextEdit(QPlainTextEdit):
    """Plain text whose `raw_text` is what was put in, and which copies out the same.

    `toPlainText` and Qt's own copying are not exact: they turn no-break spaces into spaces and
    U+2028 into line ends; `setPlainText` cuts a line at a carriage return.

    Signals:
        characters_replaced: Some of what was pasted is no text, U+FFFD stands for it. (n: int)
    """

    characters_replaced = Signal(int)

    def raw_text(self) -> str:
        """The text, exact."""
        return _exchanged(self.document().toRawText(), _FROM_DOCUMENT)

    def set_text(self, text: str) -> None:
        """Replace the text; there is no undoing it."""
        self.setPlainText(_exchanged(self._cleaned(text), _TO_DOCUMENT))

    def insert_at(
        self, cursor: QTextCursor, text: str, form: QTextCharFormat | None = None
    ) -> None:
        """Put `text`, of which nothing is unreadable, in at a cursor of the document."""
        cursor.insertText(
            _exchanged(text, _TO_DOCUMENT), cursor.charFormat() if form is None else form
        )

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not source.hasText():
            return
        self.insert_at(self.textCursor(), self._pasted(source))
        self.ensureCursorVisible()

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        # The selection has U+2029 at line ends, as the document does.
        data.setText(_exchanged(self.textCursor().selectedText(), _FROM_DOCUMENT))
        return data

    def _pasted(self, source: QMimeData) -> str:
        """What is put in of `source`."""
        return self._cleaned(_text_of(source))

    def _cleaned(self, text: str) -> str:
        text, n_replaced = readable(text)
        if n_replaced:
            self.characters_replaced.emit(n_replaced)
        return text


def _exchanged(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """`text` with the first of each pair replaced; ten times as fast as str.translate."""
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _text_of(source: QMimeData) -> str:
    """The text in `source` with its lone surrogates, which are lost on the way from Qt.

    A second editor takes the text without that detour; where it has more, it is read unit by
    unit. Not for a text so long that this would double the time that pasting takes.
    """
    text = source.text()
    if len(text) > MOST_EXAMINED_CHARS:
        return text
    other = QPlainTextEdit()
    other.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    other.insertFromMimeData(source)
    document = other.document()
    n_units = document.characterCount() - 1
    if n_units == utf16_length(document.toRawText()):
        return text
    units = "".join(str(document.characterAt(place)) for place in range(n_units))
    whole = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return whole.replace("\u2029", "\n")
