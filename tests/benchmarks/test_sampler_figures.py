"""The figures of the sampler, measured once on small vocabularies."""

from __future__ import annotations

import pytest

from visualizer.bench import sampler_frames
from visualizer.bench.child import ProbeError
from visualizer.bench.sampler_frames import sampler_figures

pytest.importorskip("PySide6")


def test_bars_and_cards_are_timed_for_every_vocabulary() -> None:
    said: list[str] = []
    figures = list(sampler_figures(said.append, 1, (300, 5000)))
    assert [figure.note for figure in figures] == [""] * 4
    assert [figure.target for figure in figures] == [16.0] * 4
    assert {"V=300", "V=5000"} == {figure.name.rpartition(" ")[2] for figure in figures}
    for figure in figures:
        assert figure.value is not None
        assert 0 < figure.value < 60_000
    assert said == ["moving a sampling slider"]


def test_the_figure_is_the_median_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object) -> object:
        return {"10": {"bars": [[1.0, 9.0], [2.0, 3.0], [4.0, 90.0]], "cards": [[5.0]]}}

    monkeypatch.setattr(sampler_frames, "run_child", found)
    figures = list(sampler_figures(print, 3, (10,)))
    assert [figure.value for figure in figures] == [3.5, 5.0]


def test_a_failure_leaves_figures_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise ProbeError("no display")

    monkeypatch.setattr(sampler_frames, "run_child", fail)
    figures = list(sampler_figures(print, 1, (10,)))
    assert [(figure.value, figure.note) for figure in figures] == [(None, "no display")] * 2
