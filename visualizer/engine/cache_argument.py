"""How a model wants to be given a cache."""

from __future__ import annotations

import inspect

from torch import nn


def cache_argument(model: nn.Module) -> str:
    """The name of the argument of `model.forward` that takes a cache.

    It is "cache" from version 5.24 of transformers on, where the older "past_key_values" warns.
    """
    known = inspect.signature(type(model).forward).parameters
    return "cache" if "cache" in known else "past_key_values"
