"""Writes small GGUF files by the rules of llama.cpp's own converter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from tokenizers import pre_tokenizers

Tensors = dict[str, np.ndarray]

ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet())


def write_gguf(path: Path, architecture: str, fields: Mapping[str, Any], tensors: Tensors) -> Path:
    """A file with these fields (a leading "." stands for the architecture) and tensors."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in fields.items():
        _add(writer, architecture + key if key.startswith(".") else key, value)
    for name, tensor in tensors.items():
        writer.add_tensor(name, np.ascontiguousarray(tensor, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add(writer: Any, key: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    elif isinstance(value, float):
        writer.add_float32(key, value)
    elif isinstance(value, str):
        writer.add_string(key, value)
    else:
        writer.add_array(key, list(value))


def byte_fields(n_tokens: int, **more: Any) -> dict[str, Any]:
    """A byte-level vocabulary: 256 bytes, an end token, two blanks, then rows without a use."""
    spare = [f"[PAD{index}]" for index in range(258, n_tokens)]
    fields = {
        "model": "gpt2",
        "pre": "gpt-2",
        "tokens": [*ALPHABET, "<|end|>", "ĠĠ", *spare],
        "token_type": [1] * 256 + [3, 1] + [5] * len(spare),
        "merges": ["Ġ Ġ"],
        "eos_token_id": 256,
        "add_bos_token": False,
    }
    fields.update(more)
    return {f"tokenizer.ggml.{key}": value for key, value in fields.items()}


def shaken(model: torch.nn.Module) -> torch.nn.Module:
    """Numbers large enough for every setting to show in the logits."""
    generator = torch.Generator().manual_seed(7)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if name.endswith("A_log"):
            parameter.data = 0.3 * noise
        elif "norm" in name or "ln_" in name:
            parameter.data += 0.2 * noise
        else:
            parameter.data = noise * (0.5 if parameter.dim() == 1 else parameter.shape[-1] ** -0.5)
    return model.eval()


def tensors_of(model: Any, architecture: str) -> Tensors:
    """The model's weights under llama.cpp's names, in its layouts."""
    kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
    config = model.config
    names = gguf.get_tensor_name_map(kinds[architecture], config.num_hidden_layers)
    found: Tensors = {}
    for name, tensor in model.state_dict().items():
        if name.startswith("lm_head") and config.tie_word_embeddings:
            continue
        value = tensor.float().numpy()
        if "experts.gate_up_proj" in name:
            found.update(_gate_and_up(name, value, architecture))
            continue
        if "q_layernorm.norms." in name or "k_layernorm.norms." in name:
            base = name.partition("_layernorm.norms.")[0]
            key = f"{names.get_name(base + '_layernorm')}.weight"
            rows = [found[key]] if key in found else []
            found[key] = np.concatenate([*rows, value[None]])
            continue
        target = _name(name, names)
        found[target] = _laid_out(target, value, architecture, config)
    return found


def _name(name: str, names: Any) -> str:
    if name.startswith("lm_head"):
        return "output.weight"
    if name.endswith("experts.down_proj"):
        return f"blk.{name.split('.')[2]}.ffn_down_exps.weight"
    if name.endswith("experts.down_proj_bias"):
        return f"blk.{name.split('.')[2]}.ffn_down_exps.bias"
    if name.endswith(".dt_bias"):
        return f"blk.{name.split('.')[2]}.ssm_dt.bias"
    if name.endswith(".sinks"):
        return f"blk.{name.split('.')[2]}.attn_sinks.weight"
    base, suffix = name, ""
    if name.endswith((".weight", ".bias")):
        base, _, suffix = name.rpartition(".")
    base = names.get_name(base) or names.get_name(base.removeprefix("transformer."))
    return f"{base}.{suffix}" if suffix else base


def _gate_and_up(name: str, value: np.ndarray, architecture: str) -> Tensors:
    layer = name.split(".")[2]
    kind = "bias" if name.endswith("bias") else "weight"
    if architecture == "gpt-oss":
        rows = value if kind == "bias" else value.transpose(0, 2, 1)
        gate, up = rows[:, ::2], rows[:, 1::2]
    else:
        gate, up = np.split(value, 2, axis=1)
    return {f"blk.{layer}.ffn_gate_exps.{kind}": gate, f"blk.{layer}.ffn_up_exps.{kind}": up}


def _laid_out(target: str, value: np.ndarray, architecture: str, config: Any) -> np.ndarray:
    leaf = target.split(".", 2)[-1]
    if architecture in {"llama", "granite"} and leaf.startswith(("attn_q.", "attn_k.")):
        heads = config.num_attention_heads
        if leaf.startswith("attn_k."):
            heads = config.num_key_value_heads
        halves = value.reshape(heads, 2, value.shape[0] // heads // 2, *value.shape[1:])
        return halves.swapaxes(1, 2).reshape(value.shape)
    if architecture in {"gemma", "gemma2", "gemma3", "nemotron"} and target.endswith("norm.weight"):
        return value + 1
    if architecture == "gpt2" and value.ndim == 2 and leaf.startswith(("attn_", "ffn_")):
        return value.T
    if architecture == "bloom" and leaf.startswith("attn_qkv"):
        parts = value.reshape(config.n_head, 3, -1, *value.shape[1:])
        return np.concatenate([parts[:, i].reshape(-1, *value.shape[1:]) for i in range(3)])
    if architecture == "falcon" and leaf.startswith("attn_qkv"):
        dims = config.hidden_size // config.num_attention_heads
        groups = config.num_kv_heads
        parts = value.reshape(groups, config.num_attention_heads // groups + 2, dims, -1)
        split = (parts[:, :-2], parts[:, -2:-1], parts[:, -1:])
        return np.concatenate([part.reshape(-1, value.shape[1]) for part in split])
    if architecture == "gpt-oss" and leaf == "ffn_down_exps.weight":
        return value.transpose(0, 2, 1)
    if architecture in {"qwen35", "qwen35moe"}:
        value = _tiled(leaf, value, config)
        if target.endswith("norm.weight") and leaf != "ssm_norm.weight":
            return value + 1
    if leaf.startswith(("ssm_conv1d.weight", "shortconv.conv.weight", "ffn_gate_inp_shexp")):
        return value.squeeze()
    if leaf == "ssm_a":
        return -np.exp(value)
    return value


def _tiled(leaf: str, value: np.ndarray, config: Any) -> np.ndarray:
    """Value heads one of each key head in turn, where they are kept key head by key head."""
    groups, heads = config.linear_num_key_heads, config.linear_num_value_heads
    order = np.arange(heads).reshape(groups, heads // groups).T.reshape(-1)

    def rows(part: np.ndarray) -> np.ndarray:
        return part.reshape(heads, -1, *part.shape[1:])[order].reshape(part.shape)

    if leaf.startswith(("attn_gate.", "ssm_alpha.", "ssm_beta.", "ssm_dt.", "ssm_a")):
        return rows(value)
    if leaf.startswith(("attn_qkv.", "ssm_conv1d.")):
        others = 2 * groups * config.linear_key_head_dim
        return np.concatenate([value[:others], rows(value[others:])])
    return rows(value.T).T if leaf == "ssm_out.weight" else value
