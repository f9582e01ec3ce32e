"""Log-probabilities and entropies of every token against a float64 softmax."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from visualizer.engine.errors import NonFiniteError
from visualizer.engine.output_head import OutputHead
from visualizer.engine.records import Cancelled, CancelToken

IDS = np.random.default_rng(8).integers(0, 256, 50)


def expected_surprise(logits, ids):
    """(T,) log-probabilities, NaN first, and (T,) entropies in bits."""
    logits = logits.astype(np.float64)
    logits = logits - logits.max(axis=1, keepdims=True)
    logprobs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    entropies = -(np.exp(logprobs) * logprobs).sum(axis=1) / np.log(2)
    chosen = logprobs[np.arange(len(ids) - 1), ids[1:]]
    return np.concatenate([[np.nan], chosen]), entropies


def last(reading, **options):
    return list(reading.surprise(3, **options))[-1]


def expected_places(logits, ids):
    """(T,) ranks, 0 first, and (T,) margins to the likeliest other token, NaN first."""
    ranks, margins = [0], [np.nan]
    for row, chosen in zip(logits.astype(np.float64), ids[1:].tolist(), strict=False):
        order = sorted(range(row.size), key=lambda token: (-row[token], token))
        ranks.append(order.index(chosen) + 1)
        margins.append(row[chosen] - max(row[token] for token in order[:2] if token != chosen))
    return np.array(ranks), np.array(margins)


@pytest.mark.parametrize(
    "architecture", ["gpt2", "llama", "gemma2", "opt", "cohere", "granite", "bloom", "mamba"]
)
def test_equals_the_model_s_own_head(architecture, new_reading, truth):
    reading = new_reading(architecture)
    reading.read(IDS)
    record = last(reading)
    logprobs, entropies = expected_surprise(truth(architecture, IDS).logits, IDS)
    np.testing.assert_allclose(record.logprobs, logprobs, rtol=0, atol=1e-4)
    np.testing.assert_allclose(record.entropies_bits, entropies, rtol=0, atol=1e-4)
    assert record.complete
    assert record.logprobs.dtype == record.entropies_bits.dtype == np.float64
    ranks, margins = expected_places(truth(architecture, IDS).logits, IDS)
    assert record.ranks.dtype == np.int64
    assert record.ranks.tolist() == ranks.tolist()
    np.testing.assert_allclose(record.margins, margins, rtol=0, atol=1e-4)


def test_ties_are_ranked_by_id_and_have_no_margin(new_reading, monkeypatch):
    reading = new_reading("llama")
    reading.read(np.array([0, 3, 7, 5, 9]))
    row = torch.zeros(256)
    row[[3, 7, 9]] = 2.0

    def tied(self, hidden):
        return row.expand(len(hidden), -1).clone()

    monkeypatch.setattr(OutputHead, "logits", tied)
    record = last(reading)
    # 5 is behind the three that are likelier and 0, 1, 2 and 4, which are as likely as it.
    assert record.ranks.tolist() == [0, 1, 2, 3 + 4 + 1, 3]
    np.testing.assert_array_equal(record.margins, [np.nan, 0.0, 0.0, -2.0, 0.0])


def test_newest_tokens_come_first(new_reading):
    reading = new_reading("llama")
    reading.read(IDS)
    records = list(reading.surprise(0))
    assert len(records) > 2
    for record in records[:-1]:
        missing = np.isnan(record.entropies_bits)
        assert not record.complete
        assert missing[0]
        assert not missing[-1]
        assert (np.diff(missing.astype(int)) <= 0).all()
    assert records[-1].complete
    assert np.isnan(records[-1].logprobs).tolist() == [True] + [False] * (len(IDS) - 1)


def test_single_token_has_an_entropy_only(new_reading):
    reading = new_reading("llama")
    reading.read(IDS[:1])
    record = last(reading)
    assert record.complete
    assert np.isnan(record.logprobs).all()
    assert np.isnan(record.margins).all()
    assert record.ranks.tolist() == [0]
    assert np.isfinite(record.entropies_bits).all()


@pytest.fixture
def rows_projected(monkeypatch):
    """Rows that went through the output head."""
    rows = []
    plain = OutputHead.logits

    def counting(self, hidden):
        rows.append(len(hidden))
        return plain(self, hidden)

    monkeypatch.setattr(OutputHead, "logits", counting)
    return rows


def test_unchanged_prefix_is_not_computed_again(new_reading, rows_projected, truth):
    reading = new_reading("llama")
    reading.read(IDS[:40])
    reading.trace.logits(39)
    last(reading)
    rows_projected.clear()
    reading.read(IDS[:41])
    reading.trace.logits(40)
    last(reading)
    assert rows_projected == [1]  # that of the bars
    edited = IDS[:41].copy()
    edited[30] = (edited[30] + 1) % 256
    reading.read(edited)
    rows_projected.clear()
    record = last(reading)
    assert sum(rows_projected) == 12  # tokens 29 (its successor changed) to 40
    ranks, margins = expected_places(truth("llama", edited).logits, edited)
    assert record.ranks.tolist() == ranks.tolist()
    np.testing.assert_allclose(record.margins, margins, rtol=0, atol=1e-4)
    logprobs, entropies = expected_surprise(truth("llama", edited).logits, edited)
    np.testing.assert_allclose(record.logprobs, logprobs, rtol=0, atol=1e-4)
    np.testing.assert_allclose(record.entropies_bits, entropies, rtol=0, atol=1e-4)


def test_cancelled_work_is_kept(new_reading, rows_projected):
    reading = new_reading("llama")
    reading.read(IDS)
    token = CancelToken()
    answers = reading.surprise(0, token)
    next(answers)
    token.cancel()
    with pytest.raises(Cancelled):
        next(answers)
    assert last(reading).complete
    assert sum(rows_projected) == len(IDS)


def test_deleted_tokens_are_gone(new_reading):
    reading = new_reading("llama")
    reading.read(IDS)
    last(reading)
    reading.read(IDS[:20])
    record = last(reading)
    assert len(record.logprobs) == len(record.entropies_bits) == 20
    assert len(record.ranks) == len(record.margins) == 20


def test_non_finite_numbers_are_refused(new_reading, monkeypatch):
    reading = new_reading("llama")
    reading.read(IDS)
    plain = OutputHead.logits
    monkeypatch.setattr(OutputHead, "logits", lambda self, hidden: plain(self, hidden) / 0.0)
    with pytest.raises(NonFiniteError):
        last(reading)
