"""Answers to what lessons ask the model at hand; see `lesson_records`."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from visualizer.engine.attach import Attachment
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.lesson_records import (
    MOST_NEIGHBOURS,
    MOST_POSITIONS,
    MOST_STEP_TOKENS,
    MOST_TEXT_TOKENS,
    MOST_TEXTS,
    HeadStepsRecord,
    HeadStepsRequest,
    InputRecord,
    InputRequest,
    ResidualRecord,
    ResidualRequest,
    Residuals,
    Rotary,
)
from visualizer.engine.pair import HeadStates, PairInspector, row_of
from visualizer.engine.records import CancelToken, Float32Array, Int64Array
from visualizer.engine.tokenization import Tokenization, Tokenizer

_ROWS_AT_ONCE = 16_384  # of the embedding

# ------------------------------------------------------------------------------ residual stream


def residual_streams(
    attachment: Attachment, tokenizer: Tokenizer, context_length: int, request: ResidualRequest
) -> ResidualRecord:
    """Run texts by themselves and keep what passes between the blocks.

    Raises:
        UsageError: No text, too many, an empty or a long one.
        VisualizerError: The architecture's blocks cannot be told.
        NonFiniteError: The model gives NaN or infinity.
        Cancelled: The request's token was set; checked between layers.
    """
    if not 1 <= len(request.texts) <= MOST_TEXTS:
        raise UsageError(
            "From 1 to {most} texts can be looked at together, not {n}.",
            most=MOST_TEXTS,
            n=len(request.texts),
        )
    cuts = [tokenizer.encode(text) for text in request.texts]
    for cut in cuts:
        _check_text(cut, min(context_length, MOST_TEXT_TOKENS))
    streams = tuple(Residuals(cut, _stream(attachment, cut.ids, request.cancel)) for cut in cuts)
    return ResidualRecord(request.request_id, streams)


def _check_text(cut: Tokenization, most: int) -> None:
    if not cut.text:
        raise UsageError("There is nothing to read: type a sentence.")
    if len(cut) > most:
        raise UsageError(
            "“{text}…” has {n_tokens} tokens; at most {most} are looked at layer by layer: "
            "shorten it.",
            text=cut.text[:24],
            n_tokens=len(cut),
            most=most,
        )


@torch.inference_mode()
def _stream(attachment: Attachment, ids: Int64Array, cancel: CancelToken) -> Float32Array:
    blocks = attachment.blocks
    kept: list[Tensor] = []

    def on_entry(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        cancel.check()
        if not kept:
            kept.append(args[0] if args else kwargs["hidden_states"])

    def on_exit(_module: nn.Module, _args: object, output: Any) -> None:
        kept.append(output if isinstance(output, Tensor) else output[0])

    handles = [b.register_forward_pre_hook(on_entry, with_kwargs=True) for b in blocks]
    handles += [block.register_forward_hook(on_exit) for block in blocks]
    try:
        tensor = torch.from_numpy(ids.copy()).to(attachment.place.device)
        final = attachment.body(input_ids=tensor.unsqueeze(0), use_cache=False).last_hidden_state
    finally:
        for handle in handles:
            handle.remove()
    shape = (1, len(ids), kept[0].shape[-1]) if kept else ()
    if len(kept) != attachment.n_layers + 1 or {tuple(t.shape) for t in kept} != {shape}:
        raise VisualizerError(
            "What passes between the layers of {architecture} cannot be told apart.",
            architecture=attachment.model.config.model_type,
        )
    if final.shape == kept[0].shape:  # else projected to another width at its end
        kept.append(final)
    stream: Float32Array = torch.cat(kept).float().cpu().numpy()
    if not np.isfinite(stream).all():
        raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
    return stream


# ------------------------------------------------------------------------------ one head's steps


@torch.inference_mode()
def head_steps(
    inspector: PairInspector, token_ids: Int64Array, tokenizer: Tokenizer, request: HeadStepsRequest
) -> HeadStepsRecord:
    """One head's attention on the text at hand, every step of it.

    Args:
        inspector: Of the text at hand.
        token_ids: (T,) of the text at hand.
        tokenizer: Of the model.
        request: Layer and head exist.

    Raises:
        UsageError: There is no such token, or too many are asked for.
        VisualizerError: The architecture hands out nothing but weights, or what it computes is
            not the weighted sum of its values.
        NonFiniteError: The model gives NaN or infinity.
        Cancelled: The request's token was set.
    """
    first = request.first
    if not 0 <= first < len(token_ids):
        raise UsageError(
            "There is no token {position}: the prompt has {n_tokens}.",
            position=first,
            n_tokens=len(token_ids),
        )
    if not 1 <= request.n <= MOST_STEP_TOKENS:
        raise UsageError(
            "From 1 to {most} tokens can be written out, not {n}.",
            most=MOST_STEP_TOKENS,
            n=request.n,
        )
    stop = min(first + request.n, len(token_ids))
    states = inspector.head_states(request.layer, request.head, stop - 1, request.cancel)
    ids = token_ids[first:stop].copy()
    return HeadStepsRecord(
        request_id=request.request_id,
        layer=request.layer,
        head=request.head,
        key_value_head=states.key_value_head,
        first=first,
        token_ids=ids,
        pieces=tokenizer.from_ids(tuple(ids.tolist())).pieces,
        **_steps(states, first, stop),
    )


def _steps(states: HeadStates, first: int, stop: int) -> dict[str, Any]:
    """The fields of HeadStepsRecord that follow from queries, keys and values."""
    group, slot, spec = states.group, states.slot, states.group.spec
    q = group.queries.data[slot, states.head, first:stop].float().cpu().numpy().copy()
    k = group.keys.data[slot, states.key_value_head, first:stop].float().cpu().numpy().copy()
    n = stop - first
    scores = q.astype(np.float64) @ k.astype(np.float64).T
    scaled = scores * spec.scaling
    capped = scaled if spec.softcap is None else spec.softcap * np.tanh(scaled / spec.softcap)
    masked, weights = np.full((n, n), -np.inf), np.zeros((n, n))
    output = np.zeros((n, states.values.shape[1]))
    for query in range(first, stop):
        row = row_of(group, slot, states.head, query)
        seen = slice(max(row.first, first), query + 1)
        here = slice(seen.start - first, seen.stop - first)
        masked[query - first, here] = capped[query - first, here]
        weights[query - first, here] = row.weights[seen.start - row.first :].numpy()
        values = states.values[row.first - states.first_value : query + 1 - states.first_value]
        output[query - first] = (row.weights @ values).numpy()
    if not (np.isfinite(scores).all() and np.isfinite(output).all()):
        raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
    v = states.values[first - states.first_value : stop - states.first_value]
    return {
        "q": q,
        "k": k,
        "v": v.float().numpy().copy(),
        "scaling": spec.scaling,
        "softcap": spec.softcap,
        "window": spec.window,
        "scores": scores,
        "scaled": scaled,
        "capped": capped.copy(),
        "masked": masked,
        "weights": weights,
        "elsewhere": np.clip(1 - weights.sum(axis=1), 0, 1),
        "output": output,
    }


# ------------------------------------------------------------------------------ the input side


@torch.inference_mode()
def input_side(attachment: Attachment, context_length: int, request: InputRequest) -> InputRecord:
    """Rows of the token embedding, and how the model tells positions apart.

    Raises:
        UsageError: An id without a row in the embedding.
    """
    embedding: nn.Module = attachment.model.get_input_embeddings()
    weight = embedding.weight
    assert isinstance(weight, Tensor)
    for token_id in request.token_ids:
        if not 0 <= token_id < attachment.n_input_ids:
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens.",
                token_id=token_id,
                n_ids=attachment.n_input_ids,
            )
    ids = torch.tensor(request.token_ids, dtype=torch.long, device=weight.device)
    neighbours, similarities = _neighbours(weight[: attachment.n_input_ids], ids, request)
    positions = _learned_positions(attachment, embedding, context_length)
    kept = None if positions is None else positions[:MOST_POSITIONS].float().cpu().numpy().copy()
    return InputRecord(
        request.request_id,
        request.token_ids,
        weight[ids].float().cpu().numpy().copy(),
        kept,
        0 if positions is None else len(positions),
        _rotary(attachment),
        neighbours.cpu().numpy().copy(),
        similarities.cpu().numpy().copy(),
    )


def _neighbours(weight: Tensor, ids: Tensor, request: InputRequest) -> tuple[Tensor, Tensor]:
    """Which rows of the embedding point the most in the direction of some of them.

    Args:
        weight: (V, C).
        ids: (n,) int64.
        request: Says how many.

    Returns:
        (n, k) int64 ids and (n, k) float32 cosines, the largest first.
    """
    n_wanted = min(request.n_neighbours, MOST_NEIGHBOURS, len(weight) - 1)
    if n_wanted <= 0 or len(ids) == 0:
        return ids.new_zeros(len(ids), 0), weight.new_zeros(len(ids), 0, dtype=torch.float32)
    normalise = torch.nn.functional.normalize
    asked = normalise(weight[ids].float(), dim=-1)  # (n, C)
    parts = []
    for first in range(0, len(weight), _ROWS_AT_ONCE):  # a whole table in float32 may not fit
        request.cancel.check()
        rows = normalise(weight[first : first + _ROWS_AT_ONCE].float(), dim=-1)  # (rows, C)
        parts.append(asked @ rows.T)  # (n, rows)
    cosines = torch.cat(parts, dim=1)  # (n, V)
    cosines[torch.arange(len(ids), device=ids.device), ids] = -torch.inf
    found = cosines.topk(n_wanted, dim=1)
    return found.indices, found.values


def _learned_positions(
    attachment: Attachment, tokens: nn.Module, context_length: int
) -> Tensor | None:
    """(P, C) the embedding of positions, from position 0 on; None in a model without.

    It is told by its place, outside the blocks, and its size: a row for each position, and
    in some models two more in front that no position uses.
    """
    config = attachment.model.config.get_text_config(decoder=True)
    most = int(getattr(config, "max_position_embeddings", None) or context_length)
    inside = {id(m) for block in attachment.blocks for m in block.modules()}
    for module in attachment.body.modules():
        if not isinstance(module, nn.Embedding) or module is tokens or id(module) in inside:
            continue
        unused = module.num_embeddings - most
        if 0 <= unused <= 2:
            return module.weight[unused:]
    return None


def _rotary(attachment: Attachment) -> tuple[Rotary, ...]:
    config = attachment.model.config.get_text_config(decoder=True)
    parameters = getattr(config, "rope_parameters", None) or {}
    found: dict[str, Tensor] = {}
    for path, buffer in attachment.body.named_buffers():
        name = path.rpartition(".")[2]
        if name.endswith("inv_freq") and "original" not in name and buffer.ndim == 1:
            found.setdefault(name.removesuffix("inv_freq").strip("_"), buffer)
    return tuple(
        Rotary(name, _base(parameters, name), buffer.cpu().double().numpy().copy())
        for name, buffer in found.items()
    )


def _base(parameters: dict[str, Any], name: str) -> float | None:
    nested = parameters.get(name)
    base = (nested if isinstance(nested, dict) else parameters).get("rope_theta")
    return None if base is None else float(base)
