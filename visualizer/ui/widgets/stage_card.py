"""A card for one stage of the sampler: its switch, its value, and what it did."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visualizer.engine.sampling import SamplingParams
from visualizer.engine.sampling_outcomes import StageOutcome
from visualizer.engine.sampling_stages import Stage
from visualizer.engine.tokenization import Tokenizer
from visualizer.session.pipeline_view import is_neutral, switched
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.bias_editor import BiasEditor
from visualizer.ui.widgets.parameter_slider import ParameterSlider
from visualizer.ui.widgets.stage_facts import StageFacts
from visualizer.ui.widgets.stage_sliders import stage_explanation, stage_name, stage_slider

_RADIUS = 4


class StageCard(QWidget):
    """One stage.

    It is dragged by its heading or any place that is no control, and moved by Alt+Left and
    Alt+Right.

    Signals:
        sampling_changed: The user switched the stage or changed its value. (SamplingParams)
        moved: The user wants it so many places to the right. (stage: str, places: int)
        dragged: It is being dragged. (stage: str, place: QPoint in the card)
        dropped: It was let go. (stage: str, place: QPoint in the card)
    """

    sampling_changed = Signal(object)
    moved = Signal(str, int)
    dragged = Signal(str, QPoint)
    dropped = Signal(str, QPoint)

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage: Stage = stage
        self._sampling = SamplingParams()
        self._pressed: QPoint | None = None
        self._is_dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(stage_name(stage))
        self._switch = QCheckBox(stage_name(stage))
        font = self._switch.font()
        font.setBold(True)
        self._switch.setFont(font)
        self._switch.setToolTip(stage_explanation(stage))
        self._grip = QLabel("⠿")
        self._grip.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._grip.setCursor(Qt.CursorShape.OpenHandCursor)
        self._grip.setToolTip(self.tr("Drag to another place, or press Alt+Left or Alt+Right"))
        self._mark = QLabel(self.tr("⇄ order"))
        self._mark.setToolTip(
            self.tr(
                "Order matters here: before the stage to its left, this one would give another "
                "distribution."
            )
        )
        self._mark.setAccessibleName(self.tr("Order matters here"))
        keeps_room = self._mark.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self._mark.setSizePolicy(keeps_room)
        self._mark.hide()
        self._facts = StageFacts()
        self._slider: ParameterSlider | None = None
        self._editor: BiasEditor | None = None
        if stage == "bias":
            self._editor = BiasEditor()
            self._editor.sampling_changed.connect(self.sampling_changed)
        else:
            self._slider = stage_slider(stage)
            self._slider.hide_name()
            self._slider.value_changed.connect(self._on_slider_value_changed)
        self._lay_out()
        self._colour_mark()
        self._switch.toggled.connect(self._on_switch_toggled)
        for keys, slot in (
            ("Alt+Left", self._on_left_pressed),
            ("Alt+Right", self._on_right_pressed),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(SPACE_PX)
        heading.addWidget(self._switch)
        heading.addStretch(1)
        heading.addWidget(self._mark)
        heading.addWidget(self._grip)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE_PX, SPACE_PX, 2 * SPACE_PX, SPACE_PX)
        column.setSpacing(SPACE_PX // 2)
        column.addLayout(heading)
        if self._slider is not None:
            column.addWidget(self._slider)
            column.addWidget(self._facts)
            column.addStretch(1)
        elif self._editor is not None:
            halves = QHBoxLayout()
            halves.setSpacing(3 * SPACE_PX)
            halves.addWidget(self._editor, stretch=1)
            halves.addWidget(self._facts, alignment=Qt.AlignmentFlag.AlignTop)
            column.addLayout(halves, stretch=1)
            self._editor.setMinimumWidth(self._facts.sizeHint().width())
            self._facts.setFixedWidth(self._facts.sizeHint().width())

    @property
    def switch(self) -> QCheckBox:
        """Switches the stage on and off."""
        return self._switch

    @property
    def slider(self) -> ParameterSlider | None:
        """Its value; None for biases and bans."""
        return self._slider

    @property
    def editor(self) -> BiasEditor | None:
        """Its list; None for all but biases and bans."""
        return self._editor

    @property
    def facts_widget(self) -> StageFacts:
        """Where they are written."""
        return self._facts

    def texts(self) -> list[str]:
        """What the card says about the stage, line by line."""
        return self._facts.texts()

    def says_order_matters(self) -> bool:
        """Whether the card is marked as one whose place matters."""
        return not self._mark.isHidden()

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show the stage's switch and value; emits nothing."""
        self._sampling = sampling
        self._switch.blockSignals(True)
        self._switch.setChecked(self.stage not in sampling.off)
        self._switch.blockSignals(False)
        if self._slider is not None:
            self._slider.set_value(sampling.value_of(self.stage))
            self._slider.set_acting(self.stage not in sampling.off)
        if self._editor is not None:
            self._editor.set_sampling(sampling)

    def set_tokenizer(self, tokenizer: Tokenizer | None, n_ids: int) -> None:
        """Whose tokens are named."""
        if self._editor is not None:
            self._editor.set_tokenizer(tokenizer, n_ids)

    def set_outcome(
        self, outcome: StageOutcome | None, before_mass: float, *, order_matters: bool
    ) -> None:
        """Show what the stage did; see StageFacts."""
        note = ""
        if self.stage in self._sampling.off:
            note = self.tr("none (off)")
        elif is_neutral(self._sampling, self.stage):
            note = self.tr("none (neutral)")
        elif self.stage == "temperature" and self._sampling.temperature == 0:
            note = self.tr("all but the likeliest")
        self._facts.set_outcome(outcome, before_mass, note)
        self._facts.setToolTip(self._explanation())
        self._mark.setVisible(order_matters)

    def _explanation(self) -> str:
        text = self.tr(
            "Removed: tokens that this stage took out, and their share of what there was before "
            "it. Left: tokens that can still be drawn, and their share of the distribution "
            "before any stage. Choices: as many equally likely tokens would be as hard to guess "
            "as what is drawn after this stage."
        )
        return f"{stage_explanation(self.stage)}\n{text}"

    # --------------------------------------------------------------------------------- events

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_chosen = self.hasFocus() or self._is_dragged
        painter.setPen(QPen(QColor(theme.accent if is_chosen else theme.line), 1))
        painter.setBrush(QColor(theme.surface))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour_mark()

    def _colour_mark(self) -> None:
        colours = QPalette()
        colours.setColor(QPalette.ColorRole.WindowText, QColor(current_theme().warning))
        if self._mark.palette() != colours:
            self._mark.setPalette(colours)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        place = event.position().toPoint()
        far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._is_dragged:
            self._is_dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._is_dragged:
            self.dragged.emit(self.stage, place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged, self._is_dragged, self._pressed = self._is_dragged, False, None
        if was_dragged:
            self.unsetCursor()
            self.update()
            self.dropped.emit(self.stage, event.position().toPoint())

    @Slot(bool)
    def _on_switch_toggled(self, on: bool) -> None:
        self.sampling_changed.emit(switched(self._sampling, self.stage, on=on))

    @Slot(float)
    def _on_slider_value_changed(self, value: float) -> None:
        self.sampling_changed.emit(self._sampling.with_value(self.stage, value))

    @Slot()
    def _on_left_pressed(self) -> None:
        self.moved.emit(self.stage, -1)

    @Slot()
    def _on_right_pressed(self) -> None:
        self.moved.emit(self.stage, 1)
