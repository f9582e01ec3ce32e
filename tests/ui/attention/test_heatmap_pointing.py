"""Keys, clicks, brushing and what a screen reader is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QWheelEvent

from visualizer.engine.treatment import Treatment
from visualizer.ui.theme import LIGHT, apply_theme
from visualizer.ui.widgets import heatmap as heatmap_module
from visualizer.ui.widgets.heatmap import Heatmap

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


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
def told(heatmap):
    """All that the map says, in order: (signal, values)."""
    said = []
    heatmap.cell_clicked.connect(lambda *pair: said.append(("click", *pair)))
    heatmap.cell_activated.connect(lambda *pair: said.append(("cell", *pair)))
    heatmap.row_selected.connect(lambda row: said.append(("row", row)))
    heatmap.region_brushed.connect(lambda region: said.append(("brush", region)))
    return said


def centre(heatmap, row, column):
    return heatmap.places.cell_area((row, row + 1), (column, column + 1)).center().toPoint()


@pytest.fixture
def words(head_view, causal):
    """Nine tokens in four words."""
    view = head_view(causal(4), n_tokens=9, rows=(0, 4), columns=(0, 4), query=7)
    record = replace(
        view.record,
        unit_starts=np.array([0, 1, 3, 6, 9], np.int64),
        treatment=Treatment(granularity="words"),
    )
    return replace(view, record=record)


# ---------------------------------------------------------------------------------- choosing


def test_a_click_on_a_cell_gives_the_pair_and_then_its_row(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(6)))
    qtbot.mouseClick(heatmap, LEFT, pos=centre(heatmap, 4, 1))
    assert told == [("click", 4, 1), ("row", 4)]


def test_a_click_where_a_query_cannot_look_selects_its_row_only(
    qtbot, heatmap, head_view, causal, told
):
    view = head_view(causal(6))
    heatmap.set_view(replace(view, record=replace(view.record, window=2)))
    qtbot.mouseClick(heatmap, LEFT, pos=centre(heatmap, 1, 4))
    qtbot.mouseClick(heatmap, LEFT, pos=centre(heatmap, 4, 1))
    assert told == [("row", 1), ("row", 4)]


def test_a_click_on_a_label_selects_its_row_only(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(6)))
    qtbot.mouseClick(heatmap, LEFT, pos=QPoint(8, centre(heatmap, 3, 0).y()))
    assert told == [("row", 3)]


def test_only_an_exact_cell_is_a_pair(qtbot, heatmap, head_view, causal, told):
    exact = causal(40)
    pooled = exact.reshape(10, 4, 10, 4).max(axis=(1, 3))
    view = head_view(pooled, block=4, n_tokens=40)
    heatmap.set_view(view)
    place = centre(heatmap, 21, 10)
    qtbot.mouseClick(heatmap, LEFT, pos=place)
    assert told == [("row", 20)]
    tile = replace(view.record, rows=(16, 40), columns=(0, 40), block=1, weights=exact[16:].copy())
    heatmap.set_view(replace(view, tile=tile))
    qtbot.mouseClick(heatmap, LEFT, pos=place)
    assert told[1:] == [("click", 21, 10), ("row", 21)]


def test_enter_chooses_the_crosshair(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(6), query=4))
    qtbot.keyClick(heatmap, KEY.Key_Return)
    assert told == []
    qtbot.keyClick(heatmap, KEY.Key_Right)
    qtbot.keyClick(heatmap, KEY.Key_Return)
    assert told == [("cell", 4, 0), ("row", 4)]


def test_joined_tokens_stand_for_their_last_query_and_first_key(qtbot, heatmap, words, told):
    heatmap.set_view(words)
    qtbot.mouseClick(heatmap, LEFT, pos=centre(heatmap, 2, 1))
    assert told == [("click", 5, 1), ("row", 2)]
    assert heatmap.query_token(3) == 8


def test_the_inspected_pair_is_framed(heatmap, head_view):
    view = head_view(np.zeros((6, 6), np.float32), query=4)
    heatmap.set_view(view)
    place = heatmap.places.cell_area((4, 5), (2, 3))
    corner = (place.topLeft() - QPointF(1, 1)).toPoint()
    assert heatmap.grab().toImage().pixelColor(corner) != QColor(LIGHT.accent)
    heatmap.set_view(replace(view, key=2))
    assert heatmap.grab().toImage().pixelColor(corner) == QColor(LIGHT.accent)


# ---------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("pressed", "held", "expected"),
    [
        (KEY.Key_Up, None, (49, 50)),
        (KEY.Key_Right, None, (50, 51)),
        (KEY.Key_Up, SHIFT, (25, 50)),
        (KEY.Key_Down, SHIFT, (75, 50)),
        (KEY.Key_Left, SHIFT, (50, 25)),
        (KEY.Key_Right, SHIFT, (50, 75)),
        (KEY.Key_PageUp, None, (25, 50)),
        (KEY.Key_PageDown, None, (75, 50)),
        (KEY.Key_Home, None, (50, 0)),
        (KEY.Key_End, None, (50, 99)),
        (KEY.Key_Home, CTRL, (0, 0)),
        (KEY.Key_End, CTRL, (99, 99)),
    ],
)
def test_keys_travel(qtbot, heatmap, head_view, causal, pressed, held, expected):
    heatmap.set_view(head_view(causal(100)))
    heatmap._point_at(50, 50)
    qtbot.keyClick(heatmap, pressed, held or Qt.KeyboardModifier.NoModifier)
    assert heatmap.crosshair == expected


def test_keys_travel_cell_by_cell_over_a_pooled_map(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(8), block=4, n_tokens=30, query=29))
    seen = []
    for pressed in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Up, KEY.Key_End, KEY.Key_Down):
        qtbot.keyClick(heatmap, pressed)
        seen.append(heatmap.crosshair)
    assert seen == [(28, 0), (28, 4), (24, 4), (24, 28), (28, 28)]


def test_every_cell_is_reached_by_keys_and_in_sight(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(300), query=150))
    qtbot.keyClick(heatmap, KEY.Key_Right)
    for _ in range(8):
        qtbot.keyClick(heatmap, KEY.Key_Plus)
    assert heatmap.crosshair == (150, 0)
    assert heatmap.map_area().contains(QPointF(centre(heatmap, 150, 0)))
    for pressed in (KEY.Key_PageDown, KEY.Key_PageDown, KEY.Key_End, KEY.Key_Left):
        qtbot.keyClick(heatmap, pressed)
    assert heatmap.crosshair[1] == 298
    assert heatmap.map_area().contains(QPointF(centre(heatmap, *heatmap.crosshair)))
    qtbot.keyClick(heatmap, KEY.Key_0)
    assert heatmap.visible is None


def test_plus_and_minus_zoom_and_an_unknown_key_goes_on(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(60)))
    fit = heatmap._layout
    qtbot.keyClick(heatmap, KEY.Key_Plus)
    assert heatmap._layout.cell_px > fit.cell_px
    qtbot.keyClick(heatmap, KEY.Key_Minus)
    assert heatmap._layout == fit
    qtbot.keyClick(heatmap, KEY.Key_F)
    assert heatmap.crosshair == (None, None)


def test_a_wheel_to_the_side_moves_a_zoomed_map(heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(60)))
    heatmap.zoom(6, 300, 250)
    before = heatmap._layout
    place = QPointF(heatmap.map_area().center())
    event = QWheelEvent(
        place,
        heatmap.mapToGlobal(place),
        QPoint(0, 0),
        QPoint(-120, 0),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    heatmap.wheelEvent(event)
    assert heatmap._layout.x > before.x
    assert heatmap._layout.y == before.y


# ---------------------------------------------------------------------------------- brushing


def brush(qtbot, heatmap, start, end):
    qtbot.mousePress(heatmap, LEFT, SHIFT, centre(heatmap, *start))
    qtbot.mouseMove(heatmap, centre(heatmap, *end))
    qtbot.mouseRelease(heatmap, LEFT, SHIFT, centre(heatmap, *end))


@pytest.mark.parametrize(("start", "end"), [((3, 1), (5, 4)), ((5, 4), (3, 1)), ((3, 4), (5, 1))])
def test_a_drag_with_shift_brushes_and_selects_nothing(
    qtbot, heatmap, head_view, causal, told, start, end
):
    heatmap.set_view(head_view(causal(9)))
    brush(qtbot, heatmap, start, end)
    assert told == [("brush", (3, 6, 1, 5))]
    assert heatmap.brush == (3, 6, 1, 5)
    qtbot.keyClick(heatmap, KEY.Key_Escape)
    assert told[1:] == [("brush", None)]
    assert heatmap.brush is None


def test_a_brush_beyond_the_map_ends_at_its_edge(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(9)))
    qtbot.mousePress(heatmap, LEFT, SHIFT, centre(heatmap, 7, 7))
    qtbot.mouseMove(heatmap, QPoint(2000, 2000))
    qtbot.mouseRelease(heatmap, LEFT, SHIFT, QPoint(2000, 2000))
    assert told == [("brush", (7, 9, 7, 9))]


def test_a_brush_is_told_in_tokens(qtbot, heatmap, words, told):
    heatmap.set_view(words)
    brush(qtbot, heatmap, (1, 0), (2, 1))
    assert told == [("brush", (1, 6, 0, 3))]
    heatmap.set_brush(None)
    assert heatmap.brush is None
    heatmap.set_brush((6, 9, 1, 3))
    assert heatmap.brush == (3, 4, 1, 2)
    assert len(told) == 1  # it was set from outside


def test_a_brush_over_a_pooled_map_takes_whole_cells(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(8), block=4, n_tokens=30))
    brush(qtbot, heatmap, (13, 5), (29, 9))
    assert told == [("brush", (12, 30, 4, 12))]


def test_keys_brush_too(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(9), query=5))
    for pressed in (KEY.Key_Right, KEY.Key_B, KEY.Key_Right, KEY.Key_Down, KEY.Key_B):
        qtbot.keyClick(heatmap, pressed)
    assert told == [("brush", (5, 7, 0, 2))]
    qtbot.keyClick(heatmap, KEY.Key_Up)  # it stays as it is
    assert heatmap.brush == (5, 7, 0, 2)


def test_esc_lets_a_half_made_brush_go(qtbot, heatmap, head_view, causal, told):
    heatmap.set_view(head_view(causal(9), query=5))
    for pressed in (KEY.Key_Right, KEY.Key_B, KEY.Key_Down, KEY.Key_Escape, KEY.Key_Down):
        qtbot.keyClick(heatmap, pressed)
    assert heatmap.brush is None
    assert told == [("brush", None)]


def test_a_brush_outside_of_a_shorter_text_goes(qtbot, heatmap, head_view, causal):
    heatmap.set_view(head_view(causal(9)))
    brush(qtbot, heatmap, (5, 1), (8, 3))
    heatmap.set_view(head_view(causal(9, seed=1)))
    assert heatmap.brush == (5, 9, 1, 4)
    heatmap.set_view(head_view(causal(4)))
    assert heatmap.brush is None
    heatmap.set_brush((5, 9, 1, 4))
    assert heatmap.brush is None


# ---------------------------------------------------------------------------------- aloud


def test_a_screen_reader_hears_the_crosshair(qtbot, heatmap, head_view, causal):
    weights = causal(5)
    heatmap.set_view(head_view(weights, query=4))
    qtbot.mouseMove(heatmap, centre(heatmap, 4, 1))
    said = f"query 'thousand', key 'journey', {weights[4, 1]:.2f}"
    assert heatmap.heard() == said
    interface = QAccessible.queryAccessibleInterface(heatmap)
    assert interface.text(QAccessible.Text.Description) == said
    heatmap.clear()
    assert heatmap.heard() == ""


def test_keys_announce_and_the_mouse_does_not(qtbot, heatmap, head_view, causal, monkeypatch):
    said = []

    class Listener:
        @staticmethod
        def isActive():
            return True

        @staticmethod
        def updateAccessibility(event):
            assert event.type() == QAccessible.Event.Announcement
            said.append((event.object(), event.message()))

    heatmap.set_view(head_view(causal(5), query=4))
    monkeypatch.setattr(heatmap_module, "QAccessible", Listener)
    heatmap._point_at(4, 1)  # as the mouse does
    assert said == []
    qtbot.keyClick(heatmap, KEY.Key_Right)
    assert said == [(heatmap, heatmap.heard())]
    assert heatmap.heard().startswith("query 'thousand', key 'of', ")


# ---------------------------------------------------------------------------------- speed


def test_pointing_does_not_draw_the_map_anew(heatmap, head_view, causal, monkeypatch):
    heatmap.set_view(head_view(causal(300)))
    heatmap.grab()
    drawn = []
    original = heatmap._picture.image

    def note(layout, theme, scale=1.0):
        drawn.append(layout)
        return original(layout, theme, scale)

    monkeypatch.setattr(heatmap._picture, "image", note)
    for step in range(5):
        heatmap._point_at(100 + step, step)
        heatmap.set_linked_cell(step)
        heatmap.grab()
    assert drawn == []
    heatmap.zoom(2, 300, 250)
    heatmap.grab()
    assert len([layout for layout in drawn if layout.width > 200]) == 1


def test_the_same_weights_are_coloured_once(heatmap, head_view, causal, monkeypatch):
    from visualizer.ui.widgets.view_colours import HeadColours

    coloured = []
    original = HeadColours.levels

    def note(self, record):
        coloured.append(record)
        return original(self, record)

    monkeypatch.setattr(HeadColours, "levels", note)
    view = head_view(causal(30))
    heatmap.set_view(view)
    heatmap.set_view(replace(view, query=3, stale=True))
    assert coloured == [view.record]
    heatmap.set_view(replace(view, colour_scale="log"))
    assert len(coloured) == 2
