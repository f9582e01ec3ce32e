"""What an attention layer does with the states of its heads: found by watching it, not by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from visualizer.engine.capture import Onlooker

_PASSES_ON = (nn.Dropout, nn.Identity)
_TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-4}
"""Of the largest number; half precision is given 0.05."""


@dataclass(frozen=True, eq=False)
class Written:
    """What parts of a layer's heads become in the residual stream.

    Attributes:
        vectors: (n, C), one for each part, without the projection's bias.
        bias: (C,) what the projection gives for nothing at all.
    """

    vectors: Tensor
    bias: Tensor


def close(ours: Tensor, theirs: Tensor, dtype: torch.dtype) -> bool:
    """Whether two results are the same but for the rounding of `dtype`."""
    scale = float(theirs.abs().max())
    return float((ours - theirs).abs().max()) <= _TOLERANCE.get(dtype, 0.05) * scale


@contextmanager
def finding(
    body: nn.Module, onlooker: Onlooker, found: dict[nn.Module, nn.Module]
) -> Iterator[None]:
    """While the body runs, note for each attention layer who is given its heads' states.

    Args:
        body: Which runs, with `onlooker` listening.
        onlooker: Knows what each layer's attention gave.
        found: Filled, from attention module to the first module that gets exactly that. A layer
            that changes it first, by a gate for example, gets no entry.
    """

    def on_call(module: nn.Module, args: tuple[Any, ...]) -> None:
        attention = next(reversed(onlooker.outputs), None)
        if attention is None or attention in found or not args or not isinstance(args[0], Tensor):
            return
        states = onlooker.outputs[attention].reshape(-1)
        if args[0].shape[-1] == len(states) and torch.equal(args[0].reshape(-1), states):
            found[attention] = module

    leaves = [m for m in body.modules() if not m._modules and not isinstance(m, _PASSES_ON)]
    handles = [leaf.register_forward_pre_hook(on_call) for leaf in leaves]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def written(projection: nn.Module, parts: Tensor) -> Written | None:
    """What `projection` makes of parts of its input.

    Args:
        projection: As `finding` found it.
        parts: (n, H * D_v), to be projected each by itself.

    Returns:
        None where it is not a linear map: then a part has no share of
        its own in the result.
    """
    nothing = parts.new_zeros(1, parts.shape[-1])
    together = parts.sum(dim=0, keepdim=True)
    given = projection(torch.cat([parts, together, 2 * together, nothing]).unsqueeze(0))
    if not isinstance(given, Tensor) or given.shape[:2] != (1, len(parts) + 3):
        return None
    bias = given[0, -1]
    *became, whole, doubled = given[0, :-1] - bias
    vectors = torch.stack(became)
    if not close(vectors.sum(dim=0), whole, parts.dtype):
        return None
    if not close(doubled, 2 * whole, parts.dtype):  # the sum says nothing where one part is 0
        return None
    return Written(vectors, bias)
