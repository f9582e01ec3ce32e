"""Everything that a training is set to, as boxes in two rows; and the presets."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSpinBox,
    QWidget,
)

from visualizer.lessons.training_settings import SMALL, TrainingSettings
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX

PRESETS = {"small": SMALL, "tutorial": TrainingSettings()}
_COLUMNS = 7
_MOST_STEPS = 10_000_000
_LEARNS_BELOW = 0.1
"""With a learning rate from here on the model learns nothing."""


class RateBox(QDoubleSpinBox):
    """A learning rate, in as few digits as it has; steps double and halve it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(12)
        self.setRange(1e-9, 1e9)

    def textFromValue(self, value: float) -> str:
        return f"{value:.6g}"

    def stepBy(self, steps: int) -> None:
        self.setValue(self.value() * 2.0**steps)


class TrainingSizes(QWidget):
    """Boxes for the sizes of the model and for how it is trained.

    Signals:
        changed: The user, or a preset, changed one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QSpinBox | QDoubleSpinBox | QComboBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(3 * SPACE_PX)
        self._grid.setVerticalSpacing(0)
        self.preset = QComboBox()
        self.preset.addItem(self.tr("Small"), "small")
        self.preset.addItem(self.tr("Tutorial"), "tutorial")
        self.preset.addItem(self.tr("My own"), "")
        self._place(self.tr("preset"), self.preset, self.tr("Sizes that belong together"))
        self._add_sizes()
        self._add_training()
        self.steps = QSpinBox()
        self.steps.setRange(0, _MOST_STEPS)
        self.steps.setSpecialValueText(self.tr("no end"))
        self._place(
            self.tr("steps"),
            self.steps,
            self.tr(
                "Ends by itself after so many, 0 for no end; the tutorial's 10 epochs are 10 steps"
            ),
        )
        self.preset.currentIndexChanged.connect(self._on_preset_changed)
        self.set_settings(SMALL)

    def _add_sizes(self) -> None:
        self._add_whole("d_model", "d_model", 1, 4096, self.tr("Width of a token's vector"))
        self._add_whole("nhead", self.tr("heads"), 1, 256, self.tr("They divide the width"))
        self._add_whole("num_layers", self.tr("layers"), 1, 96, self.tr("One above the other"))
        self._add_whole(
            "dim_feedforward",
            self.tr("feed-forward"),
            1,
            16384,
            self.tr("Width inside the feed-forward networks"),
        )
        self._add_whole(
            "length",
            self.tr("length"),
            1,
            4096,
            self.tr("Tokens in a row that are seen at once; the context of the finished model"),
        )

    def _add_training(self) -> None:
        self._add_whole("batch", self.tr("batch"), 1, 4096, self.tr("Rows of tokens in a step"))
        self._add("learning_rate", self.tr("learning rate"), RateBox(), self.tr("Of Adam"))
        self._add_whole(
            "warmup_steps",
            self.tr("warm-up"),
            0,
            100_000,
            self.tr("Steps over which the learning rate rises from near 0; the tutorial has none"),
        )
        dropout = QDoubleSpinBox()
        dropout.setRange(0.0, 0.95)
        dropout.setSingleStep(0.05)
        self._add(
            "dropout",
            self.tr("dropout"),
            dropout,
            self.tr("Share of numbers that are set to 0 in training, at random"),
        )
        self._add_whole(
            "seed", self.tr("seed"), 0, 2**31 - 1, self.tr("Of the first weights and the batches")
        )
        target = QComboBox()
        target.addItem(self.tr("next token"), "next")
        target.addItem(self.tr("same token"), "same")
        tip = self.tr("What to say after each token; “same” is the tutorial's code as printed")
        self._add("target", self.tr("target"), target, tip)

    def _add_whole(self, key: str, name: str, low: int, high: int, tip: str) -> None:
        box = QSpinBox()
        box.setRange(low, high)
        self._add(key, name, box, tip)

    def _add(
        self, key: str, name: str, box: QSpinBox | QDoubleSpinBox | QComboBox, tip: str
    ) -> None:
        self.boxes[key] = box
        self._place(name, box, tip)
        if isinstance(box, QComboBox):
            box.currentIndexChanged.connect(self._on_box_changed)
        else:
            box.valueChanged.connect(self._on_box_changed)

    def _place(self, name: str, box: QWidget, tip: str) -> None:
        label = PlainLabel(name)
        label.setBuddy(box)
        if isinstance(box, QAbstractSpinBox):
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
            box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
            box.setKeyboardTracking(False)
        label.setToolTip(tip)
        box.setToolTip(tip)
        box.setAccessibleName(name)
        place = self._grid.count() // 2
        row, column = 2 * (place // _COLUMNS), place % _COLUMNS
        label.setContentsMargins(0, SPACE_PX if row else 0, 0, 0)
        self._grid.addWidget(label, row, column)
        self._grid.addWidget(box, row + 1, column)
        self._grid.setColumnStretch(column, 1)

    # ------------------------------------------------------------------------------- from outside

    def settings(self) -> TrainingSettings:
        """What the boxes say.

        Raises:
            UsageError: The values do not go together.
        """
        values: dict[str, object] = {}
        for key, box in self.boxes.items():
            values[key] = box.currentData() if isinstance(box, QComboBox) else box.value()
        return TrainingSettings(**values)  # type: ignore[arg-type]

    def set_settings(self, settings: TrainingSettings) -> None:
        """Put settings into the boxes."""
        for key, box in self.boxes.items():
            with QSignalBlocker(box):
                value = getattr(settings, key)
                if isinstance(box, QComboBox):
                    box.setCurrentIndex(box.findData(value))
                else:
                    box.setValue(value)
        self._name_preset()
        self.changed.emit()

    def set_preset(self, name: str) -> None:
        """Choose a preset by its key."""
        self.preset.setCurrentIndex(self.preset.findData(name))
        self.set_settings(PRESETS[name])

    def set_running(self, running: bool) -> None:
        """Of a training under way nothing can be changed."""
        for box in (self.preset, self.steps, *self.boxes.values()):
            box.setEnabled(not running)

    def set_rate(self, rate: float) -> None:
        """Put a learning rate into its box."""
        box = self.boxes["learning_rate"]
        assert isinstance(box, RateBox)
        box.setValue(rate)

    def mend(self) -> None:
        """Put the target right, and a learning rate with which nothing is learned."""
        target, rate = self.boxes["target"], self.boxes["learning_rate"]
        assert isinstance(target, QComboBox)
        assert isinstance(rate, RateBox)
        target.setCurrentIndex(target.findData("next"))
        if rate.value() >= _LEARNS_BELOW:
            rate.setValue(SMALL.learning_rate)

    def _name_preset(self) -> None:
        """Say which preset the boxes are, or that they are the reader's own."""
        found = ""
        for name, preset in PRESETS.items():
            if all(self._has(key, getattr(preset, key)) for key in self.boxes if key != "target"):
                found = name
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(self.preset.findData(found))

    def _has(self, key: str, value: object) -> bool:
        box = self.boxes[key]
        return bool((box.currentData() if isinstance(box, QComboBox) else box.value()) == value)

    @Slot(int)
    def _on_preset_changed(self, _index: int) -> None:
        name = self.preset.currentData()
        if name:
            target = self.boxes["target"]
            assert isinstance(target, QComboBox)
            chosen = target.currentData()
            self.set_settings(PRESETS[name])
            target.setCurrentIndex(target.findData(chosen))

    @Slot()
    def _on_box_changed(self) -> None:
        self._name_preset()
        self.changed.emit()
