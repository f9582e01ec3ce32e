"""What ends a generation, a pause in it, how fast it goes, and its steps once more."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
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

    It begins and ends in the tool bar, whose button opens `until_menu`.

    Signals:
        pause_toggled: Pause, or go on after a pause.
        count_changed: Tokens of a run. (count: int)
        until_changed: What ends a run. (until: object, an Until)
        stop_string_changed: Text that ends a run. (text: str)
        step_chosen: A generated step is to be looked at; the number of steps for the end. (int)
        text_wanted: The field of the text that ends a run is to be in sight.
        height_changed: The scrubber has come or gone.

    Attributes:
        until_menu: What ends a run, to choose from.
        wish: The row of controls, for whoever lays the bar out.
        progress: How many tokens were made and how fast; for whoever lays the bar out.
        scrubber: Over the generated steps; where room is short hidden while there are none.
    """

    pause_toggled = Signal()
    count_changed = Signal(int)
    until_changed = Signal(object)
    stop_string_changed = Signal(str)
    step_chosen = Signal(int)
    text_wanted = Signal()
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
        self._is_folded = self._has_steps = False

    def set_view(self, view: GenerationView) -> None:
        """Draw `view`; emits nothing."""
        self._pause.setEnabled(view.generating or view.paused)
        self._pause.setText(self.tr("Go on") if view.paused else self.tr("Pause"))
        self._pause.setAccessibleName(self._pause.text())
        self._pause.setToolTip(plain_tip(self._pause_tip(paused=view.paused)))
        with QSignalBlocker(self._count), QSignalBlocker(self._string):
            self._count.setValue(view.n_generate)
            if self._string.text() != view.stop_string:
                self._string.setText(view.stop_string)
        self._name_untils(view)
        self._show_until(view.until)
        self._write_progress(view)
        self.scrubber.set_view(view.replay)
        self._has_steps = view.replay.n_steps > 0
        self._show_scrubber()

    def set_folded(self, folded: bool) -> None:
        """Whether room is short: then the scrubber is there only while there are steps."""
        self._is_folded = folded
        self._show_scrubber()

    def _show_scrubber(self) -> None:
        shown = self._has_steps or not self._is_folded
        if shown == self.isHidden():
            self.setVisible(shown)
            self.height_changed.emit()

    # ------------------------------------------------------------------------------ building

    def _make_buttons(self) -> None:
        self._pause = _SteadyButton((self.tr("Pause"), self.tr("Go on")))
        self._pause.setEnabled(False)
        self._pause.setToolTip(plain_tip(self._pause_tip(paused=False)))

    def _make_until(self) -> None:
        self.until_menu = QMenu(self)
        self.until_menu.setToolTipsVisible(True)
        group = QActionGroup(self.until_menu)
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
            action = self.until_menu.addAction(text)
            action.setCheckable(True)
            action.setData(until)
            action.setToolTip(plain_tip(tip))
            group.addAction(action)
            self._untils[until] = action
        self._until_button = MenuButton("", self.until_menu)
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
        self.wish = QWidget()
        row = QHBoxLayout(self.wish)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_PX)
        row.addWidget(QLabel(self.tr("generate")))
        row.addWidget(self._until_button)
        row.addWidget(self._field)
        row.addWidget(self.progress, stretch=1)
        row.addWidget(self._pause)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.scrubber)
        self._show_until("count")

    def _connect(self) -> None:
        self._pause.clicked.connect(self.pause_toggled)
        self._count.valueChanged.connect(self.count_changed)
        self._string.textEdited.connect(self.stop_string_changed)
        self.until_menu.triggered.connect(self._on_until_menu_triggered)
        self.scrubber.step_chosen.connect(self.step_chosen)

    # ------------------------------------------------------------------------------- drawing

    def _pause_tip(self, *, paused: bool) -> str:
        if paused:
            return self.tr("Go on exactly where the generation was paused")
        return self.tr("Stop for now; going on gives the same text as if there was no pause")

    def _name_untils(self, view: GenerationView) -> None:
        """Say in the menu what each way comes to."""
        one = view.n_generate == 1
        count = self.tr("1 token") if one else self.tr("{n:,} tokens")
        self._untils["count"].setText(count.format(n=view.n_generate))
        string = self.tr("until “{text}”") if view.stop_string else self.tr("until …")
        self._untils["string"].setText(string.format(text=view.stop_string.replace("&", "&&")))

    def _show_until(self, until: str) -> None:
        action = self._untils[until]
        action.setChecked(True)
        names = {"count": self.tr("tokens"), "string": self.tr("until")}
        self._until_button.set_text(names.get(until, action.text()))
        self._until_button.setToolTip(
            self.tr("What ends a run: {what}").format(what=action.toolTip())
        )
        self._field.setCurrentIndex(list(self._untils).index(until))

    def _write_progress(self, view: GenerationView) -> None:
        is_here = view.generating or view.paused or view.replay.n_steps >= view.made
        if not view.made or not is_here:
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
            self.text_wanted.emit()
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
