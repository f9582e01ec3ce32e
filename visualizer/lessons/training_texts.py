"""Texts to train on that come with the program, and the tutorial's random tokens. NumPy only."""

from __future__ import annotations

from typing import Literal

import numpy as np

from visualizer.lessons.chinese_stories import chinese_story
from visualizer.lessons.story_grammar import generate_story

Source = Literal["stories", "chinese", "random"]

STORIES, CHINESE_STORIES = 350, 2000
RANDOM_VOCABULARY, RANDOM_TOKENS = 1000, 100_000
"""The tutorial's vocabulary; it draws new tokens at every run, here they are drawn once."""


def built_in_text(source: Source, seed: int = 0) -> str:
    """A text of about 150,000 characters.

    Args:
        source: "stories": English, "chinese": Chinese, one story a line; "random": numbers from
            0 to 999 in which there is nothing to predict, as words.
        seed: Of what is drawn.
    """
    rng = np.random.default_rng(seed)
    if source == "random":
        return " ".join(map(str, rng.integers(RANDOM_VOCABULARY, size=RANDOM_TOKENS).tolist()))
    if source == "chinese":
        return "\n".join(chinese_story(rng) for _ in range(CHINESE_STORIES))
    return "\n".join(generate_story(rng) for _ in range(STORIES))
