"""One small random model of any causal architecture that transformers has, as a folder.

Sizes are found in the configuration's own defaults: every key that names a size is made small,
every list with one entry a layer is made as short as the model, and everything else is left as
the library has it. What does not fit into that is in `EXCEPTIONS`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
)

VOCABULARY = 260
"""Of every model: each byte, an end of text, and three ids that are never text."""

GAIN = 1.8
"""Of every matrix: at the library's own, far smaller, each head would look at all tokens alike."""

_HEADS, _HEAD_WIDTH = 4, 8


def _keyed(names_by_value: Mapping[int, str]) -> dict[str, int]:
    return {name: value for value, names in names_by_value.items() for name in names.split()}


_SIZES = _keyed(
    {
        32: """hidden_size n_embd d_model emb_dim embedding_dim embedding_size lru_width
            attention_hidden_size word_embed_proj_dim input_embedding_size output_embedding_size
            backbone_hidden_size hidden_size_global pronunciation_embed_dim shape_embed_dim
            out_hidden_size""",
        _HEADS: """num_attention_heads n_head n_heads num_heads attention_heads num_query_groups
            decoder_attention_heads encoder_attention_heads num_decoder_attention_heads
            num_encoder_attention_heads swa_num_attention_heads linear_num_heads
            linear_num_key_heads linear_num_value_heads num_experts num_local_experts
            n_routed_experts moe_num_experts zero_expert_num num_centroids gated_norm_rank
            hc_lowrank laurel_rank adapter_rank time_step_rank mamba_dt_rank""",
        _HEAD_WIDTH: """head_dim kv_channels d_head dim_head d_kv attention_head_size swa_head_dim
            linear_head_dim linear_key_head_dim linear_value_head_dim qk_nope_head_dim
            qk_rope_head_dim global_head_dim state_size ssm_state_size mamba_d_state mamba_n_heads
            mamba_num_heads n_mamba_heads mamba_d_head mamba_head_dim mamba_headdim
            hidden_size_per_layer_input d_rel index_head_dim index_topk index_topk_blocks
            chunk_size mamba_chunk_size block_size index_block_size""",
        12: "v_head_dim",
        48: """intermediate_size ffn_dim decoder_ffn_dim encoder_ffn_dim dff dim_ff d_inner n_inner
            ffn_hidden_size d_ff moe_intermediate_size feed_forward_size shared_intermediate_size
            shared_expert_intermediate_size moe_shared_expert_intermediate_size mlp_dim
            intermediate_size_mlp expert_ffn_hidden_size dense_intermediate_size
            shared_experts_intermediate_size router_hidden_size""",
        # many index heads: with few, most scores are 0, and which keys are chosen is luck
        16: """q_lora_rank kv_lora_rank o_lora_rank index_n_heads rel_extent floor_scale
            log_scaling_n_floor""",
        2: """num_experts_per_tok num_experts_per_token moe_topk moe_top_k moe_k top_k_experts
            n_langs type_vocab_size""",
        1: "n_group num_expert_group topk_group n_groups",
        6: """sliding_window attention_window_size local_attention window_size sliding_window_size
            attention_chunk_size local_attention_window_len""",
        128: """max_position_embeddings n_positions n_ctx max_seq_len context_length
            max_target_positions max_source_positions original_max_position_embeddings
            model_max_length""",
        VOCABULARY: """vocab_size decoder_vocab_size vocab_size_per_layer_input
            pronunciation_vocab_size shape_vocab_size unpadded_vocab_size output_vocab_size""",
    }
)
_LAYER_COUNTS = frozenset(
    (
        *("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_blocks", "depth"),
        *("decoder_layers", "encoder_layers", "num_decoder_layers", "num_encoder_layers"),
    )
)
_LAYER_KINDS = frozenset(
    (
        *("layer_types", "layers_block_type", "mlp_layer_types", "attention_layers"),
        *("indexer_types", "layer_rope_theta", "no_rope_layers"),
        *("num_attention_heads_per_layer", "activation_sparsity_pattern"),
    )
)
_KEY_VALUE_HEADS = frozenset(
    ("num_key_value_heads", "num_kv_heads", "swa_num_key_value_heads", "kv_n_heads")
)
_SPECIAL_IDS = {"bos_token_id": 257, "eos_token_id": 256, "pad_token_id": 258}
_NEVER_READ = 259
"""For pictures, sound and masks: an id that no text has."""

_ONE_ATTENTION = ["linear_attention", "full_attention"]
_HEAD = {"head_dim": _HEAD_WIDTH}

EXCEPTIONS: dict[str, dict[str, Any]] = {
    # recurrences, with the attention layers that published models have
    "bamba": {"num_hidden_layers": 4, "attn_layer_indices": [1, 3]},
    "granitemoehybrid": {"num_hidden_layers": 4, "layer_types": _ONE_ATTENTION * 2},
    "jamba": {"num_hidden_layers": 4, "attn_layer_period": 2, "attn_layer_offset": 1},
    "lfm2": {"layer_types": ["conv", "full_attention"] * 2, "num_hidden_layers": 4},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2, "num_hidden_layers": 4},
    "recurrent_gemma": {"num_hidden_layers": 3},
    "falcon_h1": {"mamba_d_ssm": 64},
    "mamba2": {"num_heads": 8},
    "zamba": {"attention_hidden_size": 64, "attention_head_dim": 16},
    "zamba2": {"attention_hidden_size": 64, "attention_head_dim": 16, "kv_channels": 16},
    # what comes into play in long texts only
    "deepseek_v4": {
        "compress_rates": {"compressed_sparse_attention": 4, "heavily_compressed_attention": 8}
    },
    "minimax_m3_vl_text": {
        "layer_types": ["full_attention", "minimax_m3_sparse"],
        "index_n_heads": 2,
        "index_topk_blocks": 2,
    },
    # of keys beyond the window, equal tokens make a tie, which transformers breaks by chance
    "doge": {"keep_window_size": 128},
    # sizes that hang together
    "codegen": {"rotary_dim": 4},
    "gptj": {"rotary_dim": 4},
    "falcon": {"ffn_hidden_size": 48},
    "cpmant": {"prompt_length": 4, "position_bias_num_buckets": 16},
    "reformer": {
        "axial_pos_shape": [8, 16],
        "axial_pos_embds_dim": [8, 24],
        "local_attn_chunk_length": 8,
        "lsh_attn_chunk_length": 8,
        "num_buckets": 4,
    },
    "nemotron": {**_HEAD, "num_key_value_heads": 2},
    "ministral": _HEAD,
    "hunyuan_v1_dense": _HEAD,
    "hunyuan_v1_moe": _HEAD,
    "deepseek_v2": {"num_experts_per_tok": 2, "moe_intermediate_size": 16},
    "dots1": {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_shared_experts": 1},
    "dots3_note_text": {
        "head_dim": 16,
        "per_layer_config": None,
        "swa_num_attention_heads": 4,
        "swa_num_key_value_heads": 4,
        "swa_q_lora_rank": 16,
        "swa_kv_lora_rank": 16,
        "swa_head_dim": 16,
        "swa_qk_nope_head_dim": 8,
        "swa_v_head_dim": 12,
    },
    "dots3_note_vision_encoder": {
        "per_layer_config": None,
        "adapter_in_dim": 32,
        "adapter_out_dim": 32,
    },
    "dots3_note_audio_encoder": {
        "adapter_input_size": 32,
        "adapter_out_dim": 32,
        "downsample_hidden_size": 8,
    },
    "laguna": {"num_attention_heads_per_layer": [4, 4, 4, 4]},
    "qwen4_exp_text": {
        "indexer_n_heads": 16,
        "indexer_kv_heads": 1,
        "indexer_head_dim": 8,
        "indexer_budget": 16,
        "indexer_compress_ratio": 4,
    },
    "gemma3n_text": {"num_kv_shared_layers": 2},
    "emu3": {
        "vocabulary_map": {"<image>": 259, "<|extra_200|>": 255, "<|visual token 000000|>": 254}
    },
    "encodec": {"num_filters": 4, "codebook_size": 16, "codebook_dim": 32},
    "emu3_vqgan": {"base_channels": 32, "codebook_size": 16},
    "minicpm3": {"scale_emb": 2},
    "xmod": {"default_language": "en_XX"},
    "xlm": {"n_langs": 1},
    "cohere_compass_text": {
        "rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 1e4}}
    },
    "dbrx": {
        "attn_config": {"kv_n_heads": 2, "rope_theta": 1e4, "clip_qkv": 8.0},
        "ffn_config": {"hidden_size": 32},
    },
    "blt": {"encoder_hash_byte_group_vocab": 128},
}
"""Per architecture, what the rule above gets wrong: a value, or None to leave the default."""

_WITH_SOUND = {"text_encoder": {"model_type": "t5"}, "audio_encoder": {"model_type": "encodec"}}
_NEEDED: dict[str, dict[str, Any]] = {
    "musicgen": _WITH_SOUND,
    "musicgen_melody": _WITH_SOUND,
    "gemma4_assistant": {
        "text_config": {
            "model_type": "gemma4_text",
            "hidden_size_per_layer_input": 0,
            "vocab_size_per_layer_input": 0,
        }
    },
}
"""What a configuration cannot be made without."""

NOT_BUILT: dict[str, str] = {"gemma3n": "its part for pictures needs the library timm"}
"""Architectures of which no small model can be built here, with the reason."""


def causal_types() -> tuple[str, ...]:
    """Every `model_type` that the installed transformers has a causal model for."""
    return tuple(sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES))


def small_config(model_type: str, **overrides: Any) -> PreTrainedConfig:
    """The configuration of a small model.

    Args:
        model_type: As in `config.json`.
        overrides: Keys of the configuration that are to have these values.
    """
    config_class: Any = CONFIG_MAPPING[model_type]
    values = _shrunk(config_class(**_NEEDED.get(model_type, {})).to_dict())
    _merge(values, overrides)
    config: PreTrainedConfig = config_class(**values)
    return config


def _shrunk(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Small values for every key of `defaults` that is a size; parts of the model included."""
    values: dict[str, Any] = {}
    kinds = {
        key: list(dict.fromkeys(value))
        for key, value in defaults.items()
        if key in _LAYER_KINDS and isinstance(value, list) and value
    }
    n_layers = 4 if any(len(found) > 1 for found in kinds.values()) else 2
    n_layers = max([n_layers, *(len(found) for found in kinds.values())])
    for key, value in defaults.items():
        if isinstance(value, dict) and key.endswith(("_config", "decoder", "_encoder")):
            values[key] = _shrunk(value)
        elif key in kinds:
            values[key] = [kinds[key][i % len(kinds[key])] for i in range(n_layers)]
        elif key == "is_decoder":
            values[key] = True
        elif value is None or isinstance(value, bool):
            continue
        elif key in _LAYER_COUNTS:
            values[key] = n_layers
        elif key in _SIZES:
            values[key] = min(value, _SIZES[key]) if isinstance(value, int) else _SIZES[key]
        elif key in _KEY_VALUE_HEADS:
            heads = defaults.get("num_attention_heads")
            values[key] = value if value == 1 else _HEADS if value == heads else 2
        elif key.endswith(("_token_id", "_token_index")) and value != 0:
            values[key] = _special_id(key, value)
    _merge(values, EXCEPTIONS.get(defaults.get("model_type", ""), {}))
    return values


def _special_id(key: str, value: Any) -> Any:
    ids = value if isinstance(value, list) else [value]
    if all(0 <= token_id < VOCABULARY for token_id in ids):
        return value
    return _SPECIAL_IDS.get(key, _NEVER_READ)


def _merge(values: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, change in changes.items():
        if isinstance(change, dict) and isinstance(values.get(key), dict):
            _merge(values[key], change)
        elif change is None and key in values:
            del values[key]
        else:
            values[key] = change


def build(model_type: str, *, seed: int = 0, **overrides: Any) -> PreTrainedModel:
    """A small random model in evaluation mode, of the class that is published as a folder."""
    config = small_config(model_type, **overrides)
    torch.manual_seed(seed)
    model: PreTrainedModel = model_class(model_type)(config)
    _randomise(model, seed)
    return model.eval()


def model_class(model_type: str) -> Any:
    """The class whose weights are published under this `model_type`.

    Where the causal model is the text half of a composite one, that is the composite one.
    """
    name = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[model_type]
    causal = getattr(transformers, name)
    config_class: Any = CONFIG_MAPPING[model_type]
    if causal.config_class is not config_class and config_class.sub_configs:
        return getattr(transformers, name.replace("ForCausalLM", "ForConditionalGeneration"))
    return causal


def _randomise(model: PreTrainedModel, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("A_log"):
                continue  # a recurrence is stable only with its own initial decay
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim > 1:
                parameter.copy_(noise * (GAIN / math.sqrt(parameter.shape[-1])))
            elif bool(parameter.any()):
                parameter.mul_(1 + 0.1 * noise)
            else:
                parameter.copy_(0.3 * noise)


def write_folder(folder: Path, model_type: str, **overrides: Any) -> None:
    """Write a small model as it is published: configuration, weights and tokenizer."""
    build(model_type, **overrides).save_pretrained(folder)
    write_tokenizer(folder)


def write_tokenizer(folder: Path) -> None:
    """A token for every byte, and an end of text."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|end|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
