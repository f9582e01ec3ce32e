"""After which token is predicted: a thin slider over the text, and the number."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSpinBox, QWidget

from visualizer.ui.theme import SPACE_PX


class PositionScrubber(QWidget):
    """Chooses a token of the text; the last one is at the right end.

    Signals:
        position_selected: The user chose a token. (position: int, from 0)
    """

    position_selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position = 0
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setMinimumWidth(40)
        self._spin = QSpinBox()
        self._spin.setKeyboardTracking(False)
        self._spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        name = self.tr("Token after which is predicted")
        tip = self.tr(
            "The token after which is predicted, counted from 0; left and right keys go through "
            "the text. At an earlier token, ▸ marks the one that really came next."
        )
        for part in (self._slider, self._spin):
            part.setAccessibleName(name)
            part.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_PX)
        row.addWidget(self._slider, stretch=1)
        row.addWidget(self._spin)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_range(0, 1)
        self._slider.valueChanged.connect(self._on_value_changed)
        self._spin.valueChanged.connect(self._on_value_changed)

    @property
    def slider(self) -> QSlider:
        return self._slider

    @property
    def spin(self) -> QSpinBox:
        return self._spin

    def position(self) -> int:
        """The token on show."""
        return self._position

    def set_range(self, position: int, n_tokens: int) -> None:
        """Show `position` of a text of `n_tokens` without telling anyone."""
        last = max(n_tokens - 1, 0)
        self._position = position = max(0, min(position, last))
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            for part in (self._slider, self._spin):
                part.setRange(0, last)
                part.setValue(position)
        self._slider.setPageStep(max(1, n_tokens // 10))
        self.setEnabled(n_tokens > 1)

    def step(self, by: int) -> None:
        """Go on by some tokens, as the user's own choice, and stop at the ends."""
        self._slider.setValue(self._position + by)

    @Slot(int)
    def _on_value_changed(self, position: int) -> None:
        if position == self._position:
            return
        self._position = position
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            self._slider.setValue(position)
            self._spin.setValue(position)
        self.position_selected.emit(position)
