"""The bars: rows, lengths, motion, and what they report."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from visualizer.engine.tokenization import display_text
from visualizer.session.views import BarsView, Candidate, WordRow
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.bar_axis import BarAxis
from visualizer.ui.widgets.bar_chart import BarChart, _with_rows
from visualizer.ui.widgets.bar_rows import logit_text, percent_text

ACCENT = QColor(THEMES["light"].accent)
WORDS = (b" step", b" decision", b" walk", b"\n", b"\xe4\xbb", "大模型".encode(), b"<|end|>")


def candidate(rank: int, prob: float, sampled: float | None = None, **values) -> Candidate:
    data = WORDS[(rank - 1) % len(WORDS)]
    kept = sampled is None or sampled > 0
    values = {"text": display_text(data), "kept": kept, **values}
    return Candidate(
        rank=rank,
        token_id=1000 + rank,
        data=data,
        logit=20.0 - rank,
        prob=prob,
        sampled_prob=prob if sampled is None else sampled,
        **values,
    )


def bars(*rows: Candidate, **values) -> BarsView:
    values = {
        "position": 9,
        "position_text": "·single",
        "is_last": True,
        "rest_prob": 1 - sum(row.prob for row in rows),
        "rest_sampled_prob": 1 - sum(row.sampled_prob for row in rows),
        "n_kept": 49_152,
        "vocabulary_size": 49_152,
        "entropy_bits": 1.13,
        "actual_id": None,
        "shaped": False,
        **values,
    }
    return BarsView(candidates=rows, **values)


PLAIN = bars(candidate(1, 0.5), candidate(2, 0.25), candidate(3, 0.125))
SHAPED = bars(
    candidate(1, 0.5, 0.8),
    candidate(2, 0.25, 0.2),
    candidate(3, 0.125, 0.0),
    rest_sampled_prob=0.0,
    n_kept=2,
    shaped=True,
)


@pytest.fixture
def chart(qtbot, qapp) -> BarChart:
    apply_theme(qapp, THEMES["light"])
    widget = BarChart()
    widget.set_reduced_motion(True)
    qtbot.addWidget(widget)
    widget.resize(400, 260)
    widget.show()
    return widget


def bar_length(chart: BarChart, row: int) -> int:
    """Pixels of the accent colour in a row."""
    picture = chart.viewport().grab().toImage()
    y = chart.row_rect(row).center().y()
    return sum(picture.pixelColor(x, y) == ACCENT for x in range(picture.width()))


def test_bars_are_as_long_as_their_probability(chart):
    chart.set_view(PLAIN)
    lengths = [bar_length(chart, row) for row in range(3)]
    full = lengths[0] / 0.5
    assert full > 80
    np.testing.assert_allclose(lengths, [full / 2, full / 4, full / 8], atol=4)


def test_the_scale_is_the_same_for_every_view(chart):
    chart.set_view(PLAIN)
    before = bar_length(chart, 1)
    chart.set_view(bars(candidate(1, 0.26), candidate(2, 0.25)))
    assert bar_length(chart, 1) == before


def test_shaped_bars_show_the_probability_after_and_mark_the_one_before(chart):
    chart.set_view(PLAIN)
    before = bar_length(chart, 0)
    chart.set_view(SHAPED)
    assert bar_length(chart, 0) > 1.4 * before
    tick = QColor(THEMES["light"].ink)
    picture = chart.viewport().grab().toImage()
    rect = chart.row_rect(1)
    inked = [x for x in range(150, 330) if picture.pixelColor(x, rect.top() + 3) == tick]
    assert 1 <= len(inked) <= 3


def test_a_removed_candidate_keeps_its_place_in_grey(chart):
    chart.set_view(SHAPED)
    assert bar_length(chart, 2) == 0
    picture = chart.viewport().grab().toImage()
    rect = chart.row_rect(2)
    grey = QColor(THEMES["light"].removed)
    row = [
        picture.pixelColor(x, y) for x in range(150, 330) for y in range(rect.top(), rect.bottom())
    ]
    assert row.count(grey) > 10
    assert dict(chart.tooltip_rows(2))["after sampling"] == "removed"
    assert dict(chart.tooltip_rows(2))["probability"] == "0.125"


def test_tooltip_holds_every_number(chart):
    chart.set_view(replace(SHAPED, actual_id=1001))
    rows = dict(chart.tooltip_rows(0))
    assert rows["token"] == "·step"
    assert rows["rank"] == "1"
    assert rows["probability"] == "0.5"
    assert rows["log-probability"] == "−0.6931"
    assert rows["logit"] == "19.0000"
    assert rows["after sampling"] == "0.8"
    assert rows["id"] == "1001"
    assert rows["bytes"] == "20 73 74 65 70"
    assert "really came" in rows["text"]
    assert "text" not in dict(chart.tooltip_rows(1))


def test_everything_else_is_counted(chart):
    chart.set_view(SHAPED)
    rows = dict(chart.tooltip_rows(3))
    assert rows["everything else"] == "49,149 tokens"
    assert rows["probability"] == "0.125"
    assert rows["after sampling"] == "0"
    assert rows["can be drawn"] == "0 of them"


def test_clicking_a_row_selects_it_and_double_click_appends_it(qtbot, chart):
    chart.set_view(PLAIN)
    with qtbot.waitSignal(chart.candidate_selected) as caught:
        qtbot.mouseClick(
            chart.viewport(), Qt.MouseButton.LeftButton, pos=chart.row_rect(1).center()
        )
    assert caught.args == [1002]
    assert chart.selected_id() == 1002
    with qtbot.waitSignal(chart.candidate_activated) as caught:
        qtbot.mouseDClick(
            chart.viewport(), Qt.MouseButton.LeftButton, pos=chart.row_rect(2).center()
        )
    assert caught.args == [1003]


def test_everything_else_cannot_be_appended(qtbot, chart):
    chart.set_view(PLAIN)
    with qtbot.assertNotEmitted(chart.candidate_activated):
        qtbot.mouseDClick(
            chart.viewport(), Qt.MouseButton.LeftButton, pos=chart.row_rect(3).center()
        )


def test_keys_walk_the_rows_and_enter_appends(qtbot, chart):
    chart.set_view(PLAIN)
    chosen: list[int] = []
    appended: list[int] = []
    chart.candidate_selected.connect(chosen.append)
    chart.candidate_activated.connect(appended.append)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert not appended, "nothing was selected"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Down):
        qtbot.keyClick(chart, key)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    qtbot.keyClick(chart, Qt.Key.Key_Enter)
    assert chosen == [1001, 1002, 1003, 1001]
    assert appended == [1003, 1001]
    assert "rank 1" in chart.accessibleDescription()


def test_a_selected_candidate_that_is_gone_is_not_appended(qtbot, chart):
    chart.set_view(PLAIN)
    qtbot.keyClick(chart, Qt.Key.Key_End)
    chart.set_view(bars(candidate(1, 0.9)))
    with qtbot.assertNotEmitted(chart.candidate_activated):
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert "No candidate" in chart.accessibleDescription()


def test_many_rows_scroll_and_only_those_in_sight_are_painted(qtbot, chart):
    chart.set_view(bars(*(candidate(rank, 0.001) for rank in range(1, 501))))
    chart.grab()
    assert 5 < chart.painted_rows < 20
    qtbot.keyClick(chart, Qt.Key.Key_End)
    assert chart.viewport().rect().contains(chart.row_rect(499))
    chart.verticalScrollBar().setValue(chart.verticalScrollBar().maximum())
    assert chart.viewport().rect().contains(chart.row_rect(500)), "everything else is out of reach"
    chart.grab()
    assert chart.painted_rows < 20


def test_row_under_the_pointer_is_the_row_that_is_drawn(chart):
    chart.set_view(PLAIN)
    for row in range(4):
        assert chart.row_at(chart.row_rect(row).center()) == row
    assert chart.row_at(QPoint(10, 250)) is None


def test_bars_glide_to_their_new_length_and_stop(qtbot, chart):
    chart.set_reduced_motion(False)
    chart.set_view(PLAIN)
    assert not chart.is_moving(), "the first bars are simply there"
    old = bar_length(chart, 0)
    chart.set_view(bars(candidate(1, 0.9)))
    assert chart.is_moving()
    assert bar_length(chart, 0) < 1.5 * old
    qtbot.waitUntil(lambda: not chart.is_moving(), timeout=2000)
    assert bar_length(chart, 0) == pytest.approx(1.8 * old, abs=3)


def test_numbers_do_not_wait_for_the_glide(chart):
    chart.set_reduced_motion(False)
    chart.set_view(PLAIN)
    chart.set_view(bars(candidate(1, 0.9)))
    assert chart.is_moving()
    assert dict(chart.tooltip_rows(0))["probability"] == "0.9"


def test_a_glide_that_is_cut_short_goes_on_from_where_it_was(chart):
    chart.set_reduced_motion(False)
    chart.set_view(PLAIN)
    chart.set_view(bars(candidate(1, 0.9), candidate(2, 0.05)))
    chart.set_view(bars(candidate(1, 0.1), candidate(2, 0.8), candidate(3, 0.1)))
    assert chart.is_moving()
    chart.grab()


@pytest.mark.parametrize("how", ["reduced", "hidden", "hidden meanwhile"])
def test_nothing_moves_where_motion_is_not_wanted(chart, how):
    chart.set_reduced_motion(how == "reduced")
    chart.set_view(PLAIN)
    if how == "hidden":
        chart.hide()
    chart.set_view(bars(candidate(1, 0.9)))
    if how == "hidden meanwhile":
        chart.hide()
    assert not chart.is_moving()


def test_stale_bars_are_dimmed(chart):
    chart.set_view(PLAIN)
    fresh = chart.viewport().grab().toImage()
    chart.set_view(replace(PLAIN, stale=True))
    assert bar_length(chart, 0) == 0, "the full colour is for what is current"
    chart.set_view(PLAIN)
    assert chart.viewport().grab().toImage() == fresh


def test_percentages():
    expected = {
        1.0: "100.0 %",
        0.99999: ">99.9 %",
        0.7829: "78.3 %",
        0.001: "0.1 %",
        0.0004: "0.04 %",
        0.00004: "0.004 %",
        1e-9: "1·10⁻⁷ %",
        0.0: "0 %",
    }
    assert {prob: percent_text(prob) for prob in expected} == expected
    assert percent_text(math.nan) == "–"


@given(st.floats(0, 1))
def test_a_percentage_never_pretends(prob):
    text = percent_text(prob)
    assert (text == "0 %") == (prob == 0)
    assert (text == "100.0 %") == (prob == 1)
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    if "·" in text:
        shown = float(text.removesuffix(" %").replace("·10", "e").translate(digits))
        assert shown == pytest.approx(100 * prob, rel=0.34)
    elif not text.startswith(">"):
        shown = float(text.removesuffix(" %"))
        assert shown == pytest.approx(100 * prob, rel=0.06, abs=0.0501 if prob > 0.00099 else 0)


@pytest.mark.parametrize(
    "view",
    [
        None,
        bars(),
        bars(candidate(1, 1.0), rest_prob=0.0),
        bars(candidate(1, math.nan), rest_prob=math.nan, rest_sampled_prob=math.nan),
        bars(candidate(1, 1e-300)),
        bars(*(candidate(rank, 0.0, 0.0) for rank in range(1, 8)), shaped=True, n_kept=0),
        replace(SHAPED, actual_id=7, is_last=False, stale=True),
        bars(candidate(1, 0.5, is_special=True), actual_id=1001),
    ],
)
def test_odd_views_are_drawn_in_both_themes(qtbot, qapp, chart, view):
    with qtbot.capture_exceptions() as errors:
        for theme in THEMES.values():
            apply_theme(qapp, theme)
            for size in ((400, 260), (60, 40)):
                chart.resize(*size)
                chart.set_view(view)
                chart.grab()
    apply_theme(qapp, THEMES["light"])
    assert not errors


def test_every_row_shows_its_logit(chart, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "visualizer.ui.widgets.bar_rows.logit_text", lambda logit: drawn.append(logit) or "x"
    )
    chart.set_view(PLAIN)
    chart.viewport().grab()
    assert drawn == [c.logit for c in PLAIN.candidates]


def test_a_logit_has_two_digits_and_a_real_minus():
    assert [logit_text(x) for x in (17.371, 0.0, -3.456)] == ["17.37", "0.00", "−3.46"]


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({}, 0.05),
        ({"actual": candidate(9, 0.3)}, 0.5),
        ({"actual": candidate(9, 0.3), "axis": "linear"}, 1.0),
        ({"old_probs": np.array([0.04, 0.051])}, 0.1),
        ({"old_probs": np.array([0.04, 0.051]), "shaped": True}, 0.05),
        ({"words": (WordRow(" z", b" z", "·z", (), prob=0.2),)}, 0.25),
        ({"words": (WordRow(" z", b" z", "·z", (), prob=math.nan, old_prob=0.99),)}, 1.0),
    ],
)
def test_the_axis_ends_above_the_longest_bar_on_show(values, end):
    view = bars(candidate(1, 0.05), candidate(2, 0.03), **{"axis": "fit", **values})
    assert view.axis_end == end


@given(st.floats(0, 1))
def test_no_bar_of_a_candidate_is_cut_and_none_is_a_sliver(prob):
    view = bars(candidate(1, prob), axis="fit")
    assert not BarAxis("fit", view.axis_end).is_beyond(prob)
    assert view.axis_end == 0.05 or BarAxis("fit", view.axis_end).place(prob) >= 0.4


def test_lengths_are_on_the_axis_and_what_is_longer_has_an_arrow(chart):
    view = bars(candidate(1, 0.2), candidate(2, 0.1), axis="fit")
    chart.set_view(view)
    first, second, rest = chart._lengths()
    assert (first, second, rest) == pytest.approx((0.8, 0.4, 1.0))
    with_arrow = chart.viewport().grab().toImage()
    chart.set_view(replace(view, rest_sampled_prob=0.25))
    assert chart.viewport().grab().toImage() != with_arrow


def test_columns_stay_and_everything_else_stays_in_sight_when_rows_scroll(qtbot, chart):
    chart.resize(400, 6 * chart.row_px)
    chart.set_view(PLAIN)
    width, header = chart.row_rect(0).width(), chart._header.grab().toImage()
    many = bars(*(candidate(n, 0.5 / 2**n) for n in range(1, 30)))
    chart.set_view(many)
    qtbot.waitUntil(chart.verticalScrollBar().isVisible)
    assert chart.row_rect(0).width() == width
    assert chart._header.grab().toImage() == header
    rest = chart.row_rect(len(many.candidates))
    assert chart.viewport().rect().contains(rest)
    assert chart.row_at(rest.center()) == len(many.candidates)
    qtbot.keyClick(chart, Qt.Key.Key_End)
    last = chart.row_rect(len(many.candidates) - 1)
    assert last.top() >= 0
    assert last.bottom() < rest.top()


def test_more_rows_begin_at_nothing_and_everything_else_stays_itself():
    rows = _with_rows(np.array([0.5, 0.3, 0.9]), 5)
    assert rows.tolist() == [0.5, 0.3, 0.0, 0.0, 0.9]
    assert _with_rows(rows, 3).tolist() == [0.5, 0.3, 0.9]
