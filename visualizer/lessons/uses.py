"""Five uses of next-token prediction: prompts, and what a model that can do it writes after them.

A prompt that shows how it is meant by an example or two works for a model that was trained on
nothing but text; no question has to be asked (Brown et al. 2020, few-shot prompts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

USE_KEYS = ("text", "question", "translation", "summary", "dialogue")
CAPABLE_MODEL = "smollm2-135m"
"""Writes what is claimed for each of the five; the name is the catalogue's."""

Trial = Literal["tried", "untried", "beyond"]


@dataclass(frozen=True)
class Use:
    """A prompt for one model.

    Attributes:
        key: One of USE_KEYS.
        prompt: Text for the model.
        continuation: What it goes on with, if the likeliest token is taken each time.
        trial: "tried" if this model was seen to do so, "untried" if nobody looked, "beyond" if
            it cannot.
    """

    key: str
    prompt: str
    continuation: str
    trial: Trial


_PROMPTS: Mapping[str, tuple[str, str]] = {
    "text": ("A journey of a thousand miles begins with a single", " step"),
    "question": (
        "Question: What is the capital of Italy?\nAnswer: Rome\n"
        "Question: What is the capital of France?\nAnswer:",
        " Paris",
    ),
    "translation": (
        "English: thank you\nFrench: merci\nEnglish: good morning\nFrench:",
        " bonjour",
    ),
    "summary": (
        "Article: The team from the north scored three goals, and the team from the south scored "
        "none.\nHeadline: North wins\n\n"
        "Article: It rained for three days, and the river rose into the streets of the town.\n"
        "Headline:",
        " The town was flooded.",
    ),
    "dialogue": (
        "Anna: Hello, I am Anna. What is your name?\nBen: Hello, Anna. My name is",
        " Ben.",
    ),
}
_TINY = (
    "Once upon a time there was a red fox named Mia. Mia lived in the forest. One day Mia met a "
)
_TINY_PROMPTS: Mapping[str, tuple[str, str]] = {
    "text": ("Once upon a time there was a", " little"),
    "question": (
        f"{_TINY}white dog named Tom. Tom found a ball. Tom gave the ball to Mia.\n"
        "Question: Who has the ball now?\nAnswer:",
        " Mia has the ball.",
    ),
    "dialogue": (f"{_TINY}white dog named Tom. Hello, Tom, said Mia. Hello,", " Mia, said Tom."),
}
"""The bundled model has read stories of one grammar only, see its card."""


def use_for(key: str, model: str) -> Use:
    """The prompt of a use for a model by its name; "" where there is none yet.

    Raises:
        KeyError: There is no such use.
    """
    prompt, continuation = _PROMPTS[key]
    if model == "tiny":
        if key not in _TINY_PROMPTS:
            return Use(key, prompt, continuation, "beyond")
        return Use(key, *_TINY_PROMPTS[key], "tried")
    return Use(key, prompt, continuation, "tried" if model == CAPABLE_MODEL else "untried")
