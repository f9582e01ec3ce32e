"""Panel: sampling parameters, the seed, and what ends a generation."""

from __future__ import annotations

import random

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.sampling import FIELDS, NEUTRAL_VALUES, SamplingParams
from visualizer.engine.sampling_stages import Stage
from visualizer.session.pipeline_view import switched
from visualizer.session.views import SamplingView
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.generation_bar import GenerationBar
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.parameter_slider import ParameterSlider
from visualizer.ui.widgets.seed_box import SeedBox
from visualizer.ui.widgets.stage_sliders import stage_name, stage_slider

_TWO_COLUMNS_PX = 600
_NEUTRAL = SamplingParams()
_STAGES: tuple[Stage, ...] = ("temperature", "top_k", "top_p", "min_p", "repetition")


class SamplingPanel(QWidget):
    """Shows a SamplingView and reports what the user changes or asks to generate.

    Signals:
        sampling_changed: Continuously while a slider moves. (sampling: SamplingParams)
        seed_changed: (seed: int)
        height_changed: More or fewer rows are shown than before.

    Attributes:
        generation: The controls of generation.
        fold_button: Shows and hides the sliders where room is short.
    """

    sampling_changed = Signal(object)
    seed_changed = Signal(object)
    height_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampling = _NEUTRAL
        self._is_folded = False
        self._is_unfolded_by_user: bool | None = None
        self.setAccessibleName(self.tr("Sampling and generation"))
        self._make_sliders()
        self._make_fold()
        self._make_buttons()
        self._lay_out()
        self._connect()

    def set_view(self, view: SamplingView) -> None:
        """Draw `view`; emits nothing."""
        self._sampling = view.sampling
        for name, slider in self._sliders.items():
            slider.set_value(float(getattr(view.sampling, name)))
        for stage in _STAGES:
            self._sliders[FIELDS[stage]].set_acting(stage not in view.sampling.off)
        self._reset.setEnabled(view.sampling != _NEUTRAL)
        self._seed.set_seed(view.seed)
        self._summarise()

    def slider(self, name: str) -> ParameterSlider:
        """The slider of a field of SamplingParams."""
        return self._sliders[name]

    @property
    def is_folded(self) -> bool:
        """Whether one line stands in place of the sliders."""
        return self._is_folded

    @property
    def unfolded_px(self) -> int:
        """How high the panel is with its sliders."""
        height = self.sizeHint().height()
        if self.is_folded:
            hidden: list[QWidget] = [self._body]
            hidden += [self.generation] if self.generation.isHidden() else []
            height += sum(part.sizeHint().height() + SPACE_PX for part in hidden)
        return height

    def set_short(self, short: bool) -> None:
        """Whether room is short: then the sliders fold away, unless the user wants them."""
        if self._is_unfolded_by_user is None and short != self.is_folded:
            self._fold(short)

    def forget_fold(self) -> None:
        """Let the room decide again whether there are sliders."""
        self._is_unfolded_by_user = None

    def summary(self) -> str:
        """What the line in place of the sliders says."""
        return self._summary.text()

    def _fold(self, folded: bool) -> None:
        self._is_folded = folded
        self.fold_button.setArrowType(Qt.ArrowType.RightArrow if folded else Qt.ArrowType.DownArrow)
        self._body.setVisible(not folded)
        self._summary.setVisible(folded)
        self._title.setVisible(not folded)
        self._seed_row.setVisible(not folded)
        self.generation.set_folded(folded)
        self.updateGeometry()
        self.height_changed.emit()

    def _summarise(self) -> None:
        """Name the parameters that are on, in one line."""
        parts = [
            f"{stage_name(stage)} {self._sliders[FIELDS[stage]].spin.text()}"
            for stage in _STAGES
            if self._sampling.value_of(stage) != NEUTRAL_VALUES[stage]
            and stage not in self._sampling.off
        ]
        text = " · ".join(parts) or self.tr("no sampling parameter is on")
        self._summary.setText(text)
        self._summary.setToolTip(plain_tip(text))

    # ------------------------------------------------------------------------------- building

    def _make_fold(self) -> None:
        """The line above the sliders, which stands for them where room is short."""
        self.fold_button = QToolButton()
        self.fold_button.setAutoRaise(True)
        self.fold_button.setArrowType(Qt.ArrowType.DownArrow)
        self.fold_button.setAccessibleName(self.tr("Sliders of the sampling parameters"))
        self.fold_button.setToolTip(self.tr("Show or hide the sliders of the sampling parameters"))
        self._summary = ElidedLabel()
        make_quiet(self._summary)
        self._summary.hide()
        self._title = QLabel(self.tr("Sampling"))
        heading = self._title.font()
        heading.setBold(True)
        self._title.setFont(heading)

    def _make_sliders(self) -> None:
        self._sliders = {FIELDS[stage]: stage_slider(stage, self) for stage in _STAGES}
        self._temperature = self._sliders["temperature"]
        self._top_k = self._sliders["top_k"]
        self._top_p = self._sliders["top_p"]
        self._min_p = self._sliders["min_p"]
        self._penalty = self._sliders["repetition_penalty"]

    def _line_up(self) -> None:
        """Make the columns of all rows as wide as their widest, in the font as it is."""
        widths = [slider.column_widths() for slider in self._sliders.values()]
        name_px, spin_px = max(w[0] for w in widths), max(w[1] for w in widths)
        for slider in self._sliders.values():
            slider.set_column_widths(name_px, spin_px)

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
        self._reset.setAccessibleName(self._reset.text())
        self.generation = GenerationBar()

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(SPACE_PX // 2)  # ten bars must fit above at 1280 x 800
        self._grid.setHorizontalSpacing(6 * SPACE_PX)
        self._n_columns = 0
        label = QLabel(self.tr("seed"))
        label.setBuddy(self._seed)
        self._seed_row = QWidget()
        seed_row = QHBoxLayout(self._seed_row)
        seed_row.setContentsMargins(0, 0, 0, 0)
        seed_row.setSpacing(SPACE_PX)
        for part in (label, self._seed, self._dice):
            seed_row.addWidget(part)
        fold_row = QHBoxLayout()
        fold_row.setSpacing(SPACE_PX)
        fold_row.addWidget(self.fold_button)
        fold_row.addWidget(self._summary, stretch=1)
        fold_row.addWidget(self._title, stretch=1)
        fold_row.addWidget(self._seed_row)
        fold_row.addWidget(self._reset)
        sliders = QWidget()
        rows = QVBoxLayout(sliders)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE_PX)
        rows.addLayout(self._grid)
        rows.addWidget(self.generation.wish)
        self._body = _Scrolled(sliders)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, 0, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX)
        column.addLayout(fold_row)
        column.addWidget(self._body)
        column.addWidget(self.generation)
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
        self.generation.height_changed.connect(self.height_changed)
        self.generation.text_wanted.connect(self._on_generation_text_wanted)
        self.fold_button.clicked.connect(self._on_fold_clicked)

    # --------------------------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if event.size().width() >= _TWO_COLUMNS_PX else 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            # The rows inside hear of the new font only after this.
            QTimer.singleShot(0, self, self._on_font_settled)

    @Slot()
    def _on_font_settled(self) -> None:
        self._line_up()

    @Slot()
    def _on_fold_clicked(self) -> None:
        self._is_unfolded_by_user = self._is_folded
        self._fold(not self._is_folded)

    @Slot()
    def _on_generation_text_wanted(self) -> None:
        if self._is_folded:
            self._on_fold_clicked()

    def _change(self, sampling: SamplingParams) -> None:
        self._sampling = sampling
        self._reset.setEnabled(sampling != _NEUTRAL)
        self._summarise()
        self.sampling_changed.emit(sampling)

    def _take(self, stage: Stage, value: float) -> None:
        """A stage that is switched off acts again once its value is changed."""
        sampling = self._sampling.with_value(stage, value)
        self._change(switched(sampling, stage, on=True))

    @Slot(float)
    def _on_temperature_value_changed(self, value: float) -> None:
        self._take("temperature", value)

    @Slot(float)
    def _on_top_k_value_changed(self, value: float) -> None:
        self._take("top_k", value)

    @Slot(float)
    def _on_top_p_value_changed(self, value: float) -> None:
        self._take("top_p", value)

    @Slot(float)
    def _on_min_p_value_changed(self, value: float) -> None:
        self._take("min_p", value)

    @Slot(float)
    def _on_penalty_value_changed(self, value: float) -> None:
        self._take("repetition", value)

    @Slot()
    def _on_dice_clicked(self) -> None:
        self._seed.change(random.SystemRandom().randrange(1_000_000))

    @Slot()
    def _on_reset_clicked(self) -> None:
        for name, slider in self._sliders.items():
            slider.set_value(float(getattr(_NEUTRAL, name)))
        self._change(_NEUTRAL)


class _Scrolled(QScrollArea):
    """As high as what it holds where there is room; else it scrolls."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setWidgetResizable(True)
        self.setWidget(content)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        layout = self._content.layout()
        if layout is not None:
            layout.activate()  # what is hidden else keeps the sizes of another font
        return self._content.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        least = self._content.minimumSizeHint()
        return QSize(least.width(), least.height() // 3)
