"""A number as a slider and a spin box, with a value that means "off"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPalette, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSizePolicy, QSlider, QWidget

from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme

_STEPS = 1000


@dataclass(frozen=True)
class SliderScale:
    """How places along a slider become values.

    Attributes:
        low, high: Values at the left and right end.
        mapping: "linear", or "log" for equal ratios.
        end: Value of the last place on one side, where that is not on the scale: (place, value)
            such as ("right", 0.0) for a limit that is off at the right end; or None.
        decimals: Digits that the slider chooses.
    """

    low: float
    high: float
    mapping: Literal["linear", "log"] = "linear"
    end: tuple[Literal["left", "right"], float] | None = None
    decimals: int = 2

    def value_at(self, place: int) -> float:
        """The value at `place`, 0 .. 1000."""
        if self.end is not None and place == self._end_place():
            return self.end[1]
        share = place / _STEPS
        if self.mapping == "log":
            value = self.low * math.pow(self.high / self.low, share)
        else:
            value = self.low + (self.high - self.low) * share
        return round(value, self.decimals)

    def place_of(self, value: float) -> int:
        """The place nearest to `value`, 0 .. 1000."""
        if self.end is not None and value == self.end[1]:
            return self._end_place()
        value = min(max(value, self.low), self.high)
        if self.mapping == "log":
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        place = round(share * _STEPS)
        if self.end is not None and place == self._end_place():
            return abs(place - 1)  # the last place means another value
        return place

    def _end_place(self) -> int:
        return _STEPS if self.end is not None and self.end[0] == "right" else 0


class WordSpinBox(QDoubleSpinBox):
    """A spin box that shows a word for certain values, such as "off"."""

    def __init__(self, words: dict[float, str], parent: QWidget | None = None) -> None:
        self._words = words
        super().__init__(parent)
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def textFromValue(self, value: float) -> str:
        return self._words.get(value) or super().textFromValue(value)

    def valueFromText(self, text: str) -> float:
        for value, word in self._words.items():
            if text.strip().casefold() == word.casefold():
                return value
        return super().valueFromText(text)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        typed = text.strip().casefold()
        words = [word.casefold() for word in self._words.values()]
        if typed in words:
            return QValidator.State.Acceptable, text, pos
        if typed and any(word.startswith(typed) for word in words):
            return QValidator.State.Intermediate, text, pos
        return super().validate(text, pos)


class ParameterSlider(QWidget):
    """Name, slider and spin box of one sampling parameter.

    The value is kept exact: a value with more digits than the spin box shows, or beyond the
    slider's ends, stays as it is until the user changes it. Double-clicking the name or the
    slider puts the neutral value back.

    Signals:
        value_changed: The user changed the value, continuously while the slider moves. (float)
    """

    value_changed = Signal(float)

    def __init__(
        self,
        name: str,
        scale: SliderScale,
        spin: WordSpinBox,
        neutral: float,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scale = scale
        self._neutral = neutral
        self._value = neutral
        self._is_acting = True
        self._label = PlainLabel(name)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setPageStep(_STEPS // 20)
        self._slider.setSingleStep(_STEPS // 100)
        self._slider.setMinimumWidth(60)
        self._slider.setAccessibleName(name)
        self._spin = spin
        self._spin.setAccessibleName(name)
        self._label.setBuddy(self._spin)
        self._label.installEventFilter(self)
        self._slider.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self._label)
        row.addWidget(self._slider, stretch=1)
        row.addWidget(self._spin)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._slider.valueChanged.connect(self._on_slider_value_changed)
        self._spin.valueChanged.connect(self._on_spin_value_changed)
        self._draw()

    def value(self) -> float:
        """The exact value."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show `value` without telling anyone."""
        if value != self._value:
            self._value = value
            self._draw()

    def set_acting(self, acting: bool) -> None:
        """Draw the value as one that changes nothing while its stage is switched off."""
        if acting != self._is_acting:
            self._is_acting = acting
            self._paint_state()

    def reset(self) -> None:
        """Put the neutral value back, as the user's own change."""
        self._change(self._neutral)

    @property
    def slider(self) -> QSlider:
        return self._slider

    @property
    def spin(self) -> WordSpinBox:
        return self._spin

    def hide_name(self) -> None:
        """Leave the name to whoever holds the slider; it is still read aloud."""
        self._label.hide()

    def column_widths(self) -> tuple[int, int]:
        """Widths that the name and the spin box ask for, to line several sliders up."""
        # Of the text, not the label: to that a width given before counts as asked for.
        name_px = self._label.fontMetrics().horizontalAdvance(self._label.text()) + SPACE_PX
        return name_px, self._spin.sizeHint().width()

    def set_column_widths(self, name_px: int, spin_px: int) -> None:
        """Give the name and the spin box these widths."""
        self._label.setFixedWidth(name_px)
        self._spin.setFixedWidth(spin_px)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._spin.sizeHint().height())

    def setToolTip(self, text: str) -> None:
        """The same explanation over the whole row."""
        hint = self.tr("Double-click the name or the slider to put {value} back.")
        text = f"{text}\n{hint.format(value=self._spin.textFromValue(self._neutral))}"
        super().setToolTip(text)
        for part in (self._label, self._slider, self._spin):
            part.setToolTip(text)
            part.setAccessibleDescription(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset()
            return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_state()

    def _change(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self._draw()
            self.value_changed.emit(value)

    def _draw(self) -> None:
        with QSignalBlocker(self._slider), QSignalBlocker(self._spin):
            self._slider.setValue(self._scale.place_of(self._value))
            self._spin.setValue(self._value)
        self._paint_state()

    def _paint_state(self) -> None:
        """Quiet while the parameter changes nothing."""
        is_off = self._value == self._neutral or not self._is_acting
        role = QPalette.ColorRole.PlaceholderText if is_off else QPalette.ColorRole.WindowText
        self._label.setForegroundRole(role)
        colours = QPalette()
        if is_off:
            for groove in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Accent):
                colours.setColor(groove, QColor(current_theme().line))
        if colours != self._slider.palette():
            self._slider.setPalette(colours)

    @Slot(int)
    def _on_slider_value_changed(self, place: int) -> None:
        self._change(self._scale.value_at(place))

    @Slot(float)
    def _on_spin_value_changed(self, value: float) -> None:
        self._change(value)
