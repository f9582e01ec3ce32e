"""`visualizer bench`: its schema, its table, and what it does where something cannot be had."""

from __future__ import annotations

import json
import math

import pytest

from visualizer.bench import child, window
from visualizer.cli import main
from visualizer.commands import bench

FEW = ["bench", "--model", "tiny", "--device", "cpu", "--repeats", "1", "--no-window"]


def test_json_has_the_documented_schema_and_nothing_else_is_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*FEW, "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert list(report) == ["machine", "model", "figures"]
    assert report["model"] == "tiny"
    assert report["machine"]["cores"] >= 1
    assert len(report["figures"]) > 20
    for figure in report["figures"]:
        assert list(figure) == ["name", "value", "unit", "target", "ok"]
        assert math.isfinite(figure["value"])
        met = None if figure["target"] is None else figure["value"] <= figure["target"]
        assert figure["ok"] is met
    assert "bench: edit of 1 at 64 tokens" in err


def test_the_table_has_the_same_figures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "_figures", _two_figures)
    assert main(FEW) == 0
    out, err = capsys.readouterr()
    assert "one      1.00  x          2  ok" in out.splitlines()
    assert "other       -  ms         5  no display" in out.splitlines()
    assert "bench: other: no display" in err


def _two_figures(*_: object) -> list[bench.Figure]:
    return [
        bench.Figure("one", 1.0, "x", 2.0),
        bench.Figure("other", None, "ms", 5.0, "no display"),
    ]


def test_an_unknown_model_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model", "no such model", "--offline"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "no such model" in err


@pytest.mark.parametrize("repeats", ["0", "-1", "many"])
def test_a_number_of_repeats_below_one_is_refused(
    repeats: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--repeats", repeats]) == 2
    assert "--repeats" in capsys.readouterr().err


def test_a_window_that_cannot_be_opened_leaves_figures_without_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child.sys, "executable", "/no/such/program")
    figures = [*window.start_figures(_ignore, 1), *window.typing_figures(_ignore, [], {64: "a"})]
    assert [figure.value for figure in figures] == [None, None]
    assert [figure.target for figure in figures] == [1.5, 50.0]
    assert all(figure.note and figure.ok is None for figure in figures)


def _ignore(_text: str) -> None:
    pass
