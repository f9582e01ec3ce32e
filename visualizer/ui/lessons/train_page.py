"""Lesson 10: the tutorial's model, trained on a text of the reader's choice."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QDeadlineTimer, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import ModelRecord
from visualizer.lessons.script_run import VOCABULARY
from visualizer.lessons.training_settings import TrainingSettings
from visualizer.lessons.training_texts import RANDOM_VOCABULARY
from visualizer.ui.lessons.drawn_exhibits import Numbers, TableRows, chart_exhibit, matrix_exhibit
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.lessons.script_pane import ScriptPane, Switch
from visualizer.ui.lessons.source_listing import listed
from visualizer.ui.lessons.training_beside import BesidePane, OneLoop
from visualizer.ui.lessons.training_curves import COLUMNS, Curves
from visualizer.ui.lessons.training_pane import TrainingPane
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.choice_button import ChoiceButton

_WILD_RATE = 1e6
_TEXTS = {
    "try:random": ("random", "words"),
    "try:chinese": ("chinese", "characters"),
    "try:words": ("stories", "words"),
}
_SCRIPT_SWITCHES: dict[str, Switch | None] = {
    "try:script": None,
    "try:script-shifted": "shifted",
    "try:script-fresh": "fresh",
    "try:script-text": "text",
}
"""What is changed in the tutorial's script, by the link that runs it."""


class TrainPage(LessonPage):
    """Three panes, one in sight: training, two loops side by side, and the tutorial's script.

    Each goes on while another is looked at.
    """

    key = "train"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self.pane = TrainingPane(self.make_task())
        self.beside = BesidePane()
        self.show_training = ChoiceButton(self.tr("Train"))
        self.show_beside = ChoiceButton(self.tr("The tutorial's loop beside the right one"))
        self.script = ScriptPane(self.make_task())
        self.show_script = ChoiceButton(self.tr("The tutorial's script"))
        self._stack = QStackedWidget()
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE_PX)
        self._choices: tuple[tuple[ChoiceButton, QWidget], ...] = (
            (self.show_training, self.pane),
            (self.show_beside, self.beside),
            (self.show_script, self.script),
        )
        for button, pane in self._choices:
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
        self.script.reset()
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
            *listed("visualizer.lessons.script_run", "run_script"),
            *listed("visualizer.lessons.checkpoints", "save_training"),
            *listed("visualizer.lessons.exported_model", "export_model"),
        ]

    def answer(self, question: str) -> Answer | None:
        """What the questions of the text ask."""
        if question == "parameters":
            return _answer_on_parameters()
        if question == "copying":
            return self._answer_on_copying()
        if question in ("tokens-in-a-step", "last-loss"):
            return self._answer_on_script(question)
        return None

    def _answer_on_script(self, question: str) -> Answer | None:
        """What the script printed, as the tutorial has it."""
        printed = self.script.printed
        if printed is None or printed.result is None:
            return None
        result, guessing = printed.result, math.log(VOCABULARY)
        if question == "tokens-in-a-step":
            length, batch, _ = result.output_shape
            return Answer(length * batch, numbers={"shape": str(result.output_shape)})
        numbers = {
            "last": f"{result.losses[-1]:.2f}",
            "same": f"{result.same_token_loss:.2f}",
            "guessing": f"{guessing:.2f}",
        }
        return Answer(_beside_guessing(result.next_token_loss, guessing), numbers=numbers)

    def _answer_on_copying(self) -> Answer | None:
        """Where the loss of the next token went while the printed loop learned to copy."""
        printed = self.beside.printed
        first = printed.curves.column("next_token_loss")
        first = first[np.isfinite(first)]
        if printed.is_running or first.size < 2:
            return None
        guessing = printed.guessing
        numbers = {"first": f"{first[0]:.2f}", "guessing": f"{guessing:.2f}"}
        return Answer(_beside_guessing(float(first[-1]), guessing), numbers=numbers)

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
        return [*found, *self.script.exhibits()]

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
        if target in _SCRIPT_SWITCHES:
            self._look_at(self.script)
            self.script.show_changed(_SCRIPT_SWITCHES[target])
            return
        self._look_at(pane)
        if pane.run.state != "idle":
            pane.complaint.show_error(VisualizerError("A training is under way: stop it first."))
        elif target in ("try:small", "try:tutorial"):
            pane.sizes.set_preset(target.removeprefix("try:"))
        elif target in _TEXTS:
            pane.choose_text(*_TEXTS[target])
        elif target == "try:parameters":
            pane.sizes.set_preset("tutorial")
            pane.choose_text("random", "words")
        elif target == "try:start":
            pane.begin_small()
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
        for button, of_button in self._choices:
            button.setChecked(of_button is pane)

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
        for button, pane in self._choices:
            if button.isChecked():
                self._stack.setCurrentWidget(pane)


def _answer_on_parameters() -> Answer:
    tutorial = TrainingSettings()
    both_ends = 2 * RANDOM_VOCABULARY * tutorial.d_model + RANDOM_VOCABULARY
    n = tutorial.n_parameters(RANDOM_VOCABULARY)
    numbers = {
        "layers": str(tutorial.num_layers),
        "layer": f"{(n - both_ends) // tutorial.num_layers:,}",
        "vocabulary": f"{RANDOM_VOCABULARY:,}",
        "width": str(tutorial.d_model),
    }
    return Answer(n, numbers=numbers)


def _beside_guessing(loss: float, guessing: float) -> int:
    """0 if a loss is below that of guessing, 1 if it is about the same, 2 if it is above."""
    return 0 if loss < guessing - 0.5 else 2 if loss > guessing + 0.5 else 1


def _numbers(curves: Curves) -> Numbers:
    """All that is known of each step, whichever chart is exported."""
    table = curves.table()
    rows = [[int(row[0]), *(None if math.isnan(x) else float(x) for x in row[1:])] for row in table]
    return Numbers(COLUMNS, rows, {name: curves.column(name) for name in COLUMNS})


def _loop_exhibit(key: str, loop: OneLoop) -> Exhibit:
    title = loop.chart.accessibleName()
    return chart_exhibit(key, title, loop.chart_now(), _numbers(loop.curves))
