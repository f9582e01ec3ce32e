"""One head's map: orientation, exact colours, what lies where, zoom, keys and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent

from visualizer.engine.errors import NonFiniteError, UsageError
from visualizer.ui.theme import DARK, LIGHT, apply_theme, colour_table
from visualizer.ui.widgets.attention_image import readable_inks
from visualizer.ui.widgets.heatmap import Heatmap
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.token_axis import AxisTexts, LabelledAxis, axis_texts
from visualizer.ui.widgets.view_colours import HeadColours


def show(heatmap, view):
    heatmap.set_view(view, HeadColours(view))


@pytest.fixture
def heatmap(qtbot, qapp):
    apply_theme(qapp, LIGHT)
    widget = Heatmap()
    qtbot.addWidget(widget)
    widget.resize(520, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def centre(heatmap, row, column):
    return heatmap.row_area(row).intersected(heatmap.column_area(column)).center().toPoint()


def colour_at(heatmap, row, column, corner=False):
    """Colour of a cell: off its middle, where the number is, if it is large."""
    cell = heatmap.row_area(row).intersected(heatmap.column_area(column))
    place = cell.topLeft() + QPointF(4, 4) if corner else cell.center()
    picture = heatmap.grab().toImage()
    return QColor(picture.pixelColor(place.toPoint() * heatmap.devicePixelRatioF())).getRgb()[:3]


# ---------------------------------------------------------------------------------- drawing


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("n", [3, 12, 40])
def test_queries_go_down_and_keys_across_in_exact_colours(
    qapp, heatmap, head_view, causal, theme, n
):
    apply_theme(qapp, theme)
    weights = causal(n)
    show(heatmap, head_view(weights))
    table = colour_table(theme.attention)
    last = n - 1
    for row, column in ((0, 0), (last, 0), (last, last - 1), (1, 1), (n // 2, 1)):
        expected = table[round(float(weights[row, column]) * 255)]
        assert colour_at(heatmap, row, column, corner=n < 20) == tuple(expected)
    assert colour_at(heatmap, 0, last) == QColor(theme.paper).getRgb()[:3]


def test_log_scale_and_range_are_those_of_the_mapping(heatmap, head_view):
    weights = np.array([[1, 0], [0.01, 0.1]], dtype=np.float32)
    show(heatmap, head_view(weights, colour_scale="log"))
    table = colour_table(LIGHT.attention)
    assert colour_at(heatmap, 1, 0, corner=True) == tuple(table[round(255 * 0.5)])
    assert colour_at(heatmap, 1, 1, corner=True) == tuple(table[round(255 * 0.75)])


def test_a_long_text_loses_no_bright_cell(heatmap, head_view):
    weights = np.zeros((900, 900), dtype=np.float32)
    weights[701, 333] = 1.0
    show(heatmap, head_view(weights))
    picture = heatmap.grab().toImage()
    darkest = QColor(LIGHT.attention[-1])
    place = centre(heatmap, 701, 333)
    around = [picture.pixelColor(place + QPoint(dx, dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert darkest in around


def test_a_stale_map_is_paler(heatmap, head_view):
    ones = np.ones((3, 3), dtype=np.float32)
    show(heatmap, head_view(ones))
    fresh = QColor(*colour_at(heatmap, 2, 0, corner=True)).lightness()
    show(heatmap, head_view(ones, stale=True))
    assert QColor(*colour_at(heatmap, 2, 0, corner=True)).lightness() > fresh + 50


def test_numbers_stand_out_from_every_colour():
    for theme in (LIGHT, DARK):
        table = colour_table(theme.attention) / 255
        inks = readable_inks(theme)
        for rgb, ink in zip(table, inks, strict=True):
            pair = [_luminance(rgb), _luminance(np.array(ink.getRgbF()[:3]))]
            assert (max(pair) + 0.05) / (min(pair) + 0.05) > 4.5


def _luminance(rgb):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# ---------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        (np.zeros((0, 0), np.float32), UsageError),
        (np.zeros((0, 4), np.float32), UsageError),
        (np.zeros(4, np.float32), UsageError),
        (np.zeros((2, 2, 2), np.float32), UsageError),
        (np.full((2, 2), np.nan, np.float32), NonFiniteError),
        (np.array([[0.5, np.inf], [0, 0]], np.float32), NonFiniteError),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_the_old_map_stays(
    heatmap, head_view, causal, weights, error
):
    show(heatmap, head_view(causal(4)))
    before = heatmap.grab().toImage()
    with pytest.raises(error):
        show(heatmap, head_view(weights, n_tokens=2))
    assert heatmap.grab().toImage() == before


@pytest.mark.parametrize(
    "weights",
    [
        np.ones((1, 1), np.float32),
        np.zeros((5, 5), np.float32),
        np.full((5, 5), 0.2, np.float32),
        np.tril(np.full((5, 5), 0.2)).astype(np.float16),
        np.tril(np.full((5, 5), 0.2)).astype(np.float64),
        np.tril(np.full((9, 9), 0.2)).astype(np.float32)[::2, ::2],
        np.asfortranarray(np.tril(np.full((5, 5), 0.2)).astype(np.float32)),
        np.full((2, 7), 0.1, np.float32),
    ],
    ids=["1x1", "zeros", "equal", "float16", "float64", "strided", "fortran", "wide"],
)
def test_odd_matrices_are_drawn(qtbot, heatmap, head_view, weights):
    view = head_view(weights, n_tokens=7, rows=(0, weights.shape[0]), columns=(0, weights.shape[1]))
    with qtbot.captureExceptions() as caught:
        show(heatmap, view)
        for size in ((520, 480), (60, 60), (1, 1), (900, 200)):
            heatmap.resize(*size)
            heatmap.grab()
    assert not caught


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 70), width=st.integers(1, 700), height=st.integers(1, 700))
def test_any_size_of_text_and_window_is_drawn(qapp, n, width, height):
    weights = np.tril(np.ones((n, n), dtype=np.float32))
    layout = HeatmapLayout(n, n, 10, 20, width, height).fitted(1.0)
    assert 1 <= layout.map_width <= width
    assert 1 <= layout.map_height <= height
    assert layout.cell_at(10, 20) == (0, 0)
    assert weights.shape == (n, n)


# ---------------------------------------------------------------------------------- pointing


@pytest.mark.parametrize("n", [2, 9, 60])
def test_every_cell_is_found_at_its_centre(heatmap, head_view, causal, n):
    show(heatmap, head_view(causal(n)))
    for row in range(0, n, max(1, n // 7)):
        for column in range(0, n, max(1, n // 5)):
            assert heatmap.target_at(QPointF(centre(heatmap, row, column))) == (row, column)


def test_labels_point_at_rows_and_columns(heatmap, head_view, causal):
    show(heatmap, head_view(causal(5)))
    area = heatmap.map_area()
    assert heatmap.target_at(QPointF(5, heatmap.row_area(3).center().y())) == (3, None)
    place = QPointF(heatmap.column_area(2).center().x(), area.top() - 6)
    assert heatmap.target_at(place) == (None, 2)
    assert heatmap.target_at(QPointF(5, 5)) == (None, None)
    assert heatmap.target_at(area.bottomRight() + QPointF(3, 3)) == (None, None)


def test_hover_and_click(qtbot, heatmap, head_view, causal):
    show(heatmap, head_view(causal(6)))
    with qtbot.waitSignal(heatmap.crosshair_moved) as moved:
        qtbot.mouseMove(heatmap, centre(heatmap, 4, 1))
    assert moved.args == [4, 1]
    with qtbot.waitSignal(heatmap.row_selected) as selected:
        qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=centre(heatmap, 2, 1))
    assert selected.args == [2]


def test_arrow_keys_start_in_the_selected_row_and_travel(qtbot, heatmap, head_view, causal):
    show(heatmap, head_view(causal(6), query=4))
    key = Qt.Key
    for pressed, expected in (
        (key.Key_Right, (4, 0)),
        (key.Key_Right, (4, 1)),
        (key.Key_Up, (3, 1)),
        (key.Key_End, (3, 5)),
        (key.Key_Right, (3, 5)),
        (key.Key_Home, (3, 0)),
        (key.Key_Down, (4, 0)),
    ):
        qtbot.keyClick(heatmap, pressed)
        assert heatmap.crosshair == expected
    with qtbot.waitSignal(heatmap.row_selected) as selected:
        qtbot.keyClick(heatmap, key.Key_Return)
    assert selected.args == [4]
    qtbot.keyClick(heatmap, key.Key_Escape)
    assert heatmap.crosshair == (None, None)


def test_a_shorter_text_drops_a_crosshair_outside_it(heatmap, head_view, causal):
    show(heatmap, head_view(causal(9), query=8))
    heatmap._point_at(8, 8)
    show(heatmap, head_view(causal(4), query=3))
    assert heatmap.crosshair == (None, None)
    assert not heatmap.grab().isNull()


# ---------------------------------------------------------------------------------- zooming


def _wheel(heatmap, place, steps):
    event = QWheelEvent(
        QPointF(place),
        heatmap.mapToGlobal(QPointF(place)),
        QPoint(0, 0),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    heatmap.wheelEvent(event)


def test_the_wheel_zooms_about_the_mouse_and_a_double_click_fits(qtbot, heatmap, head_view, causal):
    show(heatmap, head_view(causal(60)))
    whole = heatmap._layout
    place = centre(heatmap, 30, 20)
    _wheel(heatmap, place, 4)
    assert heatmap._layout.cell_px > 2 * whole.cell_px
    assert heatmap.target_at(QPointF(place)) == (30, 20)
    qtbot.mouseDClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert heatmap._layout == whole


def test_dragging_moves_a_zoomed_map_and_selects_nothing(qtbot, heatmap, head_view, causal):
    show(heatmap, head_view(causal(60)))
    place = centre(heatmap, 30, 30)
    _wheel(heatmap, place, 5)
    before = heatmap._layout
    with qtbot.assertNotEmitted(heatmap.row_selected):
        qtbot.mousePress(heatmap, Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseMove(heatmap, place + QPoint(60, 40))
        qtbot.mouseRelease(heatmap, Qt.MouseButton.LeftButton, pos=place + QPoint(60, 40))
    assert heatmap._layout.x < before.x
    assert heatmap._layout.y < before.y


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(1, 300),
    steps=st.lists(
        st.tuples(st.floats(0.2, 5), st.floats(-50, 500), st.floats(-50, 500)), max_size=6
    ),
)
def test_no_zoom_or_move_leaves_the_map(n, steps):
    layout = HeatmapLayout(n, n, 0, 0, 400, 300).fitted(1.0)
    fit = layout.cell_px
    for factor, px, py in steps:
        layout = layout.zoomed(factor, px, py, 1.0).moved(px / 10, -py / 10)
        assert layout.cell_px >= fit
        assert layout.x >= 0
        assert layout.y >= 0
        assert layout.x + layout.map_width / layout.cell_px <= n + 1.01 / layout.cell_px
        assert layout.y + layout.map_height / layout.cell_px <= n + 1.01 / layout.cell_px


def test_the_arrow_keys_bring_a_cell_into_sight(heatmap, qtbot, head_view, causal):
    show(heatmap, head_view(causal(60), query=59))
    heatmap.zoom(6, heatmap._layout.left, heatmap._layout.top)
    qtbot.keyClick(heatmap, Qt.Key.Key_Right)
    assert heatmap.crosshair == (59, 0)
    assert heatmap.map_area().contains(QPointF(centre(heatmap, 59, 0)))


# ---------------------------------------------------------------------------------- labels


def test_labels_that_do_not_fit_thin_out_with_their_index(head_view, causal):
    view = head_view(causal(40))
    texts = axis_texts(view.tokenization, (0, 40), 1, 40)

    def start(cell):
        return cell * 4.0

    axis = LabelledAxis(texts, start, 4.0, (0, 160), 80, {13: "#f00"}, "#000")
    labels = axis.labels(12.0)
    shown = [text for _, text, _ in labels]
    assert "13 ·thousand" in shown
    assert "0 A" in shown
    assert "15 ·begins" not in shown  # too near the marked one
    middles = [middle for middle, _, _ in labels]
    assert min(np.diff(sorted(middles))) >= 11


def test_labels_that_fit_are_the_tokens_alone(head_view, causal):
    view = head_view(causal(3))
    texts = axis_texts(view.tokenization, (0, 3), 1, 3)
    assert texts == AxisTexts(("A", "·journey", "·of"), ("0 A", "1 ·journey", "2 ·of"))
    assert axis_texts(view.tokenization, (0, 3), 2, 2).plain == ("0-1", "·of")


@pytest.mark.parametrize("points", [9, 12, 18])
def test_the_rows_title_has_room_in_larger_text(heatmap, head_view, causal, points):
    font = heatmap.font()
    font.setPointSize(points)
    heatmap.setFont(font)
    show(heatmap, head_view(causal(3)))
    metrics = heatmap.fontMetrics()
    word = max(heatmap.row_title().split(" "), key=metrics.horizontalAdvance)
    assert metrics.horizontalAdvance(word) <= heatmap.map_area().left()


@pytest.mark.parametrize("first", [0, 3, 7.5, 31])
def test_a_moved_axis_keeps_labelling_the_same_cells(head_view, causal, first):
    texts = axis_texts(head_view(causal(40)).tokenization, (0, 40), 1, 40)

    def start(cell):
        return (cell - first) * 4.0

    axis = LabelledAxis(texts, start, 4.0, (0, 80), 80, {}, "#000")
    shown = [int(text.split(" ")[0]) for _, text, _ in axis.labels(12.0)]
    assert shown == [cell for cell in range(0, 40, 5) if 0 <= start(cell + 0.5) <= 80]
