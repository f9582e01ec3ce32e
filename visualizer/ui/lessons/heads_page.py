"""Lesson 7: several heads side by side, by hand and in the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from visualizer.lessons.attention import (
    MultiHeadSteps,
    MultiHeadWeights,
    multi_head_attention,
    scaled_dot_product_attention,
    spell_out_output,
    spell_out_projection,
    spell_out_weight,
)
from visualizer.lessons.heads import count_parameters, head_matrices, seeded_heads, switch_off
from visualizer.session.head_labels import LabelName, labels_of, uniform_metrics
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.heads_compare import ComparePane
from visualizer.ui.lessons.heads_hand import HandHeadsPane
from visualizer.ui.lessons.heads_model import REPEATED, STORY, TEXTS, ModelHeads
from visualizer.ui.lessons.heads_numbers import HEADS, SENTENCE, WIDTH, hand_heads
from visualizer.ui.lessons.matrix_grid import MatrixGrid
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.metric_words import label_name
from visualizer.ui.widgets.matrix_view import Matrix

_HAND, _COMPARE, _MODEL = range(3)
_LOOKS: dict[str, tuple[LabelName, str]] = {
    "induction": ("induction", REPEATED),
    "duplicate": ("duplicate token", REPEATED),
    "previous": ("previous token", STORY),
    "sink": ("sink", STORY),
    "diagonal": ("diagonal", STORY),
    "local": ("local", STORY),
}
"""What the lesson's links into the main panels look for, and on which text."""


class HeadsPage(LessonPage):
    """Heads by hand, one head against several, and what those of the model specialise in."""

    key = "heads"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self.hand = HandHeadsPane()
        self.compare = ComparePane()
        self.model = ModelHeads(microscope)
        self._stack = QStackedWidget()
        for pane in (self.hand, self.compare, self.model):
            self._stack.addWidget(pane)
        self.forms = QButtonGroup(self)
        self._lay_out()
        self.forms.idClicked.connect(self._on_form_clicked)
        self.hand.changed.connect(self._on_hand_changed)
        self.reset()

    def _lay_out(self) -> None:
        names = (
            (self.tr("By hand"), self.tr("A sentence through several heads, every number")),
            (self.tr("One or many"), self.tr("One wide head against several narrow ones")),
            (self.tr("The model’s heads"), self.tr("What they specialise in, on a text")),
        )
        lay_out_forms(self, self.forms, names, self._stack)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """By hand, with the sentence and the sizes of the beginning."""
        self.hand.reset()
        self.model.reset()
        self.show_form(_HAND)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            multi_head_attention,
            scaled_dot_product_attention,
            MultiHeadSteps,
            MultiHeadWeights,
            seeded_heads,
            switch_off,
            head_matrices,
            count_parameters,
            spell_out_weight,
            spell_out_output,
            spell_out_projection,
            labels_of,
            uniform_metrics,
        )

    def answer(self, question: str) -> Answer | None:
        """Computed on the numbers with which the lesson begins."""
        begun = hand_heads(SENTENCE, WIDTH, HEADS, 0)
        n_columns = int(begun.steps.concatenated.shape[1])
        numbers = {
            "heads": f"{HEADS}", "head_width": f"{begun.head_width}", "width": f"{n_columns}",
        }  # fmt: skip
        if question == "joined":
            return Answer(n_columns, numbers=numbers)
        if question == "parameters":
            costs = [count_parameters(begun.weights, n) for n in (1, HEADS)]
            right = 0 if costs[0] == costs[1] else 1 if costs[1] > costs[0] else 2
            return Answer(right, numbers=numbers)
        if question == "off":
            sizes = _losses()
            least = int(np.argmin(sizes))
            numbers = {"least": f"{least}", "size": f"{sizes[least]:.2f}"}
            return Answer(int(np.argmax(sizes)), numbers=numbers)
        if question == "all-off":
            gone = hand_heads(SENTENCE, WIDTH, HEADS, 0, off=frozenset(range(HEADS)))
            return Answer(float(np.abs(gone.left.output).max()), 1e-9, numbers)
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        return [self._hand_exhibit(), *self._compare_exhibit(), *self._model_exhibit()]

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        kind, _, key = target.partition(":")
        if kind == "look":
            if key in _LOOKS:
                self.model.look_for(*_LOOKS[key])
            return
        if key in ("repeated", "story"):
            self.show_form(_MODEL)
            self.model.run_text(TEXTS[key])
        elif key in ("model", "compare"):
            self.show_form(_MODEL if key == "model" else _COMPARE)
        else:
            self.show_form(_HAND)
            self._try(key)

    def _try(self, key: str) -> None:
        hand = self.hand
        if key == "begin":
            hand.reset()
        elif key == "weights":
            hand.look_at("weights", 1, 2, 4)
        elif key == "joined":
            hand.look_at("concatenated", 0, 1, 2)
        elif key == "output":
            hand.look_at("output", 0, 1, 0)
        elif key == "off":
            hand.switches[1].setChecked(False)
            hand.look_at("concatenated", 0, 1, hand.shown.head_width)
        elif key in ("most", "all-off"):
            hand.reset()
            most = int(np.argmax(_losses()))
            for head in range(HEADS):
                hand.switches[head].setChecked(head != most and key == "most")
            hand.look_at("output", 0, 1, 0)
        elif key in ("two", "eight", "uneven"):
            hand.set_sizes(WIDTH, {"two": 2, "eight": 8, "uneven": 3}[key])

    def is_busy(self) -> bool:
        return super().is_busy() or (
            self._stack.currentWidget() is self.model and self.model.is_waiting
        )

    def show_form(self, form: int) -> None:
        """Bring one of the experiments into sight."""
        self.forms.button(form).setChecked(True)
        self._stack.setCurrentIndex(form)

    @Slot(int)
    def _on_form_clicked(self, form: int) -> None:
        self.show_form(form)

    @Slot()
    def _on_hand_changed(self) -> None:
        self.compare.show_heads(self.hand.shown, causal=self.hand.causal.isChecked())

    # ------------------------------------------------------------------------------- exhibits

    def _hand_exhibit(self) -> Exhibit:
        matrices = self.hand.matrices()
        shown = self.hand.shown
        title = self.tr("Heads by hand")
        by_head = [
            tuple(
                (name.format(head=head), matrices[f"{key}_{head}"]) for head in range(shown.n_heads)
            )
            for name, key in (
                (self.tr("head {head}"), "weights"),
                (self.tr("output of head {head}"), "output"),
            )
        ]
        whole = (
            (self.hand.concatenated.accessibleName(), matrices["concatenated"]),
            ("W_O", matrices["w_o"]),
            (self.hand.output.accessibleName(), matrices["output"]),
        )
        figure = MatrixGrid((*by_head, whole))
        rows = [
            # On the page, only the first head's rows are named: the others stand beside it.
            (
                name,
                matrix.row_name(row) if name == "w_o" else shown.words[row],
                row,
                column,
                float(value),
            )
            for name, matrix in matrices.items()
            for (row, column), value in np.ndenumerate(matrix.values)
        ]
        arrays = {name: matrix.values.copy() for name, matrix in matrices.items()}
        arrays["x"] = shown.x
        columns = ("step", "name", "row", "column", "value")
        return Exhibit("heads", title, figure.size, figure.paint, columns, rows, arrays)

    def _compare_exhibit(self) -> list[Exhibit]:
        shown = self.compare.shown
        if shown is None:
            return []
        words = shown.many.words
        maps = {"one": shown.one.heads[0].weights}
        maps |= {f"head_{h}": each.weights for h, each in enumerate(shown.many.steps.heads)}
        cells = tuple(
            (name.replace("_", " "), Matrix(weights, words, words, colours="weights"))
            for name, weights in maps.items()
        )
        figure = MatrixGrid((cells,))
        rows = [
            ("one", 1, shown.many.x.shape[1], shown.cost_of_one),
            ("many", shown.many.n_heads, shown.many.head_width, shown.cost_of_many),
        ]
        title = self.tr("One head and several")
        columns = ("name", "heads", "head_width", "parameters")
        return [Exhibit("one-or-many", title, figure.size, figure.paint, columns, rows, maps)]

    def _model_exhibit(self) -> list[Exhibit]:
        view = self.model.view
        best = [(kind, head) for kind in self.model.kinds for head in kind.best[:1]]
        if view is None or not best:
            return []
        cells = tuple(
            (
                f"{label_name(kind.name)}, L{head.member[0]}·H{head.member[1]}",
                Matrix(head.picture.astype(np.float64), colours="weights"),
            )
            for kind, head in best
        )
        figure = MatrixGrid((cells[:3], cells[3:]))
        rows = [
            (kind.name, *head.member, head.score, kind.uniform, kind.n_queries, head.has_label)
            for kind in self.model.kinds
            for head in kind.best
        ]
        arrays = {kind.name.replace(" ", "_"): head.picture.copy() for kind, head in best}
        columns = ("kind", "layer", "head", "score", "by_chance", "n_queries", "has_label")
        title = self.tr("Heads of {model} by what they look at").format(model=view.model_name)
        return [Exhibit("model-heads", title, figure.size, figure.paint, columns, rows, arrays)]


def _losses() -> list[float]:
    """By how much the output of the beginning changes at most without each of the heads."""
    return [
        float(np.abs(hand_heads(SENTENCE, WIDTH, HEADS, 0, off=frozenset({head})).change).max())
        for head in range(HEADS)
    ]
