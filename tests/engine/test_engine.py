"""The engine's promises: order of answers, refusals, failures that leave it usable."""

from __future__ import annotations

import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from visualizer.engine import engine as engine_module
from visualizer.engine.engine import LocalEngine
from visualizer.engine.errors import (
    ContextOverflowError,
    EmptyPromptError,
    ModelLoadError,
    NonFiniteError,
    UsageError,
    VisualizerError,
)
from visualizer.engine.output_head import OutputHead
from visualizer.engine.records import (
    MEAN,
    Cancelled,
    CancelToken,
    ForwardRecord,
    ForwardRequest,
    HeadRecord,
    HeadRequest,
    LoadRequest,
    OverviewRecord,
    PositionRequest,
    PredictionRecord,
    ProgressRecord,
    Prompt,
    SurpriseRecord,
    TokensRecord,
)
from visualizer.engine.store import Store
from visualizer.engine.trace import Trace

TEXT = "The capital of France is"


def ignore(progress):
    pass


def answer(engine, question):
    return list(engine.answer(question))


def test_model_record_tells_the_facts(new_engine, tiny_model, loaded_model, byte_tokenizer):
    engine = LocalEngine()
    note = VisualizerError("A note.")
    loaded = loaded_model(tiny_model("llama"), notes=(note,), begins_with=(256,))
    record = engine.adopt(loaded)
    assert (record.name, record.architecture) == ("tiny", "llama")
    assert (record.n_layers, record.n_heads, record.n_key_value_heads) == (2, 4, 2)
    assert (record.width, record.vocabulary_size, record.context_length) == (32, 260, 128)
    assert (record.device, record.dtype, record.attention) == ("cpu", "float32", "captured")
    assert record.n_threads == torch.get_num_threads()
    assert record.notes == (note,)
    assert record.begins_with == (256,)
    assert record.n_parameters == loaded.n_parameters


@pytest.mark.parametrize(
    ("architecture", "attention"), [("bloom", "eager"), ("mamba", "none"), ("gpt2", "captured")]
)
def test_model_record_says_how_attention_is_seen(architecture, attention, new_engine):
    assert new_engine(architecture)._in_use().record.attention == attention


def test_forward_answers_in_the_order_of_what_is_wanted_first(new_engine, truth):
    engine = new_engine("gemma2")
    request = ForwardRequest(4, Prompt(TEXT), position=-2, layer=3, head=2)
    answers = answer(engine, request)
    kinds = [type(record) for record in answers]
    assert kinds[:2] == [ForwardRecord, OverviewRecord]
    assert set(kinds[2:]) == {SurpriseRecord}
    assert all(record.request_id == 4 for record in answers)
    expected = truth("gemma2", TEXT.encode())
    forward = answers[0]
    assert forward.position == len(TEXT) - 2
    np.testing.assert_allclose(forward.logits, expected.logits[-2], rtol=0, atol=1e-5)
    np.testing.assert_allclose(forward.head.weights, expected.weights[3, 2], rtol=0, atol=1e-5)
    assert forward.computed_tokens == len(TEXT)
    assert forward.elapsed_ms > 0
    assert forward.tokenization.text == TEXT
    assert [record.complete for record in answers[2:]] == [False] * (len(kinds) - 3) + [True]


def test_only_what_is_asked_for_comes(new_engine):
    request = ForwardRequest(0, Prompt(TEXT), with_overview=False, with_surprise=False)
    (record,) = answer(new_engine(), request)
    assert record.head is None


def test_tokens_come_first_also_of_a_text_that_is_too_long(new_engine):
    engine = new_engine()
    request = ForwardRequest(0, Prompt(TEXT), with_tokens=True, with_surprise=False)
    first, forward, *_ = answer(engine, request)
    assert isinstance(first, TokensRecord)
    assert first.tokenization is forward.tokenization
    answers = engine.answer(ForwardRequest(1, Prompt("a" * 129), with_tokens=True))
    assert len(next(answers).tokenization) == 129
    with pytest.raises(ContextOverflowError):
        next(answers)


def test_position_and_head_of_the_prompt_at_hand(new_engine, truth):
    engine = new_engine()
    answer(engine, ForwardRequest(0, Prompt(TEXT)))
    expected = truth("llama", TEXT.encode())
    (prediction,) = answer(engine, PositionRequest(1, 3))
    assert isinstance(prediction, PredictionRecord)
    np.testing.assert_allclose(prediction.logits, expected.logits[3], rtol=0, atol=1e-5)
    (head,) = answer(engine, HeadRequest(2, 1, "mean", rows=(2, 9)))
    assert isinstance(head, HeadRecord)
    np.testing.assert_allclose(
        head.weights, expected.weights[1].mean(axis=0)[2:9], rtol=0, atol=1e-5
    )


@pytest.mark.parametrize("architecture", ["mamba"])
def test_architecture_without_attention_gives_predictions_only(architecture, new_engine):
    engine = new_engine(architecture)
    kinds = {type(r) for r in answer(engine, ForwardRequest(0, Prompt(TEXT), layer=0, head=0))}
    assert kinds == {ForwardRecord, SurpriseRecord}
    with pytest.raises(VisualizerError, match="no attention"):
        answer(engine, HeadRequest(0, 0, 0))


@pytest.mark.parametrize("position", [len(TEXT), -len(TEXT) - 1])
def test_position_beyond_the_prompt_is_refused(position, new_engine):
    engine = new_engine()
    with pytest.raises(UsageError, match=f"no token {position}"):
        answer(engine, ForwardRequest(0, Prompt(TEXT), position=position))


def test_head_that_does_not_exist_is_refused_before_the_model_runs(new_engine):
    engine = new_engine()
    with pytest.raises(UsageError, match="layer 25"):
        answer(engine, ForwardRequest(0, Prompt(TEXT), layer=25, head=0))
    assert len(engine._reading.trace) == 0


def test_prompt_too_long_for_the_context_is_refused(new_engine):
    engine = new_engine("gpt2", context_length=16)
    answer(engine, ForwardRequest(0, Prompt("x" * 16)))
    with pytest.raises(ContextOverflowError) as caught:
        answer(engine, ForwardRequest(0, Prompt("x" * 17)))
    assert caught.value.values == {"n_tokens": 17, "context_length": 16}


def test_empty_prompt_needs_a_bos(new_engine, byte_tokenizer):
    with pytest.raises(EmptyPromptError):
        answer(new_engine(), ForwardRequest(0, Prompt("")))
    engine = new_engine(tokenizer=byte_tokenizer(adds_bos=True), begins_with=(256,))
    record = next(engine.answer(ForwardRequest(0, Prompt(""))))
    assert record.tokenization.ids.tolist() == [256]
    assert record.position == 0


@pytest.mark.parametrize("text", [" ", "\n", "\0", "\u200b"])
def test_a_text_that_cannot_be_seen_is_read_like_any_other(new_engine, truth, text):
    record = next(new_engine("llama").answer(ForwardRequest(0, Prompt(text))))
    np.testing.assert_allclose(
        record.logits, truth("llama", list(text.encode())).logits[-1], atol=1e-4
    )


@pytest.mark.parametrize("ids", [(256,), (257,), (256, 256, 257)])
def test_special_tokens_alone_are_read_like_any_other(new_engine, truth, ids):
    record = next(new_engine("llama").answer(ForwardRequest(0, Prompt("", token_ids=ids))))
    np.testing.assert_allclose(record.logits, truth("llama", ids).logits[-1], atol=1e-4)


def test_exact_ids_are_read_as_they_are(new_engine):
    record = next(new_engine().answer(ForwardRequest(0, Prompt("a", token_ids=(97, 258, 0)))))
    assert record.tokenization.ids.tolist() == [97, 258, 0]


def test_id_that_the_model_does_not_know_is_refused(new_engine, tiny_model):
    engine = LocalEngine()
    engine = new_engine("gpt2")
    with pytest.raises(UsageError):
        answer(engine, ForwardRequest(0, Prompt("a", token_ids=(97, 260))))


@pytest.mark.parametrize(
    "question",
    [ForwardRequest(0, Prompt(TEXT)), PositionRequest(0, 0), HeadRequest(0, 0, 0)],
    ids=lambda question: type(question).__name__,
)
def test_without_a_model_every_question_says_so(question):
    with pytest.raises(VisualizerError, match="No model"):
        answer(LocalEngine(), question)


@pytest.mark.parametrize("question", [PositionRequest(0, 0), HeadRequest(0, 0, 0)])
def test_without_a_prompt_the_question_says_so(question, new_engine):
    with pytest.raises(VisualizerError, match="No prompt"):
        answer(new_engine(), question)


def test_cancelled_question_is_not_begun(new_engine):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        answer(new_engine(), ForwardRequest(0, Prompt(TEXT), cancel=token))


def test_newer_question_cuts_the_rest_short(new_engine):
    engine = new_engine()
    token = CancelToken()
    answers = engine.answer(ForwardRequest(0, Prompt(TEXT), cancel=token))
    next(answers)
    token.cancel()
    with pytest.raises(Cancelled):
        next(answers)
    assert answer(engine, ForwardRequest(1, Prompt(TEXT)))[0].computed_tokens == 0


@pytest.mark.parametrize(
    "error", [RuntimeError("boom"), ValueError(), RecursionError(), KeyboardInterrupt()], ids=repr
)
def test_whatever_a_layer_raises_the_engine_stays_usable(error, new_engine, truth, monkeypatch):
    engine = new_engine()
    answer(engine, ForwardRequest(0, Prompt(TEXT)))
    n_layers = engine._in_use().attachment.n_layers
    block = engine._in_use().attachment.body.layers[1]
    for n in range(n_layers):
        block = engine._in_use().attachment.body.layers[n]

        def fail(*args, **kwargs):
            raise error

        handle = block.register_forward_pre_hook(fail)
        with pytest.raises(type(error)):
            answer(engine, ForwardRequest(0, Prompt("The capital of Spain")))
        handle.remove()
        record = answer(engine, ForwardRequest(0, Prompt("The capital of Spain is")))[0]
        expected = truth("llama", b"The capital of Spain is").logits[-1]
        np.testing.assert_allclose(record.logits, expected, rtol=0, atol=1e-4)
        answer(engine, ForwardRequest(0, Prompt(TEXT)))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("MPS backend out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
        MemoryError(),
    ],
    ids=repr,
)
def test_running_out_of_memory_names_the_device_and_frees_the_text(error, new_engine, monkeypatch):
    engine = new_engine()
    answer(engine, ForwardRequest(0, Prompt(TEXT)))

    def fail(self, ids, cancel):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Trace, "_run", fail)
        with pytest.raises(VisualizerError, match="not enough memory for this prompt on cpu"):
            answer(engine, ForwardRequest(0, Prompt("another text")))
    record = answer(engine, ForwardRequest(0, Prompt(TEXT)))[0]
    assert record.computed_tokens == len(TEXT)


def _buffers_of(engine):
    """What the text at hand holds, without holding it."""
    store = engine._reading.trace.store
    held = [store, engine._reading, *(buffer.data for buffer in store._buffers)]
    return [weakref.ref(each) for each in held]


@pytest.mark.parametrize("call", [1, 2, 3])
def test_memory_that_ran_out_in_a_layer_is_given_back(call, new_engine, monkeypatch):
    engine = new_engine()
    answer(engine, ForwardRequest(0, Prompt(TEXT)))
    held = _buffers_of(engine)
    calls = []
    plain = Store.take

    def failing(self, module, query, key):
        calls.append(module)
        if len(calls) == call:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        plain(self, module, query, key)

    monkeypatch.setattr(Store, "take", failing)
    monkeypatch.setattr("visualizer.engine.trace._CHUNK", 10)
    with pytest.raises(VisualizerError, match="not enough memory") as caught:
        answer(engine, ForwardRequest(1, Prompt("quite another text")))
    assert caught.value.__context__ is None  # whose frames would keep tensors alive
    assert [reference() for reference in held] == [None] * len(held)


@pytest.mark.parametrize(
    "question",
    [HeadRequest(1, 0, 0), HeadRequest(1, 0, MEAN, most_cells=3), PositionRequest(1, 2)],
    ids=repr,
)
def test_memory_that_ran_out_while_looking_is_given_back(question, new_engine, monkeypatch):
    engine = new_engine()
    answer(engine, ForwardRequest(0, Prompt(TEXT), with_surprise=False))
    held = _buffers_of(engine)

    def fail(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with monkeypatch.context() as patch:
        patch.setattr("visualizer.engine.patterns._scores", fail)
        patch.setattr(OutputHead, "logits", fail)
        with pytest.raises(VisualizerError, match="not enough memory"):
            answer(engine, question)
    assert [reference() for reference in held] == [None] * len(held)
    assert answer(engine, ForwardRequest(2, Prompt(TEXT)))


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: device-side assert triggered"),
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("HIP error: the operation cannot be performed"),
        RuntimeError("MPS backend error: the device is gone"),
    ],
    ids=repr,
)
def test_a_lost_device_is_named_with_a_way_on(error, new_engine, monkeypatch):
    engine = new_engine()

    def fail(self, ids, cancel):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Trace, "_run", fail)
        with pytest.raises(VisualizerError, match=r"device cpu has failed .* processor") as caught:
            answer(engine, ForwardRequest(0, Prompt(TEXT)))
    assert caught.value.detail == str(error)
    assert answer(engine, ForwardRequest(0, Prompt(TEXT)))  # of a model loaded anew


def test_other_errors_are_no_lost_device(new_engine, monkeypatch):
    engine = new_engine()

    def fail(self, ids, cancel):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(Trace, "_run", fail)
    with pytest.raises(RuntimeError, match="shapes"):
        answer(engine, ForwardRequest(0, Prompt(TEXT)))


def test_a_long_overview_tells_how_far_it_is_and_lets_others_in_between(
    new_engine, truth, monkeypatch
):
    monkeypatch.setattr("visualizer.engine.progress._SLOW_S", 0.0)
    monkeypatch.setattr("visualizer.engine.overview._ROWS", 4)
    monkeypatch.setattr("visualizer.engine.overview._SCORES", 1)  # one layer at a time
    engine = new_engine()
    answers = engine.answer(ForwardRequest(0, Prompt(TEXT), with_surprise=False))
    expected = truth("llama", TEXT.encode())
    told = []
    for record in answers:
        if isinstance(record, ProgressRecord) and record.stage == "overview":
            told.append(record)
            *_, head = engine.answer(HeadRequest(1, 1, 3))
            np.testing.assert_allclose(head.weights, expected.weights[1, 3], rtol=0, atol=1e-5)
    assert isinstance(record, OverviewRecord)
    np.testing.assert_allclose(record.thumbnails, expected.weights, rtol=0, atol=1e-5)
    assert [(p.total, p.unit) for p in told] == [(len(TEXT), "tokens")] * len(told)
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert len(told) > 5


def test_an_overview_given_up_half_way_is_right_when_it_goes_on(new_engine, truth, monkeypatch):
    monkeypatch.setattr("visualizer.engine.progress._SLOW_S", 0.0)
    monkeypatch.setattr("visualizer.engine.overview._SCORES", 1)
    text = TEXT * 3
    for n_records in range(2, 7):
        engine = new_engine()
        answer(engine, ForwardRequest(0, Prompt(text[:45])))
        begun = engine.answer(ForwardRequest(1, Prompt(text[:57])))
        for _ in range(n_records):
            next(begun, None)
        begun.close()
        n_tokens = 45 + n_records % 2  # no row of what was begun may show
        shorter = ForwardRequest(2, Prompt(text[:n_tokens]), with_surprise=False)
        *_, record = answer(engine, shorter)
        padded = np.zeros((2, 4, 46, 46), np.float32)
        weights = truth("llama", text[:n_tokens].encode()).weights
        padded[:, :, :n_tokens, :n_tokens] = weights
        expected = padded.reshape(2, 4, 23, 2, 23, 2).max(axis=(3, 5))
        np.testing.assert_allclose(record.thumbnails, expected, rtol=0, atol=1e-5)


def test_non_finite_logits_make_no_record(new_engine, monkeypatch):
    engine = new_engine()
    monkeypatch.setattr(
        OutputHead, "logits", lambda self, hidden: torch.full((len(hidden), 260), torch.nan)
    )
    with pytest.raises(NonFiniteError):
        answer(engine, ForwardRequest(0, Prompt(TEXT)))
    monkeypatch.undo()
    assert answer(engine, ForwardRequest(0, Prompt(TEXT + " still")))


def test_a_long_text_tells_how_far_it_has_been_read(new_engine, monkeypatch):
    monkeypatch.setattr("visualizer.engine.trace._CHUNK", 5)
    engine = new_engine("llama")
    text = "Once upon a t"  # 13 byte tokens: passes of 5, 5 and 3
    records = answer(engine, ForwardRequest(4, Prompt(text)))
    progress = [record for record in records if isinstance(record, ProgressRecord)]
    assert [(p.request_id, p.stage, p.done, p.total, p.unit) for p in progress] == [
        (4, "prompt", 5, 13, "tokens"),
        (4, "prompt", 10, 13, "tokens"),
    ]
    assert records[2].computed_tokens == 13
    first = answer(engine, ForwardRequest(5, Prompt(text + "!")))[0]
    assert isinstance(first, ForwardRecord)  # one pass has nothing to tell
    assert first.computed_tokens == 1


# ------------------------------------------------------------------------------------ loading


def loading(monkeypatch, load):
    monkeypatch.setattr(engine_module, "load_model", load)


def test_load_reports_progress_and_takes_the_model(tiny_model, loaded_model, monkeypatch):
    seen = []

    def load(path, *, name, device, dtype, report, cancel):
        seen.append((path, name, device, dtype, cancel))
        report("load", 3, 12, "tensors")
        return loaded_model(tiny_model("llama"), name=name, source=path)

    loading(monkeypatch, load)
    engine = LocalEngine()
    request = LoadRequest(6, "mine", Path("somewhere"), dtype="float32")
    progress = []
    record = engine.load(request, progress.append)
    assert seen == [(Path("somewhere"), "mine", "auto", "float32", request.cancel)]
    assert (record.request_id, record.name, record.source) == (6, "mine", Path("somewhere"))
    assert (progress[0].request_id, progress[0].stage, progress[0].done) == (6, "load", 3)
    assert progress[-1].stage == "check"
    assert answer(engine, ForwardRequest(0, Prompt(TEXT)))


def test_load_that_fails_keeps_the_old_model_and_text(
    new_engine, tiny_model, loaded_model, monkeypatch
):
    engine = new_engine("llama")
    answer(engine, ForwardRequest(0, Prompt(TEXT)))

    def refuse(path, **options):
        raise ModelLoadError("No.")

    def broken(path, **options):
        model = tiny_model("gpt2")
        with torch.no_grad():
            model.transformer.wte.weight.fill_(torch.nan)
        return loaded_model(model)

    def cancelled(path, **options):
        options["cancel"].cancel()
        return loaded_model(tiny_model("gpt2"))

    def out_of_memory(path, **options):
        raise ModelLoadError("Too big.") from MemoryError()

    for load, error in (
        (refuse, ModelLoadError),
        (broken, NonFiniteError),
        (cancelled, Cancelled),
        (out_of_memory, ModelLoadError),
    ):
        loading(monkeypatch, load)
        with pytest.raises(error):
            engine.load(LoadRequest(1, "new", Path("x")), ignore)
        record = next(engine.answer(ForwardRequest(0, Prompt(TEXT), layer=1, head=3)))
        assert record.computed_tokens == 0
        assert engine._in_use().record.architecture == "llama"


def test_device_without_room_falls_back_to_the_processor_with_a_note(
    tiny_model, loaded_model, monkeypatch
):
    devices = []

    def load(path, **options):
        devices.append(options["device"])
        if options["device"] != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return loaded_model(tiny_model("llama"))

    loading(monkeypatch, load)
    monkeypatch.setattr(engine_module, "choose_device", lambda name: torch.device("cuda"))
    record = LocalEngine().load(LoadRequest(1, "big", Path("x"), device="cuda:0"), ignore)
    assert devices == ["cuda:0", "cpu"]
    assert "not enough memory for big on cuda:0" in str(record.notes[0])


def test_new_model_starts_with_no_text(new_engine, tiny_model, loaded_model):
    engine = new_engine("llama")
    answer(engine, ForwardRequest(0, Prompt(TEXT)))
    engine.adopt(loaded_model(tiny_model("gpt2")))
    with pytest.raises(VisualizerError, match="No prompt"):
        answer(engine, PositionRequest(0, 0))
    record = next(engine.answer(ForwardRequest(0, Prompt(TEXT))))
    assert record.computed_tokens == len(TEXT)


def test_two_engines_do_not_hear_each_other(new_engine, truth):
    first, second = new_engine("llama"), new_engine("gpt2")
    one = first.answer(ForwardRequest(0, Prompt(TEXT)))
    next(one)
    answer(second, ForwardRequest(0, Prompt("quite another text")))
    list(one)
    head = next(first.answer(HeadRequest(0, 1, 2)))
    expected = truth("llama", TEXT.encode()).weights[1, 2]
    np.testing.assert_allclose(head.weights, expected, rtol=0, atol=1e-5)
