"""Attention weights from queries and keys: only what is looked at, and exactly.

A row's normaliser (the log of its sum of exponentials) is kept, so that a tile of a long text
costs its own cells only. With it, scores can be pooled before they are made weights: the largest
weight of some cells is that of the largest score.
"""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from visualizer.engine.records import MEAN, HeadChoice
from visualizer.engine.store import LayerGroup, Store
from visualizer.engine.trace import EagerWeights

_ROWS = 64  # queries at a time, so that the scores stay in the processor's cache
_SCORES = 1 << 19  # of one step over many heads: 2 MiB, about what a core's cache holds

_FEW = 8

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

    def pooled_columns(
        self, batch: int, members: Range, rows: Range, first: int, block: int
    ) -> Tensor:
        """Weights of layers `batches[batch][members]`, all heads, max-pooled along the keys.

        Returns:
            (n, H, R, ceil((rows[1] - first) / block)) float32.
        """
        ...

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head."""
        ...

    def head_cells(self, layer: int, head: int, rows: Range, columns: Range, block: int) -> Tensor:
        """The same, max-pooled by `block` from the start of each range."""
        ...

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """What rows leave to the attention sink (R,), or None without one."""
        ...

    def window(self, layer: int) -> int | None:
        """Most tokens that a query of the layer can look at, itself among them; None for all."""
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
        self.batches = tuple(group.layers for group in store.groups)

    def first_column(self, batch: int, row: int) -> int:
        """The earliest token that query `row` can look at."""
        return _first_column(self._store.groups[batch], row)

    def numerators(
        self, batch: int, members: Range, rows: Range, first: int
    ) -> tuple[Tensor, Tensor]:
        """See PatternSource."""
        group = self._store.groups[batch]
        scores = _scores_of_layers(group, members, rows, (first, rows[1]))
        largest = scores.amax(dim=-1, keepdim=True)
        sinks = None if group.sinks is None else group.sinks[slice(*members), :, None, None]
        if sinks is not None:
            largest = torch.maximum(largest, sinks)
        numerators = scores.sub_(largest).exp_()
        divisors = numerators.sum(dim=-1, keepdim=True)
        if sinks is not None:
            divisors += torch.exp(sinks - largest)
        known = group.normalisers.data[slice(*members), :, slice(*rows)]
        known.copy_(divisors.log().add_(largest))
        return numerators, divisors

    def pooled_columns(
        self, batch: int, members: Range, rows: Range, first: int, block: int
    ) -> Tensor:
        """See PatternSource."""
        group = self._store.groups[batch]
        known = group.normalisers.data[slice(*members), :, slice(*rows)]
        if bool(torch.isposinf(known).any()):
            numerators, divisors = self.numerators(batch, members, rows, first)
            return pool(numerators, block) / divisors
        n = members[1] - members[0]
        step = max(1, _SCORES // (n * group.spec.n_heads * min(rows[1] - rows[0], _ROWS) * block))
        parts = []
        for start in range(rows[0], rows[1], _ROWS):
            part = (start, min(start + _ROWS, rows[1]))
            parts.append(_pooled_scores(group, members, part, (first, rows[1]), block, step))
        pooled = torch.cat(parts, dim=2) if len(parts) > 1 else parts[0]
        return pooled.sub_(known).exp_()

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head.

        Whole rows are normalised on the spot, so that they sum to 1 as nearly as can be; for a
        part of them the normalisers are looked up, and computed only where they are not known.
        """
        group, slot = self._places[layer]
        first = _first_column(group, rows[0])
        low, high = max(columns[0], first), min(columns[1], rows[1])
        if (low, high) == (first, rows[1]):
            scores = _scores(group, slot, head, rows, (low, high))
            weights, normalisers = _normalise(scores, _sink(group, slot, head))
            group.normalisers.data[slot, head, slice(*rows), 0] = normalisers
            return _placed(weights, (low, high), columns)
        normalisers = self._normalisers(group, slot, head, rows)
        if high <= low:
            return normalisers.new_zeros(rows[1] - rows[0], columns[1] - columns[0])
        scores = _scores(group, slot, head, rows, (low, high))
        weights = scores.sub_(normalisers[:, None]).exp_()
        return _placed(weights, (low, high), columns)

    def head_cells(self, layer: int, head: int, rows: Range, columns: Range, block: int) -> Tensor:
        """Weights of one head, max-pooled by `block` from the start of each range."""
        group, slot = self._places[layer]
        n_cells = -(-(columns[1] - columns[0]) // block)
        normalisers = self._normalisers(group, slot, head, rows)
        first = _first_column(group, rows[0])
        low = max(columns[0], first - (first - columns[0]) % block)  # an edge of a cell
        high = min(columns[1], rows[1])
        if high <= low:
            return normalisers.new_zeros(-(-(rows[1] - rows[0]) // block), n_cells)
        scores = _scores(group, slot, head, rows, (low, high)).sub_(normalisers[:, None])
        cells = pool(pool_rows(scores, block), block).exp_()
        here = (low - columns[0]) // block
        return _placed(cells, (here, here + cells.shape[1]), (0, n_cells))

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """What rows leave to the attention sink."""
        group, slot = self._places[layer]
        sink = _sink(group, slot, head)
        if sink is None:
            return None
        return torch.exp(sink - self._normalisers(group, slot, head, rows))

    def window(self, layer: int) -> int | None:
        """Most tokens that a query of the layer can look at, itself among them; None for all."""
        return self._places[layer][0].spec.window

    def _normalisers(self, group: LayerGroup, slot: int, head: int, rows: Range) -> Tensor:
        """Of `rows` (R,), computed for those that nobody has looked at yet."""
        known = group.normalisers.data[slot, head, :, 0]
        unknown = torch.isposinf(known[slice(*rows)])
        if bool(unknown.any()):
            for start in range(rows[0], rows[1], _ROWS):
                part = (start, min(start + _ROWS, rows[1]))
                if bool(unknown[part[0] - rows[0] : part[1] - rows[0]].any()):
                    columns = (_first_column(group, part[0]), part[1])
                    scores = _scores(group, slot, head, part, columns)
                    known[slice(*part)] = _normalise(scores, _sink(group, slot, head))[1]
        return known[slice(*rows)]


class EagerPatterns:
    """Weights as the architecture handed them out, of the layers that have some.

    Args:
        weights: Of the text.
        layer_heads: (L,) heads of each layer. Of a layer with fewer heads than another all 0
            stands for those that it has not.
        sink_layers: Layers whose rows leave to an attention sink what they lack to one.
    """

    def __init__(
        self,
        weights: EagerWeights,
        layer_heads: tuple[int, ...],
        sink_layers: frozenset[int] = frozenset(),
    ) -> None:
        self._weights = weights
        self._sink_layers = sink_layers
        self._n_heads = max(layer_heads)
        self.batches = tuple((layer,) for layer, n_heads in enumerate(layer_heads) if n_heads)

    def first_column(self, batch: int, row: int) -> int:
        """Unknown, so the first token."""
        return 0

    def numerators(
        self, batch: int, members: Range, rows: Range, first: int
    ) -> tuple[Tensor, Tensor]:
        """See PatternSource; the weights are normalised already."""
        (layer,) = self.batches[batch]
        weights = self._weights.rows(layer, rows, (first, rows[1])).unsqueeze(0)
        if (missing := self._n_heads - weights.shape[1]) > 0:
            weights = F.pad(weights, (0, 0, 0, 0, 0, missing))
        return weights, weights.new_ones(*weights.shape[:3], 1)

    def pooled_columns(
        self, batch: int, members: Range, rows: Range, first: int, block: int
    ) -> Tensor:
        """See PatternSource."""
        return pool(self.numerators(batch, members, rows, first)[0], block)

    def head_rows(self, layer: int, head: int, rows: Range, columns: Range) -> Tensor:
        """Weights (R, C) float32 of one head."""
        return self._weights.rows(layer, rows, columns)[head]

    def head_cells(self, layer: int, head: int, rows: Range, columns: Range, block: int) -> Tensor:
        """The same, max-pooled by `block` from the start of each range."""
        return pool(pool_rows(self.head_rows(layer, head, rows, columns), block), block)

    def sink_rows(self, layer: int, head: int, rows: Range) -> Tensor | None:
        """What rows leave to the attention sink."""
        if layer not in self._sink_layers:
            return None
        return 1 - self.head_rows(layer, head, rows, (0, rows[1])).sum(dim=-1)

    def window(self, layer: int) -> int | None:
        """Unknown."""
        return None


def pool(weights: Tensor, block: int) -> Tensor:
    """Largest of each `block` cells along the last dimension; the last block may be short."""
    if block == 1:
        return weights
    whole = weights.shape[-1] // block * block
    parts = []
    if whole:
        cells = torch.unflatten(weights[..., :whole], -1, (-1, block))
        parts.append(cells.amax(dim=-1) if block > _FEW else _largest_of_few(cells))
    if whole < weights.shape[-1]:
        parts.append(weights[..., whole:].amax(dim=-1, keepdim=True))
    return torch.cat(parts, dim=-1) if len(parts) > 1 else parts[0]


def pool_rows(weights: Tensor, block: int) -> Tensor:
    """Largest of each `block` cells of (R, C) along the rows; the last block may be short."""
    if block == 1:
        return weights
    whole = len(weights) // block * block
    parts = [torch.unflatten(weights[:whole], 0, (-1, block)).amax(dim=1)] if whole else []
    if whole < len(weights):
        parts.append(weights[whole:].amax(dim=0, keepdim=True))
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def _largest_of_few(cells: Tensor) -> Tensor:
    """The largest along the last dimension, where a reduction of so few is slow."""
    largest = cells[..., 0]
    for i in range(1, cells.shape[-1]):
        largest = torch.maximum(largest, cells[..., i])
    return largest


def heads_of(choice: HeadChoice, n_heads: int) -> tuple[int, ...]:
    """The heads that a choice stands for."""
    return tuple(range(n_heads)) if choice == MEAN else (int(choice),)


def _first_column(group: LayerGroup, row: int) -> int:
    return 0 if group.spec.window is None else max(0, row - group.spec.window + 1)


def _sink(group: LayerGroup, slot: int, head: int) -> Tensor | None:
    return None if group.sinks is None else group.sinks[slot, head]


def _scores(group: LayerGroup, slot: int, head: int, rows: Range, columns: Range) -> Tensor:
    """Scores (R, C) of one head, -inf where a query cannot look."""
    spec = group.spec
    shared = head // (spec.n_heads // spec.n_key_value_heads)
    query = group.queries.data[slot, head, slice(*rows)].float()
    keys = group.keys.data[slot, shared, slice(*columns)].float()
    scores = torch.mm(query * spec.scaling, keys.T)
    _cap_and_mask(scores, group, rows, columns)
    return scores


def _scores_of_layers(group: LayerGroup, members: Range, rows: Range, columns: Range) -> Tensor:
    """Scores (n, H, R, C) of all heads of several layers, -inf where a query cannot look."""
    spec, (low, high) = group.spec, members
    n_products = (high - low) * spec.n_key_value_heads
    n_rows, n_columns = rows[1] - rows[0], columns[1] - columns[0]
    query = group.queries.data[low:high, :, slice(*rows)].float()
    query = (query * spec.scaling).reshape(n_products, -1, spec.key_width)
    keys = group.keys.data[low:high, :, slice(*columns)].float()
    keys = keys.reshape(n_products, n_columns, spec.key_width)
    scores = torch.bmm(query, keys.transpose(1, 2))
    scores = scores.view(high - low, spec.n_heads, n_rows, n_columns)
    _cap_and_mask(scores, group, rows, columns)
    return scores


def _pooled_scores(
    group: LayerGroup, members: Range, rows: Range, columns: Range, block: int, n_blocks: int
) -> Tensor:
    """Scores of all heads, max-pooled along the columns, so many blocks of them at a time."""
    parts = []
    for start in range(columns[0], columns[1], n_blocks * block):
        part = (start, min(start + n_blocks * block, columns[1]))
        if part[0] < rows[1]:
            parts.append(pool(_scores_of_layers(group, members, rows, part), block))
        else:  # the future of every row
            shape = (members[1] - members[0], group.spec.n_heads, rows[1] - rows[0])
            n_cells = -(-(part[1] - part[0]) // block)
            parts.append(torch.full((*shape, n_cells), -torch.inf, device=parts[0].device))
    return torch.cat(parts, dim=-1) if len(parts) > 1 else parts[0]


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
