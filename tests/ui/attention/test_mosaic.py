"""The picture of all heads: every thumbnail at its place, every place its head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtWidgets import QApplication

from visualizer.engine.attention_records import METRICS, MetricsRecord
from visualizer.session.head_labels import HeadLabel
from visualizer.session.state import OverviewDisplay
from visualizer.ui.theme import DARK, LIGHT, apply_theme, colour_table
from visualizer.ui.widgets.colour_scale import ColourMapping
from visualizer.ui.widgets.head_readout import HeadReadout
from visualizer.ui.widgets.mosaic import SMALLEST_CELL_PX, Mosaic
from visualizer.ui.widgets.mosaic_drawing import pin_colour
from visualizer.ui.widgets.mosaic_layout import (
    GAP_LEVEL,
    GroupedAxis,
    compose,
    fitting_cell,
    labelled_cells,
    labels_every,
)
from visualizer.ui.widgets.mosaic_tips import spoken_text, tip_html

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
    mosaic.set_view(overview_view(np.ones((n_layers, n_heads, 4, 4), dtype=np.float32)))
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


# ------------------------------------------------------------------ metrics, rankings, pins


@pytest.fixture
def metrics():
    """Numbers of 6 x 8 heads: (layer * 8 + head) / 48; induction is defined for no head."""
    scores = np.arange(48, dtype=np.float64).reshape(6, 8) / 48
    values = {name: scores for name in METRICS}
    values["entropy"] = scores * 4
    values["induction"] = np.full((6, 8), np.nan)
    return MetricsRecord(1, 5, values, dict.fromkeys(METRICS, 4))


def changed(mosaic, metrics, **more):
    display = more.pop("display", OverviewDisplay())
    view = replace(mosaic._view, metrics=metrics, display=display, **more)
    mosaic.set_view(view, "Nothing here.")
    return view


def pixel(mosaic, place):
    return QColor(mosaic.viewport().grab().toImage().pixel(place))


def corner_of(mosaic, layer, head, right=0, down=0):
    """A place within a cell, from its upper left corner, where no text is written."""
    scale, corner = mosaic.devicePixelRatioF(), mosaic._corner()
    left, top, _, _ = mosaic.plan.box((layer, head))
    return QPoint(round(corner.x() + left / scale) + right, round(corner.y() + top / scale) + down)


def test_a_metric_colours_its_cells(mosaic, metrics):
    changed(mosaic, metrics, display=OverviewDisplay(cells="entropy"))
    table = colour_table(LIGHT.attention).tolist()
    for layer, head in ((0, 0), (3, 1), (5, 7)):
        share = (8 * layer + head) / 47
        level = round(round(share * 254) * 255 / 254)
        found = pixel(mosaic, corner_of(mosaic, layer, head, 2, 2))
        assert [found.red(), found.green(), found.blue()] == table[level]


def test_numbers_are_written_where_they_fit(mosaic, metrics):
    far = {**metrics.values, "distance": metrics.values["distance"] * 10_000}
    display = OverviewDisplay(cells="distance")
    view = changed(mosaic, replace(metrics, values=far), display=display)
    assert colours_in(mosaic, 3, 5) > 3  # the cell's own colour and the strokes of "6042"
    mosaic.resize(340, 110)
    mosaic.set_view(replace(view))
    assert mosaic.plan.cell == SMALLEST_CELL_PX
    assert colours_in(mosaic, 3, 5) == 1


def colours_in(mosaic, layer, head):
    picture = mosaic.viewport().grab().toImage()
    start, edge = corner_of(mosaic, layer, head, 1, 1), mosaic.plan.cell - 2
    return len(
        {
            picture.pixel(start + QPoint(x, y))
            for x in range(edge)
            for y in range(edge)
            if mosaic.viewport().rect().contains(start + QPoint(x, y))
        }
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_head_without_a_number_is_hatched(qapp, mosaic, metrics, theme):
    apply_theme(qapp, theme)
    some = metrics.values["induction"].copy()
    some[0, 0], some[0, 1] = 0.0, 1.0
    metrics = replace(metrics, values={**metrics.values, "induction": some})
    changed(mosaic, metrics, display=OverviewDisplay(cells="induction"), layer=5)
    picture = mosaic.viewport().grab().toImage()
    start = corner_of(mosaic, 2, 2)
    colours = {picture.pixel(start + QPoint(x, y)) for x in range(9) for y in range(9)}
    assert {QColor(theme.paper).rgb(), QColor(theme.removed).rgb()} <= colours
    assert "no token occurs twice" in tip_html(mosaic.told()[0], (2, 2))
    assert "\N{EN DASH}" in tip_html(mosaic.told()[0], (2, 2))
    assert "no token occurs twice" not in tip_html(mosaic.told()[0], (0, 1))


def test_heads_are_empty_cells_until_they_are_measured(mosaic):
    changed(mosaic, None, display=OverviewDisplay(cells="entropy"))
    assert pixel(mosaic, mosaic.cell_centre(1, 1)) == QColor(LIGHT.paper)
    assert "are measured" in tip_html(mosaic.told()[0], (1, 1))


def test_a_filter_dims_the_grid(mosaic, metrics):
    scores = metrics.values["local"]
    display = OverviewDisplay(cells="local", at_least=0.5)
    place = corner_of(mosaic, 2, 7, 2, 2)
    changed(mosaic, metrics, display=replace(display, at_least=None), scores=scores)
    before = pixel(mosaic, place).lightness()
    kept = pixel(mosaic, corner_of(mosaic, 3, 0, 2, 2))
    changed(mosaic, metrics, display=display, scores=scores)
    assert pixel(mosaic, place).lightness() > before + 60
    assert pixel(mosaic, corner_of(mosaic, 3, 0, 2, 2)) == kept


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_pinned_heads_have_a_mark_of_their_own_colour(qapp, mosaic, metrics, theme):
    apply_theme(qapp, theme)
    changed(mosaic, metrics, pins=((4, 1), (0, 7)))
    colour = QColor(pin_colour(theme))
    inner = mosaic.plan.cell - 2
    for layer, head in ((4, 1), (0, 7)):
        assert pixel(mosaic, corner_of(mosaic, layer, head, inner, 1)) == colour
    assert pixel(mosaic, corner_of(mosaic, 4, 2, inner, 1)) != colour
    for other in (theme.query, theme.key, theme.accent):
        hues = abs(colour.hslHue() - QColor(other).hslHue()) % 360
        assert min(hues, 360 - hues) > 40
    assert "pinned" in tip_html(mosaic.told()[0], (4, 1))


def test_hovering_and_choosing_leave_the_picture_alone(qtbot, mosaic, metrics):
    view = changed(mosaic, metrics, pins=((1, 1),))
    mosaic.viewport().grab()
    composed, cells = mosaic.sheet.composed, mosaic._picture._pixmap.cacheKey()
    for head in range(4):
        qtbot.mouseMove(mosaic.viewport(), mosaic.cell_centre(0, head))
        mosaic.set_view(replace(view, head=head, pins=((head, 0),)))
        mosaic.viewport().grab()
    assert (mosaic.sheet.composed, mosaic._picture._pixmap.cacheKey()) == (composed, cells)
    mosaic.set_view(replace(view, thumbnails=view.thumbnails.copy()))
    mosaic.viewport().grab()
    assert mosaic.sheet.composed == composed + 1


def test_the_two_states_look_different(qtbot, mosaic):
    edge = QPoint(-1, 5)
    chosen, other = corner_of(mosaic, 2, 3), corner_of(mosaic, 4, 5)
    plain = pixel(mosaic, other + edge)
    qtbot.mouseMove(mosaic.viewport(), mosaic.cell_centre(4, 5))
    assert pixel(mosaic, chosen + edge) == QColor(LIGHT.accent)
    assert pixel(mosaic, chosen + QPoint(-2, 5)) == QColor(LIGHT.accent)  # two pixels wide
    assert pixel(mosaic, other + edge) != plain
    assert pixel(mosaic, other + QPoint(-2, 5)) != QColor(LIGHT.accent)


@pytest.mark.parametrize("how", ["ctrl-click", "p", "ctrl-space"])
def test_pinning(qtbot, mosaic, how):
    with (
        qtbot.waitSignal(mosaic.head_pinned) as pinned,
        qtbot.assertNotEmitted(mosaic.head_selected),
    ):
        if how == "ctrl-click":
            qtbot.mouseClick(
                mosaic.viewport(),
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.ControlModifier,
                mosaic.cell_centre(2, 3),
            )
        elif how == "p":
            qtbot.keyClick(mosaic, Qt.Key.Key_P)
        else:
            qtbot.keyClick(mosaic, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert pinned.args == [2, 3]


def test_a_layers_mean_cannot_be_pinned(qtbot, mosaic):
    with qtbot.assertNotEmitted(mosaic.head_pinned):
        qtbot.mouseClick(
            mosaic.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.ControlModifier,
            mosaic.cell_centre(2, "mean"),
        )


def test_a_double_click_or_enter_asks_for_one_head_alone(qtbot, mosaic):
    with qtbot.waitSignal(mosaic.solo_requested) as solo:
        qtbot.mouseDClick(
            mosaic.viewport(), Qt.MouseButton.LeftButton, pos=mosaic.cell_centre(5, 1)
        )
    assert solo.args == [5, 1]
    with qtbot.waitSignal(mosaic.solo_requested) as solo:
        qtbot.keyClick(mosaic, Qt.Key.Key_Return)
    assert solo.args == [2, 3]


def test_escape_lets_go_of_what_was_looked_for_then_of_the_pointer(qtbot, mosaic, metrics):
    qtbot.mouseMove(mosaic.viewport(), mosaic.cell_centre(0, 5))
    changed(mosaic, metrics, ranking=((1, 1), (0, 5)), display=OverviewDisplay(order="local"))
    with (
        qtbot.waitSignal(mosaic.unlocked),
        qtbot.assertNotEmitted(mosaic.head_hovered),
    ):
        qtbot.keyClick(mosaic, Qt.Key.Key_Escape)
    changed(mosaic, metrics, ranking=None)
    with (
        qtbot.waitSignal(mosaic.head_hovered) as hovered,
        qtbot.assertNotEmitted(mosaic.unlocked),
    ):
        qtbot.keyClick(mosaic, Qt.Key.Key_Escape)
    assert hovered.args == [-1, -1]


@pytest.fixture
def ranked(mosaic, metrics):
    """A gallery of all 48 heads, the last of the model first."""
    scores = metrics.values["local"]
    heads = tuple(divmod(place, 8) for place in range(47, -1, -1))
    display = OverviewDisplay(order="local")
    changed(mosaic, metrics, ranking=heads, scores=scores, display=display)
    return mosaic


def test_a_ranking_is_a_gallery_best_first(qtbot, ranked):
    assert ranked.plan.members[0] == (5, 7)
    assert ranked.verticalScrollBar().value() == 0
    assert ranked.horizontalScrollBar().maximum() == 0
    for member in ranked.plan.members[:8]:
        assert ranked.cell_at(ranked.cell_centre(*member)) == member
    with qtbot.waitSignal(ranked.head_selected) as chosen:
        qtbot.mouseClick(ranked.viewport(), Qt.MouseButton.LeftButton, pos=ranked.cell_centre(5, 6))
    assert chosen.args == [5, 6]


def test_the_arrows_travel_in_a_gallery_and_keep_their_head_in_sight(qtbot, ranked):
    with qtbot.waitSignal(ranked.head_selected) as chosen:
        qtbot.keyClick(ranked, Qt.Key.Key_End)
    assert chosen.args == [0, 0]
    assert ranked.viewport().rect().contains(ranked.cell_centre(0, 0))
    ranked.set_view(replace(ranked._view, layer=0, head=0))
    with qtbot.waitSignal(ranked.head_selected) as chosen:
        qtbot.keyClick(ranked, Qt.Key.Key_Left)
    assert chosen.args == [0, 1]


def test_only_what_is_in_sight_is_composed(ranked, overview_view):
    ranked.viewport().grab()
    shown = ranked.sheet._sheet.shape[0] // ranked.plan.cell
    assert shown < ranked.plan.n_rows
    many = np.zeros((48, 64, 32, 32), dtype=np.float32)
    ranked.set_view(overview_view(many, n_key_value_heads=8))
    ranked.viewport().grab()
    height, width = ranked.sheet._sheet.shape
    assert height * width <= 2 * ranked.viewport().width() * ranked.viewport().height()
    ranked.set_view(
        replace(ranked._view, ranking=tuple(divmod(place, 64) for place in range(3072)))
    )
    ranked.viewport().grab()
    assert ranked.sheet._sheet.size <= ranked.viewport().width() * (
        ranked.viewport().height() + 2 * ranked.plan.pitch
    )
    assert ranked.verticalScrollBar().maximum() > 10_000


def test_an_empty_ranking_says_why(ranked):
    empty = replace(ranked._view, ranking=())
    ranked.set_view(empty, "Nothing here.")
    assert ranked.note == "Nothing here."
    blank = ranked.viewport().grab().toImage()
    ranked.set_view(replace(empty), "")
    assert ranked.viewport().grab().toImage() != blank
    assert ranked.cell_at(QPoint(50, 50)) is None


def test_a_tooltip_tells_all_that_is_known(mosaic, metrics):
    labels = {(3, 4): (HeadLabel("previous token", 0.83, 0.1),)}
    changed(mosaic, metrics, labels=labels, display=OverviewDisplay(cells="entropy"))
    text = tip_html(mosaic.told()[0], (3, 4))
    assert "<b>L3·H4</b>" in text
    assert "previous-token head, 0.83" in text
    assert "<b>entropy</b>" in text  # what the cells show stands out
    assert "<b>2.33</b>" in text
    assert "58.3" in text  # 28 / 48 as a share
    assert "key-value head 1 of 2, shared by H4 to H7" in text
    assert "mean over the heads of layer 3" in tip_html(mosaic.told()[0], (3, "mean"))


def test_the_head_pointed_at_is_told_of_in_a_place_of_its_own(qtbot, mosaic, metrics):
    labels = {(3, 4): (HeadLabel("previous token", 0.83, 0.1),)}
    changed(mosaic, metrics, labels=labels)
    readout = HeadReadout()
    qtbot.addWidget(readout)
    readout.show_cell(*mosaic.told())
    chosen, height = readout.name.text(), readout.sizeHint().height()
    assert chosen.startswith("L2·H3")
    qtbot.mouseMove(mosaic.viewport(), mosaic.cell_centre(3, 4))
    qtbot.waitUntil(lambda: mosaic.told()[1] == (3, 4))
    readout.show_cell(*mosaic.told())
    assert readout.name.text() == "L3·H4 · previous-token head, 0.83"
    assert "first token" in readout.numbers.text()
    assert readout.sizeHint().height() == height
    readout.show_cell(None, None)
    assert not readout.name.text()
    assert readout.sizeHint().height() == height


def test_a_screen_reader_hears_where_one_travels(qtbot, ranked):
    view = replace(ranked._view, layer=5, head=6, pins=((5, 6),))
    ranked.set_view(view)
    said = ranked.accessibleDescription()
    assert said == spoken_text(view, (5, 6))
    assert said.startswith("L5·H6, pinned, local 95.8 %, 2 of 48")


def test_the_context_menu_is_for_the_head_under_the_pointer_or_the_chosen_one(qtbot, mosaic):
    place = mosaic.cell_centre(4, 4)
    with qtbot.waitSignal(mosaic.menu_requested) as wanted:
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, mosaic.viewport().mapToGlobal(place)
        )
        QApplication.sendEvent(mosaic.viewport(), event)
    assert wanted.args[0] == (4, 4)
    with qtbot.waitSignal(mosaic.menu_requested) as wanted:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
        QApplication.sendEvent(mosaic.viewport(), event)
    assert wanted.args[0] == (2, 3)


@pytest.mark.parametrize("right", [0, 17, 40, 133, 10_000])
@pytest.mark.parametrize("down", [0, 29, 10_000])
def test_scrolled_cells_are_the_heads_that_lie_there(mosaic, overview_view, right, down):
    numbers = np.random.default_rng(2).random((40, 48)).astype(np.float32)
    thumbnails = np.repeat(np.repeat(numbers[..., None, None], 3, axis=2), 3, axis=3)
    mosaic.set_view(overview_view(thumbnails, n_key_value_heads=12))
    mosaic.horizontalScrollBar().setValue(right)
    mosaic.verticalScrollBar().setValue(down)
    picture = mosaic.viewport().grab().toImage()
    table = colour_table(LIGHT.attention)
    levels = ColourMapping("square root", 1.0, GAP_LEVEL).levels(numbers)
    inside = mosaic.viewport().rect().adjusted(40, 30, -20, -20)
    seen = 0
    for layer in range(1, 40):
        for head in range(1, 48):
            if not inside.contains(mosaic.cell_centre(layer, head)):
                continue
            expected = table[round(int(levels[layer, head]) * 255 / 254)].tolist()
            for corner in (1, mosaic.plan.cell - 1):  # the outline of the chosen head is wider
                colour = QColor(picture.pixel(corner_of(mosaic, layer, head, corner, corner)))
                found = [colour.red(), colour.green(), colour.blue()]
                assert found == expected, (layer, head)
            seen += 1
    assert seen > 200


def without_first(mosaic):
    left = mosaic._view.thumbnails.copy()
    left[..., 0] = 0
    return left


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ranking", [None, ((4, 4), (2, 2))], ids=["grid", "gallery"])
def test_pictures_that_hide_the_first_token_are_hatched_there(qapp, mosaic, theme, ranking):
    apply_theme(qapp, theme)
    left = without_first(mosaic) / 4
    changed(mosaic, None, without_first=left, layer=5, ranking=ranking)
    assert mosaic.mapping.top == left.max()
    picture, start = mosaic.viewport().grab().toImage(), corner_of(mosaic, 2, 2)
    edge = mosaic.plan.cell
    first = {picture.pixel(start + QPoint(x, y)) for x in range(edge // 5) for y in range(edge)}
    assert first == {QColor(theme.paper).rgb(), QColor(theme.removed).rgb()}
    level = int(mosaic.mapping.levels(left)[2, 2, 3, 3])
    colour = picture.pixelColor(start + QPoint(int(3.5 * edge / 5), int(3.5 * edge / 5)))
    table = colour_table(theme.attention)
    assert [colour.red(), colour.green(), colour.blue()] == table[round(level * 255 / 254)].tolist()


def test_numbers_hide_nothing(mosaic, metrics):
    display = OverviewDisplay(cells="entropy")
    changed(mosaic, metrics, display=display)
    before = mosaic.viewport().grab().toImage()
    changed(mosaic, metrics, display=display, without_first=without_first(mosaic))
    assert mosaic.viewport().grab().toImage() == before


def test_a_gap_between_groups_says_what_it_is(mosaic):
    beside, next_to = mosaic.cell_centre(0, 3), mosaic.cell_centre(0, 4)
    assert "groups of 4 heads" in mosaic.gap_text((beside + next_to) / 2)
    assert mosaic.gap_text(beside) == ""
    end = mosaic.cell_centre(0, 7) + QPoint(mosaic.plan.cell // 2 + 3, 0)
    assert mosaic.gap_text(end) == ""
