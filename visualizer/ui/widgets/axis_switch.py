"""The switch between the axes of the next-token bars."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from visualizer.session.state import ProbAxis
from visualizer.ui.widgets.choice_button import ChoiceButton

_AXES: tuple[ProbAxis, ...] = ("fit", "linear", "log")


class AxisSwitch(QWidget):
    """Three small buttons, of which one is down; the arrow keys go from one to the next.

    Signals:
        axis_changed: The user wants another axis. (ProbAxis)
    """

    axis_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Axis of the bars"))
        words = {
            "fit": (
                self.tr("fit"),
                self.tr("Axis that fits the bars"),
                self.tr(
                    "The axis ends at the next of 5, 10, 25, 50 and 100 % above the longest bar; "
                    "where everything else is more than that, its bar ends with ▸."
                ),
            ),
            "linear": (
                self.tr("0–100"),
                self.tr("Axis from 0 to 100 %"),
                self.tr("The axis always goes from 0 to 100 %, so that texts can be compared."),
            ),
            "log": (
                self.tr("log"),
                self.tr("Logarithmic axis"),
                self.tr(
                    "Draw the bars on a logarithmic axis, from 10⁻⁶ % to 100 %: each line is ten "
                    "times the one before. What is less likely than its left end is marked ◂."
                ),
            ),
        }
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, axis in enumerate(_AXES):
            text, name, tip = words[axis]
            button = ChoiceButton(text)
            button.setAutoRaise(True)
            button.setAccessibleName(name)
            button.setToolTip(tip)
            self._group.addButton(button, place)
            row.addWidget(button)
        self.set_axis("fit")
        self._group.idToggled.connect(self._on_group_id_toggled)

    def button(self, axis: ProbAxis) -> ChoiceButton:
        """The button of an axis."""
        button = self._group.button(_AXES.index(axis))
        assert isinstance(button, ChoiceButton)
        return button

    def axis(self) -> ProbAxis:
        """Which axis is chosen."""
        return _AXES[self._group.checkedId()]

    def set_axis(self, axis: ProbAxis) -> None:
        """Show which axis is chosen; emits nothing."""
        was_blocked = self._group.blockSignals(True)
        self.button(axis).setChecked(True)
        self._group.blockSignals(was_blocked)

    @Slot(int, bool)
    def _on_group_id_toggled(self, place: int, checked: bool) -> None:
        if checked:
            self.axis_changed.emit(_AXES[place])
