"""The tutorial's training loop as a bare script, on torch alone: what a step costs without us.

`python -m visualizer.bench.bare_training`: for each line of its input, a number, it takes so many
steps at the tutorial's default size and writes how many seconds they took.
"""

from __future__ import annotations

import math
import os
import sys
import time

import torch
from torch import Tensor, nn

VOCABULARY, LENGTH, BATCH = 1000, 10, 32
D_MODEL, HEADS, LAYERS, FEED_FORWARD, DROPOUT = 512, 8, 6, 2048, 0.1
RATE = 0.001


class PositionalEncoding(nn.Module):
    """As the tutorial prints it."""

    pe: Tensor

    def __init__(self, d_model: int, dropout: float, max_len: int = 5000) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * div_term)
        pe[0, :, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        summed: Tensor = self.dropout(x + self.pe[:, : x.shape[1]])
        return summed


class TransformerModel(nn.Module):
    """As the tutorial prints it."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, D_MODEL)
        self.pos_encoder = PositionalEncoding(D_MODEL, DROPOUT)
        layer = nn.TransformerEncoderLayer(D_MODEL, HEADS, FEED_FORWARD, DROPOUT, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.decoder = nn.Linear(D_MODEL, VOCABULARY)

    def forward(self, src: Tensor, mask: Tensor) -> Tensor:
        """(B, T) int64 to logits (B, T, V)."""
        x = self.pos_encoder(self.embedding(src) * math.sqrt(D_MODEL))
        logits: Tensor = self.decoder(self.encoder(x, mask=mask))
        return logits


def main() -> None:
    """Train as many steps as each line says."""
    if hasattr(os, "nice"):
        os.nice(5)  # as our own process: what else the machine does then weighs on both alike
    model = TransformerModel()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    criterion = nn.CrossEntropyLoss()
    mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
    model.train()
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            rows = torch.randint(VOCABULARY, (BATCH, LENGTH + 1))
            optimizer.zero_grad()
            output = model(rows[:, :-1], mask)
            loss = criterion(output.reshape(-1, VOCABULARY), rows[:, 1:].reshape(-1))
            loss.backward()
            optimizer.step()
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
