"""Curves: axes and their marks, decimation, names, reading, the keyboard, and figures."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor

from visualizer.ui.figure_files import Figure, figure_bytes
from visualizer.ui.figure_parts import PRINT
from visualizer.ui.theme import DARK, LIGHT, apply_theme
from visualizer.ui.widgets.attention_image import luminance
from visualizer.ui.widgets.chart_axis import ChartAxis, fitting_axis, nice_step, value_text
from visualizer.ui.widgets.chart_layout import decimated
from visualizer.ui.widgets.chart_painting import reading_rows, series_hue, series_pen
from visualizer.ui.widgets.line_chart import Chart, LineChart, Series, chart_size, paint_chart


def make_series(name="loss", n=5, style="line"):
    x = np.arange(1, n + 1, dtype=np.float64)
    return Series(name, x, 10.0 / x, style)


def make_chart(*series, **more):
    return Chart(series or (make_series(),), "step", "loss (nats)", **more)


@pytest.fixture
def view(qtbot):
    view = LineChart(title="Loss")
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.set_chart(make_chart())
    view.show()
    return view


# ------------------------------------------------------------------------------------ the axis


@pytest.mark.parametrize(
    ("rough", "step"), [(0.9, 1), (1, 1), (1.1, 2), (3, 5), (6, 10), (0.03, 0.05), (230, 500)]
)
def test_steps_are_1_2_and_5_times_a_power_of_ten(rough, step):
    assert nice_step(rough) == pytest.approx(step)


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (ChartAxis(0, 1), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (ChartAxis(-1.2, 1.1), ["−1.0", "−0.5", "0", "0.5", "1.0"]),
        (ChartAxis(0, 10_000), ["0", "2,000", "4,000", "6,000", "8,000", "10,000"]),
        (ChartAxis(1, 3, is_whole=True), ["1", "2", "3"]),
        (ChartAxis(0.01, 1000, True), ["0.01", "0.1", "1", "10", "100", "1,000"]),
        (ChartAxis(1, 1e300, True), ["1", "10⁶⁰", "10¹²⁰", "10¹⁸⁰", "10²⁴⁰", "10³⁰⁰"]),
        (ChartAxis(1, 30, True), ["1", "2", "5", "10", "20"]),
        (ChartAxis(0, 4e-8), ["0", "10⁻⁸", "2·10⁻⁸", "3·10⁻⁸", "4·10⁻⁸"]),
    ],
)
def test_marks_of_an_axis(axis, texts):
    assert [text for _, text in axis.ticks(6)] == texts


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1.0, 3.7, 1e12, 1e298])
@pytest.mark.parametrize("most", [1, 2, 5, 10])
def test_marks_lie_on_the_axis_and_are_few(is_log, scale, most):
    axis = ChartAxis(scale, scale * 97, is_log)
    ticks = axis.ticks(most)
    assert len(ticks) <= most + 2 or (is_log and len(ticks) <= 7)
    assert all(-1e-6 <= axis.place(value) <= 1 + 1e-6 for value, _ in ticks)
    assert [value for value, _ in ticks] == sorted({value for value, _ in ticks})


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize(
    "values",
    [[], [3.0], [0.0], [-5.0, -5.0], [np.nan], [np.inf, 1.0], [1e308, -1e308, 2.0], [5e-324]],
)
def test_an_axis_for_any_values(values, is_log):
    axis = fitting_axis(np.array(values, dtype=np.float64), is_log=is_log, is_padded=True)
    assert -math.inf < axis.low < axis.high < math.inf
    assert axis.low > 0 or not is_log
    axis.ticks(5)


def test_places_and_values_are_each_others_inverse():
    for axis in (ChartAxis(-3, 9), ChartAxis(0.01, 1e6, True)):
        for place in (0.0, 0.3, 1.0):
            assert axis.place(axis.value(place)) == pytest.approx(place)
    assert np.isnan(ChartAxis(1, 10, True).places(np.array([0.0, -1.0, np.nan]))).all()


def test_numbers_in_words():
    texts = [value_text(v) for v in (0.0, 3.0, 1234.0, 0.12345, -2.5, 1.5e-7, np.nan, np.inf)]
    assert texts == ["0", "3", "1,234", "0.1235", "−2.500", "1.5·10⁻⁷", "–", "∞"]


# ------------------------------------------------------------------------------- decimation


def test_a_long_curve_keeps_its_extremes_in_every_column():
    x = np.linspace(0, 99.99, 10_000)
    y = np.random.default_rng(1).normal(0, 10, x.size)
    (line,) = decimated(x, y, 100)
    assert len(line) <= 400
    for column in range(100):
        of_all = y[np.floor(x) == column]
        kept = line[np.floor(line[:, 0]) == column][:, 1]
        assert (kept.min(), kept.max()) == (of_all.min(), of_all.max())
        assert (kept[0], kept[-1]) == (of_all[0], of_all[-1])


def test_gaps_stay_gaps_and_short_curves_are_as_they_are():
    y = np.array([1.0, 2.0, np.nan, 4.0, np.nan, 6.0, 7.0])
    lines = decimated(np.arange(7.0), y, 100)
    assert [line[:, 1].tolist() for line in lines] == [[1, 2], [4], [6, 7]]
    assert decimated(np.arange(3.0), np.full(3, np.nan), 100) == []
    x = np.arange(10_000.0) / 100
    y = np.where((x > 40) & (x < 60), np.nan, x)
    assert [line[0, 1] for line in decimated(x, y, 100)] == [0.0, 60.0]
    y = x.copy()
    y[5050] = np.nan  # within one column of pixels
    first, second = decimated(x, y, 100)
    assert (first[-1, 1], second[0, 1]) == (x[5049], x[5051])


# ------------------------------------------------------------------------------- the chart


def test_x_and_y_of_different_length_are_refused():
    with pytest.raises(ValueError, match="not of the same length"):
        Series("a", np.zeros(2), np.zeros(3))


@pytest.mark.parametrize("theme", [LIGHT, DARK, PRINT], ids=lambda theme: theme.name)
def test_curves_stand_out_and_no_two_differ_by_hue_alone(theme):
    paper = luminance(np.array([QColor(theme.paper).getRgbF()[:3]]))[0]
    for index in range(6):
        lit = luminance(np.array([series_hue(theme, index).getRgbF()[:3]]))[0]
        high, low = max(paper, lit), min(paper, lit)
        assert (high + 0.05) / (low + 0.05) >= 3
    dashes = [tuple(series_pen(theme, index, "line").dashPattern()) for index in range(5)]
    assert len(set(dashes)) == 5
    assert series_pen(theme, 0, "dashed").dashPattern()


def test_names_stand_at_the_ends_and_do_not_touch(view):
    same = tuple(make_series(f"order {n}") for n in range(4))
    view.set_chart(make_chart(*same))
    names = sorted(view.chart_layout().names)
    line = view.fontMetrics().height()
    assert len(names) == 4
    assert all(b - a >= line - 1 for a, b in pairwise(names))
    assert names[-1] <= view.chart_layout().plot.bottom() + line


def test_names_go_into_a_legend_where_there_is_no_room_at_the_ends(view):
    view.set_chart(make_chart(make_series("a name that needs very much room indeed, more than ¼")))
    layout = view.chart_layout()
    assert not layout.names
    assert layout.legend.height() > 0
    view.set_chart(make_chart(*(make_series(f"{n}") for n in range(9))))
    assert not view.chart_layout().names
    early = Series("early", np.array([1.0, 2.0]), np.array([1.0, 2.0]))
    view.set_chart(make_chart(early, make_series("whole", 50)))
    assert not view.chart_layout().names


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("size", [(60, 40), (192, 128), (900, 400)])
def test_every_kind_of_chart_can_be_drawn(view, qapp, theme, size):
    apply_theme(qapp, theme)
    view.resize(*size)
    one = Series("one", np.array([3.0]), np.array([2.0]))
    odd = Series("odd", np.array([1.0, np.nan, 2.0]), np.array([np.inf, 2.0, -1e308]))
    none = Series("none", np.zeros(0), np.zeros(0), "points")
    styles = tuple(make_series(s, 2000, s) for s in ("line", "points", "steps", "dashed"))
    for chart in (
        None,
        make_chart(one),
        Chart((), "x", "y"),
        make_chart(odd, none, log_x=True, log_y=True),
        make_chart(odd, none, marks=((1.0, "here"), (1.0, "and here"))),
        make_chart(*styles, log_y=True, y_range=(0.1, 2.0)),
    ):
        view.set_chart(chart)
        if chart is not None and chart.all_x.size:
            view._point(float(chart.all_x[0]))
        assert not view.grab().isNull()
    apply_theme(qapp, LIGHT)


def test_what_a_logarithmic_axis_cannot_show_is_counted():
    series = Series("a", np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 0.0, np.nan, 2.0]))
    assert make_chart(series).n_left_out == 0
    assert make_chart(series, log_y=True).n_left_out == 1
    assert make_chart(series, log_x=True, log_y=True).n_left_out == 2


def test_the_reading_says_where_a_curve_has_no_point_of_its_own():
    rare = Series("held out", np.array([1.0, 4.0]), np.array([9.0, 8.0]))
    empty = Series("none", np.zeros(0), np.zeros(0))
    chart = make_chart(make_series("training"), rare, empty)
    assert reading_rows(chart, 3.0) == [
        (-1, "step", "3"),
        (0, "training", "3.333"),
        (1, "held out", "8 (at 4)"),
        (2, "none", "–"),
    ]


def test_the_pointer_reads_the_nearest_x(view, qtbot):
    told = []
    view.x_hovered.connect(told.append)
    plot = view.chart_layout().plot
    qtbot.mouseMove(view, QPoint(round(plot.left() + 0.45 * plot.width()), 100))
    assert told == [3.0]
    assert "step 3, loss 3.333" in view.accessibleDescription()
    with qtbot.waitSignal(view.x_selected) as chosen:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.right() - 1), 100))
    assert chosen.args == [5.0]
    qtbot.mouseMove(view, QPoint(2, 2))
    assert math.isnan(told[-1])


def test_keys_go_from_point_to_point(view, qtbot):
    told = []
    view.x_hovered.connect(told.append)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right):
        qtbot.keyClick(view, key)
    assert told == [5.0, 4.0, 1.0, 2.0]
    with qtbot.waitSignal(view.x_selected) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args == [2.0]


def test_the_reading_stays_while_the_curve_grows(view, qtbot):
    qtbot.keyClick(view, Qt.Key.Key_End)
    with qtbot.assertNotEmitted(view.x_hovered):
        view.set_chart(make_chart(make_series(n=9)))
    assert view.pointed() == 5.0
    view.set_chart(None)
    assert math.isnan(view.pointed())


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_a_figure_of_a_chart(qapp, kind):
    chart = make_chart(make_series("first"), make_series("second"), marks=((2.0, "mark"),))

    def paint(painter, rect: QRectF):
        paint_chart(painter, rect, chart, LIGHT, "Loss")

    facts = {"application": "visualizer", "date": "2026-01-02T03:04:05Z"}
    data = figure_bytes(Figure(chart_size(chart, "Loss"), "Loss", facts, LIGHT, paint), kind, 800)
    if kind == "svg":
        text = data.decode()
        for words in ("first", "second", "mark", "step", "loss (nats)"):
            assert f">{words}<" in text
    assert len(data) > 1000
