"""Tiny seeded models of many architectures, and a byte tokenizer to feed them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel
from transformers.models.gptj import modeling_gptj

from visualizer.engine.attach import attach_capture
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import UsageError
from visualizer.engine.reading import Reading
from visualizer.engine.tokenization import Tokenization
from visualizer.engine.treatment import Treatment

N_BYTES = 256
BOS_ID = 256
END_ID = 257
VOCABULARY = 260
"""Of every tiny model: each byte, BOS, an end of text, and two ids that are never text."""

_SMALL = {"hidden_size": 32, "num_attention_heads": 4, "vocab_size": VOCABULARY}
_GATED = {
    **_SMALL,
    "num_hidden_layers": 2,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-6,
    "pad_token_id": None,
    "bos_token_id": None,
    "eos_token_id": None,
}
_WINDOWED = {
    **_GATED,
    "num_hidden_layers": 4,
    "head_dim": 8,
    "sliding_window": 6,
    "layer_types": ["sliding_attention", "full_attention"] * 2,
}
_CONFIGS: dict[str, dict[str, Any]] = {
    "gpt2": {
        "n_embd": 32,
        "n_layer": 3,
        "n_head": 4,
        "n_positions": 128,
        "vocab_size": VOCABULARY,
    },
    "llama": _GATED,
    "mistral": {**_GATED, "sliding_window": 6},
    "qwen2": _GATED,
    "qwen3": {**_GATED, "head_dim": 16},
    "gemma2": {
        **_WINDOWED,
        "query_pre_attn_scalar": 20,
        "attn_logit_softcapping": 5.0,
        "final_logit_softcapping": 3.0,
    },
    "gemma3_text": {**_WINDOWED, "query_pre_attn_scalar": 12},
    "gpt_neox": {
        **_SMALL,
        "num_hidden_layers": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 128,
    },
    "phi3": {**_GATED, "sliding_window": None},
    "opt": {
        **_SMALL,
        "num_hidden_layers": 2,
        "ffn_dim": 64,
        "word_embed_proj_dim": 16,
        "max_position_embeddings": 128,
    },
    "gpt_oss": {
        **_WINDOWED,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "max_position_embeddings": 4096,
    },
    "cohere": {**_GATED, "logit_scale": 0.25},
    "granite": {**_GATED, "logits_scaling": 4.0},
    "bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": VOCABULARY},
    "gptj": {
        "n_embd": 32,
        "n_layer": 2,
        "n_head": 4,
        "rotary_dim": 4,
        "n_positions": 128,
        "vocab_size": VOCABULARY,
    },
    "deepseek_v3": {  # values are narrower than keys
        **_GATED,
        "num_key_value_heads": 4,
        "q_lora_rank": 16,
        "kv_lora_rank": 16,
        "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 8,
        "v_head_dim": 12,
        "n_routed_experts": 4,
        "num_experts_per_tok": 2,
        "n_group": 1,
        "topk_group": 1,
        "moe_intermediate_size": 16,
        "first_k_dense_replace": 1,
    },
    "bart": {
        "d_model": 32,
        "encoder_layers": 2,  # none of them is run, but the configuration counts them
        "decoder_layers": 2,
        "decoder_attention_heads": 4,
        "decoder_ffn_dim": 48,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 128,
        "is_decoder": True,
    },
    "falcon": {**_SMALL, "num_hidden_layers": 2, "new_decoder_architecture": False, "alibi": False},
    "mpt": {"d_model": 32, "n_heads": 4, "n_layers": 2, "vocab_size": VOCABULARY},
    "mamba": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "state_size": 8,
        "vocab_size": VOCABULARY,
    },
}
_CAPTURED = (
    "gpt2",
    "llama",
    "mistral",
    "qwen2",
    "qwen3",
    "gemma2",
    "gemma3",
    "gpt_neox",
    "phi3",
    "opt",
    "gpt_oss",
    "cohere",
    "granite",
    "deepseek_v3",
    "bart",
)
_EAGER = ("bloom", "falcon", "mpt")
if hasattr(modeling_gptj, "ALL_ATTENTION_FUNCTIONS"):  # from version 5.24 of transformers on
    _CAPTURED = (*_CAPTURED, "gptj")
else:
    _EAGER = (*_EAGER, "gptj")


def build_tiny_model(architecture: str, *, seed: int = 0, **overrides: Any) -> PreTrainedModel:
    """A random model whose attention is far from uniform, in eval mode with eager attention.

    The library's own initialisation is so small that every pattern would be nearly flat, and
    a wrong one would pass; here every matrix has gain 2, every vector is random.
    """
    model_type = {"gemma3": "gemma3_text"}.get(architecture, architecture)
    config = AutoConfig.for_model(model_type, **{**_CONFIGS[model_type], **overrides})
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(("A_log", "dt_proj.bias", ".D")):
                continue  # mamba's recurrence is stable only with its own initial values
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim > 1:
                parameter.copy_(noise * (2.0 / math.sqrt(parameter.shape[-1])))
            elif "norm" in name or "ln_" in name:
                parameter.copy_(parameter + 0.1 * noise)
            else:
                parameter.copy_(0.3 * noise)
    model.requires_grad_(False)
    model.generation_config.pad_token_id = None
    return model.eval()


class ByteTokenizer:
    """One token a byte; `BOS_ID` in front where asked for."""

    def __init__(self, *, adds_bos: bool = False) -> None:
        self._added = (BOS_ID,) if adds_bos else ()

    @property
    def name(self) -> str:
        return "bytes"

    @property
    def vocabulary_size(self) -> int:
        return END_ID + 1

    @property
    def special_ids(self) -> frozenset[int]:
        return frozenset((BOS_ID, END_ID))

    def encode(self, text: str, *, parse_special: bool = False) -> Tokenization:
        return self.from_ids((*self._added, *text.encode("utf-8", "replace")))

    def from_ids(self, ids: tuple[int, ...]) -> Tokenization:
        pieces = tuple(self.token_bytes(token_id) for token_id in ids)
        offsets = np.arange(len(ids), dtype=np.int64)
        return Tokenization(
            text=b"".join(pieces).decode("utf-8", "replace"),
            ids=np.array(ids, dtype=np.int64),
            pieces=pieces,
            starts=offsets,
            ends=offsets + 1,
            n_added=len(self._added),
            encoding="bytes",
        )

    def token_bytes(self, token_id: int) -> bytes:
        if not 0 <= token_id < VOCABULARY:
            raise UsageError("No token {token_id}.", token_id=token_id)
        return bytes((token_id,)) if token_id < N_BYTES else b""


def as_loaded(model: PreTrainedModel, **overrides: Any) -> Any:
    """What `load_model` returns, around a model built in memory."""
    fields: dict[str, Any] = {
        "name": "tiny",
        "model": model,
        "tokenizer": ByteTokenizer(),
        "begins_with": (),
        "end_ids": (END_ID,),
        "context_length": 128,
        "n_parameters": sum(parameter.numel() for parameter in model.parameters()),
        "notes": (),
        "weights_sha256": "",
        "source": Path("tiny"),
        "chat_template": None,
    }
    return SimpleNamespace(**{**fields, **overrides})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each architecture of the kind that its argument names."""
    kinds = {"captured": _CAPTURED, "eager_only": _EAGER, "with_attention": _CAPTURED + _EAGER}
    for name, architectures in kinds.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, architectures)


@dataclass(frozen=True, eq=False)
class Truth:
    """What transformers' own eager forward pass gives: the reference of these tests.

    Attributes:
        logits: (T, V) float32.
        weights: (L, H, T, T) float32; empty for a model without attention.
    """

    logits: np.ndarray
    weights: np.ndarray


@pytest.fixture(scope="session")
def tiny_model() -> Callable[..., PreTrainedModel]:
    """`tiny_model(architecture, *, seed=0, **overrides)`: a fresh tiny random model."""
    return build_tiny_model


@pytest.fixture(scope="session")
def loaded_model() -> Callable[..., Any]:
    """`loaded_model(model, **overrides)`: a LoadedModel around a model built in memory."""
    return as_loaded


@pytest.fixture(scope="session")
def byte_tokenizer() -> Callable[..., ByteTokenizer]:
    """`byte_tokenizer(adds_bos=False)`: one token a byte."""
    return ByteTokenizer


@pytest.fixture(scope="session")
def truth() -> Callable[[str, Any], Truth]:
    """`truth(architecture, ids)`: by transformers alone, eager, without a cache."""
    models: dict[str, PreTrainedModel] = {}

    def compute(architecture: str, ids: Any) -> Truth:
        if architecture not in models:
            models[architecture] = build_tiny_model(architecture)
        options = {} if architecture == "mamba" else {"output_attentions": True}
        with torch.no_grad():
            output = models[architecture](
                input_ids=torch.tensor([list(ids)]), use_cache=False, **options
            )
        weights = [layer[0].numpy() for layer in getattr(output, "attentions", None) or ()]
        return Truth(output.logits[0].numpy(), np.stack(weights) if weights else np.empty(0))

    return compute


@pytest.fixture(scope="session")
def new_reading() -> Callable[..., Reading]:
    """`new_reading(architecture, context_length=128)`: an empty text on a tiny model."""
    attachments: dict[str, Any] = {}

    def build(architecture: str, context_length: int = 128) -> Reading:
        if architecture not in attachments:
            attachments[architecture] = attach_capture(build_tiny_model(architecture))
        return Reading(attachments[architecture], context_length)

    return build


@pytest.fixture
def new_engine() -> Callable[..., LocalEngine]:
    """`new_engine(architecture, **loaded)`: an engine with a tiny model in use."""

    def build(architecture: str = "llama", **overrides: Any) -> LocalEngine:
        engine = LocalEngine()
        engine.adopt(as_loaded(build_tiny_model(architecture), **overrides))
        return engine

    return build


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Tiny models are slower, and less repeatable, on many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def treat_plainly(
    weights: np.ndarray, treatment: Treatment, special: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """A head's (T, T) weights treated one row after the other, in float64; the reference.

    `special` (T,) bool; `starts` (n + 1,) where units begin, for joining.
    """
    treated = weights.astype(np.float64)
    n_tokens = len(treated)
    for query in range(n_tokens):
        row = treated[query]
        if "first" in treatment.hidden:
            row[0] = 0
        if "special" in treatment.hidden:
            row[special] = 0
        if "diagonal" in treatment.hidden:
            row[query] = 0
        if treatment.discount and row.sum() > 0:
            row /= row.sum()
        if treatment.top_mass < 1:
            order = np.argsort(-row, kind="stable")
            together = 0.0
            for place, key in enumerate(order):
                if together >= treatment.top_mass * row.sum():
                    row[order[place:]] = 0
                    break
                together += row[key]
    if treatment.granularity == "tokens":
        return treated
    units = [slice(*pair) for pair in itertools.pairwise(starts)]
    return np.array([[treated[q, k].sum(axis=1).mean() for k in units] for q in units])


@pytest.fixture(scope="session")
def plainly_treated() -> Callable[..., np.ndarray]:
    """`plainly_treated(weights, treatment, special, starts)`: see `treat_plainly`."""
    return treat_plainly
