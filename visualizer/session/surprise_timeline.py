"""Surprise over the whole text: what the timeline draws and the figures above it. Pure NumPy.

Shape letters: T tokens, N blocks of tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from visualizer.engine.records import Float64Array, Int64Array
from visualizer.engine.tokenization import Tokenization
from visualizer.session.views import TokenStripView, Unavailable


@dataclass(frozen=True, eq=False)
class SurpriseTimelineView:
    """How surprising each token was, and how open the text was after it.

    Attributes:
        tokenization: T tokens.
        query: Selected token, or None where there is none.
        surprise_bits: (T,) float64, -log2 of the probability of each token given those before
            it; NaN where not known, infinite for probability 0.
        entropies_bits: (T,) float64, of the distribution after each token; NaN where not known.
        stale: Whether the numbers are those of an older text.
        ranks: (T,) int64, from 1 for the token that was likeliest, 0 where not known; or None.
        margins: (T,) float64, natural log-probability of each token less that of the likeliest
            other one, NaN where not known; or None.
    """

    tokenization: Tokenization
    query: int | None
    surprise_bits: Float64Array
    entropies_bits: Float64Array
    stale: bool = False
    ranks: Int64Array | None = None
    margins: Float64Array | None = None

    def __len__(self) -> int:
        return len(self.tokenization)


@dataclass(frozen=True)
class SurpriseFigures:
    """What the tokens of a range come to.

    Attributes:
        n_tokens: Tokens in the range.
        n_scored: Those whose surprise is known; the others are left out of the mean.
        mean_bits: Bits per scored token; None without any, infinite for probability 0.
        total_bits: Of the scored tokens together.
    """

    n_tokens: int
    n_scored: int
    mean_bits: float | None
    total_bits: float = 0.0

    @property
    def perplexity(self) -> float | None:
        """2 ** mean_bits; None without a scored token, infinite also above 2 ** 1,023."""
        if self.mean_bits is None:
            return None
        return 2.0**self.mean_bits if self.mean_bits < 1023 else math.inf


@dataclass(frozen=True, eq=False)
class Blocks:
    """Values of neighbouring tokens taken together, so that each mark has a pixel of its own.

    Attributes:
        size: Tokens in a block; the last may have fewer.
        starts: (N,) int64, the first token of each.
        largest, smallest: (N,) float64; NaN where no value of the block is known.
    """

    size: int
    starts: Int64Array
    largest: Float64Array
    smallest: Float64Array


def surprise_timeline_view(
    strip: TokenStripView | Unavailable,
) -> SurpriseTimelineView | Unavailable:
    """The timeline of the text that the token strip shows."""
    if isinstance(strip, Unavailable):
        return strip
    unknown = np.full(len(strip.tokenization), np.nan)
    logprobs = strip.logprobs if strip.logprobs is not None else unknown
    entropies = strip.entropies_bits if strip.entropies_bits is not None else unknown
    return SurpriseTimelineView(
        tokenization=strip.tokenization,
        query=strip.query,
        surprise_bits=np.asarray(logprobs, np.float64) / -math.log(2) + 0.0,  # no "-0.0 bits"
        entropies_bits=np.asarray(entropies, np.float64),
        stale=strip.stale,
        ranks=strip.ranks,
        margins=strip.margins,
    )


def surprise_figures(
    view: SurpriseTimelineView, first: int = 0, stop: int | None = None
) -> SurpriseFigures:
    """Mean surprise of the tokens [first, stop), by default of all."""
    values = view.surprise_bits[first:stop]
    known = values[~np.isnan(values)]
    total = math.fsum(known.tolist())
    mean = total / known.size if known.size else None
    return SurpriseFigures(values.size, known.size, mean, total)


def most_surprising(view: SurpriseTimelineView) -> int | None:
    """The token with the largest surprise, the first of a tie; None while none is known."""
    return _place_of_largest(view.surprise_bits)


def most_uncertain(view: SurpriseTimelineView) -> int | None:
    """The token after which the entropy is largest, the first of a tie; None without any."""
    return _place_of_largest(view.entropies_bits)


def nearest_tie(view: SurpriseTimelineView) -> int | None:
    """Where the token that came and the likeliest other one were closest, by their ratio.

    The first of several; None while no margin is known.
    """
    return None if view.margins is None else _place_of_largest(-np.abs(view.margins))


def kept_stretch(
    stretch: tuple[int, int], old: Tokenization | None, new: Tokenization | None
) -> tuple[int, int]:
    """The tokens [first, stop) that were chosen in an older text, (0, 0) if they have changed.

    What comes before them counts, too: their surprise hangs on it.
    """
    stop = stretch[1]
    if old is new or stop == 0:
        return stretch
    if old is None or new is None or stop > min(len(old), len(new)):
        return 0, 0
    return stretch if np.array_equal(old.ids[:stop], new.ids[:stop]) else (0, 0)


def block_values(values: Float64Array, size: int) -> Blocks:
    """Largest and smallest value in each run of `size` tokens, unknown values left out.

    Args:
        values: (T,) float64, NaN where not known; T may be 0.
        size: At least 1.
    """
    starts = np.arange(0, values.size, size, dtype=np.int64)
    if not starts.size:
        return Blocks(size, starts, np.empty(0), np.empty(0))
    # fmax and fmin pass NaN over wherever there is a number.
    largest = np.fmax.reduceat(values, starts)
    smallest = np.fmin.reduceat(values, starts)
    return Blocks(size, starts, largest, smallest)


def peak_in_block(view: SurpriseTimelineView, index: int, size: int) -> int:
    """The most surprising token of the block that token `index` is in; `index` if unknown."""
    start = index - index % size
    place = _place_of_largest(view.surprise_bits[start : start + size])
    return index if place is None else start + place


def _place_of_largest(values: Float64Array) -> int | None:
    if values.size == 0 or bool(np.isnan(values).all()):
        return None
    return int(np.nanargmax(values))
