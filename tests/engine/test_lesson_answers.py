"""What lessons ask the model, against transformers' own outputs and plain NumPy."""

from __future__ import annotations

import importlib
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.lesson_records import (
    MOST_STEP_TOKENS,
    HeadStepsRequest,
    InputRequest,
    ResidualRequest,
)
from visualizer.engine.records import Cancelled, CancelToken, ForwardRequest, Prompt

TEXT = "The quick brown fox jumps over the dog."
TEXTS = ("I ate an apple.", "Apple makes phones")
ONLY_HIDDEN = ("gpt2", "llama", "gemma3", "gpt_neox", "bloom", "mamba", "falcon")


def one(engine, question):
    (record,) = engine.answer(question)
    return record


def read(engine, text=TEXT):
    return [*engine.answer(ForwardRequest(1, Prompt(text), -1))]


def softmax(x):
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


# ------------------------------------------------------------------------------ residual stream


@pytest.mark.parametrize("architecture", ONLY_HIDDEN)
def test_the_residual_stream_is_that_of_a_run_of_the_model_alone(
    architecture, new_engine, tiny_model
):
    engine, model = new_engine(architecture), tiny_model(architecture)
    record = one(engine, ResidualRequest(7, TEXTS))
    assert record.request_id == 7
    for text, residuals in zip(TEXTS, record.texts, strict=True):
        ids = torch.tensor([list(text.encode())])
        with torch.no_grad():
            states = model(ids, use_cache=False, output_hidden_states=True).hidden_states
        n_layers = len(states) - 1
        assert residuals.stream.shape == (n_layers + 2, len(text), states[0].shape[-1])
        assert residuals.stream.dtype == np.float32
        assert not residuals.stream.flags.writeable
        assert residuals.tokenization.pieces == tuple(bytes([b]) for b in text.encode())
        begins = 1 if architecture == "mamba" else 0  # whose library leaves out what enters
        ours = [residuals.stream[i] for i in (*range(begins, n_layers + begins), -1)]
        for mine, theirs in zip(ours, states, strict=True):
            scale = max(1.0, float(theirs.abs().max()))
            np.testing.assert_allclose(mine, theirs[0].numpy(), atol=1e-5 * scale)


def test_the_last_block_is_before_the_last_normalisation(new_engine, tiny_model):
    model = tiny_model("llama")
    stream = one(new_engine("llama"), ResidualRequest(1, ("abc",))).texts[0].stream
    before = torch.from_numpy(stream[-2].copy())
    with torch.no_grad():
        np.testing.assert_allclose(model.model.norm(before), stream[-1], atol=1e-5)
    assert np.abs(stream[-2] - stream[-1]).max() > 0.1


def test_what_has_another_width_at_the_end_is_left_out(new_engine):
    stream = one(new_engine("opt"), ResidualRequest(1, ("abc",))).texts[0].stream
    assert stream.shape == (3, 3, 32)  # the input of two blocks and what leaves them


def test_the_prompt_at_hand_stays_as_it_is(new_engine):
    engine = new_engine("llama")
    before = read(engine)
    one(engine, ResidualRequest(2, TEXTS))
    one(engine, InputRequest(3, (1, 2)))
    again = read(engine)
    assert again[0].computed_tokens == 0
    np.testing.assert_array_equal(before[0].logits, again[0].logits)
    grown = read(engine, TEXT + "!")
    fresh = read(new_engine("llama"), TEXT + "!")
    np.testing.assert_allclose(grown[0].logits, fresh[0].logits, atol=1e-4)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((), "From 1 to 8 texts"),
        (("a",) * 9, "not 9"),
        (("",), "nothing to read"),
        (("a" * 65,), "has 65 tokens; at most 64"),
    ],
)
def test_texts_that_cannot_be_looked_at_are_refused(new_engine, texts, words):
    with pytest.raises(UsageError, match=words):
        one(new_engine("llama"), ResidualRequest(1, texts))


def test_a_cancelled_question_leaves_no_hooks_behind(new_engine):
    engine = new_engine("llama")
    cancel = CancelToken()
    question = ResidualRequest(1, TEXTS, cancel)
    answers = engine.answer(question)
    body = engine._model.attachment.body

    def cancel_now(*_):
        cancel.cancel()

    def n_hooks():
        return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in body.layers)

    before = n_hooks()
    handle = body.layers[0].register_forward_hook(cancel_now)
    with pytest.raises(Cancelled):
        next(answers)
    handle.remove()
    assert n_hooks() == before


# ------------------------------------------------------------------------------ one head's steps


def eager_calls(model, monkeypatch, text=TEXT):
    """What each layer's eager attention was called with and gave."""
    family = importlib.import_module(type(model).__module__)
    real, calls = family.eager_attention_forward, []

    def noting(module, query, key, value, mask, scaling=None, **options):
        scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
        output, weights = real(module, query, key, value, mask, scaling=scaling, **options)
        group = query.shape[1] // key.shape[1]
        calls.append(
            SimpleNamespace(
                q=query[0].numpy(),
                k=key[0].repeat_interleave(group, dim=0).numpy(),
                v=value[0].repeat_interleave(query.shape[1] // value.shape[1], dim=0).numpy(),
                scaling=scaling,
                weights=weights[0].numpy(),
                output=output[0].numpy(),
            )
        )
        return output, weights

    monkeypatch.setattr(family, "eager_attention_forward", noting)
    with torch.no_grad():
        model(torch.tensor([list(text.encode())]), use_cache=False)
    return calls


@pytest.mark.parametrize("first", [0, 9])
@pytest.mark.parametrize(
    "architecture", ["llama", "gpt2", "gemma2", "gemma3", "gpt_oss", "qwen3", "deepseek_v3"]
)
def test_every_step_is_that_of_eager_attention(
    architecture, first, new_engine, tiny_model, monkeypatch
):
    engine = new_engine(architecture)
    read(engine)
    calls = eager_calls(tiny_model(architecture), monkeypatch)
    layer, head = len(calls) - 1, 3
    call, stop = calls[layer], first + MOST_STEP_TOKENS
    steps = one(engine, HeadStepsRequest(5, layer, head, first))
    near = {"rtol": 0, "atol": 1e-5}
    np.testing.assert_allclose(steps.q, call.q[head, first:stop], **near)
    np.testing.assert_allclose(steps.k, call.k[head, first:stop], **near)
    np.testing.assert_allclose(steps.v, call.v[head, first:stop], **near)
    np.testing.assert_allclose(steps.weights, call.weights[head, first:stop, first:stop], **near)
    np.testing.assert_allclose(steps.output, call.output[first:stop, head], **near)
    np.testing.assert_allclose(steps.scores, steps.q @ steps.k.T, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(steps.scaled, steps.scores * call.scaling, rtol=1e-12)
    np.testing.assert_allclose(
        steps.elsewhere, 1 - call.weights[head, first:stop, first:stop].sum(axis=1), **near
    )
    later = np.triu(np.ones((12, 12), bool), k=1)
    assert np.isneginf(steps.masked[later]).all()
    assert (steps.weights[np.isneginf(steps.masked)] == 0).all()
    seen = ~np.isneginf(steps.masked)
    np.testing.assert_array_equal(steps.masked[seen], steps.capped[seen])
    if first == 0 and architecture != "gpt_oss":
        np.testing.assert_allclose(steps.weights, softmax(steps.masked), **near)
        np.testing.assert_allclose(steps.weights @ steps.v, steps.output, **near)
    assert b"".join(steps.pieces) == TEXT.encode()[first:stop]
    assert steps.token_ids.tolist() == list(TEXT.encode()[first:stop])
    assert not steps.weights.flags.writeable


def test_a_softcap_and_a_window_are_told(new_engine):
    engine = new_engine("gemma2")
    read(engine)
    steps = one(engine, HeadStepsRequest(1, 0, 0))
    assert (steps.softcap, steps.window) == (5.0, 6)
    np.testing.assert_allclose(steps.capped, 5 * np.tanh(steps.scaled / 5), rtol=1e-12)
    assert np.isneginf(steps.masked[11, :6]).all()
    assert np.isfinite(steps.masked[11, 6:]).all()


def test_shared_keys_are_told(new_engine):
    engine = new_engine("llama")
    read(engine, "ab")
    steps = one(engine, HeadStepsRequest(1, 1, 3))
    assert steps.key_value_head == 1
    assert len(steps.q) == 2


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (HeadStepsRequest(1, 9, 0), "There is no layer 9"),
        (HeadStepsRequest(1, 0, 4), "There is no head 4"),
        (HeadStepsRequest(1, 0, 0, first=39), "There is no token 39: the prompt has 39"),
        (HeadStepsRequest(1, 0, 0, n=13), "From 1 to 12 tokens"),
        (HeadStepsRequest(1, 0, 0, n=0), "not 0"),
    ],
)
def test_steps_that_do_not_exist_are_refused(new_engine, request_, words):
    engine = new_engine("llama")
    read(engine)
    with pytest.raises(UsageError, match=words):
        one(engine, request_)


def test_without_a_prompt_there_are_no_steps(new_engine):
    with pytest.raises(VisualizerError, match="No prompt"):
        one(new_engine("llama"), HeadStepsRequest(1, 0, 0))


@pytest.mark.parametrize(
    ("architecture", "words"), [("mamba", "no attention weights"), ("bloom", "only its attention")]
)
def test_an_architecture_without_queries_and_keys_says_so(new_engine, architecture, words):
    engine = new_engine(architecture)
    read(engine)
    with pytest.raises(VisualizerError, match=words):
        one(engine, HeadStepsRequest(1, 0, 0))


# ------------------------------------------------------------------------------ the input side


def test_embeddings_are_rows_of_the_models_table(new_engine, tiny_model):
    table = tiny_model("llama").get_input_embeddings().weight.numpy()
    record = one(new_engine("llama"), InputRequest(1, (65, 97, 65)))
    np.testing.assert_array_equal(record.embeddings, table[[65, 97, 65]])
    assert record.token_ids == (65, 97, 65)
    assert record.positions is None
    assert record.n_positions == 0
    assert len(one(new_engine("llama"), InputRequest(1)).embeddings) == 0


@pytest.mark.parametrize("architecture", ["gpt2", "opt", "bart"])
def test_learned_positions_are_found(architecture, new_engine, tiny_model):
    model = tiny_model(architecture)
    record = one(new_engine(architecture), InputRequest(1))
    table = {
        "gpt2": lambda: model.transformer.wpe.weight,
        "opt": lambda: model.model.decoder.embed_positions.weight[2:],
        "bart": lambda: model.model.decoder.embed_positions.weight[2:],
    }[architecture]()
    assert record.n_positions == 128
    np.testing.assert_array_equal(record.positions, table.numpy())
    assert record.rotary == ()


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "gpt_neox"])
def test_rotary_frequencies_are_the_models(architecture, new_engine):
    record = one(new_engine(architecture), InputRequest(1))
    assert record.positions is None
    for rotary in record.rotary:
        assert rotary.base is not None
        width = 2 * len(rotary.frequencies)
        np.testing.assert_allclose(
            rotary.frequencies, rotary.base ** (-np.arange(0, width, 2) / width), rtol=1e-6
        )
    names = {"gemma3": {"full_attention", "sliding_attention"}}.get(architecture, {""})
    assert {rotary.name for rotary in record.rotary} == names


@pytest.mark.parametrize("architecture", ["mamba", "bloom", "mpt"])
def test_a_model_with_neither_says_so_by_having_none(architecture, new_engine):
    record = one(new_engine(architecture), InputRequest(1, (3,)))
    assert record.positions is None
    assert record.rotary == ()
    assert record.embeddings.shape == (1, 32)


def test_an_unknown_token_is_refused(new_engine):
    with pytest.raises(UsageError, match="Token id 260 does not exist"):
        one(new_engine("llama"), InputRequest(1, (260,)))


def test_rotating_by_the_frequencies_gives_the_scores_that_the_model_computes(
    new_engine, tiny_model
):
    """The library's own rotation of a pair of equal vectors: sum of cosines, by distance."""
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    model = tiny_model("llama")
    frequencies = one(new_engine("llama"), InputRequest(1)).rotary[0].frequencies
    ones = torch.ones(1, 1, 20, 2 * len(frequencies))
    cos, sin = model.model.rotary_emb(ones, torch.arange(20)[None])
    q, k = apply_rotary_pos_emb(ones, ones, cos, sin)
    scores = (q[0, 0] @ k[0, 0].T).numpy()
    expected = 2 * np.cos(np.subtract.outer(np.arange(20), np.arange(20))[..., None] * frequencies)
    np.testing.assert_allclose(scores, expected.sum(axis=-1), atol=1e-4)
    assert math.isclose(scores[0, 0], 2 * len(frequencies), rel_tol=1e-6)


# ---------------------------------------------------------------------------------- neighbours


@pytest.mark.parametrize("architecture", ["gpt2", "llama"])
def test_neighbours_are_those_of_plain_cosines(architecture, new_engine, tiny_model, monkeypatch):
    monkeypatch.setattr("visualizer.engine.lesson_answers._ROWS_AT_ONCE", 37)
    engine, model = new_engine(architecture), tiny_model(architecture)
    record = one(engine, InputRequest(1, (65, 97, 32), n_neighbours=7))
    table = model.get_input_embeddings().weight.detach().double().numpy()
    table = table / np.linalg.norm(table, axis=1, keepdims=True)
    assert record.neighbours.shape == record.similarities.shape == (3, 7)
    for token_id, ids, cosines in zip(
        (65, 97, 32), record.neighbours, record.similarities, strict=True
    ):
        every = table @ table[token_id]
        every[token_id] = -np.inf
        assert ids.tolist() == np.argsort(-every)[:7].tolist()
        np.testing.assert_allclose(cosines, np.sort(every)[::-1][:7], atol=1e-6)


def test_no_more_neighbours_than_there_are(new_engine):
    engine = new_engine("gpt2")
    record = one(engine, InputRequest(1, (65,), n_neighbours=10_000))
    assert record.neighbours.shape == (1, 50)
    assert one(engine, InputRequest(1, (65,))).neighbours.shape == (1, 0)
    assert one(engine, InputRequest(1, (), n_neighbours=5)).neighbours.shape == (0, 0)


def test_looking_for_neighbours_can_be_cancelled(new_engine):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        one(new_engine("gpt2"), InputRequest(1, (65,), 5, token))
