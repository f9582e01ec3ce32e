"""Keys, values and queries of one text, in buffers that grow and are cut without copying.

The key-value cache is ours, not the library's: its layers grow by doubling instead of by a
copy of everything at every token, a sliding-window layer keeps its old keys (they are still
looked at), and a forward pass that was cancelled leaves nothing to undo, because what lies
beyond `length` does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.cache_utils import Cache, DynamicLayer

from visualizer.engine.errors import VisualizerError
from visualizer.engine.records import CancelToken
from visualizer.engine.row_normalisers import can_attend

_FIRST_CAPACITY = 128  # tokens


@dataclass(frozen=True)
class AttentionSpec:
    """What is constant about the attention of one layer.

    Attributes:
        n_heads, n_key_value_heads: Query heads, and the key heads they share.
        key_width: Channels of a head's queries and keys.
        scaling: Factor of the scores.
        window: Most tokens a query can look at, itself among them; None for all before it.
        softcap: `tanh(score / softcap) * softcap` is taken before the mask; None for none.
        has_sink: Whether a learned logit per head takes part in the softmax.
    """

    n_heads: int
    n_key_value_heads: int
    key_width: int
    scaling: float
    window: int | None = None
    softcap: float | None = None
    has_sink: bool = False


@dataclass(frozen=True)
class CacheSpec:
    """Shape of one layer of the key-value cache."""

    n_heads: int
    key_width: int
    value_width: int
    window: int | None


@dataclass(frozen=True)
class Place:
    """Where and in what numbers buffers are held."""

    dtype: torch.dtype
    device: torch.device


def visible_cells(rows: range, columns: range, window: int | None, device: torch.device) -> Tensor:
    """(rows, columns) bool: which keys each query can look at."""
    query = torch.arange(rows.start, rows.stop, device=device)[:, None]
    key = torch.arange(columns.start, columns.stop, device=device)
    visible = key <= query
    return visible if window is None else visible & (key > query - window)


class GrowingBuffer:
    """A tensor (n, H, capacity, D) whose capacity doubles when tokens no longer fit."""

    def __init__(self, n: int, n_heads: int, width: int, place: Place) -> None:
        self._shape = (n, n_heads, width)
        self._place = place
        self.data = self._empty(_FIRST_CAPACITY)

    def _empty(self, capacity: int) -> Tensor:
        n, n_heads, width = self._shape
        place = self._place
        return torch.empty(n, n_heads, capacity, width, dtype=place.dtype, device=place.device)

    def reserve(self, n_tokens: int, keep: int) -> None:
        """Make room for `n_tokens`; the first `keep` stay."""
        capacity = self.data.shape[2]
        if n_tokens <= capacity:
            return
        while capacity < n_tokens:
            capacity *= 2
        grown = self._empty(capacity)
        grown[:, :, :keep] = self.data[:, :, :keep]
        self.data = grown


class StoredLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """One layer of the cache: a slot of buffers shared with the layers of equal shape."""

    def __init__(self, keys: GrowingBuffer, values: GrowingBuffer, slot: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._key_buffer = keys
        self._value_buffer = values
        self._slot = slot
        self.n_tokens = 0
        self.is_initialized = True
        self.dtype = keys.data.dtype
        self.device = keys.data.device

    def _first_visible(self) -> int:
        return 0

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        """Append (1, H, q, D) states; returns those that the new tokens may look at."""
        start, first = self.n_tokens, self._first_visible()
        self.n_tokens = stop = start + key_states.shape[-2]
        keys = self._key_buffer.data[self._slot, :, first:stop]
        values = self._value_buffer.data[self._slot, :, first:stop]
        keys[:, start - first :] = key_states[0]
        values[:, start - first :] = value_states[0]
        return keys.unsqueeze(0), values.unsqueeze(0)

    def values_of_all(self) -> Tensor:
        """Values (H, n_tokens, D), those out of every window included."""
        return self._value_buffer.data[self._slot, :, : self.n_tokens]

    def get_seq_length(self) -> int:
        """Tokens seen, those of a forward pass under way included."""
        return self.n_tokens


class StoredSlidingLayer(StoredLayer):  # type: ignore[no-untyped-call]
    """A layer that shows only its window, and keeps everything."""

    is_sliding = True

    def __init__(
        self, keys: GrowingBuffer, values: GrowingBuffer, slot: int, sliding_window: int
    ) -> None:
        super().__init__(keys, values, slot)
        self.sliding_window = sliding_window

    def _first_visible(self) -> int:
        return max(self.n_tokens - self.sliding_window + 1, 0)

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Columns of the mask, and the position of the first."""
        first = self._first_visible()
        return self.n_tokens + query_length - first, first

    def get_max_length(self) -> int:
        """The window."""
        return self.sliding_window


@dataclass
class LayerGroup:
    """Layers whose attention is of one kind, side by side in the same buffers.

    Attributes:
        layers: Their indices.
        queries: (n, H, capacity, D) after rotary embedding.
        keys: (n, H_kv, capacity, D) after rotary embedding; the cache's own where it can be.
        normalisers: (n, H, capacity, 1) float32, of each row the log of its sum of exponentials;
            infinite where it is not known.
        sinks: (n, H) float32 logits, or None.
    """

    spec: AttentionSpec
    layers: tuple[int, ...]
    queries: GrowingBuffer
    keys: GrowingBuffer
    owns_keys: bool
    normalisers: GrowingBuffer
    sinks: Tensor | None


class Store:
    """The cache and the captured queries of one text.

    Attributes:
        length: Tokens that count; set by the trace once a forward pass went through.
        cancel: Polled at every layer while a forward pass runs.
        wants_normalisers: Whether `take_normalisers` is to be called where they come for free.
        cache: For the model, see `cache_argument`.
        groups: Empty where attention is not captured.
    """

    def __init__(
        self,
        place: Place,
        cache_specs: Sequence[CacheSpec | None],
        attention_specs: Sequence[AttentionSpec] = (),
        modules: Sequence[nn.Module] = (),
        sinks: Sequence[Tensor | None] = (),
        *,
        cache_has_keys: bool = True,
    ) -> None:
        self.length = 0
        self.cancel: CancelToken | None = None
        self.wants_normalisers = bool(attention_specs) and can_attend(place.dtype, place.device)
        self._place = place
        self._checked: list[tuple[Tensor, int | None]] = []
        self.groups: list[LayerGroup] = []
        self._buffers: list[GrowingBuffer] = []
        self._slots: dict[nn.Module, tuple[LayerGroup, int]] = {}
        kinds: list[tuple[CacheSpec | None, AttentionSpec | None]] = [
            (spec, attention_specs[i] if attention_specs else None)
            for i, spec in enumerate(cache_specs)
        ]
        layers: list[DynamicLayer] = [
            DynamicLayer()  # type: ignore[no-untyped-call]
            for _ in kinds
        ]
        for kind in dict.fromkeys(kinds):
            members = tuple(i for i, other in enumerate(kinds) if other == kind)
            keys = self._add_cache_layers(layers, members, kind[0])
            if kind[1] is None:
                continue
            group = self._add_group(members, kind[1], keys if cache_has_keys else None, sinks)
            for slot, layer in enumerate(members):
                self._slots[modules[layer]] = (group, slot)
        self._layers = [layer for layer in layers if isinstance(layer, StoredLayer)]
        self.cache = Cache(layers=list(layers))

    def _add_cache_layers(
        self, layers: list[DynamicLayer], members: tuple[int, ...], spec: CacheSpec | None
    ) -> GrowingBuffer | None:
        if spec is None:  # a layer that uses another layer's keys and never updates its own
            return None
        n, n_heads = len(members), spec.n_heads
        keys = self._buffer(n, n_heads, spec.key_width)
        values = self._buffer(n, n_heads, spec.value_width)
        for slot, layer in enumerate(members):
            layers[layer] = (
                StoredLayer(keys, values, slot)
                if spec.window is None
                else StoredSlidingLayer(keys, values, slot, spec.window)
            )
        return keys

    def _add_group(
        self,
        members: tuple[int, ...],
        spec: AttentionSpec,
        keys: GrowingBuffer | None,
        sinks: Sequence[Tensor | None],
    ) -> LayerGroup:
        n, width = len(members), spec.key_width
        logits = [sink for i in members if (sink := sinks[i]) is not None]
        group = LayerGroup(
            spec,
            members,
            queries=self._buffer(n, spec.n_heads, width),
            keys=keys or self._buffer(n, spec.n_key_value_heads, width),
            owns_keys=keys is None,
            normalisers=self._buffer(n, spec.n_heads, 1, torch.float32),
            sinks=torch.stack(logits).float() if logits else None,
        )
        self.groups.append(group)
        return group

    def _buffer(
        self, n: int, n_heads: int, width: int, dtype: torch.dtype | None = None
    ) -> GrowingBuffer:
        place = self._place if dtype is None else Place(dtype, self._place.device)
        buffer = GrowingBuffer(n, n_heads, width, place)
        self._buffers.append(buffer)
        return buffer

    def reserve(self, n_tokens: int) -> None:
        """Make room for `n_tokens` before a forward pass."""
        for buffer in self._buffers:
            buffer.reserve(n_tokens, self.length)
        for group in self.groups:
            group.normalisers.data[:, :, self.length : n_tokens] = torch.inf

    def set_length(self, n_tokens: int) -> None:
        """Declare that exactly the first `n_tokens` count, whatever was written beyond."""
        self.length = n_tokens
        self._checked.clear()
        for layer in self._layers:
            layer.n_tokens = n_tokens

    @contextmanager
    def reopened(self, position: int, n_tokens: int = 1) -> Iterator[None]:
        """Inside the block the text ends before `position`, so that `n_tokens` can be run there.

        Whatever is written there is undone at the end, and the text has its length back.
        """
        length, stop = self.length, position + n_tokens
        self.reserve(max(stop, length))
        kept = [buffer.data[:, :, position:stop].clone() for buffer in self._buffers]
        self.set_length(position)
        try:
            yield
        finally:
            for buffer, states in zip(self._buffers, kept, strict=True):
                buffer.data[:, :, position:stop] = states
            self.set_length(length)

    def values(self, layer: int) -> Tensor | None:
        """Values (H_kv, T, D_v) of all tokens; None for a layer that uses another's."""
        stored = self.cache.layers[layer]
        return stored.values_of_all() if isinstance(stored, StoredLayer) else None

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """Keep what one layer's attention was called with; raises Cancelled."""
        if self.cancel is not None:
            self.cancel.check()
        group, slot = self._slots[module]
        start = self.length
        n = query.shape[2]
        group.queries.data[slot, :, start : start + n] = query[0]
        if group.owns_keys:
            group.keys.data[slot, :, start : start + n] = key[0, :, -n:]

    def check_mask(self, module: nn.Module, mask: Tensor | None, n_keys: int, n_rows: int) -> None:
        """See that a layer looks at what its weights are computed for.

        Args:
            module: The attention layer.
            mask: (1, 1, n_rows, n_keys) additive, made by the model for this very pass.
            n_keys: The last of them is that of the last token.
            n_rows: Tokens of the pass.

        Raises:
            VisualizerError: It looks at other tokens.
        """
        window = self._slots[module][0].spec.window
        if mask is not None and any(mask is seen and window == w for seen, w in self._checked):
            return
        stop = self.length + n_rows
        columns = range(stop - n_keys, stop)
        if mask is None:  # nothing is hidden
            is_right = n_rows == 1 and (window is None or n_keys <= window)
        else:
            expected = visible_cells(range(self.length, stop), columns, window, mask.device)
            is_right = mask.shape[2:] == expected.shape and torch.equal(mask[0, 0] == 0, expected)
            self._checked.append((mask, window))
        if not is_right:
            raise VisualizerError(
                "In a text of {n} tokens this model's attention looks at other tokens than its "
                "configuration says, so its weights cannot be shown: shorten the text.",
                n=stop,
            )

    def take_normalisers(self, module: nn.Module, normalisers: Tensor) -> None:
        """Keep the normalisers (H, q) of the rows that `take` was told of."""
        group, slot = self._slots[module]
        start = self.length
        group.normalisers.data[slot, :, start : start + normalisers.shape[1], 0] = normalisers

    def n_bytes(self) -> int:
        """Memory held for keys, values and queries, spare room included."""
        return sum(buffer.data.nbytes for buffer in self._buffers)

    def attention_bytes(self) -> int:
        """Memory of what is kept only to show attention, for the tokens that count.

        Queries, rows' normalisers, and keys where the cache does not hold the very same; spare
        room left out.
        """
        buffers = [group.queries for group in self.groups]
        buffers += [group.normalisers for group in self.groups]
        buffers += [group.keys for group in self.groups if group.owns_keys]
        return sum(b.data[:, :, : self.length].numel() * b.data.itemsize for b in buffers)
