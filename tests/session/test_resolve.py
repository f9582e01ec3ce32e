"""From intent and facts to views: numbers against plain softmax, and the edges of selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from visualizer.engine.records import (
    ForwardRecord,
    HeadRecord,
    PredictionRecord,
    Prompt,
    SurpriseRecord,
)
from visualizer.engine.sampling import SamplingParams
from visualizer.engine.tokenization import Tokenization
from visualizer.session.attention_views import fit_head, fit_layer
from visualizer.session.resolve import (
    bars_view,
    resolve_query,
    token_strip_view,
)
from visualizer.session.state import ViewState

WORDS = (b"I", b" love", b" oranges", b"\n", b"\xe4\xbd", b"<end>")


class WordTokenizer:
    """Six words; the last is special."""

    name = "words"
    vocabulary_size = len(WORDS)
    special_ids = frozenset({5})

    def token_bytes(self, token_id: int) -> bytes:
        return WORDS[token_id]


def tokenization(ids: list[int]) -> Tokenization:
    lengths = np.cumsum([0, *(len(WORDS[i].decode("utf-8", "replace")) for i in ids)])
    return Tokenization(
        text=b"".join(WORDS[i] for i in ids).decode("utf-8", "replace"),
        ids=np.array(ids, dtype=np.int64),
        pieces=tuple(WORDS[i] for i in ids),
        starts=lengths[:-1].astype(np.int64),
        ends=lengths[1:].astype(np.int64),
        n_added=0,
        encoding="words",
    )


LOGITS = np.array([0.0, 1.0, 3.0, 3.0, -2.0, 0.5], dtype=np.float32)


def record(ids: list[int], position: int, logits: np.ndarray = LOGITS) -> ForwardRecord:
    return ForwardRecord(1, tokenization(ids), position, logits.copy(), None, len(ids), 1.0)


def view(ids: list[int], position: int, logits: np.ndarray = LOGITS, **state: object):
    forward = record(ids, position, logits)
    return bars_view(
        ViewState(prompt=Prompt("x"), **state), WordTokenizer(), forward.tokenization, forward
    )


@pytest.mark.parametrize(
    ("query", "n_tokens", "expected"),
    [(-1, 3, 2), (0, 3, 0), (2, 3, 2), (3, 3, 2), (-3, 3, 0), (-4, 3, 2), (0, 0, None)],
)
def test_a_selection_that_is_gone_falls_back_to_the_last(query, n_tokens, expected):
    assert resolve_query(query, n_tokens) == expected


def test_bars_are_the_softmax_of_the_whole_vocabulary():
    bars = view([0, 1], 1, n_candidates=3)
    expected = np.exp(LOGITS.astype(np.float64)) / np.exp(LOGITS.astype(np.float64)).sum()
    assert [c.token_id for c in bars.candidates] == [2, 3, 1]  # the tie goes to the lower id
    assert [c.rank for c in bars.candidates] == [1, 2, 3]
    assert [c.prob for c in bars.candidates] == pytest.approx(expected[[2, 3, 1]])
    assert bars.rest_prob == pytest.approx(expected[[0, 4, 5]].sum())
    assert sum(c.prob for c in bars.candidates) + bars.rest_prob == pytest.approx(1.0)
    assert bars.entropy_bits == pytest.approx(-(expected * np.log2(expected)).sum())
    assert not bars.shaped
    assert bars.is_last
    assert bars.actual_id is None


def test_removed_candidates_keep_their_row():
    bars = view([0, 1], 1, n_candidates=4, sampling=SamplingParams(top_k=1))
    assert [c.kept for c in bars.candidates] == [True, False, False, False]
    assert bars.candidates[0].sampled_prob == 1.0
    assert bars.candidates[1].sampled_prob == 0.0
    assert bars.candidates[1].prob == bars.candidates[0].prob
    assert (bars.n_kept, bars.shaped) == (1, True)


def test_the_repetition_penalty_sees_the_text_up_to_the_position_only():
    penalty = SamplingParams(repetition_penalty=2.0)
    early = view([0, 2], 0, sampling=penalty)
    late = view([0, 2], 1, sampling=penalty)
    assert next(c.sampled_prob for c in early.candidates if c.token_id == 2) > (
        next(c.sampled_prob for c in late.candidates if c.token_id == 2)
    )
    assert not early.is_last
    assert early.actual_id == 2


def test_words_are_shown_and_padding_past_the_vocabulary_has_no_bytes():
    padded = np.append(LOGITS, np.float32(9.0))
    bars = view([0], 0, padded, n_candidates=7)
    by_id = {c.token_id: c for c in bars.candidates}
    assert by_id[6].data == b""
    assert by_id[6].text == "⟨6⟩"
    assert by_id[3].text == "⏎"
    assert by_id[5].is_special
    assert bars.vocabulary_size == 7


def test_a_prediction_elsewhere_shows_its_own_position():
    forward = record([0, 1, 2], 2)
    prediction = PredictionRecord(2, 0, LOGITS.copy())
    bars = bars_view(ViewState(), WordTokenizer(), forward.tokenization, prediction)
    assert (bars.position, bars.is_last, bars.actual_id) == (0, False, 1)
    assert bars.position_text == "I"


def test_surprise_of_another_length_is_not_shown():
    nan = np.full(2, np.nan)
    surprise = SurpriseRecord(1, nan.copy(), nan.copy(), complete=False)
    fits = token_strip_view(ViewState(), tokenization([0, 1]), surprise)
    other = token_strip_view(ViewState(), tokenization([0, 1, 2]), surprise, stale=True)
    assert fits.logprobs is surprise.logprobs
    assert other.logprobs is None
    assert (other.query, other.stale) == (2, True)


def test_a_head_that_the_model_lacks_becomes_its_nearest():
    class Model:
        n_layers, layer_heads = 4, (2, 2, 2, 2)

    state = ViewState(layer=9, head=9)
    assert fit_head(state, Model()) == (3, 1)
    assert fit_head(replace(state, layer=-1, head="mean"), Model()) == (0, "mean")


def test_a_layer_without_heads_is_stepped_over():
    class Model:
        n_layers, layer_heads = 7, (0, 2, 0, 0, 4, 0, 0)

    def fitted(layer, head=3):
        return fit_head(ViewState(layer=layer, head=head), Model())

    assert [fitted(layer) for layer in (0, 1, 2, 3, 4, 6)] == [
        (1, 1),
        (1, 1),
        (1, 1),
        (4, 3),
        (4, 3),
        (4, 3),
    ]
    assert fit_layer(Model(), 2, coming_from=1) == 4
    assert fit_layer(Model(), 3, coming_from=4) == 1
    assert fit_layer(Model(), 5, coming_from=4) == 4
    Model.layer_heads = (0,) * 7
    assert fitted(3) == (3, 0)


def test_records_cannot_be_changed():
    forward = record([0], 0)
    head = HeadRecord(1, 0, 0, 1, (0, 1), (0, 1), 1, np.ones((1, 1), dtype=np.float32))
    for array in (forward.logits, head.weights, forward.tokenization.ids):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
