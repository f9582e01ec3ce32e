"""One head of the whole width against several narrow ones: the same numbers, cut differently."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from visualizer.lessons.attention import MultiHeadSteps, causal_mask, multi_head_attention
from visualizer.lessons.heads import count_parameters
from visualizer.ui.lessons.heads_numbers import MOST_WIDTH, HandHeads
from visualizer.ui.lessons.labels import caption, heading
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.fact_table import Fact, FactTable
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView

_FEW = 4  # heads, whose maps have room for numbers, two in a row


@dataclass(frozen=True, eq=False)
class OneOrMany:
    """The same matrices used by one head, and by H.

    Attributes:
        many: What the lesson's other part shows.
        one: The same with a single head.
        cost_of_one, cost_of_many: Numbers in their matrices, counted.
    """

    many: HandHeads
    one: MultiHeadSteps
    cost_of_one: int
    cost_of_many: int


def one_or_many(many: HandHeads, *, causal: bool) -> OneOrMany:
    """Let one head use the matrices that several share."""
    mask = causal_mask(len(many.words)) if causal else None
    return OneOrMany(
        many,
        multi_head_attention(many.x, many.weights, 1, mask=mask),
        count_parameters(many.weights, 1),
        count_parameters(many.weights, many.n_heads),
    )


class ComparePane(QWidget):
    """One map of one head beside the maps of several, and what each costs.

    Signals:
        changed: Other numbers.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: OneOrMany | None = None
        self.sentence = caption()
        self.one = _view()
        self.many = [_view() for _ in range(MOST_WIDTH)]
        self.one_name = heading("")
        self.many_name = heading("")
        self.facts = {key: FactTable() for key in ("one", "many")}
        self.verdict = PlainLabel()
        self.verdict.setWordWrap(True)
        maps = self._maps = QGridLayout()
        maps.setHorizontalSpacing(2 * SPACE_PX)
        maps.setVerticalSpacing(2 * SPACE_PX)
        for head, view in enumerate(self.many):
            view.setAccessibleName(self.tr("Weights of head {head}").format(head=head))
        self.one.setAccessibleName(self.tr("Weights of the only head"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        grid.addWidget(self.one_name, 0, 0)
        grid.addWidget(self.many_name, 0, 1)
        grid.addWidget(self.one, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(maps, 1, 1)
        grid.addWidget(self.facts["one"], 2, 0)
        grid.addWidget(self.facts["many"], 2, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * SPACE_PX)
        column.addWidget(self.sentence)
        column.addLayout(grid)
        column.addWidget(self.verdict)
        note = self.tr("Sentence, width, number of heads, weights and mask are those of “By hand”.")
        column.addWidget(caption(note))
        column.addStretch(1)

    @property
    def shown(self) -> OneOrMany | None:
        """What is on show."""
        return self._shown

    def show_heads(self, many: HandHeads, *, causal: bool) -> None:
        """Compare other heads with a single one."""
        shown = self._shown = one_or_many(many, causal=causal)
        words, width = many.words, many.x.shape[1]
        self.sentence.setText(
            self.tr("“{sentence}”, a width of {width} numbers a word").format(
                sentence=" ".join(words), width=width
            )
        )
        self.one_name.setText(self.tr("1 head of width {width}").format(width=width))
        many_words = self.tr("{n} heads of width {width}")
        self.many_name.setText(many_words.format(n=many.n_heads, width=many.head_width))
        self.one.set_matrix(Matrix(shown.one.heads[0].weights, words, words, colours="weights"))
        self.one.setFixedHeight(self.one.sizeHint().height())
        a_row = 2 if many.n_heads <= _FEW else 4
        for column in range(4):
            self._maps.setColumnStretch(column, 1 if column < min(a_row, many.n_heads) else 0)
        for head, view in enumerate(self.many):
            view.setVisible(head < many.n_heads)
            if head < many.n_heads:
                self._maps.addWidget(view, *divmod(head, a_row), Qt.AlignmentFlag.AlignTop)
                weights = many.steps.heads[head].weights
                labels = words if a_row == 2 or head % a_row == 0 else ()
                view.set_matrix(Matrix(weights, labels, words, colours="weights"))
                view.setFixedHeight(self.one.height())
        self._say_costs(shown)
        self.changed.emit()

    def _say_costs(self, shown: OneOrMany) -> None:
        width = shown.many.x.shape[1]
        for key, n_heads, cost in (
            ("one", 1, shown.cost_of_one),
            ("many", shown.many.n_heads, shown.cost_of_many),
        ):
            d = width // n_heads
            self.facts[key].set_facts(
                (
                    Fact(
                        self.tr("W_Q, W_K, W_V of each head: 3 · {width} · {d}").format(
                            width=width, d=d
                        ),
                        f"{3 * width * d:,}",
                    ),
                    Fact(self.tr("× heads"), f"{n_heads}"),
                    Fact(
                        self.tr("+ output map W_O: {width} · {width}").format(width=width),
                        f"{width * width:,}",
                    ),
                    Fact(self.tr("parameters, counted"), f"{cost:,}", is_result=True),
                    Fact(self.tr("different ways to look at the sentence"), f"{n_heads}"),
                )
            )
        if shown.cost_of_one == shown.cost_of_many:
            words = self.tr(
                "The same number of parameters. One head has to blend everything that a word "
                "needs into one set of weights; several can look at several things at once."
            )
        else:  # cannot be, as long as the heads divide the width
            words = self.tr("The numbers of parameters differ.")
        self.verdict.setText(words)


def _view() -> MatrixView:
    view = MatrixView()
    view.setMinimumWidth(16 * SPACE_PX)
    view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return view
