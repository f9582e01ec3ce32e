"""What the lesson claims of its five prompts, against the models by transformers' own pass."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from visualizer.lessons.uses import CAPABLE_MODEL, USE_KEYS, use_for
from visualizer.locations import bundled_path, cache_path

LEAST_LEAD = 0.02
"""Of the likeliest token before the next: what other processors' rounding cannot turn round."""


def folder_of(model: str) -> Path:
    if model == "tiny":
        return bundled_path("models", "tiny")
    return cache_path("models", model)


@pytest.fixture(scope="module")
def loaded():
    """Models by name, each loaded once; one that is not here is skipped."""
    models = {}

    def load(name):
        folder = folder_of(name)
        if not (folder / "config.json").exists():
            pytest.skip(f"{name} is not here")
        if name not in models:
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
            models[name] = AutoTokenizer.from_pretrained(folder), model.eval()
        return models[name]

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load
    torch.set_num_threads(before)


@torch.no_grad()
def greedy(tokenizer, model, prompt, n_characters):
    """So many characters of what the likeliest tokens write, and the smallest lead of one."""
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt").input_ids
    n_given, lead, text = ids.shape[1], 1.0, ""
    while len(text) < n_characters:
        probs, best = torch.topk(model(ids).logits[0, -1].double().softmax(-1), 2)
        lead = min(lead, float(probs[0] - probs[1]))
        ids = torch.cat([ids, best[None, :1]], dim=1)
        text = tokenizer.decode(ids[0, n_given:])
    return text, lead


@pytest.mark.parametrize("model", ["tiny", pytest.param(CAPABLE_MODEL, marks=pytest.mark.smollm2)])
@pytest.mark.parametrize("key", USE_KEYS)
def test_the_model_goes_on_as_claimed(loaded, key, model):
    use = use_for(key, model)
    if use.trial == "beyond":
        assert model == "tiny"
        return
    assert use.trial == "tried"
    text, lead = greedy(*loaded(model), use.prompt, len(use.continuation))
    assert text.startswith(use.continuation)
    assert lead > LEAST_LEAD


@pytest.mark.parametrize("key", ["translation", "summary"])
def test_what_is_beyond_the_small_model_is_beyond_it(loaded, key):
    use = use_for(key, "tiny")
    assert use.trial == "beyond"
    assert use.prompt == use_for(key, CAPABLE_MODEL).prompt
    text, _ = greedy(*loaded("tiny"), use.prompt, len(use.continuation))
    assert not text.startswith(use.continuation)


def test_other_models_are_given_the_prompts_and_nothing_is_claimed():
    for key in USE_KEYS:
        use = use_for(key, "gpt2")
        assert use.trial == "untried"
        assert use.prompt == use_for(key, "").prompt == use_for(key, CAPABLE_MODEL).prompt
        assert use.continuation.strip()
    with pytest.raises(KeyError):
        use_for("poem", "gpt2")
