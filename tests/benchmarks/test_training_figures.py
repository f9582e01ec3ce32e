"""The figures of the lesson on training, measured once, and where they cannot be had."""

from __future__ import annotations

import pytest

from visualizer.bench import training_speed
from visualizer.bench.child import ProbeError
from visualizer.bench.training_speed import training_figures
from visualizer.lessons.training_settings import TrainingSettings

pytest.importorskip("PySide6")


def test_both_are_timed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    said: list[str] = []
    figures = list(training_figures(said.append, 1, 1))
    assert [figure.note for figure in figures] == [""] * 5
    ratio, ours, theirs, stall, _ = figures
    assert ratio.value == pytest.approx(ours.value / theirs.value)  # type: ignore[operator]
    assert ratio.target == pytest.approx(1.111, abs=1e-3)
    assert stall.target == 50.0
    assert all(figure.value is not None and figure.value > 0 for figure in figures[:4])
    assert said == ["training in the lesson and as a bare script"]


def test_the_ratio_is_that_of_the_whole_times(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*_: object, **__: object) -> object:
        return {"ours_s": [1.0, 4.0], "theirs_s": [1.0, 1.0], "late_ms": [1.0, 7.0]}

    monkeypatch.setattr(training_speed, "run_child", found)
    figures = list(training_figures(print, 2, 10))
    assert [figure.value for figure in figures] == [2.5, 250.0, 100.0, 7.0, 7.0]


TOO_FEW = {"ours_s": [], "theirs_s": [], "late_ms": []}
BROKEN = {"ours_s": [1], "theirs_s": [1], "error": "full disk"}


@pytest.mark.parametrize("answer", [None, TOO_FEW, BROKEN])
def test_a_failure_leaves_figures_without_values(
    monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    def give(*_: object, **__: object) -> object:
        if answer is None:
            raise ProbeError("no display")
        return answer

    monkeypatch.setattr(training_speed, "run_child", give)
    figures = list(training_figures(print, 1))
    assert [figure.value for figure in figures] == [None, None]
    assert all(figure.note for figure in figures)


def test_the_bare_script_is_of_the_tutorials_size() -> None:
    bare = pytest.importorskip("visualizer.bench.bare_training")
    tutorial = TrainingSettings()
    model = bare.TransformerModel()
    n = sum(parameter.numel() for parameter in model.parameters())
    assert n == tutorial.n_parameters(bare.VOCABULARY)
    assert tutorial.batch == bare.BATCH
    assert tutorial.length == bare.LENGTH
    assert tutorial.learning_rate == bare.RATE
