"""What a lesson's model is trained on: a text as numbers, a part of it held out. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.text import Unit, join_tokens, split_tokens

Int64Array = npt.NDArray[np.int64]

MOST_DIFFERENT = 20_000
"""The largest vocabulary; each of its tokens has a vector of its own to learn."""

HELD_OUT_SHARE = 0.1
"""The last tenth of a text is never trained on."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as token ids.

    Attributes:
        vocabulary: The V different tokens of the whole text, sorted.
        unit: What a token is.
        training: (N,) int64 ids of the first nine tenths.
        held_out: (M,) int64 ids of the rest.
    """

    vocabulary: tuple[str, ...]
    unit: Unit
    training: Int64Array
    held_out: Int64Array

    def __post_init__(self) -> None:
        self.training.flags.writeable = False
        self.held_out.flags.writeable = False

    def encode(self, text: str) -> list[int]:
        """Ids of a text; UsageError for a token that the corpus does not have."""
        index = {token: i for i, token in enumerate(self.vocabulary)}
        tokens = split_tokens(text, self.unit)
        for token in tokens:
            if token not in index:
                raise UsageError(
                    "{token} does not occur in the text that was trained on.", token=repr(token)
                )
        return [index[token] for token in tokens]

    def decode(self, ids: Sequence[int]) -> str:
        """Ids as text."""
        return join_tokens([self.vocabulary[i] for i in ids], self.unit)


def text_corpus(text: str, unit: Unit = "characters") -> Corpus:
    """A text of the reader's choice as a corpus.

    Raises:
        VisualizerError: The text has fewer than two different tokens, or more than
            `MOST_DIFFERENT`.
    """
    tokens = split_tokens(text, unit)
    vocabulary = tuple(sorted(set(tokens)))
    if len(vocabulary) < 2:
        raise VisualizerError(
            "The text has {n} different {unit}: to learn what comes next, it takes two.",
            n=len(vocabulary),
            unit=unit,
        )
    if len(vocabulary) > MOST_DIFFERENT:
        raise VisualizerError(
            "The text has {n} different {unit}, and at most {most} can be learned: take a shorter "
            "text, or characters.",
            n=len(vocabulary),
            unit=unit,
            most=MOST_DIFFERENT,
        )
    index = {token: i for i, token in enumerate(vocabulary)}
    ids = np.fromiter((index[token] for token in tokens), np.int64, len(tokens))
    return Corpus(vocabulary, unit, *_divided(ids))


def random_corpus(vocabulary_size: int = 1000, n_tokens: int = 100_000, seed: int = 0) -> Corpus:
    """The tutorial's data: tokens drawn at random, in which there is nothing to predict.

    Raises:
        UsageError: The vocabulary has fewer than two tokens, or there are fewer than two tokens.
    """
    if vocabulary_size < 2 or n_tokens < 2:
        raise UsageError(
            "Random tokens take a vocabulary and a length of at least 2, got {size} and {n}",
            size=vocabulary_size,
            n=n_tokens,
        )
    ids = np.random.default_rng(seed).integers(vocabulary_size, size=n_tokens)
    return Corpus(tuple(map(str, range(vocabulary_size))), "words", *_divided(ids))


def _divided(ids: Int64Array) -> tuple[Int64Array, Int64Array]:
    end = len(ids) - int(len(ids) * HELD_OUT_SHARE)
    return ids[:end].copy(), ids[end:].copy()
