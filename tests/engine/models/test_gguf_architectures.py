"""Files written from models of transformers give those models' numbers, setting by setting."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from transformers import AutoModelForCausalLM, PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from tests.engine.models.gguf_files import byte_fields, shaken, tensors_of, write_gguf
from visualizer.engine.errors import ModelLoadError
from visualizer.engine.models import gguf_child

WIDTH, LAYERS, HEADS, GROUPS, DIMS, INNER, VOCABULARY, CONTEXT = 32, 3, 4, 2, 8, 48, 260, 64
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": GROUPS,
    "intermediate_size": INNER,
    "max_position_embeddings": CONTEXT,
    "bos_token_id": None,
    "rms_norm_eps": 1e-6,
    "eos_token_id": 256,
    "pad_token_id": None,
    "tie_word_embeddings": False,
}
FIELDS = {
    ".context_length": CONTEXT,
    ".embedding_length": WIDTH,
    ".block_count": LAYERS,
    ".feed_forward_length": INNER,
    ".attention.head_count": HEADS,
    ".attention.head_count_kv": GROUPS,
}
RMS = {".attention.layer_norm_rms_epsilon": 1e-6}
LAYER_NORM = {".attention.layer_norm_epsilon": 1e-5}
HEAD_128 = {".attention.key_length": 16, ".attention.value_length": 16}
EXPERTS = {".expert_count": 4, ".expert_used_count": 2}
YARN = {
    ".rope.scaling.type": "yarn",
    ".rope.scaling.factor": 4.0,
    ".rope.scaling.original_context_length": 16,
}
HF_YARN = {
    "rope_type": "yarn",
    "rope_theta": 1000.0,
    "factor": 4.0,
    "original_max_position_embeddings": 16,
}


@dataclass
class Case:
    """A model of transformers and what its file says beyond the sizes."""

    architecture: str
    model_type: str
    config: dict[str, Any]
    fields: dict[str, Any]
    extra: Callable[[Any], dict[str, np.ndarray]] | None = None


def _rope(**values: Any) -> dict[str, Any]:
    return {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0} | values}


def _llama3_divisors(model: Any) -> dict[str, np.ndarray]:
    plain = 10000.0 ** -(np.arange(0, DIMS, 2) / DIMS)
    return {"rope_freqs.weight": plain / model.model.rotary_emb.inv_freq.double().numpy()}


LONG = [1.0, 2.0, 3.0, 5.0]


def _long_factors(model: Any) -> dict[str, np.ndarray]:
    return {
        "rope_factors_long.weight": np.array(LONG),
        "rope_factors_short.weight": np.array(LONG) / 2,
    }


LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
QWEN_EXPERTS = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 16,
    "decoder_sparse_step": 1,
}
GRANITE = {
    "embedding_multiplier": 3.0,
    "residual_multiplier": 0.5,
    "attention_multiplier": 0.25,
    "logits_scaling": 4.0,
}

QWEN35 = {
    "head_dim": 16,
    "layer_types": ["linear_attention", "full_attention", "linear_attention"],
    "rope_parameters": {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "partial_rotary_factor": 0.5,
        "mrope_section": [2, 1, 1],
        "mrope_interleaved": True,
    },
    "linear_conv_kernel_dim": 3,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 6,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
}
QWEN35_FIELDS = {
    ".full_attention_interval": 2,
    ".rope.dimension_count": 8,
    ".rope.dimension_sections": [2, 1, 1, 0],
    ".ssm.conv_kernel": 3,
    ".ssm.state_size": 8,
    ".ssm.group_count": 2,
    ".ssm.time_step_rank": 4,
    ".ssm.inner_size": 24,
}

CASES: dict[str, Case] = {
    "llama": Case("llama", "llama", _rope(), RMS),
    "llama tied": Case("llama", "llama", _rope() | {"tie_word_embeddings": True}, RMS),
    "llama wide heads": Case("llama", "llama", _rope() | {"head_dim": 16}, RMS | HEAD_128),
    "llama biases": Case(
        "llama", "llama", _rope() | {"attention_bias": True, "mlp_bias": True}, RMS
    ),
    "llama base": Case(
        "llama", "llama", _rope(rope_theta=1000.0), RMS | {".rope.freq_base": 1000.0}
    ),
    "llama linear": Case(
        "llama",
        "llama",
        _rope(rope_type="linear", factor=4.0),
        RMS | {".rope.scaling.type": "linear", ".rope.scaling.factor": 4.0},
    ),
    "llama linear, untold": Case(
        "llama", "llama", _rope(rope_type="linear", factor=4.0), RMS | {".rope.scale_linear": 4.0}
    ),
    "llama yarn": Case(
        "llama", "llama", {"rope_parameters": HF_YARN}, RMS | YARN | {".rope.freq_base": 1000.0}
    ),
    "llama yarn, all settings": Case(
        "llama",
        "llama",
        {
            "rope_parameters": HF_YARN
            | {"beta_fast": 8.0, "beta_slow": 2.0, "attention_factor": 1.138629436 * 1.5}
        },
        RMS
        | YARN
        | {
            ".rope.freq_base": 1000.0,
            ".rope.scaling.yarn_beta_fast": 8.0,
            ".rope.scaling.yarn_beta_slow": 2.0,
            ".rope.scaling.attn_factor": 1.5,
        },
    ),
    "llama 3 divisors": Case("llama", "llama", _rope(**LLAMA3), RMS, _llama3_divisors),
    "llama window": Case(
        "llama",
        "mistral",
        _rope() | {"sliding_window": 5},
        RMS | {".attention.sliding_window": 5},
    ),
    "llama experts": Case(
        "llama",
        "mixtral",
        _rope() | {"num_local_experts": 4, "num_experts_per_tok": 2},
        RMS | EXPERTS,
    ),
    "granite": Case(
        "granite",
        "granite",
        _rope() | GRANITE,
        RMS
        | {
            ".embedding_scale": 3.0,
            ".residual_scale": 0.5,
            ".attention.scale": 0.25,
            ".logit_scale": 4.0,
        },
    ),
    "qwen2": Case("qwen2", "qwen2", _rope(), RMS),
    "qwen2 window": Case(
        "qwen2",
        "qwen2",
        _rope() | {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 0},
        RMS | {".attention.sliding_window": 5},
    ),
    "qwen2 yarn": Case(
        "qwen2", "qwen2", {"rope_parameters": HF_YARN}, RMS | YARN | {".rope.freq_base": 1000.0}
    ),
    "qwen3": Case("qwen3", "qwen3", _rope() | {"head_dim": 16}, RMS | HEAD_128),
    "qwen2moe": Case(
        "qwen2moe",
        "qwen2_moe",
        _rope() | QWEN_EXPERTS | {"shared_expert_intermediate_size": 24, "norm_topk_prob": False},
        RMS
        | EXPERTS
        | {".expert_shared_feed_forward_length": 24, ".expert_feed_forward_length": 16},
    ),
    "qwen3moe": Case(
        "qwen3moe",
        "qwen3_moe",
        _rope() | QWEN_EXPERTS | {"head_dim": 16, "norm_topk_prob": True},
        RMS | EXPERTS | HEAD_128 | {".expert_feed_forward_length": 16},
    ),
    "qwen3moe unnormalised": Case(
        "qwen3moe",
        "qwen3_moe",
        _rope() | QWEN_EXPERTS | {"head_dim": 16, "norm_topk_prob": False},
        RMS | EXPERTS | HEAD_128 | {".expert_weights_norm": False},
    ),
    "qwen35": Case("qwen35", "qwen3_5_text", QWEN35, RMS | HEAD_128 | QWEN35_FIELDS),
    "qwen35moe": Case(
        "qwen35moe",
        "qwen3_5_moe_text",
        QWEN35
        | {
            "num_experts": 4,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 16,
            "shared_expert_intermediate_size": 24,
        },
        RMS
        | HEAD_128
        | EXPERTS
        | QWEN35_FIELDS
        | {".expert_feed_forward_length": 16, ".expert_shared_feed_forward_length": 24},
    ),
    "phi3": Case(
        "phi3",
        "phi3",
        _rope(partial_rotary_factor=0.5) | {"sliding_window": 5},
        RMS | {".rope.dimension_count": 4, ".attention.sliding_window": 5},
    ),
    "phi3 longrope": Case(
        "phi3",
        "phi3",
        {
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 10000.0,
                "long_factor": LONG,
                "short_factor": [one / 2 for one in LONG],
                "attention_factor": 1.25,
                "original_max_position_embeddings": 16,
            },
            "original_max_position_embeddings": 16,
        },
        RMS | {".rope.scaling.attn_factor": 1.25, ".rope.scaling.original_context_length": 16},
        _long_factors,
    ),
    "gemma": Case(
        "gemma",
        "gemma",
        _rope() | {"head_dim": 16, "tie_word_embeddings": True},
        RMS | HEAD_128,
    ),
    "gemma2": Case(
        "gemma2",
        "gemma2",
        _rope()
        | {
            "head_dim": 16,
            "query_pre_attn_scalar": 16,
            "tie_word_embeddings": True,
            "sliding_window": 5,
            "attn_logit_softcapping": 2.0,
            "final_logit_softcapping": 3.0,
        },
        RMS
        | HEAD_128
        | {
            ".attention.sliding_window": 5,
            ".attn_logit_softcapping": 2.0,
            ".final_logit_softcapping": 3.0,
        },
    ),
    "gemma3": Case(
        "gemma3",
        "gemma3_text",
        {
            "head_dim": 16,
            "query_pre_attn_scalar": 16,
            "tie_word_embeddings": True,
            "sliding_window": 5,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
            "rope_parameters": {
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            },
        },
        RMS
        | HEAD_128
        | {
            ".attention.sliding_window": 5,
            ".attention.sliding_window_pattern": [True, False, True],
            ".rope.freq_base": 1e6,
            ".rope.scaling.type": "linear",
            ".rope.scaling.factor": 8.0,
        },
    ),
    "starcoder2": Case(
        "starcoder2", "starcoder2", _rope(rope_theta=500.0), LAYER_NORM | {".rope.freq_base": 500.0}
    ),
    "stablelm": Case(
        "stablelm",
        "stablelm",
        _rope(partial_rotary_factor=0.5) | {"use_qkv_bias": True},
        LAYER_NORM | {".rope.dimension_count": 4, ".use_parallel_residual": False},
    ),
    "stablelm parallel": Case(
        "stablelm",
        "stablelm",
        _rope(partial_rotary_factor=0.25) | {"use_parallel_residual": True, "qk_layernorm": True},
        LAYER_NORM | {".rope.dimension_count": 2, ".use_parallel_residual": True},
    ),
    "nemotron": Case(
        "nemotron",
        "nemotron",
        _rope(partial_rotary_factor=0.5),
        LAYER_NORM | {".rope.dimension_count": 4},
    ),
    "gpt2": Case(
        "gpt2",
        "gpt2",
        {"n_inner": INNER, "tie_word_embeddings": True},
        LAYER_NORM | {".attention.head_count_kv": HEADS},
    ),
    "bloom": Case(
        "bloom",
        "bloom",
        {"tie_word_embeddings": True},
        LAYER_NORM | {".attention.head_count_kv": HEADS, ".feed_forward_length": 4 * WIDTH},
    ),
    "falcon": Case(
        "falcon",
        "falcon",
        _rope() | {"multi_query": True, "num_kv_heads": 1, "ffn_hidden_size": INNER},
        LAYER_NORM | {".attention.head_count_kv": 1, ".tensor_data_layout": "jploski"},
    ),
    "falcon grouped": Case(
        "falcon",
        "falcon",
        _rope() | {"new_decoder_architecture": True, "num_kv_heads": 2, "ffn_hidden_size": INNER},
        LAYER_NORM,
    ),
    "mamba": Case(
        "mamba",
        "mamba",
        {"expand": 2, "state_size": 4, "conv_kernel": 3, "time_step_rank": 6},
        {
            ".attention.layer_norm_rms_epsilon": 1e-5,
            ".feed_forward_length": 0,
            ".attention.head_count": 0,
            ".attention.head_count_kv": 0,
            ".ssm.inner_size": 2 * WIDTH,
            ".ssm.state_size": 4,
            ".ssm.conv_kernel": 3,
            ".ssm.time_step_rank": 6,
        },
    ),
    "lfm2": Case(
        "lfm2",
        "lfm2",
        _rope()
        | {
            "block_auto_adjust_ff_dim": False,
            "layer_types": ["conv", "full_attention", "conv"],
            "tie_word_embeddings": True,
        },
        {
            ".attention.layer_norm_rms_epsilon": 1e-5,
            ".attention.head_count_kv": [0, GROUPS, 0],
            ".shortconv.l_cache": 3,
        },
    ),
    "gpt-oss": Case(
        "gpt-oss",
        "gpt_oss",
        {
            "rope_parameters": HF_YARN | {"truncate": False, "beta_fast": 32.0, "beta_slow": 1.0},
            "num_local_experts": 4,
            "num_experts_per_tok": 2,
            "head_dim": 16,
            "sliding_window": 5,
        },
        RMS
        | EXPERTS
        | HEAD_128
        | YARN
        | {
            ".rope.freq_base": 1000.0,
            ".attention.sliding_window": 5,
            ".expert_feed_forward_length": INNER,
        },
    ),
}
VARIANTS = {
    *("llama tied", "llama wide heads", "llama base", "llama linear, untold", "llama yarn"),
    *("qwen2 window", "qwen2 yarn", "qwen3moe unnormalised", "phi3", "stablelm", "falcon"),
}
"""Those of which another case tests nearly the same."""
IS_THOROUGH = os.environ.get("VISUALIZER_THOROUGH") == "1"
NAMES_OF_OTHERS = {"gpt2", "bloom"}


def _build(case: Case) -> Any:
    values = SIZES | case.config
    if case.model_type == "mamba":
        values.pop("intermediate_size")
    if case.model_type in NAMES_OF_OTHERS:
        renamed = {"num_hidden_layers": "n_layer", "num_attention_heads": "n_head"}
        if case.model_type == "gpt2":
            renamed |= {"hidden_size": "n_embd", "max_position_embeddings": "n_positions"}
        for kind in ("num_key_value_heads", "intermediate_size"):
            values.pop(kind)
        values = {renamed.get(key, key): value for key, value in values.items()}
    config: PreTrainedConfig = CONFIG_MAPPING[case.model_type](**values)
    config._attn_implementation = "eager"
    names = transformers.models.auto.modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return shaken(getattr(transformers, names[case.model_type])(config))


def _write(case: Case, model: Any, path: Path, **fields: Any) -> Path:
    tensors = tensors_of(model, case.architecture)
    if case.extra:
        tensors |= case.extra(model)
    everything = FIELDS | case.fields | byte_fields(VOCABULARY) | fields
    return write_gguf(path, case.architecture, everything, tensors)


def _logits(model: Any) -> torch.Tensor:
    ids = torch.arange(24)[None] * 7 % 256
    with torch.no_grad():
        return model(ids).logits


def _converted(path: Path) -> Any:
    folder = path.with_suffix("")
    folder.mkdir()
    gguf_child.convert(path, folder)
    return AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()


@pytest.mark.parametrize("name", CASES if IS_THOROUGH else [n for n in CASES if n not in VARIANTS])
def test_a_file_gives_the_numbers_of_the_model_it_was_written_from(
    name: str, tmp_path: Path
) -> None:
    case = CASES[name]
    model = _build(case)
    result = _converted(_write(case, model, tmp_path / "model.gguf"))
    assert result.config.model_type == case.model_type
    expected = _logits(model)
    assert float(expected.std()) > 0.05
    assert float((_logits(result) - expected).abs().max()) < 2e-5 * float(expected.abs().max())


def _plain(tmp_path: Path, **fields: Any) -> Path:
    case = CASES["llama"]
    return _write(case, _build(case), tmp_path / "model.gguf", **fields)


REFUSED = {
    ".attention.causal": (False, "attention.causal = False"),
    ".attention.clamp_kqv": (8.0, "attention.clamp_kqv = 8.0"),
    ".attn_logit_softcapping": (30.0, "attn_logit_softcapping = 30.0"),
    ".logit_scale": (2.0, "logit_scale = 2.0"),
    ".residual_scale": (0.5, "residual_scale = 0.5"),
    ".rope.dimension_count": (4, "rope.dimension_count = 4"),
    ".rope.scaling.type": ("dynamic", "rope.scaling.type = dynamic"),
    ".attention.value_length": (16, "attention.value_length = 16"),
    ".attention.head_count": ([4, 4, 2], r"attention.head_count = \(4, 4, 2\)"),
    ".a.key.of.tomorrow": (3, "a.key.of.tomorrow = 3"),
    "general.type": ("adapter", "general.type = adapter"),
    "tokenizer.ggml.a_key_of_tomorrow": (True, "a_key_of_tomorrow = True"),
    "tokenizer.ggml.model": ("bert", "tokenizer.ggml.model = bert"),
    "tokenizer.ggml.eot_token_id": (5000, "eot_token_id = 5000"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_cannot_be_honoured_is_refused_by_name(key: str, tmp_path: Path) -> None:
    value, sentence = REFUSED[key]
    path = _plain(tmp_path, **{key: value})
    with pytest.raises(ModelLoadError, match=sentence):
        gguf_child.convert(path, tmp_path)


def test_values_that_say_nothing_are_no_reason_to_refuse(tmp_path: Path) -> None:
    harmless = {
        ".attention.causal": True,
        ".attention.clamp_kqv": 0.0,
        ".logit_scale": 1.0,
        ".expert_count": 0,
        ".rope.dimension_count": DIMS,
        ".rope.scaling.finetuned": True,
        "general.sampling.temp": 0.6,
        "quantize.imatrix.file": "somewhere",
        "tokenizer.ggml.fim_pre_token_id": 3,
    }
    gguf_child.convert(_plain(tmp_path, **harmless), tmp_path)


def test_a_text_ends_at_every_token_that_the_file_names_for_it(
    tmp_path: Path, load: Callable[..., Any]
) -> None:
    ends = {"tokenizer.ggml.eot_token_id": 7, "tokenizer.ggml.eom_token_id": 9}
    folder = tmp_path / "folder"
    folder.mkdir()
    gguf_child.convert(_plain(tmp_path, **ends), folder)
    assert load(folder).end_ids == (7, 9, 256)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"blk.1.ffn_up.weight": None}, r"lacks 1 of the weights .* blk\.1\.ffn_up\.weight"),
        ({"token_embd.weight": None}, r"lacks 1 of the weights .* token_embd\.weight"),
        ({"blk.1.attn_q_norm.weight": np.ones(8)}, r"1 tensors .* blk\.1\.attn_q_norm\.weight"),
        ({"rope_freqs.weight": np.array([1.0, 3, 2, 1])}, r"its rope_freqs\.weight scales"),
        ({"rope_freqs.weight": np.ones(5)}, r"does not say llama\.rope\.dimension_count"),
        ({"blk.2.ffn_up.weight": np.ones((40, 32))}, r"shape \[40, 32\].* asks for \[48, 32\]"),
    ],
)
def test_tensors_are_all_used_and_all_there(
    change: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    tensors = tensors_of(_build(CASES["llama"]), "llama") | change
    kept = {name: value for name, value in tensors.items() if value is not None}
    fields = FIELDS | RMS | byte_fields(VOCABULARY)
    path = write_gguf(tmp_path / "model.gguf", "llama", fields, kept)
    with pytest.raises(ModelLoadError, match=sentence):
        gguf_child.convert(path, tmp_path)


def test_the_parts_of_a_split_file_are_joined_or_missed_by_name(tmp_path: Path) -> None:
    model = _build(CASES["llama"])
    tensors = list(tensors_of(model, "llama").items())
    parts = [tensors[:5], tensors[5:20], tensors[20:]]
    files = []
    for number, part in enumerate(parts):
        fields = {"split.no": number, "split.count": 3, "split.tensors.count": len(tensors)}
        if number == 0:
            fields |= FIELDS | RMS | byte_fields(VOCABULARY)
        path = tmp_path / f"model-0000{number + 1}-of-00003.gguf"
        files.append(write_gguf(path, "llama", fields, dict(part)))
    expected = _logits(model)
    for opened in (files[0], files[2]):
        assert torch.allclose(_logits(_converted(opened)), expected, atol=1e-5)
    files[1].rename(tmp_path / "elsewhere")
    with pytest.raises(ModelLoadError, match=r"part 1 of 3 .* model-00002-of-00003\.gguf does not"):
        gguf_child.convert(files[0], tmp_path)
    with pytest.raises(ModelLoadError, match="does not say which"):
        gguf_child.convert(files[0].rename(tmp_path / "first.gguf"), tmp_path)
