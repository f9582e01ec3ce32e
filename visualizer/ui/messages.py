"""What the window says to its user: notices, and errors as translated sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QCoreApplication

from visualizer.engine.errors import ContextOverflowError, VisualizerError

Level = Literal["hint", "info", "warning", "error"]


@dataclass(frozen=True)
class Choice:
    """A button of a notice.

    Attributes:
        key: What the handler is told.
        label: Its text.
    """

    key: str
    label: VisualizerError


@dataclass(frozen=True)
class Notice:
    """Something to tell the user without standing in their way.

    Attributes:
        key: What it is about; a newer notice with the same key takes its place.
        message: The sentence.
        choices: What can be done about it.
    """

    key: str
    level: Level
    message: VisualizerError
    choices: tuple[Choice, ...] = ()


def sentence(error: VisualizerError) -> str:
    """The error in the user's language."""
    return QCoreApplication.translate("errors", error.template).format(**error.values)


def short_model_name(name: str) -> str:
    """A model's name as a title: of a path only its end."""
    return Path(name).name if Path(name).is_absolute() else name


def size_text(n_bytes: int) -> str:
    """A file size as a person says it: "93 MB"."""
    if n_bytes < 1_000_000:
        return f"{max(n_bytes, 0) / 1000:.0f} kB"
    if n_bytes < 1_000_000_000:
        return f"{n_bytes / 1e6:.0f} MB"
    return f"{n_bytes / 1e9:.1f} GB"


def overflow_notice(n_tokens: int, model_name: str, context_length: int) -> Notice:
    """The text is too long for the model: which part of it shall stay?"""
    error = ContextOverflowError(
        "The text has {n_tokens:,} tokens; {model} reads at most {context_length:,}.",
        n_tokens=n_tokens,
        context_length=context_length,
        model=model_name,
    )
    # A little room, so that the next key does not bring the same question.
    n_kept = context_length - min(64, context_length // 8)
    last = VisualizerError("Keep the last {n:,} tokens", n=n_kept)
    first = VisualizerError("Keep the first {n:,} tokens", n=n_kept)
    choices = (Choice(f"keep:{n_kept}", last), Choice(f"keep:{-n_kept}", first))
    return Notice("text", "warning", error, choices)
