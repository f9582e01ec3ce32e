"""The paper's transformer against torch's layers with the same weights."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from visualizer.engine.errors import UsageError
from visualizer.lessons.transformer import (
    AttentionMaps,
    DecoderLayer,
    EncoderLayer,
    MultiHeadAttention,
    Transformer,
    TransformerSizes,
    attention,
    causal_mask,
)

pytestmark = pytest.mark.usefixtures("one_thread")
SIZES = TransformerSizes(11, 13, width=8, n_heads=2, n_layers=2, feed_forward=16, dropout=0.0)


def take_attention(ours: MultiHeadAttention, theirs: nn.MultiheadAttention) -> None:
    """Give torch's weights to ours; random biases, which torch leaves at 0."""
    nn.init.normal_(theirs.in_proj_bias)
    nn.init.normal_(theirs.out_proj.bias)
    with torch.no_grad():
        for i, linear in enumerate((ours.w_q, ours.w_k, ours.w_v)):
            linear.weight.copy_(theirs.in_proj_weight.chunk(3)[i])
            linear.bias.copy_(theirs.in_proj_bias.chunk(3)[i])
    ours.w_o.load_state_dict(theirs.out_proj.state_dict())


def take_rest(ours, theirs, n_norms):
    ours.feed_forward.w_1.load_state_dict(theirs.linear1.state_dict())
    ours.feed_forward.w_2.load_state_dict(theirs.linear2.state_dict())
    for i in range(1, n_norms + 1):
        norm = getattr(theirs, f"norm{i}")
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        getattr(ours, f"norm_{i}").load_state_dict(norm.state_dict())


@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_torch_s(causal):
    q, k, v = torch.randn(3, 2, 4, 5, 8).unbind()
    output, weights = attention(q, k, v, causal_mask(5) if causal else None)
    expected = functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 5))


def test_multi_head_attention_is_torch_s():
    theirs, ours = nn.MultiheadAttention(8, 2, batch_first=True), MultiHeadAttention(8, 2)
    take_attention(ours, theirs)
    x, memory = torch.randn(3, 5, 8), torch.randn(3, 7, 8)
    output, weights = ours(x, memory)
    expected, expected_weights = theirs(x, memory, memory, average_attn_weights=False)
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(weights, expected_weights, atol=1e-5, rtol=0)


@pytest.mark.parametrize("masked", [False, True])
def test_the_encoder_layer_is_torch_s(masked):
    theirs = nn.TransformerEncoderLayer(8, 2, 16, dropout=0, batch_first=True)
    ours = EncoderLayer(SIZES)
    take_attention(ours.self_attention, theirs.self_attn)
    take_rest(ours, theirs, 2)
    x, mask = torch.randn(3, 5, 8), causal_mask(5) if masked else None
    torch.testing.assert_close(ours(x, mask)[0], theirs(x, mask), atol=1e-5, rtol=0)


def test_the_decoder_layer_is_torch_s():
    theirs = nn.TransformerDecoderLayer(8, 2, 16, dropout=0, batch_first=True)
    ours = DecoderLayer(SIZES)
    take_attention(ours.self_attention, theirs.self_attn)
    take_attention(ours.cross_attention, theirs.multihead_attn)
    take_rest(ours, theirs, 3)
    x, memory = torch.randn(3, 5, 8), torch.randn(3, 7, 8)
    padding = torch.zeros(3, 7, dtype=torch.bool)
    padding[1, 4:] = True
    output, weights, cross = ours(x, memory, causal_mask(5), padding[:, None, None, :])
    expected = theirs(
        x, memory, tgt_mask=causal_mask(5), tgt_is_causal=True, memory_key_padding_mask=padding
    )
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    assert weights.shape == (3, 2, 5, 5)
    assert cross.shape == (3, 2, 5, 7)
    assert (cross[1, :, :, 4:] == 0).all()
    assert (weights.triu(1) == 0).all()


@pytest.fixture
def model():
    return Transformer(SIZES).eval()


def test_all_three_attentions_can_be_looked_at(model):
    maps = AttentionMaps()
    source, target = torch.randint(11, (2, 6)), torch.randint(13, (2, 4))
    assert model(source, target, maps=maps).shape == (2, 4, 13)
    assert [m.shape for m in maps.encoder] == [(2, 2, 6, 6)] * 2
    assert [m.shape for m in maps.decoder] == [(2, 2, 4, 4)] * 2
    assert [m.shape for m in maps.cross] == [(2, 2, 4, 6)] * 2


def test_the_decoder_sees_the_whole_source_and_only_the_past_of_the_target(model):
    source, target = torch.randint(11, (1, 6)), torch.randint(13, (1, 5))
    before = model(source, target)
    later = target.clone()
    later[0, 3] = (later[0, 3] + 1) % 13
    after = model(source, later)
    torch.testing.assert_close(after[:, :3], before[:, :3])
    assert (after[:, 3:] - before[:, 3:]).abs().max() > 1e-4
    other = source.clone()
    other[0, 5] = (other[0, 5] + 1) % 11
    assert (model(other, target)[:, 0] - before[:, 0]).abs().max() > 1e-4


def test_the_input_is_the_scaled_embedding_plus_the_position(model):
    inputs = []
    model.encoder[0].register_forward_pre_hook(lambda layer, args: inputs.append(args[0]))
    source = torch.randint(11, (1, 6))
    model.encode(source)
    for pos, token in enumerate(source[0].tolist()):
        for column in range(8):
            angle = pos / 10000 ** (2 * (column // 2) / 8)
            position = math.cos(angle) if column % 2 else math.sin(angle)
            expected = model.source_embedding.weight[token, column] * math.sqrt(8) + position
            assert inputs[0][0, pos, column].item() == pytest.approx(expected.item(), abs=1e-5)


def test_padding_of_the_source_changes_nothing(model):
    source, target = torch.randint(11, (1, 6)), torch.randint(13, (1, 4))
    padded = torch.cat([source, torch.zeros(1, 3, dtype=torch.long)], dim=1)
    padding = torch.arange(9)[None] >= 6
    torch.testing.assert_close(model(padded, target, padding), model(source, target))


def test_it_learns_to_reverse():
    sizes = TransformerSizes(9, 9, width=32, n_heads=4, n_layers=1, feed_forward=64, dropout=0.0)
    model = Transformer(sizes)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(150):
        source = torch.randint(1, 9, (64, 4))
        target = torch.cat([torch.zeros(64, 1, dtype=torch.long), source.flip(1)], dim=1)
        loss = functional.cross_entropy(
            model(source, target[:, :-1]).flatten(end_dim=1), target[:, 1:].flatten()
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.5  # log(8) = 2.08 before


@pytest.mark.parametrize(
    "changes",
    [{"width": 0}, {"width": 9}, {"n_heads": 0}, {"dropout": 1.0}, {"source_vocabulary": 0}],
)
def test_bad_sizes(changes):
    sizes = {"source_vocabulary": 3, "target_vocabulary": 3, "width": 8, "n_heads": 2}
    with pytest.raises(UsageError):
        TransformerSizes(**{**sizes, **changes})


def test_too_many_tokens():
    model = Transformer(TransformerSizes(3, 3, 8, 2, 1, 8, 0.0, longest=4))
    with pytest.raises(UsageError, match="5 tokens are too many: this transformer takes 4"):
        model(torch.zeros(1, 5, dtype=torch.long), torch.zeros(1, 2, dtype=torch.long))
