"""Whether what a reader typed is the right answer. No Qt."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from visualizer.ui.lessons.page import Answer

_WIDE = str.maketrans("０１２３４５６７８９．％／－（）", "0123456789.%/-()")
_UNITS = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_UNIT = re.compile(rf"(.*\d)({'|'.join(sorted(_UNITS, key=len, reverse=True))})", re.IGNORECASE)
_LN = re.compile(r"ln\(?([^()]+)\)?", re.IGNORECASE)
_MOST_CHARS = 40  # no answer is longer, and 1e999999999 would take all memory


def is_right(given: str, answer: Answer) -> bool:
    """Compare an answer with the right one.

    Args:
        given: As typed; numbers may be written as 0.667, 2/3, 66.7 %, 66,667, ln 1000 or 19.9
            million, which may be rounded, also in the wide characters of Chinese keyboards; of a
            choice, its place.
        answer: The right one.
    """
    if isinstance(answer.value, str):
        return given.strip().casefold() == answer.value.strip().casefold()
    number = number_from(given)
    if number is None:
        return False
    allowed = max(Fraction(answer.tolerance), _rounding(given))
    return abs(number - Fraction(answer.value)) <= allowed


def number_from(text: str) -> Fraction | None:
    """The number that a reader wrote; None if it is none."""
    plain = _plain(text)
    if len(plain) > _MOST_CHARS:
        return None
    if found := _UNIT.fullmatch(plain):
        number = number_from(found[1])
        return None if number is None else number * _UNITS[found[2].lower()]
    if found := _LN.fullmatch(plain):
        number = number_from(found[1])
        return Fraction(math.log(number)) if number is not None and number > 0 else None
    scale = 1
    if plain.endswith("%"):
        plain, scale = plain[:-1], 100
    if _has_thousands(plain.partition(".")[0]):
        plain = plain.replace(",", "")
    if re.search(r"e[+-]?\d{4}", plain, re.IGNORECASE):
        return None
    try:
        return Fraction(plain.replace(",", ".")) / scale
    except (ValueError, ZeroDivisionError):
        return None


def number_text(answer: Answer) -> str:
    """The right number as a reader would write it: as exactly as is asked for, and no more."""
    if isinstance(answer.value, int):
        return f"{answer.value:,}"
    digits = max(0, 1 - math.floor(math.log10(answer.tolerance))) if answer.tolerance else 6
    text = f"{answer.value:.{min(digits, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(text: str) -> str:
    plain = text.strip().translate(_WIDE).replace("，", ",").replace("−", "-")
    return plain.replace(" ", "").replace("_", "")


def _rounding(text: str) -> Fraction:
    """Half of the last digit before a word such as "million": 19.9 million is rounded."""
    found = _UNIT.fullmatch(_plain(text))
    if found is None:
        return Fraction(0)
    _, _, decimals = found[1].replace(",", ".").partition(".")
    return Fraction(_UNITS[found[2].lower()], 2 * 10 ** len(decimals))


def _has_thousands(text: str) -> bool:
    first, *groups = text.lstrip("-").split(",")
    is_first = 1 <= len(first) <= 3 and first != "0"
    return bool(groups) and is_first and all(len(group) == 3 for group in groups)
