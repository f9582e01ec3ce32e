"""The machinery of the benchmark on a tiny model, each measurement once: never a time limit."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from visualizer.bench import forward, subject
from visualizer.bench.subject import Subject, load_subject
from visualizer.bench.texts import Words
from visualizer.engine.encodings import load_encoding
from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import ForwardRecord, ForwardRequest, Prompt
from visualizer.locations import bundled_path


@pytest.fixture(scope="module")
def tiny() -> Subject:
    path = bundled_path("models", "tiny")
    return load_subject("tiny", path, "cpu", "auto", repeats=1, say=_ignore)


def _ignore(_text: str) -> None:
    pass


def test_every_figure_of_the_engine_is_a_finite_number(tiny: Subject) -> None:
    figures = list(forward.forward_figures(tiny))
    names = [figure.name for figure in figures]
    assert len(names) == len(set(names))
    assert all(figure.value is not None and math.isfinite(figure.value) for figure in figures)
    assert all(figure.value > 0 for figure in figures if figure.value is not None)
    short, long = tiny.lengths
    for n_tokens in (short, long):
        for n_new in (1, 2, 3, 4):
            name = f"{n_new}-token edit at T={n_tokens}: bars, head, thumbnails / bare forward"
            figure = figures[names.index(name)]
            assert (figure.unit, figure.target) == ("x", 1.0 if n_new == 1 else 0.7)
    for what in ("all thumbnails", "all metrics"):
        figure = figures[names.index(f"{what} after a one-token edit at T={long} / bare forward")]
        assert (figure.unit, figure.target) == ("x", 1.0)
    targets = {figure.target for figure in figures if figure.unit == "x"}
    assert targets == {1.0, 0.7, 1.1, 0.1}


def test_the_bare_forward_reads_the_same_text_as_the_engine(tiny: Subject) -> None:
    """A ratio means something only if both sides compute the same."""
    text = tiny.words.text(20, seed=3)
    encode = tiny.model.tokenizer.encode
    first, second = tiny.words.endings(2)
    tiny.plain.read(encode(text).ids)
    tiny.plain.step_ms(encode(text + first).ids[20:])
    tiny.plain.step_ms(encode(text + second).ids[20:])
    theirs = tiny.plain.last_logits
    request = ForwardRequest(1, Prompt(text + second), with_overview=False, with_surprise=False)
    (record,) = tiny.engine.answer(request)
    assert isinstance(record, ForwardRecord)
    assert abs(record.logits - theirs).max() <= 1e-4
    tiny.plain.whole_ms(encode(text + second).ids)
    assert abs(record.logits - tiny.plain.last_logits).max() <= 1e-4


def test_an_edit_that_computes_other_tokens_than_announced_is_refused(tiny: Subject) -> None:
    text = tiny.words.text(16, seed=1)
    tiny.read(text)
    first, second = tiny.words.endings(2)
    with pytest.raises(VisualizerError, match="2 tokens were computed instead of 1"):
        tiny.ask_ms(text + first, 1)
    before, last = tiny.ask_ms(text + second, 2)
    assert 0 < before <= last


def test_lengths_leave_room_in_the_context(tiny: Subject) -> None:
    context = tiny.model.context_length
    assert all(n + 8 <= context for n in tiny.lengths)
    assert all(n + 80 <= context for n in tiny.typing_lengths)


@pytest.mark.parametrize("encoding", ["gpt2", "cl100k_base", "o200k_base"])
def test_texts_have_exactly_as_many_tokens_as_asked_for(encoding: str) -> None:
    tokenizer = load_encoding(encoding)
    words = Words(tokenizer)
    assert len(words.words) > 100
    for n_tokens in (1, 2, 64, 512):
        text = words.text(n_tokens, seed=n_tokens)
        assert len(tokenizer.encode(text)) == n_tokens
        assert text == words.text(n_tokens, seed=n_tokens)
        assert n_tokens < 4 or text != words.text(n_tokens, seed=n_tokens + 1)
    text = words.text(64, seed=0)
    for n_new in (1, 2, 3, 4):
        ids = [tokenizer.encode(text + ending).ids for ending in words.endings(n_new)]
        assert [len(each) for each in ids] == [64 + n_new] * 2
        assert not set(ids[0][64:]) & set(ids[1][64:])


def test_a_vocabulary_without_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = load_encoding("gpt2")
    monkeypatch.setattr(type(tokenizer), "token_bytes", _one_letter)
    with pytest.raises(UsageError, match="too few words"):
        Words(tokenizer)


def _one_letter(_self: object, _token_id: int) -> bytes:
    return b"x"


def test_a_model_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(VisualizerError):
        subject.load_subject("none", tmp_path / "none", "cpu", "auto", 1, _ignore)


def test_queries_and_normalisers_are_kept_for_attention(tiny: Subject) -> None:
    for n_tokens in (40, 9):  # also after the text became shorter
        tiny.read(tiny.words.text(n_tokens, seed=2))
        # Queries of all heads of a layer are as wide as the model here; a normaliser each.
        numbers = tiny.model.width + tiny.model.n_heads
        assert tiny.engine.attention_bytes() == 4 * tiny.model.n_layers * n_tokens * numbers
        ids = tiny.model.tokenizer.encode(tiny.words.text(n_tokens, seed=2)).ids
        cells = tiny.model.n_layers * tiny.model.n_heads * n_tokens**2
        assert tiny.plain.attention_bytes(ids) == 4 * cells
