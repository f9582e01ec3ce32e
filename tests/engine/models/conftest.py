"""Small models on the disk, caches of the test's own, and a stand-in for the hub."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from visualizer.engine.records import CancelToken

VOCABULARY = 260


@pytest.fixture(scope="session")
def tried_tokenizers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Which tokenizers have passed their trial: the same few in all of these tests."""
    return tmp_path_factory.mktemp("tried")


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, tried_tokenizers: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty caches, for this process and its children; returns our own."""
    hub = tmp_path / "hub"
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "tokenizers").symlink_to(tried_tokenizers)
    monkeypatch.setenv("VISUALIZER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(hub))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub))
    return tmp_path / "cache"


def write_tokenizer(folder: Path, extra: tuple[str, ...] = ()) -> None:
    """A byte tokenizer with an end token, `extra` ordinary ones after it."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: index for index, letter in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|end|>"])
    tokenizer.add_tokens(list(extra))
    tokenizer.save(str(folder / "tokenizer.json"))


def _llama(folder: Path, dtype: torch.dtype = torch.float32, **shards: Any) -> None:
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        bos_token_id=None,
        eos_token_id=256,
    )
    LlamaForCausalLM(config).to(dtype).save_pretrained(folder, **shards)
    write_tokenizer(folder)


def _gpt2(folder: Path) -> None:
    torch.manual_seed(2)
    config = GPT2Config(
        vocab_size=VOCABULARY,
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=48,
        bos_token_id=None,
        eos_token_id=256,
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    write_tokenizer(folder)


@pytest.fixture(scope="session")
def built_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders "llama", "gpt2", "sharded" and "bfloat16"; not to be changed."""
    root = tmp_path_factory.mktemp("built")
    _llama(root / "llama")
    _gpt2(root / "gpt2")
    _llama(root / "sharded", max_shard_size="20KB")
    _llama(root / "bfloat16", dtype=torch.bfloat16)
    return root


@pytest.fixture
def model_folder(built_models: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a copy of one of the built models that the test may damage."""

    def copy(kind: str = "llama", **config: Any) -> Path:
        folder = tmp_path / f"model-{kind}"
        shutil.copytree(built_models / kind, folder)
        if config:
            change_config(folder, **config)
        return folder

    return copy


def change_config(folder: Path, **changes: Any) -> None:
    """Set keys of config.json; None removes one."""
    path = folder / "config.json"
    values = json.loads(path.read_text())
    values.update(changes)
    path.write_text(json.dumps({key: v for key, v in values.items() if v is not None}))


@pytest.fixture
def tokenizer_writer() -> Callable[..., None]:
    return write_tokenizer


@pytest.fixture
def load() -> Callable[..., Any]:
    """`load_model` with everything but the path filled in."""
    from visualizer.engine.loading import load_model

    def call(path: Path, **keywords: Any) -> Any:
        values = {
            "name": "model",
            "device": "cpu",
            "dtype": "auto",
            "report": lambda *step: None,
            "cancel": CancelToken(),
        }
        return load_model(path, **{**values, **keywords})

    return call
