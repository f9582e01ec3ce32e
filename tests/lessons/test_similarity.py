from __future__ import annotations

import numpy as np
import pytest
import torch

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenization
from visualizer.lessons.similarity import cosine_similarity, last_token_of


def cut(*pieces):
    ends = np.cumsum([len(piece) for piece in pieces])
    starts = np.concatenate([[0], ends[:-1]])
    data = tuple(piece.encode() for piece in pieces)
    return Tokenization("".join(pieces), np.arange(len(pieces)), data, starts, ends, 0, "test")


def test_cosines_are_those_of_torch():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5, 7)), rng.normal(size=(5, 7))
    expected = torch.cosine_similarity(torch.tensor(a), torch.tensor(b), dim=-1).numpy()
    np.testing.assert_allclose(cosine_similarity(a, b), expected, atol=1e-12)
    assert cosine_similarity(a[0], 3 * a[0]) == pytest.approx(1)
    assert cosine_similarity(a[0], -a[0]) == pytest.approx(-1)


def test_a_vector_of_zeros_has_no_direction():
    assert np.isnan(cosine_similarity(np.zeros(3), np.ones(3)))


def test_the_token_that_ends_a_word():
    text = cut("An", " app", "le", " and", " App", "le", ".")
    assert last_token_of("apple", text) == 5
    assert last_token_of(" AN ", text) == 0  # not the beginning of "and"
    assert last_token_of("苹果", cut("吃", "苹", "果", "吗")) == 2
    assert last_token_of(".", text) == 6


@pytest.mark.parametrize("word", ["pear", "", "  "])
def test_a_word_that_is_not_there_is_named(word):
    with pytest.raises(UsageError, match="is not in"):
        last_token_of(word, cut("An", " apple"))
