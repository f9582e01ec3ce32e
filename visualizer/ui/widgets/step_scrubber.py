"""A scrubber over the generated steps: what each token was drawn from, once more."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from visualizer.session.generated_steps import ReplayView
from visualizer.ui.icons import themed_icon
from visualizer.ui.theme import SPACE_PX, current_theme
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.number_text import number_text

PACES = (1, 2, 5, 10)
"""Steps a second of a replay."""
_LABEL_PX = 150


class StepScrubber(QWidget):
    """Shows a ReplayView and reports which step is to be looked at.

    Signals:
        step_chosen: From 0; the number of steps for the end of the text. (index: int)
    """

    step_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Replay of the generated tokens"))
        self._view = ReplayView()
        self._timer = QTimer(self, interval=1000 // PACES[1])
        self._make_parts()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_PX)
        for button in (self._back, self._play, self._forward):
            row.addWidget(button)
        row.addWidget(self._slider, stretch=1)
        row.addWidget(self._label)
        row.addWidget(self._pace)
        self._connect()
        self._draw_icon()

    @property
    def is_playing(self) -> bool:
        """Whether it goes from step to step by itself."""
        return self._timer.isActive()

    def text(self) -> str:
        """What is said of the step on show."""
        return self._label.text()

    def set_view(self, view: ReplayView) -> None:
        """Draw `view`; emits nothing."""
        self._view = view
        with QSignalBlocker(self._slider):
            self._slider.setMaximum(view.n_steps)
            self._slider.setValue(view.n_steps if view.index is None else view.index)
        self._back.setEnabled(view.n_steps > 0 and view.index != 0)
        self._forward.setEnabled(view.index is not None)
        self.setEnabled(view.n_steps > 0)
        self._write()
        if view.n_steps == 0:
            self._set_playing(False)

    # -------------------------------------------------------------------------------- wishes

    @Slot()
    def go_back(self) -> None:
        """Look at the step before."""
        at = self._view.n_steps if self._view.index is None else self._view.index
        if at > 0:
            self.step_chosen.emit(at - 1)

    @Slot()
    def go_forward(self) -> None:
        """Look at the next step, and after the last one at the end."""
        if self._view.index is not None:
            self.step_chosen.emit(self._view.index + 1)

    @Slot()
    def toggle_playing(self) -> None:
        """Go through the steps one after the other, from the first if none is on show; or halt."""
        playing = not self.is_playing and self._view.n_steps > 0
        self._set_playing(playing)
        if playing and self._view.index is None:
            self.step_chosen.emit(0)

    # ------------------------------------------------------------------------------ building

    def _make_parts(self) -> None:
        self._back = self._button(self.tr("Step back"), Qt.ArrowType.LeftArrow)
        self._back.setToolTip(self.tr("Look at the step before"))
        self._forward = self._button(self.tr("Step forward"), Qt.ArrowType.RightArrow)
        self._forward.setToolTip(self.tr("Look at the next step"))
        self._play = self._button(self.tr("Replay"), Qt.ArrowType.NoArrow)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setMinimumWidth(60)
        self._slider.setPageStep(10)
        self._slider.setAccessibleName(self.tr("Generated step"))
        self._slider.setToolTip(
            self.tr(
                "Every generated token with what it was drawn from; at the right end, what is next"
            )
        )
        self._label = ElidedLabel()
        self._label.setMinimumWidth(_LABEL_PX)
        make_quiet(self._label)
        self._paces = QMenu(self)
        group = QActionGroup(self._paces)
        for pace in PACES:
            action = self._paces.addAction(self._pace_text(pace))
            action.setData(pace)
            action.setCheckable(True)
            action.setChecked(pace == PACES[1])
            group.addAction(action)
        self._pace = MenuButton("", self._paces)
        self._pace.setToolTip(self.tr("How fast the replay goes"))
        self._show_pace(PACES[1])

    def _button(self, name: str, arrow: Qt.ArrowType) -> QToolButton:
        button = QToolButton()
        button.setArrowType(arrow)
        button.setAutoRaise(True)
        button.setAutoRepeat(arrow != Qt.ArrowType.NoArrow)
        button.setAccessibleName(name)
        return button

    def _connect(self) -> None:
        self._back.clicked.connect(self.go_back)
        self._forward.clicked.connect(self.go_forward)
        self._play.clicked.connect(self.toggle_playing)
        self._slider.valueChanged.connect(self._on_slider_value_changed)
        self._paces.triggered.connect(self._on_paces_triggered)
        self._timer.timeout.connect(self._on_timer_timeout)

    # ------------------------------------------------------------------------------- drawing

    def _set_playing(self, playing: bool) -> None:
        if playing:
            self._timer.start()
        else:
            self._timer.stop()
        self._draw_icon()

    def _draw_icon(self) -> None:
        self._play.setIcon(themed_icon("pause" if self.is_playing else "generate", current_theme()))
        tip = self.tr("Halt the replay") if self.is_playing else self.tr("Replay all steps")
        self._play.setToolTip(tip)

    def _show_pace(self, pace: int) -> None:
        self._pace.set_text(self.tr("{n}/s").format(n=pace))
        self._pace.setAccessibleName(self._pace_text(pace))

    def _pace_text(self, pace: int) -> str:
        text = self.tr("1 step a second") if pace == 1 else self.tr("{n} steps a second")
        return text.format(n=pace)

    def _write(self) -> None:
        view, step = self._view, self._view.step
        if view.index is None or step is None:
            text = self.tr("1 step") if view.n_steps == 1 else self.tr("{n:,} steps")
            if not view.n_steps:
                text = self.tr("no step yet")
            self._label.setText(text.format(n=view.n_steps))
            self._label.setToolTip("")
            return
        place = self.tr("step {k:,} of {n:,}").format(k=view.index + 1, n=view.n_steps)
        before, after = _per_cent(step.prob), _per_cent(step.sampled_prob)
        probs = before if before == after else f"{before} → {after}"
        self._label.setText(f"{place}   {view.text} {probs}")
        rank = f"{step.rank:,}" if step.rank else "–"
        self._label.setToolTip(
            self.tr(
                "{place}: {token}\nProbability {before}, after the sampling parameters {after}\n"
                "Rank {rank}, seed {seed}, draw {draw:,}"
            ).format(
                place=place,
                token=view.text,
                before=before,
                after=after,
                rank=rank,
                seed=step.seed,
                draw=step.draw + 1,
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_playing(False)

    @Slot(int)
    def _on_slider_value_changed(self, value: int) -> None:
        self.step_chosen.emit(value)

    @Slot(QAction)
    def _on_paces_triggered(self, action: QAction) -> None:
        pace = int(action.data())
        self._show_pace(pace)
        self._timer.setInterval(1000 // pace)

    @Slot()
    def _on_timer_timeout(self) -> None:
        index = self._view.index
        if index is None or index + 1 >= self._view.n_steps:
            self._set_playing(False)
        if index is not None:
            self.step_chosen.emit(index + 1)


def _per_cent(prob: float) -> str:
    return f"{number_text(100 * prob, 1)} %"
