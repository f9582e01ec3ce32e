"""What may be done to a head's exact weights before they are looked at: plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Hidden = Literal["first", "special", "diagonal"]
"""The first token of the text, the tokenizer's special tokens, a token's look at itself."""
Granularity = Literal["tokens", "words", "sentences"]
HIDDEN: tuple[Hidden, ...] = ("first", "special", "diagonal")
GRANULARITIES: tuple[Granularity, ...] = ("tokens", "words", "sentences")


@dataclass(frozen=True)
class Treatment:
    """Steps from a head's exact weights to those on show, in this order.

    Attributes:
        hidden: Keys whose weights become 0: columns of the first token, of special tokens, or
            each query's look at itself. In the order of HIDDEN.
        discount: Whether each row is then divided by what is left of it; a row with nothing
            left stays 0.
        top_mass: Of each row only its largest weights stay, as few as together hold this share
            of what the row has, in (0, 1]; the others become 0.
        granularity: Tokens joined to words or sentences: summed over keys, then averaged over
            queries.
    """

    hidden: tuple[Hidden, ...] = ()
    discount: bool = False
    top_mass: float = 1.0
    granularity: Granularity = "tokens"


UNTREATED = Treatment()


def with_hidden(treatment: Treatment, what: Hidden, is_hidden: bool) -> Treatment:
    """The same treatment, with these keys hidden or not."""
    wanted = {*treatment.hidden, what} if is_hidden else {*treatment.hidden} - {what}
    return replace(treatment, hidden=tuple(name for name in HIDDEN if name in wanted))
