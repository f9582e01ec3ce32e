"""How likely a word of several tokens is: each token given the prompt and those before it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from visualizer.engine.branches import Branches, NotAlikeError
from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.capture import Listener, listening
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import CancelToken, Float64Array
from visualizer.engine.sampling import logprob
from visualizer.engine.trace import Trace

_ROWS_AT_ONCE = 64  # of logits: a vocabulary of 150,000 takes 40 MB
_TOKENS_AT_ONCE = 64  # of words side by side
_MOST_APART = 1e-4  # of log-probabilities, side by side and one by one

_Path = tuple[tuple[int, ...], tuple[int, ...]]
"""A word, and the tokens of it that are read."""


class _Polling:
    """Listens to attention for nothing but the chance to stop."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """See nothing of queries and keys; raises Cancelled."""
        self._cancel.check()


def word_logprobs(trace: Trace, request: PathRequest, position: int) -> PathRecord:
    """Run the tokens of each word after a token of the text, and leave the text as it was.

    The first token of a word follows from the logits at hand; only the others are run, all words
    in one pass over the cached keys and values of the text up to `position` where the model can
    be told that they stand side by side, else one after the other.

    Args:
        trace: The text.
        request: What is asked.
        position: Its position, counted from 0.

    Raises:
        UsageError: A word is empty, or one of its ids does not exist.
        VisualizerError: A word has several tokens and the architecture has no reusable cache.
        NonFiniteError: The model gives NaN or infinity.
        Cancelled: The request's token was set.
    """
    attachment = trace.attachment
    for word in request.words:
        _check(word, min(attachment.vocabulary_size, attachment.n_input_ids))
    if trace.store is None and any(len(word) > 1 for word in request.words):
        raise VisualizerError(
            "What {architecture} keeps of a text cannot be continued here, so words of several "
            "tokens cannot be tried out after it.",
            architecture=attachment.model.config.model_type,
        )
    logits = trace.logits(position)
    room = trace.context_length - (position + 1)  # tokens that still can be read
    reads = [word[: max(0, min(len(word) - 1, room))] for word in request.words]
    rest = _rest(trace, position, list(zip(request.words, reads, strict=True)), request.cancel)
    found = []
    for word, more in zip(request.words, rest, strict=True):
        known = np.full(len(word), np.nan)
        known[0] = logprob(logits, word[0])
        known[1 : len(more) + 1] = more
        found.append(known)
    return PathRecord(request.request_id, position, request.words, tuple(found))


def _rest(
    trace: Trace, position: int, paths: list[_Path], cancel: CancelToken
) -> list[Float64Array]:
    """Of each path the log-probabilities of what comes after each token that is read.

    Several are run side by side where the model can do so: the first time they are run one by
    one, too, and compared.
    """
    found = {path: np.empty(0) for path in paths}
    longest_first = sorted({path for path in paths if path[1]}, key=_n_read, reverse=True)
    is_possible = trace.runs_branches is not False and _takes_positions(trace)
    for group in _groups(longest_first) if is_possible else []:
        try:
            cancel.check()
            together = _run(trace, position, group, cancel)
        except NotAlikeError:
            break
        if trace.runs_branches is None:
            alone = [_run(trace, position, [path], cancel)[0] for path in group]
            trace.runs_branches = all(map(_is_alike, together, alone))
            together = alone
        found.update(zip(group, together, strict=True))
        if not trace.runs_branches:
            break
    for path in longest_first:
        if not len(found[path]):
            cancel.check()
            (found[path],) = _run(trace, position, [path], cancel)
    return [found[path] for path in paths]


def _n_read(path: _Path) -> int:
    return len(path[1])


def _is_alike(one: Float64Array, other: Float64Array) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=_MOST_APART))


def _takes_positions(trace: Trace) -> bool:
    """Whether the model can be told where in the text each token stands."""
    body = trace.attachment.body
    known = inspect.signature(type(body).forward).parameters
    return trace.attachment.mode == "captured" and "position_ids" in known


def _groups(paths: list[_Path]) -> Iterator[list[_Path]]:
    """At least two at a time, of not too many tokens together; one that is left alone is not."""
    group: list[_Path] = []
    for path in paths:
        if group and sum(map(_n_read, group)) + _n_read(path) > _TOKENS_AT_ONCE:
            if len(group) > 1:
                yield group
            group = []
        group.append(path)
    if len(group) > 1:
        yield group


def _check(word: tuple[int, ...], n_ids: int) -> None:
    if not word:
        raise UsageError("A word needs at least one token.")
    for token_id in word:
        if not 0 <= token_id < n_ids:
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens.",
                token_id=token_id,
                n_ids=n_ids,
            )


@torch.inference_mode()
def _run(
    trace: Trace, position: int, group: list[_Path], cancel: CancelToken
) -> list[Float64Array]:
    """Log-probabilities of what comes after each of the tokens that are read, path by path.

    Raises:
        NotAlikeError: The paths cannot be kept apart.
    """
    attachment, store = trace.attachment, trace.store
    assert store is not None
    device, start = attachment.place.device, position + 1
    reads = [read for _, read in group]
    flat = [token_id for read in reads for token_id in read]
    options: dict[str, Any] = {cache_argument(attachment.body): store.cache, "use_cache": True}
    listener: Listener | None = None
    if len(group) > 1:
        listener = Branches(start, list(map(len, reads)), device, cancel)
        options["position_ids"] = listener.positions[None]
    elif attachment.mode == "captured":
        listener = _Polling(cancel)
    ids = torch.tensor([flat], device=device)
    longest = start + max(map(len, reads))
    with trace.reading(longest), store.reopened(start, len(flat)), listening(listener):
        hidden = attachment.body(input_ids=ids, **options).last_hidden_state[0]
    next_ids = [token_id for word, read in group for token_id in word[1 : len(read) + 1]]
    logprobs = _logprobs(trace, hidden, next_ids)
    return np.split(logprobs, np.cumsum(list(map(len, reads)))[:-1])


def _logprobs(trace: Trace, hidden: Tensor, next_ids: list[int]) -> Float64Array:
    """Log-probability of the token that comes after each row of final hidden states (n, C)."""
    found = np.empty(len(next_ids))
    for first in range(0, len(next_ids), _ROWS_AT_ONCE):
        part = hidden[first : first + _ROWS_AT_ONCE]
        rows = trace.attachment.head.logits(part).float().cpu()
        if not bool(torch.isfinite(rows).all()):
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        for place, row in enumerate(rows.numpy(), start=first):
            found[place] = logprob(row, next_ids[place])
    return found
