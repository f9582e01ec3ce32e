"""Counting the pairs of a long text or a file, away from the GUI thread. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from visualizer.lessons.bigram import count_bigrams
from visualizer.lessons.reading import read_text_file
from visualizer.lessons.text import split_sentences
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.lessons.table_view import CountedText, counted_text
from visualizer.ui.lessons.text_pieces import WorkProgress, sentences_of

_SENTENCES_A_LOOK = 1000


@dataclass(frozen=True, eq=False)
class FileCount:
    """A file as it was counted.

    Attributes:
        counted: Its table.
        text: What stood in it.
    """

    counted: CountedText
    text: str


@dataclass(frozen=True)
class CountPairs:
    """Work for a BackgroundTask: counts a text, or the file at a path if there is one."""

    text: str = ""
    path: str = ""

    def __call__(self, ticket: Ticket) -> FileCount:
        if self.path:
            ticket.report(WorkProgress("reading", 0, 1))
        text = read_text_file(self.path) if self.path else self.text
        sentences = list(sentences_of(text, ticket))
        bigrams = count_bigrams(_one_by_one(sentences, ticket))
        name = Path(self.path).name if self.path else ""
        return FileCount(counted_text(bigrams, len(sentences), name), text)


def count_at_once(text: str) -> CountedText:
    """Count a short text, in the thread that asks for it."""
    sentences = split_sentences(text)
    return counted_text(count_bigrams(sentences), len(sentences))


def _one_by_one(sentences: Sequence[str], ticket: Ticket) -> Iterator[str]:
    for place, sentence in enumerate(sentences):
        if place % _SENTENCES_A_LOOK == 0:
            ticket.check()
            ticket.report(WorkProgress("counting", place, len(sentences)))
        yield sentence
