"""Pairs of tokens against transformers' own eager attention, full passes without a cache."""

from __future__ import annotations

import importlib
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.engine import pair as pair_module
from visualizer.engine.attach import attach_capture
from visualizer.engine.attention_records import PairRequest
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.reading import Reading
from visualizer.engine.records import (
    Cancelled,
    CancelToken,
    ForwardRequest,
    HeadRequest,
    LoadRequest,
    Prompt,
)
from visualizer.locations import cache_path

TEXT = np.frombuffer(b"The quick brown fox jumps over the dog.", np.uint8).astype(np.int64)
ARCHITECTURES = ("llama", "gemma2", "gemma3", "gpt_oss", "gpt2", "qwen3", "deepseek_v3")
PROJECTIONS = {"gpt2": "c_proj"}  # the others call it o_proj
PAIRS = ((30, 27), (30, 30), (7, 0), (12, 11), (0, 0))


class Eager:
    """A model of transformers alone, which notes what its attention was called with."""

    def __init__(self, model, architecture, monkeypatch):
        self.model = model
        self.projection = PROJECTIONS.get(architecture, "o_proj")
        family = importlib.import_module(type(model).__module__)
        real = family.eager_attention_forward
        self.calls = []

        def noting(module, query, key, value, mask, scaling=None, **options):
            scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
            output, weights = real(module, query, key, value, mask, scaling=scaling, **options)
            self.calls.append(
                SimpleNamespace(
                    module=module,
                    query=query[0],
                    key=key[0].repeat_interleave(query.shape[1] // key.shape[1], dim=0),
                    value=value[0].repeat_interleave(query.shape[1] // value.shape[1], dim=0),
                    scaling=scaling,
                    weights=weights[0],
                    output=output[0],
                )
            )
            return output, weights

        monkeypatch.setattr(family, "eager_attention_forward", noting)

    def run(self, ids=TEXT):
        self.calls = []
        with torch.no_grad():
            return self.model(torch.from_numpy(ids.copy())[None], use_cache=False).logits[0].numpy()

    def module_outputs(self, layer):
        """What the attention module of a layer gives, (T, C)."""
        kept = []
        self.run()
        handle = self.calls[layer].module.register_forward_hook(
            lambda _module, _args, output: kept.append(output[0][0])
        )
        self.run()
        handle.remove()
        return kept[0]

    def logits_without(self, layer, head, query, key, ids=TEXT):
        """Logits after `query` with one pair's contribution missing at the output projection."""
        self.run(ids)
        call = self.calls[layer]
        taken = call.weights[head, query, key] * call.value[head, key]
        width = len(taken)

        def leave_out(_module, args):
            states = args[0].clone()
            states[0, query, head * width : (head + 1) * width] -= taken
            return (states, *args[1:])

        projection = getattr(call.module, self.projection)
        handle = projection.register_forward_pre_hook(leave_out)
        logits = self.run(ids)
        handle.remove()
        return logits[query]


@pytest.fixture(params=ARCHITECTURES)
def architecture(request):
    return request.param


@pytest.fixture
def eager(architecture, tiny_model, monkeypatch):
    return Eager(tiny_model(architecture), architecture, monkeypatch)


@pytest.fixture
def reading(architecture, new_reading):
    reading = new_reading(architecture)
    reading.read(TEXT)
    return reading


def ask(reading, layer, head, query, key, candidate=None, **more):
    return reading.pair(PairRequest(3, layer, head, query, key, candidate, **more))


def every_pair(reading):
    attachment = reading.attachment
    for layer in range(attachment.n_layers):
        for head in (0, attachment.n_heads - 1):
            for query, key in PAIRS:
                yield layer, head, query, key


def test_score_and_weight_are_those_of_eager_attention(eager, reading):
    eager.run()
    seen = 0
    for layer, head, query, key in every_pair(reading):
        record, call = ask(reading, layer, head, query, key), eager.calls[layer]
        expected = call.query[head, query].double() * call.key[head, key].double()
        np.testing.assert_allclose(record.query_vector, call.query[head, query], atol=1e-5)
        np.testing.assert_allclose(record.key_vector, call.key[head, key], atol=1e-5)
        np.testing.assert_allclose(record.products, expected, atol=1e-4)
        assert record.scaling == pytest.approx(call.scaling)
        assert record.score == pytest.approx(float(expected.sum()) * call.scaling, abs=1e-4)
        assert record.weight == pytest.approx(float(call.weights[head, query, key]), abs=1e-5)
        row = call.weights[head, query].numpy()
        np.testing.assert_allclose(row[record.row_keys], record.row_weights, atol=1e-5)
        outside = np.setdiff1d(np.arange(len(TEXT)), record.row_keys)
        assert (row[outside] == 0).all()
        seen += record.is_visible
    assert seen > 0


def test_products_add_up_to_the_score_and_the_row_to_one(architecture, reading):
    for layer, head, query, key in every_pair(reading):
        record = ask(reading, layer, head, query, key)
        assert record.products.sum() * record.scaling == pytest.approx(record.score, rel=1e-12)
        capped = record.score
        if record.softcap is not None:
            capped = record.softcap * math.tanh(record.score / record.softcap)
        assert record.capped == pytest.approx(capped, rel=1e-12)
        assert record.bias is None
        logits = record.row_scores
        if record.sink_logit is not None:
            logits = np.append(logits, record.sink_logit)
        exponentials = np.exp(logits - logits.max())
        share = exponentials / exponentials.sum()
        np.testing.assert_allclose(share[: len(record.row_keys)], record.row_weights, atol=1e-12)
        assert record.normaliser == pytest.approx(
            math.log(exponentials.sum()) + logits.max(), abs=1e-10
        )
        sink = record.sink_weight or 0.0
        assert record.row_weights.sum() + sink == pytest.approx(1.0, abs=1e-12)
        if record.is_visible:
            assert record.weight == pytest.approx(
                math.exp(record.capped - record.normaliser), abs=1e-12
            )
            place = record.row_keys.tolist().index(key)
            assert record.row_scores[place] == pytest.approx(record.capped, abs=1e-9)
            assert record.row_weights[place] == record.weight


def test_what_the_architectures_have(reading, architecture):
    records = [ask(reading, layer, 1, 30, 30) for layer in range(reading.attachment.n_layers)]
    assert {record.softcap for record in records} == ({5.0} if architecture == "gemma2" else {None})
    windowed = architecture in ("gemma2", "gemma3", "gpt_oss")
    assert [record.window for record in records][:2] == ([6, None] if windowed else [None, None])
    assert all((record.sink_logit is not None) == (architecture == "gpt_oss") for record in records)
    shared = (
        1 if architecture in ("gpt2", "deepseek_v3") else 0
    )  # else two query heads share a key head
    assert {record.key_value_head for record in records} == {shared}
    if architecture == "gemma2":
        assert records[0].scaling == pytest.approx(20**-0.5)


def test_keys_out_of_sight_have_no_weight_and_no_effect(reading, architecture):
    for key in (31, 38):
        record = ask(reading, 1, 1, 30, key)
        assert not record.is_visible
        assert record.written_norm == (None if architecture == "deepseek_v3" else 0.0)
        assert (record.weight, record.logit_change) == (0.0, 0.0)
        assert key not in record.row_keys
        assert math.isfinite(record.score)
    windowed = architecture in ("gemma2", "gemma3", "gpt_oss")
    record = ask(reading, 0, 1, 30, 24)
    assert record.is_visible != windowed
    assert record.row_keys[0] == (25 if windowed else 0)
    assert ask(reading, 0, 1, 30, 25).is_visible
    assert ask(reading, 1, 1, 30, 24).is_visible


def test_values_that_nobody_keeps_are_known_only_where_they_are_shown(new_reading):
    reading = new_reading("deepseek_v3")
    reading.read(TEXT)
    record = ask(reading, 1, 1, 30, 31)
    assert (record.value_norm, record.written_norm) == (None, None)
    assert "keeps no values of its own" in str(record.unavailable)
    assert record.logit_change == 0.0
    assert ask(reading, 1, 1, 31, 31).value_norm > 0


def test_values_and_what_is_written(eager, reading):
    layer = reading.attachment.n_layers - 1
    eager.run()
    for head, query, key in ((0, 30, 27), (3, 30, 30), (1, 5, 2)):
        record, call = ask(reading, layer, head, query, key), eager.calls[layer]
        value = call.value[head, key]
        assert record.value_norm == pytest.approx(float(value.norm()), rel=1e-5)
        projection = getattr(call.module, eager.projection)
        states = torch.zeros(3, call.value.shape[0], value.shape[-1])
        states[0, head] = call.weights[head, query, key] * value
        states[1, head] = call.output[query, head]
        given = projection(states.flatten(1))
        lengths = (given - given[2]).norm(dim=-1)
        assert record.written_norm == pytest.approx(float(lengths[0]), rel=1e-4, abs=1e-6)
        assert record.head_output_norm == pytest.approx(float(lengths[1]), rel=1e-4, abs=1e-6)
        assert record.parts_error < 1e-5
        assert record.unavailable is None


def test_written_vectors_add_up_to_heads_and_heads_to_the_module(eager, reading):
    query = 30
    for layer in range(reading.attachment.n_layers):
        ask(reading, layer, 0, query, 27)
        eager.run()
        call = eager.calls[layer]
        n_heads, n_keys, width = call.value.shape
        heads = torch.diag_embed(call.output[query].T, dim1=0, dim2=1)  # (H, H, D)
        written = reading._pairs.written(layer, heads.flatten(1))
        total = written.vectors.sum(dim=0) + written.bias
        expected = eager.module_outputs(layer)[query]
        np.testing.assert_allclose(total, expected, rtol=1e-4, atol=1e-5)
        keys = torch.zeros(n_keys, n_heads, width)
        keys[:, 2] = call.weights[2, query, :, None] * call.value[2]
        by_key = reading._pairs.written(layer, keys.flatten(1)).vectors
        np.testing.assert_allclose(by_key.sum(dim=0), written.vectors[2], rtol=1e-4, atol=1e-5)


def test_logit_without_is_that_of_a_full_run_with_the_contribution_left_out(eager, reading):
    moved = 0.0
    for layer in range(reading.attachment.n_layers):
        for head, query, key in ((0, 30, 27), (3, 30, 30), (1, 7, 6), (2, len(TEXT) - 1, 38)):
            expected = eager.logits_without(layer, head, query, key)
            plain = eager.run()[query]
            for candidate in (None, 65):
                record = ask(reading, layer, head, query, key, candidate)
                wanted = int(plain.argmax()) if candidate is None else candidate
                assert record.candidate_id == wanted
                assert record.logit == pytest.approx(float(plain[wanted]), abs=1e-4)
                assert record.logit_again == pytest.approx(record.logit, abs=1e-4)
                assert record.logit_without == pytest.approx(float(expected[wanted]), abs=1e-4)
                assert record.logit_change == record.logit_again - record.logit_without
                moved = max(moved, abs(record.logit_change))
    assert moved > 1e-2  # else the comparison would say nothing


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_any_pair_adds_up(architecture, reading, data):
    attachment = reading.attachment
    layer = data.draw(st.integers(0, attachment.n_layers - 1))
    head = data.draw(st.integers(0, attachment.n_heads - 1))
    query = data.draw(st.integers(-len(TEXT), len(TEXT) - 1))
    key = data.draw(st.integers(-len(TEXT), len(TEXT) - 1))
    record = ask(reading, layer, head, query, key)
    assert (record.query, record.key) == (query % len(TEXT), key % len(TEXT))
    assert record.products.sum() * record.scaling == pytest.approx(record.score, rel=1e-9)
    assert record.row_weights.sum() + (record.sink_weight or 0.0) == pytest.approx(1.0, abs=1e-9)
    if record.is_visible or record.parts_error is not None:
        assert record.parts_error < 1e-5
    weights = reading.head(HeadRequest(0, layer, head)).weights[record.query]
    assert record.weight == pytest.approx(float(weights[record.key]), abs=1e-5)


def snapshot(reading):
    store = reading.trace.store
    n = len(reading.trace)
    buffers = [buffer.data[:, :, :n].clone() for buffer in store._buffers]
    lengths = [layer.n_tokens for layer in store._layers]
    return buffers, [store.length, *lengths]


def assert_untouched(reading, before):
    buffers, lengths = snapshot(reading)
    assert lengths == before[1]
    for ours, theirs in zip(buffers, before[0], strict=True):
        assert torch.equal(ours, theirs)


def test_an_inspection_leaves_everything_as_it_was(architecture, reading, new_reading, tiny_model):
    before = snapshot(reading)
    for query in (0, 12, len(TEXT) - 1):
        ask(reading, 1, 1, query, 0)
    assert_untouched(reading, before)
    longer = np.concatenate([TEXT, TEXT[:9]])
    reading.read(longer)
    fresh = Reading(attach_capture(tiny_model(architecture)), 128)
    fresh.read(longer)
    np.testing.assert_allclose(
        reading.trace.logits_rows(0, len(longer)),
        fresh.trace.logits_rows(0, len(longer)),
        atol=1e-4,
    )
    for layer in range(reading.attachment.n_layers):
        ours = reading.head(HeadRequest(0, layer, 1)).weights
        np.testing.assert_allclose(ours, fresh.head(HeadRequest(0, layer, 1)).weights, atol=1e-5)


def test_a_changed_text_is_run_anew(new_reading):
    reading = new_reading("llama")
    reading.read(TEXT)
    first = ask(reading, 1, 1, 20, 18, 65)
    changed = TEXT.copy()
    changed[15] = 33
    reading.read(changed)
    second = ask(reading, 1, 1, 20, 18, 65)
    assert second.logit_again == pytest.approx(second.logit, abs=1e-4)
    assert abs(second.logit - first.logit) > 1e-2


class Trips(CancelToken):
    """Is set by its n-th look."""

    def __init__(self, n):
        super().__init__()
        self.left = n

    def check(self):
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().check()


@pytest.mark.parametrize("looks", [1, 2, 3, 4])
def test_a_cancelled_inspection_leaves_everything_as_it_was(new_reading, looks):
    reading = new_reading("llama")
    reading.read(TEXT)
    before = snapshot(reading)
    with pytest.raises(Cancelled):
        ask(reading, 1, 1, 20, 18, cancel=Trips(looks))
    assert_untouched(reading, before)
    assert ask(reading, 1, 1, 20, 18).unavailable is None


def test_a_failing_run_leaves_everything_as_it_was(new_reading, monkeypatch):
    reading = new_reading("gemma2")
    reading.read(TEXT)
    before = snapshot(reading)
    last = reading.attachment.modules[-1]

    def fail(*_args):
        raise RuntimeError("no more memory")

    handle = last.register_forward_hook(fail)
    try:
        with pytest.raises(RuntimeError, match="no more memory"):
            ask(reading, 1, 1, 20, 18)
    finally:
        handle.remove()
    assert_untouched(reading, before)
    assert not any(module._forward_pre_hooks for module in reading.attachment.body.modules())


def test_every_captured_architecture_can_be_taken_apart(captured, new_reading):
    reading = new_reading(captured)
    reading.read(TEXT)
    weights = reading.head(HeadRequest(0, 1, 2)).weights[25]
    record = ask(reading, 1, 2, 25, int(weights.argmax()))
    assert record.unavailable is None
    assert record.logit_again == pytest.approx(record.logit, abs=1e-4)
    assert record.written_norm > 0
    assert record.logit_change != 0.0


def test_an_architecture_of_weights_alone_says_so(eager_only, new_reading):
    reading = new_reading(eager_only)
    reading.read(TEXT)
    with pytest.raises(VisualizerError, match=f"{eager_only} hands out only its attention weights"):
        ask(reading, 1, 1, 20, 18)


def test_a_gate_before_the_projection_hides_only_what_is_written(new_reading, monkeypatch):
    reading = new_reading("llama")
    reading.read(TEXT)
    monkeypatch.setattr(reading._pairs, "_projections", {})
    monkeypatch.setattr(torch, "equal", lambda *_: False)
    record = ask(reading, 1, 1, 20, 18)
    assert record.written_norm is None
    assert record.head_output_norm is None
    assert "before it is projected" in str(record.unavailable)
    assert record.logit_without is not None
    assert record.value_norm > 0


def test_parts_that_do_not_add_up_are_not_shown(new_reading, monkeypatch):
    reading = new_reading("llama")
    reading.read(TEXT)
    real = pair_module.row_of

    def wrong(*args):
        row = real(*args)
        return pair_module.Row(row.first, row.scores, row.sink, row.normaliser, row.weights.flip(0))

    monkeypatch.setattr(pair_module, "row_of", wrong)
    record = ask(reading, 1, 1, 20, 18)
    assert "do not add up" in str(record.unavailable)
    assert record.logit_without is None
    assert record.logit_change is None
    assert record.parts_error > 1e-3


def test_half_precision_is_compared_with_its_own_kind(tiny_model):
    reading = Reading(attach_capture(tiny_model("llama").to(torch.bfloat16)), 128)
    reading.read(TEXT)
    record = ask(reading, 1, 1, 30, 30)
    assert record.unavailable is None
    assert abs(record.logit_again - record.logit) < 0.3
    assert record.parts_error < 0.02


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"query": 39}, "There is no token 39"),
        ({"key": -40}, "There is no token -40"),
        ({"layer": 2}, "There is no layer 2"),
        ({"head": 4}, "There is no head 4"),
        ({"candidate": 260}, "Token id 260 does not exist"),
        ({"candidate": -1}, "Token id -1 does not exist"),
    ],
)
def test_what_does_not_exist_is_named(new_reading, wish, sentence):
    reading = new_reading("llama")
    reading.read(TEXT)
    with pytest.raises(UsageError, match=sentence):
        ask(reading, **{"layer": 1, "head": 1, "query": 3, "key": 1, **wish})


def test_numbers_that_are_not_finite_are_refused(new_reading):
    reading = new_reading("llama")
    reading.read(TEXT)
    reading.trace.store.groups[0].keys.data[1, 0, 5] = math.nan
    with pytest.raises(NonFiniteError):
        ask(reading, 1, 1, 20, 18)
    reading.read(TEXT[:2])  # the models are shared: leave no such number behind
    reading.read(TEXT)
    assert ask(reading, 1, 1, 20, 18).unavailable is None


def test_the_engine_answers(new_engine):
    engine = new_engine("llama")
    with pytest.raises(VisualizerError, match="No prompt"):
        list(engine.answer(PairRequest(7, 1, 1, 3, 1)))
    list(engine.answer(ForwardRequest(1, Prompt("hello there"))))
    (record,) = engine.answer(PairRequest(7, 1, 1, -1, 1))
    assert (record.request_id, record.query, record.key) == (7, 10, 1)
    assert not record.products.flags.writeable


@pytest.mark.smollm2
def test_smollm2_against_transformers(monkeypatch):
    from transformers import AutoModelForCausalLM

    folder = cache_path("models", "smollm2-135m")
    if not (folder / "config.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    torch.set_num_threads(2)
    engine = LocalEngine()
    engine.load(LoadRequest(0, "smollm2-135m", folder, device="cpu"), print)
    prompt = "A journey of a thousand miles begins with a single"
    forward = next(iter(engine.answer(ForwardRequest(1, Prompt(prompt)))))
    ids = forward.tokenization.ids
    model = AutoModelForCausalLM.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
    reference = Eager(model, "llama", monkeypatch)
    reference.run(ids)
    calls = list(reference.calls)
    step = int(forward.logits.argmax())
    for layer, head, query, key in ((14, 8, 9, 3), (0, 2, 9, 9), (29, 5, 6, 4)):
        record = next(iter(engine.answer(PairRequest(2, layer, head, query, key, step))))
        call = calls[layer]
        expected = float(call.query[head, query] @ call.key[head, key]) * call.scaling
        assert record.score == pytest.approx(expected, abs=1e-4)
        assert record.weight == pytest.approx(float(call.weights[head, query, key]), abs=1e-4)
        assert record.parts_error < 1e-4
        without = reference.logits_without(layer, head, query, key, ids)[step]
        assert record.logit_without == pytest.approx(float(without), abs=1e-4)
        assert record.logit_again == pytest.approx(record.logit, abs=1e-4)
