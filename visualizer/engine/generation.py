"""Continue a text token by token."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from visualizer.engine.records import (
    ForwardRecord,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    Int64Array,
    OverviewRecord,
)
from visualizer.engine.sampling import draw, logprob, shape_distribution

Forward = Callable[[Int64Array], tuple[ForwardRecord, OverviewRecord | None]]
"""Read these ids; the answer is for the position after the last."""


def generate(
    request: GenerateRequest,
    ids: Int64Array,
    *,
    forward: Forward,
    token_bytes: Callable[[int], bytes],
    end_ids: tuple[int, ...],
    context_length: int,
) -> Iterator[GeneratedRecord | GenerationEnded]:
    """Draw tokens one by one until enough, an end token, or the end of the context.

    Each step reads its whole text anew through `forward`, which reuses what is at hand: so
    anything may be asked, and even another text be read, between two tokens. An end token is
    not part of the text: it ends the generation and gets no record.

    Args:
        request: Parameters and seed.
        ids: (T,) of the prompt.
        forward: Reads ids.
        token_bytes: Of one token.
        end_ids: Ids that end a generation.
        context_length: Most tokens that the model can read.

    Raises:
        Cancelled: The request's token was set.
    """
    rng = np.random.Generator(np.random.PCG64(request.seed))
    latest, _ = forward(ids)
    for step in range(request.max_new_tokens):
        request.cancel.check()
        if len(ids) >= context_length:
            yield GenerationEnded(request.request_id, "context")
            return
        logits = latest.logits
        distribution = shape_distribution(logits, request.sampling, ids.tolist())
        token_id = draw(distribution, rng)
        if token_id in end_ids:
            yield GenerationEnded(request.request_id, "end_of_text")
            return
        ids = np.append(ids, np.int64(token_id))
        latest, overview = forward(ids)
        yield GeneratedRecord(
            request.request_id,
            step,
            token_id,
            token_bytes(token_id),
            logprob=logprob(logits, token_id),
            sampled_logprob=math.log(distribution.sampled_probs[token_id]),
            forward=latest,
            overview=overview,
        )
    yield GenerationEnded(request.request_id, "length")
