"""Words of several tokens against a plain forward pass of transformers, without a cache."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from visualizer.engine.branches import Branches
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import NonFiniteError, UsageError, VisualizerError
from visualizer.engine.path_records import PathRequest
from visualizer.engine.paths import word_logprobs
from visualizer.engine.records import (
    Cancelled,
    CancelToken,
    ForwardRequest,
    HeadRequest,
    LoadRequest,
    PositionRequest,
    Prompt,
)
from visualizer.locations import cache_path

TEXT = np.frombuffer(b"The quick brown fox jumps over the dog.", np.uint8).astype(np.int64)
ARCHITECTURES = ("llama", "gpt2", "gemma3", "gemma2", "gpt_oss", "mistral", "deepseek_v3")
WORDS = ((97,), tuple(b" lazy"), tuple("词🙂".encode()), (256, 257))


def expected(truth, architecture, ids, word):
    """Log-probabilities of the word's tokens after `ids`, from one pass over everything."""
    whole = [*ids, *word]
    logits = truth(architecture, whole).logits.astype(np.float64)
    rows = logits[len(ids) - 1 : len(whole) - 1]
    rows = rows - rows.max(axis=1, keepdims=True)
    normalisers = np.log(np.exp(rows).sum(axis=1))
    return rows[np.arange(len(word)), list(word)] - normalisers


def contents(reading, length):
    """All that is remembered of the first `length` tokens."""
    trace = reading.trace
    buffers = [buffer.data[:, :, :length].clone() for buffer in trace.store._buffers]
    return [*buffers, trace._hidden[:length].clone()]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("position", [0, 3, 20, len(TEXT) - 1])
def test_words_equal_a_plain_forward_pass(new_reading, truth, architecture, position):
    reading = new_reading(architecture)
    reading.read(TEXT)
    record = reading.words(PathRequest(1, position, WORDS))
    assert record.position == position
    assert record.words == WORDS
    for word, logprobs in zip(WORDS, record.logprobs, strict=True):
        wanted = expected(truth, architecture, TEXT[: position + 1], word)
        np.testing.assert_allclose(logprobs, wanted, atol=1e-4)
        assert not logprobs.flags.writeable


def count_passes(reading, monkeypatch):
    """Notes how many tokens each forward pass of the body reads."""
    body, seen = reading.trace.attachment.body, []
    forward = body.forward

    def noting(*args, **options):
        seen.append(options["input_ids"].shape[1])
        return forward(*args, **options)

    monkeypatch.setattr(body, "forward", noting)
    return seen


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_words_are_run_side_by_side_once_that_proved_right(
    new_reading, truth, architecture, monkeypatch
):
    reading = new_reading(architecture)
    reading.read(TEXT)
    passes = count_passes(reading, monkeypatch)
    reading.words(PathRequest(1, 20, WORDS))
    assert passes == [4 + 6 + 1, 6, 4, 1], "together, and one by one to compare"
    assert reading.trace.runs_branches is True
    passes.clear()
    for position in (1, 12, len(TEXT) - 1):
        record = reading.words(PathRequest(1, position, WORDS))
        for word, logprobs in zip(WORDS, record.logprobs, strict=True):
            wanted = expected(truth, architecture, TEXT[: position + 1], word)
            np.testing.assert_allclose(logprobs, wanted, atol=1e-4)
    assert passes == [11, 11, 11]


def test_many_words_are_run_in_few_passes(new_reading, truth, monkeypatch):
    reading = new_reading("gemma3")
    reading.read(TEXT)
    words = [tuple(f" word{n} and {n * n}".encode()) for n in range(16)]
    words += [words[3], (97,), (98, 99)]
    reading.words(PathRequest(1, 8, WORDS))
    passes = count_passes(reading, monkeypatch)
    record = reading.words(PathRequest(1, 8, tuple(words)))
    assert sum(passes) == sum(len(word) - 1 for word in set(words)), "each once, the same one, too"
    assert max(passes) <= 64
    assert len(passes) < 6
    for word, logprobs in zip(words, record.logprobs, strict=True):
        wanted = expected(truth, "gemma3", TEXT[:9], word)
        np.testing.assert_allclose(logprobs, wanted, atol=1e-4)


def test_without_positions_words_are_run_one_by_one(new_reading, truth, monkeypatch):
    reading = new_reading("bart")
    reading.read(TEXT)
    passes = count_passes(reading, monkeypatch)
    record = reading.words(PathRequest(1, 20, WORDS))
    assert passes == [6, 4, 1]
    for word, logprobs in zip(WORDS, record.logprobs, strict=True):
        wanted = expected(truth, "bart", TEXT[:21], word)
        np.testing.assert_allclose(logprobs, wanted, atol=1e-4)


@pytest.mark.parametrize("architecture", ["llama", "gemma3"])
def test_words_that_saw_one_another_are_not_believed(new_reading, truth, architecture, monkeypatch):
    reading = new_reading(architecture)
    reading.read(TEXT)
    allowed = Branches._allowed

    def without_walls(self, n_keys, window):
        self._is_own[:] = True
        return allowed(self, n_keys, window)

    monkeypatch.setattr(Branches, "_allowed", without_walls)
    for _ in range(2):
        record = reading.words(PathRequest(1, 20, WORDS))
        assert reading.trace.runs_branches is False
        for word, logprobs in zip(WORDS, record.logprobs, strict=True):
            wanted = expected(truth, architecture, TEXT[:21], word)
            np.testing.assert_allclose(logprobs, wanted, atol=1e-4)


def test_a_layer_that_looks_elsewhere_than_its_window_is_left_alone(
    new_reading, truth, monkeypatch
):
    reading = new_reading("gemma3")
    reading.read(TEXT)
    reading.words(PathRequest(1, 20, WORDS))
    allowed = Branches._allowed
    monkeypatch.setattr(Branches, "_allowed", lambda self, n, window: allowed(self, n, 3))
    passes = count_passes(reading, monkeypatch)
    record = reading.words(PathRequest(1, 20, WORDS))
    assert passes == [11, 6, 4, 1], "given up, and run one by one"
    for word, logprobs in zip(WORDS, record.logprobs, strict=True):
        wanted = expected(truth, "gemma3", TEXT[:21], word)
        np.testing.assert_allclose(logprobs, wanted, atol=1e-4)
    assert reading.trace.store.length == len(TEXT)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_text_is_left_as_it_was(new_reading, truth, architecture):
    reading = new_reading(architecture)
    reading.read(TEXT)
    reading.trace.store.reserve(len(TEXT) + 200)  # growing is not what is looked at
    before = contents(reading, len(TEXT))
    for position in (2, -1):
        reading.words(PathRequest(1, position, WORDS))
    after = contents(reading, len(TEXT))
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    more = np.append(TEXT, list(b" And"))
    assert reading.read(more) == 4, "only what was typed is run"
    logits = truth(architecture, more).logits[-1]
    np.testing.assert_allclose(reading.trace.logits(len(more) - 1), logits, atol=1e-4)


def test_words_that_need_more_room_than_there_is_let_the_buffers_grow(new_reading, truth):
    reading = new_reading("llama", context_length=1000)
    text = np.resize(TEXT, 126)  # of 128 in the first buffers
    reading.read(text)
    word = tuple(b" lazy dogs")
    (logprobs,) = reading.words(PathRequest(1, -1, (word,))).logprobs
    np.testing.assert_allclose(logprobs, expected(truth, "llama", text, word), atol=1e-4)
    assert len(reading.trace) == 126
    reading.head(HeadRequest(2, 0, 0))


def test_what_the_context_has_no_room_for_is_not_known(new_reading, truth):
    reading = new_reading("llama", context_length=len(TEXT) + 2)
    reading.read(TEXT)
    word = tuple(b" lazy")
    (logprobs,) = reading.words(PathRequest(1, -1, (word,))).logprobs
    wanted = expected(truth, "llama", TEXT, word)
    np.testing.assert_allclose(logprobs[:3], wanted[:3], atol=1e-4)
    assert np.isnan(logprobs[3:]).all()


@pytest.mark.parametrize("word", [(), (97, -1), (97, 1000), (260,)])
def test_words_that_do_not_exist_are_refused(new_reading, word):
    reading = new_reading("llama")
    reading.read(TEXT)
    with pytest.raises(UsageError):
        reading.words(PathRequest(1, -1, ((97, 98), word)))


@pytest.mark.parametrize("position", [len(TEXT), -len(TEXT) - 1])
def test_a_position_that_does_not_exist_is_refused(new_reading, position):
    reading = new_reading("llama")
    reading.read(TEXT)
    with pytest.raises(UsageError, match="no token"):
        reading.words(PathRequest(1, position, ((97,),)))


def test_a_state_that_cannot_be_cut_back_is_one_clear_sentence(new_reading, truth):
    reading = new_reading("mamba")
    reading.read(TEXT)
    with pytest.raises(VisualizerError, match="mamba keeps of a text cannot be continued"):
        reading.words(PathRequest(1, -1, ((97, 98),)))
    (logprobs,) = reading.words(PathRequest(1, -1, ((97,),))).logprobs
    np.testing.assert_allclose(logprobs, expected(truth, "mamba", TEXT, (97,)), atol=1e-4)


@pytest.mark.parametrize("architecture", ["llama", "gemma3", "gpt2"])
def test_a_cancel_half_way_leaves_everything_as_it_was(new_reading, truth, architecture):
    reading = new_reading(architecture)
    reading.read(TEXT)
    before = contents(reading, len(TEXT))

    class AtTheSecondLayer(CancelToken):
        calls = 0

        def check(self):
            type(self).calls += 1
            if type(self).calls > 2:
                raise Cancelled

    request = PathRequest(1, 5, (tuple(b" lazy"),), AtTheSecondLayer())
    with pytest.raises(Cancelled):
        word_logprobs(reading.trace, request, 5)
    assert AtTheSecondLayer.calls == 3
    after = contents(reading, len(TEXT))
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    assert reading.trace.store.length == len(TEXT)


def test_numbers_that_are_not_finite_are_an_error(tiny_model, loaded_model):
    model = tiny_model("llama")
    engine = LocalEngine()
    engine.adopt(loaded_model(model))
    list(engine.answer(ForwardRequest(1, Prompt("Hello"))))
    with torch.no_grad():
        model.model.embed_tokens.weight.fill_(torch.nan)
    with pytest.raises(NonFiniteError):
        list(engine.answer(PathRequest(2, -1, ((97, 98),))))


def test_the_engine_answers_between_other_questions(new_engine):
    engine = new_engine()
    answer = engine.answer(ForwardRequest(1, Prompt("Hello world")))
    next(answer)
    (before,) = engine.answer(PositionRequest(2, -1))
    (record,) = engine.answer(PathRequest(3, -1, (tuple(b" and"),)))
    assert len(record.logprobs[0]) == 4
    assert len(list(answer)) >= 2, "the answer under way is not disturbed"
    (after,) = engine.answer(PositionRequest(4, -1))
    np.testing.assert_array_equal(before.logits, after.logits)


def test_without_a_text_there_is_a_sentence(new_engine):
    with pytest.raises(VisualizerError, match="No prompt"):
        list(new_engine().answer(PathRequest(1, -1, ((97,),))))


@pytest.mark.smollm2
def test_smollm2_says_how_likely_words_are():
    from transformers import AutoModelForCausalLM

    path = cache_path("models", "smollm2-135m")
    if not (path / "config.json").is_file():
        pytest.skip("smollm2-135m is not in the cache")
    engine = LocalEngine()
    model = engine.load(LoadRequest(1, "smollm2-135m", path), print)
    text = "A journey of a thousand miles begins with a single"
    list(engine.answer(ForwardRequest(2, Prompt(text), with_overview=False, with_surprise=False)))
    ids = model.tokenizer.encode(text).ids.tolist()
    words = [tuple(model.tokenizer.encode(word).ids.tolist()) for word in (" step", " stepwise")]
    (record,) = engine.answer(PathRequest(3, -1, tuple(words)))
    assert np.exp(record.logprobs[0].sum()) == pytest.approx(0.783, abs=5e-4)
    plain = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
    with torch.no_grad():
        logits = plain(torch.tensor([ids + list(words[1])]), use_cache=False).logits[0].double()
    rows = torch.log_softmax(logits[len(ids) - 1 : -1], dim=-1)
    wanted = rows[range(len(words[1])), list(words[1])].numpy()
    np.testing.assert_allclose(record.logprobs[1], wanted, atol=1e-4)
