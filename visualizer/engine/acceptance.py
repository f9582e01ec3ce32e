"""Whether what was loaded is the model that its files describe, and what follows for its use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.models.manifest import read_manifest
from visualizer.engine.policy import CheckedFolder, read_json_object
from visualizer.engine.tokenization import Tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

ASSUMED_CONTEXT = 2048
"""For an architecture whose positions have no end and that names no length."""

_CONTEXT_KEYS = (
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "max_seq_len",
    "seq_length",
    "max_sequence_length",
    "max_target_positions",
)
_INTEGERS = frozenset({"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"})
_SCALE_NAME = re.compile(
    r"(^|[._])(scales?|scb|absmax|zeros|zero_points?|qzeros|qweight|g_idx|quant_map|quant_state)"
    r"(_inv)?([._]|$)",
    re.IGNORECASE,
)
"""Names, or ends of names, that quantisers give to what belongs to a scaled weight."""
_MOST_GENERATION_BYTES = 1_000_000
_NAMED = 3


def check_loaded(
    checked: CheckedFolder, model: PreTrainedModel, info: dict[str, Any]
) -> tuple[VisualizerError, ...]:
    """Refuse a model of which any part was not in the files, or any layer was left out."""
    tied = set(getattr(model, "all_tied_weights_keys", {}) or {})
    missing = sorted(set(info["missing_keys"]) - tied)
    if missing:
        raise ModelLoadError(
            "{path} lacks {n} of the weights that its configuration asks for: {names}. They would "
            "be random numbers, so the model was refused.",
            path=checked.path,
            n=len(missing),
            names=_first(missing),
        )
    mismatched = sorted(str(_key_of(item)) for item in info["mismatched_keys"])
    if mismatched:
        raise ModelLoadError(
            "{n} weights in {path} have other shapes than its configuration says: {names}.",
            path=checked.path,
            n=len(mismatched),
            names=_first(mismatched),
        )
    if info.get("error_msgs") or info.get("conversion_errors"):
        raise ModelLoadError(
            "The weights in {path} do not fit the {model_type} architecture.",
            path=checked.path,
            model_type=checked.model_type,
            detail=str(info.get("error_msgs") or info.get("conversion_errors"))[:4000],
        )
    unused = sorted(info["unexpected_keys"])
    _refuse_scaled(checked, model, unused)
    return _check_unused(checked, model, unused)


def _refuse_scaled(checked: CheckedFolder, model: PreTrainedModel, unused: list[str]) -> None:
    """Refuse weights that are only right times a scale: as plain numbers they would be false."""
    parameters = {name for name, _ in model.named_parameters()}
    scaled = [
        name
        for name, tensor in checked.tensors.items()
        if tensor.dtype in _INTEGERS
        and len(tensor.shape) > 1
        and (name in parameters or name.endswith("weight"))
    ]
    scaled += [name for name in unused if _SCALE_NAME.search(name)]
    if scaled:
        raise ModelLoadError(
            "{path} holds weights that have to be multiplied by a scale ({names}), and its "
            "configuration does not say how: they would be read as false numbers. Take the "
            "original model or its GGUF version.",
            path=checked.path,
            names=_first(scaled),
        )


def _key_of(item: Any) -> Any:
    return item[0] if isinstance(item, tuple) else item


def _check_unused(
    checked: CheckedFolder, model: PreTrainedModel, unused: list[str]
) -> tuple[VisualizerError, ...]:
    """Refuse a file with more layers than the configuration; name other unused weights."""
    n_layers = getattr(model.config.get_text_config(), "num_hidden_layers", None)
    if isinstance(n_layers, int):
        used = {_list_of(key) for key in checked.tensors.keys() - set(unused)}
        # A part that is not used at all, such as one that sees, counts its layers by itself.
        beyond = [key for key in unused if _layer_of(key) >= n_layers and _list_of(key) in used]
        if beyond:
            raise ModelLoadError(
                "{path} has weights of more layers than the {n} in its configuration: {names}.",
                path=checked.path,
                n=n_layers,
                names=_first(beyond),
            )
    if not unused:
        return ()
    return (
        VisualizerError(
            "{n} tensors of the file are not used by the model: {names}.",
            n=len(unused),
            names=_first(unused),
        ),
    )


def _layer_of(key: str) -> int:
    found = re.search(r"\.(\d+)\.", key)
    return int(found[1]) if found else -1


def _list_of(key: str) -> str:
    """The name of the list that a layer's tensor belongs to."""
    return re.split(r"\.\d+\.", key, maxsplit=1)[0]


def _first(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def check_vocabulary(
    name: str, model: PreTrainedModel, tokenizer: Tokenizer
) -> tuple[VisualizerError, ...]:
    """Refuse a tokenizer that makes ids the model has no row for.

    Some published models have a special token or two past the end, for pictures; plain text
    never becomes one of those, so that is told and not refused.
    """
    parts: Any = model
    output = parts.get_output_embeddings()
    embedding = output if output is not None else parts.get_input_embeddings()
    rows = int(embedding.weight.shape[0])
    beyond = [i for i in range(rows, tokenizer.vocabulary_size) if tokenizer.token_bytes(i)]
    if not beyond:
        return ()
    if set(beyond) <= tokenizer.special_ids:
        return (
            VisualizerError(
                "{n} special tokens of the tokenizer are unknown to the model and cannot be used.",
                n=len(beyond),
            ),
        )
    raise ModelLoadError(
        "The tokenizer of {name} has {tokens} tokens and the model only {rows}; they do not "
        "belong together.",
        name=name,
        tokens=tokenizer.vocabulary_size,
        rows=rows,
    )


def end_ids(checked: CheckedFolder, config: PreTrainedConfig) -> tuple[int, ...]:
    """Ids that end a text: from generation_config.json, else from config.json."""
    value: object = None
    file = checked.path / "generation_config.json"
    if file.is_file():
        value = read_json_object(file, _MOST_GENERATION_BYTES).get("eos_token_id")
    if value is None:
        value = getattr(config.get_text_config(), "eos_token_id", None)
    ids = value if isinstance(value, list) else [value]
    rows = getattr(config.get_text_config(), "vocab_size", 0)
    return tuple(sorted({i for i in ids if type(i) is int and 0 <= i < rows}))


def context_length(
    checked: CheckedFolder, config: PreTrainedConfig
) -> tuple[int, tuple[VisualizerError, ...]]:
    """The most tokens the model can read, and a note where that had to be assumed."""
    text_config = config.get_text_config()
    for key in _CONTEXT_KEYS:
        value = getattr(text_config, key, None)
        if type(value) is int and value > 0:
            longest = int(value * _stretch(text_config))
            # Doge beyond its window chooses at random among equal tokens: there is no one answer.
            return min(longest, getattr(text_config, "keep_window_size", None) or longest), ()
    return ASSUMED_CONTEXT, (
        VisualizerError(
            "The {model_type} architecture names no context length; up to {n} tokens are read.",
            model_type=checked.model_type,
            n=ASSUMED_CONTEXT,
        ),
    )


def _stretch(text_config: PreTrainedConfig) -> float:
    """How many times longer a text may be than was named: dynamic NTK scales beyond that."""
    rope = getattr(text_config, "rope_parameters", None) or {}
    factor = rope.get("factor") if rope.get("rope_type") == "dynamic" else None
    return max(1.0, float(factor)) if isinstance(factor, int | float) else 1.0


def attention_notes(model_type: str, config: PreTrainedConfig) -> tuple[VisualizerError, ...]:
    """What is computed otherwise than the configuration says."""
    if getattr(config, "attention_type", None) != "block_sparse":
        return ()
    # At its first short text transformers takes up full attention for good.
    return (
        VisualizerError(
            "The sparse attention of {model_type} is computed as full attention.",
            model_type=model_type,
        ),
    )


def conversion_notes(folder: Path) -> tuple[VisualizerError, ...]:
    """What the user should know of a model that was converted from a GGUF file."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.source.get("pre_tokenizer_known", "true") == "true":
        return ()
    return (
        VisualizerError(
            "The file splits text by the rule {rule!r}, which is not known here; GPT-2's is used, "
            "and some words may be cut otherwise than in the model's training.",
            rule=manifest.source.get("pre_tokenizer", ""),
        ),
    )
