"""A network of two layers by hand: forward, loss, gradient at every number, and a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from visualizer.engine.errors import UsageError
from visualizer.lessons.attention import spell_out_projection
from visualizer.lessons.bigram import (
    TUTORIAL_SENTENCES,
    Float64Array,
    bigram_probabilities,
    count_bigrams,
)
from visualizer.lessons.hand_network import (
    ForwardPass,
    Gradients,
    Network,
    backward,
    forward,
    mean_loss,
    random_network,
    step,
    step_on_all,
)
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.lessons.matrix_grid import grid_exhibit
from visualizer.ui.lessons.page import Exhibit
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX, token_font
from visualizer.ui.widgets.font_follower import follow_text_size, when_text_size_changes
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.matrix_view import Matrix, MatrixView
from visualizer.ui.widgets.number_text import typeset

Name = Literal["w1", "u", "h", "w2", "z", "p", "d_w1", "d_u", "d_h", "d_w2", "d_z"]
NAMES: tuple[Name, ...] = get_args(Name)
Stage = Literal["begin", "forward", "backward"]

RATE, MOST_RATE = 1.0, 100.0
MANY = 100  # steps at once
LARGEST = 1000.0  # a weight that is typed in, without its sign
FIRST_PAIR = ("love", "oranges")
NETWORK_LINKS = ("try:network", "try:forward", "try:backward", "try:step", "try:steps")

_GRID: tuple[tuple[Name | None, ...], ...] = (
    ("w1", "u", "h"),
    ("w2", "z", "p"),
    ("d_w1", "d_u", "d_h"),
    ("d_w2", "d_z", None),
)
_FORWARD: tuple[Name, ...] = ("u", "h", "z", "p")
_WEIGHTS: tuple[Name, ...] = ("w1", "w2")


@dataclass(frozen=True)
class _Marks:
    """What is outlined in one matrix."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()


class HandNetwork(QWidget):
    """Two weight matrices to type into, and everything that follows from them, step by step.

    Attributes:
        network: The weights.
        stage: How far the present round has come.
        losses: The mean loss over all pairs, before the first step and after each.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bigrams = count_bigrams(TUTORIAL_SENTENCES)
        self._pairs: list[tuple[int, int]] = list(
            dict.fromkeys((a, b) for a, b in self._bigrams.pairs.tolist())
        )
        self.network = self.first_network()
        self.losses: list[float] = []
        self._seed = 0
        self.stage: Stage = "begin"
        self._looked_at: tuple[Name, int, int] = ("w1", 1, 0)
        self.pair = QComboBox()
        self.rate = QDoubleSpinBox()
        self.next, self.many = QPushButton(), QPushButton()
        self.random = QPushButton(self.tr("Other weights"))
        self.complaint = Complaint()
        self.loss, self.meaning = PlainLabel(), caption()
        self.arithmetic = PlainLabel()
        self.chart = LineChart(title=self.tr("Mean loss over all pairs"))
        self.views = self._make_views()
        self._lay_out()
        self._connect()
        self.reset()
        when_text_size_changes(self, self._draw)

    def _make_views(self) -> dict[Name, MatrixView]:
        titles: dict[Name, str] = {
            "w1": self.tr("W1, one row a word"),
            "u": self.tr("u, the word’s row of W1"),
            "h": "h = tanh(u)",
            "w2": "W2",
            "z": "z = h W2",
            "p": "p = softmax(z)",
            "d_w1": "∂loss / ∂W1",
            "d_u": "∂loss / ∂u",
            "d_h": "∂loss / ∂h",
            "d_w2": "∂loss / ∂W2",
            "d_z": "∂loss / ∂z",
        }
        views = {}
        for name in NAMES:
            view = views[name] = MatrixView(title=titles[name], editable=name in _WEIGHTS)
            view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            if name in _WEIGHTS:
                view.setToolTip(self.tr("Choose a cell and type a number"))
        return views

    def _lay_out(self) -> None:
        words = self._bigrams.words
        for a, b in self._pairs:
            self.pair.addItem(f"{words[a]} → {words[b]}")
        self.pair.setAccessibleName(self.tr("Pair of words"))
        self.pair.setToolTip(self.tr("A word, and the one that did come next"))
        self.rate.setRange(0.01, MOST_RATE)
        self.rate.setAccessibleName(self.tr("Learning rate"))
        self.rate.setToolTip(self.tr("How far a step goes against the gradient"))
        self.many.setText(self.tr("{n} steps").format(n=MANY))
        self.many.setToolTip(self.tr("So many steps, each on all pairs of the three sentences"))
        self.random.setToolTip(self.tr("Begin again with other random weights"))
        for button in (self.next, self.many, self.random):
            button.setAutoDefault(False)
        follow_text_size(self.arithmetic, token_font)
        follow_text_size(self.loss, token_font)
        for label in (self.arithmetic, self.loss):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arithmetic.setAccessibleName(self.tr("How the cell is computed"))
        self.loss.setAccessibleName(self.tr("Loss"))
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE_PX)
        row.addWidget(self.pair)
        row.addWidget(self.next)
        row.addSpacing(2 * SPACE_PX)
        label = PlainLabel(self.tr("rate"))
        label.setBuddy(self.rate)
        row.addWidget(label)
        row.addWidget(self.rate)
        row.addWidget(self.many)
        row.addStretch(1)
        row.addWidget(self.random)
        grid = QGridLayout()
        grid.setHorizontalSpacing(5 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        places: tuple[tuple[tuple[Name, ...], ...], ...] = (
            (("w1",), ("u", "h")),
            (("d_w1",), ("d_u", "d_h")),
        )
        for place, parts in enumerate(places):
            for column, names in enumerate(parts):
                grid.addLayout(self._stacked(names), place, column)
        self.chart.setMinimumHeight(30 * SPACE_PX)
        left = QVBoxLayout()
        left.setSpacing(SPACE_PX)
        left.addLayout(grid)
        left.addSpacing(2 * SPACE_PX)
        for part in (self.loss, self.complaint, self.meaning, self.arithmetic):
            left.addWidget(part)
        left.addSpacing(2 * SPACE_PX)
        left.addWidget(self.chart, 1)
        both = QHBoxLayout()
        both.setSpacing(5 * SPACE_PX)
        both.addLayout(left, 4)
        both.addLayout(self._stacked(("w2", "z", "p", "d_w2", "d_z")), 3)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(3 * SPACE_PX)
        column_layout.addLayout(row)
        column_layout.addLayout(both)
        column_layout.addStretch(1)

    def _stacked(self, names: tuple[Name, ...]) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(2 * SPACE_PX)
        for name in names:
            box.addWidget(self.views[name])
        box.addStretch(1)
        return box

    def _connect(self) -> None:
        self.pair.currentIndexChanged.connect(self._on_pair_changed)
        self.next.clicked.connect(self.go_on)
        self.many.clicked.connect(self.take_many_steps)
        self.random.clicked.connect(self._on_random_clicked)
        for view in self.views.values():
            view.cell_hovered.connect(self._on_cell_pointed)
            view.cell_selected.connect(self._on_cell_pointed)
            view.cell_edited.connect(self._on_cell_edited)

    # ---------------------------------------------------------------------------- what is done

    def reset(self) -> None:
        """The weights of the beginning, and the pair love, oranges."""
        self._seed = 0
        self.rate.setValue(RATE)
        self.show_pair(*FIRST_PAIR)
        self._begin_with(self.first_network())

    def first_network(self) -> Network:
        """The weights with which the lesson begins."""
        return random_network(len(self._bigrams.words), 0)

    def show_pair(self, word: str, target: str) -> None:
        """Look at another pair of the three sentences; ValueError if it is none of them."""
        wanted = (self._bigrams.index(word), self._bigrams.index(target))
        self.pair.setCurrentIndex(self._pairs.index(wanted))

    @Slot()
    def go_on(self) -> None:
        """The next of the three: forward, backward, step."""
        if self.stage == "begin":
            self.stage = "forward"
        elif self.stage == "forward":
            self.stage = "backward"
        else:
            self.stage = "begin"
            self.network = step(self.network, self.gradients(), self.rate.value())
            self._keep_loss()
        self._draw()

    @Slot()
    def take_many_steps(self) -> None:
        """MANY steps on all pairs of the three sentences."""
        for _ in range(MANY):
            self.network = step_on_all(self.network, self._bigrams.pairs, self.rate.value())
            self._keep_loss()
        self.stage = "forward"
        self._draw()

    def go_to(self, stage: Stage) -> None:
        """Show this round as far as `stage`."""
        self.stage = stage
        self._draw()

    def follow(self, target: str) -> None:
        """One of NETWORK_LINKS."""
        self.show_pair(*FIRST_PAIR)
        if target == "try:network":
            self.reset()
        elif target == "try:forward":
            self.go_to("forward")
            self.look_at("p", 0, self.target)
        elif target == "try:backward":
            self.go_to("backward")
            self.look_at("d_z", 0, self.target)
        elif target == "try:step":
            self.go_to("backward")
            self.go_on()  # the step
            self.go_on()  # and forward, to see what it has brought
        elif target == "try:steps":
            self.rate.setValue(RATE)
            self.take_many_steps()

    @property
    def word(self) -> int:
        """Id of the word on show."""
        return self._pairs[self.pair.currentIndex()][0]

    @property
    def target(self) -> int:
        """Id of the word that did come next."""
        return self._pairs[self.pair.currentIndex()][1]

    def seen(self) -> ForwardPass:
        """The forward pass of the pair on show."""
        return forward(self.network, self.word, self.target)

    def gradients(self) -> Gradients:
        """Of the pair on show."""
        return backward(self.network, self.seen(), self.word, self.target)

    def first_round(self) -> tuple[ForwardPass, Gradients, int]:
        """Of the pair and the weights with which the lesson begins, and the word that came."""
        begun = self.first_network()
        word, target = (self._bigrams.index(each) for each in FIRST_PAIR)
        seen = forward(begun, word, target)
        return seen, backward(begun, seen, word, target), target

    def exhibit(self) -> Exhibit:
        """Everything on show, for files."""
        title = self.tr("A network by hand: {pair}").format(pair=self.pair.currentText())
        titles = {name: view.accessibleName() for name, view in self.views.items()}
        return grid_exhibit("network", title, self.matrices(), titles, _GRID)

    def least_loss(self) -> float:
        """Mean loss of the counted table over all pairs, in nats: no model can have less."""
        counted = bigram_probabilities(self._bigrams.counts)
        pairs = self._bigrams.pairs
        return -float(np.log(counted[pairs[:, 0], pairs[:, 1]]).mean())

    def _begin_with(self, network: Network) -> None:
        self.network = network
        self.stage = "begin"
        self.losses = []
        self.complaint.clear_error()
        self._keep_loss()
        self._draw()

    def _keep_loss(self) -> None:
        self.losses.append(mean_loss(self.network, self._bigrams.pairs))

    # ----------------------------------------------------------------------------- what is shown

    def matrices(self) -> dict[Name, Matrix]:
        """Everything on show; what is not computed yet has no value."""
        words = self._bigrams.words
        seen, gradients = self.seen(), self.gradients()
        values: dict[Name, Float64Array] = {
            "w1": self.network.w1, "w2": self.network.w2,
            "u": seen.u, "h": seen.h, "z": seen.z, "p": seen.p,
            "d_w1": gradients.w1, "d_u": gradients.u, "d_h": gradients.h,
            "d_w2": gradients.w2, "d_z": gradients.z,
        }  # fmt: skip
        matrices: dict[Name, Matrix] = {}
        for name, value in values.items():
            is_known = name in _WEIGHTS or self.stage == "backward"
            is_known = is_known or (self.stage == "forward" and name in _FORWARD)
            matrices[name] = Matrix(
                value if is_known else np.full_like(value, np.nan),
                words if name in ("w1", "d_w1") else (),
                words if name in ("w2", "d_w2", "p", "z", "d_z") else (),
                colours="weights"
                if name == "p"
                else "diverging"
                if name.startswith("d_")
                else "none",
            )
        return matrices

    def _draw(self) -> None:
        marks = self._marks()
        for name, matrix in self.matrices().items():
            mark = marks.get(name, _Marks())
            view = self.views[name]
            view.set_matrix(
                replace(
                    matrix,
                    highlight_rows=mark.rows,
                    highlight_columns=mark.columns,
                    highlight_cells=mark.cells,
                )
            )
            view.setFixedHeight(view.sizeHint().height())
        self._say_loss()
        self._say_next()
        self._spell_out()
        x = np.arange(len(self.losses), dtype=np.float64)
        series = (
            Series(self.tr("this network"), x, np.array(self.losses)),
            Series(
                self.tr("counted table"), x, np.full(len(self.losses), self.least_loss()), "dashed"
            ),
        )
        self.chart.set_chart(Chart(series, self.tr("steps"), self.tr("nats")))

    def _say_next(self) -> None:
        names: dict[Stage, tuple[str, str]] = {
            "begin": (self.tr("Forward"), self.tr("From the word to the loss")),
            "forward": (self.tr("Backward"), self.tr("From the loss back to every weight")),
            "backward": (self.tr("Step"), self.tr("Move every weight against its gradient")),
        }
        text, tip = names[self.stage]
        self.next.setText(self.tr("Next: {step}").format(step=text))
        self.next.setToolTip(tip)

    def _say_loss(self) -> None:
        word = self._bigrams.words[self.target]
        if self.stage == "begin":
            self.loss.setText(self.tr("loss = −ln p({word}) = ?").format(word=word))
            return
        seen = self.seen()
        p = float(seen.p[0, self.target])
        text = self.tr("loss = −ln p({word}) = −ln {p} = {loss} nats")
        self.loss.setText(
            text.format(word=word, p=typeset(f"{p:.4g}"), loss=typeset(f"{seen.loss:.4g}"))
        )

    def _marks(self) -> dict[Name, _Marks]:
        """What the cell that is looked at is computed from."""
        name, row, column = self._looked_at
        here = _Marks(cells=((row, column),))
        sources: dict[Name, dict[Name, _Marks]] = {
            "w1": {"d_w1": here},
            "w2": {"d_w2": here},
            "u": {"w1": _Marks(cells=((self.word, column),))},
            "h": {"u": here},
            "z": {"h": _Marks(rows=(0,)), "w2": _Marks(columns=(column,))},
            "p": {"z": _Marks(rows=(0,))},
            "d_z": {"p": here},
            "d_w2": {"h": _Marks(cells=((0, row),)), "d_z": _Marks(cells=((0, column),))},
            "d_h": {"d_z": _Marks(rows=(0,)), "w2": _Marks(rows=(column,))},
            "d_u": {"d_h": here, "h": here},
            "d_w1": {"d_u": _Marks(cells=((0, column),))} if row == self.word else {},
        }
        return {**sources[name], name: here}

    # ------------------------------------------------------------------------------ the sentence

    def _spell_out(self) -> None:
        name, row, column = self._looked_at
        words = self._bigrams.words
        place = {"row": words[row] if name in ("w1", "d_w1") else row, "word": words[self.word]}
        place["column"] = words[column] if name in ("w2", "z", "p", "d_w2", "d_z") else column
        meanings: dict[Name, str] = {
            "w1": self.tr("A weight: number {column} of “{row}”. Type another."),
            "w2": self.tr("A weight: how much number {row} of h speaks for “{column}”."),
            "u": self.tr("Number {column} of “{word}”, as it stands in W1."),
            "h": self.tr("tanh presses any number between −1 and 1."),
            "z": self.tr("The score (logit) of “{column}”: h times its column of W2."),
            "p": self.tr("The probability that “{column}” comes next."),
            "d_z": self.tr("Where it begins: the probability, less 1 for the word that came."),
            "d_w2": self.tr("How the loss changes with this weight: what came in × what is wrong."),
            "d_h": self.tr("What comes back to number {column} of h from all five words."),
            "d_u": self.tr("The same, times the slope of tanh: 1 − h²."),
            "d_w1": self.tr("The gradient of u in the row of “{word}”; other rows had no part."),
        }  # fmt: skip
        self.meaning.setText(meanings[name].format(**place))
        self.arithmetic.setText(self.sentence(name, row, column))

    def sentence(self, name: Name, row: int, column: int) -> str:
        """A cell as arithmetic; nothing where it is not computed yet."""
        seen, gradients = self.seen(), self.gradients()
        value = float(self.matrices()[name].values[row, column])
        if np.isnan(value):
            return self.tr("not computed yet: press {step}").format(step=self.next.text())
        if name in _WEIGHTS:
            return self._moved(name, row, column, value)
        if name == "z":
            return spell_out_projection(seen.h, self.network.w2, 0, column)
        if name == "d_h":
            return spell_out_projection(gradients.z, self.network.w2.T, 0, column)
        if name == "h":
            left = f"tanh({_number(seen.u[0, column])})"
        elif name == "p":
            powers = " + ".join(f"e^{_signed(x)}" for x in seen.z[0])
            left = f"e^{_signed(seen.z[0, column])} / ({powers})"
        elif name == "d_z":
            left = _number(seen.p[0, column]) + (" − 1" if column == self.target else "")
        elif name == "d_w2":
            left = f"{_signed(seen.h[0, row])}·{_signed(gradients.z[0, column])}"
        elif name == "d_u":
            left = f"{_signed(gradients.h[0, column])}·(1 − {_signed(seen.h[0, column])}²)"
        else:
            return _number(value)
        return f"{left} = {_number(value)}"

    def _moved(self, name: Name, row: int, column: int, value: float) -> str:
        """A weight, and where the step will take it once that is known."""
        if self.stage != "backward":
            return _number(value)
        gradients = self.gradients()
        slope = float((gradients.w1 if name == "w1" else gradients.w2)[row, column])
        rate = self.rate.value()
        moved = (
            f"{_signed(value)} − {_number(rate)}·{_signed(slope)} = {_number(value - rate * slope)}"
        )
        return self.tr("after the step: {moved}").format(moved=moved)

    # -------------------------------------------------------------------------------- events

    def look_at(self, name: Name, row: int, column: int) -> None:
        """Spell out a cell and outline what it is computed from."""
        if row >= 0 and column >= 0 and (name, row, column) != self._looked_at:
            self._looked_at = (name, row, column)
            self._draw()

    @Slot(int, int)
    def _on_cell_pointed(self, row: int, column: int) -> None:
        name = next(name for name, view in self.views.items() if view is self.sender())
        self.look_at(name, row, column)

    @Slot(int, int, float)
    def _on_cell_edited(self, row: int, column: int, value: float) -> None:
        name = next(name for name, view in self.views.items() if view is self.sender())
        if not abs(value) <= LARGEST:
            self._draw()
            self.complaint.show_error(
                UsageError(
                    "{value} is too large to follow: type a number from −{most} to {most}.",
                    value=f"{value:g}",
                    most=f"{LARGEST:g}",
                )
            )
            return
        w1, w2 = self.network.w1.copy(), self.network.w2.copy()
        (w1 if name == "w1" else w2)[row, column] = value
        self._begin_with(Network(w1, w2))

    @Slot()
    def _on_pair_changed(self) -> None:
        self.stage = "begin"
        self._draw()

    @Slot()
    def _on_random_clicked(self) -> None:
        self._seed += 1
        self._begin_with(random_network(len(self._bigrams.words), self._seed))


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _signed(value: float) -> str:
    return f"({_number(value)})" if value < 0 else _number(value)
