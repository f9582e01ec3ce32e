"""Small texts, and torch on one thread: these tests are too small to share out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from visualizer.lessons.bigram import TUTORIAL_SENTENCES, count_bigrams

RHYME = (
    "The cat sat on the mat. The dog sat on the log. The cat saw the dog, and the dog saw the cat. "
)


@pytest.fixture
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def tutorial():
    return count_bigrams(TUTORIAL_SENTENCES)


@pytest.fixture
def rhyme():
    return RHYME * 8
