"""The metadata of a GGUF file, read so that nothing in it is passed over in silence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.gguf_headers import GgufHeader, GgufValue

_INFORMATION = frozenset({"rope.scaling.finetuned", "rope.scaling.original_context_length"})
"""What changes no number by itself; the length is read with the scaling that needs it."""

_NEUTRAL: Mapping[str, tuple[GgufValue, ...]] = {
    "attention.causal": (True,),
    "use_parallel_residual": (),
    "tensor_data_layout": ("", "reference", "jploski", "Meta AI original pth"),
    **dict.fromkeys(
        (
            *("residual_scale", "embedding_scale", "logit_scale", "expert_weights_scale"),
            *("rope.scaling.factor", "rope.scale_linear", "rope.scaling.attn_factor"),
            *("rope.scaling.yarn_attn_factor", "attention.output_scale", "expert_group_count"),
            *("expert_group_used_count", "moe_every_n_layers", "interleave_moe_layer_step"),
        ),
        (0, 1),
    ),
}
"""Values with which a key that nobody read says nothing; for all others 0, False and "" do."""


class GgufKeys:
    """The fields below `{architecture}.`; each that is read is noted.

    Args:
        path: The file, for sentences.
        header: What it says of itself.
    """

    def __init__(self, path: Path, header: GgufHeader) -> None:
        self.path = path
        self.architecture = header.architecture
        prefix = f"{header.architecture}."
        self._fields = {
            key.removeprefix(prefix): value
            for key, value in header.fields.items()
            if key.startswith(prefix)
        }
        self._unread = set(self._fields) - _INFORMATION

    def __contains__(self, key: str) -> bool:
        return key in self._fields

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number, or the one number of a list in which all are the same.

        Raises:
            ModelLoadError: It is missing and has no default, or is no such number.
        """
        value = self._one(key)
        if value is None and default is not None:
            return default
        if type(value) is not int or not 0 <= value < 1 << 31:
            raise self.refusal(key)
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number; ModelLoadError as in `integer`."""
        value = self._one(key)
        if value is None and default is not None:
            return default
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.refusal(key)
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or False; ModelLoadError as in `integer`."""
        value = self._one(key)
        if value is None:
            return default
        if type(value) is not bool:
            raise self.refusal(key)
        return value

    def text(self, key: str, default: str) -> str:
        """A text; ModelLoadError as in `integer`."""
        value = self._one(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.refusal(key)
        return value

    def per_layer(self, key: str, n_layers: int) -> tuple[int, ...]:
        """A whole number for each layer; one that is given once counts for all."""
        value = self._fields.get(key)
        self._unread.discard(key)
        values = value if isinstance(value, tuple) else (value,) * n_layers
        found = tuple(int(one) for one in values if isinstance(one, bool | int))
        if len(found) != n_layers or len(values) != n_layers or min(found) < 0:
            raise self.refusal(key)
        return found

    def refusal(self, key: str) -> ModelLoadError:
        """The sentence for a key whose value cannot be honoured."""
        if key not in self._fields:
            return ModelLoadError(
                "{path} cannot be converted: it does not say {key}.",
                path=self.path,
                key=f"{self.architecture}.{key}",
            )
        return cannot_honour(self.path, f"{self.architecture}.{key}", self._fields[key])

    def refuse_unread(self) -> None:
        """Refuse a file with a value that nobody read and that could change the numbers."""
        for key in sorted(self._unread):
            value = self._fields[key]
            values = value if isinstance(value, tuple) else (value,)
            neutral = _NEUTRAL.get(key, (0, ""))
            if any(one not in neutral for one in values):
                raise self.refusal(key)

    def _one(self, key: str) -> GgufValue | None:
        self._unread.discard(key)
        value = self._fields.get(key)
        if isinstance(value, tuple) and len(set(value)) == 1:
            return value[0]
        return value


def cannot_honour(path: Path, key: str, value: object) -> ModelLoadError:
    """The sentence for a setting of a file that the model here cannot follow."""
    return ModelLoadError(
        "{path} cannot be converted: it says {key} = {value}, which cannot be honoured here. Use "
        "the model in Hugging Face format instead.",
        path=path,
        key=key,
        value=str(value)[:80],
    )
