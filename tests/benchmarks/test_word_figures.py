"""Words that are followed, timed together and one by one: the same answers, and never a limit."""

from __future__ import annotations

import math

from visualizer.bench.subject import load_subject
from visualizer.bench.words import WORDS_TARGET, word_figures
from visualizer.locations import bundled_path


def test_words_are_timed_after_a_short_and_a_long_text() -> None:
    said: list[str] = []
    path = bundled_path("models", "tiny")
    tiny = load_subject("tiny", path, "cpu", "auto", repeats=1, say=said.append)
    figures = list(word_figures(tiny))
    short, long = tiny.lengths
    assert [(figure.name, figure.unit, figure.target) for figure in figures] == [
        (f"8 words of 3 tokens, T={short}: together / one by one", "x", WORDS_TARGET),
        (f"8 words of 3 tokens, T={short}", "ms", None),
        (f"8 words of 3 tokens, T={long}: together / one by one", "x", WORDS_TARGET),
        (f"8 words of 3 tokens, T={long}", "ms", None),
    ]
    assert all(figure.value is not None and math.isfinite(figure.value) for figure in figures)
    assert said[-1] == "following 8 words"
    reading = tiny.engine._reading
    assert reading is not None
    assert reading.trace.runs_branches is True, "they were really run together"
