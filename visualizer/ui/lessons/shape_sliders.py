"""Sliders for what shapes a distribution over a handful of words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visualizer.lessons.generation import Hyperparameters
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox
from visualizer.ui.widgets.stage_sliders import stage_explanation, stage_name


class ShapeSliders(QWidget):
    """Temperature, top-k and top-p.

    Signals:
        changed: The user moved one. Hyperparameters.
    """

    changed = Signal(object)

    def __init__(self, n_words: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        off = QCoreApplication.translate("SamplingPanel", "off")
        greedy = QCoreApplication.translate("SamplingPanel", "greedy")
        self.temperature = _slider(
            stage_name("temperature"), SliderScale(0, 2), _spin({0.0: greedy}, 0, 100, 2, 0.05), 1
        )
        self.top_k = _slider(
            stage_name("top_k"),
            SliderScale(1, n_words, end=("right", 0.0), decimals=0),
            _spin({0.0: off}, 0, n_words, 0, 1),
            0,
        )
        self.top_p = _slider(
            stage_name("top_p"), SliderScale(0.01, 1), _spin({1.0: off}, 0.01, 1, 2, 0.05), 1
        )
        self.temperature.setToolTip(stage_explanation("temperature"))
        self.top_k.setToolTip(stage_explanation("top_k"))
        self.top_p.setToolTip(stage_explanation("top_p"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        for slider in self._sliders():
            column.addWidget(slider)
            slider.value_changed.connect(self._on_slider_value_changed)
        align_sliders(self._sliders())

    def _sliders(self) -> tuple[ParameterSlider, ...]:
        return self.temperature, self.top_k, self.top_p

    def hyperparameters(self) -> Hyperparameters:
        """What the sliders say."""
        return Hyperparameters(
            float(self.temperature.value()), round(self.top_k.value()), float(self.top_p.value())
        )

    def set_hyperparameters(self, hyperparameters: Hyperparameters) -> None:
        """Put them there without telling anyone."""
        self.temperature.set_value(hyperparameters.temperature)
        self.top_k.set_value(hyperparameters.top_k)
        self.top_p.set_value(hyperparameters.top_p)

    @Slot()
    def _on_slider_value_changed(self) -> None:
        self.changed.emit(self.hyperparameters())


def smoothing_slider(name: str, none: str, tip: str) -> ParameterSlider:
    """A slider for the count that is added everywhere, from 0 to 2."""
    slider = _slider(name, SliderScale(0, 2), _spin({0.0: none}, 0, 1000, 2, 0.1), 0)
    slider.setToolTip(tip)
    return slider


def align_sliders(sliders: tuple[ParameterSlider, ...]) -> None:
    """Give the names one width, and the numbers one."""
    widths = [slider.column_widths() for slider in sliders]
    for slider in sliders:
        slider.set_column_widths(max(w[0] for w in widths), max(w[1] for w in widths))


def _spin(
    words: dict[float, str], least: float, most: float, decimals: int, step: float
) -> WordSpinBox:
    spin = WordSpinBox(words)
    spin.setDecimals(decimals)
    spin.setRange(least, most)
    spin.setSingleStep(step)
    return spin


def _slider(name: str, scale: SliderScale, spin: WordSpinBox, neutral: float) -> ParameterSlider:
    return ParameterSlider(name, scale, spin, neutral)
