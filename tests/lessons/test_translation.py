"""The translator's loop: greedy and beam against plain search, attention, files, bad input."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from visualizer.engine.errors import UsageError, VisualizerError
from visualizer.engine.records import Cancelled
from visualizer.lessons.transformer import Transformer, TransformerSizes
from visualizer.lessons.translation import (
    Translator,
    load_translator,
    save_translator,
    without_end,
)
from visualizer.lessons.translation_data import (
    BEGIN,
    END,
    LONGEST,
    TO_CHINESE,
    VOCABULARY,
    random_examples,
    token_ids,
)
from visualizer.lessons.translation_score import score_held_out, translate_all

TEXT = "twelve thousand three hundred and forty-five"


@pytest.fixture(scope="module")
def untrained() -> Translator:
    """Weights by chance: its distributions are flat, so that beams really differ."""
    torch.manual_seed(1)
    sizes = TransformerSizes(
        len(VOCABULARY), len(VOCABULARY), 16, 2, 2, 32, dropout=0.1, longest=LONGEST
    )
    return Translator(Transformer(sizes))


def forced_logprob(translator: Translator, source, tokens) -> float:
    """Sum of log-probabilities of a whole target, read in one pass."""
    ids = torch.tensor([[VOCABULARY.index(BEGIN), *token_ids(tokens)]])
    with torch.no_grad():
        logits = translator.model(torch.tensor([token_ids(source)]), ids[:, :-1])[0].double()
    return float(logits.log_softmax(1).gather(1, ids[0, 1:, None]).sum())


def test_greedy_takes_the_likeliest_word_each_time(untrained) -> None:
    steps = list(untrained.steps(TEXT, "zh"))
    assert 1 <= len(steps) < LONGEST
    for place, step in enumerate(steps):
        assert step.target == (BEGIN, *[s.chosen for s in steps[:place]])
        assert step.written == tuple(s.chosen for s in steps[: place + 1])
        assert step.chosen == VOCABULARY[int(step.probabilities[-1].argmax())]
        assert step.prob(place) == step.probabilities[-1].max()
        assert step.probabilities.shape == (place + 1, len(VOCABULARY))
        assert step.probabilities.sum(axis=1) == pytest.approx(1, abs=1e-12)
        assert len(step.beams) == 1


@pytest.mark.parametrize("n_beams", [1, 4])
def test_probabilities_are_those_of_a_pass_over_the_whole_target(untrained, n_beams) -> None:
    for step in untrained.steps(TEXT, "zh", n_beams):
        ids = torch.tensor([[VOCABULARY.index(BEGIN), *token_ids(step.target[1:])]])
        with torch.no_grad():
            logits = untrained.model(torch.tensor([token_ids(step.source)]), ids)[0]
        expected = np.exp(logits.double().numpy())
        expected /= expected.sum(axis=1, keepdims=True)
        assert step.probabilities == pytest.approx(expected, abs=1e-9)
        assert step.written == step.beams[0].tokens
        logprob = sum(math.log(step.prob(place)) for place in range(len(step.written)))
        assert logprob == pytest.approx(step.beams[0].logprob, abs=1e-5)


@pytest.mark.parametrize("n_beams", [1, 2, 5])
def test_a_beams_score_is_the_sum_of_its_words_logprobs(untrained, n_beams) -> None:
    for step in itertools.islice(untrained.steps(TEXT, "zh", n_beams), 6):
        assert len(step.beams) == n_beams
        scores = [beam.logprob for beam in step.beams]
        assert scores == sorted(scores, reverse=True)
        for beam in step.beams:
            expected = forced_logprob(untrained, step.source, beam.tokens)
            assert beam.logprob == pytest.approx(expected, abs=1e-5)


def test_beams_are_the_best_of_all_continuations_of_the_beams_before(untrained) -> None:
    """Against every continuation of every beam, one by one."""
    n_beams = 3
    before: list[tuple[str, ...]] = [()]
    for step in itertools.islice(untrained.steps(TEXT, "zh", n_beams), 3):
        every = [(*tokens, word) for tokens in before for word in VOCABULARY]
        scored = sorted(every, key=lambda t: -forced_logprob(untrained, step.source, t))
        assert [beam.tokens for beam in step.beams] == scored[:n_beams]
        before = scored[:n_beams]


def test_attention_sums_to_one_and_never_looks_ahead(untrained) -> None:
    for step in untrained.steps(TEXT, "zh"):
        for weights in (step.encoder, step.decoder, step.cross):
            assert weights.sum(axis=-1) == pytest.approx(1, abs=1e-5)
            assert not weights.flags.writeable
        n_written, n_read = len(step.target), len(step.source)
        assert step.decoder.shape == (2, 2, n_written, n_written)
        assert step.cross.shape == (2, 2, n_written, n_read)
        assert not np.triu(step.decoder, k=1).any()


def test_many_at_once_are_translated_as_one_by_one(untrained) -> None:
    examples = list(itertools.islice(random_examples(3, held_out=False), 7))
    sources = [(TO_CHINESE, *example.english) for example in examples]
    for source, written in zip(sources, translate_all(untrained.model, sources), strict=True):
        steps = list(untrained.steps(" ".join(source[1:]), "zh"))
        assert written == without_end(steps[-1].beams[0].tokens)[: LONGEST - 1]


def test_the_bundled_translator_is_right_where_it_was_never_trained() -> None:
    translator = load_translator()
    for to in ("zh", "en"):
        assert score_held_out(translator, 400, to, seed=11).share >= 0.99


def test_the_bundled_translator_translates_what_the_lesson_shows() -> None:
    translator = load_translator()
    assert translator.translate(TEXT, "zh") == "一万二千三百四十五"
    assert translator.translate("一万二千三百四十五", "en") == TEXT
    day = "Monday the third of May nineteen ninety-nine"
    assert translator.translate(day, "zh") == "一九九九年五月三日星期一"
    assert translator.translate(day, "zh", n_beams=4) == "一九九九年五月三日星期一"


def test_the_score_counts_sentences_and_names_the_wrong_ones(untrained) -> None:
    score = score_held_out(untrained, 5, "zh")
    assert (score.right, score.total, score.share) == (0, 5, 0.0)
    assert len(score.wrong) == 5
    assert score.wrong[0].written != score.wrong[0].right
    with pytest.raises(Cancelled):
        score_held_out(untrained, 5, "zh", cancelled=lambda: True)


def test_a_translation_can_be_given_up(untrained) -> None:
    seen = []
    for step in untrained.steps(TEXT, "zh", cancelled=lambda: len(seen) >= 2):
        seen.append(step)
    assert len(seen) == 2


def test_one_beam_is_greedy_and_more_are_never_worse_than_all_others(untrained) -> None:
    """One beam against a loop of its own; the winner of several against all the others kept."""
    source = torch.tensor([token_ids(untrained.read(TEXT, "zh"))])
    ids = [VOCABULARY.index(BEGIN)]
    with torch.no_grad():
        while len(ids) < LONGEST and ids[-1] != VOCABULARY.index(END):
            ids.append(int(untrained.model(source, torch.tensor([ids]))[0, -1].argmax()))
    *_, last = untrained.steps(TEXT, "zh", 1)
    assert token_ids(last.written) == ids[1:]
    *_, last = untrained.steps(TEXT, "zh", 6)
    assert last.beams[0].logprob == max(beam.logprob for beam in last.beams)


def test_a_complete_beam_waits_until_it_is_the_best() -> None:
    """The end is the likeliest second choice: it is kept while a longer one leads, then wins."""
    torch.manual_seed(0)
    size = len(VOCABULARY)
    model = Transformer(TransformerSizes(size, size, 8, 2, 1, 8, longest=LONGEST))
    with torch.no_grad():
        model.to_vocabulary.weight.zero_()
        model.to_vocabulary.bias.fill_(-40.0)
        model.to_vocabulary.bias[VOCABULARY.index("一")] = math.log(0.6)
        model.to_vocabulary.bias[VOCABULARY.index(END)] = math.log(0.4)
    steps = list(Translator(model).steps("one", "zh", 2))
    assert [step.beams[0].tokens for step in steps] == [("一",), (END,)]
    assert [step.written for step in steps] == [("一",), (END,)]
    assert steps[1].beams[0].logprob == pytest.approx(math.log(0.4), abs=1e-6)
    assert steps[1].beams[1].tokens == ("一", "一")
    assert steps[1].beams[1].logprob == pytest.approx(2 * math.log(0.6), abs=1e-6)
    assert steps[1].target == (BEGIN,)


@pytest.mark.parametrize(("text", "to"), [(TEXT, "en"), ("一万", "zh")])
def test_a_text_in_the_language_to_write_is_refused(untrained, text, to) -> None:
    with pytest.raises(UsageError, match=text):
        untrained.read(text, to)


@pytest.mark.parametrize("n_beams", [0, -1, 17])
def test_a_wrong_number_of_beams_is_named(untrained, n_beams) -> None:
    with pytest.raises(UsageError, match=str(n_beams)):
        next(untrained.steps(TEXT, "zh", n_beams))


def test_a_saved_translator_is_the_same(untrained, tmp_path) -> None:
    save_translator(untrained.model, tmp_path / "new")
    again = load_translator(tmp_path / "new")
    one, other = next(untrained.steps(TEXT, "zh")), next(again.steps(TEXT, "zh"))
    assert np.array_equal(one.probabilities, other.probabilities)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "model.safetensors").write_bytes(b"no weights"),
        lambda folder: (folder / "config.json").write_text("{"),
        lambda folder: (folder / "config.json").write_text("{}"),
        lambda folder: (folder / "config.json").write_text(
            (folder / "config.json").read_text().replace('"zero"', '"nought"')
        ),
        lambda folder: (folder / "config.json").write_text(
            (folder / "config.json").read_text().replace('"width": 16', '"width": 32')
        ),
    ],
)
def test_a_damaged_translator_is_refused(untrained, tmp_path, damage) -> None:
    save_translator(untrained.model, tmp_path)
    damage(tmp_path)
    with pytest.raises(VisualizerError, match=r"again|train"):
        load_translator(tmp_path)


def test_weights_that_are_no_numbers_are_refused(tmp_path) -> None:
    model = Transformer(TransformerSizes(len(VOCABULARY), len(VOCABULARY), 8, 2, 1, 8))
    with torch.no_grad():
        model.to_vocabulary.bias[3] = math.nan
    save_translator(model, tmp_path)
    with pytest.raises(VisualizerError, match="no numbers"):
        load_translator(tmp_path)


def test_the_end_and_what_follows_it_is_left_out() -> None:
    assert without_end(("一", END, "二")) == ("一",)
    assert without_end(("一",)) == ("一",)
