"""Self-attention on numbers small enough to follow: every matrix, every cell spelled out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Float64Array
from visualizer.lessons.attention import (
    AttentionSteps,
    self_attention,
    spell_out_output,
    spell_out_product,
    spell_out_projection,
    spell_out_scaled,
    spell_out_weight,
)
from visualizer.ui.lessons.attention_cells import STEPS, LinkedMatrices, Step
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size, when_text_size_changes
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

WORDS = ("the", "cat", "sat", "on", "a", "mat")
"""Names of the rows; the numbers know nothing of them."""
TOKENS, WIDTH, HEAD_WIDTH = 4, 3, 2
"""Sizes with which the lesson begins."""
MOST_WIDTH = 4
LARGEST = 1000.0
"""A number that is typed in, without its sign."""

_X = ((1, 0, 0.5), (0, 1, 1), (1, 1, 0), (0, 0.5, 1))
_W = (
    ((1, 0), (0, 2), (1, -1)),
    ((0, 1), (2, 0), (-1, 1)),
    ((1, 0), (0, 1), (1, 1)),
)
_BESIDE: tuple[Step, ...] = ("scaled", "masked", "weights")
_MOST_LABELLED = 4  # tokens: of more, the rows of S name those of the matrices beside it
_SMALLER = 0.85  # of the font, so that their numbers have room
_VIEW_LINES = 12.5  # of text, as high as a matrix of four tokens has to be wide
_NAMES: tuple[Step, ...] = ("x", "w_q", "w_k", "w_v")


@dataclass(frozen=True, eq=False)
class HandNumbers:
    """Everything that can be typed in, as large as it may become.

    Attributes:
        x: (6, 4).
        w_q, w_k, w_v: (4, 4) each.
    """

    x: Float64Array
    w_q: Float64Array
    w_k: Float64Array
    w_v: Float64Array

    def with_cell(self, name: str, row: int, column: int, value: float) -> HandNumbers:
        """The same but for one number."""
        changed: dict[str, Float64Array] = {key: getattr(self, key).copy() for key in _NAMES}
        changed[name][row, column] = value
        return HandNumbers(**changed)


def random_numbers(seed: int) -> HandNumbers:
    """Numbers from a normal distribution, to one decimal."""
    rng = np.random.default_rng(seed)
    shapes = ((len(WORDS), MOST_WIDTH), *[(MOST_WIDTH, MOST_WIDTH)] * 3)
    return HandNumbers(*(np.round(rng.normal(size=shape), 1) + 0.0 for shape in shapes))


def first_numbers() -> HandNumbers:
    """Those with which the lesson begins."""
    numbers = random_numbers(0)
    numbers.x[:TOKENS, :WIDTH] = _X
    for weights, begun in zip((numbers.w_q, numbers.w_k, numbers.w_v), _W, strict=True):
        weights[:WIDTH, :HEAD_WIDTH] = begun
    return numbers


def steps_of(
    numbers: HandNumbers, n_tokens: int, width: int, head_width: int, *, causal: bool
) -> AttentionSteps:
    """Self-attention on the upper left part of the numbers."""
    return self_attention(
        numbers.x[:n_tokens, :width],
        numbers.w_q[:width, :head_width],
        numbers.w_k[:width, :head_width],
        numbers.w_v[:width, :head_width],
        causal=causal,
    )


class HandAttention(QWidget):
    """X and three weight matrices to type into, and everything that follows from them.

    The products stand where a row and a column meet: X at the left, weights above.

    Signals:
        changed: Other numbers, sizes, or the mask.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers = first_numbers()
        self._seed = 0
        self.tokens = _spin(2, len(WORDS), self.tr("How many tokens, the rows of X"))
        self.width_ = _spin(1, MOST_WIDTH, self.tr("Numbers that stand for one token"))
        self.head_width = _spin(1, MOST_WIDTH, self.tr("Columns of Q, K and V"))
        self.causal = QCheckBox(self.tr("No token looks at a later one"))
        self.random = QPushButton(self.tr("Random numbers"))
        self.complaint = Complaint()
        self.views = self._make_views()
        self.linked = LinkedMatrices(self.views, self._spell_out)
        self.meaning = caption()
        self.arithmetic = PlainLabel()
        self._lay_out()
        self._connect()
        self.reset()
        when_text_size_changes(self, self._compute)

    def _make_views(self) -> dict[Step, MatrixView]:
        titles: dict[Step, str] = {
            "x": self.tr("X, one row a token"),
            "w_q": "W_Q",
            "w_k": "W_K",
            "w_v": "W_V",
            "q": "Q = X W_Q",
            "k": "K = X W_K",
            "v": "V = X W_V",
            "scores": "S = Q Kᵀ",
            "scaled": "S / √d",
            "masked": self.tr("with the mask"),
            "weights": self.tr("A = softmax by rows"),
            "output": self.tr("output = A V"),
        }
        views = {}
        for step in STEPS:
            view = views[step] = MatrixView(title=titles[step], editable=step in _NAMES)
            view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            if step in _NAMES:
                view.setToolTip(self.tr("Choose a cell and type a number"))
        return views

    def _lay_out(self) -> None:
        follow_text_size(self.arithmetic, token_font)
        self.arithmetic.setWordWrap(True)
        self.arithmetic.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))
        self.causal.setToolTip(self.tr("The mask: scores of later tokens become −∞"))
        self.random.setToolTip(self.tr("Fill X and the weights with other numbers"))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 2 * SPACE_PX, 0)
        form.setVerticalSpacing(SPACE_PX)
        form.setHorizontalSpacing(4 * SPACE_PX)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.addRow(self.tr("Tokens T"), self.tokens)
        form.addRow(self.tr("Width C"), self.width_)
        form.addRow(self.tr("Head width d"), self.head_width)
        form.addRow(self.causal)
        form.addRow(self.random)
        words = QVBoxLayout()
        words.setContentsMargins(0, SPACE_PX, 0, 0)
        words.setSpacing(SPACE_PX)
        words.addWidget(self.complaint)
        words.addWidget(self.meaning)
        words.addWidget(self.arithmetic)
        words.addSpacing(2 * SPACE_PX)
        words.addWidget(caption(self.tr("X and the three W can be typed into; point at any cell.")))
        words.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        grid.addLayout(form, 0, 0)
        places: dict[Step, tuple[int, int]] = {
            "w_q": (0, 1), "w_k": (0, 2), "w_v": (0, 3),
            "x": (1, 0), "q": (1, 1), "k": (1, 2), "v": (1, 3),
            "scores": (2, 0), "scaled": (2, 1), "masked": (2, 2), "weights": (2, 3),
            "output": (3, 3),
        }  # fmt: skip
        for step, (row, column) in places.items():
            grid.addWidget(self.views[step], row, column, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(words, 3, 0, 1, 3)
        for column, stretch in enumerate((8, 7, 7, 7)):  # the first has the names of the rows
            grid.setColumnStretch(column, stretch)
        grid.setRowStretch(4, 1)

    def _connect(self) -> None:
        for spin in (self.tokens, self.width_, self.head_width):
            spin.valueChanged.connect(self._on_size_changed)
        self.causal.toggled.connect(self._on_causal_toggled)
        self.random.clicked.connect(self._on_random_clicked)
        for view in self.views.values():
            view.cell_hovered.connect(self._on_cell_pointed)
            view.cell_selected.connect(self._on_cell_pointed)
            view.cell_edited.connect(self._on_cell_edited)

    # ------------------------------------------------------------------------------ the numbers

    def reset(self) -> None:
        """The numbers and sizes with which the lesson begins, without a mask."""
        self._seed = 0
        for spin, value in (
            (self.tokens, TOKENS),
            (self.width_, WIDTH),
            (self.head_width, HEAD_WIDTH),
        ):
            spin.setValue(value)
        self.causal.setChecked(False)
        self.linked.looked_at = ("output", 1, 0)
        self.set_numbers(first_numbers())

    @property
    def numbers(self) -> HandNumbers:
        """Everything that was typed in."""
        return self._numbers

    @property
    def steps(self) -> AttentionSteps:
        """What follows from it."""
        return self._steps

    def set_numbers(self, numbers: HandNumbers) -> None:
        """Show other numbers and what follows from them."""
        self._numbers = numbers
        self.complaint.clear_error()
        self._compute()

    def inputs(self) -> dict[Step, Float64Array]:
        """X (T, C) and the weights (C, d) in use."""
        n, width, head_width = self.tokens.value(), self.width_.value(), self.head_width.value()
        numbers = self._numbers
        return {
            "x": numbers.x[:n, :width],
            "w_q": numbers.w_q[:width, :head_width],
            "w_k": numbers.w_k[:width, :head_width],
            "w_v": numbers.w_v[:width, :head_width],
        }

    def _compute(self) -> None:
        self._steps = steps_of(
            self._numbers,
            self.tokens.value(),
            self.width_.value(),
            self.head_width.value(),
            causal=self.causal.isChecked(),
        )
        words = WORDS[: self.tokens.value()]
        is_narrow = len(words) > _MOST_LABELLED
        matrices: dict[Step, Matrix] = {}
        for step in STEPS:
            values = self.inputs().get(step)
            if values is None:
                values = getattr(self._steps, step)
            by_token = step in ("scores", "scaled", "masked", "weights")
            matrices[step] = Matrix(
                values,
                () if step.startswith("w_") or (is_narrow and step in _BESIDE) else words,
                words if by_token else (),
                colours="weights" if step == "weights" else "none",
            )
        self.linked.set_matrices(matrices)
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * _SMALLER)
        width = round(_VIEW_LINES * self.fontMetrics().height())
        for step, view in self.views.items():
            view.setMinimumWidth(width)
            if step in ("scores", *_BESIDE):
                view.setFont(small if is_narrow else self.font())
            view.setFixedHeight(view.sizeHint().height())
        self._spell_out()
        self.changed.emit()

    # ------------------------------------------------------------------------------ the sentence

    def _spell_out(self) -> None:
        step, row, column = self.linked.looked_at
        words = WORDS
        meanings: dict[Step, str] = {
            "x": self.tr("Number {column} of “{row}”. Type another: its row of Q, K, V follows."),
            "w_q": self.tr("A weight of the queries. Type another: column {column} of Q follows."),
            "w_k": self.tr("A weight of the keys. Type another: column {column} of K follows."),
            "w_v": self.tr("A weight of the values. Type another: column {column} of V follows."),
            "q": self.tr("What “{row}” looks for: its row of X times a column of W_Q."),
            "k": self.tr("What “{row}” can be found by: its row of X times a column of W_K."),
            "v": self.tr("What “{row}” hands over: its row of X times a column of W_V."),
            "scores": self.tr("How well the query of “{row}” fits the key of “{key}”."),
            "scaled": self.tr("The score of “{row}” and “{key}”, divided by the root of d."),
            "masked": self.tr("The score of “{row}” and “{key}”, unless the mask hides it."),
            "weights": self.tr("How much of “{key}” goes into the output of “{row}”."),
            "output": self.tr("The output for “{row}”: the values of all tokens, weighted."),
        }  # fmt: skip
        is_weight = step.startswith("w_")
        self.meaning.setText(
            meanings[step].format(
                row=row if is_weight else words[row],
                column=column,
                key=words[min(column, len(words) - 1)],
            )
        )
        self.arithmetic.setText(self.sentence(step, row, column))

    def sentence(self, step: Step, row: int, column: int) -> str:
        """A cell as arithmetic."""
        steps, inputs = self._steps, self.inputs()
        if step in ("q", "k", "v"):
            weights: dict[Step, Step] = {"q": "w_q", "k": "w_k", "v": "w_v"}
            return spell_out_projection(inputs["x"], inputs[weights[step]], row, column)
        if step == "scores":
            return spell_out_product(steps, row, column)
        if step == "scaled":
            return spell_out_scaled(steps, row, column)
        if step == "masked":
            hidden = bool(np.isneginf(steps.masked[row, column]))
            return "−∞" if hidden else f"{steps.masked[row, column]:.3f}".replace("-", "−")
        if step == "weights":
            return spell_out_weight(steps, row, column)
        if step == "output":
            return spell_out_output(steps, row, column)
        return f"{inputs[step][row, column]:g}".replace("-", "−")

    # ------------------------------------------------------------------------------ events

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        self.linked.look_at(self.linked.step_of(self.sender()), row, column)

    @Slot(int, int, float)
    def _on_cell_edited(self, row: int, column: int, value: float) -> None:
        step = self.linked.step_of(self.sender())
        if not abs(value) <= LARGEST:
            self.views[step].set_matrix(self.linked.matrices()[step])  # as it was
            self.complaint.show_error(
                UsageError(
                    "{value} is too large to follow: type a number from −{most} to {most}.",
                    value=f"{value:g}",
                    most=f"{LARGEST:g}",
                )
            )
            return
        self.set_numbers(self._numbers.with_cell(step, row, column, value))

    @Slot()
    def _on_size_changed(self) -> None:
        self._compute()

    @Slot(bool)
    def _on_causal_toggled(self, _causal: bool) -> None:
        self._compute()

    @Slot()
    def _on_random_clicked(self) -> None:
        self._seed += 1
        self.set_numbers(random_numbers(self._seed))


def _spin(low: int, high: int, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setToolTip(tip)
    spin.setAlignment(Qt.AlignmentFlag.AlignRight)
    spin.setFixedWidth(14 * SPACE_PX)
    return spin
