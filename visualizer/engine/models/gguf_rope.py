"""Rotary positions of a GGUF file as parameters of transformers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.models.gguf_keys import GgufKeys

Float64Array = npt.NDArray[np.float64]

_TOLERANCE = 1e-6
_USUAL_RATIO = 4.0  # high_freq_factor / low_freq_factor of every model that is known
_USUAL_LENGTH = 8192


def rope_parameters(
    keys: GgufKeys, *, context: int, factors: dict[str, Float64Array]
) -> dict[str, object]:
    """What transformers calls `rope_parameters`, without the share of the head that is turned.

    Args:
        keys: The file's metadata.
        context: Tokens that the model can read.
        factors: The tensors "rope_freqs.weight", "rope_factors_long.weight" and
            "rope_factors_short.weight" if the file has them; (D/2,) each.

    Raises:
        ModelLoadError: The scaling has no counterpart in transformers.
    """
    base = keys.number("rope.freq_base", 10_000.0)
    kind = keys.text("rope.scaling.type", "linear")
    factor = keys.number("rope.scaling.factor", 0) or keys.number("rope.scale_linear", 0) or 1.0
    original = keys.integer("rope.scaling.original_context_length", context) or context
    freqs = factors.get("rope_freqs.weight")
    long = factors.get("rope_factors_long.weight")
    short = factors.get("rope_factors_short.weight")
    found: dict[str, object] = {"rope_theta": base, "rope_type": "default"}
    if kind == "yarn" and freqs is None:
        return found | _yarn(keys, factor, original)
    if kind not in {"none", "linear", "longrope"}:
        raise keys.refusal("rope.scaling.type")
    if long is not None and short is not None and freqs is None:
        return found | {
            "rope_type": "longrope",
            "long_factor": long.tolist(),
            "short_factor": short.tolist(),
            "original_max_position_embeddings": original,
            "attention_factor": keys.number("rope.scaling.attn_factor", 1.0),
        }
    if kind == "longrope":
        raise keys.refusal("rope.scaling.type")
    scaled = kind == "linear" and factor != 1.0
    if freqs is not None:
        scaling = None if scaled else frequency_scaling(freqs, base, context)
        if scaling is None:
            raise ModelLoadError(
                "{path} cannot be converted: its {tensor} scales the positions in a way that "
                "transformers does not know.",
                path=keys.path,
                tensor="rope_freqs.weight",
            )
        return found | scaling
    return found | ({"rope_type": "linear", "factor": factor} if scaled else {})


def _yarn(keys: GgufKeys, factor: float, original: int) -> dict[str, object]:
    if keys.number("rope.scaling.yarn_ext_factor", 1.0) != 1.0:
        raise keys.refusal("rope.scaling.yarn_ext_factor")
    found: dict[str, object] = {
        "rope_type": "yarn",
        "factor": factor,
        "original_max_position_embeddings": original,
        "beta_fast": keys.number("rope.scaling.yarn_beta_fast", 32.0),
        "beta_slow": keys.number("rope.scaling.yarn_beta_slow", 1.0),
    }
    louder = keys.number("rope.scaling.attn_factor", 1.0)
    louder *= keys.number("rope.scaling.yarn_attn_factor", 1.0)
    if louder != 1.0:
        found["attention_factor"] = louder * (0.1 * math.log(factor) + 1.0)
    return found


def frequency_scaling(factors: Float64Array, base: float, context: int) -> dict[str, object] | None:
    """Parameters of Llama 3's scaling whose divisors of the frequencies are these.

    Its divisor is 1 for quick turns and one number for slow ones; in between its inverse is a
    straight line over the frequency, which two points give back.

    Args:
        factors: What each frequency is divided by; (D/2,).
        base: Of the frequencies.
        context: Tokens that the model can read.

    Returns:
        None if no such parameters give the factors to 1e-6.
    """
    turns = base ** (-np.arange(len(factors)) / len(factors)) / (2 * math.pi)  # per token
    if not np.all(np.isfinite(factors)) or np.min(factors) < 1 - _TOLERANCE:
        return None
    most = float(np.max(factors))
    if most <= 1 + _TOLERANCE:
        return {}
    if np.min(factors) >= most * (1 - _TOLERANCE):
        return {"rope_type": "linear", "factor": most}
    original = _USUAL_LENGTH if context > _USUAL_LENGTH else max(context // 2, 1)
    share = (1 / factors - 1 / most) / (1 - 1 / most)  # 0 for slow turns, 1 for quick ones
    for slow, quick in _edges(share, turns):
        for digits in (4, 16):  # round numbers where they do
            low, high = round(original * slow, digits), round(original * quick, digits)
            if not 0 < low < high:
                continue
            between = np.clip((original * turns - low) / (high - low), 0, 1)
            again = 1 / ((1 - between) / most + between)
            if np.allclose(again, factors, rtol=_TOLERANCE, atol=0):
                return {
                    "rope_type": "llama3",
                    "factor": most,
                    "low_freq_factor": low,
                    "high_freq_factor": high,
                    "original_max_position_embeddings": original,
                }
    return None


def _edges(share: Float64Array, turns: Float64Array) -> Iterator[tuple[float, float]]:
    """Where the line over the frequency may begin and end."""
    inside = (share > _TOLERANCE) & (share < 1 - _TOLERANCE)
    if np.count_nonzero(inside) > 1:
        slope, offset = np.polyfit(turns[inside], share[inside], 1)
        if slope > 0:
            yield float(-offset / slope), float((1 - offset) / slope)
    elif np.any(inside):
        (turn,), (height,) = turns[inside], share[inside]
        for ratio in (_USUAL_RATIO, *np.geomspace(1.01, 1000, 200)):
            begin = float(turn / (1 + (ratio - 1) * height))
            yield begin, float(begin * ratio)
    else:
        slow = float(np.max(turns[share < 0.5]))
        gap = float(np.min(turns[share > 0.5])) / slow
        yield slow * gap ** (1 / 3), slow * gap ** (2 / 3)
