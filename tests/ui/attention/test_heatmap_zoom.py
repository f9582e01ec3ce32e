"""Tiles over pooled maps, what is in sight and who is told of it, the minimap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from visualizer.engine.records import HeadRecord
from visualizer.engine.treatment import Treatment
from visualizer.ui.theme import DARK, LIGHT, apply_theme, colour_table
from visualizer.ui.widgets import zoomed_map
from visualizer.ui.widgets.heatmap import Heatmap
from visualizer.ui.widgets.heatmap_layout import HeatmapLayout
from visualizer.ui.widgets.map_picture import MapPicture
from visualizer.ui.widgets.view_colours import HeadColours


@pytest.fixture
def heatmap(qtbot, qapp):
    apply_theme(qapp, LIGHT)
    widget = Heatmap()
    qtbot.addWidget(widget)
    widget.resize(520, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def pooled_view(head_view):
    """Makes a view whose record is pooled from exact weights, with a tile of them or none."""

    def make(exact, block, tile=None, **changes):
        n = len(exact)
        n_cells = -(-n // block)
        padded = np.zeros((n_cells * block,) * 2, dtype=np.float32)
        padded[:n, :n] = exact
        weights = padded.reshape(n_cells, block, n_cells, block).max(axis=(1, 3))
        view = head_view(weights, block=block, n_tokens=n)
        if tile is not None:
            rows, columns = tile[:2], tile[2:]
            part = exact[slice(*rows), slice(*columns)].copy()
            tile = replace(view.record, rows=rows, columns=columns, block=1, weights=part)
        return replace(view, tile=tile, **changes)

    return make


def drawn(view, layout):
    """Colours of the map. (rows, columns, 3) uint8."""
    picture = MapPicture()
    picture.set_view(view, HeadColours(view))
    image = picture.image(layout, LIGHT)
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return bits[:, : image.width(), 2::-1].copy()


# ---------------------------------------------------------------------------------- pixels


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(2, 40),
    block=st.integers(2, 7),
    times=st.integers(1, 6),
    corners=st.tuples(*[st.floats(0, 1)] * 4),
    move=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    seed=st.integers(0, 9),
)
def test_a_tile_is_drawn_cell_by_cell_and_the_maxima_around_it(
    n, block, times, corners, move, seed
):
    exact = np.random.default_rng(seed).random((n, n)).astype(np.float32)
    a, b, c, d = (min(int(corner * n), n - 1) for corner in corners)
    rows, columns = (min(a, b), max(a, b) + 1), (min(c, d), max(c, d) + 1)
    view = _view(exact, block, rows, columns)
    layout = HeatmapLayout(n, n, 0, 0, 37, 41, float(times)).moved(
        round(move[0] * n), round(move[1] * n)
    )
    colours = drawn(view, layout)
    table = colour_table(LIGHT.attention)
    pooled = view.record.weights.repeat(block, axis=0).repeat(block, axis=1)[:n, :n]
    known = pooled.copy()
    known[slice(*rows), slice(*columns)] = exact[slice(*rows), slice(*columns)]
    levels = np.rint(known * np.float32(255)).astype(int)
    y = np.floor(layout.y + (np.arange(layout.map_height) + 0.5) / times).astype(int)
    x = np.floor(layout.x + (np.arange(layout.map_width) + 0.5) / times).astype(int)
    expected = table[levels[np.ix_(np.minimum(y, n - 1), np.minimum(x, n - 1))]]
    differs = (colours != expected).any(axis=2)
    # A fractional place of the map may put its last line of pixels on the cell beside.
    assert not differs[:-1, :-1].any()


def _view(exact, block, rows, columns):
    from visualizer.engine.tokenization import Tokenization
    from visualizer.session.views import HeadView

    n = len(exact)
    n_cells = -(-n // block)
    padded = np.zeros((n_cells * block,) * 2, dtype=np.float32)
    padded[:n, :n] = exact
    weights = padded.reshape(n_cells, block, n_cells, block).max(axis=(1, 3))
    record = HeadRecord(1, 0, 0, n, (0, n), (0, n), block, weights)
    part = np.ascontiguousarray(exact[slice(*rows), slice(*columns)])
    tile = replace(record, rows=rows, columns=columns, block=1, weights=part)
    index = np.arange(n, dtype=np.int64)
    text = Tokenization("a" * n, index, (b"a",) * n, index.copy(), index + 1, 0, "made-up")
    return HeadView(record, text, None, 1, 1, "linear", "one", "made-up", tile=tile)


def test_a_map_of_8192_tokens_keeps_every_bright_cell(pooled_view, heatmap):
    exact = np.zeros((8192, 8192), dtype=np.float32)
    exact[7001, 333] = 1.0
    heatmap.set_view(pooled_view(exact, 4))
    picture = heatmap.grab().toImage()
    area = heatmap.map_area()
    place = QPoint(
        int(area.left() + area.width() * 333 / 8192), int(area.top() + area.height() * 7001 / 8192)
    )
    around = [picture.pixelColor(place + QPoint(dx, dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert QColor(LIGHT.attention[-1]) in around


def test_nothing_moves_when_finer_weights_arrive(heatmap, pooled_view, causal):
    exact = causal(96)
    heatmap.set_view(pooled_view(exact, 16, is_coarse=True))
    heatmap.zoom(5, 300, 300)
    before, sight = heatmap._layout, heatmap.visible
    heatmap._point_at(40, 20)
    heatmap.set_view(pooled_view(exact, 4))
    assert heatmap._layout == before
    heatmap.set_view(pooled_view(exact, 4, (24, 96, 8, 80)))
    assert heatmap._layout == before
    assert heatmap.visible == sight


def test_a_resting_pointer_stays_on_the_cell_under_it(qtbot, heatmap, pooled_view, causal):
    exact = causal(96)
    heatmap.set_view(pooled_view(exact, 4))
    heatmap.zoom(5, 300, 300)
    place = heatmap.places.cell_area((42, 43), (47, 48)).center().toPoint()
    assert heatmap.map_area().contains(QPointF(place))
    with qtbot.waitSignal(heatmap.crosshair_moved) as moved:
        qtbot.mouseMove(heatmap, place)
    assert moved.args == [40, 44]
    with qtbot.waitSignal(heatmap.crosshair_moved) as moved:
        heatmap.set_view(pooled_view(exact, 4, (20, 96, 0, 92)))
    assert moved.args == [42, 47]


# ---------------------------------------------------------------------------------- in sight


def test_who_zooms_is_told_once_what_is_in_sight(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(300)))
    told = []
    heatmap.visible_changed.connect(told.append)
    with qtbot.waitSignal(heatmap.visible_changed):
        for _ in range(6):
            heatmap.zoom(1.5, 300, 250)
    assert told == [heatmap._layout.in_sight()]
    first_row, end_row, first_column, end_column = told[0]
    assert 0 <= first_row < end_row <= 300
    assert 0 <= first_column < end_column <= 300
    assert end_row - first_row < 60
    with qtbot.waitSignal(heatmap.visible_changed):
        heatmap.fit()
    assert told[1:] == [None]


def test_what_one_was_told_changes_nothing_when_it_comes_back(qtbot, heatmap, head_view, causal):
    view = head_view(causal(300))
    heatmap.set_view(view)
    with qtbot.waitSignal(heatmap.visible_changed) as told:
        heatmap.zoom(8, 300, 250)
    heatmap.zoom(1.3, 300, 250)  # one has gone on meanwhile
    layout = heatmap._layout
    with qtbot.waitSignal(heatmap.visible_changed):
        heatmap.set_view(replace(view, visible=told.args[0]))
    assert heatmap._layout == layout


def test_a_region_from_elsewhere_is_brought_into_sight(qtbot, heatmap, head_view, causal):
    view = head_view(causal(300))
    heatmap.set_view(view)
    with qtbot.assertNotEmitted(heatmap.visible_changed, wait=150):
        heatmap.set_view(replace(view, visible=(100, 120, 90, 130)))
    first_row, end_row, first_column, end_column = heatmap.visible
    assert first_row <= 100
    assert end_row >= 120
    assert (first_column, end_column) in ((90, 130), (90, 131))
    heatmap.resize(400, 420)  # it stays in sight while nobody moves the map
    assert heatmap.visible[2] == 90
    assert heatmap.visible[3] in (130, 131)
    heatmap.set_view(replace(view, visible=None))
    assert heatmap.visible is None


@pytest.mark.parametrize("region", [(0, 1, 0, 1), (290, 400, 290, 400), (500, 600, 500, 600)])
def test_a_region_at_the_edge_or_outside_of_the_text_is_drawn(heatmap, head_view, causal, region):
    heatmap.set_view(replace(head_view(causal(300)), visible=region))
    assert not heatmap.grab().isNull()
    sight = heatmap._layout.in_sight()
    assert 0 <= sight[0] < sight[1] <= 300
    assert 0 <= sight[2] < sight[3] <= 300


def test_zoom_is_kept_while_the_text_grows_and_given_up_for_a_short_one(heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(100)))
    heatmap.zoom(6, 300, 250)
    before = heatmap._layout
    heatmap.set_view(head_view(causal(101)))
    assert (heatmap._layout.x, heatmap._layout.y) == (before.x, before.y)
    assert heatmap._layout.cell_px == before.cell_px
    heatmap.set_view(head_view(causal(3)))
    assert heatmap.visible is None


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(1, 9000),
    first=st.tuples(st.integers(0, 50), st.integers(0, 50)),
    region=st.tuples(*[st.integers(0, 9000)] * 4),
)
def test_a_region_is_in_sight_whole(n, first, region):
    rows = first[0] + min(region[0], n - 1), first[0] + min(region[0] + region[1] + 1, n)
    columns = first[1] + min(region[2], n - 1), first[1] + min(region[2] + region[3] + 1, n)
    whole = HeatmapLayout(n, n, 5, 6, 400, 300, first_row=first[0], first_column=first[1])
    layout = whole.fitted(1.0).showing_region((*rows, *columns), 1.0)
    sight = layout.in_sight()
    assert sight[0] <= rows[0]
    assert sight[1] >= rows[1]
    assert sight[2] <= columns[0]
    assert sight[3] >= columns[1]
    assert first[0] <= sight[0] < sight[1] <= first[0] + n
    assert first[1] <= sight[2] < sight[3] <= first[1] + n


# ---------------------------------------------------------------------------------- minimap


def test_a_zoomed_map_says_how_far_and_a_click_shows_all_of_it(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(60)))
    chip = heatmap._fit_chip
    assert not chip.isVisible()
    heatmap.zoom(4, 300, 250)
    assert chip.text() == "4.0× · fit"
    assert heatmap.rect().contains(chip.geometry())
    assert not heatmap.map_area().intersects(QRectF(chip.geometry()))
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert not heatmap._zoomed
    assert not chip.isVisible()


def test_the_double_click_that_shows_all_selects_nothing(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(60)))
    rows: list[int] = []
    heatmap.row_selected.connect(rows.append)
    heatmap.zoom(4, 300, 250)
    place = heatmap.map_area().center().toPoint()
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    assert not heatmap._click.isActive()
    assert rows == []
    heatmap.zoom(4, 300, 250)
    qtbot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(rows) == 1)


def test_the_minimap_is_there_while_the_map_is_zoomed(heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(300)))
    heatmap.fit()
    assert not heatmap._minimap.isVisible()
    heatmap.zoom(4, 300, 250)
    assert heatmap._minimap.isVisible()
    assert heatmap.rect().contains(heatmap._minimap.geometry())
    assert not heatmap.map_area().intersects(QRectF(heatmap._minimap.geometry()))
    heatmap.fit()
    assert not heatmap._minimap.isVisible()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_minimap_shows_the_whole_map_and_the_part_in_sight(qapp, heatmap, head_view, theme):
    apply_theme(qapp, theme)
    weights = np.zeros((400, 400), dtype=np.float32)
    weights[390, 5] = 1.0
    heatmap.set_view(head_view(weights))
    heatmap.zoom(10, heatmap._layout.left + 300, heatmap._layout.top + 300)
    minimap = heatmap._minimap
    area, outline = minimap.picture_area(), minimap.outline()
    first_row, end_row, first_column, _ = heatmap.visible
    per_unit = area.width() / 400
    assert outline.left() == pytest.approx(area.left() + first_column * per_unit)
    assert outline.height() == pytest.approx((end_row - first_row) * per_unit)
    picture = minimap.grab().toImage()
    bright = QColor(theme.attention[-1])
    place = QPoint(int(area.left() + 5 * per_unit), int(area.top() + 390 * per_unit))
    around = [picture.pixelColor(place + QPoint(dx, dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert bright in around


def test_a_click_and_a_drag_on_the_minimap_move_the_map(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(400)))
    heatmap.zoom(10, 300, 250)
    minimap, area = heatmap._minimap, heatmap._minimap.picture_area()
    place = QPointF(area.left() + area.width() * 0.25, area.top() + area.height() * 0.75)
    with qtbot.waitSignal(heatmap.visible_changed) as told:
        qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=place.toPoint())
    first_row, end_row, first_column, end_column = told.args[0]
    assert (first_row + end_row) / 2 == pytest.approx(300, abs=6)
    assert (first_column + end_column) / 2 == pytest.approx(100, abs=6)
    qtbot.mousePress(minimap, Qt.MouseButton.LeftButton, pos=place.toPoint())
    qtbot.mouseMove(minimap, QPoint(-40, 900))  # beyond its edge
    qtbot.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(-40, 900))
    assert heatmap.visible[2] == 0
    assert heatmap.visible[1] == 400


def test_a_minimap_on_the_map_makes_way_for_the_crosshair(
    qtbot, heatmap, head_view, causal, monkeypatch
):
    monkeypatch.setattr(zoomed_map, "LEAST_MINIMAP_PX", 500)  # there is no room beside the map
    heatmap.set_view(head_view(causal(400), query=0))
    heatmap.zoom(3, heatmap._layout.left, heatmap._layout.top)
    heatmap.setFocus()
    at_rest = heatmap._minimap.geometry()
    assert heatmap.map_area().contains(QRectF(at_rest))
    row, column = heatmap.target_at(QPointF(at_rest.center()))
    heatmap._point_at(row + 1, column)
    qtbot.keyClick(heatmap, Qt.Key.Key_Up)
    assert heatmap.crosshair == (row, column)
    assert not heatmap._minimap.geometry().intersects(at_rest)


# ---------------------------------------------------------------------------------- axes


def test_labels_thin_out_and_come_back(heatmap, head_view, causal, monkeypatch):
    shown = []

    def note(painter, axis, right):
        shown.append([text for _, text, _ in axis.labels(12.0)])

    monkeypatch.setattr("visualizer.ui.widgets.heatmap_canvas.paint_row_labels", note)
    heatmap.set_view(head_view(causal(400)))
    heatmap.grab()
    assert 5 < len(shown[-1]) < 60
    assert all(text.split(" ")[0].isdigit() for text in shown[-1])
    heatmap.zoom(40, 300, 250)
    heatmap.grab()
    in_sight = heatmap.visible[1] - heatmap.visible[0]
    assert abs(len(shown[-1]) - in_sight) <= 1
    assert all(text.split(" ")[0].isdigit() for text in shown[-1])
    heatmap.set_view(head_view(causal(9)))
    heatmap.grab()
    assert not any(text.split(" ")[0].isdigit() for text in shown[-1])


def test_joined_tokens_are_named_on_the_axes(heatmap, head_view, causal):
    view = head_view(causal(3), n_tokens=9, rows=(0, 3), columns=(0, 3), query=8)
    record = replace(
        view.record,
        unit_starts=np.array([0, 2, 5, 9], np.int64),
        treatment=Treatment(granularity="words"),
    )
    heatmap.set_view(replace(view, record=record))
    assert "mean" in heatmap.row_title()
    assert "sum" in heatmap.column_title()
    assert heatmap._rows.plain == ("A journey", "of a thousand", "miles begins with a")
    assert heatmap.selected_row() == 2
    assert not heatmap.grab().isNull()
    heatmap.set_view(head_view(causal(3)))
    assert "mean" not in heatmap.row_title()
