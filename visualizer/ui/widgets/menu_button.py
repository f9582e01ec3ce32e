"""A button that opens a menu."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QToolButton

from visualizer.ui.plain_text import plain_caption


class MenuButton(QToolButton):
    """A tool button that opens a menu, with an arrow in its text: Fusion's covers the text.

    Qt's own way to have no arrow is a style sheet, which would not follow a change of theme.

    Attributes:
        popup_menu: What opens.
    """

    def __init__(self, text: str, menu: QMenu, *, flat: bool = True) -> None:
        super().__init__()
        self.popup_menu = menu
        self.setAutoRaise(flat)
        self.set_text(text)
        self.clicked.connect(self._on_clicked)

    def set_text(self, text: str) -> None:
        """What the button says."""
        self.setText(plain_caption(f"{text} ▾"))
        self.setAccessibleName(text)

    @Slot()
    def _on_clicked(self) -> None:
        self.popup_menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
