"""What the benchmark says and how it counts, without a model."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualizer.bench.figures import Figure, as_table
from visualizer.bench.measure import (
    Pair,
    describe_machine,
    interleaved,
    peak_rss_mib,
    percentile,
)


@pytest.mark.parametrize(
    ("value", "target", "ok"),
    [(0.9, 1.0, True), (1.0, 1.0, True), (1.01, 1.0, False), (None, 1.0, None), (3.0, None, None)],
)
def test_a_figure_is_ok_up_to_its_target(
    value: float | None, target: float | None, ok: bool | None
) -> None:
    figure = Figure("edit", value, "x", target)
    assert figure.ok is ok
    assert figure.as_json() == {
        "name": "edit",
        "value": value,
        "unit": "x",
        "target": target,
        "ok": ok,
    }


def test_the_table_is_aligned_and_says_what_was_missed_and_why_something_is_missing() -> None:
    figures = [
        Figure("short", 0.123, "x", 1.0),
        Figure("a longer name", 1234.5, "ms"),
        Figure("slow", 12.34, "s", 1.5),
        Figure("window", None, "ms", 50.0, "no display"),
    ]
    table = as_table({"processor": "some", "cores": 2}, "tiny", figures)
    assert table.splitlines() == [
        "model      tiny",
        "processor  some",
        "cores      2",
        "",
        "figure         value  unit  target",
        "short           0.12  x          1  ok",
        "a longer name   1234  ms",
        "slow            12.3  s        1.5  missed",
        "window             -  ms        50  no display",
    ]


def test_both_sides_are_measured_in_turns_after_the_warm_up() -> None:
    calls: list[str] = []
    times = {"ours": iter([9.0, 1.0, 6.0, 2.0]), "theirs": iter([9.0, 2.0, 2.0, 8.0])}

    def ours() -> float:
        calls.append("ours")
        return next(times["ours"])

    def theirs() -> float:
        calls.append("theirs")
        return next(times["theirs"])

    pair = interleaved(ours, theirs, repeats=3, warm_up=1)
    assert calls == ["ours", "theirs", "ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert pair == Pair((1.0, 6.0, 2.0), (2.0, 2.0, 8.0))
    assert pair.ratio == 0.5  # the median of 1/2, 6/2 and 2/8; the ratio of medians would be 1


@settings(deadline=None, max_examples=50)
@given(values=st.lists(st.floats(0, 1e6), min_size=1), percent=st.integers(0, 100))
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values)
    smaller = [value for value in values if value < found]
    assert not smaller or len(smaller) < percent / 100 * len(values)


def test_the_machine_is_described_and_memory_is_counted_in_mib() -> None:
    machine = describe_machine()
    assert machine["cores"] >= 1
    assert all(str(value) for value in machine.values())
    before = peak_rss_mib()
    block = bytearray(64 * 2**20)
    block[::4096] = b"x" * len(block[::4096])
    assert math.isfinite(before)
    assert 20 < before < 100_000
    assert peak_rss_mib() >= max(before, 64)
