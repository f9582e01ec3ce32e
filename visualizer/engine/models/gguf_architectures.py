"""From the metadata of a GGUF file to a configuration of transformers, by architecture.

Every function reads what its model knows how to follow; what is left over afterwards is refused
by name (`GgufKeys.refuse_unread`). What a file does not say has llama.cpp's meaning, never the
default of a configuration class, which is one checkpoint's value.

Source: https://github.com/ggml-org/llama.cpp, `convert_hf_to_gguf.py` and `src/llama-model.cpp`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from visualizer.engine.gguf_headers import GgufHeader
from visualizer.engine.models.gguf_keys import GgufKeys
from visualizer.engine.models.gguf_rope import Float64Array, rope_parameters


class GgufModel:
    """What the functions below read from: the metadata and the names of the tensors.

    Args:
        keys: The metadata of the architecture.
        header: The file's header.
        factors: The tensors that scale positions, see `rope_parameters`.
    """

    def __init__(
        self, keys: GgufKeys, header: GgufHeader, factors: dict[str, Float64Array]
    ) -> None:
        self.keys = keys
        self.factors = factors
        self.shapes = {name: tensor.shape for name, tensor in header.tensors.items()}
        self.vocab_size = self.shapes["token_embd.weight"][0]
        self.n_layers = keys.integer("block_count")
        self.width = keys.integer("embedding_length")
        self.n_heads = keys.integer("attention.head_count", 0)
        self.context = keys.integer("context_length")
        if keys.integer("vocab_size", self.vocab_size) != self.vocab_size:
            raise keys.refusal("vocab_size")
        if not keys.flag("attention.causal", True):
            raise keys.refusal("attention.causal")

    def has(self, leaf: str) -> bool:
        """Whether any layer has this tensor."""
        return any(re.fullmatch(rf"blk\.\d+\.{re.escape(leaf)}", name) for name in self.shapes)

    def sizes(self) -> dict[str, Any]:
        """What most configurations call by the same names."""
        return {
            "vocab_size": self.vocab_size,
            "hidden_size": self.width,
            "num_hidden_layers": self.n_layers,
            "num_attention_heads": self.n_heads,
            "num_key_value_heads": self.kv_heads(),
            "max_position_embeddings": self.context,
        }

    def kv_heads(self) -> int:
        """Key-value heads of a layer."""
        return self.keys.integer("attention.head_count_kv", self.n_heads)

    def feed_forward(self) -> int:
        """Width of the feed-forward part; files with experts alone may leave it out."""
        default = 1 if self.has("ffn_gate_inp.weight") else None
        return self.keys.integer("feed_forward_length", default)

    def head_dim(self) -> int:
        """Dimensions of a head, the same for keys and values."""
        dims = self.keys.integer("attention.key_length", self.width // max(self.n_heads, 1))
        if self.keys.integer("attention.value_length", dims) != dims:
            raise self.keys.refusal("attention.value_length")
        return dims

    def rms_eps(self) -> float:
        return self.keys.number("attention.layer_norm_rms_epsilon")

    def layer_norm_eps(self) -> float:
        return self.keys.number("attention.layer_norm_epsilon")

    def rope(self, *, partly: bool = False) -> dict[str, object]:
        """`rope_parameters`; `partly` for architectures that can turn a part of the head only."""
        dims = self.head_dim()
        turned = self.keys.integer("rope.dimension_count", dims)
        if turned > dims or any(len(divisors) != turned // 2 for divisors in self.factors.values()):
            raise self.keys.refusal("rope.dimension_count")
        found = rope_parameters(self.keys, context=self.context, factors=self.factors)
        if partly:
            return found | {"partial_rotary_factor": turned / dims}
        if turned != dims:
            raise self.keys.refusal("rope.dimension_count")
        return found

    def window(self) -> int:
        """The sliding window, 0 for none."""
        return self.keys.integer("attention.sliding_window", 0)

    def layer_types(self, every: int) -> list[str]:
        """Which layers slide; without a word in the file all but each `every`th, if not 0."""
        key = "attention.sliding_window_pattern"
        if key not in self.keys:
            slides = [not every or (layer + 1) % every != 0 for layer in range(self.n_layers)]
        else:
            pattern = self.keys.per_layer(key, self.n_layers)
            if set(pattern) <= {0, 1}:
                slides = [bool(one) for one in pattern]
            else:  # a period
                slides = [(layer + 1) % pattern[0] != 0 for layer in range(self.n_layers)]
        return ["sliding_attention" if one else "full_attention" for one in slides]

    def experts(self, count_name: str) -> dict[str, Any]:
        """How many experts there are and how many are used; {} without any."""
        count = self.keys.integer("expert_count", 0)
        if not count:
            return {}
        return {count_name: count, "num_experts_per_tok": self.keys.integer("expert_used_count")}


def _llama(model: GgufModel) -> dict[str, Any]:
    values = model.sizes() | {
        "model_type": "llama",
        "intermediate_size": model.feed_forward(),
        "head_dim": model.head_dim(),
        "rms_norm_eps": model.rms_eps(),
        "rope_parameters": model.rope(),
    }
    window = model.window()
    if experts := model.experts("num_local_experts"):
        width = model.keys.integer("expert_feed_forward_length", values["intermediate_size"])
        values |= {"model_type": "mixtral", "intermediate_size": width} | experts
        return values | {"sliding_window": window or None}
    if window:
        return values | {"model_type": "mistral", "sliding_window": window}
    return values | {
        "attention_bias": model.has("attn_q.bias"),
        "mlp_bias": model.has("ffn_down.bias"),
    }


def _granite(model: GgufModel) -> dict[str, Any]:
    keys, dims = model.keys, model.head_dim()
    if dims * model.n_heads != model.width:
        raise keys.refusal("attention.key_length")
    return model.sizes() | {
        "model_type": "granite",
        "intermediate_size": model.feed_forward(),
        "rms_norm_eps": model.rms_eps(),
        "rope_parameters": model.rope(),
        "attention_bias": model.has("attn_q.bias"),
        "mlp_bias": model.has("ffn_down.bias"),
        "embedding_multiplier": keys.number("embedding_scale", 0) or 1.0,
        "residual_multiplier": keys.number("residual_scale", 0) or 1.0,
        "logits_scaling": keys.number("logit_scale", 0) or 1.0,
        "attention_multiplier": keys.number("attention.scale", 0) or dims**-0.5,
    }


def _qwen(model: GgufModel) -> dict[str, Any]:
    window = model.window()
    values = model.sizes() | {
        "intermediate_size": model.feed_forward(),
        "rms_norm_eps": model.rms_eps(),
        "rope_parameters": model.rope(),
        "use_sliding_window": bool(window),
        "sliding_window": window or None,
        "max_window_layers": 0,
    }
    return values | ({"layer_types": model.layer_types(0)} if window else {})


def _qwen2(model: GgufModel) -> dict[str, Any]:
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    return _qwen(model) | {"model_type": "qwen2"}


def _qwen3(model: GgufModel) -> dict[str, Any]:
    return _qwen(model) | {
        "model_type": "qwen3",
        "head_dim": model.head_dim(),
        "attention_bias": model.has("attn_q.bias"),
    }


def _qwen_experts(model: GgufModel) -> dict[str, Any]:
    layers = range(model.n_layers)
    dense = [n for n in layers if f"blk.{n}.ffn_gate_inp.weight" not in model.shapes]
    width = next((s[1] for n, s in model.shapes.items() if n.endswith("ffn_gate_exps.weight")), 0)
    return model.experts("num_experts") | {
        "moe_intermediate_size": model.keys.integer("expert_feed_forward_length", width),
        "mlp_only_layers": dense,
        "decoder_sparse_step": 1,
    }


def _qwen2moe(model: GgufModel) -> dict[str, Any]:
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    width = next((s[0] for n, s in model.shapes.items() if n.endswith("ffn_up_shexp.weight")), 0)
    return (
        _qwen(model)
        | _qwen_experts(model)
        | {
            "model_type": "qwen2_moe",
            "qkv_bias": model.has("attn_q.bias"),
            "norm_topk_prob": model.keys.flag("expert_weights_norm", False),
            "shared_expert_intermediate_size": model.keys.integer(
                "expert_shared_feed_forward_length", width
            ),
        }
    )


def _qwen3moe(model: GgufModel) -> dict[str, Any]:
    return (
        _qwen(model)
        | _qwen_experts(model)
        | {
            "model_type": "qwen3_moe",
            "head_dim": model.head_dim(),
            "attention_bias": model.has("attn_q.bias"),
            "norm_topk_prob": model.keys.flag("expert_weights_norm", True),
        }
    )


def _phi3(model: GgufModel) -> dict[str, Any]:
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    rope = model.rope(partly=True)
    original = rope.get("original_max_position_embeddings", model.context)
    return model.sizes() | {
        "model_type": "phi3",
        "intermediate_size": model.feed_forward(),
        "rms_norm_eps": model.rms_eps(),
        "rope_parameters": rope,
        "original_max_position_embeddings": original,
        "sliding_window": model.window() or None,
    }


def _gemma(model: GgufModel) -> dict[str, Any]:
    return model.sizes() | {
        "model_type": "gemma",
        "intermediate_size": model.feed_forward(),
        "head_dim": model.head_dim(),
        "rms_norm_eps": model.rms_eps(),
        "rope_parameters": model.rope(),
    }


def _gemma_scale(model: GgufModel, large: int) -> float:
    """What a query's length is divided by the root of: no file says it, so llama.cpp's rule.

    Args:
        model: The file.
        large: How many layers the one model has that divides by another number.
    """
    return model.width / model.n_heads if model.n_layers == large else model.head_dim()


def _gemma2(model: GgufModel) -> dict[str, Any]:
    keys = model.keys
    return _gemma(model) | {
        "model_type": "gemma2",
        "sliding_window": model.window() or 4096,
        "layer_types": model.layer_types(2),
        "attn_logit_softcapping": keys.number("attn_logit_softcapping", 50.0) or None,
        "final_logit_softcapping": keys.number("final_logit_softcapping", 30.0) or None,
        "query_pre_attn_scalar": _gemma_scale(model, 46),
    }


def _gemma3(model: GgufModel) -> dict[str, Any]:
    keys = model.keys
    values = _gemma(model)
    near = {"rope_type": "default", "rope_theta": keys.number("rope.freq_base_swa", 10_000.0)}
    return values | {
        "model_type": "gemma3_text",
        "sliding_window": keys.integer("attention.sliding_window"),
        "layer_types": model.layer_types(6),
        "attn_logit_softcapping": keys.number("attn_logit_softcapping", 0) or None,
        "final_logit_softcapping": keys.number("final_logit_softcapping", 0) or None,
        "query_pre_attn_scalar": _gemma_scale(model, 62),
        "rope_parameters": {
            "full_attention": values["rope_parameters"],
            "sliding_attention": near,
        },
    }


def _gpt2(model: GgufModel) -> dict[str, Any]:
    if model.kv_heads() != model.n_heads:
        raise model.keys.refusal("attention.head_count_kv")
    return {
        "model_type": "gpt2",
        "vocab_size": model.vocab_size,
        "n_embd": model.width,
        "n_layer": model.n_layers,
        "n_head": model.n_heads,
        "n_positions": model.context,
        "n_inner": model.feed_forward(),
        "layer_norm_epsilon": model.layer_norm_eps(),
    }


def _starcoder2(model: GgufModel) -> dict[str, Any]:
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    return model.sizes() | {
        "model_type": "starcoder2",
        "intermediate_size": model.feed_forward(),
        "norm_epsilon": model.layer_norm_eps(),
        "rope_parameters": model.rope(),
        "use_bias": model.has("attn_q.bias"),
        "sliding_window": model.window() or None,
    }


def _stablelm(model: GgufModel) -> dict[str, Any]:
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    parallel = not model.has("ffn_norm.weight")
    if model.keys.flag("use_parallel_residual", parallel) != parallel:
        raise model.keys.refusal("use_parallel_residual")
    return model.sizes() | {
        "model_type": "stablelm",
        "intermediate_size": model.feed_forward(),
        "layer_norm_eps": model.layer_norm_eps(),
        "rope_parameters": model.rope(partly=True),
        "use_qkv_bias": model.has("attn_q.bias"),
        "qk_layernorm": model.has("attn_q_norm.weight"),
        "use_parallel_residual": parallel,
    }


def _bloom(model: GgufModel) -> dict[str, Any]:
    if model.kv_heads() != model.n_heads:
        raise model.keys.refusal("attention.head_count_kv")
    if model.feed_forward() != 4 * model.width:
        raise model.keys.refusal("feed_forward_length")
    return {
        "model_type": "bloom",
        "vocab_size": model.vocab_size,
        "hidden_size": model.width,
        "n_layer": model.n_layers,
        "n_head": model.n_heads,
        "seq_length": model.context,
        "layer_norm_epsilon": model.layer_norm_eps(),
    }


def _falcon(model: GgufModel) -> dict[str, Any]:
    sizes = model.sizes()
    kv_heads = sizes.pop("num_key_value_heads")
    if model.head_dim() * model.n_heads != model.width:
        raise model.keys.refusal("attention.key_length")
    return sizes | {
        "model_type": "falcon",
        "num_kv_heads": kv_heads,
        "multi_query": kv_heads == 1,
        "new_decoder_architecture": kv_heads != 1,
        "num_ln_in_parallel_attn": 2 if model.has("attn_norm_2.weight") else 1,
        "ffn_hidden_size": model.feed_forward(),
        "layer_norm_epsilon": model.layer_norm_eps(),
        "rope_parameters": model.rope(),
        "alibi": False,
        "parallel_attn": True,
        "bias": model.has("attn_qkv.bias"),
    }


def _nemotron(model: GgufModel) -> dict[str, Any]:
    return model.sizes() | {
        "model_type": "nemotron",
        "intermediate_size": model.feed_forward(),
        "head_dim": model.head_dim(),
        "norm_eps": model.layer_norm_eps(),
        "rope_parameters": model.rope(partly=True),
        "attention_bias": model.has("attn_q.bias"),
        "mlp_bias": model.has("ffn_down.bias"),
    }


def _mamba(model: GgufModel) -> dict[str, Any]:
    keys = model.keys
    inner = keys.integer("ssm.inner_size")
    if inner % model.width:
        raise keys.refusal("ssm.inner_size")
    return {
        "model_type": "mamba",
        "vocab_size": model.vocab_size,
        "hidden_size": model.width,
        "num_hidden_layers": model.n_layers,
        "max_position_embeddings": model.context,
        "expand": inner // model.width,
        "conv_kernel": keys.integer("ssm.conv_kernel"),
        "state_size": keys.integer("ssm.state_size"),
        "time_step_rank": keys.integer("ssm.time_step_rank"),
        "layer_norm_epsilon": model.rms_eps(),
        "use_bias": model.has("ssm_in.bias"),
        "use_conv_bias": model.has("ssm_conv1d.bias"),
    }


def _lfm2(model: GgufModel) -> dict[str, Any]:
    keys = model.keys
    kv_heads = keys.per_layer("attention.head_count_kv", model.n_layers)
    if model.head_dim() * model.n_heads != model.width or len(set(kv_heads) - {0}) != 1:
        raise keys.refusal("attention.head_count_kv")
    return {
        "model_type": "lfm2",
        "vocab_size": model.vocab_size,
        "hidden_size": model.width,
        "num_hidden_layers": model.n_layers,
        "num_attention_heads": model.n_heads,
        "max_position_embeddings": model.context,
        "intermediate_size": model.feed_forward(),
        "block_auto_adjust_ff_dim": False,
        "num_key_value_heads": max(kv_heads),
        "layer_types": ["full_attention" if heads else "conv" for heads in kv_heads],
        "norm_eps": model.rms_eps(),
        "conv_L_cache": keys.integer("shortconv.l_cache"),
        "conv_bias": model.has("shortconv.in_proj.bias"),
        "rope_parameters": model.rope(),
    }


def _gpt_oss(model: GgufModel) -> dict[str, Any]:
    rope = model.rope()
    if rope["rope_type"] == "yarn":
        rope["truncate"] = False  # as these models were trained; no file says it
    return (
        model.sizes()
        | model.experts("num_local_experts")
        | {
            "model_type": "gpt_oss",
            "intermediate_size": model.keys.integer(
                "expert_feed_forward_length", model.feed_forward()
            ),
            "head_dim": model.head_dim(),
            "rms_norm_eps": model.rms_eps(),
            "rope_parameters": rope,
            "sliding_window": model.keys.integer("attention.sliding_window"),
            "layer_types": model.layer_types(2),
        }
    )


def _qwen35(model: GgufModel) -> dict[str, Any]:
    keys, dims = model.keys, model.head_dim()
    model.n_layers -= keys.integer("nextn_predict_layers", 0)  # a part that predicts further on
    interval, heads = keys.integer("full_attention_interval"), keys.integer("ssm.time_step_rank")
    full = [(layer + 1) % max(interval, 1) == 0 for layer in range(model.n_layers)]
    rope = model.rope(partly=True)
    sections = keys.per_layer("rope.dimension_sections", 4)
    return model.sizes() | {
        "model_type": "qwen3_5_text",
        "intermediate_size": model.feed_forward(),
        "head_dim": dims,
        "rms_norm_eps": model.rms_eps(),
        "attention_bias": model.has("attn_q.bias"),
        "rope_parameters": rope
        | {"mrope_section": [size for size in sections if size], "mrope_interleaved": True},
        "layer_types": ["full_attention" if one else "linear_attention" for one in full],
        "linear_conv_kernel_dim": keys.integer("ssm.conv_kernel"),
        "linear_key_head_dim": keys.integer("ssm.state_size"),
        "linear_num_key_heads": keys.integer("ssm.group_count"),
        "linear_num_value_heads": heads,
        "linear_value_head_dim": keys.integer("ssm.inner_size") // max(heads, 1),
    }


def _qwen35moe(model: GgufModel) -> dict[str, Any]:
    values = _qwen35(model) | model.experts("num_experts")
    width = next((s[0] for n, s in model.shapes.items() if n.endswith("ffn_up_shexp.weight")), 0)
    return values | {
        "model_type": "qwen3_5_moe_text",
        "moe_intermediate_size": model.keys.integer("expert_feed_forward_length"),
        "shared_expert_intermediate_size": model.keys.integer(
            "expert_shared_feed_forward_length", width
        ),
    }


ARCHITECTURES: Mapping[str, Callable[[GgufModel], dict[str, Any]]] = {
    "llama": _llama,
    "granite": _granite,
    "qwen2": _qwen2,
    "qwen3": _qwen3,
    "qwen2moe": _qwen2moe,
    "qwen3moe": _qwen3moe,
    "qwen35": _qwen35,
    "qwen35moe": _qwen35moe,
    "phi3": _phi3,
    "gemma": _gemma,
    "gemma2": _gemma2,
    "gemma3": _gemma3,
    "gpt2": _gpt2,
    "starcoder2": _starcoder2,
    "stablelm": _stablelm,
    "bloom": _bloom,
    "falcon": _falcon,
    "nemotron": _nemotron,
    "mamba": _mamba,
    "lfm2": _lfm2,
    "gpt-oss": _gpt_oss,
}
"""Those whose files are proved to give the numbers of the model that they were made from."""
