"""What a training process tells, line by line, as values. NumPy only."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.text import Unit
from visualizer.lessons.training_settings import StepRecord, TrainingSettings


@dataclass(frozen=True)
class TrainingReady:
    """The model is built, or taken up again, and the first step begins.

    Attributes:
        step: Steps taken before.
        device: As torch names it.
        n_threads: Of torch, on the processor.
        unit: What a token is.
        vocabulary_size: V.
        training_tokens, held_out_tokens: Of the text.
        parameters: How many numbers are learned.
        settings: How it trains.
    """

    step: int
    device: str
    n_threads: int
    unit: Unit
    vocabulary_size: int
    training_tokens: int
    held_out_tokens: int
    parameters: int
    settings: TrainingSettings


@dataclass(frozen=True)
class StepsTaken:
    """Steps since the last time, in order."""

    records: tuple[StepRecord, ...]


@dataclass(frozen=True)
class SampleTaken:
    """What the model writes after `prompt`, which `text` begins with."""

    step: int
    prompt: str
    text: str


@dataclass(frozen=True, eq=False)
class MapsTaken:
    """Attention weights on a fixed stretch of text.

    Attributes:
        tokens: The T tokens.
        weights: (L, H, T, T) float32; rows are queries and sum to 1.
        is_held_out: Whether the stretch is of the text that is never trained on.
    """

    step: int
    tokens: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    is_held_out: bool


@dataclass(frozen=True)
class Saved:
    """A checkpoint is on the disk, and the model beside it if `model`."""

    step: int
    model: bool


@dataclass(frozen=True)
class Paused:
    """No step is taken until it is resumed."""

    step: int


@dataclass(frozen=True)
class Resumed:
    """Steps are taken again."""

    step: int


@dataclass(frozen=True)
class Ended:
    """All is saved and the process ends; `reason` is "stopped" or "done"."""

    step: int
    reason: str


@dataclass(frozen=True, eq=False)
class Problem:
    """Something did not work; the training goes on, or waits, unless `is_fatal`.

    Attributes:
        kind: "diverged", "disk" or "other".
    """

    error: VisualizerError
    kind: str
    is_fatal: bool


Event = (
    TrainingReady
    | StepsTaken
    | SampleTaken
    | MapsTaken
    | Saved
    | Paused
    | Resumed
    | Ended
    | Problem
)


def read_event(line: str) -> Event | None:
    """One line of a training process; None for a line that is no event."""
    try:
        values = json.loads(line)
        return _READERS[values["event"]](values)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None


def _ready(values: Mapping[str, Any]) -> TrainingReady:
    kept = {key: value for key, value in values.items() if key not in ("event", "settings")}
    return TrainingReady(settings=TrainingSettings(**values["settings"]), **kept)


def _steps(values: Mapping[str, Any]) -> StepsTaken:
    return StepsTaken(tuple(StepRecord(**record) for record in values["records"]))


def _sample(values: Mapping[str, Any]) -> SampleTaken:
    return SampleTaken(int(values["step"]), str(values["prompt"]), str(values["text"]))


def _maps(values: Mapping[str, Any]) -> MapsTaken:
    numbers = np.frombuffer(base64.b64decode(values["float32"]), np.float32)
    weights = numbers.reshape(values["shape"])
    tokens = tuple(map(str, values["tokens"]))
    return MapsTaken(int(values["step"]), tokens, weights, bool(values["is_held_out"]))


def _saved(values: Mapping[str, Any]) -> Saved:
    return Saved(int(values["step"]), bool(values["model"]))


def _paused(values: Mapping[str, Any]) -> Paused:
    return Paused(int(values["step"]))


def _resumed(values: Mapping[str, Any]) -> Resumed:
    return Resumed(int(values["step"]))


def _ended(values: Mapping[str, Any]) -> Ended:
    return Ended(int(values["step"]), str(values["reason"]))


def _problem(values: Mapping[str, Any]) -> Problem:
    template, filled = str(values["template"]), dict(values["values"])
    error = VisualizerError(
        "{reason}", reason=template.format(**filled), detail=str(values["detail"])
    )
    error.template, error.values = template, filled  # to be said in the window's language
    return Problem(error, str(values["kind"]), values["event"] == "failed")


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Event]] = {
    "ready": _ready,
    "steps": _steps,
    "sample": _sample,
    "maps": _maps,
    "saved": _saved,
    "paused": _paused,
    "resumed": _resumed,
    "ended": _ended,
    "problem": _problem,
    "failed": _problem,
}
