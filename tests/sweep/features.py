"""Further configurations: what an architecture can be told to do otherwise than by default."""

from __future__ import annotations

from typing import Any

_LONG = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "factor": 8.0,
    "original_max_position_embeddings": 16,
    "short_factor": [1.0, 1.1, 1.3, 1.7],
    "long_factor": [2.0, 3.0, 5.0, 9.0],
}
_THETA = {"rope_theta": 10000.0}
_FULL = {"rope_type": "default", "rope_theta": 1e4}

FEATURES: dict[str, tuple[str, dict[str, Any]]] = {
    # rotation of positions; the longest text passes the length at which longrope changes
    "llama, longrope": ("llama", {"rope_parameters": _LONG}),
    "phi3, longrope": ("phi3", {"rope_parameters": _LONG, "original_max_position_embeddings": 16}),
    "phi3, longrope and window": (
        "phi3",
        {"rope_parameters": _LONG, "original_max_position_embeddings": 16, "sliding_window": 6},
    ),
    "phimoe, longrope": (
        "phimoe",
        {"rope_parameters": {**_LONG, "short_mscale": 1.1, "long_mscale": 1.2}},
    ),
    "llama, dynamic rope": (
        "llama",
        {"rope_parameters": {**_THETA, "rope_type": "dynamic", "factor": 4.0}},
    ),
    "hunyuan_v1_dense, dynamic rope": (
        "hunyuan_v1_dense",
        {"rope_parameters": {**_THETA, "rope_type": "dynamic", "factor": 1.0, "alpha": 100.0}},
    ),
    "llama, linear rope": (
        "llama",
        {"rope_parameters": {**_THETA, "rope_type": "linear", "factor": 4.0}},
    ),
    "llama, yarn": (
        "llama",
        {
            "rope_parameters": {
                **_THETA,
                "rope_type": "yarn",
                "factor": 8.0,
                "original_max_position_embeddings": 16,
            }
        },
    ),
    "llama, llama3 rope": (
        "llama",
        {
            "rope_parameters": {
                **_THETA,
                "rope_type": "llama3",
                "factor": 8.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 16,
            }
        },
    ),
    "ministral3, scaled queries": (
        "ministral3",
        {
            "rope_parameters": {
                **_FULL,
                "llama_4_scaling_beta": 0.1,
                "original_max_position_embeddings": 16,
            }
        },
    ),
    # what sees the future has to be refused
    "llama, is_causal off": ("llama", {"is_causal": False}),
    "gemma3_text, bidirectional": ("gemma3_text", {"use_bidirectional_attention": True}),
    "gemma4_text, bidirectional": ("gemma4_text", {"use_bidirectional_attention": "all"}),
    "xlm, causal": ("xlm", {"causal": True}),
    # windows, softcaps, sinks
    "mistral, no window": ("mistral", {"sliding_window": None}),
    "qwen2, windows": (
        "qwen2",
        {
            "use_sliding_window": True,
            "sliding_window": 6,
            "layer_types": ["full_attention", "sliding_attention"],
        },
    ),
    "qwen3, a window of one token": (
        "qwen3",
        {
            "num_hidden_layers": 2,
            "use_sliding_window": True,
            "sliding_window": 1,
            "layer_types": ["sliding_attention", "full_attention"],
        },
    ),
    "moshi, no window": ("moshi", {"sliding_window": 128}),
    "cohere_compass_text, windows": (
        "cohere_compass_text",
        {
            "layer_types": ["sliding_attention", "full_attention"],
            "rope_parameters": {"sliding_attention": _FULL, "full_attention": _FULL},
        },
    ),
    "gemma3_text, softcaps": (
        "gemma3_text",
        {"attn_logit_softcapping": 5.0, "final_logit_softcapping": 3.0},
    ),
    "doge, windows": ("doge", {"sliding_window": 6}),
    "gpt_neo, global": ("gpt_neo", {"attention_types": [[["global"], 4]]}),
    # heads and keys
    "gemma3n_text, nothing shared": ("gemma3n_text", {"num_kv_shared_layers": 0}),
    "gemma4_text, shared keys": (
        "gemma4_text",
        {"num_kv_shared_layers": 2, "per_layer_config": None},
    ),
    "gemma4_text, keys as values": ("gemma4_text", {"attention_k_eq_v": True}),
    "laguna, unequal heads": ("laguna", {"num_attention_heads_per_layer": [4, 8, 4, 8]}),
    "deepseek_v3, no query rank": ("deepseek_v3", {"q_lora_rank": None}),
    "falcon, alibi": ("falcon", {"alibi": True}),
    "falcon, all heads with keys": ("falcon", {"multi_query": False}),
    "falcon, new decoder": ("falcon", {"new_decoder_architecture": True, "num_kv_heads": 2}),
    "gpt_bigcode, all heads with keys": ("gpt_bigcode", {"multi_query": False}),
    "mpt, no alibi": ("mpt", {"attn_config": {"alibi": False}}),
    "gpt2, scaled by layer": ("gpt2", {"scale_attn_by_inverse_layer_idx": True}),
    "gpt2, unscaled": ("gpt2", {"scale_attn_weights": False}),
    "gpt_neox, sequential": ("gpt_neox", {"use_parallel_residual": False}),
    "stablelm, normed queries": ("stablelm", {"qk_layernorm": True, "use_parallel_residual": True}),
    "phi, normed queries": ("phi", {"qk_layernorm": True}),
    "cohere, normed queries": ("cohere", {"use_qk_norm": True}),
    "persimmon, plain queries": ("persimmon", {"qk_layernorm": False}),
    "granite, multipliers": (
        "granite",
        {
            "attention_multiplier": 0.2,
            "embedding_multiplier": 3.0,
            "logits_scaling": 4.0,
            "residual_multiplier": 0.3,
        },
    ),
    # parts and halves
    "opt, narrow embedding": ("opt", {"word_embed_proj_dim": 16, "do_layer_norm_before": False}),
    "bart, fewer encoder layers": ("bart", {"encoder_layers": 1, "decoder_layers": 3}),
    "big_bird, full attention": ("big_bird", {"attention_type": "original_full"}),
    "bert, an encoder": ("bert", {"is_decoder": False}),
    "bloom, later residuals": ("bloom", {"apply_residual_connection_post_layernorm": True}),
    "jamba, no experts": ("jamba", {"num_experts": 1, "num_experts_per_tok": 1}),
}
