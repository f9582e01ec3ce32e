"""Columns are straight in a terminal, whatever the script."""

from __future__ import annotations

import pytest

from visualizer.commands.tables import bar, display_width, table


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("大模型", 6), ("e\u0301", 1), ("ｆ", 2), ("ア", 2), ("⟨E4 BB⟩", 7)],
)
def test_width(text, width):
    assert display_width(text) == width


def test_columns_are_straight():
    rows = [("1", "大", "x"), ("10", "abc", "yy")]
    lines = table(("#", "token", "v"), rows, "><>").splitlines()
    assert lines == [" #  token   v", " 1  大      x", "10  abc    yy"]
    assert len({display_width(line) for line in lines}) == 1


def test_bar():
    assert bar(0) == ""
    assert bar(1) == "█" * 20
    assert bar(0.5, 4) == "██"
    assert bar(1 / 32, 4) == "▏"
    assert bar(0.75, 1) == "▊"
