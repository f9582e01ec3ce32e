"""The tutorial's `TransformerModel` as an architecture of transformers, for inference.

What a lesson's training leaves behind is opened with this: the same numbers, but with attention
that goes through the library's interface, where it can be seen, and with a key-value cache.
Post-norm as in the original paper: x = norm(x + attention(x)), then x = norm(x + ffn(x)).

Shape letters: B batch, T tokens, H heads, D channels a head, C model width, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedConfig, PreTrainedModel
from transformers.cache_utils import Cache, DynamicCache
from transformers.masking_utils import create_causal_mask
from transformers.modeling_outputs import BaseModelOutputWithPast, CausalLMOutputWithPast
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from visualizer.engine.models.own import TUTORIAL_TYPE

Attend = Callable[..., tuple[Tensor, Tensor | None]]


class TutorialConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """Sizes of the tutorial's model; see `TransformerModel` of the lessons for their names there.

    Attributes:
        vocab_size: V.
        hidden_size: C, `d_model`.
        num_attention_heads: H, `nhead`; divides C.
        num_hidden_layers: `num_layers`.
        intermediate_size: `dim_feedforward`.
        max_position_embeddings: The most tokens that it was trained to read at once.
        layer_norm_eps: Added to a variance before its root.
    """

    model_type = TUTORIAL_TYPE

    vocab_size: int = 1000
    hidden_size: int = 512
    num_attention_heads: int = 8
    num_hidden_layers: int = 6
    intermediate_size: int = 2048
    max_position_embeddings: int = 5000
    layer_norm_eps: float = 1e-5
    tie_word_embeddings: bool = False
    use_cache: bool = True


def position_rows(first: int, n_tokens: int, width: int) -> Tensor:
    """Sinusoids of the positions first ... first + n_tokens - 1.

    Computed when asked for and not kept as a table, so that a configuration that claims a very
    long context asks for no memory.

    Returns:
        (n_tokens, width) float64 on the processor.

    Source:
        Vaswani et al. 2017, Attention is all you need, section 3.5.
    """
    positions = torch.arange(first, first + n_tokens, dtype=torch.float64)[:, None]
    pairs = torch.arange(0, width, 2, dtype=torch.float64)
    angles = positions / 10000.0 ** (pairs / width)
    rows = torch.empty(n_tokens, width, dtype=torch.float64)
    rows[:, 0::2] = angles.sin()
    rows[:, 1::2] = angles[:, : width // 2].cos()
    return rows


def eager_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **kwargs: Any,
) -> tuple[Tensor, Tensor]:
    """softmax(Q K^T x scaling + mask) V, in the open.

    Args:
        module: The attention layer; unused.
        query: (B, H, q, D).
        key: (B, H, k, D).
        value: (B, H, k, D).
        attention_mask: (B, 1, q, k) additive, or None.
        scaling: 1 / sqrt(D).
        kwargs: What else the library passes on.

    Returns:
        The output (B, q, H, D) and the weights (B, H, q, k).
    """
    scores = query @ key.transpose(2, 3) * scaling
    if attention_mask is not None:
        scores = scores + attention_mask
    weights = F.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
    return (weights @ value).transpose(1, 2).contiguous(), weights


class TutorialAttention(nn.Module):
    """Multi-head self-attention with biases, as `nn.MultiheadAttention` has them."""

    def __init__(self, config: TutorialConfig, layer_idx: int) -> None:
        super().__init__()
        self.config = config
        self.layer_idx = layer_idx
        self.is_causal = True
        width = config.hidden_size
        if width % config.num_attention_heads:
            raise ValueError(f"{config.num_attention_heads} heads do not divide a width of {width}")
        self.head_dim = width // config.num_attention_heads
        self.scaling = 1.0 / math.sqrt(self.head_dim)
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.o_proj = nn.Linear(width, width)

    def forward(
        self, x: Tensor, mask: Tensor | None, cache: Cache | None
    ) -> tuple[Tensor, Tensor | None]:
        """(B, q, C) to (B, q, C), and the weights (B, H, q, k) where the function gives them."""
        query, key, value = (
            project(x).unflatten(-1, (-1, self.head_dim)).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            key, value = cache.update(key, value, self.layer_idx)
        implementation = self.config._attn_implementation
        attend = cast(
            Attend, ALL_ATTENTION_FUNCTIONS.get_interface(implementation, eager_attention)
        )
        output, weights = attend(self, query, key, value, mask, dropout=0.0, scaling=self.scaling)
        return self.o_proj(output.flatten(start_dim=2)), weights


class TutorialLayer(nn.Module):
    """Attention, add and normalise; feed-forward with ReLU, add and normalise."""

    def __init__(self, config: TutorialConfig, layer_idx: int) -> None:
        super().__init__()
        width, eps = config.hidden_size, config.layer_norm_eps
        self.self_attn = TutorialAttention(config, layer_idx)
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.linear1 = nn.Linear(width, config.intermediate_size)
        self.linear2 = nn.Linear(config.intermediate_size, width)
        self.norm2 = nn.LayerNorm(width, eps=eps)

    def forward(
        self, x: Tensor, mask: Tensor | None, cache: Cache | None
    ) -> tuple[Tensor, Tensor | None]:
        """(B, q, C) to (B, q, C), and the attention weights where there are any."""
        attended, weights = self.self_attn(x, mask, cache)
        x = self.norm1(x + attended)
        return self.norm2(x + self.linear2(F.relu(self.linear1(x)))), weights


class TutorialPreTrainedModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """What the library needs to know of the architecture."""

    config_class = TutorialConfig
    base_model_prefix = "model"
    _no_split_modules = ["TutorialLayer"]  # noqa: RUF012 - as the library declares it
    _supports_sdpa = True
    _supports_attention_backend = True


class TutorialModel(TutorialPreTrainedModel):  # type: ignore[no-untyped-call]
    """Embedding x sqrt(C) + positions, then the layers."""

    def __init__(self, config: TutorialConfig) -> None:
        super().__init__(config)
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(
            TutorialLayer(config, index) for index in range(config.num_hidden_layers)
        )
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: Tensor,
        past_key_values: Cache | None = None,
        use_cache: bool | None = None,
        output_attentions: bool | None = None,
        **kwargs: Any,
    ) -> BaseModelOutputWithPast:
        """Final hidden states.

        Args:
            input_ids: (B, q) int64, the tokens that follow those in the cache.
            past_key_values: Keys and values of what was read before; grows.
            use_cache: Whether to make a cache where none is given; None for the configuration's.
            output_attentions: Whether to hand out weights, where the attention gives them.
            kwargs: Of the library; unused.
        """
        wants_cache = self.config.use_cache if use_cache is None else use_cache
        if wants_cache and past_key_values is None:
            past_key_values = DynamicCache(config=self.config)
        n_past = 0 if past_key_values is None else past_key_values.get_seq_length()
        x = self.embed_tokens(input_ids) * math.sqrt(self.config.hidden_size)
        x = x + position_rows(n_past, input_ids.shape[1], x.shape[-1]).to(x.dtype).to(x.device)
        positions = torch.arange(n_past, n_past + input_ids.shape[1], device=x.device)[None]
        # By place: the cache's name among the arguments changes within the supported versions.
        mask = create_causal_mask(self.config, x, None, past_key_values, positions)
        maps: list[Tensor | None] = []
        for layer in self.layers:
            x, weights = layer(x, mask, past_key_values)
            maps.append(weights)
        output = BaseModelOutputWithPast(x, past_key_values)
        if output_attentions:
            output["attentions"] = tuple(maps)
        return output


class TutorialForCausalLM(TutorialPreTrainedModel):  # type: ignore[no-untyped-call]
    """The model with its linear map to the vocabulary, which has a bias."""

    def __init__(self, config: TutorialConfig) -> None:
        super().__init__(config)
        self.model = TutorialModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, input_ids: Tensor, **kwargs: Any) -> CausalLMOutputWithPast:
        """Logits (B, q, V) of the next token, after each; `kwargs` as of `TutorialModel`.

        A cache is the caller's own, and is not handed back.
        """
        output = self.model(input_ids, **kwargs)
        logits = self.lm_head(output.last_hidden_state)
        whole = CausalLMOutputWithPast(None, logits)
        if output.attentions is not None:
            whole["attentions"] = output.attentions
        return whole


CONFIGURATION = TutorialConfig
CAUSAL_MODEL = TutorialForCausalLM

AutoConfig.register(TUTORIAL_TYPE, TutorialConfig, exist_ok=True)
AutoModelForCausalLM.register(TutorialConfig, TutorialForCausalLM, exist_ok=True)
