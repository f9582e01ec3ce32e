"""Shuffled words with and without positions, against torch's attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from visualizer.engine.errors import UsageError
from visualizer.lessons.positions import sinusoids
from visualizer.lessons.word_order import order_effect, shuffled_order, word_vectors

WORDS = ("the", "dog", "bites", "the", "man")


@pytest.mark.parametrize("seed", range(5))
def test_without_positions_shuffling_permutes_the_outputs_and_changes_nothing(seed):
    order = shuffled_order(5, seed)
    effect = order_effect(WORDS, order, with_positions=False, width=8, seed=seed)
    assert effect.difference < 1e-14
    assert (effect.positions == 0).all()
    with_them = order_effect(WORDS, order, with_positions=True, width=8, seed=seed)
    assert with_them.difference > 0.01
    np.testing.assert_array_equal(with_them.embeddings, effect.embeddings)
    assert with_them.difference == np.abs(with_them.after - with_them.before).max()


def test_outputs_are_those_of_torch():
    order = np.array([2, 0, 4, 1, 3])
    effect = order_effect(WORDS, order, with_positions=True, width=8, seed=3)
    rng = np.random.default_rng(4)
    w = torch.tensor(rng.normal(size=(3, 8, 8)) / np.sqrt(8))
    for rows, places in ((effect.before, np.arange(5)), (effect.after, order)):
        x = torch.tensor(effect.embeddings[places] + sinusoids(5, 8))
        outputs = functional.scaled_dot_product_attention(x @ w[0], x @ w[1], x @ w[2]).numpy()
        for place, word in enumerate(places):
            np.testing.assert_allclose(outputs[place], rows[word], atol=1e-12)


def test_the_same_word_has_the_same_vector():
    vectors = word_vectors(WORDS, 4, 1)
    np.testing.assert_array_equal(vectors[0], vectors[3])
    assert len(np.unique(vectors, axis=0)) == 4


def test_an_order_is_another_one():
    for seed in range(20):
        for n in (2, 3, 6):
            order = shuffled_order(n, seed)
            assert sorted(order) == list(range(n))
            assert (order != np.arange(n)).any()
    assert shuffled_order(1, 0).tolist() == [0]


@pytest.mark.parametrize("words", [(), ("alone",)])
def test_fewer_than_two_words_have_no_order(words):
    with pytest.raises(UsageError, match="at least two words"):
        order_effect(words, shuffled_order(len(words), 0), with_positions=True, width=4, seed=0)
