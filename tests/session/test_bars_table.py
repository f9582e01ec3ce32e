"""The table of bars with what was asked for and what was likely before."""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from visualizer.session.export_tables import Origin, bars_table
from visualizer.session.views import BarsView, Candidate, WordPart, WordRow


def row(rank: int, prob: float) -> Candidate:
    return Candidate(rank, 100 + rank, b" a", "·a", -float(rank), prob, prob / 2, True)


def view(**values) -> BarsView:
    rows = (row(1, 0.5), row(2, 0.25))
    return BarsView(3, "·x", True, rows, 0.25, 0.125, 9, 9, 1.0, None, False, **values)


def lines(bars: BarsView) -> list[list[str]]:
    text = bars_table(bars, Origin("model")).csv()
    return [line for line in csv.reader(io.StringIO(text)) if line and line[0][:1] != "#"]


def test_words_follow_everything_else():
    parts = tuple(WordPart(n, b"x", "x", 0.5) for n in (1, 2))
    words = (
        WordRow("z", b" a", "·a", parts[:1], 0.01, row(7, 0.01)),
        WordRow("xx", b"xx", "xx", parts, 0.25),
        WordRow("xx", b"xx", "xx", parts, math.nan, awaited=True),
    )
    head, *rows = lines(view(words=words))
    assert head[-1] == "kept"
    assert [line[2] for line in rows] == ["·a", "·a", "everything else", "·a", "xx", "xx"]
    assert rows[3][:2] == ["7", "107"]
    assert rows[4][5] == "0.25"
    assert rows[4][0] == rows[4][1] == rows[4][4] == rows[5][5] == ""
    assert sum(float(line[5]) for line in rows[:3]) == 1


def test_what_was_likely_before_has_a_column_where_it_is_known():
    word = WordRow("z", b"z", "z", (), math.nan, old_prob=0.125)
    head, *rows = lines(view(old_probs=np.array([0.1, 0.2]), rest_old_prob=0.7, words=(word,)))
    assert head[-1] == "old_prob"
    assert [float(line[-1]) for line in rows] == [0.1, 0.2, 0.7, 0.125]
