"""Counting n-grams, scoring held-out text and generating, away from the GUI thread. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import VisualizerError
from visualizer.lessons.ngram import (
    MOST_CONTEXT,
    Float64Array,
    HeldOutScore,
    Int64Array,
    NgramCounts,
    copied_lengths,
    copied_stretches,
    count_ngrams,
    generate_tokens,
    rows_used,
    scores_by_context,
    shares_of_lengths,
    smoothed_by_context,
)
from visualizer.lessons.reading import MOST_TEXT_BYTES, read_text_file
from visualizer.lessons.text import Unit, join_tokens, split_tokens
from visualizer.locations import bundled_path
from visualizer.ui.lessons.background import Ticket
from visualizer.ui.lessons.text_pieces import WorkProgress, tokens_of

HELD_OUT_SHARE = 0.1
"""The last tenth of a text is not counted."""

MOST_SCORED = 200_000
"""The most counted tokens that are scored themselves."""

LONGEST_RUN = 60
"""Copied runs are followed for so many tokens."""

BUILT_IN = ("english", "chinese")
"""Texts that travel with the program, by the names of their files."""


@dataclass(frozen=True)
class TextSource:
    """Where a text comes from.

    Attributes:
        kind: One of BUILT_IN, "file" or "pasted".
        name: Of the file, "" otherwise.
        text: What stands there; "" as long as the file has not been read.
        path: Of the file, "" otherwise.
    """

    kind: str
    name: str = ""
    text: str = ""
    path: str = ""


@dataclass(frozen=True, eq=False)
class CountedNgrams:
    """A text as tokens, counted, and how well the counts predict.

    Attributes:
        source: The text.
        unit: What a token is.
        tokens: T, all of them.
        ids: (T - held out,) of the counted part.
        model: Counts for contexts of up to `n_contexts` tokens.
        scores: Of the held-out part, for contexts from 1; empty if nothing is held out.
        own_perplexities: Of the counted part's first MOST_SCORED tokens, for contexts from 1.
        rows_used: For contexts from 1.
    """

    source: TextSource
    unit: Unit
    tokens: Sequence[str]
    ids: Int64Array
    model: NgramCounts
    scores: tuple[HeldOutScore, ...]
    own_perplexities: tuple[float, ...]
    rows_used: tuple[int, ...]

    @property
    def n_contexts(self) -> int:
        """The longest context, 5 but for very short texts."""
        return self.model.n_context

    @property
    def n_different(self) -> int:
        """V, of the counted part."""
        return len(self.model.vocabulary)


@dataclass(frozen=True)
class CountNgrams:
    """Work for a BackgroundTask: reads, splits, counts and scores a text."""

    source: TextSource
    unit: Unit

    def __call__(self, ticket: Ticket) -> CountedNgrams:
        source = self._read(ticket)
        tokens = tokens_of(source.text, self.unit, ticket)
        n_counted = len(tokens) - int(len(tokens) * HELD_OUT_SHARE)
        ticket.report(WorkProgress("counting", 0, 1))
        ticket.check()
        counted, held_out = tokens[:n_counted], tokens[n_counted:]
        model = count_ngrams(counted, max(1, min(MOST_CONTEXT, n_counted - 1)))
        ids = model.ids(counted)
        scores = []
        for n, score in enumerate(scores_by_context(model, held_out) if held_out else ()):
            ticket.check()
            ticket.report(WorkProgress("scoring", n + 1, 2 * model.n_context + 2))
            scores.append(score)
        own = []
        for n, probabilities in enumerate(smoothed_by_context(model, ids[:MOST_SCORED])):
            ticket.check()
            ticket.report(WorkProgress("scoring", model.n_context + n + 2, 2 * model.n_context + 2))
            own.append(float(np.exp(-np.log(probabilities).mean())))
        used = tuple(rows_used(model, n) for n in range(1, model.n_context + 1))
        return CountedNgrams(
            source, self.unit, tokens, ids, model, tuple(scores[1:]), tuple(own[1:]), used
        )

    def _read(self, ticket: Ticket) -> TextSource:
        source = self.source
        if source.text:
            text = source.text
            if len(text) > MOST_TEXT_BYTES:
                raise VisualizerError(
                    "The text has {n} characters, more than {most}: take a part of it.",
                    n=f"{len(text):,}",
                    most=f"{MOST_TEXT_BYTES:,}",
                )
            return source
        if source.kind == "pasted":
            raise VisualizerError("There is no text to paste: copy one first.")
        ticket.report(WorkProgress("reading", 0, 1))
        if source.kind == "file":
            return TextSource("file", Path(source.path).name, read_text_file(source.path))
        path = bundled_path("resources", "lessons", "texts", f"{source.kind}.txt")
        return TextSource(source.kind, "", read_text_file(path))


@dataclass(frozen=True, eq=False)
class GeneratedText:
    """A text from the table with contexts of one length.

    Attributes:
        n_context: The length of the contexts.
        prompt: Tokens that were given.
        tokens: G tokens that were drawn.
        context_used: For each, how many tokens its row's context has.
        probabilities: (G,) of the tokens that were drawn, in their rows.
        choices: For each, how many tokens could have been drawn.
        lengths: (G,) of `copied_lengths`.
    """

    n_context: int
    prompt: tuple[str, ...]
    tokens: tuple[str, ...]
    context_used: tuple[int, ...]
    probabilities: Float64Array
    choices: tuple[int, ...]
    lengths: Int64Array

    def shares(self) -> Float64Array:
        """Of the runs of 1, 2, ... tokens, how many stand in the text. (LONGEST_RUN // 2,)."""
        return shares_of_lengths(self.lengths, LONGEST_RUN // 2)

    def marked(self, least: int) -> npt.NDArray[np.bool_]:
        """Which tokens lie in a copied stretch of at least `least`. (G,) bool."""
        return copied_stretches(self.lengths, least)

    def backed_off(self, place: int) -> bool:
        """Whether the context had to be shortened for a token."""
        available = min(self.n_context, len(self.prompt) + place)
        return self.context_used[place] < available

    def text(self, unit: Unit) -> str:
        """Prompt and what was drawn."""
        return join_tokens([*self.prompt, *self.tokens], unit)


@dataclass(frozen=True, eq=False)
class GenerateTexts:
    """Work for a BackgroundTask: one text for each length of context, all from one seed."""

    counted: CountedNgrams
    prompt: str
    n_tokens: int
    seed: int

    def __call__(self, ticket: Ticket) -> tuple[GeneratedText, ...]:
        texts = []
        for n in range(1, self.counted.n_contexts + 1):
            ticket.report(WorkProgress("generating", n - 1, self.counted.n_contexts))
            texts.append(self._generate(self.counted.model.shortened(n), ticket))
        return tuple(texts)

    def _generate(self, model: NgramCounts, ticket: Ticket) -> GeneratedText:
        prompt = split_tokens(self.prompt, self.counted.unit)
        rng = np.random.default_rng(self.seed)
        tokens, used, probabilities, choices = [], [], [], []
        for token, row in generate_tokens(model, prompt, self.n_tokens, rng):
            ticket.check()
            tokens.append(token)
            used.append(row.context_used)
            place = int(np.searchsorted(row.ids, model.ids([token])[0]))
            probabilities.append(float(row.probabilities[place]))
            choices.append(len(row.ids))
        lengths = copied_lengths(model.ids(tokens), self.counted.ids, LONGEST_RUN)
        return GeneratedText(
            model.n_context,
            tuple(prompt),
            tuple(tokens),
            tuple(used),
            np.array(probabilities),
            tuple(choices),
            lengths,
        )


def best_context(scores: Sequence[HeldOutScore]) -> int:
    """The context with the lowest held-out perplexity, from 1; 0 if nothing was scored."""
    perplexities = [score.perplexity for score in scores] or [math.nan]
    return 0 if math.isnan(perplexities[0]) else int(np.argmin(perplexities)) + 1
