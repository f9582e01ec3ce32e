"""How often the translator is exactly right, on sentences that it was never trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from visualizer.engine.records import Cancelled
from visualizer.lessons.transformer import Transformer
from visualizer.lessons.translation import Translator, without_end
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    LONGEST,
    TO_CHINESE,
    TO_ENGLISH,
    VOCABULARY,
    Example,
    Language,
    held_out_examples,
    join_sentence,
    other_language,
    token_ids,
)

_AT_ONCE = 200
_MOST_WRONG = 10
_BEGIN, _END = VOCABULARY.index(BEGIN), VOCABULARY.index(END)


@dataclass(frozen=True)
class WrongTranslation:
    """A sentence that came out wrong, in words."""

    source: str
    written: str
    right: str


@dataclass(frozen=True)
class TranslationScore:
    """How many translations are exactly right.

    Attributes:
        right, total: Sentences.
        wrong: The first ten that are not.
    """

    right: int
    total: int
    wrong: tuple[WrongTranslation, ...]

    @property
    def share(self) -> float:
        """Of the sentences that are right, from 0 to 1."""
        return self.right / self.total


def score_held_out(
    translator: Translator,
    n: int,
    to: Language,
    seed: int = 0,
    cancelled: Callable[[], bool] | None = None,
) -> TranslationScore:
    """Translate held-out numbers and dates greedily, and compare each with the right sentence.

    Args:
        translator: The model.
        n: How many sentences, from 1, each another; all of them where there are fewer.
        to: The language to write.
        seed: Which sentences.
        cancelled: Asked between batches of 200; True ends the test.

    Raises:
        Cancelled: `cancelled` said so.
    """
    right = 0
    wrong: list[WrongTranslation] = []
    examples = held_out_examples(seed)[:n]
    for first in range(0, len(examples), _AT_ONCE):
        if cancelled is not None and cancelled():
            raise Cancelled
        batch = examples[first : first + _AT_ONCE]
        direction = TO_CHINESE if to == "zh" else TO_ENGLISH
        sources = [(direction, *example.tokens(other_language(to))) for example in batch]
        for example, written in zip(batch, translate_all(translator.model, sources), strict=True):
            if written == example.tokens(to):
                right += 1
            elif len(wrong) < _MOST_WRONG:
                wrong.append(_wrong(example, written, to))
    return TranslationScore(right, len(examples), tuple(wrong))


def translate_all(model: Transformer, sources: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Greedy translations of many sentences at once, without "<end>".

    Args:
        model: In evaluation mode.
        sources: Tokens of each, the direction first.
    """
    ids = [token_ids(source) for source in sources]
    length = max(map(len, ids))
    rows = torch.tensor([row + [0] * (length - len(row)) for row in ids])
    padding = torch.arange(length)[None, :] >= torch.tensor([len(row) for row in ids])[:, None]
    with torch.no_grad():
        memory = model.encode(rows, padding)
        target = torch.full((len(ids), 1), _BEGIN)
        while target.shape[1] < LONGEST and not bool((target == _END).any(dim=1).all()):
            logits = model.decode(target, memory, padding)[:, -1]
            target = torch.cat([target, logits.argmax(dim=1, keepdim=True)], dim=1)
    return [without_end(tuple(VOCABULARY[token] for token in row[1:])) for row in target.tolist()]


def _wrong(example: Example, written: tuple[str, ...], to: Language) -> WrongTranslation:
    source = other_language(to)
    return WrongTranslation(
        join_sentence(example.tokens(source), source),
        join_sentence(written, to),
        join_sentence(example.tokens(to), to),
    )
