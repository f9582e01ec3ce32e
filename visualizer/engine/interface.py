"""What the engine promises to its callers, without importing torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from visualizer.engine.attention_records import HeadsQuestion, HeadsRecord
from visualizer.engine.lesson_records import LessonQuestion, LessonRecord
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import (
    FailureRecord,
    ForwardRecord,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRecord,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    OverviewRecord,
    PositionRequest,
    PredictionRecord,
    ProgressRecord,
    SurpriseRecord,
    TokensRecord,
)

Question = (
    ForwardRequest
    | GenerateRequest
    | PositionRequest
    | PathRequest
    | HeadRequest
    | HeadsQuestion
    | LessonQuestion
)
Request = LoadRequest | Question
Record = (
    ProgressRecord
    | ModelRecord
    | TokensRecord
    | HeadRecord
    | ForwardRecord
    | PredictionRecord
    | PathRecord
    | OverviewRecord
    | SurpriseRecord
    | GeneratedRecord
    | GenerationEnded
    | HeadsRecord
    | LessonRecord
    | FailureRecord
)
Report = Callable[[ProgressRecord], None]


class PreparedModel(Protocol):
    """A model that passed its dry run and waits to be taken into use."""

    @property
    def record(self) -> ModelRecord:
        """What the user is told of it."""
        ...


class Engine(Protocol):
    """Runs one model at a time; used by one thread only, but for `prepare`.

    Every method raises `Cancelled` when the request's cancel token is set, and a
    `VisualizerError` with a sentence for the user when it fails; the model and the prompt at
    hand stay usable after either.
    """

    def prepare(self, request: LoadRequest, report: Report) -> PreparedModel:
        """Load a model and put it through a dry run.

        Touches nothing of the model in use, which may answer in another thread meanwhile.
        """
        ...

    def take(self, prepared: PreparedModel) -> ModelRecord:
        """Take a prepared model into use in place of the old one; quick."""
        ...

    def answer(self, question: Question) -> Iterator[Record]:
        """Yield the records that answer `question`, the most wanted first.

        Between two records the caller may ask other questions: an answer that is under way
        holds no state that a `HeadRequest` or `PositionRequest` disturbs.
        """
        ...
