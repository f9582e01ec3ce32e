"""The child process that converts a GGUF file: `python -m ...gguf_child FILE FOLDER`.

Prints a JSON object a line: {"done", "total"}, {"facts"} at the end, or {"problem", "detail"}.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import psutil

from visualizer.engine.headers import read_gguf_header
from visualizer.engine.models.child import end_with_parent

_FLOAT32_BYTES = 4
_SPLIT_LIKE_GPT2 = frozenset({"", "default", "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion"})
"""`tokenizer.ggml.pre` values whose text is split as GPT-2's."""
_SPLIT_DIGITS_FIRST = frozenset(
    {"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"}
)
"""Values whose text is split into single digits first, then as GPT-2's."""


def main(argv: list[str]) -> int:
    """Convert argv[0] into the existing folder argv[1]; returns the exit status."""
    end_with_parent()
    gguf, folder = Path(argv[0]), Path(argv[1])
    try:
        with contextlib.redirect_stdout(sys.stderr):
            facts = convert(gguf, folder)
    except Exception as error:  # a damaged file may raise anything
        detail = f"{type(error).__name__}: {error}"
        _say(problem=detail.splitlines()[0][:300], detail=detail[:4000])
        return 1
    _say(facts=facts)
    return 0


def convert(gguf: Path, folder: Path) -> dict[str, str]:
    """Write weights (float32), configuration, generation settings and tokenizer to `folder`.

    Returns:
        What the manifest should record of the tokenizer.

    Raises:
        ValueError: Too little memory or disk.
        Exception: Whatever transformers raises for a file it cannot read.
    """
    import torch
    import transformers

    logging: Any = transformers.utils.logging
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    header = read_gguf_header(gguf)
    _check_room(header.n_elements, folder)
    _say(done=0, total=header.n_tensors)
    model: Any = transformers.AutoModelForCausalLM.from_pretrained(
        str(gguf.parent),
        gguf_file=gguf.name,
        dtype=torch.float32,
        attn_implementation="eager",
        trust_remote_code=False,
        local_files_only=True,
        **_dequantized(),
    )
    _forget_quantization(model)
    model.save_pretrained(folder)
    _say(done=header.n_tensors, total=header.n_tensors)
    return _save_tokenizer(gguf, folder, header.pre_tokenizer)


def _check_room(n_elements: int, folder: Path) -> None:
    needed = n_elements * _FLOAT32_BYTES
    free = psutil.virtual_memory().available
    if needed > free:
        raise ValueError(
            f"it needs {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free."
        )
    room = shutil.disk_usage(folder).free
    if needed > room:
        raise ValueError(
            f"it needs {needed / 1e9:.1f} GB on the disk, and {room / 1e9:.1f} GB are free."
        )


def _dequantized() -> dict[str, Any]:
    """Plain weights, and none of the kernels that packed ones would be run with."""
    try:
        from transformers import GgufConfig
    except ImportError:  # releases that know no other way
        return {}
    return {"quantization_config": GgufConfig(dequantize=True)}


def _forget_quantization(model: Any) -> None:
    # `save_pretrained` refuses a model that came from GGUF; its weights are plain by now.
    for name in ("hf_quantizer", "quantization_method"):
        if hasattr(model, name):
            delattr(model, name)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.is_quantized = False


def _save_tokenizer(gguf: Path, folder: Path, pre: str) -> dict[str, str]:
    from tokenizers import pre_tokenizers
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(
        str(gguf.parent), gguf_file=gguf.name, local_files_only=True, trust_remote_code=False
    )
    backend = tokenizer.backend_tokenizer
    if pre in _SPLIT_DIGITS_FIRST:
        # WORKAROUND for transformers 5: it splits these as GPT-2's, which merges the spaces or
        # newlines before a digit differently. The rule is llama.cpp's for these names.
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
    tokenizer.save_pretrained(folder)
    return {"pre_tokenizer": pre, "pre_tokenizer_known": str(_is_known(pre, backend)).lower()}


def _is_known(pre: str, backend: Any) -> bool:
    """Whether the text is split as when the model was trained, as far as the file tells."""
    if pre in _SPLIT_LIKE_GPT2 or pre in _SPLIT_DIGITS_FIRST:
        return True
    state = json.loads(backend.to_str())
    kind = (state.get("pre_tokenizer") or {}).get("type")
    # transformers puts a Sequence with its own Split where it knows the name; a vocabulary that
    # is not byte-level BPE needs no such rule.
    return kind != "ByteLevel"


def _say(**message: object) -> None:
    print(json.dumps(message), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
