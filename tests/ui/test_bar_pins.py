"""The rows under the bars, the line to ask in, the axis, and the change since the last key."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor

from visualizer.engine.errors import VisualizerError
from visualizer.session.asked_tokens import Reading
from visualizer.session.views import BarsView, Candidate, WordPart, WordRow
from visualizer.ui.panels.prediction_panel import PredictionPanel
from visualizer.ui.theme import THEMES, apply_theme
from visualizer.ui.widgets.bar_axis import LEAST_LOG_PROB, BarAxis
from visualizer.ui.widgets.bar_pins import MOST_ROWS
from visualizer.ui.widgets.bar_rows import change_text, percent_text, rank_text

LIGHT = THEMES["light"]


def candidate(rank: int, prob: float, data: bytes = b" step", **values) -> Candidate:
    return Candidate(rank, 100 + rank, data, data.decode(), 20.0 - rank, prob, prob, True, **values)


def view(*rows: Candidate, **values) -> BarsView:
    rest = 1 - sum(row.prob for row in rows)
    first = BarsView(3, "·a", True, rows, rest, rest, 500, 500, 1.0, None, False)
    return replace(first, **{"n_tokens": 4, "query": 3, **values})


def one_token(word: str, prob: float, rank: int = 7, **values) -> WordRow:
    data = word.encode()
    part = WordPart(100 + rank, data, word, prob)
    return WordRow(word, data, word, (part,), prob, candidate(rank, prob, data), **values)


def several(word: str, *probs: float, **values) -> WordRow:
    parts = tuple(WordPart(n, b"x", f"x{n}", prob) for n, prob in enumerate(probs))
    return WordRow(word, word.encode(), word, parts, math.prod(probs), **values)


PLAIN = view(candidate(1, 0.5), candidate(2, 0.25))


@pytest.fixture
def panel(qtbot, qapp) -> PredictionPanel:
    apply_theme(qapp, LIGHT)
    widget = PredictionPanel()
    widget.set_reduced_motion(True)
    qtbot.addWidget(widget)
    widget.resize(560, 460)
    widget.show()
    return widget


def pixels(widget, rect, colour: str) -> list[int]:
    """Columns of a row in which a colour occurs."""
    picture = widget.grab().toImage()
    wanted = QColor(colour)
    return sorted(
        {
            x
            for x in range(rect.left(), rect.right() + 1)
            for y in range(rect.top(), rect.bottom() + 1)
            if picture.pixelColor(x, y) == wanted
        }
    )


def middle(widget, rect, colour: str) -> int:
    """Pixels of a colour along the middle of a row."""
    picture = widget.grab().toImage()
    y, wanted = rect.center().y(), QColor(colour)
    return sum(picture.pixelColor(x, y) == wanted for x in range(rect.width()))


# ------------------------------------------------------------------------------------ the axis


@given(st.floats(0, 1), st.sampled_from(["linear", "log"]))
def test_places_rise_with_probability_and_stay_on_the_axis(prob, kind):
    axis = BarAxis(kind)
    assert 0 <= axis.place(prob) <= 1
    assert axis.place(prob / 2) <= axis.place(prob)
    assert axis.is_below(prob) == (kind == "log" and prob < LEAST_LOG_PROB)


def test_each_line_of_the_logarithmic_axis_is_ten_times_the_one_before():
    axis = BarAxis("log")
    expected = [axis.place(10.0**-n) for n in range(8, -1, -1)]
    np.testing.assert_allclose(axis.lines, expected, atol=1e-12)


@pytest.mark.parametrize("kind", ["linear", "log"])
def test_labels_stand_where_their_number_is(kind):
    axis = BarAxis(kind)
    for place, words in axis.labels:
        number = 1e-6 if words.startswith("10⁻⁶") else float(words.removesuffix(" %"))
        if kind == "log" or place:
            assert axis.place(number / 100) == pytest.approx(place)
        else:
            assert number == 0


def test_nothing_known_has_no_length():
    assert BarAxis("log").place(math.nan) == BarAxis().place(math.nan) == 0
    assert not BarAxis("log").is_below(math.nan)


def test_bars_on_the_logarithmic_axis(panel):
    chart = panel.chart
    panel.set_view(view(candidate(1, 1.0), candidate(2, 1e-4), candidate(3, 1e-12), axis="log"))
    full, half, none = (middle(chart.viewport(), chart.row_rect(n), LIGHT.accent) for n in range(3))
    assert half == pytest.approx(full / 2, abs=2)
    assert none == 0
    bar_left = min(pixels(chart.viewport(), chart.row_rect(0), LIGHT.accent))
    marked = pixels(chart.viewport(), chart.row_rect(2), LIGHT.quiet)
    assert any(bar_left + 2 <= x <= bar_left + 7 for x in marked), "no arrow at the axis' end"


def test_switching_the_axis_does_not_glide(panel):
    panel.set_reduced_motion(False)
    panel.set_view(PLAIN)
    panel.set_view(replace(PLAIN, axis="log"))
    assert not panel.chart.is_moving()


# ---------------------------------------------------------------------------------- the change


def test_strokes_mark_where_the_bar_ended_before(panel):
    chart = panel.chart
    panel.set_view(PLAIN)
    row = chart.row_rect(1)
    panel.set_view(replace(PLAIN, old_probs=np.array([0.25, 0.5]), rest_old_prob=0.25))
    assert pixels(chart.viewport(), row, LIGHT.query) == []  # that hue is the row that looks
    upper = QRect(row.left(), row.top() + 1, 300, 3)  # left of the numbers
    strokes = pixels(chart.viewport(), upper, LIGHT.ink)
    end = max(pixels(chart.viewport(), chart.row_rect(0), LIGHT.accent))  # 0.5
    assert len(strokes) == 2
    assert abs(strokes[0] - end) <= 2
    tip = dict(chart.tooltip_rows(1))
    assert (tip["before the change"], tip["change"]) == ("0.5", "−0.25")
    assert dict(chart.tooltip_rows(2))["change"] == "+0"
    panel.set_view(PLAIN)
    assert "change" not in dict(chart.tooltip_rows(0))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (None, 0.5, ""),
        (math.nan, 0.5, ""),
        (0.5, math.nan, ""),
        (0.5, 0.623, "+12.3"),
        (0.5, 0.4, "−10.0"),
        (0.5, 0.5, "±0.0"),
        (0.5, 0.5001, "+0.0"),
        (0.5001, 0.5, "−0.0"),
        (0.0, 1.0, "+100.0"),
    ],
)
def test_changes(old, new, text):
    assert change_text(old, new) == text


def test_small_numbers_and_large_ranks():
    texts = {0.5: "50.0 %", 1e-5: "0.001 %", 3.2e-9: "3·10⁻⁷ %", 0.0: "0 %", 1e-300: "1·10⁻²⁹⁸ %"}
    assert {prob: percent_text(prob) for prob in texts} == texts
    assert percent_text(math.nan) == "–"
    assert [rank_text(n) for n in (1, 49_152, 151_936)] == ["1", "49152", ">151k"]


# ------------------------------------------------------------------------------------ the rows


def test_the_rows_are_in_the_columns_of_the_chart(qtbot, panel):
    panel.set_view(view(candidate(1, 0.5), words=(one_token(" walk", 0.5),)))
    chart, pins = panel.chart, panel.pins
    above = pixels(chart.viewport(), chart.row_rect(0), LIGHT.accent)
    assert pixels(pins, pins.row_rect(0), LIGHT.accent) == above
    many = tuple(candidate(n, 0.001) for n in range(1, 100))
    panel.set_view(view(candidate(1, 0.5), *many, words=(one_token(" walk", 0.5),)))
    qtbot.waitUntil(chart.verticalScrollBar().isVisible)
    above = pixels(chart.viewport(), chart.row_rect(0), LIGHT.accent)
    assert pixels(pins, pins.row_rect(0), LIGHT.accent) == above


def test_a_word_of_several_tokens_is_told_step_by_step(panel):
    panel.set_view(replace(PLAIN, words=(several("lazy", 0.5, 0.25, old_prob=0.25),)))
    tip = dict(panel.pins.tooltip_rows(0))
    assert tip["probability"] == "0.125"
    assert tip["step by step"] == "x0 50.0 % × x1 25.0 %"
    assert tip["change"] == "−0.125"
    length = middle(panel.pins, panel.pins.row_rect(0), LIGHT.accent)
    whole = middle(panel.chart.viewport(), panel.chart.row_rect(0), LIGHT.accent) / 0.5
    assert length == pytest.approx(whole / 8, abs=2)


def test_a_long_word_is_cut_in_words(panel):
    panel.set_view(replace(PLAIN, words=(several("long", *[0.5] * 40),)))
    assert dict(panel.pins.tooltip_rows(0))["step by step"].endswith("× and 28 more")


def test_a_word_that_is_not_known_says_why(panel):
    reason = VisualizerError("{architecture} cannot.", architecture="mamba")
    rows = (
        several("a", 0.5, math.nan, problem=reason),
        several("b", 0.5, math.nan, awaited=True),
        WordRow("#999", b"#999", "#999", (), math.nan, problem=reason),
    )
    panel.set_view(replace(PLAIN, words=rows))
    first, second, third = (dict(panel.pins.tooltip_rows(n)) for n in range(3))
    assert first["not known"] == third["not known"] == "mamba cannot."
    assert second["probability"] == "being computed"
    assert "probability" not in first
    for place in range(3):
        assert middle(panel.pins, panel.pins.row_rect(place), LIGHT.accent) == 0


def test_what_removed_a_token_is_said(panel):
    row = replace(candidate(1, 0.5), kept=False, sampled_prob=0.0, removed_by="top_k")
    panel.set_view(replace(PLAIN, shaped=True, candidates=(row,)))
    assert dict(panel.chart.tooltip_rows(0))["after sampling"] == "removed by top-k"


def test_a_row_is_removed_by_its_cross_and_chosen_elsewhere(qtbot, panel):
    words = (one_token(" walk", 0.1, rank=9), several("lazy", 0.5, 0.5))
    panel.set_view(replace(PLAIN, words=words, actual=candidate(4, 0.01), actual_id=104))
    pins = panel.pins
    removed: list[str] = []
    chosen: list[int] = []
    appended: list[int] = []
    panel.word_removed.connect(removed.append)
    panel.candidate_selected.connect(chosen.append)
    panel.candidate_activated.connect(appended.append)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(pins, left, pos=pins.cross_rect(0).center())  # what came cannot be removed
    qtbot.mouseClick(pins, left, pos=pins.row_rect(1).center())
    qtbot.mouseDClick(pins, left, pos=pins.row_rect(1).center())
    qtbot.mouseClick(pins, left, pos=pins.row_rect(2).center())  # several tokens are no candidate
    assert (removed, chosen, appended) == ([], [104, 109], [109])
    qtbot.mouseClick(pins, left, pos=pins.cross_rect(2).center())
    qtbot.keyClick(pins, Qt.Key.Key_Home)
    qtbot.keyClick(pins, Qt.Key.Key_Delete)
    assert removed == ["lazy"]


def test_more_rows_than_are_shown_are_reached_by_keys(qtbot, panel):
    words = tuple(one_token(f"w{n}", 0.1, rank=n + 1) for n in range(MOST_ROWS + 3))
    panel.set_view(replace(PLAIN, words=words))
    pins = panel.pins
    assert pins.height() <= (MOST_ROWS + 1) * panel.chart.row_px
    assert pins.row_at(QPoint(200, pins.height() - 3)) == MOST_ROWS + 2, "the newest is in sight"
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(pins, key)
    assert pins.row_at(QPoint(200, 10)) == 0
    panel.set_view(replace(PLAIN, words=words[:2]))
    assert pins.row_at(QPoint(200, 10)) == 0
    assert pins.row_at(QPoint(200, pins.height() + 40)) is None


@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("width", [560, 240, 60])
def test_odd_rows_are_drawn(qtbot, qapp, panel, theme, width):
    rows = (
        several("词", 1e-9, 1e-9, old_prob=0.5),
        one_token("🙂", 0.0),
        one_token(" x", 1.0, old_prob=0.0),
        WordRow("#1", b"", "", (), math.nan),
    )
    apply_theme(qapp, THEMES[theme])
    panel.resize(width, 300)
    with qtbot.capture_exceptions() as errors:
        for axis in ("linear", "log"):
            for stale in (False, True):
                panel.set_view(replace(PLAIN, words=rows, axis=axis, stale=stale))
                panel.grab()
    apply_theme(qapp, LIGHT)
    assert not errors


# ------------------------------------------------------------------------------------ the line


def test_keys_choose_among_readings(qtbot, panel):
    asked: list[str] = []
    panel.word_asked.connect(asked.append)
    panel.ask()
    entry = panel.entry
    readings = (Reading(" a", ("·a",), (1,)), Reading("a", ("a",), (2,)))
    for keys, expected in (((Qt.Key.Key_Down,), "a"), ((Qt.Key.Key_Down, Qt.Key.Key_Up), " a")):
        qtbot.keyClicks(entry, "a")
        panel.set_readings(readings)
        for key in keys:
            qtbot.keyClick(entry, key)
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        assert asked[-1] == expected
    qtbot.keyClicks(entry, "a")
    panel.set_readings(readings)
    item = entry.choices.item(1)
    place = entry.choices.visualItemRect(item).center()
    qtbot.mouseClick(entry.choices.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked[2:] == ["a"]


def test_nothing_is_asked_where_nothing_is_meant(qtbot, panel):
    panel.ask()
    entry = panel.entry
    with qtbot.assertNotEmitted(panel.word_asked):
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        qtbot.keyClicks(entry, "#9")
        panel.set_readings((Reading("#9", (), (), VisualizerError("There is no 9.")),))
        assert entry.choices.item(0).text() == "There is no 9."
        qtbot.keyClick(entry, Qt.Key.Key_Return)
        qtbot.keyClick(entry, Qt.Key.Key_Escape)
    assert entry.text() == ""
    assert not entry.choices.isVisible()


def test_the_list_lies_within_the_panel_above_the_line(qtbot, panel):
    panel.set_view(PLAIN)
    panel.ask()
    qtbot.keyClicks(panel.entry, "x")
    panel.set_readings(tuple(Reading(f"w{n}", ("w",), (n,)) for n in range(3)))
    choices = panel.entry.choices
    assert panel.rect().contains(choices.geometry())
    assert choices.geometry().bottom() < panel.entry.geometry().top()
    panel.chart.setFocus()
    assert not choices.isVisible()
