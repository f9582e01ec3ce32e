"""Treatments of rows against a plain computation, one row after the other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from visualizer.engine import treating
from visualizer.engine.errors import UsageError
from visualizer.engine.treating import (
    add_by_unit,
    check_treatment,
    largest_together,
    needs_whole_rows,
    treat_rows,
)
from visualizer.engine.treatment import HIDDEN, Treatment

N = 12
# Few different values, so that many are equal; sums of them are exact in float32.
_VALUES = st.sampled_from([0.0, 0.0, 0.125, 0.25, 0.5, 1.0])
_WEIGHTS = arrays(np.float32, (N, N), elements=_VALUES).map(np.tril)
_HIDDEN = st.sets(st.sampled_from(HIDDEN)).map(lambda kinds: tuple(sorted(kinds)))


@settings(max_examples=60, deadline=None)
@given(
    _WEIGHTS,
    arrays(np.bool_, N),
    _HIDDEN,
    st.booleans(),
    st.sampled_from([1.0, 0.999, 0.75, 0.5, 0.25, 0.01]),
    st.integers(0, N - 1),
)
def test_equals_the_plain_computation(
    plainly_treated, weights, special, hidden, discount, top_mass, first_row
):
    treatment = Treatment(hidden, discount, top_mass)
    expected = plainly_treated(weights, treatment, special, np.arange(N + 1))
    if discount and top_mass < 1:  # weights are divided then, and a sum of them may be just short
        less, more = (
            plainly_treated(
                weights, Treatment(hidden, discount, top_mass * f), special, np.arange(N + 1)
            )
            for f in (1 - 1e-6, 1 + 1e-6)
        )
        assume(np.array_equal(less, more))
    rows = torch.from_numpy(weights[first_row:].copy())
    found = treat_rows(rows, first_row, 0, treatment, torch.from_numpy(special))
    np.testing.assert_allclose(found, expected[first_row:], rtol=0, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(_WEIGHTS, arrays(np.bool_, N), _HIDDEN, st.integers(0, N - 1), st.integers(0, N - 1))
def test_hiding_a_part_equals_that_part_of_the_whole(
    plainly_treated, weights, special, hidden, first_row, first_column
):
    treatment = Treatment(hidden)
    part = torch.from_numpy(weights[first_row:, first_column:].copy())
    found = treat_rows(part, first_row, first_column, treatment, torch.from_numpy(special))
    expected = plainly_treated(weights, treatment, special, np.arange(N + 1))
    np.testing.assert_array_equal(found, expected[first_row:, first_column:].astype(np.float32))


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float32, (3, 40), elements=st.floats(0, 1, width=32, allow_subnormal=False)),
    st.floats(0.01, 0.99),
)
def test_the_kept_are_the_fewest_that_hold_the_share(weights, share):
    kept = largest_together(torch.from_numpy(weights), share).numpy()
    for row, stays in zip(weights.astype(np.float64), kept, strict=True):
        wanted = share * row.sum()
        if wanted == 0:
            assert not stays.any()
            continue
        assert row[stays].sum() >= wanted * (1 - 1e-9)
        assert row[stays].sum() - row[stays].min() < wanted * (1 + 1e-9)  # none too many
        assert not (~stays).any() or row[stays].min() >= row[~stays].max()


def test_among_equals_the_first_stay():
    row = torch.tensor([[0.1, 0.2, 0.2, 0.2, 0.2, 0.1]])
    assert largest_together(row, 0.5).tolist() == [[False, True, True, True, False, False]]


def test_flat_rows_need_more_than_the_first_look(monkeypatch):
    looks = []
    plain = torch.topk

    def counting(weights, k, dim):
        looks.append(k)
        return plain(weights, k, dim=dim)

    monkeypatch.setattr(treating.torch, "topk", counting)
    weights = torch.full((2, 5000), 1 / 5000)
    kept = largest_together(weights, 0.5)
    assert kept.sum(dim=1).tolist() == [2500, 2500]
    assert kept[:, :2500].all()
    assert looks == [128, 1024, 5000]
    looks.clear()
    weights[:, 7] = 100.0
    assert largest_together(weights, 0.5).sum(dim=1).tolist() == [1, 1]
    assert looks == [128]


def test_a_row_with_nothing_left_stays_zero():
    weights = torch.tensor([[1.0, 0.0], [0.25, 0.75]])
    treatment = Treatment(("first",), discount=True, top_mass=0.5)
    found = treat_rows(weights, 0, 0, treatment, torch.zeros(2, dtype=torch.bool))
    assert found.tolist() == [[0.0, 0.0], [0.0, 1.0]]


@settings(max_examples=30, deadline=None)
@given(_WEIGHTS, st.sets(st.integers(1, N - 1)))
def test_keys_are_added_by_unit(weights, inner):
    starts = [0, *sorted(inner), N]
    unit_of = torch.from_numpy(np.repeat(np.arange(len(starts) - 1), np.diff(starts)))
    found = add_by_unit(torch.from_numpy(weights), unit_of, len(starts) - 1)
    expected = [weights[:, low:high].sum(axis=1) for low, high in itertools.pairwise(starts)]
    np.testing.assert_array_equal(found, np.stack(expected, axis=1))


@pytest.mark.parametrize(
    ("treatment", "needs"),
    [
        (Treatment(), False),
        (Treatment(HIDDEN, granularity="words"), False),
        (Treatment(discount=True), True),
        (Treatment(top_mass=0.9), True),
    ],
)
def test_whole_rows_are_needed_only_where_weights_depend_on_others(treatment, needs):
    assert needs_whole_rows(treatment) is needs


@pytest.mark.parametrize(
    ("treatment", "named"),
    [
        (Treatment(hidden=("last",)), "hidden last"),
        (Treatment(granularity="letters"), "granularity letters"),
        (Treatment(top_mass=0.0), "top_mass"),
        (Treatment(top_mass=1.01), "top_mass"),
        (Treatment(top_mass=float("nan")), "top_mass"),
    ],
)
def test_treatments_that_do_not_exist_are_refused(treatment, named):
    with pytest.raises(UsageError, match=named):
        check_treatment(treatment)


def test_every_treatment_that_exists_is_accepted():
    check_treatment(Treatment(HIDDEN, discount=True, top_mass=1e-6, granularity="sentences"))
