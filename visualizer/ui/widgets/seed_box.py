"""A spin box for seeds, which are longer than an ordinary spin box can count."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

LARGEST_SEED = 2**63 - 1


class SeedBox(QAbstractSpinBox):
    """A whole number from 0 to 2**63 - 1.

    Signals:
        seed_changed: The user changed it. (seed: object, an int)
    """

    seed_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seed = 0
        self.lineEdit().setAlignment(Qt.AlignmentFlag.AlignRight)
        self.lineEdit().setText("0")
        self.editingFinished.connect(self._on_editing_finished)

    def seed(self) -> int:
        return self._seed

    def set_seed(self, seed: int) -> None:
        """Show `seed` without telling anyone."""
        if seed != self._seed:
            self._seed = seed
            self.updateGeometry()
        self.lineEdit().setText(f"{seed}")

    def change(self, seed: int) -> None:
        """Take `seed` as the user's choice."""
        if seed != self._seed:
            self.set_seed(seed)
            self.seed_changed.emit(seed)

    def stepBy(self, steps: int) -> None:
        self.change(min(max(self._seed + steps, 0), LARGEST_SEED))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._seed > 0:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self._seed < LARGEST_SEED:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        if not text:
            return QValidator.State.Intermediate, text, pos
        if text.isascii() and text.isdigit() and int(text) <= LARGEST_SEED:
            return QValidator.State.Acceptable, text, pos
        return QValidator.State.Invalid, text, pos

    def fixup(self, text: str) -> str:
        return f"{self._seed}"

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        digits = self.fontMetrics().horizontalAdvance("0" * max(10, len(str(self._seed))))
        return QSize(digits + hint.height() + 8, hint.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    @Slot()
    def _on_editing_finished(self) -> None:
        text = self.lineEdit().text()
        self.change(int(text) if text else self._seed)
