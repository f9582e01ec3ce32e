"""Names, tokens and messages shown as they are: Qt would read some as HTML or as mnemonics."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

PANEL_TITLE = "panel_title"
"""Object name of the labels that say in a panel what its dock says, too."""


class PlainLabel(QLabel):
    """A label that never takes its text for HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def plain_tip(text: str) -> str:
    """`text` as a tooltip that shows it as it is."""
    if "<" not in text:  # without it Qt takes nothing for HTML
        return text
    return f"<div style='white-space: pre-wrap'>{html.escape(text)}</div>"


def plain_caption(text: str) -> str:
    """`text` as the caption of a button, menu or action that shows every "&" of it."""
    return text.replace("&", "&&")
