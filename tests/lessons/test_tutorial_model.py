from __future__ import annotations

import inspect
import math

import pytest
import torch
from torch import nn

from visualizer.engine.errors import UsageError
from visualizer.lessons.transformer import EncoderLayer, TransformerSizes
from visualizer.lessons.tutorial_model import (
    PositionalEncoding,
    TransformerModel,
    generate_square_subsequent_mask,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_mask():
    inf = math.inf
    assert generate_square_subsequent_mask(3).tolist() == [[0, -inf, -inf], [0, 0, -inf], [0, 0, 0]]
    assert torch.equal(
        generate_square_subsequent_mask(10), nn.Transformer.generate_square_subsequent_mask(10)
    )


@pytest.mark.parametrize("width", [4, 5])
def test_positions_are_added(width):
    encoding = PositionalEncoding(width, dropout=0.0, max_len=20)
    x = torch.randn(2, 7, width)
    added = encoding(x) - x
    for pos in range(7):
        assert added[1, pos, 0].item() == pytest.approx(math.sin(pos), abs=1e-6)
        assert added[0, pos, 1].item() == pytest.approx(math.cos(pos), abs=1e-6)
        angle = pos / 10000 ** (2 / width)
        assert added[0, pos, 2].item() == pytest.approx(math.sin(angle), abs=1e-6)


def test_dropout_sets_its_share_to_zero():
    encoding = PositionalEncoding(64, dropout=0.5)
    dropped = encoding(torch.ones(1, 100, 64) * 9) == 0
    assert dropped.float().mean().item() == pytest.approx(0.5, abs=0.05)


def test_the_sizes_of_the_tutorial():
    defaults = inspect.signature(TransformerModel).parameters
    sizes = [defaults[name].default for name in list(defaults)[1:6]]
    assert sizes == [512, 8, 6, 2048, 0.1]
    model = TransformerModel(1000)
    n_layer = 4 * 512 * 512 + 4 * 512 + 2 * 512 * 2048 + 2048 + 512 + 4 * 512
    n_expected = 1000 * 512 + 6 * n_layer + 512 * 1000 + 1000
    assert sum(p.numel() for p in model.parameters()) == n_expected


def test_it_begins_small_and_its_maps_grey():
    torch.manual_seed(0)
    model = TransformerModel(50, 128, 4, 2, 512)
    for weights in (model.embedding.weight, model.decoder.weight):
        assert 0.09 < weights.abs().max().item() <= 0.1
    assert not model.decoder.bias.any()
    maps = model.attention_maps(torch.randint(50, (1, 16)), generate_square_subsequent_mask(16))
    for weights in maps:
        assert weights[0, :, -1].max().item() < 3 / 16  # all 16 are looked at alike


@pytest.fixture
def model():
    return TransformerModel(11, 8, 2, 2, 16, max_len=12)


def test_each_layer_begins_with_weights_of_its_own(model):
    first, second = model.transformer_encoder.layers
    assert not torch.equal(first.linear1.weight, second.linear1.weight)


def test_it_scales_the_embedding_and_runs_the_layers_of_the_lessons(model):
    """The same numbers from the lesson's own encoder layer, which is written out in full."""
    model.eval()
    src, mask = torch.randint(11, (3, 6)), generate_square_subsequent_mask(6)
    x = model.embedding(src) * math.sqrt(8) + model.pos_encoder.pe[:6]
    sizes = TransformerSizes(11, 11, width=8, n_heads=2, n_layers=2, feed_forward=16)
    maps = model.attention_maps(src, mask)
    for theirs, seen in zip(model.transformer_encoder.layers, maps, strict=True):
        layer = EncoderLayer(sizes).eval()
        in_weight, in_bias = theirs.self_attn.in_proj_weight, theirs.self_attn.in_proj_bias
        with torch.no_grad():
            for i, name in enumerate(("w_q", "w_k", "w_v")):
                linear = getattr(layer.self_attention, name)
                linear.weight.copy_(in_weight.chunk(3)[i])
                linear.bias.copy_(in_bias.chunk(3)[i])
        layer.self_attention.w_o.load_state_dict(theirs.self_attn.out_proj.state_dict())
        layer.feed_forward.w_1.load_state_dict(theirs.linear1.state_dict())
        layer.feed_forward.w_2.load_state_dict(theirs.linear2.state_dict())
        x, weights = layer(x, torch.isinf(mask))
        torch.testing.assert_close(seen, weights, atol=1e-5, rtol=0)
    torch.testing.assert_close(model(src, mask), model.decoder(x), atol=1e-5, rtol=0)


def test_looking_at_the_maps_leaves_the_model_in_training(model):
    assert model.training
    assert len(model.attention_maps(torch.zeros(1, 3, dtype=torch.long))) == 2
    assert model.training


def test_with_the_mask_no_token_sees_a_later_one(model):
    model.eval()
    src, mask = torch.randint(10, (1, 6)), generate_square_subsequent_mask(6)
    later = src.clone()
    later[0, 4] += 1
    torch.testing.assert_close(model(later, mask)[:, :4], model(src, mask)[:, :4])
    assert (model(later)[:, :4] - model(src)[:, :4]).abs().max() > 1e-4


def test_bad_sizes(model):
    with pytest.raises(UsageError, match="3 heads do not divide a width of 8"):
        TransformerModel(11, 8, 3)
    with pytest.raises(UsageError, match="13 tokens are too many: this model takes 12"):
        model(torch.zeros(1, 13, dtype=torch.long))
