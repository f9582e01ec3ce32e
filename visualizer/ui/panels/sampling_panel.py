"""Panel: sampling parameters, the seed, and the buttons that generate."""

from __future__ import annotations

import random
from dataclasses import replace

from PySide6.QtCore import QEvent, QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.sampling import SamplingParams
from visualizer.session.views import SamplingView
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox
from visualizer.ui.widgets.seed_box import SeedBox

_TWO_COLUMNS_PX = 600
_NEUTRAL = SamplingParams()


class SamplingPanel(QWidget):
    """Shows a SamplingView and reports what the user changes or asks to generate.

    Signals:
        sampling_changed: Continuously while a slider moves. (sampling: SamplingParams)
        seed_changed: (seed: int)
        generate_requested: (count: int)
        stop_requested: Of the generation that runs.
        generate_count_changed: (count: int)
    """

    sampling_changed = Signal(object)
    seed_changed = Signal(object)
    generate_requested = Signal(int)
    stop_requested = Signal()
    generate_count_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = _NEUTRAL
        self.setAccessibleName(self.tr("Sampling and generation"))
        self._make_sliders()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._draw_generation(can_generate=False, generating=False, generated=0)

    def set_view(self, view: SamplingView) -> None:
        """Draw `view`; emits nothing."""
        self._sampling = view.sampling
        for name, slider in self._sliders.items():
            slider.set_value(float(getattr(view.sampling, name)))
        self._reset.setEnabled(view.sampling != _NEUTRAL)
        self._seed.set_seed(view.seed)
        with QSignalBlocker(self._count):
            self._count.setValue(view.n_generate)
        self._draw_generation(view.can_generate, view.generating, view.generated)

    def slider(self, name: str) -> ParameterSlider:
        """The slider of a field of SamplingParams."""
        return self._sliders[name]

    # ------------------------------------------------------------------------------- building

    def _make_sliders(self) -> None:
        off = self.tr("off")
        self._temperature = self._slider(
            self.tr("temperature"),
            SliderScale(0.0, 2.0),
            _spin({0.0: self.tr("greedy")}, 100, 2, 0.05),
            _NEUTRAL.temperature,
            self.tr(
                "Divides the logits: below 1 favours likely tokens, above 1 evens them out, "
                "0 always takes the likeliest."
            ),
        )
        self._top_k = self._slider(
            self.tr("top-k"),
            SliderScale(1, 1000, "log", ("right", 0.0), decimals=0),
            _spin({0.0: off}, 10_000_000, 0, 1),
            _NEUTRAL.top_k,
            self.tr("Keeps only the k likeliest tokens."),
        )
        self._top_p = self._slider(
            self.tr("top-p"),
            SliderScale(0.0, 1.0),
            _spin({1.0: off}, 1, 3, 0.01),
            _NEUTRAL.top_p,
            self.tr("Keeps the fewest tokens whose probabilities add up to p."),
        )
        self._min_p = self._slider(
            self.tr("min-p"),
            SliderScale(0.001, 1.0, "log", ("left", 0.0), decimals=3),
            _spin({0.0: off}, 1, 3, 0.01),
            _NEUTRAL.min_p,
            self.tr("Keeps tokens that are at least this share as likely as the likeliest one."),
        )
        self._penalty = self._slider(
            self.tr("repetition"),
            SliderScale(0.5, 2.0, "log"),
            _spin({1.0: off}, 100, 2, 0.05, least=0.01),
            _NEUTRAL.repetition_penalty,
            self.tr(
                "Repetition penalty: above 1 makes tokens that are already in the text less "
                "likely, below 1 more likely."
            ),
        )
        self._sliders = {
            "temperature": self._temperature,
            "top_k": self._top_k,
            "top_p": self._top_p,
            "min_p": self._min_p,
            "repetition_penalty": self._penalty,
        }

    def _line_up(self) -> None:
        """Make the columns of all rows as wide as their widest, in the font as it is."""
        widths = [slider.column_widths() for slider in self._sliders.values()]
        name_px, spin_px = max(w[0] for w in widths), max(w[1] for w in widths)
        for slider in self._sliders.values():
            slider.set_column_widths(name_px, spin_px)
        self._seed_label.setFixedWidth(name_px)

    def _slider(
        self, name: str, scale: SliderScale, spin: WordSpinBox, neutral: float, explanation: str
    ) -> ParameterSlider:
        slider = ParameterSlider(name, scale, spin, neutral, self)
        slider.setToolTip(explanation)
        return slider

    def _make_buttons(self) -> None:
        self._seed = SeedBox()
        self._seed.setAccessibleName(self.tr("Seed"))
        self._seed.setToolTip(
            self.tr("The same seed, parameters and prompt give the same tokens again.")
        )
        self._dice = QToolButton()
        self._dice.setText("⚄")
        self._dice.setAccessibleName(self.tr("Another seed"))
        self._dice.setToolTip(self.tr("Throw dice for another seed"))
        self._reset = QPushButton(self.tr("Reset"))
        self._reset.setEnabled(False)
        self._reset.setToolTip(self.tr("Switch every sampling parameter off"))
        self._step = QPushButton(self.tr("Step"))
        self._step.setToolTip(self.tr("Generate one token"))
        self._generate = QPushButton(self.tr("Generate"))
        self._generate.setToolTip(self.tr("Generate as many tokens as the number says"))
        self._count = QSpinBox(minimum=1, maximum=100_000, value=20)
        self._count.setKeyboardTracking(False)
        self._count.setAccessibleName(self.tr("Tokens to generate"))
        self._count.setToolTip(self.tr("How many tokens Generate makes"))
        self._stop = QPushButton(self.tr("Stop"))
        self._stop.setToolTip(self.tr("Stop generating; the tokens made so far stay"))
        self._progress = ElidedLabel()
        make_quiet(self._progress)
        for button in (self._reset, self._step, self._generate, self._stop):
            button.setAccessibleName(button.text())

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(SPACE_PX // 2)  # ten bars must fit above at 1280 x 800
        self._grid.setHorizontalSpacing(6 * SPACE_PX)
        self._n_columns = 0
        self._seed_label = QLabel(self.tr("seed"))
        self._seed_label.setBuddy(self._seed)
        seed_row = QHBoxLayout()
        seed_row.setSpacing(2 * SPACE_PX)
        seed_row.addWidget(self._seed_label)
        seed_row.addWidget(self._seed)
        seed_row.addWidget(self._dice)
        seed_row.addWidget(self._progress, stretch=1)
        seed_row.addWidget(self._reset)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE_PX)
        buttons.addWidget(self._step)
        buttons.addWidget(self._generate)
        buttons.addWidget(self._count)
        buttons.addStretch(1)
        buttons.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, 0, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(self._grid)
        column.addLayout(seed_row)
        column.addLayout(buttons)
        column.addStretch(1)
        self._line_up()
        self._arrange(1)

    def _arrange(self, n_columns: int) -> None:
        """Put the sliders in one column, or two where there is room."""
        if n_columns == self._n_columns:
            return
        self._n_columns = n_columns
        for place, slider in enumerate(self._sliders.values()):
            self._grid.removeWidget(slider)
            self._grid.addWidget(slider, place // n_columns, place % n_columns)

    def _connect(self) -> None:
        self._temperature.value_changed.connect(self._on_temperature_value_changed)
        self._top_k.value_changed.connect(self._on_top_k_value_changed)
        self._top_p.value_changed.connect(self._on_top_p_value_changed)
        self._min_p.value_changed.connect(self._on_min_p_value_changed)
        self._penalty.value_changed.connect(self._on_penalty_value_changed)
        self._seed.seed_changed.connect(self.seed_changed)
        self._dice.clicked.connect(self._on_dice_clicked)
        self._reset.clicked.connect(self._on_reset_clicked)
        self._step.clicked.connect(self._on_step_clicked)
        self._generate.clicked.connect(self._on_generate_clicked)
        self._stop.clicked.connect(self._on_stop_clicked)
        self._count.valueChanged.connect(self.generate_count_changed)

    def _draw_generation(self, can_generate: bool, generating: bool, generated: int) -> None:
        for button in (self._step, self._generate):
            button.setEnabled(can_generate and not generating)
        self._stop.setEnabled(generating)
        self._progress.setText(self.tr("{n:,} made").format(n=generated) if generating else "")

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if event.size().width() >= _TWO_COLUMNS_PX else 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            # The rows inside hear of the new font only after this.
            QTimer.singleShot(0, self._on_font_settled)

    @Slot()
    def _on_font_settled(self) -> None:
        self._line_up()

    def _change(self, sampling: SamplingParams) -> None:
        self._sampling = sampling
        self._reset.setEnabled(sampling != _NEUTRAL)
        self.sampling_changed.emit(sampling)

    @Slot(float)
    def _on_temperature_value_changed(self, value: float) -> None:
        self._change(replace(self._sampling, temperature=value))

    @Slot(float)
    def _on_top_k_value_changed(self, value: float) -> None:
        self._change(replace(self._sampling, top_k=round(value)))

    @Slot(float)
    def _on_top_p_value_changed(self, value: float) -> None:
        self._change(replace(self._sampling, top_p=value))

    @Slot(float)
    def _on_min_p_value_changed(self, value: float) -> None:
        self._change(replace(self._sampling, min_p=value))

    @Slot(float)
    def _on_penalty_value_changed(self, value: float) -> None:
        self._change(replace(self._sampling, repetition_penalty=value))

    @Slot()
    def _on_dice_clicked(self) -> None:
        self._seed.change(random.SystemRandom().randrange(1_000_000))

    @Slot()
    def _on_reset_clicked(self) -> None:
        for name, slider in self._sliders.items():
            slider.set_value(float(getattr(_NEUTRAL, name)))
        self._change(_NEUTRAL)

    @Slot()
    def _on_step_clicked(self) -> None:
        self.generate_requested.emit(1)

    @Slot()
    def _on_generate_clicked(self) -> None:
        self.generate_requested.emit(self._count.value())

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.stop_requested.emit()


def _spin(
    words: dict[float, str], most: float, decimals: int, step: float, least: float = 0.0
) -> WordSpinBox:
    spin = WordSpinBox(words)
    spin.setDecimals(decimals)
    spin.setRange(least, most)
    spin.setSingleStep(step)
    return spin
