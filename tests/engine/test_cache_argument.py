"""A model of this version of transformers takes the cache under the name that is found for it."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import DynamicCache

from visualizer.engine.cache_argument import cache_argument


@pytest.mark.parametrize("architecture", ["llama", "gpt2", "bloom", "gemma2"])
def test_a_cache_that_is_given_so_is_used_without_a_warning(tiny_model, architecture):
    model = tiny_model(architecture)
    for part in (model, model.base_model):
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            part(torch.tensor([[1, 2, 3]]), use_cache=True, **{cache_argument(part): cache})
        assert cache.get_seq_length() == 3


def test_the_older_name_where_the_newer_is_not_known():
    class Older(nn.Module):
        def forward(self, input_ids, past_key_values=None):
            return input_ids

    class Newer(nn.Module):
        def forward(self, input_ids, cache=None):
            return input_ids

    assert cache_argument(Older()) == "past_key_values"
    assert cache_argument(Newer()) == "cache"
