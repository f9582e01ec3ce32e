"""The line in which a string is looked for in a text, and which leads from place to place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from visualizer.session.text_search import TextSearch
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import make_quiet

_LEAST_PX = 80


class FindRow(QWidget):
    """Type to find, Return and Shift+Return to go on and back, Esc to close.

    A long text is looked through in the pauses of the window, and the count grows meanwhile.

    Signals:
        found: Another place is to be shown. (start: int, stop: int, characters)
        closed: The user is done.

    Attributes:
        line: What is typed.
        count: Says which place is shown, and of how many.
    """

    found = Signal(int, int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._search = TextSearch("", "")
        self._from = 0  # where the search was begun, so that typing on stays there
        self._index: int | None = None
        self._shows = True  # whether the first place is to be told
        self._pause = QTimer(self, singleShot=True, interval=0)
        self._pause.timeout.connect(self._on_pause_timeout)
        self.line = QLineEdit()
        self.line.setMinimumWidth(_LEAST_PX)
        self.line.setPlaceholderText(self.tr("Find in text"))
        self.line.setAccessibleName(self.tr("Find in text"))
        self.line.setToolTip(
            self.tr("Return goes to the next place, Shift+Return to the one before, Esc closes")
        )
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_line_text_changed)
        self.count = QLabel()
        make_quiet(self.count)
        self._next = self._button("↓", self.tr("Next place (Return)"))
        self._before = self._button("↑", self.tr("Place before (Shift+Return)"))
        close = self._button("×", self.tr("Close (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_PX)
        row.addWidget(self.line, stretch=1)
        row.addWidget(self.count)
        for button in (self._before, self._next, close):
            row.addWidget(button)
        self._before.clicked.connect(self.go_back)
        self._next.clicked.connect(self.go_on)
        close.clicked.connect(self.closed)
        self._say()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    def open(self, text: str, place: int, wanted: str = "") -> None:
        """Look through `text` from character `place` on, for `wanted` if there is any."""
        self._text, self._from = text, place
        if wanted:
            self.line.setText(wanted)
        self.line.selectAll()
        self._begin()

    @Slot(object)
    def set_text(self, text: str) -> None:
        """The text has changed; the place shown stays where it is."""
        if self.isVisible() and text != self._text:
            self._text = text
            self._begin(shows=False)

    @Slot()
    def go_on(self) -> None:
        """Show the next place, after the last one the first."""
        self._go(1)

    @Slot()
    def go_back(self) -> None:
        """Show the place before."""
        self._go(-1)

    def _begin(self, *, shows: bool = True) -> None:
        self._search = TextSearch(self._text, self.line.text())
        self._index, self._shows = None, shows
        self._pause.stop()
        self._look()

    def _look(self) -> None:
        """Look through some of the text, and show the first place from where one is."""
        search = self._search
        search.go_on()
        if self._index is None and search.starts:
            is_reached = search.starts[-1] >= self._from or search.is_done
            if is_reached:
                self._show(search.nearest(self._from), tells=self._shows)
        self._say()
        if not search.is_done:
            self._pause.start()

    def _go(self, step: int) -> None:
        starts = self._search.starts
        if not starts:
            return
        index = -1 if self._index is None else self._index
        self._show((index + step) % len(starts), tells=True)
        self._say()

    def _show(self, index: int | None, *, tells: bool) -> None:
        self._index = index
        if index is not None and tells:
            start, stop = self._search.span(index)
            self._from = start
            self.found.emit(start, stop)

    def _say(self) -> None:
        n = len(self._search.starts)
        for button in (self._next, self._before):
            button.setEnabled(n > 0)
        more = "" if self._search.is_done else "…"
        if not self.line.text():
            text = ""
        elif n == 0:
            text = more or self.tr("not found")
        elif self._index is None:
            text = f"{n:,}{more}"
        else:
            text = self.tr("{place:,} of {n:,}").format(place=self._index + 1, n=n) + more
        self.count.setText(text)
        self.line.setAccessibleDescription(text)

    @Slot(str)
    def _on_line_text_changed(self, _text: str) -> None:
        self._begin()

    @Slot()
    def _on_pause_timeout(self) -> None:
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pause.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if event.type() == QEvent.Type.ShortcutOverride and key == Qt.Key.Key_Escape:
            event.accept()  # or it would stop a generation instead of coming here
            return True
        if event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._go(-1 if is_back else 1)
        else:
            return super().eventFilter(watched, event)
        return True
