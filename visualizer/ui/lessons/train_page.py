"""Lesson 10: the tutorial's model, trained on a text of the reader's choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QDeadlineTimer, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from visualizer.engine.records import ModelRecord
from visualizer.lessons.training_settings import TrainingSettings
from visualizer.lessons.training_texts import RANDOM_VOCABULARY
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, chart_exhibit, matrix_exhibit
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.training_beside import BesidePane, OneLoop
from visualizer.ui.lessons.training_curves import COLUMNS, Curves
from visualizer.ui.lessons.training_pane import TrainingPane
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton

_WILD_RATE = 1e6


class TrainPage(LessonPage):
    """Two panes, one in sight: the reader's training, and the tutorial's loop beside the right one.

    Both go on while the other is looked at.
    """

    key = "train"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self.pane = TrainingPane(self.make_task())
        self.beside = BesidePane()
        self.show_training = ChoiceButton(self.tr("Train"))
        self.show_beside = ChoiceButton(self.tr("The tutorial's loop beside the right one"))
        self._stack = QStackedWidget()
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        for button, pane in ((self.show_training, self.pane), (self.show_beside, self.beside)):
            group.addButton(button)
            row.addWidget(button)
            self._stack.addWidget(pane)
            button.clicked.connect(self._on_choice_clicked)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE_PX, 2 * SPACE_PX, 4 * SPACE_PX, 3 * SPACE_PX)
        column.setSpacing(2 * SPACE_PX)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.show_training.setChecked(True)
        self._wished = ""
        self.pane.model_wished.connect(self._on_model_wished)
        self.microscope.model_changed.connect(self._on_model_changed)

    def reset(self) -> None:
        """Put everything back; what was trained stays on the disk."""
        self.pane.reset()
        self.beside.reset()
        self._look_at(self.pane)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        """The tutorial's code, the loop, and how it is saved and opened again."""
        return [
            *listed(
                "visualizer.lessons.tutorial_model",
                "TransformerModel.__init__",
                "TransformerModel.forward",
                "TransformerModel._embed",
                "PositionalEncoding.__init__",
                "PositionalEncoding.forward",
                "generate_square_subsequent_mask",
            ),
            *listed(
                "visualizer.lessons.training",
                "Training._one_step",
                "Training._loss",
                "Training._batch",
                "Training.sample",
            ),
            *listed("visualizer.lessons.checkpoints", "save_training"),
            *listed("visualizer.lessons.exported_model", "export_model"),
        ]

    def answer(self, question: str) -> Answer | None:
        """What the questions of the text ask."""
        tutorial = TrainingSettings()
        if question == "parameters":
            return Answer(tutorial.n_parameters(RANDOM_VOCABULARY))
        if question == "guessing":
            return Answer(math.log(RANDOM_VOCABULARY), tolerance=0.05)
        if question == "tokens-in-a-step":
            return Answer(tutorial.batch * tutorial.length)
        if question == "copying":
            return self._answer_on_copying()
        return None

    def _answer_on_copying(self) -> Answer | None:
        """Where the loss of the next token went while the printed loop learned to copy."""
        printed = self.beside.printed
        first = printed.curves.column("next_token_loss")
        first = first[np.isfinite(first)]
        if printed.is_running or first.size < 2:
            return None
        last, guessing = float(first[-1]), printed.guessing
        if last > guessing + 0.5:
            return Answer(2)
        return Answer(0 if last < guessing - 0.5 else 1)

    def exhibits(self) -> Sequence[Exhibit]:
        """The curves and the map on show, and the two loops' curves."""
        found = []
        curves, charts = self.pane.curves, self.pane.charts()
        if len(curves):
            numbers = _numbers(curves)
            loss = charts.loss(**self.pane.loss_chart_options())  # type: ignore[arg-type]
            for key, title, chart in (
                ("loss", self.tr("Loss"), loss),
                ("gradient_norm", self.tr("Gradient norm"), charts.gradient_norm()),
                ("learning_rate", self.tr("Learning rate"), charts.learning_rate()),
                ("tokens_per_second", self.tr("Tokens per second"), charts.tokens_per_second()),
            ):
                found.append(chart_exhibit(key, title, chart, numbers))
        matrix, maps = self.pane.maps.matrix(), self.pane.maps.maps
        if matrix is not None and maps is not None:
            title = self.tr("Attention of {head} after step {n:,}")
            title = title.format(head=self.pane.maps.head_name(), n=maps.step)
            rows = TableRows(matrix.row_labels, matrix.values)
            numbers = Numbers(("query", *matrix.column_labels), rows, {"weights": maps.weights})
            found.append(matrix_exhibit("attention", title, matrix, numbers))
        for key, loop in (("printed", self.beside.printed), ("shifted", self.beside.shifted)):
            if len(loop.curves):
                found.append(_loop_exhibit(key, loop))
        return found

    def follow(self, target: str) -> None:
        """Change the experiment as a link says."""
        pane = self.pane
        if target == "look:open":
            pane.open_in_main_window()
            return
        if target == "try:beside":
            self._look_at(self.beside)
            self.beside.begin()
            return
        self._look_at(pane)
        if pane.run.state != "idle":
            return
        if target in ("try:small", "try:tutorial"):
            pane.sizes.set_preset(target.removeprefix("try:"))
        elif target == "try:random":
            pane.text.choose("random", "words")
        elif target == "try:chinese":
            pane.text.choose("chinese", "characters")
        elif target == "try:words":
            pane.text.choose("stories", "words")
        elif target == "try:start":
            pane.begin()
        elif target == "try:wild":
            pane.sizes.set_rate(_WILD_RATE)

    def is_busy(self) -> bool:
        """Whether the text is being counted, or a process starts, saves or trains."""
        return super().is_busy() or self.pane.run.state != "idle" or self.beside.is_running

    def shutdown(self, timeout_ms: int) -> bool:
        """Let what runs save and end."""
        self.pane.run.begin_shutdown()  # it saves while the others end
        self.beside.discard()
        deadline = QDeadlineTimer(timeout_ms)
        ended = super().shutdown(timeout_ms)
        return self.pane.shutdown(deadline.remainingTime()) and ended

    def _look_at(self, pane: QWidget) -> None:
        self._stack.setCurrentWidget(pane)
        self.show_training.setChecked(pane is self.pane)
        self.show_beside.setChecked(pane is self.beside)

    @Slot(str)
    def _on_model_wished(self, folder: str) -> None:
        self._wished = folder
        self.microscope.open_model(folder)

    @Slot(object)
    def _on_model_changed(self, model: ModelRecord) -> None:
        """Give the model something to read that it has tokens for."""
        if self._wished and str(model.source) == self._wished:
            self._wished = ""
            text = self.pane.readable_text()
            if text:
                self.microscope.run_prompt(text)

    @Slot()
    def _on_choice_clicked(self) -> None:
        self._look_at(self.pane if self.show_training.isChecked() else self.beside)


def _numbers(curves: Curves) -> Numbers:
    """All that is known of each step, whichever chart is exported."""
    table = curves.table()
    rows = [[int(row[0]), *(None if math.isnan(x) else float(x) for x in row[1:])] for row in table]
    return Numbers(COLUMNS, rows, {name: curves.column(name) for name in COLUMNS})


def _loop_exhibit(key: str, loop: OneLoop) -> Exhibit:
    title = loop.chart.accessibleName()
    return chart_exhibit(key, title, loop.chart_now(), _numbers(loop.curves))
