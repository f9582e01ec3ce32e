"""Text to tokens and back, with the bytes and the span of every token. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from visualizer.engine.records import Int64Array, frozen


@dataclass(frozen=True)
class Token:
    """One token of a text.

    Attributes:
        index: Place in the sequence, from 0.
        id: In the vocabulary.
        data: Its bytes.
        text: `data` as text; a part of a character becomes U+FFFD.
        start, end: Code point offsets in the text; a token that holds part of a character has
            the span of that character. Added tokens (BOS) have an empty span at 0.
    """

    index: int
    id: int
    data: bytes
    text: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Tokenization:
    """A text and its T tokens.

    Attributes:
        text: As tokenised: lone surrogates are replaced by U+FFFD.
        ids: (T,) int64.
        pieces: The bytes of each token; without the added ones they join to the text in UTF-8,
            unless the tokenizer normalises (`is_lossless` False).
        starts, ends: (T,) int64 code point offsets.
        n_added: Tokens that the tokenizer put in front by itself (BOS).
        encoding: Name of the tokenizer.
    """

    text: str
    ids: Int64Array
    pieces: tuple[bytes, ...]
    starts: Int64Array
    ends: Int64Array
    n_added: int
    encoding: str
    is_lossless: bool = True

    def __post_init__(self) -> None:
        for array in (self.ids, self.starts, self.ends):
            frozen(array)

    def __len__(self) -> int:
        return len(self.pieces)

    def token(self, index: int) -> Token:
        """Token `index`, 0 .. T-1."""
        data = self.pieces[index]
        return Token(
            index,
            int(self.ids[index]),
            data,
            data.decode("utf-8", "replace"),
            int(self.starts[index]),
            int(self.ends[index]),
        )


class Tokenizer(Protocol):
    """A vocabulary and its rules; immutable, usable from any thread."""

    @property
    def name(self) -> str:
        """Such as "gpt2" or "smollm2-135m"."""
        ...

    @property
    def vocabulary_size(self) -> int: ...

    @property
    def special_ids(self) -> frozenset[int]: ...

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        """Tokenise, with the tokens that the tokenizer adds by itself in front."""
        ...

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        """The tokenization with exactly these ids; UsageError for an id that does not exist."""
        ...

    def token_bytes(self, token_id: int) -> bytes:
        """Bytes of one token."""
        ...


def display_text(data: bytes) -> str:
    """A token's bytes as something a person can read, on one line.

    Space becomes "·", newline "⏎", tab "⇥"; other control, format and bidirectional characters
    their code point in angle brackets ("⟨200B⟩"); bytes that are no whole character become hex
    in angle brackets ("⟨E4 BB⟩").
    """
    raise NotImplementedError
