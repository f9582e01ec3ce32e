"""What the small translator learns: numbers and dates in words, in English and in Chinese.

Every sentence has exactly one right translation, which a few rules give: so that each output can
be checked. Numbers go from 0 to 99,999: English groups digits by threes and Chinese by fours, so
"twelve thousand" becomes "one ten-thousand, two thousand" (一万二千). Dates go from 1900 to 2099:
English begins with the weekday and ends with the year, Chinese the other way round.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from visualizer.engine.errors import UsageError, VisualizerError

Language = Literal["en", "zh"]

MOST_NUMBER = 99_999
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)

UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth", "thirtieth"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DIGITS = "零一二三四五六七八九"
YEAR_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")

PADDING, BEGIN, END, TO_ENGLISH, TO_CHINESE = "<pad>", "<begin>", "<end>", "<to en>", "<to zh>"
SPECIAL = (PADDING, BEGIN, END, TO_ENGLISH, TO_CHINESE)
ENGLISH_WORDS = (
    *(*UNITS, *TENS, "hundred", "thousand", "and", *ORDINALS, *MONTHS, *WEEKDAYS),
    *("the", "of", "oh"),
)
CHINESE_CHARACTERS = tuple(dict.fromkeys(f"{DIGITS}十百千万{YEAR_DIGITS}年月日星期"))
VOCABULARY = (*SPECIAL, *ENGLISH_WORDS, *CHINESE_CHARACTERS)
"""All tokens; a token's id is its place."""

LONGEST = 24
"""Of a sentence, its direction, its begin and its end included."""

MOST_BEAMS = 16
"""Most translations that are kept while one is looked for."""

_INDEX = {token.casefold(): place for place, token in enumerate(VOCABULARY)}
_CHARACTER = re.compile(r"[!-~]+|\S")  # or a word of another writing as a whole
_HELD_OUT_OF_256 = 26  # a tenth
_ALWAYS_TRAINED_ON = 100  # numbers below: the words that all others are made of


@dataclass(frozen=True)
class Example:
    """A sentence in both languages.

    Attributes:
        name: Which one it is, "number 12345" or "date 1999-05-03": the same in every run.
        english, chinese: Its tokens.
    """

    name: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether it is kept for the test: about a tenth, chosen by a hash of its name."""
        return _is_held_out(self.name)

    def tokens(self, language: Language) -> tuple[str, ...]:
        """The sentence in one of the languages."""
        return self.english if language == "en" else self.chinese


# -------------------------------------------------------------------------------- the rules


def english_number(n: int) -> tuple[str, ...]:
    """Words of a number from 0 to 99,999, with the British "and"."""
    if n < 100:
        return _below_hundred(n)
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        return (UNITS[hundreds], "hundred", *_joined(rest))
    thousands, rest = divmod(n, 1000)
    head = (*_below_hundred(thousands), "thousand")
    return (*head, *english_number(rest)) if rest >= 100 else (*head, *_joined(rest))


def chinese_number(n: int) -> str:
    """Characters of a number from 0 to 99,999: 10,005 is 一万零五, 15 is 十五, 2,000 is 二千."""
    if n == 0:
        return DIGITS[0]
    text = ""
    if n >= 10_000:
        text, n = f"{_below_ten_thousand(n // 10_000)}万", n % 10_000
        if 0 < n < 1000:
            text += DIGITS[0]
    text += _below_ten_thousand(n) if n else ""
    return text[1:] if text.startswith("一十") else text


def english_date(day: date) -> tuple[str, ...]:
    """A date in words: Monday the third of May nineteen ninety-nine."""
    weekday, month = WEEKDAYS[day.weekday()], MONTHS[day.month - 1]
    return (weekday, "the", *_ordinal(day.day), "of", month, *_english_year(day.year))


def chinese_date(day: date) -> str:
    """一九九九年五月三日星期一."""
    year = "".join(YEAR_DIGITS[int(digit)] for digit in str(day.year))
    weekday = (*DIGITS[1:7], "日")[day.weekday()]
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日星期{weekday}"


def number_example(n: int) -> Example:
    """A number in both languages; UsageError if it is not from 0 to 99,999."""
    if not 0 <= n <= MOST_NUMBER:
        raise UsageError(
            "The translator knows numbers from 0 to {most}, got {value}",
            most=f"{MOST_NUMBER:,}",
            value=n,
        )
    return Example(f"number {n}", english_number(n), tuple(chinese_number(n)))


def date_example(day: date) -> Example:
    """A date in both languages; UsageError if it is not from 1900 to 2099."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(
            "The translator knows dates from {first} to {last}, got {value}",
            first=FIRST_DAY,
            last=LAST_DAY,
            value=day,
        )
    return Example(f"date {day}", english_date(day), tuple(chinese_date(day)))


def _below_hundred(n: int) -> tuple[str, ...]:
    if n < len(UNITS):
        return (UNITS[n],)
    tens, unit = divmod(n, 10)
    return (TENS[tens - 2], UNITS[unit]) if unit else (TENS[tens - 2],)


def _joined(rest: int) -> tuple[str, ...]:
    return ("and", *_below_hundred(rest)) if rest else ()


def _ordinal(n: int) -> tuple[str, ...]:
    if n <= 20:
        return (ORDINALS[n - 1],)
    tens, unit = divmod(n, 10)
    return (TENS[tens - 2], ORDINALS[unit - 1]) if unit else (ORDINALS[20],)


def _english_year(year: int) -> tuple[str, ...]:
    century, rest = divmod(year, 100)
    if 2000 <= year < 2010:
        return english_number(year)
    if rest == 0:
        return (*_below_hundred(century), "hundred")
    if rest < 10:
        return (*_below_hundred(century), "oh", UNITS[rest])
    return (*_below_hundred(century), *_below_hundred(rest))


def _below_ten_thousand(n: int) -> str:
    """With 零 for any run of empty places between others."""
    text, is_gap = "", False
    for place in (3, 2, 1, 0):
        digit = n // 10**place % 10
        if digit:
            text += (DIGITS[0] if is_gap and text else "") + DIGITS[digit] + _PLACES[place]
        is_gap = not digit
    return text


# --------------------------------------------------------------------------- text and tokens


def split_sentence(text: str, language: Language) -> tuple[str, ...]:
    """Tokens of a sentence: words of English, characters of Chinese.

    Capitals, commas, hyphens and white space do not matter.

    Raises:
        UsageError: There is nothing to translate, a word or character is unknown, or there are
            too many.
    """
    plain = text.replace(",", " ").replace("，", " ").replace("-", " ").casefold()
    parts = plain.split() if language == "en" else _CHARACTER.findall(plain)
    if not parts:
        raise UsageError("There is nothing to translate: write a number or a date in words.")
    known = set(ENGLISH_WORDS if language == "en" else CHINESE_CHARACTERS)
    tokens = []
    for part in parts:
        place = _INDEX.get(part)
        if place is None or VOCABULARY[place] not in known:
            raise UsageError(
                "The translator does not know {word}: it translates only numbers up to 99,999 and "
                "dates from 1900 to 2099, in words.",
                word=repr(part),
            )
        tokens.append(VOCABULARY[place])
    if len(tokens) > LONGEST - 2:
        raise UsageError(
            "{n} words are too many: the translator takes {most}.", n=len(tokens), most=LONGEST - 2
        )
    return tuple(tokens)


def join_sentence(tokens: tuple[str, ...], language: Language) -> str:
    """The sentence as it is written: "forty-five" with its hyphen, Chinese without spaces."""
    if language == "zh":
        return "".join(tokens)
    text = ""
    for before, token in zip(("", *tokens), tokens, strict=False):
        is_compound = before in TENS and token in (*UNITS[1:10], *ORDINALS[:9])
        text += ("-" if is_compound else " " if text else "") + token
    return text


def token_ids(tokens: tuple[str, ...]) -> list[int]:
    """Ids of tokens of the vocabulary."""
    return [_INDEX[token.casefold()] for token in tokens]


def language_of(text: str) -> Language:
    """Chinese if the text has any Chinese character, else English."""
    return "zh" if any("\u3007" <= c <= "\u9fff" for c in text) else "en"


def other_language(language: Language) -> Language:
    """The one to translate into."""
    return "zh" if language == "en" else "en"


# ------------------------------------------------------------------------------ the examples


def _is_held_out(name: str) -> bool:
    kind, _, value = name.partition(" ")
    if kind == "number" and int(value) < _ALWAYS_TRAINED_ON:
        return False
    return hashlib.sha256(name.encode()).digest()[0] < _HELD_OUT_OF_256


def random_examples(seed: int, *, held_out: bool) -> Iterator[Example]:
    """Numbers and dates without end, half of each, all held out or all to train on.

    Half of the numbers are drawn from the whole range, the others from below 10,000 and 1,000, so
    that short ones occur.
    """
    rng = np.random.default_rng(seed)
    n_days = (LAST_DAY - FIRST_DAY).days + 1
    while True:
        if rng.random() < 0.5:
            example = date_example(FIRST_DAY + timedelta(days=int(rng.integers(n_days))))
        else:
            most = int(rng.choice([1000, 10_000, MOST_NUMBER + 1, MOST_NUMBER + 1]))
            example = number_example(int(rng.integers(most)))
        if example.is_held_out == held_out:
            yield example


def held_out_examples(seed: int = 0) -> list[Example]:
    """All numbers and dates that are held out, each once, in an order by chance."""
    n_days = (LAST_DAY - FIRST_DAY).days + 1
    everything = itertools.chain(
        (number_example(n) for n in range(MOST_NUMBER + 1) if _is_held_out(f"number {n}")),
        (
            date_example(day)
            for day in (FIRST_DAY + timedelta(days=n) for n in range(n_days))
            if _is_held_out(f"date {day}")
        ),
    )
    found = list(everything)
    return [found[place] for place in np.random.default_rng(seed).permutation(len(found))]


def check_vocabulary(vocabulary: tuple[str, ...]) -> None:
    """Raise VisualizerError if a trained model was made for other tokens."""
    if vocabulary != VOCABULARY:
        raise VisualizerError(
            "The translator was trained for other words than this program has: install the "
            "program anew, or train it again."
        )
