"""The attention function through which every layer's queries and keys are seen.

One function is registered with transformers under one name, together with the mask function
of the same name: without the latter the library passes no mask at all and causality silently
vanishes. What a model's layers are called with is found by a dry run of two tokens, never by
a list of architectures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from visualizer.engine.branches import Branches
from visualizer.engine.records import CancelToken
from visualizer.engine.row_normalisers import attend
from visualizer.engine.store import Store

NAME = "visualizer_capture"
_MOST_PACKED_ROWS = 16


class Listener(Protocol):
    """Who is told what an attention layer was called with."""

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """See `query` (1, H, q, D) and `key` (1, H_kv, k, D), both after rotary embedding."""
        ...


_listener: ContextVar[Listener | None] = ContextVar("_listener", default=None)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Tell `listener` of every attention call inside the block; None for nobody."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


class Probe:
    """Listens to a dry run and remembers everything about each layer.

    Attributes:
        modules: Attention modules in the order of their calls.
        queries, keys: What each was called with.
        options: Scaling, window, softcap, s_aux, position_bias and mask of each call.
    """

    def __init__(self) -> None:
        self.modules: list[nn.Module] = []
        self.queries: list[Tensor] = []
        self.keys: list[Tensor] = []
        self.options: list[dict[str, Any]] = []

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """Remember one call."""
        self.modules.append(module)
        self.queries.append(query)
        self.keys.append(key)

    def note(self, **options: Any) -> None:
        """Remember the rest of the same call."""
        self.options.append(options)


class Onlooker:
    """Listens to one token being run, keeps what heads give, and may take something from it.

    Attributes:
        outputs: What each layer's attention gave for the token, (H, D_v), before anything was
            taken from it.
        values: What the layer `kept` was called with, (H_kv, k, D_v), the token's own last.
    """

    def __init__(
        self,
        cancel: CancelToken,
        taken: tuple[nn.Module, int, Tensor] | None = None,
        kept: nn.Module | None = None,
    ) -> None:
        """Listen.

        Args:
            cancel: Polled at every layer.
            taken: From which attention layer's head what is to be taken, (D_v,); None to leave
                everything as it is.
            kept: Attention layer whose values are kept.
        """
        self.values: Tensor | None = None
        self._kept = kept
        self.outputs: dict[nn.Module, Tensor] = {}
        self._cancel = cancel
        self._taken = taken

    def take(self, module: nn.Module, query: Tensor, key: Tensor) -> None:
        """See nothing of queries and keys; raises Cancelled."""
        self._cancel.check()

    def passed_on(self, module: nn.Module, value: Tensor, output: Tensor) -> Tensor:
        """What goes on to the output projection of a layer's (1, 1, H, D_v)."""
        if module is self._kept:
            self.values = value[0]
        self.outputs[module] = output[0, -1].clone()
        if self._taken is not None and self._taken[0] is module:
            output = output.clone()
            output[0, -1, self._taken[1]] -= self._taken[2].to(output)
        return output


def capture_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None = None,
    dropout: float = 0.0,
    scaling: float | None = None,
    softcap: float | None = None,
    s_aux: Tensor | None = None,
    position_bias: Tensor | None = None,
    sliding_window: int | None = None,
    **kwargs: Any,
) -> tuple[Tensor, Tensor | None]:
    """Attention as transformers calls it, with a listener told of queries and keys.

    Args:
        module: The attention layer.
        query: (B, H, q, D) after rotary embedding.
        key: (B, H_kv, k, D) after rotary embedding and the cache update.
        value: (B, H_kv, k, D_v).
        attention_mask: (B, 1, q, k) additive, or None where everything may be looked at.
        dropout: Unused: models are in eval mode.
        scaling: Factor of the scores; None for D ** -0.5.
        softcap: See AttentionSpec.
        s_aux: (H,) logits of the attention sinks.
        position_bias: (1, H, q, k), added to the scores.
        sliding_window: Already in the mask; noted by a dry run, and for continuations.
        kwargs: What else the library passes on.

    Returns:
        The output (B, q, H, D_v), and None in place of the weights.
    """
    if scaling is None:
        scaling = query.shape[-1] ** -0.5
    listener = _listener.get()
    if listener is not None:
        listener.take(module, query, key)
        if isinstance(listener, Probe):
            listener.note(
                scaling=scaling,
                softcap=softcap,
                s_aux=s_aux,
                position_bias=position_bias,
                window=sliding_window,
                mask=attention_mask,
            )
        elif isinstance(listener, Store):
            listener.check_mask(module, attention_mask, key.shape[2], query.shape[2])
    if isinstance(listener, Branches):
        attention_mask = listener.mask(key, sliding_window, attention_mask)
    if softcap is None and s_aux is None and position_bias is None:
        keeper = listener if isinstance(listener, Store) and listener.wants_normalisers else None
        output, normalisers = _fused(
            query, key, value, attention_mask, scaling, with_normalisers=keeper is not None
        )
        if keeper is not None and normalisers is not None:
            keeper.take_normalisers(module, normalisers)
    else:
        output = _explicit(
            query, key, value, attention_mask, scaling, softcap, s_aux, position_bias
        )
    if isinstance(listener, Onlooker):
        output = listener.passed_on(module, value, output)
    return output, None


def _fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    scale: float,
    *,
    with_normalisers: bool,
) -> tuple[Tensor, Tensor | None]:
    """The output (1, q, H, D_v), and rows' normalisers (H, q) if wanted and to be had."""
    batch, n_heads, n_rows, width = query.shape
    n_shared = key.shape[1]
    group = n_heads // n_shared
    packs = group > 1 and n_rows <= _MOST_PACKED_ROWS
    if packs:
        # The query heads that share a key head become further rows of it: no copy of the keys.
        query = query.reshape(batch, n_shared, group * n_rows, width)
        if mask is not None and n_rows > 1:
            mask = mask.repeat(1, 1, group, 1)
    elif group > 1 and query.device.type != "cpu":
        # with a mask, grouped heads would take the slow kernel there
        key = key.repeat_interleave(group, dim=1)
        value = value.repeat_interleave(group, dim=1)
    normalisers: Tensor | None = None
    if with_normalisers and key.shape[-1] == value.shape[-1]:
        out, normalisers = attend(query, key, value, mask, scale)
        normalisers = normalisers.reshape(n_heads, n_rows)
    else:
        shares = query.shape[1] != key.shape[1]
        out = F.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, scale=scale, enable_gqa=shares
        )
    if packs:
        out = out.reshape(batch, n_heads, n_rows, value.shape[-1])
    return out.transpose(1, 2).contiguous(), normalisers


def _explicit(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    scaling: float,
    softcap: float | None,
    s_aux: Tensor | None,
    position_bias: Tensor | None,
) -> Tensor:
    group = query.shape[1] // key.shape[1]
    if group > 1:
        key = key.repeat_interleave(group, dim=1)
        value = value.repeat_interleave(group, dim=1)
    scores = torch.matmul(query, key.transpose(2, 3)) * scaling
    if position_bias is not None:
        scores = scores + position_bias
    if softcap is not None:
        scores = torch.tanh(scores / softcap) * softcap
    if mask is not None:
        scores = scores + mask
    if s_aux is not None:
        column = s_aux.reshape(1, -1, 1, 1).expand(scores.shape[0], -1, scores.shape[2], 1)
        scores = torch.cat([scores, column.to(scores.dtype)], dim=-1)
    weights = F.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    if s_aux is not None:
        weights = weights[..., :-1]
    return torch.matmul(weights, value).transpose(1, 2).contiguous()


# Both registrations or neither: a name without a mask function gets no mask from the library.
AttentionInterface.register(NAME, capture_attention)
AttentionMaskInterface.register(NAME, eager_mask)
