"""The figures of the map of a head, measured once on short texts: they are there, never a limit."""

from __future__ import annotations

import pytest

from visualizer.bench import heatmap_frames
from visualizer.bench.child import ProbeError, run_child
from visualizer.bench.heatmap_frames import heatmap_figures

pytest.importorskip("PySide6")


def test_every_movement_is_timed_at_every_length() -> None:
    said: list[str] = []
    figures = list(heatmap_figures(said.append, 2, (40, 2100)))
    assert [figure.note for figure in figures] == [""] * 6
    names = {figure.name for figure in figures}
    assert "slowest frame of zooming, T=40" in names
    assert "slowest frame of moving the crosshair, T=2100" in names
    for figure in figures:
        assert figure.value is not None
        assert 0 < figure.value < 60_000
    assert [figure.target for figure in figures[:3]] == [16.7] * 3
    assert [figure.target for figure in figures[3:]] == [33.3, 33.3, 16.7]
    assert said == ["zooming into a head"]


def test_the_slowest_frame_is_of_medians_over_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [[1.0, 5.0, 2.0], [90.0, 6.0, 3.0], [2.0, 7.0, 80.0]]

    def found(*_: object) -> object:
        return {"10": {"zoom": runs, "pan": [[4.0]], "point": [[3.0]]}}

    monkeypatch.setattr(heatmap_frames, "run_child", found)
    figures = list(heatmap_figures(_ignore, 3, (10,)))
    assert [figure.value for figure in figures] == [6.0, 4.0, 3.0]


def test_a_failure_leaves_figures_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> object:
        raise ProbeError("no display")

    monkeypatch.setattr(heatmap_frames, "run_child", fail)
    figures = list(heatmap_figures(_ignore, 1, (10,)))
    assert len(figures) == 3
    assert all(figure.value is None and figure.note == "no display" for figure in figures)


def test_a_child_that_fails_says_why() -> None:
    with pytest.raises(ProbeError, match="No module named"):
        run_child("visualizer.bench.not_there")


def _ignore(_text: str) -> None:
    pass
