"""A long text in pieces, so that work on it can be stopped and tell how far it is. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from visualizer.lessons.text import Unit, split_sentences, split_tokens
from visualizer.ui.lessons.background import Ticket

PIECE = 100_000
"""Characters; splitting so many takes some 10 ms, during which Python serves no other thread."""

_SENTENCE_END = re.compile(r"[\r\n]|[.!?]\s|[。！？]")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True)
class WorkProgress:
    """How far a piece of work is.

    Attributes:
        what: What is being done: "reading", "splitting", "counting", "scoring" or "generating".
        done, total: In any unit.
    """

    what: str
    done: int
    total: int


def sentences_of(text: str, ticket: Ticket) -> Iterator[str]:
    """The sentences of a text, as `split_sentences` gives them."""
    for piece in _pieces(text, _SENTENCE_END, ticket):
        yield from split_sentences(piece)


def tokens_of(text: str, unit: Unit, ticket: Ticket) -> list[str]:
    """The tokens of a text, as `split_tokens` gives them; equal tokens are one object.

    Millions of strings would take long to free, during which no other thread runs.
    """
    tokens: list[str] = []
    known: dict[str, str] = {}
    for piece in _pieces(text, _SPACE, ticket):
        tokens.extend(known.setdefault(token, token) for token in split_tokens(piece, unit))
    return tokens


def _pieces(text: str, border: re.Pattern[str], ticket: Ticket) -> Iterator[str]:
    """Cut a text behind borders; whatever is cut there comes out the same in one piece."""
    start = 0
    while start < len(text):
        ticket.check()
        ticket.report(WorkProgress("splitting", start, len(text)))
        found = border.search(text, start + PIECE)
        end = len(text) if found is None else found.end()
        yield text[start:end]
        start = end
