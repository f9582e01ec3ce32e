"""How a tokenizer of OpenAI cuts a text: byte pair encoding, written out. No torch.

The same as tiktoken, in plain steps instead of compiled ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import regex

from visualizer.engine.encodings import encoding_parts
from visualizer.engine.errors import UsageError
from visualizer.engine.merges import RankRules
from visualizer.engine.tokenization import Tokenization, clean_text, spans_of

MOST_CHARACTERS = 1000
"""Of a text in a lesson: merging takes time with the square of a word's length."""

_NEVER = 1 << 62


def merge_pairs(word: bytes, ranks: Mapping[bytes, int]) -> list[bytes]:
    """Byte pair encoding of one word: join the pair of neighbours with the lowest rank, again.

    Args:
        word: Its bytes.
        ranks: Rank of everything that may be joined; it is the id of the token, too. A pair that
            was more frequent in the text that the encoding was made from has a lower rank.

    Returns:
        The tokens; joined they are the word.

    Source:
        Sennrich et al. 2016; on bytes: Radford et al. 2019 (GPT-2).
    """
    if word in ranks:
        return [word]
    parts = [bytes([byte]) for byte in word]
    while len(parts) > 1:
        pair_ranks = [ranks.get(a + b, _NEVER) for a, b in itertools.pairwise(parts)]
        lowest = min(pair_ranks)
        if lowest == _NEVER:
            break
        place = pair_ranks.index(lowest)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return parts


@dataclass(frozen=True, eq=False)
class BytePairEncoding:
    """An encoding that can be read: a pattern that cuts words, and the ranks of the merges.

    Attributes:
        name: One of `visualizer.engine.encodings.ENCODINGS`.
        pattern: Cuts a text into words, most of them with the blank in front.
        ranks: Id by the bytes of each token.
        pieces: The bytes of each token by its id.
        vocabulary_size: V, special tokens counted.
    """

    name: str
    pattern: regex.Pattern[str]
    ranks: Mapping[bytes, int]
    pieces: Mapping[int, bytes]
    vocabulary_size: int

    @property
    def special_ids(self) -> frozenset[int]:
        """None: a special token written in a text is ordinary text here."""
        return frozenset()

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        """Cut a text into words, and each word into tokens.

        Raises:
            UsageError: The text is longer than `MOST_CHARACTERS`, or special tokens are asked for.
        """
        if parse_special:
            raise UsageError("Special tokens are ordinary text in this lesson.")
        if len(text) > MOST_CHARACTERS:
            raise UsageError(
                "This text has {n} characters, and the lesson cuts up to {most}: take a part of "
                "it, or put it into the main window.",
                n=f"{len(text):,}",
                most=f"{MOST_CHARACTERS:,}",
            )
        text = clean_text(text)
        words = [word.encode("utf-8") for word in self.pattern.findall(text)]
        tokens = [token for word in words for token in merge_pairs(word, self.ranks)]
        return self._tokenization(text, tuple(self.ranks[token] for token in tokens))

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        """The tokenization with exactly these ids.

        Raises:
            UsageError: An id is not in the vocabulary.
        """
        for token_id in ids:
            if token_id not in self.pieces:
                raise UsageError(
                    "{name} has no token with the id {id}.", name=self.name, id=token_id
                )
        text = b"".join(self.pieces[token_id] for token_id in ids).decode("utf-8", "replace")
        return self._tokenization(text, ids)

    def token_bytes(self, token_id: int) -> bytes:
        """Bytes of one token; b"" for an id that stands for nothing."""
        return self.pieces.get(token_id, b"")

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Ids of up to `limit` tokens that contain these bytes, the shortest first."""
        found = [(len(piece), token_id) for piece, token_id in self.ranks.items() if data in piece]
        return tuple(token_id for _, token_id in sorted(found)[:limit])

    def merge_rules(self) -> RankRules:
        """How each token was built."""
        return RankRules(self.ranks, self.token_bytes)

    def _tokenization(self, text: str, ids: tuple[int, ...]) -> Tokenization:
        pieces = tuple(self.pieces[token_id] for token_id in ids)
        starts, ends = spans_of(pieces)
        is_lossless = b"".join(pieces) == text.encode("utf-8")
        array = np.array(ids, np.int64)
        return Tokenization(text, array, pieces, starts, ends, 0, self.name, is_lossless)


def load_byte_pairs(name: str) -> BytePairEncoding:
    """Read an encoding; takes up to half a second.

    Raises:
        UsageError: There is no encoding of that name.
        VisualizerError: Its file is missing or damaged.
    """
    pattern, ranks, special = encoding_parts(name)
    pieces = {token_id: piece for piece, token_id in ranks.items()}
    size = 1 + max(*pieces, *special.values())
    return BytePairEncoding(name, regex.compile(pattern), ranks, pieces, size)
