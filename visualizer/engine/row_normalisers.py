"""Attention with the normaliser of each row, which the fused kernel of the processor computes.

The normaliser is the log of the sum of exponentials of a row's scores: with it, every weight of
the row can be had by itself. The function of PyTorch that hands it out is not part of its public
interface, so it is used only where it proves right.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-5}


def attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float
) -> tuple[Tensor, Tensor]:
    """Fused attention on the processor.

    Args:
        query: (1, H, q, D).
        key: (1, H_kv, k, D); H is a multiple of H_kv.
        value: (1, H_kv, k, D).
        mask: (1, 1, q, k) additive, or None.
        scaling: Factor of the scores.

    Returns:
        The output (1, H, q, D) and the normalisers (1, H, q) float32.
    """
    output, normalisers = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        query, key, value, 0.0, False, attn_mask=mask, scale=scaling
    )
    return output, normalisers


@torch.inference_mode()
def can_attend(dtype: torch.dtype, device: torch.device) -> bool:
    """Whether `attend` exists here and agrees with the public functions."""
    if device.type != "cpu" or not dtype.is_floating_point:
        return False
    source = torch.Generator().manual_seed(0)
    query = torch.randn(1, 4, 5, 8, generator=source).to(dtype)
    key, value = torch.randn(2, 1, 2, 9, 8, generator=source).to(dtype)
    past = torch.ones(5, 9, dtype=torch.bool).tril(4)
    mask = torch.zeros(1, 1, 5, 9, dtype=dtype)
    mask.masked_fill_(~past, torch.finfo(dtype).min)
    try:
        output, normalisers = attend(query, key, value, mask, 0.5)
    except (AttributeError, RuntimeError, TypeError, ValueError):
        return False
    keys, values = (states.repeat_interleave(2, dim=1) for states in (key, value))
    scores = 0.5 * query.double() @ keys.double().transpose(2, 3)
    expected = scores.masked_fill(~past, -torch.inf).logsumexp(dim=-1)
    plain = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask, scale=0.5)
    limit = _TOLERANCE.get(dtype, 0.1)
    return (
        output.shape == plain.shape
        and normalisers.shape == expected.shape
        and float((output - plain).abs().max()) <= limit
        and float((normalisers - expected).abs().max()) <= limit
    )
