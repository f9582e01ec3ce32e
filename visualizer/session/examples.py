"""The example prompts that the program offers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from visualizer.locations import bundled_path


@dataclass(frozen=True)
class ExamplePrompt:
    """One example.

    Attributes:
        title: For the menu.
        text: The prompt.
        look: One sentence: what to look at.
        model: Catalogue name of the only model that the prompt is meant for; None for any.
    """

    title: str
    text: str
    look: str
    model: str | None = None


def first_example(examples: tuple[ExamplePrompt, ...], model: str) -> str:
    """The text to begin with: the first example meant for `model` only, else the first for any."""
    fitting = [example.text for example in examples if example.model == model]
    general = [example.text for example in examples if example.model is None]
    return (fitting + general + [""])[0]


def example_prompts(path: Path | None = None) -> tuple[ExamplePrompt, ...]:
    """The examples in the order of the menu, titles and sentences in English or Chinese.

    Args:
        path: Another TOML file than the bundled one.

    Raises:
        ValueError: The file is no TOML, or an example lacks a field or has one too many.
    """
    source = bundled_path("resources", "prompts", "examples.toml") if path is None else path
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
        return tuple(ExamplePrompt(**entry) for entry in table["prompt"])
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{source}: {error}") from error
