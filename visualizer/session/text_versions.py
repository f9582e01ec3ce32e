"""Texts that were left, so that undoing brings back more than their characters. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from visualizer.engine.records import Prompt
from visualizer.session.generated_steps import GeneratedSteps

_MOST = 100
_MOST_CHARS = 2_000_000  # of all that are kept


@dataclass(frozen=True)
class TextVersion:
    """A text as it was when it was left.

    Attributes:
        prompt: With the ids of its tokens where they were pinned.
        query: The token that was selected.
        steps: What was generated in it, and where its seed had got to.
        decoding: State of the decoder of what is generated next.
    """

    prompt: Prompt
    query: int
    steps: GeneratedSteps
    decoding: tuple[bytes, int]


class TextVersions:
    """The texts left last, by their characters."""

    def __init__(self) -> None:
        self._versions: dict[tuple[str, bool], TextVersion] = {}

    def keep(self, version: TextVersion) -> None:
        """Keep a text that is about to be left; the oldest are forgotten where they get many."""
        key = (version.prompt.text, version.prompt.parse_special)
        self._versions.pop(key, None)
        self._versions[key] = version
        while len(self._versions) > _MOST or self._n_chars() > _MOST_CHARS:
            del self._versions[next(iter(self._versions))]

    def find(self, text: str, *, parse_special: bool) -> TextVersion | None:
        """The text as it was left last; None if it is not known any more."""
        return self._versions.get((text, parse_special))

    def clear(self) -> None:
        """Another model: forget everything."""
        self._versions.clear()

    def _n_chars(self) -> int:
        return sum(len(text) for text, _ in self._versions)
