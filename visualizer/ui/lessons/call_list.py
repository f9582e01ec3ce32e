"""Calls as code, the one that was made last in bold, and what came out of each."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget

from visualizer.ui.lessons.generation_calls import Call
from visualizer.ui.theme import current_theme, token_font

_LINE_PERCENT = 130


class CallList(QLabel):
    """Lines of code that can be selected and copied."""

    def __init__(self, n_lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls: tuple[Call, ...] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(self.tr("The calls, as code"))
        self.setFont(token_font())
        self.setMinimumHeight(n_lines * self.fontMetrics().lineSpacing() * _LINE_PERCENT // 100)

    def calls(self) -> tuple[Call, ...]:
        """What is on show."""
        return self._calls

    def set_calls(self, calls: Sequence[Call]) -> None:
        """Show these."""
        self._calls = tuple(calls)
        theme = current_theme()
        lines = []
        for call in self._calls:
            indent = "&nbsp;" * 4 * call.depth
            code = indent + html.escape(call.code)
            if call.state == "now":
                lines.append(f"<b>{code}</b>")
            else:
                colour = theme.ink if call.state == "done" else theme.quiet
                lines.append(f"<span style='color:{colour}'>{code}</span>")
            if call.result:
                result = html.escape(call.result)
                lines.append(
                    f"<span style='color:{theme.accent}'>{indent}&nbsp;&nbsp;→ {result}</span>"
                )
        self.setText(f"<div style='line-height:{_LINE_PERCENT}%'>{'<br>'.join(lines)}</div>")
        self.setAccessibleDescription(
            "\n".join(f"{call.code} → {call.result}" for call in calls if call.result)
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.set_calls(self._calls)
