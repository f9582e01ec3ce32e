"""More context, bigger table: the next token given the last n tokens. NumPy only.

Shape letters: T tokens of the text, V different tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import UsageError, VisualizerError

Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

MOST_CONTEXT = 5
MOST_TOKENS = 2_000_000
"""The longest text that is counted."""

_TOKENS_AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class NgramCounts:
    """Which token follows which context, for contexts of 0 to `n_context` tokens.

    The tables are kept as a tree: a node of level k stands for k tokens in a row that occur in
    the text. The children of a context's node are the tokens that follow it: one row of the
    table. Level 0 is one node, the empty context.

    Attributes:
        vocabulary: The V different tokens, sorted.
        n_context: The longest context.
        keys: For each level from 1 to n_context + 1, (nodes,) int64 in ascending order:
            (number of the parent node) * V + (id of the last token).
        counts: Beside each key, how often those tokens occur in the text.
        n_tokens: T.
    """

    vocabulary: tuple[str, ...]
    n_context: int
    keys: tuple[Int64Array, ...]
    counts: tuple[Int64Array, ...]
    n_tokens: int

    def row(self, context: Int64Array) -> tuple[Int64Array, Int64Array]:
        """What follows exactly this context: ids and their counts; empty if never seen."""
        node = 0
        n_tokens = len(self.vocabulary)
        for level, token in enumerate(context.tolist()):
            found = _find(self.keys[level], np.array([node * n_tokens + token], np.int64))[0]
            if token < 0 or found < 0:
                return np.zeros(0, np.int64), np.zeros(0, np.int64)
            node = int(found)
        edges = np.array([node * n_tokens, (node + 1) * n_tokens], np.int64)
        first, end = np.searchsorted(self.keys[len(context)], edges).tolist()
        ids = self.keys[len(context)][first:end] - node * n_tokens
        return ids, self.counts[len(context)][first:end]

    def ids(self, tokens: Sequence[str]) -> Int64Array:
        """(len(tokens),) ids; -1 for a token that is not in the vocabulary."""
        index = self._index
        return np.fromiter((index.get(token, -1) for token in tokens), np.int64, len(tokens))

    def shortened(self, n_context: int) -> NgramCounts:
        """The same counts for contexts of at most `n_context` tokens: the tree cut off."""
        _check_context(n_context, self.n_context)
        levels = n_context + 1
        return NgramCounts(
            self.vocabulary, n_context, self.keys[:levels], self.counts[:levels], self.n_tokens
        )

    @cached_property
    def _index(self) -> dict[str, int]:
        return {token: i for i, token in enumerate(self.vocabulary)}


@dataclass(frozen=True)
class NgramRow:
    """The row that a prediction comes from.

    Attributes:
        ids: Ids of the tokens that can follow.
        probabilities: float64 beside them: their share of the row's counts.
        context_used: How many tokens of context the row has; fewer than asked for after backing
            off.
    """

    ids: Int64Array
    probabilities: Float64Array
    context_used: int


@dataclass(frozen=True)
class HeldOutScore:
    """How well a table predicts a text that it was not counted from.

    Attributes:
        perplexity: exp of the mean surprise: as if choosing among so many equally likely tokens.
        unseen_contexts: Share of tokens whose full context never occurs in the counted text.
        unseen_continuations: Share of tokens that plain counts, without smoothing, would have
            given a probability of 0, even after backing off from unseen contexts.
    """

    perplexity: float
    unseen_contexts: float
    unseen_continuations: float


def count_ngrams(tokens: Sequence[str], n_context: int) -> NgramCounts:
    """Count which token follows each context of up to `n_context` tokens.

    Raises:
        UsageError: `n_context` is not from 1 to 5.
        VisualizerError: The text has no more tokens than the context, is longer than
            `MOST_TOKENS`, or has one single token again and again.
    """
    _check(tokens, n_context)
    vocabulary = _different(tokens)
    index = {token: i for i, token in enumerate(vocabulary)}
    ids = np.fromiter((index[token] for token in tokens), np.int64, len(tokens))
    keys, counts = [], []
    parents = np.zeros(len(ids), np.int64)  # node of the tokens before each place
    for level in range(n_context + 1):
        places = len(ids) - level  # where level + 1 tokens in a row begin
        codes = parents[:places] * len(vocabulary) + ids[level:]
        level_keys, parents, level_counts = np.unique(
            codes, return_inverse=True, return_counts=True
        )
        keys.append(level_keys)
        counts.append(level_counts.astype(np.int64))
    return NgramCounts(vocabulary, n_context, tuple(keys), tuple(counts), len(ids))


def next_token_row(model: NgramCounts, context: Sequence[str]) -> NgramRow:
    """P(next token | context), from counts alone.

    Backing off: a context that was never seen before another token has no row. Its first token
    is dropped and the shorter context looked up, down to the empty context, whose row is how
    often each token occurs at all.

    Args:
        model: The counts.
        context: Only the last `n_context` tokens matter.
    """
    ids = model.ids(context[max(0, len(context) - model.n_context) :])
    for first in range(len(ids) + 1):
        row, counts = model.row(ids[first:])
        if len(row):
            return NgramRow(row, counts / counts.sum(), len(ids) - first)
    raise AssertionError("the empty context has a row in every text")


def generate_tokens(
    model: NgramCounts, prompt: Sequence[str], n_tokens: int, rng: np.random.Generator
) -> Iterator[tuple[str, NgramRow]]:
    """Draw tokens one after the other, each with the row that it was drawn from."""
    tokens = list(prompt)
    for _ in range(n_tokens):
        row = next_token_row(model, tokens)
        token = model.vocabulary[int(rng.choice(row.ids, p=row.probabilities))]
        tokens.append(token)
        yield token, row


def rows_used(model: NgramCounts, n_context: int) -> int:
    """How many different contexts of `n_context` tokens the text has something to say about."""
    if not 0 <= n_context <= model.n_context:
        raise UsageError(
            "The context must be from 0 to {most} tokens, got {value}",
            most=model.n_context,
            value=n_context,
        )
    parents = model.keys[n_context] // len(model.vocabulary)  # ascending, as the keys are
    return 1 + int(np.count_nonzero(np.diff(parents)))


def rows_possible(vocabulary_size: int, n_context: int) -> int:
    """V^n, exactly: how many rows a table has that has one for every context of n tokens."""
    possible: int = vocabulary_size**n_context
    return possible


def smoothed_probabilities(model: NgramCounts, ids: Int64Array) -> Float64Array:
    """P of each token of a text given those before it, never 0 (Witten-Bell interpolation).

    P_k(w | c) = (count(c, w) + m(c) P_{k-1}(w | c')) / (count(c) + m(c)), where m(c) is the number
    of different tokens that follow the context c, and c' is c without its first token. At the
    bottom stands 1 / (V + 1): any token of the vocabulary, or any one that is not in it.

    Args:
        model: The counts.
        ids: (T,) int64 of a text; -1 for a token that is not in the vocabulary.

    Returns:
        (T,) float64 above 0.

    Source:
        Witten and Bell 1991; Chen and Goodman 1998, section 2.6.
    """
    *_, last = _scored_by_context(model, ids)
    return last.probabilities


def smoothed_by_context(model: NgramCounts, ids: Int64Array) -> Iterator[Float64Array]:
    """`smoothed_probabilities` with contexts of 0 tokens, of 1, and so on to `n_context`.

    Yields:
        n_context + 1 arrays of (T,) float64.
    """
    for scored in _scored_by_context(model, ids):
        yield scored.probabilities


def score_held_out(model: NgramCounts, tokens: Sequence[str]) -> HeldOutScore:
    """How well the counts predict another text; the perplexity is of `smoothed_probabilities`.

    Raises:
        VisualizerError: The text is empty.
    """
    *_, score = scores_by_context(model, tokens)
    return score


def scores_by_context(model: NgramCounts, tokens: Sequence[str]) -> Iterator[HeldOutScore]:
    """`score_held_out` with contexts of 0 tokens, of 1, and so on to `n_context`.

    Raises:
        VisualizerError: The text is empty.
    """
    if not tokens:
        raise VisualizerError("There is no held-out text: take a longer text.")
    for n, scored in enumerate(_scored_by_context(model, model.ids(tokens))):
        full = np.minimum(np.arange(len(tokens)), n)
        yield HeldOutScore(
            float(np.exp(-np.log(scored.probabilities).mean())),
            float((scored.context_seen < full).mean()),
            float((scored.counts == 0).mean()),
        )


def copied_shares(generated: Sequence[str], text: Sequence[str], longest: int) -> Float64Array:
    """How much of a generated text stands in another text word for word.

    Args:
        generated: Tokens that were generated.
        text: Tokens that they may be copied from.
        longest: The longest run of tokens to look for.

    Returns:
        (longest,) float64: at n - 1, the share of the runs of n tokens in `generated` that are
        in `text` too, from 0 to 1; NaN where `generated` is shorter than n.

    Raises:
        UsageError: `longest` is below 1.
    """
    if longest < 1:
        raise UsageError("The longest run must be from 1, got {value}", value=longest)
    index: dict[str, int] = {}
    text_ids, ids = (
        np.array([index.setdefault(token, len(index)) for token in tokens], np.int64)
        for tokens in (text, generated)
    )
    return shares_of_lengths(copied_lengths(ids, text_ids, longest), longest)


def copied_lengths(generated: Int64Array, text: Int64Array, longest: int) -> Int64Array:
    """How many tokens, from each place on, stand in another text word for word.

    Args:
        generated: (G,) ids of the tokens that were generated.
        text: (T,) ids of the text that they may be copied from.
        longest: Where to stop looking, in tokens.

    Returns:
        (G,) int64: length of the longest run that begins at this place of `generated` and is a
        run of `text` too; from 0 to `longest`.
    """
    lengths = np.zeros(len(generated), np.int64)
    by_token = np.argsort(text, kind="stable")  # places in the text, those of a token together
    first, end = (np.searchsorted(text[by_token], generated, side) for side in ("left", "right"))
    for start in range(len(generated)):
        places = by_token[first[start] : end[start]]  # where the run so far begins, ascending
        length = 0
        while len(places):
            length += 1
            if length == longest or start + length == len(generated):
                break
            places = places[: np.searchsorted(places, len(text) - length)]
            places = places[text[places + length] == generated[start + length]]
        lengths[start] = length
    return lengths


def shares_of_lengths(lengths: Int64Array, longest: int) -> Float64Array:
    """`copied_shares` from `copied_lengths`: at n - 1, the share of runs of n tokens copied."""
    shares = np.full(longest, np.nan)
    for length in range(1, min(longest, len(lengths)) + 1):
        shares[length - 1] = (lengths[: len(lengths) - length + 1] >= length).mean()
    return shares


def copied_stretches(lengths: Int64Array, least: int) -> npt.NDArray[np.bool_]:
    """Which generated tokens lie in a run of at least `least` tokens that was copied.

    Args:
        lengths: (G,) of `copied_lengths`, which looked for runs of at least `least` tokens.
        least: At least 1.

    Returns:
        (G,) bool.
    """
    copied = np.zeros(len(lengths), np.bool_)
    for start in np.flatnonzero(lengths >= least).tolist():
        copied[start : start + int(lengths[start])] = True
    return copied


def count_digits(value: int) -> int:
    """Decimal digits of an integer above 0, exactly, without writing it out."""
    if value < 1:
        raise ValueError(f"expected an integer above 0, got {value}")
    digits = int((value.bit_length() - 1) * 0.30102999566398114) + 1  # log10(2), rounded down
    while value >= 10**digits:  # at most a step or two: a bit is 0.3 of a digit
        digits += 1
    return digits


def write_out(value: int) -> str:
    """All digits of an integer from 0, whatever Python's limit for str() is."""
    chunk = 10**1000
    pieces = []
    while value >= chunk:
        value, rest = divmod(value, chunk)
        pieces.append(f"{rest:01000d}")
    return str(value) + "".join(reversed(pieces))


@dataclass(frozen=True, eq=False)
class _Scored:
    """What contexts of up to some length say about each token of a text, (T,) each.

    Attributes:
        probabilities: As `smoothed_probabilities`.
        context_seen: Length of the longest context that was seen, -1 for none.
        counts: How often that context is followed by this very token.
    """

    probabilities: Float64Array
    context_seen: Int64Array
    counts: Int64Array


def _scored_by_context(model: NgramCounts, ids: Int64Array) -> Iterator[_Scored]:
    probabilities = np.full(len(ids), 1 / (len(model.vocabulary) + 1))
    seen_length = np.full(len(ids), -1)
    seen_count = np.zeros(len(ids), np.int64)
    rows = _rows_by_context(model, ids)
    for n in range(model.n_context + 1):
        found = next(rows, None)  # None: the text has no place with so long a context
        if found is not None:
            pair, total, different = found
            seen = total > 0
            mixed = (pair + different * probabilities[n:]) / np.where(seen, total + different, 1)
            probabilities[n:] = np.where(seen, mixed, probabilities[n:])
            seen_length[n:] = np.where(seen, n, seen_length[n:])
            seen_count[n:] = np.where(seen, pair, seen_count[n:])
        yield _Scored(probabilities.copy(), seen_length.copy(), seen_count.copy())


def _rows_by_context(
    model: NgramCounts, ids: Int64Array
) -> Iterator[tuple[Int64Array, Int64Array, Int64Array]]:
    """For n = 0, 1, ...: what the rows of n-token contexts hold, for each token from the n-th on.

    Yields:
        pair: (T - n,) how often the context is followed by this very token.
        total: (T - n,) how often it is followed by anything.
        different: (T - n,) by how many different tokens.
    """
    size = len(model.vocabulary)
    nodes = np.zeros(len(ids), np.int64)  # of the context that begins at each place
    for n in range(min(model.n_context, max(len(ids) - 1, 0)) + 1):
        places = len(ids) - n
        if n > 0:
            last = ids[n - 1 : n - 1 + places]
            known = (nodes[:places] >= 0) & (last >= 0)
            codes = nodes[:places] * size + last
            nodes = np.where(known, _find(model.keys[n - 1], codes), -1)
        keys, counts = model.keys[n], model.counts[n]
        first = np.searchsorted(keys, nodes * size)
        end = np.searchsorted(keys, (nodes + 1) * size)
        sums = np.concatenate(([0], np.cumsum(counts)))
        tokens = ids[n:]
        found = _find(keys, nodes * size + tokens)
        seen = nodes >= 0
        pair = np.where((found >= 0) & (tokens >= 0) & seen, counts[found], 0)
        yield pair, np.where(seen, sums[end] - sums[first], 0), np.where(seen, end - first, 0)


def _find(keys: Int64Array, wanted: Int64Array) -> Int64Array:
    """Where each wanted key stands among the sorted keys; -1 where it is missing."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def _different(tokens: Sequence[str]) -> tuple[str, ...]:
    """The different tokens, sorted."""
    different: set[str] = set()
    for start in range(0, len(tokens), _TOKENS_AT_ONCE):  # Python serves other threads in between
        different.update(tokens[start : start + _TOKENS_AT_ONCE])
    return tuple(sorted(different))


def _check_context(n_context: int, most: int) -> None:
    if not 1 <= n_context <= most:
        raise UsageError(
            "The context must be from 1 to {most} tokens, got {value}", most=most, value=n_context
        )


def _check(tokens: Sequence[str], n_context: int) -> None:
    _check_context(n_context, MOST_CONTEXT)
    if len(tokens) > MOST_TOKENS:
        raise VisualizerError(
            "The text has {n} tokens, and at most {most} are counted: take a part of it.",
            n=len(tokens),
            most=MOST_TOKENS,
        )
    if len(tokens) <= n_context:
        raise VisualizerError(
            "The text has {n} tokens, too few for a context of {context}: it needs {least}.",
            n=len(tokens),
            context=n_context,
            least=n_context + 1,
        )
    if all(token == tokens[0] for token in tokens):
        raise VisualizerError(
            "The text repeats one single token, {token}: there is nothing to predict.",
            token=repr(tokens[0][:40]),
        )
