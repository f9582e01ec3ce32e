"""Tokenizers in the Hugging Face format, `tokenizer.json`."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import tokenizers
from tokenizers import models, processors

from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.merges import MergeRules, listed_rules
from visualizer.engine.policy import (
    MOST_CONFIG_BYTES,
    MOST_TOKENS,
    read_json_object,
    read_model_file,
)
from visualizer.engine.records import Cancelled, CancelToken, Int64Array
from visualizer.engine.recutting import CutRule
from visualizer.engine.seams import seams_of
from visualizer.engine.tokenization import Tokenization, clean_text, spans_of
from visualizer.engine.tokenizer_trial import try_tokenizer
from visualizer.engine.vocabulary import (
    TokenTable,
    UnknownTokenError,
    failures_named,
    readable_text,
    template_prefix,
    token_pieces,
)
from visualizer.files import ReadError

_LONG_CHARS = 2000
_LARGEST_FILE_BYTES = 200_000_000  # six times the largest that is known
_READ_BY_TRANSFORMERS = ("*.json", "*.txt", "*.model", "*.jinja")


class HuggingFaceTokenizer:
    """A tokenizer of the `tokenizers` package, with bytes and spans of our own.

    Spans come from the tokens' bytes: the package's own offsets are trusted only where a
    normaliser makes the bytes differ from the text.

    Args:
        backend: Taken over: truncation, padding, dropout and templates are switched off in it.
        name: What the tokenizer is called in results.
        n_ids: Rows of the model's output, if more than the tokenizer has tokens.
    """

    def __init__(self, backend: tokenizers.Tokenizer, name: str, n_ids: int = 0) -> None:
        self._name = name
        backend.no_truncation()
        backend.no_padding()
        if getattr(backend.model, "dropout", None) is not None:
            backend.model.dropout = None  # random merges are for training
        self._begins_with = template_prefix(backend)
        backend.post_processor = processors.TemplateProcessing(single="$A", pair="$A $B")
        added = backend.get_added_tokens_decoder()
        self._special_ids = frozenset(i for i, token in added.items() if token.special)
        self._table = TokenTable(name, token_pieces(backend, n_ids))
        backend.encode_special_tokens = True  # special tokens in a text are ordinary text
        self._literal = backend
        self._parsing: tokenizers.Tokenizer | None = None if self._special_ids else backend
        self._rules = (self._rule(backend, False), self._rule(backend, True))
        self._lock = threading.Lock()
        probe = readable_text(backend)
        pieces = self._table.pieces(self._run(backend, probe).ids)
        self._adds_space = bool(probe) and b"".join(pieces) == b" " + probe.encode("utf-8")

    def _rule(self, backend: tokenizers.Tokenizer, parse_special: bool) -> CutRule | None:
        seams = seams_of(backend, parse_special=parse_special)
        return None if seams is None else CutRule(self, parse_special, seams)

    @property
    def name(self) -> str:
        return self._name

    @property
    def vocabulary_size(self) -> int:
        return len(self._table)

    @property
    def special_ids(self) -> frozenset[int]:
        return self._special_ids

    @property
    def begins_with(self) -> tuple[int, ...]:
        """Ids that are put before every text."""
        return self._begins_with

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        """Tokenise, with the tokens that the tokenizer adds by itself in front.

        What a template would put behind the text is left out: a continuation starts where the
        text ends.

        Raises:
            TokenizerFailedError: The tokenizer's own code broke on this text.
        """
        text = clean_text(text)
        backend = self._parsing_backend() if parse_special else self._literal
        encoding = self._run(backend, text)
        pieces = self._table.pieces(encoding.ids)
        data = text.encode("utf-8")
        joined = b"".join(pieces)
        if joined != data and self._adds_space and joined == b" " + data:
            pieces = _without_leading_space(pieces)
            joined = data
        if joined == data:
            starts, ends = spans_of(pieces)
        else:
            starts, ends = _offsets(encoding)
        tokens = self._with_added(text, tuple(encoding.ids), pieces, starts, ends, joined == data)
        return replace(tokens, rule=self._rules[parse_special])

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        """The tokenization with exactly these ids; UsageError for an id that does not exist."""
        n_added = len(self._begins_with)
        if n_added and ids[:n_added] != self._begins_with:
            n_added = 0
        pieces = self._table.pieces(ids[n_added:])
        if self._adds_space:
            pieces = _without_leading_space(pieces)
        joined = b"".join(pieces)
        text = joined.decode("utf-8", "replace")
        starts, ends = spans_of(pieces)
        lossless = joined == text.encode("utf-8")
        if n_added:
            return self._with_added(text, ids[n_added:], pieces, starts, ends, lossless)
        return Tokenization(
            text, np.array(ids, np.int64), pieces, starts, ends, 0, self._name, lossless
        )

    def token_bytes(self, token_id: int) -> bytes:
        """Bytes of one token; b"" for an id of the vocabulary that stands for nothing."""
        return self._table.piece(token_id)

    def search(self, data: bytes, limit: int) -> tuple[int, ...]:
        """Ids of tokens that contain these bytes, see TokenTable."""
        return self._table.search(data, limit)

    def merge_rules(self) -> MergeRules | None:
        """How tokens are built, None for a tokenizer that does not merge pairs."""
        return listed_rules(self._literal, self.token_bytes)

    def _with_added(
        self,
        text: str,
        ids: tuple[int, ...],
        pieces: tuple[bytes, ...],
        starts: Int64Array,
        ends: Int64Array,
        is_lossless: bool,
    ) -> Tokenization:
        added = self._begins_with
        nothing = np.zeros(len(added), np.int64)
        return Tokenization(
            text,
            np.array(added + ids, np.int64),
            self._table.pieces(added) + pieces,
            np.concatenate((nothing, starts)),
            np.concatenate((nothing, ends)),
            n_added=len(added),
            encoding=self._name,
            is_lossless=is_lossless,
        )

    def _run(self, backend: tokenizers.Tokenizer, text: str) -> tokenizers.Encoding:
        with failures_named(self._name):
            try:
                if len(text) <= _LONG_CHARS:
                    return backend.encode(text, add_special_tokens=False)
                # `encode` keeps all other threads waiting for as long as it takes; this does not.
                return backend.encode_batch([text], add_special_tokens=False)[0]
            except Exception:
                self._refuse_unknown(backend, text)
                raise

    def _refuse_unknown(self, backend: tokenizers.Tokenizer, text: str) -> None:
        """Raise with the first word that a vocabulary of whole words lacks, if there is one."""
        if not isinstance(backend.model, models.WordLevel) or backend.pre_tokenizer is None:
            return
        for word, _ in backend.pre_tokenizer.pre_tokenize_str(text):
            if backend.token_to_id(word) is None:
                raise UnknownTokenError(
                    "{token} does not occur in the text that {name} was trained on, so it has no "
                    "number for it: leave it out.",
                    token=repr(word[:40]),
                    name=Path(self._name).name,  # a model of the user's own is named by its path
                )

    def _parsing_backend(self) -> tokenizers.Tokenizer:
        """The backend that parses special tokens; a copy, made when needed.

        The package has one switch for this in the tokenizer itself; turning it for every call
        would let two threads read each other's setting.
        """
        with self._lock:
            if self._parsing is None:
                self._parsing = tokenizers.Tokenizer.from_str(self._literal.to_str())
                self._parsing.encode_special_tokens = False
            return self._parsing


def load_tokenizer(
    folder: Path, name: str, cancel: CancelToken | None = None
) -> HuggingFaceTokenizer:
    """Load the tokenizer of a model folder in Hugging Face format.

    Args:
        folder: Holds `tokenizer.json`; without one, transformers is asked to convert what is
            there. `vocab_size` of its `config.json` sets the vocabulary's size where the model
            has more rows than the tokenizer has tokens.
        name: What the tokenizer is called in results.
        cancel: Polled while a stranger's tokenizer is tried.

    Raises:
        ModelLoadError: There is no tokenizer, or it was refused.
        ReadError: A file is no ordinary one, or not readable.
        Cancelled: `cancel` was set.
    """
    path = folder / "tokenizer.json"
    try:
        if path.exists():
            text = read_model_file(path, _LARGEST_FILE_BYTES).decode("utf-8")
        else:
            text = _converted(folder)
        try_tokenizer(text, name, folder, cancel)
        backend = tokenizers.Tokenizer.from_str(text)
        return HuggingFaceTokenizer(backend, name, _model_vocabulary_size(folder))
    except (VisualizerError, Cancelled):
        raise
    except Exception as error:  # the package raises bare Exception
        raise ModelLoadError(
            "The tokenizer of {name} is damaged, or of a kind that is not known here.",
            detail=repr(error),
            name=name,
        ) from error


def load_tokenizer_file(path: Path, cancel: CancelToken | None = None) -> HuggingFaceTokenizer:
    """Load a `tokenizer.json` by itself, or that of a folder; called by its folder's name.

    Raises:
        ModelLoadError: It is missing, no such file, or was refused: one sentence.
        ReadError: It is no ordinary file, or not readable.
        Cancelled: `cancel` was set.
    """
    if path.is_dir():
        path = path / "tokenizer.json"
    name = path.parent.name if path.name == "tokenizer.json" else path.stem
    try:
        text = read_model_file(path, _LARGEST_FILE_BYTES).decode("utf-8")
        state = json.loads(text)
        if not isinstance(state, dict) or not isinstance(state.get("model"), dict):
            raise ModelLoadError("{path} is JSON, but no tokenizer.json.", path=path)
        try_tokenizer(text, str(path), path.parent, cancel)
        with failures_named(name):
            return HuggingFaceTokenizer(tokenizers.Tokenizer.from_str(text), name or path.name)
    except (ModelLoadError, ReadError):
        raise
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError, too
        raise ModelLoadError(
            "{path} is no tokenizer.json.", path=path, detail=repr(error)
        ) from error
    except VisualizerError as error:
        raise ModelLoadError(
            "{path} is no tokenizer.json that can be read here.", path=path, detail=repr(error)
        ) from error


def _converted(folder: Path) -> str:
    """What transformers makes of an older format: vocab.json and merges.txt, tokenizer.model.

    Returns:
        The text of a `tokenizer.json`.
    """
    if not any(any(folder.glob(kind)) for kind in ("vocab*", "*.model", "merges.txt")):
        raise ModelLoadError("There is no tokenizer in {folder}.", folder=folder)
    for pattern in _READ_BY_TRANSFORMERS:
        for file in folder.glob(pattern):
            read_model_file(file, _LARGEST_FILE_BYTES)  # the library would wait for a pipe
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(
        folder, trust_remote_code=False, local_files_only=True
    )
    backend: tokenizers.Tokenizer | None = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelLoadError(
            "The tokenizer in {folder} has no form that can be read here: save it as "
            "tokenizer.json.",
            folder=folder,
        )
    text: str = backend.to_str()
    return text


def _model_vocabulary_size(folder: Path) -> int:
    path = folder / "config.json"
    if not path.exists():
        return 0
    config = read_json_object(path, MOST_CONFIG_BYTES)
    text_config = config.get("text_config")
    size = config.get("vocab_size")
    if size is None and isinstance(text_config, dict):
        size = text_config.get("vocab_size")
    return size if type(size) is int and 0 < size <= MOST_TOKENS else 0


def _without_leading_space(pieces: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """`pieces` without the space that the tokenizer puts before a text."""
    for index, piece in enumerate(pieces):
        if piece:
            return (*pieces[:index], piece.removeprefix(b" "), *pieces[index + 1 :])
    return pieces


def _offsets(encoding: tokenizers.Encoding) -> tuple[Int64Array, Int64Array]:
    """The package's own spans, made to rise; (T,) int64 each."""
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    starts = np.maximum.accumulate(offsets[:, 0])
    ends = np.maximum(np.maximum.accumulate(offsets[:, 1]), starts)
    return starts, ends
