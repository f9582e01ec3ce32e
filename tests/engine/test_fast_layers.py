"""Accelerated models against the same models before, and what must be left alone."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_model
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache, PreTrainedModel
from transformers.pytorch_utils import Conv1D

from visualizer.engine import fast_layers
from visualizer.engine.cache_argument import cache_argument
from visualizer.engine.fast_layers import PackedLinear, SharedLinear, SharedProduct, accelerate

MAPS = Path("/proc/self/maps")
VOCABULARY = 211
LLAMA_LIKE = {
    "hidden_size": 48,
    "intermediate_size": 80,
    "num_hidden_layers": 2,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
}
HEAD_OF_16 = {"head_dim": 16}
SLIDING = {"sliding_window": 5, "layer_types": ["sliding_attention", "full_attention"]}
CONFIGS = {
    "gpt2": {"n_embd": 48, "n_layer": 2, "n_head": 6, "vocab_size": VOCABULARY},
    "llama": LLAMA_LIKE | {"mlp_bias": True},
    "qwen2": LLAMA_LIKE,
    "qwen3": LLAMA_LIKE | HEAD_OF_16,
    "gemma2": LLAMA_LIKE | HEAD_OF_16 | SLIDING,
    "gemma3_text": LLAMA_LIKE | HEAD_OF_16 | SLIDING,
    "gpt_neox": LLAMA_LIKE,
    "phi3": LLAMA_LIKE,
    "opt": LLAMA_LIKE | {"ffn_dim": 80, "word_embed_proj_dim": 32},
}


@pytest.fixture(autouse=True)
def _packs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pack on every processor, whatever its kernels' order, but for the tests of the choice."""
    if "choice" not in request.node.name:
        monkeypatch.setattr(fast_layers, "packs_exactly", lambda n_in: True)


def make(name: str, **changes: object) -> PreTrainedModel:
    """A tiny model with random weights; norms and biases random too, so that they count."""
    torch.manual_seed(3)
    config = AutoConfig.for_model(name, **(CONFIGS[name] | changes))
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return ((found - expected).abs().max() / expected.abs().max()).item()


@pytest.mark.parametrize("name", CONFIGS)
def test_logits_stay_the_same_at_any_length(name: str) -> None:
    model = make(name)
    n_linear = sum(isinstance(m, (nn.Linear, Conv1D)) for m in model.modules())
    prompts = [torch.randint(1, VOCABULARY, (1, t)) for t in (1, 2, 3, 4, 8, 64)]
    with torch.inference_mode():
        before = [model(ids).logits for ids in prompts]
        what = accelerate(model)
        after = [model(ids).logits for ids in prompts]
    assert all(relative(a, b) <= 1e-5 for a, b in zip(after, before, strict=True))
    fast = [m for m in model.modules() if isinstance(m, (SharedLinear, PackedLinear))]
    assert len(fast) == n_linear
    assert not any(isinstance(m, (nn.Linear, Conv1D)) for m in model.modules())
    assert what
    assert not any("left as it is" in line for line in what)


@pytest.mark.parametrize("name", ["gpt2", "llama", "gemma3_text"])
def test_token_by_token_with_a_cache_gives_the_same(name: str) -> None:
    model = make(name)
    ids = torch.randint(1, VOCABULARY, (1, 12))
    with torch.inference_mode():
        before = model(ids).logits
        accelerate(model)
        cache = DynamicCache(config=model.config)
        given = {cache_argument(model): cache}
        steps = [model(ids[:, i : i + 1], **given).logits for i in range(12)]
    assert relative(torch.cat(steps, dim=1), before) <= 1e-5


@pytest.mark.parametrize(
    ("name", "norms"), [("llama", 5), ("qwen3", 9), ("gemma2", 9), ("gemma3_text", 13)]
)
def test_rms_norms_of_either_kind_are_fused(name: str, norms: int) -> None:
    model = make(name)
    assert f"fused RMS norm: {norms}" in accelerate(model)


def test_siblings_share_one_product_and_hold_nothing_afterwards() -> None:
    model = make("llama")
    what = accelerate(model)
    assert "one product of q_proj, k_proj, v_proj: 2" in what
    assert "one product of gate_proj, up_proj: 2" in what
    with torch.inference_mode():
        model(torch.tensor([[1, 2, 3]]))
    shared = [m.product for m in model.modules() if isinstance(m, SharedLinear)]
    assert len(shared) == 2 * 3 + 2 * 2
    assert all(product._input is None for product in shared)
    assert all(part is None for product in shared for part in product._parts)


@settings(deadline=None, max_examples=60)
@given(calls=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=12))
def test_siblings_are_right_in_any_order_and_with_any_input(calls: list[tuple[int, int]]) -> None:
    torch.manual_seed(0)
    layers = [nn.Linear(7, 5), nn.Linear(7, 3, bias=False), nn.Linear(7, 4)]
    inputs = [torch.randn(2, 7), torch.randn(2, 7)]
    with torch.no_grad():
        product = SharedProduct(layers)
        shared = [SharedLinear(product, i) for i in range(3)]
        for layer, which in calls:
            expected = layers[layer](inputs[which])
            assert relative(shared[layer](inputs[which]), expected) <= 1e-5


def test_output_layer_tied_to_the_embedding_is_packed_and_the_rows_stay() -> None:
    model = make("llama", tie_word_embeddings=True)
    assert model.lm_head.weight is model.model.embed_tokens.weight
    rows = model.model.embed_tokens.weight.clone()
    hidden = torch.randn(1, 3, 48)
    with torch.inference_mode():
        expected = model.get_output_embeddings()(hidden)
        accelerate(model)
        head = model.get_output_embeddings()
        assert isinstance(head, PackedLinear)
        assert relative(head(hidden), expected) <= 1e-5
        assert relative(head(hidden[:, -1]), expected[:, -1]) <= 1e-5
        assert head(hidden[:, :0]).shape == (1, 0, VOCABULARY)
    assert torch.equal(model.get_input_embeddings().weight, rows)
    assert torch.equal(head.weight, rows)


def test_old_weights_are_released_one_layer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = make("llama", tie_word_embeddings=False)
    watched = [weakref.ref(m.weight) for m in model.modules() if isinstance(m, nn.Linear)]
    alive = []
    pack = PackedLinear.__init__

    def counting(self: PackedLinear, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        alive.append(sum(ref() is not None for ref in watched))
        pack(self, weight, bias)

    monkeypatch.setattr(PackedLinear, "__init__", counting)
    gc.disable()  # released by the last reference, not at some later time
    try:
        accelerate(model)
    finally:
        gc.enable()
    assert alive == sorted(alive, reverse=True)
    assert alive[0] == len(watched)
    assert alive[-1] == 1
    assert all(ref() is None for ref in watched)


@pytest.mark.skipif(not MAPS.exists(), reason="the system does not list a process's mappings")
@pytest.mark.parametrize("name", ["gpt2", "llama", "gemma2", "opt"])
def test_a_mapped_file_is_let_go_of(name: str, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    model = make(name)
    save_model(model, str(file))
    with safe_open(file, framework="pt") as opened:
        tensors = {key: opened.get_tensor(key) for key in list(opened.keys())}
    model.load_state_dict(tensors, strict=False, assign=True)
    model.tie_weights()
    del tensors
    assert str(file) in MAPS.read_text()
    accelerate(model)
    gc.collect()
    assert str(file) not in MAPS.read_text()
    with torch.inference_mode():
        assert torch.isfinite(model(torch.tensor([[1, 2, 3]])).logits).all()


def test_weights_and_biases_can_still_be_read() -> None:
    model = make("qwen2")
    attention = model.model.layers[0].self_attn
    names = ("q_proj", "k_proj", "v_proj", "o_proj")
    before = {n: (getattr(attention, n).weight.clone(), getattr(attention, n).bias) for n in names}
    accelerate(model)
    for name, (weight, bias) in before.items():
        assert torch.equal(getattr(attention, name).weight, weight)
        found = getattr(attention, name).bias
        assert found is None if bias is None else torch.equal(found, bias)


def test_a_layer_used_in_two_places_stays_one_layer() -> None:
    model = make("opt")
    model.model.decoder.layers[1].fc1 = model.model.decoder.layers[0].fc1
    ids = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        before = model(ids).logits
        accelerate(model)
        assert relative(model(ids).logits, before) <= 1e-5
    assert isinstance(model.model.decoder.layers[0].fc1, PackedLinear)
    assert model.model.decoder.layers[1].fc1 is model.model.decoder.layers[0].fc1


def test_a_replacement_that_disagrees_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = PackedLinear.__init__

    def slightly_wrong(self: PackedLinear, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
        off = weight * (1.0 + 1e-4) if tuple(weight.shape) in ((48, 48), (160, 48)) else weight
        pack(self, off, bias)

    model = make("llama", mlp_bias=False)
    ids = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        before = model(ids).logits
        monkeypatch.setattr(PackedLinear, "__init__", slightly_wrong)
        what = accelerate(model)
        assert relative(model(ids).logits, before) <= 1e-5
    assert isinstance(model.model.layers[0].self_attn.o_proj, nn.Linear)
    left = [line for line in what if "left as it is" in line]
    assert any(line.startswith("model.layers.1.self_attn.o_proj left") for line in left)
    assert any(line.startswith("model.layers.0.mlp.(gate_proj, up_proj) left") for line in left)
    assert all("1.0e-04" in line for line in left)


def test_a_norm_that_is_something_else_is_left_alone() -> None:
    class OddRMSNorm(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(48))
            self.eps = 1e-6

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.weight * x * torch.rsqrt(x.abs().mean(-1, keepdim=True) + self.eps)

    class GatedRMSNorm(OddRMSNorm):
        def forward(self, x: torch.Tensor, gate: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
            return super().forward(x * gate)

    class OutsideRMSNorm(OddRMSNorm):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.weight * x / (x.pow(2).mean(-1, keepdim=True).sqrt() + self.eps)

    model = make("llama")
    model.model.layers[1].input_layernorm = OutsideRMSNorm()
    model.model.norm = OddRMSNorm()
    model.model.layers[0].input_layernorm = GatedRMSNorm()
    what = accelerate(model)
    assert type(model.model.norm) is OddRMSNorm
    assert type(model.model.layers[0].input_layernorm) is GatedRMSNorm
    assert type(model.model.layers[1].input_layernorm) is OutsideRMSNorm
    assert "fused RMS norm: 2" in what
    assert sum("left as it is" in line for line in what) == 3


def test_layers_with_weights_that_are_not_numbers_are_left_alone() -> None:
    model = make("llama")
    with torch.no_grad():
        model.model.layers[0].mlp.down_proj.weight[3, 4] = float("nan")
        model.model.layers[1].self_attn.v_proj.weight[3, 4] = float("nan")
    what = accelerate(model)
    assert type(model.model.layers[1].self_attn.v_proj) is nn.Linear
    assert any("v_proj left as it is" in line for line in what)
    assert type(model.model.layers[0].mlp.down_proj) is nn.Linear
    assert any("down_proj left as it is" in line for line in what)


def test_layers_that_somebody_listens_to_and_subclasses_are_left_alone() -> None:
    class OtherLinear(nn.Linear):
        pass

    model = make("llama")
    heard = model.model.layers[0].self_attn.k_proj
    heard.register_forward_hook(print)
    model.lm_head = OtherLinear(48, VOCABULARY, bias=False)
    accelerate(model)
    assert model.model.layers[0].self_attn.k_proj is heard
    assert isinstance(model.model.layers[0].self_attn.q_proj, PackedLinear)
    assert type(model.lm_head) is OtherLinear


def test_other_dtypes_and_a_torch_without_onednn_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = make("llama").to(torch.bfloat16)
    assert accelerate(model) == ()
    assert isinstance(model.lm_head, nn.Linear)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", bool)
    model = make("llama")
    assert accelerate(model) == ()
    assert isinstance(model.lm_head, nn.Linear)


def test_the_global_random_numbers_are_not_touched() -> None:
    model = make("gpt2")
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    accelerate(model)
    assert torch.equal(torch.rand(3), expected)
    assert 0 < fast_layers.TOLERANCE <= 1e-5


def error(model: PreTrainedModel, exact: torch.Tensor, ids: torch.Tensor) -> float:
    with torch.inference_mode():
        return float((model(ids).logits - exact).norm() / exact.norm())


def test_the_choice_of_a_product_keeps_results_as_near_to_float64_as_before() -> None:
    model = make("llama", hidden_size=384, intermediate_size=768)
    ids = torch.randint(1, VOCABULARY, (1, 48))
    exact = make("llama", hidden_size=384, intermediate_size=768).double()
    with torch.inference_mode():
        truth = exact(ids).logits
    before = error(model, truth, ids)
    assert accelerate(model)
    assert error(model, truth, ids) <= 1.5 * before


def test_by_choice_siblings_share_a_plain_product_where_packing_is_less_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fast_layers, "packs_exactly", lambda n_in: False)
    model = make("qwen2")
    ids = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        before = model(ids).logits
        what = accelerate(model)
        assert relative(model(ids).logits, before) <= 1e-6
    assert "one product of q_proj, k_proj, v_proj: 2" in what
    assert not any(isinstance(part, PackedLinear) for part in model.modules())
    shared = model.model.layers[0].self_attn.q_proj
    assert isinstance(shared, SharedLinear)
    assert type(shared.product.linear) is nn.Linear
    assert type(model.lm_head) is nn.Linear


def test_the_choice_says_whether_the_packed_product_is_as_exact() -> None:
    weight, x = torch.randn(64, 384), torch.randn(16, 384)
    exact = x.double() @ weight.double().T
    packed = (PackedLinear(weight, None)(x) - exact).norm()
    plain = (nn.functional.linear(x, weight) - exact).norm()
    if fast_layers.packs_exactly(384):
        assert packed <= 1.5 * plain
    else:
        assert packed > plain
