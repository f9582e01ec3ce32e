"""The child process that fetches from the hub: `python -m ...hub_child REPOSITORY`.

Prints a JSON object a line: {"total", "repository"} before the first file, or {"problem",
"detail"} with a key of `hub.PROBLEMS`.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from visualizer.engine.models.child import end_with_parent
from visualizer.engine.models.manifest import hash_files

SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "chat_template.jinja",
)
_TOKENIZERS = frozenset({"tokenizer.json", "vocab.json", "tokenizer.model", "vocab.txt"})
_WEIGHTS, _INDEX = "model.safetensors", "model.safetensors.index.json"
_SHARD_PREFIX, _SHARD_SUFFIX = "model-", ".safetensors"


def main(argv: list[str]) -> int:
    """Fetch argv[0] into the hub's cache; returns the exit status."""
    end_with_parent()
    try:
        kind, detail = fetch(argv[0])
    except Exception as error:  # the network may raise anything
        kind, detail = describe(error)
    if kind:
        print(json.dumps({"problem": kind, "detail": detail}), flush=True)
    return 1 if kind else 0


def fetch(repository: str) -> tuple[str, str]:
    """Fetch the small files, then the weights; the problem's kind and detail, or ("", "").

    The order matters: where the weights are, everything else is.
    """
    from huggingface_hub import HfApi, snapshot_download

    info = HfApi().model_info(repository, files_metadata=True)
    sizes = {file.rfilename: int(file.size or 0) for file in info.siblings or []}
    small = [name for name in SMALL_FILES if name in sizes]
    weights = choose_weights(sizes)
    if not weights:
        return "no_safetensors", ""
    if not _TOKENIZERS & set(small):
        return "no_tokenizer", ""
    total = sum(sizes[name] for name in [*small, *weights])
    print(json.dumps({"total": total, "repository": repository}), flush=True)
    first = snapshot_download(repository, allow_patterns=small, max_workers=4)
    for name in weights:
        fetch_blob(repository, name, str(info.sha))
    second = snapshot_download(repository, allow_patterns=weights, max_workers=2)
    return ("", "") if first == second else ("changed", "")


def fetch_blob(repository: str, name: str, commit: str) -> None:
    """Bring one file to the place where the library looks for it, going on where it was left.

    The library itself begins a broken-off file again from its start, which a model of several
    gigabytes on a slow line may never survive.

    Raises:
        OSError: The file that came is not the one that was announced; it was thrown away.
        Exception: Whatever the network raises.
    """
    import huggingface_hub.utils
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get, repo_folder_name

    utilities: Any = huggingface_hub.utils
    url = hf_hub_url(repository, name, revision=commit)
    facts = get_hf_file_metadata(url)
    folder = repo_folder_name(repo_id=repository, repo_type="model")
    blob = Path(constants.HF_HUB_CACHE, folder, "blobs", str(facts.etag))
    if blob.exists() or not facts.etag or facts.size is None or "/" in facts.etag:
        return  # there already, or nothing to go by: the library fetches it its own way
    blob.parent.mkdir(parents=True, exist_ok=True)
    partial = blob.with_name(f"{blob.name}.incomplete")
    with partial.open("ab") as stream:
        done = stream.tell()
        if done > facts.size:
            done = stream.truncate(0)
        http_get(
            url,
            stream,
            resume_size=done,
            headers=utilities.build_hf_headers(),
            expected_size=facts.size,
        )
        stream.flush()
        os.fsync(stream.fileno())
    if re.fullmatch(r"[0-9a-f]{64}", blob.name) and hash_files([partial]) != blob.name:
        partial.unlink()
        raise OSError(f"{name} arrived damaged and was thrown away; try again")
    os.replace(partial, blob)


def choose_weights(sizes: Mapping[str, int]) -> list[str]:
    """The safetensors files that make up the model: one, or the index and its parts."""
    if _WEIGHTS in sizes:
        return [_WEIGHTS]
    if _INDEX not in sizes:
        return []
    shards = [
        name
        for name in sizes
        if name.startswith(_SHARD_PREFIX) and name.endswith(_SHARD_SUFFIX) and "/" not in name
    ]
    return [*sorted(shards), _INDEX] if shards else []


def describe(error: BaseException) -> tuple[str, str]:
    """The kind of problem, a key of `hub.PROBLEMS`, and a detail for the log or the sentence."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    detail = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    if isinstance(error, GatedRepoError):
        return "login", detail
    status = _status_of(error)
    if status == 429:
        return "busy", detail
    if status in {401, 403} and not isinstance(error, RepositoryNotFoundError):
        return "login", detail
    if isinstance(error, RepositoryNotFoundError) or status == 404:
        return "not_found", detail
    if isinstance(error, HfHubHTTPError) and status:
        return "server", f"HTTP {status}"
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EACCES, errno.EROFS}:
        return "disk", str(error.strerror)
    if isinstance(error, LocalEntryNotFoundError) or _is_about_the_network(error):
        return "unreachable", detail
    return "other", detail


def _status_of(error: BaseException | None) -> int:
    """The HTTP status behind an error or its causes; 0 if there is none."""
    while error is not None:
        response: Any = getattr(error, "response", None)
        if response is not None:
            return int(getattr(response, "status_code", 0))
        error = error.__cause__
    return 0


def _is_about_the_network(error: BaseException) -> bool:
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return isinstance(error, ConnectionError | TimeoutError) or bool(
        modules & {"httpx", "httpx2", "httpcore", "httpcore2", "requests"}
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
