"""How byte pair encoding builds a token: the merges, one after the other. No torch."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import tokenizers

_Part = TypeVar("_Part", bytes, str)
_BYTE_TOKEN = re.compile(r"<0x[0-9A-Fa-f]{2}>")


@dataclass(frozen=True)
class Merge:
    """One step.

    Attributes:
        parts: The bytes of the parts after it; joined they are always the token's.
        place: Which of `parts` this step made of two, -1 for the beginning.
        rank: Of the merge among all merges of the encoding, from 0; -1 for the beginning. The
            lowest that is possible is always taken first.
    """

    parts: tuple[bytes, ...]
    place: int
    rank: int


class MergeRules(Protocol):
    """The merges of an encoding."""

    def play(self, token_id: int) -> tuple[Merge, ...]:
        """The steps from single bytes or characters to a token.

        The merges inside a token of a text are the same as those of the token alone: a merge
        across its edge would have taken place if it had come first.

        Returns:
            The beginning and each step after it. The last has one part, the token; or several
            for a token that no merges lead to, such as a special one or one that is looked up
            whole.
        """
        ...


class RankRules:
    """Of an encoding whose ids are the ranks of its merges, such as OpenAI's."""

    def __init__(self, ranks: Mapping[bytes, int], token_bytes: Callable[[int], bytes]) -> None:
        self._ranks = ranks
        self._token_bytes = token_bytes

    def play(self, token_id: int) -> tuple[Merge, ...]:
        """See MergeRules."""
        data = self._token_bytes(token_id)
        parts = [bytes([byte]) for byte in data]
        return _played(parts, self._rank, _unchanged)

    def _rank(self, left: bytes, right: bytes) -> int | None:
        return self._ranks.get(left + right)


class ListedRules:
    """Of a `tokenizer.json` with a list of merges.

    Args:
        ranks: Rank by left and right part, as the vocabulary writes them.
        vocabulary: Ids by the same writing.
        token_bytes: Of an id.
        writing: Of an id, "" for none.
        has_byte_tokens: Whether a character that is no token begins as tokens of its bytes.
    """

    def __init__(
        self,
        ranks: Mapping[tuple[str, str], int],
        vocabulary: Mapping[str, int],
        token_bytes: Callable[[int], bytes],
        writing: Callable[[int], str],
        *,
        has_byte_tokens: bool,
    ) -> None:
        self._ranks = ranks
        self._vocabulary = vocabulary
        self._token_bytes = token_bytes
        self._writing = writing
        self._has_byte_tokens = has_byte_tokens

    def play(self, token_id: int) -> tuple[Merge, ...]:
        """See MergeRules."""
        written = self._writing(token_id)
        if self._has_byte_tokens and _BYTE_TOKEN.fullmatch(written):
            parts = [written]
        else:
            parts = [part for character in written for part in self._beginnings(character)]
        return _played(parts, self._rank, self._bytes_of)

    def _beginnings(self, character: str) -> list[str]:
        if character in self._vocabulary or not self._has_byte_tokens:
            return [character]
        return [f"<0x{byte:02X}>" for byte in character.encode("utf-8")]

    def _rank(self, left: str, right: str) -> int | None:
        return self._ranks.get((left, right))

    def _bytes_of(self, part: str) -> bytes:
        token_id = self._vocabulary.get(part)
        return part.encode("utf-8") if token_id is None else self._token_bytes(token_id)


def listed_rules(
    backend: tokenizers.Tokenizer, token_bytes: Callable[[int], bytes]
) -> ListedRules | None:
    """The merges of a tokenizer of the `tokenizers` package; None for one that has none."""
    state: dict[str, Any] = json.loads(backend.to_str())["model"]
    if state.get("type") != "BPE" or not state.get("merges"):
        return None
    ranks: dict[tuple[str, str], int] = {}
    for rank, merge in enumerate(state["merges"]):
        left, right = merge.split(" ", 1) if isinstance(merge, str) else merge
        ranks[left, right] = rank
    vocabulary: dict[str, int] = state["vocab"]
    writings = {token_id: token for token, token_id in vocabulary.items()}

    def writing(token_id: int) -> str:
        return writings.get(token_id, "")

    return ListedRules(
        ranks,
        vocabulary,
        token_bytes,
        writing,
        has_byte_tokens=bool(state.get("byte_fallback")),
    )


def _played(
    parts: list[_Part],
    rank: Callable[[_Part, _Part], int | None],
    as_bytes: Callable[[_Part], bytes],
) -> tuple[Merge, ...]:
    """Merge the pair of the lowest rank, the leftmost among equals, until there is none."""
    steps = [Merge(tuple(map(as_bytes, parts)), -1, -1)]
    while len(parts) > 1:
        found = [
            (value, place)
            for place in range(len(parts) - 1)
            if (value := rank(parts[place], parts[place + 1])) is not None
        ]
        if not found:
            break
        lowest, place = min(found)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
        steps.append(Merge(tuple(map(as_bytes, parts)), place, lowest))
    return tuple(steps)


def _unchanged(part: bytes) -> bytes:
    return part
