"""What counts as a right answer."""

from __future__ import annotations

import pytest

from visualizer.ui.lessons.page import Answer
from visualizer.ui.lessons.typed_answers import is_right, number_from, number_text


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2/3", 2 / 3),
        ("0.667", 0.667),
        ("0,667", 0.667),
        ("66.7 %", 0.667),
        ("６６．７％", 0.667),
        ("-3", -3),
        ("−3", -3),
        ("1,234,567", 1234567),
        ("12,345", 12345),
        ("1e3", 1000),
        (" 5 ", 5),
        ("19.9 million", 19_900_000),
        ("19.9 Million", 19_900_000),
        ("1,993.9万", 19_939_000),
        ("1.2 亿", 120_000_000),
        ("3百万", 3_000_000),
        ("ln 1000", 6.907755278982137),
        ("LN（1000）", 6.907755278982137),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, value: float) -> None:
    number = number_from(typed)
    assert number is not None
    assert float(number) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "two",
        "1/0",
        "1//2",
        "0x10",
        "%",
        "一",
        "million",
        "ln 0",
        "ln -1",
        "ln",
        "1e9999",
        "9" * 5000,
    ],
)
def test_what_is_no_number_is_no_answer(typed: str) -> None:
    assert number_from(typed) is None
    assert not is_right(typed, Answer(0, tolerance=1e9))


def test_a_number_may_be_off_by_the_tolerance_and_no_more() -> None:
    answer = Answer(2 / 3, tolerance=0.005)
    assert is_right("2/3", answer)
    assert is_right("0.67", answer)
    assert not is_right("0.66", answer)


def test_words_are_compared_without_regard_to_case_and_space() -> None:
    assert is_right("  Grapes ", Answer("grapes"))
    assert not is_right("grape", Answer("grapes"))


def test_an_exact_integer_takes_no_other() -> None:
    assert is_right("3125", Answer(5**5))
    assert is_right("3,125", Answer(5**5))
    assert not is_right("3126", Answer(5**5))


def test_millions_may_be_rounded_and_plain_digits_may_not() -> None:
    answer = Answer(19_939_304)
    assert is_right("19.9 million", answer)
    assert is_right("1994万", answer)
    assert is_right("20 million", answer)
    assert not is_right("19.8 million", answer)
    assert not is_right("19900000", answer)


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        (Answer(19_939_304), "19,939,304"),
        (Answer(2 / 3, tolerance=0.005), "0.6667"),
        (Answer(6.907755, tolerance=0.05), "6.908"),
        (Answer(1.5, tolerance=1e-6), "1.5"),
        (Answer(0.0, tolerance=1e-9), "0"),
        (Answer(-0.25), "-0.25"),
    ],
)
def test_a_right_answer_is_written_as_a_reader_would(answer: Answer, written: str) -> None:
    assert number_text(answer) == written
    assert is_right(written, answer)
