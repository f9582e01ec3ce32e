from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.lessons.generation import (
    Hyperparameters,
    generate_text,
    predict_next_token,
    select_next_token,
    shape_predictions,
    upcoming_draw,
)

FIVE = np.array([0.4, 0.3, 0.15, 0.1, 0.05])


@given(
    st.lists(st.integers(1, 50), min_size=2, max_size=5),
    st.sampled_from([0.0, 0.3, 1.0, 2.5]),
    st.integers(0, 6),
    st.floats(0.05, 1),
)
@settings(deadline=None, max_examples=100)
def test_the_shape_is_that_of_the_engine(weights, temperature, top_k, top_p):
    predictions = np.array(weights) / sum(weights)
    cumulative = np.cumsum(np.sort(predictions)[::-1])
    if np.abs(cumulative - top_p).min() < 1e-6:
        top_p = 1.0  # on the very edge rounding decides
    ours = shape_predictions(predictions, Hyperparameters(temperature, top_k, top_p))
    theirs = shape_distribution(np.log(predictions), SamplingParams(temperature, top_k, top_p))
    if (ours > 0).tolist() == theirs.kept.tolist():
        np.testing.assert_allclose(ours, theirs.sampled_probs, atol=1e-9)
    else:  # two equally likely words, of which rounding of the logarithm makes one come first
        np.testing.assert_allclose(np.sort(ours), np.sort(theirs.sampled_probs), atol=1e-9)


@pytest.mark.parametrize(
    ("hyperparameters", "expected"),
    [
        (Hyperparameters(), FIVE),
        (Hyperparameters(temperature=0), [1, 0, 0, 0, 0]),
        (Hyperparameters(top_k=2), [4 / 7, 3 / 7, 0, 0, 0]),
        (Hyperparameters(top_p=0.7), [4 / 7, 3 / 7, 0, 0, 0]),
        (Hyperparameters(top_p=0.71), np.array([40, 30, 15, 0, 0]) / 85),
        (Hyperparameters(top_p=1e-9), [1, 0, 0, 0, 0]),
        (Hyperparameters(temperature=0.5), FIVE**2 / (FIVE**2).sum()),
        (Hyperparameters(temperature=2), FIVE**0.5 / (FIVE**0.5).sum()),
        (Hyperparameters(top_k=3, top_p=0.8), [4 / 7, 3 / 7, 0, 0, 0]),
        (Hyperparameters(top_k=9), FIVE),
    ],
)
def test_five_words(hyperparameters, expected):
    np.testing.assert_allclose(shape_predictions(FIVE, hyperparameters), expected, atol=1e-12)


def test_extreme_temperatures_stay_distributions():
    cold = shape_predictions(FIVE, Hyperparameters(temperature=1e-300))
    assert cold.tolist() == [1, 0, 0, 0, 0]
    hot = shape_predictions(np.array([0.9, 0.1, 0.0]), Hyperparameters(temperature=1e300))
    np.testing.assert_allclose(hot, [0.5, 0.5, 0])


def test_selection_follows_the_probabilities_and_the_seed():
    rng = np.random.default_rng(1)
    drawn = Counter(select_next_token(FIVE, Hyperparameters(top_k=3), rng) for _ in range(4000))
    assert set(drawn) == {0, 1, 2}
    assert drawn[0] / 4000 == pytest.approx(0.4 / 0.85, abs=0.03)


def test_the_loop_predicts_selects_and_appends(tutorial):
    steps = list(
        generate_text(
            ["you"], 2, Hyperparameters(temperature=0), words=tutorial.words,
            predict=partial(predict_next_token, bigrams=tutorial), rng=np.random.default_rng(0),
        )
    )  # fmt: skip
    assert [step.word for step in steps] == ["love", "oranges"]
    assert steps[1].predictions[tutorial.index("grapes")] == 1 / 3
    assert steps[1].shaped[tutorial.index("oranges")] == 1


def test_smoothing_lets_every_word_follow(tutorial):
    after_love = predict_next_token(["I", "love"], tutorial, 0.5)
    counts = np.array([0, 0, 0, 2, 1])[
        [["I", "you", "love", "oranges", "grapes"].index(word) for word in tutorial.words]
    ]
    np.testing.assert_allclose(after_love, (counts + 0.5) / (3 + 5 * 0.5))
    np.testing.assert_allclose(predict_next_token(["grapes"], tutorial, 0.5), 0.2)
    with pytest.raises(UsageError, match="smoothing"):
        predict_next_token(["love"], tutorial, -1)


@given(st.integers(0, 2**63 - 1), st.integers(0, 3))
@settings(deadline=None, max_examples=50)
def test_the_draw_says_which_word_will_be_chosen(seed, top_k):
    hyperparameters = Hyperparameters(top_k=top_k)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        draw = upcoming_draw(rng)
        assert upcoming_draw(rng) == draw
        edges = np.cumsum(shape_predictions(FIVE, hyperparameters))
        expected = int((edges <= draw).sum())
        assert select_next_token(FIVE, hyperparameters, rng) == expected


def test_nothing_to_predict(tutorial):
    with pytest.raises(UsageError, match="no word to predict from"):
        predict_next_token([], tutorial)
    with pytest.raises(VisualizerError, match="Nothing ever follows 'grapes'"):
        predict_next_token(["I", "grapes"], tutorial)


@pytest.mark.parametrize(
    "values",
    [{"temperature": -1}, {"temperature": float("nan")}, {"temperature": float("inf")},
     {"top_k": -1}, {"top_p": 0}, {"top_p": 1.1}, {"top_p": float("nan")}],
)  # fmt: skip
def test_hyperparameters_out_of_range(values):
    with pytest.raises(UsageError):
        Hyperparameters(**values)
