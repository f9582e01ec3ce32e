"""A thousand draws from one distribution, counted against its probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from visualizer.lessons.generation import Float64Array, Hyperparameters, shape_predictions
from visualizer.lessons.generation_loop import draw_often
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.plain_text import PlainLabel
from visualizer.ui.theme import SPACE_PX
from visualizer.ui.widgets.messages import make_quiet
from visualizer.ui.widgets.word_bars import WordBar, WordBars

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws from one distribution.

    Attributes:
        words: V words.
        shaped: (V,) their probabilities.
        counts: (V,) how often each was selected.
        seed: Of the draws.
    """

    words: tuple[str, ...]
    shaped: Float64Array
    counts: Int64Array
    seed: int


@dataclass(frozen=True, eq=False)
class Drawing:
    """The work: draw `n_draws` times."""

    words: tuple[str, ...]
    predictions: Float64Array
    hyperparameters: Hyperparameters
    n_draws: int
    seed: int

    def __call__(self, _ticket: Ticket) -> Drawn:
        """Do it."""
        shaped = shape_predictions(self.predictions, self.hyperparameters)
        counts = draw_often(self.predictions, self.hyperparameters, self.n_draws, self.seed)
        return Drawn(self.words, shaped, counts, self.seed)


class DrawCounts(QWidget):
    """A button that asks for the draws, and the counts beside the probabilities.

    Signals:
        requested: The button was pressed.
    """

    requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawn: Drawn | None = None
        self.button = QPushButton(self.tr("Draw 1,000 times"))
        self.button.setToolTip(
            self.tr("Call select_next_token 1,000 times on the same predictions, and count")
        )
        self.bars = WordBars()
        self.bars.setAccessibleName(self.tr("Probabilities and counts of the draws"))
        self.bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sentence = PlainLabel()
        self.sentence.setWordWrap(True)
        make_quiet(self.sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_PX)
        column.addWidget(self.button)
        column.addWidget(self.bars)
        column.addWidget(self.sentence)
        self.button.clicked.connect(self.requested)
        self.clear()

    def set_ready(self, ready: bool) -> None:
        """Whether there is something to draw from."""
        self.button.setEnabled(ready)

    def clear(self) -> None:
        """No counts: what they were drawn from has changed."""
        self.drawn = None
        self.bars.hide()
        self.sentence.hide()

    def show_drawn(self, drawn: Drawn) -> None:
        """Show the counts."""
        self.drawn = drawn
        kept = [i for i, prob in enumerate(drawn.shaped.tolist()) if prob > 0]
        self.bars.set_bars(
            [
                WordBar(drawn.words[i], float(drawn.shaped[i]), count=int(drawn.counts[i]))
                for i in kept
            ]
        )
        self.sentence.setText(self._sentence(drawn))
        self.bars.show()
        self.sentence.show()

    def _sentence(self, drawn: Drawn) -> str:
        likeliest = int(drawn.shaped.argmax())
        n = int(drawn.counts.sum())
        expected, spread = expected_count(drawn.shaped, n)
        return self.tr(
            "{word}: {count:,} of {n:,}; expected {expected:,.0f}, give or take {spread:.0f}."
        ).format(
            word=drawn.words[likeliest],
            count=int(drawn.counts[likeliest]),
            n=n,
            expected=expected[likeliest],
            spread=spread[likeliest],
        )


def expected_count(shaped: Float64Array, n_draws: int) -> tuple[Sequence[float], Sequence[float]]:
    """How often each word should come, and the standard deviation of that (binomial)."""
    probs = shaped.tolist()
    return [n_draws * p for p in probs], [math.sqrt(n_draws * p * (1 - p)) for p in probs]
