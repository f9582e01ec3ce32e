"""The tutorial's code: `PositionalEncoding`, `TransformerModel` and the mask, on torch's layers.

Shape letters: B batch, T tokens, C model width (d_model), H heads, V vocabulary.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from visualizer.engine.errors import UsageError
from visualizer.lessons.positions import sinusoids
from visualizer.lessons.transformer import check_heads


def generate_square_subsequent_mask(n_tokens: int) -> Tensor:
    """(T, T) float: 0 where a query (row) may look, -inf at every later key (column)."""
    return torch.full((n_tokens, n_tokens), -math.inf).triu(diagonal=1)


class PositionalEncoding(nn.Module):
    """Adds to each token's vector the sinusoids of its position.

    Args:
        d_model: C.
        dropout: Share of numbers that are set to 0 in training.
        max_len: The most tokens.
    """

    pe: Tensor

    def __init__(self, d_model: int, dropout: float = 0.1, max_len: int = 5000) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        table = torch.from_numpy(sinusoids(max_len, d_model)).float()
        self.register_buffer("pe", table, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        summed: Tensor = self.dropout(x + self.pe[: x.shape[1]])
        return summed


class TransformerModel(nn.Module):
    """A model that predicts the next token: embedding, positions, encoder layers, linear map.

    It is called a transformer encoder, but with the mask, which keeps every token from looking
    at later ones, it works as the decoders of today's language models do.

    Args:
        vocab_size: V.
        d_model: C.
        nhead: H, divides C.
        num_layers: How many layers.
        dim_feedforward: Width between the two linear maps of a feed-forward network.
        dropout: Share of numbers that are set to 0 in training.
        max_len: The most tokens.

    Raises:
        UsageError: The heads do not divide the width.
    """

    def __init__(
        self,
        vocab_size: int,
        d_model: int = 512,
        nhead: int = 8,
        num_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        max_len: int = 5000,
    ) -> None:
        super().__init__()
        check_heads(d_model, nhead)
        self.d_model = d_model
        self.max_len = max_len
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.pos_encoder = PositionalEncoding(d_model, dropout, max_len)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, dim_feedforward, dropout, batch_first=True
        )
        self.transformer_encoder = nn.TransformerEncoder(
            layer, num_layers, enable_nested_tensor=False
        )
        self.decoder = nn.Linear(d_model, vocab_size)
        # torch copies one layer num_layers times: without this all would begin the same.
        for parameter in self.transformer_encoder.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        self.init_weights()

    @torch.no_grad()
    def init_weights(self) -> None:
        """Begin small: embedding and decoder within 0.1 of 0.

        With torch's own embeddings, times sqrt(d_model), the positions are lost in the sum and
        every head looks at a single token from the start.
        """
        self.embedding.weight.uniform_(-0.1, 0.1)
        self.decoder.weight.uniform_(-0.1, 0.1)
        self.decoder.bias.zero_()

    def forward(self, src: Tensor, src_mask: Tensor | None = None) -> Tensor:
        """Scores of the next token, after each token.

        Args:
            src: (B, T) int64.
            src_mask: (T, T) of `generate_square_subsequent_mask`; without it every token sees
                the ones that it should predict.

        Returns:
            (B, T, V) logits.

        Raises:
            UsageError: There are more tokens than `max_len`.
        """
        logits: Tensor = self.decoder(self.transformer_encoder(self._embed(src), mask=src_mask))
        return logits

    @torch.no_grad()
    def attention_maps(self, src: Tensor, src_mask: Tensor | None = None) -> list[Tensor]:
        """(B, H, T, T) attention weights of each layer, without dropout."""
        was_training = self.training
        self.eval()
        try:
            x = self._embed(src)
            maps: list[Tensor] = []
            for layer in self.transformer_encoder.layers:
                assert isinstance(layer, nn.TransformerEncoderLayer)
                _, weights = layer.self_attn(
                    x, x, x, attn_mask=src_mask, need_weights=True, average_attn_weights=False
                )
                maps.append(weights)
                x = layer(x, src_mask=src_mask)
            return maps
        finally:
            self.train(was_training)

    def _embed(self, src: Tensor) -> Tensor:
        """Token embedding x sqrt(d_model) + position encoding."""
        if src.shape[1] > self.max_len:
            raise UsageError(
                "{n} tokens are too many: this model takes {most}.",
                n=src.shape[1],
                most=self.max_len,
            )
        embedded: Tensor = self.pos_encoder(self.embedding(src) * math.sqrt(self.d_model))
        return embedded
