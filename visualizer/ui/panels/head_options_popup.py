"""The choices of colours and of the weights that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from visualizer.engine.treatment import HIDDEN, UNTREATED, Hidden
from visualizer.session.state import ColourScale, Palette, ScaleRange
from visualizer.session.views import HeadView
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.treatment_words import hidden_text
from visualizer.ui.widgets.colour_legend import legend_image
from visualizer.ui.widgets.colour_scale import LOG_FLOOR, tick_text
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox

GATHER_MS = 40
"""Moves of the slider are told this often at most: each may mean some work for the engine."""
_BAR_SIZE = QSize(56, 12)
_LEAST_SHARE = 10.0


class _PercentBox(WordSpinBox):
    """Per cent, without digits that say nothing."""

    def __init__(self) -> None:
        super().__init__({})
        self.setDecimals(1)
        self.setRange(1, 100)
        self.setSuffix(" %")

    def textFromValue(self, value: float) -> str:
        return f"{value:.1f}".removesuffix(".0")


class HeadOptionsPopup(QFrame):
    """Shows the choices of a HeadView, and reports what the user changes.

    Signals:
        colour_scale_changed: (ColourScale)
        scale_range_changed: (ScaleRange)
        palette_changed: (Palette)
        treatment_changed: At most once in GATHER_MS. (Treatment)
        choices_changed: The user changed any of them.

    Attributes:
        colour_scale, scale_range, palette_name, treatment: What is chosen.
        scale_box, range_box, palette_box: The choice of colours.
        hidden_boxes: A check box by what it hides.
        discount_box, mass_slider, join_box: The rest of the treatment.
        reset_button: Puts everything back.
    """

    colour_scale_changed = Signal(object)
    scale_range_changed = Signal(object)
    palette_changed = Signal(object)
    treatment_changed = Signal(object)
    choices_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName(self.tr("Colours and filter"))
        self.colour_scale: ColourScale = "linear"
        self.scale_range: ScaleRange = "one"
        self.palette_name: Palette = "ink"
        self.treatment = UNTREATED
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHER_MS)
        self._build_colours()
        self._build_weights()
        self._lay_out()
        self._connect()
        self._paint_palettes()
        self._draw()

    # ------------------------------------------------------------------------------ building

    def _build_colours(self) -> None:
        self.scale_box = _choice(
            self.tr("Colour scale"),
            (
                ("linear", self.tr("linear"), self.tr("Colours in proportion to the weights.")),
                (
                    "square root",
                    self.tr("square root"),
                    self.tr("Lifts faint weights; 0.25 lies in the middle."),
                ),
                (
                    "log",
                    self.tr("log"),
                    self.tr(
                        "Equal ratios are equal steps, for faint weights down to {floor}."
                    ).format(floor=tick_text(LOG_FLOOR)),
                ),
                (
                    "percentile",
                    self.tr("percentile"),
                    self.tr(
                        "By place among all weights above 0 of this head: every colour covers "
                        "equally many cells."
                    ),
                ),
                (
                    "row",
                    self.tr("per row"),
                    self.tr("Each weight as a share of the largest in its row."),
                ),
            ),
        )
        self.range_box = _choice(
            self.tr("Colour range"),
            (
                ("one", self.tr("up to 1"), self.tr("The last colour is a weight of 1.")),
                (
                    "largest",
                    self.tr("up to this head's largest"),
                    self.tr("The last colour is the largest weight of this head."),
                ),
                (
                    "all heads",
                    self.tr("up to the largest of all heads"),
                    self.tr(
                        "The last colour is the largest weight of any head, so that a colour "
                        "means the same in all of them."
                    ),
                ),
            ),
        )
        self._range_tip = self.range_box.toolTip()
        self.palette_box = _choice(
            self.tr("Palette"),
            (
                ("ink", self.tr("ink"), self.tr("One hue, from the paper on.")),
                (
                    "viridis",
                    "viridis",
                    self.tr("Several hues of even steps, safe for the colour-blind."),
                ),
                (
                    "cividis",
                    "cividis",
                    self.tr("Blue to yellow, the same to the colour-blind as to others."),
                ),
            ),
        )
        self.palette_box.setIconSize(_BAR_SIZE)

    def _build_weights(self) -> None:
        tips = {
            "first": self.tr("Weights on the first token, where many heads rest, become 0."),
            "special": self.tr("Weights on the tokenizer's special tokens become 0."),
            "diagonal": self.tr("Weights of a token on itself become 0."),
        }
        self.hidden_boxes: dict[Hidden, QCheckBox] = {}
        for hidden in HIDDEN:
            self.hidden_boxes[hidden] = box = QCheckBox(hidden_text(hidden))
            box.setAccessibleName(self.tr("Hide: {what}").format(what=hidden_text(hidden)))
            box.setToolTip(tips[hidden])
        self.discount_box = QCheckBox(self.tr("take what is left of a row as 100 %"))
        self.discount_box.setToolTip(
            self.tr("Each row is divided by its sum, so that what is left adds up to 1.")
        )
        self.mass_slider = ParameterSlider(
            self.tr("Keep largest"),
            SliderScale(_LEAST_SHARE, 100.0, decimals=0),
            _PercentBox(),
            100.0,
        )
        self.mass_slider.setToolTip(
            self.tr(
                "Of each row only its largest weights stay, as few as make up this share of "
                "the row; the others become 0."
            )
        )
        self.join_box = _choice(
            self.tr("Join tokens"),
            (
                ("tokens", self.tr("no, a cell per token"), self.tr("Nothing is joined.")),
                ("words", self.tr("to words"), self._join_tip()),
                ("sentences", self.tr("to sentences"), self._join_tip()),
            ),
        )
        self.reset_button = QPushButton(self.tr("Reset"))
        self.reset_button.setAutoDefault(False)
        self.reset_button.setAccessibleName(self.tr("Reset colours and filter"))
        self.reset_button.setToolTip(self.tr("Plain colours, and the weights as they are"))

    def _join_tip(self) -> str:
        return self.tr("Weights are summed over the keys joined, and averaged over the queries.")

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(*[3 * SPACE_PX] * 4)
        grid.setHorizontalSpacing(2 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        grid.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []
        for text, box in (
            (self.tr("Scale"), self.scale_box),
            (self.tr("Range"), self.range_box),
            (self.tr("Palette"), self.palette_box),
        ):
            self._add(grid, text, box, box)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        grid.addWidget(line, grid.rowCount(), 0, 1, 2)
        boxes = QHBoxLayout()
        boxes.setSpacing(3 * SPACE_PX)
        for hidden_box in self.hidden_boxes.values():
            boxes.addWidget(hidden_box)
        boxes.addStretch(1)
        self._add(grid, self.tr("Hide"), boxes, self.hidden_boxes["first"])
        grid.addWidget(self.discount_box, grid.rowCount(), 1)
        grid.addWidget(self.mass_slider, grid.rowCount(), 0, 1, 2)
        self._add(grid, self.tr("Join"), self.join_box, self.join_box)
        grid.addWidget(self.reset_button, grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignRight)

    def _add(
        self, grid: QGridLayout, text: str, what: QWidget | QHBoxLayout, buddy: QWidget
    ) -> None:
        label = PlainLabel(text)
        label.setBuddy(buddy)
        self._labels.append(label)
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        if isinstance(what, QWidget):
            grid.addWidget(what, row, 1)
        else:
            grid.addLayout(what, row, 1)

    def _connect(self) -> None:
        self.scale_box.activated.connect(self._on_scale_activated)
        self.range_box.activated.connect(self._on_range_activated)
        self.palette_box.activated.connect(self._on_palette_activated)
        for box in (*self.hidden_boxes.values(), self.discount_box):
            box.clicked.connect(self._on_weights_changed)
        self.join_box.activated.connect(self._on_weights_changed)
        self.mass_slider.value_changed.connect(self._on_mass_value_changed)
        self.reset_button.clicked.connect(self._on_reset_clicked)
        self._gathering.timeout.connect(self._on_gathering_timeout)

    # ------------------------------------------------------------------------------- drawing

    def set_view(self, view: HeadView) -> None:
        """Show the choices behind a view; emits nothing."""
        self.colour_scale = view.colour_scale
        self.scale_range = view.scale_range
        self.palette_name = view.palette
        if not self._gathering.isActive():  # else the slider is ahead of what was asked for
            wished = view.wished_treatment
            self.treatment = view.record.treatment if wished is None else wished
        self._draw()

    def range_counts(self) -> bool:
        """Whether the range means anything: by percentile and by row there is only one."""
        return self.colour_scale not in ("percentile", "row")

    def _draw(self) -> None:
        for box, value in (
            (self.scale_box, self.colour_scale),
            (self.range_box, self.scale_range),
            (self.palette_box, self.palette_name),
            (self.join_box, self.treatment.granularity),
        ):
            _choose(box, value)
        for hidden, check in self.hidden_boxes.items():
            check.setChecked(hidden in self.treatment.hidden)
        self.discount_box.setChecked(self.treatment.discount)
        self.mass_slider.set_value(round(100 * self.treatment.top_mass, 9))
        self.range_box.setEnabled(self.range_counts())
        self.range_box.setToolTip(
            self._range_tip
            if self.range_counts()
            else self.tr("By percentile and per row, colours always reach from 0 to the largest.")
        )
        self.reset_button.setEnabled(not self._is_plain())

    def _is_plain(self) -> bool:
        colours = (self.colour_scale, self.scale_range, self.palette_name)
        return colours == ("linear", "one", "ink") and self.treatment == UNTREATED

    def _paint_palettes(self) -> None:
        """The colours of each palette, beside its name."""
        ratio, theme = self.devicePixelRatioF(), current_theme()
        for place in range(self.palette_box.count()):
            bar = legend_image(theme, self.palette_box.itemData(place))
            picture = QPixmap.fromImage(bar.scaled(_BAR_SIZE * ratio))
            painter = QPainter(picture)  # the first colour is the paper's
            painter.setPen(QPen(QColor(theme.removed), 2 * ratio))
            painter.drawRect(picture.rect())
            painter.end()
            picture.setDevicePixelRatio(ratio)
            self.palette_box.setItemIcon(place, QIcon(picture))

    def _line_up(self) -> None:
        """Let the slider begin where the other choices do, in the font as it is."""
        widths = [label.sizeHint().width() for label in self._labels]
        name_px, spin_px = self.mass_slider.column_widths()
        name_px = max(*widths, name_px)
        self.mass_slider.set_column_widths(name_px, spin_px)
        for label in self._labels:
            label.setMinimumWidth(name_px)

    def showEvent(self, event: QShowEvent) -> None:
        self._line_up()
        self._paint_palettes()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._gathering.isActive():
            self._tell_treatment()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)  # Fusion's own frame cannot be seen on dark paper
        painter.setPen(QColor(current_theme().removed))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_palettes()

    # ------------------------------------------------------------------------------ reacting

    def _tell_treatment(self) -> None:
        self._gathering.stop()
        self.treatment_changed.emit(self.treatment)

    def _changed(self) -> None:
        self._draw()
        self.choices_changed.emit()

    @Slot()
    def _on_scale_activated(self) -> None:
        self.colour_scale = self.scale_box.currentData()
        self._changed()
        self.colour_scale_changed.emit(self.colour_scale)

    @Slot()
    def _on_range_activated(self) -> None:
        self.scale_range = self.range_box.currentData()
        self._changed()
        self.scale_range_changed.emit(self.scale_range)

    @Slot()
    def _on_palette_activated(self) -> None:
        self.palette_name = self.palette_box.currentData()
        self._changed()
        self.palette_changed.emit(self.palette_name)

    @Slot()
    def _on_weights_changed(self) -> None:
        self.treatment = replace(
            self.treatment,
            hidden=tuple(hidden for hidden in HIDDEN if self.hidden_boxes[hidden].isChecked()),
            discount=self.discount_box.isChecked(),
            granularity=self.join_box.currentData(),
        )
        self._changed()
        self._tell_treatment()

    @Slot(float)
    def _on_mass_value_changed(self, value: float) -> None:
        self.treatment = replace(self.treatment, top_mass=value / 100)
        self._changed()
        if not self._gathering.isActive():
            self._gathering.start()

    @Slot()
    def _on_gathering_timeout(self) -> None:
        self._tell_treatment()

    @Slot()
    def _on_reset_clicked(self) -> None:
        before = (self.colour_scale, self.scale_range, self.palette_name, self.treatment)
        self.colour_scale, self.scale_range, self.palette_name = "linear", "one", "ink"
        self.treatment = UNTREATED
        self.scale_box.setFocus()  # the button is about to be disabled
        self._changed()
        for old, new, signal in (
            (before[0], self.colour_scale, self.colour_scale_changed),
            (before[1], self.scale_range, self.scale_range_changed),
            (before[2], self.palette_name, self.palette_changed),
        ):
            if old != new:
                signal.emit(new)
        if self._gathering.isActive() or before[3] != UNTREATED:
            self._tell_treatment()


def _choice(name: str, entries: Iterable[tuple[str, str, str]]) -> QComboBox:
    """A combo box of (value, text, explanation)."""
    box = QComboBox()
    box.setAccessibleName(name)
    tips = []
    for value, text, tip in entries:
        box.addItem(text, value)
        box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        tips.append(f"{text}: {tip}")
    box.setToolTip("\n".join(dict.fromkeys(tips)))
    return box


def _choose(box: QComboBox, value: str) -> None:
    with QSignalBlocker(box):
        box.setCurrentIndex(box.findData(value))
