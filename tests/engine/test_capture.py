"""The attention function against transformers' own eager attention."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from visualizer.engine import attach
from visualizer.engine.attach import attach_capture
from visualizer.engine.capture import NAME, capture_attention, listening
from visualizer.engine.errors import ModelLoadError, NonFiniteError
from visualizer.engine.records import HeadRequest

TEXT = np.frombuffer(b"The quick brown fox jumps over the lazy dog.", np.uint8).astype(np.int64)


def every_head(reading):
    """(L, H, T, T) weights and the sinks (L, H, T) or None."""
    attachment = reading.attachment
    records = [
        [reading.head(HeadRequest(0, layer, head)) for head in range(attachment.n_heads)]
        for layer in range(attachment.n_layers)
    ]
    weights = np.stack([np.stack([record.weights for record in layer]) for layer in records])
    if records[0][0].sink is None:
        return weights, None
    return weights, np.stack([np.stack([record.sink for record in layer]) for layer in records])


def test_name_has_an_attention_and_a_mask_function():
    assert NAME in AttentionInterface._global_mapping
    assert NAME in AttentionMaskInterface._global_mapping


def test_captured_architectures_equal_eager_attention(captured, new_reading, truth):
    reading = new_reading(captured)
    assert reading.attachment.mode == "captured"
    reading.read(TEXT)
    expected = truth(captured, TEXT)
    weights, _ = every_head(reading)
    np.testing.assert_allclose(weights, expected.weights, rtol=0, atol=1e-5)
    logits = reading.trace.logits_rows(0, len(TEXT)).numpy()
    largest = np.abs(expected.logits).max()
    np.testing.assert_allclose(logits, expected.logits, rtol=0, atol=1e-5 * largest)


def test_captured_rows_sum_to_one_and_see_no_future(captured, new_reading):
    reading = new_reading(captured)
    reading.read(TEXT)
    weights, sinks = every_head(reading)
    future = np.triu(np.ones((len(TEXT), len(TEXT)), bool), k=1)
    assert (weights[..., future] == 0.0).all()
    sums = weights.sum(axis=-1)
    if captured == "gpt_oss":
        assert (sums[sinks > 1e-5] < 1.0).all()
        assert (sinks > 0.1).any()
        sums = sums + sinks
    else:
        assert sinks is None
    np.testing.assert_allclose(sums, 1.0, rtol=0, atol=1e-5)


def test_architectures_that_ignore_the_interface_fall_back_to_eager(eager_only, new_reading, truth):
    reading = new_reading(eager_only)
    assert reading.attachment.mode == "eager"
    assert reading.attachment.model.config._attn_implementation == "eager"
    reading.read(TEXT)
    expected = truth(eager_only, TEXT)
    np.testing.assert_allclose(every_head(reading)[0], expected.weights, rtol=0, atol=1e-5)
    logits = reading.trace.logits_rows(0, len(TEXT)).numpy()
    np.testing.assert_allclose(logits, expected.logits, rtol=1e-5, atol=1e-5)


def test_architecture_without_attention_is_named_so(new_reading, truth):
    reading = new_reading("mamba")
    assert reading.attachment.mode == "none"
    assert reading.attachment.n_heads == 0
    reading.read(TEXT)
    logits = reading.trace.logits_rows(0, len(TEXT)).numpy()
    np.testing.assert_allclose(logits, truth("mamba", TEXT).logits, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("architecture", ["gpt2", "llama", "gemma3"])
def test_half_precision_is_captured_too(tiny_model, architecture, dtype):
    assert attach_capture(tiny_model(architecture).to(dtype)).mode == "captured"


def test_failing_verification_falls_back_to_eager(tiny_model, monkeypatch):
    monkeypatch.setattr(attach, "_weights", lambda spec, query, key, sink: torch.zeros(4, 12, 12))
    attachment = attach_capture(tiny_model("llama"))
    assert attachment.mode == "eager"
    assert attachment.model.config._attn_implementation == "eager"


def test_head_that_contradicts_the_model_is_refused(tiny_model, monkeypatch):
    monkeypatch.setattr(
        attach.OutputHead, "logits", lambda self, hidden: torch.zeros(len(hidden), 260)
    )
    with pytest.raises(ModelLoadError, match="llama cannot be shown: its logits"):
        attach_capture(tiny_model("llama"))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_non_finite_weights_are_refused(tiny_model, value):
    model = tiny_model("gpt2")
    with torch.no_grad():
        model.transformer.ln_f.weight[3] = value
    with pytest.raises(NonFiniteError, match="not finite"):
        attach_capture(model)


def test_output_head_leaves_the_model_as_it_was(tiny_model):
    model = tiny_model("gemma2")
    attachment = attach_capture(model)
    with pytest.raises(RuntimeError):
        attachment.head.logits(torch.zeros(2, 7))
    assert "forward" not in attachment.body.__dict__
    assert model(input_ids=torch.tensor([[1, 2, 3]])).logits.shape == (1, 3, 260)


class _Layer(torch.nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.num_key_value_groups = groups
        self.is_causal = True


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("n_rows", [1, 3, 20])
@pytest.mark.parametrize("biased", [False, True])
def test_output_equals_the_library_s_fused_attention(groups, n_rows, biased):
    generator = torch.Generator().manual_seed(n_rows)
    n_columns, shared = 25, 2
    query = torch.randn(1, n_rows, shared * groups, 8, generator=generator).transpose(1, 2)
    key = torch.randn(1, shared, n_columns, 8, generator=generator)
    value = torch.randn(1, shared, n_columns, 6, generator=generator)
    rows = torch.arange(n_columns - n_rows, n_columns)[:, None]
    past = torch.arange(n_columns) <= rows
    mask = torch.where(past, 0.0, torch.finfo(torch.float32).min)[None, None]
    options = {"scaling": 0.3}
    if biased:
        options["position_bias"] = torch.randn(
            1, shared * groups, n_rows, n_columns, generator=generator
        )
    layer = _Layer(groups)
    ours, weights = capture_attention(layer, query, key, value, mask, **options)
    theirs, _ = sdpa_attention_forward(layer, query, key, value, mask, **options)
    assert weights is None
    assert ours.shape == (1, n_rows, shared * groups, 6)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=2e-6)


def test_listener_is_gone_after_an_error():
    calls = []

    class Listener:
        def take(self, module, query, key):
            calls.append(query.shape)

    states = torch.zeros(1, 2, 3, 4)
    with pytest.raises(AttributeError), listening(Listener()):
        capture_attention(_Layer(1), states, None, states)
    capture_attention(_Layer(1), states, states, states)
    assert calls == [(1, 2, 3, 4)]
