from __future__ import annotations

import numpy as np
import pytest

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.bigram import bigram_probabilities, count_bigrams
from visualizer.lessons.bigram_training import train_bigram

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("own_text", [False, True])
def test_gradient_descent_converges_to_the_counts(tutorial, rhyme, own_text):
    bigrams = count_bigrams(rhyme.split(".")) if own_text else tutorial
    counted = bigram_probabilities(bigrams.counts)
    *_, last = train_bigram(bigrams.pairs, len(bigrams.words), report_every=100)
    followed = bigrams.counts.sum(axis=1) > 0
    assert np.abs(last.probabilities - counted)[followed].max() < 1e-2
    np.testing.assert_allclose(last.probabilities[~followed], 1 / len(bigrams.words))
    # The loss comes down to the entropy that the counts leave, and not below.
    word, after = bigrams.pairs.T
    floor = -np.log(counted[word, after]).mean()
    assert floor < last.loss < floor + 0.01


def test_it_begins_with_every_word_equally_likely(tutorial):
    steps = list(train_bigram(tutorial.pairs, 5, steps=7, report_every=3))
    assert [step.step for step in steps] == [0, 3, 6, 7]
    np.testing.assert_allclose(steps[0].probabilities, 0.2)
    assert steps[0].loss == pytest.approx(np.log(5))
    losses = [step.loss for step in steps]
    assert losses == sorted(losses, reverse=True)


def test_each_step_is_that_of_torchs_adam_on_torchs_cross_entropy(rhyme):
    import torch

    bigrams = count_bigrams(rhyme.split("."))
    word, next_word = torch.tensor(bigrams.pairs).unbind(dim=1)
    size = len(bigrams.words)
    logits = torch.zeros(size, size, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.3)
    for record in train_bigram(bigrams.pairs, size, steps=30, learning_rate=0.3):
        loss = torch.nn.functional.cross_entropy(logits[word], next_word)
        assert record.loss == pytest.approx(loss.item(), rel=1e-9)
        table = logits.detach().softmax(dim=1).numpy()
        np.testing.assert_allclose(record.probabilities, table, rtol=1e-7, atol=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_bad_learning_rates(tutorial, rate):
    with pytest.raises(UsageError, match="learning rate"):
        next(train_bigram(tutorial.pairs, 5, learning_rate=rate))


def test_nothing_to_learn_from():
    with pytest.raises(UsageError, match="no pair"):
        next(train_bigram(np.zeros((0, 2), np.int64), 5))


def test_a_diverging_learning_rate(tutorial):
    with pytest.raises(VisualizerError, match=r"not a number.*Lower it"):
        list(train_bigram(tutorial.pairs, 5, learning_rate=1.5e308))
