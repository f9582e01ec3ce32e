"""Generation: determinism, ends, and questions asked in between."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visualizer.engine import generation as generation_module
from visualizer.engine.errors import UsageError
from visualizer.engine.generation import StopStrings
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


def test_a_seed_means_the_same_numbers_on_every_run_and_machine(new_engine, truth):
    """The bits of PCG64 are NumPy's promise; the tokens are its numbers put through the bars."""
    params, seed = SamplingParams(1.5), 7
    numbers = np.random.Generator(np.random.PCG64(seed))
    first = [float(numbers.random()) for _ in range(3)]
    assert first == [0.625095466604667, 0.8972138009695755, 0.7756856902451935]
    made = tokens(
        new_engine("llama", end_ids=()).answer(GenerateRequest(0, PROMPT, 3, params, seed))
    )
    ids = list(PROMPT.text.encode())
    for number, token_id in zip(first, made, strict=True):
        shaped = shape_distribution(truth("llama", ids).logits[-1], params, ids)
        edges = np.cumsum(shaped.sampled_probs)
        assert edges[token_id] - shaped.sampled_probs[token_id] <= number + 1e-6
        assert number - 1e-6 <= edges[token_id]
        ids.append(token_id)


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
    assert answers[-1] == GenerationEnded(0, "end_of_text", end_id=257)


def test_end_tokens_are_kept_where_that_is_asked(new_engine, monkeypatch):
    drawn = iter([65, 257, 66])
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: next(drawn))
    request = GenerateRequest(0, PROMPT, 3, end_at_end_of_text=False, end_ids=(66,))
    answers = list(new_engine("llama").answer(request))
    assert tokens(answers) == [65, 257, 66]
    assert answers[-1] == GenerationEnded(0, "length")


def test_a_request_names_more_ids_that_end_it(new_engine, monkeypatch):
    drawn = iter([65, 66, 67])
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: next(drawn))
    answers = list(new_engine("llama").answer(GenerateRequest(0, PROMPT, 9, end_ids=(67,))))
    assert tokens(answers) == [65, 66]
    assert answers[-1].end_id == 67


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 4), max_size=4), st.integers(0, 2**63 - 1))
def test_pauses_change_nothing(kind, new_engine, parts, seed):
    engine = new_engine(kind, end_ids=())
    params = SamplingParams(1.3, top_k=50, repetition_penalty=1.2)
    whole = tokens(engine.answer(GenerateRequest(0, PROMPT, sum(parts) + 1, params, seed)))
    ids, made = tuple(PROMPT.text.encode()), []
    for part in (*parts, 1):
        list(engine.answer(ForwardRequest(1, Prompt("in between"))))
        prompt = Prompt("", token_ids=(*ids, *made))
        request = GenerateRequest(0, prompt, part, params, seed, n_drawn=len(made))
        made += tokens(engine.answer(request))
    assert made == whole


@pytest.mark.parametrize("n_drawn", [-1, 17])
def test_draws_that_cannot_have_been_made_are_refused(new_engine, n_drawn):
    with pytest.raises(UsageError, match=str(n_drawn)):
        list(new_engine("llama").answer(GenerateRequest(0, PROMPT, 1, n_drawn=n_drawn)))


def test_rank_and_alternatives_are_those_of_the_logits(new_engine, truth):
    params = SamplingParams(temperature=2.0, top_k=4)
    request = GenerateRequest(0, PROMPT, 3, params, 5, n_alternatives=6)
    ids = list(PROMPT.text.encode())
    for record in list(new_engine("llama", end_ids=()).answer(request))[:-1]:
        logits = truth("llama", ids).logits[-1].astype(np.float64)
        order = sorted(range(len(logits)), key=lambda i: (-logits[i], i))
        assert record.rank == 1 + order.index(record.token_id)
        candidates = record.candidates
        alternatives = candidates.alternatives()
        assert [one.token_id for one in alternatives] == order[:6]
        logprobs = logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
        shaped = shape_distribution(truth("llama", ids).logits[-1], params, ids).sampled_probs
        for one in alternatives:
            assert one.logprob == pytest.approx(logprobs[one.token_id], abs=1e-4)
            expected = math.log(shaped[one.token_id]) if shaped[one.token_id] else -math.inf
            assert one.sampled_logprob == pytest.approx(expected, abs=1e-4)
        np.testing.assert_allclose(candidates.logits, logits[order[:6]], atol=1e-4)
        assert candidates.drawn_logit == pytest.approx(logits[record.token_id], abs=1e-4)
        probs = np.exp(logprobs)
        assert candidates.rest_prob == pytest.approx(probs[order[6:]].sum(), abs=1e-5)
        assert candidates.rest_sampled_prob == pytest.approx(shaped[order[6:]].sum(), abs=1e-5)
        bits = -(probs * np.log2(probs)).sum()
        assert candidates.entropy_bits == pytest.approx(bits, abs=1e-4)
        assert record.elapsed_ms > 0
        ids.append(record.token_id)


# ------------------------------------------------------------------------------- stop strings


def stopped(new_engine, monkeypatch, text, stops, *, drawn_before=b"", prompt="p"):
    """Generate the bytes of `text`; gives what was made and why it ended."""
    drawn = iter([*text, *[0] * 50])
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: next(drawn))
    ids = (*prompt.encode(), *drawn_before)
    request = GenerateRequest(
        0,
        Prompt("", token_ids=ids),
        len(text) + 9,
        end_at_end_of_text=False,
        stop_strings=stops,
        n_drawn=len(drawn_before),
    )
    answers = list(new_engine("llama").answer(request))
    return bytes(tokens(answers)), answers[-1]


@pytest.mark.parametrize(
    ("text", "stops", "made", "which"),
    [
        ("one two three", ("two",), "one two", "two"),
        ("aab", ("ab",), "aab", "ab"),
        ("abcd", ("zz", "cd", "bc"), "abc", "bc"),
        ("x大模型", ("大",), "x大", "大"),
        ("e\u0301!", ("\u0301",), "e\u0301", "\u0301"),
        ("👩‍👩‍👧 end", ("👧",), "👩‍👩‍👧", "👧"),
        ("abc", ("bc", "c"), "abc", "bc"),
    ],
)
def test_a_stop_string_ends_with_the_token_that_completes_it(
    new_engine, monkeypatch, text, stops, made, which
):
    data, ended = stopped(new_engine, monkeypatch, text.encode(), stops)
    assert data == made.encode()
    assert ended == GenerationEnded(0, "stop_string", which)


def test_a_stop_string_may_begin_before_a_pause_but_not_in_the_prompt(new_engine, monkeypatch):
    data, ended = stopped(new_engine, monkeypatch, b"D..", ("END",), drawn_before=b"EN")
    assert (data, ended.stop_string) == (b"D", "END")
    data, ended = stopped(new_engine, monkeypatch, b"D..", ("END",), prompt="EN")
    assert ended.stop_reason == "length"


def test_a_stop_string_that_was_there_before_a_pause_has_had_its_effect(new_engine, monkeypatch):
    _, ended = stopped(new_engine, monkeypatch, b"abc", ("END",), drawn_before=b"xEND")
    assert ended.stop_reason == "length"


def test_an_empty_stop_string_is_refused(new_engine):
    with pytest.raises(UsageError, match="must not be empty"):
        list(new_engine("llama").answer(GenerateRequest(0, PROMPT, 1, stop_strings=("a", ""))))


@settings(deadline=None, max_examples=200)
@given(
    st.text(alphabet="ab大é", max_size=30),
    st.lists(st.text(alphabet="ab大é", min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(1, 5), min_size=60, max_size=60),
)
def test_stop_strings_are_found_however_the_text_is_cut(text, strings, lengths):
    """Against the plain search of the whole text so far, piece by piece."""
    data, watch = text.encode(), StopStrings(tuple(strings))
    place = 0
    for length in lengths:
        piece = data[place : place + length]
        place += len(piece)
        if not piece:
            break
        expected = any(s.encode() in data[:place] for s in strings)
        assert bool(watch.completed_by(piece)) is expected
        if expected:
            return


def test_a_generation_that_ends_inside_a_character_keeps_its_bytes(new_engine, monkeypatch):
    """F16: the token is there as drawn, and the next one completes the character."""
    drawn = iter("大".encode())
    monkeypatch.setattr(generation_module, "draw", lambda distribution, rng: next(drawn))
    engine = new_engine("llama", end_ids=())
    first = list(engine.answer(GenerateRequest(0, Prompt("a"), 2)))[-2].forward.tokenization
    assert first.pieces == (b"a", b"\xe5", b"\xa4")
    assert not first.is_lossless or first.text.endswith("\ufffd")
    prompt = Prompt("", token_ids=tuple(first.ids.tolist()))
    second = list(engine.answer(GenerateRequest(0, prompt, 1, n_drawn=2)))[-2].forward.tokenization
    assert second.text == "a大"


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
