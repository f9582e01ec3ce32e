"""Tokens and words that the user asks about: how they are written, and which tokens they are.

A word is kept as one string, from which the same tokens follow whenever a model is at hand:

* ``#1234`` or ``#12 #34``: exactly the tokens with these ids;
* ``'...'`` or ``"..."``: exactly the text between the quotes;
* anything else: exactly this text. A space in front belongs to it, and makes it another word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.tokenization import Tokenizer, clean_text, display_text
from visualizer.engine.vocabulary import TokenizerFailedError

MOST_ASKED = 20
MOST_CHARS = 200
"""Of what is typed at once."""
MOST_KEPT_CHARS = 2 * MOST_CHARS
"""Of a word as it is kept: a list of ids becomes longer."""
_IDS = re.compile(r"#\s*\d{1,9}(?:[\s,]+#?\s*\d{1,9})*", re.ASCII)
_QUOTES = "'\""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_ANCHORS = ("\n", "(", "a ")  # after which a tokenizer that puts a space in front does not


@dataclass(frozen=True)
class Reading:
    """One thing that may be meant by what was typed.

    Attributes:
        word: As it is kept.
        texts: Its tokens, for display.
        ids: Their ids; () where it cannot be asked for.
        problem: Why not, or None.
        data: Its bytes.
    """

    word: str
    texts: tuple[str, ...]
    ids: tuple[int, ...]
    problem: VisualizerError | None = None
    data: bytes = b""

    @property
    def text(self) -> str:
        """All of it for display."""
        return display_text(self.data) or "".join(self.texts)


def described(word: str, tokenizer: Tokenizer, n_ids: int) -> Reading:
    """A kept word with its tokens, to choose by."""
    try:
        ids = word_ids(word, tokenizer, n_ids)
    except VisualizerError as error:
        return Reading(word, (), (), error)
    known = [i for i in ids if i < tokenizer.vocabulary_size]
    data = _bytes_of(ids, tokenizer) if len(known) == len(ids) else b""
    return Reading(word, tuple(token_text(tokenizer, i) for i in ids), ids, data=data)


def token_text(tokenizer: Tokenizer, token_id: int) -> str:
    """A token for display; one without bytes by its id."""
    exists = token_id < tokenizer.vocabulary_size
    data = tokenizer.token_bytes(token_id) if exists else b""
    return display_text(data) or f"⟨{token_id}⟩"


def readings(typed: str, tokenizer: Tokenizer, after: bytes = b"") -> tuple[str, ...]:
    r"""What someone who types this may mean, the likeliest first.

    Args:
        typed: Bare, or in quotes, in which ``\n``, ``\t``, ``\r`` and ``\\`` stand for
            characters that cannot be typed.
        tokenizer: Of the model in use, for its special tokens.
        after: The bytes before which the word would come: after a space, a word is meant that
            does not begin with another.

    Returns:
        Words as they are kept; () where nothing was typed.
    """
    typed = clean_text(typed)
    if not typed or len(typed) > MOST_CHARS:
        return ()
    if _is_quoted(typed):
        return (kept_word(_unescaped(typed[1:-1])),)
    if _IDS.fullmatch(typed.strip()):
        ids = re.findall(r"\d+", typed)
        return " ".join(f"#{int(one)}" for one in ids), kept_word(typed)
    special = [i for i in sorted(tokenizer.special_ids) if tokenizer.token_bytes(i)]
    named = [f"#{i}" for i in special if tokenizer.token_bytes(i) == typed.encode()]
    if named:
        return (*named, kept_word(typed))
    if not _follows_a_space(typed[0]):
        return (kept_word(typed),)
    bare, spaced = kept_word(typed), kept_word(" " + typed)
    is_after_space = not after or after[-1:].isspace()
    return (bare, spaced) if is_after_space else (spaced, bare)


def kept_word(text: str) -> str:
    """How exactly this text is kept."""
    return f"'{text}'" if _is_quoted(text) or _IDS.fullmatch(text.strip()) else text


def word_ids(word: str, tokenizer: Tokenizer, n_ids: int) -> tuple[int, ...]:
    """The tokens of a word.

    Of a text the tokenizer's own, as it stands in the middle of a text: one that puts a space
    before every text does not do so here.

    Args:
        word: As it is kept.
        tokenizer: Of the model in use.
        n_ids: Tokens that the model knows.

    Raises:
        UsageError: An id does not exist, or the text is empty.
    """
    if _IDS.fullmatch(word):
        ids = tuple(int(one) for one in re.findall(r"\d+", word))
    else:
        ids = _ids_of_text(word[1:-1] if _is_quoted(word) else word, tokenizer)
    if not ids:
        raise UsageError("There is no token to ask for: type a word, or an id such as #42.")
    for token_id in ids:
        if token_id >= n_ids:
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens.",
                token_id=token_id,
                n_ids=n_ids,
            )
    return ids


def _ids_of_text(text: str, tokenizer: Tokenizer) -> tuple[int, ...]:
    wanted = text.encode("utf-8")
    whole = tokenizer.encode(text)
    ids = tuple(whole.ids[whole.n_added :].tolist())
    if _bytes_of(ids, tokenizer) == wanted:
        return ids
    # A tokenizer that puts a space before every text: it would be part of the word.
    if wanted.startswith(b" "):
        other = tokenizer.encode(text[1:])
        found = tuple(other.ids[other.n_added :].tolist())
        if found and _bytes_of(found, tokenizer) == wanted:
            return found
    for anchor in _ANCHORS:
        try:
            before, both = tokenizer.encode(anchor).ids.tolist(), tokenizer.encode(anchor + text)
        except TokenizerFailedError:  # a vocabulary of whole words may lack the anchor
            continue
        rest = tuple(both.ids[len(before) :].tolist())
        if both.ids[: len(before)].tolist() == before and _bytes_of(rest, tokenizer) == wanted:
            return rest
    return ids  # of a tokenizer that changes the text: its tokens are shown as they are


def _bytes_of(ids: tuple[int, ...], tokenizer: Tokenizer) -> bytes:
    return b"".join(map(tokenizer.token_bytes, ids))


def _is_quoted(text: str) -> bool:
    return len(text) > 2 and text[0] in _QUOTES and text[0] == text[-1]


def _unescaped(text: str) -> str:
    return re.sub(r"\\([ntr\\])", _escape, text)


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES[match.group(1)]


def _follows_a_space(character: str) -> bool:
    """Whether words that begin so are set off by spaces; those of East Asia are not."""
    is_word = unicodedata.category(character)[0] in "LN"
    return is_word and unicodedata.east_asian_width(character) not in ("W", "F")


def known_words(
    words: Iterable[str], tokenizer: Tokenizer, n_ids: int
) -> tuple[tuple[int, ...], ...]:
    """Tokens of each word that there are tokens for; the others are left out."""
    found = []
    for word in words:
        try:
            found.append(word_ids(word, tokenizer, n_ids))
        except VisualizerError:
            continue  # its row says why
    return tuple(found)
