"""The tokenizer bench: one text cut by several tokenizers, aligned by bytes and counted. Pure.

Shape letters: R rows with tokens, T tokens of a row, S stretches between common cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import Int64Array
from visualizer.engine.token_alignment import common_places, cut_places
from visualizer.engine.tokenization import Tokenization, Tokenizer, clean_text

OWN = "model"
"""Key of the row of the model's own tokenizer."""

MOST_ROWS = 4


@dataclass(frozen=True, eq=False)
class BenchRow:
    """One tokenizer's cut of the text.

    Attributes:
        key: "model", the name of an encoding, or the path of a tokenizer.json.
        name: What the tokenizer is called.
        tokenizer: None while it is not loaded.
        tokenization: None where there is none.
        reason: Why there is none; None while it is awaited.
    """

    key: str
    name: str
    tokenizer: Tokenizer | None = None
    tokenization: Tokenization | None = None
    reason: VisualizerError | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether its tokens are still to come."""
        return self.tokenization is None and self.reason is None


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where all rows cut alike.

    Attributes:
        places: (S + 1,) int64 byte offsets of the common cuts. Where a tokenizer adds tokens in
            front, the first stretch holds them and no byte.
        firsts: (R, S + 1) int64; tokens `firsts[r, s]` up to `firsts[r, s + 1]` of row r are
            those of stretch s.
        differs: (S,) bool, whether the rows cut the stretch in different ways.
    """

    places: Int64Array
    firsts: Int64Array
    differs: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        for array in (self.places, self.firsts, self.differs):
            array.setflags(write=False)


@dataclass(frozen=True)
class TextCounts:
    """Sizes of a text.

    Attributes:
        words: Runs of characters between blanks; Chinese or Thai text has few.
    """

    characters: int
    bytes: int
    words: int


@dataclass(frozen=True, eq=False)
class BenchView:
    """Several tokenizations of one text.

    Attributes:
        text: As all of them read it.
        rows: In the order on screen.
        cut: Places in `rows` of those with tokens; what follows is about these, in this order.
        places: For each of them (T + 1,) int64, the byte offset at which each token begins, and
            the end of the text.
        alignment: None where no row has tokens.
        counts: Of the text.
        parse_special: Whether special tokens written in the text are read as such.
        stale: Whether a newer text is awaited.
    """

    text: str
    rows: tuple[BenchRow, ...]
    cut: tuple[int, ...]
    places: tuple[Int64Array, ...]
    alignment: Alignment | None
    counts: TextCounts
    parse_special: bool
    stale: bool = False

    @property
    def n_differing(self) -> int:
        """Stretches that the rows cut in different ways."""
        return 0 if self.alignment is None else int(self.alignment.differs.sum())


def bench_view(text: str, rows: Sequence[BenchRow], *, parse_special: bool) -> BenchView:
    """Align and count the rows of a text; those without tokens stay as they are."""
    text = clean_text(text)
    cut = tuple(i for i, row in enumerate(rows) if row.tokenization is not None)
    texts = [each for row in rows if (each := row.tokenization) is not None]
    places = tuple(byte_places(each) for each in texts)
    counts = TextCounts(len(text), len(text.encode("utf-8")), len(text.split()))
    return BenchView(text, tuple(rows), cut, places, aligned(texts, places), counts, parse_special)


def byte_places(tokenization: Tokenization) -> Int64Array:
    """Byte offset in the text at which each token begins, and the text's end. (T + 1,) int64.

    The bytes of a tokenizer that changes the text are not the text's: then the places are those
    of its spans, as the tokenizer itself gives them.
    """
    if tokenization.is_lossless:
        return cut_places(tokenization)
    codes = np.frombuffer(tokenization.text.encode("utf-32-le"), np.uint32)
    sizes = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    places = np.append(offsets[tokenization.starts], offsets[-1])
    if len(tokenization) > tokenization.n_added:
        places[tokenization.n_added] = 0  # what is left out in front belongs to the first token
    return np.maximum.accumulate(places).astype(np.int64)


def aligned(
    tokenizations: Sequence[Tokenization], places: Sequence[Int64Array]
) -> Alignment | None:
    """Cut the text where all tokenizations cut it; None where there are none.

    Args:
        tokenizations: Of one text.
        places: Of each, as `byte_places` gives them.
    """
    if not tokenizations:
        return None
    added = np.array([each.n_added for each in tokenizations], np.int64)
    end = max(int(each[-1]) for each in places)
    inner = [each[n:] for each, n in zip(places, added.tolist(), strict=True)]
    common = common_places([np.append(each, (0, end)) for each in inner])
    firsts = np.stack([np.searchsorted(each, common) for each in inner]) + added[:, None]
    firsts[:, -1] = list(map(len, tokenizations))  # tokens without bytes at the end, too
    if added.any():
        common = np.concatenate(([0], common))
        firsts = np.concatenate((np.zeros((len(added), 1), np.int64), firsts), axis=1)
    n_tokens = np.diff(firsts, axis=1)
    differs = (n_tokens != 1).any(axis=0)
    if added.any():
        differs[0] = bool((added != added[0]).any())
    return Alignment(common, firsts, differs)


def linked_tokens(view: BenchView, cut: int, index: int) -> tuple[tuple[int, int], ...]:
    """In each row with tokens, the half-open range of those that share a byte with one of them.

    Args:
        view: Rows.
        cut: Which of `view.cut`.
        index: Token of that row.
    """
    places = view.places[cut]
    if not 0 <= index < len(places) - 1:
        return tuple((0, 0) for _ in view.cut)
    linked = linked_bytes(view, int(places[index]), int(places[index + 1]))
    return (*linked[:cut], (index, index + 1), *linked[cut + 1 :])


def linked_bytes(view: BenchView, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """In each row with tokens, the half-open range of those that hold bytes `start` to `end`."""
    if end <= start:
        return tuple((0, 0) for _ in view.cut)
    ranges = []
    for places in view.places:
        first = int(np.searchsorted(places, start, side="right")) - 1
        last = int(np.searchsorted(places, end, side="left"))
        ranges.append((max(first, 0), min(last, len(places) - 1)))
    return tuple(ranges)


def n_own(tokenization: Tokenization) -> int:
    """Tokens of the text itself, without those that were added in front."""
    return len(tokenization) - tokenization.n_added


def ratio(value: int, of: int) -> float | None:
    """`value` per `of`; None where there is none of it."""
    return value / of if of else None
