"""Broken attention: each fault's picture against plain loops, and the puzzles made of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from visualizer.lessons.broken_attention import (
    FAULTS,
    KEY_WIDTH,
    N_TOKENS,
    Puzzle,
    broken_weights,
    make_puzzles,
)

SEEDS = range(12)


def by_loops(q, k, faults):
    n, width = q.shape
    powers = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            score = math.fsum(q[i][m] * k[j][m] for m in range(width))
            if "no-scale" not in faults:
                score /= math.sqrt(width)
            if j <= i or "no-mask" in faults:
                powers[i][j] = math.exp(score)
    rows = [sum(row) for row in powers]
    columns = [sum(row[j] for row in powers) for j in range(n)]
    totals = (lambda i, j: columns[j]) if "columns" in faults else (lambda i, j: rows[i])
    return [[powers[i][j] / totals(i, j) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize(
    "faults",
    [(), *[(f,) for f in FAULTS], ("columns", "no-mask"), ("no-mask", "no-scale"), FAULTS],
)
def test_the_weights_are_those_of_plain_loops(faults):
    q, k = np.random.default_rng(3).normal(size=(2, 5, 16))
    expected = by_loops(q, k, faults)
    np.testing.assert_allclose(broken_weights(q, k, set(faults)), expected, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_fault_can_be_told_from_its_picture(seed):
    *singles, _ = make_puzzles(seed)
    pictures = {next(iter(p.faults)): p for p in singles}
    assert set(pictures) == set(FAULTS)
    later = np.triu_indices(N_TOKENS, 1)
    columns = pictures["columns"].weights()
    np.testing.assert_allclose(columns.sum(axis=0), 1)
    assert np.abs(columns.sum(axis=1) - 1).max() > 0.2
    assert (pictures["no-mask"].weights()[later] > 0).all()
    assert (columns[later] == 0).all()
    sharp = pictures["no-scale"]
    assert sharp.weights()[2:].max(axis=1).mean() > 0.9
    assert sharp.right().weights[2:].max(axis=1).mean() < 0.65
    assert sharp.q.shape == sharp.k.shape == (N_TOKENS, KEY_WIDTH)


@pytest.mark.parametrize("seed", SEEDS)
def test_only_mending_just_what_is_broken_solves(seed):
    subsets = [{f for i, f in enumerate(FAULTS) if bits >> i & 1} for bits in range(8)]
    for puzzle in make_puzzles(seed):
        assert [s for s in subsets if puzzle.is_solved(s)] == [puzzle.faults]
        mended = puzzle.weights(puzzle.faults)
        np.testing.assert_allclose(mended, by_loops(puzzle.q, puzzle.k, ()), atol=1e-12)


def test_the_last_puzzle_has_two_faults_and_a_seed_gives_the_same_again():
    first, second = make_puzzles(5), make_puzzles(5)
    assert [len(p.faults) for p in first] == [1, 1, 1, 2]
    for one, other in zip(first, second, strict=True):
        assert isinstance(one, Puzzle)
        assert one.faults == other.faults
        np.testing.assert_array_equal(one.q, other.q)
    assert not np.array_equal(first[0].q, make_puzzles(6)[0].q)
