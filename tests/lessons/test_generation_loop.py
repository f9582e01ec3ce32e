"""The loop in stages writes what `generate_text` writes, whatever is changed on the way."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError
from visualizer.lessons.bigram import TUTORIAL_SENTENCES, count_bigrams
from visualizer.lessons.generation import Hyperparameters, generate_text, predict_next_token
from visualizer.lessons.generation_loop import (
    MOST_WORDS,
    GenerationLoop,
    draw_often,
    share_of_line,
)

BIGRAMS = count_bigrams(TUTORIAL_SENTENCES)


def loop_from(start="I", *, seed=0, smoothing=0.0, **hyperparameters):
    loop = GenerationLoop(BIGRAMS, start)
    loop.set_seed(seed)
    loop.set_smoothing(smoothing)
    loop.set_hyperparameters(Hyperparameters(**hyperparameters))
    return loop


def written(start, n_words, *, seed, smoothing, **hyperparameters):
    steps = generate_text(
        [start],
        n_words,
        Hyperparameters(**hyperparameters),
        predict=partial(predict_next_token, bigrams=BIGRAMS, smoothing=smoothing),
        words=BIGRAMS.words,
        rng=np.random.default_rng(seed),
    )
    return [start, *(step.word for step in steps)]


def turn(loop):
    for _ in range(4):
        loop.advance()


@given(
    st.integers(0, 10**6),
    st.sampled_from([0.1, 0.5, 2.0]),
    st.sampled_from([0.0, 0.7, 2.0]),
    st.integers(0, 4),
    st.integers(0, 5),
)
@settings(deadline=None, max_examples=60)
def test_stages_write_what_the_function_writes(seed, smoothing, temperature, top_k, n_stepped):
    values = {"temperature": temperature, "top_k": top_k}
    loop = loop_from(seed=seed, smoothing=smoothing, **values)
    for _ in range(n_stepped):
        turn(loop)
    loop.run(8 - n_stepped)
    assert loop.tokens == written("I", 8, seed=seed, smoothing=smoothing, **values)


def test_the_stages_of_one_turn():
    loop = loop_from("love", top_k=1)
    assert (loop.stage, loop.round) == ("begun", None)
    loop.advance()
    assert loop.stage == "predicted"
    words = dict(zip(BIGRAMS.words, loop.round.predictions, strict=True))
    assert words == {"I": 0, "love": 0, "oranges": 2 / 3, "grapes": 1 / 3, "you": 0}
    loop.advance()
    assert loop.stage == "shaped"
    assert loop.round.shaped[BIGRAMS.index("oranges")] == 1
    loop.advance()
    assert loop.stage == "selected"
    assert loop.tokens == ["love"]
    low, high = share_of_line(loop.round.shaped, loop.round.chosen)
    assert low <= loop.round.draw < high
    loop.advance()
    assert loop.stage == "appended"
    assert loop.tokens == ["love", "oranges"]


def test_a_word_that_nothing_follows_ends_it_until_something_does():
    loop = loop_from()
    loop.run(10)
    assert len(loop.tokens) == 3
    assert "Nothing ever follows" in str(loop.ended)
    loop.advance()
    assert len(loop.tokens) == 3
    assert loop.stage == "appended"
    loop.set_smoothing(0.5)
    assert loop.ended is None
    loop.run(10)
    assert len(loop.tokens) == 13


def test_a_start_that_nothing_follows():
    loop = loop_from("grapes")
    loop.advance()
    assert "'grapes'" in str(loop.ended)
    assert loop.stage == "begun"


def test_a_change_before_appending_takes_the_draw_back():
    loop, straight = loop_from(smoothing=0.5, seed=7), loop_from(smoothing=0.5, seed=7)
    for _ in range(3):
        loop.advance()
    assert loop.stage == "selected"
    loop.set_hyperparameters(Hyperparameters(temperature=2))
    assert loop.stage == "shaped"
    loop.set_hyperparameters(Hyperparameters())
    loop.run(6)
    straight.run(6)
    assert loop.tokens == straight.tokens


def test_smoothing_in_the_middle_of_a_turn():
    loop = loop_from("love")
    loop.advance()
    loop.advance()
    loop.set_smoothing(1.0)
    assert loop.stage == "shaped"
    np.testing.assert_allclose(loop.round.predictions.sum(), 1)
    assert loop.round.shaped[BIGRAMS.index("I")] == pytest.approx(1 / 8)
    loop.advance()
    loop.set_smoothing(0.0)
    assert loop.round.shaped[BIGRAMS.index("I")] == 0
    with pytest.raises(UsageError, match="smoothing"):
        loop.set_smoothing(-1)


def test_smoothing_taken_away_where_nothing_follows():
    loop = loop_from("grapes", smoothing=1.0)
    loop.advance()
    loop.set_smoothing(0.0)
    assert loop.ended is not None
    assert loop.stage == "begun"


def test_the_same_seed_writes_the_same_text():
    loop = loop_from(smoothing=0.5, seed=3)
    loop.run(20)
    first = loop.tokens
    loop.set_seed(3)
    assert loop.tokens == ["I"]
    loop.run(20)
    assert loop.tokens == first


def test_it_stops_at_the_longest_text():
    loop = loop_from(smoothing=1.0)
    loop.run(10**6)
    assert len(loop.tokens) == MOST_WORDS
    assert "200 words" in str(loop.ended)
    loop.advance()
    assert len(loop.tokens) == MOST_WORDS


def test_a_word_that_is_not_there():
    with pytest.raises(UsageError, match="'apples'"):
        loop_from("apples")


def test_a_thousand_draws_follow_the_probabilities():
    predictions = predict_next_token(["love"], BIGRAMS)
    counts = draw_often(predictions, Hyperparameters(), 1000, 0)
    assert counts.sum() == 1000
    expected = 1000 * predictions
    spread = np.sqrt(1000 * predictions * (1 - predictions))
    assert (abs(counts - expected) <= 4 * spread).all()
    assert counts[BIGRAMS.index("I")] == 0
    again = draw_often(predictions, Hyperparameters(), 1000, 0)
    assert (again == counts).all()
