"""What of a table of pairs is shown, and how a cell of it is computed. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visualizer.lessons.bigram import (
    BigramCounts,
    Float64Array,
    Int64Array,
    bigram_probabilities,
    never_followed,
)
from visualizer.ui.widgets.number_text import typeset

MOST_SHOWN = 12
"""More rows and columns than this have no room for numbers; the most frequent words are shown."""


@dataclass(frozen=True, eq=False)
class CountedText:
    """Sentences, counted.

    Attributes:
        bigrams: The counts.
        n_sentences: How many sentences there were.
        frequent: Ids of all V words, most frequent first.
        silent: The words that nothing follows.
        cell: (row, column) of a cell worth looking at, among the most frequent words: the
            likeliest word after the one that most different words follow.
        file_name: Where they come from, "" for the box on the page.
    """

    bigrams: BigramCounts
    n_sentences: int
    frequent: Int64Array
    silent: tuple[str, ...]
    cell: tuple[int, int]
    file_name: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The V words."""
        return self.bigrams.words

    @property
    def is_whole(self) -> bool:
        """Whether every word has room on the screen."""
        return len(self.words) <= MOST_SHOWN

    def shown(self, current: int) -> tuple[int, ...]:
        """Ids of the words on show: all, or the most frequent ones and `current`."""
        if self.is_whole:
            return tuple(range(len(self.words)))
        first = self.frequent[:MOST_SHOWN].tolist()
        return tuple(first if current in first else [*first[:-1], current])


def counted_text(bigrams: BigramCounts, n_sentences: int, file_name: str = "") -> CountedText:
    """The counts, with what a look at the whole table tells."""
    often = np.bincount(bigrams.pairs.ravel(), minlength=len(bigrams.words))
    frequent = np.argsort(-often, kind="stable")
    top = np.sort(frequent[:MOST_SHOWN])  # in the order of the text
    block = bigrams.counts[np.ix_(top, top)]
    row = int((block > 0).sum(axis=1).argmax())
    return CountedText(
        bigrams,
        n_sentences,
        frequent,
        never_followed(bigrams),
        (int(top[row]), int(top[block[row].argmax()])),
        file_name,
    )


def shown_counts(counted: CountedText, shown: tuple[int, ...]) -> Float64Array:
    """Counts of the words on show. (k, k) float64."""
    block = counted.bigrams.counts[np.ix_(shown, shown)]
    return block.astype(np.float64)


def shown_probabilities(
    counted: CountedText, shown: tuple[int, ...], smoothing: float
) -> Float64Array:
    """Probabilities of the words on show, of rows that sum to 1 over all words. (k, k)."""
    rows = bigram_probabilities(counted.bigrams.counts[list(shown)], smoothing)
    block: Float64Array = rows[:, list(shown)]
    return block


@dataclass(frozen=True)
class CellArithmetic:
    """How one probability comes about.

    Attributes:
        text: "P(oranges | love) = 2 / 3 = 0.667".
        is_known: Whether the row has anything to divide.
    """

    text: str
    is_known: bool


def cell_arithmetic(
    bigrams: BigramCounts, row: int, column: int, smoothing: float
) -> CellArithmetic:
    """The division behind a cell, in the numbers of this table."""
    count, total = int(bigrams.counts[row, column]), int(bigrams.counts[row].sum())
    n_words = len(bigrams.words)
    name = f"P({bigrams.words[column]} | {bigrams.words[row]})"
    if smoothing == 0:
        if total == 0:
            return CellArithmetic(f"{name} = 0 / 0", False)
        return CellArithmetic(
            f"{name} = {count} / {total} = {typeset(f'{count / total:.4g}')}", True
        )
    above, below = count + smoothing, total + n_words * smoothing
    return CellArithmetic(
        f"{name} = ({count} + {smoothing:g}) / ({total} + {n_words} × {smoothing:g})"
        f" = {above:.6g} / {below:.6g} = {typeset(f'{above / below:.4g}')}",
        True,
    )
