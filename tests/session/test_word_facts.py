"""Words on show and changes since the text changed, against plain float64 sums."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from visualizer.engine.errors import VisualizerError
from visualizer.engine.path_records import PathRecord
from visualizer.engine.records import ForwardRecord, PredictionRecord
from visualizer.engine.tokenization import Tokenization, spans_of
from visualizer.session.facts import Facts
from visualizer.session.resolve import rank_of
from visualizer.session.state import ViewState
from visualizer.session.views import BarsView

V = 256
RNG = np.random.default_rng(5)
BEFORE, AFTER = (RNG.normal(0, 3, V).astype(np.float32) for _ in range(2))


class Bytes:
    name = "bytes"
    vocabulary_size = V
    special_ids = frozenset()

    def token_bytes(self, token_id):
        return bytes([token_id])

    def encode(self, text, *, parse_special=False):
        pieces = tuple(bytes([i]) for i in text.encode())
        starts, ends = spans_of(pieces)
        ids = np.array(list(text.encode()), np.int64)
        return Tokenization(text, ids, pieces, starts, ends, 0, "bytes")


def softmax(logits):
    weights = np.exp(logits.astype(np.float64))
    return weights / weights.sum()


def read(facts: Facts, text: str, logits: np.ndarray, position: int = -1) -> None:
    words = Bytes().encode(text)
    record = ForwardRecord(1, words, position % len(words), logits.copy(), None, 1, 1.0)
    facts.take_forward(record)


@pytest.fixture
def facts() -> Facts:
    return Facts(SimpleNamespace(tokenizer=Bytes()))


def bars(facts: Facts, *asked: str, **state) -> BarsView:
    view = facts.bars(ViewState(asked=asked, **state))
    assert view is not None
    return view


def test_a_single_token_has_its_rank_logit_and_probability(facts):
    read(facts, "ab", AFTER)
    (row,) = bars(facts, "z").words
    assert row.candidate is not None
    assert row.prob == row.candidate.prob == pytest.approx(softmax(AFTER)[122], rel=1e-12)
    assert row.candidate.rank == 1 + (AFTER[122] < AFTER).sum()
    assert row.candidate.logit == AFTER[122]
    assert (row.text, row.data, row.awaited, row.problem) == ("z", b"z", False, None)


def test_ranks_are_those_of_the_rows():
    logits = np.array([1, 3, 3, 0, 3], np.float32)
    assert [rank_of(logits, i) for i in range(5)] == [4, 1, 2, 5, 3]


def test_a_word_is_awaited_until_its_path_is_known(facts):
    read(facts, "ab", AFTER)
    (row,) = bars(facts, " step").words
    assert row.awaited
    assert np.isnan(row.prob)
    assert row.parts[0].prob == pytest.approx(softmax(AFTER)[32])
    assert np.isnan([part.prob for part in row.parts[1:]]).all()
    word = tuple(b" step")
    assert facts.words.missing(1, [word, (97,), word]) == (word,)
    logprobs = np.log([0.5, 0.25, 0.5, 1.0, 0.1])
    facts.words.take_paths(PathRecord(2, 1, (word,), (logprobs,)))
    assert facts.words.missing(1, [word]) == ()
    assert facts.words.missing(0, [word]) == (word,)
    (row,) = bars(facts, " step").words
    assert not row.awaited
    assert row.prob == pytest.approx(0.5 * 0.25 * 0.5 * 0.1)
    assert [part.prob for part in row.parts] == pytest.approx([0.5, 0.25, 0.5, 1, 0.1])
    assert [part.text for part in row.parts] == ["·", "s", "t", "e", "p"]
    assert row.candidate is None


def test_a_character_of_several_tokens_is_shown_whole(facts):
    read(facts, "ab", AFTER)
    (row,) = bars(facts, "词!").words
    assert row.text == "词!"
    assert [part.text for part in row.parts] == ["⟨E8⟩", "⟨AF⟩", "⟨8D⟩", "!"]


def test_a_word_that_cannot_be_told_says_why(facts):
    read(facts, "ab", AFTER)
    facts.words.problem = VisualizerError("no cache")
    several, single, missing = bars(facts, "ab", "a", "#300").words
    assert several.problem is facts.words.problem
    assert not several.awaited
    assert single.problem is None
    assert missing.problem is not None
    assert "300" in str(missing.problem)
    assert np.isnan(missing.prob)
    read(facts, "abc", AFTER)
    assert facts.words.problem is None, "another text may be another matter"


def test_a_word_beyond_the_context_has_no_probability(facts):
    read(facts, "ab", AFTER)
    facts.words.take_paths(PathRecord(2, 1, (tuple(b"ab"),), (np.array([-1, np.nan]),)))
    (row,) = bars(facts, "ab").words
    assert np.isnan(row.prob)
    assert "room" in str(row.problem)


def test_there_is_no_change_before_anything_was_typed(facts):
    read(facts, "ab", AFTER)
    view = bars(facts, "z")
    assert view.old_probs is None
    assert view.rest_old_prob is None
    assert view.words[0].old_prob is None
    read(facts, "ab", AFTER)
    assert bars(facts).old_probs is None, "the same text, read anew"


def test_the_change_is_that_since_the_text_before(facts):
    read(facts, "ab", BEFORE)
    facts.words.take_paths(PathRecord(2, 1, (tuple(b"xy"),), (np.log([0.5, 0.25]),)))
    read(facts, "abc", AFTER)
    read(facts, "abc", AFTER)  # read anew, it is still compared with what was before
    view = bars(facts, "z", "xy", "yz", n_candidates=7)
    old = softmax(BEFORE)
    ids = [c.token_id for c in view.candidates]
    np.testing.assert_allclose(view.old_probs, old[ids], rtol=1e-10)
    assert view.rest_old_prob == pytest.approx(1 - old[ids].sum())
    single, several, unknown = view.words
    assert single.old_prob == pytest.approx(old[122])
    assert several.old_prob == pytest.approx(0.125)
    assert several.awaited
    assert unknown.old_prob is None


def test_a_word_is_compared_with_what_it_was_at_the_end(facts):
    read(facts, "ab", BEFORE)
    for position, prob in ((1, 0.5), (0, 0.125)):
        logprobs = (np.log([prob, 1.0]),)
        facts.words.take_paths(PathRecord(2, position, (tuple(b"xy"),), logprobs))
    read(facts, "abc", AFTER)
    assert bars(facts, "xy").words[0].old_prob == pytest.approx(0.5)


def test_changes_add_up_to_nothing(facts):
    read(facts, "ab", BEFORE)
    read(facts, "abc", AFTER)
    view = bars(facts)
    change = sum(c.prob for c in view.candidates) - view.old_probs.sum()
    assert change + view.rest_prob - view.rest_old_prob == pytest.approx(0, abs=1e-12)


def test_earlier_positions_have_no_change(facts):
    read(facts, "ab", BEFORE)
    read(facts, "abc", AFTER)
    facts.take_prediction(PredictionRecord(3, 0, BEFORE.copy()))
    view = bars(facts, "z", query=0)
    assert view.old_probs is None
    assert view.words[0].old_prob is None
    assert view.actual is not None
    assert view.actual.token_id == view.actual_id == ord("b")
    assert view.actual.rank == rank_of(BEFORE, ord("b"))
    assert (view.position, view.query, view.n_tokens) == (0, 0, 3)


def test_a_text_that_was_read_up_to_an_earlier_position_is_not_compared_with(facts):
    read(facts, "ab", BEFORE, position=0)
    read(facts, "abc", AFTER)
    assert bars(facts).old_probs is None


EDITS = {
    "typed on": ("The cat", "The cat sat"),
    "taken back": ("The cat sat", "The cat"),
    "the first letter": ("H", "He"),
    "changed in the middle": ("The black cat sat", "The white cat sat"),
    "changed in front": ("The cat sat down", "A cat sat down"),
    "half of it pasted over": ("The cat sat", "The cat is up"),
}
OTHER_TEXTS = {
    "nothing in common": ("Once upon a time", "x = 1"),
    "pasted over all but a full stop": ("The cat sat down.", "Numbers are odd or even."),
    "the same first word": ("The cat sat on the mat", "The capital of France is"),
}


@pytest.mark.parametrize("texts", EDITS.values(), ids=EDITS)
def test_an_edit_is_compared_with_the_text_before(facts, texts):
    read(facts, texts[0], BEFORE)
    read(facts, texts[1], AFTER)
    assert bars(facts).old_probs is not None


@pytest.mark.parametrize("texts", OTHER_TEXTS.values(), ids=OTHER_TEXTS)
def test_another_text_is_compared_with_nothing(facts, texts):
    read(facts, texts[0], BEFORE)
    read(facts, texts[1], AFTER)
    assert bars(facts, "z").old_probs is None
    assert bars(facts, "z").words[0].old_prob is None


def test_a_text_in_anothers_place_is_no_edit_however_alike(facts):
    read(facts, "abc", BEFORE)
    read(facts, "abcd", AFTER)
    facts.words.begin_anew()
    assert bars(facts).old_probs is None, "the change of the text before"
    read(facts, "abcde", BEFORE)
    assert bars(facts).old_probs is None
    read(facts, "abcdef", AFTER)
    assert bars(facts).old_probs is not None, "the first edit of the other text"


def test_the_likeliest_rows_and_everything_else_are_everything(facts):
    read(facts, "ab", AFTER)
    for n in (5, 100, 500):
        view = bars(facts, "z", n_candidates=n)
        assert sum(c.prob for c in view.candidates) + view.rest_prob == pytest.approx(1, abs=1e-12)


def test_the_number_of_choices_is_two_to_the_entropy(facts):
    read(facts, "ab", np.zeros(V, np.float32))
    assert bars(facts).effective_choices == pytest.approx(V)
    assert replace(bars(facts), entropy_bits=1.0).effective_choices == 2
