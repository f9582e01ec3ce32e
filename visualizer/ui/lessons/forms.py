"""The experiments of a lesson that has several: a row of choices above the one on show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton


def lay_out_forms(
    page: QWidget, forms: QButtonGroup, names: Sequence[tuple[str, str]], stack: QStackedWidget
) -> None:
    """Lay a page out as a row of buttons above its experiments.

    Args:
        page: Gets the layout.
        forms: Gets a button for each experiment, with its place as id.
        names: What each button says, and its tooltip.
        stack: The experiments.
    """
    row = QHBoxLayout()
    row.setSpacing(SPACE_PX)
    for place, (name, tip) in enumerate(names):
        button = ChoiceButton(name)
        button.setToolTip(tip)
        button.setAutoRaise(True)
        forms.addButton(button, place)
        row.addWidget(button)
    row.addStretch(1)
    column = QVBoxLayout(page)
    column.setContentsMargins(4 * SPACE_PX, 2 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
    column.setSpacing(2 * SPACE_PX)
    column.addLayout(row)
    column.addWidget(stack, 1)
