"""The field in which a head is named to go to it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from visualizer.engine.records import HeadChoice

_NAMED_HEAD = re.compile(r"\s*l?\s*(\d+)(?:[\s.,:·/-]*h?\s*(?<!\d)(\d+|mean))?\s*", re.IGNORECASE)


def named_head(text: str) -> tuple[int, HeadChoice | None] | None:
    """The layer and head that someone has typed: "L5 H3", "5.3", "5 3", "L5 mean", "L5".

    Returns:
        Layer and head, "mean", or None for a layer alone; None for anything else.
    """
    match = _NAMED_HEAD.fullmatch(text)
    if match is None:
        return None
    layer, head = match.groups()
    if head is None or head.lower() == "mean":
        return int(layer), None if head is None else "mean"
    return int(layer), int(head)


class HeadSearch(QLineEdit):
    """Takes a head's name on Enter; Escape clears it and goes back.

    Signals:
        head_named: There is such a head. Layer; a head, "mean", or None for the layer alone.
        head_missed: There is none. A sentence on what there is.
        left: Back to where one came from.
    """

    head_named = Signal(int, object)
    head_missed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = (0, 0)
        self.setPlaceholderText(self.tr("Go to L5 H3"))
        self.setAccessibleName(self.tr("Go to a head"))
        self.setToolTip(self.tr("Go to a head by layer and head: L5 H3, or 5.3 (/)"))
        self.returnPressed.connect(self._on_returned)
        self.textEdited.connect(self._on_edited)

    def set_shape(self, n_layers: int, n_heads: int) -> None:
        """What heads there are."""
        self._shape = (n_layers, n_heads)

    @Slot()
    def _on_returned(self) -> None:
        found = named_head(self.text())
        n_layers, n_heads = self._shape
        if found is not None and found[0] < n_layers and _exists(found[1], n_heads):
            self.head_named.emit(*found)
            self.left.emit()
            return
        missed = self.tr("No such head: L0 to L{layer}, H0 to H{head}").format(
            layer=n_layers - 1, head=n_heads - 1
        )
        self.setAccessibleDescription(missed)
        self.selectAll()
        self.head_missed.emit(missed)

    @Slot()
    def _on_edited(self) -> None:
        self.setAccessibleDescription("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _exists(head: HeadChoice | None, n_heads: int) -> bool:
    return not isinstance(head, int) or head < n_heads
