"""A training's model as a folder that opens like any other: config, weights, tokenizer.

The folder has the form that Hugging Face's libraries write. Its architecture is the program's
own, `visualizer_tutorial`: the tutorial's model is none of those that transformers knows.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save as safetensors_bytes
from torch import Tensor

from visualizer.files import check_target, write_atomically, write_error
from visualizer.lessons.exported_tokenizer import exported_tokenizer
from visualizer.lessons.training import DivergedError

if TYPE_CHECKING:
    from visualizer.lessons.training import Training

MODEL_TYPE = "visualizer_tutorial"
"""As the engine knows the architecture."""

WEIGHTS = "model.safetensors"

_ATTENTION = "self_attn.in_proj_"
_RENAMED = {
    "embedding.": "model.embed_tokens.",
    "decoder.": "lm_head.",
    "transformer_encoder.layers.": "model.layers.",
    "self_attn.out_proj.": "self_attn.o_proj.",
}


def export_model(training: Training, folder: str | os.PathLike[str]) -> None:
    """Write the model of a training into a folder that `visualizer --model FOLDER` opens.

    A folder that is not there yet appears complete or not at all. In one that is there, other
    files stay, each of ours is replaced in one step, and the weights come last.

    Args:
        training: As far as it has come.
        folder: Its parent must exist.

    Raises:
        DivergedError: A weight is not a finite number; nothing was written.
        WriteError: The disk is full, or the folder cannot be written to; what stood there before
            is whole.
    """
    tensors = exported_tensors(training.model)
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise DivergedError(
                "After {step} steps {name} holds numbers that are not finite: the model was not "
                "written.",
                step=training.step,
                name=name,
            )
    tokenizer = exported_tokenizer(training.corpus.vocabulary, training.corpus.unit)
    files = {
        "config.json": _json_bytes(_config(training)),
        "tokenizer.json": tokenizer.to_str(pretty=True).encode("utf-8"),
        "tokenizer_config.json": _json_bytes(
            {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "model_max_length": training.settings.length,
                "clean_up_tokenization_spaces": False,
            }
        ),
        WEIGHTS: safetensors_bytes(tensors, {"format": "pt"}),
    }
    target = Path(folder)
    if target.is_dir():
        _write_each(files, target)
    else:
        check_target(target)
        _write_folder(files, target)


def exported_tensors(model: torch.nn.Module) -> dict[str, Tensor]:
    """The weights of a `TransformerModel` by the names of the exported architecture.

    Queries, keys and values, which `nn.MultiheadAttention` keeps as one matrix (3C, C), become
    three matrices (C, C).
    """
    tensors: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        tensor = parameter.detach().cpu()
        for old, new in _RENAMED.items():
            name = name.replace(old, new)
        if _ATTENTION in name:
            for part, piece in zip("qkv", tensor.chunk(3), strict=True):
                key = name.replace(_ATTENTION, f"self_attn.{part}_proj.")
                tensors[key] = piece.contiguous()
        else:
            tensors[name] = tensor.contiguous()
    return tensors


def _config(training: Training) -> dict[str, object]:
    settings = training.settings
    return {
        "model_type": MODEL_TYPE,
        "architectures": ["TutorialForCausalLM"],
        "vocab_size": len(training.corpus.vocabulary),
        "hidden_size": settings.d_model,
        "num_attention_heads": settings.nhead,
        "num_hidden_layers": settings.num_layers,
        "intermediate_size": settings.dim_feedforward,
        "max_position_embeddings": settings.length,
        "layer_norm_eps": 1e-5,
        "tie_word_embeddings": False,
        "trained_steps": training.step,
        "trained_target": settings.target,
        "trained_unit": training.corpus.unit,
    }


def _json_bytes(value: dict[str, object]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _write_each(files: dict[str, bytes], folder: Path) -> None:
    for name in files:
        check_target(folder / name)
    for name, data in files.items():
        write_atomically(folder / name, data)


def _write_folder(files: dict[str, bytes], target: Path) -> None:
    temporary = target.with_name(f".visualizer-{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir()
        _write_each(files, temporary)
        os.replace(temporary, target)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        if temporary.exists():
            shutil.rmtree(temporary, ignore_errors=True)
