"""The tensors of a GGUF file as those of a transformers model: names, layouts, numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from visualizer.engine.errors import ModelLoadError
from visualizer.engine.gguf_headers import GgufHeader, GgufTensor

if TYPE_CHECKING:
    import torch

Float32Array = npt.NDArray[np.float32]
Progress = Callable[[int], None]

FACTORS = ("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight")
"""Tensors that are no weights: they belong to the configuration."""

_IGNORED = re.compile(r"(blk\.\d+\.)?(attn_rot_embd|rope\.freqs)(\.weight)?")
"""What old converters left behind; llama.cpp does not read it, either."""
_OPTIONAL = re.compile(r"blk\.\d+\.(attn_(q|k|v|output)|ffn_(gate|up|down))\.bias")
"""Biases that a layer may lack: it then adds nothing."""
_MAY_LACK_BIASES = frozenset({"llama", "granite", "qwen3", "qwen3moe"})
_PAIRED_TURNS = frozenset({"llama", "granite"})
_VALUES_TILED = frozenset({"qwen35", "qwen35moe"})
_NORMS_PLUS_ONE = frozenset({"gemma", "gemma2", "gemma3", "nemotron"}) | _VALUES_TILED
_NAMED = 3


def read_factors(header: GgufHeader) -> dict[str, npt.NDArray[np.float64]]:
    """The tensors that scale positions, (D/2,) each."""
    return {
        name: read_tensor(header.tensors[name]).reshape(-1).astype(np.float64)
        for name in FACTORS
        if name in header.tensors
    }


def read_weights(header: GgufHeader, model: Any, progress: Progress) -> dict[str, torch.Tensor]:
    """Every weight that `model` has, from the file, in float32.

    Args:
        header: The file.
        model: A transformers model without memory; its names and shapes decide.
        progress: Called with the number of tensors read so far.

    Raises:
        ModelLoadError: The file lacks a weight, has one that the model does not know, or one of
            another shape or of a type that cannot be read; nothing is left to chance.
    """
    import torch

    names = _Names(header, model.config)
    expected = {
        name: parameter
        for name, parameter in model.state_dict().items()
        if not (name == "lm_head.weight" and model.config.tie_word_embeddings)
    }
    sources = {name: names.of(name) for name in expected}
    _compare(header, sources, model.config.num_hidden_layers)
    weights: dict[str, torch.Tensor] = {}
    done = 0
    for name, parameter in expected.items():
        shape = tuple(parameter.shape)
        if not all(source in header.tensors for source in sources[name]):
            weights[name] = torch.zeros(shape)
            continue
        arrays = [read_tensor(header.tensors[source]) for source in sources[name]]
        value = names.arranged(name, sources[name][0], arrays)
        # Axes of one are written or not, as the converter liked.
        if [n for n in value.shape if n != 1] != [n for n in shape if n != 1]:
            raise ModelLoadError(
                "{path} cannot be converted: its tensor {name} has the shape {found}, and its "
                "configuration asks for {expected}.",
                path=header.files[0],
                name=sources[name][0],
                found=list(value.shape),
                expected=list(shape),
            )
        weights[name] = torch.from_numpy(np.ascontiguousarray(value).reshape(shape))
        done += len(arrays)
        progress(done)
    return weights


def _compare(header: GgufHeader, sources: dict[str, tuple[str, ...]], n_layers: int) -> None:
    """Refuse a file with less or more than the model's weights."""
    used = {source for names in sources.values() for source in names}
    optional = header.architecture in _MAY_LACK_BIASES
    missing = sorted(
        name
        for name in used - header.tensors.keys()
        if not (optional and _OPTIONAL.fullmatch(name))
    )
    if missing:
        raise ModelLoadError(
            "{path} lacks {n} of the weights that its model needs: {names}. Fetch or convert the "
            "model again.",
            path=header.files[0],
            n=len(missing),
            names=_first(missing),
        )
    unused = sorted(
        name for name in header.tensors.keys() - used - set(FACTORS) if not _IGNORED.fullmatch(name)
    )
    if unused:
        raise ModelLoadError(
            "{path} cannot be converted: it has {n} tensors that the {architecture} model of "
            "transformers does not know: {names}. Use the model in Hugging Face format instead.",
            path=header.files[0],
            n=len(unused),
            architecture=header.architecture,
            names=_first(unused),
        )


def _layer(name: str) -> int:
    """The layer a tensor belongs to; past the last are those that predict further tokens."""
    found = re.match(r"blk\.(\d+)\.", name)
    return int(found[1]) if found else -1


def _first(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def read_tensor(tensor: GgufTensor) -> Float32Array:
    """The numbers of one tensor, dequantised, in its shape.

    Raises:
        ModelLoadError: Its type is unknown, or the file ends before it does.
    """
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

    try:
        kind = GGMLQuantizationType(tensor.kind)
        per_block, block_bytes = GGML_QUANT_SIZES[kind]
        *rows, width = tensor.shape or (1,)
        raw_shape = (*rows, width // per_block * block_bytes)
        n_bytes = math.prod(raw_shape)
        if width % per_block or tensor.offset + n_bytes > tensor.file.stat().st_size:
            raise ModelLoadError(
                "{path} is damaged or no GGUF file: {why}.", path=tensor.file, why="it is cut short"
            )
        raw = np.fromfile(tensor.file, np.uint8, n_bytes, offset=tensor.offset)
        values: Float32Array = dequantize(raw.reshape(raw_shape), kind)
    except (ValueError, KeyError, NotImplementedError) as error:
        raise ModelLoadError(
            "{path} cannot be converted: it holds numbers of the type {kind}, which cannot be "
            "read here.",
            path=tensor.file,
            kind=tensor.kind,
            detail=repr(error),
        ) from error
    return values.reshape(tensor.shape)


class _Names:
    """Which tensors of the file make a weight of the model, and how they are laid out there.

    Args:
        header: The file.
        config: The model's configuration.
    """

    def __init__(self, header: GgufHeader, config: Any) -> None:
        import gguf

        self._architecture = header.architecture
        self._config = config
        kinds = {name: kind for kind, name in gguf.MODEL_ARCH_NAMES.items()}
        self._map = gguf.get_tensor_name_map(kinds[header.architecture], config.num_hidden_layers)

    def of(self, name: str) -> tuple[str, ...]:
        """The file's names for a weight of the model, in the order of `arranged`."""
        if name == "lm_head.weight":
            return ("output.weight",)
        base, _, leaf = name.rpartition(".")
        layer = next(iter(re.findall(r"\.(\d+)\.", name)), "")
        kind = "bias" if leaf.endswith("bias") else "weight"
        if base.endswith(".experts"):
            parts = ("gate", "up") if leaf.startswith("gate_up") else ("down",)
            return tuple(f"blk.{layer}.ffn_{part}_exps.{kind}" for part in parts)
        if leaf == "dt_bias":
            return (f"blk.{layer}.ssm_dt.bias",)
        if leaf == "sinks":
            return (f"blk.{layer}.attn_sinks.weight",)
        if found := re.fullmatch(r"(.*\.[qk])_layernorm\.norms\.\d+", base):
            base = f"{found[1]}_layernorm"
        if leaf not in {"weight", "bias"}:
            base, leaf = name, ""
        known = self._map.get_name(base) or self._map.get_name(base.removeprefix("transformer."))
        return (".".join(filter(None, (known or base, leaf))),)

    def arranged(self, name: str, source: str, arrays: list[Float32Array]) -> Float32Array:
        """The weight as the model keeps it."""
        leaf = re.sub(r"^blk\.\d+\.", "", source)
        value = arrays[0]
        if len(arrays) == 2:
            return self._gate_and_up(arrays[0], arrays[1])
        if leaf == "ssm_a":
            value = np.asarray(np.log(-value), np.float32)
        if leaf.endswith("norm.weight"):
            one_more = self._architecture in _NORMS_PLUS_ONE and leaf != "ssm_norm.weight"
            value = value - np.float32(one_more)
        if found := re.search(r"_layernorm\.norms\.(\d+)\.weight$", name):
            return value[int(found[1]) :][:1]
        if self._architecture in _PAIRED_TURNS:
            return self._halves(leaf, value)
        if self._architecture in _VALUES_TILED:
            return self._grouped(leaf, value)
        if self._architecture in {"bloom", "falcon"}:
            return self._by_head(leaf, value)
        if self._architecture == "gpt2" and leaf in _GPT2_TRANSPOSED:
            return value.T
        if self._architecture == "gpt-oss" and leaf == "ffn_down_exps.weight":
            return value.swapaxes(1, 2)
        return value

    def _gate_and_up(self, gate: Float32Array, up: Float32Array) -> Float32Array:
        """(E, I, C) each, or (E, I) for biases: behind one another, or row by row and turned."""
        if self._architecture != "gpt-oss":
            return np.concatenate([gate, up], axis=1)
        both = np.stack([gate, up], axis=2).reshape(len(gate), -1, *gate.shape[2:])
        return both.swapaxes(1, 2) if both.ndim == 3 else both

    def _halves(self, leaf: str, value: Float32Array) -> Float32Array:
        """Queries and keys: rotary pairs from side by side to the two halves of a head."""
        if not leaf.startswith(("attn_q.", "attn_k.")):
            return value
        heads = self._config.num_attention_heads
        if leaf.startswith("attn_k."):
            heads = self._config.num_key_value_heads
        pairs = value.reshape(heads, value.shape[0] // heads // 2, 2, *value.shape[1:])
        return pairs.swapaxes(1, 2).reshape(value.shape)

    def _grouped(self, leaf: str, value: Float32Array) -> Float32Array:
        """Value heads of linear attention from one of each key head in turn to head by head."""
        config = self._config
        groups, heads = config.linear_num_key_heads, config.linear_num_value_heads

        def rows(part: Float32Array) -> Float32Array:
            tiled = part.reshape(heads // groups, groups, -1, *part.shape[1:])
            return tiled.swapaxes(0, 1).reshape(part.shape)

        if leaf in {
            "attn_gate.weight",
            "ssm_alpha.weight",
            "ssm_beta.weight",
            "ssm_a",
            "ssm_dt.bias",
        }:
            return rows(value)
        if leaf in {"attn_qkv.weight", "ssm_conv1d.weight"}:
            n_others = 2 * groups * config.linear_key_head_dim
            return np.concatenate([value[:n_others], rows(value[n_others:])])
        return rows(value.T).T if leaf == "ssm_out.weight" else value

    def _by_head(self, leaf: str, value: Float32Array) -> Float32Array:
        """All queries, keys and values one after the other to each group's own."""
        if not leaf.startswith("attn_qkv."):
            return value
        is_bloom = self._architecture == "bloom"
        groups = self._config.n_head if is_bloom else self._config.num_kv_heads
        heads = self._config.num_attention_heads
        rows = value.shape[0] // (heads + 2 * groups)
        query, key, result = np.split(value, [heads * rows, (heads + groups) * rows])
        parts = [part.reshape(groups, -1, *value.shape[1:]) for part in (query, key, result)]
        return np.concatenate(parts, axis=1).reshape(value.shape)


_BY_VALUE_HEAD = frozenset(
    {"attn_gate.weight", "ssm_alpha.weight", "ssm_beta.weight", "ssm_a", "ssm_dt.bias"}
)
_GPT2_TRANSPOSED = frozenset(
    {"attn_qkv.weight", "attn_output.weight", "ffn_up.weight", "ffn_down.weight"}
)
