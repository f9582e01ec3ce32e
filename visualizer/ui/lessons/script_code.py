"""A script whose lines light up as they run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from visualizer.ui.lessons.code_view import paint_python
from visualizer.ui.theme import current_theme, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit


class ScriptCode(ExactTextEdit):
    """Source code: the lines that were changed are marked, and those that run now lit up.

    A line of the script itself stays lit while a function that it called runs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changed: tuple[int, ...] = ()
        self._outer: int | None = None
        self._inner: int | None = None
        self._seen: set[int] = set()
        self.setReadOnly(True)
        self.setLineWrapMode(self.LineWrapMode.NoWrap)
        self.setAccessibleName(self.tr("The tutorial's script"))

    @property
    def lit(self) -> tuple[int, ...]:
        """Numbers, from 1, of the lines that are lit up: of the script, and inside a function."""
        return tuple(number for number in (self._outer, self._inner) if number is not None)

    @property
    def changed(self) -> tuple[int, ...]:
        """Numbers, from 1, of the lines that are marked as changed."""
        return self._changed

    def set_source(self, source: str, changed: Sequence[int]) -> None:
        """Show a script of which some lines, by their numbers from 1, were changed."""
        self._changed = tuple(changed)
        self._seen.clear()
        if source != self.raw_text():
            self.setFont(token_font())
            self.set_text(source)
            paint_python(self)
        self.set_line(None)
        if self._changed:
            self._show(self._changed[-1])

    def set_line(self, number: int | None, *, is_inner: bool = False) -> None:
        """Light a line up, from 1, and bring it into sight; None for no line.

        Inside a function a line is brought into sight only the first time.
        """
        if not is_inner:
            self._outer, self._inner = number, None
        else:
            self._inner = number
        self._mark()
        if number is not None and not (is_inner and number in self._seen):
            self._seen.add(number)
            self._show(number)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            paint_python(self)
            self._mark()

    def _show(self, number: int) -> None:
        self.setTextCursor(self._at(number))
        self.ensureCursorVisible()

    def _at(self, number: int) -> QTextCursor:
        return QTextCursor(self.document().findBlockByNumber(number - 1))

    def _mark(self) -> None:
        theme = current_theme()
        fills = dict.fromkeys(self._changed, theme.token_fills[1])
        fills |= dict.fromkeys(self.lit, theme.token_fills[0])
        marks = []
        for number, fill in fills.items():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._at(number)
            mark.format.setBackground(QColor(fill))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)
