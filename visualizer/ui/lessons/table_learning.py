"""Learning the table of pairs by gradient descent, away from the GUI thread. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from visualizer.lessons.bigram import Float64Array, Int64Array, bigram_probabilities
from visualizer.ui.lessons.background import Ticket

MOST_STEPS = 20_000
MOST_RECORDS = 200
_REPORT_SECONDS = 0.1
_SMALL_TABLE = 100  # words; a step of a larger table takes long enough to look up after each


@dataclass(frozen=True, eq=False)
class LearnedStep:
    """The table after some steps.

    Attributes:
        step: From 0, the untrained table.
        loss: Mean cross-entropy in nats.
        difference: The largest difference from the counted table, over rows with examples.
        block: (k, k) float64, probabilities of the words on show.
    """

    step: int
    loss: float
    difference: float
    block: Float64Array


@dataclass(frozen=True, eq=False)
class LearnedTable:
    """What came out.

    Attributes:
        steps: At most about MOST_RECORDS on the way, and the last.
        probabilities: (V, V) float64 at the end.
        least_loss: The loss of the counted table, which no table can be below.
        functions: What computed this.
    """

    steps: tuple[LearnedStep, ...]
    probabilities: Float64Array
    least_loss: float
    functions: tuple[Callable[..., object] | type, ...]

    @property
    def settled(self) -> bool:
        """Whether the loss did not rise again: a rate that is too high makes it jump about."""
        losses = [step.loss for step in self.steps]
        return losses[-1] <= min(losses) + 0.01


@dataclass(frozen=True, eq=False)
class LearnTable:
    """Work for a BackgroundTask: reports tuples of LearnedStep, returns a LearnedTable.

    Attributes:
        pairs: (N, 2) ids.
        counts: (V, V).
        shown: Ids of the words on show.
        n_steps, learning_rate: Of the training.
    """

    pairs: Int64Array
    counts: Int64Array
    shown: tuple[int, ...]
    n_steps: int
    learning_rate: float

    def __call__(self, ticket: Ticket) -> LearnedTable:
        # Here, not above: torch takes seconds to import, and the GUI thread imports this module.
        from visualizer.lessons.bigram_training import BigramStep, adam_direction, train_bigram

        counted = bigram_probabilities(self.counts)
        followed = ~np.isnan(counted[:, 0])
        every = max(1, self.n_steps // MOST_RECORDS)
        steps: list[LearnedStep] = []
        told, last_report = 0, time.monotonic()
        table: Float64Array = counted
        for record in train_bigram(
            self.pairs,
            len(self.counts),
            self.n_steps,
            self.learning_rate,
            report_every=every if len(self.counts) <= _SMALL_TABLE else 1,
        ):
            ticket.check()
            table = record.probabilities
            if record.step % every == 0 or record.step == self.n_steps:
                steps.append(self._step(record.step, record.loss, table, counted, followed))
            if time.monotonic() - last_report > _REPORT_SECONDS:
                ticket.report(tuple(steps[told:]))
                told, last_report = len(steps), time.monotonic()
        functions = (train_bigram, adam_direction, BigramStep)
        return LearnedTable(tuple(steps), table, self._least_loss(counted), functions)

    def _step(
        self,
        step: int,
        loss: float,
        table: Float64Array,
        counted: Float64Array,
        followed: np.ndarray[tuple[int], np.dtype[np.bool_]],
    ) -> LearnedStep:
        difference = float(np.abs(table[followed] - counted[followed]).max())
        return LearnedStep(step, loss, difference, table[np.ix_(self.shown, self.shown)])

    def _least_loss(self, counted: Float64Array) -> float:
        word, next_word = self.pairs.T
        return float(-np.log(counted[word, next_word]).mean())
