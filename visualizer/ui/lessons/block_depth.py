"""Many blocks, one on top of another: what becomes of tokens with a residual and without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Float64Array
from visualizer.lessons.block import NormPlace
from visualizer.lessons.block_stack import StackSteps, seeded_block, stack_blocks
from visualizer.ui.lessons.background import BackgroundTask, Ticket
from visualizer.ui.lessons.block_cells import SENTENCE, sentence_vectors
from visualizer.ui.lessons.labels import Complaint, caption
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.fact_table import Fact, FactTable
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series
from visualizer.ui.widgets.parameter_slider import ParameterSlider, SliderScale, WordSpinBox

WIDTH, HIDDEN, HEADS = 32, 64, 4
MOST_BLOCKS = 24
Kind = tuple[NormPlace, bool]
"""Where the normalisation stands, and whether there is a residual."""
KINDS: tuple[Kind, ...] = (("post", True), ("pre", True), ("post", False), ("pre", False))


@dataclass(frozen=True, eq=False)
class Stacks:
    """A sentence in stacks of the same blocks, built in four ways.

    Attributes:
        sentence, seed: As in StackWork.
        steps: Of MOST_BLOCKS blocks each.
    """

    sentence: str
    seed: int
    steps: dict[Kind, StackSteps]


@dataclass(frozen=True)
class StackWork:
    """Runs a sentence through the four stacks.

    Attributes:
        sentence: Two to six words.
        seed: The same seed, the same blocks.
    """

    sentence: str
    seed: int = 0

    def __call__(self, ticket: Ticket) -> Stacks:
        """Compute them, one way of building after the other."""
        _, x = sentence_vectors(self.sentence, WIDTH)
        first = self.seed * MOST_BLOCKS
        blocks = [seeded_block(WIDTH, HIDDEN, first + place) for place in range(MOST_BLOCKS)]
        steps: dict[Kind, StackSteps] = {}
        for norm, residual in KINDS:
            ticket.check()
            steps[norm, residual] = stack_blocks(x, blocks, HEADS, norm=norm, residual=residual)
        return Stacks(self.sentence, self.seed, steps)


class DepthPane(QWidget):
    """Similarity between tokens and length of their vectors, block by block.

    Signals:
        changed: Other curves.
    """

    changed = Signal()

    def __init__(self, task: BackgroundTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._sentence, self._seed = SENTENCE, 0
        self._shown: Stacks | None = None
        self._begun: Stacks | None = None
        spin = WordSpinBox({})
        spin.setRange(1, MOST_BLOCKS)
        spin.setDecimals(0)
        scale = SliderScale(1, MOST_BLOCKS, decimals=0)
        self.blocks = ParameterSlider(self.tr("Blocks"), scale, spin, MOST_BLOCKS)
        self.random = QPushButton(self.tr("Other weights"))
        self.complaint = Complaint()
        self.similarity = LineChart(title=self.tr("Are the tokens still different?"))
        self.length = LineChart(title=self.tr("How long are their vectors?"))
        self.facts = {"similarity": FactTable(), "length": FactTable()}
        self.headings = {"similarity": PlainLabel(), "length": PlainLabel()}
        self.note = caption()
        self._lay_out()
        self.blocks.value_changed.connect(self._on_depth_changed)
        self.random.clicked.connect(self._on_random_clicked)
        task.succeeded.connect(self._on_task_succeeded)
        task.failed.connect(self._on_task_failed)

    def _lay_out(self) -> None:
        self.blocks.setToolTip(self.tr("How many blocks stand on top of one another"))
        self.random.setToolTip(self.tr("Other random weights for all blocks"))
        row = QHBoxLayout()
        row.setSpacing(4 * SPACE_PX)
        row.addWidget(self.blocks, 1)
        row.addWidget(self.random)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6 * SPACE_PX)
        grid.setVerticalSpacing(2 * SPACE_PX)
        for column, (key, chart) in enumerate(
            (("similarity", self.similarity), ("length", self.length))
        ):
            chart.setMinimumHeight(72 * SPACE_PX)
            grid.addWidget(chart, 0, column)
            grid.addWidget(self.headings[key], 1, column)
            grid.addWidget(self.facts[key], 2, column)
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE_PX)
        layout.addLayout(row)
        layout.addWidget(self.complaint)
        layout.addLayout(grid, 1)
        layout.addWidget(self.note)

    # --------------------------------------------------------------------------- what is shown

    @property
    def shown(self) -> Stacks | None:
        """What is drawn, None before the first has been computed."""
        return self._shown

    @property
    def begun(self) -> Stacks | None:
        """With the sentence and the weights of the beginning, None before they are computed."""
        return self._begun

    @property
    def n_blocks(self) -> int:
        """How many of the blocks are drawn."""
        return round(self.blocks.value())

    def reset(self) -> None:
        """All blocks, with the weights of the beginning."""
        self._seed = 0
        self.blocks.set_value(MOST_BLOCKS)
        self._draw()
        self._start()

    def set_blocks(self, n_blocks: int) -> None:
        """Draw so many of the blocks."""
        self.blocks.set_value(n_blocks)
        self._draw()

    def show_sentence(self, sentence: str) -> None:
        """Another sentence."""
        if sentence != self._sentence or self._shown is None:
            self._sentence = sentence
            self._start()

    def _start(self) -> None:
        self._task.start(StackWork(self._sentence, self._seed))

    def charts(self) -> dict[str, Chart]:
        """Both charts, empty before the first has been computed."""
        shown = self._shown
        if shown is None:
            return {}
        title = self.tr("blocks passed")
        return {
            "similarity": Chart(
                self._series("similarity"), title, self.tr("cosine similarity of two tokens")
            ),
            "length": Chart(self._series("length"), title, self.tr("mean length of a vector")),
        }

    def values(self, kind: Kind, what: str) -> Float64Array:
        """(n + 1,) of one way of building: mean similarity of two tokens, or mean length."""
        assert self._shown is not None
        steps = self._shown.steps[kind]
        found: Float64Array = (
            steps.similarity if what == "similarity" else steps.lengths.mean(axis=1)
        )
        return found[: self.n_blocks + 1]

    def _series(self, what: str) -> tuple[Series, ...]:
        x = np.arange(self.n_blocks + 1, dtype=np.float64)
        return tuple(
            Series(
                self.kind_name(kind), x, self.values(kind, what), "line" if kind[1] else "dashed"
            )
            for kind in KINDS
        )

    def kind_name(self, kind: Kind) -> str:
        """A way of building in words."""
        return {
            ("post", True): self.tr("post-norm"),
            ("pre", True): self.tr("pre-norm"),
            ("post", False): self.tr("post-norm, no residual"),
            ("pre", False): self.tr("pre-norm, no residual"),
        }[kind]

    def _draw(self) -> None:
        shown = self._shown
        if shown is None:
            return
        charts = self.charts()
        self.similarity.set_chart(charts["similarity"])
        self.length.set_chart(charts["length"])
        is_one = self.n_blocks == 1
        names = {
            "similarity": self.tr("Similarity after 1 block (1: all alike)")
            if is_one
            else self.tr("Similarity after {n} blocks (1: all alike)"),
            "length": self.tr("Length after 1 block")
            if is_one
            else self.tr("Length after {n} blocks"),
        }
        for what, table in self.facts.items():
            self.headings[what].setText(names[what].format(n=self.n_blocks))
            digits = 3 if what == "similarity" else 2
            facts = [
                Fact(self.kind_name(kind), f"{self.values(kind, what)[-1]:.{digits}f}")
                for kind in KINDS
            ]
            table.set_facts(facts)
        text = self.tr(
            "“{sentence}”, untrained blocks of width {width}, {hidden} units and {heads} heads; "
            "the same weights in all four."
        )
        self.note.setText(
            text.format(sentence=shown.sentence, width=WIDTH, hidden=HIDDEN, heads=HEADS)
        )
        self.changed.emit()

    # --------------------------------------------------------------------------------- events

    @Slot()
    def _on_depth_changed(self) -> None:
        self._draw()

    @Slot()
    def _on_random_clicked(self) -> None:
        self._seed += 1
        self._start()

    @Slot(object)
    def _on_task_succeeded(self, stacks: Stacks) -> None:
        self.complaint.clear_error()
        self._shown = stacks
        if (stacks.sentence, stacks.seed) == (SENTENCE, 0):
            self._begun = stacks
        self._draw()

    @Slot(object)
    def _on_task_failed(self, error: VisualizerError) -> None:
        self.complaint.show_error(error)
