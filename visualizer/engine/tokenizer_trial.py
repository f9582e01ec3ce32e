"""Trying a stranger's tokenizer where it can do no harm, once, before it runs here.

A `tokenizer.json` may name expressions that never come to an end and replacements that fill the
memory, and the package that runs them ends the whole process then.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

import tokenizers

from visualizer.engine.confined import ConfinedError, ConfinedProcess
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.models.catalog import known_models
from visualizer.engine.records import CancelToken
from visualizer.locations import cache_path

_SECONDS = 15.0
_SECONDS_BY_BYTE = 1e-6  # a vocabulary of 23 MB takes about five seconds of one core
_MEMORY_BYTES = 200_000_000
_MEMORY_BY_BYTE = 40  # twice what large vocabularies were seen to take
_EDITION = 1
"""Of the texts that are tried; a verdict by other ones does not count."""

_SENTENCES: Mapping[str, str] = {
    "sound": "",
    "unreadable": "The tokenizer of {name} is damaged, or of a kind that is not known here.",
    "breaks": "The tokenizer of {name} breaks on simple texts, so it was refused.",
    "swells": (
        "The tokenizer of {name} makes much more of a text than stands in it, which could fill "
        "the memory, so it was refused."
    ),
    "slow": (
        "The tokenizer of {name} takes more than {seconds:.0f} seconds for short texts, so it was "
        "refused."
    ),
    "ended": (
        "The tokenizer of {name} ended the process in which it was tried, so it was refused; it "
        "may take too much memory."
    ),
    "unstarted": "The process in which tokenizers are tried cannot be started.",
    "closed": "The process in which tokenizers are tried cannot be started.",
}


def try_tokenizer(
    text: str, name: str, folder: Path | None = None, cancel: CancelToken | None = None
) -> None:
    """Refuse a tokenizer that would take the program down.

    Args:
        text: Of a `tokenizer.json`.
        name: What the tokenizer is called.
        folder: Where it lies; what belongs to a model of the catalogue is not tried.
        cancel: Polled ten times a second.

    Raises:
        ModelLoadError: It was refused; the sentence says why.
        Cancelled: `cancel` was set.
    """
    data = text.encode("utf-8", "surrogatepass")
    if _is_ours(folder) or (passed := _passed(data)).exists():
        return
    seconds = _SECONDS + len(data) * _SECONDS_BY_BYTE
    memory = _MEMORY_BYTES + len(data) * _MEMORY_BY_BYTE
    process = ConfinedProcess("visualizer.engine.tokenizer_child", text, memory)
    try:
        answer = process.ask({}, seconds, cancel)
        verdict, detail = str(answer["verdict"]), str(answer.get("detail", ""))
    except ConfinedError as error:
        verdict, detail = error.how, error.log
    finally:
        process.close()
    if verdict != "sound":
        raise ModelLoadError(_SENTENCES[verdict], detail=detail, name=name, seconds=seconds)
    with contextlib.suppress(OSError):  # then it is tried again the next time
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.touch()


def _is_ours(folder: Path | None) -> bool:
    return folder is not None and any(
        known.own_folder == folder.absolute() for known in known_models()
    )


def _passed(data: bytes) -> Path:
    """A file that is there once a tokenizer has passed."""
    digest = hashlib.sha256(data).hexdigest()
    return cache_path("tokenizers", f"{digest}-{tokenizers.__version__}-{_EDITION}")
