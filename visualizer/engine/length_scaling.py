"""Rotary embeddings whose angles depend on how long the whole text is.

LongRoPE and dynamic NTK turn every position otherwise once a text is longer than the model was
first trained on. Keys that were kept from before the switch are then those of another model, and
a text that is read in several passes would be turned by the length of each. So every pass is told
the length of the whole text, and the trace lets go of what it keeps where the angles change.

Source:
    LongRoPE, https://arxiv.org/abs/2402.13753; transformers, `modeling_rope_utils.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

_LENGTHS = (2, 64, 4096, 1 << 17, 1 << 20)
"""Of the texts that are pretended to see whether the angles of their second token differ."""

_CACHED_LENGTH = "max_seq_len_cached"
"""What the library remembers of the longest text so far; nothing here may depend on that."""


@dataclass(frozen=True, eq=False)
class RotaryCall:
    """How a rotary embedding was called in a dry run.

    Attributes:
        arguments: All but `position_ids`.
        position_ids: (..., n) int64.
    """

    module: nn.Module
    arguments: dict[str, Any]
    position_ids: Tensor

    def angles(self, n_tokens: int) -> bytes:
        """Of the second token of a text of `n_tokens`: cosines and sines, or complex numbers."""
        _forget_longest(self.module)
        positions = self.position_ids.new_tensor([1, n_tokens - 1])
        positions = positions.expand(*self.position_ids.shape[:-1], 2)
        given = self.module(**self.arguments, position_ids=positions)
        parts = given if isinstance(given, tuple) else (given,)
        rows = [part[..., 0, :] for part in parts]
        rows = [torch.view_as_real(row) if row.is_complex() else row for row in rows]
        return b"".join(row.float().cpu().numpy().tobytes() for row in rows)


class LengthScaling:
    """The rotary embeddings of a model that depend on the length of the text.

    Args:
        calls: Of every rotary embedding, as `rotary_calls` found them.
    """

    def __init__(self, calls: Sequence[RotaryCall]) -> None:
        with torch.inference_mode():
            self._calls = [call for call in calls if len({call.angles(n) for n in _LENGTHS}) > 1]

    def __bool__(self) -> bool:
        return bool(self._calls)

    def regime(self, n_tokens: int) -> bytes:
        """Equal for two lengths of text if a token's angles are the same in both."""
        with torch.inference_mode():
            return b"".join(call.angles(n_tokens) for call in self._calls)

    @contextmanager
    def reading(self, n_tokens: int) -> Iterator[None]:
        """Inside, passes over any part of a text are turned as in a text of `n_tokens`."""
        handles = []
        for module in dict.fromkeys(call.module for call in self._calls):
            last = torch.tensor([[n_tokens - 1]])
            handles.append(
                module.register_forward_pre_hook(_Extended(last).before, with_kwargs=True)
            )
            handles.append(module.register_forward_hook(_without_last))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()


class _Extended:
    """Adds the text's last position to the positions of a pass."""

    def __init__(self, last: Tensor) -> None:
        self._last = last

    def before(
        self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        _forget_longest(module)
        given = _bound(module, args, kwargs)
        positions = given["position_ids"]
        last = self._last.to(positions).expand(*positions.shape[:-1], 1)
        given["position_ids"] = torch.cat([positions, last], dim=-1)
        return (), given


def _without_last(_module: nn.Module, _args: object, output: Any) -> Any:
    if isinstance(output, tuple):
        return tuple(part[..., :-1, :] for part in output)
    return output[..., :-1, :]


@contextmanager
def rotary_calls(body: nn.Module) -> Iterator[list[RotaryCall]]:
    """Inside, every call of a rotary embedding that is given positions is noted in the list."""
    calls: list[RotaryCall] = []

    def on_call(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = _bound(module, args, kwargs)
        position_ids = given.pop("position_ids")
        calls.append(RotaryCall(module, given, position_ids))

    handles = [
        module.register_forward_pre_hook(on_call, with_kwargs=True)
        for module in body.modules()
        if _is_rotary(module)
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def _is_rotary(module: nn.Module) -> bool:
    has_angles = any(name.endswith("inv_freq") for name, _ in module.named_buffers(recurse=False))
    return has_angles and "position_ids" in inspect.signature(module.forward).parameters


def _bound(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    return dict(inspect.signature(module.forward).bind(*args, **kwargs).arguments)


def _forget_longest(module: nn.Module) -> None:
    for name in vars(module):
        if name.endswith(_CACHED_LENGTH):
            setattr(module, name, 0)
