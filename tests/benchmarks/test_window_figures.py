"""The window's figures, measured once on the tiny model: they are there, and never a limit."""

from __future__ import annotations

import math

import pytest

from visualizer.bench.window import start_figures, typing_figures

pytest.importorskip("PySide6")


def test_the_window_opens_without_torch_and_the_time_is_known() -> None:
    said: list[str] = []
    (figure,) = start_figures(said.append, 1)
    assert figure.note == ""
    assert figure.value is not None
    assert 0 < figure.value < 600
    assert said == ["opening the window"]


def test_typing_reports_stalls_at_each_length_and_while_the_model_loads() -> None:
    said: list[str] = []
    texts = {3: "There was a", 5: "There was a little dog"}
    options = ["--model", "tiny", "--device", "cpu"]
    figures = list(typing_figures(said.append, options, texts, keys=" who ran"))
    assert [figure.note for figure in figures] == [""] * len(figures)
    values = {figure.name: figure.value for figure in figures}
    for n_tokens in texts:
        longest = values[f"longest stall of the window while typing, T={n_tokens}"]
        usual = values[f"stalls of the window while typing, T={n_tokens}, 99th percentile"]
        answer = values[f"from a key to its bars while typing, T={n_tokens}"]
        assert longest is not None
        assert usual is not None
        assert answer is not None
        assert 0 <= usual <= longest
        assert 0 < answer < 600_000
    stall = values["longest stall of the window while the model loads"]
    assert stall is not None
    assert math.isfinite(stall)
    peak = values["peak memory of the window with its model"]
    assert peak is not None
    assert 100 < peak < 100_000


def test_a_model_that_cannot_be_loaded_leaves_figures_without_values() -> None:
    options = ["--model", "/no/such/model"]
    (figure,) = typing_figures(_ignore, options, {3: "a b c"}, keys="d")
    assert figure.value is None
    assert figure.ok is None
    assert "/no/such/model" in figure.note


def _ignore(_text: str) -> None:
    pass
