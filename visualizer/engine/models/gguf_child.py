"""The child process that converts a GGUF file: `python -m ...gguf_child FILE FOLDER`.

Prints a JSON object a line: {"done", "total"}, {"facts"} at the end, or {"template", "values",
"detail"}, a sentence for the user as `VisualizerError` keeps it.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visualizer.engine.models.child import end_with_parent

if TYPE_CHECKING:
    from visualizer.engine.gguf_headers import GgufHeader

_FLOAT32_BYTES = 4


def main(argv: list[str]) -> int:
    """Convert argv[0] into the existing folder argv[1]; returns the exit status."""
    end_with_parent()  # before the imports below, which take seconds
    from visualizer.engine.errors import ModelLoadError, VisualizerError

    gguf, folder = Path(argv[0]), Path(argv[1])
    try:
        with contextlib.redirect_stdout(sys.stderr):
            facts = convert(gguf, folder)
    except VisualizerError as error:
        _say(**error.as_json())
        return 1
    except Exception as error:  # a damaged file may make a library raise anything
        refusal = ModelLoadError(
            "{path} cannot be converted: what it holds does not fit together. Fetch or convert "
            "the model again.",
            path=gguf,
            detail=f"{type(error).__name__}: {error}"[:4000],
        )
        _say(**refusal.as_json())
        return 1
    _say(facts=facts)
    return 0


def convert(gguf: Path, folder: Path) -> dict[str, str]:
    """Write weights (float32), configuration, generation settings and tokenizer to `folder`.

    Returns:
        What the manifest should record of the tokenizer.

    Raises:
        ModelLoadError: The file cannot be followed in every point, or there is too little memory
            or disk.
        Exception: Whatever a library raises for a damaged file.
    """
    import transformers

    from visualizer.engine.gguf_headers import read_gguf_header
    from visualizer.engine.models.gguf_tokenizer import read_tokenizer, write_tokenizer

    logging: Any = transformers.utils.logging
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    header = read_gguf_header(gguf)
    _check_kind(gguf, header)
    _check_room(gguf, header.n_elements, folder)
    _say(done=0, total=header.n_tensors)
    tokenizer = read_tokenizer(header.files[0], header)
    model = _build(gguf, header, tokenizer.role_ids)
    ends = tokenizer.end_ids
    model.generation_config.eos_token_id = list(ends) if len(ends) > 1 else next(iter(ends), None)
    model.save_pretrained(folder)
    write_tokenizer(gguf, tokenizer, folder)
    _say(done=header.n_tensors, total=header.n_tensors)
    known = str(tokenizer.is_split_known).lower()
    return {"pre_tokenizer": header.pre_tokenizer, "pre_tokenizer_known": known}


def _build(gguf: Path, header: GgufHeader, role_ids: dict[str, int]) -> Any:
    """The model with the file's weights and nothing else."""
    import torch
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    from visualizer.engine.models.gguf_architectures import ARCHITECTURES, GgufModel
    from visualizer.engine.models.gguf_keys import GgufKeys
    from visualizer.engine.models.gguf_tensors import read_factors, read_weights

    keys = GgufKeys(gguf, header)
    values = ARCHITECTURES[header.architecture](GgufModel(keys, header, read_factors(header)))
    keys.refuse_unread()
    values |= dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id")) | role_ids
    model_type = values.pop("model_type")
    config_class: Any = CONFIG_MAPPING[model_type]
    config = config_class(**values, tie_word_embeddings="output.weight" not in header.tensors)
    model_class: Any = getattr(transformers, MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[model_type])
    with torch.device("meta"):
        empty = model_class(config)
    weights = read_weights(header, empty, lambda done: _say(done=done, total=header.n_tensors))
    return model_class.from_pretrained(
        None,
        config=config,
        state_dict=weights,
        dtype=torch.float32,
        attn_implementation="eager",
        trust_remote_code=False,
        local_files_only=True,
    )


def _check_kind(gguf: Path, header: GgufHeader) -> None:
    from visualizer.engine.errors import ModelLoadError
    from visualizer.engine.models.gguf_architectures import ARCHITECTURES
    from visualizer.engine.models.gguf_keys import cannot_honour

    kind = header.fields.get("general.type", "model")
    if kind != "model":
        raise cannot_honour(gguf, "general.type", kind)
    if header.architecture not in ARCHITECTURES:
        raise ModelLoadError(
            "{path} cannot be converted: its architecture {architecture} is not read from GGUF "
            "here. Use the model in Hugging Face format instead.",
            path=gguf,
            architecture=header.architecture,
        )
    if "token_embd.weight" not in header.tensors:
        raise ModelLoadError(
            "{path} lacks {n} of the weights that its model needs: {names}. Fetch or convert the "
            "model again.",
            path=gguf,
            n=1,
            names="token_embd.weight",
        )


def _check_room(gguf: Path, n_elements: int, folder: Path) -> None:
    import psutil

    from visualizer.engine.errors import ModelLoadError

    needed = n_elements * _FLOAT32_BYTES
    free = psutil.virtual_memory().available
    if needed > free:
        raise ModelLoadError(
            "{path} cannot be converted: it needs {needed:.1f} GB of memory, and {free:.1f} GB "
            "are free.",
            path=gguf,
            needed=needed / 1e9,
            free=free / 1e9,
        )
    room = shutil.disk_usage(folder).free
    if needed > room:
        raise ModelLoadError(
            "{path} cannot be converted: it needs {needed:.1f} GB on the disk, and {free:.1f} GB "
            "are free.",
            path=gguf,
            needed=needed / 1e9,
            free=room / 1e9,
        )


def _say(**message: object) -> None:
    print(json.dumps(message), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
