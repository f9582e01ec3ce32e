"""The smallest language model: a table that says which word follows which. NumPy only.

Shape letter: V different words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.text import split_words

Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

TUTORIAL_SENTENCES = ("I love oranges", "I love grapes", "you love oranges")
"""Five words. After "love" come oranges twice and grapes once: 2/3 and 1/3."""

MOST_WORDS = 2000
"""The table has V x V cells: more words than this do not fit on a screen or in a lesson."""

MOST_SMOOTHING = 1e9


@dataclass(frozen=True, eq=False)
class BigramCounts:
    """How often each word follows each other word.

    Attributes:
        words: The V different words, in the order in which they first occur.
        counts: (V, V) int64; counts[i, j] is how often words[j] comes right after words[i].
        pairs: (N, 2) int64, the same as a list: one row for each place where a word (second
            column) follows another (first column), in the order of the text.
    """

    words: tuple[str, ...]
    counts: Int64Array
    pairs: Int64Array

    def __post_init__(self) -> None:
        self.counts.flags.writeable = False
        self.pairs.flags.writeable = False

    def index(self, word: str) -> int:
        """Row and column of a word; UsageError if it does not occur."""
        try:
            return self.words.index(word)
        except ValueError:
            raise UsageError("{word} is not a word of these sentences.", word=repr(word)) from None


def count_bigrams(sentences: Iterable[str]) -> BigramCounts:
    """Count which word follows which. The last word of a sentence is followed by nothing.

    Args:
        sentences: Each is split into words by `split_words`: at white space, without the
            punctuation around a word.

    Raises:
        VisualizerError: No word follows another, or there are more than `MOST_WORDS` words.
    """
    split = [tuple(split_words(sentence)) for sentence in sentences]
    words = tuple(dict.fromkeys(word for sentence in split for word in sentence))
    _check_words(words, split)
    index = {word: i for i, word in enumerate(words)}
    pairs = np.fromiter(
        (
            index[word]
            for words_of in split
            for pair in itertools.pairwise(words_of)
            for word in pair
        ),
        np.int64,
    ).reshape(-1, 2)
    counts = np.zeros((len(words), len(words)), np.int64)
    np.add.at(counts, (pairs[:, 0], pairs[:, 1]), 1)
    return BigramCounts(words, counts, pairs)


def bigram_probabilities(counts: Int64Array, smoothing: float = 0.0) -> Float64Array:
    """Divide each row by its sum: P(next = j | word = i) = (counts[i, j] + s) / sum of the row.

    Args:
        counts: (V, V) >= 0.
        smoothing: s, added to every count, >= 0. Above 0, every word can follow every word.

    Returns:
        (V, V) float64. Each row sums to 1; a row without any count is NaN if s = 0: nothing is
        known about what follows that word.

    Raises:
        UsageError: `smoothing` is not from 0 to `MOST_SMOOTHING`.

    Source:
        Additive smoothing: Jurafsky and Martin, Speech and Language Processing, chapter 3.
    """
    if not 0 <= smoothing <= MOST_SMOOTHING:
        raise UsageError(
            "smoothing must be from 0 to {most}, got {value}",
            most=f"{MOST_SMOOTHING:,.0f}",
            value=smoothing,
        )
    smoothed = counts + float(smoothing)
    row_sums = smoothed.sum(axis=1, keepdims=True)
    probabilities = np.full(counts.shape, np.nan)
    np.divide(smoothed, row_sums, out=probabilities, where=row_sums > 0)
    return probabilities


def never_followed(bigrams: BigramCounts) -> tuple[str, ...]:
    """The words that nothing follows: their rows of the table are empty."""
    totals = bigrams.counts.sum(axis=1)
    return tuple(word for word, n in zip(bigrams.words, totals, strict=True) if n == 0)


def next_word_distribution(
    bigrams: BigramCounts, word: str, smoothing: float = 0.0
) -> Float64Array:
    """P(next word | `word`), one row of the table.

    Returns:
        (V,) float64, sums to 1; all NaN where nothing follows `word` and nothing is smoothed.

    Raises:
        UsageError: `word` does not occur, or `smoothing` is negative.
    """
    row = bigrams.index(word)
    distribution: Float64Array = bigram_probabilities(bigrams.counts[row : row + 1], smoothing)[0]
    return distribution


def walk(
    bigrams: BigramCounts,
    start: str,
    n_words: int,
    rng: np.random.Generator,
    smoothing: float = 0.0,
) -> Iterator[str]:
    """Generate text: draw a next word from the row of the last one, again and again.

    Args:
        bigrams: The table.
        start: The word to begin with; it is not among those that come out.
        n_words: The most words to draw; fewer come where nothing follows a word.
        rng: Makes the draws; the same seed gives the same text.
        smoothing: As in `bigram_probabilities`.

    Raises:
        UsageError: `start` does not occur, or `smoothing` is negative.
    """
    bigrams.index(start)
    word = start
    for _ in range(n_words):
        distribution = next_word_distribution(bigrams, word, smoothing)
        if np.isnan(distribution[0]):
            return
        word = bigrams.words[int(rng.choice(len(bigrams.words), p=distribution))]
        yield word


def _check_words(words: Sequence[str], sentences: Sequence[Sequence[str]]) -> None:
    if not words:
        raise VisualizerError("There is no word to count: write a sentence.")
    if all(len(sentence) < 2 for sentence in sentences):
        raise VisualizerError(
            "No word follows another: write two words with white space between them."
        )
    if len(words) > MOST_WORDS:
        raise VisualizerError(
            "There are {n} different words, and this table takes {most}: take a shorter text, or "
            "count n-grams instead.",
            n=len(words),
            most=MOST_WORDS,
        )
