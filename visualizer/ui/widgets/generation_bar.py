"""The controls of generation: step, run or pause, stop, what ends a run, and how fast it goes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from visualizer.session.generated_steps import GenerationView
from visualizer.ui.plain_text import plain_tip
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.menu_button import MenuButton
from visualizer.ui.widgets.messages import ElidedLabel, make_quiet
from visualizer.ui.widgets.number_text import number_text
from visualizer.ui.widgets.step_scrubber import StepScrubber

_MOST_STOP_CHARS = 200
_LEAST_FIELD_PX = 56


class GenerationBar(QWidget):
    """Shows a GenerationView and reports what is asked for.

    Signals:
        step_requested: One token, please.
        run_toggled: Run, go on, or pause, whichever can be done.
        stop_requested: Of the generation that runs or is paused.
        count_changed: Tokens of a run. (count: int)
        until_changed: What ends a run. (until: object, an Until)
        stop_string_changed: Text that ends a run. (text: str)
        step_chosen: A generated step is to be looked at; the number of steps for the end. (int)
        height_changed: The scrubber has come or gone.

    Attributes:
        progress: How many tokens were made and how fast; for whoever lays the bar out.
        scrubber: Over the generated steps; hidden while there are none.
    """

    step_requested = Signal()
    run_toggled = Signal()
    stop_requested = Signal()
    count_changed = Signal(int)
    until_changed = Signal(object)
    stop_string_changed = Signal(str)
    step_chosen = Signal(int)
    height_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Generation"))
        self.progress = ElidedLabel()
        make_quiet(self.progress)
        self.scrubber = StepScrubber()
        self._make_buttons()
        self._make_until()
        self._lay_out()
        self._connect()
        self.scrubber.hide()

    def set_view(self, view: GenerationView) -> None:
        """Draw `view`; emits nothing."""
        self._step.setEnabled(view.can_generate)
        self._run.setEnabled(view.can_generate or view.generating)
        self._run.setText(self._run_text(view))
        self._run.setAccessibleName(self._run.text())
        self._run.setToolTip(plain_tip(self._run_tip(view)))
        self._stop.setEnabled(view.generating or view.paused)
        with QSignalBlocker(self._count), QSignalBlocker(self._string):
            self._count.setValue(view.n_generate)
            if self._string.text() != view.stop_string:
                self._string.setText(view.stop_string)
        self._show_until(view.until)
        self._write_progress(view)
        self.scrubber.set_view(view.replay)
        has_steps = view.replay.n_steps > 0
        if has_steps != self.scrubber.isVisibleTo(self):
            self.scrubber.setVisible(has_steps)
            self.height_changed.emit()

    # ------------------------------------------------------------------------------ building

    def _make_buttons(self) -> None:
        self._step = _SteadyButton((self.tr("Step"),))
        self._step.setToolTip(self.tr("Draw one token and put it at the end of the text"))
        self._run = _SteadyButton((self.tr("Run"), self.tr("Pause"), self.tr("Go on")))
        self._run.setToolTip(self.tr("Continue the text, token by token"))
        self._stop = _SteadyButton((self.tr("Stop"),))
        self._stop.setToolTip(self.tr("Stop generating; the tokens made so far stay"))

    def _make_until(self) -> None:
        self._until_menu = QMenu(self)
        self._until_menu.setToolTipsVisible(True)
        group = QActionGroup(self._until_menu)
        self._untils: dict[str, QAction] = {}
        for until, text, tip in (
            ("count", self.tr("tokens"), self.tr("Run for a number of tokens")),
            (
                "end",
                self.tr("until it ends"),
                self.tr("Run until the model ends its text, or its context is full"),
            ),
            (
                "string",
                self.tr("until"),
                self.tr("Run until this text has been generated, or the model ends its text"),
            ),
        ):
            action = self._until_menu.addAction(text)
            action.setCheckable(True)
            action.setData(until)
            action.setToolTip(plain_tip(tip))
            group.addAction(action)
            self._untils[until] = action
        self._until_button = MenuButton("", self._until_menu)
        self._count = QSpinBox(minimum=1, maximum=100_000, value=20)
        self._count.setKeyboardTracking(False)
        self._count.setAccessibleName(self.tr("Tokens to generate"))
        self._count.setToolTip(self.tr("How many tokens a run makes"))
        self._string = QLineEdit()
        self._string.setMaxLength(_MOST_STOP_CHARS)
        self._string.setAccessibleName(self.tr("Stop string"))
        self._string.setPlaceholderText(self.tr("text"))
        self._string.setToolTip(
            self.tr(
                "The run ends with the token that completes this text. That token stays as it "
                "was drawn, so a few more characters may follow."
            )
        )
        self._field = QStackedWidget()
        for field in (self._count, QWidget(), self._string):
            self._field.addWidget(field)
        self._field.setMinimumWidth(_LEAST_FIELD_PX)
        self._field.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        for button in (self._step, self._run, self._stop):
            row.addWidget(button)
        row.addSpacing(SPACE_PX)
        row.addWidget(self._until_button)
        row.addWidget(self._field, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX // 2)
        column.addLayout(row)
        column.addWidget(self.scrubber)
        self._show_until("count")

    def _connect(self) -> None:
        self._step.clicked.connect(self.step_requested)
        self._run.clicked.connect(self.run_toggled)
        self._stop.clicked.connect(self.stop_requested)
        self._count.valueChanged.connect(self.count_changed)
        self._string.textEdited.connect(self.stop_string_changed)
        self._until_menu.triggered.connect(self._on_until_menu_triggered)
        self.scrubber.step_chosen.connect(self.step_chosen)

    # ------------------------------------------------------------------------------- drawing

    def _run_text(self, view: GenerationView) -> str:
        if view.generating:
            return self.tr("Pause")
        return self.tr("Go on") if view.paused else self.tr("Run")

    def _run_tip(self, view: GenerationView) -> str:
        if view.generating:
            return self.tr("Stop for now; going on gives the same text as if there was no pause")
        if view.paused:
            return self.tr("Go on exactly where the generation was paused")
        return self.tr("Continue the text, token by token")

    def _show_until(self, until: str) -> None:
        action = self._untils[until]
        action.setChecked(True)
        self._until_button.set_text(action.text())
        self._until_button.setToolTip(
            self.tr("What ends a run: {what}").format(what=action.toolTip())
        )
        self._field.setCurrentIndex(list(self._untils).index(until))

    def _write_progress(self, view: GenerationView) -> None:
        if not view.made or not (view.generating or view.replay.n_steps):
            text = ""
        else:
            text = self.tr("{n:,} made").format(n=view.made)
            if view.tokens_per_second is not None:
                speed = number_text(view.tokens_per_second, 1)
                text += self.tr(", {speed}/s").format(speed=speed)
        self.progress.setText(text)
        tip = self.tr(
            "{text}\nTokens a second over the last ten tokens, with all that is shown of them."
        )
        self.progress.setToolTip(plain_tip(tip.format(text=text) if text else ""))

    @Slot(QAction)
    def _on_until_menu_triggered(self, action: QAction) -> None:
        until = action.data()
        self._show_until(until)
        if until == "string":
            self._string.setFocus()
        self.until_changed.emit(until)


class _SteadyButton(QPushButton):
    """A button as wide as the longest of its texts, so that nothing moves when they change."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__(texts[0])
        self._texts = texts
        self.setAccessibleName(texts[0])

    def sizeHint(self) -> QSize:
        longest = max(map(self.fontMetrics().horizontalAdvance, self._texts))
        return QSize(longest + 8 * SPACE_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
