"""The bytes of every token of a vocabulary."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from visualizer.engine.errors import UsageError, VisualizerError

if TYPE_CHECKING:
    import tokenizers

_BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class TokenizerFailedError(VisualizerError):
    """A tokenizer's own code broke on a text."""


class UnknownTokenError(TokenizerFailedError):
    """A text has a word for which a vocabulary of whole words has no token."""


@contextlib.contextmanager
def failures_named(name: str) -> Iterator[None]:
    """Turn whatever a native tokenizer raises, panics too, into an error that names it."""
    try:
        yield
    except BaseException as error:  # a panic in Rust is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if isinstance(error, VisualizerError):
            raise
        raise TokenizerFailedError(
            "The tokenizer of {name} cannot cut this text: its own code failed.",
            detail=repr(error),
            name=name,
        ) from error


class TokenTable:
    """Bytes by token id.

    Args:
        name: Of the tokenizer, for messages.
        pieces: (V,) bytes of each id; b"" for an id that stands for nothing.
    """

    def __init__(self, name: str, pieces: Sequence[bytes]) -> None:
        self._name = name
        self._pieces = tuple(pieces)

    def __len__(self) -> int:
        return len(self._pieces)

    def piece(self, token_id: int) -> bytes:
        """Bytes of one id; UsageError if it is not in the vocabulary."""
        if 0 <= token_id < len(self._pieces):
            return self._pieces[token_id]
        raise UsageError(
            "There is no token {id} in {name}: ids go from 0 to {last}.",
            id=token_id,
            name=self._name,
            last=len(self._pieces) - 1,
        )

    def pieces(self, ids: Sequence[int]) -> tuple[bytes, ...]:
        """Bytes of each of `ids`; UsageError for the first that is not in the vocabulary."""
        if ids and (min(ids) < 0 or max(ids) >= len(self._pieces)):
            return tuple(self.piece(token_id) for token_id in ids)
        return tuple(map(self._pieces.__getitem__, ids))

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Ids of tokens that contain these bytes: exact ones first, then by where, then by length.

        Args:
            data: What to look for; b"" finds nothing.
            limit: Most ids in the answer.
        """
        if not data:
            return ()
        found = [
            (piece != data, place, len(piece), token_id)
            for token_id, piece in enumerate(self._pieces)
            if (place := piece.find(data)) >= 0
        ]
        return tuple(token_id for *_, token_id in sorted(found)[:limit])


def token_pieces(backend: tokenizers.Tokenizer, n_ids: int) -> list[bytes]:
    """The bytes of every id, by the way in which a tokenizer writes bytes as text.

    Byte-level tokenizers write each byte as a character of its own, sentencepiece-like ones a
    space as "▁" and a byte as "<0x0A>"; of any other kind, each token is decoded by itself, with
    the space in front of it that a decoder takes away at the start of a text.

    Args:
        backend: The tokenizer.
        n_ids: Least length of the answer; ids without a token get b"".
    """
    vocabulary = backend.get_vocab(with_added_tokens=True)
    n_tokens = max(vocabulary.values(), default=-1) + 1
    decoder = component_state(backend.decoder)
    kinds = _types(decoder)
    pieces = [b""] * max(n_tokens, n_ids)
    if "ByteLevel" in kinds | _types(component_state(backend.pre_tokenizer)):
        table = {ord(char): byte for byte, char in enumerate(_byte_characters())}
        for token, token_id in vocabulary.items():
            pieces[token_id] = _byte_level_piece(token, table)
    elif mark := _space_mark(decoder):
        has_bytes = "ByteFallback" in kinds
        for token, token_id in vocabulary.items():
            byte = _BYTE_TOKEN.fullmatch(token) if has_bytes else None
            pieces[token_id] = (
                bytes.fromhex(byte[1]) if byte else token.replace(mark, " ").encode("utf-8")
            )
    else:
        ids = list(vocabulary.values())
        inside = _decoding_inside(backend, decoder)
        texts = inside.decode_batch([[i] for i in ids], skip_special_tokens=False)
        for token_id, text in zip(ids, texts, strict=True):
            pieces[token_id] = text.encode("utf-8")
    for token_id, added in backend.get_added_tokens_decoder().items():
        if added.special or "ByteLevel" in kinds:
            pieces[token_id] = added.content.encode("utf-8")
    return pieces


def _decoding_inside(backend: tokenizers.Tokenizer, decoder: dict[str, Any]) -> Any:
    """The tokenizer, or a copy that decodes as inside a text, where nothing is stripped off."""
    parts = decoder.get("decoders")
    if not isinstance(parts, list) or not any(part.get("type") == "Strip" for part in parts):
        return backend
    state = json.loads(backend.to_str())
    kept = [part for part in parts if part.get("type") != "Strip"]
    state["decoder"] = {**decoder, "decoders": kept}
    return type(backend).from_str(json.dumps(state))


def _byte_level_piece(token: str, table: dict[int, int]) -> bytes:
    try:
        return token.translate(table).encode("latin-1")
    except UnicodeEncodeError:  # not written in the byte alphabet
        return token.encode("utf-8")


def _byte_characters() -> list[str]:
    """The 256 characters with which byte-level tokenizers write bytes, by byte.

    Source:
        Radford et al. 2019, the code of GPT-2: printable Latin-1 characters stand for
        themselves, the other bytes for U+0100 and following, in order.
    """
    characters: list[str] = []
    n_moved = 0
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte <= 0xFF:
            characters.append(chr(byte))
        else:
            characters.append(chr(256 + n_moved))
            n_moved += 1
    return characters


def readable_text(backend: tokenizers.Tokenizer) -> str:
    """A short text that the tokenizer can encode: "a", or a word of a vocabulary without it."""
    if type(backend.model).__name__ != "WordLevel":
        return "a"
    for token in ("a", *sorted(backend.get_vocab(with_added_tokens=False), reverse=True)):
        if not token.isalnum():
            continue
        with contextlib.suppress(Exception):  # the package raises bare Exception
            if len(backend.encode(token, add_special_tokens=False).ids) == 1:
                return token
    return ""


def template_prefix(backend: tokenizers.Tokenizer) -> tuple[int, ...]:
    """The ids that the tokenizer's template puts before a text."""
    text = readable_text(backend)
    plain = backend.encode(text, add_special_tokens=False).ids
    full = backend.encode(text, add_special_tokens=True).ids
    for start in range(len(full) - len(plain) + 1):
        if full[start : start + len(plain)] == plain:
            return tuple(full[:start])
    return ()


def component_state(component: Any) -> dict[str, Any]:
    """A decoder's or pre-tokenizer's settings, {} for none."""
    if component is None:
        return {}
    state: dict[str, Any] = json.loads(component.__getstate__())
    return state


def _parts(state: dict[str, Any]) -> list[dict[str, Any]]:
    nested = state.get("decoders") or state.get("pretokenizers") or []
    return [state, *(deep for part in nested for deep in _parts(part))]


def _types(state: dict[str, Any]) -> set[str]:
    return {str(part.get("type")) for part in _parts(state)}


def _space_mark(decoder: dict[str, Any]) -> str:
    """The character that stands for a space in sentencepiece-like tokens, "" for none."""
    for part in _parts(decoder):
        if part.get("type") == "Metaspace":
            return str(part["replacement"])
        if part.get("type") == "Replace" and part.get("content") == " ":
            pattern = part.get("pattern", {})
            return str(pattern.get("String", "")) if isinstance(pattern, dict) else ""
    return ""
