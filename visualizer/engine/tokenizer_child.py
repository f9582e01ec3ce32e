"""The child process that tries a tokenizer: `python -m visualizer.engine.tokenizer_child`.

It is introduced with the text of a `tokenizer.json` and asked with {}. Its answer is {"verdict":
"sound"}, or "unreadable", "breaks" or "swells" with {"detail"}; a tokenizer that fills the memory
or does not end breaks the process off.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import tokenizers
from tokenizers import normalizers, processors

from visualizer.engine.confinement import serve
from visualizer.engine.vocabulary import template_prefix, token_pieces

_MOST_GROWTH = 64
"""How many times longer than a text what is made of it may be; the longest that Unicode makes of
a character has 18."""
_ALLOWANCE = 4096  # what stands before and behind every text does not count
_LONG_RUN, _RUN = 5000, 60
_CLASSES = "aZ7 \t\n\r\u3000!'_é\u0301が大한я\u200b\ufffd\0\U0001f44b\U0001f468\u200d\U0001f680"
_ENDS = "! \né0"
"""What a run is followed by: an expression that takes the run in different ways fails there."""
_MIXED = "It's 12.5% of http://a.b/c?d=e, \tnaïve  大きな 👩\u200d🚀 ﷺ İ ½ I'LL\r\n"
_PARTS = ("normalizer", "pre_tokenizer", "decoder", "added_tokens")
_MOST_STRINGS, _MOST_STRING_CHARS, _MOST_CHARACTERS = 1000, 1000, 300
_CHUNK = 256


class _SwellsError(Exception):
    """What a tokenizer makes of a text is much longer than the text."""


def main() -> int:
    """Answer until standard input ends; returns the exit status."""
    return serve(_answer)


def _answer(introduction: Any, question: Any) -> dict[str, Any]:
    try:
        backend = tokenizers.Tokenizer.from_str(introduction)
    except Exception as error:  # the package raises bare Exception
        return {"verdict": "unreadable", "detail": repr(error)}
    try:
        _try(backend, json.loads(introduction))
    except _SwellsError as error:
        return {"verdict": "swells", "detail": str(error)}
    except BaseException as error:  # a panic in Rust is no Exception
        return {"verdict": "breaks", "detail": repr(error)}
    return {"verdict": "sound"}


def _try(backend: tokenizers.Tokenizer, state: dict[str, Any]) -> None:
    """Cut texts that provoke a tokenizer, and do what is done when one is opened."""
    steps = list(_steps(backend.normalizer))
    if steps:
        for start in range(0, 0x10000, _CHUNK):
            codes = map(chr, range(start, start + _CHUNK))
            _normalize(steps, "".join(codes).encode("utf-8", "replace").decode())
        for text in _texts(state):
            _normalize(steps, text)
    backend.no_truncation()
    backend.no_padding()
    template_prefix(backend)
    backend.post_processor = processors.TemplateProcessing(single="$A", pair="$A $B")
    lengths = [len(piece) for piece in token_pieces(backend, 0)]
    for encode_special in (False, True):  # as when special tokens are parsed, and when not
        backend.encode_special_tokens = encode_special
        for text in _texts(state):
            _cut(backend, lengths, text)


def _steps(normalizer: Any) -> Iterator[Any]:
    """A normaliser's parts, in their order: each is looked at before it meets the next."""
    if isinstance(normalizer, normalizers.Sequence):
        for index in range(len(normalizer)):
            yield from _steps(normalizer[index])
    elif normalizer is not None:
        yield normalizer


def _normalize(steps: list[Any], text: str) -> None:
    changed = text
    for step in steps:
        changed = step.normalize_str(changed)
        _check_growth(text, len(changed))


def _cut(backend: tokenizers.Tokenizer, lengths: list[int], text: str) -> None:
    try:
        ids = backend.encode(text, add_special_tokens=False).ids
    except Exception:  # a vocabulary of whole words may lack this one: a text it cannot cut
        return
    _check_growth(text, len(ids))
    _check_growth(text, sum(lengths[i] for i in ids))


def _check_growth(text: str, length: int) -> None:
    if length > _MOST_GROWTH * len(text) + _ALLOWANCE:
        raise _SwellsError(f"{length} from {len(text)} characters, such as {text[:20]!r}")


def _texts(state: dict[str, Any]) -> Iterator[str]:
    """Runs of every kind of character, and of what the tokenizer itself names."""
    named = [string for part in _PARTS for string in _strings_in(state.get(part))]
    strings = sorted(set(named[:_MOST_STRINGS]), key=len)
    # Where an expression asks for a letter that a text lacks, it is not tried at all.
    tail = "".join(sorted(set().union(*strings))[:_MOST_CHARACTERS])
    characters = {chr(code) for code in range(0x20, 0x7F)}.union(tail)
    for string in (*sorted(characters), *strings):
        run = string * max(2, _RUN // len(string))
        yield "".join(run + end for end in (*_ENDS, tail))
    for character in _CLASSES:
        yield character * _LONG_RUN + "!" + tail
    yield _MIXED * (_LONG_RUN // len(_MIXED))


def _strings_in(value: Any) -> Iterator[str]:
    """The texts that a part of a tokenizer looks for or puts in; shorter ones only."""
    if isinstance(value, str) and 0 < len(value) <= _MOST_STRING_CHARS:
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(item)


if __name__ == "__main__":
    sys.exit(main())
