"""What counts as a right answer."""

from __future__ import annotations

import pytest

from visualizer.ui.lessons.page import Answer
from visualizer.ui.lessons.typed_answers import is_right, number_from


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
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, value: float) -> None:
    number = number_from(typed)
    assert number is not None
    assert float(number) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["", "two", "1/0", "1//2", "0x10", "%", "一"])
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
