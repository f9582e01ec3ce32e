"""A network of two layers, small enough to follow: forward, loss, backward, step. NumPy only.

Shape letters: V words, H hidden numbers. Vectors are rows: x W, not W x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.lessons.attention import softmax

Float64Array = npt.NDArray[np.float64]

HIDDEN = 3


@dataclass(frozen=True, eq=False)
class Network:
    """What is learned: the parameters.

    Attributes:
        w1: (V, H). Row i belongs to word i: multiplying a word's one-hot row by it picks that row.
        w2: (H, V). Column j says how much each hidden number speaks for word j.
    """

    w1: Float64Array
    w2: Float64Array


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """What the network makes of one word, and how wrong it is.

    Attributes:
        u: (1, H) the word's row of w1.
        h: (1, H) tanh(u), from -1 to 1.
        z: (1, V) h w2, the logits.
        p: (1, V) softmax(z): the probability of each word to come next.
        loss: -ln p[target], in nats.
    """

    u: Float64Array
    h: Float64Array
    z: Float64Array
    p: Float64Array
    loss: float


@dataclass(frozen=True, eq=False)
class Gradients:
    """How the loss changes with each number: the derivatives, by the chain rule from the end.

    Attributes:
        z: (1, V) p, less 1 at the target.
        w2: (H, V) h transposed times that of z.
        h: (1, H) that of z times w2 transposed.
        u: (1, H) that of h times 1 - h², the slope of tanh.
        w1: (V, H) that of u in the word's row, 0 in all others.
    """

    z: Float64Array
    w2: Float64Array
    h: Float64Array
    u: Float64Array
    w1: Float64Array


def random_network(n_words: int, seed: int) -> Network:
    """Weights from a normal distribution of width 0.5, to one decimal, so that they can be read."""
    rng = np.random.default_rng(seed)
    w1 = np.round(rng.normal(0, 0.5, (n_words, HIDDEN)), 1) + 0.0  # (V, H)
    w2 = np.round(rng.normal(0, 0.5, (HIDDEN, n_words)), 1) + 0.0  # (H, V)
    return Network(w1, w2)


def forward(network: Network, word: int, target: int) -> ForwardPass:
    """Predict what follows `word`, and compare with `target`.

    Args:
        network: The weights.
        word: In [0, V).
        target: The word that did follow, in [0, V).
    """
    u = network.w1[word : word + 1]  # (1, H)
    h = np.tanh(u)  # (1, H)
    z = h @ network.w2  # (1, V)
    p = softmax(z)  # (1, V)
    # ln p straight from the logits: p itself may be rounded to 0.
    log_p = z - z.max() - np.log(np.exp(z - z.max()).sum())  # (1, V)
    return ForwardPass(u, h, z, p, -float(log_p[0, target]))


def backward(network: Network, seen: ForwardPass, word: int, target: int) -> Gradients:
    """The gradient of the loss with respect to every number, from the last to the first."""
    z = seen.p.copy()  # (1, V)
    z[0, target] -= 1
    w2 = seen.h.T @ z  # (H, V)
    h = z @ network.w2.T  # (1, H)
    u = h * (1 - seen.h**2)  # (1, H)
    w1 = np.zeros_like(network.w1)  # (V, H)
    w1[word] = u[0]
    return Gradients(z, w2, h, u, w1)


def step(network: Network, gradients: Gradients, rate: float) -> Network:
    """Each weight a little against its gradient: w - rate * dloss/dw (gradient descent)."""
    return Network(network.w1 - rate * gradients.w1, network.w2 - rate * gradients.w2)


def mean_loss(network: Network, pairs: npt.NDArray[np.int64]) -> float:
    """The loss over all pairs (N, 2) of a word and the next one, in nats."""
    return float(np.mean([forward(network, int(a), int(b)).loss for a, b in pairs]))


def step_on_all(network: Network, pairs: npt.NDArray[np.int64], rate: float) -> Network:
    """One step against the mean gradient over all pairs (N, 2)."""
    w1, w2 = np.zeros_like(network.w1), np.zeros_like(network.w2)
    for word, target in pairs.tolist():
        seen = forward(network, word, target)
        gradients = backward(network, seen, word, target)
        w1 += gradients.w1 / len(pairs)
        w2 += gradients.w2 / len(pairs)
    return Network(network.w1 - rate * w1, network.w2 - rate * w2)
