"""Attention weights from queries and keys: only what is looked at, and exactly.

A row's normaliser (the log of its sum of exponentials) is kept, so that a tile of a long text
costs its own cells only.
"""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from visualizer.engine.records import MEAN, CancelToken, HeadChoice
from visualizer.engine.store import LayerGroup, Store
from visualizer.engine.trace import EagerWeights

_ROWS = 64  # queries at a time, so that the scores stay in the processor's cache
_CELLS = 1 << 20  # of one batch of layers

Range = tuple[int, int]


class PatternSource(Protocol):
    """Where the weights of a text come from."""

    @property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """Layers that can be asked for together."""
        ...

    def first_column(self, batch: int, row: int) -> int:
        """The earliest token that query `row` can look at."""
        ...

    def numerators(
        self, batch: int, members: Range, rows: Range, first: int
    ) -> tuple[Tensor, Tensor]:
        """Weights before normalisation, of layers `batches[batch][members]`, all heads.

        Returns:
            (n, H, R, rows[1] - first) and the divisors (n, H, R, 1), both float32.
        """
        ...

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head."""
        ...

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """What rows leave to the attention sink (R,), or None without one."""
        ...

    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        ...


class CapturedPatterns:
    """Weights computed from the queries and keys of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._places = {
            layer: (group, slot)
            for group in store.groups
            for slot, layer in enumerate(group.layers)
        }
        self._normalisers: dict[tuple[int, int], Tensor] = {}  # (layer, head): (T,), NaN unknown
        self.batches = tuple(group.layers for group in store.groups)

    @torch.inference_mode()
    def forget(self, length: int) -> None:
        """Tokens from `length` on have changed."""
        for normalisers in self._normalisers.values():
            normalisers[length:] = torch.nan

    def first_column(self, batch: int, row: int) -> int:
        """The earliest token that query `row` can look at."""
        return _first_column(self._store.groups[batch], row)

    def numerators(
        self, batch: int, members: Range, rows: Range, first: int
    ) -> tuple[Tensor, Tensor]:
        """See PatternSource."""
        group = self._store.groups[batch]
        spec, (low, high) = group.spec, members
        n, shared = high - low, spec.n_key_value_heads
        n_rows, n_columns = rows[1] - rows[0], rows[1] - first
        query = group.queries.data[low:high, :, rows[0] : rows[1]].float()
        query = (query * spec.scaling).reshape(n * shared, -1, spec.key_width)
        keys = group.keys.data[low:high, :, first : rows[1]].float()
        keys = keys.reshape(n * shared, n_columns, spec.key_width)
        scores = torch.bmm(query, keys.transpose(1, 2))
        scores = scores.view(n, spec.n_heads, n_rows, n_columns)
        _cap_and_mask(scores, group, rows, (first, rows[1]))
        largest = scores.amax(dim=-1, keepdim=True)
        sinks = None if group.sinks is None else group.sinks[low:high, :, None, None]
        if sinks is not None:
            largest = torch.maximum(largest, sinks)
        numerators = scores.sub_(largest).exp_()
        divisors = numerators.sum(dim=-1, keepdim=True)
        if sinks is not None:
            divisors += torch.exp(sinks - largest)
        return numerators, divisors

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head.

        Whole rows are normalised on the spot; for a part of them the normalisers are looked
        up, and computed only for rows that nobody has looked at yet.
        """
        group, slot = self._places[layer]
        first = _first_column(group, rows[0])
        if columns[0] <= first and columns[1] >= rows[1]:
            scores = self._scores(group, slot, head, rows, (first, rows[1]))
            weights, normalisers = _normalise(scores, _sink(group, slot, head))
            self._known(layer, head)[rows[0] : rows[1]] = normalisers
            return _placed(weights, (first, rows[1]), columns)
        normalisers = self._normalisers_of(layer, head, rows)
        low, high = max(columns[0], first), min(columns[1], rows[1])
        if high <= low:
            return normalisers.new_zeros(rows[1] - rows[0], columns[1] - columns[0])
        scores = self._scores(group, slot, head, rows, (low, high))
        weights = scores.sub_(normalisers[:, None]).exp_()
        return _placed(weights, (low, high), columns)

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """What rows leave to the attention sink."""
        group, slot = self._places[layer]
        sink = _sink(group, slot, head)
        if sink is None:
            return None
        return torch.exp(sink - self._normalisers_of(layer, head, rows))

    def _normalisers_of(self, layer: int, head: int, rows: Range) -> Tensor:
        known = self._known(layer, head)
        group, slot = self._places[layer]
        for start in range(rows[0], rows[1], _ROWS):
            part = (start, min(start + _ROWS, rows[1]))
            if bool(torch.isnan(known[part[0] : part[1]]).any()):
                columns = (_first_column(group, part[0]), part[1])
                scores = self._scores(group, slot, head, part, columns)
                known[part[0] : part[1]] = _normalise(scores, _sink(group, slot, head))[1]
        return known[rows[0] : rows[1]]

    def _known(self, layer: int, head: int) -> Tensor:
        known = self._normalisers.get((layer, head))
        length = self._store.length
        if known is None or len(known) < length:
            device = self._store.groups[0].queries.data.device
            grown = torch.full((2 * length,), torch.nan, device=device)
            if known is not None:
                grown[: len(known)] = known
            self._normalisers[layer, head] = known = grown
        return known

    def _scores(
        self, group: LayerGroup, slot: int, head: int, rows: Range, columns: Range
    ) -> Tensor:
        """Scores (R, C), -inf where a query cannot look."""
        spec = group.spec
        shared = head // (spec.n_heads // spec.n_key_value_heads)
        query = group.queries.data[slot, head, rows[0] : rows[1]].float()
        keys = group.keys.data[slot, shared, columns[0] : columns[1]].float()
        scores = torch.mm(query * spec.scaling, keys.T)
        _cap_and_mask(scores, group, rows, columns)
        return scores


class EagerPatterns:
    """Weights as the architecture handed them out."""

    def __init__(self, weights: EagerWeights, n_layers: int) -> None:
        self._weights = weights
        self.batches = tuple((layer,) for layer in range(n_layers))

    def forget(self, length: int) -> None:
        """Nothing is derived here."""

    def first_column(self, batch: int, row: int) -> int:
        """Unknown, so the first token."""
        return 0

    def numerators(
        self, batch: int, members: Range, rows: Range, first: int
    ) -> tuple[Tensor, Tensor]:
        """See PatternSource; the weights are normalised already."""
        weights = self._weights.rows(batch, rows, (first, rows[1])).unsqueeze(0)
        return weights, weights.new_ones(*weights.shape[:3], 1)

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head."""
        return self._weights.rows(layer, rows, columns)[head]

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """No sink is known."""
        return None


def head_weights(
    source: PatternSource,
    layer: int,
    heads: tuple[int, ...],
    rows: Range,
    columns: Range,
    block: int = 1,
    cancel: CancelToken | None = None,
) -> tuple[Tensor, Tensor | None]:
    """Weights of a head, or the mean over several, max-pooled by `block`.

    Args:
        source: Of the text at hand.
        layer: Of all heads.
        heads: One, or those to take the mean over.
        rows: Half-open range of queries.
        columns: Half-open range of keys.
        block: Tokens along the edge of one cell; counted from the start of each range.
        cancel: Polled between blocks of rows.

    Returns:
        (ceil(R / block), ceil(C / block)) float32, and what is left to the sink, max-pooled
        likewise, (ceil(R / block),), or None.
    """
    step = block * max(1, _ROWS // block)
    cells: list[Tensor] = []
    sinks: list[Tensor] = []
    for start in range(rows[0], rows[1], step):
        if cancel is not None:
            cancel.check()
        part = (start, min(start + step, rows[1]))
        weights = source.head_rows(layer, heads[0], part, columns)
        sink = source.sink_rows(layer, heads[0], part)
        for head in heads[1:]:
            weights = weights + source.head_rows(layer, head, part, columns)
            if sink is not None:
                more = source.sink_rows(layer, head, part)
                sink = sink if more is None else sink + more
        if len(heads) > 1:
            weights = weights / len(heads)
            sink = None if sink is None else sink / len(heads)
        cells.append(pool(pool(weights, block).T, block).T if block > 1 else weights)
        if sink is not None:
            sinks.append(pool(sink, block) if block > 1 else sink)
    return torch.cat(cells), torch.cat(sinks) if sinks else None


def pool(weights: Tensor, block: int) -> Tensor:
    """Largest of each `block` cells along the last dimension; the last block may be short."""
    whole = weights.shape[-1] // block * block
    parts = [torch.unflatten(weights[..., :whole], -1, (-1, block)).amax(dim=-1)] if whole else []
    if whole < weights.shape[-1]:
        parts.append(weights[..., whole:].amax(dim=-1, keepdim=True))
    return torch.cat(parts, dim=-1) if len(parts) > 1 else parts[0]


def heads_of(choice: HeadChoice, n_heads: int) -> tuple[int, ...]:
    """The heads that a choice stands for."""
    return tuple(range(n_heads)) if choice == MEAN else (int(choice),)


def _first_column(group: LayerGroup, row: int) -> int:
    return 0 if group.spec.window is None else max(0, row - group.spec.window + 1)


def _sink(group: LayerGroup, slot: int, head: int) -> Tensor | None:
    return None if group.sinks is None else group.sinks[slot, head]


def _cap_and_mask(scores: Tensor, group: LayerGroup, rows: Range, columns: Range) -> None:
    """Softcap, then -inf where a query cannot look; in place, scores (..., R, C)."""
    spec = group.spec
    if spec.softcap is not None:
        scores.div_(spec.softcap).tanh_().mul_(spec.softcap)
    future = max(columns[0], rows[0] + 1)  # columns before it are the past of every row
    if columns[1] > future:
        query = torch.arange(rows[0], rows[1], device=scores.device)[:, None]
        key = torch.arange(future, columns[1], device=scores.device)
        scores[..., future - columns[0] :].masked_fill_(key > query, -torch.inf)
    if spec.window is not None and rows[1] - spec.window > columns[0]:
        query = torch.arange(rows[0], rows[1], device=scores.device)[:, None]
        key = torch.arange(columns[0], columns[1], device=scores.device)
        scores.masked_fill_(key <= query - spec.window, -torch.inf)


def _normalise(scores: Tensor, sink: Tensor | None) -> tuple[Tensor, Tensor]:
    """Softmax of (R, C) scores, in place, and the normalisers (R,)."""
    largest = scores.amax(dim=-1)
    if sink is not None:
        largest = torch.maximum(largest, sink)
    numerators = scores.sub_(largest[:, None]).exp_()
    divisors = numerators.sum(dim=-1)
    if sink is not None:
        divisors = divisors + torch.exp(sink - largest)
    return numerators.div_(divisors[:, None]), divisors.log() + largest


def _placed(weights: Tensor, here: Range, columns: Range) -> Tensor:
    """The weights of columns `here` among those asked for, 0 elsewhere."""
    if here == columns:
        return weights
    low, high = max(here[0], columns[0]), min(here[1], columns[1])
    placed = weights.new_zeros(len(weights), columns[1] - columns[0])
    placed[:, low - columns[0] : high - columns[0]] = weights[:, low - here[0] : high - here[0]]
    return placed
