"""How to train, and what each step says of itself: values that need no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from visualizer.engine.errors import UsageError

Target = Literal["next", "same"]
"""What the model learns to say after each token: the next one, or, as the tutorial's code is
printed, the same one again, which it only has to copy."""

MOST_PARAMETERS = 200_000_000
MOST_LAYERS = 256
MOST_STEP_NUMBERS = 2_000_000_000
"""Numbers that a step may hold at a time: 8 GB of them."""


@dataclass(frozen=True)
class TrainingSettings:
    """How to train; the defaults are the tutorial's, but for the target, which is right here.

    Attributes:
        target: "next", or "same" as in the tutorial's own code.
        d_model: Width of a token's vector.
        nhead: Heads, which divide the width.
        num_layers: Layers.
        dim_feedforward: Width inside the feed-forward networks.
        dropout: Share of numbers that are set to 0 in training, from 0 to below 1.
        length: T, tokens in a row that are seen at once.
        batch: B, rows of tokens in a step.
        learning_rate: Of Adam, after the warm-up.
        warmup_steps: Over so many steps the learning rate rises from near 0; 0 is the tutorial's.
        held_out_every: The held-out loss is computed after each so many steps.
        seed: Of the first weights, the batches and the dropout.

    Raises:
        UsageError: A value is out of its range, or the heads do not divide the width.
    """

    target: Target = "next"
    d_model: int = 512
    nhead: int = 8
    num_layers: int = 6
    dim_feedforward: int = 2048
    dropout: float = 0.1
    length: int = 10
    batch: int = 32
    learning_rate: float = 0.001
    warmup_steps: int = 0
    held_out_every: int = 50
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"d_model": 1, "nhead": 1, "num_layers": 1, "dim_feedforward": 1, "length": 1}
        least |= {"batch": 1, "held_out_every": 1, "warmup_steps": 0, "seed": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise UsageError(
                    "{name} must be from {low}, got {value}",
                    name=name,
                    low=low,
                    value=getattr(self, name),
                )
        if self.num_layers > MOST_LAYERS:
            raise UsageError(
                "{name} must be from {low} to {high}, got {value}",
                name="num_layers",
                low=1,
                high=MOST_LAYERS,
                value=self.num_layers,
            )
        if self.target not in ("next", "same"):
            raise UsageError("The target must be next or same, got {value}", value=self.target)
        if not 0 < self.learning_rate < math.inf:
            raise UsageError(
                "The learning rate must be above 0, got {value}", value=self.learning_rate
            )
        if not 0 <= self.dropout < 1:
            raise UsageError("dropout must be from 0 to below 1, got {value}", value=self.dropout)
        if self.d_model % self.nhead:
            raise UsageError(
                "{n} heads do not divide a width of {width} evenly: choose a multiple of {n}.",
                n=self.nhead,
                width=self.d_model,
            )

    def learning_rate_at(self, step: int) -> float:
        """The rate of a step, counted from 0."""
        return self.learning_rate * min(1.0, (step + 1) / max(self.warmup_steps, 1))

    def n_parameters(self, vocabulary_size: int) -> int:
        """How many numbers a model of these sizes learns."""
        width, hidden = self.d_model, self.dim_feedforward
        attention = 4 * width * width + 4 * width
        feed_forward = 2 * width * hidden + hidden + width
        norms = 4 * width
        layers = self.num_layers * (attention + feed_forward + norms)
        return 2 * vocabulary_size * width + vocabulary_size + layers

    def n_step_numbers(self, vocabulary_size: int) -> int:
        """About how many numbers a step keeps for back-propagation, beside the model itself."""
        n_tokens = self.batch * self.length
        layer = n_tokens * (8 * self.d_model + 2 * self.dim_feedforward + self.nhead * self.length)
        return self.length**2 + self.num_layers * layer + 2 * n_tokens * vocabulary_size


SMALL = TrainingSettings(
    d_model=128, nhead=4, num_layers=2, dim_feedforward=512, length=64, batch=16, warmup_steps=50
)
"""A model of 0.4 million parameters: a step takes about a tenth of a second on one core."""


@dataclass(frozen=True)
class StepRecord:
    """One step of training.

    Attributes:
        step: Steps taken, this one included, from 1.
        loss: Mean cross-entropy of this step's batch, before the step, in nats.
        held_out_loss: The same on text that is never trained on, after the step; None where it
            was not computed.
        next_token_loss: On the held-out text, of predicting the next token, whatever the model
            is trained to say; the same as `held_out_loss` if the target is "next".
        learning_rate: Of this step.
        gradient_norm: Length of the gradient of all parameters together.
        tokens_per_second: Tokens of the batch by the time of this step.
    """

    step: int
    loss: float
    held_out_loss: float | None
    next_token_loss: float | None
    learning_rate: float
    gradient_norm: float
    tokens_per_second: float
