"""The code that ran: the source of a lesson's functions, with their docstrings."""

from __future__ import annotations

import inspect
import io
import keyword
import textwrap
import tokenize
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme, token_font
from visualizer.ui.widgets.exact_text import ExactTextEdit
from visualizer.ui.widgets.font_follower import follow_text_size
from visualizer.ui.widgets.messages import make_quiet

Shown = Callable[..., object] | type


class CodeView(QWidget):
    """One function or class at a time, as it stands in the program's own files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._functions: tuple[Shown, ...] = ()
        self._choice = QComboBox()
        self._choice.setAccessibleName(self.tr("Function"))
        self._choice.setToolTip(self.tr("Which of the functions that ran to show"))
        self._choice.setMinimumWidth(60 * SPACE_PX)
        self._place = PlainLabel()
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        make_quiet(self._place)
        self._text = ExactTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(self.tr("Source code"))
        self._text.setLineWrapMode(ExactTextEdit.LineWrapMode.NoWrap)
        self._text.setFrameShape(ExactTextEdit.Shape.NoFrame)
        follow_text_size(self._text, token_font)
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE_PX)
        row.addWidget(self._choice)
        row.addWidget(self._place, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE_PX, 2 * SPACE_PX, 3 * SPACE_PX, 2 * SPACE_PX)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(row)
        layout.addWidget(self._text, 1)
        self._choice.currentIndexChanged.connect(self._on_choice_changed)

    def set_functions(self, functions: Sequence[Shown]) -> None:
        """Offer these, and show the one that was on show before if it is among them."""
        before = self._choice.currentText()
        self._functions = tuple(functions)
        names = [function.__name__ for function in functions]
        self._choice.blockSignals(True)
        self._choice.clear()
        self._choice.addItems(names)
        self._choice.setCurrentIndex(names.index(before) if before in names else 0)
        self._choice.blockSignals(False)
        self._on_choice_changed(self._choice.currentIndex())

    @property
    def source(self) -> str:
        """The code on show."""
        return self._text.raw_text()

    @Slot(int)
    def _on_choice_changed(self, place: int) -> None:
        if not 0 <= place < len(self._functions):
            self._text.clear()
            return
        function = self._functions[place]
        lines, first = inspect.getsourcelines(function)
        self._place.setText(f"{function.__module__.replace('.', '/')}.py:{first}")
        self._text.set_text(textwrap.dedent("".join(lines)))
        paint_python(self._text)


def paint_python(text: ExactTextEdit) -> None:
    """Keywords bold, texts and comments quiet: the one accent is for what a docstring says."""
    theme = current_theme()
    document = text.document()
    for token in _tokens(text.raw_text()):
        style = QTextCharFormat()
        if token.type == tokenize.NAME and keyword.iskeyword(token.string):
            style.setFontWeight(QFont.Weight.Bold)
        elif token.type == tokenize.COMMENT:
            style.setForeground(QColor(theme.quiet))
        elif token.type == tokenize.STRING:
            style.setForeground(QColor(theme.accent))
        else:
            continue
        cursor = QTextCursor(document)
        cursor.setPosition(_position(document.findBlockByNumber, token.start))
        end = _position(document.findBlockByNumber, token.end)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(style)


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(source).readline))


def _position(block: Callable[[int], object], place: tuple[int, int]) -> int:
    line = block(place[0] - 1)
    return int(line.position()) + place[1]  # type: ignore[attr-defined]
