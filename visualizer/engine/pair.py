"""One query and one key in one head: why the one looks at the other, and what comes of it."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from visualizer.engine.attention_records import PairRecord, PairRequest
from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.capture import Onlooker, listening
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.output_projection import Written, close, finding, written
from visualizer.engine.records import CancelToken
from visualizer.engine.store import AttentionSpec, LayerGroup, Store
from visualizer.engine.trace import Trace

_REMEMBERED_RUNS = 4


@dataclass(frozen=True, eq=False)
class Row:
    """What one query sees with one head, K keys; all float64.

    Attributes:
        first: Token of the first key.
        scores: (K,) after softcap.
        sink: Logit of the learned sink, or None.
        normaliser: Log of the sum of exponentials, the sink's among them.
        weights: (K,).
    """

    first: int
    scores: Tensor
    sink: float | None
    normaliser: float
    weights: Tensor


@dataclass(frozen=True, eq=False)
class HeadStates:
    """Where the queries, keys and values of one head are.

    Attributes:
        group, slot: Of the layer; they hold queries and keys.
        values: (K, E) float64 on the processor.
        first_value: Token of the first of them.
    """

    group: LayerGroup
    slot: int
    head: int
    key_value_head: int
    values: Tensor
    first_value: int


@dataclass(frozen=True, eq=False)
class _Run:
    """One token run again with nothing changed: its final state, and what attention gave."""

    hidden: Tensor
    outputs: dict[nn.Module, Tensor]


@dataclass(frozen=True, eq=False)
class _Effect:
    """What comes of a pair; see PairRecord."""

    value_norm: float | None = None
    written_norm: float | None = None
    head_output_norm: float | None = None
    logit_without: float | None = None
    logit_again: float | None = None
    parts_error: float | None = None
    unavailable: VisualizerError | None = None


class PairInspector:
    """Takes pairs of one text apart; see PairRecord for what the parts are."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._runs: dict[int, _Run] = {}
        self._projections: dict[nn.Module, nn.Module] = {}

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        self._runs = {i: run for i, run in self._runs.items() if i < length}

    @torch.inference_mode()
    def inspect(self, request: PairRequest, query: int, key: int) -> PairRecord:
        """Take a pair apart.

        Args:
            request: Layer and head exist.
            query: Token of the text, from 0.
            key: Likewise; it may come after the query.

        Raises:
            UsageError: The candidate does not exist.
            VisualizerError: The architecture hands out nothing but weights.
            NonFiniteError: The model gives NaN or infinity.
            Cancelled: The request's token was set.
        """
        row, scored = _scored(self._store(), request.layer, request.head, query, key)
        candidate, logit = self._candidate(request.candidate_id, query)
        effect = self._effect(request, query, key, row, scored["weight"], candidate)
        if not scored["is_visible"]:  # then there is nothing to leave out
            effect = replace(effect, logit_without=logit, logit_again=None)
        return PairRecord(
            request_id=request.request_id,
            layer=request.layer,
            head=request.head,
            query=query,
            key=key,
            candidate_id=candidate,
            logit=logit,
            **scored,
            **vars(effect),
        )

    @torch.inference_mode()
    def head_states(self, layer: int, head: int, query: int, cancel: CancelToken) -> HeadStates:
        """What a head computes with, for the tokens up to `query`.

        Raises:
            VisualizerError: The architecture hands out nothing but weights, does not keep the
                values, or does something else with them than a weighted sum.
            Cancelled: The token was set.
        """
        group, slot = _place(self._store(), layer)
        attention = self._trace.attachment.modules[layer]
        given = self._run(query, cancel).outputs[attention][head].cpu().double()
        values, first = self._values(layer, query, len(given), cancel)
        if first > 0:
            raise self._not_seen(layer)
        n_heads = self._trace.attachment.n_heads
        mine = values[head // (n_heads // values.shape[0])].cpu().double()
        row = row_of(group, slot, head, query)
        if not close(row.weights @ mine[row.first : query + 1], given, values.dtype):
            raise self._not_the_sum(layer)
        shared = head // (n_heads // group.spec.n_key_value_heads)
        return HeadStates(group, slot, head, shared, mine, first)

    def _store(self) -> Store:
        store = self._trace.store
        if store is None or not store.groups:
            raise VisualizerError(
                "{architecture} hands out only its attention weights, not the queries and keys "
                "that they come from: no pair of tokens can be taken apart.",
                architecture=self._trace.attachment.model.config.model_type,
            )
        return store

    def _candidate(self, wished: int | None, query: int) -> tuple[int, float]:
        """The candidate after the query, and its logit."""
        logits = self._trace.logits(query)
        if wished is None:
            wished = int(logits.argmax())
        if not 0 <= wished < len(logits):
            raise UsageError(
                "Token id {token_id} does not exist: the model knows {n_ids} tokens.",
                token_id=wished,
                n_ids=len(logits),
            )
        return wished, float(logits[wished])

    # ------------------------------------------------------------------- what comes of the pair

    def _effect(
        self, request: PairRequest, query: int, key: int, row: Row, weight: float, candidate: int
    ) -> _Effect:
        layer, head, cancel = request.layer, request.head, request.cancel
        attention = self._trace.attachment.modules[layer]
        run = self._run(query, cancel)
        given = run.outputs[attention][head].cpu().double()
        values, first = self._values(layer, query, len(given), cancel)
        if not 0 <= key - first < values.shape[1]:
            return _Effect(unavailable=self._not_seen(layer))
        dtype, n_heads = values.dtype, self._trace.attachment.n_heads
        mine = values[head // (n_heads // values.shape[0])].cpu().double()
        value = mine[key - first]
        of_pair = weight * value
        of_head = row.weights @ mine[row.first - first : query + 1 - first]
        error = float((of_head - given).abs().max() / given.abs().max().clamp_min(1e-30))
        if not close(of_head, given, dtype):
            return _Effect(
                float(value.norm()), parts_error=error, unavailable=self._not_the_sum(layer)
            )
        parts = torch.zeros(2, n_heads, len(value), dtype=dtype, device=values.device)
        parts[0, head], parts[1, head] = of_pair.to(dtype), of_head.to(dtype)
        became = self.written(layer, parts.flatten(1))
        without = self._run_again(query, Onlooker(cancel, (attention, head, of_pair)))
        hidden = torch.cat([without.hidden, run.hidden])
        logits = self._trace.attachment.head.logits(hidden)[:, candidate].tolist()
        return _Effect(
            value_norm=float(value.norm()),
            written_norm=None if became is None else float(became.vectors[0].float().norm()),
            head_output_norm=None if became is None else float(became.vectors[1].float().norm()),
            logit_without=logits[0],
            logit_again=logits[1],
            parts_error=error,
            unavailable=self._not_linear(layer) if became is None else None,
        )

    def _values(
        self, layer: int, query: int, width: int, cancel: CancelToken
    ) -> tuple[Tensor, int]:
        """Values (H_kv, K, width) of a layer, and the token of the first.

        Those of all tokens where the cache holds them, else those that the query is shown.
        """
        attachment = self._trace.attachment
        stored = self._store().values(layer)
        if stored is not None and stored.shape[-1] == width and attachment.cache_has_keys:
            return stored, 0
        onlooker = Onlooker(cancel, kept=attachment.modules[layer])
        self._run_again(query, onlooker)
        assert onlooker.values is not None
        return onlooker.values, query + 1 - onlooker.values.shape[1]

    def written(self, layer: int, parts: Tensor) -> Written | None:
        """What parts (n, H * D_v) of a layer's heads become in the residual stream.

        None where the layer does something to them that is not a linear map, or before any pair
        of the layer has been inspected.
        """
        projection = self._projections.get(self._trace.attachment.modules[layer])
        return None if projection is None else written(projection, parts)

    def _run(self, position: int, cancel: CancelToken) -> _Run:
        """The token at `position` run again with nothing changed, remembered."""
        run = self._runs.pop(position, None)
        if run is None:
            run = self._run_again(position, Onlooker(cancel))
        self._runs[position] = run  # the last asked for is the last to go
        if len(self._runs) > _REMEMBERED_RUNS:
            del self._runs[next(iter(self._runs))]
        return run

    def _run_again(self, position: int, onlooker: Onlooker) -> _Run:
        """Run one token of the text again; afterwards everything is as it was.

        Args:
            position: Of the token; it sees the cached keys and values of those before it.
            onlooker: Listens, and leaves out what it was told to.
        """
        attachment, store = self._trace.attachment, self._store()
        token = torch.tensor([[int(self._trace.ids[position])]], device=attachment.place.device)
        is_known = all(module in self._projections for module in attachment.modules)
        watch = finding(attachment.body, onlooker, self._projections)
        given = {cache_argument(attachment.body): store.cache}
        with (
            self._trace.reading(position + 1),
            store.reopened(position),
            listening(onlooker),
            nullcontext() if is_known else watch,
        ):
            output = attachment.body(input_ids=token, use_cache=True, **given)
        return _Run(output.last_hidden_state[0], onlooker.outputs)

    def _not_seen(self, layer: int) -> VisualizerError:
        return VisualizerError(
            "Layer {layer} keeps no values of its own, and this query is not shown that of the "
            "key: what the key offers is not known.",
            layer=layer,
        )

    def _not_the_sum(self, layer: int) -> VisualizerError:
        return VisualizerError(
            "The parts of this head do not add up to what layer {layer} of {architecture} "
            "computes, so nothing is said of what it writes.",
            layer=layer,
            architecture=self._trace.attachment.model.config.model_type,
        )

    def _not_linear(self, layer: int) -> VisualizerError:
        return VisualizerError(
            "Layer {layer} of {architecture} changes what its heads give before it is projected: "
            "what one pair alone writes has no length of its own.",
            layer=layer,
            architecture=self._trace.attachment.model.config.model_type,
        )


def _scored(
    store: Store, layer: int, head: int, query: int, key: int
) -> tuple[Row, dict[str, Any]]:
    """The row of the query, and the fields of PairRecord that follow from queries and keys."""
    group, slot = _place(store, layer)
    spec = group.spec
    shared = head // (spec.n_heads // spec.n_key_value_heads)
    query_vector = group.queries.data[slot, head, query].float().cpu()
    key_vector = group.keys.data[slot, shared, key].float().cpu()
    products = query_vector.double() * key_vector.double()
    score = float(products.sum()) * spec.scaling
    row = row_of(group, slot, head, query)
    if not bool(torch.isfinite(row.scores).all() and torch.isfinite(products).all()):
        raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
    is_visible = row.first <= key <= query
    return row, {
        "key_value_head": shared,
        "query_vector": query_vector.numpy(),
        "key_vector": key_vector.numpy(),
        "products": products.numpy(),
        "scaling": spec.scaling,
        "score": score,
        "softcap": spec.softcap,
        "capped": _capped(score, spec),
        "bias": None,  # an architecture that has one is not captured
        "is_visible": is_visible,
        "window": spec.window,
        "sink_logit": row.sink,
        "sink_weight": None if row.sink is None else math.exp(row.sink - row.normaliser),
        "normaliser": row.normaliser,
        "weight": float(row.weights[key - row.first]) if is_visible else 0.0,
        "row_keys": torch.arange(row.first, query + 1).numpy(),
        "row_scores": row.scores.numpy(),
        "row_weights": row.weights.numpy(),
    }


def row_of(group: LayerGroup, slot: int, head: int, query: int) -> Row:
    """Scores and weights of all keys that a query can see, in float64."""
    spec = group.spec
    shared = head // (spec.n_heads // spec.n_key_value_heads)
    first = 0 if spec.window is None else max(0, query - spec.window + 1)
    keys = group.keys.data[slot, shared, first : query + 1].cpu().double()  # not every GPU has it
    scores = keys @ group.queries.data[slot, head, query].cpu().double() * spec.scaling
    if spec.softcap is not None:
        scores = torch.tanh(scores / spec.softcap) * spec.softcap
    taking_part, sink = scores, None
    if group.sinks is not None:
        logit = group.sinks[slot, head].cpu().double()
        taking_part, sink = torch.cat([scores, logit.reshape(1)]), float(logit)
    normaliser = torch.logsumexp(taking_part, dim=0)
    return Row(first, scores, sink, float(normaliser), torch.exp(scores - normaliser))


def _place(store: Store, layer: int) -> tuple[LayerGroup, int]:
    """The group of a layer, and its slot there."""
    group = next(group for group in store.groups if layer in group.layers)
    return group, group.layers.index(layer)


def _capped(score: float, spec: AttentionSpec) -> float:
    if spec.softcap is None:
        return score
    return math.tanh(score / spec.softcap) * spec.softcap
