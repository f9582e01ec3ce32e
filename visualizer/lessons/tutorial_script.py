"""The script at the tutorial's end: its names, its order, its numbers.

S tokens stand in a column, N columns make a batch; C is the model's width, V the vocabulary.
"""

import math

import torch
from torch import Tensor, nn


class PositionalEncoding(nn.Module):
    """Adds to each token's vector the sinusoids of its position."""

    pe: Tensor

    def __init__(self, d_model: int, max_len: int = 5000) -> None:
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        frequency = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * frequency)
        pe[:, 0, 1::2] = torch.cos(position * frequency)
        self.register_buffer("pe", pe)

    def forward(self, x: Tensor) -> Tensor:
        """(S, N, C) to (S, N, C)."""
        return x + self.pe[: x.size(0)]


class TransformerModel(nn.Module):
    """Embedding, positions, encoder layers, and a linear map to a score for every token."""

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.d_model = d_model
        self.embedding = nn.Embedding(input_dim, d_model)
        self.pos_encoder = PositionalEncoding(d_model)
        layer = nn.TransformerEncoderLayer(d_model, nhead, dim_feedforward, dropout)
        self.transformer_encoder = nn.TransformerEncoder(
            layer, num_encoder_layers, enable_nested_tensor=False
        )
        self.decoder = nn.Linear(d_model, output_dim)
        self.init_weights()

    def init_weights(self) -> None:
        """Begin small: embedding and decoder within 0.1 of 0."""
        self.embedding.weight.data.uniform_(-0.1, 0.1)
        self.decoder.bias.data.zero_()
        self.decoder.weight.data.uniform_(-0.1, 0.1)

    def forward(self, src: Tensor, src_mask: Tensor) -> Tensor:
        """(S, N) token numbers to (S, N, V) scores."""
        x = self.embedding(src) * math.sqrt(self.d_model)
        x = self.pos_encoder(x)
        x = self.transformer_encoder(x, src_mask)
        output: Tensor = self.decoder(x)
        return output


def generate_square_subsequent_mask(sz: int) -> Tensor:
    """(S, S): 0 where a token may look, -inf where it may not: at all that come later."""
    may_look = torch.triu(torch.ones(sz, sz)).transpose(0, 1) == 1
    return torch.zeros(sz, sz).masked_fill(~may_look, -math.inf)


if __name__ == "__main__":
    torch.manual_seed(0)
    model = TransformerModel(input_dim=1000, output_dim=1000)
    src = torch.randint(0, 1000, (10, 32))
    src_mask = generate_square_subsequent_mask(src.size(0))
    output = model(src, src_mask)
    print(output.shape)

    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    model.train()
    for epoch in range(10):
        optimizer.zero_grad()
        output = model(src, src_mask)
        loss = criterion(output.view(-1, 1000), src.view(-1))
        loss.backward()
        optimizer.step()
        print("epoch", epoch + 1, "loss", loss.item())
