"""The tree of counts against plain dictionaries of tuples."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons import ngram
from visualizer.lessons.ngram import (
    copied_lengths,
    copied_shares,
    copied_stretches,
    count_digits,
    count_ngrams,
    generate_tokens,
    next_token_row,
    rows_possible,
    rows_used,
    score_held_out,
    smoothed_probabilities,
    write_out,
)
from visualizer.lessons.text import split_tokens

TEXTS = st.lists(st.sampled_from("abc"), min_size=6, max_size=40).filter(lambda t: len(set(t)) > 1)


def followers(tokens, context):
    """What follows a context, by looking at every place of the text."""
    n = len(context)
    return Counter(
        tokens[i + n] for i in range(len(tokens) - n) if tuple(tokens[i : i + n]) == tuple(context)
    )


def witten_bell(tokens, context, token, size):
    if context is None:
        return 1 / (size + 1)
    row = followers(tokens, context)
    lower = witten_bell(tokens, context[1:] if context else None, token, size)
    if not row:
        return lower
    return (row[token] + len(row) * lower) / (sum(row.values()) + len(row))


@given(TEXTS, st.integers(1, 5), st.lists(st.sampled_from("abcx"), max_size=6))
@settings(deadline=None, max_examples=100)
def test_a_row_is_what_follows_the_longest_context_that_was_seen(tokens, n_context, context):
    model = count_ngrams(tokens, n_context)
    row = next_token_row(model, context)
    used = context[max(0, len(context) - n_context) :]
    while not followers(tokens, used):
        used = used[1:]
    expected = followers(tokens, used)
    assert row.context_used == len(used)
    found = {model.vocabulary[i]: p for i, p in zip(row.ids, row.probabilities, strict=True)}
    total = sum(expected.values())
    assert found == pytest.approx({token: n / total for token, n in expected.items()})


@given(TEXTS, st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_rows_used_are_the_different_contexts_before_a_token(tokens, n_context):
    model = count_ngrams(tokens, n_context)
    for n in range(n_context + 1):
        contexts = {tuple(tokens[i : i + n]) for i in range(len(tokens) - n)}
        assert rows_used(model, n) == len(contexts)
        assert rows_used(model, n) <= rows_possible(len(model.vocabulary), n)


@given(TEXTS, st.integers(1, 4), st.lists(st.sampled_from("abcx"), min_size=1, max_size=12))
@settings(deadline=None, max_examples=60)
def test_the_score_of_a_held_out_text(tokens, n_context, held_out):
    model = count_ngrams(tokens, n_context)
    size = len(model.vocabulary)
    expected, unseen_contexts, unseen_continuations = [], 0, 0
    for i, token in enumerate(held_out):
        context = held_out[max(0, i - n_context) : i]
        expected.append(witten_bell(tokens, context, token, size))
        used = context
        while not followers(tokens, used):
            used = used[1:]
        unseen_contexts += len(used) < len(context)
        unseen_continuations += followers(tokens, used)[token] == 0
    found = smoothed_probabilities(model, model.ids(held_out))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    score = score_held_out(model, held_out)
    mean_surprise = -sum(map(math.log, expected)) / len(expected)
    assert score.perplexity == pytest.approx(math.exp(mean_surprise))
    assert score.unseen_contexts == unseen_contexts / len(held_out)
    assert score.unseen_continuations == unseen_continuations / len(held_out)


def test_smoothed_probabilities_of_all_tokens_and_of_an_unknown_one_sum_to_one(rhyme):
    tokens = split_tokens(rhyme, "words")
    model = count_ngrams(tokens, 2)
    for context in (["The", "cat"], ["dog", "mat"], ["zebra", "The"]):
        before = model.ids(context)
        nexts = [-1, *range(len(model.vocabulary))]
        total = sum(smoothed_probabilities(model, np.append(before, i))[-1] for i in nexts)
        assert total == pytest.approx(1)


def test_tables_of_the_tutorial_grow_as_powers():
    assert rows_possible(5, 2) == 25
    assert rows_possible(5, 3) == 125
    assert rows_possible(5, 1024) == 5**1024
    assert count_digits(rows_possible(5, 1024)) == 716
    gpt2 = rows_possible(50257, 1024)
    assert gpt2 % 50257**1023 == 0
    digits = write_out(gpt2)
    assert count_digits(gpt2) == len(digits) == 4815
    value = 0
    for start in range(0, len(digits), 1000):  # read back without Python's limit on digits
        piece = digits[start : start + 1000]
        value = value * 10 ** len(piece) + int(piece)
    assert value == gpt2


@given(st.integers(1, 10**80) | st.integers(0, 2000).map(lambda n: 10**n))
@settings(deadline=None, max_examples=150)
def test_digits_are_counted_and_written_exactly(value):
    assert count_digits(value) == len(write_out(value))
    if value < 10**4000:
        assert write_out(value) == str(value)
    if value > 1:
        assert count_digits(value - 1) == len(write_out(value - 1))


def test_zero_is_written_and_not_counted():
    assert write_out(0) == "0"
    with pytest.raises(ValueError, match="above 0"):
        count_digits(0)


def test_more_context_copies_more(rhyme):
    text = split_tokens(rhyme, "characters")
    shares = []
    for n_context in (1, 3, 5):
        model = count_ngrams(text, n_context)
        rng = np.random.default_rng(0)
        drawn = [token for token, _ in generate_tokens(model, text[:n_context], 300, rng)]
        again = generate_tokens(model, text[:n_context], 300, np.random.default_rng(0))
        assert drawn == [token for token, _ in again]
        assert copied_shares([*text[:n_context], *drawn], text, n_context + 1)[-1] == 1
        shares.append(copied_shares(drawn, text, 12)[-1])
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.5


@given(st.text("ab", max_size=12), st.text("abx", max_size=12), st.integers(1, 5))
@settings(deadline=None, max_examples=100)
def test_the_copied_shares_against_substrings(text, generated, longest):
    found = copied_shares(list(generated), list(text), longest)
    assert found.shape == (longest,)
    for length, share in enumerate(found, start=1):
        runs = [generated[i : i + length] for i in range(len(generated) - length + 1)]
        if runs:
            assert share == sum(run in text for run in runs) / len(runs)
        else:
            assert math.isnan(share)


@given(st.text("ab", max_size=12), st.text("abx", max_size=12), st.integers(1, 5))
@settings(deadline=None, max_examples=100)
def test_copied_lengths_and_stretches_against_substrings(text, generated, longest):
    ids = [np.array(["abx".index(c) for c in part], np.int64) for part in (generated, text)]
    lengths = copied_lengths(*ids, longest)
    for start, length in enumerate(lengths.tolist()):
        runs = [n for n in range(1, longest + 1) if generated[start : start + n] in text]
        possible = [n for n in runs if start + n <= len(generated)]
        assert length == max(possible, default=0)
    for least in range(1, longest + 1):
        marked = set()
        for start in range(len(generated) - least + 1):
            if generated[start : start + least] in text:
                marked.update(range(start, start + least))
        assert np.flatnonzero(copied_stretches(lengths, least)).tolist() == sorted(marked)


@given(TEXTS, st.integers(1, 5))
@settings(deadline=None, max_examples=40)
def test_counts_cut_shorter_are_those_counted_for_a_shorter_context(tokens, n_context):
    cut = count_ngrams(tokens, 5).shortened(n_context)
    counted = count_ngrams(tokens, n_context)
    assert (cut.vocabulary, cut.n_context, cut.n_tokens) == (
        counted.vocabulary,
        n_context,
        len(tokens),
    )
    for ours, theirs in zip(
        (*cut.keys, *cut.counts), (*counted.keys, *counted.counts), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(UsageError, match="from 1 to 5"):
        count_ngrams(tokens, 5).shortened(6)


def test_held_out_perplexity_of_a_coin_is_near_two():
    tokens = np.random.default_rng(0).choice(["heads", "tails"], 6000).tolist()
    score = score_held_out(count_ngrams(tokens[:5000], 2), tokens[5000:])
    assert score.perplexity == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(
    ("tokens", "n_context", "words"),
    [
        ([], 1, "0 tokens, too few"),
        (["a"], 1, "1 tokens, too few for a context of 1: it needs 2"),
        (["a", "b", "a"], 3, "it needs 4"),
        (["a"] * 9, 2, "one single token, 'a'"),
    ],
)
def test_texts_with_nothing_to_count(tokens, n_context, words):
    with pytest.raises(VisualizerError, match=words):
        count_ngrams(tokens, n_context)


@pytest.mark.parametrize("n_context", [0, -1, 6])
def test_contexts_out_of_range(n_context):
    with pytest.raises(UsageError, match="from 1 to 5"):
        count_ngrams(["a", "b"] * 9, n_context)


def test_too_long_a_text(monkeypatch):
    monkeypatch.setattr(ngram, "MOST_TOKENS", 10)
    with pytest.raises(VisualizerError, match="has 11 tokens, and at most 10"):
        count_ngrams([*"ab" * 5, "a"], 1)


def test_other_bad_input():
    model = count_ngrams(list("abab"), 1)
    with pytest.raises(VisualizerError, match="no held-out text"):
        score_held_out(model, [])
    with pytest.raises(UsageError, match="from 0 to 1"):
        rows_used(model, 2)
    with pytest.raises(UsageError, match="from 1"):
        copied_shares(["a"], ["a"], 0)
