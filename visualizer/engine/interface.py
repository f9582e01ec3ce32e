"""What the engine promises to its callers, without importing torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from visualizer.engine.records import (
    ForwardRequest,
    GenerateRequest,
    HeadRequest,
    LoadRequest,
    ModelRecord,
    PositionRequest,
    ProgressRecord,
    Record,
)

Question = ForwardRequest | PositionRequest | HeadRequest | GenerateRequest
Report = Callable[[ProgressRecord], None]


class Engine(Protocol):
    """Runs one model at a time; used by one thread only.

    Every method raises `Cancelled` when the request's cancel token is set, and a
    `VisualizerError` with a sentence for the user when it fails; the model and the prompt at
    hand stay usable after either.
    """

    def load(self, request: LoadRequest, report: Report) -> ModelRecord:
        """Load a model and take it into use once it passed a dry run; else keep the old one."""
        ...

    def answer(self, question: Question) -> Iterator[Record]:
        """Yield the records that answer `question`, the most wanted first.

        Between two generated tokens the caller may answer other questions: a generation that
        is under way holds no state that a `HeadRequest` or `PositionRequest` disturbs.
        """
        ...
