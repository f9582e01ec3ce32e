"""What is found out of a model when it is loaded, on small random models of many kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from visualizer.engine.attach import Attachment, attach_capture
from visualizer.engine.attention_records import MetricsRecord, MetricsRequest, RegionRequest
from visualizer.engine.dry_run import are_weights
from visualizer.engine.errors import ModelLoadError, UsageError, VisualizerError
from visualizer.engine.output_projection import written
from visualizer.engine.path_records import PathRequest
from visualizer.engine.reading import Reading
from visualizer.engine.records import HeadRequest

VOCABULARY = 260
SMALL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 128,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
}
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "short_factor": [1.0, 1.1, 1.2, 1.3],
    "long_factor": [1.5, 2.0, 3.0, 4.0],
    "original_max_position_embeddings": 20,
    "factor": 4.0,
}
SWITCHING = {
    "llama": {**SMALL, "max_position_embeddings": 80, "rope_parameters": LONGROPE},
    "phi3": {
        **SMALL,
        "max_position_embeddings": 80,
        "original_max_position_embeddings": 20,
        "rope_parameters": LONGROPE,
        "sliding_window": None,
    },
}
TEXT = np.random.default_rng(3).integers(0, VOCABULARY, 40)


def make(model_type: str, **values: Any) -> PreTrainedModel:
    """A random model with matrices of gain 2, so that no head is uniform."""
    config = AutoConfig.for_model(model_type, **values)
    torch.manual_seed(5)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(0, 2.0 / parameter.shape[-1] ** 0.5)
    return model.requires_grad_(False)


def whole(model: PreTrainedModel, ids: Any) -> tuple[np.ndarray, np.ndarray]:
    """Logits (T, V) and weights (L, H, T, T) by transformers alone."""
    with torch.no_grad():
        output = model(
            input_ids=torch.tensor([list(map(int, ids))]), use_cache=False, output_attentions=True
        )
    return output.logits[0].numpy(), np.stack([layer[0].numpy() for layer in output.attentions])


def check(reading: Reading, reference: PreTrainedModel, ids: np.ndarray) -> None:
    """Last logits and all weights of a text that was just read."""
    logits, weights = whole(reference, ids)
    scale = np.abs(logits).max()
    np.testing.assert_allclose(
        reading.trace.logits(len(ids) - 1), logits[-1], rtol=0, atol=1e-5 * scale
    )
    for layer, heads in enumerate(weights):
        for head, expected in enumerate(heads):
            found = reading.head(HeadRequest(1, layer, head)).weights
            np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


# --------------------------------------------------------------------------------- causality


@pytest.mark.parametrize(
    ("model_type", "values"),
    [
        ("gemma3_text", {**SMALL, "head_dim": 8, "use_bidirectional_attention": True}),
        ("llama", {**SMALL, "is_causal": False}),
        ("xlnet", {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 48, "vocab_size": 260}),
        ("bert", {**SMALL, "is_decoder": False}),
        ("xlm", {"emb_dim": 32, "n_layers": 2, "n_heads": 4, "vocab_size": 260, "n_words": 260}),
    ],
)
def test_a_model_that_sees_the_future_is_refused(model_type, values):
    with pytest.raises(
        ModelLoadError, match="does not predict the next token from the ones before"
    ):
        attach_capture(make(model_type, **values))


def test_a_decoder_whose_configuration_says_nothing_of_it_is_shown(tiny_model):
    model = tiny_model("gpt_neox")
    assert model.config.is_decoder is False
    assert attach_capture(model).mode == "captured"


# ------------------------------------------------------------------ what is handed out as weights


@pytest.mark.parametrize(
    ("layer", "with_sink", "expected"),
    [
        (torch.full((1, 2, 4, 4), 0.25), False, True),
        (torch.full((2, 2, 4, 4), 0.25), False, False),
        (torch.full((1, 4, 4), 0.25), False, False),
        (torch.full((1, 2, 4, 6), 1 / 6), False, False),
        (torch.full((1, 2, 4, 4), 0.2), False, False),
        (torch.full((1, 2, 4, 4), 0.2), True, True),
        (torch.full((1, 2, 4, 4), 0.3), True, False),
        (torch.tensor([-0.5, 0.5, 0.5, 0.5]).expand(1, 2, 4, 4), False, False),
        (torch.full((1, 2, 4, 4), float("nan")), False, False),
        (torch.ones(1, 2, 4, 4, dtype=torch.int64), True, False),
        (None, False, False),
        ((torch.full((1, 2, 4, 4), 0.25),), False, False),
    ],
)
def test_weights_are_told_from_what_is_none(layer, with_sink, expected):
    assert are_weights(layer, 4, with_sink=with_sink) is expected


def test_a_state_that_is_handed_out_as_attentions_is_not_shown():
    model = make("rwkv", hidden_size=32, num_hidden_layers=2, vocab_size=VOCABULARY)
    attachment = attach_capture(model)
    assert attachment.mode == "none"
    assert attachment.layer_heads == (0, 0)


HYBRID = {
    **SMALL,
    "num_hidden_layers": 3,
    "layer_types": ["linear_attention", "full_attention", "linear_attention"],
    "head_dim": 8,
    "linear_num_value_heads": 4,
    "linear_num_key_heads": 2,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "num_experts": 0,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [0, 1, 2],
}


@pytest.fixture(scope="module")
def hybrid() -> Attachment:
    return attach_capture(make("qwen3_next", **HYBRID))


def test_a_hybrid_shows_the_layers_that_have_attention(hybrid):
    assert hybrid.mode == "eager"
    assert hybrid.layer_heads == (0, 4, 0)
    reading = Reading(hybrid, 128)
    reading.read(TEXT)
    with torch.no_grad():
        output = hybrid.model(
            input_ids=torch.tensor([TEXT.tolist()]), use_cache=False, output_attentions=True
        )
    expected = next(layer for layer in output.attentions if layer is not None)[0].numpy()
    for head in range(4):
        found = reading.head(HeadRequest(1, 1, head)).weights
        np.testing.assert_allclose(found, expected[head], rtol=0, atol=1e-5)
    overview = reading.overview(1)
    assert not overview.thumbnails[[0, 2]].any()
    assert overview.thumbnails[1].any(axis=(1, 2)).all()


def test_what_a_hybrid_has_not_is_missing_and_not_zero(hybrid):
    reading = Reading(hybrid, 128)
    reading.read(TEXT)
    (*_, metrics) = reading.metrics(MetricsRequest(1))
    assert isinstance(metrics, MetricsRecord)
    for values in metrics.values.values():
        assert np.isnan(values[[0, 2]]).all()
    assert np.isfinite(metrics.values["entropy"][1]).all()
    (*_, region) = reading.region(RegionRequest(1, (3, 9), (0, 3)))
    assert np.isnan(region.mass[[0, 2]]).all()
    assert (region.mass[1] > 0).all()
    with pytest.raises(UsageError, match=r"Layer 2 of qwen3_next has no attention.*: 1"):
        reading.head(HeadRequest(1, 2, 0))


# --------------------------------------------------------------------- windows and continuations


def test_a_cache_with_a_window_that_the_model_has_not_cuts_nothing():
    values = {**SMALL, "sliding_window": 6, "ffn_dim": 48, "num_codebooks": 2}
    model, reference = make("moshi", **values), make("moshi", **values)
    attachment = attach_capture(model)
    assert attachment.mode == "captured"
    reading = Reading(attachment, 128)
    for n in range(1, len(TEXT) + 1, 3):
        reading.read(TEXT[:n])
    reading.read(TEXT)
    check(reading, reference, TEXT)


@pytest.mark.parametrize("window", [2, 6, 64])
def test_windows_of_any_length_are_found_by_a_short_text(window):
    values = {**SMALL, "sliding_window": window, "max_position_embeddings": 256}
    attachment = attach_capture(make("mistral", **values))
    assert attachment.model.config.sliding_window == window
    assert [spec.window for spec in attachment.specs] == [window, window]
    text = np.resize(TEXT, 90)
    reading = Reading(attachment, 256)
    reading.read(text[:70])
    reading.read(text)
    check(reading, make("mistral", **values), text)


def test_a_mask_that_contradicts_the_window_is_said(tiny_model):
    attachment = attach_capture(tiny_model("mistral"))
    reading = Reading(attachment, 128)
    reading.read(TEXT[:9])
    attachment.model.config.sliding_window = 4
    with pytest.raises(VisualizerError, match="looks at other tokens than its configuration"):
        reading.read(TEXT[:12])
    attachment.model.config.sliding_window = 6
    reading.read(TEXT[:12])


def test_a_continuation_that_differs_makes_every_text_run_as_a_whole(monkeypatch, tiny_model):
    monkeypatch.setattr("visualizer.engine.attach._Continuation.holds", lambda *_: False)
    attachment = attach_capture(tiny_model("llama"))
    assert (attachment.mode, attachment.cache_specs) == ("eager", None)


# ------------------------------------------------------------------------------ length of the text


@pytest.mark.parametrize("model_type", SWITCHING)
@pytest.mark.parametrize(
    "lengths",
    [
        tuple(range(17, 25)),  # typed
        (40,),  # pasted
        (30, 18, 21),  # cut back, and typed again
        (19, 20, 21, 40, 20),
    ],
)
def test_a_text_is_turned_by_its_whole_length(model_type, lengths, monkeypatch):
    monkeypatch.setattr("visualizer.engine.trace._CHUNK", 8)  # pasted in several passes
    values = SWITCHING[model_type]
    attachment, reference = attach_capture(make(model_type, **values)), make(model_type, **values)
    assert attachment.mode == "captured"
    assert attachment.scaling
    reading = Reading(attachment, 80)
    for n in lengths:
        reading.read(TEXT[:n])
        check(reading, reference, TEXT[:n])


def test_dynamic_scaling_leaves_no_trace_of_a_longer_text():
    dynamic = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0}
    values = {**SMALL, "max_position_embeddings": 20, "rope_parameters": dynamic}
    reading = Reading(attach_capture(make("llama", **values)), 80)
    for n in (30, 24, 25, 12, 40, 19, 21):
        reading.read(TEXT[:n])
        check(reading, make("llama", **values), TEXT[:n])  # which has seen no other text


def test_what_would_turn_the_whole_text_is_not_tried_out_after_it():
    reading = Reading(attach_capture(make("llama", **SWITCHING["llama"])), 80)
    reading.read(TEXT[:19])
    assert len(reading.words(PathRequest(1, 18, ((5, 6),))).logprobs[0]) == 2
    with pytest.raises(VisualizerError, match="In a text of 21 tokens llama turns the positions"):
        reading.words(PathRequest(1, 18, ((5, 6, 7),)))


def test_other_models_pay_nothing_for_it(tiny_model):
    assert not attach_capture(tiny_model("llama")).scaling


# ------------------------------------------------------------------------------------- positions


def test_positions_behind_the_padding_token_are_not_promised():
    model = make(
        "roberta", **{**SMALL, "max_position_embeddings": 34, "pad_token_id": 1}, is_decoder=True
    )
    attachment = attach_capture(model)
    assert attachment.most_positions == 32
    assert attachment.uncounted_id == 1
    reading = Reading(attachment, 32)
    reading.read(np.delete(TEXT, np.flatnonzero(TEXT == 1))[:32])
    with pytest.raises(UsageError, match="Token id 1 fills empty places"):
        reading.read(np.array([5, 1, 6]))


def test_tables_that_have_a_row_for_each_position_are_taken_as_they_are(tiny_model):
    assert attach_capture(tiny_model("opt")).most_positions == 128
    assert attach_capture(tiny_model("gpt2")).most_positions == 128
    assert attach_capture(tiny_model("llama")).most_positions is None


def test_a_projection_behind_a_norm_is_no_linear_map_even_where_one_part_is_nothing():
    linear = torch.nn.Linear(8, 5)
    normed = torch.nn.Sequential(torch.nn.RMSNorm(8), linear)
    parts = torch.stack([torch.zeros(8), torch.arange(8.0)])
    with torch.no_grad():
        assert written(linear, parts) is not None
        assert written(normed, parts) is None


@pytest.mark.parametrize("architecture", ["mamba", "bloom"])
def test_a_model_that_draws_random_numbers_has_nothing_true_to_show(
    tiny_model, monkeypatch, architecture
):
    attachment = replace(attach_capture(tiny_model(architecture)), cache_specs=None)
    reading = Reading(attachment, 128)
    reading.read(TEXT[:3])
    block = attachment.blocks[1]
    forward = block.forward
    monkeypatch.setattr(block, "forward", lambda *a, **k: (torch.rand(1), forward(*a, **k))[1])
    reading.read(TEXT[:4])  # which somebody else may draw, too

    def noisy(*args, **kwargs):
        output = forward(*args, **kwargs)
        hidden = output if isinstance(output, torch.Tensor) else output[0]
        hidden += torch.rand_like(hidden)
        return output

    monkeypatch.setattr(block, "forward", noisy)
    with pytest.raises(VisualizerError, match="draws random numbers"):
        reading.read(TEXT[:5])
    with pytest.raises(VisualizerError, match="draws random numbers"):
        attach_capture(attachment.model)
