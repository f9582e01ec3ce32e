"""Numbers and dates in words, against readers of numerals that know nothing of the writers."""

from __future__ import annotations

import itertools
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.lessons.translation_data import (
    FIRST_DAY,
    LAST_DAY,
    LONGEST,
    MOST_NUMBER,
    SPECIAL,
    VOCABULARY,
    check_vocabulary,
    chinese_number,
    date_example,
    english_number,
    held_out_examples,
    join_sentence,
    language_of,
    number_example,
    random_examples,
    split_sentence,
    token_ids,
)

SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
LARGER = "fifteen sixteen seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ENGLISH_VALUES = {word: n for n, word in enumerate(f"{SMALL} {LARGER}".split(), 1)}
ENGLISH_VALUES |= {word: 10 * n for n, word in enumerate(TENS.split(), 2)}


def read_english(words: tuple[str, ...]) -> int:
    """Add up: hundreds multiply what stands before them, thousands everything."""
    total = group = 0
    for word in words:
        if word == "thousand":
            total, group = total + group * 1000, 0
        elif word == "hundred":
            group *= 100
        elif word not in ("and", "zero"):
            group += ENGLISH_VALUES[word]
    return total + group


def read_chinese(text: str) -> int:
    """Add up digit times place; 万 multiplies everything before it."""
    total = group = digit = 0
    for character in text:
        if character in "一二三四五六七八九":
            digit = "一二三四五六七八九".index(character) + 1
        elif character in "十百千":
            group += max(digit, 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character == "万":
            total, group, digit = (group + digit) * 10_000, 0, 0
    return total + group + digit


@given(st.integers(0, MOST_NUMBER))
def test_numbers_are_read_back(n: int) -> None:
    assert read_english(english_number(n)) == n
    assert read_chinese(chinese_number(n)) == n


def test_no_two_numbers_are_written_alike() -> None:
    assert len({chinese_number(n) for n in range(MOST_NUMBER + 1)}) == MOST_NUMBER + 1
    assert len({english_number(n) for n in range(MOST_NUMBER + 1)}) == MOST_NUMBER + 1


@pytest.mark.parametrize(
    ("n", "english", "chinese"),
    [
        (0, "zero", "零"),
        (10, "ten", "十"),
        (15, "fifteen", "十五"),
        (110, "one hundred and ten", "一百一十"),
        (1005, "one thousand and five", "一千零五"),
        (2000, "two thousand", "二千"),
        (10_010, "ten thousand and ten", "一万零一十"),
        (10_500, "ten thousand five hundred", "一万零五百"),
        (12_345, "twelve thousand three hundred and forty-five", "一万二千三百四十五"),
        (90_909, "ninety thousand nine hundred and nine", "九万零九百零九"),
    ],
)
def test_numbers_are_written_as_in_textbooks(n: int, english: str, chinese: str) -> None:
    example = number_example(n)
    assert join_sentence(example.english, "en") == english
    assert join_sentence(example.chinese, "zh") == chinese


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        (
            date(1999, 5, 3),
            "Monday the third of May nineteen ninety-nine",
            "一九九九年五月三日星期一",
        ),
        (
            date(2005, 12, 31),
            "Saturday the thirty-first of December two thousand and five",
            "二〇〇五年十二月三十一日星期六",
        ),
        (
            date(1907, 10, 20),
            "Sunday the twentieth of October nineteen oh seven",
            "一九〇七年十月二十日星期日",
        ),
        (
            date(2000, 2, 29),
            "Tuesday the twenty-ninth of February two thousand",
            "二〇〇〇年二月二十九日星期二",
        ),
        (date(1900, 2, 1), "Thursday the first of February nineteen hundred", None),
        (date(2010, 1, 30), "Saturday the thirtieth of January twenty ten", None),
    ],
)
def test_dates_are_written_as_people_do(day: date, english: str, chinese: str | None) -> None:
    example = date_example(day)
    assert join_sentence(example.english, "en") == english
    if chinese is not None:
        assert join_sentence(example.chinese, "zh") == chinese


def test_every_date_has_a_sentence_of_its_own() -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    assert len({date_example(day).english for day in days}) == len(days)
    assert len({date_example(day).chinese for day in days}) == len(days)


def test_every_sentence_fits_and_comes_back_from_its_text() -> None:
    for example in itertools.islice(random_examples(0, held_out=False), 3000):
        for language in ("en", "zh"):
            tokens = example.tokens(language)
            assert len(tokens) + 2 <= LONGEST
            assert split_sentence(join_sentence(tokens, language), language) == tokens
            assert [VOCABULARY[i] for i in token_ids(tokens)] == list(tokens)


def test_nothing_held_out_is_trained_on() -> None:
    trained = {e.name for e in itertools.islice(random_examples(1, held_out=False), 20_000)}
    held_out = {e.name for e in itertools.islice(random_examples(2, held_out=True), 2000)}
    assert not trained & held_out
    shares = [number_example(n).is_held_out for n in random.Random(0).sample(range(100_000), 5000)]
    assert 0.08 < sum(shares) / len(shares) < 0.125


def test_all_that_is_held_out_is_there_once() -> None:
    names = [example.name for example in held_out_examples(4)]
    numbers = {f"number {n}" for n in range(MOST_NUMBER + 1) if number_example(n).is_held_out}
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    dates = {f"date {day}" for day in days if date_example(day).is_held_out}
    assert len(names) == len(set(names))
    assert set(names) == numbers | dates
    assert [e.name for e in held_out_examples(4)] == names
    assert [e.name for e in held_out_examples(5)] != names


def test_the_words_that_numbers_are_made_of_are_never_held_out() -> None:
    assert not any(number_example(n).is_held_out for n in range(100))


@pytest.mark.parametrize("n", [-1, MOST_NUMBER + 1])
def test_numbers_out_of_range_are_named(n: int) -> None:
    with pytest.raises(UsageError, match=str(n)):
        number_example(n)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2100, 1, 1)])
def test_dates_out_of_range_are_named(day: date) -> None:
    with pytest.raises(UsageError, match=str(day)):
        date_example(day)


@pytest.mark.parametrize(
    ("text", "language", "named"),
    [
        ("", "en", "nothing"),
        ("  , ", "zh", "nothing"),
        ("three pigs", "en", "'pigs'"),
        ("三 pigs", "zh", "'pigs'"),
        ("三", "en", "'三'"),
        ("<end>", "en", "'<end>'"),
        ("🙂", "zh", "'🙂'"),
        ("12,345", "en", "'12'"),
        ("一万5", "zh", "'5'"),
        ("两千", "zh", "'两'"),
        ("one " * 23, "en", "23"),
    ],
)
def test_what_cannot_be_read_is_named(text: str, language: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        split_sentence(text, language)


def test_capitals_commas_and_hyphens_do_not_matter() -> None:
    tokens = split_sentence("MONDAY, the Twenty-First of may, twenty twenty-one", "en")
    assert join_sentence(tokens, "en") == "Monday the twenty-first of May twenty twenty-one"


def test_the_language_is_that_of_the_characters() -> None:
    assert language_of("二〇〇〇年") == "zh"
    assert language_of("two thousand") == "en"


def test_no_token_is_there_twice_and_another_vocabulary_is_refused() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY)
    assert VOCABULARY[: len(SPECIAL)] == SPECIAL
    with pytest.raises(VisualizerError, match="other words"):
        check_vocabulary(VOCABULARY[1:])
