"""Whether what a reader typed is the right answer. No Qt."""

from __future__ import annotations

from fractions import Fraction

from visualizer.ui.lessons.page import Answer

_DIGITS = str.maketrans("０１２３４５６７８９．％／－", "0123456789.%/-")


def is_right(given: str, answer: Answer) -> bool:
    """Compare an answer with the right one.

    Args:
        given: As typed; numbers may be written as 0.667, 2/3, 66.7 % or 66,667, also in the wide
            characters of Chinese keyboards; of a choice, its place.
        answer: The right one.
    """
    if isinstance(answer.value, str):
        return given.strip().casefold() == answer.value.strip().casefold()
    number = number_from(given)
    if number is None:
        return False
    return abs(number - Fraction(answer.value)) <= Fraction(answer.tolerance)


def number_from(text: str) -> Fraction | None:
    """The number that a reader wrote; None if it is none."""
    plain = text.strip().translate(_DIGITS).replace("，", ",").replace("−", "-")
    plain = plain.replace(" ", "").replace("_", "")
    scale = 1
    if plain.endswith("%"):
        plain, scale = plain[:-1], 100
    if "." not in plain and _has_thousands(plain):
        plain = plain.replace(",", "")
    try:
        return Fraction(plain.replace(",", ".")) / scale
    except (ValueError, ZeroDivisionError):
        return None


def _has_thousands(text: str) -> bool:
    first, *groups = text.lstrip("-").split(",")
    is_first = 1 <= len(first) <= 3 and first != "0"
    return bool(groups) and is_first and all(len(group) == 3 for group in groups)
