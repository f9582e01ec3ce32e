"""From a folder or a GGUF file to a model in memory, or a sentence that says why not.

transformers is given a configuration and tensors that were read and checked here; it never
looks into the folder itself, so nothing in it can point the library to code, kernels, adapters
or other files.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import torch

from visualizer.engine.acceptance import (
    attention_notes,
    check_loaded,
    check_vocabulary,
    context_length,
    conversion_notes,
    end_ids,
)
from visualizer.engine.chat import ChatTemplate
from visualizer.engine.chat_files import read_chat_template
from visualizer.engine.errors import ModelLoadError, VisualizerError
from visualizer.engine.model_size import count_elements
from visualizer.engine.models.convert import ensure_converted
from visualizer.engine.models.manifest import known_weights_sha256
from visualizer.engine.models.own import OWN_TYPES, own_classes
from visualizer.engine.policy import (
    CheckedFolder,
    check_folder,
    known_model_types,
)
from visualizer.engine.quiet import quiet_library
from visualizer.engine.records import Cancelled, CancelToken
from visualizer.engine.tokenization import Tokenizer
from visualizer.engine.tokenizers_hf import load_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel

Report = Callable[[str, int, int | None, str], None]
"""Stage, done, total and unit, as in ProgressRecord."""

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_HEADER_DTYPES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory; its dry run is still to come.

    Attributes:
        model: In evaluation mode, without gradients, on `device` in `dtype`, with eager attention.
        begins_with: Ids that the tokenizer puts before every prompt, often ().
        end_ids: Ids that end a generation.
        context_length: Most tokens it can read.
        notes: Sentences the user should see.
        weights_sha256: Of the weight files' bytes in name order; "" if not known without
            reading a large file.
        source: What was asked for: the folder or the GGUF file.
        chat_template: How it wants a conversation written, None without a template.
    """

    name: str
    source: Path
    model: PreTrainedModel
    tokenizer: Tokenizer
    begins_with: tuple[int, ...]
    end_ids: tuple[int, ...]
    context_length: int
    n_parameters: int
    device: torch.device
    dtype: torch.dtype
    notes: tuple[VisualizerError, ...]
    weights_sha256: str
    chat_template: ChatTemplate | None = None


def load_model(
    path: Path, *, name: str, device: str, dtype: str, report: Report, cancel: CancelToken
) -> LoadedModel:
    """Load a model that is on this machine, and never anything else.

    Args:
        path: A folder in Hugging Face format, or a GGUF file, which is converted first.
        name: What the user calls it.
        device: "auto", "cpu", "cuda", "cuda:N" or "mps".
        dtype: "auto", "float32", "bfloat16" or "float16"; auto is float32 on the CPU and the
            checkpoint's own elsewhere.
        report: Called with ("convert", ...) and ("load", tensors done, tensors, "tensors"), and
            ("build", ...) once they are read.
        cancel: Polled between tensors.

    Raises:
        ModelLoadError: The model, or the device, was refused.
        Cancelled: `cancel` was set.
    """
    try:
        return _load(path, name, device, dtype, report, cancel)
    except (VisualizerError, Cancelled):
        raise
    except Exception as error:  # whatever a damaged model makes a library raise
        raise _as_load_error(name, path, error) from error


def _load(
    path: Path, name: str, device: str, dtype: str, report: Report, cancel: CancelToken
) -> LoadedModel:
    place = choose_device(device)
    folder = path
    if path.suffix.lower() == ".gguf" and not path.is_dir():
        folder = ensure_converted(path, report=report, cancel=cancel)
    cancel.check()
    report("load", 0, None, "tensors")
    with quiet_library():
        checked = check_folder(folder, known_model_types())
        numbers = choose_dtype(dtype, place, checked)
        model_class, config = _class_and_config(checked)
        try:
            n_elements = count_elements(model_class, config, checked)
        except (VisualizerError, MemoryError):
            raise
        except Exception as error:  # whatever an architecture makes of a value
            raise _as_config_error(checked, error) from error
        _check_memory(name, n_elements * numbers.itemsize, place)
        tokenizer = load_tokenizer(folder, name, cancel)
        cancel.check()
        tensors = _read_tensors(checked, report, cancel)
        report("build", 0, None, "tensors")
        model, info = _build(model_class, config, tensors, numbers)
        del tensors
        notes = checked.notes + check_loaded(checked, model, info)
        notes += attention_notes(checked.model_type, config)
        notes += check_vocabulary(name, model, tokenizer)
        cancel.check()
        movable: Any = model
        movable.to(place).requires_grad_(False).eval()
    longest, context_notes = context_length(checked, model.config)
    return LoadedModel(
        name=name,
        source=path,
        model=model,
        tokenizer=tokenizer,
        begins_with=_begins_with(tokenizer),
        end_ids=end_ids(checked, model.config),
        context_length=longest,
        n_parameters=sum(parameter.numel() for parameter in model.parameters()),
        device=place,
        dtype=numbers,
        notes=notes + context_notes + conversion_notes(folder),
        weights_sha256=known_weights_sha256(folder, checked.files),
        chat_template=read_chat_template(folder),
    )


def choose_device(device: str) -> torch.device:
    """The device for "auto", "cpu", "cuda", "cuda:N" or "mps".

    Raises:
        ModelLoadError: It is none of these, or not on this machine.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", torch.cuda.current_device())
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if not re.fullmatch(r"cpu|mps|cuda(:\d{1,3})?", device):
        raise ModelLoadError(
            "There is no device {device!r}; say auto, cpu, cuda, cuda:N or mps.", device=device
        )
    place = torch.device(device)
    if place.type == "cuda" and (place.index or 0) >= torch.cuda.device_count():
        raise ModelLoadError(
            "{device} cannot be used: PyTorch sees {n} CUDA devices on this machine.",
            device=device,
            n=torch.cuda.device_count(),
        )
    if place.type == "mps" and not torch.backends.mps.is_available():
        raise ModelLoadError("mps cannot be used: PyTorch sees no Apple GPU on this machine.")
    if place.type == "cuda" and place.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return place


def choose_dtype(dtype: str, place: torch.device, checked: CheckedFolder) -> torch.dtype:
    """The number type for "auto", "float32", "bfloat16" or "float16".

    Raises:
        ModelLoadError: It is none of these.
    """
    if dtype == "auto":
        dtype = "float32" if place.type == "cpu" else _own_dtype(checked)
    if dtype not in _DTYPES:
        raise ModelLoadError(
            "There is no number type {dtype!r}; say auto, float32, bfloat16 or float16.",
            dtype=dtype,
        )
    return _DTYPES[dtype]


def _own_dtype(checked: CheckedFolder) -> str:
    """The type that most of the checkpoint's numbers have; float32 if it is an unusual one."""
    counts: dict[str, int] = {}
    for tensor in checked.tensors.values():
        counts[tensor.dtype] = counts.get(tensor.dtype, 0) + tensor.n_elements
    most = max(counts, key=lambda name: counts[name])
    return _HEADER_DTYPES.get(most, "float32")


def _class_and_config(
    checked: CheckedFolder,
) -> tuple[type[PreTrainedModel], PreTrainedConfig]:
    """The class for the model type, the library's or our own, and the checked configuration."""
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    values = {key: value for key, value in checked.config.items() if key != "model_type"}
    if checked.model_type in OWN_TYPES:
        own_model, own_config = own_classes(checked.model_type)
        make_config: Any = own_config
        return own_model, make_config(**values)
    config_class: Any = CONFIG_MAPPING[checked.model_type]
    try:
        config = config_class(**values)
    except Exception as error:  # whatever the library makes of a value
        raise _as_config_error(checked, error) from error
    if config.is_encoder_decoder:
        raise ModelLoadError(
            "The model in {path} ({model_type}) does not predict the next token from the ones "
            "before it, so it cannot be shown.",
            path=checked.path,
            model_type=checked.model_type,
        )
    model_class = getattr(transformers, MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[checked.model_type])
    if not isinstance(config, model_class.config_class):  # of a model that also sees or hears
        config = config.get_text_config(decoder=True)
    return model_class, config


def _check_memory(name: str, needed: int, place: torch.device) -> None:
    free = psutil.virtual_memory().available
    where = "of memory"
    if place.type == "cuda":
        free = min(free, torch.cuda.mem_get_info(place)[0])
        where = "of GPU memory"
    if needed > free:
        raise ModelLoadError(
            "{name} needs {needed:.1f} GB {where}, and {free:.1f} GB are free.",
            name=name,
            needed=needed / 1e9,
            free=free / 1e9,
            where=where,
        )


def _read_tensors(
    checked: CheckedFolder, report: Report, cancel: CancelToken
) -> dict[str, torch.Tensor]:
    """Every tensor by name; mapped from the file, so this reads almost nothing yet."""
    from safetensors import safe_open

    tensors: dict[str, torch.Tensor] = {}
    total = len(checked.tensors)
    for file in checked.files:
        with safe_open(file, framework="pt", device="cpu") as opened:
            for key in opened.keys():  # noqa: SIM118  (not a dict, and not iterable)
                cancel.check()
                tensors[key] = opened.get_tensor(key)
                report("load", len(tensors), total, "tensors")
    return tensors


def _build(
    model_class: type[PreTrainedModel],
    config: PreTrainedConfig,
    tensors: dict[str, torch.Tensor],
    numbers: torch.dtype,
) -> tuple[PreTrainedModel, dict[str, Any]]:
    # An explicit attention wins over anything a configuration names; the keys are stripped, too.
    loaded: Any = model_class.from_pretrained(
        None,
        config=config,
        state_dict=tensors,
        dtype=numbers,
        attn_implementation="eager",
        trust_remote_code=False,
        use_safetensors=True,
        local_files_only=True,
        ignore_mismatched_sizes=True,  # they are listed, and refused by name
        output_loading_info=True,
    )
    model, info = loaded
    return model, info


def _begins_with(tokenizer: Tokenizer) -> tuple[int, ...]:
    empty = tokenizer.encode("")
    return tuple(int(token_id) for token_id in empty.ids[: empty.n_added])


def _as_load_error(name: str, path: Path, error: Exception) -> ModelLoadError:
    detail = f"{type(error).__name__}: {error}"[:4000]
    if isinstance(error, torch.OutOfMemoryError | MemoryError) or _is_out_of_memory(error):
        return ModelLoadError("{name} does not fit into memory.", name=name, detail=detail)
    if isinstance(error, OSError):
        return ModelLoadError(
            "{name} cannot be read from {path}: {reason}.",
            name=name,
            path=path,
            reason=error.strerror or str(error)[:200],
            detail=detail,
        )
    return ModelLoadError(
        "{name} could not be loaded from {path}: what its files say does not fit together for the "
        "installed transformers. Fetch or convert the model again.",
        name=name,
        path=path,
        detail=detail,
    )


def _as_config_error(checked: CheckedFolder, error: Exception) -> ModelLoadError:
    """The library names the key in its words, if it names one."""
    detail = f"{type(error).__name__}: {error}"[:4000]
    named = re.search(r"field '(\w+)'", detail)
    if named is not None and named[1] in checked.config:
        return ModelLoadError(
            "The configuration in {path} says {key} = {value}, which cannot be.",
            path=checked.path,
            key=named[1],
            value=str(checked.config[named[1]])[:60],
            detail=detail,
        )
    return ModelLoadError(
        "The configuration in {path} is none that {model_type} could have: its values contradict "
        "one another or are of the wrong kind.",
        path=checked.path,
        model_type=checked.model_type,
        detail=detail,
    )


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "out of memory" in text
    )


__all__ = [
    "LoadedModel",
    "Report",
    "choose_device",
    "choose_dtype",
    "load_model",
]
