"""Translations for the lesson's page, made in a thread of their own."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visualizer.lessons.translation_data import (
    END,
    Language,
    join_sentence,
    language_of,
    other_language,
)
from visualizer.ui.lessons.background import Ticket

if TYPE_CHECKING:
    from visualizer.lessons.translation import TranslationStep, Translator


@dataclass(frozen=True, eq=False)
class Translation:
    """A sentence translated, with every step.

    Attributes:
        text: What was translated.
        to: Into which language.
        n_beams: How many translations were kept; 1 is greedy.
        steps: One for each token that was written, "<end>" included.
        greedy: What greedy choice writes, "<end>" included.
    """

    text: str
    to: Language
    n_beams: int
    steps: tuple[TranslationStep, ...]
    greedy: tuple[str, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """All that was written, "<end>" included."""
        return self.steps[-1].written

    def text_of(self, n_steps: int) -> str:
        """What the first so many steps wrote, as text, without the end."""
        if n_steps == 0:
            return ""
        written = self.steps[n_steps - 1].written
        return join_sentence(tuple(token for token in written if token != END), self.to)

    def pieces(self, tokens: Sequence[str]) -> tuple[str, ...]:
        """What each token adds to the text, with the space or hyphen before it."""
        words = [token for token in tokens if token != END]
        texts = [join_sentence(tuple(words[:n]), self.to) for n in range(len(words) + 1)]
        added = [after.removeprefix(before) for before, after in itertools.pairwise(texts)]
        return (*added, f" {END}") if len(words) < len(tokens) else tuple(added)


class TranslatorSource:
    """The bundled translator, loaded by whichever thread needs it first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._translator: Translator | None = None

    def get(self) -> Translator:
        """The translator; torch is imported here, the first time.

        Raises:
            VisualizerError: Its files are missing or damaged.
        """
        from visualizer.lessons.translation import load_translator

        with self._lock:
            if self._translator is None:
                self._translator = load_translator()
            return self._translator


@dataclass(frozen=True)
class Translate:
    """A piece of work: translate `text` into the other language."""

    source: TranslatorSource
    text: str
    n_beams: int

    def __call__(self, ticket: Ticket) -> Translation:
        """Every step of it; UsageError if the text cannot be translated."""
        to = other_language(language_of(self.text))
        translator = self.source.get()
        steps = self._steps(translator, to, self.n_beams, ticket)
        greedy = steps if self.n_beams == 1 else self._steps(translator, to, 1, ticket)
        return Translation(self.text, to, self.n_beams, steps, greedy[-1].written)

    def _steps(
        self, translator: Translator, to: Language, n_beams: int, ticket: Ticket
    ) -> tuple[TranslationStep, ...]:
        steps = tuple(translator.steps(self.text, to, n_beams, ticket.is_cancelled))
        ticket.check()
        return steps
