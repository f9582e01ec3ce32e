"""Text to tokens and back, with the bytes and the span of every token. No torch."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from visualizer.engine.merges import MergeRules
from visualizer.engine.records import Int64Array, frozen

if TYPE_CHECKING:
    from visualizer.engine.recutting import CutRule


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
            unless `is_lossless` is False: the tokenizer normalises, or ids were given whose
            bytes are not valid UTF-8.
        starts, ends: (T,) int64 code point offsets.
        n_added: Tokens that the tokenizer put in front by itself (BOS).
        encoding: Name of the tokenizer.
        rule: By what the text was cut, where an edit can be cut again by itself; None for tokens
            that were given.
    """

    text: str
    ids: Int64Array
    pieces: tuple[bytes, ...]
    starts: Int64Array
    ends: Int64Array
    n_added: int
    encoding: str
    is_lossless: bool = True
    rule: CutRule | None = None

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
        """Bytes of one token; b"" for an id of the vocabulary that stands for nothing."""
        ...

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Ids of tokens that contain these bytes, the closest first."""
        ...

    def merge_rules(self) -> MergeRules | None:
        """How its tokens are built, None for a tokenizer that does not merge pairs."""
        ...


def clean_text(text: str) -> str:
    """`text` with surrogate pairs joined and each lone surrogate replaced by U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def split_pending(data: bytes) -> tuple[str, bytes]:
    """Decode bytes that may end inside a character.

    Returns:
        text: All complete characters; bytes that can be no character are U+FFFD.
        pending: The last bytes, if they are the beginning of a character that further bytes may
            complete; else b"".
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data)
    return text, decoder.getstate()[0]


def spans_of(pieces: Sequence[bytes]) -> tuple[Int64Array, Int64Array]:
    """Code point spans of byte pieces in the text that their bytes join to.

    Bytes that are not valid UTF-8 count as `bytes.decode("utf-8", "replace")` counts them: one
    code point for each longest prefix of a character that is not completed.

    Returns:
        starts, ends: (T,) int64, both rising; a piece with part of a character has the span of
        that character, and an empty piece between two characters an empty span.
    """
    data = np.frombuffer(b"".join(pieces), np.uint8)
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
    last_bytes = np.cumsum(lengths)
    first_bytes = last_bytes - lengths
    index = np.cumsum(_begins_code_point(data)) - 1  # (bytes,) code point that a byte belongs to
    n_code_points = int(index[-1]) + 1 if data.size else 0
    starts = np.append(index, n_code_points)[first_bytes]
    ends = np.concatenate(([0], index + 1))[last_bytes]
    return starts.astype(np.int64), ends.astype(np.int64)


def _begins_code_point(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether each byte begins a code point, valid or replaced; (bytes,) bool.

    Source:
        The Unicode Standard, section 3.9: table 3-7, and U+FFFD substitution of maximal subparts.
    """
    continues = (data & 0xC0) == 0x80
    padded = np.concatenate((np.zeros(3, np.uint8), data))
    before, before_2, before_3 = padded[2:-1], padded[1:-2], padded[:-3]
    second = continues & (before >= 0xC2) & (before <= 0xF4)
    second &= ~((before == 0xE0) & (data < 0xA0)) & ~((before == 0xED) & (data > 0x9F))
    second &= ~((before == 0xF0) & (data < 0x90)) & ~((before == 0xF4) & (data > 0x8F))
    third = continues & _shifted(second) & (before_2 >= 0xE0)
    fourth = continues & _shifted(third) & (before_3 >= 0xF0)
    begins: npt.NDArray[np.bool_] = ~(second | third | fourth)
    return begins


def _shifted(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return np.concatenate((np.zeros(1, np.bool_), flags))[: flags.size]


_VISIBLE = {" ": "·", "\n": "⏎", "\t": "⇥"}
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers and the braille blank
_DOTTED_CIRCLE = "\u25cc"
_ALONE = (*_VISIBLE.values(), "⟩")  # a mark after these has nothing to combine with


def display_text(data: bytes) -> str:
    """A token's bytes as something a person can read, on one line.

    Space becomes "·", newline "⏎", tab "⇥"; other control, format and bidirectional characters,
    other spaces and unassigned code points their code point in angle brackets ("⟨200B⟩"); bytes
    that are no whole character become hex in angle brackets ("⟨E4 BB⟩"). A combining mark that
    has nothing to combine with stands on a dotted circle.
    """
    if data.isascii():
        text = data.decode("ascii")
        if text.isprintable():
            return text.replace(" ", "·")
    shown: list[str] = []
    parts: list[str] = []  # bytes that are no whole character, as hex
    for character in data.decode("utf-8", "surrogateescape"):
        if "\udc80" <= character <= "\udcff":
            parts.append(f"{ord(character) - 0xDC00:02X}")
            continue
        if parts:
            shown.append(f"⟨{' '.join(parts)}⟩")
            parts.clear()
        shown.append(_visible(character, follows=bool(shown) and not shown[-1].endswith(_ALONE)))
    if parts:
        shown.append(f"⟨{' '.join(parts)}⟩")
    return "".join(shown)


def _visible(character: str, *, follows: bool) -> str:
    """One character made visible; `follows` says whether a mark has something to combine with."""
    if character in _VISIBLE:
        return _VISIBLE[character]
    category = unicodedata.category(character)
    if category in _INVISIBLE_CATEGORIES or character in _INVISIBLE_LETTERS:
        return f"⟨{ord(character):04X}⟩"
    if category[0] == "M" and not follows:
        return _DOTTED_CIRCLE + character
    return character
