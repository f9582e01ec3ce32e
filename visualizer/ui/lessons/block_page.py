"""Lesson 8: Add & Norm and the feed-forward network, on one token and over many blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QStackedWidget, QWidget

from visualizer.engine.records import Float64Array
from visualizer.lessons.block import (
    BlockSteps,
    BlockWeights,
    FeedForwardSteps,
    LayerNormSteps,
    NormPlace,
    encoder_block,
    feed_forward,
    layer_norm,
    relu,
)
from visualizer.lessons.block_arithmetic import spell_out_norm, spell_out_relu, spell_out_sum
from visualizer.lessons.block_stack import (
    StackSteps,
    block_walk,
    mean_similarity,
    seeded_block,
    stack_blocks,
)
from visualizer.ui.lessons.block_cells import (
    SENTENCE,
    TOKEN,
    WIDTH,
    BlockChoices,
    TokenWalk,
    first_weights,
    follow_token,
    sentence_vectors,
)
from visualizer.ui.lessons.block_depth import KINDS, MOST_BLOCKS, DepthPane
from visualizer.ui.lessons.block_hand import HandBlock
from visualizer.ui.lessons.block_model import PROMPT, ModelStream
from visualizer.ui.lessons.block_rows import fact_text
from visualizer.ui.lessons.drawn_exhibits import Numbers, chart_exhibit
from visualizer.ui.lessons.forms import lay_out_forms
from visualizer.ui.lessons.matrix_grid import MatrixGrid
from visualizer.ui.lessons.microscope import Microscope
from visualizer.ui.lessons.page import Answer, Exhibit, LessonPage

_HAND, _MANY, _MODEL = range(3)
_SHIFT = 10.0
_ALIKE = 0.99  # as a question has it


class BlockPage(LessonPage):
    """One token through a block, many blocks, and the residual stream of the model."""

    key = "block"

    def __init__(self, microscope: Microscope, parent: QWidget | None = None) -> None:
        super().__init__(microscope, parent)
        self._is_active = False
        self.hand = HandBlock()
        self.many = DepthPane(self.make_task())
        self.model = ModelStream(microscope)
        self._stack = QStackedWidget()
        for pane in (self.hand, self.many, self.model):
            self._stack.addWidget(pane)
        self.forms = QButtonGroup(self)
        names = (
            (self.tr("One token"), self.tr("A token’s vector through one block, every number")),
            (self.tr("Many blocks"), self.tr("With the residual and without, block by block")),
            (self.tr("The model"), self.tr("The residual stream of the model at hand")),
        )
        lay_out_forms(self, self.forms, names, self._stack)
        self.forms.idClicked.connect(self._on_form_clicked)
        self.hand.changed.connect(self._on_hand_changed)
        self.reset()

    # -------------------------------------------------------------------------- what a page is

    def reset(self) -> None:
        """One token, with the numbers of the beginning."""
        self.hand.reset()
        self.many.reset()
        self.model.reset()
        self.show_form(_HAND)

    def functions(self) -> Sequence[Callable[..., object] | type]:
        return (
            encoder_block,
            layer_norm,
            feed_forward,
            relu,
            BlockSteps,
            LayerNormSteps,
            FeedForwardSteps,
            BlockWeights,
            block_walk,
            seeded_block,
            stack_blocks,
            StackSteps,
            mean_similarity,
            spell_out_sum,
            spell_out_norm,
            spell_out_relu,
        )

    def answer(self, question: str) -> Answer | None:
        """Computed on the numbers with which the lesson begins."""
        if question == "off":
            units = _begun().row("before_relu")
            numbers = {"largest": fact_text(units.max()), "smallest": fact_text(units.min())}
            return Answer(_begun().n_off, numbers=numbers)
        if question == "shift":
            return self._shift_answer()
        begun = self.many.begun
        if begun is None:
            return None
        if question == "collapse":
            similarity = begun.steps["post", False].similarity
            numbers = {"first": f"{similarity[1]:.3f}"}
            return Answer(int(np.argmax(similarity > _ALIKE)), numbers=numbers)
        if question == "longest":
            lengths = [float(begun.steps[kind].lengths[-1].mean()) for kind in KINDS]
            numbers = {"shortest": f"{min(lengths):.2f}", "longest": f"{max(lengths):.2f}"}
            return Answer(int(np.argmax(lengths)), numbers=numbers)
        return None

    def _shift_answer(self) -> Answer:
        walks = _begun("pre"), _begun("pre", shift=_SHIFT)
        before, after = (walk.row("norm1") for walk in walks)
        means = [fact_text(float(walk.row("x").mean())) for walk in walks]
        choice = 1 if np.allclose(after, before) else 2
        if np.allclose(after, before + _SHIFT):
            choice = 0
        return Answer(choice, numbers=dict(zip(("before", "after"), means, strict=True)))

    def exhibits(self) -> Sequence[Exhibit]:
        return [self._walk_exhibit(), *self._depth_exhibits(), *self._model_exhibits()]

    def follow(self, target: str) -> None:
        """See the lesson's text for the targets."""
        kind, _, key = target.partition(":")
        if kind == "look":
            self.microscope.show_prompt(self.model.text.text() or PROMPT)
        elif key in ("many", "one-block"):
            self.show_form(_MANY)
            self.many.set_blocks(MOST_BLOCKS if key == "many" else 1)
        elif key == "model":
            self.show_form(_MODEL)
        else:
            self.show_form(_HAND)
            self._try(key)

    def _try(self, key: str) -> None:
        hand = self.hand
        if key == "begin":
            hand.reset()
        elif key in ("post", "pre"):
            hand.set_built(BlockChoices("post" if key == "post" else "pre"))
        elif key == "residual":
            hand.look_at("sum1", 0, 0)
        elif key == "no-residual":
            hand.residual.setChecked(False)
            hand.look_at("sum1", 0, 0)
        elif key == "norm":
            hand.look_at("norm1", 0, 0)
        elif key == "relu":
            hand.look_at("hidden", 0, int(np.argmin(hand.shown.row("before_relu"))))
        elif key == "network":
            hand.look_at("feed_forward", 0, 0)
        elif key == "gain":
            hand.set_gains(2.0)
            hand.look_at("norm2", 0, 0)
        elif key == "shift":
            hand.reset()
            hand.set_built(BlockChoices("pre"))
            hand.set_vector(hand.shown.row("x") + _SHIFT)
            hand.look_at("norm1", 0, 0)
        elif key == "equal":
            hand.set_built(BlockChoices("pre"))
            hand.set_vector(np.ones(WIDTH))
            hand.look_at("norm1", 0, 0)

    def set_active(self, active: bool) -> None:
        self._is_active = active
        self.model.set_active(active and self._stack.currentWidget() is self.model)

    def is_busy(self) -> bool:
        return super().is_busy() or self.model.is_waiting

    def show_form(self, form: int) -> None:
        """Bring one of the experiments into sight."""
        self.forms.button(form).setChecked(True)
        for place, pane in enumerate((self.hand, self.many, self.model)):
            # Only what is in sight asks for room.
            policy = QSizePolicy.Policy.Preferred if place == form else QSizePolicy.Policy.Ignored
            pane.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._stack.setCurrentIndex(form)
        self.model.set_active(self._is_active and form == _MODEL)

    @Slot(int)
    def _on_form_clicked(self, form: int) -> None:
        self.show_form(form)

    @Slot()
    def _on_hand_changed(self) -> None:
        self.many.show_sentence(" ".join(self.hand.shown.words))

    # ------------------------------------------------------------------------------- exhibits

    def _walk_exhibit(self) -> Exhibit:
        shown = self.hand.shown
        matrices = self.hand.rows.matrices()
        names = self.hand.rows.names
        figure = MatrixGrid(
            tuple(((names[part].text().strip(), matrix),) for part, matrix in matrices.items())
        )
        rows = [
            (part, place, float(value))
            for part, matrix in matrices.items()
            for place, value in enumerate(matrix.values[0])
        ]
        arrays: dict[str, Float64Array] = {
            part: matrix.values[0].copy() for part, matrix in matrices.items()
        }
        arrays |= {"w1": shown.weights.w1.copy(), "w2": shown.weights.w2.copy()}
        title = self.tr("“{word}” through a block").format(word=shown.word)
        columns = ("step", "place", "value")
        return Exhibit("block", title, figure.size, figure.paint, columns, rows, arrays)

    def _depth_exhibits(self) -> list[Exhibit]:
        found = []
        for what, chart in self.many.charts().items():
            arrays = {
                f"{norm}_{'residual' if residual else 'no_residual'}": self.many.values(
                    (norm, residual), what
                )
                for norm, residual in KINDS
            }
            rows = list(
                zip(
                    range(self.many.n_blocks + 1),
                    *(v.tolist() for v in arrays.values()),
                    strict=True,
                )
            )
            numbers = Numbers(("blocks", *arrays), rows, arrays)
            title = chart.y_title
            found.append(chart_exhibit(f"stack-{what}", title, chart, numbers))
        return found

    def _model_exhibits(self) -> list[Exhibit]:
        shown = self.model.shown
        if shown is None:
            return []
        lengths = shown.lengths
        columns = ("blocks", *(f"{i} {piece}" for i, piece in enumerate(shown.pieces)))
        rows = [(place, *values) for place, values in enumerate(lengths.tolist())]
        similar = [(place, value) for place, value in enumerate(shown.similarity.tolist())]
        charts = self.model.charts()
        return [
            chart_exhibit(
                "stream-length",
                self.tr("Length of the residual stream"),
                charts["length"],
                Numbers(columns, rows, {"lengths": lengths}),
            ),
            chart_exhibit(
                "stream-similarity",
                self.tr("Similarity of the tokens in the model"),
                charts["similarity"],
                Numbers(("blocks", "similarity"), similar, {"similarity": shown.similarity}),
            ),
        ]


def _begun(norm: NormPlace = "post", *, shift: float = 0.0) -> TokenWalk:
    """The walk with which the lesson begins, but for what a question changes."""
    words, x = sentence_vectors(SENTENCE)
    x[TOKEN] += shift
    return follow_token(words, TOKEN, x, first_weights(), BlockChoices(norm))
