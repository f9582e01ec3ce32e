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
        return np.array([self._index.get(token, -1) for token in tokens], np.int64)

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
    vocabulary = tuple(sorted(set(tokens)))
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
    return len(np.unique(model.keys[n_context] // len(model.vocabulary)))


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
    probabilities = np.full(len(ids), 1 / (len(model.vocabulary) + 1))
    for n in range(min(model.n_context, max(len(ids) - 1, 0)) + 1):
        pair, total, different = _rows_of_places(model, ids, n)
        lower = probabilities[n:]
        seen = total > 0
        mixed = (pair + different * lower) / np.where(seen, total + different, 1)
        probabilities[n:] = np.where(seen, mixed, lower)
    return probabilities


def score_held_out(model: NgramCounts, tokens: Sequence[str]) -> HeldOutScore:
    """How well the counts predict another text; the perplexity is of `smoothed_probabilities`.

    Raises:
        VisualizerError: The text is empty.
    """
    if not tokens:
        raise VisualizerError("There is no held-out text: take a longer text.")
    ids = model.ids(tokens)
    surprise = -np.log(smoothed_probabilities(model, ids))
    used = np.full(len(ids), -1)  # longest context that was seen
    count = np.zeros(len(ids), np.int64)
    for n in range(min(model.n_context, len(ids) - 1) + 1):
        pair, total, _ = _rows_of_places(model, ids, n)
        used[n:][total > 0] = n
        count[n:] = np.where(total > 0, pair, count[n:])
    full = np.minimum(np.arange(len(ids)), model.n_context)
    return HeldOutScore(
        float(np.exp(surprise.mean())), float((used < full).mean()), float((count == 0).mean())
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
    for start in range(len(generated)):
        run = generated[start : start + longest]
        places = np.arange(len(text))  # where the run so far begins in the text
        for length, token in enumerate(run.tolist()):
            places = places[: np.searchsorted(places, len(text) - length)]
            places = places[text[places + length] == token]
            if not len(places):
                break
            lengths[start] = length + 1
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


def _rows_of_places(
    model: NgramCounts, ids: Int64Array, n: int
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """For each token of a text from the n-th on, what the row of its n-token context holds.

    Returns:
        pair: (T - n,) how often the context is followed by this very token.
        total: (T - n,) how often it is followed by anything.
        different: (T - n,) by how many different tokens.
    """
    size = len(model.vocabulary)
    places = len(ids) - n
    nodes = np.zeros(places, np.int64)
    for level in range(n):
        tokens = ids[level : level + places]
        known = (nodes >= 0) & (tokens >= 0)
        nodes = np.where(known, _find(model.keys[level], nodes * size + tokens), -1)
    keys, counts = model.keys[n], model.counts[n]
    first = np.searchsorted(keys, nodes * size)
    end = np.searchsorted(keys, (nodes + 1) * size)
    sums = np.concatenate(([0], np.cumsum(counts)))
    tokens = ids[n:]
    found = _find(keys, nodes * size + tokens)
    pair = np.where((found >= 0) & (tokens >= 0) & (nodes >= 0), counts[found], 0)
    seen = nodes >= 0
    return pair, np.where(seen, sums[end] - sums[first], 0), np.where(seen, end - first, 0)


def _find(keys: Int64Array, wanted: Int64Array) -> Int64Array:
    """Where each wanted key stands among the sorted keys; -1 where it is missing."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


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
    if len(set(tokens)) == 1:
        raise VisualizerError(
            "The text repeats one single token, {token}: there is nothing to predict.",
            token=repr(tokens[0][:40]),
        )
