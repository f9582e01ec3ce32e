"""What is kept of every generated token, so that each step can be looked at again. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from visualizer.engine.records import GeneratedRecord, GenerateRequest, Int64Array
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.step_records import StepCandidates

_RECENT = 10  # steps over which the speed is smoothed


@dataclass(frozen=True)
class GeneratedStep:
    """One generated token.

    Attributes:
        position: Of the token in the text; it was drawn from the distribution after the token
            before it.
        token_id, data: What was drawn, and its bytes.
        logprob: Natural log of its probability before sampling parameters.
        sampled_logprob: The same after them, as they were when it was drawn.
        rank: Before sampling parameters, from 1; 0 if unknown.
        seed: With which it was drawn.
        draw: Which of the seed's draws this was, from 0.
        elapsed_ms: From the token before it.
        sampling: The parameters with which it was drawn.
        candidates: The distribution that it was drawn from; None where it was not told.
    """

    position: int
    token_id: int
    data: bytes
    logprob: float
    sampled_logprob: float
    rank: int
    seed: int
    draw: int
    elapsed_ms: float
    sampling: SamplingParams = SamplingParams()
    candidates: StepCandidates | None = None

    @property
    def prob(self) -> float:
        """Probability before sampling parameters, in [0, 1]."""
        return math.exp(self.logprob)

    @property
    def sampled_prob(self) -> float:
        """Probability with which it was drawn, in (0, 1]."""
        return math.exp(self.sampled_logprob)


@dataclass(frozen=True)
class SeedPlace:
    """Where the draws of a seed have got to.

    Attributes:
        ids: The text after the last draw.
        seed: Which seed.
        n_drawn: How many draws were made, whose tokens are the last of `ids`.
    """

    ids: tuple[int, ...]
    seed: int
    n_drawn: int


class GeneratedSteps:
    """The generated tokens that are still in the text, in order."""

    def __init__(self) -> None:
        self._steps: list[GeneratedStep] = []
        self._ids: Int64Array = np.empty(0, np.int64)
        self._place: SeedPlace | None = None

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, index: int) -> GeneratedStep:
        return self._steps[index]

    @property
    def steps(self) -> tuple[GeneratedStep, ...]:
        """All of them."""
        return tuple(self._steps)

    @property
    def positions(self) -> frozenset[int]:
        """Of their tokens in the text."""
        return frozenset(step.position for step in self._steps)

    def take(self, record: GeneratedRecord, request: GenerateRequest) -> None:
        """One more token, in answer to `request`."""
        ids = record.forward.tokenization.ids
        self.keep_prefix(ids[:-1])
        self._ids = ids
        self._steps.append(generated_step(record, request))
        n_drawn = request.n_drawn + record.step + 1
        self._place = SeedPlace(tuple(ids.tolist()), request.seed, n_drawn)

    def keep_prefix(self, ids: Int64Array) -> None:
        """The text is now `ids`: forget the steps from the first token that is another."""
        n = min(len(ids), len(self._ids))
        differs = np.flatnonzero(ids[:n] != self._ids[:n])
        n_same = int(differs[0]) if differs.size else n
        while self._steps and self._steps[-1].position >= n_same:
            self._steps.pop()

    def copy(self) -> GeneratedSteps:
        """The same, not changed by what is done to these."""
        other = GeneratedSteps()
        other._steps, other._ids, other._place = list(self._steps), self._ids, self._place
        return other

    def clear(self) -> None:
        """Another model: forget everything."""
        self._steps, self._place = [], None

    def n_drawn(self, ids: tuple[int, ...] | None, seed: int) -> int:
        """Draws already made with `seed` where a generation goes on from exactly `ids`.

        0 where the text or the seed is another than the last draw left: it starts anew.
        """
        place = self._place
        if place is None or ids is None or (place.ids, place.seed) != (ids, seed):
            return 0
        return place.n_drawn

    def step_after(self, query: int) -> int | None:
        """Index of the step that drew from the distribution after token `query`, or None."""
        for index in range(len(self._steps) - 1, -1, -1):
            if self._steps[index].position <= query + 1:
                return index if self._steps[index].position == query + 1 else None
        return None

    def tokens_per_second(self) -> float | None:
        """Speed over the last steps; None while there is none with a time."""
        recent = self._steps[-_RECENT:]
        total_ms = sum(step.elapsed_ms for step in recent)
        return 1e3 * len(recent) / total_ms if total_ms > 0 else None


def generated_step(record: GeneratedRecord, request: GenerateRequest) -> GeneratedStep:
    """What is kept of a token that was made in answer to `request`."""
    return GeneratedStep(
        position=len(record.forward.tokenization) - 1,
        token_id=record.token_id,
        data=record.data,
        logprob=record.logprob,
        sampled_logprob=record.sampled_logprob,
        rank=record.rank,
        seed=request.seed,
        draw=request.n_drawn + record.step,
        elapsed_ms=record.elapsed_ms,
        sampling=request.sampling,
        candidates=record.candidates,
    )


@dataclass(frozen=True)
class ReplayView:
    """The scrubber over the generated tokens.

    Attributes:
        n_steps: Generated tokens that are still in the text.
        index: The step that is looked at, from 0; None while another place of the text is.
        step: That step, None with `index`.
        text: Its token, for display; "" with `index`.
    """

    n_steps: int = 0
    index: int | None = None
    step: GeneratedStep | None = None
    text: str = ""


@dataclass(frozen=True)
class GenerationView:
    """The generation controls.

    Attributes:
        can_generate: Whether a generation can begin or go on.
        generating: Whether one runs.
        paused: Whether one was paused and can go on to its end.
        made: Tokens made by the run at hand.
        tokens_per_second: Over the last steps, None where not known.
        until: What ends a run: "count", "end" or "string".
        n_generate: Tokens of a run that ends by their number.
        stop_string: Text that ends a run of "string".
        ends_at_end_of_text: Whether an end token ends any run.
        replay: The scrubber.
    """

    can_generate: bool
    generating: bool
    paused: bool
    made: int
    tokens_per_second: float | None
    until: str
    n_generate: int
    stop_string: str
    ends_at_end_of_text: bool
    replay: ReplayView = ReplayView()
