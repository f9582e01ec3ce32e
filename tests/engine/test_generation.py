"""Generation: determinism, ends, and questions asked in between."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from visualizer.engine import generation as generation_module
from visualizer.engine.records import (
    Cancelled,
    CancelToken,
    ForwardRequest,
    GeneratedRecord,
    GenerateRequest,
    GenerationEnded,
    HeadRequest,
    PositionRequest,
    Prompt,
)
from visualizer.engine.sampling import SamplingParams, shape_distribution

PROMPT = Prompt("Once upon a time")
GREEDY = SamplingParams(temperature=0.0)


def tokens(answers):
    return [record.token_id for record in answers if isinstance(record, GeneratedRecord)]


def test_greedy_takes_the_likeliest_token_at_every_step(new_engine, truth):
    answers = list(new_engine("llama").answer(GenerateRequest(5, PROMPT, 8, GREEDY)))
    ids = list(PROMPT.text.encode())
    for step, record in enumerate(answers[:-1]):
        logits = truth("llama", ids).logits[-1]
        assert (record.request_id, record.step) == (5, step)
        assert record.token_id == int(logits.argmax())
        expected = logits.astype(np.float64) - logits.max()
        logprob = expected[record.token_id] - math.log(np.exp(expected).sum())
        assert record.logprob == pytest.approx(logprob, abs=1e-4)
        assert record.sampled_logprob == 0.0
        ids.append(record.token_id)
        assert record.forward.tokenization.ids.tolist() == ids
        after = truth("llama", ids).logits[-1]
        np.testing.assert_allclose(record.forward.logits, after, rtol=0, atol=1e-4)
        assert record.forward.position == len(ids) - 1
        assert record.overview.n_tokens == len(ids)
    assert answers[-1] == GenerationEnded(5, "length")
    assert len(answers) == 9


def test_a_token_too_unlikely_for_a_float_still_has_its_log_probability(monkeypatch):
    logits = np.array([0.0, -800.0], dtype=np.float32)
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: 1)
    request = GenerateRequest(0, PROMPT, 1, SamplingParams(temperature=100.0))
    answers = generation_module.generate(
        request,
        np.array([0]),
        forward=lambda ids: (SimpleNamespace(logits=logits), None),
        token_bytes=lambda token_id: b"x",
        end_ids=(),
        context_length=10,
    )
    record = next(answers)
    assert record.logprob == -800.0
    assert record.sampled_logprob == pytest.approx(-8.0, abs=1e-3)


def test_same_seed_gives_the_same_tokens_and_another_seed_others(new_engine):
    engine = new_engine("llama", end_ids=())
    runs = [
        tokens(engine.answer(GenerateRequest(0, PROMPT, 12, SamplingParams(1.5), seed)))
        for seed in (7, 7, 8)
    ]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_sampled_logprob_is_that_of_the_shaped_distribution(new_engine, truth):
    params = SamplingParams(temperature=0.7, top_k=5, repetition_penalty=1.3)
    answers = list(new_engine("llama").answer(GenerateRequest(0, PROMPT, 4, params, 3)))
    ids = list(PROMPT.text.encode())
    for record in answers[:-1]:
        shaped = shape_distribution(truth("llama", ids).logits[-1], params, ids)
        assert record.sampled_logprob == pytest.approx(
            math.log(shaped.sampled_probs[record.token_id]), abs=1e-4
        )
        ids.append(record.token_id)


def test_end_token_ends_without_becoming_text(new_engine, monkeypatch):
    drawn = iter([65, 66, 257])
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: next(drawn))
    answers = list(new_engine("llama").answer(GenerateRequest(0, PROMPT, 9)))
    assert tokens(answers) == [65, 66]
    assert answers[-1] == GenerationEnded(0, "end_of_text")


def test_full_context_ends(new_engine):
    engine = new_engine("llama", context_length=len(PROMPT.text) + 3, end_ids=())
    answers = list(engine.answer(GenerateRequest(0, PROMPT, 9)))
    assert len(tokens(answers)) == 3
    assert answers[-1] == GenerationEnded(0, "context")


@pytest.mark.parametrize("n", [0, 1])
def test_as_many_tokens_as_asked_for(n, new_engine):
    engine = new_engine("llama", end_ids=())
    answers = list(engine.answer(GenerateRequest(0, PROMPT, n)))
    assert len(tokens(answers)) == n
    assert answers[-1] == GenerationEnded(0, "length")


def test_questions_between_two_tokens_do_not_disturb(new_engine):
    request = GenerateRequest(0, PROMPT, 10, SamplingParams(1.2), 4, layer=0, head=1)
    undisturbed = tokens(new_engine("gemma3", end_ids=()).answer(request))
    engine = new_engine("gemma3", end_ids=())
    disturbed = []
    for record in engine.answer(request):
        disturbed.append(record)
        n_tokens = len(PROMPT.text) + len(tokens(disturbed))
        head = next(engine.answer(HeadRequest(1, 1, 0)))
        assert head.n_tokens == n_tokens
        next(engine.answer(PositionRequest(2, 3)))
        if len(disturbed) % 3 == 0:
            list(engine.answer(ForwardRequest(3, Prompt("something else entirely"))))
            list(engine.answer(ForwardRequest(3, Prompt("Once upon"))))
            next(engine.answer(ForwardRequest(4, record_prompt(disturbed))))
    assert tokens(disturbed) == undisturbed


def record_prompt(records):
    made = [r for r in records if isinstance(r, GeneratedRecord)]
    return Prompt("", token_ids=tuple(made[-1].forward.tokenization.ids.tolist()))


def test_each_token_runs_one_token(new_engine):
    request = GenerateRequest(0, PROMPT, 4, GREEDY, layer=1, head="mean", with_overview=False)
    records = list(new_engine("gpt2", end_ids=()).answer(request))[:-1]
    assert [record.forward.computed_tokens for record in records] == [1, 1, 1, 1]
    assert all(record.overview is None for record in records)
    assert records[-1].forward.head.head == "mean"
    assert records[-1].forward.head.weights.shape == (20, 20)


def test_cancel_stops_between_tokens_and_leaves_the_text(new_engine):
    engine = new_engine("llama", end_ids=())
    token = CancelToken()
    answers = engine.answer(GenerateRequest(0, PROMPT, 50, cancel=token))
    next(answers)
    record = next(answers)
    token.cancel()
    with pytest.raises(Cancelled):
        next(answers)
    again = next(engine.answer(ForwardRequest(1, record_prompt([record]))))
    assert again.computed_tokens == 0
    np.testing.assert_array_equal(again.logits, record.forward.logits)
