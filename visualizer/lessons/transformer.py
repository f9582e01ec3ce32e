"""The transformer of the paper: encoder, decoder and three kinds of attention, in torch.

Shape letters: B batch, T tokens of the target, S tokens of the source, C model width (d_model),
H heads, D channels a head (C / H), V vocabulary. A mask is True where a query must not look.

Source:
    Vaswani et al. 2017, Attention is all you need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from visualizer.engine.errors import UsageError
from visualizer.lessons.positions import sinusoids


@dataclass(frozen=True)
class TransformerSizes:
    """How large a transformer is.

    Attributes:
        source_vocabulary: Tokens that can be read.
        target_vocabulary: Tokens that can be written.
        width: C, a multiple of the number of heads.
        n_heads: H.
        n_layers: Of the encoder, and as many of the decoder.
        feed_forward: Width between the two linear maps of a feed-forward network.
        dropout: Share of numbers that are set to 0 in training, from 0 to below 1.
        longest: The most tokens of a source or a target.

    Raises:
        UsageError: A size is below 1, dropout is out of range, or the heads do not divide the
            width.
    """

    source_vocabulary: int
    target_vocabulary: int
    width: int = 512
    n_heads: int = 8
    n_layers: int = 6
    feed_forward: int = 2048
    dropout: float = 0.1
    longest: int = 512

    def __post_init__(self) -> None:
        sizes = ("source_vocabulary", "target_vocabulary", "width", "n_heads", "n_layers")
        for name in (*sizes, "feed_forward", "longest"):
            if getattr(self, name) < 1:
                raise UsageError(
                    "{name} must be from 1, got {value}", name=name, value=getattr(self, name)
                )
        check_heads(self.width, self.n_heads)
        if not 0 <= self.dropout < 1:
            raise UsageError("dropout must be from 0 to below 1, got {value}", value=self.dropout)


@dataclass
class AttentionMaps:
    """The weights of all attentions of one forward pass, a tensor for each layer.

    Attributes:
        encoder: (B, H, S, S) each: the source looks at itself.
        decoder: (B, H, T, T) each: the target looks at its own past.
        cross: (B, H, T, S) each: the target looks at the source.
    """

    encoder: list[Tensor] = field(default_factory=list)
    decoder: list[Tensor] = field(default_factory=list)
    cross: list[Tensor] = field(default_factory=list)


def check_heads(width: int, n_heads: int) -> None:
    """Raise UsageError if the heads do not divide the width."""
    if width % n_heads:
        raise UsageError(
            "{n} heads do not divide a width of {width} evenly: choose a multiple of {n}.",
            n=n_heads,
            width=width,
        )


def causal_mask(n_tokens: int, device: torch.device | None = None) -> Tensor:
    """(T, T) bool, True above the diagonal: no token looks at a later one."""
    return torch.ones(n_tokens, n_tokens, dtype=torch.bool, device=device).triu(diagonal=1)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """softmax(Q K^T / sqrt(d_k)) V, for all heads at once.

    Args:
        q: (B, H, T, D).
        k: (B, H, S, D).
        v: (B, H, S, D).
        mask: Broadcasts to (B, H, T, S), True where a query must not look.

    Returns:
        output: (B, H, T, D).
        weights: (B, H, T, S).

    Source:
        Equation 1.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    weights = scores.softmax(dim=-1)
    return weights @ v, weights


class MultiHeadAttention(nn.Module):
    """Concat(head_1, ..., head_H) W_O.

    Args:
        width: C.
        n_heads: H, divides C.

    Source:
        Section 3.2.2.
    """

    def __init__(self, width: int, n_heads: int) -> None:
        super().__init__()
        check_heads(width, n_heads)
        self.n_heads = n_heads
        self.w_q = nn.Linear(width, width)
        self.w_k = nn.Linear(width, width)
        self.w_v = nn.Linear(width, width)
        self.w_o = nn.Linear(width, width)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Attend from `x` to `memory`, which is `x` itself in self-attention.

        Args:
            x: (B, T, C).
            memory: (B, S, C).
            mask: Broadcasts to (B, H, T, S).

        Returns:
            output: (B, T, C).
            weights: (B, H, T, S).
        """
        q = self._split(self.w_q(x))
        k = self._split(self.w_k(memory))
        v = self._split(self.w_v(memory))
        heads, weights = attention(q, k, v, mask)
        concatenated = heads.transpose(1, 2).flatten(start_dim=2)  # (B, T, H D)
        return self.w_o(concatenated), weights

    def _split(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, H, T, D)."""
        n_rows, n_tokens, width = x.shape
        return x.view(n_rows, n_tokens, self.n_heads, width // self.n_heads).transpose(1, 2)


class FeedForward(nn.Module):
    """W2 ReLU(W1 x + b1) + b2, each token on its own (equation 2)."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.w_1 = nn.Linear(width, hidden)
        self.w_2 = nn.Linear(hidden, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        output: Tensor = self.w_2(self.dropout(torch.relu(self.w_1(x))))
        return output


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each with Add & Norm: LayerNorm(x + F(x)).

    Args:
        sizes: Of the transformer.
    """

    def __init__(self, sizes: TransformerSizes) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(sizes.width, sizes.n_heads)
        self.feed_forward = FeedForward(sizes.width, sizes.feed_forward, sizes.dropout)
        self.norm_1 = nn.LayerNorm(sizes.width)
        self.norm_2 = nn.LayerNorm(sizes.width)
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """One layer.

        Args:
            x: (B, S, C).
            mask: Broadcasts to (B, H, S, S).

        Returns:
            x: (B, S, C).
            weights: (B, H, S, S).
        """
        attended, weights = self.self_attention(x, x, mask)
        x = self.norm_1(x + self.dropout(attended))
        x = self.norm_2(x + self.dropout(self.feed_forward(x)))
        return x, weights


class DecoderLayer(nn.Module):
    """Masked self-attention, attention to the encoder's output, feed-forward; each Add & Norm.

    Args:
        sizes: Of the transformer.
    """

    def __init__(self, sizes: TransformerSizes) -> None:
        super().__init__()
        self.self_attention = MultiHeadAttention(sizes.width, sizes.n_heads)
        self.cross_attention = MultiHeadAttention(sizes.width, sizes.n_heads)
        self.feed_forward = FeedForward(sizes.width, sizes.feed_forward, sizes.dropout)
        self.norm_1 = nn.LayerNorm(sizes.width)
        self.norm_2 = nn.LayerNorm(sizes.width)
        self.norm_3 = nn.LayerNorm(sizes.width)
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(
        self, x: Tensor, memory: Tensor, mask: Tensor | None, memory_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One layer.

        Args:
            x: (B, T, C) from below: the target so far. The queries of both attentions.
            memory: (B, S, C) the encoder's output: keys and values of the second attention.
            mask: Broadcasts to (B, H, T, T).
            memory_mask: Broadcasts to (B, H, T, S).

        Returns:
            x: (B, T, C).
            weights: (B, H, T, T) of the first attention.
            cross_weights: (B, H, T, S) of the second.
        """
        attended, weights = self.self_attention(x, x, mask)
        x = self.norm_1(x + self.dropout(attended))
        attended, cross_weights = self.cross_attention(x, memory, memory_mask)
        x = self.norm_2(x + self.dropout(attended))
        x = self.norm_3(x + self.dropout(self.feed_forward(x)))
        return x, weights, cross_weights


class Transformer(nn.Module):
    """Encoder and decoder, as in the paper.

    Args:
        sizes: How large.
    """

    positions: Tensor

    def __init__(self, sizes: TransformerSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.source_embedding = nn.Embedding(sizes.source_vocabulary, sizes.width)
        self.target_embedding = nn.Embedding(sizes.target_vocabulary, sizes.width)
        table = torch.from_numpy(sinusoids(sizes.longest, sizes.width)).float()
        self.register_buffer("positions", table, persistent=False)
        self.encoder = nn.ModuleList([EncoderLayer(sizes) for _ in range(sizes.n_layers)])
        self.decoder = nn.ModuleList([DecoderLayer(sizes) for _ in range(sizes.n_layers)])
        self.to_vocabulary = nn.Linear(sizes.width, sizes.target_vocabulary)
        self.dropout = nn.Dropout(sizes.dropout)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(
        self,
        source: Tensor,
        target: Tensor,
        source_padding: Tensor | None = None,
        maps: AttentionMaps | None = None,
    ) -> Tensor:
        """Scores of the next target token, after each target token.

        Args:
            source: (B, S) int64.
            target: (B, T) int64.
            source_padding: (B, S) bool, True where there is no token.
            maps: Gets the attention weights.

        Returns:
            (B, T, V) logits.

        Raises:
            UsageError: Source or target is longer than the positions reach.
        """
        memory = self.encode(source, source_padding, maps)
        return self.decode(target, memory, source_padding, maps)

    def encode(
        self, source: Tensor, padding: Tensor | None = None, maps: AttentionMaps | None = None
    ) -> Tensor:
        """(B, S) tokens to (B, S, C): the memory that the decoder looks at."""
        x = self._embed(self.source_embedding, source)
        mask = _padding_mask(padding)
        for layer in self.encoder:
            x, weights = layer(x, mask)
            if maps is not None:
                maps.encoder.append(weights)
        return x

    def decode(
        self,
        target: Tensor,
        memory: Tensor,
        source_padding: Tensor | None = None,
        maps: AttentionMaps | None = None,
    ) -> Tensor:
        """(B, T) tokens so far, and the memory, to (B, T, V) logits of what comes next."""
        x = self._embed(self.target_embedding, target)
        mask = causal_mask(target.shape[1], target.device)
        memory_mask = _padding_mask(source_padding)
        for layer in self.decoder:
            x, weights, cross_weights = layer(x, memory, mask, memory_mask)
            if maps is not None:
                maps.decoder.append(weights)
                maps.cross.append(cross_weights)
        logits: Tensor = self.to_vocabulary(x)
        return logits

    def _embed(self, embedding: nn.Module, tokens: Tensor) -> Tensor:
        """Token embedding x sqrt(d_model) + position encoding (sections 3.4 and 3.5)."""
        n_tokens = tokens.shape[1]
        if n_tokens > self.sizes.longest:
            raise UsageError(
                "{n} tokens are too many: this transformer takes {most}.",
                n=n_tokens,
                most=self.sizes.longest,
            )
        x = embedding(tokens) * math.sqrt(self.sizes.width) + self.positions[:n_tokens]
        embedded: Tensor = self.dropout(x)
        return embedded


def _padding_mask(padding: Tensor | None) -> Tensor | None:
    """(B, S) to (B, 1, 1, S), the same for every head and query."""
    return None if padding is None else padding[:, None, None, :]
