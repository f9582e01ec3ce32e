"""Texts of exactly so many tokens, for any tokenizer."""

from __future__ import annotations

import random
import re

from visualizer.engine.errors import UsageError
from visualizer.engine.tokenization import Tokenizer

_WORD = re.compile(rb" [a-z]{2,10}")
_MOST_WORDS = 400
_MOST_TRIES = 200_000


class Words:
    """Words that are one token each, wherever they stand in a text of such words."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Look for words in the vocabulary.

        Raises:
            UsageError: The vocabulary has too few of them to write a text with.
        """
        self._tokenizer = tokenizer
        found = []
        for token_id in range(min(tokenizer.vocabulary_size, _MOST_TRIES)):
            piece = tokenizer.token_bytes(token_id)
            if _WORD.fullmatch(piece):
                found.append(piece.decode())
            if len(found) == _MOST_WORDS:
                break
        self.words = [word for word in found if self._is_one_token(word)]
        if len(self.words) < 8:
            raise UsageError(
                "The vocabulary of {name} has too few words of one token to measure with.",
                name=tokenizer.name,
            )

    def _is_one_token(self, word: str) -> bool:
        base = len(self._tokenizer.encode(" the"))
        return len(self._tokenizer.encode(f" the{word}")) == base + 1

    def text(self, n_tokens: int, seed: int) -> str:
        """A text of `n_tokens` tokens, those that the tokenizer adds in front included.

        Raises:
            UsageError: The tokenizer makes another number of tokens of every text tried.
        """
        n_added = self._tokenizer.encode("a").n_added
        source = random.Random(seed)
        for _ in range(20):
            text = "".join(source.choice(self.words) for _ in range(n_tokens - n_added))
            if len(self._tokenizer.encode(text)) == n_tokens:
                return text
        raise UsageError(
            "No text of {n} tokens of {name} was found to measure with.",
            n=n_tokens,
            name=self._tokenizer.name,
        )

    def endings(self, n_tokens: int) -> tuple[str, str]:
        """Two ends of a text, `n_tokens` long, that have no token in common."""
        words = self.words[: 2 * n_tokens]
        return "".join(words[:n_tokens]), "".join(words[n_tokens:])
