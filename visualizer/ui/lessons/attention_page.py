"""Lesson 6: self-attention by hand, and the same steps in a head of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from visualizer.engine.records import Float64Array
from visualizer.lessons.attention import (
    AttentionSteps,
    causal_mask,
    scaled_dot_product_attention,
    self_attention,
    softmax,
    spell_out_output,
    spell_out_product,
    spell_out_projection,
    spell_out_scaled,
    spell_out_weight,
)
from visualizer.lessons.positions import rotary_frequencies, rotary_scores, rotate
from visualizer.ui.lessons.attention_cells import Step
from visualizer.ui.lessons.attention_hand import (
    HEAD_WIDTH,
    TOKENS,
    WIDTH,
    HandAttention,
    HandNumbers,
    first_numbers,
    steps_of,
)
from visualizer.ui.lessons.attention_head import HeadAttention
from visualizer.ui.lessons.attention_rotary import BASE, RotaryPane
from visualizer.ui.lessons.drawn_exhibits import chart_exhibits
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.matrix_grid import grid_exhibit
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage
from visualizer.ui.widgets.matrix_view import MatrixView

PROMPT = "The quick brown fox jumps over the lazy"
"""For the main panels."""
_HAND, _HEAD, _ROTARY = range(3)
_CELLS: dict[str, tuple[Step, int, int]] = {
    "query": ("q", 1, 0),
    "score": ("scores", 1, 2),
    "scaled": ("scaled", 1, 2),
    "softmax": ("weights", 1, 2),
    "output": ("output", 1, 0),
}
"""Cells that the lesson's links point at."""
_HAND_GRID: tuple[tuple[Step | None, ...], ...] = (
    (None, "w_q", "w_k", "w_v"),
    ("x", "q", "k", "v"),
    ("scores", "scaled", "masked", "weights"),
    (None, None, None, "output"),
)
_HEAD_GRID: tuple[tuple[Step | None, ...], ...] = (
    ("q", "k", "v", "output"),
    ("scores", "scaled", "masked", "weights"),
)


class AttentionPage(LessonPage):
    """Every step of attention as a matrix, on numbers to type and on those of the model."""

    key = "attention"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self.hand = HandAttention()
        self.head = HeadAttention(microscope)
        self.rotary = RotaryPane(microscope)
        self._is_active = False
        self._stack = QStackedWidget()
        self._stack.addWidget(self.hand)
        self._stack.addWidget(self.head)
        self._stack.addWidget(self.rotary)
        self.forms = QButtonGroup(self)
        self._lay_out()
        self.forms.idClicked.connect(self._on_form_clicked)
        self.reset()

    def _lay_out(self) -> None:
        names = (
            (self.tr("By hand"), self.tr("A few tokens with numbers that can be typed")),
            (self.tr("A head of the model"), self.tr("The same steps with the model’s numbers")),
            (self.tr("Rotary embedding"), self.tr("Queries and keys turned by their position")),
        )
        lay_out_forms(self, self.forms, names, self._stack)

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """By hand, with the numbers of the beginning; the head that the main panels show."""
        self.hand.reset()
        self.head.reset()
        self.rotary.reset()
        self.show_form(_HAND)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            self_attention,
            scaled_dot_product_attention,
            softmax,
            causal_mask,
            AttentionSteps,
            spell_out_projection,
            spell_out_product,
            spell_out_scaled,
            spell_out_weight,
            spell_out_output,
            rotary_frequencies,
            rotate,
            rotary_scores,
        )

    def answer(self, question: str) -> Answer | None:
        """Computed by the lesson's own functions, on the numbers with which it begins."""
        begun = first_numbers()
        plain = steps_of(begun, TOKENS, WIDTH, HEAD_WIDTH, causal=False)
        if question == "score":
            numbers = {"q": _vector(plain.q[1]), "k": _vector(plain.k[2])}
            return Answer(float(plain.scores[1, 2]), 1e-6, numbers)
        if question == "first-token":
            masked = steps_of(begun, TOKENS, WIDTH, HEAD_WIDTH, causal=True)
            return Answer(float(masked.weights[0, 0]), 1e-6)
        if question == "zero-query":
            steps = steps_of(_without_queries(begun), TOKENS, WIDTH, HEAD_WIDTH, causal=False)
            return Answer(float(steps.weights[1, 2]), 0.005, {"n": str(TOKENS)})
        if question == "double":
            doubled = HandNumbers(begun.x, begun.w_q, 2 * begun.w_k, begun.w_v)
            steps = steps_of(doubled, TOKENS, WIDTH, HEAD_WIDTH, causal=False)
            before, after = float(plain.weights[1].max()), float(steps.weights[1].max())
            numbers = {"before": f"{before:.2f}"}
            return Answer(2 if before == after else int(after < before), numbers=numbers)
        if question == "fastest":
            frequencies = rotary_frequencies(64)
            numbers = {"base": f"{BASE:.0f}"}
            return Answer(0 if int(np.argmax(frequencies)) == 0 else 1, numbers=numbers)
        return None

    def exhibits(self) -> Sequence[Exhibit]:
        hand = self.hand.linked.matrices()
        found = [
            grid_exhibit(
                "by-hand", self.tr("Attention by hand"), hand, _titles(self.hand.views), _HAND_GRID
            )
        ]
        record = self.head.record
        if record is not None:
            title = self.tr("Attention of layer {layer}, head {head}").format(
                layer=record.layer, head=record.head
            )
            matrices = self.head.linked.matrices()
            titles = _titles(self.head.views)
            found.append(grid_exhibit("head", title, matrices, titles, _HEAD_GRID))
        for key, view in (
            ("rotary-turns", self.rotary.rates),
            ("rotary-scores", self.rotary.scores),
        ):
            found += chart_exhibits(key, view.accessibleName(), view)
        return found

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        kind, _, key = target.partition(":")
        if kind == "look":
            if key == "prompt":
                self.microscope.show_prompt(PROMPT)
            else:
                self.microscope.show_head(self.head.layer.value(), self.head.head.value())
        elif key == "head":
            self.show_form(_HEAD)
        elif key == "rotary":
            self.show_form(_ROTARY)
        else:
            self.show_form(_HAND)
            self._try(key)

    def set_active(self, active: bool) -> None:
        self._is_active = active
        self.head.set_active(active and self._stack.currentWidget() is self.head)
        self.rotary.set_active(active and self._stack.currentWidget() is self.rotary)

    def is_busy(self) -> bool:
        return super().is_busy() or self.head.is_waiting or self.rotary.is_waiting

    # ------------------------------------------------------------------------------ its forms

    def show_form(self, form: int) -> None:
        """By hand, a head of the model, or the rotation of queries and keys."""
        self.forms.button(form).setChecked(True)
        self._stack.setCurrentIndex(form)
        self.set_active(self._is_active)

    def _try(self, key: str) -> None:
        hand = self.hand
        if key in _CELLS:
            hand.linked.look_at(*_CELLS[key])
        elif key == "mask":
            hand.causal.setChecked(True)
            hand.linked.look_at("masked", 0, min(2, hand.tokens.value() - 1))
        elif key == "random":
            hand.random.click()
        elif key == "begin":
            hand.reset()
        elif key == "zero-query":
            hand.set_numbers(_without_queries(hand.numbers))
            hand.linked.look_at("weights", 1, 1)
        elif key == "double":
            numbers = hand.numbers
            hand.set_numbers(HandNumbers(numbers.x, numbers.w_q, 2 * numbers.w_k, numbers.w_v))
            hand.linked.look_at("weights", 1, 1)

    @Slot(int)
    def _on_form_clicked(self, form: int) -> None:
        self.show_form(form)


def _without_queries(numbers: HandNumbers) -> HandNumbers:
    return HandNumbers(numbers.x, np.zeros_like(numbers.w_q), numbers.w_k, numbers.w_v)


def _titles(views: Mapping[Step, MatrixView]) -> dict[Step, str]:
    return {step: view.accessibleName() for step, view in views.items()}


def _vector(values: Float64Array) -> str:
    return f"({', '.join(f'{value:g}' for value in values)})"
