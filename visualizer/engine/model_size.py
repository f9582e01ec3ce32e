"""How large a model becomes, before any of it is built: no larger than its files can fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.policy import EXPERT_KEYS, LAYER_KEYS, CheckedFolder

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

_MOST_TIMES = 2
_ALLOWANCE = 1 << 26
"""Numbers that need not be in the files: tables of positions and masks, which a library makes."""


def count_elements(
    model_class: type[PreTrainedModel], config: PreTrainedConfig, checked: CheckedFolder
) -> int:
    """How many numbers the model will hold: the larger of what it declares and what is there.

    Raises:
        ModelLoadError: The configuration asks for much more than the files hold.
    """
    _check_modules(checked)
    with torch.device("meta"):
        empty = model_class(config)
    declared = sum(parameter.numel() for parameter in empty.parameters())
    made = sum(buffer.numel() for buffer in empty.buffers())
    if declared + made > _MOST_TIMES * checked.n_elements + _ALLOWANCE:
        raise ModelLoadError(
            "The configuration in {path} asks for {n:,.0f} million numbers, and there are "
            "{held:,.1f} million in its weights, so the model was refused.",
            path=checked.path,
            n=(declared + made) / 1e6,
            held=checked.n_elements / 1e6,
        )
    return max(declared, checked.n_elements)


def _check_modules(checked: CheckedFolder) -> None:
    """Each layer has a tensor, and each expert a tensor or a row of one."""
    n_tensors = len(checked.tensors)
    longest = max((max(t.shape, default=1) for t in checked.tensors.values()), default=1)
    nested = [part for part in checked.config.values() if isinstance(part, dict)]
    for part in (checked.config, *nested):
        for keys, most in ((LAYER_KEYS, n_tensors), (EXPERT_KEYS, max(n_tensors, longest))):
            for key in keys:
                value = part.get(key)
                if isinstance(value, int) and value > most:
                    raise ModelLoadError(
                        "The configuration in {path} says {key} = {value}, and there are too few "
                        "weights for that.",
                        path=checked.path,
                        key=key,
                        value=value,
                    )
