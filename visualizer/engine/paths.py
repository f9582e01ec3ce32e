"""How likely a word of several tokens is: each token given the prompt and those before it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.capture import listening
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.path_records import PathRecord, PathRequest
from visualizer.engine.records import CancelToken, Float64Array
from visualizer.engine.sampling import logprob
from visualizer.engine.trace import Trace

_ROWS_AT_ONCE = 64  # of logits: a vocabulary of 150,000 takes 40 MB


class _Polling:
    """Listens to attention for nothing but the chance to stop."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """See nothing of queries and keys; raises Cancelled."""
        self._cancel.check()


def word_logprobs(trace: Trace, request: PathRequest, position: int) -> PathRecord:
    """Run the tokens of each word after a token of the text, and leave the text as it was.

    The first token of a word follows from the logits at hand; only the others are run, each word
    in one pass over the cached keys and values of the text up to `position`.

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
            "{architecture} keeps a state that cannot be cut back, so words of several tokens "
            "cannot be tried out after the text.",
            architecture=attachment.model.config.model_type,
        )
    logits = trace.logits(position)
    found = []
    for word in request.words:
        request.cancel.check()
        room = trace.context_length - (position + 1)  # tokens that still can be read
        known = np.full(len(word), np.nan)
        known[0] = logprob(logits, word[0])
        read = word[: max(0, min(len(word) - 1, room))]
        if read:
            known[1 : len(read) + 1] = _run(trace, position, read, word, request.cancel)
        found.append(known)
    return PathRecord(request.request_id, position, request.words, tuple(found))


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
    trace: Trace, position: int, read: tuple[int, ...], word: tuple[int, ...], cancel: CancelToken
) -> Float64Array:
    """Log-probabilities of what comes after each of the tokens that are `read`."""
    attachment, store = trace.attachment, trace.store
    assert store is not None
    ids = torch.tensor([read], device=attachment.place.device)
    start = position + 1
    listener = _Polling(cancel) if attachment.mode == "captured" else None
    with store.reopened(start, len(read)), listening(listener):
        given = {cache_argument(attachment.body): store.cache}
        output = attachment.body(input_ids=ids, use_cache=True, **given)
        hidden = output.last_hidden_state[0]
    found = np.empty(len(read))
    for first in range(0, len(read), _ROWS_AT_ONCE):
        rows = attachment.head.logits(hidden[first : first + _ROWS_AT_ONCE]).float().cpu()
        if not bool(torch.isfinite(rows).all()):
            raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
        for place, row in enumerate(rows.numpy(), start=first):
            found[place] = logprob(row, word[place + 1])
    return found
