"""What a training in a process of its own is asked to do, as JSON. No torch.

A run has a folder: the text that it trains on, its checkpoint, and the model as it was last
saved, which opens like any other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from visualizer.engine.errors import UsageError
from visualizer.lessons.text import Unit
from visualizer.lessons.training_settings import TrainingSettings

TEXT_FILE = "text.txt"
CHECKPOINT_FILE = "checkpoint.safetensors"

Source = Literal["stories", "chinese", "random", "text", "file", "folder"]
"""Where the text comes from: the program, the job itself, a file, or the run's own folder, whose
checkpoint is then gone on from."""


@dataclass(frozen=True)
class TrainingJob:
    """A training to begin, or to go on with.

    Attributes:
        folder: Of the run; made if it is not there.
        source: Where the text comes from.
        text: The text itself, or the path of a file; "" for the other sources.
        unit: What a token is; of a run to go on with, its checkpoint knows.
        settings: How to train; of a run to go on with, only the learning rate counts, and only
            if `keeps_rate` is False.
        steps: How many to take before it ends by itself, of a run to go on with so many more; 0
            for no end.
        device: "auto", or as torch names it.
        prompt: What samples begin with; "" for the beginning of the text.
        temperature: Of the samples.
        n_threads: Of torch; 0 for its own choice.
        keeps_rate: Whether to go on with the checkpoint's learning rate.
    """

    folder: str
    source: Source
    text: str = ""
    unit: Unit = "characters"
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    steps: int = 0
    device: str = "auto"
    prompt: str = ""
    temperature: float = 0.8
    n_threads: int = 0
    keeps_rate: bool = True

    @property
    def checkpoint(self) -> Path:
        """Where the checkpoint is."""
        return Path(self.folder) / CHECKPOINT_FILE

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> TrainingJob:
        """The job of a line that `to_json` wrote.

        Raises:
            UsageError: The line is not such a job.
        """
        try:
            values = json.loads(line)
            settings = TrainingSettings(**values.pop("settings"))
            return cls(settings=settings, **values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError("This is no training job: {reason}", reason=str(error)) from error
