"""The tutorial's training loop: forward pass, loss, back-propagation, a step of Adam, again.

Shape letters: B batch, T tokens, V vocabulary.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.corpus import Corpus
from visualizer.lessons.generation import Hyperparameters, select_next_token
from visualizer.lessons.training_settings import (
    MOST_PARAMETERS,
    MOST_STEP_NUMBERS,
    StepRecord,
    Target,
    TrainingSettings,
)
from visualizer.lessons.tutorial_model import TransformerModel, generate_square_subsequent_mask

_HELD_OUT_WINDOWS = 32


class DivergedError(VisualizerError):
    """The loss or a gradient is no longer a number; the last step was not taken."""


class Training:
    """A model, its optimizer and how far they have come.

    Every step draws its batch and its dropout from a seed of its own: a run that was saved and
    resumed takes the same steps as one that was never interrupted.

    Args:
        corpus: What to train on.
        settings: How.
        device: Where, as torch names it.

    Attributes:
        step: Steps taken so far.

    Raises:
        VisualizerError: The text is shorter than two rows take, or the model would be too large.
        UsageError: The heads do not divide the width.
    """

    def __init__(self, corpus: Corpus, settings: TrainingSettings, device: str = "cpu") -> None:
        _check_sizes(corpus, settings)
        self.corpus = corpus
        self.settings = settings
        self.device = torch.device(device)
        self.step = 0
        with self._seeded(0):
            self.model = TransformerModel(
                len(corpus.vocabulary),
                settings.d_model,
                settings.nhead,
                settings.num_layers,
                settings.dim_feedforward,
                settings.dropout,
                max_len=settings.length,
            ).to(self.device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=settings.learning_rate)
        self._parameters = list(self.model.parameters())
        self._training = torch.tensor(corpus.training)
        self._mask = generate_square_subsequent_mask(settings.length).to(self.device)
        self._held_out = self._held_out_rows()

    def run(self, steps: int, cancelled: Callable[[], bool] | None = None) -> Iterator[StepRecord]:
        """Train; not asking for the next record is a pause.

        Args:
            steps: The most steps to take.
            cancelled: Asked before each step; True ends the run.

        Yields:
            A record after each step.

        Raises:
            DivergedError: The loss or the gradient is not a number. The step is not taken.
        """
        for _ in range(steps):
            if cancelled is not None and cancelled():
                return
            yield self._one_step()

    def held_out_loss(self, target: Target) -> float | None:
        """Mean cross-entropy on the held-out text, without dropout; None if there is too little."""
        if self._held_out is None:
            return None
        self.model.eval()
        with torch.no_grad():
            loss = self._loss(self._held_out, target).item()
        self.model.train()
        return loss

    def sample(
        self, prompt: str, n_tokens: int, hyperparameters: Hyperparameters, seed: int = 0
    ) -> str:
        """Let the model continue a text; it looks at the last `length` tokens.

        Raises:
            UsageError: The prompt is empty or has tokens that the corpus does not have.
            DivergedError: The last step has made the model's numbers infinite.
        """
        settings = self.settings
        ids = self.corpus.encode(prompt)
        if not ids:
            raise UsageError("There is nothing to continue: write a word.")
        rng = np.random.default_rng(seed)
        self.model.eval()
        with torch.no_grad():
            for _ in range(n_tokens):
                window = torch.tensor([ids[-settings.length :]], device=self.device)
                mask = self._mask[: window.shape[1], : window.shape[1]]
                logits = self.model(window, mask)[0, -1]
                predictions = logits.double().softmax(dim=0).cpu().numpy()
                if not np.isfinite(predictions).all():
                    raise self._diverged(settings.learning_rate_at(max(self.step - 1, 0)))
                ids.append(select_next_token(predictions, hyperparameters, rng))
        self.model.train()
        return self.corpus.decode(ids)

    def _one_step(self) -> StepRecord:
        begun = time.perf_counter()
        settings = self.settings
        rate = settings.learning_rate_at(self.step)
        self.optimizer.param_groups[0]["lr"] = rate
        self.model.train()
        with self._seeded(self.step + 1):
            rows = self._batch()
            loss = self._loss(rows, settings.target)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no type for it
        norm = nn.utils.get_total_norm([p.grad for p in self._parameters if p.grad is not None])
        value, gradient_norm = loss.item(), norm.item()
        if not (math.isfinite(value) and math.isfinite(gradient_norm)):
            raise self._diverged(rate)
        self.optimizer.step()
        self.step += 1
        seconds = time.perf_counter() - begun
        held_out = next_token = None
        if self.step % settings.held_out_every == 0:
            held_out = self.held_out_loss(settings.target)
            next_token = held_out if settings.target == "next" else self.held_out_loss("next")
        n_tokens = settings.batch * settings.length
        return StepRecord(
            self.step, value, held_out, next_token, rate, gradient_norm, n_tokens / seconds
        )

    def _loss(self, rows: Tensor, target: Target) -> Tensor:
        """Cross-entropy of what the model says after each token.

        Args:
            rows: (B, T + 1) int64: a row's first T tokens are read; of the last T, each is the
                one that comes next.
            target: Which of them the model should say.
        """
        src = rows[:, :-1]
        expected = rows[:, 1:] if target == "next" else src  # the tutorial forgets to shift
        n_tokens = src.shape[1]
        output = self.model(src, self._mask[:n_tokens, :n_tokens])  # (B, T, V)
        return functional.cross_entropy(output.flatten(end_dim=1), expected.flatten())

    def _batch(self) -> Tensor:
        """(B, T + 1) rows from random places of the training text."""
        length = self.settings.length + 1
        starts = torch.randint(len(self._training) - length + 1, (self.settings.batch, 1))
        return self._training[starts + torch.arange(length)].to(self.device)

    def _held_out_rows(self) -> Tensor | None:
        """Up to 32 rows, evenly spread over the held-out text; always the same ones."""
        ids = self.corpus.held_out
        length = min(self.settings.length + 1, len(ids))
        if length < 2:
            return None
        n_rows = min(_HELD_OUT_WINDOWS, len(ids) // length)
        starts = np.linspace(0, len(ids) - length, n_rows).astype(np.int64)
        return torch.tensor(ids[starts[:, None] + np.arange(length)], device=self.device)

    def _seeded(self, step: int) -> _Seeded:
        return _Seeded(self.settings.seed, step, self.device)

    def _diverged(self, rate: float) -> DivergedError:
        return DivergedError(
            "The loss is not a number after {step} steps: a learning rate of {rate} is too high "
            "for this model. Lower it; what was saved before is kept.",
            step=self.step,
            rate=f"{rate:g}",
        )


class _Seeded:
    """Torch's random numbers from a seed of their own; afterwards they go on as before."""

    def __init__(self, seed: int, step: int, device: torch.device) -> None:
        self._seed = int(np.random.SeedSequence([seed, step]).generate_state(1, np.uint64)[0])
        self._device = device

    def __enter__(self) -> None:
        self._cpu = torch.get_rng_state()
        on_cuda = self._device.type == "cuda"
        self._cuda = torch.cuda.get_rng_state(self._device) if on_cuda else None
        torch.manual_seed(self._seed)

    def __exit__(self, *error: object) -> None:
        torch.set_rng_state(self._cpu)
        if self._cuda is not None:
            torch.cuda.set_rng_state(self._cuda, self._device)


def _check_sizes(corpus: Corpus, settings: TrainingSettings) -> None:
    if len(corpus.training) < settings.length + 1:
        raise VisualizerError(
            "The text has {n} {unit} to train on, too few for rows of {length}: take a longer "
            "text or shorter rows.",
            n=len(corpus.training),
            unit=corpus.unit,
            length=settings.length,
        )
    n_parameters = settings.n_parameters(len(corpus.vocabulary))
    if n_parameters > MOST_PARAMETERS:
        raise UsageError(
            "This model would have {n} million parameters, and at most {most} million are "
            "trained here: choose smaller sizes.",
            n=f"{n_parameters / 1e6:,.0f}",
            most=f"{MOST_PARAMETERS / 1e6:,.0f}",
        )
    n_numbers = settings.n_step_numbers(len(corpus.vocabulary))
    if n_numbers > MOST_STEP_NUMBERS:
        raise UsageError(
            "A step of this training would hold {n} million numbers, and at most {most} million "
            "fit: choose shorter or fewer rows, or smaller sizes.",
            n=f"{n_numbers / 1e6:,.0f}",
            most=f"{MOST_STEP_NUMBERS / 1e6:,.0f}",
        )
