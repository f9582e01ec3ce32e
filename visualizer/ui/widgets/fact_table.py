"""A calculation as aligned rows: on the left what is computed, on the right what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from visualizer.ui.plain_text import PlainLabel, plain_tip
from visualizer.ui.theme import SPACE_PX


@dataclass(frozen=True)
class Fact:
    """One row.

    Attributes:
        name: What is computed.
        value: What comes out, for display.
        tip: What it means.
        is_result: Whether the rows before lead to it; it is written heavier.
    """

    name: str
    value: str
    tip: str = ""
    is_result: bool = False


class FactTable(QWidget):
    """Rows whose numbers are right-aligned and can be selected with the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_PX, 0, SPACE_PX, 0)
        self._grid.setHorizontalSpacing(2 * SPACE_PX)
        self._grid.setVerticalSpacing(SPACE_PX // 2)
        self._grid.setColumnStretch(0, 1)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is on show."""
        return self._facts

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show these rows; labels that are there are used again."""
        self._facts = tuple(facts)
        while len(self._labels) < len(facts):
            self._add_row()
        for row, (name, value) in enumerate(self._labels):
            is_used = row < len(facts)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                self._write(name, value, facts[row])

    def _add_row(self) -> None:
        name, value = PlainLabel(), PlainLabel()
        for label in (name, value):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel has one
        name.setWordWrap(True)
        name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row = len(self._labels)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._labels.append((name, value))

    def _write(self, name: QLabel, value: QLabel, fact: Fact) -> None:
        for label, text in ((name, fact.name), (value, fact.value)):
            label.setText(text)
            label.setToolTip(plain_tip(fact.tip))
            font = self.font()
            font.setBold(fact.is_result)
            label.setFont(font)
        value.setAccessibleName(f"{fact.name}: {fact.value}")
