"""OpenAI's encodings, built from the rank files that travel with the program."""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tiktoken

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.merges import MergeRules, RankRules
from visualizer.engine.recutting import CutRule
from visualizer.engine.seams import seams_beside
from visualizer.engine.tokenization import Tokenization, clean_text, spans_of
from visualizer.engine.vocabulary import TokenizerFailedError, TokenTable, failures_named
from visualizer.locations import bundled_path

ENCODINGS = ("gpt2", "cl100k_base", "o200k_base")
"""Names that `load_encoding` knows."""


@dataclass(frozen=True)
class _Definition:
    """What an encoding is made of.

    Attributes:
        file, sha256: Rank file below resources/tokenizers.
        pattern: Regular expression that cuts the text before byte pairs are merged.
        special: Special tokens and their ids.

    Source:
        `tiktoken_ext/openai_public.py` of tiktoken.
    """

    file: str
    sha256: str
    pattern: str
    special: tuple[tuple[str, int], ...]


_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"

_DEFINITIONS = {
    "gpt2": _Definition(
        "r50k_base.tiktoken",
        "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
        r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
        (("<|endoftext|>", 50256),),
    ),
    "cl100k_base": _Definition(
        "cl100k_base.tiktoken",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
        r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
        (
            ("<|endoftext|>", 100257),
            ("<|fim_prefix|>", 100258),
            ("<|fim_middle|>", 100259),
            ("<|fim_suffix|>", 100260),
            ("<|endofprompt|>", 100276),
        ),
    ),
    "o200k_base": _Definition(
        "o200k_base.tiktoken",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        "|".join(
            (
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTIONS}",
                rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTIONS}",
                r"\p{N}{1,3}",
                r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"\s*[\r\n]+",
                r"\s+(?!\S)",
                r"\s+",
            )
        ),
        (("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)),
    ),
}


# tiktoken's pattern matcher gives up near a million white characters, and says so on stderr.
_LONGEST_BLANK = 500_000
_BLANK = re.compile(rf"\s{{{_LONGEST_BLANK + 1}}}")


class RankTokenizer:
    """Tokenizer of an OpenAI encoding; adds no token by itself."""

    def __init__(self, encoding: tiktoken.Encoding, table: TokenTable) -> None:
        self._encoding = encoding
        self._table = table
        self._special_ids = frozenset(encoding._special_tokens.values())
        self._rules = (self._rule([], False), self._rule(list(encoding._special_tokens), True))

    def _rule(self, found_before: list[str], parse_special: bool) -> CutRule | None:
        seams = seams_beside(found_before)
        return None if seams is None else CutRule(self, parse_special, seams)

    @property
    def name(self) -> str:
        return self._encoding.name

    @property
    def vocabulary_size(self) -> int:
        return len(self._table)

    @property
    def special_ids(self) -> frozenset[int]:
        return self._special_ids

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        """Tokenise; special tokens in `text` are literal unless `parse_special`.

        Raises:
            TokenizerFailedError: The text has a blank of half a million characters, or
                tiktoken's own code broke.
        """
        text = clean_text(text)
        if len(text) > _LONGEST_BLANK and _BLANK.search(text):
            raise TokenizerFailedError(
                "{name} cannot cut a text with more than {n} spaces or line ends in a row.",
                name=self.name,
                n=_LONGEST_BLANK,
            )
        with failures_named(self.name):
            if parse_special:
                ids = self._encoding.encode(text, allowed_special="all")
            else:
                ids = self._encoding.encode_ordinary(text)
        return self._tokenization(text, tuple(ids), self._rules[parse_special])

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        """The tokenization with exactly these ids; UsageError for an id that does not exist."""
        text = b"".join(self._table.pieces(ids)).decode("utf-8", "replace")
        return self._tokenization(text, ids)

    def token_bytes(self, token_id: int) -> bytes:
        """Bytes of one token; b"" for an id of the vocabulary that stands for nothing."""
        return self._table.piece(token_id)

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Ids of tokens that contain these bytes, see TokenTable."""
        return self._table.search(data, limit)

    def merge_rules(self) -> MergeRules:
        """How tokens are built."""
        return RankRules(self._encoding._mergeable_ranks, self.token_bytes)

    def _tokenization(
        self, text: str, ids: tuple[int, ...], rule: CutRule | None = None
    ) -> Tokenization:
        pieces = self._table.pieces(ids)
        starts, ends = spans_of(pieces)
        return Tokenization(
            text,
            np.array(ids, np.int64),
            pieces,
            starts,
            ends,
            n_added=0,
            encoding=self.name,
            is_lossless=b"".join(pieces) == text.encode("utf-8"),
            rule=rule,
        )


def load_encoding(name: str) -> RankTokenizer:
    """Build one of `ENCODINGS` without the network.

    Raises:
        UsageError: There is no encoding of that name.
        VisualizerError: Its file is missing or damaged.
    """
    pattern, ranks, special = encoding_parts(name)
    encoding = tiktoken.Encoding(
        name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special
    )
    pieces = [b""] * (encoding.max_token_value + 1)
    for data, rank in ranks.items():
        pieces[rank] = data
    for content, token_id in special.items():
        pieces[token_id] = content.encode("utf-8")
    return RankTokenizer(encoding, TokenTable(name, pieces))


def encoding_parts(name: str) -> tuple[str, dict[bytes, int], dict[str, int]]:
    """What one of `ENCODINGS` is made of.

    Returns:
        pattern: Regular expression that cuts the text before byte pairs are merged.
        ranks: Id by the bytes of a token; the lower one of two pairs is merged first.
        special: Id by the content of a special token.

    Raises:
        UsageError: There is no encoding of that name.
        VisualizerError: Its file is missing or damaged.
    """
    if name not in _DEFINITIONS:
        raise UsageError(
            "There is no encoding called {name}; known are {known}.",
            name=name,
            known=", ".join(ENCODINGS),
        )
    definition = _DEFINITIONS[name]
    path = bundled_path("resources", "tokenizers", definition.file)
    return definition.pattern, _read_ranks(path, definition.sha256), dict(definition.special)


def _read_ranks(path: Path, sha256: str) -> dict[bytes, int]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VisualizerError(
            "Cannot read the tokenizer file {path}: {reason}.",
            path=path,
            reason=error.strerror or str(error),
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise VisualizerError(
            "The tokenizer file {path} is damaged. Install the program again.", path=path
        )
    # Line by line: other threads have their turn between two lines.
    lines = (line.split() for line in content.splitlines())
    return {binascii.a2b_base64(data): int(rank) for data, rank in lines}
