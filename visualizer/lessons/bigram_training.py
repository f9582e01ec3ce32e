"""The bigram table once more, learned by gradient descent instead of counted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from visualizer.engine.errors import UsageError, VisualizerError


@dataclass(frozen=True, eq=False)
class BigramStep:
    """The table after some steps of gradient descent.

    Attributes:
        step: Steps taken so far; 0 is the untrained table.
        loss: Mean cross-entropy over all pairs, in nats, of the table as it is here.
        probabilities: (V, V) float64, softmax of the logits by rows.
    """

    step: int
    loss: float
    probabilities: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        self.probabilities.flags.writeable = False


def train_bigram(
    pairs: npt.NDArray[np.int64],
    n_words: int,
    steps: int = 400,
    learning_rate: float = 0.1,
    report_every: int = 1,
) -> Iterator[BigramStep]:
    """Learn P(next word | word) from examples, without ever counting.

    The model has one number, a logit, for each cell of the table: all 0 at first, so that every
    word is as likely as any other. The loss is the cross-entropy of the words that really came
    next, and each step moves the logits against its gradient. The minimum is the counted table:
    the rows that have examples converge to it. A row without examples gets no gradient and stays
    as it was: 1 / V everywhere.

    Args:
        pairs: (N, 2) ids of a word and of the word after it.
        n_words: V, size of the vocabulary.
        steps: How many steps.
        learning_rate: Of Adam, which gives rare words steps as large as frequent ones.
        report_every: A record after each so many steps, and after the last.

    Yields:
        The untrained table, then the table as it becomes.

    Raises:
        UsageError: There is no pair, or the learning rate is not a number above 0.
        VisualizerError: The loss is no longer a number.

    Source:
        Kingma and Ba 2015 (Adam).
    """
    if len(pairs) == 0:
        raise UsageError("There is no pair of words to learn from.")
    if not 0 < learning_rate < math.inf:
        raise UsageError("The learning rate must be above 0, got {value}", value=learning_rate)
    word, next_word = torch.tensor(pairs).unbind(dim=1)
    logits = torch.zeros(n_words, n_words, dtype=torch.float64, requires_grad=True)
    moments = torch.zeros(2, n_words, n_words, dtype=torch.float64)
    for step in range(steps + 1):
        loss = -logits.log_softmax(dim=1)[word, next_word].mean()
        if not math.isfinite(loss.item()):
            raise VisualizerError(
                "The loss is not a number after {step} steps: a learning rate of {rate} is too "
                "high. Lower it.",
                step=step,
                rate=f"{learning_rate:g}",
            )
        if step % report_every == 0 or step == steps:
            table = logits.detach().softmax(dim=1).numpy()
            yield BigramStep(step, loss.item(), table)
        (gradient,) = torch.autograd.grad(loss, logits)
        with torch.no_grad():
            logits -= learning_rate * adam_direction(gradient, moments, step + 1)


def adam_direction(gradient: torch.Tensor, moments: torch.Tensor, step: int) -> torch.Tensor:
    """Which way to go, and how far in units of the learning rate: about 1 in each number.

    The gradient's running mean, divided by the root of its running mean square.

    Args:
        gradient: Of the loss.
        moments: (2, *gradient.shape), both running means; 0 at first, changed in place.
        step: From 1. The means begin at 0, which is corrected for.

    Source:
        Kingma and Ba 2015, algorithm 1.
    """
    mean, square = moments[0], moments[1]
    mean += (1 - 0.9) * (gradient - mean)
    square += (1 - 0.999) * (gradient**2 - square)
    return (mean / (1 - 0.9**step)) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)
