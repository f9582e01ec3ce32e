"""The table of the tutorial, and any other, against a plain dictionary."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.bigram import (
    MOST_WORDS,
    bigram_probabilities,
    count_bigrams,
    never_followed,
    next_word_distribution,
    walk,
)

SENTENCES = st.lists(
    st.lists(st.sampled_from("abcde"), min_size=1, max_size=6).map(" ".join),
    min_size=1,
    max_size=8,
).filter(lambda sentences: any(" " in sentence for sentence in sentences))


def reference(sentences):
    """A dictionary of counters, written without the code under test."""
    following = defaultdict(Counter)
    for sentence in sentences:
        words = sentence.split(" ")
        for i in range(1, len(words)):
            following[words[i - 1]][words[i]] += 1
    return following


def test_after_love_oranges_have_two_thirds_and_grapes_one(tutorial):
    assert set(tutorial.words) == {"I", "you", "love", "oranges", "grapes"}
    after_love = next_word_distribution(tutorial, "love")
    assert after_love[tutorial.index("oranges")] == 2 / 3
    assert after_love[tutorial.index("grapes")] == 1 / 3
    assert after_love.sum() == 1
    assert next_word_distribution(tutorial, "I")[tutorial.index("love")] == 1
    assert next_word_distribution(tutorial, "you")[tutorial.index("love")] == 1


def test_nothing_follows_oranges_and_grapes_until_smoothing_lets_every_word_follow(tutorial):
    assert set(never_followed(tutorial)) == {"oranges", "grapes"}
    assert np.isnan(next_word_distribution(tutorial, "grapes")).all()
    smoothed = bigram_probabilities(tutorial.counts, 0.1)
    assert (smoothed > 0).all()
    np.testing.assert_allclose(smoothed.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(smoothed[tutorial.index("grapes")], 0.2)
    oranges = smoothed[tutorial.index("love"), tutorial.index("oranges")]
    assert oranges == pytest.approx(2.1 / 3.5)


@given(SENTENCES)
@settings(deadline=None, max_examples=60)
def test_counts_are_those_of_a_plain_dictionary(sentences):
    bigrams = count_bigrams(sentences)
    expected = reference(sentences)
    for i, word in enumerate(bigrams.words):
        for j, after in enumerate(bigrams.words):
            assert bigrams.counts[i, j] == expected[word][after]
    assert len(bigrams.pairs) == bigrams.counts.sum()
    recounted = Counter(map(tuple, bigrams.pairs.tolist()))
    assert all(bigrams.counts[pair] == n for pair, n in recounted.items())
    assert set(never_followed(bigrams)) == {w for w in bigrams.words if not expected[w]}


@given(SENTENCES, st.integers(0, 40))
@settings(deadline=None, max_examples=60)
def test_probabilities_are_exact_fractions(sentences, eighths):
    bigrams = count_bigrams(sentences)
    smoothing = Fraction(eighths, 8)
    probabilities = bigram_probabilities(bigrams.counts, float(smoothing))
    for row, counts in zip(probabilities, bigrams.counts.tolist(), strict=True):
        total = sum(counts) + smoothing * len(counts)
        if total == 0:
            assert np.isnan(row).all()
        else:
            expected = [float((n + smoothing) / total) for n in counts]
            np.testing.assert_allclose(row, expected, rtol=1e-14)


def test_a_walk_only_takes_steps_that_were_counted_and_stops_where_nothing_follows(tutorial):
    seen = set()
    for seed in range(40):
        words = list(walk(tutorial, "I", 10, np.random.default_rng(seed)))
        assert words[0] == "love"
        assert words[1] in {"oranges", "grapes"}
        assert len(words) == 2
        seen.add(words[1])
    assert seen == {"oranges", "grapes"}


def test_a_walk_draws_in_the_proportion_of_the_counts(tutorial):
    rng = np.random.default_rng(5)
    drawn = Counter(next(walk(tutorial, "love", 1, rng)) for _ in range(3000))
    assert drawn["oranges"] / 3000 == pytest.approx(2 / 3, abs=0.04)


def test_the_same_seed_walks_the_same_way(tutorial):
    walks = [list(walk(tutorial, "I", 30, np.random.default_rng(3), 0.5)) for _ in range(2)]
    assert walks[0] == walks[1]
    assert len(walks[0]) == 30
    assert walks[0] != list(walk(tutorial, "I", 30, np.random.default_rng(4), 0.5))


@pytest.mark.parametrize("sentences", [[], [""], ["..."], ["word"], ["one", "two"]])
def test_texts_in_which_no_word_follows_another(sentences):
    with pytest.raises(VisualizerError, match=r"no word to count|No word follows another"):
        count_bigrams(sentences)


def test_too_many_words():
    words = [f"w{i}" for i in range(MOST_WORDS)]
    assert len(count_bigrams([" ".join(words)]).words) == MOST_WORDS
    with pytest.raises(VisualizerError, match="2001 different words"):
        count_bigrams([" ".join([*words, "more"])])


@pytest.mark.parametrize("smoothing", [-0.1, float("nan"), float("inf"), 1e308])
def test_bad_smoothing(tutorial, smoothing):
    with pytest.raises(UsageError, match="smoothing"):
        bigram_probabilities(tutorial.counts, smoothing)


def test_an_unknown_word(tutorial):
    with pytest.raises(UsageError, match="'pears' is not a word"):
        next_word_distribution(tutorial, "pears")
    with pytest.raises(UsageError, match="'pears'"):
        list(walk(tutorial, "pears", 3, np.random.default_rng(0)))
