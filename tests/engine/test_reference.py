"""SmolLM2-135M against reference numbers: transformers' eager attention, float32, CPU."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from visualizer.engine.engine import LocalEngine
from visualizer.engine.records import ForwardRequest, HeadRequest, LoadRequest, Prompt
from visualizer.engine.sampling import SamplingParams, shape_distribution
from visualizer.locations import cache_path

pytestmark = pytest.mark.smollm2

REFERENCE = json.loads((Path(__file__).parent / "data" / "smollm2-135m.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def engine():
    folder = cache_path("models", "smollm2-135m")
    if not (folder / "config.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    engine = LocalEngine()
    engine.load(LoadRequest(0, "smollm2-135m", folder, device="cpu"), print)
    return engine


@pytest.fixture(autouse=True)
def _all_threads():
    torch.set_num_threads(2)


def softmax(logits):
    exponentials = np.exp(logits.astype(np.float64) - logits.max())
    return exponentials / exponentials.sum()


@pytest.mark.parametrize("prompt", REFERENCE["prompts"], ids=lambda prompt: prompt["text"][:20])
def test_predictions(engine, prompt):
    answers = list(engine.answer(ForwardRequest(0, Prompt(prompt["text"]), with_overview=False)))
    forward, surprise = answers[0], answers[-1]
    assert forward.tokenization.ids.tolist() == prompt["ids"]
    probs = softmax(forward.logits)
    for candidate in prompt["top"]:
        assert probs[candidate["id"]] == pytest.approx(candidate["prob"], abs=1e-4)
        assert forward.logits[candidate["id"]] == pytest.approx(candidate["logit"], abs=1e-3)
        piece = engine._in_use().record.tokenizer.token_bytes(candidate["id"])
        assert piece.decode("utf-8", "replace") == candidate["text"]
    order = np.lexsort((np.arange(len(probs)), -forward.logits))[: len(prompt["top"])]
    assert order.tolist() == [candidate["id"] for candidate in prompt["top"]]
    logprobs = [np.nan if value is None else value for value in prompt["token_logprobs"]]
    np.testing.assert_allclose(np.exp(surprise.logprobs), np.exp(logprobs), rtol=0, atol=1e-4)
    np.testing.assert_allclose(surprise.logprobs, logprobs, rtol=0, atol=1e-3)
    assert surprise.entropies_bits[-1] == pytest.approx(prompt["entropy_bits"], abs=1e-3)
    shaped = shape_distribution(forward.logits, SamplingParams())
    assert shaped.entropy_bits == pytest.approx(prompt["entropy_bits"], abs=1e-3)


def test_attention(engine):
    for row in REFERENCE["attention"]:
        next(engine.answer(ForwardRequest(0, Prompt(row["text"]))))
        (head,) = engine.answer(HeadRequest(0, row["layer"], row["head"]))
        np.testing.assert_allclose(head.weights, row["weights"], rtol=0, atol=1e-4)


def test_typing_letter_by_letter_gives_the_reference(engine):
    prompt = REFERENCE["prompts"][1]
    next(engine.answer(ForwardRequest(0, Prompt("Something else"))))
    for stop in range(len(prompt["text"]) - 6, len(prompt["text"]) + 1):
        request = ForwardRequest(0, Prompt(prompt["text"][:stop]), with_overview=False)
        record = next(engine.answer(request))
    probs = softmax(record.logits)
    for candidate in prompt["top"]:
        assert probs[candidate["id"]] == pytest.approx(candidate["prob"], abs=1e-4)
