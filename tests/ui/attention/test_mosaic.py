"""The picture of all heads: every thumbnail at its place, every place its head."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor

from visualizer.ui.theme import LIGHT, apply_theme, colour_table
from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.mosaic import SMALLEST_CELL_PX, Mosaic
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    compose,
    fitting_cell,
    labelled_cells,
    labels_every,
)

axes = st.builds(
    GroupedAxis,
    n=st.integers(1, 40),
    cell=st.integers(1, 40),
    gap=st.integers(0, 3),
    group=st.integers(1, 8),
    group_gap=st.integers(3, 9),
)


@settings(deadline=None, max_examples=80)
@given(axis=axes)
def test_every_pixel_of_an_axis_is_one_cell_or_a_gap(axis):
    found = [axis.at(pixel) for pixel in range(-2, axis.length + 3)]
    expected = [None] * (axis.length + 5)
    for index in range(axis.n):
        start = axis.start(index) + 2
        assert expected[start : start + axis.cell] == [None] * axis.cell  # no overlap
        expected[start : start + axis.cell] = [index] * axis.cell
    assert found == expected


@settings(deadline=None, max_examples=80)
@given(n=st.integers(1, 64), group=st.integers(1, 8), space=st.integers(100, 3000))
def test_the_fitting_cell_is_the_largest_that_fits(n, group, space):
    cell = fitting_cell(n, group, space, 1, 4)
    if cell >= 1:
        assert GroupedAxis(n, cell, 1, group, 4).length <= space
        assert GroupedAxis(n, cell + 1, 1, group, 4).length > space


@pytest.mark.parametrize(("edge", "cell"), [(2, 6), (5, 5), (7, 3), (32, 14), (3, 10)])
def test_thumbnails_stand_upright_at_their_places(edge, cell):
    """Layer down, head across, query down, key across; gaps nowhere else than between."""
    n_layers, n_heads = 3, 4
    levels = np.zeros((n_layers, n_heads, edge, edge), dtype=np.uint8)
    levels[:, :, 0, :] = 10  # the first query's row
    levels[:, :, :, -1] = 20  # the last key's column
    levels[..., 0, -1] = np.arange(100, 112).reshape(n_layers, n_heads)
    rows = GroupedAxis(n_layers, cell, 1, n_layers, 1)
    columns = GroupedAxis(n_heads, cell, 1, 2, 4)
    sheet = compose(levels, rows, columns)
    assert sheet.shape == (rows.length, columns.length)
    gap = np.ones(sheet.shape, dtype=bool)
    for layer in range(n_layers):
        for head in range(n_heads):
            y, x = rows.start(layer), columns.start(head)
            cut = sheet[y : y + cell, x : x + cell]
            gap[y : y + cell, x : x + cell] = False
            assert cut[0, -1] == 100 + 4 * layer + head
            assert cut[0, 0] == 10
            assert cut[-1, -1] == 20
            assert cut[-1, 0] == (0 if edge > 1 else 10)
    assert np.all(sheet[gap] == GAP_LEVEL)
    assert not np.any(sheet[~gap] == GAP_LEVEL)


def test_labels_thin_out_and_keep_the_chosen_one():
    assert labels_every(12, 20) == 1
    assert labels_every(12, 5) == 5
    assert labelled_cells(10, 5, None) == [0, 5]
    assert labelled_cells(10, 5, 6) == [0, 6]
    assert labelled_cells(3, 1, 1) == [0, 1, 2]


@pytest.fixture
def mosaic(qtbot, qapp, overview_view):
    apply_theme(qapp, LIGHT)
    widget = Mosaic()
    qtbot.addWidget(widget)
    widget.resize(340, 400)
    rng = np.random.default_rng(1)
    thumbnails = rng.random((6, 8, 5, 5)).astype(np.float32)
    widget.set_view(overview_view(thumbnails, layer=2, head=3, n_key_value_heads=2))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_pixels_on_screen_are_the_weights(qapp, mosaic):
    picture = mosaic.viewport().grab().toImage()
    thumbnails = mosaic._view.thumbnails
    levels = ColourMapping("square root", 1.0, GAP_LEVEL).levels(thumbnails)
    table = colour_table(LIGHT.attention)
    centre = mosaic.cell_centre(5, 7)
    colour = QColor(picture.pixel(centre))
    level = int(levels[5, 7, 2, 2])
    assert [colour.red(), colour.green(), colour.blue()] == table[round(level * 255 / 254)].tolist()


def test_every_thumbnail_is_found_at_its_centre(mosaic):
    for layer in range(6):
        assert mosaic.cell_at(mosaic.cell_centre(layer, "mean")) == (layer, "mean")
        for head in range(8):
            assert mosaic.cell_at(mosaic.cell_centre(layer, head)) == (layer, head)
    between = (mosaic.cell_centre(0, 3) + mosaic.cell_centre(0, 4)) / 2
    assert mosaic.cell_at(between) is None  # the gap between two groups
    assert mosaic.cell_at(QPoint(mosaic.cell_centre(0, 3).x(), 1)) is None


def test_clicking_chooses_a_head_or_a_layers_mean(qtbot, mosaic):
    with qtbot.waitSignal(mosaic.head_selected) as chosen:
        qtbot.mouseClick(mosaic.viewport(), Qt.MouseButton.LeftButton, pos=mosaic.cell_centre(4, 6))
    assert chosen.args == [4, 6]
    with qtbot.waitSignal(mosaic.head_selected) as chosen:
        qtbot.mouseClick(
            mosaic.viewport(), Qt.MouseButton.LeftButton, pos=mosaic.cell_centre(1, "mean")
        )
    assert chosen.args == [1, "mean"]


def test_hovering_tells_and_leaving_tells(qtbot, mosaic):
    with qtbot.waitSignal(mosaic.head_hovered) as hovered:
        qtbot.mouseMove(mosaic.viewport(), mosaic.cell_centre(0, 5))
    assert hovered.args == [0, 5]
    with qtbot.waitSignal(mosaic.head_hovered) as hovered:
        mosaic.viewportEvent(QEvent(QEvent.Type.Leave))
    assert hovered.args == [-1, -1]


@pytest.mark.parametrize(
    ("start", "key", "expected"),
    [
        ((2, 3), Qt.Key.Key_Up, [1, 3]),
        ((2, 3), Qt.Key.Key_Down, [3, 3]),
        ((2, 3), Qt.Key.Key_Left, [2, 2]),
        ((2, 3), Qt.Key.Key_Right, [2, 4]),
        ((2, 3), Qt.Key.Key_Home, [2, 0]),
        ((2, 3), Qt.Key.Key_End, [2, 7]),
        ((2, 0), Qt.Key.Key_Left, [2, "mean"]),
        ((2, "mean"), Qt.Key.Key_Right, [2, 0]),
        ((2, "mean"), Qt.Key.Key_Down, [3, "mean"]),
        ((2, 3), Qt.Key.Key_PageDown, [5, 3]),
    ],
)
def test_arrow_keys_travel(qtbot, mosaic, overview_view, start, key, expected):
    thumbnails = mosaic._view.thumbnails
    mosaic.set_view(overview_view(thumbnails, layer=start[0], head=start[1]))
    with qtbot.waitSignal(mosaic.head_selected) as chosen:
        qtbot.keyClick(mosaic, key)
    assert chosen.args == expected


def test_the_edge_of_the_grid_stops_the_arrows(qtbot, mosaic, overview_view):
    mosaic.set_view(overview_view(mosaic._view.thumbnails, layer=0, head=7))
    with qtbot.assertNotEmitted(mosaic.head_selected):
        qtbot.keyClick(mosaic, Qt.Key.Key_Up)
        qtbot.keyClick(mosaic, Qt.Key.Key_Right)


@pytest.mark.parametrize(
    ("n_layers", "n_heads", "scrolls"),
    [(30, 9, False), (12, 12, False), (4, 4, False), (48, 64, True)],
)
def test_cells_fill_the_dock_and_never_get_too_small(
    qtbot, mosaic, overview_view, n_layers, n_heads, scrolls
):
    mosaic.resize(320, 600)
    mosaic.set_view(overview_view(np.zeros((n_layers, n_heads, 4, 4), dtype=np.float32)))
    assert bool(mosaic.verticalScrollBar().maximum()) == scrolls
    assert mosaic.plan.cell >= SMALLEST_CELL_PX
    last = mosaic.cell_centre(n_layers - 1, n_heads - 1)
    if not scrolls:
        assert mosaic.viewport().rect().contains(last)
        assert mosaic.plan.size[0] <= mosaic.viewport().width()
    else:
        mosaic.set_view(
            overview_view(mosaic._view.thumbnails, layer=n_layers - 2, head=n_heads - 1)
        )
        qtbot.keyClick(mosaic, Qt.Key.Key_Down)
        assert mosaic.viewport().rect().contains(mosaic.cell_centre(n_layers - 1, n_heads - 1))


@pytest.mark.parametrize("shape", [(0, 0, 0, 0), (1, 1, 1, 1), (2, 3, 0, 0)])
def test_small_and_empty_overviews_are_drawn_without_complaint(mosaic, overview_view, shape):
    mosaic.set_view(overview_view(np.ones(shape, dtype=np.float32), n_key_value_heads=1))
    assert not mosaic.grab().isNull()


def test_a_stale_overview_is_paler(mosaic, overview_view):
    ones = np.ones((6, 8, 4, 4), dtype=np.float32)
    centre = mosaic.cell_centre(1, 1)
    mosaic.set_view(overview_view(ones))
    fresh = QColor(mosaic.viewport().grab().toImage().pixel(centre)).lightness()
    mosaic.set_view(overview_view(ones, stale=True))
    assert QColor(mosaic.viewport().grab().toImage().pixel(centre)).lightness() > fresh + 50
