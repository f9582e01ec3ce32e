"""Find out, by a dry run of a few tokens, how a model's attention can be seen."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from visualizer.engine.capture import NAME, Probe, listening
from visualizer.engine.dry_run import (
    N_SHARED,
    N_TOKENS,
    BlockOutputs,
    DryRun,
    DryTexts,
    PositionTables,
    are_weights,
    dry_texts,
    find_body,
    is_causal,
    is_close,
    run,
    short_windows,
)
from visualizer.engine.errors import ModelLoadError, NonFiniteError, VisualizerError
from visualizer.engine.length_scaling import LengthScaling, rotary_calls
from visualizer.engine.memory import is_out_of_memory
from visualizer.engine.output_head import OutputHead
from visualizer.engine.quiet import quiet_library
from visualizer.engine.store import AttentionSpec, CacheSpec, Place, Store, visible_cells

Mode = Literal["captured", "eager", "none"]
_PASSES = (5, 1, 3, 3)
"""Tokens of each pass when the dry run continues a text; together all of it."""


@dataclass(frozen=True, eq=False)
class Attachment:
    """A model, and what the dry run found out about it.

    Attributes:
        body: The part that turns ids into final hidden states.
        head: The rest of it.
        mode: "captured" by our attention function, "eager" through `output_attentions`, or
            "none" where the architecture has no attention weights to show.
        blocks: Its layers, one after the other; () if they cannot be told.
        owners: The layer of each entry of what is handed out as attention weights.
        layer_heads: (L,) how many heads of each layer have weights to show; 0 for a layer
            without attention, such as those of a state-space model.
        sink_layers: Layers that hand out weights and have an attention sink: what a row lacks
            to one is left to it.
        n_key_value_heads: Of the attention.
        vocabulary_size: Columns of the logits.
        n_input_ids: Rows of the input embedding: ids beyond are refused.
        cache_specs: Shapes of the key-value cache, or None where a text that is continued does
            not give what it gives as a whole, so that every text is run as a whole.
        scaling: Rotary embeddings that depend on the length of the text; false without.
        most_positions: Rows that the model has for positions; None without such a table.
        uncounted_id: A padding token whose place is not counted, so that it can be no part of a
            text; None without.
    """

    model: PreTrainedModel
    body: nn.Module
    head: OutputHead
    mode: Mode
    blocks: tuple[nn.Module, ...]
    owners: tuple[int, ...]
    layer_heads: tuple[int, ...]
    sink_layers: frozenset[int]
    n_key_value_heads: int
    vocabulary_size: int
    n_input_ids: int
    width: int
    place: Place
    cache_specs: tuple[CacheSpec | None, ...] | None
    scaling: LengthScaling
    most_positions: int | None = None
    uncounted_id: int | None = None
    cache_has_keys: bool = True
    specs: tuple[AttentionSpec, ...] = ()
    modules: tuple[nn.Module, ...] = ()
    sinks: tuple[Tensor | None, ...] = ()

    def by_layer(self, handed_out: Sequence[Any]) -> list[Tensor | None]:
        """What a pass handed out as attention weights, (L,), None for a layer without."""
        found: list[Tensor | None] = [None] * self.n_layers
        for layer, weights in zip(self.owners, handed_out, strict=True):
            if self.layer_heads[layer]:
                found[layer] = weights
        return found

    @property
    def n_layers(self) -> int:
        """Of the model, those without attention included."""
        return len(self.layer_heads)

    @property
    def n_heads(self) -> int:
        """Of the layer with the most; 0 without attention."""
        return max(self.layer_heads, default=0)

    def new_store(self) -> Store | None:
        """Empty buffers for one text, or None where the cache cannot be reused."""
        if self.cache_specs is None:
            return None
        return Store(
            self.place,
            self.cache_specs,
            self.specs,
            self.modules,
            self.sinks,
            cache_has_keys=self.cache_has_keys,
        )


@torch.inference_mode()
def attach_capture(model: PreTrainedModel) -> Attachment:
    """See to it that the model's attention can be seen, and check that it still computes.

    Args:
        model: In eval mode with eager attention, on its device.

    Raises:
        NonFiniteError: The dry run gave NaN or infinity.
        ModelLoadError: The dry run failed or contradicts the model's own forward pass, or the
            model does not predict a token from those before it alone.
    """
    try:
        with quiet_library():
            return _attach(model)
    except VisualizerError:
        raise
    except Exception as e:  # whatever an architecture raises that the library itself cannot run
        if isinstance(e, MemoryError) or is_out_of_memory(e):
            raise
        raise ModelLoadError(
            "A model of the architecture {architecture} cannot be run here: the installed "
            "transformers fails on a text of {n} tokens.",
            architecture=model.config.model_type,
            n=N_TOKENS,
            detail=repr(e),
        ) from e


def _attach(model: PreTrainedModel) -> Attachment:
    config = model.config.get_text_config(decoder=True)
    texts = dry_texts(config, model.device)
    with short_windows(model) as true_windows:
        body, expected = find_body(model, texts.first)
        _require_finite(expected)
        n_layers = int(getattr(config, "num_hidden_layers", 0))
        blocks = _blocks(body, n_layers)
        outputs, tables = BlockOutputs(blocks), PositionTables(N_TOKENS)
        with outputs.watching(), tables, rotary_calls(body) as calls:
            first = run(body, texts.first, weights=True)
        other_end = run(body, texts.other_end)
        if not is_causal(first, other_end, run(body, texts.other_second)):
            raise ModelLoadError(
                "The model ({architecture}) does not predict the next token from the ones before "
                "it, so it cannot be shown.",
                architecture=model.config.model_type,
            )
        head = OutputHead(model, body, type(first.output))
        logits = _logits(head, first.hidden)
        if logits is None or not is_close(logits, expected):
            raise ModelLoadError(
                "A model of the architecture {architecture} cannot be shown: its logits are not "
                "what it makes of its final hidden states, or differ from one run to the next.",
                architecture=model.config.model_type,
            )
        if first.weights is not None and len(first.weights) == n_layers != len(blocks):
            blocks = ()  # which are run more than once
        n_layers = len(blocks) or n_layers
        owners = _owners(first, outputs, n_layers)
        attachment = Attachment(
            model,
            body,
            head,
            mode="none",
            blocks=blocks,
            owners=owners,
            layer_heads=(0,) * n_layers,
            sink_layers=frozenset(),
            n_key_value_heads=0,
            vocabulary_size=logits.shape[-1],
            n_input_ids=int(config.vocab_size),
            width=first.hidden.shape[-1],
            place=Place(first.hidden.dtype, first.hidden.device),
            cache_specs=None,
            scaling=LengthScaling(calls),
            most_positions=tables.most,
            uncounted_id=_uncounted_id(body, config, texts, tables),
        )
        by_layer: list[Tensor | None] = [None] * n_layers
        for layer, weights in zip(owners, first.weights or (), strict=False):
            by_layer[layer] = weights
        check = _Continuation(texts, first, other_end, by_layer)
        found = _captured(attachment, check, true_windows)
        return found or _handed_out(attachment, check)


def _logits(head: OutputHead, hidden: Tensor) -> Tensor | None:
    """What the head makes of final hidden states, None where it wants something else."""
    try:
        return head.logits(hidden)
    except _NOT_MADE_FOR_IT:
        return None


def _blocks(body: nn.Module, n_layers: int) -> tuple[nn.Module, ...]:
    """The layers of a body, () if they cannot be told.

    The list of as many parts as the configuration says, else the longest: some configurations
    count an encoder that is not there.
    """
    lists = [part for part in body.modules() if isinstance(part, nn.ModuleList) and len(part)]
    fitting = [part for part in lists if len(part) == n_layers]
    if not lists:
        return ()
    return tuple((fitting or sorted(lists, key=len, reverse=True))[0])


def _owners(first: DryRun, outputs: BlockOutputs, n_layers: int) -> tuple[int, ...]:
    """The layer of each entry of what was handed out as attention weights; () if not known."""
    given = first.weights or ()
    if len(given) == n_layers:
        return tuple(range(n_layers))
    layers = [outputs.layer_of(weights) for weights in given]
    known = tuple(layer for layer in layers if layer is not None)
    return known if len(set(known)) == len(given) else ()


def _uncounted_id(
    body: nn.Module, config: Any, texts: DryTexts, tables: PositionTables
) -> int | None:
    """The padding token, if positions are counted without it."""
    padding = getattr(config, "pad_token_id", None)
    if tables.most is None or type(padding) is not int or not 0 <= padding < config.vocab_size:
        return None
    padded = texts.first.clone()
    padded[0, N_SHARED] = padding
    with PositionTables(N_TOKENS) as again:
        run(body, padded)
    return None if again.most == tables.most else padding


class _Continuation:
    """The dry run's texts, and whether a text that is continued gives what it gives as a whole."""

    def __init__(
        self,
        texts: DryTexts,
        first: DryRun,
        other_end: DryRun,
        by_layer: Sequence[Tensor | None],
    ) -> None:
        self.texts = texts
        self.first = first
        self.by_layer = by_layer
        self._other_end = other_end

    def holds(self, attachment: Attachment) -> bool:
        """Read the first text in several passes, cut it back, and go on with the other."""
        store = attachment.new_store()
        assert store is not None
        start = 0
        with attachment.scaling.reading(N_TOKENS):
            for n in _PASSES:
                if not self._is_same(attachment, store, self.texts.first, start, start + n):
                    return False
                start += n
            store.set_length(N_SHARED)
            return self._is_same(attachment, store, self.texts.other_end, N_SHARED, N_TOKENS)

    def _is_same(
        self, attachment: Attachment, store: Store, text: Tensor, start: int, stop: int
    ) -> bool:
        is_first = text is self.texts.first
        whole = self.first if is_first else self._other_end
        store.reserve(stop)
        listener = store if attachment.mode == "captured" else None
        with listening(listener):
            found = run(
                attachment.body,
                text[:, start:stop],
                cache=store.cache,
                weights=attachment.mode == "eager",
            )
        store.set_length(stop)
        if not is_close(found.hidden, whole.hidden[start:stop]):
            return False
        if attachment.mode != "eager" or not is_first:
            return True
        given = attachment.by_layer(found.weights or ())
        return all(
            _are_rows(rows, layer, start, stop)
            for rows, layer, n in zip(given, self.by_layer, attachment.layer_heads, strict=True)
            if n
        )


def _are_rows(rows: Any, whole: Tensor | None, start: int, stop: int) -> bool:
    """Whether a pass gave these rows of the whole text's weights, its end as the last column."""
    assert whole is not None
    if not isinstance(rows, Tensor) or rows.shape[-2] != stop - start or rows.shape[-1] > stop:
        return False
    padded = whole.new_zeros(*whole.shape[:2], stop - start, stop)
    padded[..., stop - rows.shape[-1] :] = rows
    return is_close(padded, whole[:, :, start:stop, :stop])


def _handed_out(attachment: Attachment, check: _Continuation) -> Attachment:
    """The same with the weights that the model hands out, where they are weights."""
    sinks = frozenset(i for i, block in enumerate(attachment.blocks) if _has_sink(block))
    layer_heads = tuple(
        layer.shape[1]
        if layer is not None and are_weights(layer, N_TOKENS, with_sink=index in sinks)
        else 0
        for index, layer in enumerate(check.by_layer)
    )
    config = attachment.model.config.get_text_config(decoder=True)
    n_heads = max(layer_heads, default=0)
    attachment = replace(
        attachment,
        mode="eager" if n_heads else "none",
        layer_heads=layer_heads,
        sink_layers=sinks,
        n_key_value_heads=int(getattr(config, "num_key_value_heads", None) or n_heads),
    )
    cache = _empty_cache(attachment)
    if cache is None:
        return attachment
    try:
        with attachment.scaling.reading(N_TOKENS):
            run(attachment.body, check.texts.first, cache=cache)
        continued = replace(attachment, cache_specs=_cache_specs(cache))
        if continued.cache_specs is not None and check.holds(continued):
            return continued
    except _NOT_MADE_FOR_IT:
        logging.getLogger(__name__).info("a text cannot be continued here", exc_info=True)
    return attachment


def _has_sink(block: nn.Module) -> bool:
    return any("sink" in name for name, _ in block.named_parameters())


_NOT_MADE_FOR_IT = (TypeError, ValueError, AttributeError, LookupError, RuntimeError)
"""What architectures raise that were not written for a cache or an attention function of ours."""

_REUSABLE = (DynamicLayer, DynamicSlidingWindowLayer)


def _empty_cache(attachment: Attachment) -> DynamicCache | None:
    """The library's cache for the model, None where it holds more than keys and values."""
    try:
        cache = DynamicCache(config=attachment.model.config)
    except _NOT_MADE_FOR_IT:  # a configuration that names no layers
        return None
    if not all(type(layer) in _REUSABLE for layer in cache.layers):
        return None
    if len(cache.layers) != attachment.n_layers:
        return DynamicCache()
    return cache


def _cache_specs(cache: DynamicCache) -> tuple[CacheSpec | None, ...] | None:
    """Shapes of a cache of plain layers, None if the dry run did not use it as such.

    No layer has a window: it shows all its keys, and the mask says what of them is looked at.
    """
    if cache.get_seq_length() != N_TOKENS:
        return None
    specs: list[CacheSpec | None] = []
    for layer in _plain_layers(cache):
        if not layer.is_initialized or layer.keys is None or layer.values is None:
            specs.append(None)
            continue
        n_heads, width = layer.keys.shape[1], layer.keys.shape[-1]
        specs.append(CacheSpec(n_heads, width, layer.values.shape[-1], window=None))
    return tuple(specs)


def _plain_layers(cache: DynamicCache) -> list[DynamicLayer]:
    return [layer for layer in cache.layers if isinstance(layer, DynamicLayer)]


def _captured(
    attachment: Attachment, check: _Continuation, true_windows: dict[int, int]
) -> Attachment | None:
    """The same with our attention function in place, or None where the model ignores it."""
    model, body = attachment.model, attachment.body
    probe = Probe()
    cache = _empty_cache(attachment)
    if cache is None:
        return None
    model.set_attn_implementation(NAME)
    try:
        if model.config.get_text_config(decoder=True)._attn_implementation == NAME:
            with listening(probe):
                dry = run(body, check.texts.first, cache=cache)
            if is_close(dry.hidden, check.first.hidden):
                found = _understood(attachment, probe, cache, check.by_layer)
                if found is not None and check.holds(found):
                    return _with_true_windows(found, true_windows)
    except _NOT_MADE_FOR_IT:
        logging.getLogger(__name__).info("attention capture does not work here", exc_info=True)
    model.set_attn_implementation("eager")
    return None


def _understood(
    attachment: Attachment,
    probe: Probe,
    cache: DynamicCache,
    by_layer: Sequence[Tensor | None],
) -> Attachment | None:
    """The attachment if the weights of the dry run follow from what the probe saw."""
    cached = _cache_specs(cache)
    n_layers = attachment.n_layers
    if cached is None or len(cached) != n_layers or len(set(probe.modules)) != n_layers:
        return None
    if len(probe.modules) != n_layers:
        return None
    specs: list[AttentionSpec] = []
    caches: list[CacheSpec | None] = []
    for index, (query, key, options) in enumerate(
        zip(probe.queries, probe.keys, probe.options, strict=True)
    ):
        window = _seen_window(options["mask"], options["window"])
        if options["position_bias"] is not None or key.shape[2] != query.shape[2] or window == 0:
            return None
        spec = AttentionSpec(
            n_heads=query.shape[1],
            n_key_value_heads=key.shape[1],
            key_width=query.shape[-1],
            scaling=float(options["scaling"]),
            window=window,
            softcap=options["softcap"],
            has_sink=options["s_aux"] is not None,
        )
        expected = by_layer[index]
        ours = _weights(spec, query, key, options["s_aux"])
        if expected is None or not are_weights(expected, N_TOKENS, with_sink=spec.has_sink):
            return None
        if not is_close(ours.to(expected.dtype), expected[0]):  # which says how close
            return None
        specs.append(spec)
        kept, layer = cached[index], cache.layers[index]
        shows_window = isinstance(layer, DynamicSlidingWindowLayer)
        caches.append(replace(kept, window=window) if kept and shows_window else kept)
    if len({spec.n_heads for spec in specs}) != 1:
        return None
    return replace(
        attachment,
        mode="captured",
        layer_heads=tuple(spec.n_heads for spec in specs),
        n_key_value_heads=max(spec.n_key_value_heads for spec in specs),
        cache_specs=tuple(caches),
        cache_has_keys=_cache_has_keys(probe, cache),
        specs=tuple(specs),
        modules=tuple(probe.modules),
        sinks=tuple(options["s_aux"] for options in probe.options),
    )


def _seen_window(mask: Tensor | None, declared: int | None) -> int | None:
    """The window that a mask of the dry run shows, None for everything before; 0 for neither."""
    if mask is None or mask.shape != (1, 1, N_TOKENS, N_TOKENS):
        return 0
    looked_at = mask[0, 0] == 0
    rows = range(N_TOKENS)
    if torch.equal(looked_at, visible_cells(rows, rows, None, mask.device)):
        return declared if declared is not None and declared >= N_TOKENS else None
    for window in range(1, N_TOKENS):
        if torch.equal(looked_at, visible_cells(rows, rows, window, mask.device)):
            return window
    return 0


def _with_true_windows(attachment: Attachment, true_windows: dict[int, int]) -> Attachment:
    """The same with the windows as long as they are, which the dry run had shortened."""

    def true(window: int | None) -> int | None:
        return None if window is None else true_windows.get(window, window)

    assert attachment.cache_specs is not None
    return replace(
        attachment,
        specs=tuple(replace(spec, window=true(spec.window)) for spec in attachment.specs),
        cache_specs=tuple(
            spec and replace(spec, window=true(spec.window)) for spec in attachment.cache_specs
        ),
    )


def _weights(spec: AttentionSpec, query: Tensor, key: Tensor, sink: Tensor | None) -> Tensor:
    """Weights (H, T, T) float32 of the dry run's text."""
    keys = key[0].float().repeat_interleave(spec.n_heads // spec.n_key_value_heads, dim=0)
    scores = (query[0].float() @ keys.transpose(1, 2)) * spec.scaling
    if spec.softcap is not None:
        scores = torch.tanh(scores / spec.softcap) * spec.softcap
    rows = range(N_TOKENS)
    scores = scores.masked_fill(~visible_cells(rows, rows, spec.window, scores.device), -torch.inf)
    if sink is not None:
        column = sink.float()[:, None, None].expand(-1, N_TOKENS, 1)
        scores = torch.cat([scores, column], dim=-1)
    return torch.softmax(scores, dim=-1)[..., :N_TOKENS]


def _cache_has_keys(probe: Probe, cache: DynamicCache) -> bool:
    """Whether attention is called with the very keys that the cache holds, layer by layer."""
    return all(
        layer.keys is not None
        and key.shape[1] == layer.keys.shape[1]
        and torch.equal(key[:, :, -layer.keys.shape[2] :], layer.keys)
        for key, layer in zip(probe.keys, _plain_layers(cache), strict=True)
    )


def _require_finite(logits: Tensor) -> None:
    if not bool(torch.isfinite(logits).all()):
        raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")
