"""Looking up tokens of a vocabulary: one by its id, some by their bytes, many from pasted ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from visualizer.engine.errors import UsageError
from visualizer.engine.merges import Merge, MergeRules
from visualizer.engine.tokenization import Tokenization, Tokenizer

NEIGHBOURS = 5
"""Ids before and after a token that are shown with it."""

_SEPARATORS = re.compile(r"[\s,;\[\]()]+")
_ID = re.compile(r"[0-9]{1,18}")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Entry:
    """One id of a vocabulary.

    Attributes:
        data: Its bytes, b"" for an id that stands for nothing.
    """

    id: int
    data: bytes
    is_special: bool = False


@dataclass(frozen=True)
class TokenFacts:
    """What a vocabulary knows of one token.

    Attributes:
        name: Of the tokenizer.
        entry: The token.
        neighbours: The ids around it, itself included, rising.
        merges: How it is built, see MergeRules.play; None for a tokenizer that does not merge.
        vocabulary_size: Ids in all.
    """

    name: str
    entry: Entry
    neighbours: tuple[Entry, ...]
    merges: tuple[Merge, ...] | None
    vocabulary_size: int

    @property
    def is_built(self) -> bool:
        """Whether merges lead to the token; a single byte or character needs none."""
        return self.merges is not None and len(self.merges[-1].parts) == 1


@dataclass(frozen=True, eq=False)
class DecodedIds:
    """Pasted ids as text.

    Attributes:
        tokenization: With exactly these ids.
        broken: Bytes that are no valid UTF-8, with their offsets among all bytes; in order.
    """

    tokenization: Tokenization
    broken: tuple[tuple[int, bytes], ...]


def entries(tokenizer: Tokenizer, ids: Iterable[int]) -> tuple[Entry, ...]:
    """These ids, which exist, with their bytes."""
    special = tokenizer.special_ids
    return tuple(Entry(i, tokenizer.token_bytes(i), i in special) for i in ids)


def token_facts(tokenizer: Tokenizer, token_id: int, rules: MergeRules | None) -> TokenFacts:
    """All about one token; UsageError for an id that does not exist."""
    (entry,) = entries(tokenizer, (token_id,))
    size = tokenizer.vocabulary_size
    around = range(max(0, token_id - NEIGHBOURS), min(size, token_id + NEIGHBOURS + 1))
    merges = rules.play(token_id) if rules is not None and entry.data else None
    return TokenFacts(tokenizer.name, entry, entries(tokenizer, around), merges, size)


def parse_ids(text: str) -> tuple[int, ...]:
    """Ids as people paste them: between blanks, commas or brackets.

    Raises:
        UsageError: Something in there is no id; the sentence names it.
    """
    ids = []
    for word in filter(None, _SEPARATORS.split(text)):
        if not _ID.fullmatch(word):
            raise UsageError(
                "{word} is no token id: ids are whole numbers from 0.", word=_cut(word)
            )
        ids.append(int(word))
    return tuple(ids)


def decoded_ids(tokenizer: Tokenizer, text: str) -> DecodedIds:
    """The text that ids stand for, with the bytes of it that are no text.

    Raises:
        UsageError: Something is no id, or there is no such token; the sentence names it.
    """
    tokenization = tokenizer.from_ids(parse_ids(text))
    return DecodedIds(
        tokenization, broken_bytes(b"".join(tokenization.pieces[tokenization.n_added :]))
    )


def broken_bytes(data: bytes) -> tuple[tuple[int, bytes], ...]:
    """Stretches of `data` that are no valid UTF-8, as (offset, bytes)."""
    broken: list[tuple[int, bytes]] = []
    place = 0
    for character in data.decode("utf-8", "surrogateescape"):
        if not "\udc80" <= character <= "\udcff":
            place += len(character.encode("utf-8"))
            continue
        bad = bytes([ord(character) - 0xDC00])
        if broken and broken[-1][0] + len(broken[-1][1]) == place:
            broken[-1] = (broken[-1][0], broken[-1][1] + bad)
        else:
            broken.append((place, bad))
        place += 1
    return tuple(broken)


def search_bytes(query: str, *, as_hex: bool) -> bytes:
    """What to look for in a vocabulary.

    Args:
        query: Text as it is, or bytes in hexadecimal, such as "E4 BD" or "0xe4bd".
        as_hex: Which of the two.

    Raises:
        UsageError: It is not hexadecimal.
    """
    if not as_hex:
        return query.encode("utf-8", "replace")
    found = bytearray()
    for word in _SEPARATORS.split(query.strip()):
        digits = word[2:] if word[:2].lower() == "0x" else word
        for place in range(0, len(digits), 2):
            pair = digits[place : place + 2]
            if not _HEX.fullmatch(pair):
                raise UsageError(
                    "{word} is not hexadecimal: bytes are written like E4 BD A0.", word=_cut(word)
                )
            found.append(int(pair, 16))
    return bytes(found)


def _cut(word: str) -> str:
    """A pasted word short enough for a sentence."""
    return word if len(word) <= 24 else f"{word[:24]}…"
