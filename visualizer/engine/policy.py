"""What a model folder must look like before anything of it is loaded. No torch.

Nothing that a folder brings along is ever run, and its `config.json` decides sizes and nothing
else: what names code, kernels, other files or other repositories is refused or dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.headers import TensorHeader, read_safetensors_header, unreadable
from visualizer.engine.models.local import snapshot_notes
from visualizer.engine.models.own import OWN_TYPES
from visualizer.files import TooLargeError, read_file

MOST_CONFIG_BYTES = 1_000_000
MOST_INDEX_BYTES = 50_000_000
MOST_TOKENS = 1 << 23
MOST_LAYERS = 1000

WEIGHTS_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"

LAYER_KEYS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
EXPERT_KEYS = ("num_experts", "num_local_experts", "n_routed_experts")
_RANGES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(LAYER_KEYS, (1, MOST_LAYERS)),
    **dict.fromkeys(("num_attention_heads", "n_head", "n_heads", "num_heads"), (1, 1024)),
    **dict.fromkeys(("num_key_value_heads", "num_kv_heads", "multi_query_group_num"), (1, 1024)),
    **dict.fromkeys(("hidden_size", "n_embd", "d_model", "word_embed_proj_dim"), (1, 1 << 17)),
    **dict.fromkeys(("intermediate_size", "n_inner", "ffn_dim", "d_ff"), (1, 1 << 20)),
    **dict.fromkeys(("head_dim", "d_kv", "kv_channels"), (1, 1 << 14)),
    "vocab_size": (1, MOST_TOKENS),
    **dict.fromkeys(
        ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length"),
        (1, 1 << 27),
    ),
    **dict.fromkeys(EXPERT_KEYS, (0, 4096)),
    "sliding_window": (0, 1 << 27),
}
_REPEATED = (
    "attention_types",
    "first_k_dense_replace",
    "num_blocks",
)  # lists are made of so many parts

_DROPPED = frozenset(
    {
        "attn_implementation",
        "experts_implementation",
        "output_attentions",
        "output_hidden_states",
        "auto_map",
        "custom_pipelines",
        "transformers_weights",
        "fusion_config",
        "distributed_config",
        "name_or_path",
        "dtype",
        "torch_dtype",
        "return_dict",
        "use_cache",
        "torchscript",
        # Of no use to a language model, and dear to read: a name is made up for each label.
        "num_labels",
        "id2label",
        "label2id",
        "problem_type",
        "task_specific_params",
        "pruned_heads",
        "chunk_size_feed_forward",
    }
)

_WRITTEN_FLOATS = ("Infinity", "-Infinity", "NaN")

_NOT_A_LANGUAGE_MODEL = re.compile(
    r"For(MaskedLM|SequenceClassification|TokenClassification|QuestionAnswering|MultipleChoice"
    r"|NextSentencePrediction|PreTraining|ImageClassification|CTC|AudioClassification)$"
)
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.msgpack", "*.h5")


@dataclass(frozen=True)
class CheckedFolder:
    """A model folder that passed every check that needs no torch.

    Attributes:
        path: The folder.
        model_type: The architecture's name in transformers.
        config: `config.json` without the keys that could select code.
        tensors: Every tensor of the weight files, by name.
        files: The weight files, in name order.
        notes: Sentences the user should see.
    """

    path: Path
    model_type: str
    config: dict[str, object]
    tensors: dict[str, TensorHeader]
    files: tuple[Path, ...]
    notes: tuple[VisualizerError, ...]

    @property
    def n_elements(self) -> int:
        """Numbers in all weight files."""
        return sum(tensor.n_elements for tensor in self.tensors.values())


def check_folder(folder: Path, known_types: frozenset[str]) -> CheckedFolder:
    """Check a folder in Hugging Face format.

    Args:
        folder: The folder.
        known_types: `model_type`s that the installed transformers has causal models for.

    Raises:
        ModelLoadError: Anything is missing, damaged, out of range or would need code from the
            folder.
    """
    if not folder.is_dir():
        if folder.exists():
            raise ModelLoadError(
                "{path} is no model: choose a folder with a model, or a file whose name ends in "
                ".gguf. A text or a view is opened from the File menu.",
                path=folder,
            )
        raise ModelLoadError("There is no model folder {path}.", path=folder)
    if not (folder / "config.json").exists():
        _refuse_adapter(folder)
    raw = read_json_object(folder / "config.json", MOST_CONFIG_BYTES)
    notes = _check_kind(folder, raw, known_types) + snapshot_notes(folder)
    config = _stripped(raw)
    _check_numbers(folder, config)
    files = _weight_files(folder)
    tensors: dict[str, TensorHeader] = {}
    for file in files:
        tensors.update(read_safetensors_header(file))
    return CheckedFolder(folder, str(raw["model_type"]), config, tensors, files, notes)


def known_model_types() -> frozenset[str]:
    """The causal language models that can be run: those of transformers, and our own."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return frozenset(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES) | OWN_TYPES


def read_model_file(path: Path, most_bytes: int) -> bytes:
    """All bytes of one of a model's small files.

    Raises:
        ModelLoadError: Not there, or too large.
        ReadError: No ordinary file, or not readable.
    """
    try:
        if not path.exists():
            raise ModelLoadError("{path} is missing.", path=path)
        return read_file(path, most_bytes)
    except TooLargeError as error:
        raise ModelLoadError(
            "{path} is larger than {limit} bytes and was not read.", path=path, limit=most_bytes
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def read_json_object(path: Path, most_bytes: int) -> dict[str, object]:
    """Read a JSON object of limited size.

    Raises:
        ModelLoadError: Not there, too large, not JSON, or not an object.
        ReadError: No ordinary file, or not readable.
    """
    text = read_model_file(path, most_bytes)
    try:
        value = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelLoadError(
            "{path} is not valid JSON: {reason}.", path=path, reason=str(error)[:200]
        ) from error
    if not isinstance(value, dict):
        raise ModelLoadError("{path} holds no JSON object.", path=path)
    return value


def _check_kind(
    folder: Path, raw: Mapping[str, object], known_types: frozenset[str]
) -> tuple[VisualizerError, ...]:
    """Refuse what is no causal language model of the installed transformers."""
    model_type = raw.get("model_type")
    if not isinstance(model_type, str) or model_type not in known_types:
        if raw.get("auto_map"):
            raise ModelLoadError(
                "The model in {path} runs only with program code of its own, which is never "
                "executed here. Look for a version of it for the standard transformers library.",
                path=folder,
            )
        raise ModelLoadError(
            "The model in {path} is of the type {model_type!r}, which the installed transformers "
            "does not know as a causal language model.",
            path=folder,
            model_type=model_type,
        )
    architectures = raw.get("architectures") or []
    names = [str(name) for name in architectures] if isinstance(architectures, list) else []
    if raw.get("is_encoder_decoder") is True or (
        names and all(_NOT_A_LANGUAGE_MODEL.search(name) for name in names)
    ):
        raise ModelLoadError(
            "The model in {path} ({name}) does not predict the next token from the ones before "
            "it, so it cannot be shown.",
            path=folder,
            name=", ".join(names) or "an encoder-decoder",
        )
    if raw.get("quantization_config") is not None:
        raise ModelLoadError(
            "The weights in {path} are quantised in a way that needs further software. Take the "
            "original model or its GGUF version.",
            path=folder,
        )
    if raw.get("auto_map"):
        return (
            VisualizerError(
                "The model brings program code along; it was ignored and the library's own "
                "{model_type} is used.",
                model_type=model_type,
            ),
        )
    return ()


def _stripped(value: Mapping[str, object]) -> dict[str, object]:
    """Without the keys that select code, kernels, files or number types, at every depth."""
    return {
        key: _plain(item)
        for key, item in value.items()
        if not key.startswith("_") and key not in _DROPPED
    }


def _plain(item: object) -> object:
    if isinstance(item, list):
        return [_plain(part) for part in item]
    if not isinstance(item, dict):
        return item
    if item.keys() == {"__float__"} and item["__float__"] in _WRITTEN_FLOATS:
        return float(item["__float__"])  # as the library writes what JSON has no number for
    return _stripped(item)


def _check_numbers(folder: Path, config: Mapping[str, object]) -> None:
    for key, value in config.items():
        if key in _RANGES and value is not None:
            items = value if isinstance(value, list) else [value]
            for item in items:
                _check_range(folder, key, item)
        elif isinstance(value, dict):
            _check_numbers(folder, value)
        elif "layers" in key or key in _REPEATED:
            for number in _integers(value):
                if number > MOST_LAYERS:
                    raise _out_of_range(folder, key, number)
    _check_heads(folder, config)


def _integers(value: object) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _integers(item)


def _check_range(folder: Path, key: str, value: object) -> None:
    low, high = _RANGES[key]
    if type(value) is not int or not low <= value <= high:
        raise _out_of_range(folder, key, value)


def _check_heads(folder: Path, config: Mapping[str, object]) -> None:
    """Query heads must share the key and value heads evenly."""
    heads, groups = config.get("num_attention_heads"), config.get("num_key_value_heads")
    if isinstance(heads, int) and isinstance(groups, int) and heads % groups:
        raise _out_of_range(folder, "num_key_value_heads", groups)


def _out_of_range(folder: Path, key: str, value: object) -> ModelLoadError:
    return ModelLoadError(
        "The configuration in {path} says {key} = {value}, which cannot be.",
        path=folder,
        key=key,
        value=str(value)[:60],
    )


def _weight_files(folder: Path) -> tuple[Path, ...]:
    if (folder / WEIGHTS_FILE).is_file():
        return (folder / WEIGHTS_FILE,)
    if (folder / INDEX_FILE).is_file():
        return _sharded_files(folder)
    pickles = sorted(file.name for pattern in _PICKLES for file in folder.glob(pattern))
    if pickles:
        raise ModelLoadError(
            "{path} holds its weights only as {name}, a format that can run programs, so it was "
            "not opened. Convert it with `AutoModelForCausalLM.from_pretrained(folder)` and "
            "`save_pretrained(new_folder)` of transformers if you trust where it came from.",
            path=folder,
            name=pickles[0],
        )
    _refuse_adapter(folder)
    raise ModelLoadError(
        "There are no weights in {path}: {name} is missing.", path=folder, name=WEIGHTS_FILE
    )


def _refuse_adapter(folder: Path) -> None:
    if (folder / "adapter_config.json").exists():
        raise ModelLoadError(
            "{path} is an adapter (LoRA), not a whole model; merge it into its model first.",
            path=folder,
        )


def _sharded_files(folder: Path) -> tuple[Path, ...]:
    index = read_json_object(folder / INDEX_FILE, MOST_INDEX_BYTES)
    weight_map = index.get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise ModelLoadError("{path} lists no weights.", path=folder / INDEX_FILE)
    names = sorted({str(name) for name in weight_map.values()})
    for name in names:
        if not re.fullmatch(r"[\w.-]+\.safetensors", name) or name.startswith("."):
            raise ModelLoadError(
                "{path} points to {name!r}, outside its folder, and was refused.",
                path=folder / INDEX_FILE,
                name=name[:120],
            )
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ModelLoadError(
            "{n} of {total} weight files are missing in {path}; the first is {name}.",
            n=len(missing),
            total=len(names),
            path=folder,
            name=missing[0],
        )
    return tuple(folder / name for name in names)
