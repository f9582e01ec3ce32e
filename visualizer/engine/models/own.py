"""Architectures of our own, beside those of transformers: their names, without loading them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

TUTORIAL_TYPE = "visualizer_tutorial"
"""The tutorial's `TransformerModel`, as a lesson's training leaves it."""

_MODULES = {TUTORIAL_TYPE: "visualizer.engine.models.tutorial_transformer"}

OWN_TYPES = frozenset(_MODULES)
"""Every `model_type` that is defined here and not in transformers."""


def own_classes(model_type: str) -> tuple[type[PreTrainedModel], type[PreTrainedConfig]]:
    """The causal model and the configuration of one of `OWN_TYPES`."""
    module: Any = import_module(_MODULES[model_type])
    return module.CAUSAL_MODEL, module.CONFIGURATION
