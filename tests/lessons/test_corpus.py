from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons import corpus
from visualizer.lessons.corpus import random_corpus, text_corpus


def test_the_last_tenth_is_held_out():
    text = "abcdefghij" * 5
    data = text_corpus(text)
    assert data.vocabulary == tuple("abcdefghij")
    assert (len(data.training), len(data.held_out)) == (45, 5)
    assert data.decode([*data.training, *data.held_out]) == text
    assert data.encode("cab") == [2, 0, 1]
    with pytest.raises(ValueError, match="read-only"):
        data.training[0] = 1


def test_words():
    data = text_corpus("You love oranges. You love grapes.", "words")
    assert data.vocabulary == (".", "You", "grapes", "love", "oranges")
    assert data.decode(data.encode("You love grapes.")) == "You love grapes."


def test_random_tokens_are_drawn_evenly_from_a_seed():
    data = random_corpus(10, 20_000, seed=3)
    assert np.bincount(data.training, minlength=10).min() > 1600
    again = random_corpus(10, 20_000, seed=3)
    np.testing.assert_array_equal(data.training, again.training)
    assert len(random_corpus().vocabulary) == 1000


@pytest.mark.parametrize(("text", "unit"), [("", "characters"), ("aaaa", "characters"),
                                            ("word", "words"), ("la la la", "words")])  # fmt: skip
def test_nothing_to_predict(text, unit):
    with pytest.raises(VisualizerError, match="to learn what comes next, it takes two"):
        text_corpus(text, unit)


def test_too_many_different_tokens(monkeypatch):
    monkeypatch.setattr(corpus, "MOST_DIFFERENT", 5)
    with pytest.raises(VisualizerError, match="6 different characters, and at most 5"):
        text_corpus("abcdef")


def test_other_bad_input():
    with pytest.raises(UsageError, match="'x' does not occur"):
        text_corpus("abab").encode("abx")
    for sizes in ((1, 10), (10, 1)):
        with pytest.raises(UsageError, match="at least 2"):
            random_corpus(*sizes)
