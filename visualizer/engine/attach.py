"""Find out, by a dry run of two tokens, how a model's attention can be seen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.capture import NAME, Probe, listening
from visualizer.engine.errors import ModelLoadError, NonFiniteError
from visualizer.engine.output_head import OutputHead
from visualizer.engine.store import AttentionSpec, CacheSpec, Place, Store

Mode = Literal["captured", "eager", "none"]
_DRY_IDS = (0, 1)
_TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-3}
"""Between eager attention and ours in the dry run; half precision is given 0.1."""


@dataclass(frozen=True, eq=False)
class Attachment:
    """A model, and what the dry run found out about it.

    Attributes:
        body: The part that turns ids into final hidden states.
        head: The rest of it.
        mode: "captured" by our attention function, "eager" through `output_attentions`, or
            "none" where the architecture has no attention weights to show.
        n_layers, n_heads, n_key_value_heads: Of the attention; n_heads 0 without.
        vocabulary_size: Columns of the logits.
        n_input_ids: Rows of the input embedding: ids beyond are refused.
        cache_specs: Shapes of the key-value cache, or None where the architecture keeps a
            state that cannot be cut back, so that every text is run as a whole.
    """

    model: PreTrainedModel
    body: nn.Module
    head: OutputHead
    mode: Mode
    n_layers: int
    n_heads: int
    n_key_value_heads: int
    vocabulary_size: int
    n_input_ids: int
    width: int
    place: Place
    cache_specs: tuple[CacheSpec | None, ...] | None
    cache_has_keys: bool = True
    specs: tuple[AttentionSpec, ...] = ()
    modules: tuple[nn.Module, ...] = ()
    sinks: tuple[Tensor | None, ...] = ()

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


@dataclass(eq=False)
class _DryRun:
    """What one run of two tokens gave."""

    hidden: Tensor
    weights: tuple[Tensor, ...] | None
    cache: DynamicCache | None
    output: Any


@torch.inference_mode()
def attach_capture(model: PreTrainedModel) -> Attachment:
    """See to it that the model's attention can be seen, and check that it still computes.

    Args:
        model: In eval mode with eager attention, on its device.

    Raises:
        NonFiniteError: The dry run gave NaN or infinity.
        ModelLoadError: The dry run failed or contradicts the model's own forward pass.
    """
    try:
        return _attach(model)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, NotImplementedError) as e:
        raise ModelLoadError(
            "{architecture} cannot be run: {reason}",
            architecture=model.config.model_type,
            reason=str(e).strip().splitlines()[0] if str(e).strip() else type(e).__name__,
            detail=repr(e),
        ) from e


def _attach(model: PreTrainedModel) -> Attachment:
    config = model.config.get_text_config(decoder=True)
    ids = torch.tensor([_DRY_IDS], device=model.device)
    body, expected = _find_body(model, ids)
    eager = _dry_run(model, body, ids, weights=True)
    head = OutputHead(model, body, type(eager.output))
    logits = head.logits(eager.hidden)
    _require_finite(logits)
    if not _close(logits, expected):
        raise ValueError("its head cannot be told apart from its body")
    n_layers = int(config.num_hidden_layers)
    cache_specs = _cache_specs(eager.cache)
    attachment = Attachment(
        model,
        body,
        head,
        mode="none",
        n_layers=n_layers,
        n_heads=0,
        n_key_value_heads=0,
        vocabulary_size=logits.shape[-1],
        n_input_ids=int(config.vocab_size),
        width=eager.hidden.shape[-1],
        place=Place(eager.hidden.dtype, eager.hidden.device),
        cache_specs=cache_specs,
    )
    weights = eager.weights
    if weights is None or len(weights) != n_layers or len({w.shape for w in weights}) != 1:
        return attachment
    captured = _captured(attachment, ids, eager) if cache_specs is not None else None
    if captured is not None:
        return captured
    n_heads = weights[0].shape[1]
    n_shared = int(getattr(config, "num_key_value_heads", None) or n_heads)
    return _with(attachment, mode="eager", n_heads=n_heads, n_key_value_heads=n_shared)


def _with(attachment: Attachment, **changes: Any) -> Attachment:
    return Attachment(**{**attachment.__dict__, **changes})


def _find_body(model: PreTrainedModel, ids: Tensor) -> tuple[nn.Module, Tensor]:
    """The outermost part of the model whose output is hidden states, and the logits of `ids`."""
    called: list[nn.Module] = []
    decoder: nn.Module | None = model.get_decoder()  # type: ignore[no-untyped-call]
    candidates = dict.fromkeys((model.base_model, decoder))
    candidates.pop(model, None)
    handles = [
        part.register_forward_pre_hook(lambda module, _: called.append(module))
        for part in candidates
        if part is not None
    ]
    try:
        logits = model(input_ids=ids, use_cache=False).logits[0].float()
    finally:
        for handle in handles:
            handle.remove()
    if not called:
        raise ValueError("its body cannot be found")
    _require_finite(logits)
    return called[0], logits


def _dry_run(model: PreTrainedModel, body: nn.Module, ids: Tensor, *, weights: bool) -> _DryRun:
    cache: DynamicCache | None = DynamicCache(config=model.config)
    assert cache is not None
    if not all(type(layer) in _REUSABLE for layer in cache.layers):
        cache = None
    options: dict[str, Any] = {"use_cache": cache is not None}
    if cache is not None:
        options[cache_argument(body)] = cache
    if weights:
        options["output_attentions"] = True
    output = body(input_ids=ids, **options)
    found = getattr(output, "attentions", None)
    if not found or any(w is None for w in found):
        found = None
    return _DryRun(output.last_hidden_state[0], found, cache, output)


_REUSABLE = (DynamicLayer, DynamicSlidingWindowLayer)


def _plain_layers(cache: DynamicCache) -> list[DynamicLayer]:
    return [layer for layer in cache.layers if isinstance(layer, DynamicLayer)]


def _cache_specs(cache: DynamicCache | None) -> tuple[CacheSpec | None, ...] | None:
    """Shapes of a cache of plain layers, None if the dry run did not use it as such."""
    if cache is None or cache.get_seq_length() != len(_DRY_IDS):
        return None
    specs: list[CacheSpec | None] = []
    for layer in _plain_layers(cache):
        if not layer.is_initialized or layer.keys is None or layer.values is None:
            specs.append(None)
            continue
        n_heads, width = layer.keys.shape[1], layer.keys.shape[-1]
        window = getattr(layer, "sliding_window", None)
        specs.append(CacheSpec(n_heads, width, layer.values.shape[-1], window))
    return tuple(specs)


def _captured(attachment: Attachment, ids: Tensor, eager: _DryRun) -> Attachment | None:
    """The same with our attention function in place, or None where the model ignores it."""
    model, body = attachment.model, attachment.body
    probe = Probe()
    with _quiet():
        model.set_attn_implementation(NAME)
    try:
        if model.config.get_text_config(decoder=True)._attn_implementation == NAME:
            with listening(probe):
                run = _dry_run(model, body, ids, weights=False)
            if _close(run.hidden, eager.hidden) and len(probe.modules) == attachment.n_layers:
                found = _understood(attachment, probe, run, eager.weights or ())
                if found is not None:
                    return found
    except (TypeError, ValueError, KeyError, RuntimeError):
        logging.getLogger(__name__).info("attention capture does not work here", exc_info=True)
    with _quiet():
        model.set_attn_implementation("eager")
    return None


def _understood(
    attachment: Attachment, probe: Probe, run: _DryRun, weights: Sequence[Tensor]
) -> Attachment | None:
    """The attachment if the weights of the dry run follow from what the probe saw."""
    specs = []
    cached = _cache_specs(run.cache)
    if cached is None or len(cached) != attachment.n_layers:
        return None
    if len(set(probe.modules)) != len(probe.modules):
        return None
    for query, key, options, stored in zip(
        probe.queries, probe.keys, probe.options, cached, strict=True
    ):
        if options["position_bias"] is not None or key.shape[2] != query.shape[2]:
            return None
        window = options["window"] or (stored.window if stored is not None else None)
        specs.append(
            AttentionSpec(
                n_heads=query.shape[1],
                n_key_value_heads=key.shape[1],
                key_width=query.shape[-1],
                scaling=float(options["scaling"]),
                window=window,
                softcap=options["softcap"],
                has_sink=options["s_aux"] is not None,
            )
        )
    if len({spec.n_heads for spec in specs}) != 1:
        return None
    sinks = tuple(options["s_aux"] for options in probe.options)
    for spec, query, key, sink, expected in zip(
        specs, probe.queries, probe.keys, sinks, weights, strict=True
    ):
        ours = _second_row(spec, query, key, sink).to(expected.dtype)  # which says how close
        if not _close(ours, expected[0, :, 1]):
            return None
    return _with(
        attachment,
        mode="captured",
        n_heads=specs[0].n_heads,
        n_key_value_heads=max(spec.n_key_value_heads for spec in specs),
        cache_specs=cached,
        cache_has_keys=_cache_has_keys(probe, run.cache),
        specs=tuple(specs),
        modules=tuple(probe.modules),
        sinks=sinks,
    )


def _second_row(spec: AttentionSpec, query: Tensor, key: Tensor, sink: Tensor | None) -> Tensor:
    """Weights (H, 2) of the second of two tokens."""
    group = spec.n_heads // spec.n_key_value_heads
    keys = key[0].float().repeat_interleave(group, dim=0)
    scores = (query[0, :, 1:].float() @ keys.transpose(1, 2))[:, 0] * spec.scaling
    if spec.softcap is not None:
        scores = torch.tanh(scores / spec.softcap) * spec.softcap
    if spec.window == 1:
        scores[:, 0] = -torch.inf
    if sink is not None:
        scores = torch.cat([scores, sink.float().unsqueeze(1)], dim=1)
    return torch.softmax(scores, dim=-1)[:, :2]


def _cache_has_keys(probe: Probe, cache: DynamicCache | None) -> bool:
    """Whether attention is called with the very keys that the cache holds, layer by layer."""
    assert cache is not None
    return all(
        layer.keys is not None
        and key.shape == layer.keys.shape
        and key.data_ptr() == layer.keys.data_ptr()
        for key, layer in zip(probe.keys, _plain_layers(cache), strict=True)
    )


def _close(ours: Tensor, theirs: Tensor) -> bool:
    tolerance = _TOLERANCE.get(theirs.dtype, 0.1)
    if ours.shape != theirs.shape:
        return False
    scale = max(1.0, float(theirs.abs().max()))
    return float((ours - theirs).abs().max()) <= tolerance * scale


def _require_finite(logits: Tensor) -> None:
    if not bool(torch.isfinite(logits).all()):
        raise NonFiniteError("The model gives numbers that are not finite (NaN or infinity).")


@contextmanager
def _quiet() -> Iterator[None]:
    """The library warns where an architecture ignores the attention interface; we ask it."""
    logger = logging.getLogger("transformers.modeling_utils")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
