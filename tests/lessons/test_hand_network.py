"""The network by hand against torch's autograd and against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from visualizer.lessons.bigram import TUTORIAL_SENTENCES, bigram_probabilities, count_bigrams
from visualizer.lessons.hand_network import (
    HIDDEN,
    Network,
    backward,
    forward,
    mean_loss,
    random_network,
    step,
    step_on_all,
)

V = 5
TUTORIAL = count_bigrams(TUTORIAL_SENTENCES)


def by_torch(network: Network, pairs) -> tuple[float, np.ndarray, np.ndarray]:
    w1 = torch.tensor(network.w1, requires_grad=True)
    w2 = torch.tensor(network.w2, requires_grad=True)
    words, targets = torch.tensor(np.asarray(pairs)).T
    one_hot = torch.nn.functional.one_hot(words, len(network.w1)).double()
    loss = torch.nn.functional.cross_entropy(torch.tanh(one_hot @ w1) @ w2, targets)
    loss.backward()
    assert w1.grad is not None
    assert w2.grad is not None
    return float(loss.detach()), w1.grad.numpy(), w2.grad.numpy()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("word", "target"), [(0, 1), (1, 2), (4, 4), (3, 0)])
def test_loss_and_gradients_are_those_of_autograd(seed, word, target):
    network = random_network(V, seed)
    seen = forward(network, word, target)
    gradients = backward(network, seen, word, target)
    loss, w1, w2 = by_torch(network, [(word, target)])
    assert seen.loss == pytest.approx(loss, abs=1e-12)
    np.testing.assert_allclose(gradients.w1, w1, atol=1e-12)
    np.testing.assert_allclose(gradients.w2, w2, atol=1e-12)
    assert seen.p.sum() == pytest.approx(1)


def test_gradients_within_are_finite_differences():
    network = random_network(V, 3)
    seen = forward(network, 1, 2)
    gradients = backward(network, seen, 1, 2)
    for name in ("u", "h", "z"):
        before = getattr(seen, name)
        for place in range(before.shape[1]):
            moved = before.copy()
            moved[0, place] += 1e-6
            h = np.tanh(moved) if name == "u" else moved if name == "h" else seen.h
            z = moved if name == "z" else h @ network.w2
            loss = float(np.log(np.exp(z).sum()) - z[0, 2])
            expected = (loss - seen.loss) / 1e-6
            assert getattr(gradients, name)[0, place] == pytest.approx(expected, abs=1e-5)


def test_a_step_goes_against_the_gradient_and_lowers_the_loss():
    network = random_network(V, 0)
    seen = forward(network, 1, 2)
    gradients = backward(network, seen, 1, 2)
    after = step(network, gradients, 0.5)
    np.testing.assert_array_equal(after.w1, network.w1 - 0.5 * gradients.w1)
    np.testing.assert_array_equal(after.w2, network.w2 - 0.5 * gradients.w2)
    assert forward(after, 1, 2).loss < seen.loss


def test_a_step_on_all_pairs_is_that_of_autograd():
    network = random_network(V, 1)
    loss, w1, w2 = by_torch(network, TUTORIAL.pairs)
    assert mean_loss(network, TUTORIAL.pairs) == pytest.approx(loss, abs=1e-12)
    after = step_on_all(network, TUTORIAL.pairs, 0.1)
    np.testing.assert_allclose(after.w1, network.w1 - 0.1 * w1, atol=1e-12)
    np.testing.assert_allclose(after.w2, network.w2 - 0.1 * w2, atol=1e-12)


def test_many_steps_come_to_the_counted_table():
    network = random_network(V, 0)
    for _ in range(3_000):
        network = step_on_all(network, TUTORIAL.pairs, 1.0)
    counted = bigram_probabilities(TUTORIAL.counts)
    love = TUTORIAL.index("love")
    np.testing.assert_allclose(forward(network, love, 0).p[0], counted[love], atol=0.02)


def test_a_loss_of_huge_weights_is_still_a_number():
    network = Network(np.full((V, HIDDEN), 1e3), np.eye(HIDDEN, V) * 1e4)
    assert forward(network, 0, 4).loss == pytest.approx(1e4, rel=1e-3)
    assert forward(network, 0, 4).p[0, 4] == 0
