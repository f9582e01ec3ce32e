"""The last token's vector and the softmax of a whole vocabulary, against transformers itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from visualizer.lessons.forward_walk import softmax_steps, vector_by_block
from visualizer.locations import bundled_path


@pytest.fixture(scope="module")
def outputs():
    folder = bundled_path("models", "tiny")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = torch.tensor([AutoTokenizer.from_pretrained(folder)("Once upon a time")["input_ids"]])
    with torch.no_grad():
        return model(ids, output_hidden_states=True)


def test_softmax_from_the_likeliest_alone_is_that_over_all(outputs):
    logits = outputs.logits[0, -1].double()
    largest = logits.topk(10).values.numpy()
    whole = logits.softmax(-1)
    seen = softmax_steps(largest, float(whole.max()))
    np.testing.assert_allclose(seen.probabilities, whole.topk(10).values.numpy(), rtol=1e-9)
    expected = float(torch.exp(logits - logits.max()).sum())
    assert seen.total == pytest.approx(expected, rel=1e-9)
    assert seen.powers[0] == 1


def test_the_vector_is_followed_from_block_to_block(outputs):
    stream = torch.stack(outputs.hidden_states)[:, 0].numpy()  # (L + 1, T, C)
    n_layers = len(stream) - 1
    seen = vector_by_block(stream, n_layers)
    last = stream[:, -1].astype(np.float64)
    np.testing.assert_allclose(seen.lengths, [np.linalg.norm(v) for v in last])
    cosine = last @ last[-1] / np.linalg.norm(last, axis=1) / np.linalg.norm(last[-1])
    np.testing.assert_allclose(seen.likeness, cosine)
    np.testing.assert_allclose(seen.added, [np.linalg.norm(b - a) for a, b in pairwise(last)])
    assert seen.likeness[-1] == pytest.approx(1)
