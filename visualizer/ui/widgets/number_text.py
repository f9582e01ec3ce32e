"""Numbers as text: as many digits as mean something, a minus that is as wide as a plus."""

from __future__ import annotations

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(number: str) -> str:
    """A number that Python has formatted, as the window writes it: "-1.2e-05" is "−1.2·10⁻⁵"."""
    mantissa, _, power = number.partition("e")
    if power:
        mantissa += "·10" + str(int(power)).translate(_SUPERSCRIPTS)
    return mantissa.replace("-", "−")


def number_text(number: float, digits: int = 3, *, sign: bool = False) -> str:
    """A number with `digits` after the point, or in powers of ten where these would all be 0.

    Args:
        number: Any.
        digits: After the point.
        sign: Whether a positive number has a plus.
    """
    if math.isnan(number):
        return "–"
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    plus = "+" if sign and number > 0 else ""
    is_tiny = number != 0 and abs(number) < 0.5 * 10.0**-digits
    text = f"{number:.1e}" if is_tiny else f"{number:.{digits}f}"
    if float(text) == 0.0:
        return f"{0.0:.{digits}f}"
    return plus + typeset(text)
