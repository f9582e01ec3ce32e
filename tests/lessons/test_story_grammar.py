from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.lessons.story_grammar import (
    END,
    generate_story,
    generate_words,
    join_words,
    next_word_distribution,
    next_word_distributions,
    split_words,
    words_as_pieces,
)
from visualizer.lessons.story_rules import HE_NAMES, NUMBERS, PLURALS, SHE_NAMES

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
OPENING = "Once upon a time there was a little red fox named Mia . Mia lived in the forest ."


def stories(count: int, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    return [generate_story(rng) for _ in range(count)]


def after(text: str) -> dict[str, float]:
    return next_word_distribution(split_words(text))


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_every_distribution_of_a_story_sums_to_one_and_allows_what_came(seed: int) -> None:
    words = generate_words(np.random.default_rng(seed))
    assert words[-1] == END
    assert END not in words[:-1]
    distributions = list(next_word_distributions(words))
    assert len(distributions) == len(words) + 1
    for word, distribution in zip(words, distributions, strict=False):
        assert sum(distribution.values()) == pytest.approx(1, abs=1e-12)
        assert min(distribution.values()) > 0
        assert word in distribution
    assert distributions[-1] == {}


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_reading_and_writing_are_inverse(seed: int) -> None:
    words = generate_words(np.random.default_rng(seed))[:-1]
    text = join_words(words)
    assert split_words(text) == words
    assert "".join(words_as_pieces(words)) == text
    assert text.isascii()
    assert not re.search(r"  | \n|\n | [.,:?]", text)


def test_the_same_seed_tells_the_same_story() -> None:
    assert stories(3, seed=5) == stories(3, seed=5)
    assert stories(3, seed=5) != stories(3, seed=6)


def test_probabilities_worked_out_by_hand() -> None:
    assert next_word_distribution([])["Once"] == pytest.approx(5 / 12)
    # "a colour", "an orange", "a size colour", "an old colour" weigh 4, 1, 4, 2.
    assert after("There once was") == pytest.approx({"a": 8 / 11, "an": 3 / 11})
    assert after("There once was an") == pytest.approx({"orange": 1 / 3, "old": 2 / 3})
    # Two derivations start with "a": half of the belief goes to a colour, of which red has 4/15.
    assert after("There once was a")["red"] == pytest.approx(1 / 2 * 4 / 15)
    assert after("There once was a")["little"] == pytest.approx(1 / 2 * 4 / 10)
    # After "a little", red has 4 of 16: orange is among the colours now.
    assert after("There once was a little")["red"] == pytest.approx(4 / 16)
    named = after("There once was a red fox named Mia .")
    assert named == pytest.approx({"Mia": 1 / 2, "Her": 1 / 4, "She": 1 / 4})
    # "Mia liked", "Mia had", "Every day", and nothing, which goes on with "One day".
    assert after(OPENING) == pytest.approx({"Mia": 0.6, "Every": 0.2, "One": 0.2})
    assert after(OPENING + " Mia") == pytest.approx({"liked": 0.5, "had": 0.5})


def test_what_was_said_before_decides_what_comes() -> None:
    met = OPENING + " One day Mia met a big brown bear named"
    assert "Mia" not in after(met)
    assert len(after(met)) == len(HE_NAMES) + len(SHE_NAMES) - 1
    hello = met + " Tom . Hello , Tom , said Mia . Hello ,"
    assert after(hello) == {"Mia": 1.0}
    found = met + " Tom . Tom found two eggs . Mia gave Tom three more . Now Tom had"
    assert after(found) == {"five": 1.0}
    counted = found + " five eggs . They counted the eggs : one , two , three , four , five"
    assert after(counted) == {".": 1.0}
    one = after(met + " Tom . Tom found one")
    assert "egg" in one
    assert "eggs" not in one
    with_ball = OPENING + " Mia had a ball . One day Mia met a big brown bear named Tom ."
    asked = with_ball + (
        " Mia gave the ball to Tom . Now Tom had the ball . Mia and Tom were good friends ."
        "\nQuestion: Who has the ball now?\nAnswer:"
    )
    assert after(asked) == {"Tom": 1.0}
    given_back = asked.replace("Now Tom had the ball .", "Then Tom gave the ball back to Mia .")
    assert after(given_back) == {"Mia": 1.0}


def test_stories_are_drawn_with_the_probabilities_that_are_stated() -> None:
    drawn = [split_words(story) for story in stories(4000)]
    for prefix in ([], ["There"], ["There", "once", "was", "a"]):
        stated = next_word_distribution(prefix)
        count = Counter(words[len(prefix)] for words in drawn if words[: len(prefix)] == prefix)
        n = sum(count.values())
        assert set(count) <= set(stated)
        for word, prob in stated.items():
            margin = 4.5 * np.sqrt(prob * (1 - prob) / n) + 1e-12
            assert count[word] / n == pytest.approx(prob, abs=margin)


def test_surprise_and_entropy_agree_on_average() -> None:
    # If any stated distribution were wrong, the mean log-probability of what was drawn from the
    # true ones would differ from the mean of the stated entropies.
    rng = np.random.default_rng(3)
    gaps = []
    for _ in range(300):
        words = generate_words(rng)
        gap = 0.0
        for word, distribution in zip(words, next_word_distributions(words), strict=False):
            probs = np.array(list(distribution.values()))
            gap += float((probs * np.log(probs)).sum()) - np.log(distribution[word])
        gaps.append(gap)
    assert abs(np.mean(gaps)) < 4 * np.std(gaps) / np.sqrt(len(gaps))


def test_stories_agree_with_themselves() -> None:
    singular = {plural: one for one, plural in PLURALS.items()}
    counted = answered = pronouns = 0
    for story in stories(400, seed=1):
        hero = next(name for name in split_words(story) if name in HE_NAMES + SHE_NAMES)
        pronoun = re.search(r"\b(He|She) lived", story)
        if pronoun:
            pronouns += 1
            assert (pronoun[1] == "He") == (hero in HE_NAMES)
        assert not re.search(r"\ba (orange|old)\b|\ban (?!orange|old)", story)
        sums = re.search(
            r"found (\w+) (\w+)\. \w+ gave \w+ (\w+) more\. Now (\w+) had (\w+)", story
        )
        if sums:
            counted += 1
            first, noun, second, _, total = sums.groups()
            add = NUMBERS.index(first) + NUMBERS.index(second) + 2
            assert NUMBERS[add - 1] == total
            assert (noun in singular) == (first != "one")
        asked = re.search(r"Where did \w+ live\?\nAnswer: \w+ lived in the (\w+)\.", story)
        if asked:
            answered += 1
            home = re.search(r"(?:lived|home was) in the (\w+)", story)
            assert home is not None
            assert home[1] == asked[1]
    assert min(counted, answered, pronouns) > 20


def test_lengths_are_those_of_little_stories() -> None:
    lengths = [len(split_words(story)) for story in stories(300, seed=2)]
    assert min(lengths) >= 50
    assert max(lengths) <= 200
    assert 80 <= np.median(lengths) <= 130


@pytest.mark.parametrize(
    ("words", "position"),
    [(["Zebra"], 0), (["Once", "upon", "upon"], 2), (["There", "once", "was", "an", "red"], 4)],
)
def test_words_that_no_story_has_are_named(words: list[str], position: int) -> None:
    with pytest.raises(ValueError, match=f"'{words[position]}' as word {position} "):
        next_word_distribution(words)


@pytest.mark.parametrize("text", ["Once upon 1", "Mia!", "大", "a\tb", "é"])
def test_foreign_characters_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is in no story"):
        split_words(text)
