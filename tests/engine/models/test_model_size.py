"""What a configuration asks for is bounded by what the weights hold, before anything is built."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from visualizer.engine.errors import ModelLoadError

Load = Callable[..., Any]
TINY: dict[str, dict[str, Any]] = {
    "gptj": {"n_embd": 16, "n_layer": 2, "n_head": 2, "rotary_dim": 4, "n_positions": 64},
    "codegen": {"n_embd": 16, "n_layer": 2, "n_head": 4, "rotary_dim": 4, "n_positions": 64},
    "gpt_neo": {
        "hidden_size": 16,
        "num_layers": 2,
        "num_heads": 2,
        "attention_types": [[["global", "local"], 1]],
        "max_position_embeddings": 64,
    },
    "gpt_bigcode": {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64},
    "xglm": {
        "d_model": 16,
        "num_layers": 2,
        "attention_heads": 2,
        "ffn_dim": 24,
        "max_position_embeddings": 64,
    },
}


def folder_of(built_models: Path, tmp_path: Path, kind: str, **changes: Any) -> Path:
    """A tiny random model of a type, whose configuration says something else afterwards."""
    folder = tmp_path / kind
    config = AutoConfig.for_model(kind, vocab_size=260, **TINY[kind])
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    shutil.copy(built_models / "llama" / "tokenizer.json", folder)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return folder


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("kind", TINY)
def test_tables_of_positions_are_not_built_at_any_length(
    kind: str, built_models: Path, tmp_path: Path, load: Load
) -> None:
    key = next(key for key in TINY[kind] if "position" in key)
    folder = folder_of(built_models, tmp_path, kind, **{key: 67_000_000})
    before = peak_bytes()
    with pytest.raises(ModelLoadError, match="million numbers"):
        load(folder)
    assert peak_bytes() - before < 200_000_000


@pytest.mark.parametrize("kind", TINY)
def test_what_the_files_can_fill_is_loaded(
    kind: str, built_models: Path, tmp_path: Path, load: Load
) -> None:
    assert load(folder_of(built_models, tmp_path, kind)).n_parameters > 0


@pytest.mark.parametrize(
    "labels",
    [
        {"num_labels": 10_000_000},
        {"num_labels": "x"},
        {"id2label": {str(i): f"a label {i}" for i in range(20_000)}, "label2id": [1]},
        {"pruned_heads": {str(i): list(range(1000)) for i in range(100)}},
        {"task_specific_params": {"x": {"y": [0] * 10_000}}},
    ],
)
def test_what_no_language_model_needs_is_not_read(
    labels: dict[str, Any], model_folder: Callable[..., Path], load: Load
) -> None:
    before = peak_bytes()
    config = load(model_folder(**labels)).model.config
    assert config.num_labels == 2
    assert not config.__dict__.get("pruned_heads")
    assert peak_bytes() - before < 200_000_000


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("llama", {"num_hidden_layers": 900}),
        ("llama", {"text_config": {"num_hidden_layers": 900}}),
        ("llama", {"num_experts": 4000}),
        ("llama", {"num_layers_per_stack": 10**9}),
        ("gpt_neo", {"attention_types": [[["global"], 10**9]]}),
        ("gpt_neo", {"attention_types": [[["global"], 2], [["local"], 10**9]]}),
    ],
)
def test_parts_that_the_files_cannot_fill_are_refused_by_name(
    kind: str,
    changes: dict[str, Any],
    built_models: Path,
    model_folder: Callable[..., Path],
    tmp_path: Path,
    load: Load,
) -> None:
    if kind == "llama":
        folder = model_folder(**changes)
    else:
        folder = folder_of(built_models, tmp_path, kind, **changes)
    (key,) = changes
    named = key if key != "text_config" else "num_hidden_layers"
    with pytest.raises(ModelLoadError, match=f"says {named} = "):
        load(folder)
