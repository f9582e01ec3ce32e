"""Several tokenizations of one text side by side: where they cut alike and where not. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from visualizer.engine.errors import UsageError
from visualizer.engine.records import Int64Array
from visualizer.engine.tokenization import Tokenization


@dataclass(frozen=True)
class Stretch:
    """A stretch of the text between two places at which all tokenizations cut.

    Attributes:
        start, end: Byte offsets in the text's UTF-8.
        tokens: For each tokenization its half-open range of tokens.
        is_same: Whether all of them cut it alike.
    """

    start: int
    end: int
    tokens: tuple[tuple[int, int], ...]
    is_same: bool


def cut_places(tokenization: Tokenization) -> Int64Array:
    """Byte offset at which each token begins, and the end of the text. (T + 1,) int64."""
    n_added = tokenization.n_added
    places = np.zeros(len(tokenization) + 1, np.int64)
    lengths = np.fromiter(map(len, tokenization.pieces[n_added:]), np.int64)
    places[n_added + 1 :] = np.cumsum(lengths)
    return places


def common_places(places: Sequence[Int64Array]) -> Int64Array:
    """Byte offsets at which all of these tokenizations cut, rising, each once. (S + 1,) int64."""
    is_common = np.ones(max(int(each.max()) for each in places) + 1, np.bool_)
    for each in places:
        is_cut = np.zeros(len(is_common), np.bool_)
        is_cut[each] = True
        is_common &= is_cut
    return np.flatnonzero(is_common)


def align(tokenizations: Sequence[Tokenization]) -> tuple[Stretch, ...]:
    """Cut the text at every place where all tokenizations cut it.

    Tokens that a tokenizer added in front belong to no stretch.

    Raises:
        UsageError: They are not of the same bytes: one normalises the text.
    """
    if not tokenizations:
        return ()
    places = [cut_places(each)[each.n_added :] for each in tokenizations]
    if len({int(each[-1]) for each in places}) > 1:
        raise UsageError(
            "{name} changes the text before it cuts it, so that it cannot be aligned with others.",
            name=next(
                (each.encoding for each in tokenizations if not each.is_lossless),
                tokenizations[0].encoding,
            ),
        )
    common = common_places(places)
    starts = [np.searchsorted(each, common, side="left") for each in places]
    stretches = []
    for number in range(len(common) - 1):
        ranges = tuple(
            (int(each[number]) + one.n_added, int(each[number + 1]) + one.n_added)
            for each, one in zip(starts, tokenizations, strict=True)
        )
        stretches.append(
            Stretch(
                int(common[number]),
                int(common[number + 1]),
                ranges,
                all(last - first == 1 for first, last in ranges),
            )
        )
    return tuple(stretches)
