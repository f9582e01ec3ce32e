"""Runs the tutorial's script line by line, as it stands or with something in it changed.

What is run is the text that is shown: a change is made in the text of the script. torch is
imported where it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from visualizer.engine.errors import UsageError, VisualizerError

MOST_EPOCHS, MOST_SEED = 1000, 2**31 - 1
VOCABULARY = 1000
LEAST_CHARACTERS = 10
"""A column has so many tokens."""

_MODULE = "visualizer.lessons.tutorial_script"
_FILE = "tutorial_script.py"
_BATCH = "src = torch.randint(0, 1000, (10, 32))"
_TEXT_BATCH = "src = ids[torch.arange(10)[:, None] + torch.randint(0, len(ids) - 9, (32,))]"
_LOSS = "loss = criterion(output.view(-1, 1000), src.view(-1))"
_SHIFTED_LOSS = "loss = criterion(output[:-1].view(-1, 1000), src[1:].view(-1))"
_SEED, _EPOCHS = "torch.manual_seed(0)", "for epoch in range(10):"
_READING = (
    "text = {text!r}",
    "vocabulary = sorted(set(text))",
    "ids = torch.tensor([vocabulary.index(character) for character in text])",
)


@dataclass(frozen=True)
class ScriptSettings:
    """What is changed in the script; by default nothing is.

    Attributes:
        seed: Of the first weights, the batch and the dropout.
        epochs: Steps of Adam.
        shifts_target: Compare the output with the token that comes next, not with the same one.
        draws_afresh: Draw another batch in each epoch.
        text: Its characters are the data; None for the script's random numbers.

    Raises:
        UsageError: A number is out of its range.
        VisualizerError: The text has too few characters, or too many different ones.
    """

    seed: int = 0
    epochs: int = 10
    shifts_target: bool = False
    draws_afresh: bool = False
    text: str | None = None

    def __post_init__(self) -> None:
        for name, low, high in (("seed", 0, MOST_SEED), ("epochs", 1, MOST_EPOCHS)):
            if not low <= getattr(self, name) <= high:
                raise UsageError(
                    "{name} must be from {low} to {high}, got {value}",
                    name=name,
                    low=low,
                    high=high,
                    value=getattr(self, name),
                )
        if self.text is not None and len(self.text) < LEAST_CHARACTERS:
            raise VisualizerError(
                "The text has {n} characters, and a column of the batch takes {least}: write more.",
                n=len(self.text),
                least=LEAST_CHARACTERS,
            )
        if self.text is not None and len(set(self.text)) > VOCABULARY:
            raise VisualizerError(
                "The text has {n} different characters, and the model knows {most}: take a "
                "shorter text.",
                n=len(set(self.text)),
                most=VOCABULARY,
            )

    @property
    def batch(self) -> str:
        """The line that draws the (10, 32) tokens of a batch."""
        return _BATCH if self.text is None else _TEXT_BATCH

    def source(self) -> str:
        """The script with these changes."""
        begin, step = "\n    ", "\n        "
        reading = () if self.text is None else (_READING[0].format(text=self.text), *_READING[1:])
        epochs = f"for epoch in range({self.epochs}):"
        source = printed_source()
        for old, new in (
            (_SEED, f"torch.manual_seed({self.seed})"),
            (_BATCH, begin.join((*reading, self.batch))),
            (_EPOCHS, epochs + step + self.batch if self.draws_afresh else epochs),
            (_LOSS, _SHIFTED_LOSS if self.shifts_target else _LOSS),
        ):
            assert source.count(old) == 1
            source = source.replace(old, new)
        return source

    def changed_lines(self) -> tuple[int, ...]:
        """Numbers of the lines, from 1, that are not in the script as it is printed."""
        printed = set(printed_source().splitlines())
        lines = enumerate(self.source().splitlines(), start=1)
        return tuple(number for number, line in lines if line not in printed)


@dataclass(frozen=True)
class LineReached:
    """A line is about to run.

    Attributes:
        number: From 1.
        is_inner: Whether it stands in a class or a function, called by a line of the script.
    """

    number: int
    is_inner: bool


@dataclass(frozen=True)
class Printed:
    """The script printed a line."""

    text: str


@dataclass(frozen=True)
class LossPrinted(Printed):
    """The line that it prints after an epoch, from 1."""

    epoch: int
    loss: float


@dataclass(frozen=True)
class ScriptResult:
    """What a run of the script came to.

    Attributes:
        output_shape: Of the output of the first forward pass: (10, 32, 1000).
        losses: After each epoch as it is printed, in nats.
        parameters: How many numbers the model learns.
        same_token_loss: On another batch, drawn in the same way, of saying each token again.
        next_token_loss: On that batch, of saying the token that comes next.
    """

    output_shape: tuple[int, ...]
    losses: tuple[float, ...]
    parameters: int
    same_token_loss: float
    next_token_loss: float


Told = LineReached | Printed


@cache
def printed_source() -> str:
    """The script as it stands in its file."""
    spec = find_spec(_MODULE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).read_text(encoding="utf-8")


def run_script(settings: ScriptSettings, tell: Callable[[Told], None]) -> ScriptResult:
    """Run the script; torch's random numbers are afterwards as they were.

    Args:
        settings: What is changed in it.
        tell: Told of each line before it runs and of what is printed. What it raises ends the
            run.
    """
    import torch

    run = _Run(tell)
    names = {"__name__": "__main__", "print": run.take_printed}
    code = compile(settings.source(), _FILE, "exec", dont_inherit=True)
    before = sys.gettrace()
    with torch.random.fork_rng(devices=[]):
        sys.settrace(run.trace_call)
        try:
            exec(code, names)
        finally:
            sys.settrace(before)
        return run.result(names, settings.batch)


class _Run:
    """Listens to one run."""

    def __init__(self, tell: Callable[[Told], None]) -> None:
        self._tell = tell
        self._losses: list[float] = []
        self._output_shape: tuple[int, ...] = ()

    def trace_call(self, frame: FrameType, _event: str, _value: object) -> Any:
        """Of all that is called, follow what stands in the script."""
        return self._trace_line if frame.f_code.co_filename == _FILE else None

    def _trace_line(self, frame: FrameType, event: str, _value: object) -> Any:
        if event == "line":
            self._tell(LineReached(frame.f_lineno, frame.f_code.co_name != "<module>"))
        return self._trace_line

    def take_printed(self, *values: Any) -> None:
        """In place of the script's `print`: a shape, or "epoch", its number, "loss", the loss."""
        text = " ".join(map(str, values))
        if len(values) == 1:
            self._output_shape = tuple(values[0])
            self._tell(Printed(text))
        else:
            _, epoch, _, loss = values
            self._losses.append(loss)
            self._tell(LossPrinted(text, epoch, loss))

    def result(self, names: dict[str, Any], batch: str) -> ScriptResult:
        """What the run came to, from the script's own variables.

        Args:
            names: The script's variables.
            batch: The line that draws another batch.
        """
        import torch

        model, criterion = names["model"], names["criterion"]
        exec(batch, names)
        src = names["src"]
        model.eval()
        with torch.no_grad():
            output = model(src, names["src_mask"])
        same = criterion(output.flatten(end_dim=1), src.flatten())
        following = criterion(output[:-1].flatten(end_dim=1), src[1:].flatten())
        parameters = sum(parameter.numel() for parameter in model.parameters())
        return ScriptResult(
            self._output_shape, tuple(self._losses), parameters, same.item(), following.item()
        )
