"""SmolLM2-135M: treated heads and tiles of 2,048 tokens against transformers' eager attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from visualizer.engine.engine import LocalEngine
from visualizer.engine.granularity import unit_starts
from visualizer.engine.records import (
    ForwardRequest,
    HeadRequest,
    LoadRequest,
    Prompt,
    TileRequest,
)
from visualizer.engine.treatment import HIDDEN, Treatment
from visualizer.locations import cache_path

pytestmark = pytest.mark.smollm2

LAYERS = (3, 7)
SHORT = (
    "<|im_start|>user\nWhat is 3.14? It isn't a whole number, is it?<|im_end|>\n"
    "A journey of a thousand miles begins with a single step. 千里之行，始于足下。"
)


@pytest.fixture(scope="module")
def folder():
    folder = cache_path("models", "smollm2-135m")
    if not (folder / "config.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    return folder


@pytest.fixture(autouse=True)
def _all_threads():
    torch.set_num_threads(2)


@pytest.fixture(scope="module")
def engine(folder):
    engine = LocalEngine()
    engine.load(LoadRequest(0, "smollm2-135m", folder, device="cpu"), print)
    return engine


@pytest.fixture(scope="module")
def eager(folder):
    """`eager(ids)`: weights (H, T, T) of each of LAYERS, by transformers alone."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
    del model.model.layers[max(LAYERS) + 1 :]  # nobody looks at those

    def compute(ids):
        found = {}
        handles = [
            model.model.layers[layer].self_attn.register_forward_hook(
                lambda _, __, output, layer=layer: found.update({layer: output[1][0].numpy()})
            )
            for layer in LAYERS
        ]
        with torch.no_grad():
            model.model(input_ids=torch.tensor([ids]), use_cache=False)
        for handle in handles:
            handle.remove()
        return found

    return compute


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_treatments(engine, eager, plainly_treated):
    (record,) = engine.answer(
        ForwardRequest(
            0, Prompt(SHORT, parse_special=True), with_overview=False, with_surprise=False
        )
    )
    tokenization = record.tokenization
    weights = eager(tokenization.ids.tolist())
    special_ids = engine._in_use().record.tokenizer.special_ids
    special = np.isin(tokenization.ids, list(special_ids))
    assert special.any()
    for treatment in (
        Treatment(("first",), discount=True),
        Treatment(HIDDEN, top_mass=0.9),
        Treatment(granularity="words"),
        Treatment(("first", "special"), discount=True, granularity="sentences"),
    ):
        starts = unit_starts(tokenization, special_ids, treatment.granularity)
        for members in (((3, 4),), ((3, 0), (7, 8))):
            *_, head = engine.answer(HeadRequest(1, 3, 4, members=members, treatment=treatment))
            mean = np.mean([weights[layer][head] for layer, head in members], axis=0)
            close(head.weights, plainly_treated(mean, treatment, special, starts))


@pytest.mark.timeout(400)
def test_tiles_and_pooled_maps_of_2048_tokens(engine, eager):
    ids = np.random.default_rng(1).integers(0, 49_152, 2048)
    ids[::2] = ids[::-2]  # what is repeated is looked at
    prompt = Prompt("", token_ids=tuple(ids.tolist()))
    request = ForwardRequest(0, prompt, with_overview=False, with_surprise=False)
    for _ in engine.answer(request):
        pass
    weights = eager(ids.tolist())
    for layer, head, rows, columns in (
        (3, 0, (1200, 2000), (0, 800)),
        (7, 5, (1500, 2048), (1400, 2048)),
    ):
        *_, tile = engine.answer(TileRequest(0, layer, head, rows, columns))
        close(tile.weights, weights[layer][head, slice(*rows), slice(*columns)])
        *_, pooled = engine.answer(HeadRequest(0, layer, head, most_cells=512))
        cells = weights[layer][head].reshape(512, 4, 512, 4).max(axis=(1, 3))
        close(pooled.weights, cells)
