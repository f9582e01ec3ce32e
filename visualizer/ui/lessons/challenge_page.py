"""The last lesson: an attention to mend, a head to find, three minutes to train in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from visualizer.lessons.attention import causal_mask, scaled_dot_product_attention, softmax
from visualizer.lessons.broken_attention import Puzzle, broken_weights, make_puzzles
from visualizer.ui.lessons.challenge_induction import InductionPane, words_twice
from visualizer.ui.lessons.challenge_mend import MendPane
from visualizer.ui.lessons.challenge_minutes import MinutesPane, table_loss
from visualizer.ui.lessons.drawn_exhibits import Numbers, chart_exhibit
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.training_curves import COLUMNS

_MEND, _INDUCTION, _MINUTES = range(3)


class ChallengePage(LessonPage):
    """Three challenges, one in sight."""

    key = "challenge"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._is_active = False
        self.mending = MendPane()
        self.induction = InductionPane(microscope)
        self.minutes = MinutesPane(self.make_task())
        self._stack = QStackedWidget()
        for pane in (self.mending, self.induction, self.minutes):
            self._stack.addWidget(pane)
        self.forms = QButtonGroup(self)
        names = (
            (self.tr("Mend an attention"), self.tr("Find out from its picture what is broken")),
            (self.tr("Find a head"), self.tr("The induction head of the model at hand")),
            (self.tr("Three minutes"), self.tr("Train a model that beats the table")),
        )
        lay_out_forms(self, self.forms, names, self._stack)
        self.forms.idClicked.connect(self.show_form)
        self.show_form(_MEND)

    def reset(self) -> None:
        """Every challenge as it begins, the first in sight."""
        self.mending.reset()
        self.induction.reset()
        self.minutes.reset()
        self.show_form(_MEND)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            broken_weights,
            Puzzle,
            make_puzzles,
            scaled_dot_product_attention,
            softmax,
            causal_mask,
            words_twice,
            table_loss,
        )

    def answer(self, question: str) -> Answer | None:
        """Of the picture on screen."""
        if question in ("hidden", "total", "factor"):
            return self.mending.answer(question)
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        """The picture, and the curves once there are some."""
        found = list(self.mending.exhibits())
        chart, curves = self.minutes.chart_now(), self.minutes.curves
        if chart is not None:
            arrays = {name: curves.column(name) for name in COLUMNS}
            numbers = Numbers(COLUMNS, curves.table().tolist(), arrays)
            found.append(chart_exhibit("three-minutes", self.tr("Three minutes"), chart, numbers))
        return found

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        if target == "try:induction":
            self.show_form(_INDUCTION)
        elif target == "try:minutes":
            self.show_form(_MINUTES)
        else:
            self.show_form(_MEND)
            self.mending.follow(target)

    def set_active(self, active: bool) -> None:
        self._is_active = active
        self.minutes.set_active(active and self._stack.currentIndex() == _MINUTES)

    def is_busy(self) -> bool:
        return super().is_busy() or self.minutes.is_running

    def shutdown(self, timeout_ms: int) -> bool:
        """End what runs; what was trained against the clock is not kept."""
        self.minutes.discard()
        return super().shutdown(timeout_ms)

    @Slot(int)
    def show_form(self, form: int) -> None:
        """Bring one of the challenges into sight."""
        self.forms.button(form).setChecked(True)
        self._stack.setCurrentIndex(form)
        self.set_active(self._is_active)
